"""What is answered about purposes beside an agreement's own."""

from __future__ import annotations

import msgspec


class AddedPurpose(msgspec.Struct, frozen=True):
    """A purpose that the controller added by an accepted instruction, for these elements alone."""

    purpose: str
    elements: list[str]
    verbs: list[str]
    since: str
    until: str
    instruction: str
