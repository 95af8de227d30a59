"""Set, verify, change, remove: passwords of a controller's customers (C2.7, C2.5(5)).

Nothing here, and nothing elsewhere, answers with a password or a hash. A verification is three
steps, because a hash takes a tenth of a second and no transaction waits so long:

1. One transaction decides whether the caller may, and counts the try, of the customer and of the
   caller, before anything is compared. Dies after it: the try is counted, and nobody was answered.
2. The hash is compared, outside; for a customer who is unknown, has no password or is locked, the
   same work is done.
3. One transaction looks again whether caller and customer may and the password is the same, writes
   the entry, and begins the customer's count anew if it was right.

The entry says that a password was verified, and its opening whose; whether it was right stands in
the opening alone. An ``Idempotency-Key`` is not taken: what is kept of a call would be made of the
password. To set one twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import sqlalchemy as sa

from bailee.access import Caller
from bailee.access.password import check as check_strength
from bailee.access.password import prepare
from bailee.errors import Failure
from bailee.keys import new_ids
from bailee.vault import imported, password, password_store
from bailee.vault.batch import Items
from bailee.vault.desk import Act, Allowed, Done
from bailee.vault.directory import touch
from bailee.vault.password import Kept
from bailee.vault.password_shapes import (
    MAX_PLAIN,
    ChangePassword,
    PasswordChanged,
    PasswordsSet,
    PasswordVerified,
    SetPassword,
    SetPasswords,
    SetResult,
    VerifyPassword,
)
from bailee.vault.password_tries import Tried, Tries
from bailee.vault.retention import check_hold
from bailee.vault.shapes import Answer, Entry, Subjects
from bailee.vault.shapes import Kept as Changed
from bailee.vault.subject import Attributes

A = TypeVar("A", bound=Answer)
Context = Mapping[str, str]
NOTHING: Context = MappingProxyType({})
ACTIONS = {
    "set": ("set-password", "vault:customer-password:set"),
    "verify": ("verify-password", "vault:customer-password:verified"),
    "change": ("change-password", "vault:customer-password:changed"),
    "remove": ("set-password", "vault:customer-password:removed"),
}
"""What is asked for: the verb that it takes, and how the ledger calls it."""


class Passwords(Tries):
    """Passwords that are verified and never read."""

    def keep(
        self, caller: Caller, controller: str, body: SetPasswords, *, context: Context = NOTHING
    ) -> PasswordsSet:
        """Keep passwords of customers; who is unknown is taken in.

        Raises:
            Failure: what ``Desk.run`` raises; ``password.*`` for one that is too weak;
            Invalid: ``customer_password.count``, ``one_of``, ``twice``, ``imported``;
            Unavailable: ``customer_password.busy``.
        """
        act = _act(caller, controller, ("set", body.purpose), context)
        self._desk.before(act, lambda _conn, _allowed: None)
        made = self._hashed(controller, body)

        def work(conn: sa.Connection, allowed: Allowed) -> Done[PasswordsSet]:
            items, good = _sorted_out(body, made)
            asked = {one.subject: Attributes() for one, _ in good}
            admitted = self._desk.directory.admit(conn, controller, asked, allowed.now)
            subjects = [admitted.subjects[one.subject] for one, _ in good]
            rows = [
                password.seal(
                    controller, (subject.subject_id, its), kept, admitted.keys[subject.key_id]
                )
                for subject, its, (_, kept) in zip(subjects, new_ids(len(good)), good, strict=True)
            ]
            password_store.clear(conn, controller, [one.subject_id for one in subjects])
            password_store.put(conn, controller, rows, allowed.now)
            return Done(
                answer=lambda entry: PasswordsSet(_results(body, items), entry),
                count=len(rows),
                touched=[touch("", one, ()) for one in subjects],
                elements=(),
                detail=items.detail,
            )

        return self._desk.run(act, work)

    def verify(
        self, caller: Caller, controller: str, body: VerifyPassword, *, context: Context = NOTHING
    ) -> PasswordVerified:
        """Tell whether a customer's password is right; one answer to everything that is wrong.

        Raises:
            Refused: ``subject.restricted``, ``customer_password.throttled``, and of grants;
            Unavailable: ``customer_password.busy``; Broken: ``customer_password.altered``.
        """
        act = _act(caller, controller, ("verify", body.purpose), context)
        tried = self._tried(act, body.subject, body.password)

        def work(conn: sa.Connection, _allowed: Allowed) -> Done[PasswordVerified]:
            right = self._stands(conn, act, tried)
            if right:
                self._renew(conn, controller, tried)
            return _done(tried, right, lambda entry: PasswordVerified(right, entry))

        return self._desk.run(act, work)

    def change(
        self, caller: Caller, controller: str, body: ChangePassword, *, context: Context = NOTHING
    ) -> PasswordChanged:
        """Put another password in the place of the one that is shown.

        Raises:
            Failure: as ``verify``, and ``password.*`` for a new one that is too weak or the same.
        """
        act = _act(caller, controller, ("change", body.purpose), context)
        self._desk.before(act, lambda _conn, _allowed: None)
        weak = self._weak(controller, body.subject, body.password)
        if prepare(body.current) == prepare(body.password):
            weak = weak or password.same()
        if weak is not None:
            self._desk.before(act, _raising(weak))
        tried = self._tried(act, body.subject, body.current)
        anew = self._anew(tried, body.password)

        def work(conn: sa.Connection, allowed: Allowed) -> Done[PasswordChanged]:
            changed = self._stands(conn, act, tried)
            if changed and tried.subject and tried.row:
                key = self._desk.keys.subject_keys(controller, [tried.subject.key_id])
                where = tried.subject.subject_id, new_ids(1)[0]
                row = password.seal(
                    controller, where, Kept(anew, ours=True), key[tried.subject.key_id]
                )
                changed = password_store.replace(
                    conn, controller, tried.row.password_id, row, now=allowed.now
                )
            return _done(tried, changed, lambda entry: PasswordChanged(changed, entry))

        return self._desk.run(act, work)

    def remove(
        self, caller: Caller, controller: str, body: Subjects, *, context: Context = NOTHING
    ) -> Changed:
        """Destroy passwords of customers; who has none is passed over.

        Raises:
            Conflict: ``subject.held`` under a legal hold, and then none is removed.
        """
        act = _act(caller, controller, ("remove", body.purpose), context)

        def work(conn: sa.Connection, _allowed: Allowed) -> Done[Changed]:
            found = self._desk.directory.find(conn, controller, body.subjects, lock=True)
            for one in found.values():
                check_hold(one.held)
            subjects = {one.subject_id: one for one in found.values()}
            having = {one.subject_id for one in password_store.find(conn, controller, subjects)}
            gone = password_store.drop(conn, controller, sorted(having))
            return Done(
                answer=lambda entry: Changed(gone, entry),
                count=gone,
                touched=[touch("", subjects[one], ()) for one in sorted(having)],
                elements=(),
            )

        return self._desk.run(act, work)

    def _weak(self, controller: str, reference: str, new: str) -> Failure | None:
        """Return why a password is too weak for somebody, None if it is not."""
        policy = self._policy(controller)
        try:
            check_strength(policy, new, (reference, controller), self._strength.lists)
        except Failure as failure:
            return failure
        return None

    def _anew(self, tried: Tried, new: str) -> str:
        """Return the hash of a new password; '' where the present one was not right."""
        if not tried.compared.right:
            return ""
        with self._strength.hasher.place():
            return self._strength.hasher.hash(prepare(new) or b"")

    def _hashed(self, controller: str, body: SetPasswords) -> list[Kept | Failure]:
        """Return what is kept of each password, or why nothing is. No transaction waits.

        Where one is refused and nothing is to be kept then, nothing is hashed.
        """
        plain = sum(one.password is not None for one in body.passwords)
        if plain > MAX_PLAIN:
            return [password.too_many(MAX_PLAIN)] * len(body.passwords)
        seen: set[str] = set()
        found: list[Kept | Failure | None] = []
        for one in body.passwords:
            found.append(password.twice() if one.subject in seen else self._taken(controller, one))
            seen.add(one.subject)
        if body.mode == "atomic" and any(isinstance(one, Failure) for one in found):
            return [one or Kept("", ours=True) for one in found]
        return [
            one if one is not None else Kept(self._hash(sent.password or ""), ours=True)
            for one, sent in zip(found, body.passwords, strict=True)
        ]

    def _taken(self, controller: str, sent: SetPassword) -> Kept | Failure | None:
        """Return a hash to keep, why nothing is kept, or None for what is to be hashed."""
        if (sent.password is None) == (sent.imported is None):
            return password.one_of_two()
        if sent.password is not None:
            return self._weak(controller, sent.subject, sent.password)
        text = sent.imported or ""
        try:
            imported.check(text)
        except Failure as failure:
            return failure
        return Kept(text, ours=False)

    def _hash(self, new: str) -> str:
        with self._strength.hasher.place():
            return self._strength.hasher.hash(prepare(new) or b"")


def _act(caller: Caller, controller: str, asked: tuple[str, str], context: Context) -> Act:
    """Return what a call wants to do, and for which purpose."""
    verb, action = ACTIONS[asked[0]]
    return Act(
        caller=caller,
        controller=controller,
        verb=verb,
        action=action,
        purpose=asked[1],
        elements=(password.ELEMENT,),
        context=context,
    )


def _raising(failure: Failure) -> Callable[[sa.Connection, Allowed], None]:
    def refuse(_conn: sa.Connection, _allowed: Allowed) -> None:
        raise failure

    return refuse


def _done(tried: Tried, right: bool, answer: Callable[[Entry], A]) -> Done[A]:  # noqa: FBT001 - how a try ended
    """Return what a try did: one line whose it was, and in the opening alone how it ended."""
    return Done(
        answer=answer,
        count=1,
        touched=[touch("", tried.subject, ())] if tried.subject else [],
        elements=(),
        context={"right": "yes" if right else "no"},
    )


def _sorted_out(
    body: SetPasswords, made: Sequence[Kept | Failure]
) -> tuple[Items, list[tuple[SetPassword, Kept]]]:
    """Return which items failed, and what is kept of the others.

    Raises:
        Failure: an item's, where nothing is kept then.
    """
    items, good = Items(body.mode), []
    for place, (sent, one) in enumerate(zip(body.passwords, made, strict=True)):
        if isinstance(one, Failure):
            items.fail(place, one)
        else:
            good.append((sent, one))
    return items, good


def _results(body: SetPasswords, items: Items) -> list[SetResult]:
    return [
        SetResult(sent.ref, ok=place not in items.failed, error=items.failed.get(place))
        for place, sent in enumerate(body.passwords)
    ]
