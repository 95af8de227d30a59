"""Our own people whom controllers reach, as the doors ask for them; checks of contacts (C10)."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import officer_shapes as shapes
from bailee.app.office import entry_of
from bailee.app.procedures import Procedures
from bailee.clock import read_time, write_time
from bailee.db import HOUSE
from bailee.errors import Conflict, Refused
from bailee.procedures import MACHINE, Matter, Message, officer_store, store
from bailee.procedures.contact import ROLES
from bailee.procedures.officer import AHEAD, CHECKED, Officer, findings, gaps
from bailee.procedures.officers import VERB
from bailee.procedures.officers import Officers as Acts

CHECK = "contact-check"


class Officers(Procedures):
    """Acts upon officers."""

    @property
    def officers(self) -> Acts:
        """Return the acts upon officers."""
        return Acts(self.parts.access, self.parts.clock)

    def list_officers(self, caller: Caller) -> shapes.Officers:
        """Show whom controllers reach: to everybody who may know of a controller, or ours.

        Who is qualified by what, and ids, are for our own people.
        """

        def work(conn: sa.Connection) -> shapes.Officers:
            access, now = self.parts.access, self.parts.clock.now()
            ours = not access.principal(conn, caller.accountable).represents
            rows, active = officer_store.officers(conn), self.officers.active(conn)
            names = access.names(conn)
            shown = [self._appointment(one, names, active, now) for one in rows]
            if not ours:
                shown = [
                    msgspec.structs.replace(one, principal="", qualification="")
                    for one in shown
                    if one.status in {"on-duty", "planned"}
                ]
            return shapes.Officers(
                shown,
                [
                    shapes.Gap(write_time(begin), write_time(end))
                    for begin, end in gaps(rows, active, now, now + AHEAD)
                ],
                sorted(findings(rows, active, now)),
            )

        return self.read(caller, HOUSE, "self", work)

    def appoint_officer(self, caller: Caller, body: shapes.NewOfficer) -> shapes.Officer:
        """Appoint a person of ours for a time."""
        now = self.parts.clock.now()
        wanted = Officer(
            officer_id="",
            role=body.role,
            rank=body.rank,
            principal=body.principal,
            reach=body.reach,
            qualification=body.qualification,
            since=read_time(body.since),
            until=read_time(body.until),
            appointed=now,
            appointed_by="",
        )

        def work(conn: sa.Connection) -> shapes.Officer:
            done = self.officers.appoint(conn, caller, wanted)
            return self._appointed(conn, done.result, entry_of(done.entry))

        return self.act(caller, HOUSE, VERB, work)

    def end_officer(self, caller: Caller, item: str) -> shapes.Officer:
        """End an appointment before its time."""

        def work(conn: sa.Connection) -> shapes.Officer:
            done = self.officers.end(conn, caller, item)
            return self._appointed(conn, done.result, entry_of(done.entry))

        return self.act(caller, HOUSE, VERB, work)

    def confirm_officer(self, caller: Caller, item: str) -> shapes.Officer:
        """Confirm, for oneself, that one is reached as it stands."""

        def work(conn: sa.Connection) -> shapes.Officer:
            done = self.officers.confirm(conn, caller, item)
            return self._appointed(conn, done.result, entry_of(done.entry))

        return self.act(caller, HOUSE, "self", work)

    def _appointed(self, conn: sa.Connection, one: Officer, entry: object) -> shapes.Officer:
        names, active = self.parts.access.names(conn), self.officers.active(conn)
        shown = self._appointment(one, names, active, self.parts.clock.now())
        return msgspec.structs.replace(shown, entry=entry)

    def _appointment(
        self, one: Officer, names: dict[str, str], active: frozenset[str], now: datetime
    ) -> shapes.Officer:
        return shapes.Officer(
            officer=one.officer_id,
            role=one.role,
            rank=one.rank,
            name=names.get(one.principal, ""),
            reach=one.reach,
            status=_status(one, active, now),
            since=write_time(one.since),
            until=write_time(one.ends),
            principal=one.principal,
            qualification=one.qualification,
            checked=write_time(one.checked) if one.checked else "",
        )

    # The controllers' contacts, once a quarter.

    def check_contacts(self) -> int:
        """Ask every controller's contacts, once a quarter, to acknowledge that they are reached."""
        known = self.parts.data.read(HOUSE, self.parts.agreements.controllers)
        return sum(
            self._check(row.controller, role)
            for row in known
            if row.status == "active"
            for role in ROLES
        )

    def _check(self, controller: str, role: str) -> int:
        now = self.parts.clock.now()

        def work(conn: sa.Connection) -> int:
            rows = store.contacts(conn, controller)
            if not any(one.state == "living" and one.role == role for one in rows):
                return 0
            matter = contact_matter(controller, role)
            last = store.notices(conn, controller, matter, kind=CHECK)[-1:]
            if last and now - last[0].written <= CHECKED:
                return 0
            self.notices.write(conn, MACHINE, matter, Message(CHECK, role, SUBJECT, TEXT))
            return 1

        try:
            return self.parts.data.write(controller, work)
        except (Conflict, Refused):
            return 0  # another process asked at the same time


SUBJECT = "Please confirm that this address still reaches you"
TEXT = (
    "Once a quarter we ask whether notices under the agreement still reach whom they should.",
    "If they do, acknowledge this one. If not, name another contact.",
)


def contact_matter(controller: str, role: str) -> Matter:
    """Return what the checks of a controller's contacts belong to, the same each time."""
    mark = hashlib.sha256(f"contacts {controller} {role}".encode()).hexdigest()
    return Matter(controller, "contacts", mark[:32])


def _status(one: Officer, active: frozenset[str], now: datetime) -> str:
    if now >= one.ends:
        return "over"
    if one.principal not in active:
        return "absent"
    return "on-duty" if one.on_duty(now) else "planned"
