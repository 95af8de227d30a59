"""An emergency over HTTP: from the envelope to the obligation that falls and stands again (A8)."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bailee.app import shapes, store
from bailee.app.controls import CONTROLS
from bailee.client.rights import Emergency
from bailee.db import HOUSE
from tests.journeys.world import ACME, GLOBEX, PAYMENT, World, code_of

WHY = "Wilhelmina Oxenthwaite waits at the counter with the auditors"
DUTIES = ("C5.4.emergency", "C5.4.review")
NAME = "person.name"


def states(world: World) -> dict[str, str]:
    """Return the states of the duties that name break-glass, as the controller sees them."""
    clauses = world.line("clara").show_clauses(ACME).clauses
    found = {one.obligation: one.state for clause in clauses for one in clause.obligations}
    return {name: found[name] for name in DUTIES}


def opened(world: World, code: str, who: str = "dev", **changed: object) -> Emergency:
    """Break the glass at acme for 40 minutes."""
    fields = {
        "verbs": ["reveal", "search"],
        "elements": [NAME],
        "purpose": PAYMENT,
        "until": (world.now() + timedelta(minutes=40)).isoformat(),
        "reason": WHY,
    } | changed
    return world.line(who).break_glass(ACME, code, **fields)  # type: ignore[arg-type]


def finish(world: World, emergency: str) -> Emergency:
    """End an emergency before its hour is over, and review it."""
    esra = world.line("esra")
    (one,) = [
        each for each in esra.list_emergencies(ACME).emergencies if each.emergency == emergency
    ]
    world.line("ada").revoke_grant(ACME, one.grant)
    return esra.review_emergency(ACME, emergency, "justified", reason=WHY)


def looked(world: World) -> list[str]:
    """Let what is due look, as the watch does each minute; return what looked at acme."""

    def seen(conn: sa.Connection) -> list[str]:
        table = store.observation
        query = sa.select(table.c.control).where(table.c.controller == ACME)
        return list(conn.execute(query.order_by(table.c.time)).scalars())

    before = len(world.house.parts.data.read(ACME, seen))
    world.house.run_due()
    return world.house.parts.data.read(ACME, seen)[before:]


def all_looked(world: World) -> None:
    """Let every control have looked just now and have seen what it saw last, so none is due by age.

    One that never looked looks first: what is said of it is true.
    """
    house = world.house
    for row in house.parts.data.read(HOUSE, house.parts.agreements.controllers):
        place = row.controller
        last = house.parts.data.read(place, partial(store.last_observations, controller=place))
        for name, control in CONTROLS.items():
            seen = last.get(name) or house.observe(place, control)
            again = replace(seen, time=world.now())
            add = partial(store.add_observation, controller=place, seen=again)
            house.parts.data.write(place, add)


def agree(world: World, duty: str, minutes: int) -> None:
    """Let both parties sign that a duty's time is so many minutes."""
    reading = {"quantity": minutes, "unit": "minutes", "counting": "plain"}
    made = world.line("bram").propose_interpretation(
        ACME, duty, says="Sooner.", reason="It is short.", **reading
    )
    world.line("clara").agree_interpretation(ACME, made.interpretation)


def test_an_emergency_and_what_it_leaves(
    house: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Refused to whom it is not for; opened, used within its bounds, told; its reason nowhere."""
    world = house
    caplog.set_level(logging.DEBUG)
    record = world.protect("payer-1")
    assert code_of(lambda: world.reveal("dev", record)) == "grant.element"
    bram, dev = world.line("bram"), world.line("dev")
    made = bram.issue_code(ACME, world.ids["dev"])
    assert code_of(lambda: bram.issue_code(ACME, world.ids["bram"])) == "self.mint"
    wrong = made.code[:-1] + ("1" if made.code[-1] != "1" else "2")
    late = (world.now() + timedelta(minutes=61)).isoformat()
    attempts: tuple[tuple[str, str, str, dict[str, object]], ...] = (
        ("break_glass.for_people", "payout", made.code, {}),
        ("break_glass.for_people", "clara", made.code, {}),
        ("break_glass.code", "dev", wrong, {}),
        ("break_glass.until", "dev", made.code, {"until": late}),
        ("element.not_in_agreement", "dev", made.code, {"elements": ["health.condition"]}),
    )
    for answer, who, code, changed in attempts:
        assert code_of(partial(opened, world, code, who, **changed)) == answer
    assert code_of(lambda: dev.list_emergencies(GLOBEX)) == "controller.unknown"

    one = opened(world, made.code)
    assert (one.alert, one.review, one.open) == ("due", "due", True)
    assert world.reveal("dev", record)
    assert dev.search(ACME, PAYMENT, NAME, equals="Nobody At All").records == []
    assert code_of(lambda: world.reveal("dev", record, "person.email")) == "grant.element"
    assert code_of(lambda: opened(world, made.code)) == "break_glass.code"
    (told,) = bram.list_all_emergencies().emergencies
    assert (told.emergency, told.calls, told.subjects) == (one.emergency, 2, 1)
    assert told.reason == WHY
    assert "bailee_emergencies_unacknowledged 1\n" in world.line("ada").metrics()
    (grant,) = [one for one in world.line("ada").list_grants(ACME).grants if one.emergency]
    assert (grant.grant, grant.emergency) == (one.grant, one.emergency)

    bundle, _ = world.export(tmp_path)
    shown = b"".join(path.read_bytes() for path in bundle.rglob("*") if path.is_file())
    for secret in (WHY, made.code, wrong):
        assert secret.encode() not in shown
        assert secret not in caplog.text
    entries = world.entries(tmp_path)
    marked = [each for each in entries if each["detail"].get("emergency") == one.emergency]
    assert [entry["detail"]["verb"] for entry in marked] == ["reveal", "search"]
    assert "access:break-glass:opened" in {entry["action"] for entry in entries}
    assert finish(world, one.emergency).subjects == 1


def test_commands(house: World) -> None:
    """From the command line code and reason are asked for, and the list shows what is due."""
    world = house
    if world.owner_url:
        return  # a command is the same call on either engine; one shows it
    made = world.line("bram").issue_code(ACME, world.ids["dev"])
    world.close()
    done = world.cli(
        "break-glass", "open", "-c", ACME, "-p", PAYMENT, "--element", NAME, "--verb", "reveal",
        "--json", who="dev", stdin=f"{made.code}\n{WHY}\n",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    emergency = json.loads(done.stdout[done.stdout.index("{") :])["emergency"]
    listed = world.cli("break-glass", "list", who="ada")
    assert emergency in listed.stdout
    world.open()
    finish(world, emergency)


def test_its_duties_fall_and_stand_again(house: World) -> None:
    """Within a minute of an alert's or review's end the duties fail, by nobody's doing (C5.4)."""
    world = house
    agree(world, "C5.4.review", 90)
    bram, esra = world.line("bram"), world.line("esra")
    one = opened(world, bram.issue_code(ACME, world.ids["dev"]).code)
    world.house.run_controls(
        world.house.authenticate(world.keys["bram"], "test"), ACME, shapes.Run(["break-glass"])
    )
    assert set(states(world).values()) == {"operating"}
    all_looked(world)
    assert looked(world) == []

    world.shift = timedelta(minutes=15, seconds=1)
    assert looked(world) == ["break-glass"]
    assert set(states(world).values()) == {"failing"}
    assert looked(world) == []
    acknowledge = partial(world.line("dev").acknowledge_emergency, ACME, one.emergency)
    assert code_of(acknowledge) == "grant.missing"
    answered = bram.acknowledge_emergency(ACME, one.emergency)
    assert (answered.alert, answered.overdue) == ("acknowledged", [])
    assert looked(world) == ["break-glass"]
    assert set(states(world).values()) == {"operating"}

    review = partial(esra.review_emergency, ACME, one.emergency, "unjustified", reason=WHY)
    assert code_of(review) == "break_glass.open"
    world.shift = timedelta(minutes=75)  # a slow machine spends some of what is left
    assert looked(world) == []
    world.shift = timedelta(minutes=90, seconds=1)
    assert looked(world) == ["break-glass"]
    assert set(states(world).values()) == {"failing"}
    mine = partial(bram.review_emergency, ACME, one.emergency, "justified", reason=WHY)
    assert code_of(mine) == "grant.missing"
    assert review().overdue == ["break_glass.unjustified"]
    assert looked(world) == ["break-glass"]
    assert set(states(world).values()) == {"failing"}
    esra.settle_emergency(ACME, one.emergency, writing="letter of 1 December")
    assert looked(world) == ["break-glass"]
    assert set(states(world).values()) == {"operating"}


def test_an_end_ends_emergencies(house: World) -> None:
    """A destroyed controller opens no more, and forgets the reasons that were given (C6)."""
    world = house
    first, second = (world.line("bram").issue_code(ACME, world.ids["dev"]) for _ in range(2))
    assert code_of(lambda: opened(world, first.code)) == "break_glass.code"
    opened(world, second.code)
    third = world.line("bram").issue_code(ACME, world.ids["dev"])
    bram = world.line("bram")
    bram.end_agreement(ACME, at=(world.now() - timedelta(seconds=1)).isoformat(), instruction="x")
    world.line("clara").choose_end(ACME, "destroy")
    bram.destroy_controller(ACME, confirm=ACME, instruction="letter 17")
    assert code_of(lambda: opened(world, third.code)) == "controller.destroyed"
    with world.rows() as conn:
        kept = conn.exec_driver_sql("SELECT reason FROM emergency").scalars().all()
    assert set(kept) == {""}
