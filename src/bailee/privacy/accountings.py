"""Acts of the accounting: read the logs on, account for a person, suspend, confirm, lift (B3, A4).

The index is read on in the background and before every accounting, a stretch in each transaction.
It only leads: whatever is said comes from entries and openings that are compared with their
commitments. If the process dies between two stretches, the next one goes on from there.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa

from bailee.access import Access, Caller, Done, disclosure_store
from bailee.clock import Clock, write_time
from bailee.errors import Conflict, Invalid, NotFound, Refused
from bailee.ledger import Fact, Ledger, Opening, Receipt, newest_time
from bailee.privacy import accounting_store as store
from bailee.privacy.accounting import (
    CONSENT,
    SUBJECT,
    Disclosed,
    Recipient,
    Seen,
    account,
    check_window,
    leads,
    recipient,
    seen,
    suspend,
)
from bailee.privacy.suspension import Suspension, check_suspension, step
from bailee.procedures.contacts import check_sees
from bailee.vault.directory import touch
from bailee.vault.gathering import Gathering

SEE, ENTER, SECOND = "audit", "interpret", "approve"
CONTROL = "disclosure-register"
STRETCH = 128
"""Entries that one transaction reads on; each may tell of a thousand people."""
RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Question:
    """Whose disclosures, of which time, and for which purpose somebody looks."""

    reference: str = field(repr=False)
    purpose: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the index is behind what is signed, and the time of the newest entry it has seen."""

    entries: int
    read_until: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """What can be said, and what cannot."""

    found: bool
    lines: list[Disclosed]
    left_out: int
    """Lines that an authority's statement keeps back, in whole or part."""
    unreadable: int
    """Calls whose opening is gone: whoever was in them."""
    gone: int
    """People of whom something was disclosed and to whom nothing leads any more."""
    retired: tuple[str, ...]
    lag: Lag


class Accountings:
    """The accounting of every controller's disclosures.

    Args:
        record: the ledger's append.
    """

    def __init__(
        self,
        access: Access,
        ledger: Ledger,
        gathering: Gathering,
        *,
        clock: Clock,
        record: Callable[[sa.Connection, Fact], Receipt],
    ) -> None:
        self._access = access
        self._ledger = ledger
        self._gathering = gathering
        self._clock = clock
        self._record = record

    # The index.

    def read_on(self, conn: sa.Connection, controller: str) -> bool:
        """Read one stretch of a controller's logs into the index; False when all is read."""
        there = self.unread(conn, controller)
        if there is None:
            return False
        log, span = there
        if store.move_place(conn, controller, log, span):
            found = self.told(conn, controller, log, span)
            store.add_lines(conn, controller, ((kind, name, log, at) for kind, name, at in found))
        return True

    def unread(self, conn: sa.Connection, controller: str) -> tuple[str, tuple[int, int]] | None:
        """Return the first stretch that the index has not read, of what is signed; often none."""
        places = store.places(conn, controller)
        for log in self._ledger.logs(conn, controller):
            first = places.get(log.log, 0)
            if log.status != RETIRED and first < log.signed:
                return log.log, (first, min(first + STRETCH, log.signed))
        return None

    def told(
        self, conn: sa.Connection, controller: str, log: str, span: tuple[int, int]
    ) -> set[tuple[str, str, int]]:
        """Return of what the entries of a stretch tell: kind, whose, index."""
        found = set()
        for index, fields, opening in self._ledger.stretch(conn, controller, log, span):
            kind, names = leads(fields, opening)
            found |= {(kind, name, index) for name in names}
        return found

    def lag(self, conn: sa.Connection, controller: str) -> Lag:
        """Say how far the index is behind."""
        places, behind = store.places(conn, controller), 0
        for log in self._ledger.logs(conn, controller):
            if log.status != RETIRED:
                behind += max(0, log.size - places.get(log.log, 0))
        return Lag(behind, None if behind else newest_time(conn, controller))

    # The accounting.

    def check_asks(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        """Refuse whoever may not have an accounting.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        self._access.demand(conn, caller, SEE, controller)

    def account(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        asked: Question,
        *,
        purposes: frozenset[str],
    ) -> Account:
        """Account for what was disclosed of one person.

        ``purposes`` are those of the agreement: an accounting is an access, and has one.

        Raises:
            Refused: ``grant.missing``, ``purpose.not_in_agreement``,
            ``accounting.unconfirmed_suspension``; Invalid: ``accounting.window``;
            Broken: ``ledger.opening``, ``accounting.no_writing``.
        """
        self.check_asks(conn, caller, controller)
        check_window(asked.since, asked.until)
        if asked.purpose not in purposes:
            raise Refused(
                "purpose.not_in_agreement",
                "The agreement in force does not name that purpose.",
                do=f"It names: {', '.join(sorted(purposes)) or 'none'}.",
            )
        whose = self._gathering.whose(conn, controller, asked.reference)
        lines, left_out, unreadable = list[Disclosed](), 0, 0
        if whose is not None:
            window = write_time(asked.since), write_time(asked.until)
            calls, unreadable = self._calls(conn, controller, whose.subject_id, window)
            people = self._recipients(conn, controller, calls)
            lines, left_out = suspend(
                account(calls, people),
                store.suspensions(conn, controller),
                whose.subject_id,
                self._clock.now(),
            )
        return Account(
            found=whose is not None,
            lines=lines,
            left_out=left_out,
            unreadable=unreadable,
            gone=store.gone(conn, controller),
            retired=tuple(
                one.log for one in self._ledger.logs(conn, controller) if one.status == RETIRED
            ),
            lag=self.lag(conn, controller),
        )

    def note(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        asked: Question,
        *,
        made: Account,
        agreement: tuple[str, str],
        sha256: str,
    ) -> Receipt:
        """Record an accounting as an access to whoever it is about.

        ``agreement``: the version in force, and the obligation that the register serves, or ''.
        """
        whose = self._gathering.whose(conn, controller, asked.reference)
        version, obligation = agreement
        return self._record(
            conn,
            Fact(
                action="privacy:accounting:made",
                controller=controller,
                purpose=asked.purpose,
                count=len(made.lines),
                obligations=(obligation,) if obligation else (),
                detail={
                    "lines": len(made.lines),
                    "suspended": made.left_out,
                    "behind": made.lag.entries,
                    "sha256": sha256,
                },
                agreement=version,
                actor=caller.actor(),
                records=[touch("", whose, ())] if whose is not None else [],
            ),
        )

    def _calls(
        self, conn: sa.Connection, controller: str, subject_id: str, window: tuple[str, str]
    ) -> tuple[list[Seen], int]:
        calls, unreadable = list[Seen](), 0
        for fields, opening in self._entries(conn, controller, SUBJECT, subject_id):
            if not window[0] <= str(fields["time"]) <= window[1]:
                continue
            if opening is None:
                unreadable += 1
            elif (one := seen(fields, opening, subject_id)) is not None:
                calls.append(one)
        return calls, unreadable

    def _recipients(
        self, conn: sa.Connection, controller: str, calls: list[Seen]
    ) -> dict[str, Recipient]:
        names = dict.fromkeys(name for one in calls for name in one.consents)
        found = ((name, self.written_for(conn, controller, name)) for name in names)
        return {name: one for name, one in found if one is not None}

    def written_for(self, conn: sa.Connection, controller: str, consent: str) -> Recipient | None:
        """Return whom the ledger names as the recipient of a consent."""
        found = None
        for fields, opening in self._entries(conn, controller, CONSENT, consent):
            found = recipient(fields, opening) if opening is not None else found
        return found

    def _entries(
        self, conn: sa.Connection, controller: str, kind: str, named: str
    ) -> Iterator[tuple[dict[str, object], Opening | None]]:
        """Yield the entries that the index leads to, of logs that are still there."""
        there = {one.log for one in self._ledger.logs(conn, controller) if one.status != RETIRED}
        for log, index in store.lines(conn, controller, kind, named):
            if log in there:
                span = index, index + 1
                for _, fields, opening in self._ledger.stretch(conn, controller, log, span):
                    yield fields, opening

    # Suspensions.

    def suspensions(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Suspension]:
        """Return a controller's suspensions, oldest first.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        check_sees(conn, self._access, caller, controller)
        return store.suspensions(conn, controller)

    def record_suspension(
        self, conn: sa.Connection, caller: Caller, wanted: Suspension, reference: str
    ) -> Done[Suspension]:
        """Register an authority's statement; ``reference`` is whose accounting, '' everybody's.

        Raises:
            Refused: ``grant.missing``; NotFound: ``consent.unknown``, ``subject.unknown``;
            Invalid: ``suspension.*``.
        """
        self._access.demand(conn, caller, ENTER, wanted.controller)
        now = self._clock.now()
        check_suspension(wanted, now)
        known = {one.consent_id for one in disclosure_store.consents(conn, wanted.controller)}
        if not known.issuperset(wanted.consents):
            raise NotFound("consent.unknown", "There is no such consent.")
        whose = self._gathering.whose(conn, wanted.controller, reference) if reference else None
        if reference and whose is None:
            raise Invalid("suspension.subject", "Nobody is known here by that reference.")
        made = replace(
            wanted,
            suspension_id=secrets.token_hex(16),
            subject_id=whose.subject_id if whose is not None else "",
            recorded=now,
            recorded_by=caller.accountable,
        )
        store.add_suspension(conn, made)
        return self._suspended(conn, caller, made, "recorded")

    def move_suspension(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str, *, event: str
    ) -> Done[Suspension]:
        """Confirm a statement, as the second person, or lift it.

        Raises:
            Refused: ``grant.missing``, ``self.approve``; NotFound: ``suspension.unknown``;
            Conflict: ``suspension.state``.
        """
        self._access.demand(conn, caller, SECOND if event == "confirm" else ENTER, controller)
        found, now = store.suspension(conn, controller, item), self._clock.now()
        if found is None:
            raise NotFound("suspension.unknown", "There is no such suspension.")
        if event == "confirm" and found.recorded_by in caller.principals:
            raise Refused(
                "self.approve",
                "Nobody confirms a suspension that they recorded themselves.",
                do="Ask a second person.",
            )
        after = replace(found, state=step(found, event, now))
        if event == "confirm":
            after = replace(after, confirmed=now, confirmed_by=caller.accountable)
        else:
            after = replace(after, lifted=now, lifted_by=caller.accountable)
        if not store.move_suspension(conn, found, after):
            raise Conflict("suspension.state", "Somebody else moved that suspension just now.")
        return self._suspended(conn, caller, after, after.state)

    def _suspended(
        self, conn: sa.Connection, caller: Caller, one: Suspension, became: str
    ) -> Done[Suspension]:
        entry = self._access.note(
            conn,
            f"privacy:suspension:{became}",
            caller.actor(),
            controller=one.controller,
            control=CONTROL,
            detail={
                "suspension": one.suspension_id,
                "until": write_time(one.until).lower(),
                "consents": len(one.consents),
                "written": int(bool(one.text_sha256)),
            },
            context={
                "agency": one.agency,
                "official": one.official,
                "reference": one.reference,
                "consents": " ".join(one.consents),
                "subject_id": one.subject_id,
            },
        )
        return Done(one, entry)
