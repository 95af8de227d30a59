"""What a kit is filled from: the processor's own state, and one controller's where there is one.

Nothing of another controller is in here: of controls only how they stand, of sub-processors the
register's own words, of people those whom the processor names to every controller. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bailee.privacy.assertion import Assertion
from bailee.privacy.live import Seen

WORST = ("failed", "blind", "late", "due", "", "passed")
"""Results of looks, worst first; ``late`` is a look too old to prove anything, '' is none."""
IN_FORCE = frozenset(("enforced", "operating"))
"""What a passed look has to be worth before a measure may be claimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KitState:
    """One moment.

    Args:
        controller: its id; '' for a prospect.
        name: as the register of controllers has it; '' for a prospect.
        purposes: of the agreement in force; none for a prospect.
        elements: those that may be held; none for a prospect.
        said: the statements that stand, by subject: of the house, and of the controller's sides.
        names: of the people who signed them, by id.
        controls: how each control stands here; for a prospect everywhere, the worst of all.
        contacts: ``exporter.contact`` and so on -> who is named, from the registers.
        subprocessors: lines of the register, each with what it was compared by.
        unsuited: sub-processors of the register that are not offered, with why.
        keys_at: where the root key is asked for.
        checkpoint: the newest signed one of the log that tells of this state.
    """

    now: datetime
    controller: str = ""
    name: str = field(default="", repr=False)
    purposes: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    said: Mapping[str, Assertion] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    controls: Mapping[str, Seen] = field(default_factory=dict)
    contacts: Mapping[str, str] = field(default_factory=dict, repr=False)
    subprocessors: tuple[Mapping[str, Any], ...] = ()
    unsuited: tuple[tuple[str, str], ...] = ()
    keys_at: tuple[str, ...] = ()
    checkpoint: str = ""


def worst_seen(looks: Iterable[Seen]) -> Seen:
    """Return how a control stands that looked in several places: as in the worst of them.

    When it passed in all of them, the oldest look counts.
    """
    return min(looks, key=lambda one: (WORST.index(one.result), one.at))


def in_force(one: Seen) -> bool:
    """Say whether a measure may be claimed: its control's last look passed, and is not old.

    One that has no words in ``kit_words`` is not claimed either.
    """
    return one.result == "passed" and one.gives in IN_FORCE and bool(one.says)
