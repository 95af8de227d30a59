"""Demands for a controller's data: frozen, told, released by two (C2.4, C7.2(7), C7.3(7))."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bailee.app import shapes
from bailee.client.demand_answers import Demand
from bailee.clock import write_time
from tests.journeys.test_notices import CLARA, reach, with_mail
from tests.journeys.world import ACME, GLOBEX, PAYMENT, World, code_of
from tests.mailbox import Mailbox, mailbox

AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
COURT = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"
SOURCE = "The court of Marlow County"


@pytest.fixture
def posted(own_house: World, tmp_path: Path) -> Iterator[tuple[World, Mailbox]]:
    """Return a house with a mail server, a contact, and a consent; and that server."""
    with mailbox(tmp_path) as box:
        with_mail(own_house, tmp_path, box)
        reach(own_house, CLARA)
        own_house.allow(AGE, COURT, elements=["person.name", "person.email"])
        yield own_house, box


def enter(world: World, who: str = "bram", **changed: object) -> Demand:
    """Enter a subpoena for names."""
    fields: dict[str, object] = {
        "source": SOURCE, "asks": "Every payer of one merchant", "reference": "4:26-cv-1138",
        "elements": ["person.name"],
    }  # fmt: skip
    return world.line(who).enter_demand(ACME, "subpoena", **(fields | changed))  # type: ignore[arg-type]


def leave(world: World, *elements: str, key: str = AGE) -> str:
    """Try to open a disclosure; return the code."""
    payout = world.line("payout")
    return code_of(
        lambda: payout.open_disclosure(ACME, PAYMENT, list(elements or ["person.name"]), keys=[key])
    )


def states(world: World, *duties: str) -> list[str]:
    """Let the controls of demands look; return the states of duties."""
    caller = world.house.authenticate(world.keys["clara"], "127.0.0.1")
    names = ["legal-demand-hold", "legal-demand-notice", "legal-obligation-notice"]
    world.house.run_controls(caller, ACME, shapes.Run([*names, "legal-demand-support"]))
    clauses = world.line("clara").show_clauses(ACME).clauses
    found = {one.obligation: one.state for clause in clauses for one in clause.obligations}
    return [found[name] for name in duties]


def test_a_demand_freezes_tells_and_is_released_by_two(
    posted: tuple[World, Mailbox], tmp_path: Path
) -> None:
    """From the subpoena to the release for the court alone: nothing leaves before both know."""
    world, box = posted
    before = leave(world)
    made = enter(world)
    frozen, other = leave(world), leave(world, "person.email")
    early = code_of(lambda: _release(world, "esra", made.demand))
    world.house.deliver()
    alone = code_of(lambda: _release(world, "bram", made.demand))
    without = code_of(
        lambda: world.line("bram").move_demand(ACME, made.demand, "close", outcome="complied")
    )
    _release(world, "esra", made.demand)
    to_court, to_us = leave(world, key=COURT), leave(world)
    done = world.line("bram").move_demand(ACME, made.demand, "close", outcome="complied", records=1)
    after = leave(world)

    assert (before, frozen, other) == ("done", "disclosure.frozen", "done")
    assert (early, alone, without) == ("demand.untold", "grant.missing", "demand.unreleased")
    assert (to_court, to_us, after) == ("done", "disclosure.frozen", "done")
    assert (done.status, done.frozen, done.records) == ("closed", False, 1)
    assert [to for to, _ in box.messages] == [CLARA]
    assert SOURCE.encode() in box.messages[0][1]
    assert states(world, "C11.3.withhold", "C11.3.notice") == ["enforced", "operating"]
    told = [one["action"] for one in world.entries(tmp_path)]
    assert [one for one in told if "demand" in one] == [
        "privacy:demand:received", "privacy:demand:released", "privacy:demand:closed",
    ]  # fmt: skip
    assert SOURCE not in str(world.entries(tmp_path))


def _release(world: World, who: str, demand: str) -> None:
    world.line(who).move_demand(
        ACME, demand, "release", keys=[COURT], note="Names alone; the order asks for no more."
    )


def test_a_disclosure_that_was_open_stops(posted: tuple[World, Mailbox]) -> None:
    """What was opened before the demand stops with its next call, in every part."""
    world, _box = posted
    record, payout = world.protect("frozen-1"), world.line("payout")
    opened = payout.open_disclosure(ACME, PAYMENT, ["person.name"], keys=[AGE])

    def read() -> str:
        return code_of(
            lambda: payout.reveal(
                ACME, PAYMENT, ["person.name"], records=[record], disclosure=opened.disclosure
            )
        )

    before = read()
    enter(world)
    after = read()
    inside = code_of(lambda: payout.reveal(ACME, PAYMENT, ["person.name"], records=[record]))

    assert (before, after, inside) == ("done", "disclosure.frozen", "done")


def test_a_ban_holds_the_notice_until_its_day(posted: tuple[World, Mailbox]) -> None:
    """While telling is forbidden the controller sees nothing; then it is told (C2.4)."""
    world, box = posted
    until = write_time(world.now() + timedelta(days=3))
    made = enter(world, ban_basis="Order, paragraph 4", ban_until=until)
    world.house.end_bans()
    world.house.deliver()
    clara, bram = world.line("clara"), world.line("bram")
    hidden = clara.list_demands(ACME).demands
    quiet = (len(box.messages), leave(world), states(world, "C11.3.notice"))
    world.shift += timedelta(days=3, minutes=1)
    told = world.house.end_bans(), world.house.end_bans()
    world.house.deliver()

    assert made.banned
    assert hidden == []
    assert [one.demand for one in bram.list_demands(ACME).demands] == [made.demand]
    assert quiet == (0, "disclosure.frozen", ["operating"])
    assert told == (1, 0)
    assert len(box.messages) == 1
    assert [one.demand for one in clara.list_demands(ACME).demands] == [made.demand]
    timers = [one for one in clara.list_timers(ACME).timers if one.matter == "demand"]
    assert {(one.trigger, one.status) for one in timers} == {("notice-ban-ended", "met")}


def test_without_mail_the_duty_turns_when_time_is_up(own_house: World) -> None:
    """Nobody could be told in time: the duty fails by itself, and nothing has left (C7.3(7))."""
    world = own_house
    world.allow(AGE, elements=["person.name"])
    enter(world)
    world.house.deliver()
    before = states(world, "C11.3.notice")
    world.shift += timedelta(days=4)
    world.house.deliver()

    assert before == ["failing"]  # a notice waits that no server took
    assert states(world, "C11.3.notice") == ["failing"]
    assert leave(world) == "disclosure.frozen"


def test_who_enters_and_for_whom(posted: tuple[World, Mailbox]) -> None:
    """Ours enter demands, for controllers that they act at; bad ones change nothing."""
    world, _box = posted
    codes = {
        "clara": code_of(lambda: enter(world, "clara")),
        "greta": code_of(lambda: enter(world, "greta")),
        "a service": code_of(lambda: enter(world, "payout")),
        "no element": code_of(lambda: enter(world, elements=["people"])),
        "tomorrow": code_of(lambda: enter(world, received=world.until(1))),
    }
    globex = world.line("bram").list_demands(GLOBEX).demands

    assert codes == {
        "clara": "demand.not_theirs",
        "greta": "controller.unknown",
        "a service": "grant.missing",
        "no element": "demand.elements",
        "tomorrow": "demand.time",
    }
    assert world.line("bram").list_demands(ACME).demands == globex == []
    assert leave(world) == "done"


def test_a_law_that_compels_is_announced_first(posted: tuple[World, Mailbox]) -> None:
    """Other handling under a law: the controller has it in writing before (C2.4, C7.3(2))."""
    world, box = posted
    made = world.line("bram").enter_demand(
        ACME, "law", source="Tax code, section 12", asks="Reports of payouts", reference="2026/12",
        elements=["*"],
    )  # fmt: skip
    world.house.deliver()
    (timer,) = [
        one for one in world.line("clara").list_timers(ACME).timers if one.matter == "demand"
    ]

    assert (timer.trigger, timer.item) == ("legal-compulsion", made.demand)
    assert len(box.messages) == 1
    assert leave(world, "person.email") == "disclosure.frozen"
