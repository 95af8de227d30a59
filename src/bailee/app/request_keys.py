"""Keys by which a controller's own system signs requests of people, as the doors ask for them."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import sqlalchemy as sa

from bailee import canonical
from bailee.access import Caller
from bailee.app import request_shapes as shapes
from bailee.app.office import entry_of
from bailee.app.request_rows import key_shape
from bailee.app.request_work import RequestWork
from bailee.errors import Conflict, NotFound, Refused
from bailee.privacy import request_store as store
from bailee.privacy.request_desk import ENTER
from bailee.privacy.request_key import SigningKey, read_public
from bailee.procedures.contacts import check_sees

CONTROL = "consumer-request-assistance"


class RequestKeys(RequestWork):
    """Registers keys: the controller's representative does, in person; both sides end one."""

    def add_request_key(
        self, caller: Caller, controller: str, body: shapes.NewRequestKey
    ) -> shapes.RequestKey:
        """Register a public key.

        Raises:
            Invalid: ``request_key.*``; Refused: ``request_key.not_theirs``;
            Conflict: ``request_key.known``.
        """

        def work(conn: sa.Connection) -> shapes.RequestKey:
            if not self.parts.access.speaks_for(conn, caller, controller):
                self.parts.access.demand(conn, caller, ENTER, controller)
                raise Refused(
                    "request_key.not_theirs",
                    "Whose system asks for people's data says the controller, in person.",
                    do="Let its representative register the key.",
                )
            key_id, members = read_public(body.jwk, body.name)
            if any(one.key_id == key_id for one in store.keys(conn, controller)):
                raise Conflict("request_key.known", "That key was registered before.")
            now = self.parts.clock.now()
            jwk = canonical.encode(members).decode("ascii")
            made = SigningKey(controller, key_id, body.name, jwk, now, caller.accountable)
            store.add_key(conn, made)
            return self._request_key_told(conn, caller, made, "added")

        return self.act(caller, controller, ENTER, work)

    def end_request_key(self, caller: Caller, controller: str, item: str) -> shapes.RequestKey:
        """End a key: nothing that it signs counts from now on.

        Raises:
            NotFound: ``request_key.unknown``; Conflict: ``request_key.ended``.
        """

        def work(conn: sa.Connection) -> shapes.RequestKey:
            if not self.parts.access.speaks_for(conn, caller, controller):
                self.parts.access.demand(conn, caller, ENTER, controller)
            known = {one.key_id: one for one in store.keys(conn, controller)}
            if item not in known:
                raise NotFound("request_key.unknown", "There is no such key.")
            now = self.parts.clock.now()
            after = replace(known[item], ended=now, ended_by=caller.accountable)
            if known[item].ended is not None or not store.end_key(conn, after):
                raise Conflict("request_key.ended", "That key has ended.")
            return self._request_key_told(conn, caller, after, "ended")

        return self.act(caller, controller, ENTER, work)

    def list_request_keys(self, caller: Caller, controller: str) -> shapes.RequestKeys:
        """List keys, to both sides."""

        def work(conn: sa.Connection) -> shapes.RequestKeys:
            check_sees(conn, self.parts.access, caller, controller)
            return shapes.RequestKeys([key_shape(one) for one in store.keys(conn, controller)])

        return self.read(caller, controller, "audit", work)

    def _request_key_told(
        self, conn: sa.Connection, caller: Caller, one: SigningKey, became: str
    ) -> shapes.RequestKey:
        receipt = self.parts.access.note(
            conn, f"privacy:request-key:{became}", caller.actor(), controller=one.controller,
            control=CONTROL, detail={"key": one.key_id},
        )  # fmt: skip
        return msgspec.structs.replace(key_shape(one), entry=entry_of(receipt))
