"""HTTP/1.1 on a connection: uvicorn's own protocol, with bounds where it has none.

* A head that does not end, in bytes or in seconds, or a body that does not begin, costs its sender
  the connection.
* What is not HTTP at all is answered with a problem document, like everything else.
* What stands behind a body (trailers) or between its parts (chunk extensions) is no header of
  anybody's and has a bound of its own, for it is no part of the body that is counted.
* Somebody who was refused may finish sending (so that the answer is read), but not for ever.
* Connections are counted; one too many is closed at once.
"""

from __future__ import annotations

import asyncio
import secrets

import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from bailee.errors import Failure
from bailee.web.limits import LIMITS
from bailee.web.problem import MEDIA, HeadTooLarge, Malformed, describe

HEAD_BYTES = LIMITS.url_bytes + LIMITS.header_bytes
"""Of one request's line and headers together, counted as they arrive."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection; everything here runs in the event loop."""

    head_seconds: float = LIMITS.head_seconds
    refused_limit: int = LIMITS.refused_bytes
    connection_limit: int = LIMITS.connections

    _head_open = False
    """A request has begun whose headers have not ended."""
    _body_due = False
    """A head has ended whose body has not begun."""
    _head_bytes = 0
    _in_body = False
    """A head has ended whose message has not."""
    _moved = False
    """A part of a body was among what arrived last."""
    _aside_bytes = 0
    """Arrived since then, all of it chunk extensions and trailers."""
    _asked = False
    """A whole head has arrived on this connection; ``cycle`` is the request it began."""
    _refused_bytes = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Take a connection, or close it when there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.connection_limit:
            transport.close()
            return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what arrived, and count it while it is head."""
        self._moved = False
        super().data_received(data)
        if self._head_open:
            self._head_bytes += len(data)
        elif self._in_body and not self._moved:
            self._aside_bytes += len(data)
        if max(self._head_bytes, self._aside_bytes) > HEAD_BYTES:
            self._refuse(
                HeadTooLarge("header.too_large", "The request's line and headers are too long.")
            )
            return
        if (self._head_open or self._body_due) and self._deadline is None:
            self._watch()

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._head_open, self._head_bytes, self._refused_bytes = True, 0, 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one that comes behind the body is none (RFC 9110 6.5.1)."""
        if self._head_open:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """End a request's head; its body is due."""
        self._head_open = False
        super().on_headers_complete()  # raises for an address that is none: there is no request
        self._asked = self._body_due = self._in_body = self._moved = True
        self._head_bytes = self._aside_bytes = 0

    def on_body(self, body: bytes) -> None:
        """Take a part of a body; of a request that is answered already, only count it."""
        self._body_due, self._moved, self._aside_bytes = False, True, 0
        self._unwatch()
        if self.cycle.response_complete:
            self._refused_bytes += len(body)
            if self._refused_bytes > self.refused_limit:
                self.transport.close()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request."""
        self._body_due = self._in_body = False
        self._aside_bytes = 0
        self._unwatch()
        super().on_message_complete()

    def send_400_response(self, _msg: str) -> None:
        """Answer what is not HTTP."""
        self._refuse(Malformed("http.malformed", "That is not an HTTP/1.1 request."))

    def _refuse(self, failure: Failure) -> None:
        self._unwatch()
        if self.transport.is_closing():
            return
        if self._asked and not self.cycle.response_complete:
            self.transport.close()  # another answer is on its way on this line; do not mix them
            return
        problem = describe(failure, secrets.token_hex(8))
        body = msgspec.json.encode(problem)
        head = (
            f"content-type: {MEDIA}\r\ncontent-length: {len(body)}\r\n"
            "cache-control: no-store\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(STATUS_LINE[problem.status] + head.encode("ascii") + body)
        self.transport.close()

    def _watch(self) -> None:
        self._deadline = self.loop.call_later(self.head_seconds, self._too_slow)

    def _unwatch(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.close()


__all__ = ["BoundedProtocol"]
