"""Who may do what at a controller: the matrix, each grant, and why (C2.5(4))."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import Any

from bailee.access import DATA_VERBS
from bailee.access.grant import ADMINISTRATION
from bailee.app import rights
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, show
from bailee.console.visit import Visit
from bailee.db import HOUSE
from bailee.vault import CATALOGUE

NEW_GRANT = Form(rights.NewGrant)
QUESTION = Form(rights.Question)
ORDER = (
    "protect",
    "update",
    "search",
    "list",
    "reveal-masked",
    "reveal",
    "encrypt",
    "decrypt",
    "erase",
    "approve",
    "interpret",
    "audit",
    "grant",
    "keys",
    "destroy",
)
"""Columns: data verbs from the least that is seen to the most, then administration."""


def matrix(grants: list[rights.Grant]) -> dict[str, dict[str, list[str]]]:
    """Return, for each principal with a living grant, what each verb reaches: names or ``yes``."""
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for one in grants:
        for verb in one.verbs:
            cell = found[one.principal].setdefault(verb, [])
            cell += [name for name in (one.elements or ["yes"]) if name not in cell]
    return dict(found)


def _show(house: House, visit: Visit, **more: Any) -> View:
    answer = house.grants(visit.known, visit.controller)
    agreed = house.agreement(visit.known, visit.controller)
    now = house.parts.clock.now().isoformat().replace("+00:00", "Z")
    living = [one for one in answer.grants if one.status == "living" and one.until > now]
    giver = visit.person.may("grant", visit.controller) or visit.person.may("grant", HOUSE)
    known = house.people(visit.known).people if visit.person.may("people", HOUSE) else []
    names = answer.names | {one.principal: one.name for one in known if one.status == "active"}
    shown: dict[str, Any] = {"failed": None, "why": None, "asked": None}
    return show(
        "grants.html",
        living=living,
        ended=[one for one in answer.grants if one not in living][-50:],
        names=names,
        matrix=matrix(living),
        columns=[verb for verb in ORDER if any(verb in one.verbs for one in living)],
        giver=giver,
        verbs=[verb for verb in ORDER if verb in DATA_VERBS | ADMINISTRATION],
        elements=grantable(agreed.permitted),
        purposes=sorted({*agreed.purposes, *(one.purpose for one in agreed.instructed)}),
        **(shown | more),
    )


def grantable(permitted: list[str]) -> list[str]:
    """Return what the agreement lets us hold, each followed by its masked views."""
    return [
        name
        for element in permitted
        if element in CATALOGUE
        for name in (element, *(f"{element}:{view}" for view in CATALOGUE[element].masks))
    ]


@page("/console/at/{controller}/grants")
def grants(house: House, visit: Visit) -> View:
    """Show the matrix and every grant, to whoever gives or audits them."""
    return _show(house, visit)


@form("/console/at/{controller}/grants/new")
def give(house: House, visit: Visit) -> View:
    """Give somebody else rights, until a day."""

    def act() -> object:
        until = f"{visit.text('day')}T00:00:00Z"
        return house.grant(visit.known, visit.controller, NEW_GRANT.read(visit.fields, until=until))

    return attempt(act, partial(_show, house, visit), f"/console/at/{visit.controller}/grants")


@form("/console/at/{controller}/grants/{id}/revoke")
def revoke(house: House, visit: Visit) -> View:
    """End a grant at once."""
    return attempt(
        lambda: house.revoke_grant(visit.known, visit.controller, visit.item),
        partial(_show, house, visit),
        f"/console/at/{visit.controller}/grants",
    )


@form("/console/at/{controller}/grants/why")
def why(house: House, visit: Visit) -> View:
    """Say which grant allows something, or everything that is missing."""

    def act() -> tuple[rights.Explanation, rights.Question]:
        asked = QUESTION.read(visit.fields)
        return house.explain(visit.known, visit.controller, asked), asked

    return attempt(
        act,
        partial(_show, house, visit),
        lambda found: _show(house, visit, why=found[0], asked=found[1]),
    )


ROWS = (grants, give, revoke, why)
