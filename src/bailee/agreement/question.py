"""Questions: what the text leaves open, which duties that touches, and what would settle it.

A *finding* of the lint or a declared *defect* of the terms becomes a question when it leaves the
meaning of a duty open. The rules that do are ``OPEN``, each with the strict reading that is
enforced meanwhile; every duty bound to the clause is ``unresolved`` until the question is settled.

Which rules leave meaning open, and which do not:

* open: ``truncated-clause`` (words are missing), ``dangling-reference`` (a condition that nobody
  can look up), ``purpose-by-reference`` (no list to hold a purpose against), ``unfilled-blank``,
  ``generic-annex`` and ``incomplete-annex`` (what was to be said was not said),
  ``list-without-verb`` and ``broken-enumeration`` (what is owed about the items is not said, or an
  item is missing), a broken binding (the words are not those the terms were written for), and
  every declared defect that says ``leaves_open``;
* not open: ``vague-time`` (the duty is clear, its clock has no number: it is flagged, takes the
  operator's target and is always shown as vague), ``mutual-agreement`` (the value is a field with
  two signatures), ``undefined-term`` and ``definition-out-of-scope`` (ordinary or statutory
  meaning carries the duty; where it does not, the terms declare a defect), ``unused-definition``
  and ``repeated-sentence`` (untidy, not unclear). They are shown as findings all the same.

A finding reaches the duties bound to its own clause, not those of the items below: each item is a
clause with text and findings of its own, and the terms declare a defect where one reaches further.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bailee.agreement.binding import Binding
from bailee.agreement.clause import Finding
from bailee.agreement.terms import Defect, Terms

LiftedBy = Literal["interpretation", "new-text", "new-terms"]

OPEN: Mapping[str, str] = {
    "truncated-clause": "Nothing may claim to satisfy the clause; what it plainly begins to "
    "protect is withheld from everybody.",
    "dangling-reference": "Every condition that the reference could mean applies at once; it "
    "permits nothing.",
    "purpose-by-reference": "Only the enumerated purposes are served; every other is refused.",
    "unfilled-blank": "The blank permits nothing and excuses nothing.",
    "generic-annex": "The controls that are enforced are the measures owed; none may be dropped.",
    "incomplete-annex": "What the annex does not name is not permitted.",
    "list-without-verb": "Every item of the list is owed, in full and with the notice or act that "
    "the clause demands.",
    "broken-enumeration": "Every item that stands is owed; none is taken as an exception.",
}
"""Rule → the strict reading that is enforced until the question is settled."""

NEEDS_NEW_TEXT = frozenset({"truncated-clause"})
"""No reading supplies words that both parties never wrote."""


@dataclass(frozen=True)
class Question:
    """Something the text leaves open.

    ``id`` is the declared defect's id, or ``rule:path``; ``obligations`` are the ids of the duties
    that are unresolved meanwhile (possibly none).
    """

    id: str
    clauses: tuple[str, ...]
    kind: str
    says: str
    strictest_reading: str
    our_reading: str
    lifted_by: LiftedBy
    obligations: tuple[str, ...]


def questions(terms: Terms, findings: Sequence[Finding], binding: Binding) -> tuple[Question, ...]:
    """Return what is open, declared defects first, then findings and broken bindings by clause."""
    open_findings = [finding for finding in findings if finding.rule in OPEN]
    declared = [
        _from_defect(terms, defect, clauses)
        for defect in terms.defects
        if (clauses := _where(defect, open_findings))
    ]
    known = {
        (rule, clause)
        for defect in terms.defects
        for rule in defect.rules
        for clause in defect.clauses
    }
    found: dict[str, list[Finding]] = {}
    for finding in open_findings:
        if (finding.rule, finding.path) not in known:
            found.setdefault(f"{finding.rule}:{finding.path}", []).append(finding)
    return (
        *declared,
        *(_from_findings(terms, name, same) for name, same in found.items()),
        *_from_binding(terms, binding),
    )


def _where(defect: Defect, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the clauses on which a declared defect leaves something open in this text.

    One that the lint can see must be seen: a new text that mends it closes the question by itself.
    """
    if not defect.leaves_open:
        return ()
    visible = [rule for rule in defect.rules if rule in OPEN]
    if not visible:
        return defect.clauses
    seen = {finding.path for finding in findings if finding.rule in visible}
    return tuple(clause for clause in defect.clauses if clause in seen)


def _touched(terms: Terms, clauses: Iterable[str]) -> tuple[str, ...]:
    paths = frozenset(clauses)
    return tuple(line.id for line in terms.obligations if line.counted and line.clause in paths)


def _from_defect(terms: Terms, defect: Defect, clauses: tuple[str, ...]) -> Question:
    touched = _touched(terms, clauses)
    if defect.obligations:
        touched = tuple(name for name in touched if name in defect.obligations)
    return Question(
        id=defect.id,
        clauses=clauses,
        kind=defect.kind,
        says=defect.says,
        strictest_reading=defect.strictest_reading,
        our_reading=defect.our_reading,
        lifted_by=defect.lifted_by,
        obligations=touched,
    )


def _from_findings(terms: Terms, name: str, same: Sequence[Finding]) -> Question:
    first = same[0]
    return Question(
        id=name,
        clauses=(first.path,),
        kind=first.rule,
        says=" ".join(dict.fromkeys(finding.message for finding in same)),
        strictest_reading=OPEN[first.rule],
        our_reading="",
        lifted_by="new-text" if first.rule in NEEDS_NEW_TEXT else "interpretation",
        obligations=_touched(terms, (first.path,)),
    )


def _from_binding(terms: Terms, binding: Binding) -> Iterable[Question]:
    broken = {line.clause: line for line in binding.broken}
    duties = {line.id for line in terms.obligations if line.counted}
    for clause, line in sorted(broken.items()):
        if line.stands_at:
            where = f"its words stand at {', '.join(line.stands_at)} now"
        else:
            where = "its words changed" if line.found else "the clause is gone"
        yield Question(
            id=f"broken-binding:{clause}",
            clauses=(clause,),
            kind="broken-binding",
            says=f"The terms were written for other words: {where}.",
            strictest_reading="The old duty is kept and the new words permit nothing.",
            our_reading="",
            lifted_by="new-terms",
            obligations=tuple(
                other.id
                for other in binding.broken
                if other.table == "obligation" and other.clause == clause and other.id in duties
            ),
        )
