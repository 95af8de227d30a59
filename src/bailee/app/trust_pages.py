"""The public page, as the doors ask for it: made when it is not what is so, and proven (B10)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar, cast

import sqlalchemy as sa

from bailee.access import Caller
from bailee.access.store import within
from bailee.app.control_words import WORDS
from bailee.app.parts import Parts
from bailee.app.reserved import CONTROLLER
from bailee.app.trust_desk import TrustDesk
from bailee.assurance import trust_store as store
from bailee.assurance.commitment import Commitment, Looked, commitments
from bailee.assurance.pages import Pages
from bailee.assurance.trust import Register
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.errors import Failure, Invalid, NotFound, Unavailable

if TYPE_CHECKING:
    from bailee.app.house import House

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


class TrustPages(TrustDesk):
    """Makes and shows the page."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._pages = Pages(self._tell_trust, parts.clock)
        self._making = threading.Lock()

    def trust_page(self) -> str:
        """Return the page as people read it; made first where it is not what is so.

        Raises:
            Unavailable: ``trust.unpublished`` while the linter finds something on it.
        """
        return self._page_standing().html

    def trust_statement(self) -> str:
        """Return the page as programs read it, the very bytes that the log holds a digest of."""
        return self._page_standing().statement

    def trust_proof(self) -> str:
        """Return the proof that the page's digest is in the house's log (C2SP tlog-proof).

        Raises:
            Unavailable: ``ledger.not_signed``: ask again in a second.
        """
        page = self._page_standing()
        if page.proof:
            return page.proof
        try:
            proof = self._page_prove(page.entry_id)
        except (NotFound, Unavailable):
            cast("House", self).settle()
            try:
                proof = self._page_prove(page.entry_id)
            except NotFound:
                raise Unavailable("ledger.not_signed", "Nothing signed covers it yet.") from None
        self.parts.data.write(HOUSE, lambda conn: store.file_proof(conn, page.page_id, proof))
        return self.parts.data.read(HOUSE, lambda conn: store.page(conn, page.page_id)).proof  # type: ignore[union-attr]  # pages are never deleted

    def _page_prove(self, entry_id: str) -> str:
        return self.parts.data.read(
            HOUSE, lambda conn: self.parts.ledger.proof(conn, HOUSE, entry_id)
        )

    def refresh_trust(self) -> None:
        """Make the page again where it lapsed or may have changed; nothing before it was asked for.

        A page that was refused is tried again: with a new day its reasons may be gone.
        """
        head, page = self._page_read()
        fresh = page is not None and write_time(self.parts.clock.now()) < page.until
        if head.state and not (head.state == store.CURRENT and fresh):
            with suppress(Unavailable):  # it was refused, which is on record and shown
                self._page_make()

    def _page_standing(self) -> store.Page:
        found = self._page_living()
        if found is None:
            with self._making:  # the others wait, and read what the first one made
                found = self._page_living() or self._page_make()
        return found

    def _page_living(self) -> store.Page | None:
        head, page = self._page_read()
        if head.state == store.REFUSED:
            raise _unpublished()
        fresh = page is not None and write_time(self.parts.clock.now()) < page.until
        return page if head.state == store.CURRENT and fresh else None

    def _page_read(self) -> tuple[store.Head, store.Page | None]:
        def work(conn: sa.Connection) -> tuple[store.Head, store.Page | None]:
            head = store.head(conn)
            return head, store.page(conn, head.page_id)

        return self.parts.data.read(HOUSE, work)

    def _page_make(self) -> store.Page:
        def work(conn: sa.Connection) -> store.Page | None:
            store.hold(conn)
            try:
                return self._pages.make(conn, self._register(conn))
            except Invalid as failure:
                self._pages.refuse(conn, failure)
                return None

        made = self.parts.data.write(HOUSE, work)
        if made is None:
            raise _unpublished()
        return made

    def _register(self, conn: sa.Connection) -> Register:
        statements, public = store.statements(conn), self.parts.settings.public_url
        concerned = {
            name for one in statements if one.state == "published" for name in one.concerns
        }
        return Register(
            attestations=store.attestations(conn),
            facts=store.facts(conn),
            statements=statements,
            approvals=store.approvals(conn, sorted(concerned)),
            commitments=self._commitments(conn),
            origin=self.parts.settings.origin,
            ask=f"{public.rstrip('/')}/trust/ask" if public.startswith("https://") else "",
        )

    def _commitments(self, conn: sa.Connection) -> tuple[Commitment, ...]:
        """Return what holds for every controller but our own; see ``assurance.commitment``."""
        house, looked = cast("House", self), []
        for row in self.parts.agreements.controllers(conn):
            if row.controller != CONTROLLER and row.status != "destroyed":
                with within(conn, row.controller):
                    looked.append(_duties(house, conn, row.controller))
        return commitments(looked, WORDS, write_time(self.parts.clock.now()))

    def _taking_away(self, caller: Caller, work: Callable[[sa.Connection], T]) -> T:
        """Do what takes something away; the page is made after it, or at the next look."""
        done = self._publishing(caller, work)
        try:
            self._page_make()
        except Failure as failure:
            _LOG.error("trust page: %s", failure.code)
        return done


def _duties(house: House, conn: sa.Connection, controller: str) -> dict[str, Looked]:
    try:
        return house.looked(conn, controller)
    except NotFound:  # its agreement is not in force yet: no duty
        return {}


def _unpublished() -> Unavailable:
    return Unavailable(
        "trust.unpublished",
        "There is no page now: it would claim what does not hold.",
        do="Come back later; its keeper sees why with `bailee trust show`.",
        retryable=False,
    )
