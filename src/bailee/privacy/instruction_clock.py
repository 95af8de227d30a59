"""The clock of our word on an instruction (C7.3(2), GDPR 28(3), last part)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bailee.agreement.deadline import deadline
from bailee.errors import Broken
from bailee.privacy.instruction import RECEIVED
from bailee.privacy.instruction_ground import Sources
from bailee.procedures import Matter, Targets, Timers

UNLAWFUL = "unlawful-instruction-notice"
"""The control under which texts put the duty to answer."""
ANSWER, TARGET = "instruction.answer", "target"


@dataclass(frozen=True)
class AnswerClock:
    """When our word is due.

    Attributes:
        sources: the agreement, and laws that apply.
        targets: the operator's time where no text names one.
    """

    sources: Sources
    timers: Timers
    targets: Targets

    def start(
        self, conn: sa.Connection, actor: Mapping[str, str], matter: Matter, since: datetime
    ) -> tuple[datetime, str]:
        """Start what the texts give; return when it is due first, and by which duty.

        Other duties that the same trigger starts (to carry out a request) are not this clock's. A
        text without any starts no timer; the operator's target is due all the same.
        """
        controller = matter.controller
        lines = list(self.sources.rules(conn, controller).obligations)
        lines += [claim.line for claim in self.sources.laws(conn, controller)]
        names = {
            line.parameter or line.id
            for line in lines
            if line.trigger == RECEIVED and line.control == UNLAWFUL
        }
        started = [
            timer
            for name in sorted(names)
            for timer in self.timers.start(
                conn, actor, matter, trigger=RECEIVED, since=since, only=name
            )
        ]
        if started:
            first = min(started, key=lambda one: one.due)
            return first.due, TARGET if first.target else first.bases[0].obligation
        due = deadline(self.targets.plain(ANSWER), since)
        if due is None:
            raise Broken("instruction.target", "A target has no end.")  # each has a number
        return due, TARGET
