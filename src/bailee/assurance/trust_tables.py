"""The tables of the trust page. All rows are the house's, but a controller's own approvals.

Times and days are text (RFC 3339), so that they compare as they are; a missing one is ''.
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


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


ATTESTATION = sa.Table(
    "trust_attestation",
    DATA,
    _column("controller", key=True),
    _column("attestation_id", key=True),
    _column("kind"),
    _column("standard"),
    _column("version"),
    _text("issuer"),
    _text("legal_name"),
    _time("issued"),
    _time("period_start"),
    _time("period_end"),
    _text("scope"),
    _time("until"),
    _column("document_sha256"),
    sa.Column("held", sa.Boolean, nullable=False),
    _time("recorded"),
    _column("recorded_by"),
    _column("state"),
    _column("entry_id"),
)
REPORT = sa.Table(
    "trust_report",
    DATA,
    _column("controller", key=True),
    _column("attestation_id", key=True),
    _column("key_id"),
    _bytes("sealed"),
)
FACT = sa.Table(
    "trust_fact",
    DATA,
    _column("controller", key=True),
    _column("fact_id", key=True),
    _column("kind"),
    _text("body"),
    _time("until"),
    _time("recorded"),
    _column("recorded_by"),
    _column("state"),
    _column("entry_id"),
)
STATEMENT = sa.Table(
    "trust_statement",
    DATA,
    _column("controller", key=True),
    _column("statement_id", key=True),
    _text("text"),
    _column("text_sha256"),
    _text("concerns"),
    _time("until"),
    _time("drafted"),
    _column("drafted_by"),
    _time("published"),
    _column("published_by"),
    _column("state"),
    _column("entry_id"),
)
APPROVAL = sa.Table(
    "trust_approval",
    DATA,
    _column("controller", key=True),
    _column("approval_id", key=True),
    _column("statement_id"),
    _column("text_sha256"),
    _time("given"),
    _column("given_by"),
    _column("state"),
    sa.Index("trust_approval_of", "controller", "statement_id"),
)
REQUEST = sa.Table(
    "trust_request",
    DATA,
    _column("controller", key=True),
    _column("request_id", key=True),
    _column("attestation_id"),
    _column("of"),
    _column("nda_sha256"),
    _column("signature_sha256"),
    _column("key_id"),
    _bytes("sealed"),
    _column("recipient"),
    _time("asked"),
    _column("decided_by"),
    _bytes("code"),
    _time("code_until"),
    _time("keep_until"),
    _column("state"),
    sa.Index("trust_request_state", "controller", "state", "keep_until"),
)
KNOCK = sa.Table(
    "trust_knock",
    DATA,
    _column("controller", key=True),
    _column("mark", key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
    _time("at"),
)
PAGE = sa.Table(
    "trust_page",
    DATA,
    _column("controller", key=True),
    _column("page_id", key=True),
    _column("sha256"),
    _column("content_sha256"),
    _text("statement"),
    _text("html"),
    _time("generated"),
    _time("until"),
    _column("entry_id"),
    _text("proof"),
)
HEAD = sa.Table(
    "trust_head",
    DATA,
    _column("controller", key=True),
    _column("page_id"),
    _column("state"),
    _text("findings"),
)
