"""Shapes of undertaking and training, and of accounts that nobody uses (C2.2, C2.5(1), C2.5(6))."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from bailee.vault.shapes import Entry


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered; members that say nothing are left out."""


class Text(Answer, frozen=True):
    """A text to read: the house's undertaking, or a controller's handling procedure."""

    kind: str
    version: int
    text_sha256: str
    """By which it is acknowledged: these exact words and no others."""
    text: str
    published: str
    due: str
    """Until then an acknowledgement of the version before still counts."""
    controller: str = ""
    agreement: str = ""


class Read(Request, frozen=True):
    """Acknowledge a text that one has read, for oneself."""

    text_sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Duty(Answer, frozen=True):
    """What one person has to read, and how it stands: ``in-force`` or ``due``."""

    kind: str
    status: str
    version: int
    """Of the text in force; 0 where nothing is published yet."""
    text_sha256: str = ""
    until: str = ""
    """When the acknowledgement ends, or ended; empty where there is none."""
    controller: str = ""
    entry: Entry | None = None


class Training(Answer, frozen=True):
    """Everything that one person has to read; nothing for whoever may see no data."""

    principal: str
    duties: list[Duty]


class Idle(Answer, frozen=True):
    """Somebody who was not seen for too long."""

    principal: str
    kind: str
    name: str
    status: str
    outcome: str
    """``suspended`` by the house, or only ``flagged``: services, and the last administrator."""
    last_use: str = ""
    """To the day; empty where nobody counted."""


class Dormant(Answer, frozen=True):
    """Everybody who was not seen for so many days."""

    days: int
    accounts: list[Idle]


__all__ = ["Dormant", "Duty", "Idle", "Read", "Text", "Training"]
