"""What an instruction is, what stands against it, and who may accept it (C2.4, C7.3(2))."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bailee.agreement import Extension
from bailee.errors import Failure
from bailee.privacy.instruction import (
    INFRINGES,
    INSTRUCTION,
    LAWFUL,
    Asks,
    Given,
    Instruction,
    Objection,
    Opinion,
    check_accepts,
    check_confirms,
    check_executes,
    check_given,
    check_note,
    step,
)
from bailee.privacy.instruction_words import acceptance, answer
from bailee.privacy.objection import Ground, objections

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
ITEM = "ab" * 16
MARKET = Asks(purpose="open-invoices", elements=("person.name",), verbs=("reveal",))
DELETE = Asks(request=ITEM, act="delete")
AWAY = Asks(
    purpose="payments",
    elements=("person.name",),
    does="disclose",
    recipient="Larkspur",
    keys=(KEY,),
)
RULES = {
    "retention-isolation": "C6(i)", "permitted-elements": "C2.10", "no-sale": "C7.2(3)(i)",
    "no-reidentification": "C7.2(3)(iii)", "direct-relationship": "C7.2(3)(ii)(c)",
    "purpose-limit": "C2.4", "documented-instructions": "C7.3(2)", "disclosure-consent": "C2.3",
    "transfer-mechanism": "C7.3(3)", "legal-demand-hold": "C7.2(7)",
    "consumer-request-hold": "C7.2(6)(ii)",
}  # fmt: skip


def code_of(attempt: Callable[[], object]) -> str:
    """Return the code with which an attempt was refused; 'done' when it was not."""
    try:
        attempt()
    except Failure as failure:
        return failure.code
    return "done"


def given(kind: str, asks: Asks, **changed: Any) -> Given:
    """Return an instruction as it comes in."""
    fields: dict[str, Any] = {"until": NOW + 30 * DAY} | changed
    return Given(
        kind=kind, text=fields.pop("text", "Do it."), asks=asks, signed_by="clara",
        received=fields.pop("received", NOW), since=fields.pop("since", NOW), **fields,
    )  # fmt: skip


def instruction(kind: str = "purpose", asks: Asks = MARKET, **changed: Any) -> Instruction:
    """Return an instruction as stored."""
    fields: dict[str, Any] = {
        "controller": "acme", "instruction_id": ITEM, "kind": kind, "text": "Do it.",
        "text_sha256": "0" * 64, "asks": asks, "signed_by": "clara", "reference": "",
        "writing_sha256": "", "received": NOW, "since": NOW, "until": NOW + 30 * DAY,
        "entered": NOW, "entered_by": "clara", "due": NOW + DAY, "basis": "C4.3",
        "state": "checked", "opinion": Opinion(LAWFUL, "It is.", "esra", NOW),
    }  # fmt: skip
    return Instruction(**(fields | changed))


def ground(**changed: Any) -> Ground:
    """Return an agreement that names payments and lets names and addresses be held."""
    agreement: Any = SimpleNamespace(
        purposes=changed.pop("purposes", frozenset(("payments",))),
        permitted=frozenset(("person.name", "person.email")),
        extensions=changed.pop("extensions", ()),
        surviving=changed.pop("surviving", False),
        obligation_for=lambda control: changed.get("rules", RULES).get(control, ""),
    )
    names = frozenset(("person.name", "person.email", "health.condition"))
    more = {name: value for name, value in changed.items() if name != "rules"}
    return Ground(agreement=agreement, names=names, now=NOW, **more)


def against(one: Instruction, **changed: Any) -> list[tuple[str, str]]:
    """Return codes and rules of what stands against an instruction."""
    return [(found.code, found.rule) for found in objections(one, ground(**changed))]


@pytest.mark.parametrize(
    ("kind", "asks", "changed", "code"),
    [
        ("purpose", MARKET, {}, "done"),
        ("purpose", replace(MARKET, purpose="Open invoices"), {}, "instruction.asks"),
        ("purpose", replace(MARKET, verbs=()), {}, "instruction.asks"),
        ("purpose", replace(MARKET, verbs=("grant",)), {}, "instruction.asks"),
        ("purpose", replace(MARKET, act="delete"), {}, "instruction.asks"),
        ("purpose", replace(MARKET, elements=()), {}, "instruction.elements"),
        ("purpose", replace(MARKET, elements=("person.*",)), {}, "instruction.elements"),
        ("purpose", MARKET, {"until": None}, "instruction.until"),
        ("purpose", MARKET, {"until": NOW + 366 * DAY}, "done"),
        ("purpose", MARKET, {"until": NOW + 366 * DAY + DAY / 24}, "instruction.until"),
        ("purpose", MARKET, {"until": NOW}, "instruction.time"),
        ("purpose", MARKET, {"received": NOW + DAY}, "instruction.time"),
        ("purpose", MARKET, {"text": " \n"}, "instruction.text"),
        ("purpose", MARKET, {"text": "x" * 20_001}, "instruction.text"),
        ("purpose", MARKET, {"writing_sha256": "5e" * 32}, "instruction.writing"),
        ("request", DELETE, {"until": None}, "done"),
        ("request", replace(DELETE, request="a" * 31), {}, "instruction.asks"),
        ("request", replace(DELETE, act="forget"), {}, "instruction.asks"),
        ("processing", AWAY, {}, "done"),
        ("processing", replace(AWAY, keys=()), {}, "instruction.asks"),
        ("processing", replace(AWAY, does="transfer"), {}, "instruction.asks"),
        ("processing", replace(AWAY, does="use"), {}, "instruction.asks"),
        ("processing", replace(AWAY, elements=()), {}, "instruction.asks"),
        ("processing", Asks(does="destroy"), {}, "done"),
        ("advice", MARKET, {}, "instruction.kind"),
    ],
)
def test_an_instruction_says_enough(
    kind: str, asks: Asks, changed: dict[str, Any], code: str
) -> None:
    """Each kind fills its own members, within its bounds, and no other's."""
    assert code_of(lambda: check_given(given(kind, asks, **changed), NOW)) == code


def test_unknown_pairs_refuse() -> None:
    """What the table does not know changes nothing, and nothing follows an end."""
    events = {event for row in INSTRUCTION.values() for event in row}
    for state in (*INSTRUCTION, "expired"):
        for event in events - set(INSTRUCTION.get(state, {})):
            assert code_of(lambda s=state, e=event: step(s, e)) == "instruction.state"  # type: ignore[misc]
    assert INSTRUCTION["executed"] == INSTRUCTION["withdrawn"] == {}


def test_it_ends_at_its_until() -> None:
    """At that very moment it is over, before its first day it is not in effect."""
    one = instruction(state="accepted", since=NOW + DAY)

    assert (one.living(NOW), one.living(NOW + DAY)) == (False, True)
    assert (one.state_at(NOW + 30 * DAY), one.living(NOW + 30 * DAY)) == ("expired", False)
    assert instruction("request", DELETE, until=None, state="accepted").living(NOW + 3650 * DAY)
    assert (one.overdue(NOW + 2 * DAY), instruction().overdue(NOW + 2 * DAY)) == (False, True)


@pytest.mark.parametrize(
    ("one", "changed", "expected"),
    [
        (instruction(), {}, []),
        (instruction(), {"surviving": True}, [("instruction.after_end", "C6(i)")]),
        (
            instruction(asks=replace(MARKET, purpose="payments")),
            {},
            [("instruction.purpose_named", "C7.3(2)")],
        ),
        (
            instruction(asks=replace(MARKET, purpose="list-brokerage")),
            {},
            [("instruction.sale", "C7.2(3)(i)")],
        ),
        (
            instruction(asks=replace(MARKET, purpose="reidentification")),
            {},
            [("instruction.reidentification", "C7.2(3)(iii)")],
        ),
        (
            instruction(asks=replace(MARKET, elements=("person.name", "health.condition"))),
            {},
            [("element.not_in_agreement", "C2.10")],
        ),
        (
            instruction(asks=replace(MARKET, elements=("person.shoe",))),
            {},
            [("element.unknown", "C2.10")],
        ),
        (
            instruction("processing", Asks(does="sell")),
            {},
            [("instruction.sale", "C7.2(3)(i)")],
        ),
        (
            instruction("processing", Asks(does="sell")),
            {"rules": {"purpose-limit": "C2.4"}},
            [("instruction.sale", "C2.4")],
        ),
        (instruction("processing", Asks(does="sell")), {"rules": {}}, []),
        (
            instruction("processing", Asks(does="combine")),
            {},
            [("instruction.combination", "C7.2(3)(ii)(c)")],
        ),
        (
            instruction("processing", AWAY),
            {"consent": lambda _: "consent.expired"},
            [("consent.expired", "C2.3")],
        ),
        (
            instruction("processing", replace(AWAY, does="transfer", country="IN")),
            {"mechanism": lambda _: "transfer.no_mechanism", "frozen": frozenset("*")},
            [("disclosure.frozen", "C7.2(7)"), ("transfer.no_mechanism", "C7.3(3)")],
        ),
        (
            instruction("processing", replace(AWAY, purpose="open-invoices")),
            {},
            [("purpose.not_in_agreement", "C2.4")],
        ),
        (
            instruction("request", DELETE),
            {"request": lambda _: "request.unknown"},
            [("request.unknown", "C7.2(6)(ii)")],
        ),
    ],
)  # fmt: skip
def test_each_objection_names_its_rule(
    one: Instruction, changed: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """The duty that would be broken stands beside what stands against it; none, no objection."""
    assert against(one, **changed) == expected


def test_an_added_purpose_carries_processing_for_its_elements() -> None:
    """What the controller added counts for other instructions, and no further than it says."""
    added = Extension(
        ITEM, ITEM, "open-invoices", frozenset(("person.name",)), frozenset(("reveal",)),
        NOW - DAY, NOW + DAY, NOW - DAY,
    )  # fmt: skip
    one = instruction("processing", replace(AWAY, purpose="open-invoices"))
    wider = replace(one, asks=replace(one.asks, elements=("person.email", "person.name")))
    over = replace(added, until=NOW)

    assert against(one, extensions=(added,)) == []
    assert against(wider, extensions=(added,)) == [("purpose.not_in_agreement", "C2.4")]
    assert against(one, extensions=(over,)) == [("purpose.not_in_agreement", "C2.4")]


def test_an_extension_counts_for_what_it_names() -> None:
    """Purpose, verb, every element and the day must fit one extension; nothing asks for nothing."""
    one = Extension(
        ITEM, ITEM, "open-invoices", frozenset(("person.name",)), frozenset(("reveal",)),
        NOW, NOW + DAY, NOW, NOW + DAY / 2,
    )  # fmt: skip
    name = ("person.name",)

    assert one.covers("open-invoices", "reveal", name, NOW)
    assert not one.covers("open-invoices", "reveal", name, NOW - DAY)
    assert not one.covers("open-invoices", "reveal", name, NOW + DAY)
    assert not one.covers("open-invoices", "erase", name, NOW)
    assert not one.covers("open-invoices", "reveal", (*name, "person.email"), NOW)
    assert not one.covers("open-invoices", "reveal", (), NOW)
    assert not one.covers("payments", "reveal", name, NOW)
    assert (one.known_at(NOW - DAY), one.known_at(NOW), one.known_at(one.until)) == (
        False, True, False,
    )  # fmt: skip


OBJECTION = Objection("instruction.sale", "C7.2(3)(i)", "No.")
PAPER: dict[str, Any] = {"writing_sha256": "5e" * 32, "entered_by": "bram"}


@pytest.mark.parametrize(
    ("one", "by", "found", "expected"),
    [
        (instruction(), "bram", (), "support"),
        (instruction(accepted_by=("bram",)), "esra", (), "accept"),
        (instruction(accepted_by=("bram",)), "bram", (), "instruction.one_person"),
        (instruction("request", DELETE), "bram", (), "accept"),
        (instruction("request", DELETE, **PAPER), "bram", (), "instruction.one_person"),
        (instruction("request", DELETE, **PAPER), "esra", (), "accept"),
        (instruction("request", DELETE, opinion=None), "esra", (), "instruction.no_opinion"),
        (instruction("request", DELETE), "esra", (OBJECTION,), "instruction.infringes"),
        (
            instruction("request", DELETE, state="insisted", insisted=NOW, opinion=None),
            "esra", (), "instruction.no_opinion",
        ),
        (
            instruction(
                "request", DELETE, state="insisted", insisted=NOW,
                opinion=Opinion(INFRINGES, "No.", "esra", NOW),
            ),
            "esra", (), "support",
        ),
        (
            instruction("request", DELETE, state="insisted", insisted=NOW),
            "esra", (OBJECTION,), "instruction.infringes",
        ),
    ],
)  # fmt: skip
def test_who_accepts(
    one: Instruction, by: str, found: tuple[Objection, ...], expected: str
) -> None:
    """Two for a purpose and for what is insisted on; nobody for what the machine objects to."""
    made: list[str] = []
    code = code_of(lambda: made.append(check_accepts(one, by, found)))

    assert (made or [code])[-1] == expected


def test_paper_takes_a_second_reader() -> None:
    """Who typed it does not say as well that the paper says so; a signed one has no paper."""
    paper = instruction(state="received", **PAPER)

    assert code_of(lambda: check_confirms(paper, "bram")) == "instruction.one_person"
    assert code_of(lambda: check_confirms(paper, "esra")) == "done"
    assert code_of(lambda: check_confirms(instruction(), "clara")) == "done"


def test_only_what_lives_is_carried_out() -> None:
    """Accepted and in effect; a purpose is carried out by nobody."""
    one = instruction("request", DELETE, state="accepted")

    assert code_of(lambda: check_executes(one, NOW)) == "done"
    assert code_of(lambda: check_executes(one, NOW + 30 * DAY)) == "instruction.not_living"
    assert code_of(lambda: check_executes(one, NOW - DAY)) == "instruction.not_living"
    assert code_of(lambda: check_executes(instruction(), NOW)) == "instruction.by_path"
    assert code_of(lambda: check_note("\x00")) == "instruction.note"


def test_the_answer_gives_the_reasons() -> None:
    """The controller reads every objection with its rule, and the reasons of the opinion."""
    opinion = Opinion(INFRINGES, "A law forbids it.\nArticle 9.", "esra", NOW)
    one = instruction(objections=(OBJECTION,), opinion=opinion, text="Sell the list.")

    said = answer(one).lines
    assert "- No. (C7.2(3)(i))" in said
    assert "- A law forbids it." in said
    assert "- Article 9." in said
    assert not any("Sell the list." in line for line in (*said, *acceptance(one).lines))
    assert "Purpose: open-invoices" in acceptance(one).lines
