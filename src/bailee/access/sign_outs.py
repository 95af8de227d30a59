"""Sign-outs at the identity provider, taken up here (A7; C2.5(6); ASVS 7.6.1).

The token is read and its key found outside; then one transaction says that it was used, finds whose
it is and ends their sessions, with its entry. Dies before the commit: nothing ended, and the same
token counts again. Ended are sessions that were opened, or stepped up, at the provider: of the one
session there that the token names, and of its person when it names none. A session here that does
not say of which one there it is ends with any of its person's.

A sign-in that was under way when its session there ended comes too late: that session's name is
remembered for as long as a sign-in may take.
"""

from __future__ import annotations

import sqlalchemy as sa

from bailee.access import link_store, sign_in_store, sign_on_store, store
from bailee.access.assertion import issuer_id
from bailee.access.desk import Done
from bailee.access.sign_on import FLOW_LIFE, SSO
from bailee.access.sign_ons import SignOns
from bailee.access.sign_out import Farewell, not_heard, over_mark
from bailee.db import HOUSE, Database

ENDED = "access:sign-out:taken-up"


class SignOuts(SignOns):
    """Acts by which the provider ends what was opened there."""

    def sign_out_elsewhere(self, database: Database, token: str) -> Done[int]:
        """End the sessions that a provider's token speaks of; return how many.

        Raises:
            Unauthenticated: ``sign_out.*``; NotFound: ``sign_on.none``;
            Unavailable: ``oidc.unavailable``.
        """
        farewell = self._demand_party().farewell(token, self._clock.now)
        return database.write(HOUSE, lambda conn: self._signed_out(conn, farewell))

    def _signed_out(self, conn: sa.Connection, farewell: Farewell) -> Done[int]:
        store.bump(conn)
        now = self._clock.now()
        link_store.forget_proofs(conn, now)
        if not link_store.use_proof(conn, farewell.token, farewell.until):
            raise not_heard("used")
        if farewell.session:
            link_store.use_proof(conn, over_mark(farewell.session), now + FLOW_LIFE)
        people = self._people_of(conn, farewell)
        ended = [one for person in people for one in self._opened_there(conn, person, farewell)]
        self._end(conn, ended)
        context = {f"principal_id_{place}": one for place, one in enumerate(people)}
        detail = {"sessions": len(ended)}
        entry = self._note(conn, ENDED, {"kind": "provider"}, detail=detail, context=context)
        return Done(len(ended), entry)

    def _people_of(self, conn: sa.Connection, farewell: Farewell) -> list[str]:
        """Return whose sign-out it is: the person linked, else whoever has that session there."""
        if farewell.subject is None:
            link_store.hold_all(conn, issuer_id(self._demand_party().issuer.name))
            return sign_on_store.people_at(conn, farewell.session)
        link = link_store.hold(conn, farewell.subject)
        return [link.principal] if link is not None else []

    def _opened_there(self, conn: sa.Connection, person: str, farewell: Farewell) -> list[str]:
        living = sign_in_store.sessions(conn, person, self._clock.now())
        there = [one.session_id for one in living if SSO in one.proven.factors]
        if not farewell.session:
            return there
        named = sign_on_store.places_of(conn, there)
        unnamed = farewell.session if farewell.subject is not None else ""
        return [one for one in there if named.get(one, unnamed) == farewell.session]
