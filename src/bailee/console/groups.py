"""What groups of the identity provider give their members at a controller (C2.5(4), C2.5(6)).

One person proposes and another approves; removing a mapping ends every right that it gave, at once.
"""

from __future__ import annotations

from functools import partial

from bailee.access import DATA_VERBS
from bailee.app import mapping_shapes as shapes
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.grants import ORDER, grantable
from bailee.console.row import form, page
from bailee.console.view import View, attempt, show
from bailee.console.visit import Visit
from bailee.errors import Failure

HERE = "/console/at/{controller}/groups"
NEW_MAPPING = Form(shapes.NewMapping)
LIVING = ("proposed", "living")
VERBS = tuple(verb for verb in ORDER if verb in DATA_VERBS)
"""What a group may give at most; which of these, and to how many people a day, the house says."""


def _show(house: House, visit: Visit, failed: Failure | None = None) -> View:
    found = house.mappings(visit.known, visit.controller).mappings
    agreed = house.agreement(visit.known, visit.controller)
    return show(
        "groups.html",
        failed=failed,
        living=[one for one in found if one.status in LIVING],
        past=[one for one in found if one.status not in LIVING][-50:][::-1],
        names=house.grants(visit.known, visit.controller).names,
        verbs=VERBS,
        elements=grantable(agreed.permitted),
        purposes=agreed.purposes,
    )


@page(HERE)
def groups(house: House, visit: Visit) -> View:
    """Show which groups give what, to whoever gives rights here."""
    return _show(house, visit)


@form(f"{HERE}/new")
def propose_group(house: House, visit: Visit) -> View:
    """Propose what a group gives; it gives nothing before somebody else approves."""
    return attempt(
        lambda: house.propose_mapping(
            visit.known, visit.controller, NEW_MAPPING.read(visit.fields)
        ),
        partial(_show, house, visit),
        HERE.format(controller=visit.controller),
    )


@form(f"{HERE}/{{id}}/approve")
def approve_group(house: House, visit: Visit) -> View:
    """Approve, as the second person; members hold it from now on."""
    return attempt(
        lambda: house.approve_mapping(visit.known, visit.controller, visit.item),
        partial(_show, house, visit),
        HERE.format(controller=visit.controller),
    )


@form(f"{HERE}/{{id}}/remove")
def remove_group(house: House, visit: Visit) -> View:
    """End a mapping, and every right that it gave."""
    return attempt(
        lambda: house.remove_mapping(visit.known, visit.controller, visit.item),
        partial(_show, house, visit),
        HERE.format(controller=visit.controller),
    )


ROWS = (groups, propose_group, approve_group, remove_group)
