"""Undertaking and training: what a person has read and signed before any access (C2.2, C2.5(1)).

Two kinds of *text*: the confidentiality undertaking of the house, and the handling procedure of
each controller, generated from the controls in force. A text is known by the SHA-256 of its exact
words and numbered per place. A person *acknowledges* exactly one text, for themselves; that lasts
for a time of the operator's, or a shorter one that the agreement names.

A new version leaves a time of grace, counted from the first version that followed the one somebody
acknowledged: a row of new versions does not push it out. Whoever acknowledged none has no grace.

Deliberately not checked: whether somebody understood what they acknowledged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bailee.access.grant import Missing, Rules
from bailee.db import HOUSE
from bailee.errors import Conflict, Refused

UNDERTAKING, PROCEDURE = "undertaking", "procedure"
DUE = {UNDERTAKING: "person.undertaking_due", PROCEDURE: "person.training_due"}
PARAMETERS = {UNDERTAKING: "undertaking.interval", PROCEDURE: "training.interval"}
"""What terms call the time after which each is due again."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long an acknowledgement lasts, and how long an earlier version still counts."""

    undertaking: timedelta
    procedure: timedelta
    grace: timedelta

    def life(self, kind: str) -> timedelta:
        """Return the operator's time for a kind of text."""
        return self.undertaking if kind == UNDERTAKING else self.procedure


@dataclass(frozen=True, slots=True)
class Text:
    """A published text; ``controller`` is the house for the undertaking."""

    controller: str
    version: int
    kind: str
    text: str
    text_sha256: str
    agreement: str
    published: datetime
    due: datetime
    """Until then an acknowledgement of the version before still counts."""


@dataclass(frozen=True, slots=True)
class Version:
    """A published text as a decision needs it: without its words."""

    version: int
    text_sha256: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """That a person read a text and bound themselves to it."""

    controller: str
    acknowledgement_id: str
    principal: str
    kind: str
    version: int
    text_sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Every version published at one place, and what one person acknowledged of them; in order."""

    texts: tuple[Version, ...]
    acknowledged: tuple[Acknowledgement, ...]


def kind_at(controller: str) -> str:
    """Return the kind of text that stands at a place."""
    return UNDERTAKING if controller == HOUSE else PROCEDURE


def sha256(text: str) -> str:
    """Return the hash by which a text is known."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def counts_until(standing: Standing, lasting: Lasting, rules: Rules | None) -> datetime | None:
    """Return until when somebody's acknowledgement counts; None when they acknowledged nothing.

    Args:
        standing: of one person at one place.
        lasting: the operator's times.
        rules: the agreement for which it counts; what it names wins where it is shorter.
    """
    found = [_until(standing, one, lasting, rules) for one in standing.acknowledged]
    return max(found, default=None)


def _until(
    standing: Standing, one: Acknowledgement, lasting: Lasting, rules: Rules | None
) -> datetime:
    ends = [one.at + lasting.life(one.kind)]
    named = rules.due(PARAMETERS[one.kind], one.at) if rules is not None else None
    if named is not None:
        ends.append(named)
    if standing.texts and one.text_sha256 != standing.texts[-1].text_sha256:
        later = [text.due for text in standing.texts if text.version > one.version]
        ends.append(min(later, default=one.at))
    return min(ends)


def missing(kinds: Sequence[str]) -> tuple[Missing, ...]:
    """Return what somebody lacks to whom these kinds of text are due."""
    return tuple(Missing(DUE[kind]) for kind in kinds)


def undertaking_due() -> Refused:
    """Return the refusal of whoever has not signed the undertaking, or too long ago."""
    return Refused(
        DUE[UNDERTAKING],
        "Nobody reaches data whose confidentiality undertaking is not in force.",
        do="Read and sign it yourself: `bailee training show`, then `bailee training acknowledge`.",
    )


def training_due() -> Refused:
    """Return the refusal of whoever has not acknowledged the procedure, or too long ago."""
    return Refused(
        DUE[PROCEDURE],
        "Nobody reaches data whose acknowledgement of the handling procedure is not in force.",
        do="Read and acknowledge it yourself: `bailee training show -c CONTROLLER`, then "
        "`bailee training acknowledge -c CONTROLLER`.",
    )


def for_oneself() -> Refused:
    """Return the refusal of services, and of whoever acts for somebody."""
    return Refused(
        "training.for_oneself",
        "Only a person acknowledges a text, for themselves and with their own key or session.",
    )


def changed() -> Conflict:
    """Return the refusal of an acknowledgement of other words than those in force."""
    return Conflict(
        "training.changed",
        "That is not the text in force.",
        do="Read the text that is in force now, and acknowledge that one.",
    )
