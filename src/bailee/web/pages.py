"""Pages of the console, served by the same door as the API.

1. The table finds the page; path parameters have their fixed forms.
2. A form's media type and length are checked, then where it was sent from.
3. In a worker thread: the cookie's session is authenticated as any credential is, the form read and
   its token compared, the page's function called, its view rendered.
4. The answer leaves with a policy that allows no script but our own files, no frame around it, no
   cache, and no address of ours in anybody's referrer.

A stranger is sent to sign in; a failure becomes a page that says what to do. The API takes no
cookie, and pages take no bearer: a form of somebody else's can call neither.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from starlette.routing import Route as StarletteRoute
from starlette.types import Receive, Scope, Send

from bailee.console import assets, guard
from bailee.console.forms import read_form, read_returned
from bailee.console.multipart import MEDIA as MULTIPART
from bailee.console.multipart import read_multipart
from bailee.console.pages import TABLE
from bailee.console.render import render
from bailee.console.row import Row
from bailee.console.view import View, go, show
from bailee.console.visit import Visit
from bailee.errors import Failure, Refused, Unauthenticated
from bailee.web import log
from bailee.web.answer import Answer, Exchange, FileAnswer, unknown_route
from bailee.web.body import Intake, Vanished
from bailee.web.call import PARAMETERS
from bailee.web.house import House
from bailee.web.limits import Head
from bailee.web.problem import LengthMissing, WrongMedia, describe
from bailee.web.workers import Workers

if TYPE_CHECKING:
    from bailee.app.house import House as AppHouse

FORMS = {name: re.compile(form) for name, form in PARAMETERS.items()}
HTML = "text/html; charset=utf-8"
FORM = "application/x-www-form-urlencoded"
SIGN_IN = "/console/sign-in"
CODE, WAITING = "/console/sign-on/code", "session.code_first"
"""Where a session goes that does not count before it has shown a code."""
SHOWN = 200
LAST_WORDS = (
    b"<!doctype html><html lang=en><meta charset=utf-8><title>bailee</title><h1>This page cannot "
    b"be shown</h1><p>What you asked for may have been done. Go back, look, and tell whoever runs "
    b"bailee."
)
"""Said where no template can be rendered any more."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", POLICY.encode()),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"vary", b"cookie, hx-request"),
)
ASSET_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (
        b"content-security-policy",
        b"default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"cache-control", b"public, max-age=31536000, immutable"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class PageEndpoint:
    """One row of the table of pages, served."""

    def __init__(self, row: Row, house: House, pool: Workers, intake: Intake) -> None:
        self._row = row
        self._house: AppHouse = cast("AppHouse", house)  # pages stand on the real house alone
        self._pool = pool
        self._intake = intake
        self._line = f"{row.method} {row.path}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        exchange: Exchange = scope["bailee"]
        exchange.route = self._line
        head = exchange.head
        params: dict[str, str] = scope["path_params"]
        if not all(FORMS[name].fullmatch(value) for name, value in params.items()):
            raise unknown_route()
        try:
            body = await self._body(head, receive)
        except Vanished:
            raise
        except Failure as failure:
            await self._refused(failure, exchange)(scope, receive, send)
            return
        exchange.drained = True
        remote = scope["client"][0] if scope.get("client") else ""
        own = f"{scope['scheme']}://{head.host or ''}"
        if self._row.query:
            body = scope["query_string"]
        work = partial(self._work, exchange, (params, remote, own, scope["path"]), body)
        answer = await self._pool.run(work)
        await answer(scope, receive, send)

    async def _body(self, head: Head, receive: Receive) -> bytes:
        if self._row.method == "GET":
            return b""
        wanted = MULTIPART if self._row.files else FORM
        if head.content_type is None or head.content_type.partition(";")[0].strip() != wanted:
            raise WrongMedia("body.content_type", "That is not a form.", do="Send the page's form.")
        if head.content_encoding not in {None, "identity"}:
            raise WrongMedia("body.compressed", "Compressed bodies are not taken.")
        if head.content_length is None or not head.content_length.isdecimal():
            raise LengthMissing("body.length_missing", "The form's length was not announced.")
        declared = int(head.content_length[:20])
        return await self._intake.read(receive, declared, self._row.body_bytes) if declared else b""

    def _work(
        self, exchange: Exchange, at: tuple[dict[str, str], str, str, str], body: bytes
    ) -> Answer:
        """Do one page; runs in a worker thread. No exception leaves, but a page says so."""
        head, (params, remote, own, path) = exchange.head, at
        token = guard.session_in(head.cookie or "")
        partial_ = head.hx_request == "true"
        browser = guard.browser_in(head.cookie or "") if self._row.query else ""
        visit = Visit(
            None, None, token, params, {}, remote, exchange.request_id, path, partial_, browser
        )
        try:
            fields: dict[str, list[str]] = {}
            if self._row.method == "POST":
                guard.check_origin(fetch_site=head.sec_fetch_site, origin=head.origin, own=own)
                if self._row.files:
                    fields, files = read_multipart(body, head.content_type or "")
                    visit = replace(visit, files=files)
                else:
                    fields = read_form(body)
            elif self._row.query:
                fields = read_returned(body)
            visit = self._admitted(visit, token, remote, fields)
            view = self._row.work(self._house, visit)
        except Unauthenticated as failure:
            view = self._shown(failure, exchange) if self._row.open else go(SIGN_IN, forget=True)
        except Exception as error:  # noqa: BLE001 - nothing may pass but a page
            if isinstance(error, Refused) and error.code == WAITING:
                return self._answer(go(CODE), visit)
            if not isinstance(error, Failure):
                log.unexpected(error, exchange.request_id)
            view = self._shown(error, exchange)
        return self._answer(view, visit)

    def _admitted(
        self, visit: Visit, token: str, remote: str, fields: dict[str, list[str]]
    ) -> Visit:
        """Return the visit with who comes; a form of a session shows the session's token."""
        if not token:
            if not self._row.open:
                raise Unauthenticated("credential.missing", "Nobody is signed in here.")
            return replace(visit, fields=fields)
        try:
            caller = self._house.authenticate(token, remote)
        except Unauthenticated:
            if not self._row.open:
                raise
            return replace(visit, fields=fields, token="")
        if self._row.method == "POST":
            guard.check_csrf(token, next(iter(fields.get("csrf", ())), ""))
        me = None if self._row.waits else self._house.me(caller)
        return replace(visit, fields=fields, caller=caller, me=me)

    def _shown(self, error: Exception, exchange: Exchange) -> View:
        """Return the page that tells a failure."""
        problem = describe(error, exchange.request_id)
        return show("problem.html", status=problem.status, problem=problem)

    def _refused(self, failure: Failure, exchange: Exchange) -> Answer:
        visit = Visit(None, None, "", {}, {}, "", exchange.request_id, self._row.path)
        return self._answer(self._shown(failure, exchange), visit)

    def _answer(self, view: View, visit: Visit) -> Answer:
        headers: list[tuple[bytes, bytes]] = []
        if visit.opened:
            headers.append((b"set-cookie", guard.set_cookie(visit.secret).encode()))
        elif view.forget:
            headers.append((b"set-cookie", guard.end_cookie().encode()))
            headers.append((b"clear-site-data", b'"cache"'))
        if view.filename:
            kept = f'attachment; filename="{view.filename}"'
            headers.append((b"content-disposition", kept.encode()))
            if view.file is not None:
                return FileAnswer(view.file, view.media, headers, security=PAGE_HEADERS)
            return Answer(200, view.content, view.media, headers, security=PAGE_HEADERS)
        if view.away or view.back:
            cookie = guard.set_away(view.away) if view.away else guard.end_away()
            headers.append((b"set-cookie", cookie.encode()))
        if not view.template:
            if visit.partial:  # a redirect would be followed inside the page
                headers.append((b"hx-redirect", view.location.encode()))
                return Answer(200, b"", HTML, headers, security=PAGE_HEADERS)
            headers.append((b"location", view.location.encode()))
            return Answer(303, b"", HTML, headers, security=PAGE_HEADERS)
        status, body = self._body_of(view, visit)
        return Answer(status, body, HTML, headers, security=PAGE_HEADERS)

    def _body_of(self, view: View, visit: Visit) -> tuple[int, bytes]:
        """Return a page; one that cannot be made is a page in words, and what was done stays done.

        The cookie of a session that was opened leaves with either (``Visit.enter``).
        """
        failed, status = view.data.get("failed"), view.status
        if failed is not None and status == SHOWN:
            status = describe(failed, visit.request_id).status
        try:
            return status, self._render(view, visit, view.part if visit.partial else "")
        except Exception as error:  # noqa: BLE001 - nothing may pass but a page
            log.unexpected(error, visit.request_id)
            problem = describe(error, visit.request_id)
        told = show("problem.html", status=problem.status, problem=problem)
        try:
            return told.status, self._render(told, replace(visit, me=None), "")
        except Exception:  # noqa: BLE001 - what every page stands in is broken too
            return told.status, LAST_WORDS

    def _render(self, view: View, visit: Visit, part: str) -> bytes:
        data: dict[str, Any] = {
            "me": visit.me,
            "path": visit.path,
            "controller": visit.params.get("controller", ""),
            "csrf": guard.csrf_of(visit.secret) if visit.secret else "",
            **view.data,
        }
        return render(view.template, data, part)


class Asset:
    """The address of the files beside the pages; what they hold is public."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a file under its hash."""
        exchange: Exchange = scope["bailee"]
        exchange.route = "GET /console/assets/{mark}/{name}"
        name, mark = scope["path_params"]["name"], scope["path_params"]["mark"]
        if name not in assets.MEDIA or mark != assets.mark(name):
            raise unknown_route()
        exchange.drained = True
        answer = Answer(200, assets.read(name), assets.MEDIA[name], security=ASSET_HEADERS)
        await answer(scope, receive, send)


class Nowhere:
    """What of the console's addresses no row has, as a page."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say that there is nothing."""
        exchange: Exchange = scope["bailee"]
        exchange.route = "GET /console/…"
        exchange.drained = True
        problem = describe(unknown_route(), exchange.request_id)
        data = {"me": None, "path": "", "controller": "", "csrf": "", "problem": problem}
        body = render("problem.html", data)
        await Answer(404, body, HTML, security=PAGE_HEADERS)(scope, receive, send)


def page_routes(house: House, pool: Workers, intake: Intake) -> list[StarletteRoute]:
    """Return the console's addresses for the application."""
    return [
        StarletteRoute("/console/assets/{mark}/{name}", Asset(), methods=["GET"], name="asset"),
        *(
            StarletteRoute(
                row.path,
                PageEndpoint(row, house, pool, intake),
                methods=[row.method],
                name=row.name,
            )
            for row in TABLE
        ),
        StarletteRoute("/console/{rest:path}", Nowhere(), methods=["GET"], name="nowhere"),
    ]
