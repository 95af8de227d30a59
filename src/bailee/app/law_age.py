"""How old what is known of a law may be: the operator's limit, and the agreement's own (C7.1)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from bailee.agreement import Agreement
from bailee.agreement.law import Freshness

PARAMETER = "laws.review"
"""By which an agreement may set a time of its own (the model addendum does, in C14.1)."""


def is_stale(found: Freshness, agreement: Agreement, now: datetime, limit: timedelta) -> bool:
    """Say whether a law must be read again: by the operator's limit, or by the agreement's.

    Both are counted alike: the day of the reading excluded, the last day whole.
    """
    if found.oldest is None:
        return True
    read = datetime.combine(found.oldest, time(), UTC)
    agreed = agreement.due(PARAMETER, read)
    return now >= min(filter(None, (read + limit + timedelta(days=1), agreed)))
