"""Documented instructions: signed, checked, accepted, in the data path (C2.4, C7.3(2))."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

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
