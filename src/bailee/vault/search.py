"""Search: which records hold this value (C2.5(4)). Equality only, its own verb.

The value is asked for by its blind index under every living version of the key. For an element
with few possible values the index gives a bucket, whose values are opened and compared here.
Restricted subjects, unless the restriction allows the purpose, and subjects being erased are not
listed. Every record that is listed is touched: the answer tells its value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import sqlalchemy as sa

from bailee.access import Caller
from bailee.errors import Invalid, NotFound, Refused
from bailee.vault import index, store
from bailee.vault.catalogue import Element, element
from bailee.vault.desk import Act, Allowed, Desk, Done
from bailee.vault.record import Stored, unpack
from bailee.vault.reveal import Reader, Wanted, want
from bailee.vault.shapes import Found, Search

ACTION = "vault:record:searched"
MOST_FOUND = 1000
MOST_COMPARED = 10_000
"""Values of a bucket that are opened for one search."""


def act(caller: Caller, controller: str, body: Search, context: Mapping[str, str]) -> Act:
    """Return what a call wants to do."""
    return Act(
        caller=caller,
        controller=controller,
        verb="search",
        action=ACTION,
        purpose=body.purpose,
        elements=(body.element,),
        context=context,
    )


def work(desk: Desk, body: Search) -> Callable[[sa.Connection, Allowed], Done[Found]]:
    """Return the act's work.

    Raises:
        Invalid: ``element.not_indexed``, ``value.invalid``.
        Refused: ``search.too_broad`` above what one answer may list.
    """

    def search(conn: sa.Connection, allowed: Allowed) -> Done[Found]:
        rules = _searchable(body.element)
        normal = rules.normal(body.equals)
        candidates = _candidates(desk, conn, (allowed.act.controller, rules, normal))
        reader = Reader(desk, conn, allowed)
        wanted = _visible(reader, rules.name, candidates)
        if rules.index == "bucket":
            wanted = [one for one in wanted if _equal(reader, rules, one, normal)]
        if len(wanted) > MOST_FOUND:
            raise _too_broad()
        ids = sorted(one.stored.record_id for one in wanted)
        return Done(
            answer=lambda entry: Found(ids, entry),
            count=len(ids),
            touched=reader.touched(wanted),
        )

    return search


def _searchable(name: str) -> Element:
    rules = element(name)
    if rules.index == "none":
        raise Invalid(
            "element.not_indexed",
            f"{rules.name} cannot be searched for.",
            do="Search another element.",
        )
    return rules


def _candidates(
    desk: Desk, conn: sa.Connection, sought: tuple[str, Element, str]
) -> Iterable[Stored]:
    controller, rules, normal = sought
    keys = desk.keys.index_keys(controller, rules.name, rules.norm_version)
    macs = index.entries([derived.key for derived in keys], rules, normal)
    most = MOST_COMPARED if rules.index == "bucket" else MOST_FOUND
    found = store.find(conn, controller, (rules.name, macs), most + 1)
    if len(found) > most:
        raise _too_broad()
    return {stored.record_id: stored for stored in found}.values()


def _visible(reader: Reader, name: str, candidates: Iterable[Stored]) -> list[Wanted]:
    """Return the records that this caller may know of for this purpose."""
    found = []
    for stored in candidates:
        sealed = unpack(stored.body)
        if name in sealed:
            found.append(want(stored, {name: sealed[name]}))
    reader.learn((one.stored, one.held) for one in found)
    visible = []
    for candidate in found:
        one = reader.living(candidate)
        try:
            reader.check(one)
        except (Refused, NotFound):
            continue
        if any(one.held.values()):
            visible.append(one)
    return visible


def _equal(reader: Reader, rules: Element, wanted: Wanted, normal: str) -> bool:
    return rules.normal(reader.open(wanted)[rules.name]) == normal


def _too_broad() -> Refused:
    return Refused(
        "search.too_broad",
        f"More than {MOST_FOUND} records match.",
        do="Search for a value that tells people apart.",
    )
