"""A controller's consent to honey among its data: whose, by which writing, from when to when. Pure.

Made-up records lie among a customer's data only while its named representative has said so in
writing (DESIGN 5; C2.4: nothing is done with the data that was not instructed). Withdrawn or past
its end it counts no more, and what was planted under it goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bailee.errors import Conflict, Invalid, Refused

ConsentState = Literal["given", "withdrawn"]
LIFE: Mapping[tuple[ConsentState, str], ConsentState] = {("given", "withdraw"): "withdrawn"}


@dataclass(frozen=True)
class Consent:
    """A consent, as stored. ``writing`` says where it is kept, ``text_sha256`` what it says."""

    consent_id: str
    status: ConsentState
    signed_by: str
    writing: str
    text_sha256: str
    since: datetime
    until: datetime
    created: datetime
    withdrawn_by: str = ""
    withdrawn: datetime | None = None

    def counts_at(self, moment: datetime) -> bool:
        """Say whether it stands at a moment; its end does not belong to it."""
        return self.status == "given" and self.since <= moment < self.until


def check_period(since: datetime, until: datetime, now: datetime) -> None:
    """Refuse a consent that never counts any more.

    Raises:
        Invalid: ``honey.consent_period``.
    """
    if not max(since, now) < until:
        raise Invalid(
            "honey.consent_period",
            "A consent ends after it begins, and in the future.",
            do="Give both times with their zone.",
        )


def step(status: ConsentState, event: str) -> ConsentState:
    """Return the state after an event.

    Raises:
        Conflict: ``honey.consent_state`` for a pair that the table does not have.
    """
    after = LIFE.get((status, event))
    if after is None:
        raise Conflict("honey.consent_state", f"A consent that is {status} cannot {event}.")
    return after


def check_consent(consents: Iterable[Consent], now: datetime) -> None:
    """Refuse to plant where the controller has not consented, or not any more.

    Raises:
        Refused: ``honey.consent``.
    """
    if not any(one.counts_at(now) for one in consents):
        raise Refused(
            "honey.consent",
            "This controller has not consented to honey among its data.",
            do="Its named representative gives consent: bailee honey consent.",
        )
