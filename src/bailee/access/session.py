"""Sessions of people who signed in (C2.5(3), C2.5(6), MISSION A7). Pure.

A session is a credential like a key (``bs_``, 256 random bits, stored as a digest) with an end of
its own: after a quarter of an hour without use, and after twelve hours at all. It never grows: who
shows a second factor later gets another session instead, and the one before is over (ASVS 7.2.4).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.access.principal import Proven
from bailee.errors import Refused, Unauthenticated

SESSION = "bs_"
"""The first letters of every session's token."""
CARDHOLDER = "cardholder"
SENSITIVE = frozenset({CARDHOLDER, "sensitive"})
"""Classes whose values a session shows only after a fresh code."""
STEP_UP_LIFE = timedelta(minutes=15)
WRITTEN_EVERY = timedelta(seconds=60)
"""That a session is in use is written down so often; it may end a minute early, never late."""
MOST_SESSIONS = 10
"""Of one person at one time; beyond, the oldest ends (ASVS 7.1.2)."""
SOURCE_TRIES = 30
"""Refused attempts of one source within ``SOURCE_WINDOW``: then it is heard only for people who
signed in from there before."""
SOURCE_WINDOW = timedelta(minutes=30)
KNOWN_FOR = timedelta(days=30)
"""So long a source is remembered as one of a person's."""


@dataclass(frozen=True, slots=True)
class Session:
    """What is known of a session beside its credential; ``idle`` in seconds."""

    session_id: str
    principal: str
    factors: str
    begun: datetime
    seen: datetime
    idle: int
    stepped: datetime | None = None

    @property
    def proven(self) -> Proven:
        """How its person signed in."""
        return Proven(tuple(self.factors.split("+")), self.stepped)

    def idle_at(self, seen: datetime, now: datetime) -> bool:
        """Tell whether it has ended for lack of use."""
        return now >= seen + timedelta(seconds=self.idle)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody shows to sign in, and from where; ``repr`` hides all of it."""

    login: str = field(repr=False)
    password: str = field(repr=False)
    code: str = field(default="", repr=False)
    source: str = field(default="", repr=False)


def refused() -> Unauthenticated:
    """Return the one answer to every attempt that fails, whatever is wrong with it."""
    return Unauthenticated(
        "sign_in.refused",
        "That did not sign anybody in.",
        do="Check address, password and code. After ten wrong tries nothing is right for half an "
        "hour; a colleague who holds 'people' can invite you again.",
    )


def idle_over() -> Unauthenticated:
    """Return the failure of a session that was not used for too long."""
    return Unauthenticated("session.idle", "That session was not used for too long.", do="Sign in.")


def mfa_required(says: str) -> Refused:
    """Return the refusal of whoever needs a second factor and showed none (PCI DSS 8.4.2)."""
    return Refused(
        "access.mfa_required",
        says,
        do="Show one, or sign in with a passkey. Whoever has neither is invited again by a "
        "colleague who holds 'people', and enrols one in the session of that invitation.",
    )


def key_alone() -> Refused:
    """Return the refusal of a person's key where two factors are demanded (ASVS 6.3.3)."""
    return Refused(
        "access.key_alone",
        "A person's key is one factor, and this house demands two.",
        do="Sign in (`bailee sign-in`) and show the session in its place. Whoever has no password "
        "is invited again by a colleague who holds 'people'; programs are services.",
    )


def passkey_required() -> Refused:
    """Return the refusal of a password alone from whoever has a passkey."""
    return Refused(
        "access.passkey_required",
        "Whoever has a passkey does not sign in with a password alone.",
        do="Sign in with the passkey. If it is lost, a colleague who holds 'people' removes it.",
    )


def step_up() -> Refused:
    """Return the refusal of a session that showed no second factor lately."""
    return Refused(
        "session.step_up",
        "This takes a code of your second factor, or your passkey, shown within the last fifteen"
        " minutes.",
        do="Show one (`bailee session step-up`); without a second factor enrol one first.",
    )


def fresh(proven: Proven, now: datetime) -> bool:
    """Tell whether a second factor was shown lately."""
    return proven.stepped is not None and now < proven.stepped + STEP_UP_LIFE


def for_people() -> Refused:
    """Return the refusal of services, and of whoever acts for somebody."""
    return Refused("session.for_people", "Only a person does this, for themselves.")


def demand_session(proven: Proven | None) -> Proven:
    """Return how a caller signed in.

    Raises:
        Refused: ``session.none`` for a key.
    """
    if proven is None:
        raise Refused("session.none", "That credential is a key, no session.", do="Sign in first.")
    return proven
