"""What a server answers about signing in at the identity provider."""

from __future__ import annotations

import msgspec

from bailee.client.answers import Entry
from bailee.client.sign_in_answers import Session


class Answer(msgspec.Struct, frozen=True):
    """Any answer about signing in at the identity provider."""


class Offer(Answer, frozen=True):
    """Whether people sign in there, and how it is called."""

    offered: bool
    name: str = ""


class Away(Answer, frozen=True):
    """Where a browser is sent, and the secret that it keeps until it comes back."""

    address: str
    browser: str

    def __repr__(self) -> str:
        return "Away()"


class Back(Answer, frozen=True):
    """What it came to: a session of a sign-in or a step-up, none of a link."""

    kind: str
    entry: Entry
    session: Session | None = None


class OwnLink(Answer, frozen=True):
    """Whether the caller is linked there; never as whom."""

    linked: bool
    since: str = ""
