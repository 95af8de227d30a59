"""What every act of the vault stands on, and the steps they share (C2.4, C2.5(4), C2.5(5)).

One act is one transaction:

1. the caller is allowed for all elements at once, by agreement and grant, or the act ends here;
2. a repeated ``Idempotency-Key`` is answered with what it was answered before;
3. the act loads, decides and saves;
4. one ledger entry is written, with every record touched, and an alarm if one of them is honey;
5. the transaction commits, durably, and only then the answer leaves.

An act that fails leaves nothing but one entry that says so, in a transaction of its own. If the
process dies in between, the caller has no answer and the log no entry: nothing was shown.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import sqlalchemy as sa

from bailee.access import PLAIN, Access, Ask, Caller, Decision, Rules
from bailee.clock import Clock
from bailee.db import HOUSE, Database
from bailee.errors import (
    Broken,
    Conflict,
    Failure,
    NotFound,
    Refused,
    Unauthenticated,
    Unavailable,
)
from bailee.keys import Keys
from bailee.ledger import Fact, Receipt, Touched
from bailee.vault import isolation
from bailee.vault.alias import Form
from bailee.vault.batch import is_ours
from bailee.vault.catalogue import CATALOGUE, element
from bailee.vault.directory import Directory
from bailee.vault.formats import Formats
from bailee.vault.honey import Alarm, due
from bailee.vault.shapes import Entry
from bailee.vault.tripwire import Tripwire

A = TypeVar("A")

Record = Callable[[sa.Connection, Fact], Receipt]
"""The ledger's append."""

Admit = Callable[[str], None]
"""Raises ``Unavailable`` while a controller's log takes no more; what it admits it can record."""

InForce = Callable[[sa.Connection, str], Rules]
"""Answers with the agreement in force for a controller."""

MAKING = "protect"
"""Makes records and touches none; planting honey looks like it in every row and entry."""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody wants to do.

    ``elements`` are names as the caller wrote them, perhaps with masks. ``asks`` is for acts whose
    elements stand in the records they name: it reads them in the act's own transaction.
    """

    caller: Caller
    controller: str
    verb: str
    action: str
    purpose: str
    elements: tuple[str, ...] = ()
    context: Mapping[str, str] = field(default_factory=dict)
    asks: Callable[[sa.Connection], Iterable[str]] | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """An act that may go on: what it stands on, and its time."""

    act: Act
    ask: Ask
    decision: Decision
    agreement: Rules
    now: datetime


@dataclass(frozen=True, slots=True)
class Done(Generic[A]):
    """What an act did, for the ledger, and how to answer once the entry is known.

    ``context`` is what the act itself adds to its entry's; ``after`` is done once the commit is
    durable.
    """

    answer: Callable[[Entry], A]
    count: int
    touched: list[Touched]
    elements: Iterable[str] | None = None
    detail: Mapping[str, str | int] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[], None] | None = None


class Replay(Protocol[A]):
    """Idempotency of one call."""

    def earlier(self, conn: sa.Connection, now: datetime) -> A | None:
        """Return what the same call was answered before."""

    def keep(self, conn: sa.Connection, now: datetime, answer: A) -> None:
        """Keep what it is answered now."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The vault's dependencies."""

    database: Database
    keys: Keys
    access: Access
    record: Record
    clock: Clock
    in_force: InForce
    directory: Directory
    admit: Admit
    formats: Formats
    tripwire: Tripwire

    def run(
        self,
        act: Act,
        work: Callable[[sa.Connection, Allowed], Done[A]],
        replay: Replay[A] | None = None,
    ) -> A:
        """Do an act in one transaction, or record that it was not done.

        Raises:
            Unavailable: ``ledger.backlog``; nothing was begun, and nothing is recorded.
            Failure: whatever stopped it.
        """
        self.admit(act.controller)
        after: list[Callable[[], None]] = []

        def transaction(conn: sa.Connection) -> A:
            after.clear()  # done again when it was overtaken
            self.directory.foresee(conn, (act.controller, act.verb))
            allowed = self.allow(conn, act)
            before = replay.earlier(conn, allowed.now) if replay else None
            if before is not None:
                return before
            done = work(conn, allowed)
            answer = done.answer(self.note(conn, allowed, done))
            if replay:
                replay.keep(conn, allowed.now, answer)
            if done.after:
                after.append(done.after)
            return answer

        answer = self._recorded(act, lambda: self.database.write(act.controller, transaction))
        for step in after:
            self.database.after(step)
        return answer

    def before(self, act: Act, work: Callable[[sa.Connection, Allowed], A]) -> A:
        """Do what an act needs to be durable before its own transaction, if it may be done.

        It leaves no entry: dies the process here, nobody was answered. A refusal is recorded.

        Raises:
            Unavailable: ``ledger.backlog``. Failure: whatever stopped it.
        """
        self.admit(act.controller)

        def transaction(conn: sa.Connection) -> A:
            return work(conn, self.allow(conn, act))

        return self._recorded(act, lambda: self.database.write(act.controller, transaction))

    def _recorded(self, act: Act, attempt: Callable[[], A]) -> A:
        """Return what an attempt does, or record that it was not done."""
        try:
            return attempt()
        except Failure as failure:
            self.note_failure(act, failure)
            raise
        except sa.exc.IntegrityError:
            clash = Conflict(
                "call.concurrent",
                "Another call changed the same things at the same moment.",
                do="Send the call again.",
                retryable=True,
            )
            self.note_failure(act, clash)
            raise clash from None
        except Exception:  # our fault, whatever it was: the log says that the call failed
            self.note_failure(act, Broken("call.unexpected", "Something went wrong."))
            raise

    def allow(self, conn: sa.Connection, act: Act) -> Allowed:
        """Return the decision under which an act may go on.

        Raises:
            Refused, NotFound, Unauthenticated: what ``Access.decide`` raises.
            Refused: ``controller.isolated`` after the end of the agreement (C6).
            Invalid: ``element.unknown`` when no name is an element's.
        """
        elements = act.elements if act.asks is None else tuple(sorted(set(act.asks(conn))))
        known = tuple(name for name in elements if name.partition(":")[0] in CATALOGUE)
        ask = Ask(act.verb, act.controller, act.purpose, known)
        if elements and not known:
            self._check_visible(conn, act, ask)
            element(elements[0])  # raises; beside known ones, the item that names it is refused
        decision = self.access.decide(conn, act.caller, ask)
        agreement = decision.rules or self.in_force(conn, act.controller)
        isolation.check(act.verb, act.action, act.purpose, ended=agreement.surviving)
        return Allowed(act, ask, decision, agreement, self.clock.now())

    def _check_visible(self, conn: sa.Connection, act: Act, ask: Ask) -> None:
        """Let nobody learn from a wrong name that a controller exists (C2.4); other noes can wait.

        Raises:
            NotFound, Unauthenticated: what ``Access.decide`` raises.
        """
        try:
            self.access.decide(conn, act.caller, ask)
        except Unauthenticated:
            raise
        except Refused:
            pass

    def may_share(self, conn: sa.Connection, allowed: Allowed) -> Callable[[str], bool]:
        """Return whether the caller may be told that two values of an element are equal.

        A token shared by equal values tells it, so it takes the verb that answers such questions;
        not one that is held in an emergency alone, where each question is counted.
        """

        def shares(name: str) -> bool:
            act = allowed.act
            ask = Ask("search", act.controller, act.purpose, (name,))
            try:
                decision = self.access.decide(conn, act.caller, ask)
            except Refused:
                return False
            return decision.allowed and not decision.emergencies

        return shares

    def forms(self, conn: sa.Connection, allowed: Allowed) -> Mapping[str, Form]:
        """Return the forms of the elements whose tokens the controller wants as aliases."""
        return self.formats.chosen(conn, allowed.act.controller, allowed.decision.epoch)

    def note(self, conn: sa.Connection, allowed: Allowed, done: Done[A]) -> Entry:
        """Record an act that was done; from here on only the commit can fail."""
        act = allowed.act
        emergencies = self._used(conn, allowed, done)
        self.access.count_use(conn, allowed.ask, allowed.decision, records=done.count)
        obligation = allowed.agreement.obligation_for("access-log")
        elements = _shown(allowed) if done.elements is None else done.elements
        receipt = self.record(
            conn,
            Fact(
                action=act.action,
                controller=act.controller,
                purpose=act.purpose,
                elements=tuple(elements),
                count=done.count,
                obligations=(obligation,) if obligation else (),
                detail={"verb": act.verb, **done.detail, **emergencies},
                agreement=allowed.agreement.version_id,
                actor=act.caller.actor(),
                context={**act.context, **done.context} if done.context else act.context,
                records=done.touched,
            ),
        )
        where = act.controller, allowed.decision.epoch
        if act.verb != MAKING and (ids := self.tripwire.crossed(conn, where, done.touched)):
            self.tripwire.sound(conn, act.caller, _alarm(allowed, receipt.entry_id), ids)
        return Entry(receipt.log, receipt.entry_id, receipt.leaf, receipt.index)

    def _used(
        self, conn: sa.Connection, allowed: Allowed, done: Done[A]
    ) -> Mapping[str, str | int]:
        """Count what stands on an emergency, for its review; return what the entry says of it."""
        if not allowed.decision.emergencies:
            return {}
        subjects = len({one.subject_id for one in done.touched})
        self.access.use_emergency(
            conn, allowed.act.caller, allowed.ask, allowed.decision, subjects=subjects
        )
        return {"emergency": allowed.decision.emergencies[0]}

    def note_failure(self, act: Act, failure: Failure) -> None:
        """Record an act that was not done, alone in its transaction (C2.5(5)).

        Where the caller is nobody any more, or may not know the controller, the entry goes to the
        house's log. If the database does not answer now either, the failure itself is raised.
        """
        nobody = isinstance(failure, Unauthenticated) or failure.code == "controller.unknown"
        controller = HOUSE if nobody else act.controller

        def transaction(conn: sa.Connection) -> None:
            ask = Ask(act.verb, act.controller, act.purpose, act.elements)
            known = self.access.recordable(conn, ask)
            obligations, agreement = self.bound(conn, controller)
            self.record(
                conn,
                Fact(
                    action="vault:call:failed" if is_ours(failure) else "vault:call:refused",
                    controller=controller,
                    decision="failed" if is_ours(failure) else "refused",
                    purpose=known.purpose,
                    elements=known.elements,
                    obligations=obligations,
                    detail={"verb": act.verb, "code": failure.code},
                    agreement=agreement,
                    actor=act.caller.actor(),
                    context=act.context,
                ),
            )

        try:
            self.database.write(controller, transaction)
        except Unavailable:
            if not isinstance(failure, Unavailable):
                raise

    def house_fact(self, conn: sa.Connection, fact: Fact) -> Fact:
        """Return a fact of the house's own doing, with what it is bound to."""
        obligations, agreement = self.bound(conn, fact.controller)
        return replace(
            fact,
            obligations=obligations,
            agreement=agreement,
            actor={"principal_id": HOUSE, "kind": "house"},
        )

    def bound(self, conn: sa.Connection, controller: str) -> tuple[tuple[str, ...], str]:
        """Return obligation and agreement version that an entry names, if there are any."""
        if controller == HOUSE:
            return (), ""
        try:
            agreement = self.in_force(conn, controller)
        except NotFound:
            return (), ""
        return tuple(filter(None, [agreement.obligation_for("access-log")])), agreement.version_id


def _shown(allowed: Allowed) -> list[str]:
    """Return elements as they are shown, ``person.ssn:last4`` where it is by a mask (C9.1(ii))."""
    views = allowed.decision.views
    return [name if view == PLAIN else f"{name}:{view}" for name, view in views.items()]


def _alarm(allowed: Allowed, entry_id: str) -> Alarm:
    """Return the alarm of a call that touched honey."""
    act, who = allowed.act, allowed.act.caller
    return Alarm(
        alarm_id=secrets.token_hex(16),
        controller=act.controller,
        entry_id=entry_id,
        principal=who.accountable,
        through=who.principal_id if who.principal_id != who.accountable else "",
        verb=act.verb,
        raised=allowed.now,
        due=due(allowed.agreement, allowed.now),
    )
