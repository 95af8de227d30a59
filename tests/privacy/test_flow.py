"""Rules of transfers, by hand: what a flow rests on, by the day (C7.3(3), C7.3(4); B9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bailee.errors import Broken, Failure
from bailee.privacy import adequacy
from bailee.privacy.adequacy import load_adequacy, read_adequacy
from bailee.privacy.assertion import Assertion, Said, check_said, standing
from bailee.privacy.flow import Flow, Ground, Verdict, Wanted, check_wanted, judge
from bailee.vault import schema

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def flow(**changed: Any) -> Flow:
    """Return a confirmed flow under the standard clauses."""
    values: dict[str, Any] = {
        "sender": "controller", "receiver_kind": "recipient", "receiver": "Larkspur",
        "country": "IN", "regime": "eu", "elements": ("person.*",), "mechanism": "scc-2021-914",
        "since": NOW - DAY, "until": NOW + 60 * DAY, "reference": "contract 12",
        "text_sha256": "0" * 64, "flow_id": "f", "controller": "acme", "created": NOW,
        "recorded_by": "a", "state": "confirmed", "confirmed_by": "b",
    }  # fmt: skip
    return Flow(**(values | changed))


def said(what: str, until: datetime = NOW + 30 * DAY, **changed: Any) -> Assertion:
    """Return a statement about the flow."""
    values: dict[str, Any] = {
        "subject": f"{what}:f", "text": "So.", "until": until, "assertion_id": "1",
        "controller": "acme", "side": "processor", "signed_by": "a", "signed": NOW - DAY,
    }  # fmt: skip
    return Assertion(**(values | changed))


def judged(
    one: Flow, *spoken: Assertion, now: datetime = NOW, revoked: tuple[str, ...] = ()
) -> Verdict:
    """Judge a flow by what people stated, at a time."""
    return judge(one, Ground(load_adequacy(), revoked, standing(spoken, now), now))


@pytest.mark.parametrize(
    ("changed", "spoken", "holds"),
    [
        ({}, (), False),
        ({}, ("clause-14",), True),
        ({"state": "recorded"}, ("clause-14",), False),
        ({"since": NOW + DAY}, ("clause-14",), False),
        ({"until": NOW}, ("clause-14",), False),
        ({"country": "DE", "mechanism": "none"}, (), True),
        ({"country": "IN", "mechanism": "none"}, (), False),
        ({"country": "US", "mechanism": "adequacy"}, ("source",), False),  # for nobody as such
        ({"country": "US", "mechanism": "dpf"}, (), False),
        ({"country": "US", "mechanism": "dpf"}, ("clause-14",), False),
        ({"country": "US", "mechanism": "dpf"}, ("certification",), True),
        ({"country": "IN", "mechanism": "dpf"}, ("certification",), False),
        ({"country": "CA", "mechanism": "adequacy"}, (), False),
        ({"country": "CA", "mechanism": "adequacy"}, ("source",), True),
        ({"regime": "uk", "mechanism": "uk-addendum"}, ("clause-14",), True),
        ({"regime": "uk", "country": "GB", "mechanism": "none"}, (), True),
        ({"regime": "uk", "country": "DE", "mechanism": "none"}, (), False),
        ({"regime": "ch", "country": "US", "mechanism": "dpf"}, ("certification",), True),
        ({"mechanism": "derogation-49"}, ("derogation",), True),
        ({"mechanism": "derogation-49"}, (), False),
    ],
)
def test_a_flow_rests_on_what_its_mechanism_takes(
    changed: dict[str, Any], spoken: tuple[str, ...], *, holds: bool
) -> None:
    """Each mechanism takes its own statement, in a country and a regime that know it."""
    assert judged(flow(**changed), *map(said, spoken)).holds is holds


def test_it_holds_until_the_first_of_its_ends() -> None:
    """Flow, decision and statement each end; the earliest counts, by hand."""
    british = flow(country="GB", mechanism="adequacy", until=datetime(2031, 11, 1, tzinfo=UTC))
    assert judged(british, said("source")).until == NOW + 30 * DAY
    late = datetime(2031, 12, 20, tzinfo=UTC)
    one = replace(british, until=datetime(2032, 2, 1, tzinfo=UTC), since=late - DAY)
    assert judged(one, said("source", late + 60 * DAY, signed=late), now=late).until == datetime(
        2031, 12, 28, tzinfo=UTC
    )
    after = datetime(2031, 12, 28, 1, tzinfo=UTC)
    verdict = judged(one, said("source", late + 60 * DAY, signed=late), now=after)
    assert (verdict.holds, "not in force since 2031-12-27" in verdict.why) == (False, True)


def test_a_revoked_decision_carries_nothing() -> None:
    """A named person's revocation stands against every certification."""
    one = flow(country="US", mechanism="dpf")
    assert not judged(one, said("certification"), revoked=("eu-us-dpf",)).holds
    assert judged(one, said("certification"), revoked=("eu-brazil",)).holds


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"mechanism": "privacy-shield"}, "transfer.invalid_mechanism"),
        ({"mechanism": "safe-harbor"}, "transfer.invalid_mechanism"),
        ({"mechanism": "uk-addendum"}, "transfer.mechanism"),
        ({"mechanism": "scc-2010-87"}, "transfer.mechanism"),
        ({"country": "India"}, "transfer.country"),
        ({"regime": "us"}, "transfer.country"),
        ({"receiver": " "}, "transfer.parties"),
        ({"receiver": "a\nb"}, "transfer.parties"),
        ({"elements": ()}, "transfer.elements"),
        ({"elements": ("person.colour",)}, "transfer.elements"),
        ({"reference": ""}, "transfer.writing"),
        ({"text_sha256": "xyz"}, "transfer.writing"),
        ({"until": NOW}, "transfer.until"),
        ({"until": NOW + 3660 * DAY}, "transfer.until"),
        ({}, ""),
    ],
)
def test_a_flow_says_all_of_it(changed: dict[str, Any], code: str) -> None:
    """What is missing, or belongs to another law, is refused; a dead framework by its date."""
    values = {
        "sender": "controller", "receiver_kind": "recipient", "receiver": "Larkspur",
        "country": "IN", "regime": "eu", "elements": ("*",), "mechanism": "scc-2021-914",
        "since": NOW - DAY, "until": NOW + 60 * DAY, "reference": "contract 12",
        "text_sha256": "0" * 64,
    }  # fmt: skip
    found = ""
    try:
        check_wanted(Wanted(**(values | changed)), schema(), NOW)  # type: ignore[arg-type]
    except Failure as failure:
        found = failure.code
    assert found == code


def test_the_table_has_what_its_sources_say() -> None:
    """Dates as published: the shield's and harbour's ends, the framework's start, the UK's end."""
    table = {one.id: one for one in load_adequacy().entry}
    assert table["eu-privacy-shield"].until == date(2020, 7, 16)
    assert table["eu-safe-harbour"].until == date(2015, 10, 6)
    assert table["eu-us-dpf"].since == date(2023, 7, 10)
    assert table["eu-us-dpf"].status == "challenged"
    assert table["eu-united-kingdom"].until == date(2031, 12, 27)
    assert table["eu-brazil"].since == date(2026, 1, 26)
    assert [one.id for one in table.values() if one.checked == "primary"] == ["eu-us-dpf"]
    assert len(load_adequacy().inside["eu"]) == 30  # 27 members of the Union, and three


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('status = "challenged"', 'status = "fine"', 1),
        lambda text: text.replace('id = "eu-brazil"', 'id = "eu-canada"', 1),
        lambda text: text.replace('name = "Brazil"', 'title = "Brazil"', 1),
        lambda text: text + "[[",
    ],
)
def test_a_spoiled_table_is_not_read(spoil: Any) -> None:
    """A word that nobody knows, an id twice, a line of another form stop the table."""
    text = (Path(adequacy.__file__).parent / "adequacy.toml").read_text("utf-8")
    with pytest.raises(Broken):
        read_adequacy(spoil(text))


def test_the_newest_statement_counts_and_each_ends() -> None:
    """An older word gives way, a withdrawn one counts nothing, a revocation alone does not end."""
    old = said("clause-14", assertion_id="1", signed=NOW - 2 * DAY, text="old")
    new = said("clause-14", assertion_id="2", signed=NOW - DAY, text="new")
    assert standing((new, old), NOW)["clause-14:f"].text == "new"
    gone = replace(new, state="withdrawn")
    assert standing((gone, old), NOW)["clause-14:f"].text == "old"
    assert standing((old,), NOW + 31 * DAY) == {}
    revoked = said("revoked", subject="revoked:eu-us-dpf", until=NOW + DAY)
    assert list(standing((revoked,), NOW + 4000 * DAY)) == ["revoked:eu-us-dpf"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"subject": "Exporter Address"}, "assertion.subject"),
        ({"text": " "}, "assertion.text"),
        ({"text": "a\x00b"}, "assertion.text"),
        ({"text": "x" * 4001}, "assertion.text"),
        ({"text": "two\nlines"}, ""),
        ({"reference": "two\nlines"}, "assertion.text"),
        ({"until": NOW}, "assertion.until"),
        ({"until": NOW + 367 * DAY}, "assertion.until"),
    ],
)
def test_a_statement_has_words_and_an_end(changed: dict[str, Any], code: str) -> None:
    """A year at the longest, and nothing in it but text."""
    values: dict[str, Any] = {"subject": "exporter.address", "text": "So.", "until": NOW + DAY}
    found = ""
    try:
        check_said(Said(**(values | changed)), NOW)
    except Failure as failure:
        found = failure.code
    assert found == code
