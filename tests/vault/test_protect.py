"""Protect and reveal, on real keys, access and ledger (C2.8(1), C2.10, C2.4, C2.5(5))."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bailee.access import Caller
from bailee.db import HOUSE, SqliteDatabase
from bailee.errors import Invalid, NotFound, Oversized, Refused, Unauthenticated
from bailee.ledger import Touched
from bailee.vault.shapes import MAX_ITEMS, Masked, Protect, ProtectRecord, Reveal
from tests.vault.world import ACME, GLOBEX, Paper, World

ADA = {
    "person.name": "Canary Lovelace-Okonkwo",
    "person.ssn": "536-90-4399",
    "person.email": "canary@example.com",
}


def test_a_value_comes_back_as_it_came(world: World, cleo: Caller) -> None:
    """What was handed in is given back unchanged, not in its normal form."""
    record = world.protect(cleo, "cust-1", {"person.name": "  Ludmila  ÇELIK "})

    assert world.reveal(cleo, record, "person.name") == {"person.name": "  Ludmila  ÇELIK "}


def test_results_come_in_order_with_their_refs(world: World, cleo: Caller) -> None:
    """Each result carries its item's ref, a record of its own, and tokens where they are made."""
    records = [ProtectRecord(f"row-{n}", f"cust-{n}", ADA) for n in range(5)]

    answer = world.vault.protect(cleo, ACME, Protect("payments", records))

    assert [one.ref for one in answer.results] == [f"row-{n}" for n in range(5)]
    assert len({one.record for one in answer.results}) == 5
    assert all(set(one.tokens) == {"person.ssn"} for one in answer.results)


def test_one_subject_has_one_id_and_one_key(world: World, cleo: Caller) -> None:
    """The same reference is the same subject, in one call and in the next."""
    twice = [ProtectRecord("a", "cust-1", ADA), ProtectRecord("b", "cust-1", ADA)]
    world.vault.protect(cleo, ACME, Protect("payments", twice))
    world.protect(cleo, "cust-1", ADA)

    assert world.count("vault_subject") == 1
    assert world.count("vault_record") == 3
    assert len({one[0] for one in world.run("SELECT subject_id FROM vault_record")}) == 1


def test_the_entry_names_records_elements_and_attributes(world: World, cleo: Caller) -> None:
    """One entry per call: codes in clear; record, subject and coarse attributes as openings."""
    said = {"kind": "person", "category": "owner", "nationalities": ["us"], "residence": "US-CA"}
    answer = world.protected(cleo, "cust-1", ADA, **said)
    fact = world.facts[-1]
    (line,) = fact.records

    assert fact.action == "vault:record:protected"
    assert fact.decision == "allowed"
    assert fact.purpose == "payments"
    assert set(fact.elements) == set(ADA)
    assert fact.obligations == ("C2.5(5)",)
    assert fact.agreement == "v1"
    assert fact.actor["principal_id"] == cleo.principal_id
    assert line == Touched(
        answer.results[0].record, line.subject_id, tuple(ADA), "person", "owner", ("US",), "US-CA"
    )
    assert len(answer.entry.leaf) == 64


def test_what_a_later_call_does_not_say_stays(world: World, cleo: Caller) -> None:
    """Attributes are brought up by the call that says them, and kept by the others."""
    world.protect(cleo, "cust-1", ADA, kind="person", residence="US-CA")
    world.protect(cleo, "cust-1", ADA, residence="US-NY")
    (line,) = world.touched()

    assert (line.kind, line.category, line.residence) == ("person", "unknown", "US-NY")


def test_nothing_in_clear_reaches_the_files(tmp_path: Path, world: World, cleo: Caller) -> None:
    """No value and no reference is in the database, its log or the key database (C2.8(1))."""
    record = world.protect(cleo, "reference-canary-77", ADA)
    world.reveal(cleo, record, *ADA)
    world.search(cleo, "person.email", "canary@example.com")
    if not isinstance(world.data, SqliteDatabase):
        tables = world.run(
            "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'vault%'"
        )
        held = str([world.run(f"SELECT * FROM {name}") for (name,) in tables]).encode()
    else:
        held = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())

    assert b"vault_record" in held or b"acme" in held
    for canary in (
        b"Canary Lovelace",
        b"536-90-4399",
        b"536904399",
        b"canary@",
        b"reference-canary",
    ):
        assert canary not in held


@pytest.mark.parametrize(
    ("element", "code"),
    [
        ("health.condition", "element.not_in_agreement"),
        ("person.shoe_size", "element.unknown"),
        ("card.cvv", "value.sensitive_authentication"),
    ],
)
def test_what_may_not_be_held_is_refused_and_recorded(
    world: World, cleo: Caller, element: str, code: str
) -> None:
    """Outside the annex, outside the catalogue, never at all: nothing is stored (C2.10)."""
    with pytest.raises((Refused, Invalid)) as caught:
        world.protect(cleo, "cust-1", {"person.name": "Ada", element: "123"})

    assert caught.value.code == code
    assert world.count("vault_record") == world.count("vault_subject") == 0
    assert world.facts[-1].decision == "refused"
    assert world.facts[-1].detail == {"verb": "protect", "code": code}
    assert element not in world.facts[-1].elements or element == "health.condition"


def test_atomic_refuses_all_and_names_the_place(world: World, cleo: Caller) -> None:
    """One bad item of two: nothing is stored, and the error says which by place, not by word."""
    records = [
        ProtectRecord("good", "cust-1", ADA),
        ProtectRecord("secret-ref", "cust-2", {"person.ssn": "000-00-0000"}),
    ]
    with pytest.raises(Invalid) as caught:
        world.vault.protect(cleo, ACME, Protect("payments", records))

    assert caught.value.code == "value.invalid"
    assert caught.value.says.startswith("Item 1: ")
    assert "secret-ref" not in str(caught.value)
    assert world.count("vault_record") == 0


def test_continue_does_what_can_be_done(world: World, cleo: Caller) -> None:
    """One bad item of three: two are stored, the third has its code; the entry counts both."""
    records = [
        ProtectRecord("a", "cust-1", ADA),
        ProtectRecord("b", "cust-2", {"person.ssn": "000-00-0000"}),
        ProtectRecord("c", "cust-3", ADA),
    ]
    answer = world.vault.protect(cleo, ACME, Protect("payments", records, mode="continue"))

    assert [one.ok for one in answer.results] == [True, False, True]
    assert answer.results[1].error is not None
    assert answer.results[1].error.code == "value.invalid"
    assert world.count("vault_record") == 2
    assert world.facts[-1].count == 2
    assert world.facts[-1].detail["failed"] == 1
    assert world.facts[-1].detail["code.0"] == "value.invalid"


def test_purpose_and_verb_must_be_granted(world: World, cleo: Caller) -> None:
    """Another purpose is refused; somebody without a grant is not even told of the controller."""
    record = world.protect(cleo, "cust-1", ADA)
    with pytest.raises(Refused, match=r"^purpose\.not_in_agreement"):
        world.reveal(cleo, record, "person.name", purpose="marketing")
    assert world.facts[-1].purpose == ""  # a word nobody knows may be a value
    dora = world.join("dora")
    with pytest.raises(NotFound, match=r"^controller\.unknown"):
        world.reveal(dora, record, "person.name")

    assert world.facts[-1].controller == "house"


def test_another_controllers_record_is_not_found(world: World, cleo: Caller) -> None:
    """A record of acme does not exist for globex, and the refusal goes to the caller's log."""
    record = world.protect(cleo, "cust-1", ADA)
    gina = world.able("gina", GLOBEX)
    with pytest.raises(NotFound, match=r"^record\.unknown"):
        world.reveal(gina, record, "person.name", controller=GLOBEX)

    assert world.facts[-1].controller == GLOBEX
    assert world.facts[-1].detail["code"] == "record.unknown"


def test_a_grant_for_a_mask_shows_the_mask(world: World, cleo: Caller) -> None:
    """Whoever was granted only last4 sees last4, and it says so (C2.5(4))."""
    record = world.protect(cleo, "cust-1", ADA)
    dora = world.join("dora")
    world.give("dora", ["reveal-masked"], elements=["person.ssn:last4", "person.name:initials"])

    shown = world.reveal(dora, record, "person.ssn", "person.name")

    assert shown == {
        "person.ssn": Masked("4399", "last4"),
        "person.name": Masked("C.L.", "initials"),
    }


def test_asking_for_a_view_gives_the_view(world: World, cleo: Caller) -> None:
    """Who may see a value may ask for less of it."""
    record = world.protect(cleo, "cust-1", ADA)

    assert world.reveal(cleo, record, "person.ssn:last4") == {"person.ssn": Masked("4399", "last4")}


def test_an_element_the_record_lacks_is_left_out(world: World, cleo: Caller) -> None:
    """Asking for more than there is is no error."""
    record = world.protect(cleo, "cust-1", {"person.name": "Ada"})

    assert world.reveal(cleo, record, "person.name", "person.ssn") == {"person.name": "Ada"}


def test_the_entry_of_a_reveal_says_what_was_shown(world: World, cleo: Caller) -> None:
    """Elements asked are in clear; what each record showed is in the openings."""
    record = world.protect(cleo, "cust-1", {"person.name": "Ada"})
    world.reveal(cleo, record, "person.name", "person.ssn")

    assert set(world.facts[-1].elements) == {"person.name", "person.ssn"}
    assert [line.elements for line in world.touched()] == [("person.name",)]
    assert [line.record_id for line in world.touched()] == [record]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"records": []}, "reveal.target"),
        ({"tokens": ["tok_x"]}, "reveal.target"),
        ({"records": ["r"] * (MAX_ITEMS + 1)}, "items.count"),
        ({"elements": ["person.name", "person.name:initials"]}, "ask.elements"),
    ],
)
def test_calls_that_make_no_sense_are_refused(
    world: World, cleo: Caller, changed: dict[str, list[str]], code: str
) -> None:
    """Both or neither target, too many items, one element twice."""
    record = world.protect(cleo, "cust-1", ADA)
    values = {"purpose": "payments", "elements": ["person.name"], "records": [record]} | changed
    with pytest.raises((Invalid, Oversized), match=f"^{code}"):
        world.vault.reveal(cleo, ACME, Reveal(**values))  # type: ignore[arg-type]
    assert world.facts[-1].decision == "refused"


def test_reveals_count_subjects_not_records(world: World, cleo: Caller) -> None:
    """A grant for one subject a day shows both records of one person, not a second person."""
    mine = [world.protect(cleo, "cust-1", ADA) for _ in range(2)]
    other = world.protect(cleo, "cust-2", ADA)
    dora = world.join("dora")
    world.give("dora", ["reveal"], daily=1)

    answer = world.vault.reveal(dora, ACME, Reveal("payments", ["person.name"], records=mine))
    with pytest.raises(Refused, match=r"^reveal\.limit"):
        world.reveal(dora, other, "person.name")

    assert [one.ok for one in answer.results] == [True, True]
    world.moment += timedelta(days=1, seconds=1)
    assert world.reveal(dora, other, "person.name")


def test_values_swapped_in_the_database_do_not_open(world: World, cleo: Caller) -> None:
    """Somebody who writes to the database moves one person's row under another id: an alarm."""
    mine = world.protect(cleo, "cust-1", ADA)
    yours = world.protect(cleo, "cust-2", {"person.name": "Grace"})
    world.run(
        "UPDATE vault_record SET body = (SELECT o.body FROM vault_record o WHERE o.record_id = :y)"
        " WHERE record_id = :m",
        y=yours,
        m=mine,
    )
    with pytest.raises(Exception, match=r"^record\.altered"):
        world.reveal(cleo, mine, "person.name")

    assert world.facts[-1].decision == "failed"
    assert world.reveal(cleo, yours, "person.name") == {"person.name": "Grace"}


def test_a_row_hung_on_another_subject_does_not_open(world: World, cleo: Caller) -> None:
    """A record given to another subject of the same controller does not open either."""
    mine = world.protect(cleo, "cust-1", ADA)
    world.protect(cleo, "cust-2", ADA)
    world.run(
        "UPDATE vault_record SET subject_id = (SELECT o.subject_id FROM vault_record o"
        " WHERE o.record_id <> :m) WHERE record_id = :m",
        m=mine,
    )
    with pytest.raises(Exception, match=r"^record\.altered"):
        world.reveal(cleo, mine, "person.name")


def test_an_altered_record_stops_only_itself_in_continue(world: World, cleo: Caller) -> None:
    """In mode continue the others are shown, and the altered one has its code."""
    mine, yours = (world.protect(cleo, name, ADA) for name in ("cust-1", "cust-2"))
    world.run("UPDATE vault_record SET subject_id = (SELECT o.subject_id FROM vault_record o"
              " WHERE o.record_id <> :m) WHERE record_id = :m", m=mine)  # fmt: skip
    body = Reveal("payments", ["person.name"], records=[mine, yours, "0" * 32], mode="continue")

    results = world.vault.reveal(cleo, ACME, body).results

    assert [one.ok for one in results] == [False, True, False]
    assert [one.error.code for one in results if one.error] == ["record.altered", "record.unknown"]


def test_a_supplement_opens_an_element(world: World, cleo: Caller) -> None:
    """What both parties add to the annex may be held from then on (C2.10)."""
    every = Paper().permitted | {"health.condition"}
    world.papers[ACME] = replace(Paper(), permitted=every, version_id="v2")
    world.give("cleo", ["protect", "reveal"], elements=["health.condition"])

    record = world.protect(cleo, "cust-1", {"health.condition": "asthma"})

    assert world.reveal(cleo, record, "health.condition") == {"health.condition": "asthma"}
    assert world.facts[-1].agreement == "v2"


def test_two_processes_agree(world: World, cleo: Caller) -> None:
    """What one process stored, another that remembers nothing reveals."""
    record = world.protect(cleo, "cust-1", ADA)
    world.vault = world.another_process()

    assert world.reveal(cleo, record, "person.ssn") == {"person.ssn": "536-90-4399"}


def test_a_person_reference_is_found_after_the_reference_key_is_replaced(
    world: World, cleo: Caller
) -> None:
    """A new reference key makes no second subject, before and after it is written with."""
    world.protect(cleo, "cust-1", ADA)
    world.keys.rotate_controller_key(ACME, "reference")
    world.protect(cleo, "cust-1", ADA)
    world.settle()
    world.protect(cleo, "cust-1", ADA)

    assert world.count("vault_subject") == 1


def test_a_fault_of_ours_is_recorded_too(
    world: World, cleo: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong inside, the log says that the call failed (C2.5(5))."""
    record = world.protect(cleo, "cust-1", ADA)

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(world.keys, "subject_keys", breaks)
    with pytest.raises(ZeroDivisionError):
        world.reveal(cleo, record, "person.name")

    assert world.facts[-1].decision == "failed"
    assert world.facts[-1].detail["code"] == "call.unexpected"


def test_whoever_lost_their_credential_is_refused(world: World, cleo: Caller) -> None:
    """A key revoked after it was shown opens nothing, and the house's log has it (C2.5(6))."""
    record = world.protect(cleo, "cust-1", ADA)
    world.data.write(HOUSE, lambda c: world.access.leave(c, world.people["ada"], cleo.principal_id))
    with pytest.raises(Unauthenticated):
        world.reveal(cleo, record, "person.name")

    assert world.facts[-1].controller == HOUSE
