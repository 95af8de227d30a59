"""The letter: what is to be agreed, in words that can be signed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bailee.agreement import (
    Agreement,
    Interpretation,
    Reading,
    Version,
    compile_text,
    letter,
    lint,
    load_terms,
)
from bailee.agreement.in_force import Signed, compose
from bailee.agreement.interpretation import reading_sha256

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


def stands(text: bytes, terms_id: str) -> Agreement:
    """Return what a text says before anybody signed beside it."""
    contract = compile_text(text)
    version = Version("v", terms_id, contract.text_sha256, NOON, None, NOON)
    source = (contract, tuple(lint(contract)), load_terms(terms_id))
    return compose("larkspur", version, source, signed=Signed(), at=NOON)


@pytest.fixture(scope="module")
def real(real_text: bytes) -> Agreement:
    """Return the real agreement."""
    return stands(real_text, "bill-2022-10-11")


def write(agreement: Agreement, *proposed: Interpretation) -> str:
    """Return the letter."""
    return letter(agreement, processor="Harborline", controller="Larkspur", proposed=proposed)


def test_each_open_question_has_room_for_two_signatures(real: Agreement) -> None:
    """One place to sign per party and question, and one more for the purposes."""
    text = write(real)
    curable = [q for q in real.open_questions() if q.lifted_by == "interpretation"]
    assert text.count("  Signature ____") == 2 * (len(curable) + 1)
    for question in curable:
        assert f". {question.id} - clause" in text
    assert real.contract.text_sha256 in text


def test_it_says_the_defect_our_reading_and_what_is_enforced_meanwhile(real: Agreement) -> None:
    """For the contradiction on sub-processors all three are there."""
    flat = " ".join(write(real).split())
    defect = next(defect for defect in real.terms.defects if defect.id == "L1")
    for said in (defect.says, defect.strictest_reading, defect.our_reading):
        assert " ".join(said.split()) in flat


def test_what_no_reading_can_settle_stands_apart(real: Agreement) -> None:
    """The truncated clause and the wrong instrument need a new text, and get no line to sign."""
    before, after = write(real).split("WHAT NO SIGNATURE")
    assert "L14" in after
    assert ". L14" not in before
    assert "new text" in after


def test_a_proposed_reading_is_printed_with_its_reason_and_hash(real: Agreement) -> None:
    """What the controller will sign is what the paper says."""
    reading = Reading(says="Ten days from the end.", quantity=10, unit="days", counting="plain")
    made = Interpretation("i", "L10", "0", "proposed", reading, "The end is certain.", "ours", NOON)
    text = write(real, made)
    assert "Ten days from the end." in text
    assert "The end is certain." in text
    assert "10 days plain" in text
    assert reading_sha256(reading) in text


def test_proposed_purposes_are_listed_for_signature(real: Agreement) -> None:
    """The list that is enforced is the list to be signed."""
    text = write(real)
    for purpose in real.terms.purposes:
        assert f"- {purpose.id} (clause" in text


def test_a_clean_agreement_needs_no_signature(model_text: bytes) -> None:
    """The letter says that nothing is open."""
    text = write(stands(model_text, "model-addendum"))
    assert "No question is open" in text
    assert "Signature" not in text


def test_lines_fit_on_paper(real: Agreement) -> None:
    """No line is longer than seventy-eight characters."""
    assert [line for line in write(real).splitlines() if len(line) > 78] == []
