"""References and calls are found by marks, which can be renewed, instead of keyed digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.errors import Refused
from bailee.migrations.policies import secure

revision = "0006_marks"
down_revision = "0005_vouching"
branch_labels = None
depends_on = None

TABLES = ("vault_idempotency", "vault_subject")


def upgrade() -> None:
    """Make both tables anew; calls that were remembered are not remembered any more.

    Raises:
        Refused: ``migrate.marks`` where subjects stand: nothing leads from a digest to a mark, so
            they would not be found by their references any more.
    """
    if op.get_bind().dialect.name == "postgresql":  # its owner sees all rows without the wall
        op.execute("ALTER TABLE vault_subject NO FORCE ROW LEVEL SECURITY")
    if op.get_bind().execute(sa.text("SELECT 1 FROM vault_subject LIMIT 1")).first():
        raise Refused(
            "migrate.marks",
            "This database holds subjects whose references cannot be brought to the new form.",
            do="Export the values with the release that wrote them and import them into a new one.",
        )
    for table in TABLES:
        op.drop_table(table)
    op.create_table(
        "vault_idempotency",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("expires", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "mark"),
    )
    op.create_index("vault_idempotency_expires", "vault_idempotency", ["controller", "expires"])
    op.create_table(
        "vault_subject",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("nationalities", sa.String(length=64), nullable=False),
        sa.Column("residence", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("allowing", sa.Text(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "subject_id"),
        sa.UniqueConstraint("controller", "mark", "generation", name="vault_subject_reference"),
    )
    op.create_index(
        "vault_subject_erasing",
        "vault_subject",
        ["controller"],
        sqlite_where=sa.text("state = 'erasing'"),
        postgresql_where=sa.text("state = 'erasing'"),
    )
    op.create_index("vault_subject_key", "vault_subject", ["controller", "key_id"])
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
