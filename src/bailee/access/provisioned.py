"""What the company's identity provider says of people and groups (C2.5(6), RFC 7643). Pure.

It says who works here and who belongs together. It is no authority on who is authorised: a *user*
of its making is nobody here until one of our own people admits them with an undertaking (C2.5(1),
C2.5(2)), and a *group* gives nothing that two of our people have not written into a mapping.

``body`` is the resource as SCIM writes it, read and kept by the layer above; nothing here looks
into it. What decides (names, ``active``, members) stands in fields of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from bailee.access.person import fold
from bailee.errors import Conflict, Invalid, NotFound, Oversized

NAME_LIMIT = 254
"""Characters of a user's or group's name, and of an external id."""
BODY_LIMIT = 16 * 1024
"""Characters of everything else that is kept of one user or group."""
MOST_USERS = 50_000
MOST_GROUPS = 2_000
MOST_MEMBERS = 5_000


@dataclass(frozen=True, slots=True)
class User:
    """A person as the identity provider knows them."""

    user_id: str
    principal: str
    """Who they are in our register; '' until somebody admitted them, and again once ended."""
    user_name: str = field(repr=False)
    mark: str
    external_mark: str
    active: bool
    body: str = field(repr=False)
    version: int
    created: datetime
    modified: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """People whom the identity provider puts together."""

    group_id: str
    name: str = field(repr=False)
    mark: str
    external_mark: str
    body: str = field(repr=False)
    version: int
    created: datetime
    modified: datetime

    @property
    def marks(self) -> tuple[str, ...]:
        """What a mapping may call it by."""
        return tuple(filter(None, (self.mark, self.external_mark)))


@dataclass(frozen=True, slots=True)
class Member:
    """That a user is in a group."""

    group_id: str
    user_id: str
    shown_to: str
    """Who had seen the key by which this was said; '' when nobody had."""
    created: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What the identity provider wants a user or group to be.

    ``members`` are ids of users; None where a user is meant.
    """

    name: str = field(repr=False)
    external_id: str = field(repr=False)
    body: str = field(repr=False)
    active: bool = True
    members: tuple[str, ...] | None = None


def name_mark(name: str) -> str:
    """Return the mark of a name: one for all ways of writing it in capitals or small letters."""
    return hashlib.sha256(b"name:" + fold(name).encode("utf-8", "replace")).hexdigest()


def external_mark(external_id: str) -> str:
    """Return the mark of an external id, in which case counts (RFC 7643 3.1); '' of none."""
    if not external_id:
        return ""
    return hashlib.sha256(b"id:" + external_id.encode("utf-8", "replace")).hexdigest()


def check_said(said: Said) -> None:
    """Refuse what could not be kept or told apart.

    Raises:
        Invalid: ``scim.name``, ``scim.external_id``; Oversized: ``scim.body``, ``scim.members``.
    """
    if not 0 < len(said.name) <= NAME_LIMIT or not _plain(said.name):
        raise Invalid("scim.name", f"A name is 1 to {NAME_LIMIT} printable characters.")
    if len(said.external_id) > NAME_LIMIT or not _plain(said.external_id):
        raise Invalid(
            "scim.external_id", f"An external id is at most {NAME_LIMIT} printable characters."
        )
    if len(said.body) > BODY_LIMIT:
        raise Oversized("scim.body", f"More than {BODY_LIMIT} characters are said of one resource.")
    if said.members is not None and len(said.members) > MOST_MEMBERS:
        raise Oversized("scim.members", f"A group has at most {MOST_MEMBERS} members.")


def check_room(count: int, most: int) -> None:
    """Refuse one more than may be kept: a token in wrong hands fills no disk.

    Raises:
        Conflict: ``scim.full``.
    """
    if count >= most:
        raise Conflict("scim.full", f"There are {most} already.", do="Delete those who left.")


def check_version(expected: tuple[int, ...], version: int) -> None:
    """Refuse a change of what somebody else changed meanwhile (RFC 7644 3.14).

    Raises:
        Conflict: ``scim.version``.
    """
    if expected and version not in expected:
        raise Conflict("scim.version", "It has changed since that version.", do="Read it again.")


def taken() -> Conflict:
    """Return the failure of a name that somebody else has."""
    return Conflict("scim.taken", "Another one has that name, in capitals or small letters.")


def unknown() -> NotFound:
    """Return the failure of an id that nobody has."""
    return NotFound("scim.unknown", "There is no such resource.")


def _plain(text: str) -> bool:
    return text.isprintable() and text == text.strip()
