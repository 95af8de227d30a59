"""Looking for records and reading them (C2.4, C2.5(4), C2.5(5)).

Nothing is shown but masks until a person says for which purpose and why they need more; each
reveal is a call of the vault, with its entry, and is shown back to whoever made it. Protected
values stand on the answer to a form alone: no address leads to them, no cache keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bailee.access import Caller
from bailee.app import overview_shapes, sign_in_shapes
from bailee.app.house import House
from bailee.app.overview_shapes import Holding
from bailee.clock import write_time
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, show
from bailee.console.visit import Visit
from bailee.errors import Failure, Refused
from bailee.vault import CATALOGUE, shapes

SEARCH = Form(shapes.Search)
LIST = Form(shapes.List)
REVEAL = Form(shapes.Reveal)
NEW_ACCESS = Form(overview_shapes.NewAccess)
MOST = 25
"""Records on one page."""
USUAL = timedelta(days=7)
"""How long a right is asked for, unless the person says otherwise."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the forms of the page offer: what this person's grants name, nothing else."""

    purposes: list[str]
    searchable: list[str]
    listable: list[str]
    readable: list[str]
    views: list[str]
    """A masked view for each readable element that has one: what is shown before anybody asks."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wanted to do, so that a refusal can offer to ask for it."""

    verb: str
    elements: list[str]


def choices(visit: Visit) -> Choice:
    """Return what a person's living grants at the controller let them ask for."""
    held = _held(visit)
    purposes = sorted({purpose for one in held for purpose in one.purposes})
    named = {
        verb: [name for one in held if verb in one.verbs for name in one.elements]
        for verb in ("search", "list", "reveal", "reveal-masked")
    }
    searchable = sorted(
        name
        for name, element in CATALOGUE.items()
        if element.index != "none" and _covered(name, named["search"])
    )
    listable = sorted(name for name in CATALOGUE if _covered(name, named["list"]))
    reading = named["reveal"] + named["reveal-masked"]
    readable = sorted(name for name in CATALOGUE if _covered(name, reading))
    views = [
        next((one for one in reading if one.startswith(f"{name}:")), f"{name}:{masks[0]}")
        for name in readable
        if (masks := CATALOGUE[name].masks)
    ]
    return Choice(purposes, searchable, listable, readable, views)


def _held(visit: Visit) -> list[Holding]:
    return [one for one in visit.person.holdings if one.controller == visit.controller]


def _covered(name: str, patterns: list[str]) -> bool:
    """Say whether a grant's names include an element, or a mask of it; the vault asks again."""
    family = name.partition(".")[0]
    classification = f"class:{CATALOGUE[name].classification}"
    return any(
        pattern.partition(":")[0] in (name, f"{family}.*") or pattern == classification
        for pattern in patterns
    )


def _show(house: House, visit: Visit, *, status: int = 200, **more: Any) -> View:
    shown: dict[str, Any] = {
        "failed": None,
        "records": [],
        "results": {},
        "purpose": visit.text("purpose"),
        "element": visit.text("element"),
        "chosen": chosen(visit),
        "entry": None,
        "asked": None,
        "wanted": None,
        "searched": False,
    }
    agreed = house.agreement(visit.known, visit.controller)
    return show(
        "records.html",
        status=status,
        choice=choices(visit),
        elements=sorted(agreed.permitted),
        permitted_purposes=agreed.purposes,
        **(shown | more),
    )


@page("/console/at/{controller}/records")
def records(house: House, visit: Visit) -> View:
    """Offer to search and to list; shows no record yet."""
    return _show(house, visit)


@form("/console/at/{controller}/records/search")
def search(house: House, visit: Visit) -> View:
    """Find records by a value; the value is in the form's body and nowhere else (C3.2)."""
    try:
        body = SEARCH.read(visit.fields)
        found = house.vault.search(visit.known, visit.controller, body, context=visit.context)
    except Failure as failure:
        return _refused(house, visit, failure, Wanted("search", [visit.text("element")]))
    return _masked(house, visit, found.records[:MOST])


@form("/console/at/{controller}/records/list")
def list_some(house: House, visit: Visit) -> View:
    """List some records by their ids."""
    try:
        body = LIST.read(visit.fields, limit=MOST)
        found = house.vault.list_records(visit.known, visit.controller, body, context=visit.context)
    except Failure as failure:
        return _refused(house, visit, failure, Wanted("list", chosen(visit)))
    return _masked(house, visit, found.records)


@form("/console/at/{controller}/records/reveal")
def reveal(house: House, visit: Visit) -> View:
    """Read elements of chosen records; asks for a code first where the last is too old."""
    try:
        caller = _stepped(house, visit)
        body = REVEAL.read(visit.fields)
        context = visit.context | _why(visit)
        found = house.vault.reveal(caller, visit.controller, body, context=context)
    except Failure as failure:
        wanted = Wanted("reveal", chosen(visit))
        return _refused(house, visit, failure, wanted, records=_records(visit))
    results = {one.record: one for one in found.results}
    return _show(
        house,
        visit,
        records=_records(visit),
        results=results,
        entry=found.entry,
        searched=True,
    )


@form("/console/at/{controller}/records/request")
def request_access(house: House, visit: Visit) -> View:
    """Ask a second person for what was refused."""
    until = write_time(house.parts.clock.now() + USUAL)
    try:
        body = NEW_ACCESS.read(visit.fields, until=until)
        asked = house.request_access(visit.known, visit.controller, body)
    except Failure as failure:
        return _refused(house, visit, failure, Wanted(visit.text("verbs"), chosen(visit)))
    return _show(house, visit, asked=asked)


@form("/console/at/{controller}/records/masked")
def show_masked(house: House, visit: Visit) -> View:
    """Show the masked views of chosen records, after a code of the second factor."""
    try:
        caller = _stepped(house, visit)
    except Failure as failure:
        return _refused(house, visit, failure, Wanted("", []), records=_records(visit))
    return _masked(house, visit, _records(visit), caller=caller)


def _stepped(house: House, visit: Visit) -> Caller:
    """Show the code that the form holds, if it holds one; return who calls now."""
    if not (code := visit.text("code")):
        return visit.known
    made = house.step_up(visit.known, sign_in_shapes.FactorCode(code))
    visit.enter(made.token)
    return house.authenticate(made.token, visit.remote)


def _masked(
    house: House,
    visit: Visit,
    found: list[str],
    *,
    caller: Caller | None = None,
) -> View:
    """Show found records by the masked views that this person may see; where none may be, by id."""
    views, results, failed = choices(visit).views, {}, None
    if found and views:
        body = shapes.Reveal(visit.text("purpose"), views, records=found, mode="continue")
        try:
            shown = house.vault.reveal(
                caller or visit.known, visit.controller, body, context=visit.context
            )
            results = {one.record: one for one in shown.results}
        except Failure as failure:
            failed = failure
    return _show(
        house,
        visit,
        records=found,
        results=results,
        failed=failed,
        searched=True,
    )


def _records(visit: Visit) -> list[str]:
    """Return the records that the form names."""
    return list(visit.fields.get("records", ()))


def chosen(visit: Visit) -> list[str]:
    """Return the elements that the form names."""
    return list(visit.fields.get("elements", ()))


def _why(visit: Visit) -> dict[str, str]:
    """Return the person's reason for the entry's context, to which the leaf only commits."""
    reason = visit.text("reason").strip()[:200]
    if not reason:
        raise Refused(
            "reason.missing", "Say why you need it.", do="A few words; no names of anybody."
        )
    return {"reason": reason}


def _refused(house: House, visit: Visit, failure: Failure, wanted: Wanted, **more: Any) -> View:
    """Show a refusal with what to do next: a code, or to ask a second person."""
    held = [name for one in _held(visit) if wanted.verb in one.verbs for name in one.elements]
    full = [name for name in held if ":" not in name or name.startswith("class:")]
    known = [one for one in wanted.elements if one in CATALOGUE and not _covered(one, full)]
    offered = isinstance(failure, Refused) and failure.code.startswith("grant.")
    return _show(
        house,
        visit,
        status=403 if isinstance(failure, Refused) else 422,
        failed=failure,
        wanted=Wanted(wanted.verb, known) if offered else None,
        searched=bool(more.get("records")),
        **more,
    )


ROWS = (records, search, list_some, show_masked, reveal, request_access)
