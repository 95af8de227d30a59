"""Erasure: records, subjects, and what is left of them (C6, C7.3(6))."""

from __future__ import annotations

from pathlib import Path

import pytest

from bailee.access import Caller
from bailee.db import SqliteDatabase
from bailee.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from bailee.vault import erase
from bailee.vault.shapes import Erase, Restrict, Subjects
from tests.vault.world import ACME, GLOBEX, World

ADA = {"person.name": "Ada Lovelace", "person.ssn": "536-90-4399"}
TABLES = ("vault_subject", "vault_record", "vault_blind_index", "vault_token", "vault_token_holder",
          "vault_holding")  # fmt: skip


def test_a_record_goes_with_its_index_and_tokens(world: World, cleo: Caller) -> None:
    """By record: the rows go, the person and the other record stay."""
    mine, other = (world.protect(cleo, "cust-1", ADA) for _ in range(2))
    answer = world.vault.erase(cleo, ACME, Erase("payments", records=[mine]))

    assert [(one.record, one.records) for one in answer.results] == [(mine, 1)]
    assert world.search(cleo, "person.name", "Ada Lovelace").records == [other]
    with pytest.raises(NotFound, match=r"^record\.unknown"):
        world.reveal(cleo, mine, "person.name")
    assert world.count("vault_subject") == world.count("vault_record") == 1
    assert world.count("vault_token_holder") == 1


def test_a_subject_goes_with_everything(world: World, cleo: Caller) -> None:
    """By subject: key, rows, index, tokens and the way from the reference are gone."""
    records = [world.protect(cleo, "cust-1", ADA) for _ in range(3)]
    (key_id,) = (row[0] for row in world.run("SELECT key_id FROM vault_subject"))
    answer = world.erase_subject(cleo, "cust-1")

    assert [(one.ok, one.records) for one in answer.results] == [(True, 3)]
    assert {table: world.count(table) for table in TABLES} == dict.fromkeys(TABLES, 0)
    assert world.keys.subject_keys(ACME, [key_id]) == {}
    assert [stone.key_id for stone in world.keys.tombstones(ACME)] == [key_id]
    for record in records:
        with pytest.raises(NotFound, match=r"^record\.unknown"):
            world.reveal(cleo, record, "person.name")


def test_the_ledger_announces_before_and_says_after(world: World, cleo: Caller) -> None:
    """Announced, then done; the tombstone names the announcement (C2.5(5))."""
    world.protect(cleo, "cust-1", ADA)
    answer = world.erase_subject(cleo, "cust-1")

    assert [fact.action for fact in world.facts[-2:]] == [
        "vault:subject:marked",
        "keys:destruction:completed",
    ]
    assert world.keys.tombstones(ACME)[0].entry_hash == answer.entry.leaf


def test_an_erased_person_starts_anew(world: World, cleo: Caller) -> None:
    """Protected again, the same reference is another subject with another id and key."""
    world.protect(cleo, "cust-1", ADA)
    before = world.run("SELECT subject_id, key_id FROM vault_subject")
    world.erase_subject(cleo, "cust-1")
    record = world.protect(cleo, "cust-1", ADA)
    after = world.run("SELECT subject_id, key_id FROM vault_subject")

    assert {*before[0]}.isdisjoint(after[0])
    assert world.reveal(cleo, record, "person.name") == {"person.name": "Ada Lovelace"}


def test_an_unknown_subject_is_not_found(world: World, cleo: Caller) -> None:
    """Also one of another controller, and one that was erased already."""
    gina = world.able("gina", GLOBEX)
    world.protect(gina, "cust-9", ADA, controller=GLOBEX)
    for reference in ("nobody", "cust-9"):
        with pytest.raises(NotFound, match=r"^subject\.unknown") as caught:
            world.erase_subject(cleo, reference)
        assert reference not in str(caught.value)
    assert world.count("vault_record", GLOBEX) == 1


def test_a_hold_forbids_both_ways(world: World, cleo: Caller) -> None:
    """409 for the subject and for its records, until the hold is released."""
    record = world.protect(cleo, "cust-1", ADA)
    assert world.vault.hold(cleo, ACME, Subjects("payments", ["cust-1"])).changed == 1
    with pytest.raises(Conflict, match=r"^subject\.held"):
        world.erase_subject(cleo, "cust-1")
    with pytest.raises(Conflict, match=r"^subject\.held"):
        world.vault.erase(cleo, ACME, Erase("payments", records=[record]))
    assert world.reveal(cleo, record, "person.name")
    world.vault.release(cleo, ACME, Subjects("payments", ["cust-1"]))
    world.erase_subject(cleo, "cust-1")

    assert world.count("vault_record") == 0


def test_continue_erases_the_others(world: World, cleo: Caller) -> None:
    """One held, one unknown, one erased: each has its own answer."""
    for name in ("cust-1", "cust-2"):
        world.protect(cleo, name, ADA)
    world.vault.hold(cleo, ACME, Subjects("payments", ["cust-1"]))
    body = Erase("payments", subjects=["cust-1", "cust-2", "nobody"], mode="continue")

    results = world.vault.erase(cleo, ACME, body).results

    assert [one.ok for one in results] == [False, True, False]
    assert [one.error.code for one in results if one.error] == ["subject.held", "subject.unknown"]
    assert world.count("vault_record") == 1


def test_erasing_takes_the_right_to_erase(world: World, cleo: Caller) -> None:
    """Whoever may do everything else may not erase; a part of the elements erases such records."""
    record = world.protect(cleo, "cust-1", ADA)
    named = world.protect(cleo, "cust-1", {"person.name": "Ada"})
    dora = world.join("dora")
    world.give("dora", ["erase"], elements=["person.name"])
    with pytest.raises(Refused, match=r"^grant\.element"):
        world.erase_subject(dora, "cust-1")
    with pytest.raises(Refused, match=r"^grant\.element"):
        world.vault.erase(dora, ACME, Erase("payments", records=[record]))
    world.vault.erase(dora, ACME, Erase("payments", records=[named]))

    assert world.count("vault_record") == 1


def test_exactly_one_target(world: World, cleo: Caller) -> None:
    """Records or subjects."""
    for body in (Erase("payments"), Erase("payments", records=["r"], subjects=["s"])):
        with pytest.raises(Invalid, match=r"^erase\.target"):
            world.vault.erase(cleo, ACME, body)


def test_a_crash_after_the_announcement_is_finished_later(
    world: World, cleo: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies before the keys do: the subject is gone, a restart finishes."""
    record = world.protect(cleo, "cust-1", ADA)

    def dies(*_: object) -> None:
        raise Unavailable("test.power", "The power went.")

    monkeypatch.setattr(world.vault, "_destroy", dies)
    with pytest.raises(Unavailable):
        world.erase_subject(cleo, "cust-1")
    world.vault = world.another_process()
    with pytest.raises(NotFound, match=r"^record\.unknown"):
        world.reveal(cleo, record, "person.name")
    assert world.search(cleo, "person.name", "Ada Lovelace").records == []
    again = world.protect(cleo, "cust-1", ADA)
    generations = world.run("SELECT generation FROM vault_subject ORDER BY generation")
    assert generations == [(1,), (2,)]
    assert world.vault.finish_erasures(ACME) == 1

    assert world.reveal(cleo, again, "person.name") == {"person.name": "Ada Lovelace"}
    assert world.count("vault_record") == world.count("vault_subject") == 1
    assert world.vault.finish_erasures(ACME) == 0


def test_generations_are_counted_across_a_new_reference_key(
    world: World, cleo: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A subject whose rows wait for deletion under the old key is followed under the new one."""

    def dies(*_: object) -> None:
        raise Unavailable("test.power", "The power went.")

    monkeypatch.setattr(world.vault, "_destroy", dies)
    for _ in range(2):
        world.protect(cleo, "cust-1", ADA)
        with pytest.raises(Unavailable):
            world.erase_subject(cleo, "cust-1")
        world.keys.rotate_controller_key(ACME, "reference")
    world.protect(cleo, "cust-1", ADA)

    query = "SELECT generation, state FROM vault_subject ORDER BY generation"
    assert world.run(query) == [(1, "erasing"), (2, "erasing"), (3, "active")]


def test_rows_of_a_dead_key_are_gone_for_everybody(world: World, cleo: Caller) -> None:
    """The keys died and the rows did not yet: nothing opens, and the reference starts anew."""
    record = world.protect(cleo, "cust-1", ADA)
    key_ids = [row[0] for row in world.run("SELECT key_id FROM vault_subject")]
    world.keys.destroy_subjects(ACME, key_ids, "00" * 32)
    with pytest.raises(NotFound, match=r"^record\.unknown"):
        world.reveal(cleo, record, "person.name")
    assert world.search(cleo, "person.name", "Ada Lovelace").records == []
    again = world.protect(cleo, "cust-1", ADA)

    assert world.reveal(cleo, again, "person.name") == {"person.name": "Ada Lovelace"}


def test_the_erased_are_not_in_the_files(tmp_path: Path, world: World, cleo: Caller) -> None:
    """The subject's internal id is in no vault table and, on SQLite, its row in no file."""
    world.protect(cleo, "cust-1", ADA)
    ((body,),) = world.run("SELECT body FROM vault_record")
    world.erase_subject(cleo, "cust-1")
    if not isinstance(world.data, SqliteDatabase):
        pytest.skip("a server's files are not ours to read")

    held = b"".join(p.read_bytes() for p in tmp_path.iterdir() if p.name.startswith("data.db"))
    assert bytes(body)[20:60] not in held


def test_a_value_of_somebody_else_dies_with_them(world: World, cleo: Caller) -> None:
    """A payee's value in a payer's record is the payee's: erasing the payee takes it along."""
    fields = {
        "person.name": "Payer",
        "beneficiary.name": "Payee",
        "beneficiary.account": "99887766",
    }
    record = world.protect(
        cleo,
        "payer",
        fields,
        holders={"beneficiary.name": "payee", "beneficiary.account": "payee"},
    )
    assert world.reveal(cleo, record, *fields) == fields
    assert len({line.subject_id for line in world.touched()}) == 2
    world.erase_subject(cleo, "payee")

    assert world.reveal(cleo, record, *fields) == {"person.name": "Payer"}
    assert world.search(cleo, "beneficiary.name", "Payee").records == []
    assert world.count("vault_token") == world.count("vault_holding") == 0
    world.erase_subject(cleo, "payer")
    assert world.count("vault_record") == 0


def test_a_guest_under_hold_keeps_the_record(world: World, cleo: Caller) -> None:
    """A record that holds a held person's value is not erased with its main subject."""
    world.protect(
        cleo,
        "payer",
        {"person.name": "Payer", "beneficiary.name": "Payee"},
        holders={"beneficiary.name": "payee"},
    )
    world.vault.hold(cleo, ACME, Subjects("payments", ["payee"]))
    with pytest.raises(Conflict, match=r"^subject\.held"):
        world.erase_subject(cleo, "payer")


def test_a_whole_controller_is_deleted_in_steps(world: World, cleo: Caller) -> None:
    """``delete_rows`` without keys takes everything of one controller and nothing of another."""
    gina = world.able("gina", GLOBEX)
    world.protect(gina, "cust-9", ADA, controller=GLOBEX)
    for n in range(3):
        world.protect(cleo, f"cust-{n}", ADA)
    world.vault.restrict(cleo, ACME, Restrict("payments", ["cust-1"]))
    steps = 0
    while world.data.write(ACME, lambda conn: erase.delete_rows(conn, ACME, None)):
        steps += 1

    assert steps == 2
    assert {table: world.count(table) for table in TABLES} == dict.fromkeys(TABLES, 0)
    assert world.count("vault_record", GLOBEX) == 1


def test_unfinished_erasures_are_found_by_index(world: World, cleo: Caller) -> None:
    """At start, a million living subjects are not read to find the few marked ones (growth)."""
    if not isinstance(world.data, SqliteDatabase):
        pytest.skip("the plan's words are SQLite's")
    plan = world.run(
        "EXPLAIN QUERY PLAN SELECT subject_id FROM vault_subject"
        " WHERE controller = 'acme' AND state = 'erasing'"
    )

    assert "vault_subject_erasing" in str(plan)


def test_a_failure_half_way_is_told_and_a_repetition_ends_it(
    world: World, cleo: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that could not be destroyed: the caller learns it, and the same call again does it."""

    def fails(*_: object) -> None:
        raise Unavailable("db.failed", "The database did not do it.")

    record = world.protect(cleo, "cust-1", ADA)
    body, carried_out = Erase("payments", subjects=["cust-1"]), world.vault._destroy
    monkeypatch.setattr(world.vault, "_destroy", fails)
    with pytest.raises(Unavailable, match=r"^erase\.unfinished"):
        world.vault.erase(cleo, ACME, body, idempotency_key="k-1")
    with pytest.raises(NotFound, match=r"^record\.unknown"):
        world.reveal(cleo, record, "person.name")
    assert world.keys.tombstones(ACME) == []

    monkeypatch.setattr(world.vault, "_destroy", carried_out)
    answer = world.vault.erase(cleo, ACME, body, idempotency_key="k-1")
    assert [(one.ok, one.records) for one in answer.results] == [(True, 1)]
    assert len(world.keys.tombstones(ACME)) == 1
    assert {table: world.count(table) for table in TABLES} == dict.fromkeys(TABLES, 0)
