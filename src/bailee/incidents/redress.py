"""What a controller may ask after a breach: costs repaid, people monitored (C9.3). Pure.

It asks in writing: its representative enters it in person, or one of us with reference and hash.
One of us answers: it is settled, with the proof of it, or contested, with a reason that it reads.
Contested is no end: it can be settled at any time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from bailee.access.lifecycle import Table
from bailee.agreement import Agreement
from bailee.agreement.deadline import deadline
from bailee.errors import Invalid

COSTS, MONITORING = "costs", "monitoring"
KINDS = (COSTS, MONITORING)
TRIGGERS = {COSTS: "claim-received", MONITORING: "monitoring-requested"}
CONTROLS = {COSTS: "incident-costs", MONITORING: "credit-monitoring"}
LIFE = "monitoring.life"
"""Parameter: how long monitoring lasts at least."""
DEMAND: Table = {
    "received": {"settle": "settled", "contest": "contested"},
    "contested": {"settle": "settled"},
    "settled": {},
}
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Redress:
    """One redress, as stored."""

    redress_id: str
    controller: str
    incident_id: str
    kind: str
    received: datetime
    recorded: datetime
    entered_by: str
    given_by: str
    amount: int = 0
    """Costs, in the currency's smallest unit."""
    currency: str = ""
    people: int = 0
    """Monitoring: how many people."""
    reference: str = field(default="", repr=False)
    text_sha256: str = ""
    state: str = "received"
    answered_by: str = ""
    answered: datetime | None = None
    answer: str = field(default="", repr=False)
    """What proves that it is settled, or why it is contested."""
    until: datetime | None = None
    """Until when people are monitored."""

    @property
    def trigger(self) -> str:
        """The trigger of its clock."""
        return TRIGGERS[self.kind]

    @property
    def control(self) -> str:
        """The control that watches it."""
        return CONTROLS[self.kind]


def check_redress(one: Redress, now: datetime) -> None:
    """Refuse a redress that says too little.

    Raises:
        Invalid: ``redress.kind``, ``redress.amount``, ``redress.people``, ``redress.received``.
    """
    if one.kind not in KINDS:
        raise Invalid("redress.kind", f"A redress is for: {' or '.join(KINDS)}.")
    if one.received > now:
        raise Invalid("redress.received", "It was received some time ago.")
    if one.kind == COSTS and not (one.amount > 0 and _CURRENCY.fullmatch(one.currency)):
        raise Invalid(
            "redress.amount",
            "Costs are an amount in a currency.",
            do="Give the smallest unit (cents), and three letters: 125000 USD.",
        )
    if one.kind == MONITORING and one.people < 1:
        raise Invalid("redress.people", "Monitoring is for one person or more.")


def check_settled(one: Redress, until: datetime | None, least: datetime | None) -> None:
    """Refuse monitoring that ends too early, and an end of anything else.

    Raises:
        Invalid: ``redress.until``.
    """
    wanted = one.kind == MONITORING
    if wanted != (until is not None) or (until and least and until < least):
        raise Invalid(
            "redress.until",
            "Monitoring has an end, not before the agreement's time is over; nothing else has.",
            do="Arrange it for longer.",
        )


def least_life(agreement: Agreement, start: datetime) -> datetime | None:
    """Return when monitoring that starts at a moment may end, None where nothing is said."""
    found = [
        deadline(msgspec.structs.replace(line, direction="max"), start)
        for line in agreement.obligations
        if line.parameter == LIFE and line.direction == "min"
    ]
    return max(filter(None, found), default=None)


def unmet(redresses: Iterable[Redress]) -> list[Redress]:
    """Return the redresses that wait for an answer."""
    return [one for one in redresses if one.state == "received"]
