"""Acts on passkeys: made, listed, removed (C2.5(3), C2.5(6), MISSION A7).

Whoever has a second factor already shows it lately before another passkey is made or one is
removed; whoever has none shows their password. An answer that is not taken is *returned* as a
failure, so that its challenge is gone with the commit that records it.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from bailee.access import passkey_store, sign_in_store, store
from bailee.access.desk import Done
from bailee.access.lifecycle import step
from bailee.access.passkey import (
    CHALLENGE_LIFE,
    CREATE,
    LIFE,
    MOST_PASSKEYS,
    Asked,
    Attested,
    Challenge,
    Passkey,
    Relying,
    challenge_digest,
    check_name,
    enrolled_before,
    handle_of,
    new_challenge,
    no_address,
    not_enrolled,
    proof_missing,
    too_many,
)
from bailee.access.principal import Caller
from bailee.access.session import demand_session, fresh, step_up
from bailee.access.sign_ins import SignIns
from bailee.db import HOUSE
from bailee.errors import Failure, NotFound


class Passkeys(SignIns):
    """Acts on passkeys."""

    def offer_passkey(self, conn: sa.Connection, caller: Caller, *, password: bool) -> Asked:
        """Ask the calling person's browser to make a passkey.

        Args:
            conn: a transaction.
            caller: a person, for themselves.
            password: whether they have just shown their own. Whoever has a second factor shows
                that lately instead: a thief of session and password adds no factor of theirs.

        Raises:
            Conflict: ``passkey.address``, ``passkey.many``; Refused: ``session.for_people``,
            ``session.none``, ``session.step_up``, ``passkey.proof``.
        """
        now = self._clock.now()
        self._check_standing(conn, store.epoch(conn), caller, now)
        person, relying = self._self(conn, caller), self._relying()
        self._check_shown(conn, caller, now)
        held = passkey_store.of(conn, person.principal_id)
        if not password and (caller.proven is None or not fresh(caller.proven, now)):
            raise proof_missing()
        if len(held) >= MOST_PASSKEYS:
            raise too_many()
        challenge = self._open(conn, CREATE, caller.principal_id, caller.key_id)
        return Asked(
            challenge,
            relying,
            tuple(held),
            handle_of(person.principal_id),
            person.email,
            person.name,
        )

    def enrol_passkey(
        self, conn: sa.Connection, caller: Caller, made: Attested, name: str
    ) -> Done[Passkey] | Failure:
        """Take a passkey that was made in answer to our challenge; other sessions end (ASVS 7.4.3).

        The challenge is gone with the first answer to it, right or wrong.

        Returns:
            The passkey, or a failure to be raised after the commit: ``passkey.refused``,
            ``passkey.enrolled``.

        Raises:
            Invalid: ``passkey.name``; Conflict: ``passkey.many``, ``passkey.address``.
        """
        from bailee.access.ceremony import FlawError, verify_made  # noqa: PLC0415 - loads slowly

        now = self._begin_own(conn, caller)
        person, relying = self._self(conn, caller).principal_id, self._relying()
        bare = check_name(name)
        if len(passkey_store.of(conn, person)) >= MOST_PASSKEYS:
            raise too_many()
        challenge = self._take(conn, made.client_data, CREATE, caller)
        if not challenge:
            return self._note_flaw(conn, caller, "challenge", not_enrolled())
        try:
            key = verify_made(relying, challenge, made)
        except FlawError as flaw:
            return self._note_flaw(conn, caller, str(flaw), not_enrolled())
        known = passkey_store.by_credential(conn, key.credential)
        if known is not None:  # whose it is, is said to whoever has it
            failure = enrolled_before() if known.principal == person else not_enrolled()
            return self._note_flaw(conn, caller, "known", failure)
        new = Passkey(
            passkey_id=secrets.token_hex(16),
            principal=person,
            credential=key.credential,
            public_key=key.public_key,
            signs=key.count,
            transports=made.transports,
            synced=key.synced,
            name=bare,
            created=now,
        )
        passkey_store.add(conn, new)
        self._end_sessions(conn, person, but=caller.key_id)
        context = {"passkey_id": new.passkey_id}
        entry = self._note(conn, "access:passkey:enrolled", caller.actor(), context=context)
        return Done(new, entry)

    def passkeys(
        self, conn: sa.Connection, caller: Caller, principal_id: str = ""
    ) -> list[Passkey]:
        """Return the passkeys of the caller, or with ``people`` of anybody.

        Raises:
            Refused: ``grant.missing``.
        """
        if principal_id in ("", caller.principal_id):
            self._check_standing(conn, store.epoch(conn), caller, self._clock.now())
        else:
            self._demand(conn, caller, "people", HOUSE)
        return passkey_store.of(conn, principal_id or caller.principal_id)

    def remove_passkey(self, conn: sa.Connection, caller: Caller, passkey_id: str) -> Done[None]:
        """Remove a passkey: one's own after a second factor, or with ``people`` somebody else's.

        Every other session of its person ends.

        Raises:
            NotFound: ``passkey.unknown``; Refused: ``grant.missing``, ``session.none``,
            ``session.step_up``, ``session.for_people``; Conflict: ``administrator.last``.
        """
        found = passkey_store.by_id(conn, passkey_id)
        if found is not None and found.principal in caller.principals:
            now = self._begin_own(conn, caller)
            self._self(conn, caller)
            if not fresh(demand_session(caller.proven), now):
                raise step_up()
        else:
            self._begin(conn, caller, "people", HOUSE)
        found = passkey_store.by_id(conn, passkey_id)  # once more: no act runs beside this one
        if found is None:
            raise NotFound("passkey.unknown", "There is no passkey with that id.")
        step(LIFE, found.state, "remove")
        passkey_store.drop(conn, passkey_id)
        self._end_sessions(conn, found.principal, but=caller.key_id)
        self._keep_administrators(conn)
        context = {"principal_id": found.principal, "passkey_id": passkey_id}
        return Done(
            None, self._note(conn, "access:passkey:removed", caller.actor(), context=context)
        )

    def take_challenge(self, conn: sa.Connection, challenge: bytes, wanted: Challenge) -> bool:
        """Close an open challenge; True once, to whoever it was opened for."""
        digest = challenge_digest(challenge)
        return passkey_store.take_challenge(conn, replace(wanted, digest=digest), self._clock.now())

    def _relying(self) -> Relying:
        relying = self._means.relying()
        if relying is None:
            raise no_address()
        return relying

    def _check_shown(self, conn: sa.Connection, caller: Caller, now: datetime) -> None:
        """Refuse whoever has a second factor and did not show it lately (NIST SP 800-63B-4 4.1)."""
        factor = sign_in_store.factor(conn, caller.principal_id)
        confirmed = factor is not None and factor.state == "confirmed"
        if not confirmed and not passkey_store.holds(conn, caller.principal_id):
            return
        if not fresh(demand_session(caller.proven), now):
            raise step_up()

    def _open(self, conn: sa.Connection, ceremony: str, person: str, bound_to: str) -> bytes:
        challenge, until = new_challenge(), self._clock.now() + CHALLENGE_LIFE
        new = Challenge(challenge_digest(challenge), ceremony, person, bound_to, until)
        passkey_store.add_challenge(conn, new)
        return challenge

    def _take(
        self, conn: sa.Connection, client_data: bytes, ceremony: str, caller: Caller | None
    ) -> bytes:
        """Close the challenge that an answer names; return it, or b'' when none was open."""
        from bailee.access.ceremony import challenge_of  # noqa: PLC0415 - loads slowly

        challenge = challenge_of(client_data)
        person, bound = (caller.principal_id, caller.key_id) if caller else ("", "")
        wanted = Challenge("", ceremony, person, bound, self._clock.now())
        return challenge if self.take_challenge(conn, challenge, wanted) else b""

    def _note_flaw(
        self, conn: sa.Connection, caller: Caller, why: str, failure: Failure
    ) -> Failure:
        """Record an answer that was not taken from somebody known; ``why`` is a word of ours."""
        self._note(
            conn,
            "access:passkey:refused",
            caller.actor(),
            decision="refused",
            detail={"code": failure.code, "why": why},
        )
        return failure
