"""Routes of passkeys (C2.5(3), MISSION A7). Two take no credential: whoever calls them has none."""

from __future__ import annotations

from bailee.app import passkey_shapes as shapes
from bailee.app import rights, sign_in_shapes
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

SHORT = {"body_bytes": 32 * 1024}
"""An attestation of the longest kind, and what goes with it."""


@act("/v1/sessions/passkey/options", shapes.PasskeyRequest, auth=False)
def ask_passkey(house: House, call: Call) -> shapes.PasskeyRequest:
    """Ask for any passkey of this house, to sign in without a password."""
    return house.ask_passkey(call.remote)


@post("/v1/sessions/passkey", shapes.PasskeyAnswer, sign_in_shapes.Session, auth=False, **SHORT)
def sign_in_passkey(house: House, call: Call, body: shapes.PasskeyAnswer) -> sign_in_shapes.Session:
    """Sign in with a passkey; it counts as two factors."""
    return house.sign_in_passkey(body, call.remote)


@act("/v1/sessions/step-up/passkey/options", shapes.PasskeyRequest)
def ask_step_up(house: House, call: Call) -> shapes.PasskeyRequest:
    """Ask for one of one's own passkeys, to show it in a session."""
    return house.ask_step_up(call.caller)


@post("/v1/sessions/step-up/passkey", shapes.PasskeyAnswer, sign_in_shapes.Session, **SHORT)
def step_up_passkey(house: House, call: Call, body: shapes.PasskeyAnswer) -> sign_in_shapes.Session:
    """Show a passkey; the session gets another token, and the one before is over."""
    return house.step_up_passkey(call.caller, body)


@post("/v1/passkeys/options", shapes.PasskeyProof, shapes.PasskeyOffer, **SHORT)
def offer_passkey(house: House, call: Call, body: shapes.PasskeyProof) -> shapes.PasskeyOffer:
    """Ask for a passkey to be made, showing one's password, or a second factor lately."""
    return house.offer_passkey(call.caller, body, call.remote)


@post("/v1/passkeys", shapes.NewPasskey, shapes.Passkey, **SHORT)
def enrol_passkey(house: House, call: Call, body: shapes.NewPasskey) -> shapes.Passkey:
    """Enrol the passkey that was made; one's other sessions end."""
    return house.enrol_passkey(call.caller, body)


@get("/v1/passkeys", shapes.Passkeys)
def list_passkeys(house: House, call: Call) -> shapes.Passkeys:
    """List one's own passkeys."""
    return house.passkeys(call.caller)


@get("/v1/people/{id}/passkeys", shapes.Passkeys)
def list_passkeys_of(house: House, call: Call) -> shapes.Passkeys:
    """List somebody's passkeys."""
    return house.passkeys(call.caller, call.item)


@act("/v1/passkeys/{id}/remove", rights.Changed)
def remove_passkey(house: House, call: Call) -> rights.Changed:
    """Remove a passkey: one's own after a second factor, with 'people' somebody else's."""
    return house.remove_passkey(call.caller, call.item)


ROUTES = (
    ask_passkey,
    sign_in_passkey,
    ask_step_up,
    step_up_passkey,
    offer_passkey,
    enrol_passkey,
    list_passkeys,
    list_passkeys_of,
    remove_passkey,
)

__all__ = ["ROUTES"]
