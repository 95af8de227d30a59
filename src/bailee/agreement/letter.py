"""The letter: what both parties still have to agree, ready to be read and signed (C11.1).

For each open question it says what is wrong in the text, how we read it, which strict reading is
enforced until then, and leaves room for two signatures. A question that no reading can settle is
listed apart: it needs a new text (or new terms for a text that changed), not a signature here.

Signing on paper changes nothing by itself: the two acts in bailee do, and name the same hash.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from bailee.agreement.in_force import Agreement, subject_clauses
from bailee.agreement.interpretation import Interpretation, basis, reading_sha256
from bailee.agreement.question import Question

WIDTH = 78
_RULE = "_" * 36


def letter(
    agreement: Agreement,
    *,
    processor: str,
    controller: str,
    proposed: Sequence[Interpretation] = (),
) -> str:
    """Return the text of the letter; ``proposed`` are the readings that wait for an answer.

    A letter without open questions says so in one sentence.
    """
    waiting = [found for found in proposed if found.status == "proposed"]
    open_now = agreement.open_questions()
    curable = [question for question in open_now if question.lifted_by == "interpretation"]
    lines = list(_opening(agreement, processor, controller))
    if not open_now:
        lines += _wrap("No question is open: nothing is to be agreed.")
    for number, question in enumerate(curable, start=1):
        lines += _question(agreement, question, number, waiting)
        lines += _signatures(processor, controller)
    lines += _purposes(agreement, processor, controller)
    lines += _beyond(question for question in open_now if question not in curable)
    return "\n".join(lines).rstrip() + "\n"


def _opening(agreement: Agreement, processor: str, controller: str) -> Iterable[str]:
    yield "AGREED READINGS"
    yield ""
    yield from _wrap(f"Controller: {controller}")
    yield from _wrap(f"Processor: {processor}")
    yield from _wrap(f"Agreement: {agreement.terms.title}, {agreement.terms.date}")
    yield f"SHA-256 of its text:\n  {agreement.contract.text_sha256}"
    yield ""


def _question(
    agreement: Agreement, question: Question, number: int, waiting: Sequence[Interpretation]
) -> Iterable[str]:
    clauses = ", ".join(question.clauses)
    yield from _wrap(f"{number}. {question.id} - clause {clauses} ({question.kind})")
    yield ""
    yield from _wrap(f"What is open: {question.says}")
    yield from _wrap(f"Enforced until agreed: {question.strictest_reading}")
    mine = [found for found in waiting if found.subject in {question.id, *question.clauses}]
    for found in mine:
        yield from _wrap(f"Our reading, proposed: {found.reading.says}")
        yield from _wrap(f"Reason: {found.reason}")
        yield from _wrap(f"Number: {_number(found)}")
        yield f"SHA-256 of the reading:\n  {reading_sha256(found.reading)}"
    if not mine:
        yield from _wrap(f"Our reading: {question.our_reading or question.strictest_reading}")
    touched = ", ".join(question.obligations) or "none"
    yield from _wrap(f"Duties that wait for it: {touched}")
    words = subject_clauses(agreement.contract, agreement.terms, question.id)
    yield f"SHA-256 of the words it reads:\n  {basis(agreement.contract, words)}"
    yield ""


def _number(found: Interpretation) -> str:
    reading = found.reading
    if reading.quantity is None:
        return "none"
    return f"{reading.quantity} {reading.unit} {reading.counting} {reading.calendar}".strip()


def _purposes(agreement: Agreement, processor: str, controller: str) -> Iterable[str]:
    if agreement.purposes_agreed or not agreement.purposes:
        return
    yield "PURPOSES"
    yield ""
    yield from _wrap(
        "The text names purposes in general terms. Until this list is agreed it is enforced as it "
        "stands; every other purpose is refused."
    )
    for purpose in agreement.terms.purposes:
        if purpose.id in agreement.purposes:
            yield from _wrap(f"- {purpose.id} (clause {purpose.clause}): {purpose.says}")
    yield ""
    yield from _signatures(processor, controller)


def _beyond(questions: Iterable[Question]) -> Iterable[str]:
    remaining = list(questions)
    if not remaining:
        return
    yield "WHAT NO SIGNATURE UNDER A READING CAN SETTLE"
    yield ""
    for question in remaining:
        needs = "a new text" if question.lifted_by == "new-text" else "terms for the changed text"
        clauses = ", ".join(question.clauses)
        yield from _wrap(f"- {question.id}, clause {clauses}: {question.says} It needs {needs}.")
        yield from _wrap(f"  Enforced until then: {question.strictest_reading}")
    yield ""


def _signatures(processor: str, controller: str) -> Iterable[str]:
    for company in (processor, controller):
        yield from _wrap(f"For {company}:")
        yield f"  Name and title {_RULE}"
        yield f"  Date {_RULE}"
        yield f"  Signature {_RULE}"
        yield ""


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False) or [""]
