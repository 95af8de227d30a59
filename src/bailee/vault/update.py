"""Update: values are corrected, added or removed (C5.3, C7.3(6)(b): correction).

A value keeps its holder. A corrected value of a tokenised element has a new token, since a token
stands for a value and not for a place; where equal values share a token, the same one comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bailee.access import Caller
from bailee.clock import write_time
from bailee.errors import Failure, Invalid
from bailee.vault import minting, store, token_store, values
from bailee.vault.alias import Form
from bailee.vault.batch import Items
from bailee.vault.desk import Act, Allowed, Desk, Done
from bailee.vault.minting import Minting, Tokens
from bailee.vault.record import Sealed, Stored, holder_of, pack, unpack
from bailee.vault.reveal import Reader, want
from bailee.vault.shapes import ProtectResult, Update, Updated, UpdateRecord
from bailee.vault.subject import unknown_record
from bailee.vault.values import Content, Field

ACTION = "vault:record:updated"


@dataclass(frozen=True, slots=True)
class Change:
    """One record's change, checked."""

    stored: Stored
    before: Mapping[str, Sealed]
    sent: UpdateRecord
    fields: Sequence[Field]

    @property
    def removed(self) -> list[str]:
        """Elements to take away."""
        return [name for name, text in self.sent.fields.items() if text is None]

    @property
    def places(self) -> list[tuple[str, str]]:
        """Record and element of everything that changes."""
        return [(self.stored.record_id, name) for name in self.sent.fields]


def act(caller: Caller, controller: str, body: Update, context: Mapping[str, str]) -> Act:
    """Return what a call wants to do."""
    elements = {name for one in body.records for name in one.fields}
    return Act(
        caller=caller,
        controller=controller,
        verb="update",
        action=ACTION,
        purpose=body.purpose,
        elements=tuple(sorted(elements)),
        context=context,
    )


def work(desk: Desk, body: Update) -> Callable[[sa.Connection, Allowed], Done[Updated]]:
    """Return the act's work.

    Raises:
        Invalid: ``record.twice`` when a call names a record more than once.
    """

    def update(conn: sa.Connection, allowed: Allowed) -> Done[Updated]:
        ids = [sent.record for sent in body.records]
        if len(set(ids)) < len(ids):
            raise Invalid("record.twice", "A record is named twice.", do="Send it once.")
        items = Items(body.mode)
        reader = Reader(desk, conn, allowed)
        forms = desk.forms(conn, allowed)
        changes = _check(reader, body, items, forms)
        tokens = _save(desk, conn, (allowed, reader, forms), changes.values())
        return Done(
            answer=lambda entry: Updated(_results(body, changes, tokens, items), entry),
            count=len(changes),
            touched=reader.touched(
                want(one.stored, {n: one.before.get(n, b"") for n in one.sent.fields})
                for one in changes.values()
            ),
            detail=items.detail,
        )

    return update


def _check(
    reader: Reader, body: Update, items: Items, forms: Mapping[str, Form]
) -> dict[int, Change]:
    found = reader.records([sent.record for sent in body.records], lock=True)
    bodies = {record_id: unpack(stored.body) for record_id, stored in found.items()}
    reader.learn((one, want(one, bodies[record_id]).held) for record_id, one in found.items())
    changes = {}
    for place, sent in enumerate(body.records):
        try:
            stored = found.get(sent.record)
            if stored is None:
                raise unknown_record()
            before = bodies[sent.record]
            changed = {name: before[name] for name in sent.fields if name in before}
            reader.check(want(stored, changed))
            change = Change(stored, before, sent, values.check_fields(sent.fields, forms))
            if before.keys() <= set(change.removed) and len(change.removed) == len(sent.fields):
                raise Invalid("record.empty", "Nothing would be left of a record.", do="Erase it.")
        except Failure as failure:
            items.fail(place, failure)
        else:
            changes[place] = change
    return changes


def _save(
    desk: Desk,
    conn: sa.Connection,
    by: tuple[Allowed, Reader, Mapping[str, Form]],
    changes: Iterable[Change],
) -> Tokens:
    """Write all rows; return the new tokens as the caller gets them."""
    allowed, reader, forms = by
    controller, changed = allowed.act.controller, list(changes)
    batch = [_content(reader, one) for one in changed]
    rows = []
    for one, sealed in zip(changed, values.seal(controller, batch, reader.keys), strict=True):
        after = {**one.before, **sealed}
        for name in one.removed:
            after.pop(name, None)
        until = values.life(one.stored.created, after)
        rows.append({"which": one.stored.record_id, "new_body": pack(after), "until": until})
    store.update_bodies(conn, controller, rows)
    places = [place for one in changed for place in one.places]
    store.delete_entries(conn, controller, places)
    values.insert_entries(conn, controller, desk.keys, batch)
    # New tokens before old ones are let go: a shared token whose value stays must not end between.
    created = write_time(allowed.now)
    how = Minting(controller, desk.keys, desk.may_share(conn, allowed), created, forms)
    tokens = minting.mint(conn, how, batch)
    token_store.drop_holders(conn, controller, places, keeping=_flat(tokens))
    minting.hold(conn, controller, batch, tokens)
    return minting.spelled(tokens, forms)


def _content(reader: Reader, change: Change) -> Content:
    """Return the new values, each of whose the old one was."""
    main = reader.subject(change.stored.subject.subject_id)
    holders = {}
    for field in change.fields:
        before = change.before.get(field.element.name)
        if before:
            holder = holder_of(before, main.subject_id)
            holders[field.element.name] = reader.subject(holder)
    return Content(change.stored.record_id, main, change.fields, holders)


def _flat(tokens: Tokens) -> set[str]:
    return {made for by_element in tokens.values() for made in by_element.values()}


def _results(
    body: Update,
    changes: Mapping[int, Change],
    tokens: Tokens,
    items: Items,
) -> list[ProtectResult]:
    results = []
    for place, sent in enumerate(body.records):
        if place in changes:
            made = dict(tokens.get(sent.record, {}))
            results.append(ProtectResult(sent.ref, ok=True, record=sent.record, tokens=made))
        else:
            results.append(ProtectResult(sent.ref, ok=False, error=items.failed[place]))
    return results
