"""The SQL of the trust page, one function per question.

``hold`` takes the head's row until the commit, so that acts upon the page, its approvals and its
making follow one another, in whichever processes: what was checked stays true. Every change of a
row names the state that it leaves; who comes second changes nothing and is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

import sqlalchemy as sa

from bailee.access.store import within
from bailee.assurance.attestation import Attestation
from bailee.assurance.fact import PublicFact
from bailee.assurance.report_request import ReportRequest
from bailee.assurance.statement import Approval, Statement
from bailee.assurance.trust_tables import (
    APPROVAL,
    ATTESTATION,
    FACT,
    HEAD,
    KNOCK,
    PAGE,
    REPORT,
    REQUEST,
    STATEMENT,
)
from bailee.canonical import decode, encode
from bailee.db import HOUSE

T = TypeVar("T")
STALE, CURRENT, REFUSED = "stale", "current", "refused"

_HOLD = sa.text(
    "INSERT INTO trust_head (controller, page_id, state, findings) "
    "VALUES (:controller, '', 'stale', '') "
    "ON CONFLICT (controller) DO UPDATE SET state = 'stale'"
)
_KNOCK = sa.text(
    "INSERT INTO trust_knock (controller, mark, count, at) VALUES (:controller, :mark, 1, :now) "
    "ON CONFLICT (controller, mark) DO UPDATE SET "
    "count = CASE WHEN trust_knock.at <= :over THEN 1 ELSE trust_knock.count + 1 END, "
    "at = CASE WHEN trust_knock.at <= :over THEN excluded.at ELSE trust_knock.at END "
    "RETURNING count"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as it was made. ``proof`` is '' until its entry is in a signed tree."""

    page_id: str
    sha256: str
    content_sha256: str
    statement: str
    html: str
    generated: str
    until: str
    entry_id: str
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """Which page stands, and whether it still says what is so."""

    page_id: str = ""
    state: str = STALE
    findings: str = ""


def hold(conn: sa.Connection) -> None:
    """Take the head until the commit; from then on the page is stale until it is made again."""
    conn.execute(_HOLD, {"controller": HOUSE})


def doubt(conn: sa.Connection) -> None:
    """Let the page be looked at again, if there is one: what it stands on may have changed."""
    where = (HEAD.c.controller == HOUSE) & (HEAD.c.state == CURRENT)
    conn.execute(sa.update(HEAD).where(where).values(state=STALE))


def head(conn: sa.Connection) -> Head:
    """Return the head; one without a page where nobody asked for the page yet."""
    found = _one(conn, HEAD, HEAD.c.controller == HOUSE)
    return Head(**found) if found else Head(state="")


def set_head(conn: sa.Connection, new: Head) -> None:
    """Say which page stands; whoever calls holds the head."""
    change = sa.update(HEAD).where(HEAD.c.controller == HOUSE)
    conn.execute(change.values(page_id=new.page_id, state=new.state, findings=new.findings))


def page(conn: sa.Connection, page_id: str) -> Page | None:
    """Return a page."""
    found = _one(conn, PAGE, _ours(PAGE) & (PAGE.c.page_id == page_id))
    return Page(**found) if found else None


def add_page(conn: sa.Connection, new: Page) -> None:
    """Insert a page."""
    conn.execute(sa.insert(PAGE).values(controller=HOUSE, **asdict(new)))


def file_proof(conn: sa.Connection, page_id: str, proof: str) -> None:
    """Keep the proof of a page, once; the first one stays."""
    where = _ours(PAGE) & (PAGE.c.page_id == page_id) & (PAGE.c.proof == "")
    conn.execute(sa.update(PAGE).where(where).values(proof=proof))


# Attestations


def attestations(conn: sa.Connection) -> list[Attestation]:
    """Return every paper ever registered, oldest first."""
    order = (ATTESTATION.c.recorded, ATTESTATION.c.attestation_id)
    return [Attestation(**row) for row in _all(conn, ATTESTATION, order)]


def attestation(conn: sa.Connection, attestation_id: str) -> Attestation | None:
    """Return one paper."""
    where = _ours(ATTESTATION) & (ATTESTATION.c.attestation_id == attestation_id)
    found = _one(conn, ATTESTATION, where)
    return Attestation(**found) if found else None


def add_attestation(conn: sa.Connection, new: Attestation) -> None:
    """Insert a paper."""
    conn.execute(sa.insert(ATTESTATION).values(controller=HOUSE, **asdict(new)))


def move_attestation(conn: sa.Connection, before: Attestation, state: str) -> bool:
    """Move a paper; False when somebody else moved it first."""
    where = _ours(ATTESTATION) & (ATTESTATION.c.attestation_id == before.attestation_id)
    return _moved(conn, ATTESTATION, where, before.state, state=state)


def add_report(conn: sa.Connection, attestation_id: str, key_id: str, sealed: bytes) -> None:
    """Keep a paper's file, sealed."""
    row = {"attestation_id": attestation_id, "key_id": key_id, "sealed": sealed}
    conn.execute(sa.insert(REPORT).values(controller=HOUSE, **row))


def report(conn: sa.Connection, attestation_id: str) -> tuple[str, bytes] | None:
    """Return the key's id and the sealed file."""
    found = _one(conn, REPORT, _ours(REPORT) & (REPORT.c.attestation_id == attestation_id))
    return (found["key_id"], bytes(found["sealed"])) if found else None


# Facts


def facts(conn: sa.Connection) -> list[PublicFact]:
    """Return every fact ever registered, oldest first."""
    rows = _all(conn, FACT, (FACT.c.recorded, FACT.c.fact_id))
    return [_fact(row) for row in rows]


def fact(conn: sa.Connection, fact_id: str) -> PublicFact | None:
    """Return one fact."""
    found = _one(conn, FACT, _ours(FACT) & (FACT.c.fact_id == fact_id))
    return _fact(found) if found else None


def add_fact(conn: sa.Connection, new: PublicFact) -> None:
    """Insert a fact."""
    row = asdict(new) | {"body": encode(dict(new.body)).decode("ascii")}
    conn.execute(sa.insert(FACT).values(controller=HOUSE, **row))


def move_fact(conn: sa.Connection, before: PublicFact, state: str) -> bool:
    """Move a fact; False when somebody else moved it first."""
    where = _ours(FACT) & (FACT.c.fact_id == before.fact_id)
    return _moved(conn, FACT, where, before.state, state=state)


def _fact(row: Mapping[str, Any]) -> PublicFact:
    return PublicFact(**{**row, "body": decode(row["body"].encode("ascii"))})


# Statements and approvals


def statements(conn: sa.Connection) -> list[Statement]:
    """Return every statement, oldest first."""
    order = (STATEMENT.c.drafted, STATEMENT.c.statement_id)
    return [_statement(row) for row in _all(conn, STATEMENT, order)]


def statement(conn: sa.Connection, statement_id: str) -> Statement | None:
    """Return one statement."""
    where = _ours(STATEMENT) & (STATEMENT.c.statement_id == statement_id)
    found = _one(conn, STATEMENT, where)
    return _statement(found) if found else None


def add_statement(conn: sa.Connection, new: Statement) -> None:
    """Insert a statement."""
    row = asdict(new) | {"concerns": encode(list(new.concerns)).decode("ascii")}
    conn.execute(sa.insert(STATEMENT).values(controller=HOUSE, **row))


def move_statement(conn: sa.Connection, before: Statement, **values: str) -> bool:
    """Move a statement; False when somebody else moved it first."""
    where = _ours(STATEMENT) & (STATEMENT.c.statement_id == before.statement_id)
    return _moved(conn, STATEMENT, where, before.state, **values)


def _statement(row: Mapping[str, Any]) -> Statement:
    return Statement(**{**row, "concerns": tuple(decode(row["concerns"].encode("ascii")))})


def approvals(conn: sa.Connection, controllers: Iterable[str]) -> list[Approval]:
    """Return what controllers approved, each read where its rows are visible."""
    found: list[Approval] = []
    for name in controllers:
        with within(conn, name):
            where = APPROVAL.c.controller == name
            rows = conn.execute(sa.select(APPROVAL).where(where)).mappings()
            found += [Approval(**row) for row in rows]
    return found


def add_approval(conn: sa.Connection, new: Approval) -> None:
    """Insert an approval among its controller's rows."""
    with within(conn, new.controller):
        conn.execute(sa.insert(APPROVAL).values(asdict(new)))


def move_approval(conn: sa.Connection, before: Approval, state: str) -> bool:
    """Move an approval; False when somebody else moved it first."""
    where = APPROVAL.c.controller == before.controller
    where &= APPROVAL.c.approval_id == before.approval_id
    with within(conn, before.controller):
        return _moved(conn, APPROVAL, where, before.state, state=state)


# Requests


def requests(conn: sa.Connection) -> list[ReportRequest]:
    """Return every request, oldest first."""
    order = (REQUEST.c.asked, REQUEST.c.request_id)
    return [_request(row) for row in _all(conn, REQUEST, order)]


def request(conn: sa.Connection, request_id: str) -> ReportRequest | None:
    """Return one request."""
    found = _one(conn, REQUEST, _ours(REQUEST) & (REQUEST.c.request_id == request_id))
    return _request(found) if found else None


def waiting(conn: sa.Connection) -> int:
    """Return how many requests wait for a person."""
    query = sa.select(sa.func.count()).where(_ours(REQUEST) & (REQUEST.c.state == "asked"))
    return int(conn.execute(query).scalar_one())


def due(conn: sa.Connection, now: str, most: int) -> list[ReportRequest]:
    """Return requests whose visitors are to be forgotten."""
    where = _ours(REQUEST) & (REQUEST.c.state != "forgotten") & (REQUEST.c.keep_until <= now)
    rows = conn.execute(sa.select(REQUEST).where(where).limit(most)).mappings()
    return [_request(_bare(row)) for row in rows]


def add_request(conn: sa.Connection, new: ReportRequest) -> None:
    """Insert a request."""
    conn.execute(sa.insert(REQUEST).values(controller=HOUSE, **asdict(new)))


def move_request(conn: sa.Connection, before: ReportRequest, **values: Any) -> bool:
    """Move a request; False when somebody else moved it, or changed its code, first."""
    where = _ours(REQUEST) & (REQUEST.c.request_id == before.request_id)
    return _moved(conn, REQUEST, where & (REQUEST.c.code == before.code), before.state, **values)


def knock(conn: sa.Connection, mark: str, now: str, over: str) -> int:
    """Count a try of a source and return how many there were since ``over``; drop what is old."""
    row = {"controller": HOUSE, "mark": mark, "now": now, "over": over}
    count = int(conn.execute(_KNOCK, row).scalar_one())
    if count == 1:
        conn.execute(sa.delete(KNOCK).where(_ours(KNOCK) & (KNOCK.c.at <= over)))
    return count


def _request(row: Mapping[str, Any]) -> ReportRequest:
    one = ReportRequest(**row)
    return replace(one, sealed=bytes(one.sealed), code=bytes(one.code))


def _ours(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.controller == HOUSE


def _one(
    conn: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool]
) -> dict[str, Any] | None:
    row = conn.execute(sa.select(table).where(where)).mappings().one_or_none()
    return None if row is None else _bare(row)


def _all(conn: sa.Connection, table: sa.Table, order: Iterable[Any]) -> list[dict[str, Any]]:
    query = sa.select(table).where(_ours(table)).order_by(*order)
    return [_bare(row) for row in conn.execute(query).mappings()]


def _bare(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "controller"}


def _moved(conn: sa.Connection, table: sa.Table, where: Any, left: str, **values: Any) -> bool:
    change = sa.update(table).where(where & (table.c.state == left)).values(values)
    return conn.execute(change).rowcount == 1
