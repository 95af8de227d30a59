"""Passwords of a controller's customers are verified and never read (C2.7, read strictly)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import bcrypt
import pytest

from bailee.access import Caller
from bailee.errors import Broken, Conflict, Failure, Invalid, Oversized, Refused, Unavailable
from bailee.vault import CATALOGUE, cipher, delete_rows, password
from bailee.vault.password_shapes import (
    ChangePassword,
    SetPassword,
    SetPasswords,
    VerifyPassword,
)
from bailee.vault.password_tries import Strength
from bailee.vault.passwords import Passwords
from bailee.vault.shapes import (
    Decrypt,
    DecryptValue,
    List,
    Restrict,
    Reveal,
    Search,
    Subjects,
)
from tests.vault.world import ACME, GLOBEX, Counting, World

GOOD = "ferrous 7 walrus umbrella"
BETTER = "nine 9 gannets over Trondheim"
MINUTE = timedelta(minutes=1)
NAME = ["person.login_name"]


@pytest.fixture
def shop(world: World) -> Caller:
    """Return acme's web shop, which sets and verifies passwords."""
    caller = world.serve("shop")
    world.give("shop", ["set-password", "verify-password"], elements=NAME)
    return caller


def put(world: World, who: Caller, subject: str = "c1", word: str = GOOD, **more: Any) -> Any:
    """Set a password."""
    body = SetPasswords("payments", [SetPassword("r", subject, word)], **more)
    return world.vault.passwords.keep(who, ACME, body)


def take_over(world: World, who: Caller, made: str, subject: str = "c1") -> Any:
    """Set a hash that another application made."""
    body = SetPasswords("payments", [SetPassword("r", subject, imported=made)])
    return world.vault.passwords.keep(who, ACME, body)


def right(world: World, who: Caller, word: str = GOOD, subject: str = "c1") -> bool:
    """Verify a password."""
    body = VerifyPassword("payments", subject, word)
    return world.vault.passwords.verify(who, ACME, body).right


def changed(world: World, who: Caller, current: str, word: str) -> bool:
    """Change a password."""
    body = ChangePassword("payments", "c1", current, word)
    return world.vault.passwords.change(who, ACME, body).changed


def code_of(attempt: Callable[[], object]) -> str:
    """Return the code with which an attempt failed; '' if it did not."""
    try:
        attempt()
    except Failure as failure:
        return failure.code
    return ""


def test_a_password_is_right_or_wrong(world: World, shop: Caller) -> None:
    """Set for somebody new, it is right, and no other is; set again, the first is wrong."""
    put(world, shop)
    assert right(world, shop)
    assert not right(world, shop, BETTER)
    assert not right(world, shop, GOOD.upper())
    put(world, shop, word=BETTER)
    assert (right(world, shop), right(world, shop, BETTER)) == (False, True)


def test_change_shows_the_present_one(world: World, shop: Caller) -> None:
    """With the present password another takes its place; with a wrong one nothing changes."""
    put(world, shop)
    assert not changed(world, shop, BETTER, "salt 5 herons at noon")
    assert right(world, shop)
    assert changed(world, shop, GOOD, BETTER)
    assert (right(world, shop), right(world, shop, BETTER)) == (False, True)
    assert code_of(lambda: changed(world, shop, BETTER, BETTER)) == "password.reused"


def test_remove_ends_it(world: World, shop: Caller) -> None:
    """A removed password is wrong like any other, and its rows are gone."""
    put(world, shop)
    right(world, shop, BETTER)
    body = Subjects("payments", ["c1", "nobody"])
    assert world.vault.passwords.remove(shop, ACME, body).changed == 1
    assert not right(world, shop)
    assert world.count("customer_password") == 0
    assert world.vault.passwords.remove(shop, ACME, body).changed == 0


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("short 7", "password.short"),
        ("only letters in here", "password.mix"),
        ("Password2026!!!!", "password.common"),
        ("walrus 7 umbrella 77", "password.listed"),
        ("the customer-oslo 7 of us", "password.own"),
        ("acme 7 umbrellas fold", "password.own"),
        ("x" * 257, "password.long"),
        ("nul\0 7 in the middle", "password.characters"),
        ("a tab\t7 in the middle", "password.characters"),
        ("half a pair \ud800 7 of it", "password.characters"),
    ],
)
def test_weak_passwords_are_not_kept(world: World, shop: Caller, word: str, code: str) -> None:
    """Too short, common, listed, the customer's or controller's name, no text: each its code."""
    with pytest.raises((Refused, Oversized)) as caught:
        put(world, shop, subject="customer-oslo", word=word)
    assert caught.value.code == code
    assert word not in str(caught.value)
    assert world.count("customer_password") == 0
    assert world.hasher.hashed == 0
    assert world.facts[-1].detail == {"verb": "set-password", "code": code}


def test_unicode_is_compared_as_it_looks(world: World, shop: Caller) -> None:
    """NIST SP 800-63B-4 3.1.1.2: one password, composed or not; never folded, never cut."""
    put(world, shop, word="Ångström 7 über Æther")
    assert right(world, shop, "A\u030angstro\u0308m 7 u\u0308ber Æther")
    assert not right(world, shop, "ångström 7 über æther")
    assert not right(world, shop, "Ångström 7 über Æther ")
    put(world, shop, word="long 7 " + "x9 y" * 62)
    assert not right(world, shop, "long 7 " + "x9 y" * 61)


def test_everything_wrong_is_answered_alike(world: World, shop: Caller) -> None:
    """Wrong, unknown, without a password, locked: one answer, one hash, one kind of entry."""
    put(world, shop)
    world.able("cleo")
    world.protect(world.people["cleo"], "bare", {"person.name": "Ada"})
    cases: dict[str, Callable[[], bool]] = {
        "wrong": lambda: right(world, shop, BETTER),
        "unknown": lambda: right(world, shop, subject="nobody"),
        "bare": lambda: right(world, shop, subject="bare"),
        "nul": lambda: right(world, shop, "nul\0 7 in the middle"),
    }
    seen = {}
    for name, attempt in cases.items():
        before = world.hasher.compared, world.hasher.hashed
        assert not attempt(), name
        computed = world.hasher.compared - before[0], world.hasher.hashed - before[1]
        fact = world.facts[-1]
        seen[name] = (computed, fact.action, fact.decision, fact.count, fact.detail, fact.elements)
    for _ in range(10):
        right(world, shop, BETTER)
    compared = world.hasher.compared
    assert not right(world, shop)
    assert world.hasher.compared == compared + 1
    assert len({repr(one) for one in seen.values()}) == 1
    assert seen["wrong"][0] == (1, 0)


def test_whether_it_was_right_is_not_in_the_leaf(world: World, shop: Caller) -> None:
    """C2.5(5): one entry a call; nothing in clear differs, and the opening says how it ended."""
    put(world, shop)
    facts = []
    for word in (GOOD, BETTER):
        before = len(world.facts)
        right(world, shop, word)
        assert len(world.facts) == before + 1
        facts.append(world.facts[-1])
    told = [(f.action, f.decision, f.count, f.detail, f.elements, f.obligations) for f in facts]
    assert told[0] == told[1]
    assert told[0][0] == "vault:customer-password:verified"
    assert [f.context["right"] for f in facts] == ["yes", "no"]
    assert all(GOOD not in repr(f) and "argon2" not in repr(f) for f in world.facts)


def test_ten_tries_then_thirty_minutes(world: World, shop: Caller) -> None:
    """PCI DSS 8.3.4: after ten wrong ones the right one is wrong, until thirty minutes are over."""
    put(world, shop)
    put(world, shop, subject="c2")
    for _ in range(10):
        assert not right(world, shop, BETTER)
    assert not right(world, shop)
    assert right(world, shop, subject="c2")
    world.moment += 29 * MINUTE
    assert not right(world, shop)
    assert not changed(world, shop, GOOD, BETTER)
    world.moment += MINUTE
    assert right(world, shop)


def test_a_right_one_begins_the_count_anew(world: World, shop: Caller) -> None:
    """Nine wrong, one right, nine wrong, one right: nobody is locked."""
    put(world, shop)
    for _ in range(2):
        for _ in range(9):
            right(world, shop, BETTER)
        assert right(world, shop)


def test_tries_at_one_moment_are_no_more_than_ten(world: World, shop: Caller) -> None:
    """Thirty tries of as many threads: ten at most are compared with the password itself."""
    put(world, shop)
    opened: list[object] = []
    real = password.unseal

    def counted(*args: Any) -> Any:
        opened.append(1)
        return real(*args)

    passwords = Passwords(world.vault.passwords._desk, Strength(Counting(at_once=30, waiting=30)))
    body = VerifyPassword("payments", "c1", BETTER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password, "unseal", counted)
        threads = [
            threading.Thread(target=lambda: passwords.verify(shop, ACME, body)) for _ in range(30)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(opened) <= 10


def test_a_caller_who_is_wrong_too_often_is_stopped(
    world: World, shop: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One password tried at everybody ends too; right ones do not count; others go on."""
    monkeypatch.setattr(password, "CALLER_TRIES", 5)
    other = world.serve("other-shop")
    world.give("other-shop", ["verify-password"], elements=NAME)
    put(world, shop)
    for number in range(5):
        assert right(world, shop)
        right(world, shop, subject=f"somebody-{number}")
    before = world.hasher.compared
    assert code_of(lambda: right(world, shop)) == "customer_password.throttled"
    assert world.hasher.compared == before
    assert world.facts[-1].detail["code"] == "customer_password.throttled"
    assert right(world, other)
    world.moment += 30 * MINUTE
    assert right(world, shop)


def test_a_flood_is_sent_away_uncounted(world: World, shop: Caller) -> None:
    """Hashing is bounded: who finds no place has not tried, and nothing was computed (C2.8(3))."""
    put(world, shop)
    hasher = Counting(at_once=1, waiting=0, busy="customer_password.busy")
    passwords = Passwords(world.vault.passwords._desk, Strength(hasher))
    with hasher.place(), pytest.raises(Unavailable, match=r"^customer_password\.busy"):
        passwords.verify(shop, ACME, VerifyPassword("payments", "c1", BETTER))
    assert hasher.compared == 0
    assert world.count("customer_password_tries") == 0


def test_two_who_set_at_one_moment(world: World, shop: Caller) -> None:
    """Whichever comes last counts, whole: one of the two passwords is right and the other wrong."""
    failures: list[Exception] = []
    start = threading.Barrier(2)

    def attempt(word: str) -> None:
        start.wait()
        for _ in range(5):
            try:
                put(world, shop, word=word)
            except Failure as failure:
                failures.append(failure)

    put(world, shop)
    threads = [threading.Thread(target=attempt, args=(word,)) for word in (GOOD, BETTER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert world.count("customer_password") == 1
    assert right(world, shop) is not right(world, shop, BETTER)


@pytest.mark.parametrize("meanwhile", ["set", "removed", "erased", "changed", "restricted"])
def test_what_happens_while_it_is_compared_counts(
    world: World, shop: Caller, meanwhile: str
) -> None:
    """What was right when it was compared is wrong when it is not the password any more."""
    cleo = world.able("cleo")
    put(world, shop)
    acts: dict[str, Callable[[], object]] = {
        "set": lambda: put(world, shop, word=BETTER),
        "removed": lambda: world.vault.passwords.remove(shop, ACME, Subjects("payments", ["c1"])),
        "erased": lambda: world.erase_subject(cleo, "c1"),
        "changed": lambda: changed(world, shop, GOOD, BETTER),
        "restricted": lambda: world.vault.restrict(cleo, ACME, Restrict("payments", ["c1"])),
    }
    world.hasher.between = acts[meanwhile]
    if meanwhile == "restricted":
        assert code_of(lambda: right(world, shop)) == "subject.restricted"
    else:
        assert not right(world, shop)
    if meanwhile == "set":
        world.hasher.between = lambda: put(world, shop, word=GOOD)
        assert not changed(world, shop, BETTER, "salt 5 herons at noon")
        assert right(world, shop, GOOD)


def test_a_right_that_ends_while_it_is_compared_answers_nothing(world: World, shop: Caller) -> None:
    """C2.5(6): revoked between comparing and answering, the call is refused and recorded."""
    put(world, shop)
    ada, key_id = world.people["ada"], shop.key_id
    world.hasher.between = lambda: world.data.write(
        "house", lambda conn: world.access.revoke_key(conn, ada, key_id)
    )
    assert code_of(lambda: right(world, shop)) == "credential.revoked"
    assert world.facts[-1].decision == "refused"


def test_erasing_somebody_erases_their_password(world: World, shop: Caller) -> None:
    """C6: after it no copy of the hash opens, no row is left, and somebody new begins anew."""
    cleo = world.able("cleo")
    put(world, shop)
    put(world, shop, subject="c2")
    right(world, shop, BETTER)
    ((kept, key_id),) = world.run(
        "SELECT p.sealed, s.key_id FROM customer_password p JOIN vault_subject s "
        "ON s.controller = p.controller AND s.subject_id = p.subject_id ORDER BY p.since LIMIT 1"
    )
    world.erase_subject(cleo, "c1")
    assert world.count("customer_password") == 1
    assert world.keys.subject_keys(ACME, [key_id]) == {}
    assert bytes(kept)
    assert not right(world, shop)
    assert right(world, shop, subject="c2")


def test_a_hold_keeps_passwords(world: World, shop: Caller) -> None:
    """C7.2(6): under a legal hold none is removed; all of a call, or none; setting goes on."""
    cleo = world.able("cleo")
    put(world, shop)
    put(world, shop, subject="c2")
    world.vault.hold(cleo, ACME, Subjects("payments", ["c1"]))
    with pytest.raises(Conflict, match=r"^subject\.held"):
        world.vault.passwords.remove(shop, ACME, Subjects("payments", ["c2", "c1"]))
    assert world.count("customer_password") == 2
    put(world, shop, word=BETTER)
    assert right(world, shop, BETTER)


def test_a_restriction_stops_verifying(world: World, shop: Caller) -> None:
    """C7.3(6)(b): restricted, one is kept and removed, not verified; no try is counted."""
    cleo = world.able("cleo")
    put(world, shop)
    world.vault.restrict(cleo, ACME, Restrict("payments", ["c1"]))
    for attempt in (lambda: right(world, shop), lambda: changed(world, shop, GOOD, BETTER)):
        assert code_of(attempt) == "subject.restricted"
    assert world.count("customer_password_tries") == 0
    put(world, shop, word=BETTER)
    world.vault.lift(cleo, ACME, Subjects("payments", ["c1"]))
    assert right(world, shop, BETTER)


def test_who_may(world: World, shop: Caller) -> None:
    """C2.5(4), C2.7: a service with a grant of the verb; a person holds none, whoever gives it."""
    put(world, shop)
    for verb in ("set-password", "verify-password"):
        with pytest.raises(Refused, match=r"^grant\.for_services"):
            world.give("ben", [verb], elements=NAME)
    everything = world.able("cleo")
    only = {verb: world.serve(f"only-{verb}") for verb in ("set-password", "verify-password")}
    for verb in only:
        world.give(f"only-{verb}", [verb], elements=NAME)
    setter, verifier = only["set-password"], only["verify-password"]
    assert code_of(lambda: right(world, everything)) == "grant.missing"
    assert code_of(lambda: put(world, everything)) == "grant.missing"
    assert code_of(lambda: right(world, setter)) == "grant.missing"
    assert code_of(lambda: put(world, verifier)) == "grant.missing"
    assert code_of(lambda: changed(world, setter, GOOD, BETTER)) == "grant.missing"
    assert code_of(lambda: changed(world, verifier, GOOD, BETTER)) == "grant.missing"
    body = VerifyPassword("legal-claims", "c1", GOOD)
    verify = world.vault.passwords.verify
    assert code_of(lambda: verify(shop, ACME, body)) == "grant.purpose"
    body = VerifyPassword("payments", "c1", GOOD)
    assert code_of(lambda: verify(shop, GLOBEX, body)) == "controller.unknown"
    assert code_of(lambda: verify(shop, "nowhere", body)) == "controller.unknown"
    assert world.hasher.compared == 0
    assert right(world, verifier)


def test_the_annex_decides(world: World, shop: Caller) -> None:
    """C2.10: where no login name may be held, no password is kept."""
    world.papers[ACME].permitted -= {"person.login_name"}
    assert code_of(lambda: put(world, shop)) == "element.not_in_agreement"


def test_a_weak_word_of_a_stranger_is_not_judged(world: World) -> None:
    """Whoever may not set passwords is told that, and nothing of the password."""
    stranger = world.able("dora")
    assert code_of(lambda: put(world, stranger, word="x")) == "grant.missing"
    assert code_of(lambda: changed(world, stranger, "x", "x")) == "grant.missing"


def test_no_reading_leads_to_it(world: World, shop: Caller) -> None:
    """Whoever holds every data verb on every element finds neither password nor hash."""
    cleo = world.able("cleo")
    put(world, shop)
    world.give("cleo", ["list"])
    listed = world.vault.list_records(cleo, ACME, List("payments", ["person.login_name"]))
    assert listed.records == []
    assert world.search(cleo, "person.login_name", GOOD).records == []
    for name in (password.IN_PLACE_OF_ELEMENT, "customer_password", "person.password"):
        for attempt in (
            lambda name=name: world.vault.reveal(
                cleo, ACME, Reveal("payments", [name], records=["0" * 32])
            ),
            lambda name=name: world.vault.search(cleo, ACME, Search("payments", name, GOOD)),
        ):
            assert code_of(attempt) == "element.unknown"


def test_a_sealed_hash_does_not_open_as_a_value(world: World, shop: Caller) -> None:
    """What stands in the table, sent to be decrypted as anything of its customer, does not open."""
    cleo = world.able("cleo")
    put(world, shop)
    ((sealed,),) = world.run("SELECT sealed FROM customer_password")
    assert GOOD.encode() not in bytes(sealed)
    assert b"argon2" not in bytes(sealed)
    stolen = cipher.armour(bytes(sealed))
    names = [one for one in CATALOGUE if one in world.papers[ACME].permitted]
    sent = [DecryptValue(name, name, "c1", stolen) for name in names]
    answer = world.vault.decrypt(cleo, ACME, Decrypt("payments", sent, mode="continue"))
    assert {one.error.code if one.error else "" for one in answer.results} == {
        "ciphertext.wrong_place"
    }


def test_a_hash_put_elsewhere_is_noticed(world: World, shop: Caller) -> None:
    """C2.8(3): copied to another customer by SQL it does not open, and lets nobody in."""
    put(world, shop)
    put(world, shop, subject="c2", word=BETTER)
    world.run(
        "UPDATE customer_password SET (sealed, password_id) = (SELECT sealed, password_id "
        "FROM customer_password ORDER BY password_id LIMIT 1)"
    )
    outcomes = []
    for subject, word in (("c1", GOOD), ("c1", BETTER), ("c2", GOOD), ("c2", BETTER)):
        try:
            outcomes.append("right" if right(world, shop, word, subject) else "wrong")
        except Broken as broken:
            outcomes.append(broken.code)
    altered = "customer_password.altered"
    assert outcomes in (
        ["right", "wrong", altered, altered],
        [altered, altered, "wrong", "right"],
    )


def test_equal_passwords_look_different(world: World, shop: Caller) -> None:
    """No two rows have anything in common that tells that their passwords are equal."""
    put(world, shop)
    put(world, shop, subject="c2")
    rows = world.run("SELECT password_id, sealed FROM customer_password")
    assert len({bytes(one[1]) for one in rows}) == len({one[0] for one in rows}) == 2
    tables = world.run("SELECT count(*) FROM vault_blind_index")
    assert tables[0][0] == 0


def test_newer_keys_take_the_hashes_along(world: World, shop: Caller) -> None:
    """C2.8(3): a customer's new key seals the hash anew, and the password stays right."""
    put(world, shop)
    before = world.run("SELECT sealed FROM customer_password")
    (subject,) = world.vault.identify(ACME, ["c1"])
    assert world.vault.renew_subjects(ACME, [subject]) == 1
    assert world.run("SELECT sealed FROM customer_password") != before
    assert right(world, shop)
    passwords = world.another_process().passwords
    assert passwords.verify(shop, ACME, VerifyPassword("payments", "c1", GOOD)).right


def test_imported_hashes_become_ours(world: World, shop: Caller) -> None:
    """A bcrypt hash is compared as it came; after the first right password it is ours."""
    made = bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(4)).decode()
    take_over(world, shop, made)
    assert not right(world, shop, BETTER)
    assert world.hasher.hashed == 0
    assert right(world, shop)
    assert world.hasher.hashed == 1
    compared = world.hasher.compared
    assert right(world, shop)
    assert (world.hasher.compared, world.hasher.hashed) == (compared + 1, 1)
    assert not right(world, shop, made)


def test_imported_argon2_of_another_cost_becomes_ours(world: World, shop: Caller) -> None:
    """RFC 9106: a hash of another cost is compared at its own, and hashed anew at ours."""
    made = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
    take_over(world, shop, made)
    assert not right(world, shop, "passwore")
    assert right(world, shop, "password")
    assert right(world, shop, "password")
    assert world.hasher.hashed == 1


def test_a_set_during_the_first_right_try_wins(world: World, shop: Caller) -> None:
    """The new hash of an imported password never takes the place of a password set meanwhile."""
    take_over(world, shop, bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(4)).decode())
    world.hasher.between = lambda: put(world, shop, word=BETTER)
    assert not right(world, shop)
    assert right(world, shop, BETTER)


def test_many_at_once_all_or_each(world: World, shop: Caller) -> None:
    """Atomic, one bad one keeps all out, and nothing was hashed; else each has its own result."""
    made = bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(4)).decode()
    items = [
        SetPassword("a", "c1", GOOD),
        SetPassword("b", "c2", imported=made),
        SetPassword("c", "c3", "weak"),
        SetPassword("d", "c4", imported="plain text"),
        SetPassword("e", "c5"),
        SetPassword("f", "c6", GOOD, made),
        SetPassword("g", "c1", BETTER),
    ]
    keep = world.vault.passwords.keep
    with pytest.raises(Refused, match=r"^password\.short: Item 2: "):
        keep(shop, ACME, SetPasswords("payments", items))
    assert (world.hasher.hashed, world.count("customer_password")) == (0, 0)
    done = keep(shop, ACME, SetPasswords("payments", items, mode="continue"))
    assert [one.error.code if one.error else "" for one in done.results] == [
        "",
        "",
        "password.short",
        "customer_password.imported",
        "customer_password.one_of",
        "customer_password.one_of",
        "customer_password.twice",
    ]
    assert world.facts[-1].detail["failed"] == 5
    assert right(world, shop)
    assert right(world, shop, subject="c2")


def test_a_call_hashes_few(world: World, shop: Caller) -> None:
    """Seventeen passwords are refused before one is hashed; a thousand hashes are taken over."""
    many = [SetPassword("r", f"c{number}", GOOD) for number in range(17)]
    with pytest.raises(Invalid, match=r"^customer_password\.count"):
        world.vault.passwords.keep(shop, ACME, SetPasswords("payments", many))
    assert world.hasher.hashed == 0
    made = bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(4)).decode()
    items = [SetPassword("r", f"i{number}", imported=made) for number in range(1000)]
    world.vault.passwords.keep(shop, ACME, SetPasswords("payments", items))
    assert world.count("customer_password") == 1000
    assert right(world, shop, subject="i999")


def test_a_dead_process_leaves_a_counted_try(world: World, shop: Caller) -> None:
    """Killed while it compares: the try is counted, nobody was answered, no entry says so."""

    class KilledError(BaseException):
        """The process is gone."""

    def die() -> None:
        raise KilledError

    put(world, shop)
    world.hasher.between = die
    before = len(world.facts)
    with pytest.raises(KilledError):
        right(world, shop)
    assert len(world.facts) == before
    rows = world.run("SELECT failed FROM customer_password_tries ORDER BY whose")
    assert [one[0] for one in rows] == [1, 1]


def test_destroying_a_controller_leaves_none(world: World, shop: Caller) -> None:
    """C6: the rows of passwords and of tries go with everything else of the controller."""
    put(world, shop)
    right(world, shop, BETTER)
    while world.data.write(ACME, lambda conn: delete_rows(conn, ACME, None)):
        pass
    assert (world.count("customer_password"), world.count("customer_password_tries")) == (0, 0)
