"""Keys as everybody above sees them: made once, found in batches, opened in their place alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bailee.clock import Clock
from bailee.db import Database, SqliteDatabase
from bailee.errors import Broken, Gone, Invalid, NotFound, Oversized
from bailee.keys import FileMirror, Keys, Limits, LocalRoot
from bailee.keys.tables import controller_key, subject_key
from tests.simulators.hours import Hours

ACME = "acme"
NONCE = bytes(12)


def test_made_keys_are_found_again_by_another_process(
    keys: Keys, open_keys: Callable[[], Keys]
) -> None:
    """What was encrypted under a new key decrypts under the key found by its id (C2.8(1))."""
    made = keys.new_subject_keys(ACME, 3)
    sealed = {key.key_id: key.aead.encrypt(NONCE, b"value", b"") for key in made}

    found = open_keys().subject_keys(ACME, [key.key_id for key in made])

    assert {name: key.aead.decrypt(NONCE, sealed[name], b"") for name, key in found.items()} == (
        dict.fromkeys(sealed, b"value")
    )
    assert {key.version for key in found.values()} == {1}


def test_every_subject_has_a_key_of_its_own(keys: Keys) -> None:
    """What one subject's key encrypted, another's does not decrypt."""
    one, other = keys.new_subject_keys(ACME, 2)
    sealed = one.aead.encrypt(NONCE, b"value", b"")

    with pytest.raises(Exception, match=r"^$"):  # cryptography's InvalidTag says nothing
        other.aead.decrypt(NONCE, sealed, b"")


def test_thousands_are_made_and_found_in_one_go(keys: Keys, open_keys: Callable[[], Keys]) -> None:
    """A batch larger than one IN list comes back whole; unknown ids are left out."""
    ids = [key.key_id for key in keys.new_subject_keys(ACME, 1201)]

    found = open_keys().subject_keys(ACME, [*ids, "f" * 32, *ids[:5]])

    assert set(found) == set(ids)
    assert keys.new_subject_keys(ACME, 0) == []
    assert keys.subject_keys(ACME, []) == {}


def test_too_many_at_once_are_refused(keys: Keys) -> None:
    """One hundred thousand is the most."""
    with pytest.raises(Oversized, match=r"keys\.too_many"):
        keys.new_subject_keys(ACME, 100_001)


def test_a_key_of_one_controller_is_not_found_by_another(keys: Keys) -> None:
    """Controllers do not see one another's keys."""
    keys.create_controller("other")
    [key] = keys.new_subject_keys(ACME, 1)

    assert keys.subject_keys("other", [key.key_id]) == {}


@pytest.mark.parametrize("call", ["subject_keys", "new_subject_keys", "token_key", "seal_opening"])
def test_an_unknown_controller_is_not_found(keys: Keys, call: str) -> None:
    """No keys are made up for a controller that was never created."""
    calls: dict[str, Callable[[], object]] = {
        "subject_keys": lambda: keys.subject_keys("nobody", ["f" * 32]),
        "new_subject_keys": lambda: keys.new_subject_keys("nobody", 1),
        "token_key": lambda: keys.token_keys("nobody")[0].key,
        "seal_opening": lambda: keys.seal_opening("nobody", "e", b""),
    }

    with pytest.raises(NotFound, match=r"controller\.unknown"):
        calls[call]()
    assert not keys.controller_exists("nobody")


def test_creating_a_controller_again_changes_nothing(keys: Keys) -> None:
    """Creation is idempotent, so that it can follow a crash."""
    before = keys.token_keys(ACME)[0].key, keys.epoch(ACME)
    keys.create_controller(ACME)

    assert (keys.token_keys(ACME)[0].key, keys.epoch(ACME)) == before
    assert keys.controller_exists(ACME)


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_impossible_names_are_refused(keys: Keys, name: str) -> None:
    """A controller's name fits its column."""
    with pytest.raises(Invalid, match=r"controller\.name"):
        keys.create_controller(name)


def test_processes_that_create_the_same_controller_agree(open_keys: Callable[[], Keys]) -> None:
    """However many create it at once, there is one set of keys."""
    processes = [open_keys() for _ in range(4)]

    threads = [
        threading.Thread(target=keys.create_controller, args=("late",)) for keys in processes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({keys.token_keys("late")[0].key for keys in processes}) == 1


def test_derived_keys_differ_by_everything_they_are_for(keys: Keys) -> None:
    """Controller, purpose, element and normaliser version each give another key."""
    keys.create_controller("other")
    derived = [
        keys.index_keys(ACME, "person.email", 1)[0].key,
        keys.index_keys(ACME, "person.email", 2)[0].key,
        keys.index_keys(ACME, "person.name", 1)[0].key,
        keys.index_keys("other", "person.email", 1)[0].key,
        keys.token_keys(ACME)[0].key,
        keys.reference_keys(ACME)[0].key,
    ]

    assert len(set(derived)) == len(derived)
    assert {len(key) for key in derived} == {32}
    assert derived[0] == keys.index_keys(ACME, "person.email", 1)[0].key


def test_an_opening_opens_in_its_entry_alone(keys: Keys) -> None:
    """Sealed for one controller and entry, it opens there and nowhere else."""
    keys.create_controller("other")
    sealed = keys.seal_opening(ACME, "entry-1", b"who saw it")

    assert keys.open_opening(ACME, "entry-1", sealed) == b"who saw it"
    for controller, entry in ((ACME, "entry-2"), ("other", "entry-1")):
        with pytest.raises(Broken, match=r"key\.unwrap"):
            keys.open_opening(controller, entry, sealed)


@pytest.mark.parametrize("cut", [0, 3, 4, 5, 20])
def test_a_cut_opening_is_broken(keys: Keys, cut: int) -> None:
    """An opening cut short is named broken, or of a key that never was."""
    sealed = keys.seal_opening(ACME, "entry-1", b"who saw it")

    with pytest.raises(Broken, match=r"key\.unwrap"):
        keys.open_opening(ACME, "entry-1", sealed[:cut])


def test_an_opening_of_an_unknown_key_version_is_gone(keys: Keys) -> None:
    """The version stands before the ciphertext; a version that is not there is gone."""
    sealed = keys.seal_opening(ACME, "entry-1", b"who saw it")

    with pytest.raises(Gone, match=r"opening\.destroyed"):
        keys.open_opening(ACME, "entry-1", b"\0\0\0\x09" + sealed[4:])


def test_the_house_has_keys_after_start(keys: Keys) -> None:
    """Acts of no controller are recorded too."""
    assert keys.open_opening("house", "e", keys.seal_opening("house", "e", b"x")) == b"x"


def test_the_wrong_root_is_refused_at_start(keys: Keys, keys_db: Database, hours: Hours) -> None:
    """A key database opened with another root does not start, nor hand out, nor make keys."""
    wrong = Keys(keys_db, LocalRoot(b"w" * 32), Clock(hours))

    with pytest.raises(Broken, match=r"root\.wrong"):
        wrong.start()
    with pytest.raises(Broken, match=r"root\.wrong"):
        wrong.subject_keys(ACME, [])
    with pytest.raises(Broken, match=r"root\.wrong"):
        wrong.create_controller("new")
    assert not keys.controller_exists("new")


@pytest.mark.parametrize("moved", ["controller", "purpose", "version"])
def test_a_controller_key_in_another_place_does_not_unwrap(
    keys: Keys, keys_db: Database, open_keys: Callable[[], Keys], moved: str
) -> None:
    """Rows changed behind the house's back are found when the keys are next unwrapped."""
    keys.create_controller("other")
    change = controller_key.update().where(
        controller_key.c.controller == ACME, controller_key.c.purpose == "index"
    )
    taken = sa.select(controller_key.c.wrapped).where(
        controller_key.c.controller == ("other" if moved == "controller" else ACME),
        controller_key.c.purpose == ("token" if moved == "purpose" else "index"),
    )
    value = {"version": 2} if moved == "version" else {"wrapped": taken.scalar_subquery()}
    keys_db.write(ACME, lambda conn: conn.execute(change.values(**value)))

    with pytest.raises(Broken, match=r"key\.unwrap"):
        open_keys().index_keys(ACME, "person.email", 1)


@pytest.mark.parametrize("moved", ["key_id", "version", "under_version", "controller"])
def test_a_subject_key_in_another_place_does_not_unwrap(
    keys: Keys, keys_db: Database, open_keys: Callable[[], Keys], moved: str
) -> None:
    """A wrapped key under another id, version, wrapping version or controller is broken."""
    keys.create_controller("other")
    [key] = keys.new_subject_keys(ACME, 1)
    value = {"key_id": "e" * 32, "version": 2, "under_version": 2, "controller": "other"}[moved]
    change = subject_key.update().where(subject_key.c.controller == ACME)
    keys_db.write(ACME, lambda conn: conn.execute(change.values({moved: value})))

    with pytest.raises(Broken, match=r"key\.unwrap"):
        open_keys().subject_keys(
            "other" if moved == "controller" else ACME,
            ["e" * 32 if moved == "key_id" else key.key_id],
        )


def test_keys_are_not_read_again_while_they_are_cached(
    keys: Keys, keys_db: Database, hours: Hours
) -> None:
    """A cached key is served without its row; after its time the row is asked again."""
    [key] = keys.new_subject_keys(ACME, 1)
    keys_db.write(ACME, lambda conn: conn.execute(subject_key.delete()))
    assert set(keys.subject_keys(ACME, [key.key_id])) == {key.key_id}

    hours.pass_by(301)

    assert keys.subject_keys(ACME, [key.key_id]) == {}


def test_the_cache_is_bounded(keys_db: Database, root: LocalRoot, hours: Hours) -> None:
    """However many keys are used, no more than the limit stay unwrapped."""
    keys = Keys(keys_db, root, Clock(hours), limits=Limits(entries=10))
    keys.create_controller(ACME)
    ids = [key.key_id for key in keys.new_subject_keys(ACME, 50)]

    assert len(keys.subject_keys(ACME, ids)) == 50
    assert len(keys._room.subjects) == 10


def test_no_unwrapped_key_reaches_a_file(
    tmp_path: Path, root: LocalRoot, mirror: FileMirror, hours: Hours
) -> None:
    """After use no key, derived or not, stands in database, write-ahead log or mirror (C2.8(3))."""
    database = SqliteDatabase(tmp_path / "k" / "keys.db")
    subject_key.metadata.create_all(database.engine)
    seen = RootThatTells(root)
    keys = Keys(database, seen, Clock(hours), mirror=mirror)
    keys.start()
    keys.create_controller(ACME)
    keys.new_subject_keys(ACME, 20)
    keys.log_signer("log")
    keys.rotate_controller_key(ACME)
    secrets = {
        *seen.keys,
        keys.token_keys(ACME)[0].key,
        keys.index_keys(ACME, "person.email", 1)[0].key,
    }
    files = [*(tmp_path / "k").iterdir(), tmp_path / "elsewhere.jsonl"]
    held = {path.name: path.read_bytes() for path in files}
    database.close()

    assert len(secrets) >= 12
    assert any(name.endswith("-wal") for name in held)
    for secret in secrets:
        for form in (secret, secret.hex().encode()):
            assert [name for name, data in held.items() if form in data] == []


class RootThatTells:
    """A root that remembers every key it saw unwrapped."""

    def __init__(self, inner: LocalRoot) -> None:
        self._inner = inner
        self.keys: set[bytes] = set()

    @property
    def key_id(self) -> str:
        """Return the name of the real root."""
        return self._inner.key_id

    def wrap(self, context: bytes, key: bytes) -> bytes:
        """Wrap and remember."""
        self.keys.add(key)
        return self._inner.wrap(context, key)

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        """Unwrap and remember."""
        key = self._inner.unwrap(context, wrapped)
        self.keys.add(key)
        return key

    def close(self) -> None:
        """Do nothing."""
