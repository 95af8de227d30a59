"""The SQL of access reviews; ``store`` says what every function here relies on."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.access.review import Item, Review
from bailee.access.store import read_all, read_one, within
from bailee.access.tables import GRANT, to_row
from bailee.access.training_tables import REVIEW, REVIEW_ITEM
from bailee.clock import write_time


def add(conn: sa.Connection, review: Review, items: list[Item]) -> None:
    """Insert a review with its lines."""
    with within(conn, review.controller):
        conn.execute(sa.insert(REVIEW).values(to_row(review)))
        if items:
            conn.execute(sa.insert(REVIEW_ITEM), [to_row(one) for one in items])


def review(conn: sa.Connection, controller: str, review_id: str) -> Review | None:
    """Return one review."""
    where = (REVIEW.c.controller == controller) & (REVIEW.c.review_id == review_id)
    with within(conn, controller):
        return read_one(conn, Review, sa.select(REVIEW).where(where))


def reviews(conn: sa.Connection, controller: str) -> list[Review]:
    """Return a controller's reviews, oldest first."""
    query = sa.select(REVIEW).where(REVIEW.c.controller == controller)
    with within(conn, controller):
        return read_all(conn, Review, query.order_by(REVIEW.c.opened, REVIEW.c.review_id))


def items(conn: sa.Connection, controller: str, review_id: str) -> list[Item]:
    """Return the lines of a review, by who holds the grants and since when."""
    mine = REVIEW_ITEM.c.controller == controller
    query = sa.select(REVIEW_ITEM).where(mine & (REVIEW_ITEM.c.review_id == review_id))
    order = REVIEW_ITEM.c.principal, REVIEW_ITEM.c.created, REVIEW_ITEM.c.grant_id
    with within(conn, controller):
        return read_all(conn, Item, query.order_by(*order))


def item(conn: sa.Connection, controller: str, review_id: str, grant_id: str) -> Item | None:
    """Return one line."""
    where = _line(controller, review_id, grant_id)
    with within(conn, controller):
        return read_one(conn, Item, sa.select(REVIEW_ITEM).where(where))


def decide(conn: sa.Connection, before: Item, after: Item) -> bool:
    """Keep a decision; False when somebody else decided first."""
    where = _line(before.controller, before.review_id, before.grant_id)
    where &= REVIEW_ITEM.c.state == before.state
    row = to_row(after)
    names = ("state", "reviewer", "decided", "shortened", "reason", "reason_sha256")
    with within(conn, before.controller):
        done = conn.execute(
            sa.update(REVIEW_ITEM).where(where).values({name: row[name] for name in names})
        )
    return done.rowcount == 1


def close(conn: sa.Connection, before: Review, after: Review) -> bool:
    """Close a review; False when somebody else did first."""
    where = (
        (REVIEW.c.controller == before.controller)
        & (REVIEW.c.review_id == before.review_id)
        & (REVIEW.c.state == before.state)
    )
    row = to_row(after)
    names = ("state", "closed_by", "closed", "summary_sha256")
    with within(conn, before.controller):
        done = conn.execute(
            sa.update(REVIEW).where(where).values({name: row[name] for name in names})
        )
    return done.rowcount == 1


def shorten_grant(conn: sa.Connection, after: Item) -> None:
    """Give a living grant an earlier end; never a later one."""
    if after.shortened is None:
        return
    end = write_time(after.shortened)
    where = (
        (GRANT.c.controller == after.controller)
        & (GRANT.c.grant_id == after.grant_id)
        & (GRANT.c.until > end)
    )
    with within(conn, after.controller):
        conn.execute(sa.update(GRANT).where(where).values(until=end))


def forget_reasons(conn: sa.Connection, controller: str) -> None:
    """Empty the free texts of decisions."""
    with within(conn, controller):
        mine = REVIEW_ITEM.c.controller == controller
        conn.execute(sa.update(REVIEW_ITEM).where(mine).values(reason=""))


def _line(controller: str, review_id: str, grant_id: str) -> sa.ColumnElement[bool]:
    return (
        (REVIEW_ITEM.c.controller == controller)
        & (REVIEW_ITEM.c.review_id == review_id)
        & (REVIEW_ITEM.c.grant_id == grant_id)
    )
