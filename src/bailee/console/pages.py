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
    passkeys,
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
    *passkeys.ROWS,
    *records.ROWS,
    *approvals.ROWS,
    *agreement.ROWS,
    *ledger.ROWS,
    *keys.ROWS,
    *grants.ROWS,
    *emergencies.ROWS,
    *people.ROWS,
)
