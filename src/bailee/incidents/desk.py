"""What the acts of the incident room share: who may, how it is recorded, which clocks run.

* *Told* is whoever is told of alarms at a controller: they hold ``approve`` there, or ``people`` at
  the house. They decide on signals, open incidents, write notices.
* The controller's named representative sees incidents, their entries and notices, and asks for what
  C9.3 gives it. Signals are ours until they count.

Every act records itself in the caller's transaction. Free texts stay in rows; an entry names ids,
codes and times.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from bailee.access import Access, Caller
from bailee.agreement import Agreement
from bailee.clock import Clock
from bailee.errors import NotFound
from bailee.ledger import Ledger
from bailee.vault.honey import check_apart

CONTROLLER, PROCESSOR = "controller", "processor"
SEE = "audit"
SCHEDULE = {"kind": "machine", "principal_id": "schedule"}
"""Who acts where the house does something by itself."""
Actor = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Matter:
    """What a clock or a notice belongs to: ``incident``, ``event`` or ``demand``, and its id."""

    controller: str
    kind: str
    item: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out to a controller: to which of its desks, and what it says."""

    kind: str
    role: str
    subject: str
    lines: Sequence[str]


class Clocks(Protocol):
    """The deadlines and the post that all procedures share; supplied at the wiring."""

    def begin(
        self, conn: sa.Connection, actor: Actor, matter: Matter, *, trigger: str, since: datetime
    ) -> None:
        """Start what agreement and laws count from a trigger, since a moment."""

    def meet(
        self, conn: sa.Connection, actor: Actor, matter: Matter, *, trigger: str, at: datetime
    ) -> None:
        """Say that it was done."""

    def stop(self, conn: sa.Connection, actor: Actor, matter: Matter, *, reason: str) -> None:
        """End what runs still, because it is not owed."""

    def send(
        self, conn: sa.Connection, actor: Actor, matter: Matter, *, letter: Letter, meets: str
    ) -> str:
        """Hand a letter over for the post; return its id. It meets its clocks when it is taken."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Dependencies, and the steps that all acts share.

    Args:
        access: who is calling.
        rules: the agreement in force.
        ledger: the controllers' logs.
        clock: time.
        honey: answers with the ids of a controller's honey, what was taken up included.
        clocks: deadlines and post.
    """

    access: Access
    rules: Callable[[sa.Connection, str], Agreement]
    ledger: Ledger
    clock: Clock
    honey: Callable[[sa.Connection, str], frozenset[str]]
    clocks: Clocks

    def side(self, conn: sa.Connection, caller: Caller, controller: str) -> str:
        """Return for whom a caller looks at incidents.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        if self.access.speaks_for(conn, caller, controller):
            return CONTROLLER
        if not self.access.is_told(conn, caller, controller):
            self.access.demand(conn, caller, SEE, controller)
        return PROCESSOR

    def apart(self, conn: sa.Connection, caller: Caller, doers: Collection[str]) -> None:
        """Refuse whoever did it, or shares a key with who did.

        Raises:
            Refused: ``self.review``.
        """
        for doer in filter(None, doers):
            check_apart(self.access.key_sharers(conn, doer), caller.principals)

    def tell(
        self,
        conn: sa.Connection,
        actor: Actor,
        where: tuple[str, str],
        *,
        control: str,
        detail: Mapping[str, str | int],
        context: Mapping[str, str] | None = None,
    ) -> Any:
        """Record an act: ``where`` is its controller and its action; return the receipt."""
        controller, action = where
        return self.access.note(
            conn,
            action,
            dict(actor),
            controller=controller,
            control=control,
            detail=dict(detail),
            context=dict(context or {}),
        )


def unknown(what: str) -> NotFound:
    """Return the error of an id that leads nowhere here."""
    return NotFound(f"{what}.unknown", f"There is no such {what} for you.")
