"""Shapes of signing in at the identity provider (MISSION A7).

``browser`` is a secret that one browser keeps, in a cookie, from the start until it comes back; it
is answered once. Nothing here is ever part of an address of this API: a page that takes the
provider's response puts its parameters into a body.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from bailee.access.sign_on import CODE_CHARACTERS
from bailee.app.sign_in_shapes import Answer, Request, Session
from bailee.vault.shapes import Entry

Word = Annotated[str, Meta(max_length=64)]


class Offer(Answer, frozen=True):
    """Whether people sign in at an identity provider, and how it is called."""

    offered: bool
    name: str = ""


class Away(Answer, frozen=True):
    """Where a browser is sent, and the secret that it keeps until it comes back."""

    address: str
    browser: str


class Returned(Request, frozen=True):
    """What a browser brought back: the response's parameters, and the secret that it kept."""

    state: Word
    browser: Word = ""
    code: Annotated[str, Meta(max_length=CODE_CHARACTERS)] = ""
    issuer: Annotated[str, Meta(max_length=CODE_CHARACTERS)] | None = None
    """``iss`` of the response (RFC 9207); left out where it has none."""
    error: Annotated[str, Meta(max_length=256)] = ""


class Back(Answer, frozen=True):
    """What it came to: ``sign-in`` and ``step-up`` bring a session, ``link`` none."""

    kind: str
    entry: Entry
    session: Session | None = None


class OwnLink(Answer, frozen=True):
    """Whether the caller is linked at the identity provider; never as whom."""

    linked: bool
    since: str = ""
