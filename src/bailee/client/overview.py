"""Methods of looking: who one is, what waits, what a log says."""

from __future__ import annotations

from collections.abc import Sequence

from bailee.client.line import Line, filled, segment, within
from bailee.client.overview_answers import (
    Activity,
    Approvals,
    Entries,
    EntryView,
    Me,
    OwnEntries,
    Seals,
    Today,
    Watched,
)
from bailee.client.rights import Approval
from bailee.client.root_answers import Custody


class Looks(Line):
    """Look at oneself, at what waits, and at logs."""

    def me(self) -> Me:
        """Say who shows the credential, and what they may do."""
        return self._get("/v1/me", Me)

    def today(self) -> Today:
        """Gather what is failing, overdue or due, and what waits, worst first."""
        return self._get("/v1/today", Today)

    def list_approvals(self, controller: str) -> Approvals:
        """List requests for a second person: all for whoever approves there, else one's own."""
        return self._get(within(controller, "approvals"), Approvals)

    def request_access(
        self,
        controller: str,
        purpose: str,
        elements: Sequence[str],
        *,
        verbs: Sequence[str],
        until: str,
        reason: str,
        daily: int | None = None,
    ) -> Approval:
        """Ask a second person for a right; their yes makes it a grant."""
        body = filled(
            verbs=verbs,
            purpose=purpose,
            elements=elements,
            until=until,
            reason=reason,
            daily=daily,
        )
        return self._post(within(controller, "access-requests"), Approval, body)

    def list_entries(
        self, controller: str, *, before: int | None = None, most: int | None = None
    ) -> Entries:
        """Show a stretch of the newest log, newest first; ``before`` is an index."""
        body = filled(before=before, most=most)
        return self._post(within(controller, "ledger/entries"), Entries, body)

    def show_entry(self, controller: str, entry: str) -> EntryView:
        """Show one entry with its opening, what it commits to, and where it stands."""
        return self._get(within(controller, f"ledger/entries/{segment(entry)}"), EntryView)

    def list_seals(self, controller: str) -> Seals:
        """List the logs with their newest checkpoints and who saw these."""
        return self._get(within(controller, "ledger/seals"), Seals)

    def list_observations(self, controller: str) -> Watched:
        """Show what every control tries, what it saw last, and its results by day."""
        return self._get(within(controller, "observations"), Watched)

    def show_custody(self, controller: str) -> Custody:
        """Show who keeps the root, whether it answers, and which versions of keys live."""
        return self._get(within(controller, "keys"), Custody)

    def list_own_entries(self, controller: str, *, before: int | None = None) -> OwnEntries:
        """Show what a thousand entries of the newest log say of oneself; ``before`` an index."""
        return self._post(within(controller, "ledger/mine"), OwnEntries, filled(before=before))

    def activity(self, controller: str, *, before: int | None = None) -> Activity:
        """Count accesses by day, purpose and principal, from a thousand entries of the log."""
        return self._post(within(controller, "activity"), Activity, filled(before=before))


__all__ = ["Looks"]
