"""Until when the controller must answer a person, by the law that it stands under. Pure.

It is the controller's time, shown beside our own clocks, so that neither side works towards a
wrong day. A law whose text nobody read here gives no number.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bailee.agreement import load_terms
from bailee.agreement.deadline import deadline
from bailee.errors import Invalid
from bailee.privacy.request import Request, check_request

ANSWER, EXTENDED = "request.answer", "request.answer_extended"
LAWS = frozenset(("gdpr", "uk-gdpr", "ccpa"))


def answer_by(
    regime: str, received: datetime, parameter: str = ANSWER
) -> tuple[datetime | None, str]:
    """Return when an answer is due and the line that says so; (None, '') where no text does."""
    if regime not in LAWS:
        return None, ""
    terms = load_terms(regime)
    for line in terms.obligations:
        if line.parameter == parameter and terms.proves(line, received.date()):
            due = deadline(line, received)
            if due is not None:
                return due, line.id
    return None, ""


def timed(wanted: Request, now: datetime) -> Request:
    """Return a request with the controller's own time; looked at first, for times have edges.

    Raises:
        Invalid: ``request.*``.
    """
    check_request(wanted, now)
    due, basis = answer_by(wanted.regime, wanted.received)
    return replace(wanted, due=due, basis=basis)


def check_extension(regime: str, received: datetime, until: datetime) -> None:
    """Refuse a time beyond the longest that the law gives.

    Raises:
        Invalid: ``request.extension``.
    """
    longest, _ = answer_by(regime, received, EXTENDED)
    if longest is None or until > longest:
        raise Invalid(
            "request.extension",
            "The law gives no longer time than that.",
            do="Look at the law's own line: `bailee law show`.",
        )
