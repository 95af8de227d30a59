"""How long the erased can be recovered or guessed at, worked out by hand (C6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bailee.keys import GuessableKey, Horizon, Version, certify, covering

DAY = timedelta(days=1)


def march(day: int, hour: int = 0) -> datetime:
    """Return a day of March 2026."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def kept(keys: int = 7, data: int | None = None, rekey: int = 3) -> Horizon:
    """Return a horizon of so many days."""
    return Horizon(keys * DAY, None if data is None else data * DAY, rekey * DAY)


@pytest.mark.parametrize(
    ("horizon", "days"),
    [
        (kept(7, None, 3), 10),  # replaced within three days, and then its backups' seven
        (kept(7, 5, 3), 7),  # data backups die first; backups of the person's key decide
        (kept(7, 9, 3), 9),  # data backups die before the replaced keys' backups do
        (kept(7, 30, 0), 30),  # never replaced: backups of the data decide
        (kept(0, None, 1), 1),
        (kept(7, None, 0), None),  # kept for good and never replaced: for ever
    ],
)
def test_the_longest_time_is_what_the_operator_keeps_to(horizon: Horizon, days: int | None) -> None:
    """The later of two ends: backups of the person's own key, and the last thing to guess with."""
    assert horizon.longest == (None if days is None else days * DAY)


def test_a_successor_is_due_at_two_thirds_and_death_at_the_end() -> None:
    """Made on the 1st and living three days: another from the 3rd on, late after the 4th."""
    version = Version("index", 1, march(1), None)

    assert kept().due([version], march(2, 23)) == []
    assert kept().due([version], march(3)) == ["index"]
    assert kept().late([version], march(4)) == []
    assert kept().late([version], march(4, 1)) == [version]
    newer = Version("index", 2, march(3), None)
    assert kept().due([version, newer], march(4)) == []
    assert kept(rekey=0).due([version], march(30)) == []
    assert kept(rekey=0).late([version], march(30)) == []


def test_what_covers_rows_was_made_before_they_went() -> None:
    """A version made after the rows went never saw them; a dead one may have."""
    before, after = Version("token", 2, march(8), None), Version("token", 3, march(12), None)
    dead = Version("token", 1, None, march(9))

    names = [one.name for one in covering([before, after, dead], march(10))]

    assert names == ["token/2", "token/1"]
    assert covering([dead], march(10))[0].destroyed == march(9)


def test_the_certificate_waits_for_the_last_backup_of_the_last_key() -> None:
    """Erased on the 10th, its index key destroyed on the 12th, backups of seven days: the 19th."""
    versions = covering([Version("index", 1, None, march(12))], march(10))
    found = certify(
        march(10),
        rows_gone=march(10),
        key_copies=kept().key_copies([march(10), march(12)]),
        data_copies=kept().data_copies(march(10)),
        guessable=versions,
    )

    assert found.unrecoverable == march(19)
    assert found.waiting == ("index/1", "backups of the keys")


def test_the_certificate_is_open_while_a_key_lives() -> None:
    """Data kept for good and an index key in use: nobody knows when; the key is named first."""
    found = certify(
        march(10),
        rows_gone=march(10),
        key_copies=kept().key_copies([march(10)]),
        data_copies=kept().data_copies(march(10)),
        guessable=[GuessableKey("index/1", march(8), None)],
    )

    assert found.unrecoverable is None
    assert found.waiting[0] == "index/1"
    assert kept().end(Version("index", 1, march(8), None)) == march(18)
