"""The SQL of texts and acknowledgements: rows that are inserted and never changed.

The undertaking and its signatures are the house's rows, procedures are their controller's;
``store`` says what every function here relies on.
"""

from __future__ import annotations

import sqlalchemy as sa

from bailee.access.store import read_all, within
from bailee.access.tables import to_row
from bailee.access.training import Acknowledgement, Standing, Text, Version
from bailee.access.training_tables import ACKNOWLEDGEMENT, TEXT


def texts(conn: sa.Connection, controller: str) -> list[Text]:
    """Return every version published at a place, oldest first."""
    query = sa.select(TEXT).where(TEXT.c.controller == controller).order_by(TEXT.c.version)
    with within(conn, controller):
        return read_all(conn, Text, query)


def add_text(conn: sa.Connection, text: Text) -> None:
    """Insert a version."""
    with within(conn, text.controller):
        conn.execute(sa.insert(TEXT).values(to_row(text)))


def add_acknowledgement(conn: sa.Connection, one: Acknowledgement) -> None:
    """Insert an acknowledgement."""
    with within(conn, one.controller):
        conn.execute(sa.insert(ACKNOWLEDGEMENT).values(to_row(one)))


def standing(conn: sa.Connection, controller: str, principal_id: str) -> Standing:
    """Return what was published at a place, and what somebody acknowledged of it."""
    where = (ACKNOWLEDGEMENT.c.controller == controller) & (
        ACKNOWLEDGEMENT.c.principal == principal_id
    )
    query = sa.select(ACKNOWLEDGEMENT).where(where).order_by(ACKNOWLEDGEMENT.c.at)
    columns = TEXT.c.version, TEXT.c.text_sha256, TEXT.c.due
    versions = sa.select(*columns).where(TEXT.c.controller == controller).order_by(TEXT.c.version)
    with within(conn, controller):
        mine = read_all(conn, Acknowledgement, query)
        return Standing(tuple(read_all(conn, Version, versions)), tuple(mine))
