"""Rotation: new versions, old ones readable as long as needed, everything resumable."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bailee.clock import Clock
from bailee.db import Database
from bailee.errors import Conflict, Gone, Invalid, NotFound
from bailee.keys import FileMirror, Keys, Limits, LocalRoot, rotation
from bailee.keys.tables import controller_key, subject_key
from tests.simulators.hours import Hours
from tests.simulators.power import Power, PowerCutError, PoweredDatabase, PoweredMirror

ACME = "acme"
NONCE = bytes(12)
ENTRY = "ab" * 32


def seal(keys: Keys, count: int) -> dict[str, bytes]:
    """Return ciphertexts of one known value by the ids of new keys."""
    return {
        key.key_id: key.aead.encrypt(NONCE, b"value", b"")
        for key in keys.new_subject_keys(ACME, count)
    }


def opens(keys: Keys, sealed: dict[str, bytes]) -> bool:
    """Say whether every ciphertext decrypts under the key of its id."""
    found = keys.subject_keys(ACME, list(sealed))
    return all(
        name in found and found[name].aead.decrypt(NONCE, data, b"") == b"value"
        for name, data in sealed.items()
    )


def versions(database: Database, purpose: str) -> list[tuple[int, str]]:
    """Return (version, status) of a controller key, read past the house."""
    query = (
        sa.select(controller_key.c.version, controller_key.c.status)
        .where(controller_key.c.controller == ACME, controller_key.c.purpose == purpose)
        .order_by(controller_key.c.version)
    )
    return database.read(ACME, lambda conn: [tuple(row) for row in conn.execute(query)])


def wrapped_under(database: Database) -> set[int]:
    """Return the versions of the data key that wrap subject keys."""
    query = sa.select(subject_key.c.under_version).where(subject_key.c.controller == ACME)
    return database.read(ACME, lambda conn: set(conn.scalars(query)))


def test_rotating_the_data_key_rewraps_every_subject_key(
    keys: Keys, keys_db: Database, open_keys: Callable[[], Keys]
) -> None:
    """Every key is wrapped by the new version, the old one is gone, values still open."""
    sealed = seal(keys, 1500)

    assert keys.rotate_controller_key(ACME) == 2

    assert wrapped_under(keys_db) == {2}
    assert versions(keys_db, "data") == [(2, "current")]
    assert opens(keys, sealed)
    assert opens(open_keys(), sealed)
    assert keys.open_intents() == []


def test_another_process_goes_on_with_the_new_version(open_keys: Callable[[], Keys]) -> None:
    """A process that held the old data key reads and makes keys after the rotation."""
    one, other = open_keys(), open_keys()
    one.create_controller(ACME)
    sealed = seal(other, 2)

    one.rotate_controller_key(ACME)

    assert opens(other, sealed)
    assert opens(one, seal(other, 2))


@pytest.mark.parametrize("purpose", ["index", "token", "reference"])
def test_other_keys_are_read_in_two_versions_until_one_is_retired(
    keys: Keys, keys_db: Database, *, hours: Hours, mirror: FileMirror, purpose: str
) -> None:
    """Written with the newest that everybody knows; a retired one leaves two tombstones (C6)."""

    def derived() -> list[tuple[int, bytes]]:
        found = {
            "index": keys.index_keys(ACME, "person.email", 1),
            "token": keys.token_keys(ACME),
            "reference": keys.reference_keys(ACME),
        }[purpose]
        return [(key.version, key.key) for key in found]

    [(_, old)] = derived()
    assert keys.rotate_controller_key(ACME, purpose) == 2
    assert derived()[0] == (1, old)  # no other process may know the new one yet
    hours.pass_by(6)
    [(_, new), second] = derived()
    assert (second, new != old) == ((1, old), True)

    hours.pass_by(301)
    keys.retire_controller_key(ACME, purpose, 1, ENTRY)
    keys.retire_controller_key(ACME, purpose, 1, ENTRY)

    assert derived() == [(2, new)]
    assert versions(keys_db, purpose) == [(2, "current")]
    [stone] = keys.tombstones(ACME)
    assert (stone.key_id, stone.entry_hash) == (f"{purpose}/1", ENTRY)
    assert stone in mirror.read()


def test_a_version_in_use_is_not_retired(keys: Keys, hours: Hours) -> None:
    """The newest is in use; just after a rotation others may still write with the one before."""
    with pytest.raises(Conflict, match=r"key\.current"):
        keys.retire_controller_key(ACME, "index", 1, ENTRY)
    keys.rotate_controller_key(ACME, "index")
    with pytest.raises(Conflict, match=r"key\.settling"):
        keys.retire_controller_key(ACME, "index", 1, ENTRY)

    hours.pass_by(301)
    with pytest.raises(NotFound, match=r"key\.unknown"):
        keys.retire_controller_key(ACME, "index", 7, ENTRY)


@pytest.mark.parametrize("purpose", ["data", "ledger", "nonsense"])
def test_only_keys_that_can_be_retired_are(keys: Keys, purpose: str) -> None:
    """The data key is deleted by its rotation, the ledger's lives as long as its openings."""
    with pytest.raises(Invalid, match=r"key\.purpose"):
        keys.retire_controller_key(ACME, purpose, 1, ENTRY)


def test_a_number_is_never_used_twice(keys: Keys, hours: Hours) -> None:
    """After versions 1 and 2 comes 3, also when the others are gone."""
    keys.rotate_controller_key(ACME, "index")
    hours.pass_by(301)
    keys.retire_controller_key(ACME, "index", 1, ENTRY)

    assert keys.rotate_controller_key(ACME, "index") == 3


def test_openings_of_an_earlier_version_open(keys: Keys) -> None:
    """After the ledger key is rotated, what was sealed before opens, and new ones too."""
    sealed = keys.seal_opening(ACME, "e", b"x")
    keys.rotate_controller_key(ACME, "ledger")

    assert keys.open_opening(ACME, "e", sealed) == b"x"
    assert keys.seal_opening(ACME, "e", b"x")[:4] == b"\0\0\0\x02"


def test_a_purpose_that_is_none_is_refused(keys: Keys) -> None:
    """There are five purposes."""
    with pytest.raises(Invalid, match=r"key\.purpose"):
        keys.rotate_controller_key(ACME, "nonsense")


def test_a_subject_key_has_two_versions_until_retired(
    keys: Keys, open_keys: Callable[[], Keys]
) -> None:
    """The new version encrypts, the old one still decrypts, until the vault says it is done."""
    sealed = seal(keys, 3)
    ids = list(sealed)

    assert keys.rotate_subject_keys(ACME, [*ids, ids[0], "f" * 32]) == dict.fromkeys(ids, 2)

    for process in (keys, open_keys()):
        for name, key in process.subject_keys(ACME, ids).items():
            old = key.at(1)
            assert key.version == 2
            assert old is not None
            assert old.decrypt(NONCE, sealed[name], b"") == b"value"

    keys.retire_subject_keys(ACME, dict.fromkeys(ids, 2))
    keys.retire_subject_keys(ACME, {})
    for process in (keys, open_keys()):
        found = process.subject_keys(ACME, ids)
        assert [(key.version, key.at(1)) for key in found.values()] == [(2, None)] * 3


def test_retiring_below_a_version_that_is_not_there_keeps_all(keys: Keys) -> None:
    """A version in use that does not exist retires nothing: no key is lost by a wrong number."""
    sealed = seal(keys, 1)

    keys.retire_subject_keys(ACME, dict.fromkeys(sealed, 9))

    assert opens(keys, sealed)


def test_rotating_nothing_is_nothing(keys: Keys) -> None:
    """Ids that do not exist get no new version."""
    assert keys.rotate_subject_keys(ACME, ["f" * 32]) == {}


def test_data_rotation_takes_old_versions_of_subject_keys_along(
    keys: Keys, open_keys: Callable[[], Keys]
) -> None:
    """Both versions of a subject key survive a rotation of the data key."""
    [name] = seal(keys, 1)
    keys.rotate_subject_keys(ACME, [name])
    keys.rotate_controller_key(ACME)

    key = open_keys().subject_keys(ACME, [name])[name]
    assert (key.version, key.at(1) is None) == (2, False)


@pytest.mark.parametrize("moment", range(1, 21))
def test_a_rotation_cut_anywhere_is_finished(
    moment: int,
    *,
    keys_db: Database,
    root: LocalRoot,
    hours: Hours,
    mirror: FileMirror,
    open_keys: Callable[[], Keys],
) -> None:
    """Wherever the power fails, no key is lost, and rotating again finishes the first rotation."""
    before = open_keys()
    before.create_controller(ACME)
    sealed = seal(before, 5)
    power = Power(moment)
    keys = Keys(
        PoweredDatabase(keys_db, power),
        root,
        Clock(hours),
        mirror=PoweredMirror(mirror, power),
        limits=Limits(rows=2),  # five keys take three commits
    )
    try:
        keys.rotate_controller_key(ACME)
        cut = False
    except PowerCutError:
        cut = True
    assert cut == (moment <= power.moments)

    after = open_keys()
    assert opens(after, sealed)
    begun = bool(after.open_intents())
    assert after.rotate_controller_key(ACME) in ({2} if begun else {2, 3})
    assert opens(open_keys(), sealed)
    assert len(versions(keys_db, "data")) == len(wrapped_under(keys_db)) == 1
    assert after.open_intents() == []


def test_a_rotation_of_a_controller_destroyed_meanwhile_ends(
    keys: Keys, keys_db: Database, root: LocalRoot, hours: Hours
) -> None:
    """Nothing is left to rewrap: the intent is done, and rotating again is refused."""
    seal(keys, 2)
    with pytest.raises(PowerCutError):
        Keys(PoweredDatabase(keys_db, Power(3)), root, Clock(hours)).rotate_controller_key(ACME)
    [begun] = keys.open_intents()
    keys.destroy_controller(ACME, ENTRY)

    assert keys.rotation.finish(begun).state == "done"
    with pytest.raises(Gone, match=r"controller\.destroyed"):
        keys.rotate_controller_key(ACME)


def test_a_data_key_that_still_wraps_something_is_not_deleted(
    keys: Keys, keys_db: Database, root: LocalRoot, hours: Hours
) -> None:
    """Deleting the old version looks once more, in its own commit, for what it would take along."""
    sealed = seal(keys, 2)
    with pytest.raises(PowerCutError):
        Keys(PoweredDatabase(keys_db, Power(3)), root, Clock(hours)).rotate_controller_key(ACME)
    [begun] = keys.open_intents()

    with pytest.raises(rotation._Late):
        keys.rotation._delete_old(begun.after("rewrapped"))

    assert versions(keys_db, "data") == [(1, "old"), (2, "current")]
    assert opens(keys, sealed)
