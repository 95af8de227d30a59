"""Acts upon a controller's contacts: add, end, list (C9.1, C10).

Where notices go is as delicate as what they say: whoever moves a contact could silence a breach.
So it takes the controller's own representative, or one of us with its writing, and both are told
apart in the log.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from bailee.access import Access, Caller, Done
from bailee.clock import Clock
from bailee.errors import Conflict, Invalid, NotFound, Refused
from bailee.procedures import store
from bailee.procedures.contact import CONTACT, Contact, check_contact

ENTER, SEE = "interpret", "audit"
"""What one of ours holds to act upon a controller's writing; to see how we keep promises."""
CONTROLLER, PROCESSOR = "controller", "processor"
CONTROL = "urgent-notice"


def side_of(conn: sa.Connection, access: Access, caller: Caller, controller: str) -> str:
    """Return for whom a caller acts in a procedure.

    Raises:
        Refused: ``grant.missing``; NotFound: ``controller.unknown``.
    """
    if access.speaks_for(conn, caller, controller):
        return CONTROLLER
    access.demand(conn, caller, ENTER, controller)
    return PROCESSOR


def check_sees(conn: sa.Connection, access: Access, caller: Caller, controller: str) -> None:
    """Refuse whoever may not see a controller's procedures: the two sides, and who audits.

    Raises:
        Refused: ``grant.missing``; NotFound: ``controller.unknown``.
    """
    if access.speaks_for(conn, caller, controller):
        return
    try:
        access.demand(conn, caller, SEE, controller)
    except Refused:
        access.demand(conn, caller, ENTER, controller)


class Contacts:
    """The contacts of every controller."""

    def __init__(self, access: Access, clock: Clock) -> None:
        self._access = access
        self._clock = clock

    def add(self, conn: sa.Connection, caller: Caller, one: Contact) -> Done[Contact]:
        """Enter a contact.

        Raises:
            Invalid: ``contact.*``; Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        check_contact(one)
        side = side_of(conn, self._access, caller, one.controller)
        if side == PROCESSOR and not one.reference.strip():
            raise Invalid(
                "contact.reference",
                "We enter a contact only upon the controller's writing.",
                do="Give its reference, or let the representative enter the contact.",
            )
        made = replace(
            one,
            contact_id=secrets.token_hex(16),
            added=self._clock.now(),
            added_by=caller.accountable,
            state="living",
            ended=None,
        )
        store.add_contact(conn, made)
        return Done(made, self._tell(conn, caller, made, side=side, became="added"))

    def end(self, conn: sa.Connection, caller: Caller, controller: str, item: str) -> Done[Contact]:
        """End a contact; it stays in the list.

        Raises:
            NotFound: ``contact.unknown``; Conflict: ``contact.state``; Refused: ``grant.missing``.
        """
        side = side_of(conn, self._access, caller, controller)
        found = next(
            (one for one in store.contacts(conn, controller) if one.contact_id == item), None
        )
        if found is None:
            raise NotFound("contact.unknown", "There is no such contact.")
        now: datetime = self._clock.now()
        state = CONTACT.get((found.state, "end"))
        if state is None or not store.end_contact(conn, found, now):
            raise Conflict("contact.state", "That contact has ended already.")
        ended = replace(found, state=state, ended=now)
        return Done(ended, self._tell(conn, caller, ended, side=side, became="ended"))

    def listed(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Contact]:
        """Return a controller's contacts to both sides.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        check_sees(conn, self._access, caller, controller)
        return store.contacts(conn, controller)

    def _tell(
        self, conn: sa.Connection, caller: Caller, one: Contact, *, side: str, became: str
    ) -> object:
        return self._access.note(
            conn,
            f"procedures:contact:{became}",
            caller.actor(),
            controller=one.controller,
            control=CONTROL,
            detail={
                "contact": one.contact_id,
                "role": one.role,
                "rank": one.rank,
                "side": side,
                "encrypted": int(bool(one.certificate)),
            },
        )
