"""Methods of passkeys. A browser holds them; this client carries what it is asked and answers.

``msgspec.to_builtins`` of a ``public_key`` is what a browser's ``parse…OptionsFromJSON`` reads;
what it answers goes in as text in base64url without padding.
"""

from __future__ import annotations

from collections.abc import Sequence

from bailee.client.line import Line, filled, segment
from bailee.client.passkey_answers import Passkey, PasskeyOffer, PasskeyRequest, Passkeys
from bailee.client.rights import Changed
from bailee.client.sign_in_answers import Session


class Keyholders(Line):
    """Make, show, list and remove passkeys."""

    def ask_passkey(self) -> PasskeyRequest:
        """Return what a browser is asked, to sign somebody in; needs no key."""
        return self._post("/v1/sessions/passkey/options", PasskeyRequest)

    def sign_in_passkey(
        self,
        credential: str,
        *,
        client_data: str,
        authenticator_data: str,
        signature: str,
        user_handle: str = "",
    ) -> Session:
        """Sign in with what a browser answered; needs no key."""
        body = filled(
            credential=credential,
            client_data=client_data,
            authenticator_data=authenticator_data,
            signature=signature,
            user_handle=user_handle,
        )
        return self._post("/v1/sessions/passkey", Session, body)

    def ask_step_up(self) -> PasskeyRequest:
        """Return what a browser is asked, to show one of one's passkeys in a session."""
        return self._post("/v1/sessions/step-up/passkey/options", PasskeyRequest)

    def step_up_passkey(
        self,
        credential: str,
        *,
        client_data: str,
        authenticator_data: str,
        signature: str,
        user_handle: str = "",
    ) -> Session:
        """Show a passkey; the token that comes back takes the place of the present one."""
        body = filled(
            credential=credential,
            client_data=client_data,
            authenticator_data=authenticator_data,
            signature=signature,
            user_handle=user_handle,
        )
        return self._post("/v1/sessions/step-up/passkey", Session, body)

    def offer_passkey(self, password: str = "") -> PasskeyOffer:
        """Return what a browser is asked, to make a passkey.

        Args:
            password: one's own; left out by whoever showed a second factor lately.
        """
        return self._post("/v1/passkeys/options", PasskeyOffer, filled(password=password))

    def enrol_passkey(
        self, name: str, *, client_data: str, attestation: str, transports: Sequence[str] = ()
    ) -> Passkey:
        """Enrol what a browser made; one's other sessions end."""
        body = filled(
            name=name,
            client_data=client_data,
            attestation=attestation,
            transports=list(transports),
        )
        return self._post("/v1/passkeys", Passkey, body)

    def list_passkeys(self) -> Passkeys:
        """List one's own passkeys."""
        return self._get("/v1/passkeys", Passkeys)

    def list_passkeys_of(self, principal: str) -> Passkeys:
        """List somebody's passkeys."""
        return self._get(f"/v1/people/{segment(principal)}/passkeys", Passkeys)

    def remove_passkey(self, passkey: str) -> Changed:
        """Remove a passkey: one's own after a second factor, with 'people' somebody else's."""
        return self._post(f"/v1/passkeys/{segment(passkey)}/remove", Changed)


__all__ = ["Keyholders"]
