"""Acts on links: whose name at the identity provider is whose here (C2.5(2), C2.5(3), C2.5(6)).

Linking lets somebody else's sign-in stand for a person, so it is kept apart from giving rights,
as minting a service's key is: nobody links themselves, and who gave somebody a right to see data
does not also say by which name that right is used, nor the other way round.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from bailee.access import link_store, store
from bailee.access.assertion import Voucher, issuer_id, linked
from bailee.access.award import sees
from bailee.access.desk import Done
from bailee.access.link import CLIENT, SUBJECT, Link, is_text
from bailee.access.principal import ACTING_FOR, Caller, Principal
from bailee.access.sessions import Sessions
from bailee.access.sign_on import SSO
from bailee.db import HOUSE
from bailee.errors import Conflict, Invalid, NotFound, Refused


class Links(Sessions):
    """Acts on links."""

    def link_person(
        self, conn: sa.Connection, caller: Caller, principal_id: str, subject: str
    ) -> Done[Link]:
        """Say which of the provider's people a person of the register is.

        Args:
            conn: a transaction.
            caller: holds ``people``.
            principal_id: the person.
            subject: the provider's own name for them, never an address of theirs.

        Raises:
            Refused: ``self.link``, ``self.link_granted``, ``link.kind``, ``oidc.off``;
            Conflict: ``link.taken``, ``link.exists``, ``principal.not_active``;
            Invalid: ``link.name``.
        """
        return self._link(conn, caller, principal_id, (SUBJECT, subject))

    def link_service(
        self, conn: sa.Connection, caller: Caller, principal_id: str, client: str
    ) -> Done[Link]:
        """Say which of the provider's clients an acting-for service is; as ``link_person``."""
        return self._link(conn, caller, principal_id, (CLIENT, client))

    def unlink(self, conn: sa.Connection, caller: Caller, principal_id: str) -> Done[None]:
        """End every link of a principal; from the commit on no token of the provider is theirs.

        Sessions that they opened at the provider end with it.

        Raises:
            NotFound: ``link.missing``.
        """
        self._begin(conn, caller, "people", HOUSE)
        self._principal(conn, principal_id)
        if not link_store.end(conn, principal_id):
            raise NotFound("link.missing", "Nobody at the identity provider is linked to that.")
        self._end_sessions_by(conn, principal_id, SSO)
        context = {"principal_id": principal_id}
        return Done(None, self._note(conn, "access:link:ended", caller.actor(), context=context))

    def _link(
        self, conn: sa.Connection, caller: Caller, principal_id: str, name: tuple[str, str]
    ) -> Done[Link]:
        now = self._begin(conn, caller, "people", HOUSE)
        provider = self._demand_provider()
        kind, text = name
        if not is_text(text):
            raise Invalid("link.name", "A name at the provider is 1 to 256 printable characters.")
        self._check_linker(conn, caller, self._active(conn, principal_id), kind)
        issuer = provider.issuer.name
        link = Link(
            link_id=secrets.token_hex(16),
            kind=kind,
            issuer=issuer_id(issuer),
            digest=linked(kind, issuer, text),
            principal=principal_id,
            linked_by=caller.accountable,
            created=now,
        )
        if link_store.by_digest(conn, link.digest) is not None:
            raise Conflict("link.taken", "That name is linked already.", do="End that link first.")
        if link_store.at(conn, principal_id, link.issuer) is not None:
            raise Conflict(
                "link.exists", "That principal is linked already.", do="End that link first."
            )
        link_store.add(conn, link)
        context = {"principal_id": principal_id, "link_id": link.link_id}
        entry = self._note(
            conn, "access:link:made", caller.actor(), detail={"kind": kind}, context=context
        )
        return Done(link, entry)

    def _check_linker(self, conn: sa.Connection, caller: Caller, one: Principal, kind: str) -> None:
        if one.principal_id in caller.principals:
            raise Refused("self.link", "Nobody links themselves.", do="Ask somebody else.")
        if kind != (SUBJECT if one.kind == "person" else CLIENT) or (
            kind == CLIENT and one.mode != ACTING_FOR
        ):
            raise Refused(
                "link.kind",
                "People are linked by their subject, acting-for services by their client id.",
            )
        if kind == SUBJECT and self._others_of_ours(conn) and self._gave(conn, caller, one):
            raise Refused(
                "self.link_granted",
                "You gave this person the right to see data; whoever signs in as them has it.",
                do="Let somebody else link them.",
            )

    def _gave(self, conn: sa.Connection, caller: Caller, person: Principal) -> bool:
        """Tell whether the caller gave a person a living right to see data."""
        now = self._clock.now()
        return any(
            one.granted_by == caller.accountable
            and one.state == "living"
            and one.until > now
            and sees(one.verbs)
            for controller in store.reach(conn, person.principal_id)
            for one in store.grants(conn, controller, person.principal_id)
        )

    def _demand_provider(self) -> Voucher:
        """Return the identity provider.

        Raises:
            Refused: ``oidc.off``.
        """
        if self._provider is None:
            raise Refused(
                "oidc.off",
                "This house takes no tokens of an identity provider.",
                do="Set BAILEE_OIDC_ISSUER and what belongs to it.",
            )
        return self._provider
