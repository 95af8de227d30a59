"""The control over the register of laws (C7.1, C2.1)."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Caller
from bailee.agreement.law import freshness
from bailee.agreement.strictest import strictest
from bailee.app.control import Blind, refused
from bailee.app.law_age import is_stale
from bailee.app.reserved import CONTROLLER, PROBE
from bailee.errors import Conflict, NotFound

if TYPE_CHECKING:
    from bailee.app.house import House

LAW = "gdpr"
TURNING = frozenset({"laws.none", "laws.stale", "laws.unread"})
"""Findings that come and go between two looks, with the clock and with what people do."""
DUE = TURNING
"""Somebody has to register, or to read; no duty is broken by it."""


def law_register(house: House, controller: str) -> list[str]:
    """Try what the register must refuse; look at what is enforced, and at who read which law."""
    weaker = house.parts.data.read(controller, lambda conn: _weaker(house, conn, controller))
    return sorted({*_tried(house), *turned(house, controller), *weaker})


def turned(house: House, controller: str) -> frozenset[str]:
    """Return what is missing or out of time now: no law at all, one unread, one read too long ago.

    Without an agreement in force nothing is due there, nor at the reserved controller.
    """
    if controller == CONTROLLER:
        return frozenset()
    now, limit = house.parts.clock.now(), timedelta(days=house.parts.settings.law_days)
    desk = house.parts.agreements.laws

    def work(conn: sa.Connection) -> frozenset[str]:
        agreement = house.parts.agreements.in_force(conn, controller)
        compared, found = desk.comparisons(conn, controller), set()
        sources = desk.sources(conn, controller)
        for terms in sources:
            age = freshness(terms, compared, now.date())
            if age.oldest is None:
                found.add("laws.unread")
            elif is_stale(age, agreement, now, limit):
                found.add("laws.stale")
        return frozenset(found if sources else {"laws.none"})

    with suppress(NotFound):
        return house.parts.data.read(controller, work)
    return frozenset()


def _weaker(house: House, conn: sa.Connection, controller: str) -> list[str]:
    """Look for a number that a law which applies wants stricter than this house enforces it.

    What is seen is what the house computes for itself: passwords and sessions. Everything else that
    has a number is a clock, and takes the strictest when it starts.
    """
    sources = house.parts.agreements.laws.sources(conn, controller)
    joined = strictest(sources, house.parts.clock.now().date())
    found = []
    for rule in house.parts.rules.read(conn).rules:
        wanted = joined.get(rule.name)
        if wanted is None:
            continue
        low, high = wanted.at_least, wanted.at_most
        floor = low is not None and rule.enforced < low.span[0]
        ceiling = high is not None and rule.enforced > high.span[1]
        if floor or ceiling:
            found.append(f"laws.weaker.{rule.name}")
    return found


class _Undo(Exception):  # noqa: N818 - how an attempt is undone
    """Leaves a transaction that must not commit."""


def _tried(house: House) -> list[str]:
    """Let a service of ours register a law at the reserved controller, twice, and end it.

    The first works, the second is refused, and ending is the controller's own. Nothing stays.
    """
    found: list[str] = []
    desk, today = house.parts.agreements.laws, house.parts.clock.now().date()

    def attempt(conn: sa.Connection) -> None:
        probe = _probe(house, conn)

        def register(law: str) -> object:
            return desk.register(
                conn, CONTROLLER, law, since=today, reason="A control tries.", by=probe
            )

        found.extend(refused(lambda: register("no-such-law"), "law.unknown", "laws.invented"))
        register(LAW)
        if LAW not in {terms.id for terms in desk.sources(conn, CONTROLLER)}:
            found.append("laws.without_effect")
        found.extend(refused(lambda: register(LAW), "law.registered", "laws.twice"))
        found.extend(
            refused(
                lambda: desk.end(
                    conn,
                    CONTROLLER,
                    LAW,
                    until=today + timedelta(days=1),
                    reason="A control tries.",
                    by=probe,
                ),
                "signatory.unknown",
                "laws.ended_by_us",
            )
        )
        raise _Undo

    with suppress(_Undo):
        house.parts.data.write(CONTROLLER, attempt)
    return found


def _probe(house: House, conn: sa.Connection) -> Caller:
    """Return the reserved controller's service.

    Raises:
        Blind: ``laws.nobody``.
    """
    try:
        return house.parts.access.machine(conn, PROBE)
    except Conflict:
        raise Blind("laws.nobody") from None
