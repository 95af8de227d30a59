"""The control over what leaves (C2.3): nothing without a prior writing of the controller."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Ask, disclosure_store
from bailee.app.canary import CONTROLLER
from bailee.app.control import refused
from bailee.app.watch_access import planted
from bailee.vault.shapes import Reveal

if TYPE_CHECKING:
    from bailee.app.house import House

RECIPIENT = "openpgp:" + hashlib.sha256(b"nobody").hexdigest()
"""A key that no writing names."""


class _Undo(Exception):  # noqa: N818 - how an attempt that worked is undone
    """Leaves a transaction that must not commit."""


def disclosure_consent(house: House, controller: str) -> list[str]:
    """Try to let a planted value leave without a consent; look at what left under which.

    The probe may reveal the value, so that nothing but the missing consent stands in the way. What
    left must name consents of this controller that one person recorded and another confirmed.
    """
    with planted(house) as canary:
        ask = Ask("reveal", CONTROLLER, canary.purpose, ("person.name",))

        def opens(conn: sa.Connection) -> None:
            house.parts.access.open_disclosure(conn, canary.caller, ask, (RECIPIENT,))
            raise _Undo

        def attempt() -> None:
            with suppress(_Undo):
                house.parts.data.write(CONTROLLER, opens)

        found = refused(attempt, "consent.missing", "disclosure.without_consent")
        read = Reveal(canary.purpose, ["person.name"], records=[canary.record])
        house.vault.reveal(canary.caller, CONTROLLER, read)
        leaving = Reveal(
            canary.purpose, ["person.name"], records=[canary.record], disclosure="0" * 32
        )
        found += refused(
            lambda: house.vault.reveal(canary.caller, CONTROLLER, leaving),
            "disclosure.unknown",
            "disclosure.invented",
        )
    return sorted(set(found + house.parts.data.read(controller, lambda c: _left(c, controller))))


def _left(conn: sa.Connection, controller: str) -> list[str]:
    """Return codes of what is wrong with consents that something left under."""
    known = {one.consent_id: one for one in disclosure_store.consents(conn, controller)}
    wrong = []
    for one in disclosure_store.disclosures(conn, controller):
        used = [known.get(consent) for consent in one.consents]
        if not used or None in used:
            wrong.append("disclosure.no_writing")
        elif any(not c.confirmed_by or c.confirmed_by == c.recorded_by for c in used if c):
            wrong.append("disclosure.one_person")
        elif any(not any(key in c.keys for c in used if c) for key in one.keys):
            wrong.append("disclosure.other_recipient")
    return wrong
