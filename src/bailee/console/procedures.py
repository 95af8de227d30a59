"""What a person reads and signs before any access: undertaking and handling procedures (C2.2)."""

from __future__ import annotations

from functools import partial
from typing import Any

from bailee.app import training_shapes as shapes
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, show
from bailee.console.visit import Visit
from bailee.db import HOUSE
from bailee.errors import Invalid, NotFound

PROCEDURES = "/console/procedures"
READ = Form(shapes.Read)


def _show(house: House, visit: Visit, **more: Any) -> View:
    owed = {one.controller: one for one in house.training(visit.known).duties}
    texts = []
    for name in ("", *visit.person.controllers):
        try:
            text = house.text(visit.known, name or HOUSE)
        except NotFound:
            continue  # no agreement is in force there
        texts.append((name, text, owed.get(name)))
    texts.sort(key=lambda one: (one[2] is None, one[2] is not None and one[2].status != "due"))
    return show("procedures.html", texts=texts, **({"failed": None} | more))


@page(PROCEDURES)
def procedures(house: House, visit: Visit) -> View:
    """Show every text that concerns a person, what is due first."""
    return _show(house, visit)


@form("/console/procedures/undertaking")
def sign_undertaking(house: House, visit: Visit) -> View:
    """Sign the undertaking that was shown, for oneself."""
    return _acknowledge(house, visit, HOUSE)


@form("/console/at/{controller}/procedure")
def acknowledge_procedure(house: House, visit: Visit) -> View:
    """Acknowledge the procedure that was shown, for oneself."""
    return _acknowledge(house, visit, visit.controller)


def _acknowledge(house: House, visit: Visit, controller: str) -> View:

    def act() -> object:
        if visit.text("read") != "yes":
            raise Invalid("training.unread", "Say that you have read it.", do="Mark the box.")
        return house.acknowledge_text(visit.known, READ.read(visit.fields), controller)

    return attempt(act, partial(_show, house, visit), PROCEDURES)


ROWS = (procedures, sign_undertaking, acknowledge_procedure)
