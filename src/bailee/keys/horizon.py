"""How long what is erased can still be recovered, or guessed at (C6). Pure.

Two kinds of copies outlive an erasure. A backup of the keys brings a dead person's key back, until
the backup dies. A backup of the data holds blind indexes, fingerprints and marks of references:
no value, but with their key everybody who has a guess can try it. Those keys are therefore replaced
on a cadence, and each version is dead, in every copy, when its last backup is::

    made ──────── two thirds: its successor is made ──── destroyed ──────── its backups died
    └──────────────── rekey, at most ──────────────────┘└── key backups ───┘

Whoever is erased while a version lives is beyond guessing when that version's backups died, or when
the backups of the data did, if these live shorter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bailee.keys.certificate import Copy, GuessableKey
from bailee.keys.hierarchy import version_name


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a key that old backups can be guessed at with.

    ``made`` is None for a dead one: its row died too. ``destroyed`` is None for a living one.
    """

    purpose: str
    version: int
    made: datetime | None
    destroyed: datetime | None

    @property
    def name(self) -> str:
        """Return how tombstones and certificates call it."""
        return version_name(self.purpose, self.version)


@dataclass(frozen=True, slots=True)
class Horizon:
    """What the operator keeps to.

    Attributes:
        key_backups: how long backups of the key database live.
        data_backups: how long backups of the data live; None: for good.
        rekey: how long a version of a guessable key lives at most; zero: it is never replaced.
    """

    key_backups: timedelta
    data_backups: timedelta | None
    rekey: timedelta

    @property
    def longest(self) -> timedelta | None:
        """Return the longest time from an erasure until nothing is left; None: for ever."""
        ends = [] if self.data_backups is None else [self.data_backups]
        if self.rekey:
            ends.append(self.rekey + self.key_backups)
        return max(self.key_backups, min(ends)) if ends else None

    def due(self, versions: Iterable[Version], now: datetime) -> list[str]:
        """Return the purposes whose newest version is old enough to be followed by another."""
        newest: dict[str, datetime] = {}
        for one in versions:
            if one.made is not None:
                newest[one.purpose] = max(one.made, newest.get(one.purpose, one.made))
        return [what for what, made in newest.items() if self.rekey and made + self.begin <= now]

    @property
    def begin(self) -> timedelta:
        """Return the age at which a version gets its successor: a third is left for the work."""
        return self.rekey * 2 / 3

    def late(self, versions: Iterable[Version], now: datetime) -> list[Version]:
        """Return the versions that should be dead by now."""
        return [
            one
            for one in versions
            if self.rekey and one.destroyed is None and one.made and one.made + self.rekey < now
        ]

    def end(self, version: Version) -> datetime | None:
        """Return when the last copy of a version dies, or will; None: nobody knows."""
        if version.destroyed is not None:
            return version.destroyed + self.key_backups
        if version.made is None or not self.rekey:
            return None
        return version.made + self.rekey + self.key_backups

    def key_copies(self, deaths: Iterable[datetime]) -> list[Copy]:
        """Return the last backups that may hold keys that died then."""
        return [Copy("backups of the keys", at, at + self.key_backups) for at in sorted(deaths)]

    def data_copies(self, rows_gone: datetime) -> list[Copy]:
        """Return the last backup of the data that may hold rows that went then."""
        dies = None if self.data_backups is None else rows_gone + self.data_backups
        return [Copy("backups of the data", rows_gone, dies)]


def covering(versions: Iterable[Version], rows_gone: datetime) -> list[GuessableKey]:
    """Return the versions that rows which went at a time may be guessed at with."""
    long_ago = datetime.min.replace(tzinfo=rows_gone.tzinfo)
    return [
        GuessableKey(one.name, one.made or long_ago, one.destroyed)
        for one in versions
        if one.made is None or one.made <= rows_gone
    ]
