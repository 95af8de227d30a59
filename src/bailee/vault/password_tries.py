"""A try of a customer's password: counted before it is compared, looked at again after it (C2.7).

The three steps stand in ``passwords``; here are the first two, and the look of the third. A caller
is counted too, so that one application's flood of wrong passwords ends, whoever's they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from bailee.access.hashing import Hasher
from bailee.access.password import NO_LISTS, Lists, Policy
from bailee.vault import password, password_store, subject_store
from bailee.vault.desk import Act, Allowed, Desk
from bailee.vault.password import Compared, Kept
from bailee.vault.retention import ERASING, check_restriction
from bailee.vault.subject import Subject

WRONG = Compared(right=False)


@dataclass(frozen=True, slots=True)
class Strength:
    """What passwords of customers are measured by.

    Args:
        hasher: of these passwords alone, so that nobody who tries many keeps our people out.
        policy: the rules in force for a controller's customers.
        lists: what a new password is compared with.
    """

    hasher: Hasher = field(default_factory=lambda: Hasher(busy="customer_password.busy"))
    policy: Callable[[sa.Connection, str], Policy] = lambda _conn, _controller: Policy()
    lists: Lists = NO_LISTS


@dataclass(frozen=True, slots=True)
class Tried:
    """A counted try, and how it ended.

    Args:
        whose: what it is counted as.
        subject: whose password it is, None for nobody's.
        row: the stored password that it was compared with, None for nothing.
        compared: how.
    """

    whose: str
    subject: Subject | None = None
    row: password_store.Row | None = None
    kept: Kept | None = None
    compared: Compared = WRONG


class Tries:
    """Tries of passwords."""

    def __init__(self, desk: Desk, strength: Strength) -> None:
        self._desk = desk
        self._strength = strength

    def _tried(self, act: Act, reference: str, typed: str) -> Tried:
        """Count a try, then compare: steps 1 and 2."""
        policy = self._policy(act.controller)
        with self._strength.hasher.place():
            tried = self._desk.before(
                act, lambda conn, allowed: self._count(conn, allowed, (reference, policy))
            )
            return replace(
                tried, compared=password.compare(self._strength.hasher, tried.kept, typed)
            )

    def _count(self, conn: sa.Connection, allowed: Allowed, tried: tuple[str, Policy]) -> Tried:
        """Count a try of a caller and of a customer; nobody's are counted like somebody's."""
        reference, policy = tried
        act, now = allowed.act, allowed.now
        calls = act.controller, password.calls_of(act.caller.principal_id)
        number = password_store.count_call(conn, calls, now, password.CALLER_WINDOW)
        if number > password.CALLER_TRIES:
            raise password.throttled()
        subject = self._subject(conn, act, reference)
        whose = subject.subject_id if subject else password.nobody(act.controller, reference)
        number = password_store.count_try(
            conn, (act.controller, whose), now, most=policy.tries, lock=policy.lock
        )
        if subject is None or number > policy.tries:
            return Tried(whose, subject)
        rows = password_store.find(conn, act.controller, [subject.subject_id])
        key = self._desk.keys.subject_keys(act.controller, [subject.key_id]).get(subject.key_id)
        if not rows or key is None:
            return Tried(whose, subject)
        return Tried(whose, subject, rows[0], password.unseal(act.controller, rows[0], key))

    def _subject(self, conn: sa.Connection, act: Act, reference: str) -> Subject | None:
        found = self._desk.directory.find(conn, act.controller, [reference], lock=False)
        subject = found.get(reference)
        if subject is not None:
            check_restriction(subject.state, subject.allowing, act.verb, act.purpose)
        return subject

    def _stands(self, conn: sa.Connection, act: Act, tried: Tried) -> bool:
        """Look again: right is what was right and is still the password. Then the counts go back.

        Rows are taken in one order everywhere, a caller's count, a customer's, their password, so
        that two who wait for each other do not wait for ever.
        """
        if not tried.compared.right or tried.subject is None or tried.row is None:
            return False
        controller, subject_id = act.controller, tried.subject.subject_id
        now = subject_store.by_id(conn, controller, [subject_id]).get(subject_id)
        if now is None or now.state == ERASING:
            return False
        check_restriction(now.state, now.allowing, act.verb, act.purpose)
        rows = password_store.find(conn, controller, [subject_id])
        if not rows or rows[0].password_id != tried.row.password_id:
            return False
        calls = password.calls_of(act.caller.principal_id)
        password_store.take_back(conn, controller, calls)
        password_store.clear(conn, controller, [tried.whose])
        return True

    def _renew(self, conn: sa.Connection, controller: str, tried: Tried) -> None:
        """Keep a right password as a hash of today's; if another is set meanwhile, that one is."""
        subject, row = tried.subject, tried.row
        if not tried.compared.anew or subject is None or row is None:
            return
        key = self._desk.keys.subject_keys(controller, [subject.key_id]).get(subject.key_id)
        if key is not None:
            where, kept = (row.subject_id, row.password_id), Kept(tried.compared.anew, ours=True)
            password_store.reseal(conn, controller, password.seal(controller, where, kept, key))

    def _policy(self, controller: str) -> Policy:
        """Return the rules in force; outside any transaction that writes."""
        return self._desk.database.read(
            controller, lambda conn: self._strength.policy(conn, controller)
        )
