"""Controls over who can be reached: our coordinator and security contact, their contacts (C10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.app.officers import CHECK, contact_matter
from bailee.procedures import officer_store, store
from bailee.procedures.contact import NO_CONTACT, ONE_WAY, ROLES, gaps
from bailee.procedures.contact import NO_DELEGATE as NO_CONTACT_DELEGATE
from bailee.procedures.officer import (
    CHECKED,
    GAP_AHEAD,
    NO_COORDINATOR,
    NO_DELEGATE,
    NOBODY,
    UNCHECKED,
    UNCONFIRMED,
    findings,
)

if TYPE_CHECKING:
    from bailee.app.house import House

ALL = frozenset(
    (
        NO_COORDINATOR, NOBODY, NO_DELEGATE, GAP_AHEAD, UNCONFIRMED, UNCHECKED,
        NO_CONTACT, NO_CONTACT_DELEGATE, ONE_WAY, "contacts.unchecked", "contacts.silent",
    )
)  # fmt: skip
"""Every finding here comes and goes with what people do."""
UNASKED, SILENT = "contacts.unchecked", "contacts.silent"
DUE = frozenset((GAP_AHEAD, UNCONFIRMED))
CONTACTS_DUE = frozenset((NO_CONTACT, UNASKED))
"""A controller that named nobody is asked to; nobody is accused of it."""


def coordinator(house: House, controller: str) -> list[str]:
    """Look whether one coordinator is named who is with us."""
    return sorted(missing_coordinator(house, controller))


def security_contact(house: House, controller: str) -> list[str]:
    """Look whether somebody answers for security now, for two weeks on, with a delegate."""
    return sorted(missing_contact(house, controller))


def contacts_current(house: House, controller: str) -> list[str]:
    """Look whether a controller's contacts are complete and answered within the quarter."""
    return sorted(stale_contacts(house, controller))


def missing_coordinator(house: House, controller: str) -> frozenset[str]:
    """Return what is wrong with the coordinator now."""
    return _found(house, controller, "coordinator")


def missing_contact(house: House, controller: str) -> frozenset[str]:
    """Return what is wrong with the security contact now."""
    return _found(house, controller, "security-contact")


def _found(house: House, controller: str, control: str) -> frozenset[str]:
    def work(conn: sa.Connection) -> frozenset[str]:
        rows, active = officer_store.officers(conn), house.officers.active(conn)
        now = house.parts.clock.now()
        return frozenset(code for code, of in findings(rows, active, now).items() if of == control)

    return house.parts.data.read(controller, work)


def stale_contacts(house: House, controller: str) -> frozenset[str]:
    """Return what is wrong with a controller's contacts now."""

    def work(conn: sa.Connection) -> frozenset[str]:
        rows, now = store.contacts(conn, controller), house.parts.clock.now()
        found = set(gaps(rows))
        for role in ROLES:
            if not any(one.state == "living" and one.role == role for one in rows):
                continue
            asked = store.notices(conn, controller, contact_matter(controller, role), kind=CHECK)
            if not asked or now - asked[-1].written > CHECKED:
                found.add(UNASKED)
            elif asked[-1].unanswered(now):
                found.add(SILENT)
        return frozenset(found)

    return house.parts.data.read(controller, work)
