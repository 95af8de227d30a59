"""What a proposed text would change, duty by duty, before anybody signs it (C8). Pure.

A duty is the same when its id is; ids carry the clause's number, so a renumbered text shows old
duties leaving and new ones coming. That is what it would do to evidence that names them, and is
shown as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bailee.agreement.in_force import Agreement
from bailee.agreement.terms import Obligation

Change = Literal["added", "removed", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One duty before and after; None where it does not exist there."""

    change: Change
    before: Obligation | None
    after: Obligation | None

    @property
    def line(self) -> Obligation:
        """Return the duty as it would be, or was."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a turn has a side")
        return found


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would change."""

    turns: tuple[Turn, ...]
    elements_lost: tuple[str, ...]
    elements_gained: tuple[str, ...]
    purposes_lost: tuple[str, ...]
    purposes_gained: tuple[str, ...]


def number(line: Obligation | None) -> str:
    """Return a duty's quantity in words: ``at most 10 days (business)``; '' where it has none."""
    if line is None or (line.quantity is None and not line.vague):
        return ""
    if line.quantity is None:
        return "without a number"
    bound = {"min": "at least", "max": "at most"}.get(line.direction, "")
    rule = f"({line.counting})" if line.counting not in {"", "plain"} else ""
    return " ".join(filter(None, (bound, str(line.quantity), line.unit, rule)))


def rehearse(before: Agreement, after: Agreement) -> Rehearsal:
    """Compare what stands with what is proposed."""
    old = {line.id: line for line in before.obligations}
    new = {line.id: line for line in after.obligations}
    turns = [Turn(_change(old.get(name), line), old.get(name), line) for name, line in new.items()]
    turns += [Turn("removed", line, None) for name, line in old.items() if name not in new]
    return Rehearsal(
        tuple(turns),
        tuple(sorted(before.permitted - after.permitted)),
        tuple(sorted(after.permitted - before.permitted)),
        tuple(sorted(before.purposes - after.purposes)),
        tuple(sorted(after.purposes - before.purposes)),
    )


def _change(before: Obligation | None, after: Obligation) -> Change:
    if before is None:
        return "added"
    same = (before.kind, before.control, before.contents, number(before)) == (
        after.kind, after.control, after.contents, number(after),
    )  # fmt: skip
    return "same" if same else "changed"
