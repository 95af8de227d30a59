"""Methods of signing in at the identity provider."""

from __future__ import annotations

from bailee.client.line import Line, filled
from bailee.client.sign_on_answers import Away, Back, Offer, OwnLink


class SignOns(Line):
    """Send browsers to the identity provider, and take up what they bring back."""

    def sign_on_offer(self) -> Offer:
        """Ask whether people sign in there; needs no key."""
        return self._get("/v1/sign-on", Offer)

    def begin_sign_on(self) -> Away:
        """Begin to sign in; needs no key."""
        return self._post("/v1/sign-on/begin", Away)

    def begin_sign_on_step_up(self) -> Away:
        """Begin to sign in there anew, in place of a code."""
        return self._post("/v1/sign-on/step-up", Away)

    def begin_link(self) -> Away:
        """Begin to link oneself, in a session that showed a code lately."""
        return self._post("/v1/sign-on/link", Away)

    def finish_sign_on(
        self,
        state: str,
        browser: str,
        *,
        code: str = "",
        issuer: str | None = None,
        error: str = "",
    ) -> Back:
        """Take up a response; needs no key. ``browser`` is the secret of the one that began."""
        body = filled(state=state, browser=browser, code=code, issuer=issuer, error=error)
        return self._post("/v1/sign-on/finish", Back, body)

    def own_link(self) -> OwnLink:
        """Ask whether one is linked there."""
        return self._get("/v1/sign-on/link", OwnLink)
