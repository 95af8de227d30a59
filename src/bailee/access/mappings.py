"""Acts on mappings: what a group of the identity provider gives, written by two of our people.

``propose_mapping`` and ``approve_mapping`` take ``grant`` at the mapping's controller, from two
different people; nobody who speaks for the identity provider can do either, for ``provision`` is
never held beside another right. ``remove_mapping`` ends at once all that the mapping gave.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from bailee.access import provision_store
from bailee.access.desk import Done
from bailee.access.lifecycle import step
from bailee.access.mapping import MAPPING, Given, Mapping, check_template
from bailee.access.memberships import Memberships
from bailee.access.principal import Caller
from bailee.errors import NotFound, Refused


class Mappings(Memberships):
    """Acts on mappings."""

    def propose_mapping(
        self, conn: sa.Connection, caller: Caller, template: Given
    ) -> Done[Mapping]:
        """Propose what a group shall give at a controller; it gives nothing yet.

        Raises:
            Invalid: ``mapping.*``, ``grant.*``; Refused: ``mapping.verbs``, ``mapping.daily``,
            ``purpose.not_in_agreement``, ``element.not_in_agreement``, ``grant.missing``.
        """
        now = self._begin(conn, caller, "grant", template.controller)
        check_template(template, self._schema, self._rules(conn, template.controller), now)
        new = template.propose(secrets.token_hex(16), caller.accountable, now)
        provision_store.save_mapping(conn, new, new=True)
        return Done(new, self._note_mapping(conn, caller, new, "proposed"))

    def approve_mapping(
        self, conn: sa.Connection, caller: Caller, controller: str, mapping_id: str
    ) -> Done[Mapping]:
        """Approve somebody else's mapping; members of its groups get their grants now.

        Raises:
            Refused: ``self.approve``, ``second_person.missing``; NotFound: ``mapping.unknown``;
            Conflict: ``lifecycle.event``; and what ``check_template`` raises by now.
        """
        now = self._begin(conn, caller, "grant", controller)
        found = self._mapping(conn, controller, mapping_id)
        if found.proposed_by in caller.principals:
            raise Refused("self.approve", "Nobody approves their own.", do="Ask a second person.")
        self._demand_second_person(conn)
        state = step(MAPPING, found.state, "approve")
        check_template(_template(found), self._schema, self._rules(conn, controller), now)
        living = replace(found, state=state, approved_by=caller.accountable, decided=now)
        provision_store.save_mapping(conn, living, new=False)
        entry = self._note_mapping(conn, caller, living, "approved")
        self._settle_members(conn, caller, living)
        return Done(living, entry)

    def remove_mapping(
        self, conn: sa.Connection, caller: Caller, controller: str, mapping_id: str
    ) -> Done[Mapping]:
        """End a mapping, and every grant that it gave, now.

        Raises:
            NotFound: ``mapping.unknown``; Conflict: ``lifecycle.event``.
        """
        now = self._begin(conn, caller, "grant", controller)
        found = self._mapping(conn, controller, mapping_id)
        ended = replace(found, state=step(MAPPING, found.state, "remove"), decided=now)
        provision_store.save_mapping(conn, ended, new=False)
        entry = self._note_mapping(conn, caller, ended, "removed")
        self._settle_members(conn, caller, ended)
        return Done(ended, entry)

    def mappings(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Mapping]:
        """Return a controller's mappings, ended ones too, for whoever holds ``grant`` there."""
        self._demand(conn, caller, "grant", controller)
        return provision_store.mappings(conn, at=controller)

    def _mapping(self, conn: sa.Connection, controller: str, mapping_id: str) -> Mapping:
        found = provision_store.mapping(conn, mapping_id)
        if found is None or found.at_controller != controller:
            raise NotFound("mapping.unknown", "There is no such mapping at that controller.")
        return found

    def _settle_members(self, conn: sa.Connection, caller: Caller, mapping: Mapping) -> None:
        """Give or end what a mapping means to everybody in a group that it names."""
        groups = [one for one in provision_store.groups(conn) if mapping.mark in one.marks]
        users = {
            member.user_id
            for group in groups
            for member in provision_store.members(conn, group.group_id)
        }
        found = [provision_store.user(conn, one) for one in sorted(users)]
        self._settle_groups(conn, caller.actor(), [one.principal for one in found if one])

    def _note_mapping(
        self,
        conn: sa.Connection,
        caller: Caller,
        mapping: Mapping,
        event: str,
    ) -> Any:
        return self._note(
            conn,
            f"access:group-mapping:{event}",
            caller.actor(),
            controller=mapping.at_controller,
            control="least-privilege",
            detail={"verbs": ":".join(mapping.verbs), "days": mapping.days, "daily": mapping.daily},
            context={"mapping_id": mapping.mapping_id, "purposes": " ".join(mapping.purposes)},
            elements=mapping.elements,
        )


def _template(mapping: Mapping) -> Given:
    return Given(
        controller=mapping.at_controller,
        verbs=mapping.verbs,
        elements=mapping.elements,
        purposes=mapping.purposes,
        days=mapping.days,
        daily=mapping.daily,
        group_name=mapping.group_name,
        external_id=mapping.external_id,
    )
