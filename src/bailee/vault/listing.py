"""List: which records a controller has, page by page, without a value of them (C6, C2.5(4)).

For a customer's data going back to it at the end of the agreement, or into a report: whoever
exports must know what there is. Its own verb, because ids let somebody who may reveal a few
records choose them among all. Pages follow the ids, so that each is one step into an index
however many there are; ids are random, so a record that is stored meanwhile may stand before or
behind the page that was read last.

For what a law keeps (``legal-retention``) nothing but that is listed. Subjects whose restriction
does not allow the purpose and subjects being erased are counted and
not listed; so are records that hold none of the elements asked for. Honey is neither listed nor
counted: it is nobody's data, and what goes back to a customer must be what it gave. Nobody is
shown, so no record is touched: the entry says how many were listed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import sqlalchemy as sa

from bailee.access import Caller
from bailee.agreement import RETENTION
from bailee.errors import Refused
from bailee.vault import honey_store, kept_store, store
from bailee.vault.catalogue import element
from bailee.vault.desk import Act, Allowed, Desk, Done
from bailee.vault.kept import select
from bailee.vault.record import Stored, unpack
from bailee.vault.retention import ERASING, check_restriction
from bailee.vault.shapes import List, Listed

ACTION = "vault:record:listed"


def act(caller: Caller, controller: str, body: List, context: Mapping[str, str]) -> Act:
    """Return what a call wants to do."""
    return Act(
        caller=caller,
        controller=controller,
        verb="list",
        action=ACTION,
        purpose=body.purpose,
        elements=tuple(body.elements),
        context=context,
    )


def work(desk: Desk, body: List) -> Callable[[sa.Connection, Allowed], Done[Listed]]:
    """Return the act's work.

    Raises:
        Invalid: ``element.unknown``.
    """

    def page(conn: sa.Connection, allowed: Allowed) -> Done[Listed]:
        wanted = frozenset(element(name).name for name in body.elements)
        controller = allowed.act.controller
        honey = desk.tripwire.listed(conn, controller, allowed.decision.epoch).ids
        total = None if body.after else _count(conn, controller, honey)
        # As many more as could be left out: a page is as full as if they were not there.
        more = store.page(conn, controller, body.after, body.limit + len(honey))
        found = [one for one in more if one.record_id not in honey][: body.limit]
        open_ = [one for one in found if _may_know(one, body.purpose)]
        if body.purpose == RETENTION:
            law = select(kept_store.lines(conn, controller), allowed.now)
            open_ = [one for one in open_ if any(law.holds(one.record_id, n) for n in wanted)]
        ids = [one.record_id for one in open_ if not wanted.isdisjoint(unpack(one.body))]
        after = found[-1].record_id if len(found) == body.limit else ""
        withheld, without = len(found) - len(open_), len(open_) - len(ids)
        return Done(
            answer=lambda entry: Listed(ids, entry, after, withheld, without, total),
            count=len(ids),
            touched=[],
            detail={"withheld": withheld} if withheld else {},
        )

    return page


def _count(conn: sa.Connection, controller: str, honey: Collection[str]) -> int:
    """Return how many records a controller has of its own."""
    count = store.count_records(conn, controller)
    return count - len(honey_store.standing(conn, controller, honey)) if honey else count


def _may_know(stored: Stored, purpose: str) -> bool:
    """Say whether a record is listed for a purpose; to list it is to process it (GDPR 18)."""
    subject = stored.subject
    try:
        check_restriction(subject.state, subject.allowing, "list", purpose)
    except Refused:
        return False
    return subject.state != ERASING
