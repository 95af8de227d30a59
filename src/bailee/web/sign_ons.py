"""Routes of signing in at the identity provider (MISSION A7).

Three take no credential: whoever calls them has none yet. The browser's own way through them is
the console's; whoever writes another page keeps ``browser`` in a cookie that no script reads.
"""

from __future__ import annotations

from bailee.app import sign_on_shapes as shapes
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

SHORT = {"body_bytes": 16 * 1024}


@get("/v1/sign-on", shapes.Offer, auth=False)
def sign_on_offer(house: House, _call: Call) -> shapes.Offer:
    """Say whether people sign in at an identity provider, and how it is called."""
    return house.sign_on_offer()


@act("/v1/sign-on/begin", shapes.Away, auth=False)
def begin_sign_on(house: House, call: Call) -> shapes.Away:
    """Begin to sign in at the identity provider; a browser is sent to the address."""
    return house.begin_sign_on(call.remote)


@act("/v1/sign-on/step-up", shapes.Away)
def begin_sign_on_step_up(house: House, call: Call) -> shapes.Away:
    """Begin to sign in there anew, in place of a code."""
    return house.begin_sign_on_step_up(call.caller, call.remote)


@get("/v1/sign-on/link", shapes.OwnLink)
def own_link(house: House, call: Call) -> shapes.OwnLink:
    """Tell whether one is linked at the identity provider."""
    return house.own_link(call.caller)


@act("/v1/sign-on/link", shapes.Away)
def begin_link(house: House, call: Call) -> shapes.Away:
    """Begin to link oneself: by signing in there, in a session that showed a code lately."""
    return house.begin_link(call.caller, call.remote)


@post("/v1/sign-on/finish", shapes.Returned, shapes.Back, auth=False, **SHORT)
def finish_sign_on(house: House, call: Call, body: shapes.Returned) -> shapes.Back:
    """Take up what a browser brought back from the identity provider."""
    return house.finish_sign_on(body, call.remote)


ROUTES = (
    sign_on_offer,
    begin_sign_on,
    begin_sign_on_step_up,
    own_link,
    begin_link,
    finish_sign_on,
)

__all__ = ["ROUTES"]
