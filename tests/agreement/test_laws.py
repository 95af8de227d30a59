"""The register of laws: who may write in it, and what then counts (C7.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import pytest
import sqlalchemy as sa

from bailee.agreement import Agreements, law_store, load_terms, strictest
from bailee.agreement.law import Comparison, as_compared, digest, freshness
from bailee.agreement.laws import LawReading
from bailee.db import Database
from bailee.errors import Failure

if TYPE_CHECKING:
    from tests.agreement.conftest import Hands, Journal, Who

T = TypeVar("T")
TODAY = date(2027, 3, 1)  # the day of the clock's hands


class Register:
    """One controller's register, and short words for acts upon it."""

    def __init__(
        self, database: Database, agreements: Agreements, people: Mapping[str, Who]
    ) -> None:
        self.database, self.agreements, self.people = database, agreements, people
        self.laws = agreements.laws

    def do(self, work: Callable[[sa.Connection], T], controller: str = "larkspur") -> T:
        return self.database.write(controller, work)

    def add(self, law: str, since: date = TODAY, by: str = "ours", **more: Any) -> Any:
        return self.do(
            lambda conn: self.laws.register(
                conn,
                more.get("at", "larkspur"),
                law,
                since=since,
                reason="Because.",
                by=self.people[by],
            )
        )

    def end(self, law: str, until: date, by: str = "theirs") -> Any:
        who = self.people[by]
        return self.do(
            lambda conn: self.laws.end(conn, "larkspur", law, until=until, reason="Gone.", by=who)
        )

    def compare(self, law: str, *lines: str, day: date = TODAY) -> Comparison:
        reading = LawReading(law, "the text of today", "folder 7", day, lines)
        who = self.people["ours"]
        return self.do(lambda conn: self.laws.compare(conn, "larkspur", reading, by=who))

    def names(self, day: date | None = None) -> list[str]:
        found = self.do(lambda conn: self.laws.sources(conn, "larkspur", day))
        return [terms.id for terms in found]


@pytest.fixture
def register(data_db: Database, agreements: Agreements, people: Mapping[str, Who]) -> Register:
    """Return the register of a controller that was opened."""
    made = Register(data_db, agreements, people)
    made.do(lambda conn: agreements.open(conn, "larkspur", "Larkspur", by=people["ours"]))
    return made


def code(work: Callable[[], object]) -> str:
    """Return the code with which something is refused."""
    with pytest.raises(Failure) as caught:
        work()
    return caught.value.code


def test_a_law_applies_from_its_day_to_its_end(
    register: Register, journal: Journal, hands: Hands
) -> None:
    """Registered back to January, ended for tomorrow: each day has its own answer, all on record.

    The registration's own time shows that it was dated back; nothing of the reason is recorded.
    """
    made = register.add("gdpr", date(2027, 1, 1))
    assert made.dated_back
    register.add("hipaa", date(2027, 6, 1))
    assert register.names() == ["gdpr"]
    assert register.names(date(2026, 12, 31)) == []
    assert register.names(date(2027, 6, 1)) == ["gdpr", "hipaa"]
    register.end("gdpr", date(2027, 3, 2))
    assert register.names() == ["gdpr"]
    hands.turn(days=1)
    assert register.names() == []
    assert register.names(date(2027, 1, 1)) == ["gdpr"]
    register.add("gdpr", date(2027, 3, 2))
    assert register.names() == ["gdpr"]
    told = [(fact["action"], fact["detail"]) for fact in journal.facts[1:]]
    assert told == [
        ("agreement:law:registered", {"law": "gdpr", "since": "2027-01-01"}),
        ("agreement:law:registered", {"law": "hipaa", "since": "2027-06-01"}),
        ("agreement:law:ended", {"law": "gdpr", "until": "2027-03-02"}),
        ("agreement:law:registered", {"law": "gdpr", "since": "2027-03-02"}),
    ]


def test_nothing_is_registered_twice_or_ended_in_the_past(register: Register) -> None:
    """A double click, an overlap, an end of yesterday, an end before the beginning: refused."""
    register.add("gdpr", date(2027, 1, 1))
    assert code(lambda: register.add("gdpr")) == "law.registered"
    assert code(lambda: register.add("gdpr", date(2026, 1, 1))) == "law.registered"
    assert code(lambda: register.end("gdpr", date(2027, 2, 28))) == "law.ended_back"
    assert code(lambda: register.end("hipaa", TODAY)) == "law.not_registered"
    register.end("gdpr", TODAY)
    assert code(lambda: register.end("gdpr", TODAY)) == "law.not_registered"
    assert code(lambda: register.add("gdpr", date(2027, 2, 1))) == "law.registered"
    register.add("nacha", TODAY)
    assert code(lambda: register.end("nacha", TODAY)) == "law.ended_back"


@pytest.mark.parametrize(
    ("law", "at"),
    [("bill-2022-10-11", "larkspur"), ("../gdpr", "larkspur"), ("", "larkspur"), ("gdpr", "other")],
)
def test_an_unknown_law_or_controller_is_not_found(register: Register, law: str, at: str) -> None:
    """An agreement's terms are no law; a path finds nothing; another controller is unknown."""
    wanted = "law.unknown" if at == "larkspur" else "controller.unknown"
    assert code(lambda: register.add(law, at=at)) == wanted


@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        ("ours", "signatory.side"),
        ("nobody", "signatory.unknown"),
        ("robot", "signatory.unknown"),
        ("through-robot", "signatory.unknown"),
    ],
)
def test_only_the_controller_ends_a_law_in_person(
    register: Register, journal: Journal, who: str, wanted: str
) -> None:
    """Ending makes our duties laxer: nobody of ours does it, and no program for anybody."""
    register.add("gdpr")
    before = len(journal.facts)
    assert code(lambda: register.end("gdpr", date(2027, 3, 2), by=who)) == wanted
    assert register.names(date(2028, 1, 1)) == ["gdpr"]
    assert len(journal.facts) == before


def test_a_comparison_lets_lines_count_and_takes_none_away(register: Register) -> None:
    """HIPAA's record period was never read: no number, then six years; other lines as before."""
    register.add("hipaa")
    line = "hipaa:164.530(j)"
    assert _states(register)["records.retention"] == ["unresolved: source"]
    before = _states(register)
    made = register.compare("hipaa", line)
    assert list(made.lines) == [line]
    assert _states(register) == before | {"records.retention": ["counts"]}


def test_a_comparison_outlives_the_edition_that_was_shipped(register: Register) -> None:
    """CCPA was read in the text of 2024; a person reads today's, and the vague duty is one again.

    Until then the line is unresolved, for its edition ended in 2025.
    """
    register.add("ccpa")
    assert _states(register)["law.unable"] == ["unresolved: source"]
    register.compare("ccpa")
    assert _states(register)["law.unable"] == ["vague"]
    assert _states(register)["request.answer"] == ["not ours"]


@pytest.mark.parametrize(
    ("lines", "day", "wanted"),
    [
        (("gdpr:33(2)",), TODAY, "law.lines"),
        (("hipaa:164.410", "hipaa:999"), TODAY, "law.lines"),
        (("hipaa:164.410",), date(2027, 3, 2), "law.compared_day"),
        (("hipaa:164.410",), date(2017, 2, 27), "law.compared_day"),
    ],
)
def test_a_comparison_is_of_this_law_and_has_happened(
    register: Register, lines: tuple[str, ...], day: date, wanted: str
) -> None:
    """Lines of another law, lines that are not there, a day to come, one of long ago: refused."""
    assert code(lambda: register.compare("hipaa", *lines, day=day)) == wanted


def _states(register: Register) -> dict[str, list[str]]:
    found = register.do(lambda conn: register.laws.sources(conn, "larkspur"))
    joined = strictest(found, TODAY)
    return {name: [claim.state for claim in one.claims] for name, one in joined.items()}


def test_a_law_is_as_fresh_as_its_oldest_line() -> None:
    """GDPR was shipped with one line never read; compared alone, the rest is still of June 2026."""
    terms, unread = load_terms("gdpr"), "gdpr:28(3).infringing"
    found = freshness(terms, (), TODAY)
    assert (found.oldest, found.unread) == (None, (unread,))
    at = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
    said = {line.id: digest(line) for line in terms.obligations}
    alone = {unread: said[unread]}
    one = Comparison("c1", "gdpr", "today's", "folder 7", alone, TODAY, at, "ours")
    assert freshness(terms, [one], TODAY).oldest == date(2026, 6, 30)
    every = replace(one, lines=said)
    assert freshness(terms, [one, every], TODAY).oldest == TODAY
    other = replace(every, law="hipaa")
    assert freshness(terms, [other], TODAY).unread == (unread,)


def test_a_comparison_is_of_what_a_line_said(register: Register) -> None:
    """A later release says five years where somebody signed for six: the line is unread again."""
    terms, name = load_terms("hipaa"), "hipaa:164.530(j)"
    made = register.compare("hipaa", name)
    lines = tuple(
        msgspec.structs.replace(one, quantity=5) if one.id == name else one
        for one in terms.obligations
    )
    later = msgspec.structs.replace(terms, obligations=lines)
    proofs = [
        one.proof
        for source in (terms, later)
        for one in as_compared(source, [made]).obligations
        if one.id == name
    ]
    assert proofs == ["compared", "none"]
    assert name in freshness(later, [made], TODAY).unread


def test_what_people_wrote_goes_with_the_controller(register: Register) -> None:
    """At the end of a controller days and names of laws stay, reasons do not (C6)."""
    register.add("gdpr")
    register.do(lambda conn: law_store.forget_reasons(conn, "larkspur"))
    (kept,) = register.do(lambda conn: register.laws.all(conn, "larkspur"))
    assert (kept.law, kept.reason) == ("gdpr", "")


def test_a_law_without_lines_of_ours_is_as_fresh_as_its_last_reading() -> None:
    """New York's rule binds the entity alone and was never read; once somebody did, it is fresh."""
    terms = load_terms("ny-23-nycrr-500")
    assert freshness(terms, (), TODAY) == freshness(terms, (), date(2020, 1, 1))
    assert freshness(terms, (), TODAY).oldest is None
    at = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
    lines = {line.id: digest(line) for line in terms.obligations[1:]}
    one = Comparison("c1", terms.id, "today's", "7", lines, date(2027, 2, 1), at, "ours")
    assert freshness(terms, [one], TODAY).oldest == date(2027, 2, 1)


def test_an_expired_edition_is_unread_whatever_its_date(register: Register) -> None:
    """On 31 December 2025 CCPA's lines were read in the text in force; a day later in none."""
    terms = load_terms("ccpa")
    never_read = {"ccpa:1798.100(d)(4)"}
    assert set(freshness(terms, (), date(2025, 12, 31)).unread) == never_read
    assert "ccpa:7050(a)" in freshness(terms, (), date(2026, 1, 1)).unread
    assert register.names() == []
