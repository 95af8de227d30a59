"""Controls over requests of people (C7.2(6), C7.3(6)(b); GDPR 18)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.agreement.deadline import deadline
from bailee.app.canary import CONTROLLER
from bailee.app.control import refused, undone
from bailee.app.watch_access import planted
from bailee.app.watch_procedures import (
    LATE,
    MISSED,
    TURNING,
    UNANSWERED,
    UNDELIVERED,
)
from bailee.privacy import request_store
from bailee.privacy.executions import Taking
from bailee.privacy.request import (
    ACCESS,
    DONE,
    EXECUTE,
    EXECUTING,
    FALLBACK,
    LIFTED,
    LIFTING,
    MISDIRECTED,
    RESTRICTION,
    TELL,
    WAITING,
    Counts,
    Request,
)
from bailee.privacy.request import (
    CONTROLLER as PASSED_ON,
)
from bailee.privacy.request_desk import matter_of, person_of
from bailee.vault.retention import RESTRICTED
from bailee.vault.shapes import Restrict, Reveal, Search

if TYPE_CHECKING:
    from bailee.app.house import House

UNTOLD, UNBIDDEN, UNHELPED = "request.untold", "request.unbidden", "request.unhelped"
STUCK, UNRESTRICTED = "request.stuck", "restriction.gone"
LONG = timedelta(days=1)
"""So long nobody is in the middle of carrying something out."""
Finds = Callable[[Request], bool]


def request_notice(house: House, controller: str) -> list[str]:
    """Look whether the controller was told in time of every request that came to us."""
    return sorted(untold(house, controller))


def untold(house: House, controller: str) -> frozenset[str]:
    """Return what is out of time about telling of requests now."""

    def work(conn: sa.Connection) -> frozenset[str]:
        now = house.parts.clock.now()
        found = set(_clocks(house, conn, controller, TELL))
        for one in request_store.requests(conn, controller):
            if one.channel != MISDIRECTED:
                continue
            told = house.notices.listed(conn, controller, matter_of(one))
            if not told:
                found.add(UNTOLD)
            found |= {UNANSWERED for notice in told if notice.unanswered(now)}
            found |= {
                UNDELIVERED for notice in told if notice.state == "waiting" and notice.attempts
            }
        return frozenset(found)

    return house.parts.data.read(controller, work)


def request_fallback(house: House, controller: str) -> list[str]:
    """Look whether people whom nobody instructed us about were told who is responsible."""
    return sorted(unspoken(house, controller))


def unspoken(house: House, controller: str) -> frozenset[str]:
    """Return what is out of time about telling people now."""
    return house.parts.data.read(
        controller, lambda conn: frozenset(_clocks(house, conn, controller, FALLBACK))
    )


def _clocks(house: House, conn: sa.Connection, controller: str, parameter: str) -> set[str]:
    """Return what is wrong with the newest clocks of one parameter, and with any that ran out."""
    now, found, newest = house.parts.clock.now(), set[str](), ""
    for one in request_store.requests(conn, controller):
        matter = person_of(one) if parameter == FALLBACK else matter_of(one)
        for timer in house.timers.listed(conn, controller, matter):
            if timer.parameter != parameter:
                continue
            state = timer.state_at(now)
            if state == "missed":
                found.add(MISSED)
            elif state not in {"running", "stopped"}:
                newest = state
    return found | ({LATE} if newest == "late" else set())


def request_hold(house: House, controller: str) -> list[str]:
    """Try to carry out a request that nobody instructed; look for any that was."""
    with planted(house) as canary:
        now = house.parts.clock.now()
        one = Request(
            request_id=secrets.token_hex(16), controller=CONTROLLER, channel=PASSED_ON,
            regime="gdpr", kind=ACCESS, identified=now, received=now, entered=now, entered_by="",
        )  # fmt: skip
        taking = Taking((), held=False, expected=0, counts=Counts(), purpose=canary.purpose)

        def attempt(conn: sa.Connection) -> list[str]:
            request_store.add(conn, one)
            return refused(
                lambda: house.requests.begin(conn, canary.caller, one, taking),
                "request.uninstructed",
                "request.carried_out",
            )

        found = undone(house, CONTROLLER, attempt)
    return sorted({*found, *unbidden(house, controller)})


def unbidden(house: House, controller: str) -> frozenset[str]:
    """Return a code where something was done, or refused, that no instruction says."""
    done = {DONE, EXECUTING, LIFTING, LIFTED, "denied"}
    return _any(
        house, controller, UNBIDDEN, lambda one: one.state in done and not one.instruction_id
    )


def request_rights(house: House, controller: str) -> list[str]:
    """Restrict a planted person and try to read and to find them; look at clocks and at rows."""
    with planted(house) as canary:
        vault = house.vault
        vault.restrict(canary.caller, CONTROLLER, Restrict(canary.purpose, [canary.subject]))
        shown = Reveal(canary.purpose, ["person.name"], records=[canary.record])
        found = refused(
            lambda: vault.reveal(canary.caller, CONTROLLER, shown),
            "subject.restricted",
            "restricted.shown",
        )
        asked = Search(canary.purpose, "person.name", canary.marker)
        if vault.search(canary.caller, CONTROLLER, asked).records:
            found.append("restricted.found")
    return sorted({*found, *undone_rights(house, controller)})


def undone_rights(house: House, controller: str) -> frozenset[str]:
    """Return what is out of time, stuck, or no longer as it was carried out."""

    def work(conn: sa.Connection) -> frozenset[str]:
        now = house.parts.clock.now()
        found = set(_clocks(house, conn, controller, EXECUTE))
        for one in request_store.requests(conn, controller):
            if one.state == EXECUTING and one.begun is not None and now - one.begun > LONG:
                found.add(STUCK)
            if one.kind == RESTRICTION and one.state in (DONE, LIFTING):
                living = house.parts.vault.persons.living(conn, controller, one.subjects)
                if any(subject.state != RESTRICTED for subject in living.values()):
                    found.add(UNRESTRICTED)
        return frozenset(found)

    return house.parts.data.read(controller, work)


def request_help(house: House, controller: str) -> list[str]:
    """Look for instructed requests that nobody carried out in the operator's own time."""
    return sorted(unhelped(house, controller))


def unhelped(house: House, controller: str) -> frozenset[str]:
    """Return a code where the controller waits for what it instructed."""
    now, line = house.parts.clock.now(), house.targets.plain(EXECUTE)

    def late(one: Request) -> bool:
        if one.state not in WAITING or one.stopped or one.instructed is None:
            return False
        due = deadline(line, one.instructed)
        return due is not None and now > due

    return _any(house, controller, UNHELPED, late)


def _any(house: House, controller: str, code: str, finds: Finds) -> frozenset[str]:
    found = house.parts.data.read(controller, lambda conn: request_store.requests(conn, controller))
    return frozenset({code} if any(map(finds, found)) else ())


TURNING_OF: Mapping[str, tuple[frozenset[str], Callable[[House, str], frozenset[str]]]] = {
    "consumer-request-notice": (TURNING | {UNTOLD}, untold),
    "consumer-request-hold": (frozenset((UNBIDDEN,)), unbidden),
    "consumer-request-assistance": (frozenset((UNHELPED,)), unhelped),
    "consumer-request-fallback": (TURNING, unspoken),
    "data-subject-requests": (TURNING | {STUCK, UNRESTRICTED}, undone_rights),
}
"""Findings that come and go between two looks, and which there are now."""
