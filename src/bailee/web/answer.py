"""One request while it lasts, and its answer as it leaves: what the API's door and pages share."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec
from starlette.types import Message, Receive, Scope, Send

from bailee.errors import NotFound
from bailee.web import log
from bailee.web.limits import Head
from bailee.web.problem import (
    MEDIA,
    SCIM_MEDIA,
    describe,
    headers_of,
    scim_error,
    scim_status,
)

HUNG_UP = 499
"""Stands in the log where a status stands, for callers that went before they were answered."""
SECURITY: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (
        b"content-security-policy",
        b"default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
PIECE = 256 * 1024
"""Bytes of a file that are in memory at one time."""
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


@dataclass(slots=True)
class Exchange:
    """One request and what became of it; lives as long as the request."""

    head: Head = field(default_factory=Head)
    request_id: str = field(default_factory=lambda: secrets.token_hex(8))
    started: float = field(default_factory=time.perf_counter)
    route: str = log.NOWHERE
    status: int = HUNG_UP
    drained: bool = False
    scim: bool = False
    """The caller speaks SCIM, and is told errors in it."""


class Answer:
    """One complete answer; an ASGI application that sends itself.

    Args:
        security: headers that keep it where it belongs; those of the API, or a page's own.
    """

    def __init__(
        self,
        status: int,
        body: bytes,
        media: str,
        headers: Iterable[tuple[bytes, bytes]] = (),
        *,
        security: Iterable[tuple[bytes, bytes]] = SECURITY,
    ) -> None:
        self.status = status
        self.body = body
        self.headers = [
            (b"content-type", media.encode("ascii")),
            (b"content-length", b"%d" % len(body)),
            *security,
            *headers,
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Send status, headers and body."""
        exchange: Exchange = scope["bailee"]
        exchange.status = self.status
        headers = [*self.headers, (b"x-request-id", exchange.request_id.encode("ascii"))]
        if scope["scheme"] == "https":
            headers.append(HSTS)
        if exchange.head.expect and not exchange.drained:
            headers.append((b"connection", b"close"))  # RFC 9110 10.1.1: no body will follow
        body = b"" if scope["method"] == "HEAD" else self.body
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class FileAnswer(Answer):
    """An answer whose content is an open file, sent in pieces and closed, whoever hangs up.

    Args:
        file: at its beginning; never larger in memory than one piece.
    """

    def __init__(
        self,
        file: BinaryIO,
        media: str,
        headers: Iterable[tuple[bytes, bytes]] = (),
        *,
        security: Iterable[tuple[bytes, bytes]] = SECURITY,
    ) -> None:
        super().__init__(200, b"", media, headers, security=security)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        self.headers[1] = (b"content-length", b"%d" % size)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send status, headers, and one piece after another."""

        async def more(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["more_body"] = True
            await send(message)

        with self._file as file:
            await super().__call__(scope, receive, more)
            while piece := await asyncio.to_thread(file.read, PIECE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


def refuse(error: Exception, exchange: Exchange) -> Answer:
    """Return an error's answer."""
    problem = describe(error, exchange.request_id)
    if exchange.scim:
        return Answer(scim_status(problem), scim_error(problem), SCIM_MEDIA, headers_of(problem))
    return Answer(problem.status, msgspec.json.encode(problem), MEDIA, headers_of(problem))


def unknown_route() -> NotFound:
    """Return the failure for an address that no row has."""
    return NotFound(
        "route.unknown",
        "There is nothing at this address.",
        do="GET /openapi.json lists every address.",
    )


__all__ = ["HUNG_UP", "SECURITY", "Answer", "Exchange", "FileAnswer", "refuse", "unknown_route"]
