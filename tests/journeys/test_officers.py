"""Whom controllers reach: appointed, confirmed in person, and gone with whoever leaves (C10)."""

from __future__ import annotations

from datetime import timedelta

from bailee.app import shapes
from bailee.app.officers import CHECK
from bailee.clock import write_time
from tests.journeys.world import ACME, World, code_of


def appoint(world: World, who: str, role: str = "security", rank: str = "first") -> str:
    """Let ada appoint somebody for a month, from yesterday; return the appointment's id."""
    made = world.line("ada").appoint_officer(
        world.ids[who],
        role,  # type: ignore[arg-type]  # one of the two
        rank,  # type: ignore[arg-type]  # the same
        reach="tel:+15551234567",
        qualification="file 12",
        since=write_time(world.now() - timedelta(days=1)),
        until=world.until(),
    )
    return made.officer


def state(world: World, duty: str) -> str:
    """Let the controls of C10 look; return the state of a duty."""
    caller = world.house.authenticate(world.keys["clara"], "127.0.0.1")
    run = shapes.Run(["coordinator", "security-contact", "contacts-current"])
    world.house.run_controls(caller, ACME, run)
    clauses = world.line("clara").show_clauses(ACME).clauses
    return {one.obligation: one.state for clause in clauses for one in clause.obligations}[duty]


def test_nobody_is_reached_until_somebody_is_appointed_and_confirms(own_house: World) -> None:
    """Both duties fail without anybody, wait for confirmation, then hold; a leaver ends it."""
    world = own_house
    before = state(world, "C16.1"), state(world, "C16.2")
    appoint(world, "bram", "coordinator")
    first, delegate = appoint(world, "esra"), appoint(world, "dev", rank="delegate")
    waiting = state(world, "C16.2")
    not_mine = code_of(lambda: world.line("bram").confirm_officer(first))
    for who, item in (("esra", first), ("dev", delegate)):
        world.line(who).confirm_officer(item)
    full = state(world, "C16.1"), state(world, "C16.2")
    seen = world.line("clara").list_officers()
    world.line("ada").leave(world.ids["esra"])
    left = state(world, "C16.2")

    assert before == ("failing", "failing")
    assert (waiting, not_mine) == ("due", "officer.not_you")
    assert full == ("operating", "operating")
    assert {one.name for one in seen.officers} == {"Bram Okafor", "Esra Demir", "Dev Ranganathan"}
    assert not any(one.principal or one.qualification for one in seen.officers)
    assert left == "failing"
    assert world.line("ada").list_officers().gaps


def test_who_appoints_whom(own_house: World) -> None:
    """People of ours who are active, by whoever holds people; never a service or an outsider."""
    world = own_house
    codes = {
        "by clara": code_of(lambda: _by(world, "clara", "bram")),
        "by esra": code_of(lambda: _by(world, "esra", "bram")),
        "a service": code_of(lambda: appoint(world, "payout")),
        "an outsider": code_of(lambda: appoint(world, "clara")),
        "a second coordinator": code_of(
            lambda: [appoint(world, who, "coordinator") for who in ("bram", "esra")]
        ),
    }

    assert codes == {
        "by clara": "grant.missing",
        "by esra": "grant.missing",
        "a service": "officer.not_ours",
        "an outsider": "officer.not_ours",
        "a second coordinator": "officer.taken",
    }


def _by(world: World, who: str, whom: str) -> None:
    world.line(who).appoint_officer(
        world.ids[whom], "security", reach="tel:+15551234567", qualification="file 12",
        since=write_time(world.now()), until=world.until(),
    )  # fmt: skip


def test_contacts_are_asked_once_a_quarter(own_house: World) -> None:
    """The house asks each role's contacts once a quarter; nobody named is due, not failing."""
    world = own_house
    house, clara = world.house, world.line("clara")
    none = state(world, "Cannex-i.part-a")
    for rank, host in (("first", "acme.example"), ("delegate", "other.example")):
        clara.add_contact(
            ACME,
            "security",
            rank,  # type: ignore[arg-type]  # one of the two
            name="Desk",
            address=f"mailto:desk@{host}",
        )
    asked = house.check_contacts(), house.check_contacts()
    (one,) = [found for found in clara.list_notices(ACME).notices if found.kind == CHECK]
    answered = state(world, "Cannex-i.part-a")
    clara.acknowledge_notice(ACME, one.notice)
    world.shift += timedelta(days=25)
    again = house.check_contacts()

    assert none == "due"
    assert asked == (1, 0)
    assert answered == "operating"
    assert again == 0
