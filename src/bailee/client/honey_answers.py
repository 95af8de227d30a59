"""What is answered about honey."""

from __future__ import annotations

from bailee.client.answers import Answer, Entry


class HoneyConsent(Answer, frozen=True):
    """One consent: who signed it, what it rests on, and whether it counts now."""

    consent: str
    status: str
    counts: bool
    signed_by: str
    writing: str
    text_sha256: str
    since: str
    until: str
    withdrawn_by: str = ""
    removed: int = 0
    entry: Entry | None = None


class HoneyConsents(Answer, frozen=True):
    """Every consent ever given at a controller, oldest first."""

    consents: list[HoneyConsent]


class Honey(Answer, frozen=True):
    """How a controller's honey stands. Which records it is, is told to nobody."""

    controller: str
    records: int
    readable: bool
    alarms: int


class Removed(Answer, frozen=True):
    """How many honey records were erased."""

    removed: int
    entry: Entry


class Alarm(Answer, frozen=True):
    """Somebody touched honey: who, by which call, and what was made of it."""

    alarm: str
    controller: str
    principal: str
    verb: str
    entry_id: str
    raised: str
    due: str
    state: str
    records: int
    overdue: bool = False
    through: str = ""
    assessed_by: str = ""
    assessed: str = ""
    reason: str = ""
    entry: Entry | None = None


class Alarms(Answer, frozen=True):
    """Alarms that the caller is told of, oldest first."""

    alarms: list[Alarm]


__all__ = ["Alarm", "Alarms", "Honey", "HoneyConsent", "HoneyConsents", "Removed"]
