"""When the last copy of a destroyed key dies (C6: copies included, unrecoverable, certified). Pure.

Deleting a key from the key database leaves it in that database's backups until they expire; the
ciphertext in data backups is dead only then. Blind indexes and fingerprints in data backups hold
no value, but whoever has their key can guess at one: they are dead when the backup is, or when
that key's version is, whichever comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Copy:
    """A backup or other copy.

    Attributes:
        name: what the operator calls it; appears in the certificate.
        taken: when it was made.
        dies: when it is, or will be, beyond recovery; None when nobody knows.
    """

    name: str
    taken: datetime
    dies: datetime | None


@dataclass(frozen=True)
class GuessableKey:
    """A version of an index or token key that covered the destroyed values.

    ``destroyed`` is None while the version is still in use.
    """

    name: str
    made: datetime
    destroyed: datetime | None


@dataclass(frozen=True)
class Certificate:
    """The latest death, and what it hangs on.

    Attributes:
        destroyed: when the live key died.
        unrecoverable: from when on nothing can be recovered or guessed; None while some copy
            has no known end.
        waiting: names of the copies and keys that outlive the live key, latest first; those of
            unknown end before all others.
    """

    destroyed: datetime
    unrecoverable: datetime | None
    waiting: tuple[str, ...]


def certify(
    destroyed: datetime,
    *,
    rows_gone: datetime,
    key_copies: Sequence[Copy],
    data_copies: Sequence[Copy] = (),
    guessable: Sequence[GuessableKey] = (),
) -> Certificate:
    """Say when a key that died at ``destroyed`` is beyond recovery.

    Args:
        destroyed: when the live key died; a copy of the key database taken later lacks it.
        rows_gone: when the rows were deleted; a copy of the data taken later lacks them.
        key_copies: copies of the key database, all that the operator made.
        data_copies: copies of the data database.
        guessable: versions of index and token keys that covered the values.
    """
    held = [copy for copy in key_copies if copy.taken <= destroyed]
    ends: list[tuple[str, datetime | None]] = [(copy.name, copy.dies) for copy in held]
    data_end = _latest([copy.dies for copy in data_copies if copy.taken <= rows_gone], rows_gone)
    ends += [(key.name, _earliest(_end_of(key, key_copies), data_end)) for key in guessable]
    waiting = [(name, end) for name, end in ends if end is None or end > rows_gone]
    waiting.sort(key=lambda item: (item[1] is not None, -(item[1] or destroyed).timestamp()))
    return Certificate(
        destroyed,
        _latest([end for _, end in waiting], max(destroyed, rows_gone)),
        tuple(dict.fromkeys(name for name, _ in waiting)),
    )


def _end_of(key: GuessableKey, key_copies: Sequence[Copy]) -> datetime | None:
    """Return when the last copy of a guessable key dies; None while it is in use."""
    if key.destroyed is None:
        return None
    held = [copy for copy in key_copies if key.made <= copy.taken <= key.destroyed]
    return _latest([copy.dies for copy in held], key.destroyed)


def _latest(ends: Iterable[datetime | None], least: datetime) -> datetime | None:
    known = least
    for end in ends:
        if end is None:
            return None
        known = max(known, end)
    return known


def _earliest(a: datetime | None, b: datetime | None) -> datetime | None:
    if a is None or b is None:
        return a or b
    return min(a, b)
