"""Unwraps by the root: ours, the provider's, and which of the two explain each other. Pure.

A provider keeps a record of its own of every key that it unwrapped. So does bailee: a row before
it asks, the provider's number for the request after it answered, an entry in the house's log within
a minute. What stands in the provider's record and not in ours was unwrapped behind bailee's back,
by somebody who had a credential for the root (C2.8(3); DESIGN: ``reconcile``).

What this cannot show: an unwrap through bailee's own process, or by somebody who may also write our
rows before the log takes them in (such rows are late, and counted).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bailee.clock import read_time, write_time
from bailee.errors import Broken

ANSWER = timedelta(seconds=10)
"""So long after we asked, at most, a provider has answered or was given up."""
APART = timedelta(minutes=2)
"""How far the provider's clock and ours may be apart."""
LATE = timedelta(minutes=5)
"""An unwrap that the log took in later than this was not written down while it happened."""
SECOND = timedelta(seconds=1)
"""CloudTrail cuts its times to whole seconds: so far may one stand from where it belongs."""
DRIFT = timedelta(milliseconds=50)
"""So far apart clocks drift between two unwraps, where the record's times are finer."""
DECRYPT = "decrypt"
"""The one act of a provider's that bailee asks for, among those by which a key gets out."""


@dataclass(frozen=True, slots=True)
class Unwrap:
    """One that we asked for.

    Attributes:
        number: ours; the log may have one twice.
        begun: before the provider was asked.
        request: the provider's number for it; '' when no answer was kept.
        late: the log took it in long after it began.
    """

    number: str
    begun: datetime
    request: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """One in the provider's record.

    Attributes:
        at: by the provider's clock.
        request: the provider's number for it.
        act: ``decrypt``, or another one by which a key gets out, as the provider calls it.
    """

    at: datetime
    request: str
    act: str = DECRYPT


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that a record covers whole; ``until`` is exclusive."""

    since: datetime
    until: datetime

    def has(self, at: datetime) -> bool:
        """Say whether a moment is in it."""
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it.

    Attributes:
        explained: unwraps that both records have, by number.
        unanswered: explained by one that we began then and whose answer was lost.
        late: of the explained, those that our log took in late.
        unexplained: in the provider's record, not in ours.
        missing: in ours with the provider's number, not in the provider's: its record has a hole.
    """

    explained: int
    unanswered: int
    late: int
    unexplained: tuple[Seen, ...]
    missing: tuple[Unwrap, ...]


def compare(ours: Iterable[Unwrap], seen: Iterable[Seen], window: Window) -> Comparison:
    """Compare both records over a window.

    Args:
        ours: begun in the window or up to ``APART`` and ``ANSWER`` beside it.
        seen: likewise; what lies beside the window is there to be matched, and is not judged.
        window: what is judged.
    """
    known: dict[str, Unwrap] = {}
    lost: list[datetime] = []
    for mine in sorted({one.number: one for one in ours}.values(), key=lambda one: one.begun):
        if mine.request:
            known[mine.request] = mine
        else:
            lost.append(mine.begun)
    there = {one.request: one for one in sorted(seen, key=lambda one: one.at)}
    low, high = _apart(
        [(known[one.request].begun, one.at) for one in there.values() if one.request in known]
    )
    explained = unanswered = late = 0
    unexplained = []
    for one in there.values():
        found = known.get(one.request) if one.act == DECRYPT else None
        judged = window.has(one.at)
        if found is not None:
            explained += judged
            late += judged and found.late
        elif one.act == DECRYPT and _take(lost, one.at - high, one.at - low):
            unanswered += judged
        elif judged:
            unexplained.append(one)
    missing = tuple(
        mine for mine in known.values() if window.has(mine.begun) and mine.request not in there
    )
    return Comparison(explained, unanswered, late, tuple(unexplained), missing)


def _apart(pairs: Sequence[tuple[datetime, datetime]]) -> tuple[timedelta, timedelta]:
    """Return how long after it began an unwrap stands in the provider's record: least and most.

    Where both records have unwraps, these say how far the clocks are apart; a lost answer explains
    no more than it must.
    """
    found = [at - begun for begun, at in pairs]
    if not found:
        return -APART, ANSWER + APART
    grain = DRIFT if any(at.microsecond for _, at in pairs) else SECOND
    return min(found) - grain, max(*found, min(found) + ANSWER) + grain


def _take(lost: list[datetime], since: datetime, until: datetime) -> bool:
    """Use up one unwrap without an answer that began in between."""
    for place, begun in enumerate(lost):
        if since <= begun <= until:
            del lost[place]
            return True
    return False


def write_unwraps(unwraps: Iterable[Unwrap]) -> str:
    """Return unwraps as one line for an entry's context."""
    return " ".join(f"{one.number}/{write_time(one.begun)}/{one.request}" for one in unwraps)


def read_unwraps(line: str, logged: datetime) -> list[Unwrap]:
    """Return the unwraps of an entry that was logged at a time.

    Raises:
        Broken: ``unwrap.entry``.
    """
    found = []
    for word in line.split():
        parts = word.split("/")
        if len(parts) != 3:
            raise Broken("unwrap.entry", "An entry on unwrapped keys cannot be read.")
        number, begun, request = parts
        moment = read_time(begun)
        found.append(Unwrap(number, moment, request, logged - moment > LATE))
    return found
