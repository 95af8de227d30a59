"""The agreement: what was promised, clause by clause, how it stands, and why (C1, C5.2).

States and what the controls saw take ``audit``. Whoever has another right here reads the same
clauses without them, and nothing is refused for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bailee.app import overview_shapes, shapes
from bailee.app.house import House
from bailee.app.over_time import SERIOUS, worst_of
from bailee.app.state import STATES
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, go, show
from bailee.console.visit import Visit
from bailee.db import HOUSE
from bailee.errors import Failure, Refused, Unavailable

PATH = "/console/at/{controller}/agreement"
READING = Form(shapes.NewInterpretation)
MEANINGS = {
    "failing": "A control looked and found it broken.",
    "overdue": "Nobody looked in time; it counts as broken until somebody does.",
    "unresolved": "The text leaves open what is owed; its strictest reading is enforced.",
    "uncovered": "Nothing watches it here yet, or what watches it could not look.",
    "due": "Somebody has to act before its time is over.",
    "asserted": "A named person says so; no machine saw it.",
    "operating": "Done in time, with evidence in the ledger.",
    "enforced": "The software refuses anything else.",
    "no-duty": "A definition, or a right of the other party. Not counted.",
}
"""What each state means, for whoever reads the page the first time."""


@dataclass
class Part:
    """One clause as the page shows it.

    Attributes:
        state: the worst among its obligations; '' for whoever may not know.
    """

    clause: str
    title: str = ""
    state: str = ""
    obligations: list[shapes.Obligation] = field(default_factory=list)
    questions: list[shapes.OpenQuestion] = field(default_factory=list)
    readings: list[shapes.Interpretation] = field(default_factory=list)


def _audited(visit: Visit) -> bool:
    return any(visit.person.may("audit", place) for place in (visit.controller, HOUSE))


def _parts(view: shapes.AgreementView, clauses: Iterable[shapes.ClauseState]) -> list[Part]:
    """Return the clauses in the agreement's order, each with what is open in it."""
    found: dict[str, Part] = {}
    for one in clauses:
        found[one.clause] = Part(one.clause, one.title, one.state, one.obligations)
    for duty in () if found else view.obligations:
        found.setdefault(duty.clause, Part(duty.clause)).obligations.append(duty)
    shown = set()
    for question in view.questions:
        for name in (*question.clauses, "")[:1]:
            found.setdefault(name, Part(name)).questions.append(question)
            shown.add(question.id)
    owner = {one.obligation: part for part in found.values() for one in part.obligations}
    owner |= {one.id: part for part in found.values() for one in part.questions}
    owner |= {part.clause: part for part in found.values()}
    for made in view.interpretations:
        part = owner.get(made.subject)
        if part is None:
            part = found.setdefault(made.subject, Part(made.subject))
        part.readings.append(made)
    return list(found.values())


def _narrowed(parts: list[Part], state: str) -> list[Part]:
    """Return the clauses that hold an obligation in a state, with those obligations alone."""
    return [
        Part(one.clause, one.title, one.state, kept, one.questions, one.readings)
        for one in parts
        if (kept := [duty for duty in one.obligations if duty.state == state])
    ]


def _days(watched: overview_shapes.Watched) -> list[str]:
    first, last = date.fromisoformat(watched.since), date.fromisoformat(watched.until)
    return [str(first + timedelta(days=n)) for n in range((last - first).days + 1)]


def _marks(watched: overview_shapes.Watched) -> dict[str, dict[str, str]]:
    """Return each control's worst result of each day on which it looked."""
    marks: dict[str, dict[str, str]] = {one.control: {} for one in watched.controls}
    for day in watched.days:
        counts = {name: getattr(day, name) for name in SERIOUS}
        marks.setdefault(day.control, {})[day.day] = worst_of(one for one in SERIOUS if counts[one])
    return marks


def _stood(watched: overview_shapes.Watched, parts: Iterable[Part]) -> dict[str, dict[str, str]]:
    """Return each clause's state of each day on which its controls looked, in the text's order."""
    found: dict[str, dict[str, str]] = {one.clause: {} for one in parts}
    for one in watched.clauses:
        found.setdefault(one.clause, {})[one.day] = one.state
    return {clause: days for clause, days in found.items() if days}


def _show(house: House, visit: Visit, *, status: int = 200, state: str = "", **more: Any) -> View:
    view = house.agreement(visit.known, visit.controller)
    shown: dict[str, Any] = {
        "failed": None,
        "seen": None,
        "made": None,
        "state": state,
        "counts": {},
        "watched": None,
        "days": [],
        "marks": {},
        "stood": {},
        "looks": {},
    }
    parts = _parts(view, ())
    if _audited(visit):
        clauses = house.clauses(visit.known, visit.controller).clauses
        watched = house.observations(visit.known, visit.controller)
        parts = _parts(view, clauses)
        counted = Counter(duty.state for part in parts for duty in part.obligations)
        shown |= {
            "counts": {one: counted[one] for one in STATES if one in counted},
            "watched": watched,
            "days": _days(watched),
            "marks": _marks(watched),
            "stood": _stood(watched, parts),
            "looks": {one.control: one for one in watched.controls},
        }
    me = visit.person
    return show(
        "agreement.html",
        status=status,
        view=view,
        parts_=_narrowed(parts, state) if state else parts,
        map_=parts,
        meanings=MEANINGS,
        proposes=me.may("interpret", visit.controller) and not me.represents,
        signs=me.may("interpret", visit.controller) and me.represents == visit.controller,
        **(shown | more),
    )


@page(PATH)
def agreement(house: House, visit: Visit) -> View:
    """Show the agreement in force and how each of its clauses stands."""
    return _show(house, visit)


@page(f"{PATH}/state/{{state}}")
def agreement_in_state(house: House, visit: Visit) -> View:
    """Show the obligations in one state alone."""
    state = visit.params["state"]
    if state not in STATES or not _audited(visit):
        return go(PATH.format(controller=visit.controller))
    return _show(house, visit, state=state)


@form(f"{PATH}/look")
def look(house: House, visit: Visit) -> View:
    """Let every control look now."""
    try:
        seen = house.run_controls(visit.known, visit.controller, shapes.Run())
    except Unavailable as failure:
        return _show(house, visit, status=503, failed=failure)
    counts = Counter(one.result for one in seen.observations)
    return _show(house, visit, seen=counts)


@form(f"{PATH}/propose")
def propose(house: House, visit: Visit) -> View:
    """Sign our reading of something that the text leaves open."""
    try:
        body = READING.read(visit.fields)
        made = house.propose_interpretation(visit.known, visit.controller, body)
    except Failure as failure:
        return _show(house, visit, status=_status(failure), failed=failure)
    return _show(house, visit, made=made)


@form(f"{PATH}/readings/{{id}}/agree")
def agree(house: House, visit: Visit) -> View:
    """Countersign a reading, as the controller's representative."""
    try:
        made = house.agree_interpretation(visit.known, visit.controller, visit.item)
    except Failure as failure:
        return _show(house, visit, status=_status(failure), failed=failure)
    return _show(house, visit, made=made)


def _status(failure: Failure) -> int:
    return 403 if isinstance(failure, Refused) else 422


ROWS = (agreement, agreement_in_state, look, propose, agree)
