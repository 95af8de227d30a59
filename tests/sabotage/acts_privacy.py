"""Sabotages of transfers, of generated papers, and of requests that these answer."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import sqlalchemy as sa

from bailee.privacy import assertion, border, transfer_store
from bailee.privacy.assistance import VAGUE, Assistance
from bailee.privacy.transfer_tables import ASSERTION, ASSISTANCE, FLOW
from tests.sabotage.stage import CONTROLLER, Stage, broken


@contextmanager
def _changed(
    stage: Stage, table: sa.Table, where: sa.ColumnElement[bool], **values: str
) -> Iterator[None]:
    """Change rows behind the house's back, and put them back."""
    data, mine = stage.house.parts.data, (table.c.controller == CONTROLLER) & where
    keys = list(table.primary_key.columns)

    def change(conn: sa.Connection) -> list[dict[str, str]]:
        rows = [dict(row) for row in conn.execute(sa.select(table).where(mine)).mappings()]
        conn.execute(table.update().where(mine).values(**values))
        return rows

    def back(conn: sa.Connection) -> None:
        for row in rows:
            same = sa.and_(*(key == row[key.name] for key in keys))
            conn.execute(table.update().where(same).values({one: row[one] for one in values}))

    rows = data.write(CONTROLLER, change)
    assert rows
    try:
        yield
    finally:
        data.write(CONTROLLER, back)


def flow_of_one(stage: Stage) -> AbstractContextManager[None]:
    """Let one person have recorded and confirmed where the data is."""
    same = stage.people["Bram Okafor"].principal_id
    return _changed(stage, FLOW, FLOW.c.receiver_kind == "ourselves", confirmed_by=same)


def keys_moved_abroad(stage: Stage) -> AbstractContextManager[None]:
    """Let the keys be in a country that no decision takes for adequate."""
    where = FLOW.c.receiver_kind == "keys"
    return _changed(stage, FLOW, where, country="IN", mechanism="adequacy")


def british_overlooked(_stage: Stage) -> AbstractContextManager[None]:
    """Protect nobody of the United Kingdom."""
    return broken(border, "RESIDENT", {"ch": "CH"})


def swiss_overlooked(_stage: Stage) -> AbstractContextManager[None]:
    """Protect nobody of Switzerland."""
    return broken(border, "RESIDENT", {"uk": "GB"})


def assessments_for_good(_stage: Stage) -> AbstractContextManager[None]:
    """Take statements for ten years."""
    return broken(assertion, "LONGEST", timedelta(days=3660))


def _withdrawn(stage: Stage, subject: str) -> AbstractContextManager[None]:
    return _changed(stage, ASSERTION, ASSERTION.c.subject == subject, state="withdrawn")


def address_withdrawn(stage: Stage) -> AbstractContextManager[None]:
    """Take away what the controller stated of its address."""
    return _withdrawn(stage, "exporter.address")


def places_undescribed(stage: Stage) -> AbstractContextManager[None]:
    """Take away what was stated of the protection of places."""
    return _withdrawn(stage, "measure.physical")


def certification_withdrawn(stage: Stage) -> AbstractContextManager[None]:
    """Take the signature under the certification away."""
    return _withdrawn(stage, "ccpa-certification")


@contextmanager
def _forgotten(stage: Stage, kind: str) -> Iterator[None]:
    """Write a request into the database that was due yesterday."""
    data, now = stage.house.parts.data, stage.house.parts.clock.now()
    due, came = now - timedelta(days=1), now - timedelta(days=11)
    one = Assistance(
        kind=kind, asked_by="somebody", reference="letter 3", received=came,
        assistance_id=secrets.token_hex(16), controller=CONTROLLER, recorded=came,
        recorded_by="bram", due=due, basis=VAGUE,
    )  # fmt: skip
    data.write(CONTROLLER, lambda conn: transfer_store.add_assistance(conn, one))
    gone = ASSISTANCE.delete().where(ASSISTANCE.c.assistance_id == one.assistance_id)
    try:
        yield
    finally:
        data.write(CONTROLLER, lambda conn: conn.execute(gone))


def assessment_unanswered(stage: Stage) -> AbstractContextManager[None]:
    """Leave a request for an impact assessment unanswered."""
    return _forgotten(stage, "dpia")


def authority_unanswered(stage: Stage) -> AbstractContextManager[None]:
    """Leave an authority's request for records unanswered."""
    return _forgotten(stage, "authority-records")
