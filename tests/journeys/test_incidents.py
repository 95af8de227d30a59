"""Incidents over HTTP: from a signal to facts, notices, clocks, redresses and the end (C9)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bailee.app.controls import CONTROLS
from bailee.cli import app
from bailee.client import Asked, Letter, Question
from bailee.client.incident_answers import Incident, Signal
from bailee.clock import write_time
from bailee.incidents.signals import Sign
from tests.journeys.test_honey import WHY, cleared, consent, planted
from tests.journeys.world import ACME, ELEMENTS, GLOBEX, PAYMENT, World, code_of

NATURE = "A key of payout was copied from a laptop."
HOUR = timedelta(hours=1)


def back(world: World, **span: float) -> str:
    """Return a time that lies back."""
    return write_time(world.now() - timedelta(**span))


def scope(world: World, *who: str, **more: list[str]) -> Question:
    """Return the last two days of some people."""
    people = [world.ids[one] for one in who]
    return Question(since=back(world, days=2), until=write_time(world.now()), people=people, **more)


def opened(world: World, who: str = "esra", **more: str) -> Incident:
    """Open an incident about payout, suspected three hours ago."""
    return world.line(who).open_incident(
        ACME, suspected=back(world, hours=3), nature=NATURE, scope=scope(world, "payout"), **more
    )


def raised(world: World, who: str = "payout", about: str = "calls.refused") -> str:
    """Raise a signal about somebody, as the watch does; return its id."""
    house, sign = world.house, Sign("refusals", about, world.now() - HOUR, world.ids[who])
    assert house.parts.data.write(ACME, lambda conn: house.signals.raise_(conn, ACME, sign))
    return sign.signal_id


def found(world: World, signal: str) -> Signal:
    """Return one signal as esra reads it."""
    return next(
        one for one in world.line("esra").list_signals(ACME).signals if one.signal == signal
    )


def part(one: Incident, key: str) -> list[str]:
    """Return a part of the newest notice."""
    return next(each.lines for each in one.notices[-1].parts if each.key == key)


def test_facts_outlive_the_people(own_house: World) -> None:
    """What was seen is counted by kind of view, and the same after everybody was erased."""
    world = own_house
    importer, payout, dev = (world.line(who) for who in ("importer", "payout", "dev"))
    people = [("p1", ["US"], "US-CA"), ("p2", ["US", "MX"], "US-NY"), ("p3", [], "unknown")]
    records = [
        {
            "ref": name, "subject": name, "kind": "person", "category": "customer",
            "nationalities": nations, "residence": residence,
            "fields": {"person.name": f"Name {name.upper()}", "person.ssn": f"512-44-908{n}"},
        }
        for n, (name, nations, residence) in enumerate(people, 1)
    ]  # fmt: skip
    firm = {"ref": "o", "subject": "o1", "kind": "organisation", "fields": {"person.name": "Firm"}}
    ids = [one.record for one in importer.protect(ACME, PAYMENT, [*records, firm]).results]
    payout.reveal(ACME, PAYMENT, ["person.name"], records=ids)
    payout.reveal(ACME, PAYMENT, ["person.name", "person.ssn"], records=ids[:1])
    payout.search(ACME, PAYMENT, "person.ssn", equals="512-44-9082")
    dev.reveal(ACME, PAYMENT, ["person.ssn:last4"], records=ids[:2])
    made = opened(world)
    esra = world.line("esra")
    counted = esra.change_incident(ACME, made.incident, scope=scope(world, "payout", "dev")).facts
    bram = world.line("bram")
    bram.erase(ACME, PAYMENT, subjects=["p1", "p2", "p3", "o1"])
    again = esra.change_incident(ACME, made.incident).facts

    assert counted is not None
    assert (counted.calls, counted.records, counted.people, counted.organisations) == (4, 4, 3, 1)
    assert counted.nationalities == {"MX": 1, "US": 2, "unknown": 1}
    assert (counted.states, counted.countries) == ({"CA": 1, "NY": 1}, {"unknown": 1})
    views = {one.element: (one.plain, one.masked, one.matched) for one in counted.elements}
    assert views == {"person.name": (4, 0, 0), "person.ssn": (1, 1, 0)}
    assert again is not None
    assert msgspec.structs.replace(again, logs=counted.logs) == counted


def test_a_notice_goes_out_in_versions(own_house: World, tmp_path: Path) -> None:
    """Unknown parts say so; a later version fills them; each names its basis and its change."""
    world = own_house
    esra, clara = world.line("esra"), world.line("clara")
    world.reveal("payout", world.protect("payer-1"))
    made = opened(world)
    assert made.dated_back
    (clock,) = made.clocks
    assert (clock.parameter, clock.back_dated) == ("breach.notice", True)
    assert (
        code_of(partial(esra.close_incident, ACME, made.incident, "no-breach", reason=WHY))
        == "incident.untold"
    )

    first = esra.write_incident_notice(ACME, made.incident)
    bases = {one.key: one.basis for one in first.notices[0].parts}
    assert (bases["records"], bases["consequences"], bases["nature"]) == (
        "unknown", "unknown", "asserted",
    )  # fmt: skip
    assert part(first, "contact") == ["Esra Demir, esra.demir@harborline.example"]
    esra.change_incident(ACME, made.incident, aware=back(world, minutes=1))
    second = esra.write_incident_notice(ACME, made.incident, measures="The key was revoked.")
    assert (second.status, [one.version for one in second.notices]) == ("confirmed", [1, 2])
    assert {"records", "persons", "measures", "times"} <= set(second.notices[1].changed)
    assert "nature" not in second.notices[1].changed
    assert second.notices[1].facts_sha256
    assert "People: 1." in part(second, "persons")

    sent = clara.show_notice(ACME, second.notices[1].notice)
    assert (sent.role, sent.version) == ("security", 2)
    assert "People: 1." in sent.body
    clara.acknowledge_notice(ACME, sent.notice)
    seen = clara.show_incident(ACME, made.incident)
    assert seen.notices[1].status == "acknowledged"
    triggers = {one.trigger: one.status for one in seen.clocks}
    assert triggers["breach-suspected"] == "met"
    closed = esra.close_incident(ACME, made.incident, "breach", reason=WHY)
    assert (closed.status, closed.outcome) == ("closed", "breach")
    assert {one.status for one in closed.clocks} == {"met", "stopped"}
    assert code_of(partial(esra.write_incident_notice, ACME, made.incident)) == "incident.closed"
    told = json.dumps(world.entries(tmp_path))
    assert NATURE not in told
    assert "The key was revoked." not in told
    assert '"incidents:incident:notice-written"' in told


def test_a_notice_says_how_the_data_was_kept_then(own_house: World) -> None:
    """What our controls saw of that time, not of today (GDPR 34(3)(a)); what nobody saw is said."""
    world = own_house
    esra, root = world.line("esra"), world.settings.root_file
    bare = esra.write_incident_notice(ACME, opened(world).incident)
    assert part(bare, "encryption") == ["Not yet known."]
    world.house.observe(ACME, CONTROLS["encryption-at-rest"])
    world.house.observe(ACME, CONTROLS["keys-wrapped"])
    root.chmod(0o640)
    world.house.observe(ACME, CONTROLS["keys-wrapped"])
    root.chmod(0o600)
    made = opened(world)
    esra.change_incident(ACME, made.incident, scope=scope(world, "payout"))
    world.house.observe(ACME, CONTROLS["encryption-at-rest"])
    said = part(esra.write_incident_notice(ACME, made.incident), "encryption")

    no_look = "the log has no look of then, nor of the day before"
    assert [line.partition(", from")[0] for line in said] == [
        "Every value stored encrypted: held at 1 of 1 looks",
        f"By the agreed algorithm, each bound to its place: {no_look}.",
        "Keys stored encrypted, apart from the data: did not hold at 1 of 2 looks",
    ]


def test_a_signal_is_decided_by_somebody_else(house: World) -> None:
    """Whoever it is about sees and decides nothing; a decision carries its reason, once."""
    world = house
    signal = raised(world, "bram", "one")
    assert signal not in {one.signal for one in world.line("bram").list_signals(ACME).signals}
    own = partial(world.line("bram").decide_signal, ACME, signal, "dismiss", reason=WHY)
    assert code_of(own) == "signal.unknown"
    shared = raised(world, "payout", "two")  # bram was shown payout's key
    both = partial(world.line("bram").decide_signal, ACME, shared, "dismiss", reason=WHY)
    assert code_of(both) == "self.review"
    for who, code in (("clara", "grant.missing"), ("dev", "grant.missing"),
                      ("greta", "controller.unknown")):  # fmt: skip
        assert code_of(partial(world.line(who).list_signals, ACME)) == code
    esra = world.line("esra")
    elsewhere = partial(esra.decide_signal, ACME, signal, "promote", reason=WHY, incident="0" * 32)
    assert code_of(elsewhere) == "incident.unknown"
    done = esra.decide_signal(ACME, signal, "dismiss", reason=WHY)
    assert (done.status, done.decided_by) == ("dismissed", world.ids["esra"])
    again = partial(esra.decide_signal, ACME, signal, "promote", reason=WHY)
    assert code_of(again) == "lifecycle.event"
    made = esra.decide_signal(ACME, shared, "promote", reason=WHY)
    incident = esra.show_incident(ACME, made.incident)
    assert incident.suspected == made.raised
    assert incident.scope.people == [world.ids["payout"]]


def test_silence_counts_as_a_suspicion_dated_from_the_signal(own_house: World) -> None:
    """Nobody decides in time: an incident is there, since the signal, with its clock, once."""
    world = own_house
    signal = raised(world)
    at = found(world, signal).raised
    world.house.tend_incidents()
    assert world.line("esra").list_incidents(ACME).incidents == []

    world.shift += timedelta(hours=24, minutes=1)
    world.house.tend_incidents()
    world.house.tend_incidents()

    (made,) = world.line("esra").list_incidents(ACME).incidents
    assert (made.status, made.suspected, made.opened_by) == ("suspected", at, "house")
    assert made.dated_back
    one = found(world, signal)
    assert (one.status, one.incident) == ("counted", made.incident)
    (clock,) = world.line("esra").show_incident(ACME, made.incident).clocks
    assert (clock.trigger, clock.since, clock.back_dated) == ("breach-suspected", at, True)
    nobody = partial(world.line("esra").write_incident_notice, ACME, made.incident)
    assert code_of(nobody) == "notice.contact"
    world.line("esra").change_incident(
        ACME, made.incident, contact=world.ids["esra"], nature=NATURE
    )
    assert len(nobody().notices) == 1


def test_a_later_signal_dates_an_open_incident_back(own_house: World) -> None:
    """An earlier sign that joins moves the suspicion and its clock; never forward."""
    world = own_house
    esra = world.line("esra")
    made = esra.open_incident(
        ACME, suspected=write_time(world.now()), nature=NATURE, scope=scope(world, "payout")
    )
    signal = raised(world)  # an hour ago
    esra.decide_signal(ACME, signal, "promote", reason=WHY, incident=made.incident)
    seen = esra.show_incident(ACME, made.incident)
    assert seen.suspected == found(world, signal).raised
    clocks = {one.status: one.since for one in seen.clocks}
    assert clocks == {"stopped": made.suspected, "running": seen.suspected}


def test_what_watches_raises_signals(own_house: World, tmp_path: Path) -> None:
    """Bursts of refusals, a limit that was hit, floods at the door and honey; each once."""
    world = own_house
    record = world.protect("payer-2")
    stranger, ada = world.line("stranger"), world.line("ada")
    for _ in range(20):
        code_of(lambda: stranger.reveal(ACME, PAYMENT, ["person.ssn"], records=[record]))
    world.give(ACME, "stranger", ["reveal"], "person.email", daily=1)
    others = [world.protect(f"limit-{n}") for n in range(2)]
    for one in others:
        code_of(partial(stranger.reveal, ACME, PAYMENT, ["person.email"], records=[one]))
    for _ in range(100):
        world.house.parts.sentry.refuse("192.0.2.9", "credential.unknown")
    world.house.parts.sentry.flush(last=True)
    consent(world)
    (honey,) = planted(world)
    world.reveal("payout", honey)
    world.house.settle()

    world.house.tend_incidents()
    world.house.tend_incidents()

    signals = world.line("esra").list_signals(ACME).signals
    sources = sorted(one.source for one in signals)
    assert sources == ["credentials", "honey", "limit"]
    assert world.line("ada").list_signals(GLOBEX).signals != []
    told = world.entries(tmp_path)
    assert [one["action"] for one in told].count("incidents:signal:raised") == 3

    alarm = next(one for one in signals if one.source == "honey")
    done = world.line("esra").decide_signal(ACME, alarm.signal, "dismiss", reason=WHY)
    assert done.status == "dismissed"
    (assessed,) = world.line("esra").list_alarms(ACME).alarms
    assert (assessed.state, assessed.assessed_by) == ("dismissed", world.ids["esra"])
    cleared(world)
    ada.remove_honey(ACME)


def test_an_alarm_that_is_decided_decides_its_signal(own_house: World) -> None:
    """Whichever of the two is decided first, the other one says the same."""
    world = own_house
    world.protect("payer-3")
    consent(world)
    (honey,) = planted(world)
    world.reveal("payout", honey)
    (alarm,) = world.line("esra").list_alarms(ACME).alarms
    world.line("esra").assess_alarm(ACME, alarm.alarm, "incident", reason=WHY)
    (signal,) = world.line("esra").list_signals(ACME).signals
    assert (signal.status, signal.raised) == ("promoted", alarm.raised)
    (made,) = world.line("esra").list_incidents(ACME).incidents
    assert (made.suspected, made.opened_by) == (alarm.raised, world.ids["esra"])
    facts = world.line("esra").change_incident(ACME, made.incident).facts
    assert facts is not None
    assert (facts.people, facts.honey, facts.calls) == (0, 1, 1)


def test_the_controller_takes_part(house: World, tmp_path: Path) -> None:
    """Its representative reads the incident and its entries, on record; no other does (C9.3)."""
    world = house
    record = world.protect("payer-4")
    world.reveal("payout", record)
    made = opened(world)
    clara, greta = world.line("clara"), world.line("greta")
    seen = clara.show_incident(ACME, made.incident)
    assert seen.nature == NATURE
    assert made.incident in {one.incident for one in clara.list_incidents(ACME).incidents}
    entries = clara.incident_entries(ACME, made.incident).entries
    assert [record] in [one.records for one in entries]
    assert {one.principal for one in entries} == {world.ids["payout"]}
    last = world.last(tmp_path)
    assert last["action"] == "incidents:incident:entries-shown"
    after = entries[0]
    rest = clara.incident_entries(ACME, made.incident, log=after.log, index=after.index).entries
    assert rest == entries[1:]

    for attempt in (
        partial(greta.show_incident, ACME, made.incident),
        partial(greta.incident_entries, ACME, made.incident),
        partial(greta.list_events, ACME),
    ):
        assert code_of(attempt) == "controller.unknown"
    assert code_of(partial(greta.show_incident, GLOBEX, made.incident)) == "incident.unknown"
    for ours in (
        partial(clara.change_incident, ACME, made.incident),
        partial(clara.write_incident_notice, ACME, made.incident),
        partial(clara.close_incident, ACME, made.incident, "no-breach", reason=WHY),
        partial(clara.drill_incident, ACME, scope(world, "payout")),
    ):
        assert code_of(ours) == "grant.missing"


def test_nobody_judges_themselves(house: World) -> None:
    """Whoever is in scope neither closes the incident nor takes themselves out of it."""
    world = house
    esra, ada = world.line("esra"), world.line("ada")
    made = ada.open_incident(
        ACME, suspected=back(world, hours=1), nature=NATURE, scope=scope(world, "esra")
    )
    esra.write_incident_notice(ACME, made.incident)
    close = partial(esra.close_incident, ACME, made.incident, "no-breach", reason=WHY)
    assert code_of(close) == "self.review"
    leave = partial(esra.change_incident, ACME, made.incident, scope=scope(world, "payout"))
    assert code_of(leave) == "self.review"
    bram = world.line("bram")
    assert bram.close_incident(ACME, made.incident, "no-breach", reason=WHY).status == "closed"


def test_other_events_are_told_or_not_and_why(house: World) -> None:
    """Each has its clock from its discovery; urgent ones go to the security desk (C9.1, C9.2)."""
    world = house
    esra, clara = world.line("esra"), world.line("clara")
    urgent = esra.enter_event(
        ACME, "urgent-issue", discovered=back(world, minutes=30), what="A gateway is open."
    )
    letter = esra.enter_event(
        ACME, "complaint", discovered=back(world, minutes=30), what="A letter came."
    )
    assert [one.parameter for one in urgent.clocks] == ["urgent.notice"]
    assert [one.parameter for one in letter.clocks] == ["other.notice"]
    assert urgent.clocks[0].due < letter.clocks[0].due
    theirs = {one.event for one in clara.list_events(ACME).events}
    assert urgent.event not in theirs

    told = esra.decide_event(ACME, urgent.event, "tell", reason="We closed it at 12:00.")
    sent = clara.show_notice(ACME, told.notices[0].notice)
    assert (sent.role, sent.kind) == ("security", "urgent-issue")
    assert "A gateway is open." in sent.body
    kept = esra.decide_event(ACME, letter.event, "keep", reason=WHY)
    assert (kept.status, [one.status for one in kept.clocks]) == ("not-told", ["stopped"])
    assert {one.event for one in clara.list_events(ACME).events} >= {urgent.event}
    again = esra.decide_event(ACME, letter.event, "tell", reason="It was about your data.")
    assert clara.show_notice(ACME, again.notices[0].notice).role == "privacy"
    back_ = partial(esra.decide_event, ACME, letter.event, "keep", reason=WHY)
    assert code_of(back_) == "lifecycle.event"
    later = write_time(world.now() + HOUR)
    ahead = partial(esra.enter_event, ACME, "complaint", discovered=later, what="x")
    assert code_of(ahead) == "event.discovered"


def test_a_failing_duty_asks_whether_to_tell(own_house: World) -> None:
    """What fails asks once; kept and failing again, it asks anew (C9.2)."""
    world = own_house
    esra, clara = world.line("esra"), world.line("clara")

    def look(result: str) -> None:
        world.shift += timedelta(minutes=1)
        with world.rows() as conn:
            conn.execute(
                sa.text("INSERT INTO observation VALUES (:c, :i, 'access-review', :t, :r, '', '')"),
                {
                    "c": ACME,
                    "i": write_time(world.now()),
                    "t": write_time(world.now()),
                    "r": result,
                },
            )
        world.house.tend_incidents()

    def asked() -> list[str]:
        return [one.status for one in esra.list_events(ACME).events]

    look("passed")
    assert asked() == []
    look("failed")
    look("failed")
    (question,) = esra.list_events(ACME).events
    assert (question.kind, question.about) == ("duty-not-kept", "access-review")
    assert question.opened_by == "house"
    esra.decide_event(ACME, question.event, "tell", reason="A review is late by a day.")
    look("failed")
    assert asked() == ["told"]
    look("passed")
    look("failed")
    assert asked() == ["told", "open"]
    assert [one.status for one in clara.list_events(ACME).events] == ["told"]


def test_a_control_that_guards_data_raises_a_signal_with_its_look(own_house: World) -> None:
    """It fails: a signal stands; failing on there is no second one; failing anew there is."""
    world = own_house
    house, findings = world.house, ["element.held"]
    guard = replace(CONTROLS["permitted-elements"], look=lambda _house, _name: list(findings))
    other = replace(CONTROLS["training"], look=lambda _house, _name: ["x"])

    def signals() -> list[str]:
        return [one.about for one in world.line("esra").list_signals(ACME).signals]

    house.observe(ACME, other)
    assert signals() == []
    house.observe(ACME, guard)
    house.observe(ACME, guard)
    assert signals() == ["permitted-elements"]
    findings.clear()
    house.observe(ACME, guard)
    findings.append("element.held")
    house.observe(ACME, guard)
    assert signals() == ["permitted-elements"] * 2


def test_redresses_are_met_by_their_clock(house: World, tmp_path: Path) -> None:
    """Costs and monitoring: in person or upon a writing, and proven by their clock (C9.3(i))."""
    world = house
    esra, clara = world.line("esra"), world.line("clara")
    made = opened(world)
    costs = Asked(kind="costs", amount=125000, currency="USD")
    asked = clara.enter_redress(ACME, made.incident, costs)
    assert (asked.status, asked.given_by) == ("received", world.ids["clara"])
    assert code_of(partial(esra.enter_redress, ACME, made.incident, costs)) == "incident.writing"
    letter = Letter(
        given_by=world.ids["greta"], reference="letter 9", text_sha256="1" * 64,
        received=back(world, hours=2),
    )  # fmt: skip
    wrong = partial(esra.enter_redress, ACME, made.incident, costs, letter)
    assert code_of(wrong) == "outsider.unknown"
    people = Asked(kind="monitoring", people=12)
    written = Letter(
        given_by=world.ids["clara"], reference="letter 9", text_sha256="1" * 64,
        received=back(world, hours=2),
    )  # fmt: skip
    entered = esra.enter_redress(ACME, made.incident, people, written)
    assert code_of(partial(clara.answer_redress, ACME, asked.redress, "settle", text="x")) == (
        "redress.not_ours"
    )
    esra.answer_redress(ACME, asked.redress, "contest", text="The list is missing.")
    paid = esra.answer_redress(ACME, asked.redress, "settle", text="transfer 77")
    assert (paid.status, paid.answer) == ("settled", "transfer 77")
    short = world.until(days=700)
    answer = partial(esra.answer_redress, ACME, entered.redress, "settle", text="contract 4")
    assert code_of(partial(answer, until=short)) == "redress.until"
    assert code_of(answer) == "redress.until"
    assert answer(until=world.until(days=735)).status == "settled"
    seen = clara.show_incident(ACME, made.incident)
    assert [one.status for one in seen.redresses] == ["settled", "settled"]
    for wrong_one in (Asked(kind="costs"), Asked(kind="monitoring")):
        assert code_of(partial(clara.enter_redress, ACME, made.incident, wrong_one)).startswith(
            "redress."
        )
    assert "The list is missing." not in json.dumps(world.entries(tmp_path))


def test_a_drill_leaves_nothing_but_its_entry(house: World, tmp_path: Path) -> None:
    """It prints the notice from the real log; no incident, notice, clock or signal is made."""
    world = house
    world.reveal("payout", world.protect("payer-5"))
    tables = (
        "incident",
        "incident_notice",
        "incident_signal",
        "procedure_timer",
        "procedure_notice",
    )
    before = {name: world.count(name) for name in tables}
    done = world.line("esra").drill_incident(ACME, scope(world, "payout"))

    assert {name: world.count(name) for name in tables} == before
    assert done.facts.people >= 1
    assert f"People: {done.facts.people}." in "\n".join(done.lines)
    assert world.last(tmp_path)["action"] == "incidents:drill:run"


def test_times_that_cannot_be_are_refused(house: World) -> None:
    """No suspicion in the future, no knowledge before it, no contact who is not ours."""
    world = house
    esra = world.line("esra")
    ahead, before = write_time(world.now() + HOUR), back(world, hours=5)
    asked = scope(world, "payout")
    for suspected, aware in ((ahead, ""), (back(world, hours=3), before), (before, ahead)):
        attempt = partial(
            esra.open_incident, ACME, suspected=suspected, aware=aware, nature=NATURE, scope=asked
        )
        assert code_of(attempt) == "incident.times"
    for contact in (world.ids["clara"], world.ids["payout"], "0" * 32):
        assert code_of(partial(opened, world, contact=contact)) == "contact.unknown"
    reversed_ = Question(since=write_time(world.now()), until=before)
    attempt = partial(esra.open_incident, ACME, suspected=before, nature=NATURE, scope=reversed_)
    assert code_of(attempt) == "incident.window"
    assert ELEMENTS


def test_commands(own_house: World) -> None:
    """From the command line: a signal decided, an incident counted, told, shown, a drill."""
    world = own_house
    if world.owner_url:
        pytest.skip("the same commands on either engine")
    world.reveal("payout", world.protect("payer-6"))
    signal = raised(world)
    times = {"since": back(world, days=1), "until": write_time(world.now() + HOUR)}
    world.close()
    runner = CliRunner()

    def run(who: str, *args: str, said: str = "") -> str:
        made = runner.invoke(
            app, [*args, "-c", ACME], env=world.environment(who), input=said, catch_exceptions=False
        )
        assert made.exit_code == 0, made.output
        return made.output

    assert signal[:8] in run("esra", "signal", "list", "--json")
    promoted = run(
        "esra", "signal", "decide", signal, "--verdict", "promote", said="It was nobody of ours\n"
    )
    item = promoted.split("incident  ")[1].split()[0]
    changed = run(
        "esra", "incident", "change", item, "--since", times["since"], "--until", times["until"],
        "--person", world.ids["payout"],
    )  # fmt: skip
    assert "people     1, 0 unclear" in changed
    told = run("esra", "incident", "notice", item, said=f"{NATURE}\n\nThe key was revoked.\n")
    assert "Which data (computed)" in told
    shown = run("clara", "incident", "show", item)
    assert "notice     1: waiting" in shown
    assert "breach.notice: running" in shown
    assert item in run("clara", "incident", "list", "--json")
    assert "revealed" in run("clara", "incident", "entries", item, "--json")
    asked = run("clara", "redress", "costs", item, "--amount", "9900", "--currency", "USD")
    run("esra", "redress", "answer", asked.split()[0], "--answer", "settle", said="transfer 77\n")
    entered = run(
        "esra", "event", "enter", "--kind", "complaint", "--discovered", times["since"],
        said="A letter came.\n",
    )  # fmt: skip
    run("esra", "event", "decide", entered.splitlines()[-1].split()[0], "--verdict", "keep",
        said="It was about somebody else.\n")  # fmt: skip
    assert "not-told" in run("esra", "event", "list", "--json")
    drilled = run("esra", "drill", "incident", "--since", times["since"], "--until", times["until"])
    assert drilled.startswith("A DRILL: nothing was sent.")
    assert "calls counted and the notice written in" in drilled
    closed = run("esra", "incident", "close", item, "--outcome", "breach", said="All is known.\n")
    assert "closed: breach" in closed
