"""Values kept elsewhere: encrypt, decrypt, reencrypt (C2.8(1), C2.8(3))."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bailee.access import Caller
from bailee.errors import Invalid, NotFound, Refused, Unavailable
from bailee.vault import cipher
from bailee.vault.shapes import (
    Decrypt,
    DecryptValue,
    Encrypt,
    EncryptValue,
    Restrict,
    Subjects,
)
from tests.vault.world import ACME, GLOBEX, World


def encrypt(world: World, caller: Caller, value: str = "Ada", **changed: str) -> str:
    """Encrypt a name of cust-1; return the ciphertext."""
    controller = changed.pop("controller", ACME)
    sent = {"ref": "r", "element": "person.name", "subject": "cust-1", "value": value} | changed
    answer = world.vault.encrypt(caller, controller, Encrypt("payments", [EncryptValue(**sent)]))
    return answer.results[0].ciphertext


def decrypt(world: World, caller: Caller, ciphertext: str, **changed: str) -> object:
    """Decrypt a name of cust-1; return the value."""
    controller = changed.pop("controller", ACME)
    sent = {"ref": "r", "element": "person.name", "subject": "cust-1"} | changed
    body = Decrypt("payments", [DecryptValue(**sent, ciphertext=ciphertext)])
    return world.vault.decrypt(caller, controller, body).results[0].value


def test_a_value_comes_back(world: World, cleo: Caller) -> None:
    """Nothing but the subject is stored, and the entry names it."""
    ciphertext = encrypt(world, cleo, "Ada Lovelace")

    assert ciphertext.startswith("bv1.")
    assert decrypt(world, cleo, ciphertext) == "Ada Lovelace"
    assert world.count("vault_record") == 0
    assert [(line.record_id, line.elements) for line in world.touched()] == [("", ("person.name",))]


@pytest.mark.parametrize(
    "changed", [{"subject": "cust-2"}, {"element": "business.name"}, {"controller": GLOBEX}]
)
def test_a_ciphertext_opens_only_in_its_place(
    world: World, cleo: Caller, changed: dict[str, str]
) -> None:
    """Another subject, element or controller: the same error that says nothing more."""
    world.give("cleo", ["encrypt", "decrypt"], controller=GLOBEX)
    ciphertext = encrypt(world, cleo)
    encrypt(world, cleo, **changed)  # the other place exists
    with pytest.raises(Invalid, match=r"^ciphertext\.wrong_place"):
        decrypt(world, cleo, ciphertext, **changed)


def test_a_stored_value_is_no_value_kept_elsewhere(world: World, cleo: Caller) -> None:
    """A ciphertext taken from a stored record does not open here, nor the other way round."""
    world.protect(cleo, "cust-1", {"person.name": "Ada"})
    ((body,),) = world.run("SELECT body FROM vault_record")
    taken = bytes(body).partition(b"person.name")[2][2:]  # behind msgpack's header of a bin
    with pytest.raises(Invalid, match=r"^ciphertext\.wrong_place"):
        decrypt(world, cleo, cipher.armour(taken))


def test_the_same_rules_hold(world: World, cleo: Caller) -> None:
    """Validators, free text, authentication data: nothing gets around them."""
    with pytest.raises(Refused, match=r"^value\.card_in_free_text"):
        encrypt(world, cleo, "4111 1111 1111 1111")
    with pytest.raises(Refused, match=r"^value\.sensitive_authentication"):
        encrypt(world, cleo, "123", element="card.cvv")
    with pytest.raises(Refused, match=r"^element\.not_in_agreement"):
        encrypt(world, cleo, "asthma", element="health.condition")


def test_erasing_the_subject_makes_it_unreadable_everywhere(world: World, cleo: Caller) -> None:
    """The ciphertext lies with the caller and opens no more; a new one is of a new generation."""
    ciphertext = encrypt(world, cleo)
    world.erase_subject(cleo, "cust-1")
    with pytest.raises(NotFound, match=r"^subject\.unknown"):
        decrypt(world, cleo, ciphertext)
    anew = encrypt(world, cleo)

    assert decrypt(world, cleo, anew) == "Ada"
    with pytest.raises(Invalid, match=r"^ciphertext\.wrong_place"):
        decrypt(world, cleo, ciphertext)


def test_another_process_notices_at_once(world: World, cleo: Caller) -> None:
    """What a process remembers of subjects is dropped with the commit that changed them."""
    ciphertext = encrypt(world, cleo)
    mine, other = world.vault, world.another_process()
    assert decrypt(world, cleo, ciphertext) == "Ada"
    other.restrict(cleo, ACME, Restrict("payments", ["cust-1"]))
    with pytest.raises(Refused, match=r"^subject\.restricted"):
        decrypt(world, cleo, ciphertext)
    other.lift(cleo, ACME, Subjects("payments", ["cust-1"]))
    assert decrypt(world, cleo, ciphertext) == "Ada"
    world.vault = other
    world.erase_subject(cleo, "cust-1")
    world.vault = mine
    with pytest.raises(NotFound, match=r"^subject\.unknown"):
        decrypt(world, cleo, ciphertext)


def test_reencryption_moves_to_the_newest_key(world: World, cleo: Caller) -> None:
    """After a subject's key was replaced, a ciphertext moves to it; the old one may go."""
    old = encrypt(world, cleo, "Ada Lovelace")
    ((key_id,),) = world.run("SELECT key_id FROM vault_subject")
    versions = world.keys.rotate_subject_keys(ACME, [key_id])
    body = Decrypt("payments", [DecryptValue("r", "person.name", "cust-1", old)])
    new = world.vault.reencrypt(cleo, ACME, body).results[0].ciphertext

    assert (cipher.key_version(cipher.unarmour(old)), cipher.key_version(cipher.unarmour(new))) == (
        1,
        2,
    )
    assert world.facts[-1].action == "vault:value:reencrypted"
    world.keys.retire_subject_keys(ACME, versions)
    assert decrypt(world, cleo, new) == "Ada Lovelace"
    with pytest.raises(Invalid, match=r"^ciphertext\.wrong_place"):
        decrypt(world, cleo, old)


def test_reencrypting_takes_both_verbs(world: World, cleo: Caller) -> None:
    """Whoever may only encrypt, or only decrypt, may not."""
    body = Decrypt("payments", [DecryptValue("r", "person.name", "cust-1", encrypt(world, cleo))])
    for nick, verb in (("dora", "encrypt"), ("emil", "decrypt")):
        caller = world.join(nick)
        world.give(nick, [verb])
        with pytest.raises(Refused, match=r"^grant\.missing"):
            world.vault.reencrypt(caller, ACME, body)


def test_continue_answers_item_by_item(world: World, cleo: Caller) -> None:
    """Bad ciphertexts have their code, good ones their value, in order."""
    good = encrypt(world, cleo)
    sent = [
        DecryptValue("a", "person.name", "cust-1", "bv1.AAAA"),
        DecryptValue("b", "person.name", "cust-1", good),
        DecryptValue("c", "person.name", "nobody", good),
    ]
    results = world.vault.decrypt(cleo, ACME, Decrypt("payments", sent, mode="continue")).results

    assert [one.ref for one in results] == ["a", "b", "c"]
    assert [one.value for one in results if one.ok] == ["Ada"]
    assert [one.error.code for one in results if one.error] == [
        "ciphertext.wrong_place",
        "subject.unknown",
    ]


def test_decrypting_counts_subjects(world: World, cleo: Caller) -> None:
    """A value shown is a value shown: the daily number holds here too."""
    mine, other = encrypt(world, cleo), encrypt(world, cleo, subject="cust-2")
    dora = world.join("dora")
    world.give("dora", ["decrypt"], daily=1)
    assert decrypt(world, dora, mine) == "Ada"
    with pytest.raises(Refused, match=r"^reveal\.limit"):
        decrypt(world, dora, other, subject="cust-2")


def test_a_batch_of_many_subjects(world: World, cleo: Caller) -> None:
    """A thousand values of three hundred subjects come back in order."""
    sent = [
        EncryptValue(str(n), "person.name", f"cust-{n % 300}", f"Name {n}") for n in range(1000)
    ]
    made = world.vault.encrypt(cleo, ACME, Encrypt("payments", sent)).results
    back = [
        DecryptValue(one.ref, "person.name", value.subject, one.ciphertext)
        for one, value in zip(made, sent, strict=True)
    ]
    dora = world.join("dora")
    world.give("dora", ["decrypt"], daily=300)
    shown = world.vault.decrypt(dora, ACME, Decrypt("payments", back)).results

    assert [one.value for one in shown] == [f"Name {n}" for n in range(1000)]
    assert world.count("vault_subject") == 300


def test_what_was_undone_is_not_remembered(
    world: World, cleo: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit that fails takes its new subject along: nothing is encrypted for a ghost later."""
    real = world.data.write

    def fails(controller: str, work: Callable[[sa.Connection], object]) -> object:
        def undone(conn: sa.Connection) -> object:
            work(conn)
            raise Unavailable("test.disk", "The disk is full.")

        return real(controller, undone)

    monkeypatch.setattr(world.data, "write", fails)
    with pytest.raises(Unavailable):
        encrypt(world, cleo)
    monkeypatch.undo()
    ciphertext = encrypt(world, cleo)
    world.vault = world.another_process()

    assert decrypt(world, cleo, ciphertext) == "Ada"
