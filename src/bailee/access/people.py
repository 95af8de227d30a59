"""The register of people and services: who is authorised at all (C1.3, C1.4, C2.5(1)(2)(6)).

1. ``found`` makes the one named administrator of an empty house.
2. ``invite`` → the person ``accept``s with a one-time secret and gets their key. Nobody else ever
   sees that key; whoever invites sees the invitation, which works once, so that a stolen one is
   noticed by the person whom it was stolen from.
3. ``suspend``, ``resume``, ``move``, ``leave``. Whoever leaves loses everything in one commit:
   keys, sessions, password, passkeys, tokens, links, grants at every controller, requests, and
   every secret that they were shown.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bailee.access import link_store, passkey_store, sign_in_store, store
from bailee.access.credential import (
    INVITATION,
    INVITATION_LIFE,
    INVITE,
    Invitation,
    Shown,
    digest,
    invitation_objection,
    new_secret,
    well_formed,
)
from bailee.access.desk import Done
from bailee.access.grant import Grant
from bailee.access.leaving import Leaving
from bailee.access.lifecycle import step
from bailee.access.person import Person, check_person, check_unique
from bailee.access.principal import Caller, Principal, check_service, demand_active
from bailee.access.session import key_alone
from bailee.db import HOUSE
from bailee.errors import Conflict, Refused, Unauthenticated

FOUNDING_VERBS = ("people", "grant", "audit")
FOUNDING_LIFE = timedelta(days=3660)
"""The founder's own rights end last: nobody could renew them before a second person is here."""


class People(Leaving):
    """Acts on the register."""

    def init_administrator(self, conn: sa.Connection, person: Person) -> Done[Shown]:
        """Found an empty house: one named person with people, grant and audit, and their key.

        Raises:
            Conflict: ``house.founded``; and what ``check_person`` raises.
        """
        store.bump(conn)
        now = self._clock.now()
        if store.principals(conn):
            raise Conflict("house.founded", "The house already has its administrator.")
        check_person(person, now.date())
        founder = self._enter(conn, person, "active")
        store.add_grant(
            conn,
            Grant(
                grant_id=secrets.token_hex(16),
                principal=founder.principal_id,
                verbs=FOUNDING_VERBS,
                elements=(),
                purposes=(),
                controller=HOUSE,
                until=now + FOUNDING_LIFE,
                daily=0,
                created=now,
                granted_by=founder.principal_id,
            ),
        )
        shown = self._issue(conn, founder, minted_by="")
        actor = {"principal_id": founder.principal_id, "key_id": shown.secret_id, "kind": "person"}
        return Done(shown, self._note(conn, "access:house:founded", actor))

    def invite_founder(self, conn: sa.Connection, founder: Caller) -> Done[Shown]:
        """Invite the founder to the browser, in the transaction that founded the house.

        Nobody invites themselves later: a stolen key would become a session with two factors.

        Raises:
            Conflict: ``house.founded`` once anybody else was let in or invited.
        """
        person = self._principal(conn, founder.principal_id)
        if len(store.principals(conn)) > 1 or store.open_invitations(conn):
            raise Conflict("house.founded", "The house already has its administrator.")
        shown = self._invitation(conn, founder, person)
        context = {"principal_id": person.principal_id, "invitation_id": shown.secret_id}
        entry = self._note(conn, "access:person:renewed", founder.actor(), context=context)
        return Done(shown, entry)

    def invite(self, conn: sa.Connection, caller: Caller, person: Person) -> Done[Shown]:
        """Enter a named person and return their one-time invitation.

        A controller's representative is invited the same way (``relation`` and ``represents``).

        Raises:
            Refused: ``person.shared``, ``person.employer``, ``person.undertaking``;
            Conflict: ``person.email_taken``; NotFound: ``controller.unknown``.
        """
        self._begin(conn, caller, "people", HOUSE)
        return self._invite(conn, caller, person)

    def _invite(
        self, conn: sa.Connection, caller: Caller, person: Person, user_id: str = ""
    ) -> Done[Shown]:
        """Enter a person, in an act that was begun; ``user_id`` is who the provider says it is."""
        check_person(person, self._clock.now().date())
        here = [one for one in store.principals(conn) if one.state != "left"]
        check_unique(person.email, [one.email for one in here if one.kind == "person"])
        if person.represents:
            self._rules(conn, person.represents)
        entered = self._enter(conn, person, "invited")
        shown = self._invitation(conn, caller, entered)
        told = {"principal_id": entered.principal_id, "invitation_id": shown.secret_id}
        entry = self._note(
            conn,
            "access:person:invited",
            caller.actor(),
            detail={"relation": person.relation},
            context=told | ({"user_id": user_id} if user_id else {}),
        )
        return Done(shown, entry)

    def renew(self, conn: sa.Connection, caller: Caller, principal_id: str) -> Done[Shown]:
        """Invite a person again: their open invitations end now, their keys when they accept.

        Raises:
            Refused: ``self.mint``; Conflict: ``principal.no_invitation``.
        """
        self._begin(conn, caller, "people", HOUSE)
        if principal_id in caller.principals:
            raise Refused("self.mint", "Nobody invites themselves.", do="Rotate your key instead.")
        person = self._principal(conn, principal_id)
        if person.kind != "person" or person.state not in ("invited", "active"):
            raise Conflict(
                "principal.no_invitation",
                "Only a person who is invited or active can be invited again.",
                do="Let whoever is dormant back in first.",
            )
        self._withdraw_invitations(conn, principal_id)
        shown = self._invitation(conn, caller, person)
        context = {"principal_id": principal_id, "invitation_id": shown.secret_id}
        entry = self._note(conn, "access:person:renewed", caller.actor(), context=context)
        return Done(shown, entry)

    def accept(self, conn: sa.Connection, secret: str) -> Done[Shown]:
        """Accept an invitation: the person becomes active and gets their key, shown once.

        Keys they had before end, so that a person has one key.

        Raises:
            Unauthenticated: ``invitation.unknown``, ``used``, ``withdrawn``, ``expired``;
            Refused: ``access.key_alone`` where it would be a key that does not count; the
            invitation stays open, and sets a password.
        """
        store.bump(conn)
        found = self._invited(conn, secret)
        if not self.keys_count(conn, "", self._clock.now()):
            raise key_alone()
        person = self._take_up(conn, found)
        shown = self._issue(conn, person, minted_by="")
        entry = self._note(
            conn,
            "access:person:accepted",
            {"principal_id": person.principal_id, "key_id": shown.secret_id, "kind": "person"},
            context={"invitation_id": found.invitation_id},
        )
        return Done(shown, entry)

    def _invited(self, conn: sa.Connection, secret: str) -> Invitation:
        """Return the open invitation with that secret.

        Raises:
            Unauthenticated: ``invitation.*``.
        """
        known = well_formed(secret, INVITATION)
        found = store.invitation_by_digest(conn, digest(secret)) if known else None
        if found is None:
            raise Unauthenticated("invitation.unknown", "Nobody was invited with that.")
        against = invitation_objection(found, self._clock.now())
        if against is not None:
            raise against
        return found

    def _take_up(self, conn: sa.Connection, found: Invitation) -> Principal:
        """Let whoever was invited in; keys, passkeys and sessions that they had before end."""
        person = self._principal(conn, found.principal)
        if person.state == "invited":
            state = step(person.table, person.state, "accept")
            store.set_principal_state(conn, person.principal_id, state)
            self._arrived(conn, replace(person, state=state))
        else:
            demand_active(person)
        store.set_invitation_state(conn, found.invitation_id, step(INVITE, found.state, "accept"))
        if passkey_store.end(conn, found.principal):  # before sessions: one may just be opening
            context = {"principal_id": found.principal, "invitation_id": found.invitation_id}
            actor = {"principal_id": found.principal, "kind": "person"}
            self._note(conn, "access:passkey:removed", actor, context=context)
        living = store.live_credentials(conn, self._clock.now())
        self._revoke(conn, [one for one in living if one.principal == found.principal])
        return person

    def add_service(
        self, conn: sa.Connection, caller: Caller, *, name: str, mode: str, owner: str
    ) -> Done[Principal]:
        """Enter a service and the person who answers for it. It has no key and no rights yet.

        Raises:
            Invalid: ``service.name``, ``service.mode``, ``service.owner``;
            Conflict: ``service.name_taken``.
        """
        now = self._begin(conn, caller, "people", HOUSE)
        check_service(name, mode)
        answers = self._active(conn, owner)
        if answers.kind != "person" or answers.represents:
            raise Refused("service.owner", "One of our own people answers for a service.")
        here = [one for one in store.principals(conn) if one.state != "left"]
        if name in {one.name for one in here if one.kind == "service"}:
            raise Conflict("service.name_taken", "Another service has that name.")
        service = Principal(
            secrets.token_hex(16), "service", "active", now, name, mode=mode, owner=owner
        )
        store.add_principal(conn, service)
        entry = self._note(
            conn,
            "access:service:added",
            caller.actor(),
            detail={"mode": mode},
            context={"principal_id": service.principal_id, "owner": owner},
        )
        return Done(service, entry)

    def suspend(self, conn: sa.Connection, caller: Caller, principal_id: str) -> Done[None]:
        """Shut a person or service out until resumed: nothing works; codes and sessions end."""
        entry = self._move_state(
            conn, caller, principal_id, event="suspend", action="access:principal:suspended"
        )
        self._end_codes(conn, principal_id)
        living = store.live_credentials(conn, self._clock.now())
        mine = [one for one in living if one.principal == principal_id]
        self._revoke(conn, [one for one in mine if one.kind == "session"])
        self._keep_administrators(conn)
        return Done(None, entry)

    def resume(self, conn: sa.Connection, caller: Caller, principal_id: str) -> Done[None]:
        """Let a suspended person or service back in."""
        entry = self._move_state(
            conn, caller, principal_id, event="resume", action="access:principal:resumed"
        )
        return Done(None, entry)

    def move(self, conn: sa.Connection, caller: Caller, principal_id: str) -> Done[None]:
        """End every right of somebody whose job changed (C2.5(6)); the new job's are given anew."""
        self._begin(conn, caller, "people", HOUSE)
        self._active(conn, principal_id)
        self._end_rights(conn, caller, principal_id)
        self._end_codes(conn, principal_id)
        self._keep_administrators(conn)
        context = {"principal_id": principal_id}
        entry = self._note(conn, "access:principal:moved", caller.actor(), context=context)
        return Done(None, entry)

    def leave(
        self, conn: sa.Connection, caller: Caller, principal_id: str
    ) -> Done[tuple[str, ...]]:
        """Revoke everything of a leaver in one commit (C2.5(6)); also retires a service.

        Keys of services and codes of emergencies that the leaver was shown end too: a secret that
        somebody outside knows is not one. To spare a service the gap, let somebody else mint it a
        key beforehand.

        Returns:
            The ids of the services that now need another person to answer for them.

        Raises:
            Conflict: ``administrator.last``, ``lifecycle.event``.
        """
        self._begin(conn, caller, "people", HOUSE)
        return self._end_person(conn, caller, self._principal(conn, principal_id))

    def register(self, conn: sa.Connection, caller: Caller) -> list[Principal]:
        """Return everybody on the register, for whoever holds ``people``."""
        self._demand(conn, caller, "people", HOUSE)
        return store.principals(conn)

    def _enter(self, conn: sa.Connection, person: Person, state: str) -> Principal:
        entered = Principal(
            principal_id=secrets.token_hex(16),
            kind="person",
            state=state,
            created=self._clock.now(),
            name=person.name,
            employer=person.employer.strip(),
            email=person.email,
            relation=person.relation,
            represents=person.represents,
            undertaking=person.undertaking.strip(),
            undertaken=person.undertaken.isoformat() if person.undertaken else "",
        )
        store.add_principal(conn, entered)
        return entered

    def _invitation(self, conn: sa.Connection, caller: Caller, person: Principal) -> Shown:
        secret, now = new_secret(INVITATION), self._clock.now()
        invitation = Invitation(
            invitation_id=secrets.token_hex(16),
            digest=digest(secret),
            principal=person.principal_id,
            created_by=caller.accountable,
            created=now,
            expires=now + INVITATION_LIFE,
        )
        store.add_invitation(conn, invitation)
        return Shown(secret, invitation.invitation_id, person.principal_id, invitation.expires)

    def _arrived(self, conn: sa.Connection, person: Principal) -> None:
        """Do what follows from somebody's coming (``memberships``)."""

    def _departed(self, conn: sa.Connection, principal_id: str) -> None:
        """Do what follows from somebody's end (``memberships``)."""

    def _end_person(
        self, conn: sa.Connection, caller: Caller, found: Principal
    ) -> Done[tuple[str, ...]]:
        """End a person or service with everything they had, in an act that was begun."""
        principal_id = found.principal_id
        entry = self._step_state(conn, caller, found, event="leave", action="access:principal:left")
        self._revoke(
            conn,
            [
                one
                for one in store.live_credentials(conn, self._clock.now())
                if principal_id in (one.principal, one.minted_by, one.bound_to)
            ],
        )
        link_store.end(conn, principal_id)
        sign_in_store.forget(conn, principal_id)
        self._withdraw_invitations(conn, principal_id)
        self._end_rights(conn, caller, principal_id)
        self._end_codes(conn, principal_id, made=True)
        self._departed(conn, principal_id)
        self._keep_administrators(conn)
        orphans = tuple(
            one.principal_id
            for one in store.principals(conn)
            if one.owner == principal_id and one.state != "left"
        )
        return Done(orphans, entry)

    def _move_state(
        self, conn: sa.Connection, caller: Caller, principal_id: str, *, event: str, action: str
    ) -> Any:
        self._begin(conn, caller, "people", HOUSE)
        found = self._principal(conn, principal_id)
        return self._step_state(conn, caller, found, event=event, action=action)

    def _step_state(
        self, conn: sa.Connection, caller: Caller, found: Principal, *, event: str, action: str
    ) -> Any:
        after = step(found.table, found.state, event)
        store.set_principal_state(conn, found.principal_id, after)
        context = {"principal_id": found.principal_id}
        return self._note(
            conn, action, caller.actor(), detail={"kind": found.kind}, context=context
        )
