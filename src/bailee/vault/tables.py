"""The vault's tables: which rows there are and what each column may hold.

Rows belong to a controller, whose name begins every key. No column holds a value in clear, nor a
caller's reference or word: values are ciphertext, so are references.

Tables that are read by their whole key are kept in its order (SQLite: without row ids).
"""

from __future__ import annotations

import sqlalchemy as sa

from bailee.db import DATA

subject = sa.Table(
    "vault_subject",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("subject_id", sa.String(32), primary_key=True),
    sa.Column("mark", sa.LargeBinary, nullable=False),  # of the caller's reference
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the reference, under the subject's key
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("key_id", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("category", sa.String(16), nullable=False),
    sa.Column("nationalities", sa.String(64), nullable=False),  # codes, joined by commas
    sa.Column("residence", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("held", sa.Boolean, nullable=False),
    sa.Column("allowing", sa.Text, nullable=False),  # purposes, joined by commas
    sa.Column("created", sa.String(24), nullable=False),
    sa.UniqueConstraint("controller", "mark", "generation", name="vault_subject_reference"),
    sa.Index("vault_subject_key", "controller", "key_id"),
)
sa.Index(  # only a handful of rows at any time
    "vault_subject_erasing",
    subject.c.controller,
    sqlite_where=subject.c.state == "erasing",
    postgresql_where=subject.c.state == "erasing",
)

record = sa.Table(
    "vault_record",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("record_id", sa.String(32), primary_key=True),
    sa.Column("subject_id", sa.String(32), nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("retain_until", sa.String(24)),
    sa.Column("created", sa.String(24), nullable=False),
    sa.Index("vault_record_subject", "controller", "subject_id"),
)
sa.Index(
    "vault_record_retention",
    record.c.controller,
    record.c.retain_until,
    sqlite_where=record.c.retain_until.is_not(None),
    postgresql_where=record.c.retain_until.is_not(None),
)

holding = sa.Table(  # a single value in somebody else's record
    "vault_holding",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("subject_id", sa.String(32), primary_key=True),
    sa.Column("record_id", sa.String(32), primary_key=True),
    sa.Column("element", sa.String(64), primary_key=True),
    sa.Index("vault_holding_record", "controller", "record_id"),
    sqlite_with_rowid=False,
)

blind_index = sa.Table(
    "vault_blind_index",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("element", sa.String(64), primary_key=True),
    sa.Column("mac", sa.LargeBinary(16), primary_key=True),
    sa.Column("record_id", sa.String(32), primary_key=True),
    sa.Column("key_version", sa.Integer, nullable=False),
    sa.Index("vault_blind_index_record", "controller", "record_id"),
    sqlite_with_rowid=False,
)

token = sa.Table(
    "vault_token",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("token", sa.String(32), primary_key=True),
    sa.Column("element", sa.String(64), nullable=False),
    sa.Column("fingerprint", sa.LargeBinary(16)),  # only tokens that equal values share have one
    sa.Column("key_version", sa.Integer),
    sa.Column("created", sa.String(24), nullable=False),
    sqlite_with_rowid=False,
)
sa.Index(
    "vault_token_fingerprint",
    token.c.controller,
    token.c.element,
    token.c.fingerprint,
    unique=True,
    sqlite_where=token.c.fingerprint.is_not(None),
    postgresql_where=token.c.fingerprint.is_not(None),
)

token_format = sa.Table(  # elements whose tokens are not opaque
    "vault_token_format",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("element", sa.String(64), primary_key=True),
    sa.Column("format", sa.String(16), nullable=False),
    sa.Column("changed", sa.String(24), nullable=False),
    sqlite_with_rowid=False,
)

token_holder = sa.Table(
    "vault_token_holder",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("token", sa.String(32), primary_key=True),
    sa.Column("record_id", sa.String(32), primary_key=True),
    sa.Column("element", sa.String(64), primary_key=True),
    sa.Column("subject_id", sa.String(32), nullable=False),
    sa.Index("vault_token_holder_record", "controller", "record_id"),
    sqlite_with_rowid=False,
)

idempotency = sa.Table(
    "vault_idempotency",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("mark", sa.LargeBinary, primary_key=True),  # of who called, and the call's own key
    sa.Column("body", sa.LargeBinary, nullable=False),  # its mark
    sa.Column("answer", sa.LargeBinary, nullable=False),  # ids and tokens, no words of the caller
    sa.Column("expires", sa.String(24), nullable=False),
    sa.Index("vault_idempotency_expires", "controller", "expires"),
)

customer_password = sa.Table(  # a hash, sealed under the key of whose password it is of
    "customer_password",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("subject_id", sa.String(32), primary_key=True),
    sa.Column("password_id", sa.String(32), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("since", sa.String(24), nullable=False),
    sqlite_with_rowid=False,
)

customer_password_tries = sa.Table(  # of a subject's, of nobody's, and wrong ones of a caller
    "customer_password_tries",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("whose", sa.String(64), primary_key=True),
    sa.Column("failed", sa.BigInteger, nullable=False),
    sa.Column("at", sa.String(24), nullable=False),
    sqlite_with_rowid=False,
)

honey = sa.Table(  # which records are honey: one sealed list of a fixed size
    "vault_honey",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("key_id", sa.String(64), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

kept = sa.Table(  # what a law obliges us to keep after the end of an agreement
    "vault_kept",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("kept_id", sa.String(32), primary_key=True),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("elements", sa.Text, nullable=False),  # names and families, joined by spaces
    sa.Column("records", sa.Text, nullable=False),  # ids, joined by spaces; empty: all
    sa.Column("until", sa.String(24), nullable=False),
    sa.Column("noted", sa.String(24), nullable=False),
    sa.Column("noted_by", sa.String(64), nullable=False),
    sqlite_with_rowid=False,
)

alarm = sa.Table(  # a touch of honey, by the entry of the call; which record stands in no column
    "honey_alarm",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("alarm_id", sa.String(32), primary_key=True),
    sa.Column("entry_id", sa.String(64), nullable=False),
    sa.Column("principal", sa.String(64), nullable=False),
    sa.Column("through", sa.String(64), nullable=False),  # the service that acted for the principal
    sa.Column("verb", sa.String(32), nullable=False),
    sa.Column("raised", sa.String(24), nullable=False),
    sa.Column("due", sa.String(24), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("records", sa.LargeBinary, nullable=False),  # ids, sealed as an entry's opening is
    sa.Column("assessed_by", sa.String(64), nullable=False),
    sa.Column("assessed", sa.String(24), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("honey_alarm_state", "controller", "state"),
)

epoch = sa.Table(  # counts changes of subjects, so that every process drops what it remembers
    "vault_epoch",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("epoch", sa.Integer, nullable=False),
)
