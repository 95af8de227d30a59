"""Where simulated ledgers keep their facts: a table of the tests' own, on both engines.

It has its own metadata, so that the house's tables stay what the house declares; the fixtures
create it beside them, in the role the server runs in.
"""

from __future__ import annotations

import sqlalchemy as sa

SIMULATED = sa.MetaData()

ENTRIES = sa.Table(
    "ledger_simulated",
    SIMULATED,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("fact", sa.LargeBinary, nullable=False),
)
