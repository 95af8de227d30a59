"""Sabotages of sub-processors (C7.3(5), C7.2(5), C6(ii), C2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bailee.access.outsourced import Outsourced
from bailee.privacy import engagement, engagements, last_instructions
from bailee.privacy import subprocessor_store as store
from bailee.privacy.engagement import ENGAGEMENT, Engagement
from bailee.privacy.engagements import Engagements
from bailee.privacy.flow_down import DUTIES
from bailee.privacy.last_instruction import LastInstruction
from bailee.privacy.standings import MATTER
from bailee.privacy.subprocessor import Contract, Subprocessor
from bailee.privacy.subprocessor_list import document, sha256
from bailee.privacy.subprocessor_tables import CONTRACT, INSTRUCTION, LIST, SUBPROCESSOR
from bailee.privacy.subprocessor_tables import ENGAGEMENT as ENGAGEMENTS
from bailee.privacy.subprocessors import Subprocessors
from bailee.procedures import Matter, Notice
from bailee.procedures import store as notice_store
from bailee.procedures.tables import notice as NOTICES  # noqa: N812 - a table among tables
from tests.sabotage.stage import CONTROLLER, Stage, broken

ITEM, TOLD = "5" * 32, "6" * 32
SHA = "0" * 64
LONG_AGO = timedelta(days=90)


def served_unengaged(_stage: Stage) -> AbstractContextManager[None]:
    """Let decisions overlook who works for a sub-processor."""
    return broken(Outsourced, "lacks", lambda *_asked, **_more: None)


def days_unchecked(_stage: Stage) -> AbstractContextManager[None]:
    """Engage whoever consented, whenever."""
    return broken(engagements, "check_days", lambda *_asked: None)


def silence_counts(_stage: Stage) -> AbstractContextManager[None]:
    """Take silence for consent."""
    table = {**ENGAGEMENT, "silent": {**ENGAGEMENT["silent"], "engage": "engaged"}}
    step = engagement.step

    def lenient(state: str, event: str) -> str:
        return table[state].get(event) or step(state, event)

    return broken(engagements, "step", lenient)


def one_reader(_stage: Stage) -> AbstractContextManager[None]:
    """Let the person who entered a writing enter it again as the second one."""
    return broken(engagements, "check_apart", lambda *_asked: None)


def objection_unheard(_stage: Stage) -> AbstractContextManager[None]:
    """Take an objection down and leave the engagement as it is."""
    move = Engagements._move

    def deaf(self: Any, *given: Any, **more: Any) -> Any:
        conn, caller, before, after = given
        if after.state == "objected":
            after = replace(after, state=before.state)
        return move(self, conn, caller, before, after, **more)

    return broken(Engagements, "_move", deaf)


def contracts_unread(_stage: Stage) -> AbstractContextManager[None]:
    """Engage whatever the contract says."""
    return broken(engagements, "check_contract", lambda *_asked: None)


def list_unwritten(_stage: Stage) -> AbstractContextManager[None]:
    """Write no list any more."""
    return broken(Subprocessors, "relist", lambda *_asked: None)


def copy_forged(stage: Stage) -> AbstractContextManager[None]:
    """Send the controller other words than the sub-processor gets."""
    kind = type(stage.house.notices)
    write = kind.write

    def other(self: Any, *given: Any, **more: Any) -> Any:
        conn, actor, matter, message = given
        return write(self, conn, actor, matter, replace(message, lines=("Nothing.",)), **more)

    return broken(kind, "write", other)


def any_certificate(_stage: Stage) -> AbstractContextManager[None]:
    """Take a certificate of any day."""
    return broken(last_instructions, "check_certificate", lambda *_asked: None)


# What stands in the tables, and no act wrote.


@contextmanager
def _rows(
    stage: Stage, *, contract: dict[str, str] | None = None, **changed: Any
) -> Iterator[None]:
    """Put an engaged sub-processor into the tables, as if everything had been done for it."""
    now = stage.house.parts.clock.now()
    handed = changed.pop("handed", LONG_AGO)
    clara = stage.people["Clara Whitfield"].principal_id
    known = Subprocessor(
        name="North Print Ltd", address="3 Quay Street, Cork", contact="Privacy desk",
        services=("printing",), elements=("person.name",), countries=("IE",),
        subprocessor_id=ITEM, version=1, edition=1, since=now - LONG_AGO, created=now,
        created_by=stage.people["Bram Okafor"].principal_id,
    )  # fmt: skip
    stands = Engagement(
        controller=CONTROLLER, engagement_id=ITEM, subprocessor_id=ITEM, edition=1,
        facts_sha256=known.digest(), state="engaged", proposed=now - LONG_AGO, proposed_by="",
        notice_id=ITEM, given_by=clara, text_sha256=SHA, signed=now, consented=now,
        consented_by=clara, engaged=now,
    )  # fmt: skip
    compared = {one.id: "covered" for one in DUTIES} | (contract or {})
    made = Contract(ITEM, 1, "file 3", SHA, compared, clara, now)

    def add(conn: sa.Connection) -> None:
        store.add_version(conn, known)
        store.add_contract(conn, made)
        store.add_engagement(conn, replace(stands, **changed))
        notice_store.add_notice(conn, _notice(now, None if handed is None else now - handed))
        text = document(CONTROLLER, store.versions(conn), store.engagements(conn, CONTROLLER))
        store.add_list(conn, store.Listed(CONTROLLER, 1, text, sha256(text), now))

    drops = (
        SUBPROCESSOR.delete().where(SUBPROCESSOR.c.subprocessor_id == ITEM),
        CONTRACT.delete().where(CONTRACT.c.subprocessor_id == ITEM),
        ENGAGEMENTS.delete().where(ENGAGEMENTS.c.engagement_id == ITEM),
        NOTICES.delete().where(NOTICES.c.notice_id == ITEM),
        LIST.delete().where(LIST.c.controller == CONTROLLER),
    )
    data = stage.house.parts.data
    data.write(CONTROLLER, add)
    try:
        yield
    finally:
        data.write(CONTROLLER, lambda conn: [conn.execute(drop) for drop in drops])


def _notice(now: datetime, handed: datetime | None) -> Notice:
    return Notice(
        notice_id=ITEM, matter=Matter(CONTROLLER, MATTER, ITEM), version=1, kind=MATTER,
        role="privacy", subject="A sub-processor is proposed", body="Nothing.\n", body_sha256=SHA,
        written=now - LONG_AGO, written_by="", meets="", state="acknowledged", handed=handed,
    )  # fmt: skip


def engaged_without_notice(stage: Stage) -> AbstractContextManager[None]:
    """Write into the table that one was engaged whose notice never left."""
    return _rows(stage, handed=None)


def engaged_without_consent(stage: Stage) -> AbstractContextManager[None]:
    """Write into the table that one was engaged to which nobody consented."""
    return _rows(stage, given_by="", consented=None)


def engaged_on_less(stage: Stage) -> AbstractContextManager[None]:
    """Write into the table that one was engaged whose contract lets nobody examine it."""
    return _rows(stage, contract={"audit": "missing"})


def objection_unanswered(stage: Stage) -> AbstractContextManager[None]:
    """Write into the table that one was objected to three months ago, and nothing was offered."""
    then = stage.house.parts.clock.now() - LONG_AGO
    return _rows(stage, state="objected", engaged=None, objected=then)


@contextmanager
def list_behind(stage: Stage) -> Iterator[None]:
    """Leave a controller with a list that lacks who is engaged."""
    with _rows(stage):
        empty = document(CONTROLLER, [], [])
        change = LIST.update().where(LIST.c.controller == CONTROLLER)
        stage.house.parts.data.write(
            CONTROLLER,
            lambda conn: conn.execute(change.values(text=empty, text_sha256=sha256(empty))),
        )
        yield


@contextmanager
def certificate_missing(stage: Stage) -> Iterator[None]:
    """Write into the table that a certificate was due a month ago."""
    now = stage.house.parts.clock.now()
    text = "Destroy all of it.\n"
    told = LastInstruction(
        controller=CONTROLLER, instruction_id=TOLD, subprocessor_id=ITEM, choice="destroy",
        text=text, text_sha256=sha256(text), written=now - LONG_AGO, written_by="",
        due=now - LONG_AGO / 3, notice_id=ITEM, state="relayed", relayed=now - LONG_AGO,
        relayed_by="", proof="receipt 4",
    )  # fmt: skip
    data, drop = stage.house.parts.data, INSTRUCTION.delete()
    with _rows(stage, state="ended"):
        data.write(CONTROLLER, lambda conn: store.add_last_instruction(conn, told))
        try:
            yield
        finally:
            data.write(
                CONTROLLER,
                lambda conn: conn.execute(drop.where(INSTRUCTION.c.instruction_id == TOLD)),
            )
