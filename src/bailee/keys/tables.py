"""Tables of the key database.

It is another database than the data's, backed up apart. The first column of every key is the
controller; rows of no controller (the root's check, log keys, guards, the list of holders) stand
under ``HOUSE``.
"""

from __future__ import annotations

import sqlalchemy as sa

from bailee.db import KEYS

_controller = sa.String(64)
_time = sa.String(24)

key_holder = sa.Table(
    "key_holder",
    KEYS,
    sa.Column("controller", _controller, primary_key=True),  # always HOUSE
    sa.Column("name", _controller, primary_key=True),
    sa.Column("created", _time, nullable=False),
)
key_epoch = sa.Table(
    "key_epoch",
    KEYS,
    sa.Column("controller", _controller, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
controller_key = sa.Table(
    "controller_key",
    KEYS,
    sa.Column("controller", _controller, primary_key=True),
    sa.Column("purpose", sa.String(16), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.String(8), nullable=False),  # current | old
    sa.Column("created", _time, nullable=False),
)
subject_key = sa.Table(
    "subject_key",
    KEYS,
    sa.Column("controller", _controller, primary_key=True),
    sa.Column("key_id", sa.String(32), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("under_version", sa.Integer, nullable=False),
    sa.Column("created", _time, nullable=False),
    sqlite_with_rowid=False,  # one tree instead of two: rows are found by their key only
)
log_key = sa.Table(
    "log_key",
    KEYS,
    sa.Column("controller", _controller, primary_key=True),  # always HOUSE
    sa.Column("log", sa.String(255), primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("created", _time, nullable=False),
)
signing_guard = sa.Table(
    "signing_guard",
    KEYS,
    sa.Column("controller", _controller, primary_key=True),  # always HOUSE
    sa.Column("log", sa.String(255), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
)
root_check = sa.Table(
    "root_check",
    KEYS,
    sa.Column("controller", _controller, primary_key=True),  # always HOUSE
    sa.Column("root", sa.String(64), nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("created", _time, nullable=False),
)
held_root = sa.Table(
    "held_root",
    KEYS,
    sa.Column("controller", _controller, primary_key=True),  # always HOUSE
    sa.Column("name", _controller, primary_key=True),  # the controller that holds it
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("root", sa.String(64), nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("created", _time, nullable=False),
)
root_unwrap = sa.Table(
    "root_unwrap",
    KEYS,
    sa.Column("controller", _controller, primary_key=True),  # always HOUSE
    sa.Column("unwrap_id", sa.String(32), primary_key=True),
    sa.Column("root", sa.String(64), nullable=False),
    sa.Column("begun", _time, nullable=False),
    sa.Column("request", sa.String(64), nullable=False),  # '' until the provider answered
    sa.Index("root_unwrap_begun", "controller", "begun"),
)
tombstone = sa.Table(
    "tombstone",
    KEYS,
    sa.Column("controller", _controller, primary_key=True),
    sa.Column("key_id", sa.String(64), primary_key=True),
    sa.Column("destroyed_at", _time, nullable=False),
    sa.Column("entry_hash", sa.String(64), nullable=False),
)
intent = sa.Table(
    "intent",
    KEYS,
    sa.Column("controller", _controller, primary_key=True),
    sa.Column("intent_id", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("created", _time, nullable=False),
    sa.Index("intent_state", "controller", "state"),
)
mirror_mark = sa.Table(
    "mirror_mark",
    KEYS,
    sa.Column("controller", _controller, primary_key=True),  # always HOUSE
    sa.Column("place", sa.String(64), primary_key=True),  # a hash of the mirror's address
    sa.Column("lines", sa.BigInteger, nullable=False),  # deaths that it acknowledged
)
