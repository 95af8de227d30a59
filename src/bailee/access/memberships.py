"""What groups of the identity provider give to their members, kept true (C2.5(4), C2.5(6)).

``_settle_groups`` compares what somebody should hold by the mappings of their groups with what
they hold by any mapping, ends what is too much and makes what is missing. It runs in every act
that could change either: a group, a mapping, somebody's coming or end. So whoever moves from one
group to another loses and gets in one commit, and a group that nobody mapped gives nothing.

A membership gives one grant by each mapping, once: what somebody revoked, or let end, is not given
again by the next thing that the provider says, but by a membership that begins anew.

What cannot be given (a mapping of one's own, an agreement that ended, two views that rebuild a
value) is withheld and on record; the member stays a member.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import sqlalchemy as sa

from bailee.access import provision_store, store
from bailee.access.grant import GRANT, MAPPING_MARK, Grant
from bailee.access.grants import Grants
from bailee.access.lifecycle import step
from bailee.access.mapping import Mapping as Mapped
from bailee.access.mapping import withheld
from bailee.access.people import People
from bailee.access.principal import Principal
from bailee.errors import NotFound, Refused

Actor = Mapping[str, str]
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Due:
    """What a membership gives by a mapping; ``since`` when, ``shown_to`` see ``Member``."""

    mapping: Mapped
    shown_to: str
    since: datetime


class Memberships(Grants, People):
    """What every act that touches a group stands on."""

    def _arrived(self, conn: sa.Connection, person: Principal) -> None:
        """Give somebody who has just accepted their invitation what their groups give."""
        actor = {"principal_id": person.principal_id, "kind": "person"}
        self._settle_groups(conn, actor, [person.principal_id])

    def _departed(self, conn: sa.Connection, principal_id: str) -> None:
        """Forget who the identity provider says a leaver is; their groups are over too."""
        user = provision_store.user_of(conn, principal_id)
        if user is not None:
            provision_store.leave_groups(conn, user.user_id)
            provision_store.save_user(conn, replace(user, principal=""), new=False)

    def _settle_groups(
        self, conn: sa.Connection, actor: Actor, principal_ids: Iterable[str]
    ) -> None:
        """Make what people hold by mappings what their groups give, in an act that was begun."""
        for principal_id in sorted(set(principal_ids) - {""}):
            due = self._due(conn, principal_id)
            mapped = [
                one
                for one in store.all_grants(conn, principal_id)
                if one.approval_id.startswith(MAPPING_MARK)
            ]
            for one in mapped:
                if one.state == "living" and one.approval_id not in due:
                    self._end_mapped(conn, actor, one)
            for mapping_id, what in due.items():
                given = [one.created for one in mapped if one.approval_id == mapping_id]
                if max(given, default=NEVER) < what.since:
                    self._give_mapped(conn, actor, what, principal_id)

    def _due(self, conn: sa.Connection, principal_id: str) -> dict[str, Due]:
        """Return what the living mappings of somebody's groups give them."""
        person = self._principal(conn, principal_id)
        user = provision_store.user_of(conn, principal_id)
        if person.state != "active" or user is None or not user.active:
            return {}
        due: dict[str, Due] = {}
        for member in provision_store.memberships(conn, user.user_id):
            group = provision_store.group(conn, member.group_id)
            for one in provision_store.mappings(conn, marks=group.marks) if group else ():
                if one.lives(self._clock.now()):
                    due.setdefault(one.mapping_id, Due(one, member.shown_to, member.created))
        return due

    def _give_mapped(
        self,
        conn: sa.Connection,
        actor: Actor,
        due: Due,
        principal_id: str,
    ) -> None:
        """Make one member's grant, or record why not."""
        mapping = due.mapping
        code = withheld(mapping, principal_id, due.shown_to)
        if not code:
            new = mapping.grant(secrets.token_hex(16), principal_id, self._clock.now())
            try:
                self._settle(conn, new, self._principal(conn, principal_id))
            except (Refused, NotFound) as failure:  # as the agreement and the reader stand now
                code = failure.code
            else:
                self._note_given(conn, actor, new)
                return
        self._note(
            conn,
            "access:grant:withheld",
            actor,
            controller=mapping.at_controller,
            decision="refused",
            control="least-privilege",
            detail={"code": code, "origin": "mapping"},
            context={"mapping_id": mapping.mapping_id, "principal_id": principal_id},
        )

    def _end_mapped(self, conn: sa.Connection, actor: Actor, grant: Grant) -> None:
        """End one grant that a mapping gave, now."""
        state = step(GRANT, grant.state, "revoke")
        store.set_grant_state(conn, grant.controller, grant.grant_id, state)
        self._note(
            conn,
            "access:grant:revoked",
            actor,
            controller=grant.controller,
            control="leavers",
            detail={"origin": "mapping"},
            context={
                "grant_id": grant.grant_id,
                "principal_id": grant.principal,
                "mapping_id": grant.approval_id,
            },
        )
