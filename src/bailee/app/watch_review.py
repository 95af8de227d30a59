"""The control over access reviews (C2.5(6))."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Caller, Grant, Item, Review, Verdict, review_store
from bailee.access import store as access_store
from bailee.access.review import item_of, overdue
from bailee.app.canary import CONTROLLER
from bailee.app.control import Blind, refused
from bailee.db import HOUSE
from bailee.errors import NotFound

if TYPE_CHECKING:
    from bailee.app.house import House

TURNING = frozenset(
    {"review.overdue", "review.house_overdue", "review.missing", "review.house_missing"}
)
"""Findings that come and go between two looks, with the clock and with what people do."""
SLACK = timedelta(days=1)
"""So long after its time a review may open: the house looks every minute, when it runs."""
KEEP = Verdict("keep", "A control tries.")


def access_review(house: House, controller: str) -> list[str]:
    """Try what must not be decided, and what must execute; then look at the register."""
    alive = house.parts.data.read(controller, lambda conn: _ended_alive(conn, controller))
    return sorted({*_tried(house), *turned(house, controller), *alive})


def turned(house: House, controller: str) -> frozenset[str]:
    """Return what is out of time now: at the controller, and of rights of the house."""
    now, cadence = house.parts.clock.now(), house.parts.settings.cadence
    access, found = house.parts.access, set()

    def work(conn: sa.Connection, place: str, mark: str) -> None:
        for one in review_store.reviews(conn, place):
            if overdue(one, review_store.items(conn, place, one.review_id), now):
                found.add(f"review.{mark}overdue")
        due = access.review_due(conn, place, cadence)
        if due is not None and now > due + SLACK:
            found.add(f"review.{mark}missing")

    for place, mark in ((controller, ""), (HOUSE, "house_")):
        with suppress(NotFound):  # no agreement is in force there
            house.parts.data.read(
                controller,
                lambda conn, at=place, mark=mark: work(conn, at, mark),  # type: ignore[misc]
            )
    return frozenset(found)


def _ended_alive(conn: sa.Connection, controller: str) -> list[str]:
    """Look for grants that a review ended and that live all the same."""
    living = {
        one.grant_id for one in access_store.grants(conn, controller) if one.state == "living"
    }
    ended = {
        item.grant_id
        for one in review_store.reviews(conn, controller)
        for item in review_store.items(conn, controller, one.review_id)
        if item.state in ("ended", "lapsed")
    }
    return ["review.ended_and_alive"] if living & ended else []


class _Undo(Exception):  # noqa: N818 - how an attempt is undone
    """Leaves a transaction that must not commit."""


def _tried(house: House) -> list[str]:
    """Let a person of ours review three invented grants at the reserved controller; nothing stays.

    One is their own and one they gave: both are refused. The third they end, and it must be over.
    """
    found: list[str] = []

    def attempt(conn: sa.Connection) -> None:
        access_store.bump(conn)  # what is remembered from here on is never asked for again
        caller = _holder(house, conn)
        grants = _invented(house, caller.principal_id)
        review, items = _made(house, grants)
        for grant in grants:
            access_store.add_grant(conn, grant)
        review_store.add(conn, review, items)

        def decide(grant: Grant, verdict: Verdict = KEEP) -> object:
            where = (CONTROLLER, review.review_id, grant.grant_id)
            return house.parts.access.decide_item(conn, caller, where, verdict)

        own, given, other = grants
        found.extend(refused(lambda: decide(own), "self.review", "review.of_own_grant"))
        found.extend(refused(lambda: decide(given), "self.review", "review.of_given_grant"))
        decide(other, replace(KEEP, decision="end"))
        after = access_store.grant(conn, CONTROLLER, other.grant_id)
        if after is None or after.state != "revoked":
            found.append("review.end_without_effect")
        raise _Undo

    with suppress(_Undo):
        house.parts.data.write(CONTROLLER, attempt)
    return found


def _holder(house: House, conn: sa.Connection) -> Caller:
    """Return somebody with a key who holds ``people``.

    Raises:
        Blind: ``nobody.holds_people``.
    """
    now = house.parts.clock.now()
    holders = {
        one.principal
        for one in access_store.grants(conn, HOUSE)
        if "people" in one.verbs and one.state == "living" and one.until > now
    }
    here = {one.principal_id for one in access_store.principals(conn) if one.state == "active"}
    for one in access_store.live_credentials(conn, now):
        if one.kind == "key" and one.principal in holders & here:
            return Caller(one.principal, one.key_id, "person")
    raise Blind("nobody.holds_people")


def _invented(house: House, principal_id: str) -> tuple[Grant, Grant, Grant]:
    """Return a grant of somebody's own, one that they gave, and one that is none of theirs."""
    now = house.parts.clock.now()
    own = Grant(
        grant_id=secrets.token_hex(16),
        principal=principal_id,
        verbs=("audit",),
        elements=(),
        purposes=(),
        controller=CONTROLLER,
        until=now + timedelta(minutes=5),
        daily=0,
        created=now,
        granted_by="",
    )
    other = replace(own, grant_id=secrets.token_hex(16), principal="nobody")
    given = replace(other, grant_id=secrets.token_hex(16), granted_by=principal_id)
    return own, given, other


def _made(house: House, grants: tuple[Grant, ...]) -> tuple[Review, list[Item]]:
    now = house.parts.clock.now()
    review = Review(
        controller=CONTROLLER,
        review_id=secrets.token_hex(16),
        state="open",
        opened_by="",
        since=None,
        opened=now,
        due=now + timedelta(minutes=5),
    )
    return review, [item_of(one, review.review_id, {}) for one in grants]
