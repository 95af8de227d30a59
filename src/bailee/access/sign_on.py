"""Signing in at the company's identity provider (OpenID Connect Core 3.1; MISSION A7). Pure.

A *flow* is one such sign-in under way: from the moment a browser is sent to the provider until it
comes back. Everything that could be replayed, swapped or slipped in is bound to it:

* ``state`` names the flow, is stored as a digest, and is spent by the first answer that shows it;
* the *browser* holds a secret in a cookie, so nobody is signed in by an answer that somebody else
  asked for (login CSRF, RFC 9700 4.7);
* ``nonce`` and the PKCE verifier (RFC 7636) bind the provider's token and the code to the flow.
  They are sealed under the browser's secret: the database alone opens none of them, and neither
  does the cookie alone.

Who came back is found by issuer and subject alone (``link``), never by an e-mail address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bailee.access.assertion import LEEWAY, Issuer
from bailee.access.sign_out import Farewell
from bailee.errors import Conflict, Refused, Unauthenticated, Unavailable

SIGN_IN, LINK, STEP_UP = "sign-in", "link", "step-up"
KINDS = (SIGN_IN, LINK, STEP_UP)
"""What a flow is for."""
FLOW_LIFE = timedelta(minutes=5)
FLOWS_OF_SOURCE = 100
"""Flows of one source under way at one time; whoever begins one more waits for one to end."""
SECRET_BYTES = 32
SSO, MFA = "sso", "mfa"
"""Factors of a session: signed in at the provider; and that it says there was more than one."""
CODE_CHARACTERS = 2048
"""Of a code that is sent on; RFC 6749 gives no bound."""
_WORD = re.compile(r"[A-Za-z0-9_-]{43}")
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Flow:
    """One sign-in under way, as stored; what must not be read is a digest or sealed."""

    state: str
    kind: str
    issuer: str
    browser: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    source: str
    principal: str
    """Who began it, of a flow that somebody signed in began; else ''."""
    key_id: str
    """Of the session in which it was begun."""
    created: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one flow that leave: two in the address, the verifier to the provider alone."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @property
    def challenge(self) -> str:
        """The verifier as the address shows it (RFC 7636 4.2, S256)."""
        return _packed(hashlib.sha256(self.verifier.encode("ascii")).digest())


@dataclass(frozen=True, slots=True)
class Returned:
    """What a browser brings back from the provider; ``repr`` hides all of it."""

    state: str = field(repr=False)
    code: str = field(default="", repr=False)
    issuer: str | None = field(default=None, repr=False)
    """``iss`` of the response (RFC 9207); None where it has none."""
    error: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a token must answer: the flow's words, since when, and whether signing in anew."""

    words: Words
    begun: datetime
    anew: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in at the provider, as links know them; ``strong`` for more than one factor."""

    subject: bytes = field(repr=False)
    strong: bool = False
    at: datetime | None = None
    """When they signed in there, if it says so."""
    place: str = field(default="", repr=False)
    """A digest of the session's name there; '' where it names none."""

    @property
    def factors(self) -> tuple[str, ...]:
        """What this is worth here."""
        return (SSO, MFA) if self.strong else (SSO,)


@dataclass(frozen=True, slots=True)
class Client:
    """What we are at the provider.

    Args:
        client_id: our id.
        secret: our secret.
        redirect: the one address to which browsers come back, as it is registered there.
        name: how the provider is called beside the password.
        strong: which of its words say that more than one factor was shown.
    """

    client_id: str
    secret: str = field(repr=False)
    redirect: str
    name: str
    strong: frozenset[str] = frozenset()


class Party(Protocol):
    """Who sends browsers to the provider and reads what comes back (``relying``)."""

    @property
    def issuer(self) -> Issuer:
        """The identity provider."""

    @property
    def name(self) -> str:
        """How the provider is called beside the password."""

    def address(self, words: Words, *, anew: bool) -> str:
        """Return where the browser is sent.

        Raises:
            Unavailable: ``oidc.unavailable``, ``oidc.untrusted``.
        """

    def farewell(self, token: str, clock: Callable[[], datetime]) -> Farewell:
        """Return what a token says of a sign-out there.

        Raises:
            Unauthenticated: ``sign_out.*``; Unavailable: ``oidc.unavailable``.
        """

    def identify(self, returned: Returned, asked: Asked, clock: Callable[[], datetime]) -> Identity:
        """Exchange a code and return who signed in.

        Raises:
            Unauthenticated: ``sign_in.refused``;
            Unavailable: ``oidc.unavailable``, ``oidc.untrusted``.
        """


class TurnedAway(Unauthenticated):
    """The one answer to a sign-in at the provider that signs nobody in.

    Args:
        why: a word for the ledger; the answer does not hold it.
    """

    def __init__(self, why: str) -> None:
        super().__init__(
            "sign_in.refused",
            "That did not sign anybody in.",
            do="Begin again. Whoever is not linked to the identity provider signs in with a "
            "password, and links themselves or is linked by a colleague who holds 'people'.",
        )
        self.why = why


class Untrusted(Unavailable):
    """What the provider answered is not to be believed.

    Args:
        why: a word for the ledger; the answer does not hold it.
    """

    def __init__(self, why: str) -> None:
        super().__init__(
            "oidc.untrusted",
            "What the identity provider answered is not to be believed.",
            do="Try again, or sign in with your password; the operator runs `bailee oidc check`.",
        )
        self.why = why


def begin(kind: str, issuer: str, source: str, now: datetime) -> tuple[Flow, Words, str]:
    """Return a new flow, its words, and the browser's secret: the only copy of it."""
    words = Words(*(_packed(secrets.token_bytes(SECRET_BYTES)) for _ in range(3)))
    browser = _packed(secrets.token_bytes(SECRET_BYTES))
    flow = Flow(
        state=digest(words.state),
        kind=kind,
        issuer=issuer,
        browser=hashlib.sha256(b"bailee browser 1\x00" + browser.encode()).digest(),
        sealed=_seal(browser, words),
        source=source,
        principal="",
        key_id="",
        created=now,
        until=now + FLOW_LIFE,
    )
    return flow, words, browser


def digest(state: str) -> str:
    """Return what is stored of a state."""
    return hashlib.sha256(b"bailee state 1\x00" + state.encode("utf-8", "replace")).hexdigest()


def reopen(flow: Flow | None, returned: Returned, browser: str, now: datetime) -> Words | str:
    """Return the words of a flow that was just spent, or a word for why it is none.

    Whichever browser shows it, a state counts once: so that nobody tries cookies on it.
    """
    if flow is None or not _WORD.fullmatch(returned.state):
        return "state"
    shown = hashlib.sha256(b"bailee browser 1\x00" + browser.encode("utf-8", "replace")).digest()
    if not hmac.compare_digest(shown, flow.browser):
        return "browser"
    if now >= flow.until:
        return "late"
    key, nonce, rest = _key(browser), flow.sealed[:_NONCE_BYTES], flow.sealed[_NONCE_BYTES:]
    try:
        plain = AESGCM(key).decrypt(nonce, rest, flow.state.encode()).decode("ascii")
    except (InvalidTag, ValueError):
        return "sealed"
    return Words(returned.state, *plain.split("."))


def check_response(returned: Returned, issuer: str, *, named: bool) -> None:
    """Refuse a response that is not this provider's, before its code is sent anywhere.

    Args:
        returned: the response.
        issuer: the provider's name.
        named: the provider promises to name itself in each response (RFC 9207 2.4).

    Raises:
        TurnedAway: ``issuer`` (mix-up), ``error``, ``code``.
    """
    if returned.issuer is None:
        if named:
            raise TurnedAway("issuer")
    elif not hmac.compare_digest(returned.issuer.encode(), issuer.encode()):
        raise TurnedAway("issuer")
    if returned.error:
        raise TurnedAway("error")
    code = returned.code
    if not 0 < len(code) <= CODE_CHARACTERS or not code.isascii() or not code.isprintable():
        raise TurnedAway("code")


def check_anew(at: datetime | None, begun: datetime) -> None:
    """Refuse a provider's word that is of a sign-in before it was asked for (Core 3.1.2.1).

    Raises:
        Untrusted: ``auth_time``: it answered from memory, or does not say when.
    """
    if at is None or at < begun - LEEWAY:
        raise Untrusted("auth_time")


def is_strong(amr: Iterable[object], acr: object, taken: frozenset[str]) -> bool:
    """Tell whether the provider says that more than one factor was shown, by the operator's words.

    Args:
        amr: how the person signed in there (RFC 8176).
        acr: by which rules.
        taken: ``amr:mfa``, ``acr:…``: what counts; nothing does where nothing is set.
    """
    said = {f"amr:{one}" for one in amr if isinstance(one, str)}
    return bool(taken & (said | ({f"acr:{acr}"} if isinstance(acr, str) else set())))


def busy() -> Unavailable:
    """Return the failure of a source that has begun too many."""
    return Unavailable(
        "sign_in.busy", "Too many sign-ins are under way.", do="Try again in a minute."
    )


def one_factor() -> Refused:
    """Return the refusal of a step-up at a provider that says nothing of a second factor."""
    return Refused(
        "session.one_factor",
        "The identity provider did not say that more than one factor was shown.",
        do="Show a code of your second factor, or let the operator set BAILEE_OIDC_MFA.",
    )


def code_first() -> Refused:
    """Return the refusal of a session that waits for the code of an enrolled second factor."""
    return Refused(
        "session.code_first",
        "You have a second factor here; this session counts once it has shown a code of it.",
        do="Show one (`bailee session step-up`).",
    )


def taken() -> Conflict:
    """Return the failure of whoever links a name that is somebody's."""
    return Conflict("link.taken", "That name is linked already.", do="End that link first.")


def _key(browser: str) -> bytes:
    return hashlib.sha256(b"bailee flow 1\x00" + browser.encode("utf-8", "replace")).digest()


def _seal(browser: str, words: Words) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    plain = f"{words.nonce}.{words.verifier}".encode("ascii")
    return nonce + AESGCM(_key(browser)).encrypt(nonce, plain, digest(words.state).encode())


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
