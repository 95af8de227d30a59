"""Binding: whether terms still stand on the words that they were written for.

Every line of the terms carries the hash of its clause's exact text. ``bind`` compares these with a
compiled text and names exactly the lines that broke, and where the words stand now.

Two kinds of clause differ with each controller to whom the same text is offered. An annex that the
parties *fill in* binds by its place. A member of a list that a controller does not take says
``not used`` where its words stood, so that the others keep their numbers: it is *left out*, which
breaks nothing and permits nothing. A duty cannot be left out so: its line breaks.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from bailee.agreement.clause import Contract
from bailee.agreement.terms import Terms

_NOT_USED = re.compile(r"not used(?:[;.]|; and|; or)?", re.IGNORECASE)

Table = Literal["obligation", "element", "purpose"]


class BrokenBinding(NamedTuple):
    """A line of the terms whose clause no longer has the text that the line was written for.

    ``found`` is the hash that the clause has now, None when there is no such clause;
    ``stands_at`` lists the clauses that carry the expected text now (renumbered, not reworded).
    """

    id: str
    clause: str
    expected: str
    found: str | None
    stands_at: tuple[str, ...]
    table: Table


class Binding(NamedTuple):
    """How terms stand on a compiled text. Whole when ``broken`` is empty.

    ``left_out`` are the clauses of purposes and annex lines that say ``not used``.
    """

    same_text: bool
    broken: tuple[BrokenBinding, ...]
    left_out: frozenset[str] = frozenset()

    def ids(self, table: str) -> frozenset[str]:
        """Return the ids of a table's broken lines (``element`` lines are known by clause)."""
        return frozenset(line.id for line in self.broken if line.table == table)


def bind(contract: Contract, terms: Terms) -> Binding:
    """Compare terms with a compiled text, line by line, by hash.

    A clause that was only renumbered breaks its lines too: a path is what people cite, and a text
    that moved may have moved under another condition. Where it stands now is said.
    """
    now = {clause.path: clause.text_sha256 for clause in contract.clauses}
    unused = {one.path for one in contract.clauses if _NOT_USED.fullmatch(one.text)}
    places: dict[str, list[str]] = {}
    for clause in contract.clauses:
        places.setdefault(clause.text_sha256, []).append(clause.path)

    def compare(table: Table, line_id: str, clause: str, expected: str) -> None:
        if now.get(clause) != expected:
            stands_at = tuple(places.get(expected, ()))
            broken.append(
                BrokenBinding(line_id, clause, expected, now.get(clause), stands_at, table)
            )

    broken: list[BrokenBinding] = []
    members = {line.clause for line in terms.permissions}
    members |= {line.clause for line in terms.purposes}
    left_out = frozenset(members & unused)
    for obligation in terms.obligations:
        if obligation.filled:
            if obligation.clause not in now:
                broken.append(
                    BrokenBinding(obligation.id, obligation.clause, "", None, (), "obligation")
                )
        elif obligation.counted or obligation.clause not in left_out:
            compare("obligation", obligation.id, obligation.clause, obligation.text_sha256)
    for permission in terms.permissions:
        if permission.clause not in left_out:
            compare("element", permission.clause, permission.clause, permission.text_sha256)
    for purpose in terms.purposes:
        if purpose.clause not in left_out:
            compare("purpose", purpose.id, purpose.clause, purpose.text_sha256)
    return Binding(terms.text_sha256 == contract.text_sha256, tuple(broken), left_out)


def unspoken(contract: Contract, terms: Terms) -> tuple[str, ...]:
    """Return the paths of clauses with text of their own of which the terms say nothing.

    A clause without a line is a clause without a state: it would be neither kept nor missed.
    """
    spoken = {line.clause for line in terms.obligations}
    spoken |= {line.clause for line in terms.permissions}
    within = tuple(f"{line.clause}(" for line in terms.obligations if line.filled)
    return tuple(
        clause.path
        for clause in contract.clauses
        if clause.text and clause.path not in spoken and not clause.path.startswith(within)
    )
