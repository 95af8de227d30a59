"""Laws beside the agreement: what applies, who is strictest, who read what, and when (C7.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bailee.app import law_shapes as shapes
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, show
from bailee.console.visit import Visit
from bailee.errors import Failure, Refused

PATH = "/console/at/{controller}/laws"
NEW, END = Form(shapes.NewLaw), Form(shapes.LawEnd)
COMPARISON, TRIGGER = Form(shapes.NewComparison), Form(shapes.Trigger)
LOOKS = {
    "counts": "operating",
    "binds": "operating",
    "forbids": "refused",
    "vague": "waiting",
    "by both": "waiting",
    "unresolved: source": "unresolved",
    "not ours": "asserted",
    "not in force": "none",
    "fresh": "passed",
    "stale": "due",
    "unread": "due",
    "decided": "passed",
    "unresolved: units": "unresolved",
    "conflict of direction": "unresolved",
    "forbidden": "refused",
}
"""The colour of each word."""
LABELS = {"fresh": "read in time", "stale": "to be read again", "unread": "not read yet"}
"""Words that people see in the place of ours."""
MEANINGS = {
    "counts": "It binds us; of those that do, the strictest is enforced.",
    "binds": "It binds us and sets no quantity.",
    "vague": "It binds us and says no number: the operator's target counts, if it is earlier.",
    "by both": "It leaves the value to both parties.",
    "unresolved: source": "Nobody compared this line with the law's current text: no number.",
    "not ours": "The controller's or the authority's own; shown, not counted as ours.",
    "not in force": "It does not hold today.",
    "forbids": "It forbids what others want.",
}
"""What each word says of a line, for whoever reads the page the first time."""
NOTHING = {"trigger": "", "since": ""}
SECONDS = 16
"""Length of a time that a browser sends without them."""


def _show(house: House, visit: Visit, *, status: int = 200, **more: Any) -> View:
    view = house.laws(visit.known, visit.controller)
    here = {one.law for one in view.registrations if not one.until}
    beside = [one for one in view.parameters if len({claim.source for claim in one.claims}) > 1]
    me = visit.person
    writes = me.may("interpret", visit.controller)
    shown: dict[str, Any] = {"failed": None, "clocks": None, "asked": NOTHING} | more
    return show(
        "laws.html",
        status=status,
        view=view,
        beside=beside,
        alone=[one for one in view.parameters if one not in beside],
        addable=[one for one in view.known if one.law not in here],
        endable=here,
        looks=LOOKS,
        labels=LABELS,
        meanings=MEANINGS,
        writes=writes,
        ends=writes and me.represents == visit.controller,
        **shown,
    )


@page(PATH)
def laws(house: House, visit: Visit) -> View:
    """Show the register, and every number by every source."""
    return _show(house, visit)


@form(f"{PATH}/add")
def add_law(house: House, visit: Visit) -> View:
    """Write that a law applies."""
    return _done(
        house,
        visit,
        lambda: house.register_law(visit.known, visit.controller, NEW.read(visit.fields)),
    )


@form(f"{PATH}/end")
def end_law(house: House, visit: Visit) -> View:
    """Write, as the controller's representative, that a law ceases to apply."""
    return _done(
        house, visit, lambda: house.end_law(visit.known, visit.controller, END.read(visit.fields))
    )


@form(f"{PATH}/compare")
def compare_law(house: House, visit: Visit) -> View:
    """Write that lines were compared with the law's current text."""
    return _done(
        house,
        visit,
        lambda: house.compare_law(visit.known, visit.controller, COMPARISON.read(visit.fields)),
    )


@form(f"{PATH}/clocks")
def law_clocks(house: House, visit: Visit) -> View:
    """Compute what a trigger starts, by all sources."""
    asked = {"trigger": visit.text("trigger"), "since": visit.text("since")}
    since = asked["since"]
    since += ":00Z" if len(since) == SECONDS else ""
    try:
        body = TRIGGER.read(visit.fields, since=since)
        found = house.law_clocks(visit.known, visit.controller, body)
    except Failure as failure:
        return _show(house, visit, status=_status(failure), failed=failure, asked=asked)
    return _show(house, visit, clocks=found, asked=asked)


def _done(house: House, visit: Visit, act: Callable[[], object]) -> View:
    def again(failed: Failure) -> View:
        return _show(house, visit, status=_status(failed), failed=failed)

    return attempt(act, again, PATH.format(controller=visit.controller))


def _status(failure: Failure) -> int:
    return 403 if isinstance(failure, Refused) else 422


ROWS = (laws, add_law, end_law, compare_law, law_clocks)
