"""What our own people do about the identity provider: admit its users, map its groups (C2.5(4))."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.access import PERSON_DAILY, Caller, Done, Person
from bailee.access import store as access_store
from bailee.access.mapping import Given, Mapping
from bailee.access.provisioned import User
from bailee.app import mapping_shapes as shapes
from bailee.app import rights
from bailee.app.office import Office, entry_of
from bailee.app.register import read_day
from bailee.clock import write_time
from bailee.db import HOUSE


class GroupMappings(Office):
    """Acts upon mappings, and upon users who wait."""

    def propose_mapping(
        self, caller: Caller, controller: str, body: shapes.NewMapping
    ) -> shapes.GroupMapping:
        """Propose what a group gives."""
        template = Given(
            controller=controller,
            verbs=tuple(body.verbs),
            elements=tuple(body.elements),
            purposes=tuple(body.purposes),
            days=body.days,
            daily=PERSON_DAILY if body.daily is None else body.daily,
            group_name=body.group,
            external_id=body.external_id,
        )

        def work(conn: sa.Connection) -> shapes.GroupMapping:
            return self._group_mapping(self.parts.access.propose_mapping(conn, caller, template))

        return self.act(caller, controller, "grant", work)

    def approve_mapping(self, caller: Caller, controller: str, item: str) -> shapes.GroupMapping:
        """Approve, as the second person."""
        access = self.parts.access
        return self.act(
            caller,
            controller,
            "grant",
            lambda conn: self._group_mapping(
                access.approve_mapping(conn, caller, controller, item)
            ),
        )

    def remove_mapping(self, caller: Caller, controller: str, item: str) -> shapes.GroupMapping:
        """End a mapping, and all that it gave."""
        remove = self.parts.access.remove_mapping
        return self.act(
            caller,
            controller,
            "grant",
            lambda conn: self._group_mapping(remove(conn, caller, controller, item)),
        )

    def mappings(self, caller: Caller, controller: str) -> shapes.GroupMappings:
        """List a controller's mappings."""

        def work(conn: sa.Connection) -> shapes.GroupMappings:
            found = self.parts.access.mappings(conn, caller, controller)
            return shapes.GroupMappings([self._shown_mapping(one) for one in found])

        return self.read(caller, controller, "grant", work)

    def provisioned(self, caller: Caller) -> shapes.ProvisionedPeople:
        """List whom the identity provider knows."""

        def work(conn: sa.Connection) -> shapes.ProvisionedPeople:
            found = self.parts.access.provisioned(conn, caller)
            states = {one.principal_id: one.state for one in access_store.principals(conn)}
            return shapes.ProvisionedPeople([_provisioned(one, states) for one in found])

        return self.read(caller, HOUSE, "people", work)

    def admit_user(self, caller: Caller, item: str, body: shapes.Admission) -> rights.Invitation:
        """Enter a user as a person of ours, and invite them."""
        person = Person(
            name=body.name,
            employer=body.employer,
            email=body.email,
            undertaking=body.undertaking,
            undertaken=read_day(body.undertaken),
            relation=body.relation,
        )

        def work(conn: sa.Connection) -> rights.Invitation:
            done = self.parts.access.admit_user(conn, caller, item, person)
            shown = done.result
            return rights.Invitation(
                invitation=shown.secret_id,
                principal=shown.principal_id,
                secret=shown.secret,
                until=write_time(shown.expires),
                entry=entry_of(done.entry),
            )

        return self.act(caller, HOUSE, "people", work)

    def adopt_user(self, caller: Caller, item: str, body: shapes.Adoption) -> rights.Changed:
        """Say that a user is somebody who is already here."""

        def work(conn: sa.Connection) -> rights.Changed:
            done = self.parts.access.adopt_user(conn, caller, item, body.principal)
            return rights.Changed(item, "adopted", entry_of(done.entry))

        return self.act(caller, HOUSE, "people", work)

    def _group_mapping(self, done: Done[Mapping]) -> shapes.GroupMapping:
        return self._shown_mapping(done.result, done)

    def _shown_mapping(
        self, one: Mapping, done: Done[Mapping] | None = None
    ) -> shapes.GroupMapping:
        ended = one.state == "living" and not one.lives(self.parts.clock.now())
        return shapes.GroupMapping(
            mapping=one.mapping_id,
            verbs=list(one.verbs),
            elements=list(one.elements),
            purposes=list(one.purposes),
            days=one.days,
            daily=one.daily,
            status="expired" if ended else one.state,
            until=write_time(one.until),
            proposed_by=one.proposed_by,
            approved_by=one.approved_by,
            group=one.group_name,
            external_id=one.external_id,
            entry=entry_of(done.entry) if done else None,
        )


def _provisioned(one: User, states: dict[str, str]) -> shapes.Provisioned:
    waiting = "waiting" if one.active else "ended"
    return shapes.Provisioned(
        user=one.user_id,
        user_name=one.user_name,
        status=states.get(one.principal, waiting),
        principal=one.principal,
    )


__all__ = ["GroupMappings"]
