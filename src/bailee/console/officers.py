"""Whom controllers reach on our side, and when nobody would answer (C10)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bailee.app import officer_shapes as shapes
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, show
from bailee.console.visit import Visit

HERE = "/console/officers"
OFFICER = Form(shapes.NewOfficer)


def _page(house: House, visit: Visit, **more: Any) -> View:
    people = []
    if visit.me is not None and visit.me.may("people", "house"):
        people = [
            one
            for one in house.people(visit.known).people
            if one.kind == "person" and not one.represents and one.status == "active"
        ]
    return show(
        "officers.html",
        found=house.list_officers(visit.known),
        people=people,
        **({"failed": None, "status": 200} | more),
    )


def _done(house: House, visit: Visit, act: Callable[[], object]) -> View:
    return attempt(act, partial(_page, house, visit, status=422), HERE)


@page(HERE)
def officers(house: House, visit: Visit) -> View:
    """Show who is on duty, who is planned, and the gaps."""
    return _page(house, visit)


@form(HERE)
def appoint_officer(house: House, visit: Visit) -> View:
    """Appoint a person for a time."""

    def act() -> object:
        times = {name: f"{visit.text(name)}:00Z" for name in ("since", "until")}
        return house.appoint_officer(visit.known, OFFICER.read(visit.fields, **times))

    return _done(house, visit, act)


@form(f"{HERE}/{{id}}/end")
def end_officer(house: House, visit: Visit) -> View:
    """End an appointment."""
    return _done(house, visit, lambda: house.end_officer(visit.known, visit.item))


@form(f"{HERE}/{{id}}/confirm")
def confirm_officer(house: House, visit: Visit) -> View:
    """Confirm, for oneself, that one is reached so."""
    return _done(house, visit, lambda: house.confirm_officer(visit.known, visit.item))


ROWS = (officers, appoint_officer, end_officer, confirm_officer)
