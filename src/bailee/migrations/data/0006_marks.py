"""References and calls are found by marks, which can be renewed, instead of keyed digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.errors import Refused

revision = "0006_marks"
down_revision = "0005_vouching"
branch_labels = None
depends_on = None

RENAMED = (
    ("vault_subject", "ref_mac", "mark"),
    ("vault_idempotency", "key_mac", "mark"),
    ("vault_idempotency", "body_mac", "body"),
)


def upgrade() -> None:
    """Rename the columns; calls that were remembered are not remembered any more.

    Raises:
        Refused: ``migrate.marks`` where subjects stand: nothing leads from a digest to a mark, so
            they would not be found by their references any more.
    """
    postgres = op.get_bind().dialect.name == "postgresql"
    for name in ("vault_subject", "vault_idempotency"):
        if postgres:  # its owner sees all rows while the walls are not forced upon it
            op.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
    if op.get_bind().execute(sa.text("SELECT 1 FROM vault_subject LIMIT 1")).first():
        raise Refused(
            "migrate.marks",
            "This database holds subjects whose references cannot be brought to the new form.",
            do="Export the values with the release that wrote them, and import them into a new "
            "home.",
        )
    op.execute("DELETE FROM vault_idempotency")
    for table, before, after in RENAMED:
        op.alter_column(table, before, new_column_name=after)
    for name in ("vault_subject", "vault_idempotency"):
        if postgres:
            op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
