"""Newer keys for what is stored (C2.8(3))."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bailee.access import Caller
from bailee.errors import Broken
from bailee.vault import cipher
from bailee.vault.record import ciphertext_of, unpack
from tests.vault.world import ACME, World

ADA = {"person.name": "Ada", "person.ssn": "536-90-4399", "person.birth_date": "1975-12-03"}


def settle(world: World) -> None:
    """Let a new version settle, so that the old one may be retired."""
    world.moment += timedelta(hours=1)


def test_an_index_key_is_replaced_online(world: World, cleo: Caller) -> None:
    """Entries are made anew in steps; then the old key dies, and every search still finds."""
    ids = sorted(world.protect(cleo, f"cust-{n}", ADA) for n in range(3))
    world.keys.rotate_controller_key(ACME, "index")
    steps = []
    while count := world.vault.renew(ACME, limit=4):
        steps.append(count)
        assert world.search(cleo, "person.name", "ada").records == ids
    settle(world)
    world.keys.retire_controller_key(ACME, "index", 1, "00")

    assert sum(steps) == 9
    assert max(steps) <= 4
    assert world.run("SELECT DISTINCT key_version FROM vault_blind_index") == [(2,)]
    assert world.search(cleo, "person.ssn", "536904399").records == ids
    assert world.search(cleo, "person.birth_date", "1975-12-03").records == ids


def test_fingerprints_are_replaced_online(world: World, cleo: Caller) -> None:
    """After the renewal the old token key dies, and an equal value still finds its token."""
    (before,) = world.protected(cleo, "cust-1", ADA).results
    world.keys.rotate_controller_key(ACME, "token")
    assert world.vault.renew(ACME) == 1
    assert world.vault.renew(ACME) == 0
    settle(world)
    world.keys.retire_controller_key(ACME, "token", 1, "00")
    (after,) = world.protected(cleo, "cust-2", ADA).results

    assert after.tokens == before.tokens
    assert "vault:index:renewed" in [fact.action for fact in world.facts]


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
