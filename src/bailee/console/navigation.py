"""Where people can go: the one table behind the menu."""

from __future__ import annotations

from dataclasses import dataclass

from bailee.access.principal import AUDITOR
from bailee.app.overview_shapes import Me


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the menu.

    Args:
        path: where it leads; ``{controller}`` is the one that the person looks at.
        verbs: any of them shows the line; none shows it to everybody. The page asks again.
        house: the verbs count at the house alone.
        theirs: a controller's representative sees it without any verb.
    """

    title: str
    path: str
    verbs: tuple[str, ...] = ()
    house: bool = False
    theirs: bool = False

    def shown(self, me: Me, controller: str) -> bool:
        """Say whether a person finds something behind it."""
        if not self.verbs or (self.theirs and me.represents == controller):
            return True
        places = ("house",) if self.house else ("house", controller)
        return any(me.may(verb, place) for verb in self.verbs for place in places)


TODAY = Place("Today", "/console/today")
EVERYWHERE = (
    TODAY,
    Place("Procedures", "/console/procedures"),
    Place("Officers", "/console/officers"),
    Place("People", "/console/people", ("people",), house=True),
    Place("Sub-processor register", "/console/subprocessors", ("people", "audit"), house=True),
    Place("House ledger", "/console/house/ledger", ("audit",), house=True),
    Place("Addendum kits", "/console/kits", ("publish",), house=True),
    Place("Trust", "/console/trust", ("publish",), house=True),
    Place("Reports asked for", "/console/trust/requests", ("publish",), house=True),
)
AUDITS = Place("Audits", "/console/at/{controller}/audits", ("audit",))
AT_CONTROLLER = (
    Place("Records", "/console/at/{controller}/records"),
    Place("Approvals", "/console/at/{controller}/approvals"),
    Place("Clocks", "/console/at/{controller}/clocks", ("audit", "interpret")),
    Place("Agreement", "/console/at/{controller}/agreement"),
    Place("Laws", "/console/at/{controller}/laws"),
    Place("Problems and texts", "/console/at/{controller}/cases", ("audit", "interpret")),
    Place(
        "Requests of people",
        "/console/at/{controller}/requests",
        ("audit", "interpret"),
        theirs=True,
    ),
    Place(
        "Instructions", "/console/at/{controller}/instructions", ("audit", "interpret", "approve")
    ),
    Place("Demands", "/console/at/{controller}/demands", ("audit", "interpret", "approve")),
    Place("Disclosures", "/console/at/{controller}/disclosures", ("audit", "interpret")),
    Place("Ledger", "/console/at/{controller}/ledger", ("audit",)),
    Place("Your accesses", "/console/at/{controller}/mine"),
    Place("Grants", "/console/at/{controller}/grants", ("grant", "audit")),
    Place("Groups", "/console/at/{controller}/groups", ("grant",)),
    Place("Reviews", "/console/at/{controller}/reviews", ("approve", "grant", "audit")),
    Place("Emergencies", "/console/at/{controller}/emergencies"),
    Place(
        "Sub-processors",
        "/console/at/{controller}/subprocessors",
        ("audit", "interpret", "approve"),
        theirs=True,
    ),
    Place(
        "Incidents",
        "/console/at/{controller}/incidents",
        ("audit", "interpret", "approve", "people"),
    ),
    Place("Keys", "/console/at/{controller}/keys", ("audit", "keys")),
    Place("Transfers", "/console/at/{controller}/transfers", ("audit", "interpret", "approve")),
    Place("Papers", "/console/at/{controller}/papers", ("audit", "interpret")),
    AUDITS,
    Place("Statements", "/console/at/{controller}/statements", ("interpret",)),
    Place("End of agreement", "/console/at/{controller}/end", ("interpret", "audit")),
)


def menu(me: Me, controller: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return groups of lines: a heading, then (title, path)."""
    if me.relation == AUDITOR:  # they hold no grant, and nothing else is for them
        room = AUDITS.path.format(controller=me.represents)
        return [("", [(TODAY.title, TODAY.path)]), (me.represents, [("Auditor's room", room)])]
    groups = [("", [(one.title, one.path) for one in EVERYWHERE if one.shown(me, controller)])]
    for name, full in me.controllers.items():
        if name != controller and controller:
            continue
        lines = [
            (one.title, one.path.format(controller=name))
            for one in AT_CONTROLLER
            if one.shown(me, name)
        ]
        groups.append((full, lines))
        if not controller and len(me.controllers) > 1:
            groups[-1] = (full, lines[:3])
    return groups
