"""The ledger: what happened, who did it, and how anybody can check it (C2.5(5), C5.2).

It takes ``audit``, at the controller or, for the house's own log, at the house. One's own accesses
are shown back to everybody without it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from bailee.app import overview_shapes as shapes
from bailee.app.house import House
from bailee.console.chart import MOST_SERIES
from bailee.console.row import Row, page
from bailee.console.view import View, give, show
from bailee.console.visit import Visit
from bailee.db import HOUSE

PAGE = 50
MOST_DAYS = 31
AT = "/console/at/{controller}/ledger"
AT_HOUSE = "/console/house/ledger"
REST = "others"
MINE = "/console/at/{controller}/mine"


def _back(visit: Visit) -> shapes.LookBack:
    """Return where to begin to look back, by the address."""
    return shapes.LookBack(int(visit.params["index"]) if "index" in visit.params else None)


def _place(visit: Visit) -> tuple[str, str]:
    """Return whose log is looked at, and the address of its page."""
    controller = visit.params.get("controller", HOUSE)
    return controller, AT_HOUSE if controller == HOUSE else AT.format(controller=controller)


def _ledger(house: House, visit: Visit) -> View:
    """Show the logs, who saw them, and a stretch of the newest one."""
    controller, base = _place(visit)
    before = _back(visit).before
    found = house.entries(visit.known, controller, shapes.Stretch(before, PAGE))
    return show(
        "ledger.html",
        here=base,
        seals=house.seals(visit.known, controller),
        found=found,
        older=found.entries[-1].index if found.entries and found.entries[-1].index else None,
        newest=before is None or before >= found.size,
    )


def _entry(house: House, visit: Visit) -> View:
    """Show one entry, what it commits to, and how its proof goes up to the root."""
    controller, base = _place(visit)
    return show(
        "entry.html",
        here=base,
        one=house.entry_view(visit.known, controller, visit.item),
    )


def _proof(house: House, visit: Visit) -> View:
    """Give the proof of an entry, for ``bailee-verify --proof``."""
    controller, _ = _place(visit)
    made = house.proof(visit.known, controller, visit.item)
    return give(f"{visit.item}.proof", made.proof.encode())


def _checkpoint(house: House, visit: Visit) -> View:
    """Give the newest checkpoint, to be kept and compared later."""
    controller, _ = _place(visit)
    return give(f"{controller}.checkpoint", house.checkpoint(visit.known, controller))


def _vkey(house: House, visit: Visit) -> View:
    """Give the newest log's public key, to be pinned."""
    controller, _ = _place(visit)
    logs = house.logs(visit.known, controller).logs
    keys = "".join(f"{one.vkey}\n" for one in logs[-1:])
    return give(f"{controller}.vkey", keys.encode())


def _activity(house: House, visit: Visit) -> View:
    """Show accesses by day: for which purpose, and whose."""
    controller, base = _place(visit)
    found = house.activity(visit.known, controller, _back(visit))
    days = _days(one.day for one in found.tallies)
    return show(
        "activity.html",
        here=base,
        found=found,
        days=[f"{date.fromisoformat(day):%-d %b}" for day in days],
        dates=days,
        purposes=series(found.tallies, days, lambda one: one.purpose or "none named"),
        people=series(
            found.tallies, days, lambda one: found.names.get(one.principal) or "a machine"
        ),
    )


def _days(days: Iterable[str]) -> list[str]:
    """Return every day from the first counted one to the last, a month at most."""
    known = sorted(set(days))
    if not known:
        return []
    last = date.fromisoformat(known[-1])
    first = max(date.fromisoformat(known[0]), last - timedelta(days=MOST_DAYS - 1))
    return [str(first + timedelta(days=n)) for n in range((last - first).days + 1)]


def series(
    tallies: Iterable[shapes.Tally], days: list[str], name: Callable[[shapes.Tally], str]
) -> dict[str, list[int]]:
    """Return calls by day for each name, the busiest first; beyond six they are one group."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in tallies:
        counts[name(one), one.day] += one.calls
    totals: Counter[str] = Counter()
    for (who, day), calls in counts.items():
        totals[who] += calls if day in days else 0
    ranked = [who for who, calls in totals.most_common() if calls]
    named = ranked if len(ranked) <= MOST_SERIES else ranked[: MOST_SERIES - 1]
    found = {who: [counts[who, day] for day in days] for who in named}
    if rest := ranked[len(named) :]:
        found[REST] = [sum(counts[who, day] for who in rest) for day in days]
    return found


def _mine(house: House, visit: Visit) -> View:
    found = house.own_entries(visit.known, visit.controller, _back(visit))
    audited = visit.person.may("audit", visit.controller)
    here = MINE.format(controller=visit.controller)
    return show("mine.html", found=found, audited=audited, here=here)


@page(MINE)
def mine(house: House, visit: Visit) -> View:
    """Show a person's own accesses back to them."""
    return _mine(house, visit)


@page(f"{MINE}/before/{{index}}")
def mine_before(house: House, visit: Visit) -> View:
    """Show those among older entries."""
    return _mine(house, visit)


def _rows() -> Iterable[Row]:
    """Yield every page of the ledger twice: at a controller, and of the house's own log."""
    works: dict[str, Callable[[House, Visit], View]] = {
        "": _ledger,
        "/before/{index}": _ledger,
        "/entry/{id}": _entry,
        "/entry/{id}/proof": _proof,
        "/checkpoint": _checkpoint,
        "/vkey": _vkey,
        "/activity": _activity,
        "/activity/before/{index}": _activity,
    }
    for base, where in ((AT, "ledger"), (AT_HOUSE, "house_ledger")):
        for path, work in works.items():
            yield Row("GET", base + path, where + work.__name__, work)


ROWS: tuple[Row, ...] = (*_rows(), mine, mine_before)
