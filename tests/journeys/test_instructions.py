"""Documented instructions: signed, checked, accepted, in the data path (C2.4, C7.3(2))."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bailee.app import shapes
from bailee.client.instruction_answers import Instruction, InstructionAsks
from bailee.privacy import instruction_store as store
from tests.journeys.world import ACME, GLOBEX, PAYMENT, World, code_of

TEXT = "Tell payers which of their invoices are still open.\nUse names and addresses alone."
SHA = "5e" * 32
EMAIL = "person.email"


@pytest.fixture
def world(house: World) -> World:
    """Return a house in which bram and esra both decide at acme."""
    if "decides" not in house.people:
        house.give(ACME, "bram", ["approve"])
        house.give(ACME, "esra", ["interpret"])
        house.people.add("decides")
    return house


def purpose(word: str, *elements: str, verbs: tuple[str, ...] = ("reveal",)) -> InstructionAsks:
    """Return what an instruction for a purpose asks."""
    return InstructionAsks(
        purpose=word, elements=list(elements or ("person.name",)), verbs=list(verbs)
    )


def give(world: World, asks: InstructionAsks, who: str = "clara", **changed: Any) -> Instruction:
    """Let somebody give an instruction; clara signs it herself."""
    kind = "purpose" if asks.verbs else "request" if asks.request else "processing"
    fields = {"until": world.until(20)} | changed
    return world.line(who).give_instruction(ACME, kind, TEXT, asks=asks, **fields)  # type: ignore[arg-type]


def move(world: World, who: str, item: str, event: str, **more: str) -> Instruction:
    """Let somebody move an instruction."""
    return world.line(who).move_instruction(ACME, item, event, **more)  # type: ignore[arg-type]


def judge(world: World, item: str, verdict: str = "lawful") -> Instruction:
    """Let esra give an opinion."""
    note = "The payers are the controller's own customers; it tells them what they owe."
    return move(world, "esra", item, "opine", note=note, verdict=verdict)


def accept(world: World, item: str, *who: str) -> Instruction:
    """Let people accept it, one after the other."""
    return [move(world, one, item, "accept") for one in who or ("bram", "esra")][-1]


def reading(world: World, word: str, record: str, *elements: str, who: str = "payout") -> str:
    """Try to read for a purpose; return the code."""
    names = list(elements or ("person.name",))
    return code_of(lambda: world.line(who).reveal(ACME, word, names, records=[record]))


def test_a_purpose_counts_from_the_second_acceptance_to_its_withdrawal(world: World) -> None:
    """The data path refuses before both accepted, serves then, and refuses when it is withdrawn."""
    word, record = "open-invoices", world.protect("invoiced-1")
    before = reading(world, word, record)
    made = give(world, purpose(word))
    early = code_of(lambda: accept(world, made.instruction, "bram"))
    judge(world, made.instruction)
    accept(world, made.instruction, "bram")
    alone = code_of(lambda: accept(world, made.instruction, "bram"))
    ungiven = code_of(lambda: _grant(world, word))
    half = reading(world, word, record)
    done = accept(world, made.instruction, "esra")
    _grant(world, word)
    served, other = reading(world, word, record), reading(world, word, record, EMAIL)
    masked = code_of(
        lambda: world.line("payout").search(ACME, word, "person.name", equals="Nobody")
    )
    elsewhere = code_of(
        lambda: world.line("stranger").reveal(GLOBEX, word, ["person.name"], records=[record])
    )
    move(world, "clara", made.instruction, "withdraw")
    after = reading(world, word, record)
    usual = reading(world, PAYMENT, record)

    assert (made.status, made.needs, made.signed_by) == ("checked", 2, world.ids["clara"])
    assert made.text_sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert (before, half, ungiven) == ("purpose.not_in_agreement",) * 3
    assert (early, alone) == ("instruction.no_opinion", "instruction.one_person")
    assert (done.status, done.living) == ("accepted", True)
    assert done.accepted_by == [world.ids["bram"], world.ids["esra"]]
    assert (served, usual) == ("done", "done")
    assert (other, masked, elsewhere, after) == ("purpose.not_in_agreement",) * 4


def _grant(world: World, word: str) -> None:
    world.give(ACME, "payout", ["reveal", "search"], "person.name", EMAIL, purposes=[word])


def told(world: World, request: str) -> list[tuple[str, str, str, str]]:
    """Return what the controller told us about a request, as whoever acts on it asks."""
    data, now = world.house.parts.data, world.house.parts.clock.now()
    found = data.read(ACME, lambda conn: store.instructed(conn, ACME, request, now))
    return [(one.instruction_id, one.act, one.signed_by, one.text_sha256) for one in found]


def test_a_request_is_acted_upon_when_told_and_once(world: World, tmp_path: Path) -> None:
    """One person accepts it; whoever acts finds it, says that it is done, and finds it no more."""
    entered = world.line("bram").enter_request(ACME, "deletion", regime="gdpr")
    request = entered.request
    asks = InstructionAsks(request=request, act="delete")
    made = give(world, asks, until="")
    judge(world, made.instruction)
    before = told(world, request)
    accept(world, made.instruction, "bram")
    found, other = told(world, request), told(world, "cd" * 16)
    unproven = code_of(lambda: move(world, "esra", made.instruction, "execute"))
    done = move(world, "esra", made.instruction, "execute", note="entry 12 of the log")
    again = code_of(lambda: move(world, "esra", made.instruction, "execute", note="once more"))

    assert before == other == told(world, request) == []
    assert found == [(made.instruction, "delete", world.ids["clara"], made.text_sha256)]
    assert (unproven, again) == ("instruction.note", "instruction.not_living")
    assert (done.status, done.proof) == ("executed", "entry 12 of the log")
    entries = [one for one in world.entries(tmp_path) if "instruction" in one["action"]][-4:]
    assert [one["action"].rpartition(":")[2] for one in entries] == [
        "checked", "judged", "accepted", "executed",
    ]  # fmt: skip
    assert entries[-1]["detail"]["request"] == request
    assert TEXT.splitlines()[0] not in str(world.entries(tmp_path / "again"))


def test_paper_is_read_by_two_and_by_its_own_controller_s_people(world: World) -> None:
    """One of ours enters it, a second one compares; nobody else's representative signed it."""
    entered = world.line("bram").enter_request(ACME, "restriction", regime="gdpr")
    asks = InstructionAsks(request=entered.request, act="restrict")
    paper = {"reference": "letter 9", "writing_sha256": SHA, "until": ""}

    def enter(signer: str, **changed: str) -> Instruction:
        return give(world, asks, "bram", signed_by=world.ids[signer], **(paper | changed))

    codes = {
        "greta": code_of(lambda: enter("greta")),
        "one of ours": code_of(lambda: enter("esra")),
        "no paper": code_of(lambda: enter("clara", writing_sha256="")),
        "clara for another": code_of(
            lambda: give(world, asks, signed_by=world.ids["bram"], until="")
        ),
        "tomorrow's": code_of(lambda: enter("clara", received=world.until(1))),
    }
    made = enter("clara")
    unread = code_of(lambda: judge(world, made.instruction))
    alone = code_of(lambda: move(world, "bram", made.instruction, "check"))
    seen = move(world, "esra", made.instruction, "check")
    judge(world, made.instruction)
    own = code_of(lambda: accept(world, made.instruction, "bram"))
    done = accept(world, made.instruction, "esra")

    assert codes == {
        "greta": "outsider.unknown",
        "one of ours": "outsider.unknown",
        "no paper": "instruction.writing",
        "clara for another": "instruction.signer",
        "tomorrow's": "instruction.time",
    }
    assert (made.status, made.entered_by) == ("received", world.ids["bram"])
    assert (unread, alone, own) == (
        "instruction.state", "instruction.one_person", "instruction.one_person",
    )  # fmt: skip
    assert (seen.status, done.status) == ("checked", "accepted")
    assert told(world, entered.request) == [
        (made.instruction, "restrict", world.ids["clara"], made.text_sha256)
    ]


def test_what_infringes_is_answered_and_only_another_text_helps(world: World) -> None:
    """Told at once with the rule; insisting changes nothing until both signed a supplement."""
    made = give(world, purpose("care-plans", "health.condition"))
    (notice,) = [
        one for one in world.line("clara").list_notices(ACME).notices if one.notice == made.notice
    ]
    body = world.line("clara").show_notice(ACME, made.notice).body
    refused = code_of(lambda: accept(world, made.instruction, "esra"))
    move(world, "clara", made.instruction, "insist", note="We need it.")
    forced = code_of(lambda: accept(world, made.instruction, "esra"))
    again = move(world, "bram", made.instruction, "check")
    extra = world.line("bram").add_supplement(
        ACME, elements=["health.condition"], text="Supplement 1"
    )
    world.line("clara").sign_supplement(ACME, extra.supplement)
    move(world, "clara", made.instruction, "insist", note="Now you may.")
    cleared = move(world, "bram", made.instruction, "check")
    unjudged = code_of(lambda: accept(world, made.instruction, "esra"))
    judge(world, made.instruction)
    done = accept(world, made.instruction)

    assert [(one.code, one.rule) for one in made.objections] == [
        ("element.not_in_agreement", "C6.3")
    ]
    assert (made.status, notice.status, notice.item) == ("answered", "waiting", made.instruction)
    assert "C6.3" in body
    assert (refused, forced, unjudged) == (
        "instruction.state", "instruction.infringes", "instruction.no_opinion",
    )  # fmt: skip
    assert (again.status, again.notice != made.notice) == ("answered", True)
    assert (cleared.status, cleared.objections, done.status) == ("insisted", [], "accepted")


def test_an_adverse_opinion_answers_and_two_may_overrule_it(world: World) -> None:
    """A person's opinion is not the last word: the controller insists, and two of ours decide."""
    word, record = "win-back", world.protect("won-back-1")
    made = give(world, purpose(word))
    judge(world, made.instruction)
    accept(world, made.instruction)
    _grant(world, word)
    before = reading(world, word, record)
    told_ = judge(world, made.instruction, "infringes")
    stopped = reading(world, word, record)
    move(world, "clara", made.instruction, "insist")
    one = accept(world, made.instruction, "bram")
    half = reading(world, word, record)
    accept(world, made.instruction, "esra")

    assert (before, stopped, half) == ("done", *("purpose.not_in_agreement",) * 2)
    assert (told_.status, told_.verdict, one.status) == ("answered", "infringes", "insisted")
    assert told_.accepted_by == []
    assert reading(world, word, record) == "done"


def test_what_we_think_of_it_is_ours(world: World) -> None:
    """The controller sees that an opinion was given; its reasons only where they are adverse."""
    made = give(world, InstructionAsks(does="destroy"))
    judge(world, made.instruction)
    ours = world.line("esra").show_instruction(ACME, made.instruction)
    theirs = world.line("clara").show_instruction(ACME, made.instruction)
    judge(world, made.instruction, "infringes")
    adverse = world.line("clara").show_instruction(ACME, made.instruction)

    assert (ours.verdict, theirs.verdict) == ("lawful", "lawful")
    assert (bool(ours.reasons), theirs.reasons, adverse.reasons) == (True, "", ours.reasons)


def test_whose_it_is_and_who_decides(world: World) -> None:
    """Other controllers' people meet nothing; the controller's own decide on nothing of ours."""
    made = give(world, InstructionAsks(does="secure"))
    item, line = made.instruction, world.line
    codes = {
        "greta lists": code_of(lambda: line("greta").list_instructions(ACME)),
        "greta shows": code_of(lambda: line("greta").show_instruction(ACME, item)),
        "greta at home": code_of(lambda: line("greta").show_instruction(GLOBEX, item)),
        "bram elsewhere": code_of(lambda: line("bram").move_instruction(GLOBEX, item, "check")),
        "greta withdraws": code_of(lambda: move(world, "greta", item, "withdraw")),
        "greta gives": code_of(lambda: give(world, InstructionAsks(does="secure"), "greta")),
        "clara judges": code_of(
            lambda: move(world, "clara", item, "opine", note="Fine.", verdict="lawful")
        ),
        "clara accepts": code_of(lambda: accept(world, item, "clara")),
        "clara executes": code_of(lambda: move(world, "clara", item, "execute", note="x")),
        "a service": code_of(lambda: give(world, InstructionAsks(does="secure"), "payout")),
        "dev": code_of(lambda: line("dev").list_instructions(ACME)),
        "bram withdraws": code_of(lambda: move(world, "bram", item, "withdraw")),
        "too long": code_of(
            lambda: line("clara").give_instruction(
                ACME, "processing", "x" * 20_001, asks=InstructionAsks(does="secure")
            )
        ),
    }
    after = line("bram").show_instruction(ACME, item)

    assert codes == {
        "greta lists": "controller.unknown",
        "greta shows": "controller.unknown",
        "greta at home": "instruction.unknown",
        "bram elsewhere": "instruction.unknown",
        "greta withdraws": "controller.unknown",
        "greta gives": "controller.unknown",
        "clara judges": "instruction.not_yours",
        "clara accepts": "grant.missing",
        "clara executes": "instruction.not_yours",
        "a service": "grant.missing",
        "dev": "grant.missing",
        "bram withdraws": "instruction.note",
        "too long": "body.shape",
    }
    assert (after.status, after.accepted_by) == ("checked", [])


def test_two_at_once_are_two_and_one_twice_is_one(world: World) -> None:
    """Acceptances that race are counted one by one, whoever comes first."""
    made = give(world, purpose("race-day"))
    judge(world, made.instruction)
    with ThreadPoolExecutor(4) as pool:
        tries = [
            pool.submit(lambda who=who: code_of(lambda: accept(world, made.instruction, who)))  # type: ignore[misc]
            for who in ("bram", "bram", "esra", "esra")
        ]
        codes = sorted(one.result() for one in tries)
    done = world.line("bram").show_instruction(ACME, made.instruction)

    assert codes[:2] == ["done", "done"]
    assert set(codes[2:]) <= {"instruction.one_person", "instruction.state"}
    assert (done.status, sorted(done.accepted_by)) == (
        "accepted", sorted((world.ids["bram"], world.ids["esra"])),
    )  # fmt: skip


def test_a_purpose_begins_and_ends_by_the_clock(own_house: World) -> None:
    """Before its first day and from its end on nothing is served, over a restart as well."""
    world = own_house
    world.give(ACME, "bram", ["approve"])
    world.give(ACME, "esra", ["interpret"])
    word, record = "spring-mailing", world.protect("mailed-1")
    made = give(world, purpose(word), since=world.until(2), until=world.until(4))
    judge(world, made.instruction)
    accept(world, made.instruction)
    _grant(world, word)
    early = reading(world, word, record)
    world.close()
    world.open()
    still = reading(world, word, record)
    world.shift += timedelta(days=2, seconds=1)
    inside = reading(world, word, record)
    world.shift += timedelta(days=2)
    over = reading(world, word, record)
    stale = code_of(lambda: _grant(world, word))
    found = world.line("clara").show_instruction(ACME, made.instruction)
    late = code_of(lambda: move(world, "clara", made.instruction, "withdraw"))

    assert (early, still, over, stale) == ("purpose.not_in_agreement",) * 4
    assert inside == "done"
    assert (found.status, found.living, late) == ("expired", False, "instruction.state")


def states(world: World, *duties: str) -> list[str]:
    """Let the controls of instructions look; return the states of duties."""
    caller = world.house.authenticate(world.keys["clara"], "127.0.0.1")
    names = ["documented-instructions", "unlawful-instruction-notice"]
    world.house.run_controls(caller, ACME, shapes.Run(names))
    clauses = world.line("clara").show_clauses(ACME).clauses
    found = {one.obligation: one.state for clause in clauses for one in clause.obligations}
    return [found[name] for name in duties]


def test_our_word_is_on_the_clock(own_house: World) -> None:
    """Two business days by the text; what waits longer fails its duty, and no other."""
    made = give(own_house, InstructionAsks(does="secure"), until="")
    (timer,) = [
        one
        for one in own_house.line("clara").list_timers(ACME).timers
        if one.matter == "instruction"
    ]
    fresh = states(own_house, "C4.2", "C4.3")
    own_house.shift += timedelta(days=6)
    late = states(own_house, "C4.2", "C4.3")
    found = own_house.line("clara").show_instruction(ACME, made.instruction)
    move(own_house, "clara", made.instruction, "withdraw")

    assert (timer.trigger, timer.due, made.basis) == ("instruction-received", made.due, "C4.3")
    assert fresh == ["enforced", "operating"]
    assert (late, found.overdue) == (["enforced", "failing"], True)
    assert states(own_house, "C4.3") == ["operating"]


def test_instructions_by_command(own_house: World, tmp_path: Path) -> None:
    """The words and the paper are files; ids and codes alone are typed."""
    own_house.close()
    words = tmp_path / "words.txt"
    words.write_text(TEXT, "utf-8")
    made = own_house.cli(
        "instruction", "give", "purpose", str(words), "-c", ACME, "-p", "open-invoices",
        "--element", "person.name", "--verb", "reveal", "--until", own_house.until(9), who="clara",
    )  # fmt: skip
    item = made.stdout.split()[0]
    judged = own_house.cli(
        "instruction", "judge", item, "-c", ACME, "--verdict", "lawful", "--reasons", "It is fine.",
        who="bram",
    )  # fmt: skip
    accepted = own_house.cli("instruction", "accept", item, "-c", ACME, who="esra")
    again = own_house.cli("instruction", "accept", item, "-c", ACME, who="esra")
    listed = own_house.cli("instruction", "list", "-c", ACME, "--json", who="clara")
    shown = own_house.cli("instruction", "show", item, "-c", ACME, who="esra")
    gone = own_house.cli("instruction", "withdraw", item, "-c", ACME, who="clara")

    assert [one.returncode for one in (made, judged, accepted, again, listed, shown, gone)] == [
        0, 0, 0, 1, 0, 0, 0,
    ]  # fmt: skip
    assert "checked, 1 of 2 accepted" in accepted.stdout
    assert "instruction.one_person" in again.stderr
    assert item in listed.stdout
    assert TEXT.splitlines()[1] in shown.stdout
    assert "withdrawn" in gone.stdout
