"""Sabotages of the auditor's way in (C5.2)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bailee.access import Principal, tables
from bailee.access import store as access_store
from bailee.assurance import engagements, store
from bailee.assurance.engagement import THREAT, YEARLY, Engagement
from bailee.assurance.engagements import Engagements
from bailee.assurance.tables import engagement
from bailee.db import HOUSE
from tests.sabotage.stage import CONTROLLER, Stage, broken

DAY = timedelta(days=1)


@contextmanager
def _entered(stage: Stage, auditor_state: str, **fields: Any) -> Iterator[None]:
    """Write an auditor and an engagement of theirs into the database, and take both out again."""
    data, now = stage.house.parts.data, stage.house.parts.clock.now()
    auditor = Principal(
        principal_id=secrets.token_hex(16),
        kind="person",
        state=auditor_state,
        created=now,
        name="Nora Feldmann",
        employer="Feld & Partner",
        email="nora@feld.example",
        undertaking="NDA-3",
        undertaken="2026-01-05",
        relation="auditor",
        represents=CONTROLLER,
    )
    given: dict[str, Any] = {
        "reason": YEARLY,
        "since": now - DAY,
        "until": now + DAY,
        "noticed": now - 2 * DAY,
        "silence": now - DAY,
        "state": "accepted",
    }
    one = Engagement(
        engagement_id=secrets.token_hex(16),
        controller=CONTROLLER,
        auditor=auditor.principal_id,
        side="controller",
        asked_by=stage.people["Clara Whitfield"].principal_id,
        **given | fields,
    )
    person, row = tables.PRINCIPAL, engagement.c.engagement_id == one.engagement_id
    data.write(HOUSE, lambda conn: access_store.add_principal(conn, auditor))
    data.write(CONTROLLER, lambda conn: store.add_engagement(conn, one))
    try:
        yield
    finally:
        data.write(CONTROLLER, lambda conn: conn.execute(sa.delete(engagement).where(row)))
        gone = sa.delete(person).where(person.c.principal_id == auditor.principal_id)
        data.write(HOUSE, lambda conn: conn.execute(gone))


def auditor_shut_out(stage: Stage) -> AbstractContextManager[None]:
    """Let an auditor have left by our books whose window is open."""
    return _entered(stage, "left")


def notice_unanswered(stage: Stage) -> AbstractContextManager[None]:
    """Leave a notice on which nobody of ours said a word."""
    now = stage.house.parts.clock.now()
    return _entered(stage, "active", state="requested", noticed=now - DAY, silence=now + 9 * DAY)


def declined_wordlessly(stage: Stage) -> AbstractContextManager[None]:
    """Write into the database that a notice was declined, without a word why."""
    return _entered(stage, "active", state="declined")


def window_unchecked(_stage: Stage) -> AbstractContextManager[None]:
    """Let auditors in whatever the clock says."""

    def careless(
        acts: Engagements, conn: sa.Connection, _caller: object, controller: str, item: str
    ) -> Engagement:
        return acts._found(conn, controller, item)

    return broken(Engagements, "let_in", careless)


def threat_delayed(stage: Stage) -> AbstractContextManager[None]:
    """Write into the database that an auditor who came upon a threat was to wait an hour."""
    now = stage.house.parts.clock.now()
    return _entered(
        stage, "active", reason=THREAT, noticed=now - DAY, since=now - DAY + timedelta(hours=1)
    )


def threat_is_a_notice(_stage: Stage) -> AbstractContextManager[None]:
    """Take a threat for an ordinary reason: with notice, and ours to decline."""
    return broken(engagements, "THREAT", "none")
