"""The one table of pages."""

from __future__ import annotations

from bailee.console import (
    account,
    agreement,
    approvals,
    audits,
    emergencies,
    grants,
    keys,
    ledger,
    people,
    records,
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
    *agreement.ROWS,
    *ledger.ROWS,
    *keys.ROWS,
    *grants.ROWS,
    *emergencies.ROWS,
    *audits.ROWS,
    *people.ROWS,
)
