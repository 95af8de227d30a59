"""Our side of signing in at the identity provider: where browsers go, and what a code is worth.

The order of ``identify``: the response must be this provider's before its code is sent anywhere
(RFC 9207); the code is exchanged over TLS with our own secret and the flow's verifier; the token is
read, its key found, its signature verified, its claims compared. It asks the provider, so it never
runs inside of a transaction or in the thread that commits. The access token that comes beside is
used for its hash alone and forgotten: nothing is asked of the provider about anybody.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from bailee.access import sign_out
from bailee.access.assertion import TOKEN_CHARACTERS, Issuer
from bailee.access.id_token import TYPES, Expected, check_token
from bailee.access.jws import FlawError, Signed, read, read_json, verify
from bailee.access.link import is_text
from bailee.access.provider import FindKey
from bailee.access.sign_on import (
    Asked,
    Client,
    Identity,
    Returned,
    TurnedAway,
    Untrusted,
    Words,
    check_response,
)
from bailee.access.sign_out import Farewell, check_logout, not_heard
from bailee.app.metadata import BASIC, METHODS, Metadata

ANEW_SECONDS = 60
"""``max_age`` beside ``prompt=login``: asking for it makes the provider say when (Core 2)."""

Send = Callable[[str, Mapping[str, str], bytes], tuple[int, bytes]]
"""Post a form; return status and body. Raises ``Unavailable`` when no answer comes back."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Sends browsers to one provider and reads what comes back."""

    issuer: Issuer
    client: Client
    find: FindKey
    discover: Callable[[], Metadata]
    send: Send

    @property
    def name(self) -> str:
        """How the provider is called beside the password."""
        return self.client.name

    def address(self, words: Words, *, anew: bool) -> str:
        """Return where the browser is sent; it asks for nothing but who signs in.

        Raises:
            Unavailable: ``oidc.unavailable``, ``oidc.untrusted``.
        """
        asks = {
            "response_type": "code",
            "response_mode": "query",
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect,
            "scope": "openid",
            "state": words.state,
            "nonce": words.nonce,
            "code_challenge": words.challenge,
            "code_challenge_method": "S256",
        }
        if anew:
            asks |= {"prompt": "login", "max_age": str(ANEW_SECONDS)}
        parts = urlsplit(_named(self.discover().authorization))
        query = "&".join(filter(None, (parts.query, urlencode(asks))))
        return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))

    def identify(self, returned: Returned, asked: Asked, clock: Callable[[], datetime]) -> Identity:
        """Exchange a code and return who signed in.

        Raises:
            Unauthenticated: ``sign_in.refused``;
            Unavailable: ``oidc.unavailable``, ``oidc.untrusted``.
        """
        metadata = self.discover()
        check_response(returned, self.issuer.name, named=metadata.named)
        answer = self._exchanged(metadata, returned.code, asked.words.verifier)
        token, beside = answer.get("id_token"), answer.get("access_token", "")
        if not isinstance(token, str) or not isinstance(beside, str):
            raise Untrusted("answer")
        signed = self._verified(token)
        expected = Expected(
            self.issuer, self.client.client_id, self.client.strong, asked, access_token=beside
        )
        return check_token(signed, expected, clock())

    def farewell(self, token: str, clock: Callable[[], datetime]) -> Farewell:
        """Return what a token says of a sign-out there.

        Raises:
            Unauthenticated: ``sign_out.*``; Unavailable: ``oidc.unavailable``.
        """
        try:
            signed = self._signed(token, sign_out.TYPES)
        except FlawError as flaw:
            raise not_heard(flaw.what) from None
        return check_logout(signed, self.issuer, self.client.client_id, clock())

    def _verified(self, token: str) -> Signed:
        try:
            return self._signed(token, TYPES)
        except FlawError as flaw:
            raise Untrusted(flaw.what) from None

    def _signed(self, token: str, types: frozenset[str]) -> Signed:
        """Return a token that the provider's own key signed.

        Raises:
            FlawError: what is wrong with it.
        """
        signed = read(token, typ=types, most=TOKEN_CHARACTERS)
        kid = signed.header.get("kid")
        key = self.find(str(kid), signed.algorithm) if is_text(kid) else None
        if key is None:
            raise FlawError("key")
        verify(signed, key)
        return signed

    def _exchanged(self, metadata: Metadata, code: str, verifier: str) -> dict[str, Any]:
        """Return what the provider gives for a code (RFC 6749 4.1.3, RFC 7636 4.5)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect,
            "code_verifier": verifier,
        }
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        method = next((one for one in METHODS if one in metadata.methods), None)
        if method is None:
            raise Untrusted("metadata")
        if method == BASIC:
            headers["Authorization"] = _basic(self.client)
        else:
            form |= {"client_id": self.client.client_id, "client_secret": self.client.secret}
        status, body = self.send(_named(metadata.token), headers, urlencode(form).encode("ascii"))
        try:
            answer = read_json(body)
        except FlawError:
            raise Untrusted("answer") from None
        if status == 400 and answer.get("error") == "invalid_grant":
            raise TurnedAway("code")
        if status in {400, 401} and answer.get("error") == "invalid_client":
            raise Untrusted("client")
        if status != 200:
            raise Untrusted("answer")
        return answer


def _named(address: str) -> str:
    if not address:
        raise Untrusted("metadata")
    return address


def _basic(client: Client) -> str:
    """Return our id and secret as RFC 6749 2.3.1 has them: encoded, then joined.

    A blank is written as ``%20``, which every decoder reads alike; ``+`` is not.
    """
    pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii")
