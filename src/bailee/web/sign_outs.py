"""The one route of OpenID Connect Back-Channel Logout 1.0: the provider says who signed out there.

It is a table of its own, as SCIM's is: another standard shapes it (2.5, 2.8). The body is a form
with one token in it, whose signature says who sends it; no credential is taken beside it. The
answer is 200, or 400 with a word for what was wrong; nobody learns whether anything ended.
"""

from __future__ import annotations

import msgspec

from bailee.app.issuer import LOGOUT
from bailee.errors import Failure
from bailee.web.call import Call, Reply, Route
from bailee.web.house import House

SHORT = 16 * 1024
"""A token of the longest kind, and what else a provider writes beside it."""


class LogoutRequest(msgspec.Struct, frozen=True):
    """What is read of the form; the rest is not."""

    logout_token: str


class Wrong(msgspec.Struct, frozen=True):
    """An error as RFC 6749 5.2 writes it, which 2.8 asks for."""

    error: str
    error_description: str


def sign_out_elsewhere(house: House, call: Call, body: LogoutRequest) -> Reply:
    """End the sessions of whoever signed out at the identity provider."""
    try:
        house.sign_out_elsewhere(body.logout_token, call.remote)
    except Failure as failure:
        return Reply(400, msgspec.json.encode(Wrong("invalid_request", failure.code)))
    return Reply(200)


ROUTES = (
    Route(
        method="POST",
        path=LOGOUT,
        name="sign_out_elsewhere",
        summary="End the sessions of whoever signed out at the identity provider.",
        call=sign_out_elsewhere,
        request=LogoutRequest,
        auth=False,
        form=True,
        body_bytes=SHORT,
    ),
)

__all__ = ["ROUTES"]
