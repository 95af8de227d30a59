"""Signing in with a password, and setting one (C2.5(3), C2.8(3), MISSION A7).

An attempt is three steps, because a hash takes a tenth of a second and no transaction waits so
long:

1. One transaction counts the attempt, of its source and of its person, before anything is
   compared: so no more than ten passwords are ever compared in a row, however many come at once.
   Dies after it: the try is counted, and nobody is signed in.
2. The hash is compared, outside; for nobody, and for whoever is locked, the same work is done.
3. One transaction looks again whether the person is here and the password the same, takes the code
   of the second factor, and makes the session, or records the refusal.

Whoever guesses learns one answer, whatever was wrong (ASVS 6.3.8). A source with thirty refused
attempts in half an hour is heard only for people who signed in from there before: so it can lock
three people at most, and nobody who shares its address is locked out by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from bailee.access import passkey_store, sign_in_store, store
from bailee.access.credential import Shown
from bailee.access.desk import Done
from bailee.access.factors import Factors
from bailee.access.password import NO_LISTS, check, prepare, too_old, weak_reuse
from bailee.access.people import People
from bailee.access.person import fold
from bailee.access.principal import Caller, Principal, Proven
from bailee.access.session import SOURCE_TRIES, Attempt, passkey_required, refused
from bailee.db import HOUSE, Database
from bailee.errors import Conflict, Failure, Refused, Unavailable

T = TypeVar("T")
PASSWORD = "password"  # noqa: S105 - what is tried, in the count of tries
INVITED = "invitation"


@dataclass(frozen=True, slots=True)
class Tried:
    """A counted attempt: whose it is, and what it is compared with ('' for nothing)."""

    person: str
    stored: str = field(default="", repr=False)
    since: datetime | None = None
    right: bool = False
    locked: bool = False


class SignIns(Factors, People):
    """Acts by which people come in, with a password."""

    def sign_in(self, database: Database, attempt: Attempt) -> Done[Shown]:
        """Sign somebody in; the session's token is shown once.

        Raises:
            Unauthenticated: ``sign_in.refused``, whatever was wrong;
            Refused: ``access.mfa_required``, ``access.passkey_required``, ``password.expired``,
            after the right password;
            Unavailable: ``sign_in.busy``.
        """
        tried = self._compared(database, attempt)

        def finish(conn: sa.Connection) -> Done[Shown] | Failure:
            proven = self._proven_by(conn, tried, attempt)
            if isinstance(proven, Failure):
                return proven
            against = self._against(conn, tried, proven)
            if against is not None:
                return self._note_refused(conn, tried.person, against)
            shown, caller = self._open_session(
                conn, tried.person, proven, policy=self._means.policy(conn)
            )
            return Done(shown, self._note(conn, "access:session:opened", caller.actor()))

        done = _raised(database.write(HOUSE, finish))
        database.write(HOUSE, lambda conn: self._make_room(conn, tried.person))
        self._renew_hash(database, tried, attempt.password)
        return done

    def change_password(self, database: Database, attempt: Attempt, new: str) -> Done[None]:
        """Change a password, showing the present one and a code; every session ends (ASVS 6.2.3).

        Needs no session: an expired password is changed this way.

        Raises:
            Unauthenticated: ``sign_in.refused``; Refused: ``password.*``; Oversized.
        """
        policy = database.read(HOUSE, self._means.policy)
        check(policy, new, (), NO_LISTS)  # first: a code that was spent is gone
        tried = self._compared(database, attempt)
        proven = _raised(database.write(HOUSE, lambda conn: self._proven_by(conn, tried, attempt)))
        person = database.read(HOUSE, lambda conn: self._principal(conn, tried.person))
        stored = self.judge_password(database, person, new)

        def save(conn: sa.Connection) -> Done[None]:
            store.bump(conn)
            self._active(conn, tried.person)
            now = self._clock.now()
            if not sign_in_store.hold_password(conn, tried.person, tried.stored):
                raise Conflict("password.moved", "That password was changed meanwhile.")
            sign_in_store.set_password(conn, tried.person, stored, now=now, kept=policy.kept)
            self._end_sessions(conn, tried.person)
            actor = {"principal_id": tried.person, "kind": "person"}
            actor["session"] = "+".join(proven.factors)
            return Done(None, self._note(conn, "access:password:changed", actor))

        return database.write(HOUSE, save)

    def take_up_password(
        self, database: Database, secret: str, new: str, *, code: str = ""
    ) -> Done[Shown]:
        """Accept an invitation by setting a password instead of getting a key; signed in at once.

        Whoever has a second factor shows a code of it too (ASVS 6.4.3). Keys and sessions that
        they had before end. The invitation came by another way than the password, so the session
        counts as one of two factors; it is how a second factor is first enrolled.

        Raises:
            Unauthenticated: ``invitation.*``, ``sign_in.refused``; Refused: ``password.*``.
        """

        def invited(conn: sa.Connection) -> Principal | Failure:
            person = self._principal(conn, self._invited(conn, secret).principal)
            factor = sign_in_store.factor(conn, person.principal_id)
            guessable = factor is not None and factor.state == "confirmed"
            if guessable and self.count_password(conn, person.principal_id).locked:
                return self._note_refused(conn, person.principal_id, refused())
            return person

        policy = database.read(HOUSE, self._means.policy)
        person = _raised(database.write(HOUSE, invited))
        stored = self.judge_password(database, person, new)

        def save(conn: sa.Connection) -> Done[Shown] | Failure:
            store.bump(conn)
            found, now = self._invited(conn, secret), self._clock.now()
            sign_in_store.hold_password(conn, person.principal_id)  # before the factor, as always
            kind = self._code_beside(conn, person.principal_id, code)
            if kind is None:
                return self._note_refused(conn, person.principal_id, refused())
            self._take_up(conn, found)
            sign_in_store.clear_tries(conn, person.principal_id, PASSWORD)
            sign_in_store.set_password(conn, person.principal_id, stored, now=now, kept=policy.kept)
            factors = (PASSWORD, INVITED, *([kind] if kind else []))
            proven = Proven(factors, now if kind else None)
            shown, caller = self._open_session(conn, person.principal_id, proven, policy=policy)
            context = {"invitation_id": found.invitation_id}
            entry = self._note(conn, "access:password:set", caller.actor(), context=context)
            return Done(shown, entry)

        return _raised(database.write(HOUSE, save))

    def prove_password(self, database: Database, caller: Caller, password: str) -> None:
        """Refuse a caller who does not know their own password; a try like any other.

        Raises:
            Refused: ``session.for_people``; Unauthenticated: ``sign_in.refused``.
        """
        person = database.read(HOUSE, lambda conn: self._self(conn, caller))
        tried = self._weighed(
            database, password, lambda conn: self.count_password(conn, caller.principal_id)
        )

        def finish(conn: sa.Connection) -> Failure | None:
            if not tried.right:
                return self._note_refused(conn, person.principal_id, refused())
            sign_in_store.clear_tries(conn, person.principal_id, PASSWORD)
            return None

        _raised(database.write(HOUSE, finish))

    def _compared(self, database: Database, attempt: Attempt) -> Tried:
        """Steps 1 and 2 of an attempt."""
        return self._weighed(database, attempt.password, lambda conn: self._reserve(conn, attempt))

    def _weighed(
        self, database: Database, password: str, count: Callable[[sa.Connection], Tried]
    ) -> Tried:
        prepared = prepare(password)
        database.read(HOUSE, self._means.policy)  # agreements are not compiled in a writer's turn
        with self._means.hasher.place():
            tried = database.write(HOUSE, count)
            stored = tried.stored if prepared is not None else ""
            right = self._means.hasher.fits(stored, prepared or b"")
        return Tried(tried.person, tried.stored, tried.since, right)

    def _reserve(self, conn: sa.Connection, attempt: Attempt) -> Tried:
        """Count an attempt of a source and of a person; nobody's are counted like somebody's."""
        now, mark = self._clock.now(), self._means.mark(attempt.source)
        login = fold(attempt.login)
        bucket = hashlib.sha256(login.encode("utf-8", "replace")).hexdigest()[:2]
        person = self._logins(conn).get(login, "")
        whose = person or f"nobody-{bucket}"
        number = sign_in_store.count_source(conn, mark, now)
        known = sign_in_store.known_source(conn, mark, whose, now)
        if number > SOURCE_TRIES and not known:
            return Tried(person)
        return self.count_password(conn, whose)

    def count_password(self, conn: sa.Connection, whose: str) -> Tried:
        """Count a try of a password, and return what it is compared with: nothing while locked."""
        policy = self._means.policy(conn)
        number = sign_in_store.count_try(
            conn, whose, PASSWORD, now=self._clock.now(), most=policy.tries, lock=policy.lock
        )
        found = sign_in_store.password(conn, whose)
        if found is None or number > policy.tries:
            return Tried(whose, locked=number > policy.tries)
        return Tried(whose, *found)

    def _logins(self, conn: sa.Connection) -> dict[str, str]:
        """Return the people of the register by their folded addresses."""

        def load() -> dict[str, str]:
            everybody = store.principals(conn)
            here = [one for one in everybody if one.kind == "person" and one.state != "left"]
            return {fold(one.email): one.principal_id for one in here}

        return self._memory.recall(store.epoch(conn), "logins", load)

    def _proven_by(self, conn: sa.Connection, tried: Tried, attempt: Attempt) -> Proven | Failure:
        """Step 3: look again, and take the code; the count begins anew when all was right."""
        person = store.principal(conn, tried.person)
        here = person is not None and person.state == "active"
        kind = None
        if tried.right and here and sign_in_store.hold_password(conn, tried.person, tried.stored):
            kind = self._code_beside(conn, tried.person, attempt.code)
        if kind is None:
            return self._note_refused(conn, tried.person if person else "", refused())
        now = self._clock.now()
        # The source before the person, as in step 1: who waits for whom must not go in a circle.
        sign_in_store.learn_source(conn, self._means.mark(attempt.source), tried.person, now)
        sign_in_store.clear_tries(conn, tried.person, PASSWORD)
        return Proven((PASSWORD, *([kind] if kind else [])), now if kind else None)

    def _code_beside(self, conn: sa.Connection, principal_id: str, code: str) -> str | None:
        """Return the kind of second factor shown; '' if none is needed, None if it is not right."""
        found = sign_in_store.factor(conn, principal_id)
        if found is None or found.state != "confirmed":
            return ""
        return self._second(conn, found, code) or None

    def _against(self, conn: sa.Connection, tried: Tried, proven: Proven) -> Failure | None:
        """Return what keeps somebody out who has shown the right password alone."""
        now = self._clock.now()
        if proven.second:
            return None
        if passkey_store.holds(conn, tried.person):
            return passkey_required()
        try:
            self._check_two(conn, "", tried.person, now)
        except Refused as refusal:
            return refusal
        age = self._means.policy(conn).age
        if age is not None and tried.since is not None and now >= tried.since + age:
            return too_old()
        return None

    def judge_password(self, database: Database, person: Principal, new: str) -> str:
        """Return the hash of a new password, or refuse it; no transaction waits meanwhile.

        Raises:
            Refused: ``password.*``; Oversized: ``password.long``; Unavailable: ``password.list``.
        """
        policy = database.read(HOUSE, self._means.policy)
        own = (person.name, person.email, person.employer, self._means.issuer)
        check(policy, new, own, self._means.lists)
        prepared = prepare(new) or b""
        before = database.read(
            HOUSE, lambda conn: sign_in_store.passwords(conn, person.principal_id, policy.kept)
        )
        with self._means.hasher.place():
            if any(self._means.hasher.fits(one, prepared) for one in before):
                raise weak_reuse()
            return self._means.hasher.hash(prepared)

    def _renew_hash(self, database: Database, tried: Tried, password: str) -> None:
        """Store a right password at today's cost, if it was stored at another.

        Dies here, or finds no place: it stays as it was until the next time.
        """
        if not self._means.hasher.outdated(tried.stored):
            return
        with suppress(Unavailable):
            with self._means.hasher.place():
                new = self._means.hasher.hash(prepare(password) or b"")
            database.write(
                HOUSE, lambda conn: sign_in_store.rehash(conn, tried.person, tried.stored, new)
            )

    def _note_refused(self, conn: sa.Connection, person: str, failure: Failure) -> Failure:
        """Record a refused attempt; whose it was is committed to and not readable (C2.5(5))."""
        context = {"principal_id": person} if person else {}
        self._note(
            conn,
            "access:sign-in:refused",
            {"kind": "nobody"},
            decision="refused",
            detail={"code": failure.code},
            context=context,
        )
        return failure


def _raised(result: T | Failure) -> T:
    """Return a result, or raise the failure that a transaction committed with its try."""
    if isinstance(result, Failure):
        raise result
    return result
