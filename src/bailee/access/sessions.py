"""Acts on sessions, and what makes one count: its use, its end, and how its person signed in."""

from __future__ import annotations

import functools
import secrets
from dataclasses import replace
from datetime import datetime
from typing import NoReturn

import sqlalchemy as sa

from bailee.access import sign_in_store, sign_on_store, store
from bailee.access.credential import Credential, Shown, digest, new_secret
from bailee.access.desk import Desk, Done
from bailee.access.memory import MEMORY_LIMIT, NotRememberedError
from bailee.access.password import Policy
from bailee.access.principal import Caller, Proven
from bailee.access.session import (
    MOST_SESSIONS,
    SESSION,
    STEP_UP_LIFE,
    WRITTEN_EVERY,
    Session,
    demand_session,
    fresh,
    idle_over,
    step_up,
)
from bailee.db import HOUSE, Database
from bailee.errors import Conflict, NotFound, Unauthenticated


class Sessions(Desk):
    """Acts on sessions."""

    @functools.cached_property
    def _seen(self) -> dict[str, datetime]:
        """Return when sessions were last written down as used, as far as this process knows.

        Threads that meet here write the same row twice at most.
        """
        return {}

    def sessions(
        self, conn: sa.Connection, caller: Caller, principal_id: str = ""
    ) -> list[Session]:
        """Return the living sessions of the caller, or with ``people`` of anybody.

        Raises:
            Refused: ``grant.missing``.
        """
        now = self._clock.now()
        if principal_id in ("", caller.principal_id):
            self._check_standing(conn, store.epoch(conn), caller, now)
        else:
            self._demand(conn, caller, "people", HOUSE)
        found = sign_in_store.sessions(conn, principal_id or caller.principal_id, now)
        return [one for one in found if not one.idle_at(one.seen, now)]

    def factors_of(self, conn: sa.Connection, session_id: str) -> tuple[str, ...]:
        """Return what was shown when a session was made."""
        found = sign_in_store.session(conn, session_id)
        return found.proven.factors if found else ()

    def end_session(self, conn: sa.Connection, caller: Caller, session_id: str = "") -> Done[str]:
        """End a session in every process: the caller's own, or with ``people`` anybody's.

        Another session of one's own takes having shown something lately (ASVS 7.5.2), so that a
        thief of one session does not put its person out: a code or a passkey, or signing in.

        Args:
            conn: a transaction.
            caller: whose session it is, or who holds ``people``.
            session_id: which; the one that is shown when left out.

        Returns:
            The id of the session that ended.

        Raises:
            NotFound: ``session.unknown``; Refused: ``session.none``, ``session.step_up``,
            ``grant.missing``; Conflict: ``lifecycle.event``.
        """
        if not session_id:
            demand_session(caller.proven)
        found = store.credential(conn, session_id or caller.key_id)
        if found is not None and found.key_id == caller.key_id:
            store.bump(conn)  # whatever keeps a session from being used, it can be ended
        elif found is not None and found.principal == caller.principal_id:
            self._check_shown_lately(conn, caller, self._begin_own(conn, caller))
        else:
            self._begin(conn, caller, "people", HOUSE)
        if found is None or found.kind != "session":
            raise NotFound("session.unknown", "There is no session with that id.")
        self._revoke(conn, [found])
        context = {"principal_id": found.principal, "session_id": found.key_id}
        entry = self._note(conn, "access:session:ended", caller.actor(), context=context)
        return Done(found.key_id, entry)

    def _check_shown_lately(self, conn: sa.Connection, caller: Caller, now: datetime) -> None:
        """Refuse a session whose person has shown nothing for a while; a key is shown each time.

        Raises:
            Refused: ``session.step_up``.
        """
        if caller.proven is None or fresh(caller.proven, now):
            return
        session = sign_in_store.session(conn, caller.key_id)
        if session is None or now >= session.begun + STEP_UP_LIFE:
            raise step_up()

    def _open_session(
        self,
        conn: sa.Connection,
        principal_id: str,
        proven: Proven,
        *,
        policy: Policy,
        instead_of: tuple[Credential, Session] | None = None,
    ) -> tuple[Shown, Caller]:
        """Make a session; its token is the only copy. One instead of another ends when that did."""
        now, secret = self._clock.now(), new_secret(SESSION)
        before, known = instead_of or (None, None)
        credential = Credential(
            key_id=secrets.token_hex(16),
            digest=digest(secret),
            kind="session",
            principal=principal_id,
            minted_by="",
            created=now,
            expires=before.expires if before else now + policy.absolute,
        )
        session = Session(
            session_id=credential.key_id,
            principal=principal_id,
            factors="+".join(proven.factors),
            begun=known.begun if known else now,
            seen=now,
            idle=int(policy.idle.total_seconds()),
            stepped=proven.stepped,
        )
        store.add_credential(conn, credential)
        sign_in_store.add_session(conn, session)
        shown = Shown(secret, credential.key_id, principal_id, credential.expires)
        return shown, Caller(principal_id, credential.key_id, "person", proven=proven)

    def _make_room(self, conn: sa.Connection, principal_id: str) -> None:
        """End the oldest sessions of a person who has more than one may."""
        found = sign_in_store.sessions(conn, principal_id, self._clock.now())
        spare = found[: max(len(found) - MOST_SESSIONS, 0)]
        if spare:
            store.bump(conn)
            self._end(conn, [one.session_id for one in spare])

    def _end_sessions(self, conn: sa.Connection, principal_id: str, *, but: str = "") -> None:
        """End every session of a person, but for one; under an epoch that was bumped before."""
        found = sign_in_store.sessions(conn, principal_id, self._clock.now())
        self._end(conn, [one.session_id for one in found if one.session_id != but])

    def _end_sessions_by(self, conn: sa.Connection, principal_id: str, factor: str) -> None:
        """End every session that a factor is part of; under an epoch that was bumped before."""
        found = sign_in_store.sessions(conn, principal_id, self._clock.now())
        self._end(conn, [one.session_id for one in found if factor in one.proven.factors])

    def _end(self, conn: sa.Connection, session_ids: list[str]) -> None:
        known = [store.credential(conn, one) for one in session_ids]
        self._revoke(conn, [one for one in known if one is not None])

    def _present(self, conn: sa.Connection, caller: Caller) -> tuple[Credential, Session]:
        """Return the session that a caller shows, as it is stored."""
        credential = store.credential(conn, caller.key_id)
        session = sign_in_store.session(conn, caller.key_id)
        if credential is None or session is None:
            _unknown()
        return credential, session

    def _proven(self, epoch: str, conn: sa.Connection | None, key: Credential) -> Proven:
        """Return how the person of a session signed in, unless it was not used for too long.

        That another process saw it later stands in the database alone, so before a session counts
        as idle its row is read.
        """

        def load() -> Session:
            if conn is None:
                raise NotRememberedError
            return sign_in_store.session(conn, key.key_id) or _unknown()

        now = self._clock.now()
        session = self._memory.recall(epoch, ("session", key.key_id), load)
        seen = max(session.seen, self._seen.get(key.key_id, session.seen))
        if session.idle_at(seen, now):
            session = replace(session, seen=load().seen)
            self._learn_use(key.key_id, session.seen)
            if session.idle_at(session.seen, now):
                raise idle_over()
        else:
            self._learn_use(key.key_id, seen)
        return session.proven

    def _note_use(self, database: Database, session_id: str) -> None:
        """Write down that a session is in use, if that was not done in the last minute."""
        now = self._clock.now()
        if now - self._seen.get(session_id, now - WRITTEN_EVERY) < WRITTEN_EVERY:
            return
        database.write(HOUSE, lambda conn: sign_in_store.see_session(conn, session_id, now))
        self._learn_use(session_id, now)

    def _learn_use(self, session_id: str, seen: datetime) -> None:
        if len(self._seen) >= MEMORY_LIMIT:
            self._seen.clear()
        self._seen[session_id] = seen

    def _begin_waiting(self, conn: sa.Connection, caller: Caller) -> datetime:
        """Open an act as ``_begin_own`` does; a session that waits for its code may do it too."""
        store.bump(conn)
        now = self._clock.now()
        self._check_standing(conn, "", caller, now, factors=False)
        return now

    def _swap_session(
        self, conn: sa.Connection, caller: Caller, proven: Proven, policy: Policy
    ) -> tuple[Shown, Caller]:
        """Put another session in place of the caller's, which is over (ASVS 7.2.4)."""
        present = self._present(conn, caller)
        if present[0].state != "live":
            raise Conflict("session.moved", "That session was exchanged meanwhile.")
        self._revoke(conn, [present[0]])
        shown, instead = self._open_session(
            conn, caller.principal_id, proven, policy=policy, instead_of=present
        )
        sign_on_store.keep_place(conn, caller.key_id, shown.secret_id)
        return shown, instead


def _unknown() -> NoReturn:
    raise Unauthenticated("credential.unknown", "Nobody has that credential.", do="Sign in.")
