"""What ends with somebody: invitations, codes, rights and requests, everywhere (C2.5(6))."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from bailee.access import emergency_store, store
from bailee.access.approval import APPROVAL
from bailee.access.code import CODE
from bailee.access.credential import INVITE
from bailee.access.desk import Desk
from bailee.access.grant import GRANT
from bailee.access.lifecycle import step
from bailee.access.principal import Caller


class Leaving(Desk):
    """Steps of every act by which something ends for somebody."""

    def _withdraw_invitations(self, conn: sa.Connection, principal_id: str) -> None:
        """End open invitations that are for somebody, or that they were shown."""
        for one in store.open_invitations(conn):
            if principal_id in (one.principal, one.created_by):
                state = step(INVITE, one.state, "withdraw")
                store.set_invitation_state(conn, one.invitation_id, state)

    def _end_codes(self, conn: sa.Connection, principal_id: str, *, made: bool = False) -> None:
        """Revoke the break-glass codes of somebody; with ``made`` also those that they saw."""
        for one in emergency_store.codes(conn, principal_id):
            if one.state == "issued" and (made or one.principal == principal_id):
                state = step(CODE, one.state, "revoke")
                emergency_store.move_code(conn, one.code_id, one.state, state)

    def _end_rights(self, conn: sa.Connection, caller: Caller, principal_id: str) -> None:
        """Revoke grants and withdraw requests at every controller, an entry in each one's log."""
        now = self._clock.now()
        for controller in store.reach(conn, principal_id):
            living = [
                one for one in store.grants(conn, controller, principal_id) if one.state == "living"
            ]
            for one in living:
                state = step(GRANT, one.state, "revoke")
                store.set_grant_state(conn, controller, one.grant_id, state)
            asked = [
                one
                for one in store.approvals(conn, controller)
                if one.requester == principal_id and "withdraw" in APPROVAL[one.state_at(now)]
            ]
            for ask in asked:
                state = step(APPROVAL, ask.state, "withdraw")
                store.settle_approval(conn, ask, replace(ask, state=state))
            if living or asked:
                self._note(
                    conn,
                    "access:rights:ended",
                    caller.actor(),
                    controller=controller,
                    control="leavers",
                    detail={"grants": len(living), "approvals": len(asked)},
                    context={"principal_id": principal_id},
                )
