"""Reveal: values go out, one entry before them (C2.4, C2.5(4), C2.5(5)).

By record or by token. Each element is answered plain or as the view that the grant gives. What
cannot be shown whole is not shown at all: a restricted subject, a value that does not open.
Elements that a record does not hold are left out.

The subjects shown are counted against the caller's daily number, or drawn from an approval, in the
same transaction; so are the records of a call whose answer leaves in a disclosure (C2.3).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bailee.access import PLAIN, Caller
from bailee.agreement import RETENTION
from bailee.errors import Failure, Invalid, NotFound, Refused
from bailee.keys import SubjectKey
from bailee.ledger import Touched
from bailee.vault import isolation, kept_store, store, subject_store, token_store, values
from bailee.vault.batch import Items, check_size
from bailee.vault.catalogue import CATALOGUE, element
from bailee.vault.desk import Act, Allowed, Desk, Done
from bailee.vault.directory import touch
from bailee.vault.kept import select
from bailee.vault.record import Sealed, Stored, by_holder, unpack
from bailee.vault.retention import ERASING, check_restriction
from bailee.vault.shapes import Masked, Reveal, Revealed, RevealResult
from bailee.vault.subject import Subject, unknown_record
from bailee.vault.token import bare, is_alias

ACTION = "vault:record:revealed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one item asks for: ciphertexts of one record by element, by whose they are."""

    stored: Stored
    held: Mapping[str, Mapping[str, bytes]]


def want(stored: Stored, sealed: Mapping[str, Sealed]) -> Wanted:
    """Return what an item asks for."""
    return Wanted(stored, by_holder(sealed, stored.subject.subject_id))


def act(caller: Caller, controller: str, body: Reveal, context: Mapping[str, str]) -> Act:
    """Return what a call wants to do."""
    return Act(
        caller=caller,
        controller=controller,
        verb="reveal",
        action=ACTION,
        purpose=body.purpose,
        elements=tuple(body.elements),
        context=context,
    )


def work(desk: Desk, body: Reveal) -> Callable[[sa.Connection, Allowed], Done[Revealed]]:
    """Return the act's work.

    Raises:
        Invalid: ``element.unknown``; ``reveal.target`` unless exactly one of records and tokens
            is given.
    """

    def reveal(conn: sa.Connection, allowed: Allowed) -> Done[Revealed]:
        if bool(body.records) == bool(body.tokens):
            raise Invalid(
                "reveal.target",
                "Name records or tokens, one of the two.",
                do="Send one call for each.",
            )
        check_size(len(body.records or body.tokens))
        isolation.check_leaving(body.purpose, body.disclosure)
        for name in body.elements:
            element(name.partition(":")[0])
        items = Items(body.mode)
        reader = Reader(desk, conn, allowed)
        wanted = _by_record(reader, body, items) if body.records else _by_token(reader, body, items)
        if body.purpose == RETENTION:
            wanted = reader.kept(wanted, items)
        reader.spend(wanted.values(), body.approval)
        shown = reader.show(wanted, items)
        context = reader.disclose(body.disclosure, len(shown)) if body.disclosure else {}
        return Done(
            answer=lambda entry: Revealed(_results(body, wanted, shown, items), entry),
            count=len(shown),
            touched=reader.touched(wanted[place] for place in shown),
            detail={**items.detail, "disclosure": body.disclosure} if context else items.detail,
            context=context,
        )

    return reveal


class Reader:
    """Opens values of records for one allowed call; holds whose they are and their keys."""

    def __init__(self, desk: Desk, conn: sa.Connection, allowed: Allowed) -> None:
        self._desk = desk
        self._conn = conn
        self._allowed = allowed
        self.controller = allowed.act.controller
        self.views = allowed.decision.views
        self._subjects: dict[str, Subject] = {}
        self.keys: Mapping[str, SubjectKey] = {}

    def records(self, ids: Collection[str], *, lock: bool = False) -> dict[str, Stored]:
        """Load records by id."""
        return store.records(self._conn, self.controller, ids, lock=lock)

    def subject(self, subject_id: str) -> Subject:
        """Return a subject that was learnt.

        Raises:
            NotFound: ``record.unknown``.
        """
        found = self._subjects.get(subject_id)
        if found is None or found.key_id not in self.keys:
            raise unknown_record()
        return found

    def holders(self, tokens: Collection[str]) -> list[token_store.Holder]:
        """Load what tokens lead to."""
        return token_store.holders(self._conn, self.controller, tokens)

    def held(self, subject_id: str) -> bool:
        """Say whether a subject that was learnt is under a legal hold."""
        found = self._subjects.get(subject_id)
        return found is not None and found.held

    def drop(self, ids: Collection[str]) -> None:
        """Delete records, and the tokens that lead nowhere without them."""
        token_store.drop_holders_of_records(self._conn, self.controller, ids)
        store.delete_records(self._conn, self.controller, ids)

    def learn(self, records: Iterable[tuple[Stored, Iterable[str]]]) -> None:
        """Load the holders of records' values, and their keys: once for the whole call."""
        others: set[str] = set()
        for stored, holders in records:
            self._subjects[stored.subject.subject_id] = stored.subject
            others.update(holders)
        others -= self._subjects.keys()
        if others:
            found = subject_store.by_id(self._conn, self.controller, others)
            self._subjects.update(found)
        key_ids = [one.key_id for one in self._subjects.values()]
        self.keys = self._desk.keys.subject_keys(self.controller, key_ids)

    def check(self, wanted: Wanted) -> None:
        """Refuse values whose subject is being erased or restricted.

        Raises:
            NotFound: ``record.unknown``. Refused: ``subject.restricted``.
        """
        act = self._allowed.act
        main = wanted.stored.subject
        if main.state == ERASING or main.key_id not in self.keys:
            raise unknown_record()
        for subject_id in wanted.held:
            subject = self._subjects.get(subject_id)
            if subject is not None:
                check_restriction(subject.state, subject.allowing, act.verb, act.purpose)

    def living(self, wanted: Wanted) -> Wanted:
        """Leave out values of other subjects who were erased meanwhile."""
        kept = {holder: one for holder, one in wanted.held.items() if self._key(holder)}
        return wanted if len(kept) == len(wanted.held) else Wanted(wanted.stored, kept)

    def kept(self, wanted: Mapping[int, Wanted], items: Items) -> dict[int, Wanted]:
        """Fail the items of which no law keeps every value that they ask for (C6(i))."""
        lines = kept_store.lines(self._conn, self.controller)
        found, going = select(lines, self._allowed.now), dict[int, Wanted]()
        for place, one in wanted.items():
            names = [name for sealed in one.held.values() for name in sealed]
            if all(found.holds(one.stored.record_id, name) for name in names):
                going[place] = one
            else:
                items.fail(place, isolation.isolated())
        return going

    def spend(self, wanted: Iterable[Wanted], approval: str) -> None:
        """Count the subjects that will be shown, each once."""
        subjects = {holder for one in wanted for holder, sealed in one.held.items() if sealed}
        if subjects:
            self._desk.access.spend(
                self._conn,
                self._allowed.act.caller,
                self._allowed.ask,
                self._allowed.decision,
                subjects=len(subjects),
                approval_id=approval,
            )

    def disclose(self, disclosure: str, records: int) -> Mapping[str, str]:
        """Count what leaves in a disclosure, as long as consents cover it; return the context."""
        allowed = self._allowed
        return self._desk.access.disclose(
            self._conn,
            allowed.act.caller,
            allowed.ask,
            allowed.decision,
            to=disclosure,
            records=records,
        )

    def show(
        self, wanted: Mapping[int, Wanted], items: Items
    ) -> dict[int, dict[str, str | Masked]]:
        """Open the values of each item, or fail it."""
        shown = {}
        for place, one in wanted.items():
            try:
                shown[place] = self._views(self.open(one))
            except Failure as failure:
                items.fail(place, failure)
        return shown

    def open(self, wanted: Wanted) -> dict[str, str]:
        """Return values in clear, by element.

        Raises:
            Broken: ``record.altered``.
        """
        clear: dict[str, str] = {}
        for holder, sealed in wanted.held.items():
            where, key = (wanted.stored.record_id, holder), self._key(holder)
            clear |= values.open_values(self.controller, where, sealed, key)
        return clear

    def touched(self, wanted: Iterable[Wanted]) -> list[Touched]:
        """Return the ledger's lines: one for each record and subject."""
        return [
            touch(one.stored.record_id, self._subjects[holder], tuple(sealed))
            for one in wanted
            for holder, sealed in one.held.items()
        ]

    def _key(self, subject_id: str) -> SubjectKey | None:
        subject = self._subjects.get(subject_id)
        return self.keys.get(subject.key_id) if subject else None

    def _views(self, clear: Mapping[str, str]) -> dict[str, str | Masked]:
        views = self.views
        return {
            name: text
            if (view := views[name]) == PLAIN
            else Masked(CATALOGUE[name].view(view, text), view)
            for name, text in clear.items()
        }


def _by_record(reader: Reader, body: Reveal, items: Items) -> dict[int, Wanted]:
    found = reader.records(set(body.records))
    opened: dict[str, Wanted] = {}
    for record_id, stored in found.items():
        sealed = unpack(stored.body)
        asked = {name: sealed[name] for name in reader.views if name in sealed}
        opened[record_id] = want(stored, asked)
    reader.learn((one.stored, one.held) for one in opened.values())
    wanted = {}
    for place, record_id in enumerate(body.records):
        try:
            wanted[place] = _choose(reader, [opened[record_id]] if record_id in opened else [])
        except Failure as failure:
            items.fail(place, failure)
    return wanted


def _by_token(reader: Reader, body: Reveal, items: Items) -> dict[int, Wanted]:
    by_token: dict[str, list[Wanted]] = {}
    outside: set[str] = set()
    for holder in reader.holders({bare(name) for name in body.tokens}):
        if holder.element not in reader.views:
            outside.add(holder.token)
            continue
        sealed = unpack(holder.stored.body)
        if holder.element in sealed:
            one = want(holder.stored, {holder.element: sealed[holder.element]})
            by_token.setdefault(holder.token, []).append(one)
    reader.learn((one.stored, one.held) for each in by_token.values() for one in each)
    wanted = {}
    for place, name in enumerate(map(bare, body.tokens)):
        try:
            if name in outside:
                raise Refused(
                    "token.element",
                    "A token stands for an element that was not asked for.",
                    do="Name its element in the call.",
                )
            wanted[place] = _choose(reader, by_token.get(name, []), token=True)
        except Failure as failure:
            items.fail(place, failure)
    return wanted


def _choose(reader: Reader, candidates: Sequence[Wanted], *, token: bool = False) -> Wanted:
    """Return the first candidate that may be shown; raise what stands against the last one."""
    failure: Failure = unknown_record()
    if token:
        failure = NotFound(
            "token.unknown",
            "There is no such token here.",
            do="Check the token and the controller; a token ends with its last holder.",
        )
    for candidate in candidates:
        one = reader.living(candidate)
        if token and not any(one.held.values()):
            continue
        try:
            reader.check(one)
        except NotFound:
            continue
        except Refused as refused:
            failure = refused
        else:
            return one
    raise failure


def _results(
    body: Reveal,
    wanted: Mapping[int, Wanted],
    shown: Mapping[int, dict[str, str | Masked]],
    items: Items,
) -> list[RevealResult]:
    results = []
    for place, name in enumerate(body.records or body.tokens):
        token = "" if body.records else name
        if place in shown:
            record_id = wanted[place].stored.record_id
            results.append(
                RevealResult(ok=True, record=record_id, token=token, fields=shown[place])
            )
        else:
            error = items.failed[place]
            record_id = name if body.records else ""
            if error.code == "token.unknown" and is_alias(token):
                token = ""  # it has the form of a value, and may be one that was sent by mistake
            results.append(RevealResult(ok=False, record=record_id, token=token, error=error))
    return results
