"""Acts upon demands: enter, challenge, release, close; end a ban (C2.4, C7.2(7), C7.3(7)).

Entering freezes, starts the clock and writes the notice in one transaction: there is no moment in
which a demand is known here and its data can still leave.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from bailee.access import Access, Caller, Done, Freeze, freeze_store
from bailee.clock import write_time
from bailee.errors import Conflict, Invalid, NotFound, Refused
from bailee.privacy import demand_store as store
from bailee.privacy.demand import (
    BAN_ENDED,
    LAW,
    OUTCOMES,
    Demand,
    check_demand,
    check_release,
    step,
)
from bailee.procedures import MACHINE, Matter, Message, Notices, Timers
from bailee.procedures.contacts import check_sees

ENTER, SECOND = "interpret", "approve"
HOLD, TELL, COMPELLED = "legal-demand-hold", "legal-demand-notice", "legal-obligation-notice"
TOLD = frozenset(("handed", "acknowledged"))


@dataclass(frozen=True, slots=True)
class Move:
    """What happened to a demand."""

    event: str
    note: str = ""
    keys: tuple[str, ...] = ()
    outcome: str = ""
    records: int = 0


class Demands:
    """The demands of every controller."""

    def __init__(self, access: Access, *, timers: Timers, notices: Notices) -> None:
        self._access = access
        self._timers = timers
        self._notices = notices

    def enter(self, conn: sa.Connection, caller: Caller, wanted: Demand) -> Done[Demand]:
        """Enter a demand: what it names is frozen, the controller is told.

        Raises:
            Refused: ``grant.missing``, ``demand.not_theirs``; Invalid: ``demand.*``.
        """
        self._ours(conn, caller, wanted.controller)
        now = self._timers.now(conn, wanted.controller)
        made = replace(
            wanted, demand_id=secrets.token_hex(16), entered=now, entered_by=caller.accountable
        )
        check_demand(made, now)
        store.add(conn, made)
        self._freeze(conn, made)
        if not made.banned(now):
            self._announce(conn, caller.actor(), made, made.trigger, since=made.received)
        return Done(made, self._tell(conn, caller, made, "received"))

    def move(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str, *, move: Move
    ) -> Done[Demand]:
        """Challenge, release, close, or say that a ban ended.

        Raises:
            Refused: ``demand.*``, ``grant.missing``; NotFound: ``demand.unknown``;
            Conflict: ``demand.state``; Invalid: ``demand.*``.
        """
        self._ours(conn, caller, controller)
        found = store.one(conn, controller, item)
        if found is None:
            raise NotFound("demand.unknown", "There is no such demand.")
        after = replace(found, state=step(found.state, move.event))
        after = getattr(self, f"_{move.event.replace('-', '_')}")(conn, caller, after, move)
        if not store.move(conn, found, after):
            raise Conflict("demand.state", "Somebody else moved that demand just now.")
        return Done(after, self._tell(conn, caller, after, _PAST[move.event]))

    def end_bans(self, conn: sa.Connection, controller: str) -> int:
        """Tell the controller of demands whose ban is over by its own day; return how many."""
        now, told = self._timers.now(conn, controller), 0
        for one in store.demands(conn, controller):
            if one.ban_basis and one.ban_ended is None and not one.banned(now):
                after = replace(one, ban_ended=one.ban_until or now)
                if store.move(conn, one, after):
                    self._after_ban(conn, MACHINE, after)
                    told += 1
        return told

    def listed(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Demand]:
        """Return demands: to ours all, to the controller those that it may know of.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        check_sees(conn, self._access, caller, controller)
        found, now = store.demands(conn, controller), self._timers.now(conn, controller)
        if self._access.principal(conn, caller.accountable).represents:
            return [one for one in found if not one.banned(now)]
        return found

    # What each event does.

    def _challenge(self, _conn: object, _caller: Caller, one: Demand, move: Move) -> Demand:
        if not move.note.strip():
            raise Invalid("demand.text", "Say on what the challenge rests.")
        return replace(one, challenge=move.note)

    def _release(self, conn: sa.Connection, caller: Caller, one: Demand, move: Move) -> Demand:
        self._access.demand(conn, caller, SECOND, one.controller)
        told = any(
            notice.state in TOLD
            for notice in self._notices.listed(conn, one.controller, _matter(one))
        )
        now = self._timers.now(conn, one.controller)
        check_release(one, caller.accountable, told=told, now=now)
        if not move.keys or not move.note.strip():
            raise Invalid(
                "demand.least", "A release names its recipients' keys, and why it is no less."
            )
        after = replace(one, keys=move.keys, released_by=caller.accountable, least=move.note)
        self._freeze(conn, after)
        return after

    def _close(self, conn: sa.Connection, caller: Caller, one: Demand, move: Move) -> Demand:
        if move.outcome not in OUTCOMES:
            raise Invalid("demand.outcome", f"It ended as one of: {', '.join(OUTCOMES)}.")
        if move.outcome == "complied" and not one.released_by:
            raise Refused("demand.unreleased", "Nothing was released under this demand.")
        freeze_store.drop(conn, one.controller, one.demand_id)
        now = self._timers.now(conn, one.controller)
        return replace(
            one, outcome=move.outcome, records=move.records, closed=now,
            closed_by=caller.accountable,
        )  # fmt: skip

    def _end_ban(self, conn: sa.Connection, caller: Caller, one: Demand, _move: Move) -> Demand:
        now = self._timers.now(conn, one.controller)
        if not one.banned(now):
            raise Conflict("demand.state", "No ban is in force.")
        after = replace(one, ban_ended=now)
        self._after_ban(conn, caller.actor(), after)
        return after

    # Shared.

    def _ours(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        if self._access.speaks_for(conn, caller, controller):
            raise Refused("demand.not_theirs", "Demands upon us are ours to enter and answer.")
        try:
            self._access.demand(conn, caller, ENTER, controller)
        except Refused:
            self._access.demand(conn, caller, SECOND, controller)

    def _freeze(self, conn: sa.Connection, one: Demand) -> None:
        made = Freeze(one.demand_id, one.controller, one.elements, one.keys)
        freeze_store.put(conn, made)

    def _after_ban(self, conn: sa.Connection, actor: Mapping[str, str], one: Demand) -> None:
        since = one.ban_ended or self._timers.now(conn, one.controller)
        self._announce(conn, actor, one, BAN_ENDED, since=since)

    def _announce(
        self,
        conn: sa.Connection,
        actor: Mapping[str, str],
        one: Demand,
        trigger: str,
        *,
        since: datetime,
    ) -> None:
        """Start the clock of telling the controller, and write what it is told.

        Terms that do not speak of bans have the clock of the demand itself, from the ban's end.
        """
        if not self._timers.start(conn, actor, _matter(one), trigger=trigger, since=since):
            trigger = one.trigger
            self._timers.start(conn, actor, _matter(one), trigger=trigger, since=since)
        lines = (
            "A law compels other handling of your data." if one.kind == LAW
            else "Somebody demands data that we hold for you.",
            f"Kind: {one.kind}",
            f"From: {one.source}",
            f"Number: {one.reference}",
            *(f"Asks for: {line}" for line in one.asks.splitlines()),
            f"Elements: {', '.join(one.elements)}",
            f"Received: {write_time(one.received)}",
            f"To be answered by: {write_time(one.answer_by) if one.answer_by else 'no time named'}",
            "Nothing of it leaves while the demand is open. Tell us whether you contest it.",
        )  # fmt: skip
        message = Message("demand", "privacy", "A demand for data that we hold for you", lines)
        self._notices.write(conn, actor, _matter(one), message, meets=trigger)

    def _tell(self, conn: sa.Connection, caller: Caller, one: Demand, became: str) -> object:
        detail: dict[str, str | int] = {
            "demand": one.demand_id,
            "kind": one.kind,
            "received": write_time(one.received).lower(),
            "banned": int(bool(one.ban_basis) and one.ban_ended is None),
            "elements": len(one.elements),
        }
        if one.outcome:
            detail |= {"outcome": one.outcome, "records": one.records}
        return self._access.note(
            conn,
            f"privacy:demand:{became}",
            caller.actor(),
            controller=one.controller,
            control=COMPELLED if one.kind == LAW else HOLD,
            detail=detail,
        )


_PAST = {
    "challenge": "challenged", "release": "released", "close": "closed", "end-ban": "ban-ended",
}  # fmt: skip


def _matter(one: Demand) -> Matter:
    return Matter(one.controller, "demand", one.demand_id)
