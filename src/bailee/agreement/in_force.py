"""The agreement in force: what one controller's texts and signatures permit and demand at a time.

Everything else reads this value and nothing behind it. It is put together from a compiled text,
its terms, and what both parties signed since; it is pure, so the same inputs give the same answer
for a date long gone. What fails to bind is not permitted: a purpose or an annex line whose words
changed permits nothing until terms are written for the new words (C2.4, C2.10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from bailee.agreement.binding import Binding, bind
from bailee.agreement.clause import Contract, Finding
from bailee.agreement.deadline import deadline
from bailee.agreement.extension import Extension
from bailee.agreement.interpretation import Interpretation, State, apply, basis
from bailee.agreement.question import Question, questions
from bailee.agreement.terms import Obligation, Terms
from bailee.agreement.version import AFTER_THE_END, Version


@dataclass(frozen=True)
class Supplement:
    """Catalogue elements that both parties added to the annex by a signed writing."""

    supplement_id: str
    status: State
    elements: tuple[str, ...]
    text_sha256: str
    signed_by_processor: str
    created: datetime
    signed_by_controller: str = ""
    signed_at: datetime | None = None

    def counts_at(self, moment: datetime) -> bool:
        """Say whether both had signed by then."""
        return self.status == "agreed" and self.signed_at is not None and self.signed_at <= moment


@dataclass(frozen=True)
class Signed:
    """What the parties of one controller signed beside the text, and when the agreement ended."""

    interpretations: tuple[Interpretation, ...] = ()
    supplements: tuple[Supplement, ...] = ()
    ended: datetime | None = None
    extensions: tuple[Extension, ...] = ()

    def by_now(self, moment: datetime) -> datetime:
        """Return a time by which everything here is signed.

        Another process may sign by a clock that is ahead of ours by a little; what is signed when
        we look is signed, whatever our clock says.
        """
        times = [found.agreed_at for found in self.interpretations]
        times += [found.signed_at for found in self.supplements]
        times += [at for found in self.extensions for at in (found.accepted, found.ended)]
        return max([moment, *(time for time in times if time is not None)])


@dataclass(frozen=True)
class Agreement:
    """What is in force for one controller.

    ``permitted`` are catalogue element names, ``purposes`` purpose ids, ``unresolved`` obligation
    ids. ``interpretations`` are those that count. ``purposes_agreed`` is false while the list of
    purposes is only our proposal: it is enforced all the same, being the strictest reading.
    ``surviving``: the agreement has ended, its duties have not (C11.1). ``extensions`` are purposes
    that the controller added by instruction: accepted, not withdrawn, each with its own times.
    """

    controller: str
    version: Version
    terms: Terms
    contract: Contract
    findings: tuple[Finding, ...]
    binding: Binding
    permitted: frozenset[str]
    purposes: frozenset[str]
    purposes_agreed: bool
    obligations: tuple[Obligation, ...]
    interpretations: tuple[Interpretation, ...]
    supplements: tuple[Supplement, ...]
    questions: tuple[Question, ...]
    unresolved: frozenset[str]
    surviving: bool
    extensions: tuple[Extension, ...] = ()

    @property
    def version_id(self) -> str:
        """Return the id of the version that stands."""
        return self.version.version_id

    @property
    def as_read(self) -> Terms:
        """Return the terms with the numbers that both agreed, as a source for ``strictest``."""
        return msgspec.structs.replace(self.terms, obligations=self.obligations)

    def obligation_for(self, control: str) -> str:
        """Return the id of the first obligation that a control serves, '' if none."""
        return next((line.id for line in self.obligations if line.control == control), "")

    def obligations_for(self, control: str) -> tuple[str, ...]:
        """Return the ids of all obligations that a control serves."""
        return tuple(line.id for line in self.obligations if line.control == control)

    def due(self, parameter: str, start: datetime) -> datetime | None:
        """Return when the time of a parameter is up: the earliest that any duty names, or None."""
        named = (line for line in self.obligations if line.parameter == parameter)
        found = [end for line in named if (end := deadline(line, start)) is not None]
        return min(found, default=None)

    def open_questions(self) -> tuple[Question, ...]:
        """Return the questions that still leave something open, untouched duties included."""
        return tuple(question for question in self.questions if not self._settled(question))

    def _settled(self, question: Question) -> bool:
        touched = [line for line in self.obligations if line.id in question.obligations]
        if touched:
            return all(settles(self.interpretations, question, line) for line in touched)
        return any(answers(found, question) for found in self.interpretations)


def answers(interpretation: Interpretation, question: Question) -> bool:
    """Say whether an agreed reading is about this question as a whole."""
    return question.lifted_by == "interpretation" and (
        interpretation.subject == question.id
        or (len(question.clauses) == 1 and interpretation.subject == question.clauses[0])
    )


def settles(
    interpretations: Sequence[Interpretation], question: Question, line: Obligation
) -> bool:
    """Say whether agreed readings settle a question for one duty."""
    return question.lifted_by == "interpretation" and any(
        found.subject in {question.id, line.clause, line.id} for found in interpretations
    )


def subject_clauses(contract: Contract, terms: Terms, subject: str) -> tuple[str, ...]:
    """Return the clauses that a subject speaks of: those of a defect, a finding, a duty, a path.

    Empty when nothing in this text or these terms has that name.
    """
    for defect in terms.defects:
        if defect.id == subject:
            return defect.clauses
    for line in terms.obligations:
        if line.id == subject:
            return (line.clause,)
    path = subject.rpartition(":")[2]
    return (path,) if contract.clause(path) else ()


def compose(
    controller: str,
    version: Version,
    compiled: tuple[Contract, tuple[Finding, ...], Terms],
    *,
    signed: Signed,
    at: datetime,
) -> Agreement:
    """Return what stands at a time, from one version and everything both parties signed by then."""
    contract, findings, terms = compiled
    binding = bind(contract, terms)
    open_now = questions(terms, findings, binding)
    agreed = tuple(
        found
        for found in sorted(signed.interpretations, key=_signing_order)
        if found.counts_at(at)
        and found.text_sha256 == basis(contract, subject_clauses(contract, terms, found.subject))
    )
    supplements = tuple(found for found in signed.supplements if found.counts_at(at))
    obligations = tuple(_read_by(line, open_now, agreed) for line in terms.obligations)
    purposes, purposes_agreed = _purposes(terms, binding, agreed)
    surviving = signed.ended is not None and signed.ended <= at
    added = tuple(one for one in signed.extensions if one.known_at(at) and at < one.until)
    return Agreement(
        controller=controller,
        version=version,
        terms=terms,
        contract=contract,
        findings=findings,
        binding=binding,
        permitted=_permitted(terms, binding, supplements),
        purposes=purposes | AFTER_THE_END if surviving else purposes,
        purposes_agreed=purposes_agreed,
        obligations=obligations,
        interpretations=agreed,
        supplements=supplements,
        questions=open_now,
        unresolved=_unresolved(obligations, open_now, agreed),
        surviving=surviving,
        extensions=() if surviving else added,  # its data serves nothing new after the end (C6)
    )


def _signing_order(found: Interpretation) -> tuple[bool, datetime, str]:
    return found.agreed_at is None, found.agreed_at or found.proposed_at, found.interpretation_id


def _read_by(
    line: Obligation, open_now: Sequence[Question], agreed: Sequence[Interpretation]
) -> Obligation:
    """Return a duty as the latest agreed reading of it, its clause or its question has it."""
    subjects = {line.id, line.clause}
    subjects |= {question.id for question in open_now if line.id in question.obligations}
    for found in agreed:
        if found.subject in subjects and line.counted:
            line = apply(line, found.reading)
    return line


def _permitted(terms: Terms, binding: Binding, supplements: Sequence[Supplement]) -> frozenset[str]:
    broken = binding.ids("element")
    held = {
        element for line in terms.permissions if line.clause not in broken for element in line.holds
    }
    return frozenset(held.union(*(supplement.elements for supplement in supplements)))


def _purposes(
    terms: Terms, binding: Binding, agreed: Sequence[Interpretation]
) -> tuple[frozenset[str], bool]:
    """Return the purposes and whether both parties agreed to the list; the latest list counts."""
    lists = [found.reading.purposes for found in agreed if found.reading.purposes]
    if lists:
        return frozenset(lists[-1]), True
    broken = binding.ids("purpose")
    standing = [purpose for purpose in terms.purposes if purpose.id not in broken]
    agreed_all = all(purpose.status == "agreed" for purpose in standing)
    return frozenset(purpose.id for purpose in standing), agreed_all and bool(standing)


def _unresolved(
    obligations: Sequence[Obligation],
    open_now: Sequence[Question],
    agreed: Sequence[Interpretation],
) -> frozenset[str]:
    lines = {line.id: line for line in obligations}
    return frozenset(
        line_id
        for question in open_now
        for line_id in question.obligations
        if not settles(agreed, question, lines[line_id])
    )
