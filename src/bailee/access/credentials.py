"""Acts on keys and tokens, and the door itself (C2.5(3), C2.8(3)).

A person's key comes from an invitation alone, so that nobody else ever saw it; a service's key is
minted by a person, who is remembered as having seen it. ``rotate_key`` exchanges a key for
another with the same rights: the agreement's "changed every ninety days".
"""

from __future__ import annotations

import functools
import hmac
import secrets
from datetime import datetime

import sqlalchemy as sa

from bailee.access import store
from bailee.access.award import shows
from bailee.access.credential import (
    KEY,
    TOKEN,
    TOKEN_LIFE,
    Credential,
    Shown,
    digest,
    new_secret,
    objection,
    well_formed,
)
from bailee.access.desk import Done
from bailee.access.memory import NotRememberedError
from bailee.access.principal import ACTING_FOR, Caller, Principal
from bailee.access.session import SESSION, fresh, step_up
from bailee.access.sessions import Sessions
from bailee.access.uses import Uses
from bailee.db import HOUSE, Database
from bailee.errors import NotFound, Refused, Unauthenticated


def person_missing() -> Unauthenticated:
    """Return the failure of an acting-for service that does not say for whom."""
    return Unauthenticated(
        "credential.person_missing",
        "This service does nothing unless it says for whom.",
        do="Send the person's token beside the service's key, in Bailee-Person-Token.",
    )


def not_yours() -> Unauthenticated:
    """Return the failure of a token that somebody shows whom it was not issued to.

    Nobody but an acting-for service shows any: not a person, not even beside their own key.
    """
    return Unauthenticated("credential.not_yours", "That token was not issued to whoever shows it.")


class Credentials(Sessions, Uses):
    """Acts on credentials; a session is one."""

    def authenticate(
        self, conn: sa.Connection, bearer: str, *, person_token: str | None = None
    ) -> Caller:
        """Return who shows these credentials.

        Args:
            conn: any transaction on the data database.
            bearer: a key or a session's token.
            person_token: for an acting-for service, the token of the person it acts for, issued by
                this house. What an identity provider signed is nothing known here (``vouching``).

        Raises:
            Unauthenticated: ``credential.missing``, ``unknown``, ``expired``, ``revoked``,
                ``principal_left``, ``principal_dormant``, ``principal_suspended``,
                ``person_missing``, ``not_yours``.
        """
        return self._authenticate_at(store.epoch(conn), conn, bearer, person_token)

    def authenticate_now(
        self, database: Database, bearer: str, *, person_token: str | None = None
    ) -> Caller:
        """Return who shows a key, as ``authenticate`` does, before any transaction began.

        Where the key is remembered under the epoch that stands, that is all that is asked; that a
        session is in use is written down once a minute.

        Raises:
            Unauthenticated: as ``authenticate``.
        """
        try:
            caller = self._authenticate_at(store.epoch_now(database), None, bearer, person_token)
        except NotRememberedError:
            caller = database.read(
                HOUSE, lambda conn: self.authenticate(conn, bearer, person_token=person_token)
            )
        if caller.proven is not None:
            self._note_use(database, caller.key_id)
        self._see(database, caller)
        return caller

    def key_now(self, database: Database, bearer: str) -> tuple[Credential, Principal]:
        """Return the living key with that secret and whose it is, before any transaction began.

        Raises:
            Unauthenticated: as ``authenticate``.
        """
        try:
            return self._key_at(store.epoch_now(database), None, bearer)
        except NotRememberedError:
            return database.read(HOUSE, lambda conn: self._key_at(store.epoch(conn), conn, bearer))

    def mint_key(
        self,
        conn: sa.Connection,
        caller: Caller,
        principal_id: str,
        *,
        until: datetime | None = None,
    ) -> Done[Shown]:
        """Make a key for a service, shown once to the caller, who is remembered as having seen it.

        Args:
            conn: a transaction.
            caller: holds ``people``.
            principal_id: the service.
            until: an earlier end than the usual 90 days; a later one is cut to them.

        Raises:
            Refused: ``self.mint``, ``key.person``, ``self.mint_granted``.
        """
        self._begin(conn, caller, "people", HOUSE)
        if principal_id in caller.principals:
            raise Refused(
                "self.mint", "Nobody mints for themselves.", do="Rotate your key instead."
            )
        service = self._active(conn, principal_id)
        if service.kind == "person":
            raise Refused(
                "key.person",
                "Only a person themselves may ever see their key.",  # C2.5(2)
                do="Invite them again; they get the key when they accept.",
            )
        if self._others_of_ours(conn) and self._gave_sight(conn, caller.accountable, service):
            raise Refused(
                "self.mint_granted",
                "You gave this service the right to see data; whoever has its key has that right.",
                do="Let somebody else mint the key.",
            )
        shown = self._issue(conn, service, minted_by=caller.accountable, until=until)
        context = {"principal_id": principal_id, "minted_key_id": shown.secret_id}
        entry = self._note(conn, "access:key:minted", caller.actor(), context=context)
        return Done(shown, entry)

    def rotate_key(self, conn: sa.Connection, caller: Caller) -> Done[Shown]:
        """Exchange the caller's own key for a fresh one; the old one ends in the same commit.

        Rights stay what they were, and so does who has seen the key. If the process dies after
        the commit and before the answer, the new key is lost: ask for a new invitation.

        Raises:
            Refused: ``key.session``: a session never becomes a key, which would outlive it.
        """
        self._begin_own(conn, caller)
        if caller.proven is not None:
            raise Refused("key.session", "A session is not exchanged for a key.")
        old = store.credential(conn, caller.key_id)
        if old is None:
            raise Unauthenticated(
                "credential.unknown", "Nobody has that credential.", do="Check BAILEE_KEY."
            )
        self._revoke(conn, [old])
        holder = self._principal(conn, caller.principal_id)
        shown = self._issue(conn, holder, minted_by=old.minted_by)
        context = {"minted_key_id": shown.secret_id}
        return Done(shown, self._note(conn, "access:key:rotated", caller.actor(), context=context))

    def revoke_key(self, conn: sa.Connection, caller: Caller, key_id: str) -> Done[None]:
        """End a key or token: one's own, or with ``people`` anybody's.

        Raises:
            NotFound: ``credential.no_such_key``; Conflict: ``lifecycle.event``,
            ``administrator.last``.
        """
        found = store.credential(conn, key_id)
        if found is not None and found.principal in caller.principals:
            self._begin_own(conn, caller)
        else:
            self._begin(conn, caller, "people", HOUSE)
        if found is None:
            raise NotFound("credential.no_such_key", "There is no key with that id.")
        self._revoke(conn, [found])
        self._keep_administrators(conn)
        context = {"principal_id": found.principal, "revoked_key_id": key_id}
        return Done(None, self._note(conn, "access:key:revoked", caller.actor(), context=context))

    def act_for(self, conn: sa.Connection, caller: Caller, service_id: str) -> Done[Shown]:
        """Let an acting-for service act for the calling person, for 15 minutes.

        The epoch stays: a new token changes nothing that anybody remembers, and tokens are many.

        A session must have shown a code lately: nobody asks for one of whoever shows the token.

        Raises:
            Refused: ``token.person``, ``token.service``, ``session.step_up``.
        """
        now = self._clock.now()
        self._check_standing(conn, store.epoch(conn), caller, now)
        if caller.proven is not None and not fresh(caller.proven, now):
            raise step_up()
        if caller.kind != "person":
            raise Refused("token.person", "Only a person can be acted for.")
        service = self._active(conn, service_id)
        if service.mode != ACTING_FOR:
            raise Refused("token.service", "That is not a service that acts for people.")
        secret = new_secret(TOKEN)
        token = Credential(
            key_id=secrets.token_hex(16),
            digest=digest(secret),
            kind="token",
            principal=caller.principal_id,
            minted_by="",
            created=now,
            expires=now + TOKEN_LIFE,
            bound_to=service_id,
        )
        store.add_credential(conn, token)
        context = {"principal_id": service_id, "token_id": token.key_id}
        entry = self._note(conn, "access:token:issued", caller.actor(), context=context)
        return Done(Shown(secret, token.key_id, caller.principal_id, token.expires), entry)

    def keys_seen_by(
        self, conn: sa.Connection, caller: Caller, principal_id: str
    ) -> list[Credential]:
        """Return the living keys that a person was shown: those that end when they leave."""
        self._demand(conn, caller, "people", HOUSE)
        now = self._clock.now()
        return [one for one in store.live_credentials(conn, now) if one.minted_by == principal_id]

    def _authenticate_at(
        self, epoch: str, conn: sa.Connection | None, bearer: str, person_token: str | None
    ) -> Caller:
        key, principal = self._key_at(epoch, conn, bearer)
        if principal.mode != ACTING_FOR and person_token is None:
            proven = self._proven(epoch, conn, key) if key.kind == "session" else None
            return Caller(principal.principal_id, key.key_id, principal.kind, proven=proven)
        if not person_token:
            raise person_missing() if principal.mode == ACTING_FOR else not_yours()
        token, person = self._recognise(epoch, conn, person_token, TOKEN)
        if token.bound_to != principal.principal_id:
            raise not_yours()
        return Caller(
            principal.principal_id, key.key_id, "service", person.principal_id, token.key_id
        )

    def _key_at(
        self, epoch: str, conn: sa.Connection | None, bearer: str
    ) -> tuple[Credential, Principal]:
        if not bearer:
            raise Unauthenticated(
                "credential.missing",
                "No credential was shown.",
                do="Send Authorization: Bearer KEY.",
            )
        kind = SESSION if bearer.startswith(SESSION) else KEY
        return self._recognise(epoch, conn, bearer, kind)

    def _recognise(
        self, epoch: str, conn: sa.Connection | None, text: str, kind: str
    ) -> tuple[Credential, Principal]:
        """Return the living credential with that secret, and its principal.

        An ill-formed secret costs no query. A wrong one is not remembered, so that a flood of
        them cannot push out what is.
        """
        wanted = digest(text)
        load = functools.partial(self._by_digest, conn, wanted, (text, kind))
        credential, principal = self._memory.recall(epoch, (kind, wanted), load)
        if not hmac.compare_digest(credential.digest, wanted):
            raise Unauthenticated(
                "credential.unknown", "Nobody has that credential.", do="Check BAILEE_KEY."
            )
        against = objection(credential, principal, self._clock.now())
        if against is not None:
            raise against
        return credential, principal

    def _by_digest(
        self, conn: sa.Connection | None, wanted: bytes, shown: tuple[str, str]
    ) -> tuple[Credential, Principal]:
        unknown = Unauthenticated(
            "credential.unknown", "Nobody has that credential.", do="Check BAILEE_KEY."
        )
        if not well_formed(*shown):
            raise unknown
        if conn is None:
            raise NotRememberedError
        credential = store.credential_by_digest(conn, wanted)
        owner = store.principal(conn, credential.principal) if credential else None
        if credential is None or owner is None:
            raise unknown
        return credential, owner

    def _gave_sight(self, conn: sa.Connection, giver: str, service: Principal) -> bool:
        """Tell whether somebody gave a service a living right to see data."""
        now = self._clock.now()
        return any(
            one.granted_by == giver
            and one.state == "living"
            and one.until > now
            and shows(one.verbs, service)
            for controller in store.reach(conn, service.principal_id)
            for one in store.grants(conn, controller, service.principal_id)
        )
