"""What callers send about passwords of a controller's customers, and what is answered (C2.7).

No shape that is answered holds a password, a hash, or anything that was made of one: a password is
right or wrong, set, changed or removed.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from bailee.access.password import LONGEST
from bailee.vault.imported import LONGEST as LONGEST_HASH
from bailee.vault.shapes import MAX_ITEMS, Answer, Entry, ItemError, Mode, Name, Ref, Reference
from bailee.vault.shapes import Request as _Request

MAX_PLAIN = 16
"""Passwords, not hashes, of one call: each takes a tenth of a second to hash."""

Password = Annotated[str, Meta(min_length=1, max_length=LONGEST)]
Hash = Annotated[str, Meta(min_length=1, max_length=LONGEST_HASH)]


class SetPassword(_Request, frozen=True):
    """One customer's password, or the hash of it that another application made; one of the two."""

    ref: Ref
    subject: Reference
    password: Password | None = None
    imported: Hash | None = None


class SetPasswords(_Request, frozen=True):
    """Passwords to keep, in the place of any that these customers had."""

    purpose: Name
    passwords: Annotated[list[SetPassword], Meta(min_length=1, max_length=MAX_ITEMS)]
    mode: Mode = "atomic"


class SetResult(Answer, frozen=True):
    """Whether one password is kept now."""

    ref: str
    ok: bool
    error: ItemError | None = None


class PasswordsSet(Answer, frozen=True):
    """Results in the order of the request."""

    results: list[SetResult]
    entry: Entry


class VerifyPassword(_Request, frozen=True):
    """A password that somebody shows as a customer's."""

    purpose: Name
    subject: Reference
    password: Password


class PasswordVerified(Answer, frozen=True):
    """Whether it is right; False too for a customer who is unknown, has none, or is locked."""

    right: bool
    entry: Entry


class ChangePassword(_Request, frozen=True):
    """A customer's present password, and the one that takes its place if that is right."""

    purpose: Name
    subject: Reference
    current: Password
    password: Password


class PasswordChanged(Answer, frozen=True):
    """Whether it was changed; False means what ``right`` does in a verification."""

    changed: bool
    entry: Entry


__all__ = [
    "MAX_PLAIN",
    "ChangePassword",
    "PasswordChanged",
    "PasswordVerified",
    "PasswordsSet",
    "SetPassword",
    "SetPasswords",
    "SetResult",
    "VerifyPassword",
]
