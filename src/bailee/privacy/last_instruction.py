"""The controller's last instruction to its sub-processors, and their certificates (C6(ii)). Pure.

Whoever was ever engaged for a controller may hold its data: at the end each of them gets the
controller's choice in writing, with a copy to the controller, and answers with a certificate. One
that is missing when its time is up is a finding; so is one that nobody instructed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.errors import Conflict, Invalid

INSTRUCTION: Mapping[str, Mapping[str, str]] = {
    "written": {"relay": "relayed", "certify": "certified"},
    "relayed": {"certify": "certified"},
    "certified": {},
}
CHOICES = ("return", "destroy")
TERMS = ("subprocessor.certificate", "destruction.within")
"""Times of the agreement by which certificates are due: the first that it names."""
USUAL = timedelta(days=10)
"""Where it names none: the days of C6."""
SUBJECT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class LastInstruction:
    """What one sub-processor was told, and what it answered; as stored."""

    controller: str
    instruction_id: str
    subprocessor_id: str
    choice: str
    text: str = field(repr=False)
    text_sha256: str
    written: datetime
    written_by: str
    due: datetime
    notice_id: str
    """Of the controller's copy."""
    state: str = "written"
    relayed: datetime | None = None
    relayed_by: str = ""
    proof: str = field(default="", repr=False)
    """Where the proof is kept that it was handed over to the sub-processor."""
    certificate_sha256: str = ""
    certificate_day: str = ""
    certificate_by: str = field(default="", repr=False)
    """Who signed it, by name, for the sub-processor."""
    collected: datetime | None = None
    collected_by: str = ""

    def state_at(self, now: datetime) -> str:
        """Return the state; ``overdue`` where the certificate's time is up."""
        return "overdue" if self.state != "certified" and now > self.due else self.state


def words(name: str, controller: str, choice: str, *, due: datetime) -> tuple[str, ...]:
    """Return the instruction's text, line by line."""
    act = {
        "return": "Return all of it to us, copies included, and keep nothing",
        "destroy": "Destroy all of it, copies included, so that nobody can read it again",
    }[choice]
    return (
        f"To: {name}",
        "",
        f"Our agreement with {controller} has come to its end. You handle data of theirs for us.",
        f"{act}, by {due:%Y-%m-%d}.",
        "What a law obliges you to keep you isolate, and name to us with that law and its end.",
        "Then send us a signed certificate: what it was, how and when it was done, what was kept.",
        "",
        f"{controller} gets a copy of this instruction, which is theirs.",
    )


def step(state: str, event: str) -> str:
    """Return the state after an event.

    Raises:
        Conflict: ``subprocessor.instruction_state``.
    """
    after = INSTRUCTION[state].get(event)
    if after is None:
        raise Conflict(
            "subprocessor.instruction_state",
            f"An instruction that is {state} takes no '{event}'.",
            do="Look at its present state.",
        )
    return after


def check_choice(choice: str) -> None:
    """Refuse what is no choice of the controller's.

    Raises:
        Invalid: ``subprocessor.choice``.
    """
    if choice not in CHOICES:
        raise Invalid("subprocessor.choice", "The controller chooses return or destroy.")


def check_certificate(day: str, signed_by: str, one: LastInstruction, now: datetime) -> None:
    """Refuse a certificate of a day that cannot be.

    Raises:
        Invalid: ``subprocessor.certificate``.
    """
    try:
        dated = datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 - a day without a zone
    except ValueError:
        dated = None
    fits = dated is not None and one.written.date() <= dated <= now.date()
    if not fits or not signed_by.strip() or len(signed_by) > SUBJECT_LIMIT:
        raise Invalid(
            "subprocessor.certificate",
            "A certificate names who signed it, on a day after the instruction and not to come.",
            do="Give the day as 2026-11-30, and the signer's name.",
        )
