"""SQL of the agreement: controllers, versions, interpretations, supplements.

Nothing is decided here. The controller's row carries ``revision``, drawn anew by every change to
what is in force, in the same transaction: a reader compares one integer instead of reading it all.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from bailee import canonical
from bailee.agreement.in_force import Supplement
from bailee.agreement.interpretation import Interpretation, Reading, State
from bailee.agreement.version import ControllerState, Version
from bailee.clock import read_time, write_time
from bailee.db import DATA
from bailee.errors import NotFound
from bailee.prepared import Prepared, steady

_READING = msgspec.json.Decoder(Reading)
_NAME = sa.String(64)
_ID = sa.String(32)
_PERSON = sa.String(64)
_HASH = sa.String(64)
_STATE = sa.String(16)
_TIME = sa.String(24)

REVISIONS = 2**31 - 1
"""As many as the column holds."""

CONTROLLER = sa.Table(
    "controller",
    DATA,
    sa.Column("controller", _NAME, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("log_id", _ID, nullable=False),  # random: no other controller has it
    sa.Column("status", _STATE, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("ended", _TIME),
    sa.Column("created", _TIME, nullable=False),
)

VERSION = sa.Table(
    "agreement_version",
    DATA,
    sa.Column("controller", _NAME, primary_key=True),
    sa.Column("version_id", _ID, primary_key=True),
    sa.Column("terms_id", sa.String(64), nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),
    sa.Column("text_sha256", _HASH, nullable=False),
    sa.Column("effective_from", _TIME, nullable=False),
    sa.Column("effective_until", _TIME),
    sa.Column("created", _TIME, nullable=False),
    sa.UniqueConstraint("controller", "effective_from"),
)

INTERPRETATION = sa.Table(
    "interpretation",
    DATA,
    sa.Column("controller", _NAME, primary_key=True),
    sa.Column("interpretation_id", _ID, primary_key=True),
    sa.Column("subject", sa.String(160), nullable=False),
    sa.Column("text_sha256", _HASH, nullable=False),
    sa.Column("status", _STATE, nullable=False),
    sa.Column("reading", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("proposed_by", _PERSON, nullable=False),
    sa.Column("proposed_at", _TIME, nullable=False),
    sa.Column("agreed_by", _PERSON),
    sa.Column("agreed_at", _TIME),
)

SUPPLEMENT = sa.Table(
    "supplement",
    DATA,
    sa.Column("controller", _NAME, primary_key=True),
    sa.Column("supplement_id", _ID, primary_key=True),
    sa.Column("status", _STATE, nullable=False),
    sa.Column("elements", sa.Text, nullable=False),
    sa.Column("text_sha256", _HASH, nullable=False),
    sa.Column("signed_by_processor", _PERSON, nullable=False),
    sa.Column("signed_by_controller", _PERSON),
    sa.Column("signed_at", _TIME),
    sa.Column("created", _TIME, nullable=False),
)


@dataclass(frozen=True)
class ControllerRow:
    """A customer whose data may be held; ``log_id`` is what its logs are called in public."""

    controller: str
    name: str
    log_id: str
    status: ControllerState
    revision: int
    ended: datetime | None
    created: datetime


_CONTROLLER = Prepared(
    sa.select(CONTROLLER).where(CONTROLLER.c.controller == sa.bindparam("of")), "of"
)


def foresee(conn: sa.Connection, controller: str) -> None:
    """Let a controller's row come with the next answer."""
    _CONTROLLER.ahead(conn, controller)


def controller_row(conn: sa.Connection, controller: str) -> ControllerRow | None:
    """Return a controller, None if unknown."""

    def ask() -> ControllerRow | None:
        row = _CONTROLLER.first(conn, controller)
        return None if row is None else _controller(row)

    return steady(conn, (_CONTROLLER, controller), ask)


def controller_rows(conn: sa.Connection) -> list[ControllerRow]:
    """Return every controller by name; the one statement that is not about one of them."""
    rows = conn.execute(sa.select(CONTROLLER).order_by(CONTROLLER.c.controller))
    return [_controller(row) for row in rows]


def _controller(row: Sequence[Any]) -> ControllerRow:
    """Build from the table's columns, in their order."""
    controller, name, log_id, status, revision, ended, created = row
    return ControllerRow(
        controller, name, log_id, status, revision, _maybe(ended), read_time(created)
    )


def known(conn: sa.Connection, controller: str) -> ControllerRow:
    """Return a controller.

    Raises:
        NotFound: ``controller.unknown``.
    """
    row = controller_row(conn, controller)
    if row is None:
        raise NotFound(
            "controller.unknown", "There is no controller of that id.", do="Check the id."
        )
    return row


def insert_controller(conn: sa.Connection, row: ControllerRow) -> None:
    """Add a controller."""
    conn.execute(
        sa.insert(CONTROLLER).values(
            controller=row.controller,
            name=row.name,
            log_id=row.log_id,
            status=row.status,
            revision=row.revision,
            ended=None,
            created=write_time(row.created),
        )
    )


def end_controller(
    conn: sa.Connection, controller: str, *, status: ControllerState, ended: datetime
) -> None:
    """Write a controller's new state and the time at which its agreement ended."""
    conn.execute(
        sa.update(CONTROLLER)
        .where(CONTROLLER.c.controller == controller)
        .values(status=status, ended=write_time(ended))
    )


def renew_revision(conn: sa.Connection, controller: str) -> None:
    """Tell every reader, in every process, that what is in force changed.

    The number is another one than before, and not the next: whoever looked inside a transaction
    that was undone remembers its number, which must not come again for something else.
    """
    step = 1 + secrets.randbelow(REVISIONS - 1)
    after = (sa.cast(CONTROLLER.c.revision, sa.BigInteger) + step) % REVISIONS
    conn.execute(
        sa.update(CONTROLLER).where(CONTROLLER.c.controller == controller).values(revision=after)
    )


def versions(conn: sa.Connection, controller: str) -> tuple[Version, ...]:
    """Return a controller's versions by effective date, without their texts."""
    columns = [column for column in VERSION.c if column.name != "text"]
    rows = conn.execute(
        sa.select(*columns)
        .where(VERSION.c.controller == controller)
        .order_by(VERSION.c.effective_from)
    )
    return tuple(
        Version(
            version_id=row.version_id,
            terms_id=row.terms_id,
            text_sha256=row.text_sha256,
            effective_from=read_time(row.effective_from),
            effective_until=_maybe(row.effective_until),
            created=read_time(row.created),
        )
        for row in rows
    )


def version_text(conn: sa.Connection, controller: str, version_id: str) -> bytes:
    """Return the signed bytes of a version."""
    found = conn.execute(
        sa.select(VERSION.c.text).where(
            VERSION.c.controller == controller, VERSION.c.version_id == version_id
        )
    ).scalar_one()
    return bytes(found)


def insert_version(conn: sa.Connection, controller: str, version: Version, text: bytes) -> None:
    """Add a version; its end is written by ``set_ends``."""
    conn.execute(
        sa.insert(VERSION).values(
            controller=controller,
            version_id=version.version_id,
            terms_id=version.terms_id,
            text=text,
            text_sha256=version.text_sha256,
            effective_from=write_time(version.effective_from),
            effective_until=None,
            created=write_time(version.created),
        )
    )


def set_ends(conn: sa.Connection, controller: str, ends: Mapping[str, datetime | None]) -> None:
    """Write where each version ends, all in one statement executed many times."""
    conn.execute(
        sa.update(VERSION)
        .where(VERSION.c.controller == controller, VERSION.c.version_id == sa.bindparam("which"))
        .values(effective_until=sa.bindparam("ends")),
        [
            {"which": version_id, "ends": None if end is None else write_time(end)}
            for version_id, end in ends.items()
        ],
    )


def interpretations(conn: sa.Connection, controller: str) -> tuple[Interpretation, ...]:
    """Return every interpretation, oldest first."""
    rows = conn.execute(
        sa.select(INTERPRETATION)
        .where(INTERPRETATION.c.controller == controller)
        .order_by(INTERPRETATION.c.proposed_at, INTERPRETATION.c.interpretation_id)
    )
    return tuple(_interpretation(row) for row in rows)


def interpretation(
    conn: sa.Connection, controller: str, interpretation_id: str
) -> Interpretation | None:
    """Return one interpretation, None if unknown."""
    row = conn.execute(
        sa.select(INTERPRETATION).where(
            INTERPRETATION.c.controller == controller,
            INTERPRETATION.c.interpretation_id == interpretation_id,
        )
    ).one_or_none()
    return None if row is None else _interpretation(row)


def _interpretation(row: Any) -> Interpretation:
    return Interpretation(
        interpretation_id=row.interpretation_id,
        subject=row.subject,
        text_sha256=row.text_sha256,
        status=row.status,
        reading=_READING.decode(row.reading),
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposed_at=read_time(row.proposed_at),
        agreed_by=row.agreed_by or "",
        agreed_at=_maybe(row.agreed_at),
    )


def insert_interpretation(conn: sa.Connection, controller: str, made: Interpretation) -> None:
    """Add an interpretation."""
    reading = canonical.encode(msgspec.to_builtins(made.reading)).decode("ascii")
    conn.execute(
        sa.insert(INTERPRETATION).values(
            controller=controller,
            interpretation_id=made.interpretation_id,
            subject=made.subject,
            text_sha256=made.text_sha256,
            status=made.status,
            reading=reading,
            reason=made.reason,
            proposed_by=made.proposed_by,
            proposed_at=write_time(made.proposed_at),
        )
    )


def set_interpretation(
    conn: sa.Connection, controller: str, made: Interpretation, *, was: State
) -> bool:
    """Write a new state and the second signature; say whether it still was in the old one."""
    result = conn.execute(
        sa.update(INTERPRETATION)
        .where(
            INTERPRETATION.c.controller == controller,
            INTERPRETATION.c.interpretation_id == made.interpretation_id,
            INTERPRETATION.c.status == was,
        )
        .values(
            status=made.status,
            agreed_by=made.agreed_by or None,
            agreed_at=None if made.agreed_at is None else write_time(made.agreed_at),
        )
    )
    return result.rowcount == 1


def supplements(conn: sa.Connection, controller: str) -> tuple[Supplement, ...]:
    """Return every supplement, oldest first."""
    rows = conn.execute(
        sa.select(SUPPLEMENT)
        .where(SUPPLEMENT.c.controller == controller)
        .order_by(SUPPLEMENT.c.created, SUPPLEMENT.c.supplement_id)
    )
    return tuple(
        Supplement(
            supplement_id=row.supplement_id,
            status=row.status,
            elements=tuple(canonical.decode(row.elements.encode("ascii"))),
            text_sha256=row.text_sha256,
            signed_by_processor=row.signed_by_processor,
            created=read_time(row.created),
            signed_by_controller=row.signed_by_controller or "",
            signed_at=_maybe(row.signed_at),
        )
        for row in rows
    )


def insert_supplement(conn: sa.Connection, controller: str, made: Supplement) -> None:
    """Add a supplement that our side signed."""
    conn.execute(
        sa.insert(SUPPLEMENT).values(
            controller=controller,
            supplement_id=made.supplement_id,
            status=made.status,
            elements=canonical.encode(list(made.elements)).decode("ascii"),
            text_sha256=made.text_sha256,
            signed_by_processor=made.signed_by_processor,
            created=write_time(made.created),
        )
    )


def set_supplement(conn: sa.Connection, controller: str, made: Supplement, *, was: State) -> bool:
    """Write a new state and the second signature; say whether it still was in the old one."""
    result = conn.execute(
        sa.update(SUPPLEMENT)
        .where(
            SUPPLEMENT.c.controller == controller,
            SUPPLEMENT.c.supplement_id == made.supplement_id,
            SUPPLEMENT.c.status == was,
        )
        .values(
            status=made.status,
            signed_by_controller=made.signed_by_controller or None,
            signed_at=None if made.signed_at is None else write_time(made.signed_at),
        )
    )
    return result.rowcount == 1


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else read_time(text)
