"""The SQL of links and of used proofs, one function per question."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bailee.access.link import Link
from bailee.access.tables import LINK, USED_PROOF, from_row, to_row
from bailee.clock import write_time
from bailee.db import HOUSE

# Both engines read this alike; SQLAlchemy spells it per engine.
_USED = sa.text(
    "INSERT INTO used_proof (controller, digest, until) "
    "VALUES (:controller, :digest, :until) ON CONFLICT DO NOTHING"
)


def add(conn: sa.Connection, link: Link) -> None:
    """Insert a link."""
    conn.execute(sa.insert(LINK).values(controller=HOUSE, **to_row(link)))


def by_digest(conn: sa.Connection, digest: bytes) -> Link | None:
    """Return the link of a name at a provider."""
    return _one(conn, LINK.c.digest == digest)


def hold(conn: sa.Connection, digest: bytes) -> Link | None:
    """Return the link of a name, and keep it as it is until the commit.

    So a session that is made by a link, and the act that ends the link and every session made by
    it, follow one another, whichever comes first.
    """
    where = (LINK.c.controller == HOUSE) & (LINK.c.digest == digest)
    conn.execute(sa.update(LINK).where(where).values(digest=digest))
    return by_digest(conn, digest)


def hold_all(conn: sa.Connection, issuer: str) -> None:
    """Keep every link at one issuer as it is until the commit; see ``hold``."""
    where = (LINK.c.controller == HOUSE) & (LINK.c.issuer == issuer)
    conn.execute(sa.update(LINK).where(where).values(issuer=issuer))


def by_id(conn: sa.Connection, link_id: str) -> Link | None:
    """Return one link."""
    return _one(conn, LINK.c.link_id == link_id)


def at(conn: sa.Connection, principal_id: str, issuer: str) -> Link | None:
    """Return a principal's link at one issuer."""
    return _one(conn, (LINK.c.principal == principal_id) & (LINK.c.issuer == issuer))


def of(conn: sa.Connection, principal_id: str) -> list[Link]:
    """Return a principal's links at every issuer."""
    where = (LINK.c.controller == HOUSE) & (LINK.c.principal == principal_id)
    rows = conn.execute(sa.select(LINK).where(where).order_by(LINK.c.link_id)).mappings()
    return [from_row(Link, dict(row)) for row in rows]


def end(conn: sa.Connection, principal_id: str) -> int:
    """Delete a principal's links; the ledger keeps that they were. Return how many."""
    where = (LINK.c.controller == HOUSE) & (LINK.c.principal == principal_id)
    return int(conn.execute(sa.delete(LINK).where(where)).rowcount)


def use_proof(conn: sa.Connection, digest: str, until: datetime) -> bool:
    """Remember that a proof was taken; False when it was before.

    Of two calls that show one proof at once, in whichever processes, the second waits for the
    first's commit and then meets its row.
    """
    row = {"controller": HOUSE, "digest": digest, "until": write_time(until)}
    return int(conn.execute(_USED, row).rowcount) == 1


def used_proof(conn: sa.Connection, digest: str, now: datetime) -> bool:
    """Tell whether something is remembered as taken, and still has to be."""
    where = (USED_PROOF.c.controller == HOUSE) & (USED_PROOF.c.digest == digest)
    until = conn.execute(sa.select(USED_PROOF.c.until).where(where)).scalar_one_or_none()
    return until is not None and until >= write_time(now)


def forget_proofs(conn: sa.Connection, now: datetime) -> None:
    """Delete proofs that are refused for their age."""
    old = USED_PROOF.c.until < write_time(now)
    conn.execute(sa.delete(USED_PROOF).where((USED_PROOF.c.controller == HOUSE) & old))


def _one(conn: sa.Connection, where: sa.ColumnElement[bool]) -> Link | None:
    query = sa.select(LINK).where((LINK.c.controller == HOUSE) & where)
    row = conn.execute(query).mappings().one_or_none()
    return None if row is None else from_row(Link, dict(row))
