"""Whoever knocks without saying what for: connections before their TLS handshake is done.

The event loop's own listener knows of a connection only after the handshake, for which it waits a
minute: a thousand silent strangers then hold a thousand files, and the server, which cannot open
one more, fails those it knows. Here a connection counts from its first moment, a handshake has as
long as a request's head, and when all places are taken the stranger who has waited longest leaves.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import ssl
from collections.abc import Callable, Sized

from bailee.web.limits import LIMITS

SPARE_FILES = 256
"""Files that the server itself may have open: databases, their journals, what it ships with."""
PAUSE_SECONDS = 0.05
"""After an accept that failed: the system is short of something that others may give back."""


def places() -> int:
    """Return how many connections there may be at one time, having asked the system for enough.

    The number of files that a process may open is often set far below what it may ask for.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = LIMITS.connections + SPARE_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return LIMITS.connections
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(soft - SPARE_FILES, soft // 2)


class Doorstep:
    """Accepts connections on one socket and greets them; everything runs in the event loop.

    Args:
        listening: the socket, which stays its owner's.
        context: None for plain HTTP, where a request's head bounds the wait.
        make: makes the protocol of a connection that was greeted.
        inside: connections that were greeted and have not ended.
        most: connections at one time, greeted or not.
    """

    def __init__(
        self,
        listening: socket.socket,
        context: ssl.SSLContext | None,
        make: Callable[[], asyncio.Protocol],
        inside: Sized,
        *,
        most: int,
    ) -> None:
        listening.setblocking(False)  # noqa: FBT003 - the socket's own way to say it
        self._listening, self._context, self._make = listening, context, make
        self._inside, self._most = inside, most
        self._waiting: dict[asyncio.Task[None], socket.socket] = {}
        self._accepting = asyncio.get_running_loop().create_task(self._accept())

    def close(self) -> None:
        """Accept nobody else; whoever is greeted stays."""
        self._accepting.cancel()
        while self._send_away():
            pass

    async def wait_closed(self) -> None:
        """Return when nobody is accepted any more."""
        with contextlib.suppress(asyncio.CancelledError):
            await self._accepting

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                line, _ = await loop.sock_accept(self._listening)
            except OSError:
                self._send_away()
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if len(self._waiting) + len(self._inside) >= self._most and not self._send_away():
                line.close()
                continue
            greeting = loop.create_task(self._greet(line))
            self._waiting[greeting] = line
            greeting.add_done_callback(lambda done: self._waiting.pop(done, None))

    async def _greet(self, line: socket.socket) -> None:
        seconds = LIMITS.head_seconds if self._context else None
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                self._make,
                line,
                ssl=self._context,
                ssl_handshake_timeout=seconds,
                ssl_shutdown_timeout=seconds,
            )
        except OSError:  # ended, garbled or too slow: nobody is there to be told
            line.close()

    def _send_away(self) -> bool:
        """Let the stranger go who has waited longest; answer whether there was one."""
        if not self._waiting:
            return False
        greeting, line = next(iter(self._waiting.items()))
        del self._waiting[greeting]
        greeting.cancel()
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        return True


__all__ = ["Doorstep", "places"]
