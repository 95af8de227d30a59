"""The tables of access, and how a frozen value becomes a row and comes back.

People, services, credentials, invitations, codes and the reach of each belong to the house;
grants, approvals, emergencies, consents, disclosures, draws and counts belong to a controller.
Times are text (``clock.write_time``), tuples are canonical JSON, a missing time is ''.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

import sqlalchemy as sa

from bailee.canonical import decode, encode
from bailee.clock import read_time, write_time
from bailee.db import DATA

T = TypeVar("T")

_TIMES = frozenset(
    {
        "created",
        "expires",
        "until",
        "decided",
        "at",
        "opened",
        "alert_due",
        "review_due",
        "acknowledged",
        "reviewed",
        "since",
        "confirmed",
        "revoked",
        "ended",
        "begun",
        "seen",
        "stepped",
        "closed",
        "due",
        "modified",
        "published",
        "shortened",
        "used",
    }
)
_LISTS = frozenset({"verbs", "elements", "purposes", "keys", "consents", "transports"})


def _column(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(24), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


EPOCH = sa.Table("epoch", DATA, _column("controller", key=True), _column("value"))

PRINCIPAL = sa.Table(
    "principal",
    DATA,
    _column("controller", key=True),
    _column("principal_id", key=True),
    _column("kind"),
    _column("state"),
    _time("created"),
    _text("name"),
    _text("employer"),
    _text("email"),
    _column("relation"),
    _column("represents"),
    _text("undertaking"),
    _column("undertaken"),
    _column("mode"),
    _column("owner"),
)

CREDENTIAL = sa.Table(
    "credential",
    DATA,
    _column("controller", key=True),
    _column("key_id", key=True),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    _column("kind"),
    _column("principal"),
    _column("minted_by"),
    _time("created"),
    _time("expires"),
    _column("bound_to"),
    _column("state"),
    sa.Index("credential_digest", "controller", "digest", unique=True),
    sa.Index("credential_expiry", "controller", "state", "expires"),
)

INVITATION = sa.Table(
    "invitation",
    DATA,
    _column("controller", key=True),
    _column("invitation_id", key=True),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    _column("principal"),
    _column("created_by"),
    _time("created"),
    _time("expires"),
    _column("state"),
    sa.Index("invitation_digest", "controller", "digest", unique=True),
)

LINK = sa.Table(
    "identity_link",
    DATA,
    _column("controller", key=True),
    _column("link_id", key=True),
    _column("kind"),
    _column("issuer"),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    _column("principal"),
    _column("linked_by"),
    _time("created"),
    sa.Index("identity_link_digest", "controller", "digest", unique=True),
    sa.Index("identity_link_principal", "controller", "principal", "issuer", unique=True),
)
"""Who at the identity provider is who here: one name one principal, one principal one name."""

USED_PROOF = sa.Table(
    "used_proof",
    DATA,
    _column("controller", key=True),
    _column("digest", key=True),
    _time("until"),
    sa.Index("used_proof_until", "controller", "until"),
)
"""Proofs of possession that were taken, while they could be shown again (RFC 9449 11.1)."""

REACH = sa.Table(
    "reach",
    DATA,
    _column("controller", key=True),
    _column("principal", key=True),
    _column("at_controller", key=True),
)
"""Where a principal ever held or asked for something: a leaver is followed to every controller."""

GRANT = sa.Table(
    "access_grant",
    DATA,
    _column("controller", key=True),
    _column("grant_id", key=True),
    _column("principal"),
    _text("verbs"),
    _text("elements"),
    _text("purposes"),
    _time("until"),
    _count("daily"),
    _time("created"),
    _column("granted_by"),
    _column("approval_id"),
    _column("state"),
    sa.Index("access_grant_principal", "controller", "principal"),
)

APPROVAL = sa.Table(
    "approval",
    DATA,
    _column("controller", key=True),
    _column("approval_id", key=True),
    _column("kind"),
    _column("requester"),
    _text("verbs"),
    _text("purpose"),
    _text("elements"),
    _count("maximum"),
    _count("remaining"),
    _time("until"),
    _time("created"),
    _column("state"),
    _column("approver"),
    _time("decided"),
    _text("reason"),
)

DRAW = sa.Table(
    "approval_draw",
    DATA,
    _column("controller", key=True),
    _column("approval_id", key=True),
    _column("draw_id", key=True),
    _column("principal"),
    _column("key_id"),
    _count("subjects"),
    _time("at"),
)
"""What was drawn from an approval, and what was shown under an emergency, call by call."""

CODE = sa.Table(
    "break_glass_code",
    DATA,
    _column("controller", key=True),
    _column("code_id", key=True),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    _column("principal"),
    _column("at_controller"),
    _column("issued_by"),
    _time("created"),
    _time("expires"),
    _column("state"),
    sa.Index("break_glass_code_digest", "controller", "digest", unique=True),
    sa.Index("break_glass_code_principal", "controller", "principal"),
)

TRIES = sa.Table(
    "break_glass_tries",
    DATA,
    _column("controller", key=True),
    _column("principal", key=True),
    _count("failed"),
    _time("at"),
)

EMERGENCY = sa.Table(
    "emergency",
    DATA,
    _column("controller", key=True),
    _column("emergency_id", key=True),
    _column("opener"),
    _column("code_id"),
    _column("issued_by"),
    _column("grant_id"),
    _text("verbs"),
    _text("elements"),
    _column("purpose"),
    _time("opened"),
    _time("until"),
    _time("alert_due"),
    _time("review_due"),
    _column("alert"),
    _column("acknowledged_by"),
    _time("acknowledged"),
    _column("review"),
    _column("reviewer"),
    _time("reviewed"),
    _text("writing"),
    _text("reason"),
    _text("verdict_reason"),
    sa.Index("emergency_review", "controller", "review"),
)

CONSENT = sa.Table(
    "consent",
    DATA,
    _column("controller", key=True),
    _column("consent_id", key=True),
    _column("kind"),
    _column("given_by"),
    _text("reference"),
    _column("text_sha256"),
    _text("recipient"),
    _text("keys"),
    _text("purposes"),
    _text("elements"),
    _time("since"),
    _time("until"),
    _time("created"),
    _column("recorded_by"),
    _column("state"),
    _column("confirmed_by"),
    _time("confirmed"),
    _column("revoked_by"),
    _time("revoked"),
    _column("country"),
    _text("address"),
    _column("undertaking_sha256"),
)

DISCLOSURE = sa.Table(
    "disclosure",
    DATA,
    _column("controller", key=True),
    _column("disclosure_id", key=True),
    _column("opener"),
    _column("kind"),
    _column("purpose"),
    _text("elements"),
    _text("keys"),
    _text("consents"),
    _time("opened"),
    _column("state"),
    _count("calls"),
    _count("records"),
    _time("ended"),
    _count("parts"),
    _count("written"),
    _column("manifest_sha256"),
    _column("opened_entry"),
    _column("ended_entry"),
    _column("form"),
)

REVEAL_COUNT = sa.Table(
    "reveal_count",
    DATA,
    _column("controller", key=True),
    _column("principal", key=True),
    sa.Column("purpose", sa.String(64), primary_key=True, nullable=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    _count("subjects"),
    _count("total"),
    _time("at"),
    sa.Index("reveal_count_at", "controller", "principal", "purpose", "at", "number"),
)


def to_row(thing: Any) -> dict[str, Any]:
    """Return a frozen value as a row: times written, tuples as canonical JSON."""
    row: dict[str, Any] = {}
    for item in fields(thing):
        value = getattr(thing, item.name)
        if item.name in _TIMES:
            value = write_time(value) if value else ""
        elif item.name in _LISTS:
            value = encode(value).decode("ascii")
        row[item.name] = value
    return row


def from_row(kind: type[T], row: Mapping[str, Any]) -> T:
    """Return a row as the frozen value it came from."""
    values: dict[str, Any] = {}
    for item in fields(kind):  # type: ignore[arg-type]  # every kind here is a dataclass
        value = row[item.name]
        if item.name in _TIMES:
            value = read_time(value) if value else None
        elif item.name in _LISTS:
            value = tuple(decode(value.encode("ascii")))
        values[item.name] = value
    return kind(**values)
