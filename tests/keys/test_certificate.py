"""Certificates of destruction: the latest death among all copies, worked out by hand (C6)."""

from __future__ import annotations

from datetime import UTC, datetime

from bailee.keys import Copy, GuessableKey, certify


def day(number: int) -> datetime:
    """Return a day of March 2026."""
    return datetime(2026, 3, number, tzinfo=UTC)


def test_without_copies_the_key_is_dead_at_once() -> None:
    """No backup holds it: unrecoverable when the rows were gone."""
    certificate = certify(day(10), rows_gone=day(10), key_copies=[])

    assert (certificate.unrecoverable, certificate.waiting) == (day(10), ())


def test_the_latest_backup_that_holds_the_key_decides() -> None:
    """Backups of the 8th and 9th die on the 15th and 16th; that of the 11th never held the key."""
    copies = [
        Copy("mon", day(8), day(15)),
        Copy("tue", day(9), day(16)),
        Copy("thu", day(11), day(18)),
    ]

    certificate = certify(day(10), rows_gone=day(10), key_copies=copies)

    assert certificate.unrecoverable == day(16)
    assert certificate.waiting == ("tue", "mon")


def test_a_backup_of_the_same_moment_counts() -> None:
    """Taken at the very time of death, a backup may hold the key."""
    copies = [Copy("now", day(10), day(17))]

    assert certify(day(10), rows_gone=day(10), key_copies=copies).unrecoverable == day(17)


def test_a_copy_of_unknown_end_leaves_it_open() -> None:
    """Nobody knows when a lost tape dies: the certificate gives no date and names it first."""
    copies = [Copy("disk", day(8), day(15)), Copy("lost tape", day(9), None)]

    certificate = certify(day(10), rows_gone=day(10), key_copies=copies)

    assert certificate.unrecoverable is None
    assert certificate.waiting == ("lost tape", "disk")


def test_an_index_key_in_use_holds_until_the_last_data_backup_dies() -> None:
    """Blind indexes in a data backup of the 10th can be guessed at until it dies on the 24th."""
    certificate = certify(
        day(10),
        rows_gone=day(10),
        key_copies=[],
        data_copies=[Copy("data", day(10), day(24))],
        guessable=[GuessableKey("index/1", day(1), None)],
    )

    assert (certificate.unrecoverable, certificate.waiting) == (day(24), ("index/1",))


def test_a_destroyed_index_key_ends_it_earlier() -> None:
    """Its key destroyed on the 12th, last in a key backup that dies on the 19th: not the 24th."""
    certificate = certify(
        day(10),
        rows_gone=day(10),
        key_copies=[Copy("keys", day(12), day(19)), Copy("later", day(13), day(20))],
        data_copies=[Copy("data", day(9), day(24))],
        guessable=[GuessableKey("index/1", day(1), day(12))],
    )

    assert certificate.unrecoverable == day(19)


def test_an_index_key_without_data_copies_waits_for_nothing() -> None:
    """Where no backup holds the rows there is nothing to guess at."""
    certificate = certify(
        day(10),
        rows_gone=day(11),
        key_copies=[],
        data_copies=[Copy("after", day(12), day(26))],
        guessable=[GuessableKey("index/1", day(1), None)],
    )

    assert (certificate.unrecoverable, certificate.waiting) == (day(11), ())
