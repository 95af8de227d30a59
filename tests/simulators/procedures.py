# ruff: noqa: ARG002
"""Timers, notices and contacts of the simulated house."""

from __future__ import annotations

from typing import Any

from bailee.app import officer_shapes as officers
from bailee.app import procedure_shapes as shapes
from bailee.vault.shapes import Entry

TIME = "2026-11-20T21:07:00Z"


class SimulatedProcedures:
    """What procedures share; what was asked is kept by ``saw``."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Keep what was asked."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """Return a receipt."""
        raise NotImplementedError

    def _timer(self, **changed: Any) -> shapes.Timer:
        fields: dict[str, Any] = {
            "timer": "t1", "controller": "acme", "matter": "incident", "item": "0" * 32,
            "trigger": "breach-suspected", "parameter": "breach.notice", "status": "running",
            "since": TIME, "opened": TIME, "due": "2026-11-21T21:07:00Z",
            "bases": [shapes.Basis("model-addendum", "C10.2", 24, "hours", "max", TIME)],
        }  # fmt: skip
        return shapes.Timer(**(fields | changed))

    def list_timers(self, caller: Any, controller: str) -> shapes.Timers:
        """List."""
        self.saw("list_timers", controller, None)
        return shapes.Timers([self._timer()])

    def timer_calendar(self, caller: Any, controller: str) -> str:
        """Show as a calendar."""
        self.saw("timer_calendar", controller, None)
        return "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"

    def extend_timer(
        self, caller: Any, controller: str, item: str, body: shapes.Extension
    ) -> shapes.Timer:
        """Extend."""
        self.saw("extend_timer", controller, body)
        return self._timer(first_due=TIME, reason=body.reason, entry=self.entry())

    def _notice(self, **changed: Any) -> shapes.Notice:
        fields: dict[str, Any] = {
            "notice": "n1", "controller": "acme", "matter": "incident", "item": "0" * 32,
            "version": 1, "kind": "breach", "role": "security", "subject": "A suspected breach",
            "status": "handed", "written": TIME, "body_sha256": "0" * 64, "handed": TIME,
        }  # fmt: skip
        return shapes.Notice(**(fields | changed))

    def list_notices(self, caller: Any, controller: str) -> shapes.Notices:
        """List."""
        self.saw("list_notices", controller, None)
        return shapes.Notices([self._notice()])

    def show_notice(self, caller: Any, controller: str, item: str) -> shapes.Notice:
        """Show."""
        self.saw("show_notice", controller, item)
        tried = shapes.Handing("c1", "first", TIME, "handed", "<1@example>", "0" * 64, "queued")
        return self._notice(body="Records: 12.\n", handings=[tried])

    def acknowledge_notice(self, caller: Any, controller: str, item: str) -> shapes.Notice:
        """Acknowledge."""
        self.saw("acknowledge_notice", controller, item)
        return self._notice(status="acknowledged", acknowledged=TIME, entry=self.entry())

    def confirm_notice(self, body: shapes.Acknowledgement, remote: str) -> shapes.Notice:
        """Acknowledge by code."""
        self.saw("confirm_notice", "", body)
        return self._notice(status="acknowledged", acknowledged=TIME)

    def _contact(self, **changed: Any) -> shapes.Contact:
        fields: dict[str, Any] = {
            "contact": "c1", "role": "security", "rank": "first", "name": "Security desk",
            "address": "mailto:desk@acme.example", "status": "living", "added": TIME,
            "added_by": "p3",
        }  # fmt: skip
        return shapes.Contact(**(fields | changed))

    def list_contacts(self, caller: Any, controller: str) -> shapes.Contacts:
        """List."""
        self.saw("list_contacts", controller, None)
        return shapes.Contacts([self._contact()], ["contacts.no_delegate"])

    def add_contact(self, caller: Any, controller: str, body: shapes.NewContact) -> shapes.Contact:
        """Add."""
        self.saw("add_contact", controller, body)
        return self._contact(entry=self.entry())

    def end_contact(self, caller: Any, controller: str, item: str) -> shapes.Contact:
        """End."""
        self.saw("end_contact", controller, item)
        return self._contact(status="ended", entry=self.entry())

    def _officer(self, **changed: Any) -> officers.Officer:
        fields: dict[str, Any] = {
            "officer": "o1", "role": "security", "rank": "first", "name": "Ada Example",
            "reach": "tel:+15551234567", "status": "on-duty", "since": TIME,
            "until": "2026-12-20T21:07:00Z",
        }  # fmt: skip
        return officers.Officer(**(fields | changed))

    def list_officers(self, caller: Any) -> officers.Officers:
        """List."""
        self.saw("list_officers", "", None)
        gap = officers.Gap(TIME, "2026-11-21T21:07:00Z")
        return officers.Officers([self._officer()], [gap], ["security_contact.none"])

    def appoint_officer(self, caller: Any, body: officers.NewOfficer) -> officers.Officer:
        """Appoint."""
        self.saw("appoint_officer", "", body)
        return self._officer(entry=self.entry())

    def end_officer(self, caller: Any, item: str) -> officers.Officer:
        """End."""
        self.saw("end_officer", "", item)
        return self._officer(status="over", entry=self.entry())

    def confirm_officer(self, caller: Any, item: str) -> officers.Officer:
        """Confirm."""
        self.saw("confirm_officer", "", item)
        return self._officer(checked=TIME, entry=self.entry())
