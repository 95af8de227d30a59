"""Shapes of demands for a controller's data (C2.4, C7.2(7), C7.3(7))."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bailee.app.disclosure_shapes import Key
from bailee.vault.shapes import Entry, Name

Words = Annotated[str, Meta(min_length=1, max_length=2000)]
Note = Annotated[str, Meta(max_length=2000)]
When = Annotated[str, Meta(max_length=32)]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered; members that say nothing are left out."""


class NewDemand(Request, frozen=True):
    """A demand, or a law that compels.

    Attributes:
        source: who demands, or which law.
        asks: what is asked for, in words that name nobody.
        elements: names of the catalogue, or ``*``: nothing of these leaves from now on.
        received: when it came; now, where it is left out.
        answer_by: the time that it sets.
        ban_basis: why the controller may not be told; ``ban_until`` until when, if that is known.
    """

    kind: Literal["subpoena", "warrant", "order", "authority", "third-party", "law"]
    source: Words
    asks: Words
    reference: Words
    elements: Annotated[list[Name], Meta(min_length=1, max_length=100)]
    received: When = ""
    answer_by: When = ""
    ban_basis: Note = ""
    ban_until: When = ""


class DemandMove(Request, frozen=True):
    """What happened to a demand.

    Attributes:
        note: on what a challenge rests, or why a release is no less.
        keys: recipients for whom it is released.
        outcome: how it ended, for ``close``; ``records`` that were handed out.
    """

    event: Literal["challenge", "release", "close", "end-ban"]
    note: Note = ""
    keys: Annotated[list[Key], Meta(max_length=20)] = []
    outcome: Literal["", "complied", "refused", "withdrawn"] = ""
    records: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0


class Demand(Answer, frozen=True):
    """One demand and how it stands.

    Attributes:
        frozen: whether what it names is stopped from leaving.
        banned: whether the controller may not be told now.
    """

    demand: str
    kind: str
    source: str
    asks: str
    reference: str
    elements: list[str]
    status: str
    received: str
    entered: str
    entered_by: str
    frozen: bool = False
    banned: bool = False
    answer_by: str = ""
    ban_basis: str = ""
    ban_until: str = ""
    ban_ended: str = ""
    challenge: str = ""
    keys: list[str] = []
    released_by: str = ""
    least: str = ""
    outcome: str = ""
    records: int = 0
    closed: str = ""
    entry: Entry | None = None


class Demands(Answer, frozen=True):
    """Demands, newest first, and how many of each kind ended how."""

    demands: list[Demand]
    counts: dict[str, dict[str, int]] = {}
