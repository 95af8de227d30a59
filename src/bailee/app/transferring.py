"""Transfers and statements, as the doors ask for them (C7.3(3), C7.3(4))."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from bailee.access import Caller, Done
from bailee.app import transfer_shapes as shapes
from bailee.app.office import entry_of
from bailee.app.papering import ENTER, SEE, Papering, receipt_of
from bailee.app.transfer_rows import adequate_shape, assertion_shape, flow_shape
from bailee.clock import read_time
from bailee.db import HOUSE
from bailee.privacy import transfer_store as privacy_store
from bailee.privacy.assertion import Assertion, Said
from bailee.privacy.flow import Flow, Wanted


class Transferring(Papering):
    """Acts upon flows and statements."""

    def record_flow(self, caller: Caller, controller: str, body: shapes.NewFlow) -> shapes.Flow:
        """Record a flow."""
        wanted = Wanted(
            sender=body.sender,
            receiver_kind=body.receiver_kind,
            receiver=body.receiver,
            country=body.country,
            regime=body.regime,
            elements=tuple(body.elements),
            mechanism=body.mechanism,
            since=read_time(body.since),
            until=read_time(body.until),
            reference=body.reference,
            text_sha256=body.text_sha256,
        )
        return self.act(
            caller,
            controller,
            ENTER,
            lambda conn: self._flowed(
                conn, self.flow_desk.record(conn, caller, controller, wanted)
            ),
        )

    def confirm_flow(self, caller: Caller, controller: str, item: str) -> shapes.Flow:
        """Confirm a flow, as the second person."""
        return self.act(
            caller,
            controller,
            "approve",
            lambda conn: self._flowed(conn, self.flow_desk.confirm(conn, caller, controller, item)),
        )

    def end_flow(self, caller: Caller, controller: str, item: str) -> shapes.Flow:
        """End a flow at once."""
        return self.act(
            caller,
            controller,
            ENTER,
            lambda conn: self._flowed(conn, self.flow_desk.end(conn, caller, controller, item)),
        )

    def transfers(self, caller: Caller, controller: str) -> shapes.Transfers:
        """Show flows, statements and decisions on adequacy."""

        def work(conn: sa.Connection) -> shapes.Transfers:
            self.flow_desk.check_sees(conn, caller, controller)
            now = self.parts.border.now(conn, controller)
            revoked = privacy_store.revoked(conn, HOUSE)
            return shapes.Transfers(
                flows=[flow_shape(*one, now) for one in self.flow_desk.judged(conn, controller)],
                assertions=[
                    assertion_shape(one, now) for one in privacy_store.assertions(conn, controller)
                ],
                adequacy=[adequate_shape(one, revoked) for one in self.parts.border.table.entry],
                verified=self.parts.border.table.verified.isoformat(),
                keys_at=list(self.keys_at()),
            )

        return self.read(caller, controller, SEE, work)

    def sign_assertion(
        self, caller: Caller, controller: str, body: shapes.NewAssertion
    ) -> shapes.Assertion:
        """State something by name."""
        said = Said(
            subject=body.subject,
            text=body.text,
            until=read_time(body.until),
            reference=body.reference,
            text_sha256=body.text_sha256,
        )

        def work(conn: sa.Connection) -> shapes.Assertion:
            return self._stated(self.flow_desk.sign(conn, caller, controller, said))

        return self.act(caller, controller, ENTER, work)

    def withdraw_assertion(self, caller: Caller, controller: str, item: str) -> shapes.Assertion:
        """Take a statement back."""

        def work(conn: sa.Connection) -> shapes.Assertion:
            return self._stated(self.flow_desk.withdraw(conn, caller, controller, item))

        return self.act(caller, controller, ENTER, work)

    # Shapes.

    def _flowed(self, conn: sa.Connection, done: Done[Flow]) -> shapes.Flow:
        one = done.result
        judged = {
            flow.flow_id: verdict for flow, verdict in self.flow_desk.judged(conn, one.controller)
        }
        now = self.parts.border.now(conn, one.controller)
        shown = flow_shape(one, judged[one.flow_id], now)
        return msgspec.structs.replace(shown, entry=entry_of(receipt_of(done)))

    def _stated(self, done: Done[Assertion]) -> shapes.Assertion:
        shown = assertion_shape(done.result, self.parts.clock.now())
        return msgspec.structs.replace(shown, entry=entry_of(receipt_of(done)))
