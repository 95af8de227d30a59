"""Questions: what is open, which duties wait for it, what settles it."""

from __future__ import annotations

from typing import Literal

import msgspec
import pytest

from bailee.agreement import Binding, BrokenBinding, Defect, Finding, Obligation, Terms, load_terms
from bailee.agreement.question import OPEN, questions

WHOLE = Binding(same_text=True, broken=())
SHOWN_ONLY = (
    "vague-time",
    "mutual-agreement",
    "undefined-term",
    "definition-out-of-scope",
    "unused-definition",
    "repeated-sentence",
)


def found(rule: str, path: str, message: str = "Something is wrong.") -> Finding:
    """Return a finding of the lint."""
    return Finding(rule, path, 1, message, (0, 1), "error")


def duty(
    name: str, clause: str, kind: Literal["control", "no-duty", "right"] = "control"
) -> Obligation:
    """Return a line of the terms."""
    return Obligation(id=name, clause=clause, kind=kind, summary="x")


def terms(*defects: Defect) -> Terms:
    """Return terms with two duties on clause 1, one on 2, and a definition on 3."""
    lines = (
        duty("C1.one", "1"),
        duty("C1.two", "1"),
        duty("C2", "2"),
        duty("C3", "3", "no-duty"),
    )
    return msgspec.structs.replace(
        load_terms("model-addendum"), obligations=lines, defects=tuple(defects)
    )


def defect(**more: object) -> Defect:
    """Return a declared contradiction between clauses 1 and 2."""
    fields: dict[str, object] = {
        "id": "L1",
        "clauses": ("1", "2"),
        "kind": "contradiction",
        "says": "They differ.",
        "strictest_reading": "Both.",
    }
    return msgspec.convert({**fields, **more}, Defect)


@pytest.mark.parametrize("rule", OPEN)
def test_a_rule_that_leaves_meaning_open_touches_the_duties_of_its_clause(rule: str) -> None:
    """Each such finding is a question with a strict reading, and both duties there wait for it."""
    (question,) = questions(terms(), [found(rule, "1")], WHOLE)
    assert question.id == f"{rule}:1"
    assert question.obligations == ("C1.one", "C1.two")
    assert question.strictest_reading == OPEN[rule]
    curable = rule != "truncated-clause"
    assert question.lifted_by == ("interpretation" if curable else "new-text")


@pytest.mark.parametrize("rule", SHOWN_ONLY)
def test_other_rules_are_shown_and_open_nothing(rule: str) -> None:
    """A vague clock, a missing definition or a repetition leaves no duty unresolved."""
    assert rule not in OPEN
    assert questions(terms(), [found(rule, "1")], WHOLE) == ()


def test_a_finding_on_a_definition_touches_no_duty() -> None:
    """The question is asked, but nothing that is counted waits for it."""
    (question,) = questions(terms(), [found("dangling-reference", "3")], WHOLE)
    assert question.obligations == ()


def test_findings_of_one_rule_on_one_clause_are_one_question() -> None:
    """Two references that point nowhere are settled by one reading; their sentences are kept."""
    twice = [found("dangling-reference", "1", "A."), found("dangling-reference", "1", "B.")]
    (question,) = questions(terms(), twice, WHOLE)
    assert question.says == "A. B."


def test_a_declared_contradiction_touches_all_its_clauses() -> None:
    """No lint can see it: the terms say so, and it stays until both agree."""
    (question,) = questions(terms(defect()), [], WHOLE)
    assert (question.id, question.obligations) == ("L1", ("C1.one", "C1.two", "C2"))


def test_a_declared_defect_may_be_narrower_than_its_clauses() -> None:
    """Only the duties that it names wait."""
    (question,) = questions(terms(defect(obligations=("C1.two", "C2"))), [], WHOLE)
    assert question.obligations == ("C1.two", "C2")


def test_a_declared_defect_that_leaves_nothing_open_asks_nothing() -> None:
    """A stricter trigger or an outdated example is a remark."""
    assert questions(terms(defect(leaves_open=False)), [], WHOLE) == ()


def test_a_defect_that_the_lint_can_see_must_be_seen() -> None:
    """A new text that mends one place narrows the question; one that mends all closes it."""
    declared = terms(defect(rules=("dangling-reference",)))
    both = [found("dangling-reference", "1"), found("dangling-reference", "2")]
    (question,) = questions(declared, both, WHOLE)
    assert (question.id, question.clauses) == ("L1", ("1", "2"))
    (question,) = questions(declared, both[1:], WHOLE)
    assert (question.clauses, question.obligations) == (("2",), ("C2",))
    assert questions(declared, [], WHOLE) == ()


def test_a_broken_binding_waits_for_new_terms() -> None:
    """The duty stays, and no reading settles words that the terms were not written for."""
    broken = Binding(
        same_text=False,
        broken=(
            BrokenBinding("C2", "2", "0", None, ("4",), "obligation"),
            BrokenBinding("C3", "3", "0", "1", (), "obligation"),
        ),
    )
    moved, reworded = questions(terms(), [], broken)
    assert (moved.id, moved.lifted_by) == ("broken-binding:2", "new-terms")
    assert moved.obligations == ("C2",)
    assert "4" in moved.says
    assert reworded.obligations == ()
