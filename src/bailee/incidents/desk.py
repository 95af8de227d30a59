"""What the acts of the incident room share: who may, how it is recorded, which clocks run.

* *Told* is whoever is told of alarms at a controller: they hold ``approve`` there, or ``people`` at
  the house. They decide on signals, open incidents, write notices.
* The controller's named representative sees incidents, their entries and notices, and asks for what
  C9.3 gives it. Signals are ours until they count.

Every act records itself in the caller's transaction. Free texts stay in rows; an entry names ids,
codes and times.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.access import Access, Caller, Principal
from bailee.access import store as access_store
from bailee.agreement import Agreement
from bailee.clock import Clock
from bailee.errors import NotFound
from bailee.incidents.notice import Contact
from bailee.ledger import Ledger
from bailee.procedures import Notices, Targets, Timers, officer_store
from bailee.procedures.officer import SECURITY
from bailee.vault.honey import check_apart

CONTROLLER, PROCESSOR = "controller", "processor"
SEE = "audit"
Actor = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """Dependencies, and the steps that all acts share.

    Args:
        access: who is calling.
        rules: the agreement in force.
        ledger: the controllers' logs.
        clock: time.
        honey: answers with the ids of a controller's honey, what was taken up included.
        timers: deadlines.
        notices: what goes out to a controller.
        targets: the operator's times.
    """

    access: Access
    rules: Callable[[sa.Connection, str], Agreement]
    ledger: Ledger
    clock: Clock
    honey: Callable[[sa.Connection, str], frozenset[str]]
    timers: Timers
    notices: Notices
    targets: Targets

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

    def person(self, conn: sa.Connection, principal_id: str) -> Principal | None:
        """Return an active person of ours, None for anybody else."""
        who = access_store.principal(conn, principal_id) if principal_id else None
        ours = who is not None and who.kind == "person" and not who.represents
        return who if ours and who is not None and who.state == "active" else None

    def contacts(self, conn: sa.Connection, named: str, now: datetime) -> list[Contact]:
        """Return who of ours can be asked: who is named, then who is on duty (C9.1(iv), C10.2)."""
        who = self.person(conn, named)
        found = [Contact(who.principal_id, who.name, who.email)] if who else []
        for one in officer_store.officers(conn):
            duty = self.person(conn, one.principal)
            if one.role == SECURITY and one.on_duty(now) and duty is not None:
                reach = one.reach.partition(":")[2]
                found.append(Contact(duty.principal_id, duty.name, reach))
        return found

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
