"""Tables of engagements, samples and packs; a controller's rows, never deleted before it ends."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.db import DATA


def _column(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(24), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


engagement = sa.Table(
    "audit_engagement",
    DATA,
    _column("controller", key=True),
    _column("engagement_id", key=True),
    _column("auditor"),
    _column("reason"),
    _time("since"),
    _time("until"),
    _time("noticed"),
    _time("silence"),
    _column("state"),
    _column("side"),
    _column("asked_by"),
    _text("basis"),
    _column("given_by"),
    _text("reference"),
    _column("text_sha256"),
    _column("answered_by"),
    _time("answered"),
    _text("answer"),
    _column("closed_by"),
    _time("closed"),
    _count("views"),
    _count("refused"),
    sa.Index("audit_engagement_auditor", "controller", "auditor"),
)
sample = sa.Table(
    "audit_sample",
    DATA,
    _column("controller", key=True),
    _column("sample_id", key=True),
    _column("engagement_id"),
    _column("drawn_by"),
    _time("created"),
    _column("population"),
    _count("size"),
    _column("seed"),
    _text("bounds"),
    _count("count"),
    _text("chosen"),
    _column("entry_id"),
)
pack = sa.Table(
    "audit_pack",
    DATA,
    _column("controller", key=True),
    _column("pack_id", key=True),
    _column("engagement_id"),
    _column("made_by"),
    _time("created"),
    _column("manifest_sha256"),
    _column("certificate_sha256"),
    _count("files"),
    _column("entry_id"),
)
