"""Outsiders whom a controller names: who speaks for it, and whom it sends to examine us (C5.2).

An auditor is one named person of a named firm, chosen by one controller. They hold no grant and
nobody can give them one: what they may read comes from an engagement (``assurance``) and ends with
it. The controller's representative lets its auditor in without asking us, for otherwise whoever is
examined could keep the examiner out by never inviting them.
"""

from __future__ import annotations

import sqlalchemy as sa

from bailee.access import store
from bailee.access.credential import Shown
from bailee.access.desk import Done
from bailee.access.people import People
from bailee.access.person import Person
from bailee.access.principal import AUDITOR, REPRESENTATIVE, Caller, Principal
from bailee.errors import NotFound


class Auditors(People):
    """Who speaks for a controller, who examines for it, and how the latter come in."""

    def speaks_for(self, conn: sa.Connection, caller: Caller, controller: str) -> bool:
        """Tell whether a caller is, in person, a named representative of a controller.

        Raises:
            Unauthenticated: ``credential.*`` for a credential that ended meanwhile.
        """
        return self._is(conn, caller, REPRESENTATIVE, controller)

    def examines_for(self, conn: sa.Connection, caller: Caller, controller: str) -> bool:
        """Tell whether a caller is, in person, an auditor whom a controller chose.

        Raises:
            Unauthenticated: ``credential.*`` for a credential that ended meanwhile.
        """
        return self._is(conn, caller, AUDITOR, controller)

    def _is(self, conn: sa.Connection, caller: Caller, relation: str, controller: str) -> bool:
        self._check_standing(conn, store.epoch(conn), caller, self._clock.now())
        if caller.on_behalf_of:  # a program acts for them: nobody is there in person
            return False
        who = store.principal(conn, caller.principal_id)
        return who is not None and _stands(who, relation, controller) and who.state == "active"

    def outsider(
        self, conn: sa.Connection, controller: str, principal_id: str, relation: str
    ) -> Principal:
        """Return a controller's representative or auditor who has not left.

        Raises:
            NotFound: ``outsider.unknown``.
        """
        who = store.principal(conn, principal_id)
        if who is None or not _stands(who, relation, controller) or who.state == "left":
            raise NotFound(
                "outsider.unknown",
                "Nobody of that id is this controller's representative or auditor.",
                do="Invite them under their own name first.",
            )
        return who

    def admit_auditor(self, conn: sa.Connection, caller: Caller, person: Person) -> Done[Shown]:
        """Enter the auditor whom a controller's representative, or ``people`` of ours, names.

        Raises:
            Refused: ``grant.missing``, and what ``check_person`` raises; Conflict:
            ``person.email_taken``; NotFound: ``controller.unknown``.
        """
        if not self.speaks_for(conn, caller, person.represents):
            for principal_id in caller.principals:
                self._check_visible(conn, store.epoch(conn), principal_id, person.represents)
            return self.invite(conn, caller, person)
        store.bump(conn)  # as every act of administration: nobody else acts until the commit
        return self._invite(conn, caller, person)


def _stands(who: Principal, relation: str, controller: str) -> bool:
    return (who.kind, who.relation, who.represents) == ("person", relation, controller)
