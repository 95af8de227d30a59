"""Acts by which people come in with a passkey, or show one in a session (C2.5(3), MISSION A7).

Signing in is three steps, as with a password, and nothing is compared before it is counted:

1. One transaction counts the attempt, of its source and of whose passkey it names, and takes the
   challenge away. Dies after it: the try is counted, the challenge gone, nobody signed in.
2. The signature is verified, outside; for credentials that are nobody's against a key of nobody's.
3. One transaction looks again whether the person is here and the passkey living, moves its count
   on, and makes the session; or records the refusal.

A count that does not move on means that two devices sign with one passkey (Level 3, 6.1.1): it is
suspended, and every session of its person ends. It is compared after the signature alone, so that
nobody suspends a passkey that they do not hold. Two pages of one device that answer in the wrong
order look the same; a new passkey is the way out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from bailee.access import passkey_store, sign_in_store, store
from bailee.access.credential import Shown
from bailee.access.desk import Done
from bailee.access.lifecycle import step
from bailee.access.passkey import (
    LIFE,
    PASSKEY,
    SIGN_IN,
    STEP_UP,
    Asked,
    Passkey,
    Relying,
    Signed,
    handle_of,
    moved_on,
    no_passkey,
    not_shown,
)
from bailee.access.passkeys import Passkeys
from bailee.access.principal import Caller, Proven
from bailee.access.session import SOURCE_TRIES, demand_session, refused
from bailee.db import HOUSE, Database
from bailee.errors import Failure

BY_PASSKEY = {"factor": PASSKEY}


@dataclass(frozen=True, slots=True)
class Weighed:
    """A counted attempt: what it named, and why it cannot be right ('' for nothing yet)."""

    found: Passkey | None
    why: str = ""
    signs: int = 0

    @property
    def person(self) -> str:
        """Whose passkey it is, '' for nobody's."""
        return self.found.principal if self.found else ""


class PasskeySignIns(Passkeys):
    """Acts by which people come in with a passkey."""

    def ask_passkey(self, conn: sa.Connection, source: str) -> Asked:
        """Ask a stranger's browser for any passkey of this house.

        Raises:
            Conflict: ``passkey.address``.
        """
        relying = self._relying()
        return Asked(self._open(conn, SIGN_IN, "", self._means.mark(source)), relying)

    def sign_in_passkey(self, database: Database, signed: Signed, source: str) -> Done[Shown]:
        """Sign in whoever shows a passkey; the session's token is shown once.

        Raises:
            Unauthenticated: ``sign_in.refused``, whatever was wrong;
            Conflict: ``passkey.address``.
        """
        relying = self._relying()
        database.read(HOUSE, self._means.policy)  # agreements are not compiled in a writer's turn
        tried = database.write(HOUSE, lambda conn: self._reserve_signed(conn, signed, source))
        tried = self._weigh_signed(relying, tried, signed)

        def finish(conn: sa.Connection) -> Done[Shown] | Failure | None:
            why = tried.why or self._unfit(conn, tried.person)
            if why or tried.found is None:
                return self._note_unsigned(conn, tried.person, why)
            now = self._clock.now()
            if not passkey_store.use(conn, tried.found.passkey_id, tried.signs, now):
                return None
            # The source before the person, as in step 1: who waits for whom is no circle.
            sign_in_store.learn_source(conn, self._means.mark(source), tried.person, now)
            sign_in_store.clear_tries(conn, tried.person, PASSKEY)
            shown, caller = self._open_session(
                conn, tried.person, Proven((PASSKEY,), now), policy=self._means.policy(conn)
            )
            context = {"passkey_id": tried.found.passkey_id}
            entry = self._note(
                conn, "access:session:opened", caller.actor(), detail=BY_PASSKEY, context=context
            )
            return Done(shown, entry)

        done = database.write(HOUSE, finish)
        if done is None:  # dies before the next: refused, and its next use suspends it
            done = database.write(HOUSE, lambda conn: self._suspect(conn, tried))
        if isinstance(done, Failure):
            raise done
        database.write(HOUSE, lambda conn: self._make_room(conn, tried.person))
        return done

    def ask_step_up(self, conn: sa.Connection, caller: Caller) -> Asked:
        """Ask the calling person's browser for one of their passkeys.

        Raises:
            Conflict: ``passkey.address``, ``passkey.none``; Refused: ``session.none``,
            ``session.for_people``.
        """
        self._check_standing(conn, store.epoch(conn), caller, self._clock.now())
        person, relying = self._self(conn, caller).principal_id, self._relying()
        demand_session(caller.proven)
        held = tuple(one for one in passkey_store.of(conn, person) if one.state == "live")
        if not held:
            raise no_passkey()
        return Asked(self._open(conn, STEP_UP, person, caller.key_id), relying, held)

    def step_up_passkey(
        self, conn: sa.Connection, caller: Caller, signed: Signed
    ) -> Done[Shown] | Failure:
        """Show a passkey in a session; another session comes in its place (ASVS 7.2.4).

        Returns:
            The new token, or the refusal ``passkey.not_shown``, to be raised after the commit.

        Raises:
            Refused: ``session.none``; Conflict: ``passkey.address``.
        """
        now = self._begin_own(conn, caller)
        proven, relying = demand_session(caller.proven), self._relying()
        person, policy = self._self(conn, caller).principal_id, self._means.policy(conn)
        number = sign_in_store.count_try(
            conn, person, PASSKEY, now=now, most=policy.tries, lock=policy.lock
        )
        challenge = self._take(conn, signed.client_data, STEP_UP, caller)
        found = passkey_store.by_credential(conn, signed.credential)
        if found is not None and found.principal != person:
            found = None
        why = "" if challenge else "challenge"
        why = "locked" if number > policy.tries else why
        tried = self._weigh_signed(relying, Weighed(found, why), signed, handle_needed=False)
        if not tried.why and found is not None:
            if not passkey_store.use(conn, found.passkey_id, tried.signs, now):
                self._suspect(conn, tried)
                return not_shown()
            sign_in_store.clear_tries(conn, person, PASSKEY)
            factors = tuple(dict.fromkeys((*proven.factors, PASSKEY)))
            shown, instead = self._swap_session(conn, caller, Proven(factors, now), policy)
            context = {"session_before": caller.key_id, "passkey_id": found.passkey_id}
            entry = self._note(
                conn,
                "access:session:stepped-up",
                instead.actor(),
                detail=BY_PASSKEY,
                context=context,
            )
            return Done(shown, entry)
        if number >= policy.tries:
            self._end(conn, [caller.key_id])
        return self._note_flaw(conn, caller, tried.why, not_shown())

    def _reserve_signed(self, conn: sa.Connection, signed: Signed, source: str) -> Weighed:
        """Step 1: count an attempt; what is nobody's is counted like somebody's."""
        now, mark = self._clock.now(), self._means.mark(source)
        policy = self._means.policy(conn)
        number = sign_in_store.count_source(conn, mark, now)
        found = passkey_store.by_credential(conn, signed.credential)
        bucket = hashlib.sha256(signed.credential).hexdigest()[:2]
        whose = found.principal if found else f"nobody-{bucket}"
        challenge = self._take(conn, signed.client_data, SIGN_IN, None)
        if number > SOURCE_TRIES and not sign_in_store.known_source(conn, mark, whose, now):
            return Weighed(found, "source")
        tries = sign_in_store.count_try(
            conn, whose, PASSKEY, now=now, most=policy.tries, lock=policy.lock
        )
        if tries > policy.tries:
            return Weighed(found, "locked")
        return Weighed(found, "" if challenge else "challenge")

    def _weigh_signed(
        self, relying: Relying, tried: Weighed, signed: Signed, *, handle_needed: bool = True
    ) -> Weighed:
        """Step 2: verify, whatever was wrong before; the first thing wrong is what is recorded."""
        from bailee.access import ceremony  # noqa: PLC0415 - loads slowly

        found, why, signs = tried.found, tried.why, 0
        key = found.public_key if found else ceremony.decoy()
        try:
            used = ceremony.verify_shown(
                relying, ceremony.challenge_of(signed.client_data), signed, key
            )
            signs = used.count
            if found is not None and used.synced != found.synced:
                why = why or "backup"  # Level 3, 7.2: eligibility never changes
        except ceremony.FlawError as flaw:
            why = why or ("unknown" if found is None else str(flaw))
        if found is None:
            return Weighed(None, why or "unknown")
        if found.state != "live":
            why = why or found.state
        if signed.user_handle != handle_of(found.principal) and (
            handle_needed or signed.user_handle
        ):
            why = why or "handle"
        return Weighed(found, why, signs)

    def _unfit(self, conn: sa.Connection, principal_id: str) -> str:
        """Return why a person does not sign in who has shown the right thing, '' for nothing."""
        person = store.principal(conn, principal_id)
        return "" if person is not None and person.state == "active" else "person"

    def _suspect(self, conn: sa.Connection, tried: Weighed) -> Failure:
        """Suspend a passkey whose count did not move on, unless another call was there first."""
        store.bump(conn)
        found = passkey_store.by_id(conn, tried.found.passkey_id) if tried.found else None
        if found is None or found.state != "live" or moved_on(found.signs, tried.signs):
            return self._note_unsigned(conn, tried.person, "moved")
        passkey_store.set_state(conn, found.passkey_id, step(LIFE, found.state, "suspend"))
        self._end_sessions(conn, found.principal)
        self._note(
            conn,
            "access:passkey:suspended",
            {"kind": "nobody"},
            decision="refused",
            detail={"code": "passkey.clone"},
            context={"principal_id": found.principal, "passkey_id": found.passkey_id},
        )
        return refused()

    def _note_unsigned(self, conn: sa.Connection, person: str, why: str) -> Failure:
        """Record a refused attempt to sign in; whose it was is committed to and not readable."""
        failure = refused()
        self._note(
            conn,
            "access:sign-in:refused",
            {"kind": "nobody"},
            decision="refused",
            detail={"code": failure.code, "why": why, **BY_PASSKEY},
            context={"principal_id": person} if person else {},
        )
        return failure
