"""What crosses borders, the papers about it, and requests that these answer (C7.3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bailee.app import transfer_shapes as shapes
from bailee.app.house import House
from bailee.app.paper_files import files
from bailee.app.papering import PAPERS
from bailee.clock import read_time
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, give, show
from bailee.console.visit import Visit
from bailee.errors import NotFound
from bailee.privacy.adequacy import REGIMES
from bailee.privacy.flow import MECHANISMS, RECEIVERS

HERE = "/console/at/{controller}/transfers"
PAPER = "/console/at/{controller}/papers"
HELP = "/console/at/{controller}/assistance"
FLOW = Form(shapes.NewFlow)
ASSERTION = Form(shapes.NewAssertion)
ASSISTANCE = Form(shapes.NewAssistance)
MEDIA = {
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "cnil.json": "application/json",
}


def _moment(visit: Visit, name: str) -> str:
    return f"{visit.text(name)}T00:00:00Z" if visit.text(name) else ""


def _side(visit: Visit) -> str:
    """Return for whom somebody speaks; the house asks again."""
    return "controller" if visit.person.represents == visit.controller else "processor"


def _matrix(flows: list[shapes.Flow]) -> list[tuple[shapes.Flow, dict[str, shapes.Flow]]]:
    """Return receivers, each with its newest flow under each law; ended ones give way."""
    found: dict[tuple[str, str, str], dict[str, shapes.Flow]] = {}
    for one in sorted(flows, key=lambda one: one.status in ("recorded", "confirmed")):
        found.setdefault((one.receiver_kind, one.receiver, one.country), {})[one.regime] = one
    return [(next(iter(cells.values())), cells) for cells in found.values()]


def _list(house: House, visit: Visit, **more: Any) -> View:
    found = house.transfers(visit.known, visit.controller)
    shown: dict[str, Any] = {"failed": None}
    return show(
        "transfers.html",
        found=found,
        matrix=_matrix(found.flows),
        regimes=REGIMES,
        mechanisms=list(MECHANISMS),
        receivers=RECEIVERS,
        side=_side(visit),
        **(shown | more),
    )


def _done(house: House, visit: Visit, act: Callable[[], object]) -> View:
    return attempt(act, partial(_list, house, visit), HERE.format(controller=visit.controller))


@page(HERE)
def transfers(house: House, visit: Visit) -> View:
    """Show flows, what each rests on today, statements, and decisions on adequacy."""
    return _list(house, visit)


@form(f"{HERE}/add")
def record_flow(house: House, visit: Visit) -> View:
    """Record a flow."""

    def act() -> object:
        times = {name: _moment(visit, name) for name in ("since", "until")}
        elements = visit.text("elements").split() or ["*"]
        body = FLOW.read(visit.fields, elements=elements, **times)
        return house.record_flow(visit.known, visit.controller, body)

    return _done(house, visit, act)


@form(f"{HERE}/{{id}}/confirm")
def confirm_flow(house: House, visit: Visit) -> View:
    """Confirm a flow, as a second person."""
    who = visit.known, visit.controller, visit.item
    return _done(house, visit, lambda: house.confirm_flow(*who))


@form(f"{HERE}/{{id}}/end")
def end_flow(house: House, visit: Visit) -> View:
    """End a flow at once."""
    who = visit.known, visit.controller, visit.item
    return _done(house, visit, lambda: house.end_flow(*who))


@form(f"{HERE}/sign")
def sign_for_flow(house: House, visit: Visit) -> View:
    """State what a flow needs."""
    return _done(house, visit, lambda: _sign(house, visit))


@form(f"{HERE}/assertions/{{id}}/withdraw")
def withdraw_assertion(house: House, visit: Visit) -> View:
    """Take a statement back."""
    who = visit.known, visit.controller, visit.item
    return _done(house, visit, lambda: house.withdraw_assertion(*who))


def _sign(house: House, visit: Visit) -> object:
    body = ASSERTION.read(visit.fields, until=_moment(visit, "until"))
    return house.sign_assertion(visit.known, visit.controller, body)


@page(PAPER)
def papers(house: House, visit: Visit) -> View:
    """List the papers, each with how much of it is still to be filled."""
    found = [house.paper(visit.known, visit.controller, name) for name in PAPERS]
    return show("papers.html", papers=found)


def _paper(house: House, visit: Visit, **more: Any) -> View:
    found = house.paper(visit.known, visit.controller, visit.item)
    shown: dict[str, Any] = {"failed": None}
    return show("paper.html", one=found, side=_side(visit), **(shown | more))


@page(f"{PAPER}/{{id}}")
def paper(house: House, visit: Visit) -> View:
    """Show one paper, with a form for each blank."""
    return _paper(house, visit)


@form(f"{PAPER}/{{id}}/fill")
def fill_blank(house: House, visit: Visit) -> View:
    """Fill a blank, by name and until a day."""
    return attempt(
        lambda: _sign(house, visit),
        partial(_paper, house, visit),
        f"{PAPER.format(controller=visit.controller)}/{visit.item}",
    )


def _file(house: House, visit: Visit, suffix: str) -> View:
    found = house.paper(visit.known, visit.controller, visit.item)
    made = files(found, read_time(found.made))
    name = f"{found.paper}.{suffix}"
    if name not in made:
        raise NotFound(
            "paper.form", "That form cannot be made here.", do="Install the extra `pack`."
        )
    return give(f"{visit.controller}-{name}", made[name], MEDIA[suffix])


@page(f"{PAPER}/{{id}}/markdown")
def paper_markdown(house: House, visit: Visit) -> View:
    """Give a paper as Markdown."""
    return _file(house, visit, "md")


@page(f"{PAPER}/{{id}}/pdf")
def paper_pdf(house: House, visit: Visit) -> View:
    """Give a paper as PDF."""
    return _file(house, visit, "pdf")


@page(f"{PAPER}/{{id}}/docx")
def paper_docx(house: House, visit: Visit) -> View:
    """Give a paper as a document for word processors."""
    return _file(house, visit, "docx")


@page(f"{PAPER}/{{id}}/json")
def paper_json(house: House, visit: Visit) -> View:
    """Give a paper as JSON."""
    return _file(house, visit, "json")


@page(f"{PAPER}/{{id}}/cnil")
def paper_cnil(house: House, visit: Visit) -> View:
    """Give the file of the CNIL's PIA program."""
    return _file(house, visit, "cnil.json")


def _help(house: House, visit: Visit, **more: Any) -> View:
    found = house.assistances(visit.known, visit.controller).assistances
    shown: dict[str, Any] = {"failed": None, "answered": None}
    return show("assistance.html", found=found[::-1], side=_side(visit), **(shown | more))


@page(HELP)
def assistance(house: House, visit: Visit) -> View:
    """List requests for records and for assessments."""
    return _help(house, visit)


@form(f"{HELP}/add")
def enter_assistance(house: House, visit: Visit) -> View:
    """Enter a request."""

    def act() -> object:
        body = ASSISTANCE.read(visit.fields, received=f"{visit.text('received')}:00Z")
        return house.enter_assistance(visit.known, visit.controller, body)

    return attempt(act, partial(_help, house, visit), HELP.format(controller=visit.controller))


@form(f"{HELP}/{{id}}/answer")
def answer_assistance(house: House, visit: Visit) -> View:
    """Answer a request; its paper is shown with the entry that says so."""
    return attempt(
        lambda: house.answer_assistance(visit.known, visit.controller, visit.item),
        partial(_help, house, visit),
        lambda made: _help(house, visit, answered=made),
    )


ROWS = (
    transfers, record_flow, confirm_flow, end_flow, sign_for_flow, withdraw_assertion, papers,
    paper, fill_blank, paper_markdown, paper_pdf, paper_docx, paper_json, paper_cnil, assistance,
    enter_assistance, answer_assistance,
)  # fmt: skip
