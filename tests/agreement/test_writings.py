"""Interpretations and supplements: two signatures, in order, by two people (C2.10, C11.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import pytest
import sqlalchemy as sa

from bailee.agreement import (
    Agreement,
    Agreements,
    Interpretation,
    Reading,
    Supplement,
    store,
)
from bailee.db import Database
from bailee.errors import Failure

if TYPE_CHECKING:
    from tests.agreement.conftest import Hands, Journal, Who

T = TypeVar("T")

READING = Reading(says="The ten days run from the end.")


class Desk:
    """One controller under the real agreement, and short words for its writings."""

    def __init__(
        self, database: Database, agreements: Agreements, people: Mapping[str, Who]
    ) -> None:
        self.database, self.agreements, self.people = database, agreements, people

    def start(self, text: bytes, hands: Hands) -> Desk:
        ours = self.people["ours"]
        terms_id = "bill-2022-10-11"
        self.do(lambda conn: self.agreements.open(conn, "larkspur", "Larkspur", by=ours))
        self.do(
            lambda conn: self.agreements.install(
                conn, "larkspur", text, terms_id=terms_id, effective=hands.at, by=ours
            )
        )
        return self

    def do(self, work: Callable[[sa.Connection], T], controller: str = "larkspur") -> T:
        return self.database.write(controller, work)

    def now(self) -> Agreement:
        return self.do(lambda conn: self.agreements.in_force(conn, "larkspur"))

    def propose(
        self, subject: str, by: str = "ours", reading: Reading = READING, reason: str = "So."
    ) -> Interpretation:
        who = self.people[by]
        return self.do(
            lambda conn: self.agreements.propose(
                conn, "larkspur", subject, reading=reading, reason=reason, by=who
            )
        )

    def agree(self, which: str, by: str = "theirs", controller: str = "larkspur") -> Interpretation:
        who = self.people[by]
        return self.do(
            lambda conn: self.agreements.agree(conn, controller, which, by=who), controller
        )

    def withdraw(self, which: str, by: str = "ours") -> Interpretation:
        who = self.people[by]
        return self.do(lambda conn: self.agreements.withdraw(conn, "larkspur", which, by=who))

    def add(self, *elements: str, by: str = "ours", text: bytes = b"signed") -> Supplement:
        who = self.people[by]
        return self.do(
            lambda conn: self.agreements.add_supplement(
                conn, "larkspur", elements, text=text, by=who
            )
        )

    def sign(self, which: str, by: str = "theirs") -> Supplement:
        who = self.people[by]
        return self.do(
            lambda conn: self.agreements.sign_supplement(conn, "larkspur", which, by=who)
        )


@pytest.fixture
def desk(
    data_db: Database,
    agreements: Agreements,
    real_text: bytes,
    *,
    people: Mapping[str, Who],
    hands: Hands,
) -> Desk:
    """Return the desk."""
    return Desk(data_db, agreements, people).start(real_text, hands)


def code(work: Callable[[], object]) -> str:
    """Return the code of the failure that a piece of work ends in."""
    with pytest.raises(Failure) as caught:
        work()
    return caught.value.code


def test_a_reading_counts_after_the_second_signature(desk: Desk, journal: Journal) -> None:
    """Proposed, it changes nothing; agreed, the duty is settled; both acts are recorded."""
    made = desk.propose("L10")
    assert "C6.within" in desk.now().unresolved
    after = desk.agree(made.interpretation_id)
    assert (after.status, after.proposed_by, after.agreed_by) == ("agreed", "ours", "theirs")
    assert "C6.within" not in desk.now().unresolved
    first, second = journal.facts[-2:]
    assert [first["action"], second["action"]] == [
        "agreement:interpretation:proposed",
        "agreement:interpretation:agreed",
    ]
    assert first["detail"] == second["detail"]
    assert [first["actor"]["principal_id"], second["actor"]["principal_id"]] == ["ours", "theirs"]
    assert {first["source"], second["source"]} == {"asserted"}
    assert len(first["detail"]["reading_sha256"]) == 64


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("nobody", "signatory.unknown"),
        ("theirs", "signatory.side"),
        ("robot", "signatory.unknown"),
    ],
)
def test_only_our_named_person_proposes(desk: Desk, by: str, expected: str) -> None:
    """Not a stranger, not the other side, not a program under a person's name."""
    assert code(lambda: desk.propose("L10", by=by)) == expected
    assert desk.do(lambda conn: desk.agreements.interpretations(conn, "larkspur")) == ()


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("nobody", "signatory.unknown"),
        ("ours", "signatory.side"),
        ("ours-too", "signatory.side"),
        ("through-robot", "signatory.unknown"),
    ],
)
def test_only_the_controllers_representative_agrees(desk: Desk, by: str, expected: str) -> None:
    """The processor cannot sign its own clauses green."""
    made = desk.propose("L10")
    assert code(lambda: desk.agree(made.interpretation_id, by=by)) == expected
    assert "C6.within" in desk.now().unresolved


def test_a_withdrawn_reading_cannot_be_agreed_nor_an_agreed_one_withdrawn(desk: Desk) -> None:
    """Both ends are final."""
    made = desk.propose("L10")
    assert desk.withdraw(made.interpretation_id, by="ours-too").status == "withdrawn"
    assert code(lambda: desk.agree(made.interpretation_id)) == "writing.state"
    other = desk.propose("L10")
    desk.agree(other.interpretation_id)
    assert code(lambda: desk.withdraw(other.interpretation_id)) == "writing.state"
    assert code(lambda: desk.agree(other.interpretation_id)) == "writing.state"


def test_the_other_side_cannot_withdraw_our_proposal(desk: Desk) -> None:
    """It may leave it unsigned."""
    made = desk.propose("L10")
    assert code(lambda: desk.withdraw(made.interpretation_id, by="theirs")) == "signatory.side"


@pytest.mark.parametrize("subject", ["L3", "2.7", "C2.7", "L14", "C7.3(4)"])
def test_no_reading_supplies_missing_words_or_the_right_instrument(
    desk: Desk, subject: str
) -> None:
    """A truncated clause and a wrong instrument are lifted only by a new text."""
    assert code(lambda: desk.propose(subject)) == "interpretation.new_text"


def test_a_subject_must_exist(desk: Desk) -> None:
    """Nobody can sign about a clause that is not there."""
    assert code(lambda: desk.propose("L99")) == "interpretation.subject"


def test_a_reading_must_be_complete(desk: Desk) -> None:
    """Neither without a reason nor with half a number."""
    assert code(lambda: desk.propose("L10", reason=" ")) == "interpretation.reason"
    half = Reading(says="Soon.", quantity=4)
    assert code(lambda: desk.propose("C9.1.notice", reading=half)) == "interpretation.reading"


def test_a_signature_by_a_clock_that_is_ahead_counts_here_at_once(
    desk: Desk, process: Callable[..., Agreements]
) -> None:
    """What is signed when we look is signed, and is not forgotten in memory either."""
    ahead = Desk(desk.database, process(ahead=3), desk.people)
    ahead.agree(desk.propose("L10").interpretation_id)
    made = ahead.add("tax.return")
    ahead.sign(made.supplement_id)
    assert "C6.within" not in desk.now().unresolved
    assert "tax.return" in desk.now().permitted


def test_of_two_signatures_at_once_the_row_lets_one_through(desk: Desk) -> None:
    """Whoever read the old state and writes second changes nothing."""
    made = desk.propose("L10")
    late = replace(made, status="withdrawn")
    desk.agree(made.interpretation_id)
    written = desk.do(lambda conn: store.set_interpretation(conn, "larkspur", late, was="proposed"))
    assert not written
    added = desk.add("tax.return")
    desk.sign(added.supplement_id)
    again = desk.do(lambda conn: store.set_supplement(conn, "larkspur", added, was="proposed"))
    assert not again
    assert "tax.return" in desk.now().permitted


def test_an_unknown_writing_is_not_found(desk: Desk) -> None:
    """Ids are random; a wrong one, or another controller's, is none."""
    made = desk.propose("L10")
    assert code(lambda: desk.agree("0" * 32)) == "interpretation.unknown"
    assert code(lambda: desk.withdraw("0" * 32)) == "interpretation.unknown"
    ours = desk.people["ours"]
    desk.do(lambda conn: desk.agreements.open(conn, "finch", "Finch & Co", by=ours), "finch")
    elsewhere = code(lambda: desk.agree(made.interpretation_id, controller="finch"))
    assert elsewhere == "interpretation.unknown"


def test_another_process_sees_what_was_signed(
    desk: Desk, process: Callable[..., Agreements]
) -> None:
    """Its memory is dropped by the revision, not by luck."""
    elsewhere = Desk(desk.database, process(), desk.people)
    assert "C6.within" in elsewhere.now().unresolved
    desk.agree(desk.propose("L10").interpretation_id)
    assert "C6.within" not in elsewhere.now().unresolved


def test_what_was_in_force_before_a_signature_can_still_be_asked(desk: Desk, hands: Hands) -> None:
    """Yesterday the question was open, and it stays so for yesterday."""
    yesterday = hands.at
    hands.turn(days=1)
    desk.agree(desk.propose("L10").interpretation_id)
    then = desk.do(lambda conn: desk.agreements.in_force(conn, "larkspur", yesterday))
    assert "C6.within" in then.unresolved
    assert "C6.within" not in desk.now().unresolved


def test_a_supplement_adds_elements_when_both_have_signed(desk: Desk, journal: Journal) -> None:
    """Tax returns are not in the annex; two signatures put them there, and the ledger says who."""
    made = desk.add("tax.return", "health.payment", "tax.return")
    assert made.elements == ("health.payment", "tax.return")
    assert "tax.return" not in desk.now().permitted
    after = desk.sign(made.supplement_id)
    assert (after.signed_by_processor, after.signed_by_controller) == ("ours", "theirs")
    assert {"tax.return", "health.payment", "person.ssn"} <= desk.now().permitted
    assert journal.actions[-2:] == [
        "agreement:supplement:proposed",
        "agreement:supplement:agreed",
    ]
    assert journal.facts[-1]["elements"] == ("health.payment", "tax.return")


def test_a_supplement_needs_the_right_people(desk: Desk) -> None:
    """Theirs cannot begin it, ours cannot end it, nobody signs twice."""
    assert code(lambda: desk.add("tax.return", by="theirs")) == "signatory.side"
    assert code(lambda: desk.add("tax.return", by="nobody")) == "signatory.unknown"
    made = desk.add("tax.return")
    assert code(lambda: desk.sign(made.supplement_id, by="ours")) == "signatory.side"
    assert code(lambda: desk.sign(made.supplement_id, by="through-robot")) == "signatory.unknown"
    desk.sign(made.supplement_id)
    assert code(lambda: desk.sign(made.supplement_id)) == "writing.state"


@pytest.mark.parametrize(
    ("elements", "text"),
    [((), b"signed"), (("Tax Return",), b"signed"), (("tax.return",), b""), (("x.y",) * 1, b"")],
)
def test_a_supplement_must_name_its_elements_and_carry_its_text(
    desk: Desk, elements: tuple[str, ...], text: bytes
) -> None:
    """Without the signed bytes there is nothing to hash."""
    assert code(lambda: desk.add(*elements, text=text)) == "supplement.elements"


def test_an_unknown_supplement_is_not_found(desk: Desk) -> None:
    """A wrong id is none."""
    assert code(lambda: desk.sign("0" * 32)) == "supplement.unknown"
