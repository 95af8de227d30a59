"""The control over public words (C9): none on our page before the controller approved exactly it.

It sees the page that we serve. What anybody says elsewhere, no program sees.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Caller
from bailee.app.control import refused
from bailee.assurance import trust_store as store
from bailee.assurance.statement import missing
from bailee.canonical import decode
from bailee.db import HOUSE

if TYPE_CHECKING:
    from bailee.app.house import House

PROBE = Caller("public-communication", "", "machine")
WORDS = "A statement that nobody approved."


class _Undo(Exception):  # noqa: N818 - how an attempt that worked is undone
    """Leaves a transaction that must not commit."""


def public_communication(house: House, controller: str) -> list[str]:
    """Try to publish a word that nobody approved; look at what the page says, and by whose word.

    The draft is undone with the attempt, whichever way that ends.
    """
    until = (house.parts.clock.now() + timedelta(days=1)).date().isoformat()
    acts = house.sayings

    def publishes(conn: sa.Connection) -> None:
        made = acts.draft(conn, PROBE, (WORDS, until), concerns=[controller], known=[controller])
        acts.publish(conn, PROBE, made.statement_id)
        raise _Undo

    def attempt() -> None:
        with suppress(_Undo):
            house.parts.data.write(HOUSE, publishes)

    found = refused(attempt, "statement.unapproved", "statement.without_approval")
    return sorted({*found, *house.parts.data.read(controller, lambda c: _said(c, controller))})


def _said(conn: sa.Connection, controller: str) -> list[str]:
    """Return codes of what is wrong with the words that are public now."""
    approvals, wrong = store.approvals(conn, [controller]), []
    published = [one for one in store.statements(conn) if one.state == "published"]
    page = store.page(conn, store.head(conn).page_id)
    said = decode(page.statement.encode("ascii"))["statements"] if page else []
    if not {one["text_sha256"] for one in said} <= {one.text_sha256 for one in published}:
        wrong.append("statement.not_published")
    mine = [one for one in published if controller in one.concerns]
    if any(missing(one, approvals) == len(one.concerns) for one in mine):  # its own is not there
        wrong.append("statement.approval_gone")
    return wrong
