"""Access, as the rest of the house calls it: one object, one method per thing people ask for.

The methods stand by noun, one file each, in the bases of the one class below; what they share (who
is calling, what they hold, how it is recorded) stands in ``desk``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.access import store
from bailee.access.approvals import Approvals
from bailee.access.auditors import Auditors
from bailee.access.disclosures import Disclosures
from bailee.access.dormancies import Dormancies
from bailee.access.grant import Ask, Decision, Grant
from bailee.access.links import Links
from bailee.access.machine import Machine
from bailee.access.mappings import Mappings
from bailee.access.passkey_sign_ins import PasskeySignIns
from bailee.access.principal import Caller, Principal
from bailee.access.provisioning import Provisioning
from bailee.access.returns import Returns
from bailee.access.reviews import Reviews
from bailee.access.sign_outs import SignOuts
from bailee.access.vouching import Vouching


class Access(
    Provisioning,
    Mappings,
    PasskeySignIns,
    SignOuts,
    Dormancies,
    Vouching,
    Links,
    Approvals,
    Reviews,
    Returns,
    Disclosures,
    Machine,
    Auditors,
):
    """Who may do what, and why someone was refused.

    Every act of administration takes place in the caller's transaction, records itself there, and
    is undone with it. A refused act changes nothing; ``note_refusal`` records it in a transaction
    of its own.
    """

    def demand(self, conn: sa.Connection, caller: Caller, verb: str, controller: str) -> None:
        """Refuse a caller who does not hold an administration verb at a controller.

        Raises:
            Unauthenticated: ``credential.*``; Refused: ``grant.missing``;
            NotFound: ``controller.unknown``.
        """
        self._demand(conn, caller, verb, controller)

    def begin(self, conn: sa.Connection, caller: Caller, verb: str, controller: str) -> datetime:
        """Open an act of the layers above on what decisions stand on; return the time.

        From here to the commit no other act runs; with it, what is remembered is dropped.

        Raises:
            as ``demand``.
        """
        return self._begin(conn, caller, verb, controller)

    def see(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        """Refuse a caller who may not know that a controller exists.

        Raises:
            NotFound: ``controller.unknown``.
        """
        epoch = store.epoch(conn)
        for principal_id in caller.principals:
            self._check_visible(conn, epoch, principal_id, controller)

    def holdings(self, conn: sa.Connection, caller: Caller) -> list[Grant]:
        """Return the caller's own living grants at the house and at every controller.

        Raises:
            Unauthenticated: ``credential.*``.
        """
        now = self._clock.now()
        self._check_standing(conn, store.epoch(conn), caller, now)
        return [
            grant
            for controller in store.reach(conn, caller.accountable)
            for grant in store.grants(conn, controller, caller.accountable)
            if grant.state == "living" and grant.until > now
        ]

    def principal(self, conn: sa.Connection, principal_id: str) -> Principal:
        """Return a principal; who may learn of it, the caller of this decides.

        Raises:
            NotFound: ``principal.unknown``.
        """
        return self._principal(conn, principal_id)

    def names(self, conn: sa.Connection) -> dict[str, str]:
        """Return principals' names by id, for those who may read what these did (C2.5(2))."""
        return {one.principal_id: one.name for one in store.principals(conn)}

    def note(self, conn: sa.Connection, action: str, actor: dict[str, str], **fields: Any) -> Any:
        """Record an act of the layers above in the caller's transaction; return the receipt."""
        return self._note(conn, action, actor, **fields)

    def admit(
        self, conn: sa.Connection, bearer: str, ask: Ask, *, person_token: str | None = None
    ) -> tuple[Caller, Decision]:
        """Authenticate and decide in one transaction, under one reading of the epoch.

        The same as ``authenticate`` and then ``decide``, for the path of every access.
        """
        epoch = store.epoch(conn)
        caller = self._authenticate_at(epoch, conn, bearer, person_token)
        return caller, self._decide_at(epoch, conn, caller, ask)
