"""What is answered about demands."""

from __future__ import annotations

import msgspec

from bailee.client.answers import Entry


class Answer(msgspec.Struct, frozen=True):
    """Any answer about a demand."""


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
