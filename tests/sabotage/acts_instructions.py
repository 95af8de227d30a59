"""Sabotages of a controller's instructions (C2.4, C7.3(2))."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import sqlalchemy as sa

from bailee.agreement import Extension
from bailee.agreement.extensions import EXTENSION, extend
from bailee.agreement.store import renew_revision
from bailee.privacy import instruction_store as store
from bailee.privacy import instructions
from bailee.privacy.instruction import REQUEST, Asks, Instruction
from tests.sabotage.stage import CONTROLLER, Stage, broken

DAY = timedelta(days=1)


def extensions_unbounded(stage: Stage) -> AbstractContextManager[None]:
    """Let a purpose that was added count for every element, verb and day."""
    del stage
    return broken(Extension, "covers", lambda self, purpose, *_: purpose == self.purpose)


def accepted_by_anybody(stage: Stage) -> AbstractContextManager[None]:
    """Let one person accept what takes two."""
    del stage
    return broken(instructions, "check_accepts", lambda *_: "accept")


def infringements_unseen(stage: Stage) -> AbstractContextManager[None]:
    """Let the machine find nothing against any instruction."""
    del stage
    return broken(instructions, "objections", lambda *_: ())


@contextmanager
def purpose_forged(stage: Stage) -> Iterator[None]:
    """Put a purpose into the table which no instruction of the controller says."""
    data, item = stage.house.parts.data, secrets.token_hex(16)
    now, names = stage.house.parts.clock.now(), frozenset(("person.name",))
    made = Extension(item, item, "anything", names, frozenset(("reveal",)), now, now + DAY, now)

    def take(conn: sa.Connection) -> None:
        mine = (EXTENSION.c.controller == CONTROLLER) & (EXTENSION.c.extension_id == item)
        conn.execute(sa.delete(EXTENSION).where(mine))
        renew_revision(conn, CONTROLLER)

    data.write(CONTROLLER, lambda conn: extend(conn, CONTROLLER, made))
    try:
        yield
    finally:
        data.write(CONTROLLER, take)


@contextmanager
def instruction_waiting(stage: Stage) -> Iterator[None]:
    """Leave an instruction without our word past its time."""
    data, item = stage.house.parts.data, secrets.token_hex(16)
    now, bram = stage.house.parts.clock.now(), stage.people["Bram Okafor"].principal_id
    made = Instruction(
        controller=CONTROLLER, instruction_id=item, kind=REQUEST, text="Delete it.",
        text_sha256="0" * 64, asks=Asks(request="ab" * 16, act="delete"), signed_by=bram,
        reference="", writing_sha256="", received=now - 9 * DAY, since=now - 9 * DAY, until=None,
        entered=now - 9 * DAY, entered_by=bram, due=now - DAY, basis="target",
    )  # fmt: skip
    table = store.INSTRUCTION
    mine = (table.c.controller == CONTROLLER) & (table.c.instruction_id == item)
    data.write(CONTROLLER, lambda conn: store.add(conn, made))
    try:
        yield
    finally:
        data.write(CONTROLLER, lambda conn: conn.execute(sa.delete(table).where(mine)))
