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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from bailee.app.watch_doors import Knocks

TIMEOUT_SECONDS = 5.0


class Knocker:
    """Tries one served address.

    Args:
        url: ``https://host:port`` or, on the loopback interface, ``http://host:port``.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self._tls = parts.scheme == "https"

    def knocks(self) -> Knocks:
        """Return what the house's controls call."""
        return Knocks(self.transport, self.no_values_in_urls)

    def transport(self) -> list[str]:
        """Try TLS 1.1, then plain HTTP; plain HTTP may answer on the loopback interface alone."""
        if not self._tls:
            here = self._host == "localhost" or ipaddress.ip_address(self._host).is_loopback
            return [] if here else ["transport.plain"]
        found = []
        if self._weak_handshake():
            found.append("transport.weak_tls")
        if self._plain_answers():
            found.append("transport.plain")
        return found

    def _weak_handshake(self) -> bool:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # who answers does not matter, only how
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        try:
            with (
                socket.create_connection((self._host, self._port), TIMEOUT_SECONDS) as raw,
                context.wrap_socket(raw),
            ):
                return True
        except OSError:
            return False

    def _plain_answers(self) -> bool:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("GET", "/v1/health")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def no_values_in_urls(self) -> list[str]:
        """Send a planted value in a query and in a path; nobody may take it or write it down."""
        marker, found = f"canary{secrets.token_hex(8)}", []
        with _lines() as lines:
            for target in (f"/v1/limits?value={marker}", f"/v1/{marker}"):
                status, body = self._get(target)
                if status < http.client.BAD_REQUEST:
                    found.append("url.value_taken")
                if marker.encode() in body:
                    found.append("url.value_echoed")
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


@contextmanager
def _lines() -> Iterator[list[str]]:
    """Collect every line that any logger of this process writes meanwhile."""
    collected: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            with suppress(Exception):
                collected.append(record.getMessage())

    collector, names = Collector(logging.DEBUG), ("", "bailee.access", "bailee.web", "uvicorn")
    loggers = [logging.getLogger(name) for name in names]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.addHandler(collector)
        one.setLevel(logging.DEBUG)
    try:
        yield collected
    finally:
        for one, level in zip(loggers, levels, strict=True):
            one.removeHandler(collector)
            one.setLevel(level)
