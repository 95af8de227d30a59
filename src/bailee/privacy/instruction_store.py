"""The SQL of instructions, and the one question that others ask of them.

``instructed`` is for whoever acts on a person's request: within the same transaction it says
whether the controller told us to, and what.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee import canonical
from bailee.access.store import within
from bailee.clock import read_time, write_time
from bailee.db import DATA
from bailee.privacy.instruction import REQUEST, Asks, Instruction, Objection, Opinion

_TIMES = frozenset(
    (
        *("received", "since", "until", "entered", "due", "checked", "accepted", "answered"),
        *("insisted", "executed", "withdrawn"),
    )
)


def _column(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(24), nullable=False)


INSTRUCTION = sa.Table(
    "privacy_instruction",
    DATA,
    _column("controller", key=True),
    _column("instruction_id", key=True),
    _column("kind"),
    _text("text"),
    _column("text_sha256"),
    _text("asks"),
    _column("request"),  # of ``asks``, to be asked for
    _column("signed_by"),
    _text("reference"),
    _column("writing_sha256"),
    _time("received"),
    _time("since"),
    _time("until"),
    _time("entered"),
    _column("entered_by"),
    _time("due"),
    sa.Column("basis", sa.String(100), nullable=False),
    _column("state"),
    _text("objections"),
    _time("checked"),
    _column("checked_by"),
    _column("agreement"),
    _text("opinion"),
    _text("accepted_by"),
    _time("accepted"),
    _time("answered"),
    _column("notice_id"),
    _time("insisted"),
    _column("insisted_by"),
    _text("word"),
    _time("executed"),
    _column("executed_by"),
    _text("proof"),
    _time("withdrawn"),
    _column("withdrawn_by"),
)


@dataclass(frozen=True, slots=True)
class Instructed:
    """What a controller told us to do about one request of a person.

    Attributes:
        act: one of ``instruction.ACTS``.
        signed_by: the representative's principal id.
        since: from when it takes effect; ``accepted`` when we accepted it.
        text_sha256: of its words.
    """

    instruction_id: str
    request: str
    act: str
    signed_by: str
    received: datetime
    since: datetime
    accepted: datetime
    text_sha256: str
    until: datetime | None = None


def instructed(
    conn: sa.Connection, controller: str, request: str, now: datetime
) -> tuple[Instructed, ...]:
    """Return the accepted, living instructions upon a request, the newest first; often none.

    One that was carried out, withdrawn, or answered since is not among them.
    """
    query = sa.select(INSTRUCTION).where(
        INSTRUCTION.c.controller == controller,
        INSTRUCTION.c.request == request,
        INSTRUCTION.c.kind == sa.literal(REQUEST),
        INSTRUCTION.c.state == sa.literal("accepted"),
    )
    query = query.order_by(INSTRUCTION.c.since.desc(), INSTRUCTION.c.instruction_id)
    with within(conn, controller):
        found = [_instruction(dict(row)) for row in conn.execute(query).mappings()]
    return tuple(
        Instructed(
            one.instruction_id, one.asks.request, one.asks.act, one.signed_by, one.received,
            one.since, one.accepted or one.entered, one.text_sha256, one.until,
        )
        for one in found
        if one.living(now)
    )  # fmt: skip


def add(conn: sa.Connection, made: Instruction) -> None:
    """Insert an instruction."""
    with within(conn, made.controller):
        conn.execute(INSTRUCTION.insert().values(**_row(made)))


def move(conn: sa.Connection, before: Instruction, after: Instruction) -> bool:
    """Write an instruction's next state; False when somebody else moved it first.

    Acceptances are compared too: two first ones never pass for one.
    """
    row = _row(before)
    names = ("controller", "instruction_id", "state", "accepted_by", "opinion", "objections")
    where = [INSTRUCTION.c[name] == row[name] for name in names]
    with within(conn, before.controller):
        return conn.execute(INSTRUCTION.update().where(*where).values(**_row(after))).rowcount == 1


def one(conn: sa.Connection, controller: str, item: str) -> Instruction | None:
    """Return one instruction."""
    mine = INSTRUCTION.c.controller == controller
    query = sa.select(INSTRUCTION).where(mine & (INSTRUCTION.c.instruction_id == item))
    with within(conn, controller):
        row = conn.execute(query).mappings().one_or_none()
    return None if row is None else _instruction(dict(row))


def instructions(conn: sa.Connection, controller: str) -> list[Instruction]:
    """Return a controller's instructions, oldest first."""
    query = sa.select(INSTRUCTION).where(INSTRUCTION.c.controller == controller)
    query = query.order_by(INSTRUCTION.c.entered, INSTRUCTION.c.instruction_id)
    with within(conn, controller):
        return [_instruction(dict(row)) for row in conn.execute(query).mappings()]


def _row(found: Instruction) -> dict[str, Any]:
    row = {name.name: getattr(found, name.name) for name in fields(found)}
    for name in _TIMES:
        row[name] = write_time(row[name]) if row[name] else ""
    opinion = found.opinion
    said = {} if opinion is None else asdict(opinion) | {"at": write_time(opinion.at)}
    asks = {name: _plain(value) for name, value in asdict(found.asks).items() if value}
    return row | {
        "asks": _json(asks),
        "request": found.asks.request,
        "objections": _json([asdict(against) for against in found.objections]),
        "opinion": _json(said),
        "accepted_by": _json(list(found.accepted_by)),
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _json(value: Any) -> str:
    return canonical.encode(value).decode("ascii")


def _instruction(row: dict[str, Any]) -> Instruction:
    del row["request"]
    for name in _TIMES:
        row[name] = read_time(row[name]) if row[name] else None
    for name in ("asks", "objections", "opinion", "accepted_by"):
        row[name] = canonical.decode(row[name].encode())
    said, asks = row["opinion"], row["asks"]
    many = {name: tuple(value) for name, value in asks.items() if isinstance(value, list)}
    return Instruction(
        **row
        | {
            "asks": Asks(**asks | many),
            "objections": tuple(Objection(**against) for against in row["objections"]),
            "opinion": Opinion(**said | {"at": read_time(said["at"])}) if said else None,
            "accepted_by": tuple(row["accepted_by"]),
        }
    )
