"""The door on a real socket, with real TLS."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
import uvicorn

from bailee.client import Client, Record
from bailee.clock import system_time
from bailee.errors import Invalid, NotFound, Refused, Unavailable
from bailee.web import log
from bailee.web.certificate import own_certificate
from bailee.web.door import open_door
from bailee.web.limits import LIMITS
from bailee.web.protocol import HEAD_BYTES, BoundedProtocol
from bailee.web.server import Listener, Server, Tls, tls_context
from tests.simulators.house import KEY, SimulatedHouse
from tests.web.conftest import served
from tests.web.test_door import GOOD

NOW = datetime(2026, 11, 20, 21, 7, tzinfo=UTC)
HEAD = f"POST /v1/controllers/acme/reveal HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """Return a certificate of our own; made for the machine's own time."""
    return Tls(*own_certificate(tmp_path_factory.mktemp("tls"), system_time()))


@pytest.fixture
def secure(house: SimulatedHouse, tls: Tls) -> Iterator[Listener]:
    """Return a running listener with TLS."""
    with served(Listener(house, "localhost", 0, tls=tls)) as listener:
        yield listener


@pytest.fixture
def plain(house: SimulatedHouse) -> Iterator[Listener]:
    """Return a running listener on the loopback interface, without TLS."""
    with served(Listener(house, "127.0.0.1", 0)) as listener:
        yield listener


def flood(line: socket.socket, piece: bytes) -> None:
    """Send without end, which must not succeed for long."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        line.sendall(piece)


def exchange(listener: Listener, sent: bytes, *, wait: float = 5) -> bytes:
    """Send bytes on a fresh connection and return all that comes until it ends."""
    with socket.create_connection(("127.0.0.1", listener.port), timeout=wait) as line:
        line.sendall(sent)
        got = b""
        while part := line.recv(65536):
            got += part
    return got


def test_a_record_goes_in_and_comes_out_over_tls(
    secure: Listener, tls: Tls, house: SimulatedHouse
) -> None:
    """C3.1: the whole path over a real TLS socket, trusting our certificate and no other."""
    with Client(secure.url, KEY, ca=str(tls.certificate)) as client:
        record = Record("1", "customer-17", {"person.name": "Ada Example"})
        stored = client.protect("acme", "payments", [record])
        revealed = client.reveal(
            "acme", "payments", ["person.name"], records=[stored.results[0].record]
        )

    assert revealed.results[0].fields == {"person.name": "Ada Example"}
    assert secure.url.startswith("https://localhost:")


def handshake(port: int, newest: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0") -> str | None:
    """Return the version that a client which speaks nothing newer agrees on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers(ciphers)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = newest
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as line,
        context.wrap_socket(line) as wrapped,
    ):
        return wrapped.version()


@pytest.fixture
def lenient(tls: Tls) -> Iterator[int]:
    """Return the port of a server with the same certificate that accepts whatever it is offered."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(tls.certificate, tls.key)
    bound = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        line, _ = bound.accept()
        with context.wrap_socket(line, server_side=True) as wrapped:
            wrapped.recv(1)

    thread = threading.Thread(target=answer)
    thread.start()
    yield bound.getsockname()[1]
    thread.join(5)
    bound.close()


@pytest.mark.filterwarnings("ignore:.*TLSv1.*deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.*MINIMUM_SUPPORTED.*deprecated:DeprecationWarning")
@pytest.mark.parametrize("old", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_weaker_than_tls_1_2_is_refused(
    old: ssl.TLSVersion, secure: Listener, lenient: int
) -> None:
    """C3.1: TLS 1.0 and 1.1, which this client does speak, end in the handshake."""
    assert handshake(lenient, old) == {769: "TLSv1", 770: "TLSv1.1"}[old]
    with pytest.raises((ssl.SSLError, ConnectionError)):
        handshake(secure.port, old)


@pytest.mark.parametrize("good", ["TLSv1.2", "TLSv1.3"])
def test_tls_1_2_and_1_3_are_spoken(good: str, secure: Listener) -> None:
    """C3.1: the two versions that are not weak."""
    newest = ssl.TLSVersion.TLSv1_2 if good == "TLSv1.2" else ssl.TLSVersion.TLSv1_3

    assert handshake(secure.port, newest) == good


@pytest.mark.parametrize("weak", ["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384"])
def test_weak_ciphers_are_refused(weak: str, secure: Listener, lenient: int) -> None:
    """C3.1: a cipher without authenticated encryption, which this client does speak, is refused."""
    assert handshake(lenient, ssl.TLSVersion.TLSv1_2, f"{weak}:@SECLEVEL=0") == "TLSv1.2"
    with pytest.raises((ssl.SSLError, ConnectionError)):
        handshake(secure.port, ssl.TLSVersion.TLSv1_2, f"{weak}:@SECLEVEL=0")


def test_plain_http_on_a_tls_port_is_no_answer(secure: Listener) -> None:
    """C3.1: a caller who forgot the s gets nothing, least of all an answer in the clear."""
    sent = (HEAD + "\r\n").encode()
    try:
        got = exchange(secure, sent)
    except ConnectionError:
        got = b""

    assert b"HTTP/" not in got


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "198.51.100.7"])  # noqa: S104 - refused
def test_plain_http_beyond_this_machine_is_refused(host: str, house: SimulatedHouse) -> None:
    """C3.1: nobody can be made to listen in the clear on another interface."""
    with pytest.raises(Refused) as caught:
        Listener(house, host, 0)

    assert caught.value.code == "transport.plain"


def test_a_host_that_is_none_is_invalid(house: SimulatedHouse) -> None:
    """A host name that means nothing is told as such."""
    with pytest.raises(Invalid) as caught:
        Listener(house, "no such host", 0)

    assert caught.value.code == "server.host"


def test_a_taken_port_is_said_to_be_taken(house: SimulatedHouse) -> None:
    """Two servers do not share a port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Unavailable) as caught:
            Listener(house, "127.0.0.1", taken.getsockname()[1])

    assert caught.value.code == "server.address"


def test_unusable_tls_files_are_refused(tmp_path: Path, tls: Tls) -> None:
    """A key of another certificate, a readable key and a missing one stop the start."""
    certificate, key = own_certificate(tmp_path, NOW)

    with pytest.raises(Invalid):
        tls_context(Tls(tls.certificate, key))
    with pytest.raises(NotFound):
        tls_context(Tls(certificate, tmp_path / "none"))
    key.chmod(0o644)
    with pytest.raises(Refused):
        tls_context(Tls(certificate, key))


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01 this is a handshake",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ],
)
def test_what_is_not_http_is_a_problem(sent: bytes, plain: Listener) -> None:
    """Even what is not HTTP is answered with a problem document, and the line is closed."""
    got = exchange(plain, sent)

    head, _, body = got.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    assert json.loads(body)["code"] == "http.malformed"


@pytest.mark.parametrize("piece", [b"X: " + b"a" * 1000 + b"\r\n", b"a" * 1000])
def test_an_endless_head_is_cut(piece: bytes, plain: Listener) -> None:
    """A head that does not end costs its sender the connection, in many lines or in one."""
    with socket.create_connection(("127.0.0.1", plain.port), timeout=5) as line:
        line.sendall(b"GET /v1/limits HTTP/1.1\r\nX-Long: ")
        with pytest.raises(ConnectionError):
            flood(line, piece)


@pytest.mark.parametrize("aside", [b"0\r\nX-Trailer: ", b"2;extension="])
def test_what_stands_beside_a_body_is_cut_when_it_does_not_end(
    aside: bytes, plain: Listener
) -> None:
    """Trailers and chunk extensions have the bound of a head: nobody else counts them."""
    sent = HEAD.encode() + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", plain.port), timeout=5) as line:
        line.sendall(sent + aside)
        with pytest.raises(ConnectionError):
            flood(line, b"a" * 1000)


def test_a_trailer_is_no_header(plain: Listener, house: SimulatedHouse) -> None:
    """RFC 9110 6.5.1: a credential behind the body is nobody's."""
    sent = (
        b"POST /v1/controllers/acme/reveal HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\n{}\r\n0\r\nAuthorization: Bearer " + KEY.encode() + b"\r\n\r\n"
    )
    assert exchange(plain, sent).startswith(b"HTTP/1.1 401 ")
    assert house.seen == []


def test_an_address_that_is_none_is_a_problem(plain: Listener) -> None:
    """What the parser of addresses refuses is no HTTP either, and no accident."""
    assert exchange(plain, b"CONNECT x:y:z HTTP/1.1\r\nHost: x\r\n\r\n").startswith(
        b"HTTP/1.1 400 "
    )


def test_a_head_a_little_too_long_is_answered(plain: Listener) -> None:
    """Past the bound by a little, the refusal still arrives."""
    sent = b"GET /v1/limits HTTP/1.1\r\nX-Long: " + b"a" * (HEAD_BYTES + 1)

    assert exchange(plain, sent).startswith(b"HTTP/1.1 431 ")


def test_an_oversized_body_is_refused_and_the_refusal_arrives(
    plain: Listener, house: SimulatedHouse
) -> None:
    """A chunked body past the limit, without any length, is 413; the caller can read it."""

    def chunks() -> Iterator[bytes]:
        for _ in range(LIMITS.body_bytes // 65536 + 8):
            yield b"x" * 65536

    with httpx2.Client(base_url=plain.url, headers={"authorization": f"Bearer {KEY}"}) as http:
        response = http.post(
            "/v1/controllers/acme/reveal",
            content=chunks(),
            headers={"content-type": "application/json"},
        )

    assert (response.status_code, response.json()["code"]) == (413, "body.too_large")
    assert house.seen == []


class Impatient(BoundedProtocol):
    """The same protocol with little patience."""

    head_seconds = 0.2
    refused_limit = 200_000
    connection_limit = 3


@pytest.fixture
def impatient(house: SimulatedHouse) -> Iterator[int]:
    """Return the port of a running server with little patience."""
    app = open_door(house, workers=2)
    bound = socket.create_server(("127.0.0.1", 0))
    ready = threading.Event()
    config = uvicorn.Config(
        app, http=Impatient, ws="none", lifespan="off", log_config=None, access_log=False
    )
    server = Server(config, ready.set)
    thread = threading.Thread(target=server.run, args=([bound],))
    thread.start()
    assert ready.wait(10)
    yield bound.getsockname()[1]
    server.should_exit = True
    thread.join(20)
    app.state.pool.shutdown()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /v1/limits HTTP/1.1\r\nX-Slow: ",
        HEAD.encode() + b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n",
    ],
    ids=["silent", "half a head", "no body"],
)
def test_a_slow_head_is_cut(sent: bytes, impatient: int) -> None:
    """Whoever connects and does not ask, does not finish asking, or never begins is let go."""
    with socket.create_connection(("127.0.0.1", impatient), timeout=5) as line:
        line.sendall(sent)
        begun = time.monotonic()
        assert line.recv(1) == b""
        assert time.monotonic() - begun < 3


def test_patience_begins_anew_with_each_request(impatient: int) -> None:
    """A connection that asks, waits and asks again is served again."""
    with socket.create_connection(("127.0.0.1", impatient), timeout=5) as line:
        for _ in range(2):
            line.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert line.recv(65536).startswith(b"HTTP/1.1 200 ")
            time.sleep(0.4)
        line.sendall(b"GET /v1/health HTTP/1.1\r\nX-Slow:")
        assert line.recv(1) == b""


def test_a_refused_caller_may_not_send_for_ever(impatient: int) -> None:
    """After the refusal a bounded rest of the body is thrown away, then the line is cut."""
    with socket.create_connection(("127.0.0.1", impatient), timeout=5) as line:
        line.sendall(
            b"POST /v1/keys HTTP/1.1\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        assert line.recv(65536).startswith(b"HTTP/1.1 401 ")
        with pytest.raises(ConnectionError):
            flood(line, b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def test_one_connection_too_many_is_closed(impatient: int) -> None:
    """Connections are bounded; those that were there are served."""
    lines = [socket.create_connection(("127.0.0.1", impatient), timeout=5) for _ in range(4)]
    try:
        ends = []
        for line in lines:
            line.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
            try:
                ends.append(line.recv(12))
            except ConnectionError:
                ends.append(b"")
    finally:
        for line in lines:
            line.close()

    assert ends.count(b"HTTP/1.1 200") == 3


def test_a_stop_lets_running_calls_finish(house: SimulatedHouse) -> None:
    """A call that is inside when the stop comes is answered."""
    house.vault.records["r1"] = {"person.name": "Ada Example"}
    house.gate.clear()
    statuses: list[int] = []
    with served(Listener(house, "127.0.0.1", 0)) as listener:

        def call() -> None:
            with httpx2.Client(headers={"authorization": f"Bearer {KEY}"}) as http:
                url = f"{listener.url}/v1/controllers/acme/reveal"
                statuses.append(http.post(url, json=GOOD).status_code)

        caller = threading.Thread(target=call)
        caller.start()
        while not house.credentials:
            time.sleep(0.01)
        listener.stop()
        time.sleep(0.2)
        house.gate.set()
        caller.join()

    assert statuses == [200]


PROGRAM = """
import sys
from bailee.web.server import serve
from tests.simulators.house import SimulatedHouse
serve(SimulatedHouse(), "127.0.0.1", 0, ready=lambda url: print(url, flush=True))
print("closed", flush=True)
"""


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_serving_and_the_caller_goes_on(stop: signal.Signals) -> None:
    """``serve`` returns after SIGTERM and SIGINT, so that the house behind it can be closed."""
    root = Path(__file__).parents[2]
    paths = f"{root / 'src'}{os.pathsep}{root}"
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={"PYTHONPATH": paths, "PATH": "/usr/bin:/bin"},
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx2.get(f"{url}/v1/health").status_code == 200
        process.send_signal(stop)
        assert process.stdout.readline() == "closed\n"

    assert process.returncode == 0


def test_the_servers_own_lines_lose_their_words(caplog: pytest.LogCaptureFixture) -> None:
    """An error that another library logs keeps its kind and place, and loses what it says."""
    logger = logging.getLogger("uvicorn.error")
    wordless = log.Wordless()
    logger.addFilter(wordless)
    try:
        int("canary-4f1d")
    except ValueError:
        logger.exception("failed with canary-4f1d")
    finally:
        logger.removeFilter(wordless)

    assert "canary" not in caplog.text
    assert "ValueError at test_server.py:" in caplog.text


def test_the_loops_own_report_loses_its_words(caplog: pytest.LogCaptureFixture) -> None:
    """What the event loop would print of a failed callback is only counted."""
    log.loop_error(None, {"message": "canary-4f1d", "exception": ValueError("canary-4f1d")})
    log.loop_error(None, {"message": "canary-4f1d"})

    assert "canary" not in caplog.text
    assert len(caplog.records) == 2
