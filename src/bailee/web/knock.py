"""Knocking at our own door, to see that it keeps what it promises (C3.1, C3.2).

These are what the controls ``transport`` and ``no-values-in-urls`` do against a served address:
real connections from outside the application, as a stranger would make them.
"""

from __future__ import annotations

import http.client
import ipaddress
import logging
import secrets
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from bailee.app.control import Blind
from bailee.app.issuer import BACK
from bailee.app.watch_doors import Knocks

TIMEOUT_SECONDS = 5.0
SHARED_TRIES, SHARED_SECONDS = 200, 0.05
"""How often to call, and how long to wait for a line each time, where several processes answer."""
TLS_1_0, TLS_1_1 = b"\x03\x01", b"\x03\x02"
HANDSHAKE, SERVER_HELLO = b"\x16", b"\x02"


class Knocker:
    """Tries one served address.

    Args:
        url: ``https://host:port`` or, on the loopback interface, ``http://host:port``.
        shared: other processes answer there too; whose lines are read here is one of them.
    """

    def __init__(self, url: str, *, shared: bool = False) -> None:
        self._tries = SHARED_TRIES if shared else 1
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self._tls = parts.scheme == "https"

    def knocks(self) -> Knocks:
        """Return what the house's controls call."""
        return Knocks(self.transport, self.no_values_in_urls)

    def transport(self) -> list[str]:
        """Try TLS 1.1, then plain HTTP; plain HTTP may answer on the loopback interface alone.

        Raises:
            Blind: ``door.silent``; a door that answers nobody refuses TLS 1.1 too.
        """
        if not self._tls and not self._is_here():
            return ["transport.plain"]
        self._meet()
        if not self._tls:
            return []
        found = []
        if self._speaks(TLS_1_1) or self._speaks(TLS_1_0):
            found.append("transport.weak_tls")
        if self._plain_answers():
            found.append("transport.plain")
        return found

    def _is_here(self) -> bool:
        addresses = {found[4][0] for found in socket.getaddrinfo(self._host, self._port)}
        return all(ipaddress.ip_address(one).is_loopback for one in addresses)

    def _meet(self) -> None:
        """Call as anybody would, so that a silence later on means something.

        Raises:
            Blind: ``door.silent``.
        """
        try:
            status = self._get("/v1/health")[0]
        except (OSError, http.client.HTTPException):
            raise Blind("door.silent") from None
        if status != http.client.OK:
            raise Blind("door.silent")

    def _speaks(self, version: bytes) -> bool:
        """Say hello in an old version; tell whether the door goes on in it (RFC 4346 7.4.1.3).

        Written out because this machine's own TLS library may refuse to try.
        """
        with socket.create_connection((self._host, self._port), TIMEOUT_SECONDS) as raw:
            raw.sendall(_hello(version))
            try:
                answer = raw.recv(11)
            except OSError:
                return False  # hung up on
        return answer[:1] == HANDSHAKE and answer[5:6] == SERVER_HELLO and answer[9:11] <= version

    def _plain_answers(self) -> bool:
        """Tell whether a call without TLS gets an answer other than 400, which says: use TLS."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("GET", "/v1/health")
            return connection.getresponse().status != http.client.BAD_REQUEST
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def no_values_in_urls(self) -> list[str]:
        """Send a planted value in queries and in a path; nobody may take it or write it down.

        One query goes to the one address that takes any, under a name that is not read there.

        Raises:
            Blind: ``door.silent``; ``door.elsewhere`` when it writes nothing that can be read here.
        """
        self._meet()
        marker, found = f"canary{secrets.token_hex(8)}", []
        targets = (f"/v1/limits?value={marker}", f"/v1/{marker}", f"{BACK}?value={marker}")
        with _lines() as lines:
            for _ in range(self._tries):  # until this very process is the one that answers
                for target in targets:
                    status, body = self._get(target)
                    if status < http.client.BAD_REQUEST:
                        found.append("url.value_taken")
                    if marker.encode() in body:
                        found.append("url.value_echoed")
                _wait_for(lines, len(targets), 1.0 if self._tries == 1 else SHARED_SECONDS)
                if lines:
                    break
        if not lines:
            raise Blind("door.elsewhere")
        if any(marker in line for line in lines):
            found.append("url.value_logged")
        return sorted(set(found))

    def _get(self, target: str) -> tuple[int, bytes]:
        connection: http.client.HTTPConnection
        if self._tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            connection = http.client.HTTPSConnection(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("GET", target)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def _hello(version: bytes) -> bytes:
    """Return a ClientHello that offers one version and the suites that every old server knew."""
    suites = bytes.fromhex("c014 c013 c00a c009 0035 002f 000a")
    groups = bytes.fromhex("000a 0008 0006 0017 0018 0019  000b 0002 0100")  # NIST curves
    body = (
        version
        + secrets.token_bytes(32)
        + b"\0"
        + len(suites).to_bytes(2, "big")
        + suites
        + b"\1\0"
        + len(groups).to_bytes(2, "big")
        + groups
    )
    message = b"\1" + len(body).to_bytes(3, "big") + body
    return HANDSHAKE + b"\3\1" + len(message).to_bytes(2, "big") + message


def _wait_for(lines: list[str], count: int, seconds: float) -> None:
    """Wait until the door wrote its lines: it does so after it answered."""
    until = time.monotonic() + seconds
    while len(lines) < count and time.monotonic() < until:
        time.sleep(0.01)


@contextmanager
def _lines() -> Iterator[list[str]]:
    """Collect every line that any logger of this process writes meanwhile.

    A logger that passes nothing on and has no handler of its own writes nowhere, and is left so:
    some libraries write only when they see a handler.
    """
    collected: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            with suppress(Exception):
                collected.append(self.format(record))

    collector, names = Collector(logging.DEBUG), set(logging.Logger.manager.loggerDict)
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in names)]
    apart = [one for one in loggers if one.parent is None or (one.handlers and not one.propagate)]
    ours = [logging.getLogger(name) for name in ("bailee.access", "bailee.web", "uvicorn")]
    levels = [(one, one.level) for one in {*apart, *ours}]
    for one in apart:
        one.addHandler(collector)
    for one, _ in levels:
        one.setLevel(logging.DEBUG)
    try:
        yield collected
    finally:
        for one in apart:
            one.removeHandler(collector)
        for one, level in levels:
            one.setLevel(level)
