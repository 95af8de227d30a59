"""The controls over the auditor's way in (C5.2): after notice, and at once upon a threat.

Each tries with invented people at the reserved controller, in a transaction that is undone, and
then looks at the controller's own engagements. What is not checked: that a reason is a good one,
that a belief in a threat is honest, and that doors of buildings opened as those of bailee did.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Caller, Credential, Grant, Principal
from bailee.access import store as access_store
from bailee.access.principal import AUDITOR, EMPLOYEE, REPRESENTATIVE
from bailee.app.canary import CONTROLLER
from bailee.app.control import Blind, refused, undone
from bailee.assurance import store
from bailee.assurance.engagement import EVENT, OPEN, THREAT, YEARLY, Engagement, Wanted
from bailee.assurance.engagements import ENTER, limits_of
from bailee.errors import Failure, Unavailable

if TYPE_CHECKING:
    from bailee.app.house import House

UNANSWERED = frozenset({"audit.unanswered"})
"""Silence opens the engagement by itself; still somebody is to say who meets the auditor."""
TURNING = UNANSWERED | {"audit.shut_out"}
"""Findings that come and go between two looks, with the clock and with what people do."""
WORDS = "A control tries."
DAY, LIFE = timedelta(days=1), timedelta(minutes=5)


def audit_access(house: House, controller: str) -> list[str]:
    """Ask for audits as a controller does; look whether all that were asked for opened (C5.2)."""
    found = undone(house, CONTROLLER, lambda conn: _ordinary(house, conn))
    return sorted({*found, *_look(house, controller, _wrong, threat=False)})


def audit_immediate(house: House, controller: str) -> list[str]:
    """Demand access upon a threat, and try to keep the auditor out; look at those there were."""
    found = undone(house, CONTROLLER, lambda conn: _threat(house, conn))
    return sorted({*found, *_look(house, controller, _wrong_at_once, threat=True)})


def turned(house: House, controller: str) -> frozenset[str]:
    """Return what waits for an answer now, and whether an auditor is shut out, after a notice."""
    return _look(house, controller, lambda *_: set(), threat=False)


def turned_at_once(house: House, controller: str) -> frozenset[str]:
    """Return whether an auditor is shut out who came upon a threat."""
    return _look(house, controller, lambda *_: set(), threat=True)


# The register.


def _look(
    house: House,
    controller: str,
    wrong: Callable[[House, sa.Connection, Engagement], set[str]],
    *,
    threat: bool,
) -> frozenset[str]:
    def work(conn: sa.Connection) -> frozenset[str]:
        now, found = house.desk.now(conn, controller), set[str]()
        for one in store.engagements(conn, controller):
            if (one.reason == THREAT) == threat:
                found |= wrong(house, conn, one) | _now_so(conn, one, now)
                found |= _ended_by_us(conn, one)
        return frozenset(found)

    return house.parts.data.read(controller, work)


def _now_so(conn: sa.Connection, one: Engagement, now: datetime) -> set[str]:
    """Return what the clock and people's states make of an engagement."""
    state, found = one.state_at(now), set[str]()
    if state == "requested":
        found |= UNANSWERED
    if state == OPEN:
        auditor = access_store.principal(conn, one.auditor)
        if auditor is None or auditor.state not in ("invited", "active"):
            found.add("audit.shut_out")  # whoever is examined could keep the examiner out so
    return found


def _ended_by_us(conn: sa.Connection, one: Engagement) -> set[str]:
    """Return a finding for an engagement that somebody ended who does not speak for the other."""
    if one.state not in ("closed", "withdrawn"):
        return set()
    who = access_store.principal(conn, one.closed_by)
    theirs = who is not None and (who.relation, who.represents) == (REPRESENTATIVE, one.controller)
    return set() if theirs else {"audit.ended_by_us"}


def _wrong(house: House, conn: sa.Connection, one: Engagement) -> set[str]:
    """Return what no act of ours can have written of an engagement with notice."""
    agreement = house.parts.agreements.in_force(conn, one.controller, one.noticed)
    found = set[str]()
    if one.silence > limits_of(agreement, one.noticed).silence:
        found.add("audit.opened_late")
    if one.state == "declined" and not one.answer.strip():
        found.add("audit.declined_without_reason")
    return found


def _wrong_at_once(_house: House, _conn: sa.Connection, one: Engagement) -> set[str]:
    """Return what keeps an engagement upon a threat from having been open at once."""
    at_once = one.state in {"accepted", "closed"} and one.begins <= one.noticed
    return set() if at_once and not one.answered_by else {"audit.not_at_once"}


# Tries.


@dataclass(frozen=True)
class _Cast:
    """Invented people: the controller's representative, its auditor, and one of ours."""

    speaker: Caller
    auditor: Caller
    ours: Caller


def _ordinary(house: House, conn: sa.Connection) -> list[str]:
    """Ask with notice; neither may the auditor come early, nor may we keep them out in silence."""
    cast, desk, now = _cast(house, conn), house.desk, house.desk.now(conn, CONTROLLER)
    wanted = Wanted(cast.auditor.principal_id, YEARLY, now + DAY, now + 2 * DAY)
    asked = desk.ask(conn, cast.speaker, CONTROLLER, wanted).result
    declined = asked.engagement_id, "decline", ""

    def comes(**moved: str | datetime) -> Callable[[], object]:
        """Let the auditor come to an engagement whose times are moved: no clock is."""
        one = replace(asked, engagement_id=secrets.token_hex(16), **moved)  # type: ignore[arg-type]
        store.add_engagement(conn, one)
        return lambda: desk.let_in(conn, cast.auditor, CONTROLLER, one.engagement_id)

    over = now - DAY
    event = replace(wanted, reason=EVENT, basis=WORDS)
    return [
        *refused(comes(), "audit.requested", "audit.early"),
        *refused(
            lambda: desk.answer(conn, cast.ours, CONTROLLER, declined),
            "audit.answer",
            "audit.declined_without_reason",
        ),
        *_ours_to_close(house, conn, cast, asked.engagement_id),
        *_served(comes(since=over, silence=over), "audit.silence_kept_out"),
        *_served(comes(since=over, state="accepted"), "audit.kept_out"),
        *refused(comes(since=over, silence=over, until=over), "audit.expired", "audit.too_late"),
        *_served(lambda: desk.ask(conn, cast.speaker, CONTROLLER, event), "audit.event_refused"),
    ]


def _threat(house: House, conn: sa.Connection) -> list[str]:
    """Demand access for an auditor, who must come in at once, whatever we answer."""
    cast, desk, now = _cast(house, conn), house.desk, house.desk.now(conn, CONTROLLER)
    wanted = Wanted(cast.auditor.principal_id, THREAT, now, now + DAY, WORDS)
    item = desk.ask(conn, cast.speaker, CONTROLLER, wanted).result.engagement_id
    answer = item, "decline", WORDS

    def comes() -> object:
        return desk.let_in(conn, cast.auditor, CONTROLLER, item)

    return [
        *_served(comes, "audit.not_at_once"),
        *refused(
            lambda: desk.answer(conn, cast.ours, CONTROLLER, answer),
            "audit.immediate",
            "audit.threat_declined",
        ),
        *_ours_to_close(house, conn, cast, item),
        *_served(comes, "audit.kept_out"),
    ]


def _ours_to_close(house: House, conn: sa.Connection, cast: _Cast, item: str) -> list[str]:
    return refused(
        lambda: house.desk.close(conn, cast.ours, CONTROLLER, item),
        "audit.not_ours_to_close",
        "audit.ended_by_us",
    )


def _served(attempt: Callable[[], object], found: str) -> list[str]:
    """Try what must work; return what is wrong, nothing when it worked.

    Raises:
        Blind: nobody answered, so nothing was tried.
    """
    try:
        attempt()
    except Unavailable as failure:
        raise Blind(f"control.{failure.code}") from None
    except Failure as failure:
        return [f"{found}.{failure.code}"]
    return []


def _cast(house: House, conn: sa.Connection) -> _Cast:
    """Enter three people with keys, in the transaction that is undone; nobody sees the keys."""
    access_store.bump(conn)  # what is remembered from here on is never asked for again
    ours = _entered(house, conn, EMPLOYEE)
    now = house.parts.clock.now()
    access_store.add_grant(
        conn,
        Grant(
            grant_id=secrets.token_hex(16),
            principal=ours.principal_id,
            verbs=(ENTER,),
            elements=(),
            purposes=(),
            controller=CONTROLLER,
            until=now + LIFE,
            daily=0,
            created=now,
            granted_by="",
        ),
    )
    speaker, auditor = (_entered(house, conn, one) for one in (REPRESENTATIVE, AUDITOR))
    return _Cast(speaker, auditor, ours)


def _entered(house: House, conn: sa.Connection, relation: str) -> Caller:
    now, item = house.parts.clock.now(), secrets.token_hex(16)
    person = Principal(
        principal_id=item,
        kind="person",
        state="active",
        created=now,
        name=WORDS,
        relation=relation,
        represents="" if relation == EMPLOYEE else CONTROLLER,
    )
    access_store.add_principal(conn, person)
    key = Credential(item, secrets.token_bytes(32), "key", item, "", now, now + LIFE)
    access_store.add_credential(conn, key)
    return Caller(item, item, "person")
