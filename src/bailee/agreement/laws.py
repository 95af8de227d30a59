"""Acts upon the register of laws: a law applies, ceases to, was compared with its text (C7.1).

Registering makes what we owe stricter, so whoever interprets the agreement may; so does comparing.
Ending makes it laxer: the controller's named representative does it, in person, and never for a
day gone by.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa

from bailee import canonical
from bailee.agreement import law_store, store
from bailee.agreement.act import Actor, Record, tell
from bailee.agreement.interpretation import check_agreement
from bailee.agreement.law import (
    Comparison,
    Registration,
    as_compared,
    check_comparison,
    check_end,
    check_new,
    digest,
    living,
    ours,
)
from bailee.agreement.source import Terms
from bailee.agreement.terms import load_terms, shipped_laws
from bailee.agreement.writings import Signatories
from bailee.clock import Clock
from bailee.errors import Conflict, NotFound


@dataclass(frozen=True)
class LawReading:
    """A comparison as somebody made it; without lines, all that bind us.

    ``edition`` names the text that was read, ``place`` where what was written about it is kept.
    """

    law: str
    edition: str
    place: str
    compared: date
    lines: tuple[str, ...] = ()


class Laws:
    """Which laws and standards apply to each controller.

    Args:
        record: the ledger's append, in the caller's transaction.
        signatory: who may sign for which side (connection, controller, principal id).
        clock: time.
    """

    def __init__(self, *, record: Record, signatory: Signatories, clock: Clock) -> None:
        self._record = record
        self._signatory = signatory
        self._clock = clock

    def all(self, conn: sa.Connection, controller: str) -> tuple[Registration, ...]:
        """Return every registration ever made.

        Raises:
            NotFound: ``controller.unknown``.
        """
        store.known(conn, controller)
        return law_store.registrations(conn, controller)

    def comparisons(self, conn: sa.Connection, controller: str) -> tuple[Comparison, ...]:
        """Return every comparison ever made, oldest first."""
        return law_store.comparisons(conn, controller)

    def sources(
        self, conn: sa.Connection, controller: str, day: date | None = None
    ) -> tuple[Terms, ...]:
        """Return what applies on a day (today), each with the lines that people compared here."""
        on = day or self._clock.now().date()
        known = self.all(conn, controller)
        compared = self.comparisons(conn, controller)
        names = sorted({one.law for one in known if one.applies_on(on)})
        return tuple(as_compared(load_terms(name), compared) for name in names)

    def register(
        self, conn: sa.Connection, controller: str, law: str, *, since: date, reason: str, by: Actor
    ) -> Registration:
        """Write that a law applies from a day on, which may lie in the past or to come.

        Raises:
            NotFound: ``controller.unknown``, ``law.unknown``.
            Conflict: ``law.registered``, ``controller.state``, ``writing.overtaken``.
        """
        self._check_open(conn, controller)
        _shipped(law)
        known = law_store.registrations(conn, controller)
        check_new(known, law, since)
        made = Registration(
            law=law,
            number=1 + sum(one.law == law for one in known),
            since=since,
            reason=reason,
            recorded=self._clock.now(),
            recorded_by=by.principal_id,
        )
        if not law_store.add(conn, controller, made):
            raise _overtaken()
        detail = {"law": law, "since": since.isoformat()}
        self._tell(conn, controller, "registered", by=by, detail=detail)
        return made

    def end(
        self, conn: sa.Connection, controller: str, law: str, *, until: date, reason: str, by: Actor
    ) -> Registration:
        """Write, as the controller's representative, that a law ceases to apply on a day.

        Raises:
            NotFound: ``controller.unknown``, ``law.unknown``. Invalid: ``law.ended_back``.
            Conflict: ``law.not_registered``, ``controller.state``, ``writing.overtaken``.
            Refused: ``signatory.unknown``, ``signatory.side``.
        """
        self._check_open(conn, controller)
        _shipped(law)
        in_person = by.kind == "person" and not by.on_behalf_of
        found = self._signatory(conn, controller, by.principal_id) if in_person else None
        theirs = check_agreement("", found).person
        before = living(law_store.registrations(conn, controller), law)
        now = self._clock.now()
        check_end(before, until, now.date())
        after = replace(before, until=until, ended_reason=reason, ended=now, ended_by=theirs)
        if not law_store.end(conn, controller, after):
            raise _overtaken()
        detail = {"law": law, "until": until.isoformat()}
        self._tell(conn, controller, "ended", by=by, detail=detail)
        return after

    def compare(
        self, conn: sa.Connection, controller: str, reading: LawReading, *, by: Actor
    ) -> Comparison:
        """Write that somebody compared lines of a law with its current text, and found them so.

        Raises:
            NotFound: ``controller.unknown``, ``law.unknown``. Conflict: ``controller.state``.
            Invalid: ``law.lines``, ``law.compared_day``.
        """
        self._check_open(conn, controller)
        terms, now = _shipped(reading.law), self._clock.now()
        names = frozenset(reading.lines or [line.id for line in ours(terms)])
        check_comparison(terms, names, reading.compared, now.date())
        made = Comparison(
            comparison_id=secrets.token_hex(16),
            law=reading.law,
            edition=reading.edition,
            place=reading.place,
            lines={line.id: digest(line) for line in terms.obligations if line.id in names},
            compared=reading.compared,
            recorded=now,
            recorded_by=by.principal_id,
        )
        law_store.add_comparison(conn, controller, made)
        listed = hashlib.sha256(canonical.encode(dict(made.lines))).hexdigest()
        detail: dict[str, str | int] = {
            "comparison": made.comparison_id,
            "law": made.law,
            "compared": made.compared.isoformat(),
            "lines": len(made.lines),
            "lines_sha256": listed,
        }
        self._tell(conn, controller, "compared", by=by, detail=detail)
        return made

    def _check_open(self, conn: sa.Connection, controller: str) -> None:
        status = store.known(conn, controller).status
        if status == "destroyed":
            raise Conflict("controller.state", "Nothing is left of this controller.")

    def _tell(
        self, conn: sa.Connection, controller: str, what: str, *, by: Actor, detail: object
    ) -> None:
        action = f"agreement:law:{what}"
        tell(self._record, conn, controller, by=by, action=action, detail=detail)


def _shipped(law: str) -> Terms:
    """Return a law by its id.

    Raises:
        NotFound: ``law.unknown``.
    """
    if law not in shipped_laws():
        raise NotFound(
            "law.unknown",
            "There is no law or standard of that id.",
            do="Name one that the register lists as known.",
        )
    return load_terms(law)


def _overtaken() -> Conflict:
    return Conflict("writing.overtaken", "Somebody else changed the register just now.")
