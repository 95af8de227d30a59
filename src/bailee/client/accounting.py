"""Methods of the accounting of disclosures, and of exports in which nobody is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from bailee.client.accounting_answers import (
    Accounting,
    DeidentifiedExports,
    DeidentifiedRows,
    Suspension,
    Suspensions,
)
from bailee.client.line import Line, segment, within


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """An authority's statement that an accounting would impede its work.

    ``consents`` are those under which data went to it; without ``text_sha256`` it was spoken, and
    counts for thirty days at most; without ``subject`` it is about everybody.
    """

    agency: str
    official: str
    reference: str
    consents: Sequence[str]
    since: str
    until: str
    text_sha256: str = ""
    subject: str = ""


class Accounts(Line):
    """Say who received what of whom, and let rows leave that name nobody."""

    def account(
        self, controller: str, purpose: str, *, subject: str, since: str = "", until: str = ""
    ) -> Accounting:
        """Account for what was disclosed of one person; the question is recorded."""
        body = {"purpose": purpose, "subject": subject, "since": since, "until": until}
        return self._post(within(controller, "accounting"), Accounting, body)

    def record_suspension(self, controller: str, statement: Statement) -> Suspension:
        """Register an authority's statement; a second person confirms it."""
        body = msgspec.to_builtins(statement)
        return self._post(within(controller, "suspensions"), Suspension, body)

    def list_suspensions(self, controller: str) -> Suspensions:
        """List an authority's statements, newest first."""
        return self._get(within(controller, "suspensions"), Suspensions)

    def confirm_suspension(self, controller: str, suspension: str) -> Suspension:
        """Confirm a statement, as the second person."""
        path = within(controller, f"suspensions/{segment(suspension)}/confirm")
        return self._post(path, Suspension)

    def lift_suspension(self, controller: str, suspension: str) -> Suspension:
        """End a suspension: from then on everything is told."""
        path = within(controller, f"suspensions/{segment(suspension)}/lift")
        return self._post(path, Suspension)

    def deidentify(
        self,
        controller: str,
        purpose: str,
        elements: Sequence[str],
        *,
        keys: Sequence[str],
        quasi: Sequence[str] = (),
        k: int = 0,
        small: Literal["suppress", "refuse"] = "suppress",
    ) -> DeidentifiedRows:
        """Let rows leave in which nobody is named, and open the disclosure that accounts for them.

        Whoever asks encrypts them for ``keys`` and ends the disclosure (``end_disclosure``).
        """
        body = {
            "purpose": purpose,
            "elements": elements,
            "keys": keys,
            "quasi": quasi,
            "k": k,
            "small": small,
        }
        return self._post(within(controller, "deidentified"), DeidentifiedRows, body)

    def list_deidentified(self, controller: str) -> DeidentifiedExports:
        """List such exports: all to whoever holds audit, else one's own."""
        return self._get(within(controller, "deidentified"), DeidentifiedExports)


__all__ = ["Accounts", "Statement"]
