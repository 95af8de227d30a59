"""The one table of pages."""

from __future__ import annotations

from bailee.console import (
    account,
    agreement,
    approvals,
    audits,
    casework,
    clocks,
    dormant,
    emergencies,
    grants,
    keys,
    ledger,
    officers,
    passkeys,
    people,
    procedures,
    records,
    reviews,
    sign_in,
    sign_on,
    today,
    transfers,
    trust,
)
from bailee.console.row import Row

TABLE: tuple[Row, ...] = (
    *sign_in.ROWS,
    *sign_on.ROWS,
    *today.ROWS,
    *account.ROWS,
    *passkeys.ROWS,
    *records.ROWS,
    *approvals.ROWS,
    *clocks.ROWS,
    *casework.ROWS,
    *agreement.ROWS,
    *ledger.ROWS,
    *keys.ROWS,
    *grants.ROWS,
    *emergencies.ROWS,
    *audits.ROWS,
    *people.ROWS,
    *officers.ROWS,
    *dormant.ROWS,
    *procedures.ROWS,
    *reviews.ROWS,
    *trust.ROWS,
    *transfers.ROWS,
)
