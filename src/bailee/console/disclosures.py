"""What left, who received what of one person, and what an authority keeps back (A4, A29, B3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bailee.app import accounting_shapes as shapes
from bailee.app.house import House
from bailee.app.paper_files import files
from bailee.clock import read_time
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.transfers import MEDIA
from bailee.console.view import View, attempt, give, show
from bailee.console.visit import Visit
from bailee.errors import NotFound

HERE = "/console/at/{controller}/disclosures"
ACCOUNT = Form(shapes.NewAccounting)
SUSPENSION = Form(shapes.NewSuspension)
PAGE = "page"
FORMS = (PAGE, "pdf", "docx", "md", "json")
SEEING = ("audit", "interpret")
"""Verbs with which an authority's statements are seen; the house asks again."""


def _page(house: House, visit: Visit, **more: Any) -> View:
    who = visit.known, visit.controller
    sees = any(visit.person.may(verb, visit.controller) for verb in SEEING)
    shown: dict[str, Any] = {
        "failed": None,
        "made": None,
        "left": house.disclosures(*who).disclosures[::-1],
        "rows": house.deidentified(*who),
        "suspensions": house.suspensions(*who).suspensions if sees else [],
        "consents": house.consents(*who).consents if sees else [],
        "purposes": house.agreement(*who).purposes,
        "forms": FORMS,
    }
    return show("disclosures.html", **(shown | more))


def _done(house: House, visit: Visit, act: Callable[[], object]) -> View:
    return attempt(act, partial(_page, house, visit), HERE.format(controller=visit.controller))


@page(HERE)
def disclosures(house: House, visit: Visit) -> View:
    """Show what left, newest first."""
    return _page(house, visit)


@form(f"{HERE}/account")
def account(house: House, visit: Visit) -> View:
    """Account for one person, on the page or as a paper; the question is recorded."""

    def act() -> shapes.Accounting:
        times = {
            name: f"{visit.text(name)}T00:00:00Z" for name in ("since", "until") if visit.text(name)
        }
        body = ACCOUNT.read(visit.fields, **times)
        return house.account(visit.known, visit.controller, body)

    return attempt(act, partial(_page, house, visit), lambda made: _given(house, visit, made))


def _given(house: House, visit: Visit, made: shapes.Accounting) -> View:
    wanted = visit.text("as")
    if wanted not in FORMS[1:]:
        return _page(house, visit, made=made)
    name = f"{made.paper.paper}.{wanted}"
    content = files(made.paper, read_time(made.made)).get(name)
    if content is None:
        failure = NotFound(
            "paper.form", "That form cannot be made here.", do="Install the extra `pack`."
        )
        return _page(house, visit, made=made, failed=failure)
    return give(f"{visit.controller}-{name}", content, MEDIA[wanted])


@form(f"{HERE}/suspend")
def suspend(house: House, visit: Visit) -> View:
    """Register an authority's statement."""

    def act() -> object:
        times = {name: f"{visit.text(name)}:00Z" for name in ("since", "until")}
        body = SUSPENSION.read(visit.fields, **times)
        return house.record_suspension(visit.known, visit.controller, body)

    return _done(house, visit, act)


@form(f"{HERE}/suspensions/{{id}}/confirm")
def confirm_suspension(house: House, visit: Visit) -> View:
    """Confirm a statement, as the second person."""
    who = visit.known, visit.controller, visit.item
    return _done(house, visit, lambda: house.confirm_suspension(*who))


@form(f"{HERE}/suspensions/{{id}}/lift")
def lift_suspension(house: House, visit: Visit) -> View:
    """End a suspension."""
    who = visit.known, visit.controller, visit.item
    return _done(house, visit, lambda: house.lift_suspension(*who))


ROWS = (disclosures, account, suspend, confirm_suspension, lift_suspension)
