"""Making the page: composed, linted, recorded, kept; and its proof (B10).

A page that would say what the page before says is not made again, so its bytes stay the same. If
the process dies before the commit there is no page and no entry; after it there are both. The
proof comes when the entry is in a signed tree, and the first one is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

import sqlalchemy as sa

from bailee.assurance import trust_store as store
from bailee.assurance.trust import Register, Said, check_page, compose
from bailee.assurance.trust_acts import Record
from bailee.assurance.trust_page import render
from bailee.canonical import encode
from bailee.clock import Clock, write_time
from bailee.db import HOUSE
from bailee.errors import Invalid

PUBLISHED = "assurance:page:published"
MACHINE = {"kind": "machine", "principal_id": "trust-page"}


class Pages:
    """Makes pages; arguments as ``TrustActs``. Whoever calls holds the head."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    def make(
        self, conn: sa.Connection, register: Register, actor: Mapping[str, str] = MACHINE
    ) -> store.Page:
        """Return the page that says what is so now: the one there is, or a new one.

        Raises:
            Invalid: ``trust.claim`` when the linter finds something on it.
        """
        now = write_time(self._clock.now())
        said = compose(register, now)
        before = store.page(conn, store.head(conn).page_id)
        if before is not None and before.content_sha256 == said.sha256 and now < before.until:
            store.set_head(conn, store.Head(before.page_id, store.CURRENT))
            return before
        made = self._page(conn, said, now, actor)
        store.add_page(conn, made)
        store.set_head(conn, store.Head(made.page_id, store.CURRENT))
        return made

    def _page(
        self, conn: sa.Connection, said: Said, now: str, actor: Mapping[str, str]
    ) -> store.Page:
        statement = {**said.content, "generated": now, "until": said.until}
        html, text = render(statement), encode(statement)
        check_page(html.encode("utf-8"), now, said.evidence)
        sha256, page_id = hashlib.sha256(text).hexdigest(), secrets.token_hex(16)
        receipt = self._record(
            conn,
            action=PUBLISHED,
            controller=HOUSE,
            detail={"page": page_id, "statement_sha256": sha256},
            actor=dict(actor),
        )
        return store.Page(
            page_id=page_id,
            sha256=sha256,
            content_sha256=said.sha256,
            statement=text.decode("ascii"),
            html=html,
            generated=now,
            until=said.until,
            entry_id=receipt.entry_id,
        )

    def refuse(self, conn: sa.Connection, failure: Invalid) -> None:
        """Say that there is no page, because of what the linter found; on record once for each."""
        before = store.head(conn)
        if before.findings != failure.says:
            self._record(
                conn,
                action="assurance:page:refused",
                controller=HOUSE,
                decision="refused",
                detail={"code": failure.code},
                actor=MACHINE,
            )
        store.set_head(conn, store.Head(before.page_id, store.REFUSED, failure.says))
