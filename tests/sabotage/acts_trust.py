"""Sabotages of public words (C9)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

from bailee.assurance import statements, trust_store
from bailee.assurance.statement import Statement, digest
from bailee.assurance.trust_tables import STATEMENT
from bailee.clock import write_time
from bailee.db import HOUSE
from tests.sabotage.stage import CONTROLLER, Stage, broken


def approvals_unchecked(_stage: Stage) -> AbstractContextManager[None]:
    """Publish whatever anybody approved."""
    return broken(statements, "check_approved", lambda *_asked: None)


@contextmanager
def word_without_approval(stage: Stage) -> Iterator[None]:
    """Write into the database that a statement was published which nobody approved."""
    parts = stage.house.parts
    now = parts.clock.now()
    said = Statement(
        statement_id="s1",
        text="It is over.",
        text_sha256=digest("It is over."),
        concerns=(CONTROLLER,),
        until=(now + timedelta(days=1)).date().isoformat(),
        drafted=write_time(now),
        drafted_by=stage.people["Bram Okafor"].principal_id,
        state="published",
    )
    parts.data.write(HOUSE, lambda conn: trust_store.add_statement(conn, said))
    try:
        yield
    finally:
        gone = STATEMENT.delete().where(STATEMENT.c.statement_id == "s1")
        parts.data.write(HOUSE, lambda conn: conn.execute(gone))
