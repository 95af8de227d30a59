"""One's own account: second factor, password, sessions (MISSION A7)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from bailee.app import sign_in_shapes as shapes
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, go, show
from bailee.console.visit import Visit
from bailee.errors import Failure, Invalid

OWN_PASSWORD = Form(shapes.OwnPassword)
FACTOR_CODE = Form(shapes.FactorCode)
CHANGED_PASSWORD = Form(shapes.ChangedPassword)
ACCOUNT = "/console/account"


def _account(house: House, visit: Visit, *, status: int = 200, **more: Any) -> View:
    offer = house.sign_on_offer()
    shown: dict[str, Any] = {"failed": None, "uri": "", "seed": "", "codes": []}
    return show(
        "account.html",
        status=status,
        passkeys=house.passkeys(visit.known).passkeys,
        sessions=house.sessions(visit.known).sessions,
        rules=house.password_rules(visit.known),
        offer=offer,
        link=house.own_link(visit.known) if offer.offered else None,
        **(shown | more),
    )


@page(ACCOUNT)
def account(house: House, visit: Visit) -> View:
    """Show one's own factors, sessions and the rules."""
    return _account(house, visit)


@form("/console/account/totp")
def enrol(house: House, visit: Visit) -> View:
    """Enrol an authenticator; its secret is shown once, on this answer alone."""
    try:
        made = house.enrol_totp(visit.known, OWN_PASSWORD.read(visit.fields), visit.remote)
    except Failure as failure:
        return _account(house, visit, status=422, failed=failure)
    seed = parse_qs(urlsplit(made.uri).query)["secret"][0]
    return _account(house, visit, uri=made.uri, seed=seed)


@form("/console/account/totp/confirm")
def confirm(house: House, visit: Visit) -> View:
    """Confirm it by a first code; recovery codes are shown once."""
    try:
        made = house.confirm_totp(visit.known, FACTOR_CODE.read(visit.fields))
    except Failure as failure:
        return _account(house, visit, status=422, failed=failure)
    return _account(house, visit, codes=made.codes)


@form("/console/account/totp/remove")
def remove(house: House, visit: Visit) -> View:
    """Remove one's second factor, showing a code of it."""
    try:
        house.remove_totp(visit.known, FACTOR_CODE.read(visit.fields))
    except Failure as failure:
        return _account(house, visit, status=422, failed=failure)
    return go(ACCOUNT)


@form("/console/account/step-up")
def step_up(house: House, visit: Visit) -> View:
    """Show a code again; another session comes in the place of this one."""
    try:
        made = house.step_up(visit.known, FACTOR_CODE.read(visit.fields))
    except Failure as failure:
        return _account(house, visit, status=422, failed=failure)
    visit.enter(made.token)
    return go(ACCOUNT)


@form("/console/account/password")
def change_password(house: House, visit: Visit) -> View:
    """Change one's password; every session ends, this one too."""
    try:
        if visit.text("password") != visit.text("again"):
            raise Invalid("password.repeat", "The two passwords are not the same.")
        house.change_password(CHANGED_PASSWORD.read(visit.fields), visit.remote)
    except Failure as failure:
        return _account(house, visit, status=422, failed=failure)
    return go("/console/sign-in", forget=True)


@form("/console/account/sessions/{id}/end")
def end_session(house: House, visit: Visit) -> View:
    """End one of one's own sessions."""
    try:
        house.end_session(visit.known, visit.item)
    except Failure as failure:
        return _account(house, visit, status=422, failed=failure)
    return go(ACCOUNT)


@form("/console/account/sessions/others/end")
def end_others(house: House, visit: Visit) -> View:
    """End all of one's own sessions but this one; dies between two: the rest goes on."""
    try:
        for one in house.sessions(visit.known).sessions:
            if not one.present:
                house.end_session(visit.known, one.session)
    except Failure as failure:
        return _account(house, visit, status=422, failed=failure)
    return go(ACCOUNT)


ROWS = (account, enrol, confirm, remove, step_up, change_password, end_others, end_session)
