"""Knocking at a door tells a safe one from an unsafe one (C3.1, C3.2)."""

from __future__ import annotations

import logging
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from ssl import PROTOCOL_TLS_SERVER, SSLContext, TLSVersion

import pytest

from bailee.app.control import Blind
from bailee.clock import system_time
from bailee.web.certificate import own_certificate
from bailee.web.knock import Knocker
from bailee.web.server import Listener, Tls
from tests.simulators.house import SimulatedHouse
from tests.web.conftest import served

OLD = pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
"""Trying an old version is what these tests are about."""


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """Return a certificate of our own."""
    return Tls(*own_certificate(tmp_path_factory.mktemp("tls"), system_time()))


@contextmanager
def careless(context: SSLContext | None = None) -> Iterator[int]:
    """Run a server that takes and repeats and logs whatever stands in its address."""

    class Careless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            logging.getLogger("careless").info("asked for %s", self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.path.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing to standard error."""

    class Quiet(HTTPServer):
        def handle_error(self, *_: object) -> None:
            """Failed handshakes are part of the test."""

    server: socketserver.TCPServer = Quiet(("127.0.0.1", 0), Careless)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@OLD
def test_our_own_door_is_safe_over_tls(house: SimulatedHouse, tls: Tls) -> None:
    """C3.1, C3.2: nothing weak answers, nothing in an address is taken, repeated or logged."""
    with served(Listener(house, "localhost", 0, tls=tls)) as listener:
        knocker = Knocker(listener.url)

        assert knocker.transport() == []
        assert knocker.no_values_in_urls() == []


def test_our_own_door_is_safe_on_the_loopback_interface(house: SimulatedHouse) -> None:
    """C3.1: plain HTTP is no finding where nobody else can listen."""
    with served(Listener(house, "127.0.0.1", 0)) as listener:
        knocker = Knocker(listener.url)

        assert knocker.transport() == []
        assert knocker.no_values_in_urls() == []


def test_plain_http_elsewhere_is_a_finding() -> None:
    """C3.1: an address in the clear beyond this machine is found without asking it anything."""
    assert Knocker("http://198.51.100.7:80").transport() == ["transport.plain"]


@OLD
def test_weak_tls_is_a_finding(tls: Tls) -> None:
    """C3.1: a server that still speaks TLS 1.1 is found."""
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.minimum_version = TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(tls.certificate, tls.key)
    with careless(context) as port:
        assert Knocker(f"https://127.0.0.1:{port}").transport() == ["transport.weak_tls"]


def test_a_careless_address_is_a_finding() -> None:
    """C3.2: what takes, repeats and logs a value in its address is found in all three."""
    with careless() as port:
        found = Knocker(f"http://127.0.0.1:{port}").no_values_in_urls()

    assert found == ["url.value_echoed", "url.value_logged", "url.value_taken"]


def test_a_silent_door_proves_nothing() -> None:
    """C3.1: where nobody answers, nothing weak was refused: the knocker saw nothing."""
    for url in ("https://127.0.0.1:9", "http://127.0.0.1:9"):  # discard; nothing listens there
        knocker = Knocker(url)
        with pytest.raises(Blind, match=r"door\.silent"):
            knocker.transport()
        with pytest.raises(Blind, match=r"door\.silent"):
            knocker.no_values_in_urls()


def test_a_log_that_passes_nothing_on_is_read_too() -> None:
    """C3.2: a logger with a handler of its own, whose lines reach no other, is no hiding place."""
    logger, handler = logging.getLogger("careless"), logging.NullHandler()
    logger.propagate = False
    logger.addHandler(handler)
    try:
        with careless() as port:
            assert "url.value_logged" in Knocker(f"http://127.0.0.1:{port}").no_values_in_urls()
    finally:
        logger.propagate = True
        logger.removeHandler(handler)
