"""Tables of sub-processors.

Register, contracts and who works for whom belong to the house; engagements, instructions and the
list belong to a controller.
"""

from __future__ import annotations

import sqlalchemy as sa

from bailee.db import DATA


def _column(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(24), nullable=False)


def _count(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=key, autoincrement=False, nullable=False)


SUBPROCESSOR = sa.Table(
    "subprocessor",
    DATA,
    _column("controller", key=True),
    _column("subprocessor_id", key=True),
    _count("version", key=True),
    _count("edition"),
    _text("name"),
    _text("address"),
    _text("contact"),
    _text("services"),
    _text("elements"),
    _text("countries"),
    _text("keys"),
    _time("since"),
    _time("created"),
    _column("created_by"),
)

CONTRACT = sa.Table(
    "subprocessor_contract",
    DATA,
    _column("controller", key=True),
    _column("subprocessor_id", key=True),
    _count("number", key=True),
    _text("reference"),
    _column("text_sha256"),
    _text("compared"),
    _column("compared_by"),
    _time("at"),
)

WORKER = sa.Table(
    "subprocessor_worker",
    DATA,
    _column("controller", key=True),
    _column("principal", key=True),
    _column("subprocessor_id"),
    _column("said_by"),
    _time("at"),
)

ENGAGEMENT = sa.Table(
    "subprocessor_engagement",
    DATA,
    _column("controller", key=True),
    _column("engagement_id", key=True),
    _column("subprocessor_id"),
    _count("edition"),
    _column("facts_sha256"),
    _column("state"),
    _time("proposed"),
    _column("proposed_by"),
    _column("notice_id"),
    _column("recorded_by"),
    _column("given_by"),
    _text("reference"),
    _column("text_sha256"),
    _time("signed"),
    _time("consented"),
    _column("consented_by"),
    _time("engaged"),
    _column("engaged_by"),
    _time("objected"),
    _column("objected_by"),
    _text("objection"),
    _time("offered"),
    _column("offered_by"),
    _text("offer"),
    _time("ended"),
    _column("ended_by"),
)

INSTRUCTION = sa.Table(
    "subprocessor_instruction",
    DATA,
    _column("controller", key=True),
    _column("instruction_id", key=True),
    _column("subprocessor_id"),
    _column("choice"),
    _text("text"),
    _column("text_sha256"),
    _time("written"),
    _column("written_by"),
    _time("due"),
    _column("notice_id"),
    _column("state"),
    _time("relayed"),
    _column("relayed_by"),
    _text("proof"),
    _column("certificate_sha256"),
    _column("certificate_day"),
    _text("certificate_by"),
    _time("collected"),
    _column("collected_by"),
)

LIST = sa.Table(
    "subprocessor_list",
    DATA,
    _column("controller", key=True),
    _count("version", key=True),
    _text("text"),
    _column("text_sha256"),
    _time("at"),
)
