"""The auditor's room: who examines, when, and what they are shown (C5.2).

It shows and changes nothing but samples and what the two sides say to each other. Each page that an
auditor opens is one call of the house, which records it before the page leaves.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from bailee.app import audit_shapes as shapes
from bailee.app.house import House
from bailee.app.state import STATES
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, give, show
from bailee.console.visit import Visit

HERE = "/console/at/{controller}/audits"
NEW_ENGAGEMENT = Form(shapes.NewEngagement)
NEW_AUDITOR = Form(shapes.NewAuditor)
ANSWER = Form(shapes.NoticeAnswer)
ENTRIES = Form(shapes.EntryPage)
NEW_SAMPLE = Form(shapes.NewSample)
PACK_WISH = Form(shapes.PackWish)
SHOWN = 100
"""Entries on one page."""


def _side(visit: Visit) -> str:
    """Return as whom somebody comes; the house asks again."""
    me = visit.person
    if me.represents == visit.controller:
        return "auditor" if me.relation == "auditor" else "controller"
    return "processor"


def _list(house: House, visit: Visit, **more: Any) -> View:
    found = house.list_engagements(visit.known, visit.controller).engagements
    shown: dict[str, Any] = {"failed": None, "made": None}
    return show("audits.html", found=found[::-1], side=_side(visit), **(shown | more))


@page(HERE)
def audits(house: House, visit: Visit) -> View:
    """Show engagements: all to both sides, to an auditor their own."""
    return _list(house, visit)


@form(f"{HERE}/invite")
def invite_auditor(house: House, visit: Visit) -> View:
    """Let the controller's auditor in; the secret is shown once."""
    return attempt(
        lambda: house.invite_auditor(visit.known, visit.controller, NEW_AUDITOR.read(visit.fields)),
        partial(_list, house, visit),
        lambda made: _list(
            house, visit, made={"what": "invitation", "secret": made.secret, "of": made}
        ),
    )


@form(f"{HERE}/ask")
def ask_engagement(house: House, visit: Visit) -> View:
    """Ask for an audit, for the controller."""
    times = {
        name: f"{visit.text(name)}T00:00:00Z" for name in ("since", "until") if visit.text(name)
    }

    def act() -> object:
        body = NEW_ENGAGEMENT.read(visit.fields, **times)
        return house.ask_engagement(visit.known, visit.controller, body)

    return attempt(act, partial(_list, house, visit), HERE.format(controller=visit.controller))


@form(f"{HERE}/{{id}}/answer")
def answer_engagement(house: House, visit: Visit) -> View:
    """Accept or decline, for us."""

    def act() -> object:
        body = ANSWER.read(visit.fields)
        return house.answer_engagement(visit.known, visit.controller, visit.item, body)

    return attempt(act, partial(_list, house, visit), HERE.format(controller=visit.controller))


@form(f"{HERE}/{{id}}/close")
def close_engagement(house: House, visit: Visit) -> View:
    """End an engagement before its time, for the controller."""
    return attempt(
        lambda: house.close_engagement(visit.known, visit.controller, visit.item),
        partial(_list, house, visit),
        HERE.format(controller=visit.controller),
    )


@page(f"{HERE}/{{id}}")
def audit_room(house: House, visit: Visit) -> View:
    """Show every obligation with its state and its evidence over time."""
    found = house.audit_evidence(visit.known, visit.controller, visit.item)
    return show(
        "audit_room.html",
        found=found,
        item=visit.item,
        states=STATES,
        looks={one.control: one for one in found.controls},
    )


def _entries(house: House, visit: Visit, body: shapes.EntryPage) -> View:
    found = house.audit_entries(visit.known, visit.controller, visit.item, body)
    rows = [
        (one.index, json.loads(one.entry), json.loads(one.opening) if one.opening else None)
        for one in found.entries
    ]
    return show("audit_entries.html", found=found, rows=rows, item=visit.item, most=SHOWN)


@page(f"{HERE}/{{id}}/entries")
def audit_entries(house: House, visit: Visit) -> View:
    """Show the first entries of the newest log."""
    return _entries(house, visit, shapes.EntryPage(count=SHOWN))


@form(f"{HERE}/{{id}}/entries")
def more_entries(house: House, visit: Visit) -> View:
    """Show the entries of a log from an index on."""
    return _entries(house, visit, ENTRIES.read(visit.fields, count=SHOWN))


@page(f"{HERE}/{{id}}/rights")
def audit_rights(house: House, visit: Visit) -> View:
    """Show who holds or held rights, approvals, emergencies, and what left."""
    found = house.audit_rights(visit.known, visit.controller, visit.item)
    names = {one.principal: one.name for one in found.holders}
    return show("audit_rights.html", found=found, item=visit.item, names=names)


def _samples(house: House, visit: Visit, **more: Any) -> View:
    drawn = house.samples(visit.known, visit.controller, visit.item).samples
    packs = house.packs(visit.known, visit.controller, visit.item).packs
    shown: dict[str, Any] = {"failed": None}
    return show(
        "audit_samples.html", drawn=drawn[::-1], packs=packs[::-1], item=visit.item,
        **(shown | more),
    )  # fmt: skip


@page(f"{HERE}/{{id}}/samples")
def audit_samples(house: House, visit: Visit) -> View:
    """Show samples and packs of an engagement."""
    return _samples(house, visit)


@form(f"{HERE}/{{id}}/samples")
def draw_sample(house: House, visit: Visit) -> View:
    """Draw a sample by the published rule."""

    def act() -> object:
        body = NEW_SAMPLE.read(visit.fields)
        return house.draw_sample(visit.known, visit.controller, visit.item, body)

    return attempt(
        act,
        partial(_samples, house, visit),
        f"{HERE.format(controller=visit.controller)}/{visit.item}/samples",
    )


@form(f"{HERE}/{{id}}/pack")
def take_pack(house: House, visit: Visit) -> View:
    """Make a pack and hand it out, encrypted for the key that the form names."""
    return attempt(
        lambda: house.pack_copy(
            visit.known, visit.controller, visit.item, PACK_WISH.read(visit.fields)
        ),
        partial(_samples, house, visit),
        lambda made: give(f"pack-{made[0].pack}.tar.age", made[1], "application/octet-stream"),
    )


ROWS = (
    audits,
    invite_auditor,
    ask_engagement,
    answer_engagement,
    close_engagement,
    audit_room,
    audit_entries,
    more_entries,
    audit_rights,
    audit_samples,
    draw_sample,
    take_pack,
)
