"""The company's identity provider, as far as a call needs it: is this token good, and whose is it?

The steps, each of which refuses; nothing that a token says is believed before the second is done:

1. the token is read: length, form, algorithm, type;
2. the provider's key is found by its id and verifies the signature;
3. issuer, audience, times, client and binding are checked (``assertion``);
4. a token that is bound to a key needs a proof for this request (``proof``).

Whose it is here, and that the proof was not used before, the caller of this must ask the database.
Finding a key may take a request to the provider, so this never runs inside of a transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bailee.access.assertion import (
    TOKEN_CHARACTERS,
    TYPES,
    Assertion,
    Issuer,
    Proof,
    check_claims,
)
from bailee.access.jws import FlawError, Key, read, verify
from bailee.access.link import is_text
from bailee.access.mandate import Mandate
from bailee.access.proof import check_proof
from bailee.errors import Unauthenticated

FindKey = Callable[[str, str], Key | None]
"""Return the provider's key with that id for that algorithm, None when it has none.

Raises ``Unavailable`` when the provider has to be asked and does not answer.
"""


@dataclass(frozen=True, slots=True)
class Provider:
    """An issuer, and how to find its keys."""

    issuer: Issuer
    find: FindKey

    def vouch(self, mandate: Mandate, now: datetime) -> tuple[Assertion, Proof | None]:
        """Return what a token says, and the proof that came with it where it is bound to a key.

        Raises:
            Unauthenticated: ``token.*``, ``proof.*``; Unavailable: ``oidc.unavailable``.
        """
        try:
            signed = read(mandate.token, typ=TYPES, most=TOKEN_CHARACTERS)
        except FlawError as flaw:
            raise _refusal(flaw) from None
        kid = signed.header.get("kid")
        if not is_text(kid):
            raise _refusal(FlawError("form"))
        key = self.find(str(kid), signed.algorithm)
        if key is None:
            raise Unauthenticated(
                "token.key_unknown",
                "The identity provider has no such key.",
                do="Get a new token; after the provider changed keys, try again in a while.",
            )
        try:
            verify(signed, key)
        except FlawError as flaw:
            raise _refusal(flaw) from None
        assertion = check_claims(signed.claims, self.issuer, now)
        if not assertion.thumbprint:
            return assertion, None
        return assertion, check_proof(mandate, assertion, self.issuer, now)


def _refusal(flaw: FlawError) -> Unauthenticated:
    match flaw.what:
        case "algorithm":
            return Unauthenticated(
                "token.algorithm",
                "That token is signed in a way that is not taken here.",
                do="Sign with RS256, PS256, ES256 or EdDSA.",
            )
        case "type":
            return Unauthenticated(
                "token.type",
                "That is not an access token.",
                do="It says typ at+jwt in its header (RFC 9068).",
            )
        case "signature":
            return Unauthenticated("token.signature", "That token's signature is wrong.")
        case _:
            return Unauthenticated("token.form", "That is no token of an identity provider.")
