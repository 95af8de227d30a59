"""The SQL of engagements, samples and packs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee import canonical
from bailee.assurance.engagement import Engagement
from bailee.assurance.sample import Draw, Sample
from bailee.assurance.tables import engagement, pack, sample
from bailee.clock import read_time, write_time

_TIMES = frozenset(("since", "until", "noticed", "silence", "answered", "closed"))


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was made, as stored."""

    pack_id: str
    controller: str
    engagement_id: str
    made_by: str
    created: datetime
    manifest_sha256: str
    certificate_sha256: str
    files: int
    entry_id: str


def add_engagement(conn: sa.Connection, one: Engagement) -> None:
    """Insert an engagement."""
    conn.execute(engagement.insert().values(**_row(one)))


def move_engagement(conn: sa.Connection, before: Engagement, after: Engagement) -> bool:
    """Write an engagement's next state; False when somebody else moved it first."""
    change = engagement.update().where(
        _is(before.controller, before.engagement_id) & (engagement.c.state == before.state)
    )
    counts = {"views", "refused"}
    moved = {name: value for name, value in _row(after).items() if name not in counts}
    return conn.execute(change.values(**moved)).rowcount == 1


def count_engagement(conn: sa.Connection, one: Engagement, *, refused: bool) -> None:
    """Count an answer that the auditor got, or a request that was refused."""
    column = engagement.c.refused if refused else engagement.c.views
    change = engagement.update().where(_is(one.controller, one.engagement_id))
    conn.execute(change.values({column: column + 1}))


def one_engagement(conn: sa.Connection, controller: str, engagement_id: str) -> Engagement | None:
    """Return one engagement."""
    query = sa.select(engagement).where(_is(controller, engagement_id))
    row = conn.execute(query).mappings().one_or_none()
    return None if row is None else _engagement(row)


def engagements(conn: sa.Connection, controller: str, auditor: str = "") -> list[Engagement]:
    """Return a controller's engagements, perhaps of one auditor, by their notice."""
    where = engagement.c.controller == controller
    if auditor:
        where &= engagement.c.auditor == auditor
    order = engagement.c.noticed, engagement.c.engagement_id
    query = sa.select(engagement).where(where).order_by(*order)
    return [_engagement(row) for row in conn.execute(query).mappings()]


def add_sample(conn: sa.Connection, one: Sample) -> None:
    """Insert a sample."""
    conn.execute(
        sample.insert().values(
            controller=one.controller,
            sample_id=one.sample_id,
            engagement_id=one.engagement_id,
            drawn_by=one.drawn_by,
            created=write_time(one.created),
            population=one.draw.population,
            size=one.draw.size,
            seed=one.draw.seed,
            bounds=canonical.encode([list(pair) for pair in one.bounds]).decode(),
            count=one.count,
            chosen=" ".join(one.chosen),
            entry_id=one.entry_id,
        )
    )


def samples(conn: sa.Connection, controller: str, engagement_id: str = "") -> list[Sample]:
    """Return a controller's samples, perhaps of one engagement, oldest first."""
    where = sample.c.controller == controller
    if engagement_id:
        where &= sample.c.engagement_id == engagement_id
    query = sa.select(sample).where(where).order_by(sample.c.created, sample.c.sample_id)
    return [
        Sample(
            sample_id=row.sample_id,
            controller=row.controller,
            engagement_id=row.engagement_id,
            drawn_by=row.drawn_by,
            created=read_time(row.created),
            draw=Draw(row.population, row.size, row.seed),
            bounds=tuple((log, size) for log, size in canonical.decode(row.bounds.encode())),
            count=row._mapping["count"],  # noqa: SLF001 - a row is a tuple, which has a count too
            chosen=tuple(row.chosen.split()),
            entry_id=row.entry_id,
        )
        for row in conn.execute(query)
    ]


def add_pack(conn: sa.Connection, one: Pack) -> None:
    """Insert a pack."""
    values = {item.name: getattr(one, item.name) for item in fields(one)}
    conn.execute(pack.insert().values(**values | {"created": write_time(one.created)}))


def packs(conn: sa.Connection, controller: str, engagement_id: str = "") -> list[Pack]:
    """Return the packs that were made of a controller, oldest first."""
    where = pack.c.controller == controller
    if engagement_id:
        where &= pack.c.engagement_id == engagement_id
    query = sa.select(pack).where(where).order_by(pack.c.created, pack.c.pack_id)
    return [
        Pack(**dict(row) | {"created": read_time(row["created"])})
        for row in conn.execute(query).mappings()
    ]


def _is(controller: str, engagement_id: str) -> sa.ColumnElement[bool]:
    return (engagement.c.controller == controller) & (engagement.c.engagement_id == engagement_id)


def _row(one: Engagement) -> dict[str, Any]:
    row = {item.name: getattr(one, item.name) for item in fields(one)}
    return row | {name: write_time(row[name]) if row[name] else "" for name in _TIMES}


def _engagement(row: sa.RowMapping) -> Engagement:
    times = {name: read_time(row[name]) if row[name] else None for name in _TIMES}
    return Engagement(**{**dict(row), **times})
