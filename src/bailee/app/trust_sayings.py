"""Statements about incidents, as the doors ask for them: no word without approval (C9, A31)."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import trust_shapes as shapes
from bailee.app import trust_views as views
from bailee.app.parts import RECEIPT, Parts
from bailee.app.reserved import CONTROLLER
from bailee.app.trust_pages import TrustPages
from bailee.assurance import trust_store as store
from bailee.assurance.statements import Statements


class TrustSayings(TrustPages):
    """Acts upon statements."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.sayings = Statements(self._tell_trust, parts.clock)

    def draft_statement(
        self, caller: Caller, body: shapes.NewPublicStatement
    ) -> shapes.PublicStatement:
        """Draft a statement."""

        def work(conn: sa.Connection) -> shapes.PublicStatement:
            known = {
                row.controller
                for row in self.parts.agreements.controllers(conn)
                if row.controller != CONTROLLER
            }
            made = self.sayings.draft(
                conn, caller, (body.text, body.until), concerns=body.concerns, known=known
            )
            return views.statement(made, self._moment(), (), conn.info[RECEIPT])

        return self._publishing(caller, work)

    def publish_statement(self, caller: Caller, item: str) -> shapes.PublicStatement:
        """Say a statement that everybody concerned approved."""

        def work(conn: sa.Connection) -> shapes.PublicStatement:
            made = self.sayings.publish(conn, caller, item)
            entry = conn.info[RECEIPT]
            self._pages.make(conn, self._register(conn), caller.actor())
            approvals = store.approvals(conn, made.concerns)
            return views.statement(made, self._moment(), approvals, entry)

        return self._publishing(caller, work)

    def withdraw_statement(self, caller: Caller, item: str) -> shapes.PublicStatement:
        """Take a statement back."""

        def work(conn: sa.Connection) -> shapes.PublicStatement:
            made = self.sayings.withdraw(conn, caller, item)
            approvals = store.approvals(conn, made.concerns)
            return views.statement(made, self._moment(), approvals, conn.info[RECEIPT])

        return self._taking_away(caller, work)

    def trust_statements(self, caller: Caller, controller: str) -> shapes.OwnStatements:
        """Show a controller the statements that concern it."""

        def work(conn: sa.Connection) -> shapes.OwnStatements:
            self.parts.access.demand(conn, caller, "interpret", controller)
            found = self.sayings.concerning(conn, controller)
            now = self._moment()
            return shapes.OwnStatements(
                [views.own(one, now, approved=given is not None) for one, given in found]
            )

        return self.read(caller, controller, "interpret", work)

    def approve_statement(
        self, caller: Caller, controller: str, item: str, body: shapes.ApprovedText
    ) -> shapes.OwnStatement:
        """Approve exactly one text, as the controller's named representative."""

        def work(conn: sa.Connection) -> shapes.OwnStatement:
            self.parts.access.demand(conn, caller, "interpret", controller)
            self._represent(conn, caller, controller)
            made, _ = self.sayings.approve(conn, caller, controller, (item, body.text_sha256))
            return views.own(made, self._moment(), approved=True, entry=conn.info[RECEIPT])

        return self.act(caller, controller, "interpret", work)

    def disapprove_statement(
        self, caller: Caller, controller: str, item: str
    ) -> shapes.OwnStatement:
        """Take an approval back; the statement leaves the page with the same commit."""

        def work(conn: sa.Connection) -> shapes.OwnStatement:
            self.parts.access.demand(conn, caller, "interpret", controller)
            self._represent(conn, caller, controller)
            made = self.sayings.disapprove(conn, caller, controller, item)
            return views.own(made, self._moment(), approved=False, entry=conn.info[RECEIPT])

        return self.act(caller, controller, "interpret", work)
