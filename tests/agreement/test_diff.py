"""Comparing two compiled texts."""

from __future__ import annotations

from bailee.agreement.diff import diff
from bailee.agreement.parse import compile_text

OLD = (
    b"1. Care\n\n1.1 Lock the door.\n\n1.2 Feed the cat.\n\n2. Cost\n\n"
    b"2.1 The cost is ten euros.\n\n2.2 Nobody pays twice.\n"
)


def changes(new: bytes) -> list[tuple[str, str, str]]:
    """Return change and paths from the old text to a new one."""
    found = diff(compile_text(OLD), compile_text(new))
    return [(d.change, d.before, d.after) for d in found]


def test_same_text_gives_nothing() -> None:
    """A text does not differ from itself."""
    assert changes(OLD) == []


def test_changed_word() -> None:
    """Another word changes its clause alone."""
    assert changes(OLD.replace(b"ten", b"six")) == [("changed", "2.1", "2.1")]


def test_changed_title() -> None:
    """Another heading is a change although the text's hash stands."""
    assert changes(OLD.replace(b"2. Cost", b"2. Price")) == [("changed", "2", "2")]


def test_added_and_removed() -> None:
    """A clause at a new path is added, one whose path is gone is removed."""
    new = OLD.replace(b"2.2 Nobody pays twice.\n", b"").replace(
        b"2. Cost", b"1.3 Air the room.\n\n2. Cost"
    )
    assert changes(new) == [("added", "", "1.3"), ("removed", "2.2", "")]


def test_renumbered() -> None:
    """Clauses pushed down by a new one are renumbered, not changed."""
    new = OLD.replace(
        b"1.1 Lock the door.\n\n1.2 Feed", b"1.1 Knock first.\n\n1.2 Lock the door.\n\n1.3 Feed"
    )
    assert changes(new) == [
        ("added", "", "1.1"),
        ("renumbered", "1.1", "1.2"),
        ("renumbered", "1.2", "1.3"),
    ]


def test_hashes_are_told() -> None:
    """A change carries the hashes before and after."""
    older, newer = compile_text(OLD), compile_text(OLD.replace(b"ten", b"six"))
    (only,) = diff(older, newer)
    before, after = older.clause("2.1"), newer.clause("2.1")
    assert before is not None
    assert after is not None
    assert (only.before_sha256, only.after_sha256) == (before.text_sha256, after.text_sha256)
