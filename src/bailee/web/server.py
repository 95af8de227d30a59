"""The door on a socket: TLS 1.2 or newer, or the loopback interface (C3.1).

``serve`` blocks until it is told to stop. It binds before it says that it is ready, and on a stop
it lets running calls finish.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ipaddress
import logging
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from bailee.errors import Invalid, Refused, Unavailable
from bailee.web import log
from bailee.web.certificate import check_key_file
from bailee.web.door import open_door
from bailee.web.doorstep import Doorstep, places
from bailee.web.house import House
from bailee.web.protocol import BoundedProtocol

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""TLS 1.2 with forward secrecy and authenticated encryption only; TLS 1.3 has nothing else."""
GRACE_SECONDS = 10
"""Running calls may take so long after a stop."""
IDLE_SECONDS = 30
"""A connection without a request is kept so long."""
BACKLOG = 1024
STOPS = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True)
class Tls:
    """Files of the server's certificate chain and of its key (PEM)."""

    certificate: Path
    key: Path


class Server(uvicorn.Server):
    """uvicorn's server, which says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept, then say so."""
        await super().startup([])
        if self.started:
            state, most = self.server_state, places()
            for one in sockets or []:
                step = Doorstep(one, self.config.ssl, self._protocol, state.connections, most=most)
                self.servers.append(step)  # type: ignore[arg-type]  # closed as those are
            self._ready()

    def _protocol(self) -> asyncio.Protocol:
        """Make the protocol of one connection, as uvicorn's own listener does."""
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Stop on SIGTERM and SIGINT, and return: whoever called still has a house to close.

        uvicorn's own version raises the signal again afterwards, which ends the process there.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        previous = {one: signal.signal(one, self.handle_exit) for one in STOPS}
        try:
            yield
        finally:
            for one, before in previous.items():
                signal.signal(one, before)


class Listener:
    """A house's door on one address. Bound when made; ``run`` serves until ``stop``.

    Args:
        house: what is behind it.
        host: a name or an address.
        port: 0 for any.
        tls: certificate and key; without them the loopback interface alone is served.
        shared: other processes of the same crew bind the address too.

    Raises:
        Refused: ``transport.plain`` for plain HTTP beyond the loopback interface (C3.1),
            ``tls.key_readable``.
        Invalid: ``tls.unusable``, ``server.host``.
        Unavailable: ``server.address``.
    """

    def __init__(
        self,
        house: House,
        host: str,
        port: int,
        *,
        tls: Tls | None = None,
        shared: bool = False,
    ) -> None:
        address = _resolve(host, port)
        _check_plain(address, tls)
        self._context = None if tls is None else tls_context(tls)
        self._app = open_door(house)
        self._socket = _listening(_bind(address, shared=shared))
        self._server: Server | None = None
        self._stopped = False
        self.port: int = self._socket.getsockname()[1]
        self.url = url(host, self.port, tls)

    def run(self, ready: Callable[[str], None] = lambda _: None) -> None:
        """Serve until ``stop``, SIGTERM or SIGINT; running calls finish within the grace.

        Args:
            ready: called with the address once connections are accepted.
        """
        quieten()
        config = uvicorn.Config(
            self._app,
            http=BoundedProtocol,
            loop="uvloop",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # nobody but the socket says who the other end is
            backlog=BACKLOG,
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
            ssl_context_factory=self._tls if self._context else None,
        )
        self._server = Server(config, lambda: self._begin(ready))
        try:
            if not self._stopped:
                self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()
            self._app.state.pool.shutdown(wait=True)

    def stop(self) -> None:
        """Ask ``run`` to end; any thread may."""
        self._stopped = True
        if self._server is not None:
            self._server.should_exit = True

    def _begin(self, ready: Callable[[str], None]) -> None:
        asyncio.get_running_loop().set_exception_handler(log.loop_error)
        gc.freeze()  # what is loaded now stays: later collections need not look at it
        ready(self.url)

    def _tls(
        self, _config: uvicorn.Config, _default: Callable[[], ssl.SSLContext]
    ) -> ssl.SSLContext:
        if self._context is None:
            raise RuntimeError("asked for TLS without a context")
        return self._context


def serve(
    house: House,
    host: str,
    port: int,
    *,
    tls: Tls | None = None,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve a house until SIGTERM or SIGINT; see ``Listener`` for what is refused."""
    Listener(house, host, port, tls=tls).run(ready)


def tls_context(tls: Tls) -> ssl.SSLContext:
    """Return a context that speaks TLS 1.2 and 1.3 with modern ciphers only (C3.1).

    Raises:
        NotFound: ``tls.key_missing``.
        Refused: ``tls.key_readable``.
        Invalid: ``tls.unusable``.
    """
    check_key_file(tls.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= (
        ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    )
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(tls.certificate, tls.key)
    except (OSError, ssl.SSLError):
        raise Invalid(
            "tls.unusable",
            "Certificate and key cannot be used together.",
            do="Give PEM files of one chain and its own key, without a passphrase.",
        ) from None
    return context


def quieten() -> None:
    """Keep the server's own loggers from writing down what callers sent (C3.2)."""
    for name in ("uvicorn.error", "uvicorn.asgi", "asyncio"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        if not any(isinstance(present, log.Wordless) for present in logger.filters):
            logger.addFilter(log.Wordless())
    access = logging.getLogger("uvicorn.access")
    access.handlers, access.propagate = [], False
    access.disabled = True  # it writes addresses, query and all, as soon as it finds a handler


def _resolve(host: str, port: int) -> tuple[str, int, socket.AddressFamily]:
    """Return the one address that a name stands for; IPv4 first, as 127.0.0.1 is for localhost."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise Invalid("server.host", "Nothing is known at that host name.") from None
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return str(address[0]), int(address[1]), family


def reserve(host: str, port: int, tls: Tls | None = None) -> socket.socket:
    """Return a socket that holds an address for a crew and takes no connection itself.

    It is first tried alone: an address that several may bind would otherwise be shared with
    another server of this account, and half of the calls would end there.

    Raises:
        Refused: ``transport.plain``. Invalid: ``server.host``, ``tls.unusable``.
        Unavailable: ``server.address``.
    """
    address = _resolve(host, port)
    _check_plain(address, tls)
    if tls is not None:
        tls_context(tls)
    _listening(_bind(address)).close()
    return _bind(address, shared=True)


def url(host: str, port: int, tls: Tls | None) -> str:
    """Return the address as callers write it."""
    shown = f"[{host}]" if ":" in host else host
    return f"{'http' if tls is None else 'https'}://{shown}:{port}"


def _check_plain(address: tuple[str, int, socket.AddressFamily], tls: Tls | None) -> None:
    if tls is None and not ipaddress.ip_address(address[0]).is_loopback:
        raise Refused(
            "transport.plain",
            "Plain HTTP is served on the loopback interface alone (C3.1).",
            do="Give a certificate and its key, or listen on 127.0.0.1.",
        )


def _bind(address: tuple[str, int, socket.AddressFamily], *, shared: bool = False) -> socket.socket:
    host, port, family = address
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise _taken() from None
    return bound


def _listening(bound: socket.socket) -> socket.socket:
    try:
        bound.listen(BACKLOG)
    except OSError:
        bound.close()
        raise _taken() from None
    return bound


def _taken() -> Unavailable:
    return Unavailable(
        "server.address",
        "That address and port cannot be listened on.",
        do="See whether another program uses it; choose another port.",
    )


__all__ = ["Listener", "Tls", "reserve", "serve", "tls_context", "url"]
