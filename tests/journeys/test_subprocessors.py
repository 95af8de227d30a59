"""Sub-processors: kept out until noticed and consented to, and again after (C7.3(5), C7.2(5))."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bailee.cli import app
from bailee.client import Facts, SignedConsent
from bailee.client.subprocessor_answers import Proposal, Subprocessor
from bailee.clock import write_time
from bailee.db import HOUSE
from tests.journeys.world import ACME, ELEMENTS, GLOBEX, PAYMENT, World, code_of, founded

SHA = "ab" * 32
KEY = "age1" + "q" * 58
ENGINES = ("sqlite", "postgresql")


@dataclass
class Stage:
    """A deployment a month after some sub-processors were proposed to acme."""

    world: World
    noticed: dict[str, Proposal]

    def line(self, who: str) -> Any:
        """Return somebody's client."""
        return self.world.line(who)

    def standing(self, item: str, controller: str = ACME) -> Proposal:
        """Return an engagement as clara sees it."""
        who = "clara" if controller == ACME else "greta"
        found: list[Proposal] = self.line(who).list_subprocessors(controller).engagements
        return next(one for one in found if one.engagement == item)

    def engaged(self, name: str) -> Proposal:
        """Let clara consent to what was noticed a month ago, and bram engage it."""
        item = self.noticed[name].engagement
        self.line("clara").answer_subprocessor(ACME, item, "consent")
        done: Proposal = self.line("bram").engage_subprocessor(ACME, item)
        return done


def facts(name: str, **changed: Any) -> Facts:
    """Return a printer of letters."""
    values: dict[str, Any] = {
        "name": name, "address": "3 Quay Street, Cork", "contact": "Privacy desk",
        "services": ["printing"], "elements": ["person.name"], "countries": ["IE"],
    }  # fmt: skip
    return Facts(**(values | changed))


def recorded(world: World, name: str, *, bound: bool = True, **changed: Any) -> Subprocessor:
    """Write a sub-processor into the register, with a contract that covers everything."""
    made = world.line("bram").record_subprocessor(facts(name, **changed))
    if bound:
        duties = {one.duty: "covered" for one in world.line("bram").list_register().duties}
        world.line("bram").compare_contract(
            made.subprocessor, reference="file 3", text_sha256=SHA, duties=duties
        )
    return made


def noticed(world: World, name: str, *, bound: bool = True, **changed: Any) -> Proposal:
    """Propose a new one to acme; clara's reading of the notice hands it over."""
    made = recorded(world, name, bound=bound, **changed)
    one = world.line("bram").propose_subprocessor(ACME, made.subprocessor)
    world.line("clara").acknowledge_notice(ACME, one.notice)
    return one


def give(world: World) -> None:
    """Give what ended with the month, and what these tests need."""
    world.give(HOUSE, "bram", ["people"])
    world.give(ACME, "bram", ["interpret", "audit"])
    world.give(GLOBEX, "bram", ["interpret"])
    world.give(ACME, "esra", ["approve"])
    world.give(ACME, "importer", ["protect"], *ELEMENTS, daily=100_000)
    world.give(ACME, "payout", ["reveal"], "person.name", daily=100_000)


NAMES = ("Alder Print", "Birch Print", "Cedar Print", "Dogwood Print", "Elm Print", "Fir Print",
         "Gorse Print", "Hazel Print", "Ivy Print")  # fmt: skip


@pytest.fixture(scope="module", params=ENGINES)
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """Return the deployment, a month and a day after the notices."""
    home = tmp_path_factory.mktemp("journey") / "home"
    with founded(request.param, home, request) as world:
        known = {
            name: noticed(
                world, name, bound=name != "Hazel Print", keys=[KEY] * (name == "Ivy Print")
            )
            for name in NAMES
        }
        world.shift += timedelta(days=32)
        give(world)
        yield Stage(world, known)


def worker(stage: Stage, who: str, employer: str) -> Callable[[str], str]:
    """Let somebody of a company in; return what they are answered for a record of acme's."""
    world = stage.world
    world.invite(who, f"{who.capitalize()} Example-Reyes", employer=employer, relation="contractor")
    world.give(ACME, who, ["reveal", "search"], "person.name")
    record = world.protect(f"subject of {who}", person__name="Imre Vass")
    return lambda verb: code_of(
        lambda: (
            world.line(who).reveal(ACME, PAYMENT, ["person.name"], records=[record])
            if verb == "reveal"
            else world.line(who).search(ACME, PAYMENT, "person.name", equals="Imre Vass")
        )
    )


def test_engaged_served_objected_refused(stage: Stage) -> None:
    """Notice, thirty days, consent, contract: data flows; an objection ends it at once."""
    asked = worker(stage, "rosa", "ALDER PRINT")
    assert asked("reveal") == "subprocessor.not_engaged"

    done = stage.engaged("Alder Print")
    assert (done.status, done.counts) == ("engaged", True)
    assert [asked("reveal"), asked("search")] == ["done", "done"]

    stopped = stage.line("clara").answer_subprocessor(
        ACME, done.engagement, "object", words="They were in the news."
    )
    assert (stopped.status, stopped.counts) == ("objected", False)
    assert [asked("reveal"), asked("search")] == ["subprocessor.not_engaged"] * 2
    assert code_of(lambda: stage.line("bram").engage_subprocessor(ACME, done.engagement)) == (
        "subprocessor.state"
    )
    timers = [
        (one.parameter, one.status)
        for one in stage.line("clara").list_timers(ACME).timers
        if one.item == done.engagement
    ]
    assert ("subprocessor.stop", "met") in timers
    assert ("subprocessor.offer", "running") in timers
    offered = stage.line("bram").answer_subprocessor(
        ACME, done.engagement, "offer", words="We print in our own house."
    )
    assert offered.offer == "We print in our own house."
    again = stage.line("clara").answer_subprocessor(ACME, done.engagement, "consent")
    assert again.status == "consented"
    assert asked("reveal") == "subprocessor.not_engaged"


def test_silence_activates_nothing(stage: Stage) -> None:
    """A month without a word is silence; nothing is engaged upon it (C7.3(5))."""
    one = stage.noticed["Birch Print"].engagement

    assert stage.standing(one).status == "silent"
    assert code_of(lambda: stage.line("bram").engage_subprocessor(ACME, one)) == (
        "subprocessor.no_consent"
    )


def test_consent_does_not_shorten_the_days(stage: Stage) -> None:
    """A consent of the first day leaves twenty-nine more to wait."""
    one = noticed(stage.world, "Juniper Print")
    stage.line("clara").answer_subprocessor(ACME, one.engagement, "consent")

    assert code_of(lambda: stage.line("bram").engage_subprocessor(ACME, one.engagement)) == (
        "subprocessor.too_early"
    )
    assert 29 <= stage.standing(one.engagement).days_left <= 31


def test_nobody_consents_before_the_notice(stage: Stage) -> None:
    """While the notice waits for a contact there is nothing to consent to, on paper neither."""
    made = recorded(stage.world, "Larch Print")
    one = stage.line("bram").propose_subprocessor(ACME, made.subprocessor)
    clara = stage.line("clara")

    assert stage.standing(one.engagement).status == "proposed"
    assert code_of(lambda: clara.answer_subprocessor(ACME, one.engagement, "consent")) == (
        "subprocessor.not_noticed"
    )
    assert code_of(lambda: enter(stage, "bram", one.engagement)) == "subprocessor.not_noticed"


def enter(stage: Stage, who: str, item: str, **changed: Any) -> Proposal:
    """Enter clara's writing of an hour ago."""
    values = {
        "given_by": stage.world.ids["clara"], "reference": "letter 9", "text_sha256": SHA,
        "signed": write_time(stage.world.now() - timedelta(hours=1)),
    } | changed  # fmt: skip
    made: Proposal = stage.line(who).answer_subprocessor(
        ACME, item, "consent", signed=SignedConsent(**values)
    )
    return made


def test_a_paper_takes_two_who_read_it(stage: Stage) -> None:
    """One entry waits; the same person's second is refused; a second, equal one counts."""
    item = stage.noticed["Cedar Print"].engagement
    signed = write_time(stage.world.now() - timedelta(hours=1))
    first = enter(stage, "bram", item, signed=signed)
    assert (first.status, first.waits_for_second) == ("silent", True)
    assert code_of(lambda: stage.line("bram").engage_subprocessor(ACME, item)) == (
        "subprocessor.no_consent"
    )
    assert code_of(lambda: enter(stage, "bram", item, signed=signed)) == "self.approve"
    assert code_of(lambda: enter(stage, "esra", item, signed=signed, text_sha256="cd" * 32)) == (
        "subprocessor.writing_differs"
    )

    assert enter(stage, "esra", item, signed=signed).status == "consented"
    assert stage.line("bram").engage_subprocessor(ACME, item).status == "engaged"


def test_a_back_dated_paper_is_none(stage: Stage) -> None:
    """A writing that is older than the notice, or signed by another controller's person."""
    item = stage.noticed["Dogwood Print"].engagement
    old = write_time(stage.world.now() - timedelta(days=60))

    assert code_of(lambda: enter(stage, "bram", item, signed=old)) == "subprocessor.consent_too_old"
    assert code_of(lambda: enter(stage, "bram", item, given_by=stage.world.ids["greta"])) == (
        "outsider.unknown"
    )
    assert stage.standing(item).status == "silent"


def test_an_objection_wins_over_a_paper(stage: Stage) -> None:
    """What two of us enter does not undo what the controller said here, nor half of it before."""
    item = stage.noticed["Dogwood Print"].engagement
    enter(stage, "bram", item)
    stage.line("clara").answer_subprocessor(ACME, item, "object")

    assert code_of(lambda: enter(stage, "esra", item)) in {"subprocessor.objected", "grant.missing"}
    assert code_of(lambda: enter(stage, "bram", item)) == "subprocessor.objected"
    assert stage.standing(item).status == "objected"


def test_another_controllers_word_counts_nothing(stage: Stage) -> None:
    """Greta of globex sees nothing of acme's proposals, and cannot answer one."""
    item, greta = stage.noticed["Elm Print"].engagement, stage.line("greta")

    for attempt in (
        lambda: greta.answer_subprocessor(ACME, item, "consent"),
        lambda: greta.answer_subprocessor(ACME, item, "object"),
        lambda: greta.list_subprocessors(ACME),
    ):
        assert code_of(attempt) == "controller.unknown"
    assert code_of(lambda: greta.answer_subprocessor(GLOBEX, item, "consent")) == (
        "subprocessor.unknown"
    )
    assert code_of(lambda: stage.line("dev").answer_subprocessor(ACME, item, "object")) == (
        "grant.missing"
    )


def test_the_controllers_person_does_not_act_for_us(stage: Stage) -> None:
    """Clara holds ``interpret`` to sign; proposing, engaging, ending, instructing is ours."""
    one, clara = stage.noticed["Birch Print"], stage.line("clara")
    stage.world.give(ACME, "clara", ["interpret", "audit"])

    for attempt in (
        lambda: clara.propose_subprocessor(ACME, one.subprocessor),
        lambda: clara.engage_subprocessor(ACME, one.engagement),
        lambda: clara.end_subprocessor(ACME, one.engagement),
        lambda: clara.answer_subprocessor(ACME, one.engagement, "offer", words="Nothing."),
        lambda: clara.instruct_subprocessors(ACME, "destroy"),
    ):
        assert code_of(attempt) == "subprocessor.ours"


def test_one_of_ours_does_not_consent_in_person(stage: Stage) -> None:
    """Without the controller's writing our word is none."""
    item = stage.noticed["Elm Print"].engagement

    assert code_of(lambda: stage.line("bram").answer_subprocessor(ACME, item, "consent")) == (
        "subprocessor.not_theirs"
    )


def test_a_rename_after_the_consent_needs_a_new_notice(stage: Stage) -> None:
    """Material changes end what stood on the former facts, at once or on their day (C7.3(5)(i))."""
    asked = worker(stage, "tove", "Elm Print")
    done = stage.engaged("Elm Print")
    assert asked("reveal") == "done"
    bram, item = stage.line("bram"), done.subprocessor
    moved = bram.record_subprocessor(facts("Elm Print", contact="Other desk", subprocessor=item,
                                           based_on=1))  # fmt: skip
    assert (moved.version, moved.edition, asked("reveal")) == (2, 1, "done")
    stale = facts("Elm Documents", subprocessor=item, based_on=1)
    assert code_of(lambda: bram.record_subprocessor(stale)) == "subprocessor.changed"

    renamed = bram.record_subprocessor(facts("Elm Documents", subprocessor=item, based_on=2))
    assert (renamed.version, renamed.edition) == (3, 3)
    assert asked("reveal") == "subprocessor.not_engaged"
    shown = stage.standing(done.engagement)
    assert (shown.status, shown.counts) == ("engaged", False)
    proposed = bram.propose_subprocessor(ACME, item)
    assert (proposed.edition, proposed.status) == (3, "proposed")


def test_a_rename_between_consent_and_engagement_is_seen(stage: Stage) -> None:
    """Whoever consented to one name does not get another."""
    one = stage.noticed["Fir Print"]
    stage.line("clara").answer_subprocessor(ACME, one.engagement, "consent")
    stage.line("bram").record_subprocessor(
        facts("Fir Limited", subprocessor=one.subprocessor, based_on=1)
    )

    assert code_of(lambda: stage.line("bram").engage_subprocessor(ACME, one.engagement)) == (
        "subprocessor.changed"
    )


def test_a_contract_that_lacks_a_duty_keeps_it_out(stage: Stage) -> None:
    """Compared or not, weaker or missing: what binds us binds them, or they stay out."""
    one, bram = stage.noticed["Hazel Print"], stage.line("bram")
    stage.line("clara").answer_subprocessor(ACME, one.engagement, "consent")
    duties = {duty.duty: "covered" for duty in bram.list_register().duties}

    def engaging() -> str:
        return code_of(lambda: bram.engage_subprocessor(ACME, one.engagement))

    def compare(**changed: str) -> None:
        bram.compare_contract(
            one.subprocessor, reference="file 4", text_sha256=SHA, duties=duties | changed
        )

    codes = [engaging()]
    for verdict in ("missing", "weaker"):
        compare(audit=verdict)
        codes.append(engaging())
    assert stage.standing(one.engagement).contract_short == {"audit": "weaker"}
    compare()

    assert codes == [
        "subprocessor.no_contract", "subprocessor.contract_missing", "subprocessor.contract_weaker",
    ]  # fmt: skip
    assert engaging() == "done"


def test_files_to_it_stop_with_the_objection(stage: Stage) -> None:
    """An export under way to a sub-processor's key goes no further (C2.3, decision 0030)."""
    world = stage.world
    done = stage.engaged("Ivy Print")
    world.allow(KEY, elements=["person.name"])
    record = world.protect("subject of files", person__name="Imre Vass")
    payout = world.line("payout")
    leaving = payout.open_disclosure(ACME, PAYMENT, ["person.name"], keys=[KEY])

    def part() -> str:
        return code_of(
            lambda: payout.reveal(
                ACME, PAYMENT, ["person.name"], records=[record], disclosure=leaving.disclosure
            )
        )

    assert part() == "done"
    stage.line("clara").answer_subprocessor(ACME, done.engagement, "object")

    assert part() == "subprocessor.not_engaged"
    assert code_of(
        lambda: payout.open_disclosure(ACME, PAYMENT, ["person.name"], keys=[KEY])
    ) == "subprocessor.not_engaged"  # fmt: skip
    assert code_of(lambda: payout.reveal(ACME, PAYMENT, ["person.name"], records=[record])) == (
        "done"
    )


def test_a_marked_service_is_held_back_for_good(stage: Stage) -> None:
    """Whoever is said to be a sub-processor's stays so; nobody takes the mark off."""
    world, bram = stage.world, stage.line("bram")
    one = stage.noticed["Birch Print"].subprocessor
    record = world.protect("subject of a mark", person__name="Imre Vass")
    world.service("printer")
    world.give(ACME, "printer", ["reveal"], "person.name")

    def asked() -> str:
        return code_of(
            lambda: world.line("printer").reveal(ACME, PAYMENT, ["person.name"], records=[record])
        )

    assert asked() == "done"
    marked = bram.mark_worker(one, world.ids["printer"])

    assert marked.workers == [world.ids["printer"]]
    assert asked() == "subprocessor.not_engaged"
    for other in (one, stage.noticed["Alder Print"].subprocessor):
        again = partial(bram.mark_worker, other, world.ids["printer"])
        assert code_of(again) == "subprocessor.worker_taken"
    assert code_of(lambda: bram.mark_worker(one, world.ids["clara"])) == "subprocessor.outsider"


def test_two_who_engage_and_object_at_once(stage: Stage) -> None:
    """Of two writers one comes first; an objection is never undone by an engagement beside it."""
    one = stage.noticed["Gorse Print"]
    stage.line("clara").answer_subprocessor(ACME, one.engagement, "consent")
    codes: dict[str, str] = {}
    start = threading.Barrier(3)

    def run(name: str, act: Callable[[], object]) -> None:
        start.wait()
        codes[name] = code_of(act)

    acts = {
        "engage": lambda: stage.line("bram").engage_subprocessor(ACME, one.engagement),
        "again": lambda: stage.line("bram").engage_subprocessor(ACME, one.engagement),
        "object": lambda: stage.line("clara").answer_subprocessor(ACME, one.engagement, "object"),
    }
    threads = [threading.Thread(target=run, args=pair) for pair in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert codes["object"] == "done"
    assert "subprocessor.state" in {codes["engage"], codes["again"]}
    assert stage.standing(one.engagement).status == "objected"


def test_a_reveal_that_races_an_objection_is_before_it_or_refused(stage: Stage) -> None:
    """No call that begins after the objection's answer is served, whatever was under way."""
    one = noticed(stage.world, "Maple Print")
    asked = worker(stage, "mira", "Maple Print")
    _force(stage, one.engagement)
    assert asked("reveal") == "done"
    over = threading.Event()
    seen: list[tuple[bool, str]] = []

    def reader() -> None:
        while len(seen) < 120:
            late = over.is_set()
            seen.append((late, asked("reveal")))
            if late and sum(found for found, _ in seen) > 5:
                return

    threads = [threading.Thread(target=reader) for _ in range(2)]
    for thread in threads:
        thread.start()
    stage.line("clara").answer_subprocessor(ACME, one.engagement, "object")
    over.set()
    for thread in threads:
        thread.join()
    bad = [code for late, code in seen if late and code != "subprocessor.not_engaged"]

    assert {code for late, code in seen if late}
    assert bad == []


def _force(stage: Stage, item: str) -> None:
    """Write into the table that it is engaged: the days of this one are not over."""
    import sqlalchemy as sa  # noqa: PLC0415 - an operator's hand

    with stage.world.rows() as conn:
        conn.execute(
            sa.text(
                "UPDATE subprocessor_engagement SET state = 'engaged' WHERE engagement_id = :item"
            ),
            {"item": item},
        )
        conn.execute(sa.text("UPDATE epoch SET value = :value"), {"value": item})


def test_the_list_is_versioned_and_verifiable(stage: Stage) -> None:
    """C7.3(5)(i): each change makes a version; its bytes have the hash that the log has."""
    clara = stage.line("clara")
    versions = clara.list_subprocessors(ACME).lists
    newest = clara.show_subprocessor_list(ACME, versions[-1].version)
    held = json.loads(newest.text)
    line = next(one for one in held["subprocessors"] if one["name"] == "Birch Print")

    assert [one.version for one in versions] == list(range(1, len(versions) + 1))
    assert hashlib.sha256(newest.text.encode()).hexdigest() == newest.text_sha256
    assert {name: line[name] for name in ("address", "contact", "services", "categories")} == {
        "address": "3 Quay Street, Cork", "contact": "Privacy desk", "services": ["printing"],
        "categories": ["person.name"],
    }  # fmt: skip
    assert line["countries"] == ["IE"]
    assert code_of(lambda: clara.show_subprocessor_list(ACME, 9999)) == "subprocessor.no_list"
    assert code_of(lambda: stage.line("greta").show_subprocessor_list(ACME, 1)) == (
        "controller.unknown"
    )


def test_no_name_and_no_word_stands_in_a_clear_entry(stage: Stage, tmp_path: Path) -> None:
    """The log has ids and digests; names, addresses and reasons stay in the tables."""
    told = [one for one in stage.world.entries(tmp_path) if one["action"].startswith("privacy:")]
    text = json.dumps(told)

    assert {"privacy:subprocessor:proposed", "privacy:subprocessor:engaged"} <= {
        one["action"] for one in told
    }
    for word in ("Print", "Quay", "in the news", "letter 9", "Clara"):
        assert word not in text


def test_the_last_instruction_and_its_certificates(stage: Stage) -> None:
    """C6(ii): whoever may hold data is told once, acme gets the same words, proofs come back."""
    world, bram = stage.world, stage.line("bram")
    made = bram.instruct_subprocessors(ACME, "destroy").instructions
    one = made[0]
    copies = [
        stage.line("clara").show_notice(ACME, found.notice)
        for found in stage.line("clara").list_notices(ACME).notices
        if found.kind == "subprocessor-instruction"
    ]

    assert {found.name for found in made} >= {"Alder Print", "Cedar Print"}
    assert "Birch Print" not in {found.name for found in made}  # it never was engaged
    assert sorted(found.body for found in copies) == sorted(found.text for found in made)
    assert bram.instruct_subprocessors(ACME, "destroy").instructions == []  # a double click
    relayed = bram.answer_instruction(ACME, one.instruction, "relay", proof="receipt 4")
    assert relayed.status == "relayed"
    today = f"{world.now():%Y-%m-%d}"
    done = bram.answer_instruction(
        ACME, one.instruction, "certify", text_sha256=SHA, day=today, signed_by="Nora Feld"
    )
    assert (done.status, done.certificate_sha256) == ("certified", SHA)
    assert code_of(
        lambda: bram.answer_instruction(
            ACME, one.instruction, "certify", text_sha256=SHA, day=today, signed_by="Nora Feld"
        )
    ) == "subprocessor.instruction_state"  # fmt: skip


def test_the_commands_say_the_same(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """`bailee subprocessor` is a call of the API: what it lists is what the API lists."""
    from contextlib import contextmanager  # noqa: PLC0415

    @contextmanager
    def connected() -> Iterator[Any]:
        yield stage.line("bram")

    monkeypatch.setattr("bailee.cli.session.connected", connected)
    shown = CliRunner().invoke(app, ["subprocessor", "list", "-c", ACME])
    as_json = CliRunner().invoke(app, ["subprocessor", "list", "-c", ACME, "--json"])
    register = CliRunner().invoke(app, ["subprocessor", "register"])

    assert shown.exit_code == as_json.exit_code == register.exit_code == 0
    assert "Birch Print, edition 1: silent" in shown.stdout
    assert len(json.loads(as_json.stdout)["engagements"]) >= len(NAMES)
    assert "duties of a contract:" in register.stdout
