"""Tables of terminations and their certificates; a controller's rows, which outlive its data."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.db import DATA

CODES = [
    "termination_id",
    "state",
    "choice",
    "chosen_by",
    "side",
    "given_by",
    "text_sha256",
    "consent_id",
    "disclosure_id",
    "manifest_sha256",
    "packed_by",
    "received_by",
    "received_given_by",
    "received_sha256",
    "ordered_by",
    "ordered_entry",
    "ordered_leaf",
    "scope",
    "done_entry",
]
TIMES = [
    "ended",
    "opened",
    "chosen",
    "asked_at",
    "packed",
    "received",
    "ordered",
    "destroyed",
    "rows_gone",
    "lapsed",
]
TEXTS = ["reference", "received_reference", "packed_values", "stock", "key_names"]
COUNTS = ["asked", "packed_records", "keys", "rows"]

termination = sa.Table(
    "privacy_termination",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True, nullable=False),
    *(sa.Column(name, sa.String(64), nullable=False) for name in CODES),
    *(sa.Column(name, sa.String(24), nullable=False) for name in TIMES),
    *(sa.Column(name, sa.Text, nullable=False) for name in TEXTS),
    *(sa.Column(name, sa.BigInteger, nullable=False) for name in COUNTS),
)
certificate = sa.Table(
    "privacy_certificate",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True, nullable=False),
    sa.Column("certificate_id", sa.String(64), primary_key=True, nullable=False),
    sa.Column("made", sa.String(24), nullable=False),
    sa.Column("facts_sha256", sa.String(64), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("entry_id", sa.String(64), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
