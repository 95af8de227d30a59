"""Methods of signing in: passwords, second factors, sessions."""

from __future__ import annotations

from bailee.client.line import Line, filled, segment
from bailee.client.rights import Changed, Invitation
from bailee.client.sign_in_answers import (
    Enrolment,
    PasswordRules,
    RecoveryCodes,
    Session,
    Sessions,
)


class SignIns(Line):
    """Sign people in and out; a session's token is used where a key is."""

    def sign_in(self, login: str, password: str, *, code: str = "") -> Session:
        """Sign in; needs no key. ``code`` is needed by whoever has a second factor."""
        body = filled(login=login, password=password, code=code)
        return self._post("/v1/sessions", Session, body)

    def list_sessions(self) -> Sessions:
        """List one's own living sessions."""
        return self._get("/v1/sessions", Sessions)

    def list_sessions_of(self, principal: str) -> Sessions:
        """List somebody's living sessions."""
        return self._get(f"/v1/people/{segment(principal)}/sessions", Sessions)

    def sign_out(self) -> Changed:
        """End the session that this client shows."""
        return self._post("/v1/sessions/sign-out", Changed)

    def step_up(self, code: str) -> Session:
        """Show a code again; the token that comes back takes the place of the present one."""
        return self._post("/v1/sessions/step-up", Session, {"code": code})

    def revoke_session(self, session: str) -> Changed:
        """End a session at once."""
        return self._post(f"/v1/sessions/{segment(session)}/revoke", Changed)

    def renew_invitation(self, principal: str) -> Invitation:
        """Invite a person again, who lost password or key."""
        return self._post(f"/v1/people/{segment(principal)}/invite", Invitation)

    def set_password(self, secret: str, password: str, *, code: str = "") -> Session:
        """Accept an invitation by setting a password; needs no key."""
        body = filled(secret=secret, password=password, code=code)
        return self._post("/v1/passwords", Session, body)

    def change_password(
        self, login: str, current: str, password: str, *, code: str = ""
    ) -> Changed:
        """Change a password, showing the present one; needs no key. Every session ends."""
        body = filled(login=login, current=current, password=password, code=code)
        return self._post("/v1/passwords/change", Changed, body)

    def password_rules(self) -> PasswordRules:
        """Return the rules for passwords and sessions in force, with every source."""
        return self._get("/v1/passwords/rules", PasswordRules)

    def enrol_totp(self, password: str) -> Enrolment:
        """Enrol an authenticator, showing one's password once more."""
        return self._post("/v1/totp", Enrolment, {"password": password})

    def confirm_totp(self, code: str) -> RecoveryCodes:
        """Confirm an authenticator by a first code; recovery codes are answered once."""
        return self._post("/v1/totp/confirm", RecoveryCodes, {"code": code})

    def remove_totp(self, code: str) -> Changed:
        """Remove one's own second factor, showing a code of it."""
        return self._post("/v1/totp/remove", Changed, {"code": code})

    def remove_lost_totp(self, principal: str) -> Changed:
        """Remove the second factor that somebody else lost."""
        return self._post(f"/v1/people/{segment(principal)}/totp/remove", Changed)


__all__ = ["SignIns"]
