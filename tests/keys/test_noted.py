"""No unwrap without a row before it, whatever dies when (C2.8(3))."""

from __future__ import annotations

import pytest

from bailee.clock import Clock
from bailee.db import Database
from bailee.errors import Broken, Unavailable
from bailee.keys import Notes
from bailee.keys.noted import WAIT, NotedRoot, Opened
from bailee.keys.root import refused_root, unavailable_root, wrong_root
from tests.simulators.hours import Hours

KEY = b"k" * 32


class Provider:
    """A provider that numbers what it is asked, or fails as it is told."""

    key_id = "ab" * 8

    def __init__(self) -> None:
        self.asked = 0
        self.fails: Exception | None = None
        self.number = "r-"

    def wrap(self, _context: bytes, key: bytes) -> bytes:
        """Return the key as it is."""
        return key

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        """Return the key."""
        return self.open(context, wrapped).key

    def open(self, _context: bytes, wrapped: bytes) -> Opened:
        """Return the key and a number, or fail."""
        self.asked += 1
        if self.fails is not None:
            raise self.fails
        return Opened(wrapped, f"{self.number}{self.asked}")

    def close(self) -> None:
        """Do nothing."""


def noted(database: Database | None, hours: Hours) -> tuple[Provider, NotedRoot, Notes]:
    """Return what one process has."""
    provider, notes = Provider(), Notes(Clock(hours))
    if database is not None:
        notes.keep_in(database)
    return provider, NotedRoot(provider, notes), notes


def test_an_unwrap_has_its_row_and_its_number(key_database: Database, hours: Hours) -> None:
    """What was answered is due at once, by its number, and gone when the log has it."""
    _, root, notes = noted(key_database, hours)
    assert root.unwrap(b"", KEY) == KEY
    [row] = notes.due(10)
    assert (row.root, row.unwrap.request) == (Provider.key_id, "r-1")
    assert notes.under_way() == [row.unwrap]
    notes.forget([row.unwrap.number])
    assert notes.due(10) == []


def test_what_nobody_answered_stays_open(key_database: Database, hours: Hours) -> None:
    """A lost answer leaves a row without a number, due when none can come any more."""
    provider, root, notes = noted(key_database, hours)
    provider.fails = unavailable_root()
    with pytest.raises(Unavailable):
        root.unwrap(b"", KEY)
    assert notes.due(10) == []
    assert [one.request for one in notes.under_way()] == [""]
    hours.pass_by(WAIT.total_seconds() + 1)
    assert [row.unwrap.request for row in notes.due(10)] == [""]


@pytest.mark.parametrize("no", [refused_root(), wrong_root()])
def test_a_no_unwrapped_nothing(
    key_database: Database, hours: Hours, no: Unavailable | Broken
) -> None:
    """The provider's refusal stands in its record as a failure, and in ours not at all."""
    provider, root, notes = noted(key_database, hours)
    provider.fails = no
    with pytest.raises(type(no)):
        root.unwrap(b"", KEY)
    assert notes.under_way() == []


def test_no_row_no_unwrap(key_database: Database, hours: Hours) -> None:
    """Where the row cannot be written the provider is not asked."""
    provider, root, _ = noted(key_database, hours)
    key_database.close()
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever a closed database says
        root.unwrap(b"", KEY)
    assert provider.asked == 0


def test_processes_do_not_lose_each_other_s_numbers(key_database: Database, hours: Hours) -> None:
    """A number is written by the process that heard it, whoever reads the rows."""
    _, one, ones = noted(key_database, hours)
    _, other, others = noted(key_database, hours)
    one.unwrap(b"", KEY)
    other.unwrap(b"", KEY)
    ones.flush()
    others.flush()
    assert sorted(row.unwrap.request for row in ones.due(10)) == ["r-1", "r-1"]


def test_what_came_before_the_database_is_kept(key_database: Database, hours: Hours) -> None:
    """`init` tries a root before there is a key database; its unwraps are explained as well."""
    _, root, early = noted(None, hours)
    root.unwrap(b"", KEY)
    assert early.due(10) == []
    notes = Notes(Clock(hours))
    notes.keep_in(key_database, early)
    assert [row.unwrap.request for row in notes.due(10)] == ["r-1"]


def test_what_is_no_number_is_not_taken_for_one(key_database: Database, hours: Hours) -> None:
    """A provider's answer goes into an entry: words that are none are left out."""
    provider, root, notes = noted(key_database, hours)
    provider.number = "somebody@example.com "
    root.unwrap(b"", KEY)
    assert [one.request for one in notes.under_way()] == [""]
