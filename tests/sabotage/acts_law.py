"""Sabotages of the register of laws."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

import sqlalchemy as sa

from bailee.agreement import Signatory, laws
from bailee.agreement.law_store import COMPARISON, LAW
from bailee.app.password_rules import Rules
from tests.sabotage.stage import CONTROLLER, Stage, broken


@contextmanager
def _without(stage: Stage, table: sa.Table) -> Iterator[None]:
    """Take the controller's rows out of a table, and put them back."""
    data, mine = stage.house.parts.data, table.c.controller == CONTROLLER

    def take(conn: sa.Connection) -> list[dict[str, object]]:
        rows = [dict(row) for row in conn.execute(sa.select(table).where(mine)).mappings()]
        conn.execute(sa.delete(table).where(mine))
        return rows

    rows = data.write(CONTROLLER, take)
    assert rows
    try:
        yield
    finally:
        data.write(CONTROLLER, lambda conn: conn.execute(sa.insert(table), rows))


def laws_forgotten(stage: Stage) -> AbstractContextManager[None]:
    """Empty the register in the database."""
    return _without(stage, LAW)


def laws_unread(stage: Stage) -> AbstractContextManager[None]:
    """Take away that anybody compared a law with its text."""
    return _without(stage, COMPARISON)


def anybody_ends(_stage: Stage) -> AbstractContextManager[None]:
    """Let everybody end a law, as if they were the controller's representative."""
    theirs = Signatory("nobody", "controller", "Nobody", "")
    return broken(laws, "check_agreement", lambda *_: theirs)


def laxer_than_law(stage: Stage) -> AbstractContextManager[None]:
    """Let the house remember three passwords, where the card standard wants four."""
    rules = stage.house.parts.rules
    before = rules.read

    def read(conn: sa.Connection) -> Rules:
        found = before(conn)
        lax = tuple(
            replace(one, enforced=3) if one.name == "password.history" else one
            for one in found.rules
        )
        return replace(found, rules=lax)

    return broken(rules, "read", read)
