"""The end of an agreement: where it stands, who must act, how many days are left (C6).

The controller's representative chooses here, and confirms here that a return arrived. One of us
enters the same upon its writing, writes down what a law keeps, and orders what was chosen. Choosing
and ordering ask once more before they are done.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from bailee.app import end_shapes as shapes
from bailee.app import shapes as common
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, give, go, show
from bailee.console.visit import Visit
from bailee.errors import Failure

HERE = "/console/at/{controller}/end"
CHOICE = Form(shapes.EndChoice)
KEPT = Form(shapes.NewKept)
PACKAGE = Form(shapes.ReturnedPackage)
RECEIPT = Form(shapes.EndReceipt)
ORDER = Form(common.Destruction)
TONES = {
    "active": "active", "ending": "asserted", "open": "due", "chosen": "running",
    "returned": "waiting", "received": "running", "destroying": "running", "destroyed": "running",
    "certified": "operating",
}  # fmt: skip
NEXT = {
    "open": "The controller chooses return or destruction, in writing.",
    "chosen": "We return everything, or destroy it, as was chosen.",
    "returned": "The controller confirms that the package arrived and can be read.",
    "received": "We destroy what is left here.",
    "destroying": "The destruction goes on by itself.",
    "destroyed": "The certificate is made.",
    "certified": "It is done, and certified.",
}
"""What comes next, by state."""


def _page(house: House, visit: Visit, **more: Any) -> View:
    found = house.termination(visit.known, visit.controller)
    me = visit.person
    shown: dict[str, Any] = {"failed": None, "status": 200, "sure": None}
    return show(
        "end.html",
        found=found,
        tone=TONES.get(found.status, "asserted"),
        next=NEXT.get(found.status, ""),
        side="controller" if me.represents == visit.controller else "processor",
        enters=me.may("interpret", visit.controller),
        destroys=me.may("destroy", visit.controller) and _ready(found),
        values=sorted(found.packed_values.items()),
        **(shown | more),
    )


def _ready(found: shapes.Termination) -> bool:
    """Say whether a destruction can be ordered, for whoever may."""
    if found.status == "certified":  # what a law or a hold kept, once neither does
        return found.scope == "rest" and not any(one.living for one in found.kept)
    chosen = found.choice == "destroy" and found.status == "chosen"
    return found.isolated and (chosen or found.status == "received")


def _done(house: House, visit: Visit, act: Callable[[], object]) -> View:
    """Do an act and come back; on a refusal show the page with what went wrong."""
    try:
        act()
    except Failure as failure:
        return _page(house, visit, failed=failure, status=422)
    return go(HERE.format(controller=visit.controller))


@page(HERE)
def termination(house: House, visit: Visit) -> View:
    """Show how far the end came, and what can be done."""
    return _page(house, visit)


@form(f"{HERE}/choose")
def choose_end(house: House, visit: Visit) -> View:
    """Ask whether it is really so, then write the choice down."""
    keys = visit.text("keys").split()

    def act() -> object:
        body = CHOICE.read(visit.fields, keys=keys)
        return house.choose_end(visit.known, visit.controller, body)

    if visit.text("sure") != "yes" and visit.text("choice") in {"return", "destroy"}:
        names = ("choice", "given_by", "reference", "text_sha256")
        sure = {name: visit.text(name) for name in names} | {"keys": " ".join(keys)}
        return _page(house, visit, sure=sure)
    return _done(house, visit, act)


@form(f"{HERE}/kept")
def keep_by_law(house: House, visit: Visit) -> View:
    """Write down what a law keeps."""

    def act() -> object:
        body = KEPT.read(
            visit.fields,
            until=f"{visit.text('until')}T00:00:00Z",
            elements=visit.text("elements").split(),
            records=visit.text("records").split(),
        )
        return house.keep_by_law(visit.known, visit.controller, body)

    return _done(house, visit, act)


@form(f"{HERE}/return")
def note_return(house: House, visit: Visit) -> View:
    """Have what left compared with what is held."""
    return _done(
        house,
        visit,
        lambda: house.note_return(visit.known, visit.controller, PACKAGE.read(visit.fields)),
    )


@form(f"{HERE}/receipt")
def confirm_receipt(house: House, visit: Visit) -> View:
    """Say for the controller that the package arrived."""

    def act() -> object:
        digest = visit.text("manifest_sha256").strip().lower()
        body = RECEIPT.read(visit.fields, manifest_sha256=digest)
        return house.confirm_receipt(visit.known, visit.controller, body)

    return _done(house, visit, act)


@form(f"{HERE}/destroy")
def destroy(house: House, visit: Visit) -> View:
    """Order what was chosen; the controller's short name is written once more."""
    return _done(
        house,
        visit,
        lambda: house.destroy_controller(visit.known, visit.controller, ORDER.read(visit.fields)),
    )


@form(f"{HERE}/certificate")
def certificate(house: House, visit: Visit) -> View:
    """Give the certificate as a file: to be read, or to be checked."""
    try:
        made = house.certify_end(visit.known, visit.controller)
    except Failure as failure:
        return _page(house, visit, failed=failure, status=422)
    if visit.text("form") == "pdf" and made.pdf:
        name = f"end-of-{visit.controller}.pdf"
        return give(name, base64.b64decode(made.pdf), "application/pdf")
    media = "application/json; charset=utf-8"
    return give(f"end-of-{visit.controller}.json", made.certificate.encode("ascii"), media)


ROWS = (
    termination,
    choose_end,
    keep_by_law,
    note_return,
    confirm_receipt,
    destroy,
    certificate,
)
