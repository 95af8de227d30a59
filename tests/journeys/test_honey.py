"""Honey over HTTP: from the customer's consent to an alarm and its verdict (C2.5(5), C9)."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.app.canary import CONTROLLER as RESERVED
from bailee.client.honey_answers import HoneyConsent
from tests.journeys.test_break_glass import all_looked, looked
from tests.journeys.world import ACME, ELEMENTS, GLOBEX, PAYMENT, World, code_of

NAME = "person.name"
LETTER = "We consent to up to 64 made-up records among our data. Clara Whitfield"
LETTER_SHA256 = "5212cc80bbe42606092f92ac8591392dd0f7842ad8b42d9ea80d1148596173c9"
WHY = "Wilhelmina Oxenthwaite looked for the wrong customer"


def consent(world: World, who: str = "clara", days: int = 30, at: str = ACME) -> HoneyConsent:
    """Sign a consent from now on."""
    since, until = world.now(), world.now() + timedelta(days=days)
    return world.line(who).allow_honey(
        at, text=LETTER, writing="letter 3", since=since.isoformat(), until=until.isoformat()
    )


def ids(world: World, controller: str = ACME) -> set[str]:
    """Return the records that stand, as an operator with SQL sees them."""
    query = sa.text("SELECT record_id FROM vault_record WHERE controller = :c")
    with world.rows() as conn:
        return set(conn.execute(query, {"c": controller}).scalars())


def planted(world: World, count: int = 1, controller: str = ACME) -> list[str]:
    """Plant honey as ada; return its records, which no answer names."""
    before = ids(world, controller)
    world.line("ada").plant_honey(controller, count)
    return sorted(ids(world, controller) - before)


def cleared(world: World) -> None:
    """Take up what other tests planted, and decide on what they left."""
    world.line("ada").remove_honey(ACME)
    for one in world.line("esra").list_alarms(ACME).alarms:
        if one.state == "due":
            world.line("esra").assess_alarm(ACME, one.alarm, "dismissed", reason=WHY)


def test_no_honey_without_consent(house: World, tmp_path: Path) -> None:
    """Planting among a customer's data is refused, and recorded, until its representative signs."""
    ada = house.line("ada")
    house.protect("payer-0")
    assert code_of(lambda: ada.plant_honey(ACME)) == "honey.consent"
    entry = house.last(tmp_path)
    assert (entry["decision"], entry["detail"]["code"]) == ("refused", "honey.consent")

    for who, code in (("ada", "grant.missing"), ("bram", "signatory.side"),
                      ("greta", "controller.unknown")):  # fmt: skip
        assert code_of(partial(consent, house, who)) == code
    made = consent(house)
    assert (made.status, made.counts, made.signed_by) == ("given", True, house.ids["clara"])
    entry = house.last(tmp_path)
    assert entry["action"] == "agreement:consent:given"
    assert entry["detail"]["text_sha256"] == made.text_sha256 == LETTER_SHA256

    assert code_of(lambda: house.line("bram").plant_honey(GLOBEX)) == "honey.consent"
    for who in ("esra", "clara", "payout"):
        assert code_of(partial(house.line(who).plant_honey, ACME)) == "grant.missing"
    assert ada.plant_honey(ACME, 2).records == 2
    done = house.line("clara").withdraw_honey(ACME, made.consent)
    assert (done.status, done.removed) == ("withdrawn", 2)
    assert code_of(lambda: ada.plant_honey(ACME)) == "honey.consent"
    assert code_of(lambda: house.line("clara").withdraw_honey(ACME, made.consent)) == (
        "honey.consent_state"
    )


def test_a_touch_is_told_to_others_and_decided(house: World, tmp_path: Path) -> None:
    """The caller gets an answer like any; others are told of the call, and one of them decides."""
    world = house
    cleared(world)
    real = world.protect("payer-1")
    made = consent(world)
    (honey,) = planted(world)
    payout, esra = world.line("payout"), world.line("esra")

    seen = [
        payout.reveal(ACME, PAYMENT, list(ELEMENTS), records=[one]).results[0]
        for one in (real, honey)
    ]
    assert [one.ok for one in seen] == [True, True]
    assert set(seen[0].fields) == set(seen[1].fields)

    (alarm,) = [one for one in esra.list_alarms(ACME).alarms if one.state == "due"]
    assert (alarm.principal, alarm.verb) == (world.ids["payout"], "reveal")
    assert alarm.records == 1
    entry = world.last(tmp_path)
    assert alarm.entry_id == entry["id"]
    assert [one["record_id"] for one in entry["opening"]["records"]] == [honey]
    assert "bailee_honey_alarms_unassessed 1\n" in payout.metrics()
    assert esra.show_honey(ACME).alarms == 1
    assert [one.alarm for one in world.line("bram").list_all_alarms().alarms][-1] == alarm.alarm
    for who in ("payout", "clara", "dev"):
        assert code_of(partial(world.line(who).list_alarms, ACME)) == "grant.missing"
        assert world.line(who).list_all_alarms().alarms == []
    assert code_of(partial(world.line("greta").list_alarms, ACME)) == "controller.unknown"

    bram = world.line("bram")  # was shown payout's key
    assert code_of(partial(bram.assess_alarm, ACME, alarm.alarm, "dismissed", reason=WHY)) == (
        "self.review"
    )
    decided = esra.assess_alarm(ACME, alarm.alarm, "incident", reason=WHY)
    assert (decided.state, decided.assessed_by) == ("incident", world.ids["esra"])
    told = [one for one in world.entries(tmp_path) if one["action"] == "vault:honey:assessed"]
    entry = told[-1]
    assert (entry["action"], entry["detail"]) == (
        "vault:honey:assessed", {"late": 0, "verdict": "incident"},
    )  # fmt: skip
    assert WHY not in json.dumps(entry)
    again = partial(esra.assess_alarm, ACME, alarm.alarm, "dismissed", reason=WHY)
    assert code_of(again) == "lifecycle.event"
    world.line("clara").withdraw_honey(ACME, made.consent)


def test_whoever_touched_is_told_nothing(house: World) -> None:
    """An administrator who touches honey finds no alarm of it, nor a way to decide on one."""
    world = house
    cleared(world)
    world.protect("payer-2")
    made = consent(world)
    (honey,) = planted(world)
    world.give(ACME, "bram", ["reveal"], NAME)
    world.reveal("bram", honey)

    bram, esra = world.line("bram"), world.line("esra")
    (alarm,) = [one for one in esra.list_alarms(ACME).alarms if one.state == "due"]
    assert alarm.principal == world.ids["bram"]
    assert alarm.alarm not in {one.alarm for one in bram.list_all_alarms().alarms}
    assert (bram.show_honey(ACME).alarms, esra.show_honey(ACME).alarms) == (0, 1)
    decide = partial(bram.assess_alarm, ACME, alarm.alarm, "dismissed", reason=WHY)
    nowhere = partial(bram.assess_alarm, ACME, "0" * 32, "dismissed", reason=WHY)
    assert code_of(decide) == code_of(nowhere) == "honey.alarm_unknown"
    world.line("clara").withdraw_honey(ACME, made.consent)
    cleared(world)


def test_an_export_leaves_honey_out_and_is_proven(house: World) -> None:
    """What goes back to a customer is what it gave; the totals say so before and after (C6)."""
    world = house
    world.give(ACME, "payout", ["list"], NAME)
    for n in range(4):
        world.protect(f"returned-{n}")
    before = world.line("payout").list_records(ACME, PAYMENT, [NAME])
    made = consent(world)
    honey = planted(world, 3)

    after = world.line("payout").list_records(ACME, PAYMENT, [NAME])

    assert (after.records, after.total) == (before.records, before.total)
    assert after.total == len(ids(world)) - 3
    assert set(honey).isdisjoint(after.records)
    world.line("clara").withdraw_honey(ACME, made.consent)


def test_honey_goes_when_the_consent_ends(house: World) -> None:
    """Past its end a consent counts no more: the watch erases what was planted, and only that."""
    world = house
    kept = world.protect("payer-3")
    consent(world, days=1)
    honey = planted(world, 2)
    world.shift += timedelta(days=1, minutes=1)
    assert code_of(lambda: world.line("ada").plant_honey(ACME)) == "honey.consent"
    assert set(honey) <= ids(world)

    world.house.sweep_honey()

    assert ids(world).isdisjoint(honey)
    assert kept in ids(world)
    assert world.count("vault_honey", ACME) == 0
    world.house.sweep_honey()  # nothing is left to do


def state(world: World) -> str:
    """Return the state of the duty to decide on alarms."""
    clauses = world.line("clara").show_clauses(ACME).clauses
    (duty,) = [one for each in clauses for one in each.obligations if one.obligation == "C10.1"]
    return duty.state


def test_the_control_tries_ours_and_watches_theirs(own_house: World) -> None:
    """Uncovered without honey; operating with it, leaving no alarm; failing while one is late."""
    world = own_house
    clara, ada = world.line("clara"), world.line("ada")
    clara.run_controls(ACME, ["honey-records"])
    assert state(world) == "uncovered"
    planted(world, 1, RESERVED)
    (seen,) = clara.run_controls(ACME, ["honey-records"]).observations
    assert (seen.result, state(world)) == ("passed", "operating")
    assert ada.list_all_alarms().alarms == []
    assert world.count("honey_alarm") == 0

    world.protect("payer-4")
    consent(world)
    (honey,) = planted(world)
    world.reveal("payout", honey)
    assert clara.run_controls(ACME, ["honey-records"]).observations[0].result == "passed"
    world.shift += timedelta(hours=24, minutes=1)
    all_looked(world)
    assert "honey-records" in looked(world)
    assert state(world) == "failing"
    (alarm,) = world.line("esra").list_alarms(ACME).alarms
    assert alarm.overdue
    world.line("esra").assess_alarm(ACME, alarm.alarm, "dismissed", reason=WHY)
    assert "honey-records" in looked(world)
    assert state(world) == "operating"


def test_reserved_honey_calls_people_when_they_touch_it(house: World) -> None:
    """Ours is no customer's: a person who reads it there is told of, and the probe is not."""
    world = house
    (honey,) = planted(world, 1, RESERVED)
    world.line("ada").grant(
        RESERVED, world.ids["bram"], verbs=["reveal"], elements=[NAME],
        purposes=[PAYMENT], until=world.until(),
    )  # fmt: skip
    world.read_up("bram")
    world.reveal("bram", honey, controller=RESERVED)

    (alarm,) = world.line("ada").list_alarms(RESERVED).alarms
    assert (alarm.principal, alarm.verb) == (world.ids["bram"], "reveal")
    assert world.line("ada").remove_honey(RESERVED).removed == 1


def test_a_destroyed_customer_leaves_no_honey(own_house: World) -> None:
    """Destruction takes honey, its list and the reasons of its alarms along (C6)."""
    world = own_house
    world.protect("payer-5")
    consent(world)
    (honey,) = planted(world)
    world.reveal("payout", honey)
    (alarm,) = world.line("esra").list_alarms(ACME).alarms
    world.line("esra").assess_alarm(ACME, alarm.alarm, "incident", reason=WHY)
    bram = world.line("bram")
    bram.end_agreement(ACME, at=world.now().isoformat(), instruction="letter 16")
    world.shift += timedelta(seconds=2)
    world.line("clara").choose_end(ACME, "destroy")
    bram.destroy_controller(ACME, confirm=ACME, instruction="letter 17")

    for table in ("vault_record", "vault_subject", "vault_honey"):
        assert world.count(table, ACME) == 0
    with world.rows() as conn:
        assert list(conn.execute(sa.text("SELECT reason FROM honey_alarm")).scalars()) == [""]


def test_commands(own_house: World) -> None:
    """From the command line: consent, planting, the list; a verdict's reason is asked for."""
    world = own_house
    if world.owner_url:
        pytest.skip("the same commands on either engine")
    world.protect("payer-6")
    before = ids(world)
    folder = world.settings.home.parent
    (folder / "letter.txt").write_text(LETTER)
    world.close()

    def said(who: str, *args: str, **more: Any) -> Any:
        done = world.cli("honey", *args, "--json", who=who, **more)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    since, until = "2026-01-01T00:00:00Z", world.until()
    made = said(
        "clara", "consent", "-c", ACME, "--text", str(folder / "letter.txt"), "--writing",
        "letter 3", "--from", since, "--until", until,
    )  # fmt: skip
    assert made["text_sha256"] == LETTER_SHA256
    assert said("ada", "plant", "-c", ACME, "--count", "2")["records"] == 2
    assert said("clara", "consents", "-c", ACME)["consents"][-1]["counts"] is True
    world.open()
    honey = sorted(ids(world) - before)
    world.reveal("payout", honey[0])
    world.close()
    assert said("esra", "show", "-c", ACME)["alarms"] == 1
    shown = world.cli("honey", "alarms", "-c", ACME, who="esra").stdout
    assert world.ids["payout"] in shown
    alarm = next(one for one in said("esra", "alarms")["alarms"] if one["state"] == "due")
    decided = world.cli(
        "honey", "assess", alarm["alarm"], "-c", ACME, "--verdict", "dismissed",
        who="esra", stdin=f"{WHY}\n",
    )  # fmt: skip
    assert (decided.returncode, "dismissed" in decided.stdout) == (0, True)
    assert said("clara", "withdraw", made["consent"], "-c", ACME)["removed"] == 2
    assert said("ada", "remove", "-c", ACME)["removed"] == 0
    world.open()
