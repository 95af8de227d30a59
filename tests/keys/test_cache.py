"""The cache is bounded, forgets with time, and never outlives an epoch."""

from __future__ import annotations

import threading

from bailee.keys.cache import Cache, Limits
from tests.simulators.hours import Hours


def cache(entries: int = 100, seconds: float = 60) -> tuple[Cache[str], Hours]:
    """Return an empty cache and its time."""
    hours = Hours()
    return Cache(Limits(entries, seconds), hours.ticks), hours


def test_what_was_put_is_found_in_one_batch() -> None:
    """A batch get answers with what is there and leaves out what is not."""
    keys, _ = cache()
    keys.put_many("acme", 1, {"a": "A", "b": "B"})

    assert keys.get_many("acme", 1, ["b", "x", "a"]) == {"a": "A", "b": "B"}
    assert keys.get_many("other", 1, ["a"]) == {}


def test_an_entry_dies_of_age() -> None:
    """After its seconds an entry is not handed out, and is removed when others come in."""
    keys, hours = cache(seconds=60)
    keys.put_many("acme", 1, {"a": "A"})
    hours.pass_by(59)
    assert keys.get_many("acme", 1, ["a"]) == {"a": "A"}

    hours.pass_by(1)

    assert keys.get_many("acme", 1, ["a"]) == {}
    hours.pass_by(1)
    keys.put_many("acme", 1, {"b": "B"})
    assert len(keys) == 1


def test_asking_does_not_prolong_a_life() -> None:
    """An entry used all the time still dies of age."""
    keys, hours = cache(seconds=60)
    keys.put_many("acme", 1, {"a": "A"})
    for _ in range(7):
        keys.get_many("acme", 1, ["a"])
        hours.pass_by(10)

    assert keys.get_many("acme", 1, ["a"]) == {}


def test_the_bound_holds_and_the_least_used_goes_first() -> None:
    """Beyond the bound the entry that was not asked for longest goes."""
    keys, _ = cache(entries=3)
    keys.put_many("acme", 1, {"a": "A", "b": "B", "c": "C"})
    keys.get_many("acme", 1, ["a"])

    keys.put_many("acme", 1, {"d": "D"})

    assert len(keys) == 3
    assert set(keys.get_many("acme", 1, "abcd")) == {"a", "c", "d"}


def test_the_bound_is_shared_by_all_controllers() -> None:
    """The controller that was not asked for longest gives way."""
    keys, _ = cache(entries=3)
    keys.put_many("one", 1, {"a": "A", "b": "B"})
    keys.put_many("two", 1, {"a": "A", "b": "B"})

    assert len(keys) == 3
    assert set(keys.get_many("one", 1, "ab")) == {"b"}
    assert set(keys.get_many("two", 1, "ab")) == {"a", "b"}


def test_a_batch_larger_than_the_bound_leaves_the_bound() -> None:
    """However much is put at once, no more than the bound stays."""
    keys, _ = cache(entries=10)
    keys.put_many("acme", 1, {str(n): "" for n in range(1000)})

    assert len(keys) == 10


def test_another_epoch_empties_the_controllers_shelf_alone() -> None:
    """When somebody moved the epoch, all keys of that controller are forgotten."""
    keys, _ = cache()
    keys.put_many("acme", 1, {"a": "A"})
    keys.put_many("other", 1, {"a": "A"})

    assert keys.get_many("acme", 2, ["a"]) == {}
    assert len(keys) == 1
    assert keys.get_many("other", 1, ["a"]) == {"a": "A"}


def test_a_late_reader_cannot_bring_a_key_back() -> None:
    """A key read before the epoch moved and put afterwards is handed to nobody."""
    keys, _ = cache()
    keys.put_many("acme", 1, {"a": "A"})
    keys.move("acme", 1, 2, ["a"])

    keys.put_many("acme", 1, {"a": "A"})

    assert keys.get_many("acme", 2, ["a"]) == {}


def test_an_own_change_forgets_only_what_changed() -> None:
    """The process that moved the epoch keeps its other keys."""
    keys, _ = cache()
    keys.put_many("acme", 1, {"a": "A", "b": "B"})

    keys.move("acme", 1, 2, ["a", "x"])

    assert keys.get_many("acme", 2, ["a", "b"]) == {"b": "B"}
    assert len(keys) == 1


def test_an_own_change_on_top_of_anothers_forgets_all() -> None:
    """When the epoch moved by more than our own step, nothing of the controller is kept."""
    keys, _ = cache()
    keys.put_many("acme", 1, {"a": "A", "b": "B"})

    keys.move("acme", 2, 3, ["a"])

    assert keys.get_many("acme", 3, ["a", "b"]) == {}
    assert len(keys) == 0


def test_clearing_forgets_everything() -> None:
    """After clear nothing is found."""
    keys, _ = cache()
    keys.put_many("acme", 1, {"a": "A"})
    keys.clear()

    assert len(keys) == 0
    assert keys.get_many("acme", 1, ["a"]) == {}


def test_many_threads_keep_the_count_right() -> None:
    """Puts, gets and moves from several threads leave the bound and the count intact."""
    keys, _ = cache(entries=50)

    def work(number: int) -> None:
        for step in range(300):
            controller = str(step % 3)
            keys.put_many(controller, step % 2, {f"{number}-{step % 40}": ""})
            keys.get_many(controller, step % 2, [f"{number}-{step % 7}"])
            keys.move(controller, 0, 1, [f"{number}-{step % 5}"])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) <= 50
    assert len(keys) == sum(len(shelf.items) for shelf in keys._shelves.values())


def test_what_was_dropped_leaves_its_place() -> None:
    """Dropped again and again, a controller's entries count no more: the others keep theirs."""
    keys, _ = cache(entries=4)
    keys.put_many("other", 1, {"x": "X"})
    for _ in range(10):
        keys.put_many("acme", 1, {"a": "A", "b": "B"})
        keys.drop("acme")
        keys.drop("nobody")
    assert len(keys) == 1
    assert keys.get_many("acme", 1, ["a", "b"]) == {}
    keys.put_many("acme", 1, {"a": "A", "b": "B", "c": "C"})
    assert keys.get_many("other", 1, ["x"]) == {"x": "X"}
