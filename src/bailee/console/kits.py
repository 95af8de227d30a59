"""The processor's own addendum, filled for a prospect or for a controller (B8)."""

from __future__ import annotations

from typing import Any

from bailee.agreement import load_terms
from bailee.agreement.offer import OFFERED
from bailee.app import kit_shapes, transfer_shapes
from bailee.app.house import House
from bailee.app.kit_files import archive
from bailee.clock import read_time
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, give, show
from bailee.console.visit import Visit
from bailee.db import HOUSE
from bailee.privacy.prospect import PEOPLE
from bailee.vault.catalogue import CATALOGUE

PROSPECT = "/console/kits"
HERE = "/console/at/{controller}/kit"
KIT = Form(kit_shapes.NewKit)
ASSERTION = Form(transfer_shapes.NewAssertion)
FIELDS = (
    ("name", "Legal name"),
    ("address", "Address"),
    ("contact", "Contact: name, position, how to reach"),
    ("representative", "Representative in the Union and DPO, or that there is none"),
    ("security", "Security contact and delegate"),
    ("activities", "Activities that this serves"),
    ("services", "Services agreement that it belongs to"),
    ("effective", "In force from"),
    ("law", "Governing law"),
    ("member_state", "Member state for the standard clauses"),
    ("authority", "Competent supervisory authority"),
    ("frequency", "How often data is transferred"),
)  # fmt: skip
"""What may be given, in the order of the annexes; all of it may be left blank."""
ZIP = "application/zip"


def _place(visit: Visit) -> str:
    return visit.params.get("controller", HOUSE)


def _here(visit: Visit) -> str:
    place = _place(visit)
    return PROSPECT if place == HOUSE else HERE.format(controller=place)


def _page(visit: Visit, **more: Any) -> View:
    place = _place(visit)
    verb = "publish" if place == HOUSE else "interpret"
    shown: dict[str, Any] = {"failed": None, "made": None}
    return show(
        "kit.html",
        here=_here(visit),
        place=place,
        makes=visit.person.may(verb, place),
        given=visit.fields,
        fields=FIELDS,
        people=PEOPLE,
        purposes=load_terms(OFFERED).purposes,
        elements=list(CATALOGUE),
        **(shown | more),
    )


def _make(house: House, visit: Visit) -> View:
    whole = visit.text("act") == "make"
    countries = visit.text("countries").upper().replace(",", " ").split()

    def act() -> kit_shapes.Kit:
        body = KIT.read(visit.fields, countries=countries, draft=not whole)
        return house.make_kit(visit.known, _place(visit), body)

    def again(failed: Exception) -> View:
        return _page(visit, failed=failed)

    return attempt(act, again, lambda made: _came(visit, made))


def _came(visit: Visit, made: kit_shapes.Kit) -> View:
    """Return what came of it: the files where it was recorded, else what it would say."""
    if made.entry is None:
        return _page(visit, made=made)
    return give("addendum-kit.zip", archive(made, read_time(made.made)), ZIP)


@page(PROSPECT)
def kits(_house: House, visit: Visit) -> View:
    """Ask for whom our own addendum is to be filled."""
    return _page(visit)


@form(f"{PROSPECT}/make")
def make_kit(house: House, visit: Visit) -> View:
    """Show what it would say to a prospect, or make it, which is recorded."""
    return _make(house, visit)


@form(f"{PROSPECT}/fill")
def fill_for_house(house: House, visit: Visit) -> View:
    """State what is the same for every controller."""

    def act() -> object:
        until = f"{visit.text('until')}T00:00:00Z" if visit.text("until") else ""
        return house.sign_assertion(visit.known, HOUSE, ASSERTION.read(visit.fields, until=until))

    def again(failed: Exception) -> View:
        return _page(visit, failed=failed)

    return attempt(act, again, PROSPECT)


@page(HERE)
def controller_kit(_house: House, visit: Visit) -> View:
    """Ask what our own addendum is to say to a controller."""
    return _page(visit)


@form(f"{HERE}/make")
def make_controller_kit(house: House, visit: Visit) -> View:
    """Show what it would say to a controller, or make it, which is recorded."""
    return _make(house, visit)


ROWS = (kits, make_kit, fill_for_house, controller_kit, make_controller_kit)
