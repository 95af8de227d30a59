"""Bring a database from empty, or from any earlier release, to what this release expects.

The two databases (data, keys) have a history each, in the folder of their name. A step is frozen
once released: it repeats the shape of its tables instead of importing them, and a test compares
the end of each history with the tables the packages declare.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bailee.errors import Broken
from bailee.migrations.statistics import assume

HISTORIES = ("data", "keys")


def _script(history: str) -> ScriptDirectory:
    return ScriptDirectory(
        str(Path(__file__).parent / history),
        version_locations=[str(Path(__file__).parent / history)],
    )


@cache
def newest(history: str) -> str | None:
    """Return the last step of a history, None while it has none."""
    return _script(history).get_current_head()


def migrate(engine: sa.Engine, history: str) -> None:
    """Run every step that the database has not seen, in one transaction.

    If the process dies here the transaction is gone and the next start runs the same steps.

    Args:
        engine: connected as the owner of the tables.
        history: ``data`` or ``keys``.
    """
    script = _script(history)

    def steps(revision: object, _context: object) -> object:
        return script._upgrade_revs("head", revision)  # type: ignore[arg-type]  # noqa: SLF001 - what `alembic upgrade` itself calls

    with (
        engine.begin() as conn,
        EnvironmentContext(Config(), script, fn=steps) as environment,
    ):
        environment.configure(connection=conn, target_metadata=None)
        environment.run_migrations()
        assume(conn)


def require_current(engine: sa.Engine, history: str) -> None:
    """Refuse to work on a database of another release.

    Raises:
        Broken: ``db.version`` when the database is older or newer than this release.
    """
    with engine.connect() as conn:
        found = MigrationContext.configure(conn).get_current_revision()
    if found != newest(history):
        raise Broken(
            "db.version",
            f"The {history} database does not have the shape this release expects.",
            do="Run `bailee migrate` with the release you mean to serve.",
        )
