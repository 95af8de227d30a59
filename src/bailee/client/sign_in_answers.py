"""What a server answers about passwords, second factors and sessions."""

from __future__ import annotations

import msgspec

from bailee.client.answers import Entry


class Answer(msgspec.Struct, frozen=True):
    """Any answer about signing in."""


class Session(Answer, frozen=True):
    """A session; its token goes where a key goes, and is shown once."""

    principal: str
    session: str
    token: str
    until: str
    factors: list[str]
    entry: Entry

    def __repr__(self) -> str:
        return f"Session(session={self.session!r}, factors={self.factors!r})"


class KnownSession(Answer, frozen=True):
    """A living session; ``present`` for the one that asks."""

    session: str
    begun: str
    seen: str
    factors: list[str]
    stepped: str = ""
    present: bool = False


class Sessions(Answer, frozen=True):
    """Somebody's living sessions, the oldest first."""

    sessions: list[KnownSession]


class Enrolment(Answer, frozen=True):
    """The secret of an authenticator, as the address that it reads; shown once."""

    uri: str
    entry: Entry

    def __repr__(self) -> str:
        return "Enrolment()"


class RecoveryCodes(Answer, frozen=True):
    """Codes for the day an authenticator is lost; each works once."""

    codes: list[str]
    entry: Entry

    def __repr__(self) -> str:
        return "RecoveryCodes()"


class Claim(Answer, frozen=True):
    """What one source says of a rule; ``state`` tells whether it counts."""

    source: str
    clause: str
    says: str
    state: str
    number: int | None = None
    unit: str = ""


class Rule(Answer, frozen=True):
    """What is enforced, by which source, and what every source says; times in minutes."""

    name: str
    enforced: int
    unit: str
    source: str
    conflict: bool
    claims: list[Claim]


class PasswordRules(Answer, frozen=True):
    """The rules for passwords and sessions in force.

    Attributes:
        second_factor: of whom two factors are demanded: ``all``, ``sign-in``, ``card-data``.
        keys_alone: whether a person's key counts by itself at this moment.
        lists: what a new password is compared with.
    """

    rules: list[Rule]
    second_factor: str = ""
    keys_alone: bool = False
    lists: list[str] = msgspec.field(default_factory=list)
