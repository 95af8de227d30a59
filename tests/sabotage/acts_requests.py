"""Sabotages of requests of people (C7.2(6), C7.3(6)(b))."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bailee.privacy import request_store
from bailee.privacy.instruction_store import Instructed
from bailee.privacy.request import Request
from bailee.privacy.request_desk import RequestDesk
from bailee.privacy.request_tables import request
from bailee.procedures.tables import notice, timer
from bailee.vault import reveal
from tests.sabotage.stage import CONTROLLER, Stage, broken

DAY = timedelta(days=1)
Act = Callable[[Stage], AbstractContextManager[None]]


def nobody_instructs(stage: Stage) -> AbstractContextManager[None]:
    """Take every request for instructed."""
    now = stage.house.parts.clock.now()
    said = Instructed("i" * 32, "r" * 32, "access", "p", now, now, now, "0" * 64)
    return broken(RequestDesk, "_demanded", lambda *_: said)


def restrictions_unchecked(stage: Stage) -> AbstractContextManager[None]:
    """Let restricted people be read like any other."""
    del stage
    return broken(reveal, "check_restriction", lambda *_: None)


def noted(state: str, **more: Any) -> Act:
    """Return a sabotage: a request in the register of which no procedure knows."""

    @contextmanager
    def act(stage: Stage) -> Iterator[None]:
        house, item = stage.house, secrets.token_hex(16)
        then = house.parts.clock.now() - 30 * DAY
        days = {name: then for name in ("instructed", "begun") if name in more}
        fields: dict[str, Any] = {"channel": "controller"} | more | days
        one = Request(
            request_id=item, controller=CONTROLLER, regime="gdpr", kind="access", identified=then,
            received=then, entered=then, entered_by="somebody", state=state, **fields,
        )  # fmt: skip
        house.parts.data.write(CONTROLLER, lambda conn: request_store.add(conn, one))
        try:
            yield
        finally:
            house.parts.data.write(CONTROLLER, lambda conn: _take(conn, item))

    return act


@contextmanager
def forgotten(stage: Stage) -> Iterator[None]:
    """Enter what a person wrote a month ago; nobody was told anything."""
    house = stage.house
    then = house.parts.clock.now() - 30 * DAY
    one = Request(
        request_id="", controller=CONTROLLER, channel="misdirected", regime="gdpr", kind="access",
        identified=then, received=then, entered=then, entered_by="",
    )  # fmt: skip
    made = house.parts.data.write(
        CONTROLLER, lambda conn: house.requests.enter(conn, {"kind": "machine"}, one).result
    )
    try:
        yield
    finally:
        house.parts.data.write(CONTROLLER, lambda conn: _take(conn, made.request_id))


def _take(conn: sa.Connection, item: str) -> None:
    for table, column in ((request, "request_id"), (timer, "matter_item"), (notice, "matter_item")):
        mine = (table.c.controller == CONTROLLER) & (table.c[column] == item)
        conn.execute(sa.delete(table).where(mine))
