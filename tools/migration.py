"""Draft a migration from what the packages declare and the histories lack.

Usage: ``python tools/migration.py data|keys SLUG``. Read and tidy the draft before it is released;
after that it is never changed.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext

from bailee.db import DATA, KEYS
from bailee.migrations import migrate, newest

ROOT = Path(__file__).parents[1] / "src" / "bailee" / "migrations"
STORES = ("agreement", "ledger", "keys", "access", "vault", "app")
WALLS = """
from bailee.migrations.policies import secure
from bailee.migrations.triggers import forbid_changes
"""
PAGE = '''"""{slug}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

{extra_import}
revision = "{revision}"
down_revision = {down}
branch_labels = None
depends_on = None

TABLES = ({tables})


def upgrade() -> None:
    """Make the tables{and_walls}."""
    {body}
    {after}


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
'''


def main() -> int:
    """Write the draft."""
    history, slug = sys.argv[1], sys.argv[2]
    for package in STORES:
        importlib.import_module(f"bailee.{package}.store")
    metadata = {"data": DATA, "keys": KEYS}[history]
    engine = sa.create_engine("sqlite://")
    down = newest(history)
    if down:
        migrate(engine, history)
    with engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"target_metadata": metadata})
        script = produce_migrations(context, metadata)
    steps = script.upgrade_ops
    if steps is None:
        raise SystemExit("nothing to migrate")
    body = render_python_code(steps).strip()
    number = int((down or "0000").split("_")[0]) + 1
    revision = f"{number:04d}_{slug}"
    tables = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables) + ","
    walls = history == "data"
    (ROOT / history / f"{revision}.py").write_text(
        PAGE.format(
            slug=slug.capitalize(),
            revision=revision,
            down=f'"{down}"' if down else "None",
            tables=tables,
            body=body,
            and_walls=", the walls between controllers and the triggers" if walls else "",
            extra_import=WALLS if walls else "",
            after="secure(op.get_bind(), TABLES)\n    forbid_changes(op.get_bind())"
            if walls
            else "",
        ),
        "utf-8",
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
