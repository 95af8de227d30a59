"""What a timer or a notice belongs to. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bailee.errors import Invalid

_KIND = re.compile(r"[a-z][a-z-]{0,31}", re.ASCII)
_ITEM = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Matter:
    """One case of a procedure.

    Attributes:
        controller: whose agreement it concerns.
        kind: a word of ours: ``incident``, ``request``, ``demand``…
        item: the case's random id, 32 hex digits; never anybody's name.
    """

    controller: str
    kind: str
    item: str

    def __post_init__(self) -> None:
        """Refuse what could carry more than a random id into the ledger."""
        if not _KIND.fullmatch(self.kind) or not _ITEM.fullmatch(self.item):
            raise Invalid("matter.form", "A matter is a kind and a random id.")
