"""The SQL of consents and disclosures; all of it stands in a controller's own rows.

``store`` says what every function here relies on: one epoch row, and row-level security.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bailee.access.consent import Consent
from bailee.access.disclosure import Disclosure
from bailee.access.store import read_all, read_one, within
from bailee.access.tables import CONSENT, DISCLOSURE, to_row
from bailee.canonical import encode


def add_consent(conn: sa.Connection, consent: Consent) -> None:
    """Insert a consent."""
    with within(conn, consent.controller):
        conn.execute(sa.insert(CONSENT).values(to_row(consent)))


def consents(conn: sa.Connection, controller: str) -> list[Consent]:
    """Return a controller's consents, oldest first."""
    query = (
        sa.select(CONSENT)
        .where(CONSENT.c.controller == controller)
        .order_by(CONSENT.c.created, CONSENT.c.consent_id)
    )
    with within(conn, controller):
        return read_all(conn, Consent, query)


def consent(conn: sa.Connection, controller: str, consent_id: str) -> Consent | None:
    """Return one consent."""
    where = (CONSENT.c.controller == controller) & (CONSENT.c.consent_id == consent_id)
    with within(conn, controller):
        return read_one(conn, Consent, sa.select(CONSENT).where(where))


def move_consent(conn: sa.Connection, before: Consent, after: Consent) -> bool:
    """Move a consent; False when somebody else moved it first."""
    where = (
        (CONSENT.c.controller == before.controller)
        & (CONSENT.c.consent_id == before.consent_id)
        & (CONSENT.c.state == before.state)
    )
    row = to_row(after)
    moved = ("state", "confirmed_by", "confirmed", "revoked_by", "revoked")
    change = sa.update(CONSENT).where(where).values({name: row[name] for name in moved})
    with within(conn, before.controller):
        return conn.execute(change).rowcount == 1


def add_disclosure(conn: sa.Connection, disclosure: Disclosure) -> None:
    """Insert a disclosure."""
    with within(conn, disclosure.controller):
        conn.execute(sa.insert(DISCLOSURE).values(to_row(disclosure)))


def disclosures(conn: sa.Connection, controller: str) -> list[Disclosure]:
    """Return a controller's disclosures, oldest first."""
    query = (
        sa.select(DISCLOSURE)
        .where(DISCLOSURE.c.controller == controller)
        .order_by(DISCLOSURE.c.opened, DISCLOSURE.c.disclosure_id)
    )
    with within(conn, controller):
        return read_all(conn, Disclosure, query)


def disclosure(conn: sa.Connection, controller: str, disclosure_id: str) -> Disclosure | None:
    """Return one disclosure."""
    mine = DISCLOSURE.c.controller == controller
    where = mine & (DISCLOSURE.c.disclosure_id == disclosure_id)
    with within(conn, controller):
        return read_one(conn, Disclosure, sa.select(DISCLOSURE).where(where))


def count_call(
    conn: sa.Connection, one: Disclosure, records: int, consents: tuple[str, ...]
) -> bool:
    """Count a call's records upon an open disclosure; False when it has ended meanwhile.

    Calls of one disclosure follow one another here until each is committed.
    """
    values: dict[str, Any] = {
        "calls": DISCLOSURE.c.calls + 1,
        "records": DISCLOSURE.c.records + records,
    }
    if consents != one.consents:
        values["consents"] = encode(consents).decode("ascii")
    change = sa.update(DISCLOSURE).where(_open(one)).values(values)
    with within(conn, one.controller):
        return conn.execute(change).rowcount == 1


def end_disclosure(conn: sa.Connection, after: Disclosure) -> bool:
    """End an open disclosure; False when somebody else ended it first."""
    row = to_row(after)
    moved = ("state", "ended", "parts", "written", "manifest_sha256")
    change = sa.update(DISCLOSURE).where(_open(after))
    with within(conn, after.controller):
        return conn.execute(change.values({name: row[name] for name in moved})).rowcount == 1


def file_entry(conn: sa.Connection, one: Disclosure, **entry: str) -> None:
    """Note the id of an entry: ``opened_entry`` or ``ended_entry``."""
    mine = DISCLOSURE.c.controller == one.controller
    where = mine & (DISCLOSURE.c.disclosure_id == one.disclosure_id)
    with within(conn, one.controller):
        conn.execute(sa.update(DISCLOSURE).where(where).values(entry))


def _open(one: Disclosure) -> sa.ColumnElement[bool]:
    return (
        (DISCLOSURE.c.controller == one.controller)
        & (DISCLOSURE.c.disclosure_id == one.disclosure_id)
        & (DISCLOSURE.c.state == "open")
    )
