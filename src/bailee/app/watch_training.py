"""Controls over what people read and sign before any access (C2.2, C2.5(1))."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Ask, Caller, Grant, training_store
from bailee.access import store as access_store
from bailee.access.training import DUE, PROCEDURE, UNDERTAKING, sha256
from bailee.access.training_tables import ACKNOWLEDGEMENT
from bailee.agreement import load_terms
from bailee.app.canary import CONTROLLER, ELEMENTS, TERMS
from bailee.app.control import Blind, refused
from bailee.db import HOUSE
from bailee.errors import NotFound

if TYPE_CHECKING:
    from bailee.app.house import House

UNSIGNED = frozenset({DUE[UNDERTAKING]})
UNREAD = frozenset({DUE[PROCEDURE]})
OUTDATED = frozenset({"procedure.outdated", "undertaking.outdated"})


def training(house: House, controller: str) -> list[str]:
    """Try to reach data untrained, in a transaction that is undone; see who has to read."""
    return sorted({*_tried(house), *unread(house, controller)})


def handling_procedures(house: House, controller: str) -> list[str]:
    """Compare the texts in force with what the controls give now, and with their own hashes."""
    found = set(outdated(house, controller))
    for place in (HOUSE, controller):
        texts = house.parts.data.read(
            controller,
            lambda conn, place=place: training_store.texts(conn, place),  # type: ignore[misc]
        )
        if any(sha256(one.text) != one.text_sha256 for one in texts):
            found.add("procedure.altered")
    return sorted(found)


def unsigned(house: House, controller: str) -> frozenset[str]:
    """Return a code where people with rights on data have not signed the undertaking."""
    return UNSIGNED & _owing(house, controller)


def unread(house: House, controller: str) -> frozenset[str]:
    """Return a code where people with rights on data have not acknowledged the procedure."""
    return UNREAD & _owing(house, controller)


def outdated(house: House, controller: str) -> frozenset[str]:
    """Return which texts in force are not what would be generated now."""

    def work(conn: sa.Connection) -> frozenset[str]:
        access, found = house.parts.access, set()
        for place, code in ((HOUSE, "undertaking.outdated"), (controller, "procedure.outdated")):
            text, _ = house.generated(conn, place)
            if access.published(conn, place) != sha256(text):
                found.add(code)
        return frozenset(found)

    try:
        return house.parts.data.read(controller, work)
    except NotFound:
        return frozenset()


def _owing(house: House, controller: str) -> frozenset[str]:
    try:
        return house.parts.data.read(
            controller, lambda conn: house.parts.access.owing(conn, controller)
        )
    except NotFound:
        return frozenset()  # no agreement is in force: nobody reaches anything there


class _Undo(Exception):  # noqa: N818 - how an attempt is undone
    """Leaves a transaction that must not commit."""


def _tried(house: House) -> list[str]:
    """Let a person of ours who signed nothing ask for data, then sign, read, and ask again.

    It is tried at the reserved controller, with a right that is lent for it. A refusal of
    everything would prove nothing: at the end the same question is answered with yes.
    """
    found: list[str] = []

    def attempt(conn: sa.Connection) -> None:
        access = house.parts.access
        access_store.bump(conn)  # what is remembered from here on is never asked for again
        caller = somebody(house, conn)
        access_store.add_grant(conn, _lent(house, caller.principal_id))
        mine = ACKNOWLEDGEMENT.c.principal == caller.principal_id
        conn.execute(sa.delete(ACKNOWLEDGEMENT).where(mine))
        ask = Ask("search", CONTROLLER, load_terms(TERMS).purposes[0].id, ELEMENTS[:1])
        for place, kind in ((HOUSE, UNDERTAKING), (CONTROLLER, PROCEDURE)):
            served = f"{kind}.missing_and_served"
            found.extend(refused(lambda: access.decide(conn, caller, ask), DUE[kind], served))
            text, agreement = house.generated(conn, place)
            one = access.publish_text(conn, place, text, agreement=agreement, actor=caller.actor())
            access.acknowledge(conn, caller, place, one.text_sha256)
        access.decide(conn, caller, ask)
        raise _Undo

    with suppress(_Undo):
        house.parts.data.write(CONTROLLER, attempt)
    return found


def somebody(house: House, conn: sa.Connection) -> Caller:
    """Return a person of ours with a living key.

    Raises:
        Blind: ``nobody.holds_a_key``.
    """
    ours = {
        one.principal_id
        for one in access_store.principals(conn)
        if one.kind == "person" and one.state == "active" and not one.represents
    }
    for one in access_store.live_credentials(conn, house.parts.clock.now()):
        if one.kind == "key" and one.principal in ours:
            return Caller(one.principal, one.key_id, "person")
    raise Blind("nobody.holds_a_key")


def _lent(house: House, principal_id: str) -> Grant:
    now = house.parts.clock.now()
    return Grant(
        grant_id=f"lent-search-{principal_id[:32]}",
        principal=principal_id,
        verbs=("search",),
        elements=ELEMENTS[:1],
        purposes=(load_terms(TERMS).purposes[0].id,),
        controller=CONTROLLER,
        until=now + timedelta(minutes=5),
        daily=1,
        created=now,
        granted_by="",
    )
