"""Controls over demands for a controller's data (C2.4, C7.2(7), C7.3(7))."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Ask, Freeze, freeze_store
from bailee.app.canary import CONTROLLER
from bailee.app.control import refused
from bailee.app.watch_access import planted
from bailee.app.watch_procedures import kept
from bailee.privacy import demand_store
from bailee.privacy.demand import BAN_ENDED, COMPELLED, FREEZES, LAW, RECEIVED

if TYPE_CHECKING:
    from bailee.app.house import House

RECIPIENT = "openpgp:" + hashlib.sha256(b"nobody").hexdigest()
ITEM = "d" * 32
UNFROZEN, ONE_PERSON, UNTOLD = "demand.unfrozen", "demand.one_person", "demand.untold"
UNANSWERED = "demand.unanswered"
GRACE = timedelta(minutes=10)
"""So long after a ban a notice may still be on its way into the table."""


class _Undo(Exception):  # noqa: N818 - how an attempt is undone
    """Leaves a transaction that must not commit."""


def demand_hold(house: House, controller: str) -> list[str]:
    """Freeze a planted value in a transaction that is undone, and try to let it leave there."""
    found: list[str] = []
    with planted(house) as canary:
        ask = Ask("reveal", CONTROLLER, canary.purpose, ("person.name",))

        def attempt(conn: sa.Connection) -> None:
            freeze_store.put(conn, Freeze(ITEM, CONTROLLER, ("person.name",)))
            found.extend(
                refused(
                    lambda: house.parts.access.open_disclosure(
                        conn, canary.caller, ask, (RECIPIENT,)
                    ),
                    "disclosure.frozen",
                    "demand.ignored",
                )
            )
            raise _Undo

        with suppress(_Undo):
            house.parts.data.write(CONTROLLER, attempt)
    return sorted({*found, *loose(house, controller)})


def loose(house: House, controller: str) -> frozenset[str]:
    """Return codes for demands that freeze nothing, or were released by one person."""

    def work(conn: sa.Connection) -> frozenset[str]:
        frozen = {one.freeze_id for one in freeze_store.freezes(conn, controller)}
        found = set()
        for one in demand_store.demands(conn, controller):
            if one.state in FREEZES and one.demand_id not in frozen:
                found.add(UNFROZEN)
            if one.released_by and one.released_by == one.entered_by:
                found.add(ONE_PERSON)
        return frozenset(found)

    return house.parts.data.read(controller, work)


def demand_notice(house: House, controller: str) -> list[str]:
    """Look whether the controller was told in time of every demand that it may know of."""
    return sorted(untold(house, controller))


def untold(house: House, controller: str) -> frozenset[str]:
    """Return what is out of time about telling of demands now."""
    return kept(house, controller, RECEIVED) | _unwritten(house, controller, law=False)


def obligation_notice(house: House, controller: str) -> list[str]:
    """Look whether the controller was told of every law that compels, or of ended bans."""
    return sorted(unannounced(house, controller))


def unannounced(house: House, controller: str) -> frozenset[str]:
    """Return what is out of time about compelling laws and ended bans now."""
    found = kept(house, controller, COMPELLED, BAN_ENDED)
    return found | _unwritten(house, controller, law=True)


def _unwritten(house: House, controller: str, *, law: bool) -> frozenset[str]:
    """Return a code where a demand that may be told has no notice at all."""

    def work(conn: sa.Connection) -> frozenset[str]:
        now = house.parts.clock.now()
        told = {one.matter.item for one in house.notices.listed(conn, controller)}
        lacking = [
            one
            for one in demand_store.demands(conn, controller)
            if (one.kind == LAW) == law
            and one.demand_id not in told
            and not one.banned(now - GRACE)
        ]
        return frozenset({UNTOLD} if lacking else ())

    return house.parts.data.read(controller, work)


def demand_support(house: House, controller: str) -> list[str]:
    """Look for demands whose own time ran out while nobody challenged, released or closed them."""
    return sorted(unanswered(house, controller))


def unanswered(house: House, controller: str) -> frozenset[str]:
    """Return a code where a demand's time is over and it is still open."""

    def work(conn: sa.Connection) -> bool:
        now = house.parts.clock.now()
        return any(
            one.state == "open" and one.answer_by is not None and now > one.answer_by
            for one in demand_store.demands(conn, controller)
        )

    return frozenset({UNANSWERED} if house.parts.data.read(controller, work) else ())
