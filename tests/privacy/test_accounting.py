"""Rules of the accounting of disclosures, by hand (45 CFR 164.528; A4, B3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bailee.errors import Broken, Conflict, Invalid, Refused
from bailee.ledger import Touched
from bailee.ledger.opening import read_opening, write_opening
from bailee.privacy.accounting import (
    Recipient,
    Seen,
    account,
    check_window,
    leads,
    recipient,
    seen,
    six_years_before,
    suspend,
)
from bailee.privacy.accounting_paper import address, paper
from bailee.privacy.suspension import Suspension, check_suspension, step

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
DAY = timedelta(days=1)
COURT = Recipient("c2", "third-party", "The court", "", "", "order 3", "b" * 64)
SHOP = Recipient("c1", "third-party", "Larkspur", "4 Larch Row", "US", "letter 9", "a" * 64)
KNOWN = {"c1": SHOP, "c2": COURT}


def call(entry: str, disclosure: str, time: str, *consents: str, records: str = "r1") -> Seen:
    """Return a call that disclosed names."""
    return Seen(
        disclosure, "", time, entry, "payment", ("person.name",), frozenset(records.split()),
        consents,
    )  # fmt: skip


def suspension(**changed: Any) -> Suspension:
    """Return a confirmed written statement about the court."""
    values: dict[str, Any] = {
        "suspension_id": "s", "controller": "acme", "agency": "The court", "official": "R. Quill",
        "reference": "letter", "text_sha256": "f" * 64, "consents": ("c2",), "subject_id": "",
        "since": NOW - DAY, "until": NOW + 60 * DAY, "recorded": NOW, "recorded_by": "a",
        "state": "confirmed",
    }  # fmt: skip
    return Suspension(**(values | changed))


def test_six_years_are_six_years() -> None:
    """To the day; from a leap day to the last of February."""
    assert six_years_before(NOW) == datetime(2020, 11, 30, 9, tzinfo=UTC)
    assert six_years_before(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2022, 2, 28, tzinfo=UTC)
    with pytest.raises(Invalid):
        check_window(NOW, NOW)


def entry(action: str, detail: dict[str, Any], records: list[Touched], **words: str) -> Any:
    """Return an entry's fields and its opening."""
    commitments, packed = write_opening(({"principal_id": "p"}, words), records, b"s" * 32)
    fields = {
        "id": "e1", "time": "2026-11-30T09:00:00.000Z", "action": action, "purpose": "payment",
        "elements": ["person.ssn:last4"], "detail": detail, "commitments": commitments,
    }  # fmt: skip
    return fields, read_opening(packed)


def test_an_opening_says_what_was_disclosed_of_whom() -> None:
    """Two records of one person in one call; the mask is named as it was shown."""
    lines = [Touched("r1", "ann", ("person.ssn",)), Touched("r2", "ann", ("person.ssn",)),
             Touched("r3", "bo", ("person.ssn",))]  # fmt: skip
    fields, opening = entry("vault:record:revealed", {"disclosure": "d1"}, lines, consents="c1 c2")
    ann = seen(fields, opening, "ann")

    assert leads(fields, opening) == ("subject", frozenset(("ann", "bo")))
    assert ann is not None
    assert ann.elements == ("person.ssn:last4",)
    assert ann.records == {"r1", "r2"}
    assert ann.consents == ("c1", "c2")
    assert seen(fields, opening, "cy") is None
    inside, opened = entry("vault:record:revealed", {}, lines)
    assert leads(inside, opened) == ("", frozenset())  # a reading here is no disclosure
    assert leads(fields, None) == ("", frozenset())


def test_an_opening_of_another_entry_is_refused() -> None:
    """What the entry did not commit to is never told."""
    fields, _ = entry("vault:record:revealed", {"disclosure": "d"}, [], consents="c1")
    _, other = entry("vault:record:revealed", {"disclosure": "d"}, [Touched("r", "ann", ())])
    with pytest.raises(Broken):
        seen(fields, other, "ann")
    with pytest.raises(Broken):
        recipient(fields, other)


def test_calls_of_one_disclosure_are_one_line() -> None:
    """First and last date, the number, distinct records; a line twice in the index counts once."""
    calls = [
        call("e2", "d1", "2026-11-02T10:00:00Z", "c1", records="r1 r2"),
        call("e1", "d1", "2026-11-01T10:00:00Z", "c1"),
        call("e3", "d2", "2026-10-01T10:00:00Z", "c1", "c2"),
        call("e1", "d1", "2026-11-01T10:00:00Z", "c1"),
    ]
    early, late = account(calls, KNOWN)

    assert (early.disclosure, early.times, early.recipients) == ("d2", 1, (SHOP, COURT))
    assert (late.first[:10], late.last[:10], late.times) == ("2026-11-01", "2026-11-02", 2)
    assert (late.records, late.entries) == (2, ("e1", "e2"))
    for wrong in (call("e", "d", "t"), call("e", "d", "t", "c9")):
        with pytest.raises(Broken):
            account([wrong], KNOWN)


def test_a_suspension_takes_out_its_own_recipient_alone() -> None:
    """Of a line for two the other stays; a line for the court alone goes; both are counted."""
    lines = account(
        [
            call("e1", "d1", "1", "c1", "c2"),
            call("e2", "d2", "2", "c2"),
            call("e3", "d3", "3", "c1"),
        ],
        KNOWN,
    )
    told, left_out = suspend(lines, [suspension()], "ann", NOW)

    assert [(one.disclosure, one.recipients) for one in told] == [("d1", (SHOP,)), ("d3", (SHOP,))]
    assert left_out == 2
    for over in (
        suspension(until=NOW),
        suspension(state="lifted"),
        suspension(subject_id="bo"),
        suspension(consents=("c3",)),
    ):
        assert suspend(lines, [over], "ann", NOW) == (lines, 0)
    with pytest.raises(Refused):
        suspend(lines, [suspension(state="recorded")], "ann", NOW)
    assert suspend(lines[2:], [suspension(state="recorded")], "ann", NOW) == (lines[2:], 0)


def test_what_a_statement_must_say() -> None:
    """Spoken thirty days, written as long as it says; by somebody, about something, and ending."""
    spoken = suspension(text_sha256="", since=NOW - DAY, until=NOW + 29 * DAY)
    check_suspension(spoken, NOW)
    check_suspension(suspension(until=NOW + 2000 * DAY), NOW)
    for wrong, code in (
        (replace(spoken, until=NOW + 29 * DAY + timedelta(seconds=1)), "suspension.until"),
        (suspension(until=NOW), "suspension.until"),
        (suspension(since=NOW + DAY), "suspension.until"),
        (suspension(until=NOW + 2200 * DAY), "suspension.until"),
        (suspension(agency=""), "suspension.text"),
        (suspension(official="a\nb"), "suspension.text"),
        (suspension(text_sha256="F" * 64), "suspension.text"),
        (suspension(consents=()), "suspension.consents"),
        (suspension(consents=tuple(map(str, range(101)))), "suspension.consents"),
    ):
        with pytest.raises(Invalid) as told:
            check_suspension(wrong, NOW)
        assert told.value.code == code


def test_the_states_of_a_suspension() -> None:
    """Confirmed once, lifted once; what ended takes nothing more."""
    recorded = suspension(state="recorded")
    assert step(recorded, "confirm", NOW) == "confirmed"
    assert step(recorded, "lift", NOW) == step(suspension(), "lift", NOW) == "lifted"
    for one, event in (
        (suspension(), "confirm"), (suspension(state="lifted"), "lift"),
        (suspension(state="lifted"), "confirm"), (suspension(until=NOW), "lift"),
        (suspension(state="recorded", until=NOW), "confirm"), (recorded, "expire"),
    ):  # fmt: skip
        with pytest.raises(Conflict):
            step(one, event, NOW)


def test_the_paper_has_the_four_things() -> None:
    """Date, recipient and address, what, and purpose with the writing; the person is a blank."""
    lines = account([call("e1", "d1", "2026-11-01T10:00:00Z", "c1")], KNOWN)
    made = paper("Acme", lines, (NOW - 30 * DAY, NOW))
    head, one = made.sections

    assert [(line.what, line.says) for line in one.lines] == [
        ("Date", "2026-11-01"),
        ("Recipient", "Larkspur"),
        ("Address", "4 Larch Row, US"),
        ("What", "person.name (1 record)"),
        ("Purpose", "payment"),
        ("Request or consent", f"letter 9 (SHA-256 {'a' * 64})"),
    ]
    assert [gap.what for gap in made.blanks] == ["Person"]
    assert [line.says for line in head.lines[1:]] == ["2026-10-31", "2026-11-30", "1"]
    assert address(COURT) == "not known"
