"""The house's own hand: the service by which controls try what must not work (DESIGN 8).

It is a service like any other, with a person who answers for it and a narrow grant at the reserved
controller, and every key it gets is on record. No person ever sees its secret: the secret is made,
stored as a digest, and dropped; only this process can act as it.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa

from bailee.access import store
from bailee.access.desk import Desk
from bailee.access.principal import AUTONOMOUS, Caller, Principal
from bailee.errors import Conflict

RENEW_BEFORE = timedelta(days=7)


class Machine(Desk):
    """Acts of the house upon its own service."""

    def machine(self, conn: sa.Connection, name: str, *, owner: str = "") -> Caller:
        """Return the house's service as a caller, entered or given a fresh key where needed.

        Args:
            conn: a transaction under the house.
            name: the service's name.
            owner: the person who answers for it; needed when it does not exist yet.

        Raises:
            Conflict: ``machine.missing`` when it does not exist and nobody would answer for it.
        """
        service = self._service(conn, name, owner)
        now = self._clock.now()
        for one in store.live_credentials(conn, now):
            if one.principal == service.principal_id and one.expires - now > RENEW_BEFORE:
                return Caller(service.principal_id, one.key_id, "service")
        store.bump(conn)
        return Caller(service.principal_id, self._fresh(conn, service)[1], "service")

    def is_machine(self, conn: sa.Connection, caller: Caller, name: str) -> bool:
        """Tell whether a caller is the house's own service, and acts for nobody."""
        try:
            service = self._service(conn, name, "")
        except Conflict:
            return False
        return caller.principals == (service.principal_id,)

    def machine_key(self, conn: sa.Connection, name: str) -> str:
        """Give the house's service one more key and return it, for a control to revoke and try."""
        store.bump(conn)
        return self._fresh(conn, self._service(conn, name, ""))[0]

    def _fresh(self, conn: sa.Connection, service: Principal) -> tuple[str, str]:
        shown = self._issue(conn, service, minted_by="")
        actor = {"principal_id": service.principal_id, "key_id": shown.secret_id, "kind": "service"}
        self._note(conn, "access:machine:renewed", actor)
        return shown.secret, shown.secret_id

    def _service(self, conn: sa.Connection, name: str, owner: str) -> Principal:
        for one in store.principals(conn):
            if one.kind == "service" and one.name == name and one.state == "active":
                return one
        if not owner:
            raise Conflict("machine.missing", "The house's own service was never entered.")
        store.bump(conn)
        entered = Principal(
            secrets.token_hex(16),
            "service",
            "active",
            self._clock.now(),
            name,
            mode=AUTONOMOUS,
            owner=owner,
        )
        store.add_principal(conn, entered)
        actor = {"principal_id": owner, "kind": "person"}
        self._note(conn, "access:machine:entered", actor)
        return entered
