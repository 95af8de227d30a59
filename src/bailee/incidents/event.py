"""Other things a controller is told of: urgent issues, and the five of C9.2. Pure.

Whoever learns of one enters it; our own duties that fail or are overdue enter themselves, as a
*question*: must the controller be told? Each waits for a named person, who tells the controller or
says why not. What a person enters as told of goes out as a notice; an urgent issue goes to the
controller's security desk, on a clock of its own (C9.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bailee.access.lifecycle import Table

URGENT, COMPLAINT, DEPARTURE = "urgent-issue", "complaint", "departure"
UNLAWFUL, IMPOSSIBLE, DUTY = "unlawful-instruction", "impossible-instruction", "duty-not-kept"
KINDS: Mapping[str, str] = {
    URGENT: "an urgent security issue",
    COMPLAINT: "a complaint about how we handle your data",
    DEPARTURE: "a serious departure from confidentiality",
    UNLAWFUL: "an instruction that seems to break the law",
    IMPOSSIBLE: "an instruction that we cannot carry out",
    DUTY: "a duty on data or security that we do not keep",
}
"""C9.1 (urgent), C9.2(a) to (e)."""
TRIGGERS = {URGENT: "urgent-issue-found"}
DISCOVERED = "event-discovered"
CONTROLS = {URGENT: "urgent-notice"}
OTHERS = "other-notices"
OPEN, TOLD, KEPT = "open", "told", "not-told"
VERDICTS = {"tell": TOLD, "keep": KEPT}
EVENT: Table = {OPEN: VERDICTS, TOLD: {"tell": TOLD}, KEPT: {"tell": TOLD}}
"""Told again is a further notice; what was kept can still be told, never the other way round."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event, as stored."""

    event_id: str
    controller: str
    kind: str
    about: str
    """The control whose duty asks, '' where a person entered it."""
    discovered: datetime
    recorded: datetime
    opened_by: str
    state: str = OPEN
    what: str = field(default="", repr=False)
    decided_by: str = ""
    decided: datetime | None = None
    reason: str = field(default="", repr=False)

    @property
    def trigger(self) -> str:
        """The trigger of its clock."""
        return TRIGGERS.get(self.kind, DISCOVERED)

    @property
    def control(self) -> str:
        """The control that watches it."""
        return CONTROLS.get(self.kind, OTHERS)

    @property
    def role(self) -> str:
        """Which desk of the controller is told."""
        return "security" if self.kind == URGENT else "privacy"


def asked(events: Iterable[Event], kept: datetime | None) -> bool:
    """Say whether a duty asked already: a question is open, or nothing was kept since the last.

    Args:
        events: all that its control ever asked.
        kept: when the control last found everything right.
    """
    return any(one.state == OPEN or kept is None or one.recorded >= kept for one in events)
