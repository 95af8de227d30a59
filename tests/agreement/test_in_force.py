"""The agreement in force: what one controller's text and signatures permit and demand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from bailee.agreement import (
    Agreement,
    Contract,
    Finding,
    Interpretation,
    Reading,
    Supplement,
    Terms,
    Version,
    compile_text,
    lint,
    load_terms,
)
from bailee.agreement.in_force import Signed, compose, subject_clauses
from bailee.agreement.interpretation import basis

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
Compiled = tuple[Contract, tuple[Finding, ...], Terms]


@cache
def compiled(text: bytes, terms_id: str) -> Compiled:
    """Return a text, its findings and its terms; none of them can be changed."""
    contract = compile_text(text)
    return contract, tuple(lint(contract)), load_terms(terms_id)


def put_together(source: Compiled, signed: Signed | None = None, at: datetime = LATER) -> Agreement:
    """Return what stands at a time."""
    version = Version("v1", source[2].id, source[0].text_sha256, NOON, None, NOON)
    return compose("larkspur", version, source, signed=signed or Signed(), at=at)


def agreed(source: Compiled, subject: str, reading: Reading, **more: Any) -> Interpretation:
    """Return a reading that both signed at noon."""
    contract, _, terms = source
    fields: dict[str, Any] = {
        "interpretation_id": subject,
        "subject": subject,
        "text_sha256": basis(contract, subject_clauses(contract, terms, subject)),
        "status": "agreed",
        "reading": reading,
        "reason": "Because.",
        "proposed_by": "ours",
        "proposed_at": NOON,
        "agreed_by": "theirs",
        "agreed_at": NOON,
    }
    return Interpretation(**{**fields, **more})


@pytest.fixture(scope="module")
def model(model_text: bytes) -> Compiled:
    """Return the model addendum, compiled."""
    return compiled(model_text, "model-addendum")


@pytest.fixture(scope="module")
def real(real_text: bytes) -> Compiled:
    """Return the real agreement, compiled."""
    return compiled(real_text, "bill-2022-10-11")


def test_a_clean_agreement_leaves_nothing_open(model: Compiled) -> None:
    """The model addendum permits its annex, has agreed purposes and no unresolved duty."""
    agreement = put_together(model)
    assert agreement.unresolved == frozenset()
    assert agreement.questions == ()
    assert agreement.purposes_agreed
    assert len(agreement.purposes) == 10
    assert {"tax.return", "beneficiary.account", "health.condition"} <= agreement.permitted
    assert agreement.version_id == "v1"
    assert not agreement.surviving


def test_a_control_finds_its_duties(model: Compiled) -> None:
    """The access log serves C5.5, an unknown control nothing."""
    agreement = put_together(model)
    assert agreement.obligation_for("access-log") == "C5.5"
    assert agreement.obligation_for("nonsense") == ""
    assert len(agreement.obligations_for("soc-reports")) > 1


def test_the_annex_alone_says_what_may_be_held(real: Compiled) -> None:
    """Appendix A of the real agreement names no tax return, no health data and no nationality."""
    agreement = put_together(real)
    assert {"person.ssn", "financial.card_number", "device.usage"} <= agreement.permitted
    assert agreement.permitted.isdisjoint({"tax.return", "health.condition", "person.nationality"})


def test_the_real_agreement_shows_what_is_unresolved(real: Compiled) -> None:
    """Contradictions and broken sentences hold exactly their duties back."""
    agreement = put_together(real)
    for name in ("C2.7", "C6.within", "C7.3(4)", "C7.3(5).consent", "C7.2(6)(ii).hold", "C8"):
        assert name in agreement.unresolved, name
    for name in ("C2.5(5)", "C2.8(1)", "C2.8(1).keys", "C3.2", "C6.unrecoverable", "C2.10"):
        assert name not in agreement.unresolved, name
    assert not agreement.purposes_agreed
    assert "payment-processing" in agreement.purposes
    vague = {line.id for line in agreement.obligations if line.vague}
    assert {"C9.1.notice", "C9.2", "C4.3"} <= vague


def test_an_agreed_reading_settles_its_question_and_no_other(real: Compiled) -> None:
    """The sub-processor contradiction is settled; the broken sentence stays open."""
    before = put_together(real)
    reading = agreed(real, "L1", Reading(says="Consent and thirty days."))
    after = put_together(real, Signed((reading,)))
    assert before.unresolved - after.unresolved >= {"C7.3(5).consent", "C7.3(5).notice"}
    assert "C2.7" in after.unresolved
    assert after.interpretations == (reading,)
    assert "L1" not in {question.id for question in after.open_questions()}


@pytest.mark.parametrize("subject", ["C6.within", "6", "L10"])
def test_a_subject_is_a_duty_a_clause_or_a_question(real: Compiled, subject: str) -> None:
    """Each of the three names settles the duty."""
    reading = agreed(real, subject, Reading(says="From the end."))
    assert "C6.within" not in put_together(real, Signed((reading,))).unresolved


def test_a_reading_of_one_duty_leaves_its_neighbour_open(real: Compiled) -> None:
    """The clock of the end is settled, the choice in the same clause is not."""
    reading = agreed(real, "C6.within", Reading(says="From the end."))
    agreement = put_together(real, Signed((reading,)))
    assert "C6.choice" in agreement.unresolved
    assert "L10" in {question.id for question in agreement.open_questions()}


def test_a_truncated_clause_and_a_wrong_instrument_need_a_new_text(real: Compiled) -> None:
    """Even a reading that both signed does not lift them."""
    readings = [agreed(real, name, Reading(says="As if.")) for name in ("2.7", "L3", "L14")]
    agreement = put_together(real, Signed(tuple(readings)))
    assert {"C2.7", "C7.3(4)"} <= agreement.unresolved


@pytest.mark.parametrize(
    "more",
    [
        {"status": "proposed", "agreed_by": "", "agreed_at": None},
        {"status": "withdrawn", "agreed_by": "", "agreed_at": None},
        {"agreed_at": LATER + timedelta(seconds=1)},
        {"text_sha256": "0" * 64},
    ],
    ids=["proposed", "withdrawn", "signed later", "of other words"],
)
def test_a_reading_that_does_not_count_changes_nothing(
    real: Compiled, more: dict[str, Any]
) -> None:
    """One signature, a withdrawn one, a later one, or one for words that have changed since."""
    reading = agreed(real, "L1", Reading(says="x"), **more)
    agreement = put_together(real, Signed((reading,)))
    assert "C7.3(5).consent" in agreement.unresolved
    assert agreement.interpretations == ()


def test_an_agreed_number_takes_the_place_of_a_vague_clock(real: Compiled) -> None:
    """Both said twenty-four hours: the notice has a number now, and the later reading wins."""
    first = Reading(says="A day.", quantity=24, unit="hours", counting="plain")
    second = Reading(says="Half.", quantity=12, unit="hours", counting="plain")
    readings = (
        agreed(real, "C9.1.notice", second, interpretation_id="b", agreed_at=LATER),
        agreed(real, "C9.1.notice", first, interpretation_id="a"),
    )
    agreement = put_together(real, Signed(readings))
    line = next(line for line in agreement.obligations if line.id == "C9.1.notice")
    assert (line.quantity, line.unit, line.vague) == (12, "hours", False)
    early = put_together(real, Signed(readings), at=NOON)
    line = next(line for line in early.obligations if line.id == "C9.1.notice")
    assert line.quantity == 24


def test_an_agreed_list_of_purposes_replaces_the_proposal(real: Compiled) -> None:
    """What both signed is the whole list, shorter or longer than ours."""
    reading = Reading(says="These two.", purposes=("payment-processing", "payee-onboarding"))
    agreement = put_together(real, Signed((agreed(real, "L15", reading),)))
    assert agreement.purposes == {"payment-processing", "payee-onboarding"}
    assert agreement.purposes_agreed


@pytest.mark.parametrize(
    ("status", "at", "held"),
    [("agreed", LATER, True), ("agreed", NOON, False), ("proposed", LATER, False)],
)
def test_a_supplement_counts_when_both_have_signed(
    real: Compiled, status: Any, at: datetime, *, held: bool
) -> None:
    """One signature adds nothing to the annex, nor do two before their time."""
    signed_at = NOON + timedelta(hours=1) if status == "agreed" else None
    added = Supplement("s", status, ("tax.return",), "0", "ours", NOON, "theirs", signed_at)
    agreement = put_together(real, Signed(supplements=(added,)), at=at)
    assert ("tax.return" in agreement.permitted) is held


def test_changed_words_permit_nothing(model_text: bytes) -> None:
    """A purpose and an annex line whose words changed are out until terms are written for them."""
    text = model_text.replace(b"Card number (sensitive)", b"Card number or so (sensitive)")
    text = text.replace(b"(5) fraud detection,", b"(5) fraud detection and the like,")
    assert text.count(b"or so") == text.count(b"and the like") == 1
    agreement = put_together(compiled(text, "model-addendum"))
    assert "financial.card_number" not in agreement.permitted
    assert "fraud-detection" not in agreement.purposes
    assert "payment-processing" in agreement.purposes
    kinds = {question.kind for question in agreement.questions}
    assert "broken-binding" in kinds


def test_a_changed_duty_is_unresolved_until_new_terms(model_text: bytes) -> None:
    """No reading lifts it: the terms were written for other words."""
    text = model_text.replace(b"Shared identities are refused.", b"Shared identities are rare.")
    source = compiled(text, "model-addendum")
    reading = agreed(source, "5.2", Reading(says="As before."))
    agreement = put_together(source, Signed((reading,)))
    assert agreement.unresolved == {"C5.2"}
    assert [question.lifted_by for question in agreement.open_questions()] == ["new-terms"]


def test_duties_survive_the_end(model: Compiled) -> None:
    """From the end on the agreement is marked as surviving, with every duty still there."""
    ended = put_together(model, Signed(ended=LATER), at=LATER)
    assert ended.surviving
    assert ended.obligations == put_together(model).obligations
    assert not put_together(model, Signed(ended=LATER), at=NOON).surviving


def test_a_subject_that_nothing_has_speaks_of_no_clause(model: Compiled) -> None:
    """Neither defect nor duty nor clause: no words to read."""
    contract, _, terms = model
    assert subject_clauses(contract, terms, "L99") == ()
    assert subject_clauses(contract, terms, "C5.5") == ("5.5",)
    assert subject_clauses(contract, terms, "dangling-reference:5.5") == ("5.5",)
