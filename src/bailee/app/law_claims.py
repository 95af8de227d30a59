"""What laws beside an agreement claim of a timer that starts now (C7.1)."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.agreement.strictest import claim_of
from bailee.app.parts import Parts
from bailee.procedures import Claim

BINDING = frozenset({"counts", "vague"})
"""An unread line starts nothing, nor does another party's time."""


def law_claims(parts: Parts, conn: sa.Connection, controller: str) -> list[Claim]:
    """Return the lines of the laws that apply today which bind us and were read."""
    day = parts.clock.now().date()
    return [
        Claim(terms.id, line)
        for terms in parts.agreements.laws.sources(conn, controller, day)
        for line in terms.obligations
        if claim_of(terms, line, day).state in BINDING
    ]
