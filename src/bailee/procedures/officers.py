"""Acts upon officers: appoint, end, confirm (C10)."""

from __future__ import annotations

import secrets
from dataclasses import replace

import sqlalchemy as sa

from bailee.access import Access, Caller, Done
from bailee.clock import Clock, write_time
from bailee.errors import Conflict, NotFound, Refused
from bailee.procedures import officer_store as store
from bailee.procedures.officer import Officer, check_officer

VERB = "people"
"""Who is whose contact is as delicate as who may come in."""


class Officers:
    """Our own people whom controllers reach."""

    def __init__(self, access: Access, clock: Clock) -> None:
        self._access = access
        self._clock = clock

    def appoint(self, conn: sa.Connection, caller: Caller, one: Officer) -> Done[Officer]:
        """Appoint a person of ours for a time.

        Raises:
            Refused: ``grant.missing``, ``officer.not_ours``; Invalid: ``officer.*``;
            Conflict: ``officer.taken``; NotFound: ``principal.unknown``.
        """
        self._access.demand(conn, caller, VERB, "house")
        person = self._access.principal(conn, one.principal)
        if person.kind != "person" or person.represents or person.state != "active":
            raise Refused(
                "officer.not_ours",
                "An officer is an active person of ours.",
                do="Appoint somebody else, or let them back in first.",
            )
        made = replace(
            one,
            officer_id=secrets.token_hex(16),
            appointed=self._clock.now(),
            appointed_by=caller.accountable,
        )
        check_officer(made, [held for held in store.officers(conn) if held.state == "living"])
        store.add(conn, made)
        return Done(made, self._tell(conn, caller, made, became="appointed"))

    def end(self, conn: sa.Connection, caller: Caller, item: str) -> Done[Officer]:
        """End an appointment before its time.

        Raises:
            Refused: ``grant.missing``; NotFound: ``officer.unknown``; Conflict: ``officer.state``.
        """
        self._access.demand(conn, caller, VERB, "house")
        found, now = self._found(conn, item), self._clock.now()
        if not store.end(conn, item, now):
            raise Conflict("officer.state", "That appointment has ended already.")
        ended = replace(found, state="ended", ended=now)
        return Done(ended, self._tell(conn, caller, ended, became="ended"))

    def confirm(self, conn: sa.Connection, caller: Caller, item: str) -> Done[Officer]:
        """Confirm, for oneself, that one is reached so.

        Raises:
            Refused: ``officer.not_you``; NotFound: ``officer.unknown``.
        """
        found, now = self._found(conn, item), self._clock.now()
        if found.principal != caller.principal_id or caller.on_behalf_of:
            raise Refused(
                "officer.not_you",
                "Only the person themselves confirms how they are reached.",
                do="Ask them.",
            )
        store.check(conn, item, now)
        checked = replace(found, checked=now)
        return Done(checked, self._tell(conn, caller, checked, became="confirmed"))

    def active(self, conn: sa.Connection) -> frozenset[str]:
        """Return the ids of officers who are active people still."""
        known = {one.principal for one in store.officers(conn)}
        return frozenset(
            name for name in known if self._access.principal(conn, name).state == "active"
        )

    def _found(self, conn: sa.Connection, item: str) -> Officer:
        for one in store.officers(conn):
            if one.officer_id == item:
                return one
        raise NotFound("officer.unknown", "There is no such appointment.")

    def _tell(self, conn: sa.Connection, caller: Caller, one: Officer, *, became: str) -> object:
        return self._access.note(
            conn,
            f"procedures:officer:{became}",
            caller.actor(),
            detail={
                "officer": one.officer_id,
                "role": one.role,
                "rank": one.rank,
                "since": write_time(one.since).lower(),
                "until": write_time(one.ends).lower(),
            },
            context={"officer": one.principal},
        )
