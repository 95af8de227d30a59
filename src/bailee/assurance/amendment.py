"""A changed text that a controller sends: answered openly, kept from its day on (C8). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bailee.assurance.writing import Origin
from bailee.errors import Conflict, Invalid

AMENDMENT: Mapping[tuple[str, str], str] = {
    ("received", "accept"): "accepted",
    ("received", "refuse"): "refused",
    ("received", "withdraw"): "withdrawn",
}
RECEIVED = "amendment-received"
"""Trigger of the terms."""
UNANSWERED = "amendment.unanswered"
REASON_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class Amendment:
    """One proposed text, as stored."""

    amendment_id: str
    controller: str
    text: str = field(repr=False)
    text_sha256: str
    terms: str
    effective: datetime
    origin: Origin
    received: datetime
    entered: datetime
    state: str = "received"
    answered: datetime | None = None
    answered_by: str = ""
    reason: str = field(default="", repr=False)
    version_id: str = ""
    """The version that it became, once accepted."""


def step(state: str, event: str) -> str:
    """Return the state after an event.

    Raises:
        Conflict: ``amendment.state``.
    """
    after = AMENDMENT.get((state, event))
    if after is None:
        raise Conflict(
            "amendment.state",
            f"An amendment that is {state} takes no '{event}'.",
            do="Look at its present state.",
        )
    return after


def check_answer(event: str, reason: str) -> None:
    """Refuse a refusal without a reason: it is open, or it is none.

    Raises:
        Invalid: ``amendment.reason``.
    """
    if len(reason) > REASON_LIMIT or (event == "refuse" and not reason.strip()):
        raise Invalid("amendment.reason", "A refused text is refused with a reason.")
