"""Shapes of signing in: passwords, second factors, sessions (C2.5(3), MISSION A7).

A ``token``, an ``uri`` and ``codes`` are answered once and never again. No shape that is answered
holds a password.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from bailee.access.password import LONGEST
from bailee.vault.shapes import Entry

Login = Annotated[str, Meta(min_length=1, max_length=254)]
"""A work e-mail address."""
Password = Annotated[str, Meta(min_length=1, max_length=LONGEST)]
Code = Annotated[str, Meta(max_length=64)]
"""Of an authenticator, or a recovery code; empty for none."""
Secret = Annotated[str, Meta(min_length=16, max_length=200)]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody shows; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered; members that say nothing are left out."""


class SignIn(Request, frozen=True):
    """Sign in; the code is needed by whoever has a second factor."""

    login: Login
    password: Password
    code: Code = ""


class FactorCode(Request, frozen=True):
    """A code of the caller's second factor."""

    code: Annotated[str, Meta(min_length=1, max_length=64)]


class NewPassword(Request, frozen=True):
    """Accept an invitation by setting a password."""

    secret: Secret
    password: Password
    code: Code = ""


class ChangedPassword(Request, frozen=True):
    """Change a password, showing the present one."""

    login: Login
    current: Password
    password: Password
    code: Code = ""


class OwnPassword(Request, frozen=True):
    """The caller's own password once more, before something that a thief would do."""

    password: Password


class Session(Answer, frozen=True):
    """A session, its token shown once; ``factors`` say how its person signed in."""

    principal: str
    session: str
    token: str
    until: str
    factors: list[str]
    entry: Entry


class KnownSession(Answer, frozen=True):
    """A living session as its person, or an administrator, sees it; never a token."""

    session: str
    begun: str
    seen: str
    """When it was last used, to the minute."""
    factors: list[str]
    stepped: str = ""
    """When a code was last shown in it."""
    present: bool = False
    """It is the one that asks."""


class Sessions(Answer, frozen=True):
    """Somebody's living sessions, the oldest first."""

    sessions: list[KnownSession]


class Enrolment(Answer, frozen=True):
    """The secret of an authenticator, as the address that it reads; shown once."""

    uri: str
    entry: Entry


class RecoveryCodes(Answer, frozen=True):
    """Codes for the day an authenticator is lost; each works once, and they are shown once."""

    codes: list[str]
    entry: Entry


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
