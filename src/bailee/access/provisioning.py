"""Acts of the identity provider on people and groups (C2.5(6), RFC 7644).

They take ``provision``, which a service holds that holds nothing else. What such a service can do
at worst, in wrong hands: end people (never the last administrator), put people into mapped groups
whom our own have admitted, and read what the provider itself said. It reads no data, gives no right
that two of our people did not write down, and lets nobody in.

Whoever is set inactive or deleted loses everything in one commit, as any leaver does. Set active
again they are somebody new: no right, no membership and no identity comes back by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from bailee.access import provision_store, store
from bailee.access.credential import Shown
from bailee.access.desk import Done
from bailee.access.memberships import Memberships
from bailee.access.person import Person
from bailee.access.principal import Caller
from bailee.access.provisioned import (
    MOST_GROUPS,
    MOST_USERS,
    Group,
    Member,
    Said,
    User,
    check_room,
    check_said,
    check_version,
    external_mark,
    name_mark,
    taken,
    unknown,
)
from bailee.db import HOUSE
from bailee.errors import Conflict, Invalid, Refused

SayUser = Callable[[User | None], Said]
SayGroup = Callable[[Group | None, Sequence[str]], Said]
"""What the provider says now, given what stands and, for a group, its members."""
PROVISION = "provision"


class Provisioning(Memberships):
    """Acts of whoever speaks for the identity provider, and of whoever answers it."""

    def check_provider(self, conn: sa.Connection, caller: Caller) -> None:
        """Refuse whoever does not speak for the identity provider, before anything is read.

        Raises:
            Refused: ``grant.missing``; Unauthenticated: ``credential.*``.
        """
        self._demand(conn, caller, PROVISION, HOUSE)

    def user(self, conn: sa.Connection, user_id: str) -> User:
        """Return one user, after ``check_provider``.

        Raises:
            NotFound: ``scim.unknown``.
        """
        found = provision_store.user(conn, user_id)
        if found is None:
            raise unknown()
        return found

    def group(self, conn: sa.Connection, group_id: str) -> Group:
        """Return one group, after ``check_provider``.

        Raises:
            NotFound: ``scim.unknown``.
        """
        found = provision_store.group(conn, group_id)
        if found is None:
            raise unknown()
        return found

    def put_user(
        self,
        conn: sa.Connection,
        caller: Caller,
        say: SayUser,
        *,
        user_id: str = "",
        versions: tuple[int, ...] = (),
    ) -> Done[User]:
        """Make a user, or change the one with an id; who becomes inactive loses everything.

        Raises:
            NotFound: ``scim.unknown``; Conflict: ``scim.taken``, ``scim.full``, ``scim.version``,
            ``administrator.last``; Invalid: ``scim.*``; and what ``say`` raises.
        """
        now = self._begin(conn, caller, PROVISION, HOUSE)
        before = self.user(conn, user_id) if user_id else None
        if before is None:
            check_room(provision_store.count_users(conn), MOST_USERS)
        else:
            check_version(versions, before.version)
        said = say(before)
        check_said(said)
        other = provision_store.user_by_mark(conn, name_mark(said.name))
        if other is not None and other.user_id != user_id:
            raise taken()
        after = _user(before, said, now)
        event = "made" if before is None else "changed"
        if before is not None and before.active and not after.active:
            event = "ended"
            self._end_user(conn, caller, before)
            after = replace(after, principal="")
        provision_store.save_user(conn, after, new=before is None)
        return Done(after, self._said(conn, caller, event, after))

    def remove_user(
        self, conn: sa.Connection, caller: Caller, user_id: str, versions: tuple[int, ...] = ()
    ) -> Done[User]:
        """Delete a user; whoever they were here has left.

        Raises:
            NotFound: ``scim.unknown``; Conflict: ``administrator.last``, ``scim.version``.
        """
        self._begin(conn, caller, PROVISION, HOUSE)
        found = self.user(conn, user_id)
        check_version(versions, found.version)
        self._end_user(conn, caller, found)
        provision_store.delete_user(conn, user_id)
        return Done(found, self._said(conn, caller, "removed", found))

    def put_group(
        self,
        conn: sa.Connection,
        caller: Caller,
        say: SayGroup,
        *,
        group_id: str = "",
        versions: tuple[int, ...] = (),
    ) -> Done[Group]:
        """Make a group, or change the one with an id; mapped rights follow in the same commit.

        Raises:
            NotFound: ``scim.unknown``; Invalid: ``scim.member``, ``scim.*``;
            Conflict: ``scim.taken``, ``scim.full``, ``scim.version``; and what ``say`` raises.
        """
        now = self._begin(conn, caller, PROVISION, HOUSE)
        before = self.group(conn, group_id) if group_id else None
        if before is None:
            check_room(len(provision_store.groups(conn)), MOST_GROUPS)
        else:
            check_version(versions, before.version)
        were = {one.user_id for one in provision_store.members(conn, group_id)} if before else set()
        said = say(before, sorted(were))
        check_said(said)
        other = provision_store.group_by_mark(conn, name_mark(said.name))
        if other is not None and other.group_id != group_id:
            raise taken()
        after = _group(before, said, now)
        provision_store.save_group(conn, after, new=before is None)
        touched = self._set_members(conn, caller, after, (were, set(said.members or ())))
        if before is not None and before.marks != after.marks:
            touched |= were
        self._settle_users(conn, caller, touched)
        event = "made" if before is None else "changed"
        return Done(after, self._said(conn, caller, event, after, members=len(touched)))

    def remove_group(
        self, conn: sa.Connection, caller: Caller, group_id: str, versions: tuple[int, ...] = ()
    ) -> Done[Group]:
        """Delete a group; what it gave ends now.

        Raises:
            NotFound: ``scim.unknown``; Conflict: ``scim.version``.
        """
        self._begin(conn, caller, PROVISION, HOUSE)
        found = self.group(conn, group_id)
        check_version(versions, found.version)
        were = {one.user_id for one in provision_store.members(conn, group_id)}
        provision_store.delete_group(conn, group_id)
        self._settle_users(conn, caller, were)
        return Done(found, self._said(conn, caller, "removed", found, members=len(were)))

    # What our own people do about it

    def provisioned(self, conn: sa.Connection, caller: Caller) -> list[User]:
        """Return whom the identity provider knows, for whoever holds ``people``."""
        self._demand(conn, caller, "people", HOUSE)
        return provision_store.users(conn)

    def admit_user(
        self, conn: sa.Connection, caller: Caller, user_id: str, person: Person
    ) -> Done[Shown]:
        """Enter a user as a person of ours, with their undertaking, and invite them (C1.4).

        All that is entered is what our person says: the provider's words are taken for nothing.

        Raises:
            NotFound: ``scim.unknown``; Conflict: ``scim.inactive``, ``scim.admitted``;
            and what ``invite`` raises.
        """
        self._begin(conn, caller, "people", HOUSE)
        user = self._waiting(conn, user_id)
        if person.represents:
            raise Refused("scim.ours", "The identity provider speaks for our own people alone.")
        done = self._invite(conn, caller, person, user_id)
        linked = replace(user, principal=done.result.principal_id)
        provision_store.save_user(conn, linked, new=False)
        return done

    def adopt_user(
        self, conn: sa.Connection, caller: Caller, user_id: str, principal_id: str
    ) -> Done[User]:
        """Say that a user is somebody who is already here: their end is then the provider's too.

        Raises:
            NotFound: ``scim.unknown``, ``principal.unknown``;
            Conflict: ``scim.inactive``, ``scim.admitted``, ``principal.not_active``;
            Refused: ``scim.ours``, ``self.adopt``.
        """
        self._begin(conn, caller, "people", HOUSE)
        user, person = self._waiting(conn, user_id), self._active(conn, principal_id)
        if person.kind != "person" or person.represents:
            raise Refused("scim.ours", "The identity provider speaks for our own people alone.")
        if principal_id in caller.principals:  # what groups give would be a right for oneself
            raise Refused("self.adopt", "Nobody does this for themselves.", do="Ask somebody else.")
        if provision_store.user_of(conn, principal_id) is not None:
            raise Conflict("scim.admitted", "Somebody at the identity provider is that person.")
        linked = replace(user, principal=principal_id)
        provision_store.save_user(conn, linked, new=False)
        self._settle_groups(conn, caller.actor(), [principal_id])
        context = {"user_id": user_id, "principal_id": principal_id}
        entry = self._note(conn, "access:person:adopted", caller.actor(), context=context)
        return Done(linked, entry)

    def _waiting(self, conn: sa.Connection, user_id: str) -> User:
        user = self.user(conn, user_id)
        if not user.active:
            raise Conflict("scim.inactive", "The identity provider says that they are not here.")
        if user.principal:
            raise Conflict("scim.admitted", "That user is one of our people already.")
        return user

    def _end_user(self, conn: sa.Connection, caller: Caller, user: User) -> None:
        """End whoever a user is here, and their memberships."""
        if user.principal:
            self._end_person(conn, caller, self._principal(conn, user.principal))
        provision_store.leave_groups(conn, user.user_id)

    def _set_members(
        self,
        conn: sa.Connection,
        caller: Caller,
        group: Group,
        states: tuple[set[str], set[str]],
    ) -> set[str]:
        """Put users in and take others out; return who was touched.

        Raises:
            Invalid: ``scim.member``.
        """
        were, are = states
        known = {one.user_id for one in provision_store.users(conn)} if are - were else set()
        if not are - were <= known:
            raise Invalid("scim.member", "A member is the id of a user; groups hold no groups.")
        key = store.credential(conn, caller.key_id)
        shown_to, now = (key.minted_by if key else ""), self._clock.now()
        new = [Member(group.group_id, one, shown_to, now) for one in sorted(are - were)]
        provision_store.add_members(conn, new)
        provision_store.delete_members(conn, group.group_id, were - are)
        return were ^ are

    def _settle_users(self, conn: sa.Connection, caller: Caller, user_ids: set[str]) -> None:
        found = [provision_store.user(conn, one) for one in sorted(user_ids)]
        self._settle_groups(conn, caller.actor(), [one.principal for one in found if one])

    def _said(
        self, conn: sa.Connection, caller: Caller, event: str, one: User | Group, **more: int
    ) -> object:
        """Record what the provider said: ids alone, and how many members it touched."""
        kind = "user" if isinstance(one, User) else "group"
        of = one.user_id if isinstance(one, User) else one.group_id
        context = {f"{kind}_id": of}
        if isinstance(one, User) and one.principal:
            context["principal_id"] = one.principal
        return self._note(
            conn, f"access:scim-{kind}:{event}", caller.actor(), detail=more, context=context
        )


def _user(before: User | None, said: Said, now: datetime) -> User:
    return User(
        user_id=before.user_id if before else secrets.token_hex(16),
        principal=before.principal if before else "",
        user_name=said.name,
        mark=name_mark(said.name),
        external_mark=external_mark(said.external_id),
        active=said.active,
        body=said.body,
        version=before.version + 1 if before else 1,
        created=before.created if before else now,
        modified=now,
    )


def _group(before: Group | None, said: Said, now: datetime) -> Group:
    return Group(
        group_id=before.group_id if before else secrets.token_hex(16),
        name=said.name,
        mark=name_mark(said.name),
        external_mark=external_mark(said.external_id),
        body=said.body,
        version=before.version + 1 if before else 1,
        created=before.created if before else now,
        modified=now,
    )
