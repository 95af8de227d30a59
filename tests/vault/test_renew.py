"""Newer keys for what is stored (C2.8(3))."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bailee.access import Caller
from bailee.errors import Broken, Conflict
from bailee.vault import cipher
from bailee.vault.mark import version_of
from bailee.vault.record import ciphertext_of, unpack
from bailee.vault.shapes import Protect, ProtectRecord
from tests.vault.world import ACME, World

ADA = {"person.name": "Ada", "person.ssn": "536-90-4399", "person.birth_date": "1975-12-03"}


HOUR = timedelta(hours=1)


def test_an_index_key_is_replaced_online(world: World, cleo: Caller) -> None:
    """Entries are made anew in steps; then the old key dies, and every search still finds."""
    ids = sorted(world.protect(cleo, f"cust-{n}", ADA) for n in range(3))
    world.keys.rotate_controller_key(ACME, "index")
    world.settle()
    steps = world.renew(limit=2)
    assert world.search(cleo, "person.name", "ada").records == ids
    assert sum(world.renew()) == 0
    world.settle(HOUR)
    world.keys.retire_controller_key(ACME, "index", 1, "00")

    assert sum(steps) == 9
    assert max(steps) == 2
    assert world.run("SELECT DISTINCT key_version FROM vault_blind_index") == [(2,)]
    assert world.search(cleo, "person.ssn", "536904399").records == ids
    assert world.search(cleo, "person.birth_date", "1975-12-03").records == ids


def test_a_new_version_is_read_at_once_and_written_with_when_everybody_knows_it(
    world: World, cleo: Caller
) -> None:
    """For some seconds nothing is made under it, so that no other process misses anything."""
    world.keys.rotate_controller_key(ACME, "index")
    first = world.protect(cleo, "cust-1", {"person.name": "Ada"})
    assert world.run("SELECT key_version FROM vault_blind_index") == [(1,)]
    world.settle()
    second = world.protect(cleo, "cust-2", {"person.name": "Ada"})

    query = "SELECT key_version FROM vault_blind_index ORDER BY key_version"
    assert world.run(query) == [(1,), (2,)]
    assert world.search(cleo, "person.name", "ada").records == sorted([first, second])


def test_fingerprints_are_replaced_online(world: World, cleo: Caller) -> None:
    """After the renewal the old token key dies, and an equal value still finds its token."""
    (before,) = world.protected(cleo, "cust-1", ADA).results
    world.keys.rotate_controller_key(ACME, "token")
    world.settle()
    assert sum(world.renew()) == 1
    assert sum(world.renew()) == 0
    world.settle(HOUR)
    world.keys.retire_controller_key(ACME, "token", 1, "00")
    (after,) = world.protected(cleo, "cust-2", ADA).results

    assert after.tokens == before.tokens
    assert "vault:index:renewed" in [fact.action for fact in world.facts]


def test_a_fingerprint_without_a_value_goes(world: World, cleo: Caller) -> None:
    """The key of its holder died and the rows wait: nothing is left to make it anew of."""
    world.protect(cleo, "cust-1", ADA)
    key_ids = [row[0] for row in world.run("SELECT key_id FROM vault_subject")]
    world.keys.destroy_subjects(ACME, key_ids, "00" * 32)
    world.keys.rotate_controller_key(ACME, "token")
    world.settle()
    world.renew()

    assert world.run("SELECT fingerprint, key_version FROM vault_token") == [(None, None)]
    assert sum(world.renew()) == 0


def test_references_are_renewed_by_nobody_who_knows_them(world: World, cleo: Caller) -> None:
    """Marks move to the new key, the old one dies, and the reference leads to the same subject."""
    for n in range(5):
        world.protect(cleo, f"cust-{n}", ADA)
    world.keys.rotate_controller_key(ACME, "reference")
    world.settle()
    assert sum(world.renew(limit=2)) == 5
    world.settle(HOUR)
    world.keys.retire_controller_key(ACME, "reference", 1, "00")
    for n in range(5):
        world.protect(cleo, f"cust-{n}", ADA)

    assert world.count("vault_subject") == 5
    versions = {version_of(bytes(row[0])) for row in world.run("SELECT mark FROM vault_subject")}
    assert versions == {2}


def test_a_call_is_known_again_under_a_new_key(world: World, cleo: Caller) -> None:
    """What was sent before the key was replaced, and is sent again after it died, is done once."""
    body = Protect("payments", [ProtectRecord(ref="r", subject="cust-1", fields=ADA)])
    first = world.vault.protect(cleo, ACME, body, idempotency_key="order 7")
    world.keys.rotate_controller_key(ACME, "reference")
    world.settle()
    world.renew()
    world.settle(HOUR)
    world.keys.retire_controller_key(ACME, "reference", 1, "00")

    assert world.vault.protect(cleo, ACME, body, idempotency_key="order 7") == first
    other = Protect("payments", [ProtectRecord(ref="r", subject="cust-2", fields=ADA)])
    with pytest.raises(Conflict, match=r"^idempotency\.reused"):
        world.vault.protect(cleo, ACME, other, idempotency_key="order 7")


def test_after_a_restore_everything_is_found_again(world: World, cleo: Caller) -> None:
    """What stands under keys that died meanwhile is made anew: of the values, and of references."""
    ids = sorted(world.protect(cleo, f"cust-{n}", ADA) for n in range(3))
    (before,) = world.protected(cleo, "cust-0", {"person.ssn": ADA["person.ssn"]}).results
    for purpose in ("index", "token", "reference"):
        world.keys.rotate_controller_key(ACME, purpose)
    world.settle(HOUR)
    for purpose in ("index", "token", "reference"):
        world.keys.retire_controller_key(ACME, purpose, 1, "00")
    assert world.search(cleo, "person.name", "ada").records == []
    assert sum(world.renew()) > 0

    assert world.search(cleo, "person.name", "ada").records == ids
    (after,) = world.protected(cleo, "cust-2", {"person.ssn": ADA["person.ssn"]}).results
    assert after.tokens == before.tokens
    assert world.count("vault_subject") == 3
    assert world.erase_subject(cleo, "cust-1").results[0].records == 1
    assert sum(world.renew()) == 0


def test_a_reference_goes_with_its_subjects_new_key(world: World, cleo: Caller) -> None:
    """Sealed anew with the values, it can still be made a mark of when the old key is gone."""
    world.protect(cleo, "cust-1", ADA)
    world.vault.renew_subjects(ACME, [world.touched()[0].subject_id])
    world.keys.rotate_controller_key(ACME, "reference")
    world.settle(HOUR)
    world.keys.retire_controller_key(ACME, "reference", 1, "00")
    world.renew()
    world.protect(cleo, "cust-1", ADA)

    assert world.count("vault_subject") == 1


def test_a_mark_that_nothing_opens_stops_no_walk(world: World, cleo: Caller) -> None:
    """A row somebody altered is left as it is; the others are renewed, and the walk ends."""
    for n in range(3):
        world.protect(cleo, f"cust-{n}", {"person.name": "Ada"})
    world.run(
        "UPDATE vault_subject SET mark = :m, sealed = :m WHERE subject_id ="
        " (SELECT min(subject_id) FROM vault_subject)",
        m=b"\0\0\0\1" + bytes(48),
    )
    world.keys.rotate_controller_key(ACME, "reference")
    world.settle()

    assert sum(world.renew(limit=1)) == 2
    assert sum(world.renew(limit=1)) == 0


def test_a_subject_gets_a_new_key(world: World, cleo: Caller) -> None:
    """Every value of the person, in others' records too, moves to the new key; the old one dies."""
    fields = {"person.name": "Payer", "beneficiary.name": "Payee"}
    holders = {"beneficiary.name": "payee"}
    record = world.protect(cleo, "payer", fields, holders=holders)
    own = world.protect(cleo, "payee", ADA)
    payee = world.touched()[0].subject_id

    assert world.vault.renew_subjects(ACME, [payee]) == 4
    ((body,),) = world.run("SELECT body FROM vault_record WHERE record_id = :r", r=record)
    versions = {
        name: cipher.key_version(ciphertext_of(sealed))
        for name, sealed in unpack(bytes(body)).items()
    }
    assert versions == {"person.name": 1, "beneficiary.name": 2}
    assert world.reveal(cleo, record, *fields) == fields
    assert world.reveal(cleo, own, *ADA) == ADA


def test_an_older_ciphertext_of_a_retired_key_is_an_alarm(world: World, cleo: Caller) -> None:
    """A row put back from before the renewal does not open any more."""
    record = world.protect(cleo, "cust-1", {"person.name": "Ada"})
    ((body,),) = world.run("SELECT body FROM vault_record")
    world.vault.renew_subjects(ACME, [world.touched()[0].subject_id])
    world.run("UPDATE vault_record SET body = :body", body=bytes(body))
    with pytest.raises(Broken, match=r"^record\.altered"):
        world.reveal(cleo, record, "person.name")
