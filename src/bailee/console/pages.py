"""The one table of pages."""

from __future__ import annotations

from bailee.console import (
    account,
    agreement,
    approvals,
    emergencies,
    grants,
    keys,
    ledger,
    people,
    records,
    sign_in,
    sign_on,
    today,
)
from bailee.console.row import Row

TABLE: tuple[Row, ...] = (
    *sign_in.ROWS,
    *sign_on.ROWS,
    *today.ROWS,
    *account.ROWS,
    *records.ROWS,
    *approvals.ROWS,
    *agreement.ROWS,
    *ledger.ROWS,
    *keys.ROWS,
    *grants.ROWS,
    *emergencies.ROWS,
    *people.ROWS,
)
