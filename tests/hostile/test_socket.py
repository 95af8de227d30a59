"""What is thrown at the server's socket: bounded, answered or ended, never written down (C3.2)."""

from __future__ import annotations

import resource
import secrets
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bailee.web.doorstep import SPARE_FILES
from bailee.web.limits import LIMITS
from tests.hostile.stand import Stand
from tests.hostile.wire import Answered, Asked, Wire

MARKER = f"zq{secrets.token_hex(7)}"
MOST_MEGABYTES = 512
MANY = 2300
"""More strangers than there are places."""
REVEAL = (
    b"POST /v1/controllers/acme/reveal HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
)
PING = b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n"
SMUGGLED = b"GET /v1/controllers HTTP/1.1\r\nHost: x\r\nX-Marker: " + MARKER.encode() + b"\r\n\r\n"


@pytest.fixture
def line(secure: Stand) -> Iterator[Wire]:
    """Return a fresh connection; the server is as healthy after it as before, and kept silent."""
    wire = Wire(secure.url, seconds=20)
    yield wire
    wire.close()
    assert secure.healthy()
    assert secure.memory() < MOST_MEGABYTES
    assert MARKER not in secure.log.read_text("utf-8", "replace")


def bearer(stand: Stand) -> bytes:
    """Return the header of somebody who may call."""
    return b"Authorization: Bearer " + stand.keys["payout"].encode() + b"\r\n"


def refused(answer: Answered, *statuses: int) -> None:
    """Check that an answer is a typed refusal, or that the line was closed."""
    assert answer.status in {0, *statuses}
    if answer.status:
        assert answer.headers["content-type"] == "application/problem+json"
        assert MARKER.encode() not in answer.body


CHUNKED = REVEAL + b"Transfer-Encoding: chunked\r\n\r\n"
FRAMES = {
    "chunk size is no number": CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n",
    "chunk size is negative": CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n",
    "chunk size overflows": CHUNKED + b"f" * 17 + b"\r\n{}\r\n0\r\n\r\n",
    "chunk ends wrongly": CHUNKED + b"2\r\n{}XX0\r\n\r\n" + SMUGGLED,
    "chunk extension without end": CHUNKED + b"2;" + b"a" * 100_000 + b"\r\n{}\r\n0\r\n\r\n",
    "chunked and a length": REVEAL
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + SMUGGLED,
    "a length and chunked": REVEAL
    + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"
    + SMUGGLED,
    "chunked twice": REVEAL + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunked under cover": REVEAL + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunked, then identity": REVEAL
    + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"
    + SMUGGLED,
    "chunked behind a tab": REVEAL + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunked behind a space": REVEAL + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "a folded header": REVEAL
    + b"X-A: b\r\n c: "
    + MARKER.encode()
    + b"\r\nContent-Length: x\r\n\r\n",
    "a length with a sign": REVEAL + b"Content-Length: +2\r\n\r\n{}" + SMUGGLED,
    "two lengths in one": REVEAL + b"Content-Length: 2, 2\r\n\r\n{}" + SMUGGLED,
    "NUL in a header": REVEAL
    + b"X-A: a\x00"
    + MARKER.encode()
    + b"\r\nContent-Length: 2\r\n\r\n{}",
    "NUL in the address": b"GET /v1/health\x00" + MARKER.encode() + b" HTTP/1.1\r\n\r\n",
    "no method": b" /v1/health HTTP/1.1\r\n\r\n",
    "a version of no time": b"GET /v1/health HTTP/9.9\r\nHost: x\r\n\r\n",
    "HTTP/2 from the first byte": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    + struct.pack(">IBxI", 0, 4, 0),
    "CONNECT": b"CONNECT " + MARKER.encode() + b":443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "absolute address": b"GET http://" + MARKER.encode() + b"/?a=b HTTP/1.1\r\nHost: x\r\n\r\n",
    "raw bytes": bytes(range(256)) * 64,
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_that_lies_is_refused_and_carries_nobody_in(name: str, line: Wire) -> None:
    """RFC 9112 6: where length and end are in doubt the line ends; no second request is heard."""
    first = line.say(FRAMES[name])
    refused(first, 400, 401, 404, 405, 413, 415, 422, 431)
    second = line.say(b"", seconds=2)
    assert second.status <= 0 or second.status == 400, "a smuggled request was answered"


def test_what_follows_a_good_request_is_judged_by_itself(line: Wire) -> None:
    """Requests in a pipeline are answered or not; garbage behind them ends the line."""
    refused_or_served = line.say(PING + PING + b"\x16\x03\x01" + MARKER.encode()).status
    assert refused_or_served in {0, 200}
    rest = [line.say(b"").status for _ in range(3)]
    assert rest[-1] <= 0
    assert set(rest) <= {200, 400, 0}


def test_a_body_of_a_gigabyte_is_refused_by_its_length(secure: Stand, line: Wire) -> None:
    """413 comes before anything of the body, to those who are known; 401 to those who are not."""
    announced = b"Content-Length: 1073741824\r\n\r\n"
    before = secure.memory()
    assert line.say(REVEAL + bearer(secure) + announced).status == 413
    line.close()
    assert line.say(REVEAL + announced).status in {401, 413}
    assert secure.memory() < before + 64


def test_an_upgrade_is_not_taken(line: Wire) -> None:
    """HTTP/2 in the clear and WebSockets are asked for in vain; the request itself is answered."""
    h2c = b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nConnection: Upgrade, HTTP2-Settings"
    socket_ = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
    for upgrade in (h2c, socket_):
        answer = line.say(PING[:-2] + upgrade + b"\r\n\r\n")
        assert answer.status in {200, 400, 422}
        line.close()


def test_trailers_are_nobody_s_credential(secure: Stand, line: Wire) -> None:
    """RFC 9110 6.5.1: a field behind the body changes nothing that was decided before it."""
    answer = line.say(CHUNKED + b"2\r\n{}\r\n0\r\n" + bearer(secure) + b"\r\n")
    assert (answer.status, answer.json()["code"]) == (401, "credential.missing")


@pytest.mark.parametrize("aside", [b"0\r\nX-Trailer: ", b"2;extension="])
def test_what_stands_beside_a_body_is_bounded(aside: bytes, secure: Stand, line: Wire) -> None:
    """A trailer or a chunk extension without end is thrown away, then the line is cut.

    Twice: what the server itself takes while it looks around for the first time it takes once.
    """
    assert min(_grown(aside, secure, line) for _ in range(2)) < 32


def _grown(aside: bytes, secure: Stand, line: Wire) -> int:
    """Return by how many megabytes the server grew over 64 of them beside a body."""
    before, raw = secure.memory(), line.open()
    with suppress(OSError):
        raw.sendall(CHUNKED + aside)
        for _ in range(1024):
            raw.sendall(b"a" * 65536)
    return secure.memory() - before


def test_slow_bodies_keep_nobody_waiting(secure: Stand, line: Wire) -> None:
    """C2.5(3): hundreds who are known and do not finish hold no worker and little memory."""
    with ExitStack() as stack:
        for _ in range(150):
            wire = Wire(secure.url)
            stack.callback(wire.close)
            sent = REVEAL + bearer(secure) + b"Content-Length: 60000\r\n\r\n" + b'{"purpose":"' * 9
            wire.open().sendall(sent)
        begun = time.monotonic()
        assert line.say(PING).status == 200
        assert time.monotonic() - begun < 15  # a hang, not a figure: bodies may take 60 seconds


HELLO = b"\x16\x03\x01"
GARBAGE = {
    "a request in the clear": PING,
    "random bytes": secrets.token_bytes(4096),
    "a record of the greatest length": HELLO + b"\xff\xff" + b"\x01" * 70_000,
    "a hello that announces too much": HELLO + b"\x00\x05\x01\xff\xff\xff\x03" + b"\0" * 64,
    "a hello of SSL 2": b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + b"\0" * 35,
    "an alert": b"\x15\x03\x03\x00\x02\x02\x28",
    "application data first": b"\x17\x03\x03\x00\x20" + b"\0" * 32,
    "a heartbeat that asks for more": b"\x18\x03\x03\x00\x03\x01\x40\x00",
    "an empty hello": HELLO + b"\x00\x00" * 64,
}


@pytest.mark.parametrize("name", GARBAGE)
def test_what_is_not_tls_ends(name: str, secure: Stand, line: Wire) -> None:
    """C3.1: garbage in the handshake ends the line with nothing but an alert, if that."""
    with socket.create_connection(("127.0.0.1", urlsplit(secure.url).port), timeout=20) as raw:
        got = b""
        with suppress(ConnectionError):
            raw.sendall(GARBAGE[name])
            while part := raw.recv(4096):
                got += part
    assert len(got) < 64
    assert b"HTTP" not in got


def test_thousands_of_silent_strangers_leave_room(secure: Stand, line: Wire) -> None:
    """C2.5(3): whoever connects and says nothing holds a place only until somebody needs it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY + 400
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    files = Path(f"/proc/{secure.process.pid}/fd")
    with ExitStack() as stack:
        for _ in range(min(MANY, most - 300)):
            address = ("127.0.0.1", urlsplit(secure.url).port)
            stack.enter_context(socket.create_connection(address, timeout=20))
        assert secure.healthy()
        assert len(list(files.iterdir())) <= LIMITS.connections + SPARE_FILES
        assert secure.memory() < MOST_MEGABYTES
        answer = line.ask(Asked("GET", b"/v1/limits"))
        assert answer.status == 200


def test_the_log_holds_nothing_of_it(secure: Stand) -> None:
    """C3.2: after all of this the server's log has neither an unexpected error nor our words."""
    log = secure.log.read_text("utf-8", "replace")
    assert "unexpected" not in log
    assert "reported something" not in log
    assert MARKER not in log
    assert secure.stop() == 0
