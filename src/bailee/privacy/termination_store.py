"""The SQL of terminations and their certificates."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from bailee.clock import read_time, write_time
from bailee.privacy.termination import Termination
from bailee.privacy.termination_tables import TIMES, certificate, termination


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate that was made, as stored. ``facts_sha256`` leaves out when it was made."""

    controller: str
    certificate_id: str
    made: datetime
    facts_sha256: str
    sha256: str
    entry_id: str
    body: str


def one(conn: sa.Connection, controller: str) -> Termination | None:
    """Return the termination of a controller's agreement."""
    query = sa.select(termination).where(termination.c.controller == controller)
    row = conn.execute(query).mappings().one_or_none()
    if row is None:
        return None
    times = {name: read_time(row[name]) if row[name] else None for name in TIMES}
    return Termination(**{**row, **times})


def add(conn: sa.Connection, made: Termination) -> None:
    """Insert a termination."""
    conn.execute(termination.insert().values(**_row(made)))


def move(conn: sa.Connection, before: Termination, after: Termination) -> bool:
    """Write a termination's next state; False when somebody else moved it first."""
    where = (
        termination.c.controller == before.controller,
        termination.c.state == before.state,
        termination.c.asked == before.asked,
    )
    return conn.execute(termination.update().where(*where).values(**_row(after))).rowcount == 1


def add_certificate(conn: sa.Connection, made: Certified) -> None:
    """Insert a certificate."""
    conn.execute(certificate.insert().values(**asdict(made) | {"made": write_time(made.made)}))


def certificates(conn: sa.Connection, controller: str) -> list[Certified]:
    """Return the certificates of a controller, oldest first."""
    query = sa.select(certificate).where(certificate.c.controller == controller)
    rows = conn.execute(query.order_by(certificate.c.made, certificate.c.certificate_id)).mappings()
    return [Certified(**{**row, "made": read_time(row["made"])}) for row in rows]


def _row(found: Termination) -> dict[str, object]:
    row = asdict(found)
    return row | {name: write_time(row[name]) if row[name] else "" for name in TIMES}
