"""Planting honey, and taking it up again (DESIGN 5; C2.5(5)).

Honey must look like any record to whoever reads rows, log and answers, so it is stored by the steps
of ``protect`` and its entry is one of ``protect``: who planted stands in the sealed opening.

1. The list is written first, with the ids that are to come (``foresee``). *Dies here: the list
   names records that are not there, and the next planting drops them.*
2. The records are stored under those ids, with their entry (``store_honey``). The epoch of rights
   moved with step 1, so every process knows the list before there is a record of it.

Taking it up marks the subjects as being erased and announces it (``mark``), destroys their keys and
rows as any erasure does, and forgets the list last (``forget``). *Dies between: whoever finishes
erasures goes on, and the sweep forgets the list.*

What the rows still tell: names of elements, lengths of values and times are in clear for every
record, so honey copies the elements and coarse attributes of a record that is there. Records that
are stored alone have ids that begin alone; where everything came in large batches, such a record
is rarer, and honey is such a record.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from bailee.access import PLAIN, Ask, Caller, Decision, Rules, bump
from bailee.clock import write_time
from bailee.errors import Conflict, Invalid
from bailee.keys import new_ids
from bailee.ledger import Fact
from bailee.vault import erase, honey_store, protect, store, subject_store, token_store
from bailee.vault.catalogue import CATALOGUE
from bailee.vault.desk import MAKING, Act, Allowed, Desk, Done
from bailee.vault.forge import FORGEABLE, forge
from bailee.vault.honey import MOST, Honey, ranged
from bailee.vault.minting import Minting
from bailee.vault.record import Stored, unpack
from bailee.vault.shapes import Entry, ProtectRecord
from bailee.vault.subject import Attributes
from bailee.vault.values import Field

SAMPLE = 64
"""Records that are looked at for one to resemble."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What one honey record looks like from outside."""

    elements: tuple[str, ...]
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Planting:
    """What is to be planted.

    Attributes:
        elements: of each record; none to resemble records that are there.
        context: of the request, for the ledger.
    """

    caller: Caller
    controller: str
    count: int
    elements: tuple[str, ...] = ()
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Honey that is listed and not stored yet."""

    planting: Planting
    fresh: tuple[Honey, ...]
    shapes: tuple[Shape, ...]


def foresee(desk: Desk, conn: sa.Connection, planting: Planting) -> Foreseen:
    """List what is to be planted; call it in a transaction that decided who may.

    Raises:
        Invalid: ``honey.count``, ``honey.elements``. Refused: ``honey.full``,
        ``element.not_in_agreement``. NotFound: ``controller.unknown``.
    """
    controller = planting.controller
    ranged(planting.count)
    bump(conn)
    before = desk.tripwire.listed(conn, controller)
    kept = _still_there(desk, conn, controller, before.honey)
    shapes = _shapes(conn, planting, desk.in_force(conn, controller), before.ids)
    fresh = tuple(
        Honey(new_ids(1)[0], secrets.token_hex(16))  # each alone, as records of single calls are
        for _ in range(planting.count)
    )
    desk.tripwire.write(conn, controller, (*kept, *fresh))
    return Foreseen(planting, fresh, shapes)


def _still_there(
    desk: Desk, conn: sa.Connection, controller: str, honey: Sequence[Honey]
) -> list[Honey]:
    """Leave out what was never stored; whose record was erased still has a subject to erase."""
    living = desk.directory.find_all(conn, controller, [one.reference for one in honey], lock=False)
    return [one for one in honey if one.reference in living]


def _shapes(
    conn: sa.Connection, planting: Planting, agreement: Rules, honey: Collection[str]
) -> tuple[Shape, ...]:
    may = FORGEABLE & agreement.permitted
    if planting.elements:
        if not may.issuperset(planting.elements):
            raise Invalid(
                "honey.elements",
                "There are no made-up values of one of these elements, or it may not be held here.",
                do=f"Name some of: {', '.join(sorted(may))}.",
            )
        plain = Shape(tuple(sorted(set(planting.elements))), Attributes("person"))
        return (plain,) * planting.count
    alike = [
        shape for one in _sample(conn, planting.controller, honey) if (shape := _shape(one, may))
    ]
    if not alike:
        raise Invalid(
            "honey.elements",
            "There is no record here that honey could resemble.",
            do="Name the elements it is to hold.",
        )
    return tuple(secrets.choice(alike) for _ in range(planting.count))


def _sample(conn: sa.Connection, controller: str, honey: Collection[str]) -> list[Stored]:
    """Return records from a random place in the order of ids."""
    found = store.page(conn, controller, secrets.token_hex(16), SAMPLE)
    if len(found) < SAMPLE:
        found += store.page(conn, controller, "", SAMPLE - len(found))
    return [one for one in found if one.record_id not in honey]


def _shape(stored: Stored, may: Collection[str]) -> Shape | None:
    """Return what a record looks like, if honey can look like it."""
    body, subject = unpack(stored.body), stored.subject
    if not body or not frozenset(may).issuperset(body):
        return None
    if not all(isinstance(sealed, bytes) for sealed in body.values()):
        return None  # a value of somebody else
    said = Attributes(subject.kind, subject.category, subject.nationalities, subject.residence)
    return Shape(tuple(body), said)


def store_honey(desk: Desk, conn: sa.Connection, foreseen: Foreseen) -> Entry:
    """Store what was foreseen, as ``protect`` would; call it where it is still allowed.

    Raises:
        Conflict: ``honey.overtaken`` when the list was given up meanwhile.
    """
    controller = foreseen.planting.controller
    bump(conn)  # nobody takes it up between this look and the commit
    listed = desk.tripwire.listed(conn, controller).ids
    if not listed.issuperset(one.record_id for one in foreseen.fresh):
        raise Conflict("honey.overtaken", "Honey was removed here just now.", do="Plant again.")
    allowed = _allowed(desk, conn, foreseen)
    checked = [
        _checked(one, shape) for one, shape in zip(foreseen.fresh, foreseen.shapes, strict=True)
    ]
    asked = {one.sent.subject: one.attributes for one in checked}
    admitted = desk.directory.admit(conn, controller, asked, allowed.now)
    shared = token_store.any_shared(conn, controller)  # as those of the records beside it
    created, forms = write_time(allowed.now), desk.forms(conn, allowed)
    how = Minting(controller, desk.keys, lambda _name: shared, created, forms)
    protect.save(desk, conn, how, (checked, admitted))
    done = Done(
        answer=lambda entry: entry,
        count=len(checked),
        touched=list(protect.touched(checked, admitted)),
    )
    return desk.note(conn, allowed, done)


def _allowed(desk: Desk, conn: sa.Connection, foreseen: Foreseen) -> Allowed:
    """Return what an act of ``protect`` stands on, so that its entry is such an act's."""
    planting = foreseen.planting
    agreement = desk.in_force(conn, planting.controller)
    names = tuple(sorted({name for shape in foreseen.shapes for name in shape.elements}))
    purpose = secrets.choice(sorted(agreement.purposes))
    act = Act(
        caller=planting.caller,
        controller=planting.controller,
        verb=MAKING,
        action=protect.ACTION,
        purpose=purpose,
        elements=names,
        context=planting.context,
    )
    decision = Decision(allowed=True, views=dict.fromkeys(names, PLAIN), rules=agreement)
    ask = Ask(act.verb, act.controller, purpose, names)
    return Allowed(act, ask, decision, agreement, desk.clock.now())


def _checked(one: Honey, shape: Shape) -> protect.Checked:
    values = {name: forge(name) for name in shape.elements}
    fields = [
        Field(CATALOGUE[name], text, CATALOGUE[name].normal_shape(text))
        for name, text in values.items()
    ]
    sent = ProtectRecord(ref="", subject=one.reference, fields=values)
    return protect.Checked(one.record_id, sent, shape.attributes, fields)


def mark(
    desk: Desk, conn: sa.Connection, controller: str, decide: Callable[[], object]
) -> tuple[list[str], str, int]:
    """Mark everything planted as being erased; return its keys, the leaf, and how many records.

    Args:
        desk: the vault's.
        conn: a transaction of the controller.
        controller: whose.
        decide: raises if it must stay, asked when nobody can plant beside it any more.
    """
    bump(conn)
    decide()
    listed = desk.tripwire.listed(conn, controller)
    found = desk.directory.find_all(
        conn, controller, [one.reference for one in listed.honey], lock=True
    ).values()
    if not found:
        return [], "", 0
    going = [erase.marked(one) for one in found]
    subject_store.change(conn, controller, going)
    records = len(store.records_of(conn, controller, [one.subject_id for one in going]))
    fact = Fact(
        action=erase.SUBJECTS,
        controller=controller,
        count=len(going),
        detail={"verb": "erase", "records": records},
    )  # no line of a record: nobody was erased
    leaf = desk.record(conn, desk.house_fact(conn, fact)).leaf
    return [one.key_id for one in going], leaf, records


def forget(desk: Desk, conn: sa.Connection, controller: str) -> None:
    """Drop from the list what is gone; what was planted meanwhile stays."""
    bump(conn)
    listed = desk.tripwire.listed(conn, controller)
    desk.tripwire.write(conn, controller, _still_there(desk, conn, controller, listed.honey))


def reseal(desk: Desk, conn: sa.Connection, controller: str) -> None:
    """Seal the list anew, so that its row tells nothing of when it changed last."""
    bump(conn)
    listed = desk.tripwire.listed(conn, controller)
    if listed.readable and listed.honey:
        desk.tripwire.write(conn, controller, listed.honey)


def count(desk: Desk, conn: sa.Connection, controller: str) -> int:
    """Return how many honey records stand."""
    ids = desk.tripwire.listed(conn, controller).ids
    return len(honey_store.standing(conn, controller, ids)) if ids else 0


__all__ = [
    "MOST",
    "Foreseen",
    "Planting",
    "count",
    "foresee",
    "forget",
    "mark",
    "reseal",
    "store_honey",
]
