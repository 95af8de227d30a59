"""Protect: values come in (C2.8(1), C2.10).

1. Every element is permitted by the agreement and by a grant, or nothing is stored.
2. Every value is checked; card authentication data and stray card numbers are refused.
3. Subjects are found or made; a key is durable before anything is encrypted under it.
4. Values are encrypted one by one, indexed, and given tokens where the catalogue says so.
5. Rows and the entry commit together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.clock import write_time
from bailee.errors import Failure, Invalid, Refused
from bailee.keys import new_ids
from bailee.ledger import Touched
from bailee.vault import minting, store, values
from bailee.vault.alias import Form
from bailee.vault.batch import Items
from bailee.vault.desk import Act, Allowed, Desk, Done
from bailee.vault.directory import Admitted, touch
from bailee.vault.minting import Minting, Tokens
from bailee.vault.record import pack
from bailee.vault.shapes import Protect, Protected, ProtectRecord, ProtectResult
from bailee.vault.subject import Attributes, Subject, read_attributes
from bailee.vault.values import Content, Field

ACTION = "vault:record:protected"
_SILENT = Attributes()


class Checked(msgspec.Struct, frozen=True, gc=False):
    """A record that may be stored, not yet encrypted."""

    record_id: str
    sent: ProtectRecord
    attributes: Attributes
    fields: Sequence[Field]

    @property
    def holders(self) -> Mapping[str, str]:
        """Element to reference, for values of somebody else."""
        return self.sent.holders or {}


def act(caller: Caller, controller: str, body: Protect, context: Mapping[str, str]) -> Act:
    """Return what a call wants to do; unknown names are refused item by item."""
    elements = {name for one in body.records for name in one.fields}
    return Act(
        caller=caller,
        controller=controller,
        verb="protect",
        action=ACTION,
        purpose=body.purpose,
        elements=tuple(sorted(elements)),
        context=context,
    )


def work(desk: Desk, body: Protect) -> Callable[[sa.Connection, Allowed], Done[Protected]]:
    """Return the act's work."""

    def protect(conn: sa.Connection, allowed: Allowed) -> Done[Protected]:
        items = Items(body.mode)
        forms = desk.forms(conn, allowed)
        checked = _whole_groups(_check(body, items, forms), body, items)
        admitted = desk.directory.admit(
            conn, allowed.act.controller, _asked(checked.values()), allowed.now
        )
        how = Minting(
            allowed.act.controller,
            desk.keys,
            desk.may_share(conn, allowed),
            write_time(allowed.now),
            forms,
        )
        tokens = save(desk, conn, how, (checked.values(), admitted))
        return Done(
            answer=lambda entry: Protected(_results(body, checked, tokens, items), entry),
            count=len(checked),
            touched=list(touched(checked.values(), admitted)),
            detail=items.detail,
        )

    return protect


def _check(body: Protect, items: Items, forms: Mapping[str, Form]) -> dict[int, Checked]:
    checked = {}
    for place, (record_id, sent) in enumerate(
        zip(new_ids(len(body.records)), body.records, strict=True)
    ):
        try:
            fields = values.check_fields(sent.fields, forms)
            if sent.holders and not sent.holders.keys() <= sent.fields.keys():
                raise Invalid("holder.element", "A holder is named for a field that is not sent.")
            attributes = read_attributes(
                sent.kind, sent.category, sent.nationalities, sent.residence
            )
        except Failure as failure:
            items.fail(place, failure)
        else:
            checked[place] = Checked(record_id, sent, attributes, fields)
    return checked


def _whole_groups(checked: dict[int, Checked], body: Protect, items: Items) -> dict[int, Checked]:
    """Leave out the good records of a group of which another failed: all of a group, or none."""
    broken = {body.records[place].group for place in items.failed} - {None}
    if not broken:
        return checked
    whole = {}
    for place, one in checked.items():
        if one.sent.group in broken:
            items.fail(place, Refused("group.refused", "Another record of its group was refused."))
        else:
            whole[place] = one
    return whole


def _asked(checked: Iterable[Checked]) -> dict[str, Attributes]:
    """Return what the call says of each subject; the last word counts."""
    asked: dict[str, Attributes] = {}
    for one in checked:
        for reference in one.holders.values():
            asked.setdefault(reference, _SILENT)
        earlier = asked.get(one.sent.subject)
        asked[one.sent.subject] = earlier.then(one.attributes) if earlier else one.attributes
    return asked


def save(
    desk: Desk,
    conn: sa.Connection,
    how: Minting,
    sent: tuple[Collection[Checked], Admitted],
) -> Tokens:
    """Write all rows; return the tokens as the caller gets them."""
    controller, created = how.controller, how.created
    checked, admitted = sent
    batch = [_content(one, admitted.subjects) for one in checked]
    rows = [
        (
            controller,
            one.record_id,
            content.main.subject_id,
            pack(sealed),
            1,
            values.life(created, one.sent.fields),
            created,
        )
        for one, content, sealed in zip(
            checked, batch, values.seal(controller, batch, admitted.keys), strict=True
        )
    ]
    store.add_records(conn, rows)
    values.insert_entries(conn, controller, desk.keys, batch)
    tokens = minting.mint(conn, how, batch)
    minting.hold(conn, controller, batch, tokens)
    return minting.spelled(tokens, how.forms)


def _content(checked: Checked, subjects: Mapping[str, Subject]) -> Content:
    holders = {name: subjects[reference] for name, reference in checked.holders.items()}
    return Content(checked.record_id, subjects[checked.sent.subject], checked.fields, holders)


def touched(checked: Iterable[Checked], admitted: Admitted) -> Iterator[Touched]:
    """Yield the ledger's lines: one for each record and subject."""
    subjects = admitted.subjects
    for one in checked:
        holders = one.holders
        own = tuple(name for name in one.sent.fields if name not in holders)
        yield touch(one.record_id, subjects[one.sent.subject], own)
        for name, reference in holders.items():
            yield touch(one.record_id, subjects[reference], (name,))


def _results(
    body: Protect,
    checked: Mapping[int, Checked],
    tokens: Tokens,
    items: Items,
) -> list[ProtectResult]:
    results = []
    for place, sent in enumerate(body.records):
        one = checked.get(place)
        if one is None:
            results.append(ProtectResult(sent.ref, ok=False, error=items.failed[place]))
        else:
            made = dict(tokens.get(one.record_id, {}))
            results.append(ProtectResult(sent.ref, ok=True, record=one.record_id, tokens=made))
    return results
