"""Acts upon agreements, on a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

import pytest
import sqlalchemy as sa

from bailee.agreement import Agreement, Agreements, Version
from bailee.db import Database
from bailee.errors import Conflict, Failure, Gone, Invalid, NotFound, Refused

if TYPE_CHECKING:
    from tests.agreement.conftest import Hands, Journal, Who

T = TypeVar("T")
Process = Callable[..., Agreements]

START = datetime(2027, 1, 4, tzinfo=UTC)
NEXT = datetime(2027, 6, 1, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)


class Desk:
    """Short words for the acts of one process upon one controller."""

    def __init__(self, database: Database, agreements: Agreements, ours: Who) -> None:
        self.database, self.agreements, self.ours = database, agreements, ours

    def do(self, work: Callable[[sa.Connection], T], controller: str = "larkspur") -> T:
        return self.database.write(controller, work)

    def open(self, controller: str = "larkspur") -> str:
        return self.do(
            lambda conn: self.agreements.open(conn, controller, "A name", by=self.ours), controller
        )

    def install(
        self, text: bytes, effective: datetime = START, terms_id: str = "model-addendum"
    ) -> Version:
        return self.do(
            lambda conn: self.agreements.install(
                conn, "larkspur", text, terms_id=terms_id, effective=effective, by=self.ours
            )
        )

    def now(self, at: datetime | None = None, controller: str = "larkspur") -> Agreement:
        return self.do(lambda conn: self.agreements.in_force(conn, controller, at), controller)

    def versions(self, controller: str = "larkspur") -> tuple[Version, ...]:
        return self.do(lambda conn: self.agreements.versions(conn, controller), controller)

    def log_id(self) -> str:
        return self.do(lambda conn: self.agreements.log_id(conn, "larkspur"))

    def end(self, at: datetime) -> None:
        self.do(lambda conn: self.agreements.end(conn, "larkspur", at, by=self.ours))

    def expire(self) -> None:
        self.do(lambda conn: self.agreements.expire(conn, "larkspur", by=self.ours))

    def destroyed(self) -> None:
        self.do(lambda conn: self.agreements.destroyed(conn, "larkspur", by=self.ours))


@pytest.fixture
def closed(data_db: Database, agreements: Agreements, people: Mapping[str, Who]) -> Desk:
    """Return a desk without any controller."""
    return Desk(data_db, agreements, people["ours"])


@pytest.fixture
def desk(closed: Desk) -> Desk:
    """Return a desk with one controller and no text."""
    closed.open()
    return closed


def code(work: Callable[[], object]) -> str:
    """Return the code of the failure that a piece of work ends in."""
    with pytest.raises(Failure) as caught:
        work()
    return caught.value.code


def test_a_controller_is_opened_once_under_an_opaque_name(desk: Desk, journal: Journal) -> None:
    """Its logs are named by a random id that says nothing of it; the act is recorded."""
    assert len(desk.log_id()) == 32
    assert "larkspur" not in desk.log_id()
    assert code(desk.open) == "controller.exists"
    assert journal.actions == ["agreement:controller:opened"]
    assert journal.facts[0]["actor"]["principal_id"] == "ours"


@pytest.mark.parametrize("name", ["", "Larkspur", "a b", "-a", "x" * 64, "../x"])
def test_a_controller_needs_a_plain_id(closed: Desk, name: str) -> None:
    """Ids become parts of addresses and keys; nothing else than letters, digits, hyphens."""
    with pytest.raises(Invalid):
        closed.open(name)


def test_nothing_is_known_of_an_unknown_controller(closed: Desk, model_text: bytes) -> None:
    """Every question about it is answered alike."""
    asked: list[Callable[[], object]] = [
        closed.now,
        closed.versions,
        closed.log_id,
        closed.destroyed,
        lambda: closed.install(model_text),
    ]
    assert {code(work) for work in asked} == {"controller.unknown"}


def test_an_installed_text_is_in_force(desk: Desk, journal: Journal, model_text: bytes) -> None:
    """It permits its annex, and its entry names the hash, the terms and the day."""
    version = desk.install(model_text)
    assert desk.now().version_id == version.version_id
    assert "person.ssn" in desk.now().permitted
    fact = journal.facts[-1]
    assert fact["action"] == "agreement:version:installed"
    assert fact["agreement"] == version.version_id
    assert fact["detail"] == {
        "text_sha256": version.text_sha256,
        "terms": "model-addendum",
        "effective": "2027-01-04t00:00:00.000z",
    }


def test_a_text_that_does_not_compile_is_refused(desk: Desk) -> None:
    """Bytes that are no contract change nothing."""
    with pytest.raises(Invalid):
        desk.install(b"\xff\xfe\x00")
    assert desk.versions() == ()


def test_unknown_terms_are_refused(desk: Desk, model_text: bytes) -> None:
    """A text without terms cannot be enforced."""
    with pytest.raises(NotFound) as caught:
        desk.install(model_text, terms_id="nothing")
    assert caught.value.code == "terms.unknown"


def test_a_text_whose_terms_break_is_installed_and_shown(desk: Desk, model_text: bytes) -> None:
    """The changed duty is unresolved, everything else stands."""
    desk.install(model_text.replace(b"identities are refused.", b"identities are rare."))
    assert desk.now().unresolved == {"C5.2"}


def test_key_backups_that_outlive_the_promise_are_refused(
    desk: Desk, process: Process, model_text: bytes
) -> None:
    """The model destroys within thirty days: thirty days of key backups pass, one more does not."""
    desk.agreements = process(horizon_days=31)
    with pytest.raises(Refused) as caught:
        desk.install(model_text)
    assert caught.value.code == "agreement.horizon"
    desk.agreements = process(horizon_days=30)
    assert desk.install(model_text).effective_from == START


def test_versions_take_over_on_their_dates(desk: Desk, hands: Hands, model_text: bytes) -> None:
    """Before the first there is none; each later one begins where the former ends."""
    first = desk.install(model_text)
    second = desk.install(model_text + b"\n17.9 Guests. Guests sign in.\n", NEXT)
    assert code(lambda: desk.now(START - MOMENT)) == "agreement.none"
    assert desk.now(START).version_id == first.version_id
    assert desk.now(NEXT - MOMENT).version_id == first.version_id
    assert desk.now(NEXT).version_id == second.version_id
    assert desk.now().version_id == first.version_id
    hands.at = NEXT
    assert desk.now().version_id == second.version_id
    assert [(one.version_id, one.effective_until) for one in desk.versions()] == [
        (first.version_id, NEXT),
        (second.version_id, None),
    ]


def test_a_text_signed_late_takes_its_place_between_two(desk: Desk, model_text: bytes) -> None:
    """Its date lies in the past, its creation does not: the back-dating stays visible."""
    desk.install(model_text)
    desk.install(model_text, NEXT)
    between = datetime(2027, 2, 1, tzinfo=UTC)
    late = desk.install(model_text, between)
    assert late.effective_until == NEXT
    assert late.created > late.effective_from
    assert desk.now(between).version_id == late.version_id
    assert desk.now(between - MOMENT).version_id != late.version_id


def test_two_texts_cannot_begin_together(desk: Desk, model_text: bytes) -> None:
    """Which one stands would be chance."""
    desk.install(model_text)
    with pytest.raises(Conflict) as caught:
        desk.install(model_text)
    assert caught.value.code == "agreement.same_date"


def test_what_is_in_force_is_kept_in_memory_until_it_changes(
    desk: Desk, process: Process, people: Mapping[str, Who], model_text: bytes
) -> None:
    """The same value is handed out again, and dropped when another process installs a text."""
    desk.install(model_text)
    assert desk.now() is desk.now()
    elsewhere = Desk(desk.database, process(), people["ours"])
    newer = elsewhere.install(model_text, datetime(2027, 2, 1, tzinfo=UTC))
    assert desk.now().version_id == newer.version_id


def test_duties_survive_the_end_and_end_with_the_data(
    desk: Desk,
    hands: Hands,
    *,
    journal: Journal,
    model_text: bytes,
    process: Process,
    people: Mapping[str, Who],
) -> None:
    """After the end the agreement stands as surviving; after destruction only its past does."""
    desk.install(model_text)
    desk.end(hands.at + timedelta(days=1))
    assert not desk.now().surviving
    hands.turn(days=2)
    assert desk.now().surviving
    assert code(lambda: desk.install(model_text, NEXT)) == "controller.state"
    assert code(desk.destroyed) == "controller.state"
    desk.expire()
    hands.turn(days=-3)  # and the process starts again: a clock that was set back undoes nothing
    assert Desk(desk.database, process(), people["ours"]).now().surviving
    hands.turn(days=3)
    desk.destroyed()
    with pytest.raises(Gone):
        desk.now()
    assert not desk.now(START).surviving
    assert journal.actions[-3:] == [
        f"agreement:controller:{became}" for became in ("ended", "expired", "destroyed")
    ]


def test_nothing_is_destroyed_before_the_end(desk: Desk) -> None:
    """An active controller cannot be called destroyed."""
    assert code(desk.destroyed) == "controller.state"


def test_a_failed_act_leaves_neither_change_nor_entry(
    desk: Desk, process: Process, model_text: bytes
) -> None:
    """If the ledger cannot record the installation, there is no installation."""

    def full(_conn: sa.Connection, _fact: object) -> None:
        raise Conflict("ledger.full", "No more.")

    desk.agreements = process(record=full)
    assert code(lambda: desk.install(model_text)) == "ledger.full"
    assert desk.versions() == ()


def test_what_was_undone_is_in_force_for_nobody(desk: Desk, model_text: bytes) -> None:
    """A text that was looked at and undone is forgotten, also after another one took its place."""
    other = model_text + b"\n"

    def undone(conn: sa.Connection) -> None:
        desk.agreements.install(
            conn, "larkspur", other, terms_id="model-addendum", effective=START, by=desk.ours
        )
        seen = desk.agreements.in_force(conn, "larkspur")
        assert seen.version.text_sha256 == sha256(other).hexdigest()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        desk.do(undone)
    assert code(desk.now) == "agreement.none"
    desk.install(model_text)
    assert desk.now().version.text_sha256 == sha256(model_text).hexdigest()


def test_controllers_do_not_see_each_other(desk: Desk, model_text: bytes) -> None:
    """A text installed for one is none of the other's."""
    desk.open("finch")
    desk.install(model_text)
    assert desk.versions("finch") == ()
    assert code(lambda: desk.now(controller="finch")) == "agreement.none"
