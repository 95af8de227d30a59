"""Who has access: people and services, let in and let go (C2.5(1), C2.5(2), C2.5(6))."""

from __future__ import annotations

from typing import Any

from bailee.app import rights
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, go, show
from bailee.console.visit import Visit
from bailee.errors import Failure, NotFound

PEOPLE = "/console/people"
NEW_INVITATION = Form(rights.NewInvitation)
NEW_PROGRAM = Form(rights.NewProgram)
NEW_KEY = Form(rights.NewKey)
RELATIONS = ("employee", "contractor", "controller-representative")


def _people(house: House, visit: Visit, **more: Any) -> View:
    found = house.people(visit.known).people
    shown: dict[str, Any] = {"failed": None, "made": None, "status": 200}
    return show(
        "people.html",
        people=[one for one in found if one.kind == "person"],
        services=[one for one in found if one.kind != "person"],
        names={one.principal: one.name for one in found},
        relations=RELATIONS,
        **(shown | more),
    )


@page(PEOPLE)
def people(house: House, visit: Visit) -> View:
    """Show everybody who has, or had, any access."""
    return _people(house, visit)


@form("/console/people/invite")
def invite(house: House, visit: Visit) -> View:
    """Invite a person under their own name; the code is shown once."""
    try:
        made = house.invite(visit.known, NEW_INVITATION.read(visit.fields))
    except Failure as failure:
        return _people(house, visit, failed=failure, status=422)
    return _people(house, visit, made={"what": "invitation", "secret": made.secret, "of": made})


@form("/console/people/service")
def create_service(house: House, visit: Visit) -> View:
    """Register a service under the person who answers for it."""
    try:
        house.create_service(visit.known, NEW_PROGRAM.read(visit.fields))
    except Failure as failure:
        return _people(house, visit, failed=failure, status=422)
    return go(PEOPLE)


def _person(house: House, visit: Visit, **more: Any) -> View:
    found = house.people(visit.known).people
    one = next((each for each in found if each.principal == visit.item), None)
    if one is None:
        raise NotFound("principal.unknown", "Nobody has that id.")
    sessions = house.sessions(visit.known, visit.item).sessions if one.kind == "person" else []
    shown: dict[str, Any] = {"failed": None, "made": None, "status": 200}
    return show("person.html", one=one, sessions=sessions, **(shown | more))


@page("/console/people/{id}")
def person(house: House, visit: Visit) -> View:
    """Show one person or service, and what can be done about them."""
    return _person(house, visit)


@form("/console/people/{id}/invite")
def renew(house: House, visit: Visit) -> View:
    """Invite somebody again who lost password or key; the code is shown once."""
    try:
        made = house.renew(visit.known, visit.item)
    except Failure as failure:
        return _person(house, visit, failed=failure, status=403)
    return _person(house, visit, made={"what": "invitation", "secret": made.secret, "of": made})


@form("/console/people/{id}/key")
def mint_key(house: House, visit: Visit) -> View:
    """Make a service's key; it is shown once."""
    try:
        made = house.mint_key(visit.known, NEW_KEY.read(visit.fields, principal=visit.item))
    except Failure as failure:
        return _person(house, visit, failed=failure, status=403)
    return _person(house, visit, made={"what": "key", "secret": made.key, "of": made})


@form("/console/people/{id}/totp/remove")
def remove_totp(house: House, visit: Visit) -> View:
    """Remove the authenticator that somebody else lost."""
    try:
        house.remove_lost_totp(visit.known, visit.item)
    except Failure as failure:
        return _person(house, visit, failed=failure, status=403)
    return go(f"{PEOPLE}/{visit.item}")


@form("/console/people/{id}/sessions/end")
def end_sessions(house: House, visit: Visit) -> View:
    """End every session of somebody, at once and in every process."""
    for one in house.sessions(visit.known, visit.item).sessions:
        house.end_session(visit.known, one.session)
    return go(f"{PEOPLE}/{visit.item}")


@form("/console/people/{id}/leave")
def leave(house: House, visit: Visit) -> View:
    """Let somebody go: every key, session and grant ends at once (C2.5(6))."""
    try:
        house.leave(visit.known, visit.item)
    except Failure as failure:
        return _person(house, visit, failed=failure, status=403)
    return go(f"{PEOPLE}/{visit.item}")


ROWS = (
    people,
    invite,
    create_service,
    person,
    renew,
    mint_key,
    remove_totp,
    end_sessions,
    leave,
)
