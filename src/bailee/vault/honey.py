"""Honey: made-up records of nobody, with which nobody has any business (C2.5(5), C9). Pure.

Which records are honey is one *list* for each controller, sealed under a key of its own and always
of one size: whoever reads the database's rows and holds no key learns that there is a list, and
not how many records it names or which. A touch of one raises an *alarm*, a row beside the entry of
the call; a named person decides what it was, in the agreement's time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.access import Rules
from bailee.access.lifecycle import Table
from bailee.errors import Broken, Invalid, Refused

MOST = 64
"""Honey records of one controller: enough to lie everywhere, few enough to be compared at once."""
ID_BYTES = 16
LIST_BYTES = 1 + MOST * 2 * ID_BYTES
PARAMETER = "signal.assess"
WITHIN = timedelta(hours=24)
"""So soon a named person decides on an alarm where the agreement says nothing."""
REASON_LIMIT = 1000

VERDICTS = ("incident", "dismissed")
DRILL = "drill"
ALARM: Table = {
    "due": {"incident": "incident", "dismissed": "dismissed"},
    "incident": {},
    "dismissed": {},
    DRILL: {},
}
"""A drill is the house's own control at work: nobody is called, and the control takes it away."""


@dataclass(frozen=True, slots=True)
class Honey:
    """One honey record.

    Attributes:
        record_id: as the record's, 32 hex digits.
        reference: of its subject: random, kept nowhere else, so that nobody can name it.
    """

    record_id: str
    reference: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One touch, as stored; which records they were stands here sealed alone."""

    alarm_id: str
    controller: str
    entry_id: str
    principal: str
    through: str
    """The service that acted for the principal; '' where nobody did."""
    verb: str
    raised: datetime
    due: datetime
    state: str = "due"
    records: bytes = field(default=b"", repr=False)
    """Ids of the honey that was touched, sealed: whoever counts people leaves them out (C9.3)."""
    assessed_by: str = ""
    assessed: datetime | None = None
    reason: str = field(default="", repr=False)
    """May name people: stored for whoever looks, and goes nowhere else."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a controller's honey stands: records that are there, and whether the list opens."""

    records: int
    readable: bool


def pack(honey: Sequence[Honey]) -> bytes:
    """Return a list's bytes, as many for one record as for all.

    Raises:
        Refused: ``honey.full``.
    """
    if len(honey) > MOST:
        raise Refused(
            "honey.full",
            f"A controller has at most {MOST} honey records.",
            do="Remove them, and plant anew.",
        )
    ids = b"".join(bytes.fromhex(one.record_id + one.reference) for one in honey)
    return (bytes([len(honey)]) + ids).ljust(LIST_BYTES, b"\0")


def unpack(data: bytes) -> tuple[Honey, ...]:
    """Return what was packed.

    Raises:
        Broken: ``honey.list``.
    """
    if len(data) != LIST_BYTES or data[0] > MOST:
        raise Broken("honey.list", "The list of honey records cannot be read.")
    step = 2 * ID_BYTES
    ids = [data[1 + at * step : 1 + (at + 1) * step].hex() for at in range(data[0])]
    return tuple(Honey(one[: 2 * ID_BYTES], one[2 * ID_BYTES :]) for one in ids)


def due(rules: Rules, now: datetime) -> datetime:
    """Return until when an alarm raised now must be decided on."""
    return rules.due(PARAMETER, now) or now + WITHIN


def overdue(alarms: Collection[Alarm], now: datetime) -> bool:
    """Say whether nobody decided on one of these in time."""
    return any(one.state == "due" and now > one.due for one in alarms)


def check_verdict(verdict: str, reason: str) -> None:
    """Refuse what decides nothing.

    Raises:
        Invalid: ``honey.verdict``, ``honey.reason``.
    """
    if verdict not in VERDICTS:
        raise Invalid("honey.verdict", f"A verdict is: {' or '.join(VERDICTS)}.")
    if not reason.strip() or len(reason) > REASON_LIMIT:
        raise Invalid(
            "honey.reason", f"A reason has 1 to {REASON_LIMIT} characters, not all blank."
        )


def check_apart(doers: Collection[str], principals: Collection[str]) -> None:
    """Refuse whoever touched it, or shares a key with who did.

    Raises:
        Refused: ``self.review``.
    """
    if not frozenset(doers).isdisjoint(principals):
        raise Refused(
            "self.review",
            "Nobody decides on what they did or made possible.",
            do="Ask a second person.",
        )


def ranged(count: int) -> None:
    """Refuse to plant none, or more than a list holds.

    Raises:
        Invalid: ``honey.count``.
    """
    if not 0 < count <= MOST:
        raise Invalid("honey.count", f"Plant 1 to {MOST} at a time.")
