"""Tables of the accounting: an index into the ledger, suspensions, exports that name nobody.

The index holds random ids and places alone; it is made of openings and can be made of them again.
It outlives an erasure, as they do.
"""

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


LINE = sa.Table(
    "accounting_line",
    DATA,
    _column("controller", key=True),
    _column("kind", key=True),
    _column("named", key=True),
    sa.Column("log", sa.String(255), primary_key=True, nullable=False),
    sa.Column("idx", sa.BigInteger, primary_key=True, autoincrement=False, nullable=False),
)
"""Which entries tell of a subject's disclosures, or of a consent."""

PLACE = sa.Table(
    "accounting_place",
    DATA,
    _column("controller", key=True),
    sa.Column("log", sa.String(255), primary_key=True, nullable=False),
    _count("upto"),
)
"""How far each log was read."""

SUSPENSION = sa.Table(
    "accounting_suspension",
    DATA,
    _column("controller", key=True),
    _column("suspension_id", key=True),
    _text("agency"),
    _text("official"),
    _text("reference"),
    _column("text_sha256"),
    _text("consents"),
    _column("subject_id"),
    _time("since"),
    _time("until"),
    _time("recorded"),
    _column("recorded_by"),
    _column("state"),
    _time("confirmed"),
    _column("confirmed_by"),
    _time("lifted"),
    _column("lifted_by"),
)

EXPORT = sa.Table(
    "deidentified_export",
    DATA,
    _column("controller", key=True),
    _column("disclosure_id", key=True),
    _time("made"),
    _column("made_by"),
    _count("k"),
    _column("k_from"),
    _column("small"),
    _text("kept"),
    _text("quasi"),
    _text("dropped"),
    _count("written"),
    _count("people"),
    _count("classes"),
    _count("smallest"),
    _count("suppressed"),
    _count("small_classes"),
    _count("withheld"),
    _column("entry_id"),
)
