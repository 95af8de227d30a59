"""Hold, release, restrict, lift; retention; repeated writes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bailee.access import Caller
from bailee.errors import Conflict, Invalid, NotFound, Refused
from bailee.vault.shapes import (
    Erase,
    Protect,
    ProtectRecord,
    Restrict,
    Subjects,
    Update,
    UpdateRecord,
)
from tests.vault.world import ACME, World

ADA = {"person.name": "Ada Lovelace", "person.ssn": "536-90-4399"}


def test_a_restriction_keeps_data_still(world: World, cleo: Caller) -> None:
    """Nothing is read for the usual purpose, all for the one that may go on; storing goes on."""
    record = world.protect(cleo, "cust-1", ADA)
    body = Restrict("payments", ["cust-1"], allowing=["legal-claims"])
    assert world.vault.restrict(cleo, ACME, body).changed == 1
    with pytest.raises(Refused, match=r"^subject\.restricted"):
        world.reveal(cleo, record, "person.name")

    assert world.reveal(cleo, record, "person.name", purpose="legal-claims")
    assert world.protect(cleo, "cust-1", ADA)
    world.vault.lift(cleo, ACME, Subjects("payments", ["cust-1"]))
    assert world.reveal(cleo, record, "person.name")


def test_tokens_of_the_restricted_do_not_open(world: World, cleo: Caller) -> None:
    """Alone it is refused; shared with an unrestricted holder it opens through that one."""
    (one,) = world.protected(cleo, "cust-1", ADA).results
    token = one.tokens["person.ssn"]
    world.vault.restrict(cleo, ACME, Restrict("payments", ["cust-1"]))
    with pytest.raises(Refused, match=r"^subject\.restricted"):
        world.reveal_tokens(cleo, [token], "person.ssn")
    other = world.protect(cleo, "cust-2", ADA)

    assert world.reveal_tokens(cleo, [token], "person.ssn").results[0].record == other


def test_each_change_is_an_entry(world: World, cleo: Caller) -> None:
    """Held, released, restricted, lifted: four entries that name the subject."""
    world.protect(cleo, "cust-1", ADA)
    subjects = Subjects("payments", ["cust-1"])
    world.vault.hold(cleo, ACME, subjects)
    world.vault.release(cleo, ACME, subjects)
    world.vault.restrict(cleo, ACME, Restrict("payments", ["cust-1"]))
    world.vault.lift(cleo, ACME, subjects)

    assert [fact.action for fact in world.facts[-4:]] == [
        "vault:subject:held",
        "vault:subject:released",
        "vault:subject:restricted",
        "vault:subject:lifted",
    ]
    assert all(len(fact.records) == 1 for fact in world.facts[-4:])


def test_wrong_changes_are_refused(world: World, cleo: Caller) -> None:
    """An unknown subject, a purpose outside the agreement, a lift without a restriction."""
    world.protect(cleo, "cust-1", ADA)
    with pytest.raises(NotFound, match=r"^subject\.unknown"):
        world.vault.hold(cleo, ACME, Subjects("payments", ["cust-1", "nobody"]))
    with pytest.raises(Invalid, match=r"^restriction\.purpose"):
        world.vault.restrict(cleo, ACME, Restrict("payments", ["cust-1"], allowing=["marketing"]))
    with pytest.raises(Conflict, match=r"^subject\.state"):
        world.vault.lift(cleo, ACME, Subjects("payments", ["cust-1"]))
    assert world.run("SELECT state FROM vault_subject") == [("active",)]


def test_what_is_past_its_time_is_shown_and_not_destroyed(world: World, cleo: Caller) -> None:
    """Telemetry lives 395 days by default; then it is listed until somebody erases it (C6)."""
    record = world.protect(cleo, "cust-1", {"device.usage": "clicked"})
    world.protect(cleo, "cust-2", ADA)
    world.moment += timedelta(days=394)
    assert world.vault.overdue(ACME) == []
    world.moment += timedelta(days=1)

    assert world.vault.overdue(ACME) == [record]
    assert world.count("vault_record") == 2


# Idempotency


def body(name: str = "Ada", ref: str = "row-1") -> Protect:
    """Return a write."""
    return Protect("payments", [ProtectRecord(ref, "cust-1", {**ADA, "person.name": name})])


def test_the_same_write_twice_is_done_once(world: World, cleo: Caller) -> None:
    """The second answer is the first, its refs included; no second record, no second entry."""
    first = world.vault.protect(cleo, ACME, body(), idempotency_key="k-1")
    entries = len(world.facts)
    second = world.vault.protect(cleo, ACME, body(), idempotency_key="k-1")

    assert second == first
    assert second.results[0].ref == "row-1"
    assert world.count("vault_record") == 1
    assert len(world.facts) == entries


def test_another_body_under_the_same_key_clashes(world: World, cleo: Caller) -> None:
    """409, also for another verb."""
    first = world.vault.protect(cleo, ACME, body(), idempotency_key="k-1")
    with pytest.raises(Conflict, match=r"^idempotency\.reused"):
        world.vault.protect(cleo, ACME, body("Eve"), idempotency_key="k-1")
    change = Update("payments", [UpdateRecord("r", first.results[0].record, {"person.name": "E"})])
    with pytest.raises(Conflict, match=r"^idempotency\.reused"):
        world.vault.update(cleo, ACME, change, idempotency_key="k-1")


def test_keys_belong_to_a_principal_and_live_a_day(world: World, cleo: Caller) -> None:
    """Somebody else's key is another key; after 24 hours it is forgotten."""
    dora = world.able("dora")
    for caller in (cleo, dora):
        world.vault.protect(caller, ACME, body(), idempotency_key="k-1")
    assert world.count("vault_record") == 2
    world.moment += timedelta(hours=24)
    world.vault.protect(cleo, ACME, body("Eve"), idempotency_key="k-1")

    assert world.count("vault_record") == 3
    assert world.count("vault_idempotency") == 1


def test_a_refused_write_may_be_repeated(world: World, cleo: Caller) -> None:
    """Refusals are not kept: the same key works once the body is right."""
    with pytest.raises(Invalid, match=r"^value\.invalid"):
        world.vault.protect(cleo, ACME, body("..."), idempotency_key="k-1")
    assert world.vault.protect(cleo, ACME, body(), idempotency_key="k-1").results[0].ok


def test_a_repeated_write_is_still_authorised(world: World, cleo: Caller) -> None:
    """Whoever lost the right is refused, whatever was answered before."""
    dora = world.join("dora")
    grant = world.give("dora", ["protect"])
    world.vault.protect(dora, ACME, body(), idempotency_key="k-1")
    world.data.write(
        ACME, lambda c: world.access.revoke_grant(c, world.people["ada"], ACME, grant.grant_id)
    )
    with pytest.raises(Refused, match=r"^grant\.revoked"):
        world.vault.protect(dora, ACME, body(), idempotency_key="k-1")


def test_no_word_of_the_caller_is_kept(world: World, cleo: Caller) -> None:
    """Kept answers hold ids and tokens; the ref comes from the repeated body."""
    world.vault.protect(cleo, ACME, body(ref="ref-canary"), idempotency_key="key-canary")
    kept = str([bytes(row[0]) for row in world.run("SELECT answer FROM vault_idempotency")])

    assert "canary" not in kept
    assert "Ada" not in kept


def test_an_erasure_repeated_is_answered(world: World, cleo: Caller) -> None:
    """A client that lost the answer asks again and gets it, though the subject is gone."""
    world.protect(cleo, "cust-1", ADA)
    sent = Erase("payments", subjects=["cust-1"])
    first = world.vault.erase(cleo, ACME, sent, idempotency_key="k-1")

    assert world.vault.erase(cleo, ACME, sent, idempotency_key="k-1") == first


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_empty_and_overlong_keys_are_refused(world: World, cleo: Caller, key: str) -> None:
    """1 to 255 characters."""
    with pytest.raises(Invalid, match=r"^idempotency\.key"):
        world.vault.protect(cleo, ACME, body(), idempotency_key=key)
