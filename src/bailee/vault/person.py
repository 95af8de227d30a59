"""A person across records: found, counted, shown whole (C7.3(6)(b), C7.2(6); GDPR 15, 20).

For requests of people. *Finding* goes by the caller's reference and by blind indexes alone: no
value is opened, and the answer are internal ids, which never leave the house. An element whose
index is a bucket tells only that somebody may be meant, so it identifies nobody here.

*Showing* is an access like any other: the same rights, the same entry before anything leaves. It
shows what is the person's own: of a record that holds somebody else's value beside theirs, only
theirs; of somebody else's record in which they hold a value, that value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from bailee.access import PLAIN, Caller
from bailee.errors import Invalid, Refused
from bailee.vault import index, store, subject_store
from bailee.vault.catalogue import element
from bailee.vault.desk import Act, Allowed, Desk, Done
from bailee.vault.directory import open_reference
from bailee.vault.person_shapes import PersonRecord, PersonShown, ShowPerson
from bailee.vault.record import by_holder, holder_of, unpack
from bailee.vault.retention import ERASING
from bailee.vault.reveal import ACTION, Reader, Wanted
from bailee.vault.subject import Subject, unknown_subject

MOST_FOUND = 1000
PLACES = 100_000
"""Values of a person that are counted; beyond, somebody looks at it by hand."""
Places = Mapping[str, frozenset[str]]
"""The elements that are a person's own, by record."""


class Persons:
    """What a request of a person asks of the vault, for the house itself.

    Whoever calls decides who may.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def identify(
        self,
        conn: sa.Connection,
        controller: str,
        references: Sequence[str],
        values: Sequence[tuple[str, str]],
    ) -> tuple[str, ...]:
        """Return the internal ids of whoever fits all that was said of them.

        Raises:
            Invalid: ``element.unknown``, ``element.not_indexed``, ``value.invalid``.
        """
        sets = [self._of_reference(conn, controller, one) for one in references]
        sets += [self._of_value(conn, controller, name, text) for name, text in values]
        return tuple(sorted(set.intersection(*sets))) if sets else ()

    def _of_reference(self, conn: sa.Connection, controller: str, reference: str) -> set[str]:
        found = self._desk.directory.find(conn, controller, [reference], lock=False)
        return {one.subject_id for one in found.values()}

    def _of_value(self, conn: sa.Connection, controller: str, name: str, text: str) -> set[str]:
        rules = element(name)
        if rules.index in {"none", "bucket"}:
            raise Invalid(
                "element.not_indexed",
                f"{rules.name} does not tell people apart here.",
                do="Name another element, or the reference by which you know the person.",
            )
        keys = self._desk.keys.index_keys(controller, rules.name, rules.norm_version)
        macs = index.entries([one.key for one in keys], rules, rules.normal(text))
        found = store.find(conn, controller, (rules.name, macs), MOST_FOUND)
        honey = self._desk.tripwire.listed(conn, controller).ids
        holders = set()
        for stored in found:
            sealed = unpack(stored.body).get(rules.name)
            if sealed is not None and stored.record_id not in honey:
                holders.add(holder_of(sealed, stored.subject.subject_id))
        return set(_lasting(conn, controller, holders))

    def living(
        self, conn: sa.Connection, controller: str, ids: Collection[str]
    ) -> dict[str, Subject]:
        """Return those who are held and not being erased, by id."""
        return _lasting(conn, controller, ids)

    def places(self, conn: sa.Connection, controller: str, ids: Collection[str]) -> Places:
        """Return what these people hold, in whose records ever.

        Raises:
            Refused: ``person.too_much``.
        """
        return places(conn, controller, _lasting(conn, controller, ids))

    def records(self, conn: sa.Connection, controller: str, ids: Collection[str]) -> frozenset[str]:
        """Return the records whose main subject is one of these people."""
        living = _lasting(conn, controller, ids)
        return frozenset(store.records_of(conn, controller, living, limit=PLACES))

    def references(
        self, conn: sa.Connection, controller: str, ids: Collection[str]
    ) -> dict[str, str]:
        """Return the controller's references of people by id; those being erased are left out.

        For acts that take references; an answer never carries them.
        """
        known = _lasting(conn, controller, ids)
        keys = self._desk.keys.subject_keys(controller, [one.key_id for one in known.values()])
        sealed = subject_store.sealed_references(conn, controller, known)
        return {
            one: open_reference(controller, one, text, keys[key_id])
            for one, (key_id, text) in sealed.items()
            if key_id in keys
        }

    def show(
        self, caller: Caller, controller: str, body: ShowPerson, context: Mapping[str, str]
    ) -> PersonShown:
        """Read what people hold in records, for a package that leaves in a disclosure.

        Raises:
            what ``Desk.run`` raises, and ``work``.
        """
        return self._desk.run(act(caller, controller, body, context), work(self._desk, body))


def places(conn: sa.Connection, controller: str, ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Return the elements that are these people's own, by record.

    Raises:
        Refused: ``person.too_much``.
    """
    guests: dict[str, set[str]] = {}
    for _, record_id, name in store.holdings_of(conn, controller, ids):
        guests.setdefault(record_id, set()).add(name)
    mine = store.records_of(conn, controller, ids, limit=PLACES)
    if len(mine) + len(guests) >= PLACES:
        raise Refused("person.too_much", f"The person holds more than {PLACES} records.")
    whose, found = set(ids), dict[str, frozenset[str]]()
    for record_id, stored in store.records(conn, controller, {*mine, *guests}).items():
        main = stored.subject.subject_id
        names = frozenset(
            name for name, one in unpack(stored.body).items() if holder_of(one, main) in whose
        )
        if names:
            found[record_id] = names
    return found


def act(caller: Caller, controller: str, body: ShowPerson, context: Mapping[str, str]) -> Act:
    """Return what a call wants to do: all that these people hold in the records named."""

    def elements(conn: sa.Connection) -> Iterable[str]:
        held = places(conn, controller, _lasting(conn, controller, body.people))
        named = set(body.records)
        return {name for record_id, names in held.items() if record_id in named for name in names}

    return Act(
        caller=caller,
        controller=controller,
        verb="reveal",
        action=ACTION,
        purpose=body.purpose,
        context=context,
        asks=elements,
    )


def work(desk: Desk, body: ShowPerson) -> Callable[[sa.Connection, Allowed], Done[PersonShown]]:
    """Return the act's work.

    Raises:
        NotFound: ``subject.unknown``; Refused: ``subject.restricted``, ``person.masked`` where the
            caller may see less than the values themselves; what ``disclose`` raises.
    """

    def show(conn: sa.Connection, allowed: Allowed) -> Done[PersonShown]:
        reader = Reader(desk, conn, allowed)
        whose = set(_lasting(conn, reader.controller, body.people))
        if not whose:
            raise unknown_subject()
        if any(view != PLAIN for view in reader.views.values()):
            raise Refused(
                "person.masked",
                "A package holds whole values, and your right is to masked ones.",
                do="Let whoever may see whole values make it.",
            )
        wanted = _wanted(reader, set(body.records), whose)
        reader.spend(wanted, body.approval)
        shown = [PersonRecord(one.stored.record_id, reader.open(one)) for one in wanted]
        context = reader.disclose(body.disclosure, len(shown))
        return Done(
            answer=lambda entry: PersonShown(shown, entry),
            count=len(shown),
            touched=reader.touched(wanted),
            detail={"disclosure": body.disclosure, "request": body.request},
            context=context,
        )

    return show


def _wanted(reader: Reader, ids: set[str], whose: set[str]) -> list[Wanted]:
    """Return what these people hold in records, and nobody else's values in them."""
    found = []
    for stored in reader.records(ids).values():
        groups = by_holder(unpack(stored.body), stored.subject.subject_id)
        held = {who: sealed for who, sealed in groups.items() if who in whose and sealed}
        if held and stored.subject.state != ERASING:
            found.append(Wanted(stored, held))
    reader.learn((one.stored, one.held) for one in found)
    for one in found:
        reader.check(one)
    return sorted(found, key=lambda one: one.stored.record_id)


def _lasting(conn: sa.Connection, controller: str, ids: Collection[str]) -> dict[str, Subject]:
    found = subject_store.by_id(conn, controller, ids)
    return {one: subject for one, subject in found.items() if subject.state != ERASING}
