"""What controls say of the auditor's way in, from the notice to the last day (C5.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bailee.app import store
from bailee.app.canary import CONTROLLER as RESERVED
from bailee.app.controls import CONTROLS
from bailee.assurance.tables import engagement
from tests.journeys.test_audits import ask, at, let_in, threat
from tests.journeys.world import ACME, World, code_of

ORDINARY, IMMEDIATE = "audit-access", "audit-immediate"
ALONE = pytest.mark.parametrize("own_house", ["sqlite"], indirect=True)
"""On one engine: the SQL of it is tried by the others."""


def looked(house: World, control: str) -> tuple[str, list[str]]:
    """Let a control look; return its result and findings."""
    seen = house.house.observe(ACME, CONTROLS[control])
    return seen.result, list(seen.findings)


def due(house: World) -> set[str]:
    """Return which of the two would look again by themselves."""
    return {one.slug for one in house.house._due(ACME)} & {ORDINARY, IMMEDIATE}


def test_a_notice_waits_for_an_answer_and_not_longer(own_house: World) -> None:
    """Unanswered it is due at once, answered it operates; a decline without a reason is none."""
    let_in(own_house, "nora")
    assert looked(own_house, ORDINARY) == looked(own_house, IMMEDIATE) == ("passed", [])
    assert due(own_house) == set()
    item = ask(own_house, since=at(own_house, 15)).engagement
    assert due(own_house) == {ORDINARY}
    assert looked(own_house, ORDINARY) == ("due", ["audit.unanswered"])
    bram = own_house.line("bram")
    wordless = code_of(lambda: bram.answer_engagement(ACME, item, "decline", reason="  "))
    assert wordless == "audit.answer"
    bram.answer_engagement(ACME, item, "accept")
    assert due(own_house) == {ORDINARY}
    assert looked(own_house, ORDINARY) == ("passed", [])


@ALONE
def test_silence_opens_and_is_no_failure(own_house: World) -> None:
    """C5.2: when the notice is over the engagement is open, and nothing waits any more."""
    let_in(own_house, "nora")
    ask(own_house, since=at(own_house, 15), until=at(own_house, 44))
    assert looked(own_house, ORDINARY) == ("due", ["audit.unanswered"])
    own_house.shift += timedelta(days=35)  # more than twenty business days
    assert looked(own_house, ORDINARY) == ("passed", [])


@ALONE
def test_an_auditor_who_leaves_by_our_books_in_the_window_is_shut_out(own_house: World) -> None:
    """Whoever is examined cannot quietly keep the examiner out; later it is no matter."""
    let_in(own_house, "nora")
    threat(own_house, until=at(own_house, 2))
    assert looked(own_house, ORDINARY) == looked(own_house, IMMEDIATE) == ("passed", [])
    own_house.line("ada").leave(own_house.ids["nora"])
    assert due(own_house) == {IMMEDIATE}
    assert looked(own_house, IMMEDIATE) == ("failed", ["audit.shut_out"])
    own_house.shift += timedelta(days=3)
    assert looked(own_house, IMMEDIATE) == ("passed", [])


@ALONE
def test_what_is_written_past_the_acts_is_found(own_house: World) -> None:
    """A notice longer than the agreement allows, and an end that was not the other side's."""
    let_in(own_house, "nora")
    item = ask(own_house, since=at(own_house, 15)).engagement

    def write(**change: str) -> None:
        move = sa.update(engagement).where(engagement.c.engagement_id == item).values(**change)
        own_house.house.parts.data.write(ACME, lambda conn: conn.execute(move))

    write(silence="2031-01-01T00:00:00Z")
    late = ["audit.opened_late", "audit.unanswered"]
    assert looked(own_house, ORDINARY) == ("failed", late)
    write(silence="2026-01-01T00:00:00Z", state="withdrawn", closed_by=own_house.ids["bram"])
    assert looked(own_house, ORDINARY) == ("failed", ["audit.ended_by_us"])


def written(house: World) -> list[int]:
    """Return how many entries each log of the reserved controller has."""
    house.house.settle()
    parts = house.house.parts
    logs = parts.data.read(RESERVED, lambda conn: parts.ledger.logs(conn, RESERVED))
    return [one.signed for one in logs]


def test_a_try_leaves_nothing_behind(house: World) -> None:
    """No invented person, key, grant, engagement or entry outlives the look."""
    let_in(house, "pia")
    tables = ("principal", "credential", "access_grant", "audit_engagement")
    looked(house, ORDINARY)  # what a first look makes by itself, a second does not
    before = [house.count(name) for name in tables], written(house)
    looked(house, ORDINARY)
    looked(house, IMMEDIATE)
    assert ([house.count(name) for name in tables], written(house)) == before
    seen = house.house.parts.data.read(ACME, lambda conn: store.last_observations(conn, ACME))
    assert seen[IMMEDIATE].result == "passed"
