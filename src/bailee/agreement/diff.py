"""What changed between two compiled texts, clause by clause.

A clause is compared by its own text and title. One that left its path and stands, word for word,
at another is *renumbered*: terms bound to it only need a new path.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Literal

from bailee.agreement.clause import Clause, Contract

Change = Literal["added", "removed", "changed", "renumbered"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed clause.

    Attributes:
        change: what happened to it.
        before: path in the older text; '' when added.
        after: path in the newer text; '' when removed.
        before_sha256: hash of the older own text; '' when added.
        after_sha256: hash of the newer own text; '' when removed.
    """

    change: Change
    before: str
    after: str
    before_sha256: str
    after_sha256: str


def diff(older: Contract, newer: Contract) -> tuple[Difference, ...]:
    """Return the differences, in order of the newer text, removed clauses last.

    Clauses that stand unchanged at their path give nothing.
    """
    gone = [clause for clause in older.clauses if _differs(clause, newer.clause(clause.path))]
    come = [clause for clause in newer.clauses if _differs(clause, older.clause(clause.path))]
    moved = _moved(gone, come)
    origins = {after.path: before for before, after in moved}
    sources = {before.path for before, _ in moved}
    out: list[Difference] = []
    for clause in come:
        before = origins.get(clause.path)
        if before is not None:
            out.append(_difference("renumbered", before, clause))
            continue
        held = older.clause(clause.path)
        same_place = held is not None and held.path not in sources
        out.append(
            _difference("changed" if same_place else "added", held if same_place else None, clause)
        )
    taken = {difference.before for difference in out}
    out += [_difference("removed", clause, None) for clause in gone if clause.path not in taken]
    return tuple(out)


def _differs(clause: Clause, other: Clause | None) -> bool:
    return other is None or _words(clause) != _words(other)


def _words(clause: Clause) -> tuple[str, str]:
    return clause.text_sha256, clause.title


def _moved(gone: list[Clause], come: list[Clause]) -> list[tuple[Clause, Clause]]:
    """Pair clauses of the same words at different paths, in order."""
    waiting: dict[tuple[str, str], deque[Clause]] = defaultdict(deque)
    for clause in gone:
        waiting[_words(clause)].append(clause)
    pairs: list[tuple[Clause, Clause]] = []
    for clause in come:
        same = waiting[_words(clause)] if clause.text or clause.title else None
        if same:
            pairs.append((same.popleft(), clause))
    return pairs


def _difference(change: Change, before: Clause | None, after: Clause | None) -> Difference:
    return Difference(
        change,
        before.path if before else "",
        after.path if after else "",
        before.text_sha256 if before else "",
        after.text_sha256 if after else "",
    )
