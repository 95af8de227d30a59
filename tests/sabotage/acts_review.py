"""Sabotages of training and of access reviews."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import sqlalchemy as sa

from bailee.access import Review, review_store, reviews
from bailee.access import store as access_store
from bailee.access.review import item_of, reviewed
from bailee.access.training_tables import ACKNOWLEDGEMENT, REVIEW, REVIEW_ITEM, TEXT
from bailee.db import HOUSE
from tests.sabotage.stage import CONTROLLER, Stage, broken


@contextmanager
def _unacknowledged(stage: Stage, place: str) -> Iterator[None]:
    """Take away what Bram acknowledged at a place."""
    data, bram = stage.house.parts.data, stage.people["Bram Okafor"].principal_id
    mine = (ACKNOWLEDGEMENT.c.controller == place) & (ACKNOWLEDGEMENT.c.principal == bram)

    def take(conn: sa.Connection) -> list[dict[str, object]]:
        rows = [
            dict(row) for row in conn.execute(sa.select(ACKNOWLEDGEMENT).where(mine)).mappings()
        ]
        conn.execute(sa.delete(ACKNOWLEDGEMENT).where(mine))
        return rows

    rows = data.write(place, take)
    assert rows
    try:
        yield
    finally:
        data.write(place, lambda conn: conn.execute(sa.insert(ACKNOWLEDGEMENT), rows))


def undertaking_unsigned(stage: Stage) -> AbstractContextManager[None]:
    """Take away the signature under the undertaking."""
    return _unacknowledged(stage, HOUSE)


def procedure_unread(stage: Stage) -> AbstractContextManager[None]:
    """Take away the acknowledgement of the procedure."""
    return _unacknowledged(stage, CONTROLLER)


def untrained_served(stage: Stage) -> AbstractContextManager[None]:
    """Let decide ask nobody what they signed or read."""
    return broken(stage.house.parts.access, "_unread", lambda *_: ((), ()))


@contextmanager
def procedure_altered(stage: Stage) -> Iterator[None]:
    """Change a word of the published procedure in the database; its hash stays."""
    data, mine = stage.house.parts.data, TEXT.c.controller == CONTROLLER
    before = data.read(
        CONTROLLER, lambda conn: conn.execute(sa.select(TEXT.c.text).where(mine)).scalar_one()
    )
    assert "nothing else" in before
    after = before.replace("nothing else", "something else", 1)
    change = sa.update(TEXT).where(mine)
    data.write(CONTROLLER, lambda conn: conn.execute(change.values(text=after)))
    try:
        yield
    finally:
        data.write(CONTROLLER, lambda conn: conn.execute(change.values(text=before)))


@contextmanager
def review_forgotten(stage: Stage) -> Iterator[None]:
    """Write a review into the database that was due yesterday, with nothing decided."""
    data, now = stage.house.parts.data, stage.house.parts.clock.now()
    one = Review(
        controller=CONTROLLER,
        review_id=secrets.token_hex(16),
        state="open",
        opened_by="",
        since=None,
        opened=now - timedelta(days=31),
        due=now - timedelta(days=1),
    )

    def add(conn: sa.Connection) -> None:
        grants = reviewed(access_store.grants(conn, CONTROLLER), now)
        review_store.add(conn, one, [item_of(grant, one.review_id, {}) for grant in grants])

    def drop(conn: sa.Connection) -> None:
        for table in (REVIEW, REVIEW_ITEM):
            conn.execute(sa.delete(table).where(table.c.review_id == one.review_id))

    data.write(CONTROLLER, add)
    try:
        yield
    finally:
        data.write(CONTROLLER, drop)


def own_rights_reviewed(_stage: Stage) -> AbstractContextManager[None]:
    """Let everybody review whatever they like."""
    return broken(reviews, "check_reviewer", lambda *_: None)
