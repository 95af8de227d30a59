"""Our own people whom controllers reach: the coordinator, and who answers for security (C10). Pure.

One coordinator at a time. Security is a rota: first and delegate, each from a moment to a moment,
no moment without somebody. Only a named person who is with us and active counts; whoever leaves
leaves a gap, at once and without anybody's act. A delegate is qualified: the writing says by what.

Whether somebody picks up the telephone no machine sees. Each confirms every quarter, in person,
that they are reached as it stands here; an old confirmation is no confirmation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.errors import Conflict, Invalid

COORDINATOR, SECURITY = "coordinator", "security"
ROLES = (COORDINATOR, SECURITY)
FIRST, DELEGATE = "first", "delegate"
RANKS = (FIRST, DELEGATE)
OFFICER: Mapping[tuple[str, str], str] = {("living", "end"): "ended"}

AHEAD = timedelta(days=14)
"""How far ahead the rota has to be full."""
CHECKED = timedelta(days=92)
"""How old a confirmation may be: a quarter."""
LONGEST = timedelta(days=366)

NO_COORDINATOR, NOBODY = "coordinator.none", "security_contact.none"
NO_DELEGATE, GAP_AHEAD = "security_contact.no_delegate", "security_contact.gap_ahead"
UNCONFIRMED, UNCHECKED = "security_contact.unconfirmed", "security_contact.unchecked"

_REACH = re.compile(r"(tel:\+[0-9]{6,15}|mailto:[^\s@,;<>]{1,64}@[a-z0-9.-]{1,255})", re.ASCII)
_TEXT = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, slots=True)
class Officer:
    """One person in one role for a time, as stored."""

    officer_id: str
    role: str
    rank: str
    principal: str
    reach: str = field(repr=False)
    """``tel:+…`` or ``mailto:…``: of the office, told to every controller."""
    qualification: str = field(repr=False)
    """The writing by which they are qualified."""
    since: datetime
    until: datetime
    appointed: datetime
    appointed_by: str
    checked: datetime | None = None
    """When they confirmed, in person, that they are reached so."""
    state: str = "living"
    ended: datetime | None = None

    @property
    def ends(self) -> datetime:
        """When it is over: as planned, or as ended before."""
        return self.until if self.ended is None else min(self.until, self.ended)

    def on_duty(self, moment: datetime) -> bool:
        """Say whether it is their time."""
        return self.since <= moment < self.ends


def check_officer(one: Officer, others: Iterable[Officer]) -> None:
    """Refuse an appointment that says too little, or a second coordinator for one time.

    Raises:
        Invalid: ``officer.role``, ``officer.reach``, ``officer.qualification``, ``officer.time``;
        Conflict: ``officer.taken``.
    """
    if one.role not in ROLES or one.rank not in RANKS:
        raise Invalid("officer.role", f"A role is {' or '.join(ROLES)}, first or delegate.")
    if not _REACH.fullmatch(one.reach):
        raise Invalid("officer.reach", "Give tel:+NUMBER or mailto:NAME@HOST.")
    if not _TEXT.fullmatch(one.qualification):
        raise Invalid(
            "officer.qualification",
            "It is written somewhere why this person is qualified.",
            do="Give the reference of that writing.",
        )
    if not one.since < one.until <= one.since + LONGEST:
        raise Invalid("officer.time", "An appointment has an end, within a year.")
    for other in others:
        overlap = other.role == one.role and one.since < other.ends and other.since < one.until
        if overlap and one.role == COORDINATOR and one.rank == other.rank:
            raise Conflict("officer.taken", "There is a coordinator for that time already.")
        if overlap and one.principal == other.principal and one.rank != other.rank:
            raise Conflict("officer.taken", "Nobody is their own delegate.")


def gaps(
    officers: Sequence[Officer], active: frozenset[str], since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """Return the stretches in which nobody first answers for security, of those who are active."""
    covered = sorted(
        (max(one.since, since), min(one.ends, until))
        for one in officers
        if one.role == SECURITY and one.rank == FIRST and one.principal in active
        and one.since < until and one.ends > since
    )  # fmt: skip
    found, at = [], since
    for begin, end in covered:
        if begin > at:
            found.append((at, begin))
        at = max(at, end)
    if at < until:
        found.append((at, until))
    return found


def findings(officers: Sequence[Officer], active: frozenset[str], now: datetime) -> dict[str, str]:
    """Return what is wrong now: code to the control that says so."""
    present = [one for one in officers if one.principal in active and one.on_duty(now)]
    found = {}
    if not any(one.role == COORDINATOR and one.rank == FIRST for one in present):
        found[NO_COORDINATOR] = "coordinator"
    lacking = gaps(officers, active, now, now + AHEAD)
    if lacking:
        found[NOBODY if lacking[0][0] == now else GAP_AHEAD] = "security-contact"
    if not any(one.role == SECURITY and one.rank == DELEGATE for one in present):
        found[NO_DELEGATE] = "security-contact"
    for one in [held for held in present if held.role == SECURITY]:
        if now - (one.checked or one.appointed) > CHECKED:
            found[UNCHECKED] = "security-contact"
        elif one.checked is None:
            found[UNCONFIRMED] = "security-contact"
    return found
