"""Sabotages of rows that name nobody, and of the index behind accountings (C7.2(3), C2.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import sqlalchemy as sa

from bailee.access import disclosures
from bailee.privacy import deidentifications
from bailee.privacy.accounting_tables import LINE
from bailee.privacy.anonymity import Chosen, Row, choose
from tests.sabotage.stage import CONTROLLER, Stage, broken


def classes_of_one(stage: Stage) -> AbstractContextManager[None]:
    """Let a class be of one person."""
    del stage

    def alone(rows: Sequence[Row], places: Sequence[int], k: int, *, small: str) -> Chosen:
        del k
        return choose(rows, places, 1, small=small)

    return broken(deidentifications, "choose", alone)


def undertakings_unchecked(stage: Stage) -> AbstractContextManager[None]:
    """Let rows leave for whoever undertook nothing."""
    del stage
    return broken(disclosures, "check_undertaken", lambda _consents: None)


@contextmanager
def index_invented(stage: Stage) -> Iterator[None]:
    """Let the index lead to an entry that tells of nobody."""
    data, ledger = stage.house.parts.data, stage.house.parts.ledger
    mine = (LINE.c.controller == CONTROLLER) & (LINE.c.named == "0" * 32)

    def put(conn: sa.Connection) -> None:
        log = next(one.log for one in ledger.logs(conn, CONTROLLER) if one.signed)
        conn.execute(
            LINE.insert().values(
                controller=CONTROLLER, kind="subject", named="0" * 32, log=log, idx=0
            )
        )

    data.write(CONTROLLER, put)
    try:
        yield
    finally:
        data.write(CONTROLLER, lambda conn: conn.execute(LINE.delete().where(mine)))
