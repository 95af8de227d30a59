"""Signing in at the identity provider: away, back, and the code of a second factor (MISSION A7).

The browser is sent away by a page, not by a redirect: our policy lets forms lead to us alone.
When it comes back the answer is a page too: a session's cookie is ``SameSite=Strict``, so it would
not come along in a chain of redirects that somebody else's page began, and the next address no
longer holds what the provider wrote. Nobody is ever sent to an address that came with a request.
"""

from __future__ import annotations

from bailee.app import sign_in_shapes, sign_on_shapes
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import Row, form
from bailee.console.view import View, go, show
from bailee.console.visit import Visit
from bailee.errors import Failure, Unauthenticated, Unavailable

RETURNED = Form(sign_on_shapes.Returned)
FACTOR_CODE = Form(sign_in_shapes.FactorCode)
TODAY = "/console/today"
ACCOUNT = "/console/account"
CODE = "/console/sign-on/code"


@form("/console/sign-on", open=True)
def begin_sign_on(house: House, visit: Visit) -> View:
    """Send a browser to the provider to sign in."""
    try:
        return _away(house, house.begin_sign_on(visit.remote))
    except Failure as failure:
        return _failed(house, failure)


@form("/console/account/sign-on")
def begin_sign_on_step_up(house: House, visit: Visit) -> View:
    """Send somebody there to sign in anew, in place of a code."""
    return _away(house, house.begin_sign_on_step_up(visit.known, visit.remote))


@form("/console/account/link")
def begin_link(house: House, visit: Visit) -> View:
    """Send somebody there to link themselves."""
    return _away(house, house.begin_link(visit.known, visit.remote))


def back(house: House, visit: Visit) -> View:
    """Take up what a browser brought back; whatever comes of it, it brings nothing twice."""
    try:
        body = RETURNED.read(visit.fields, browser=visit.browser)
        done = house.finish_sign_on(body, visit.remote)
    except Failure as failure:
        return _failed(house, failure)
    if done.session:
        visit.enter(done.session.token)
    to = TODAY if done.kind == "sign-in" else ACCOUNT
    return View("returned.html", {"to": to}, back=True)


def code_page(_house: House, visit: Visit) -> View:
    """Ask for the code of a second factor, before a session counts."""
    return show("code.html", failed=None) if visit.caller else go("/console/sign-in")


@form(CODE, open=True, waits=True)
def code(house: House, visit: Visit) -> View:
    """Take it; another session comes in the place of this one."""
    if visit.caller is None:
        return go("/console/sign-in")
    try:
        made = house.step_up(visit.caller, FACTOR_CODE.read(visit.fields))
    except Failure as failure:
        return show("code.html", status=_status(failure), failed=failure)
    visit.enter(made.token)
    return go(TODAY)


def _away(house: House, away: sign_on_shapes.Away) -> View:
    data = {"address": away.address, "name": house.sign_on_offer().name}
    return View("away.html", data, away=away.browser)


def _failed(house: House, failure: Failure) -> View:
    data = {"failed": failure, "login": "", "offer": house.sign_on_offer()}
    return View("sign_in.html", data, _status(failure), back=True)


def _status(failure: Failure) -> int:
    if isinstance(failure, Unavailable):
        return 503
    return 401 if isinstance(failure, Unauthenticated) else 422


ROWS = (
    begin_sign_on,
    begin_sign_on_step_up,
    begin_link,
    Row("GET", "/console/sign-on/back", "back", back, open=True, query=True),
    Row("GET", CODE, "code_page", code_page, open=True, waits=True),
    code,
)
