"""Log keys are durable before use; a guard moves forward only, whoever pushes (C5.2)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bailee.clock import Clock
from bailee.db import HOUSE, Database
from bailee.errors import Broken, Invalid, Unavailable
from bailee.keys import FileMirror, Keys, LocalRoot, register
from bailee.keys.mirror import Head
from tests.simulators.hours import Hours

LOG = "bailee.example/0a1b/2026"
R1, R2 = b"\x01" * 32, b"\x02" * 32


def test_a_log_has_one_key_for_every_process(keys: Keys, open_keys: Callable[[], Keys]) -> None:
    """A signature by one process verifies under the key another process loads."""
    signature = keys.log_signer(LOG).sign(b"note")

    open_keys().log_signer(LOG).public_key().verify(signature, b"note")


def test_logs_do_not_share_keys(keys: Keys) -> None:
    """Each log's key is its own."""
    one, other = keys.log_signer(LOG), keys.log_signer(LOG + "7")

    assert one.public_key() != other.public_key()


def test_threads_that_ask_first_agree_on_the_key(open_keys: Callable[[], Keys]) -> None:
    """Processes that make a log's key at the same moment end up with one key."""
    processes = [open_keys() for _ in range(4)]
    made: list[bytes] = []

    def work(keys: Keys) -> None:
        made.append(keys.log_signer(LOG).public_key().public_bytes_raw())

    threads = [threading.Thread(target=work, args=(keys,)) for keys in processes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 4
    assert len(set(made)) == 1


@pytest.mark.parametrize("name", ["", "x" * 256])
def test_impossible_names_are_refused(keys: Keys, name: str) -> None:
    """A log has a name that fits."""
    with pytest.raises(Invalid, match=r"log\.name"):
        keys.log_signer(name)


def test_a_guard_moves_forward(keys: Keys) -> None:
    """Nothing, then a head, the same head again, then a larger one."""
    assert keys.guard_head(LOG) is None
    keys.advance_guard(LOG, 0, R1)
    keys.advance_guard(LOG, 0, R1)
    keys.advance_guard(LOG, 5, R2)

    assert keys.guard_head(LOG) == (5, R2)
    assert keys.guard_head("another") is None


@pytest.mark.parametrize(("size", "claimed"), [(4, R1), (4, R2), (5, R1), (0, R2)])
def test_a_smaller_size_or_another_root_is_refused(keys: Keys, size: int, claimed: bytes) -> None:
    """A head that contradicts what was signed raises, and moves nothing."""
    keys.advance_guard(LOG, 5, R2)

    with pytest.raises(Broken, match=r"log\.guard"):
        keys.advance_guard(LOG, size, claimed)

    assert keys.guard_head(LOG) == (5, R2)


def test_of_two_roots_for_one_size_one_wins(open_keys: Callable[[], Keys]) -> None:
    """Two processes that want different roots at each size: exactly one of them signs it."""
    won: list[tuple[int, bytes]] = []

    def work(keys: Keys, root: bytes) -> None:
        for size in range(1, 30):
            try:
                keys.advance_guard(LOG, size, root)
            except Broken:
                continue
            won.append((size, root))

    threads = [threading.Thread(target=work, args=(open_keys(), root)) for root in (R1, R2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    sizes = [size for size, _ in won]
    assert len(sizes) == len(set(sizes))
    assert max(sizes) == 29


def test_a_head_is_in_the_mirror_before_it_may_be_signed(keys: Keys, mirror: FileMirror) -> None:
    """When advance_guard returns, the second place knows; asked again it is not written again."""
    keys.advance_guard(LOG, 5, R1)
    keys.advance_guard(LOG, 5, R1)

    assert mirror.read().count(Head(LOG, 5, R1.hex())) == 1


def test_without_the_mirror_nothing_is_signed(
    keys_db: Database, root: LocalRoot, hours: Hours, tmp_path: Path
) -> None:
    """A mirror that fails stops the note; once it is back the same head goes through."""
    folder = tmp_path / "mount"
    keys = Keys(keys_db, root, Clock(hours), mirror=FileMirror(folder / "m"))
    with pytest.raises(Unavailable, match=r"mirror\.failed"):
        keys.advance_guard(LOG, 5, R1)

    folder.mkdir()
    keys.advance_guard(LOG, 5, R1)

    assert FileMirror(folder / "m").read() == [Head(LOG, 5, R1.hex())]


def test_a_guard_that_moved_in_between_is_not_swapped(keys: Keys, keys_db: Database) -> None:
    """Compare and swap: who compared with a head that stands there no more changes nothing."""
    keys.advance_guard(LOG, 5, R1)
    seen = Head(LOG, 5, R1.hex())
    keys.advance_guard(LOG, 6, R1)

    for stale in (seen, Head(LOG, 6, R2.hex())):
        swap = partial(register.move_head, before=stale, after=Head(LOG, 9, "00"))
        assert not keys_db.write(HOUSE, swap)
    assert keys.guard_head(LOG) == (6, R1)
