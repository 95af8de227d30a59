"""Notices to a controller: written, handed over, acknowledged (C5.2, C7.2(7), C7.3(5), C9). Pure.

*Handed over* means that the next mail server, or the controller's own, took the message and said
so. It is what a clock counts, and it is not yet *acknowledged*: that says that a person read it.
What nobody acknowledged in time goes to the delegate by another way, once.

A notice that could not be handed over is tried again, at first soon and then every hour, for good:
it never turns into one that was "sent". A later version does not replace an earlier one (GDPR
33(4): in phases); both stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.errors import Conflict, Invalid
from bailee.procedures.contact import ROLES
from bailee.procedures.matter import Matter

NOTICE: Mapping[tuple[str, str], str] = {
    ("waiting", "hand"): "handed",
    ("waiting", "withdraw"): "withdrawn",
    ("handed", "acknowledge"): "acknowledged",
    ("waiting", "acknowledge"): "acknowledged",
}
"""Withdrawn: only what never left."""
WAITS = (1, 2, 5, 15, 30, 60)
"""Minutes before the next try; the last one for good."""
BODY_LIMIT = 200_000
_KIND = re.compile(r"[a-z][a-z-]{0,47}", re.ASCII)
_SUBJECT = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be said.

    Attributes:
        kind: a word of ours, for the ledger: ``breach``, ``demand``, ``subprocessor``…
        role: which of the controller's contacts it is for.
        subject: one line that says what it is, without anybody's data: mail servers log it.
        lines: the text; counts and codes, never a protected value.
    """

    kind: str
    role: str
    subject: str
    lines: tuple[str, ...] = field(repr=False)

    @property
    def body(self) -> str:
        """Return the text."""
        return "\n".join(self.lines) + "\n"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice, as stored."""

    notice_id: str
    matter: Matter
    version: int
    kind: str
    role: str
    subject: str
    body: str = field(repr=False)
    body_sha256: str
    written: datetime
    written_by: str
    meets: str
    """The trigger whose timers it meets when it is handed over; '' for none."""
    state: str = "waiting"
    attempts: int = 0
    next_try: datetime | None = None
    failure: str = ""
    """Code of the last failed try."""
    handed: datetime | None = None
    ack_due: datetime | None = None
    acknowledged: datetime | None = None
    acknowledged_by: str = ""
    """A representative's id, or ``code`` for whoever read the message."""
    escalated: datetime | None = None

    @property
    def controller(self) -> str:
        """Return whom it is for."""
        return self.matter.controller

    def unanswered(self, now: datetime) -> bool:
        """Say whether nobody acknowledged it in time."""
        return self.state == "handed" and self.ack_due is not None and now > self.ack_due


@dataclass(frozen=True, slots=True)
class Handing:
    """One message that a server took, or refused: what proves it."""

    handing_id: str
    controller: str
    notice_id: str
    contact_id: str
    rank: str
    tried: datetime
    message_id: str
    message_sha256: str
    outcome: str
    """``handed`` or the code of what went wrong."""
    receipt: str = field(default="", repr=False)
    """What the server said, at most 200 characters of it."""


def check_message(message: Message) -> None:
    """Refuse a message that could not be sent, or would inject headers.

    Raises:
        Invalid: ``notice.form``.
    """
    if not (
        _KIND.fullmatch(message.kind)
        and message.role in ROLES
        and _SUBJECT.fullmatch(message.subject)
        and 0 < len(message.body) <= BODY_LIMIT
        and not any("\r" in line or "\n" in line or "\0" in line for line in message.lines)
    ):
        raise Invalid("notice.form", "A notice has a kind, a role, a subject and lines of text.")


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed tries."""
    return timedelta(minutes=WAITS[min(attempts, len(WAITS)) - 1])


def step(state: str, event: str) -> str:
    """Return the state after an event.

    Raises:
        Conflict: ``notice.state``.
    """
    after = NOTICE.get((state, event))
    if after is None:
        raise Conflict(
            "notice.state",
            f"A notice that is {state} takes no '{event}'.",
            do="Look at its present state.",
        )
    return after
