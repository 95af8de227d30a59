"""What a decision lacks, in sentences: which dimension, and what to do next. Pure."""

from __future__ import annotations

from bailee.access.grant import Ask, Missing
from bailee.access.outsourced import CATEGORIES, NOT_ENGAGED, beyond_categories, not_engaged
from bailee.access.training import DUE, PROCEDURE, UNDERTAKING, training_due, undertaking_due
from bailee.errors import Failure, Refused


def say(missing: Missing, names: str, ask: Ask) -> Failure:  # noqa: PLR0911 - one sentence a code
    """Put a missing dimension into words; repeats only words that are known here (C3.2)."""
    match missing.code:
        case "purpose.not_in_agreement":
            return Refused(
                "purpose.not_in_agreement",
                "The agreement in force does not name that purpose.",
                do="Use a purpose that it names; bailee agreement show lists them.",
            )
        case "element.not_in_agreement":
            return Refused(
                "element.not_in_agreement",
                f"The agreement in force does not let us hold: {names}.",
                do="A supplement signed by both parties extends the list.",
            )
        case "grant.purpose":
            return Refused(
                "grant.purpose",
                f"No living grant lets you {ask.verb} for that purpose.",
                do="Request access for it.",
            )
        case "grant.element":
            return Refused(
                "grant.element",
                f"No living grant lets you {ask.verb}: {names or 'nothing was named'}.",
                do="Leave it out, or request access to it.",
            )
        case "grant.expired":
            return Refused(
                "grant.expired", "The grant that allowed this has expired.", do="Request access."
            )
        case "grant.revoked":
            return Refused(
                "grant.revoked", "The grant that allowed this was revoked.", do="Request access."
            )
        case code if code == DUE[UNDERTAKING]:
            return undertaking_due()
        case code if code == DUE[PROCEDURE]:
            return training_due()
        case code if code == NOT_ENGAGED:
            return not_engaged()
        case code if code == CATEGORIES:
            return beyond_categories(names)
        case _:
            return Refused(
                "grant.missing",
                "No living grant lets you do this.",
                do="Request access, or ask whoever holds 'grant'.",
            )
