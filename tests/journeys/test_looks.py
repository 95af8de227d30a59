"""Who one is, what waits, who did what: by API and command, on both engines (MISSION A8, A9)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bailee.client import Client
from bailee.db import HOUSE
from tests.journeys.world import ACME, GLOBEX, PAYMENT, World, code_of, founded

NOWHERE = "no-such-controller"


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return a deployment on each engine."""
    with founded(request.param, tmp_path_factory.mktemp("looks") / "home", request) as made:
        yield made


def test_a_right_is_asked_for_and_used(world: World) -> None:
    """Dev asks for a right, sees it wait; esra finds it, says yes, and dev reads with it."""
    dev, esra = world.line("dev"), world.line("esra")
    record = world.protect("asked-for")
    assert code_of(lambda: world.reveal("dev", record)) == "grant.element"
    asked = dev.request_access(
        ACME,
        PAYMENT,
        ["person.name"],
        verbs=["reveal"],
        until=world.until(7),
        reason="A customer's name is spelt in two ways.",
    )
    own = next(one for one in dev.today().waiting if one.item == asked.approval)
    assert (own.what, own.controller, own.who) == ("approval", ACME, "approve")
    others = next(one for one in esra.today().waiting if one.item == asked.approval)
    assert others.who == "you"
    found = next(
        one for one in esra.list_approvals(ACME).approvals if one.approval == asked.approval
    )
    assert (found.kind, found.verbs, found.status) == ("access", ["reveal"], "requested")
    assert esra.list_approvals(ACME).names[world.ids["dev"]] == "Dev Ranganathan"
    assert esra.approve(ACME, asked.approval).status == "granted"
    assert world.reveal("dev", record) == "Marigold Featherstone"
    me = dev.me()
    assert (me.name, me.kind, list(me.controllers)) == ("Dev Ranganathan", "person", [ACME])
    assert any(one.elements == ["person.name"] for one in me.holdings)


def test_nobody_sees_what_is_others(world: World) -> None:
    """Dev finds no request of payout's, and knows no controller but acme."""
    world.line("payout").request_approval(
        ACME, PAYMENT, ["person.name"], subjects=60, until=world.until(1), reason="Year end."
    )
    assert all(
        one.principal == world.ids["dev"]
        for one in world.line("dev").list_approvals(ACME).approvals
    )
    assert GLOBEX not in world.line("dev").today().counts
    assert world.line("dev").today().counts == {}  # no audit


def looks(client: Client, controller: str) -> dict[str, str]:
    """Return how each look that takes ``audit`` answers."""
    return {
        "entries": code_of(lambda: client.list_entries(controller)),
        "entry": code_of(lambda: client.show_entry(controller, "0" * 32)),
        "seals": code_of(lambda: client.list_seals(controller)),
        "activity": code_of(lambda: client.activity(controller)),
        "observations": code_of(lambda: client.list_observations(controller)),
        "custody": code_of(lambda: client.show_custody(controller)),
    }


def test_without_audit_nothing_is_told_and_each_try_is_on_record(
    world: World, tmp_path: Path
) -> None:
    """No audit: refused, in that log; another controller: not there, in the house's log."""
    before = len(world.entries(tmp_path, ACME))
    assert set(looks(world.line("dev"), ACME).values()) == {"grant.missing"}
    refused = world.entries(tmp_path, ACME)[before:]
    assert [one["detail"]["verb"] for one in refused] == ["audit"] * 6
    assert {one["opening"]["actor"]["principal_id"] for one in refused} == {world.ids["dev"]}
    foreign = looks(world.line("clara"), GLOBEX)
    assert foreign == looks(world.line("clara"), NOWHERE)
    assert set(foreign.values()) == {"controller.unknown"}
    assert code_of(lambda: world.line("clara").list_own_entries(GLOBEX)) == "controller.unknown"
    entry = world.last(tmp_path, HOUSE)
    assert (entry["decision"], entry["detail"]["code"]) == ("refused", "controller.unknown")


def test_a_log_is_read_as_its_export_is(world: World, tmp_path: Path) -> None:
    """What clara reads by API is what the export holds, entry by entry; activity counts it."""
    world.reveal("payout", world.protect("read-back"))
    exported = world.entries(tmp_path, ACME)
    clara = world.line("clara")
    found = clara.list_entries(ACME, before=len(exported), most=200)
    assert [one.entry_id for one in found.entries] == [one["id"] for one in exported[::-1][:200]]
    for one in found.entries[:20]:
        told = exported[one.index]
        assert (one.action, one.purpose, one.count) == (
            told["action"],
            told["purpose"],
            told["count"],
        )
        assert one.context == told["opening"]["context"]
    newest = clara.show_entry(ACME, exported[-1]["id"])
    assert newest.fits
    assert newest.commitments == exported[-1]["commitments"]
    assert [one.record for one in newest.records] == [
        one["record_id"] for one in exported[-1]["opening"]["records"]
    ]
    seal = clara.list_seals(ACME).logs[-1]
    assert (seal.size, seal.signed) == (len(exported), len(exported))
    counted = sum(one.calls for one in clara.activity(ACME).tallies)
    assert counted == sum(one["action"].startswith("vault:") for one in exported)


def test_ones_own_entries_are_ones_own(world: World, tmp_path: Path) -> None:
    """Payout finds every entry that it answers for, and no other; no right is needed for it."""
    world.reveal("payout", world.protect("own"))
    exported = world.entries(tmp_path, ACME)
    for who in ("payout", "dev", "importer"):
        mine = [
            one["id"]
            for one in exported
            if one["opening"]["actor"].get("principal_id") == world.ids[who]
        ]
        found = world.line(who).list_own_entries(ACME)
        assert [one.entry_id for one in found.entries] == mine[::-1][:200]


def test_results_by_day_are_what_was_recorded(world: World) -> None:
    """A control that looked twice on one day and once on the next shows just that."""
    bram = world.line("bram")
    slug = "purpose-limit"
    first = world.now().date().isoformat()
    bram.run_controls(ACME, [slug])
    world.house._asked.end()
    world.shift += timedelta(days=1, seconds=61)
    second = world.now().date().isoformat()
    run = bram.run_controls(ACME, [slug]).observations[0]
    found = bram.list_observations(ACME)
    days = {one.day: one for one in found.days if one.control == slug}
    assert {day: one.passed + one.failed + one.blind for day, one in days.items()} == {
        first: 1,
        second: 1,
    }
    clause = next(
        part.clause
        for part in bram.show_clauses(ACME).clauses
        for one in part.obligations
        if one.control == slug
    )
    stood = {one.day: one.state for one in found.clauses if one.clause == clause}
    assert stood == {first: "enforced", second: "enforced"}
    last = next(one for one in found.controls if one.control == slug)
    assert (last.result, last.entry) == (run.result, run.entry)
    assert next(one for one in found.controls if one.control == "transport").result == ""


def test_custody_names_versions_and_never_a_key(world: World) -> None:
    """Bram sees who keeps the root and a version more after a rotation."""
    bram = world.line("bram")
    before = bram.show_custody(ACME)
    assert (before.provider, before.answers, before.held) == ("file", True, "")
    bram.rotate_keys(ACME, "token")
    after = bram.show_custody(ACME)
    newest = max(one.version for one in after.keys if one.purpose == "token")
    assert newest == 1 + max(one.version for one in before.keys if one.purpose == "token")


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)  # commands know no engine
def test_the_same_from_the_command_line(world: World) -> None:
    """Each command answers as the API does; a refusal is exit code 1."""
    world.close()
    try:
        told = {}
        for command in (
            ("me",),
            ("today",),
            ("observations", "-c", ACME),
            ("approval", "list", "-c", ACME),
            ("ledger", "entries", "-c", ACME, "--most", "3"),
            ("ledger", "seals", "-c", ACME),
            ("ledger", "mine", "-c", ACME),
            ("ledger", "activity", "-c", ACME),
        ):
            done = world.cli(*command, "--json", who="bram")
            assert done.returncode == 0, done.stderr
            told[command[:2]] = json.loads(done.stdout)
        assert told["me",]["name"] == "Bram Okafor"
        plain = world.cli("ledger", "activity", "-c", ACME, who="bram")
        assert (plain.returncode, bool(plain.stdout)) == (0, True), plain.stderr
        entries = told["ledger", "entries"]["entries"]
        assert len(entries) == 3
        shown = world.cli("ledger", "show", entries[0]["entry_id"], "-c", ACME, who="bram")
        assert "fits the commitments" in shown.stdout
        asked = world.cli(
            *("access", "request", "-c", ACME, "-p", PAYMENT, "--element", "person.email"),
            *("--verb", "reveal", "--reason", "An address bounced."),
            who="dev",
        )
        assert asked.returncode == 0, asked.stderr
        assert world.cli("ledger", "entries", "-c", ACME, who="dev").returncode == 1
        assert world.cli("ledger", "entries", "-c", GLOBEX, who="clara").returncode == 1
    finally:
        world.open()
