"""Routes of signing in: passwords, second factors, sessions (C2.5(3), MISSION A7).

Four take no credential: whoever calls them has none yet, and shows a secret in the body.
"""

from __future__ import annotations

from bailee.app import rights
from bailee.app import sign_in_shapes as shapes
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

SHORT = {"body_bytes": 16 * 1024}
"""Two passwords of the longest kind with every character escaped, and what goes with them."""


@post("/v1/sessions", shapes.SignIn, shapes.Session, auth=False, **SHORT)
def sign_in(house: House, call: Call, body: shapes.SignIn) -> shapes.Session:
    """Sign in with a password, and a code for whoever has a second factor."""
    return house.sign_in(body, call.remote)


@get("/v1/sessions", shapes.Sessions)
def list_sessions(house: House, call: Call) -> shapes.Sessions:
    """List one's own living sessions."""
    return house.sessions(call.caller)


@act("/v1/sessions/sign-out", rights.Changed)
def sign_out(house: House, call: Call) -> rights.Changed:
    """End the session that is shown."""
    return house.end_session(call.caller)


@post("/v1/sessions/step-up", shapes.FactorCode, shapes.Session, **SHORT)
def step_up(house: House, call: Call, body: shapes.FactorCode) -> shapes.Session:
    """Show a code again; the session gets another token, and the one before is over."""
    return house.step_up(call.caller, body)


@act("/v1/sessions/{id}/revoke", rights.Changed)
def revoke_session(house: House, call: Call) -> rights.Changed:
    """End a session at once: one's own, or with 'people' anybody's."""
    return house.end_session(call.caller, call.item)


@get("/v1/people/{id}/sessions", shapes.Sessions)
def list_sessions_of(house: House, call: Call) -> shapes.Sessions:
    """List somebody's living sessions."""
    return house.sessions(call.caller, call.item)


@act("/v1/people/{id}/invite", rights.Invitation)
def renew_invitation(house: House, call: Call) -> rights.Invitation:
    """Invite a person again, who lost password or key; never oneself."""
    return house.renew(call.caller, call.item)


@post("/v1/passwords", shapes.NewPassword, shapes.Session, auth=False, **SHORT)
def set_password(house: House, call: Call, body: shapes.NewPassword) -> shapes.Session:
    """Accept an invitation by setting a password; signed in at once."""
    return house.set_password(body, call.remote)


@post("/v1/passwords/change", shapes.ChangedPassword, rights.Changed, auth=False, **SHORT)
def change_password(house: House, call: Call, body: shapes.ChangedPassword) -> rights.Changed:
    """Change one's password, showing the present one; every session ends."""
    return house.change_password(body, call.remote)


@get("/v1/passwords/rules", shapes.PasswordRules)
def password_rules(house: House, call: Call) -> shapes.PasswordRules:
    """Show the rules for passwords and sessions in force, with every source."""
    return house.password_rules(call.caller)


@post("/v1/totp", shapes.OwnPassword, shapes.Enrolment, **SHORT)
def enrol_totp(house: House, call: Call, body: shapes.OwnPassword) -> shapes.Enrolment:
    """Enrol an authenticator; its secret is shown once."""
    return house.enrol_totp(call.caller, body, call.remote)


@post("/v1/totp/confirm", shapes.FactorCode, shapes.RecoveryCodes, **SHORT)
def confirm_totp(house: House, call: Call, body: shapes.FactorCode) -> shapes.RecoveryCodes:
    """Confirm an authenticator by a first code; recovery codes are shown once."""
    return house.confirm_totp(call.caller, body)


@post("/v1/totp/remove", shapes.FactorCode, rights.Changed, **SHORT)
def remove_totp(house: House, call: Call, body: shapes.FactorCode) -> rights.Changed:
    """Remove one's own second factor, showing a code of it."""
    return house.remove_totp(call.caller, body)


@act("/v1/people/{id}/totp/remove", rights.Changed)
def remove_lost_totp(house: House, call: Call) -> rights.Changed:
    """Remove the second factor that somebody else lost; never one's own."""
    return house.remove_lost_totp(call.caller, call.item)


ROUTES = (
    sign_in,
    list_sessions,
    sign_out,
    step_up,
    revoke_session,
    list_sessions_of,
    renew_invitation,
    set_password,
    change_password,
    password_rules,
    enrol_totp,
    confirm_totp,
    remove_totp,
    remove_lost_totp,
)

__all__ = ["ROUTES"]
