"""Protect: values come in (C2.8(1), C2.10).

1. Every element is permitted by the agreement and by a grant, or nothing is stored.
2. Every value is checked; card authentication data and stray card numbers are refused.
3. Subjects are found or made; a key is durable before anything is encrypted under it.
4. Values are encrypted one by one, indexed, and given tokens where the catalogue says so.
5. Rows and the entry commit together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from bailee.access import Ask, Caller
from bailee.clock import write_time
from bailee.errors import Failure, Invalid, Refused
from bailee.ledger import Touched
from bailee.vault import store, tables, values
from bailee.vault.batch import Items
from bailee.vault.catalogue import CATALOGUE, Element
from bailee.vault.desk import Act, Allowed, Desk, Done
from bailee.vault.directory import Admitted, touch
from bailee.vault.record import new_ids, pack
from bailee.vault.shapes import Entry, Protect, Protected, ProtectRecord, ProtectResult
from bailee.vault.subject import Attributes, read_attributes
from bailee.vault.values import Minting, Value

ACTION = "vault:record:protected"
_SILENT = Attributes()


@dataclass(frozen=True, slots=True)
class Checked:
    """A record that may be stored, not yet encrypted."""

    record_id: str
    sent: ProtectRecord
    attributes: Attributes
    fields: Mapping[str, tuple[Element, str]]

    @property
    def holders(self) -> Mapping[str, str]:
        """Element to reference, for values of somebody else."""
        return self.sent.holders or {}


def act(caller: Caller, controller: str, body: Protect, context: Mapping[str, str]) -> Act:
    """Return what a call wants to do; unknown names are refused later, item by item."""
    elements = {name for one in body.records for name in one.fields if name in CATALOGUE}
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
        checked = _check(body, items)
        admitted = desk.directory.admit(
            conn, allowed.act.controller, _asked(checked.values()), allowed.now
        )
        tokens = _save(desk, conn, allowed, checked, admitted)
        return Done(
            answer=lambda entry: Protected(_results(body, checked, tokens, items), entry),
            count=len(checked),
            touched=list(_touched(checked.values(), admitted)),
            detail=items.detail,
        )

    return protect


def _check(body: Protect, items: Items) -> dict[int, Checked]:
    checked = {}
    for place, (record_id, sent) in enumerate(
        zip(new_ids(len(body.records)), body.records, strict=True)
    ):
        try:
            fields = values.check_fields(sent.fields)
            if sent.holders and not sent.holders.keys() <= fields.keys():
                raise Invalid("holder.element", "A holder is named for a field that is not sent.")
            attributes = read_attributes(
                sent.kind, sent.category, sent.nationalities, sent.residence
            )
        except Failure as failure:
            items.fail(place, failure)
        else:
            checked[place] = Checked(record_id, sent, attributes, fields)
    return checked


def _asked(checked: Iterator[Checked] | object) -> dict[str, Attributes]:
    """Return what the call says of each subject; the last word counts."""
    asked: dict[str, Attributes] = {}
    for one in checked:  # type: ignore[attr-defined]
        for reference in one.holders.values():
            asked.setdefault(reference, _SILENT)
        said = asked.get(one.sent.subject)
        asked[one.sent.subject] = _merge(said, one.attributes) if said else one.attributes
    return asked
