"""Passkeys in a browser: enrolled and removed on one's account, shown at the door (MISSION A7).

Each ceremony is two forms. The first asks for a challenge; its answer is the page again, with what
the browser is to be asked in an attribute of the second form. A small script asks the browser, puts
the answer into that form's fields and sends it. So no address answers with anything but a page, and
a form that changes something shows the session's token as every other does.
"""

from __future__ import annotations

from typing import Any

import msgspec

from bailee.app import passkey_shapes as shapes
from bailee.app.house import House
from bailee.console.account import ACCOUNT, _account
from bailee.console.forms import Form
from bailee.console.row import form
from bailee.console.view import View, go, show
from bailee.console.visit import Visit
from bailee.errors import Failure

PROOF = Form(shapes.PasskeyProof)
NEW = Form(shapes.NewPasskey)
ANSWER = Form(shapes.PasskeyAnswer)


@form("/console/account/passkeys/options")
def offer_passkey(house: House, visit: Visit) -> View:
    """Ask for a passkey to be made, after the password or a second factor."""
    try:
        made = house.offer_passkey(visit.known, PROOF.read(visit.fields), visit.remote)
    except Failure as failure:
        return _account(house, visit, status=422, failed=failure)
    return _account(house, visit, passkey_offer=_json(made.public_key))


@form("/console/account/passkeys")
def enrol_passkey(house: House, visit: Visit) -> View:
    """Take the passkey that the browser made."""
    transports = [one for one in visit.text("transports").split(",") if one]
    try:
        house.enrol_passkey(visit.known, NEW.read(visit.fields, transports=transports))
    except Failure as failure:
        return _account(house, visit, status=422, failed=failure)
    return go(ACCOUNT)


@form("/console/account/passkeys/{id}/remove")
def remove_passkey(house: House, visit: Visit) -> View:
    """Remove one of one's own."""
    try:
        house.remove_passkey(visit.known, visit.item)
    except Failure as failure:
        return _account(house, visit, status=422, failed=failure)
    return go(ACCOUNT)


@form("/console/account/passkeys/step-up/options")
def ask_step_up(house: House, visit: Visit) -> View:
    """Ask for one of one's passkeys."""
    try:
        asked = house.ask_step_up(visit.known)
    except Failure as failure:
        return _account(house, visit, status=422, failed=failure)
    return _account(house, visit, passkey_asked=_json(asked.public_key))


@form("/console/account/passkeys/step-up")
def step_up_passkey(house: House, visit: Visit) -> View:
    """Show it; another session comes in the place of this one."""
    try:
        made = house.step_up_passkey(visit.known, ANSWER.read(visit.fields))
    except Failure as failure:
        return _account(house, visit, status=422, failed=failure)
    visit.enter(made.token)
    return go(ACCOUNT)


@form("/console/sign-in/passkey/options", open=True)
def ask_passkey(house: House, visit: Visit) -> View:
    """Ask for any passkey of this house."""
    try:
        asked = house.ask_passkey(visit.remote)
    except Failure as failure:
        return _door(house, 422, failed=failure)
    return _door(house, 200, passkey_asked=_json(asked.public_key))


@form("/console/sign-in/passkey", open=True)
def sign_in_passkey(house: House, visit: Visit) -> View:
    """Sign in with it; every refusal reads alike."""
    try:
        made = house.sign_in_passkey(ANSWER.read(visit.fields), visit.remote)
    except Failure as failure:
        return _door(house, 401, failed=failure)
    visit.enter(made.token)
    return go("/console/today")


def _door(house: House, status: int, **more: Any) -> View:
    shown: dict[str, Any] = {"failed": None, "login": "", "offer": house.sign_on_offer()}
    return show("sign_in.html", status=status, **(shown | more))


def _json(options: shapes.CreationOptions | shapes.RequestOptions) -> str:
    return msgspec.json.encode(options).decode()


ROWS = (
    offer_passkey,
    enrol_passkey,
    remove_passkey,
    ask_step_up,
    step_up_passkey,
    ask_passkey,
    sign_in_passkey,
)
