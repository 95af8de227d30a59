"""From one root to another while everything goes on; nothing lost wherever it stops (C2.8(3))."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bailee.clock import Clock
from bailee.db import HOUSE, Database
from bailee.errors import Broken, Conflict
from bailee.keys import FileMirror, Keys, LocalRoot, Moved, Root, TwoRoots, register, store
from bailee.keys.moving import Moving
from bailee.keys.sealed import maker
from tests.simulators.hours import Hours
from tests.simulators.power import Power, PowerCutError, PoweredDatabase

ACME, BETA = "acme", "beta"
NONCE = bytes(12)
OLD, NEW = LocalRoot(b"o" * 32), LocalRoot(b"n" * 32)

Open = Callable[[Root], Keys]


@pytest.fixture
def process(key_database: Database, mirror: FileMirror, hours: Hours) -> Open:
    """Return what a new process does with the roots it was given."""

    def opened(root: Root) -> Keys:
        keys = Keys(key_database, root, Clock(hours), mirror=mirror, ticks=hours.ticks)
        keys.start()
        return keys

    return opened


def both() -> TwoRoots:
    """Return what a process holds during a move."""
    return TwoRoots(NEW, OLD)


def fill(keys: Keys) -> dict[str, tuple[str, bytes]]:
    """Make two controllers and a log; return a ciphertext for each key id."""
    sealed = {}
    for controller in (ACME, BETA):
        keys.create_controller(controller)
        for key in keys.new_subject_keys(controller, 3):
            sealed[key.key_id] = controller, key.aead.encrypt(NONCE, b"value", b"")
    keys.log_signer("log")
    return sealed


def opens(keys: Keys, sealed: dict[str, tuple[str, bytes]]) -> bool:
    """Say whether every value still opens."""
    return all(
        keys.subject_keys(controller, [name])[name].aead.decrypt(NONCE, data, b"") == b"value"
        for name, (controller, data) in sealed.items()
    )


def makers(key_database: Database) -> set[str]:
    """Return which roots wrapped what the key database holds, read past the house."""

    def work(conn: sa.Connection) -> set[str]:
        found = {maker(wrapped) for wrapped in register.log_keys(conn).values()}
        for name in store.holders(conn):
            found |= {maker(row.wrapped) for row in store.controller_keys(conn, name)}
        named = register.root_name(conn)
        return found | {maker(named[1]), named[0]} if named else found

    return key_database.read(HOUSE, work)


def move(keys: Keys) -> int:
    """Move until nothing is left; return how many keys it were."""
    count, done = 0, Moved(0, "", "")
    while True:
        done = keys.move_root(done.after)
        count += done.keys
        if not done.after:
            return count


def test_everything_goes_to_the_new_root(process: Open, key_database: Database) -> None:
    """Afterwards the new root alone opens all, and the old one nothing."""
    sealed = fill(process(OLD))
    keys = process(both())
    assert makers(key_database) == {OLD.key_id}
    token, public = keys.token_keys(ACME)[0].key, keys.log_signer("log").public_key()

    assert move(keys) == 16  # five keys of the house, of acme, of beta, and one log

    assert makers(key_database) == {NEW.key_id}
    assert move(keys) == 0
    after = process(NEW)
    assert opens(after, sealed)
    assert (after.token_keys(ACME)[0].key, after.log_signer("log").public_key()) == (token, public)
    with pytest.raises(Broken, match=r"root\.wrong"):
        process(OLD)


def test_before_the_move_the_old_root_wraps(process: Open, key_database: Database) -> None:
    """A process with both serves others that have the old one alone."""
    old = process(OLD)
    fill(old)
    keys = process(both())

    keys.create_controller("made-by-both")
    keys.log_signer("log-by-both")

    assert makers(key_database) == {OLD.key_id}
    assert old.controller_exists("made-by-both")


def test_processes_with_both_go_on_through_a_move(process: Open, key_database: Database) -> None:
    """Whoever has both reads and makes keys before, between and after every step."""
    one, other = process(both()), process(both())
    sealed = fill(one)
    assert opens(other, sealed)
    mover = Moving(one._room)

    after, steps = "", 0
    while True:
        step = mover.step(after, places=1)
        steps += 1
        assert opens(other, sealed)
        sealed |= {
            key.key_id: (ACME, key.aead.encrypt(NONCE, b"value", b""))
            for key in other.new_subject_keys(ACME, 1)
        }
        other.create_controller(f"made-after-step-{min(steps, 3)}")
        other.rotate_controller_key(BETA)
        if not step.after:
            break
        after = step.after

    assert makers(key_database) == {NEW.key_id}
    assert opens(process(NEW), sealed)


def test_a_key_wrapped_just_before_the_move_is_wrapped_again(
    process: Open, key_database: Database
) -> None:
    """Between wrapping and adding, another thread of the same process names the new root.

    A comparison with the root of the process, instead of with the maker of the bytes, would add
    a key that the walk has passed, and taking the old root away would lose it.
    """

    class Slow(TwoRoots):
        """Lets something happen after it has wrapped a key."""

        meanwhile: Callable[[], object] | None = None

        def wrap(self, context: bytes, key: bytes) -> bytes:
            wrapped = super().wrap(context, key)
            meanwhile, self.meanwhile = self.meanwhile, None
            if meanwhile is not None:
                meanwhile()
            return wrapped

    fill(process(OLD))
    roots = Slow(NEW, OLD)
    keys = process(roots)
    for make in (
        lambda: keys.create_controller("gamma"),
        lambda: keys.rotate_controller_key(ACME, "index"),
        lambda: keys.log_signer("another"),
    ):
        back = process(TwoRoots(OLD, NEW))
        move(back)  # to the old one again, for the next way of making keys
        roots.turn(OLD.key_id)
        roots.meanwhile = lambda: move(keys)
        make()
        assert makers(key_database) == {NEW.key_id}


def test_a_process_without_the_new_root_makes_no_more_keys(process: Open) -> None:
    """It would wrap them with a root that is being taken away; it says so, and loses nothing."""
    left = process(OLD)
    fill(left)
    move(process(both()))

    with pytest.raises(Broken, match=r"root\.wrong"):
        left.create_controller("new")
    with pytest.raises(Broken, match=r"root\.wrong"):
        left.log_signer("new")
    with pytest.raises(Broken, match=r"root\.wrong"):  # its epoch moved: no cache hides it
        left.subject_keys(ACME, ["f" * 32])


def test_a_process_with_one_root_cannot_move(process: Open) -> None:
    """It is told which settings it lacks."""
    with pytest.raises(Conflict, match=r"root\.alone") as failed:
        process(OLD).move_root()

    assert "BAILEE_ROOT_BEFORE" in failed.value.do


def test_two_roots_of_which_neither_is_named_do_not_start(process: Open) -> None:
    """A move from a root that this key database never had is refused before anything is made."""
    fill(process(OLD))

    with pytest.raises(Broken, match=r"root\.wrong"):
        process(TwoRoots(NEW, LocalRoot(b"x" * 32)))


def test_who_comes_too_late_moves_nothing(process: Open, key_database: Database) -> None:
    """A process that would leave a root which somebody moved elsewhere meanwhile is refused."""
    fill(process(OLD))
    elsewhere = LocalRoot(b"e" * 32)
    late, first = process(both()), process(TwoRoots(elsewhere, OLD))
    move(first)

    with pytest.raises(Broken, match=r"root\.wrong"):
        late.move_root()

    assert makers(key_database) == {elsewhere.key_id}


def test_what_changed_since_it_was_read_is_left_alone(
    process: Open, key_database: Database
) -> None:
    """Somebody else wrapped it meanwhile, perhaps by a root that its controller holds."""
    fill(process(OLD))
    read, ours = b"as it was read", b"as we would wrap it"

    def of_controller(conn: sa.Connection) -> tuple[int, bool]:
        before = store.controller_keys(conn, ACME)
        wrapped = {(row.purpose, row.version): (read, ours) for row in before}
        count = store.rewrap_controller_keys(conn, ACME, wrapped)
        return count, store.controller_keys(conn, ACME) == before

    def of_log(conn: sa.Connection) -> tuple[int, bool]:
        before = register.one_log_key(conn, "log")
        count = register.rewrap_log_key(conn, "log", read, ours)
        return count, register.one_log_key(conn, "log") == before != ours

    assert key_database.write(ACME, of_controller) == (0, True)
    assert key_database.write(HOUSE, of_log) == (0, True)


@pytest.mark.parametrize("moment", range(1, 14))
def test_a_move_cut_anywhere_is_finished_by_the_next(
    moment: int, *, process: Open, key_database: Database, mirror: FileMirror, hours: Hours
) -> None:
    """Wherever the power fails, both roots open everything, and moving again finishes."""
    sealed = fill(process(OLD))
    power = Power(moment)
    keys = Keys(PoweredDatabase(key_database, power), both(), Clock(hours), mirror=mirror)
    keys.check_root(both())
    try:
        Moving(keys._room).step()
        cut = False
    except PowerCutError:
        cut = True
    assert cut == (moment <= power.moments)

    after = process(both())
    assert opens(after, sealed)
    move(after)
    assert makers(key_database) == {NEW.key_id}
    assert opens(process(NEW), sealed)


def test_nothing_is_lost_by_a_move_under_load(process: Open, key_database: Database) -> None:
    """Threads of two processes make keys all through a move; the new root alone opens them all."""
    one, other = process(both()), process(both())
    fill(one)
    made: list[tuple[str, str, bytes]] = []
    failures: list[BaseException] = []
    stop = threading.Event()

    def run(keys: Keys, name: str) -> None:
        count = 0
        while not stop.is_set():
            count += 1
            try:
                keys.create_controller(f"{name}-{count}")
                keys.log_signer(f"{name}-{count}")
                [key] = keys.new_subject_keys(f"{name}-{count}", 1)
                sealed = key.aead.encrypt(NONCE, b"value", b"")
                made.append((f"{name}-{count}", key.key_id, sealed))
            except BaseException as error:  # noqa: BLE001 - looked at below
                failures.append(error)

    threads = [
        threading.Thread(target=run, args=(keys, f"{place}{n}"))
        for place, keys in (("one", one), ("other", other))
        for n in range(2)
    ]
    for thread in threads:
        thread.start()
    while len(made) < 8 and not failures:
        stop.wait(0.01)
    move(one)
    moved = len(made)
    while len(made) < moved + 8 and not failures:
        stop.wait(0.01)
    stop.set()
    for thread in threads:
        thread.join()

    assert failures == []
    assert makers(key_database) == {NEW.key_id}
    fresh = process(NEW)
    assert opens(fresh, {key_id: (controller, data) for controller, key_id, data in made})
