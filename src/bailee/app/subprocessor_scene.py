"""A made-up sub-processor at the reserved controller, in a transaction that is undone.

Controls over sub-processors try on it what must not work: one of ours is lent the right to act
there, the house's own service is marked as the sub-processor's, and notice, contract and consent
are as the scene wants them. Nothing of it is ever committed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bailee.access import Ask, Caller, Grant, Principal, bump
from bailee.access import store as access_store
from bailee.access.principal import REPRESENTATIVE
from bailee.agreement import load_terms
from bailee.app.canary import CONTROLLER, PROBE, TERMS
from bailee.app.watch_training import somebody
from bailee.clock import write_time
from bailee.errors import Failure
from bailee.privacy import subprocessor_store as store
from bailee.privacy.engagement import CONSENTED, Engagement, Signature
from bailee.privacy.flow_down import COVERED, DUTIES
from bailee.privacy.standings import MATTER
from bailee.privacy.subprocessor import Contract, Subprocessor
from bailee.procedures import Matter, Notice
from bailee.procedures import store as notice_store

if TYPE_CHECKING:
    from bailee.app.house import House

ELEMENT = "person.name"
LONG_AGO = timedelta(days=90)
DIGEST = "0" * 64


class _Undo(Exception):  # noqa: N818 - how an attempt is undone
    """Leaves a transaction that must not commit."""


def tried(house: House, attempt: Callable[[Scene], list[str]]) -> list[str]:
    """Let something be tried on a scene; return what it found, and undo everything."""
    found: list[str] = []

    def work(conn: sa.Connection) -> None:
        found.extend(attempt(_set(house, conn)))
        raise _Undo

    with suppress(_Undo):
        house.parts.data.write(CONTROLLER, work)
    return found


@dataclass(frozen=True)
class Scene:
    """What stands on it, and what can be done there."""

    house: House
    conn: sa.Connection
    ours: Caller
    """One of ours, who may act upon the reserved controller's writings."""
    worker: Caller
    """The house's own service, which is the sub-processor's here."""
    representative: str
    known: Subprocessor
    now: datetime

    def engagement(
        self, state: str = CONSENTED, *, handed: timedelta | None = LONG_AGO, **changed: Any
    ) -> Engagement:
        """Put an engagement there, with a notice that was handed over so long ago, or never."""
        item, notice_id = secrets.token_hex(16), secrets.token_hex(16)
        told = None if handed is None else self.now - handed
        written = self.now - LONG_AGO
        notice = Notice(
            notice_id=notice_id,
            matter=Matter(CONTROLLER, MATTER, item),
            version=1,
            kind=MATTER,
            role="privacy",
            subject="A scene",
            body="Nothing.\n",
            body_sha256=DIGEST,
            written=written,
            written_by="",
            meets="",
            state="waiting" if told is None else "handed",
            handed=told,
        )
        notice_store.add_notice(self.conn, notice)
        made = Engagement(
            controller=CONTROLLER,
            engagement_id=item,
            subprocessor_id=self.known.subprocessor_id,
            edition=self.known.edition,
            facts_sha256=self.known.digest(),
            state=state,
            proposed=written,
            proposed_by="",
            notice_id=notice_id,
        )
        made = replace(made, **changed)
        store.add_engagement(self.conn, made)
        bump(self.conn)  # what is remembered under the former epoch is not of this scene
        return made

    def contract(self, **verdicts: str) -> None:
        """Compare a contract that covers everything but what is given."""
        compared = {one.id: COVERED for one in DUTIES} | verdicts
        known = store.contracts(self.conn, self.known.subprocessor_id)
        store.add_contract(
            self.conn,
            Contract(
                subprocessor_id=self.known.subprocessor_id,
                number=len(known) + 1,
                reference="a scene",
                text_sha256=DIGEST,
                compared=compared,
                compared_by=self.ours.principal_id,
                at=self.now,
            ),
        )

    def engage(self, one: Engagement) -> None:
        """Engage it, as one of ours."""
        self.house.engaging.engage(self.conn, self.ours, CONTROLLER, one.engagement_id)

    def enter_writing(self, one: Engagement) -> None:
        """Enter a writing of the controller, as one of ours."""
        writing = Signature(self.representative, "a scene", DIGEST, self.now)
        self.house.engaging.consent(
            self.conn, self.ours, CONTROLLER, one.engagement_id, writing=writing
        )

    def ask(self) -> None:
        """Ask, as the sub-processor's service, to see what the probe may see."""
        ask = Ask("reveal", CONTROLLER, load_terms(TERMS).purposes[0].id, (ELEMENT,))
        self.house.parts.access.decide(self.conn, self.worker, ask)

    def served(self) -> bool:
        """Say whether it would be shown something."""
        try:
            self.ask()
        except Failure:
            return False
        return True


def _set(house: House, conn: sa.Connection) -> Scene:
    """Set the scene."""
    now, access = house.parts.clock.now(), house.parts.access
    ours, worker = somebody(house, conn), access.machine(conn, PROBE)
    item = secrets.token_hex(16)
    known = Subprocessor(
        name=f"Scene {item}",
        address="Nowhere 1",
        contact="nobody",
        services=("none",),
        elements=(ELEMENT,),
        countries=("US",),
        subprocessor_id=item,
        version=1,
        edition=1,
        since=now - LONG_AGO,
        created=now,
        created_by=ours.principal_id,
    )
    store.add_version(conn, known)
    row = {"principal": worker.principal_id, "subprocessor_id": item, "said_by": "", "at": ""}
    store.add_worker(conn, row | {"at": write_time(now)})
    speaker = Principal(
        secrets.token_hex(16), "person", "active", now, "Scene",
        relation=REPRESENTATIVE, represents=CONTROLLER,
    )  # fmt: skip
    access_store.add_principal(conn, speaker)
    access_store.add_grant(conn, _lent(house, ours.principal_id))
    bump(conn)
    return Scene(house, conn, ours, worker, speaker.principal_id, known, now)


def _lent(house: House, principal_id: str) -> Grant:
    now = house.parts.clock.now()
    return Grant(
        grant_id=secrets.token_hex(16),
        principal=principal_id,
        verbs=("interpret",),
        elements=(),
        purposes=(),
        controller=CONTROLLER,
        until=now + timedelta(minutes=5),
        daily=0,
        created=now,
        granted_by="",
    )


__all__ = ["DIGEST", "LONG_AGO", "Scene", "tried"]
