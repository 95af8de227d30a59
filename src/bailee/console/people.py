"""Who has access: people and services, let in and let go (C2.5(1), C2.5(2), C2.5(6))."""

from __future__ import annotations

from functools import partial
from typing import Any

from bailee.app import mapping_shapes, rights
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, go, show
from bailee.console.visit import Visit
from bailee.errors import NotFound

PEOPLE = "/console/people"
NEW_INVITATION = Form(rights.NewInvitation)
NEW_PROGRAM = Form(rights.NewProgram)
NEW_KEY = Form(rights.NewKey)
ADMISSION = Form(mapping_shapes.Admission)
RELATIONS = ("employee", "contractor", "controller-representative")


def _people(house: House, visit: Visit, **more: Any) -> View:
    found = house.people(visit.known).people
    known = house.provisioned(visit.known).people
    shown: dict[str, Any] = {"failed": None, "made": None}
    return show(
        "people.html",
        provided={one.principal for one in known if one.principal},
        waiting=[one for one in known if one.status == "waiting"],
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
    return attempt(
        lambda: house.invite(visit.known, NEW_INVITATION.read(visit.fields)),
        partial(_people, house, visit),
        lambda made: _people(
            house, visit, made={"what": "invitation", "secret": made.secret, "of": made}
        ),
    )


@form("/console/people/admit")
def admit(house: House, visit: Visit) -> View:
    """Enter somebody whom the identity provider made, with their undertaking; code shown once."""
    user, fields = visit.fields.get("user", [""])[0], dict(visit.fields)
    fields.pop("user", None)
    return attempt(
        lambda: house.admit_user(visit.known, user, ADMISSION.read(fields)),
        partial(_people, house, visit),
        lambda made: _people(
            house, visit, made={"what": "invitation", "secret": made.secret, "of": made}
        ),
    )


@form("/console/people/service")
def create_service(house: House, visit: Visit) -> View:
    """Register a service under the person who answers for it."""
    return attempt(
        lambda: house.create_service(visit.known, NEW_PROGRAM.read(visit.fields)),
        partial(_people, house, visit),
        PEOPLE,
    )


def _person(house: House, visit: Visit, **more: Any) -> View:
    found = house.people(visit.known).people
    one = next((each for each in found if each.principal == visit.item), None)
    if one is None:
        raise NotFound("principal.unknown", "Nobody has that id.")
    sessions = house.sessions(visit.known, visit.item).sessions if one.kind == "person" else []
    shown: dict[str, Any] = {"failed": None, "made": None}
    return show("person.html", one=one, sessions=sessions, **(shown | more))


@page("/console/people/{id}")
def person(house: House, visit: Visit) -> View:
    """Show one person or service, and what can be done about them."""
    return _person(house, visit)


@form("/console/people/{id}/invite")
def renew(house: House, visit: Visit) -> View:
    """Invite somebody again who lost password or key; the code is shown once."""
    return attempt(
        lambda: house.renew(visit.known, visit.item),
        partial(_person, house, visit),
        lambda made: _person(
            house, visit, made={"what": "invitation", "secret": made.secret, "of": made}
        ),
    )


@form("/console/people/{id}/key")
def mint_key(house: House, visit: Visit) -> View:
    """Make a service's key; it is shown once."""
    return attempt(
        lambda: house.mint_key(visit.known, NEW_KEY.read(visit.fields, principal=visit.item)),
        partial(_person, house, visit),
        lambda made: _person(house, visit, made={"what": "key", "secret": made.key, "of": made}),
    )


@form("/console/people/{id}/totp/remove")
def remove_totp(house: House, visit: Visit) -> View:
    """Remove the authenticator that somebody else lost."""
    return attempt(
        lambda: house.remove_lost_totp(visit.known, visit.item),
        partial(_person, house, visit),
        f"{PEOPLE}/{visit.item}",
    )


@form("/console/people/{id}/sessions/end")
def end_sessions(house: House, visit: Visit) -> View:
    """End every session of somebody, at once and in every process."""
    for one in house.sessions(visit.known, visit.item).sessions:
        house.end_session(visit.known, one.session)
    return go(f"{PEOPLE}/{visit.item}")


@form("/console/people/{id}/leave")
def leave(house: House, visit: Visit) -> View:
    """Let somebody go: every key, session and grant ends at once (C2.5(6))."""
    return attempt(
        lambda: house.leave(visit.known, visit.item),
        partial(_person, house, visit),
        f"{PEOPLE}/{visit.item}",
    )


ROWS = (
    people,
    invite,
    admit,
    create_service,
    person,
    renew,
    mint_key,
    remove_totp,
    end_sessions,
    leave,
)
