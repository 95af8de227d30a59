"""What happens to a request, in this order; ``open_door`` makes the application.

1. It gets an id; its line and headers are bounded; a query is refused unread (C3.2).
2. The table finds its route; unknown addresses and methods are problems like any other.
3. Media type, declared length and Idempotency-Key are checked.
4. A short body is read; a long or unannounced one only after the caller is known (C2.5(3)).
5. In a worker thread, because the database blocks: authenticate, decode, call, encode. A small
   call that is one transaction goes to the house's own thread instead, where it shares a commit;
   not one with a token that somebody else signed, whose keys may first have to be fetched.
6. The answer leaves, with headers that keep it out of every cache.
7. One line is written: template, status, milliseconds, request id.

If the process dies after 5 the act stands, its entry is in the ledger and the caller does not
know; the same Idempotency-Key then brings the same answer. A caller who hangs up changes nothing
of that: what was begun is finished.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bailee.access import Mandate
from bailee.db import Undone
from bailee.errors import Failure, Invalid, Unavailable
from bailee.web import log
from bailee.web.answer import SECURITY, Answer, Exchange, refuse, unknown_route
from bailee.web.body import Intake, OpenReader, Reader, Vanished
from bailee.web.call import PARAMETERS, Call, Reply, Route, Sent
from bailee.web.form_body import FormReader
from bailee.web.house import Caller, House
from bailee.web.limits import (
    LIMITS,
    Head,
    bearer,
    idempotency_key,
    if_match,
    mandate,
    read_head,
    speaks_scim,
)
from bailee.web.pages import FORM, page_routes
from bailee.web.problem import (
    LengthMissing,
    WrongMedia,
    WrongMethod,
)
from bailee.web.routes import SERVED
from bailee.web.workers import Workers

WORKERS = 64
"""Calls in worker threads at one time; they mostly wait for one commit together."""
FORMS = {name: re.compile(form) for name, form in PARAMETERS.items()}
JSON_MEDIA = re.compile(r'application/json(?:\s*;\s*charset="?utf-8"?)?', re.IGNORECASE)
SCIM_BODY = re.compile(r'application/(?:scim\+)?json(?:\s*;\s*charset="?utf-8"?)?', re.IGNORECASE)
FORM_BODY = re.compile(rf'{FORM}(?:\s*;\s*charset="?utf-8"?)?', re.IGNORECASE)
Shown = tuple[str | None, Mandate | None]
"""What a caller shows: a key, and perhaps for whom it acts."""


class Door:
    """What is true for every request; wraps the router.

    Args:
        app: the router.
        allowed: what each path of the table allows, as the Allow header says it.
    """

    def __init__(self, app: ASGIApp, allowed: Mapping[str, bytes]) -> None:
        self._app = app
        self._allowed = allowed
        self._inside = 0  # owned by the event loop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in and see it out again, whatever happens."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = scope["bailee"] = Exchange(scim=speaks_scim(scope))
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        self._inside += 1
        try:
            await self._serve(scope, receive, sending)
        except Vanished:
            pass
        except Exception as error:  # noqa: BLE001 - nothing may pass but a problem
            if not isinstance(error, Failure | HTTPException):
                log.unexpected(error, exchange.request_id)
            if not begun:
                await self._answer(error, scope)(scope, receive, send)
        finally:
            self._inside -= 1
            elapsed = (time.perf_counter() - exchange.started) * 1000
            log.access(exchange.route, exchange.status, elapsed, exchange.request_id)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._inside > LIMITS.calls_at_once:
            raise Unavailable("server.busy", "Too many calls are waiting.", do="Try again.")
        scope["bailee"].head = read_head(scope)
        if "%" in (scope.get("raw_path") or b"").decode("latin-1"):
            raise unknown_route()  # no address of ours needs an escape; none is decoded
        await self._app(scope, receive, send)

    def _answer(self, error: Exception, scope: Scope) -> Answer:
        """Return an error's answer; what the router did not place is another method, or nothing."""
        exchange: Exchange = scope["bailee"]
        if not isinstance(error, HTTPException):
            return refuse(error, exchange)
        if error.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return refuse(unknown_route(), exchange)
        path = scope["route"].path
        allow = (b"allow", self._allowed[path])
        exchange.route = f"{log.NOWHERE} {path}"
        if scope["method"] == "OPTIONS":
            return Answer(204, b"", "text/plain", [allow])
        answer = refuse(
            WrongMethod(
                "method.not_allowed",
                "This address does not know this method.",
                do="The Allow header lists those it knows.",
            ),
            exchange,
        )
        answer.headers.append(allow)
        return answer


class Endpoint:
    """One row of the table, served."""

    def __init__(self, row: Route, house: House, pool: Workers, intake: Intake) -> None:
        self._row = row
        self._house = house
        self._pool = pool
        self._intake = intake
        self._reader: Reader[Any] | FormReader[Any] | None = (
            OpenReader(row.text_bytes) if row.opened else None
        )
        if row.request:
            self._reader = Reader(row.request, row.text_bytes)
            if row.form:
                self._reader = FormReader(row.request)
        self._encode = msgspec.json.Encoder().encode
        self._line = f"{row.method} {row.template}"
        self._most = row.body_bytes if self._reader else 0
        own = {name for name, _ in row.headers}
        self._security = tuple(one for one in SECURITY if one[0] not in own)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (steps 3 to 6)."""
        exchange: Exchange = scope["bailee"]
        exchange.route = self._line
        head = exchange.head
        params: dict[str, str] = scope["path_params"]
        if not all(FORMS[name].fullmatch(value) for name, value in params.items()):
            raise unknown_route()
        key = idempotency_key(head, taken=self._row.keyed)
        declared = self._announced(head)
        caller: Caller = None
        known = not self._row.auth
        remote = scope["client"][0] if scope.get("client") else ""
        of = mandate(head, scope["method"], scope["path"])
        if not known and (declared is None or declared > LIMITS.unknown_caller_bytes):
            caller = await self._pool.run(self._house.authenticate, bearer(head), remote, of)
            known = True
        body = b""
        if declared != 0:
            body = await self._intake.read(receive, declared, self._most)
        exchange.drained = True
        versions = if_match(head) if self._row.scim else ()
        call = Call(
            caller, params, key, exchange.request_id, remote, query=head.query, versions=versions
        )
        if self._row.signed:
            shown = head.x_opendsr_signature or ""
            call = replace(call, sent=Sent(shown, scope["method"], scope["path"], body))
        work = partial(self._work, call, body, known, (bearer(head), of))
        at_once = self._row.single and not known and not (of and of.signed)
        answer = await self._attended(work) if at_once else None
        if answer is None:
            answer = await self._pool.run(work)
        await answer(scope, receive, send)

    async def _attended(self, work: Callable[[], Answer]) -> Answer | None:
        """Let the house's own thread do a small call; None when it did nothing."""
        mailbox = self._pool.mailbox()
        future: asyncio.Future[Answer] = mailbox.loop.create_future()
        if not self._house.attend(work, partial(mailbox.leave, future)):
            return None
        try:
            return await future
        except Undone:  # nobody's fault in this call: again, alone, and recorded if it fails
            return None

    def _announced(self, head: Head) -> int | None:
        """Check what the headers say about the body; return its length, None if not announced."""
        declared = 0 if head.transfer_encoding is None else None
        if head.content_length is not None:
            if not head.content_length.isdecimal():
                raise Invalid("header.content_length", "Content-Length is not a number.")
            declared = int(head.content_length[:20])
        if self._reader is None:
            if declared != 0:
                raise Invalid("body.not_taken", "This route takes no body.", do="Send none.")
            return declared
        if declared == 0 and head.content_length is None:
            raise LengthMissing(
                "body.length_missing",
                "A body is needed, and none was announced.",
                do="Send JSON with Content-Length, or chunked.",
            )
        if head.content_encoding not in {None, "identity"}:
            raise WrongMedia("body.compressed", "Compressed bodies are not taken.")
        self._check_media(head.content_type)
        return declared

    def _check_media(self, shown: str | None) -> None:
        wanted, media = "application/json", JSON_MEDIA
        if self._row.scim:
            media = SCIM_BODY
        if self._row.form:
            wanted, media = FORM, FORM_BODY
        if shown is None or not media.fullmatch(shown):
            raise WrongMedia(
                "body.content_type",
                f"The body's media type is not {wanted}.",
                do=f"Send Content-Type: {wanted}.",
            )

    def _work(self, call: Call, body: bytes, known: bool, shown: Shown) -> Answer:  # noqa: FBT001 - private
        """Do one call; runs in a worker thread."""
        if not known:
            key, of = shown
            caller = self._house.authenticate(key, call.remote, of)
            call = replace(call, caller=caller)
        decoded = self._reader.read(body) if self._reader else None
        result: Any = self._row.call(self._house, call, decoded)
        if isinstance(result, Reply):
            return Answer(result.status, result.body, self._row.media, result.headers)
        if isinstance(result, str):
            result = result.encode()
        elif not isinstance(result, bytes):
            result = self._encode(result)
        return Answer(200, result, self._row.media, self._row.headers, security=self._security)


def _methods(routes: Iterable[BaseRoute]) -> dict[str, bytes]:
    """Return what each path allows, as the Allow header says it (RFC 9110 10.2.1)."""
    allowed: dict[str, set[str]] = defaultdict(lambda: {"OPTIONS"})
    for route in routes:
        if isinstance(route, StarletteRoute):
            allowed[route.path] |= route.methods or set()
    return {path: ", ".join(sorted(methods)).encode() for path, methods in allowed.items()}


class Application(Starlette):
    """Starlette without its middleware: the door alone stands before the router."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return the door; it lets no exception pass, so nothing else needs to catch one."""
        return Door(self.router, _methods(self.routes))


def open_door(house: House, *, workers: int = WORKERS) -> Starlette:
    """Return the application that serves a house.

    Its ``state.pool`` holds the worker threads; whoever ends the application shuts them down.

    Args:
        house: what is behind the door.
        workers: calls running at one time.
    """
    pool = Workers(workers)
    intake = Intake()
    app = Application(
        routes=[
            StarletteRoute(
                row.path, Endpoint(row, house, pool, intake), methods=[row.method], name=row.name
            )
            for row in SERVED
        ]
        + page_routes(house, pool, intake)
    )
    app.router.redirect_slashes = False  # an address is right or wrong; nobody is sent elsewhere
    app.state.pool = pool
    return app


__all__ = ["Answer", "Door", "Endpoint", "Exchange", "open_door", "refuse", "unknown_route"]
