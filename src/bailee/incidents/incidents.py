"""Acts upon incidents: open, look into, write notices, close, show (C9.1, C9.3).

Counting reads logs of any size, so it is done before an act's own transaction, which only keeps
what came out, if the scope is still the one that was counted.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec
import sqlalchemy as sa

from bailee.access import Caller, Done
from bailee.access.lifecycle import step
from bailee.errors import Conflict, Invalid, Refused
from bailee.incidents import notice, store
from bailee.incidents.counting import count
from bailee.incidents.desk import CONTROLLER, Actor, Desk, unknown
from bailee.incidents.facts import Facts
from bailee.incidents.incident import INCIDENT, OUTCOMES, SUSPICION, Incident, check_times
from bailee.incidents.notice import SAID, Notice, Part, asserted, said_before, text_of
from bailee.incidents.scope import Scope, read_scope
from bailee.incidents.wording import check_words
from bailee.procedures import Matter, Message

NOTICE, FACTS, CONTACT, TAKE_PART = (
    "breach-notice",
    "breach-facts",
    "breach-contact",
    "incident-participation",
)
"""Controls under which the terms put the duties."""
LAST = "last-notice"
"""Trigger: how long after a version the next one may take."""
UPDATES = "incident-update"
"""Matter of that clock: each version has its own, by the id of what was sent."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody knows who opens an incident."""

    suspected: datetime
    nature: str = field(repr=False)
    scope: Scope
    aware: datetime | None = None
    contact: str = ""
    """Whoever opens it, where nobody is named."""


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody learnt; None leaves a thing as it is."""

    scope: Scope | None = None
    facts: Facts | None = None
    aware: datetime | None = None
    contact: str | None = None
    nature: str | None = field(default=None, repr=False)


class Incidents:
    """The incidents of every controller.

    Args:
        desk: what acts share.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def open(
        self, conn: sa.Connection, caller: Caller, controller: str, opening: Opening
    ) -> Done[Incident]:
        """Open an incident; its clocks run from the suspicion, also where that lies back.

        Raises:
            Refused: ``grant.missing``; Invalid: ``incident.*``; NotFound: ``contact.unknown``.
        """
        now = self._desk.access.begin_told(conn, caller, controller)
        check_times(opening.suspected, opening.aware, now)
        made = Incident(
            incident_id=secrets.token_hex(16),
            controller=controller,
            state="confirmed" if opening.aware else "suspected",
            suspected=opening.suspected,
            recorded=now,
            opened_by=caller.accountable,
            contact=opening.contact or caller.accountable,
            scope=read_scope(opening.scope),
            aware=opening.aware,
            nature=check_words("nature", opening.nature),
        )
        self._check_contact(conn, made.contact)
        store.add(conn, made)
        entry = self._tell(conn, caller.actor(), made, ("opened", {"back": int(made.dated_back)}))
        matter, since = _matter(made), made.suspected
        self._desk.timers.start(
            conn, caller.actor(), matter, trigger=SUSPICION, since=since, aware=made.aware
        )
        return Done(made, entry)

    def change(
        self, conn: sa.Connection, caller: Caller, where: tuple[str, str], change: Change
    ) -> Done[Incident]:
        """Keep what somebody learnt; knowing that it is a breach confirms it.

        Raises:
            Refused: ``grant.missing``; NotFound: ``incident.unknown``; Conflict:
            ``incident.closed``, ``incident.scope_moved``; Invalid: ``incident.*``.
        """
        controller, item = where
        now = self._desk.access.begin_told(conn, caller, controller)
        found = self.found(conn, controller, item)
        self._check_open(found)
        after = found
        if change.scope is not None:
            scope = read_scope(change.scope)
            if scope != found.scope:  # who narrows the question to leave oneself out is stopped
                self._desk.apart(conn, caller, set(found.scope.people) - set(scope.people))
            after = replace(after, scope=scope, facts=None, counted=None)
        if change.facts is not None:
            after = replace(after, facts=change.facts, counted=now)
        if change.aware is not None:
            check_times(found.suspected, change.aware, now)
            state = step(INCIDENT, found.state, "confirm") if found.aware is None else found.state
            after = replace(after, aware=change.aware, state=state)
        if change.contact is not None:
            after = replace(after, contact=change.contact)
            self._check_contact(conn, after.contact)
        if change.nature is not None:
            after = replace(after, nature=check_words("nature", change.nature))
        detail = {"facts": after.facts.digest()} if change.facts and after.facts else {}
        return self._move(conn, caller, (found, after), ("changed", detail))

    def write_notice(
        self, conn: sa.Connection, caller: Caller, where: tuple[str, str], said: Mapping[str, str]
    ) -> Done[Notice]:
        """Write the next version of the notice and hand it over for the post.

        What was said in the version before stands, where nothing new is said.

        Raises:
            Refused: ``grant.missing``, ``notice.contact``; NotFound: ``incident.unknown``;
            Conflict: ``incident.closed``; Invalid: ``incident.text``.
        """
        controller, item = where
        now = self._desk.access.begin_told(conn, caller, controller)
        found = self.found(conn, controller, item)
        self._check_open(found)
        before = self.notices(conn, controller, item)
        spoken = said_before(before[-1].parts) if before else {}
        for key, text in said.items():
            spoken[key] = asserted(key, check_words(key, text), caller.accountable)
        parts = tuple(notice.breach(found, spoken, self._desk.contacts(conn, found.contact, now)))
        version = len(before) + 1
        subject = f"Security incident, notice {version}"
        message = Message("breach", "security", subject, text_of(parts))
        matter, actor, timers = _matter(found), caller.actor(), self._desk.timers
        sent = self._desk.notices.write(conn, actor, matter, message, meets=SUSPICION).notice_id
        if before:
            timers.meet(conn, actor, _update(before[-1]), trigger=LAST, at=now)
        timers.start(conn, actor, Matter(controller, UPDATES, sent), trigger=LAST, since=now)
        made = Notice(
            controller=controller,
            matter=item,
            version=version,
            kind="breach",
            parts=parts,
            facts_sha256=found.facts.digest() if found.facts else "",
            facts=found.facts,
            written=now,
            written_by=caller.accountable,
            sent_as=sent,
        )
        store.add(conn, made)
        detail: dict[str, str | int] = {"version": version}
        if made.facts_sha256:
            detail["facts"] = made.facts_sha256
        return Done(made, self._tell(conn, actor, found, ("notice-written", detail)))

    def close(
        self, conn: sa.Connection, caller: Caller, where: tuple[str, str], end: tuple[str, str]
    ) -> Done[Incident]:
        """Close an incident of which the controller was told; ``end`` is outcome and reason.

        Raises:
            Refused: ``grant.missing``, ``incident.untold``, ``self.review``; NotFound:
            ``incident.unknown``; Conflict: ``lifecycle.event``; Invalid: ``incident.outcome``.
        """
        controller, item = where
        now = self._desk.access.begin_told(conn, caller, controller)
        found, (outcome, reason) = self.found(conn, controller, item), end
        if outcome not in OUTCOMES:
            raise Invalid("incident.outcome", f"An outcome is: {' or '.join(OUTCOMES)}.")
        check_words("reason", reason, most=1000)
        self._desk.apart(conn, caller, found.scope.people)
        state = step(INCIDENT, found.state, "close")
        written = self.notices(conn, controller, item)
        if not written:
            raise Refused(
                "incident.untold",
                "What was suspected is told to the controller before it is closed (C9.1).",
                do="Write its notice first, also to say that it was none.",
            )
        actor = caller.actor()  # the notice's own clock goes on until it is handed over
        self._desk.timers.stop(conn, actor, _update(written[-1]), reason=outcome)
        after = replace(
            found, state=state, closed=now, closed_by=caller.accountable, outcome=outcome,
            reason=reason,
        )  # fmt: skip
        return self._move(conn, caller, (found, after), ("closed", {"outcome": outcome}))

    # Look.

    def listed(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Incident]:
        """Return a controller's incidents to both sides; raises as ``Desk.side``."""
        self._desk.side(conn, caller, controller)
        return store.every(conn, Incident, controller)

    def shown(self, conn: sa.Connection, caller: Caller, where: tuple[str, str]) -> Incident:
        """Return one incident to both sides; raises as ``Desk.side``, ``incident.unknown``."""
        controller, item = where
        self._desk.side(conn, caller, controller)
        return self.found(conn, controller, item)

    def note_shown(
        self, conn: sa.Connection, caller: Caller, where: tuple[str, str], many: int
    ) -> object | None:
        """Record that the controller's side read entries; our own reading is no participation."""
        controller, item = where
        if self._desk.side(conn, caller, controller) != CONTROLLER:
            return None
        found, said = self.found(conn, controller, item), ("entries-shown", {"entries": many})
        return self._tell(conn, caller.actor(), found, said, control=TAKE_PART)

    def found(self, conn: sa.Connection, controller: str, item: str) -> Incident:
        """Return one incident; who may know, the caller of this decided.

        Raises:
            NotFound: ``incident.unknown``.
        """
        found = store.one(conn, Incident, controller, item)
        if found is None:
            raise unknown("incident")
        return found

    def notices(self, conn: sa.Connection, controller: str, item: str) -> list[Notice]:
        """Return the versions of a notice, oldest first."""
        return store.every(conn, Notice, controller, matter=item)

    def _check_contact(self, conn: sa.Connection, principal: str) -> None:
        """Refuse a contact who is not an active person of ours: ``contact.unknown``."""
        if self._desk.person(conn, principal) is None:
            raise unknown("contact")

    def reachable(self, conn: sa.Connection, one: Incident) -> bool:
        """Say whether somebody of ours can be asked about an incident now."""
        return bool(self._desk.contacts(conn, one.contact, self._desk.clock.now()))

    def count(self, conn: sa.Connection, controller: str, scope: Scope) -> Facts:
        """Count a scope in a controller's logs, honey aside; in a transaction that only reads."""
        honey = self._desk.honey(conn, controller)
        return count(conn, self._desk.ledger, (controller, scope, honey))

    def rehearse(
        self, conn: sa.Connection, caller: Caller, opening: Opening, facts: Facts
    ) -> tuple[Part, ...]:
        """Return the notice that would be written; nothing is kept, and nothing goes out."""
        now = self._desk.clock.now()
        drill = Incident(
            incident_id="drill",
            controller="",
            state="suspected",
            suspected=opening.suspected,
            recorded=now,
            opened_by=caller.accountable,
            contact=opening.contact or caller.accountable,
            scope=read_scope(opening.scope),
            nature=opening.nature,
            facts=facts,
            counted=now,
        )
        return tuple(notice.breach(drill, {}, self._desk.contacts(conn, drill.contact, now)))

    # Record.

    def _check_open(self, found: Incident) -> None:
        if not found.open:
            raise Conflict("incident.closed", "That incident is closed.", do="Open a new one.")

    def _move(
        self,
        conn: sa.Connection,
        caller: Caller,
        pair: tuple[Incident, Incident],
        said: tuple[str, Mapping[str, str | int]],
    ) -> Done[Incident]:
        before, after = pair
        if not store.move(conn, before, after):
            raise Conflict("incident.moved", "Somebody else changed that incident just now.")
        return Done(after, self._tell(conn, caller.actor(), after, said))

    def _tell(
        self,
        conn: sa.Connection,
        actor: Actor,
        one: Incident,
        said: tuple[str, Mapping[str, str | int]],
        *,
        control: str = "",
    ) -> object:
        past, detail = said
        scope = msgspec.json.encode(one.scope).decode()
        where = one.controller, f"incidents:incident:{past}"
        return self._desk.tell(
            conn,
            actor,
            where,
            control=control or (FACTS if "facts" in detail else NOTICE),
            detail={"incident": one.incident_id, **detail},
            context={"scope": scope[:4000], "contact": one.contact},
        )


def _matter(one: Incident) -> Matter:
    return Matter(one.controller, "incident", one.incident_id)


def _update(one: Notice) -> Matter:
    return Matter(one.controller, UPDATES, one.sent_as)


__all__ = ["CONTACT", "SAID", "Change", "Incidents", "Opening"]
