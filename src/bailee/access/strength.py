"""Who shows two factors, and whose single one still counts (A7; C2.5(3); PCI DSS 8.4.2).

How much is demanded is the operator's (``BAILEE_MFA``, decision 0048):

* ``card-data``: of whoever holds a right on card data, in a session;
* ``sign-in``: of everybody who signs in;
* ``all`` (the default): the same, and a person's key, which is one factor, counts no more from the
  moment that somebody who may let people in has a second factor (OWASP ASVS 5.0.0 6.3.3).

Until that moment the house is being founded: its first people have nothing but the keys that they
were given. The moment is computed and never stored, so whoever would be locked out by the last such
person's leaving is not: keys count again until the next one enrols.

Not here: services. Their keys are not a person's, and whoever acts for somebody shows their token.
"""

from __future__ import annotations

import functools
from datetime import datetime

import sqlalchemy as sa

from bailee.access import passkey_store, sign_in_store, store
from bailee.access.means import Means
from bailee.access.memory import Memory
from bailee.access.principal import Caller
from bailee.access.session import CARDHOLDER, key_alone, mfa_required
from bailee.access.sign_on import SSO, code_first
from bailee.access.view import Schema, covers, split
from bailee.db import HOUSE
from bailee.errors import Invalid

CARD_DATA, SIGN_IN, ALL = "card-data", "sign-in", "all"
DEMANDS = (CARD_DATA, SIGN_IN, ALL)


def check_demand(text: str) -> str:
    """Return how much is demanded.

    Raises:
        Invalid: ``settings.mfa``.
    """
    if text not in DEMANDS:
        raise Invalid("settings.mfa", f"BAILEE_MFA is one of {', '.join(DEMANDS)}.")
    return text


class Strength:
    """What a caller has to have shown; the base of ``Desk``, which holds what is used here."""

    _given_means: Means | None
    _memory: Memory
    _schema: Schema

    @property
    def demanded(self) -> str:
        """How much is demanded; where nobody signs in, nothing of it."""
        return self._given_means.demand if self._given_means else CARD_DATA

    def keys_count(self, conn: sa.Connection, epoch: str, now: datetime) -> bool:
        """Tell whether a person's key still counts by itself."""
        if self.demanded != ALL:
            return True
        load = functools.partial(self._founded_until, conn, now)
        return self._memory.recall(epoch, "founded", load) <= now

    def _check_factors(
        self, conn: sa.Connection, epoch: str, caller: Caller, now: datetime
    ) -> None:
        """Refuse a person who showed one factor where two are demanded.

        And a session opened at the identity provider, while its person has a second factor here.

        Raises:
            Refused: ``access.key_alone``, ``session.code_first``, ``access.mfa_required``.
        """
        if caller.kind != "person" or (caller.proven is not None and caller.proven.second):
            return
        if caller.proven is None:
            if not self.keys_count(conn, epoch, now):
                raise key_alone()
            return
        if SSO in caller.proven.factors:
            person = caller.principal_id
            waits = functools.partial(sign_in_store.enrolled, conn, person)
            if self._memory.recall(epoch, ("enrolled", person), waits):
                raise code_first()
        self._check_two(conn, epoch, caller.principal_id, now)

    def _check_two(self, conn: sa.Connection, epoch: str, person: str, now: datetime) -> None:
        """Refuse a person who signs in, or did, with one factor and has to show two.

        Raises:
            Refused: ``access.mfa_required``.
        """
        if self.demanded != CARD_DATA:
            raise mfa_required("Whoever signs in here shows two factors.")
        load = functools.partial(self._cardholder_until, conn, person, now)
        if self._memory.recall(epoch, ("cardholder", person), load) > now:
            raise mfa_required("Whoever has rights on card data signs in with a second factor.")

    def _cardholder_until(self, conn: sa.Connection, principal_id: str, now: datetime) -> datetime:
        """Return until when somebody holds a right on cardholder elements, ``now`` for nothing."""
        names = self._schema.classes.get(CARDHOLDER, frozenset())
        ends = [
            grant.until
            for controller in store.reach(conn, principal_id)
            for grant in store.grants(conn, controller, principal_id)
            if grant.state == "living" and grant.until > now
            for pattern in grant.elements
            if any(covers(split(pattern)[0], name, self._schema) for name in names)
        ]
        return max(ends, default=now)

    def _founded_until(self, conn: sa.Connection, now: datetime) -> datetime:
        """Return until when somebody may let people in who has a second factor, else ``now``."""
        here = {
            one.principal_id
            for one in store.principals(conn)
            if one.kind == "person" and one.state == "active"
        }
        ends = [
            grant.until
            for grant in store.grants(conn, HOUSE)
            if grant.state == "living" and grant.until > now and "people" in grant.verbs
            if grant.principal in here and self._has_second(conn, grant.principal)
        ]
        return max(ends, default=now)

    @staticmethod
    def _has_second(conn: sa.Connection, principal_id: str) -> bool:
        enrolled = sign_in_store.enrolled(conn, principal_id)
        return enrolled or passkey_store.holds(conn, principal_id)
