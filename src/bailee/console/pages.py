"""The one table of pages."""

from __future__ import annotations

from bailee.console import (
    account,
    approvals,
    dormant,
    emergencies,
    grants,
    people,
    procedures,
    records,
    reviews,
    sign_in,
    today,
)
from bailee.console.row import Row

TABLE: tuple[Row, ...] = (
    *sign_in.ROWS,
    *today.ROWS,
    *account.ROWS,
    *records.ROWS,
    *approvals.ROWS,
    *grants.ROWS,
    *emergencies.ROWS,
    *people.ROWS,
    *dormant.ROWS,
    *procedures.ROWS,
    *reviews.ROWS,
)
