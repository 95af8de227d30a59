"""Methods of procedures: clocks, notices, contacts."""

from __future__ import annotations

from typing import Literal

from bailee.client.line import Line, filled, segment, within
from bailee.client.procedure_answers import (
    Contact,
    Contacts,
    Notice,
    Notices,
    Officer,
    Officers,
    Timer,
    Timers,
)

Role = Literal["security", "privacy"]
Rank = Literal["first", "delegate"]


class Procedures(Line):
    """See what is due when, what a controller was told, and whom it wants to be told."""

    def list_timers(self, controller: str) -> Timers:
        """List a controller's clocks."""
        return self._get(within(controller, "timers"), Timers)

    def timer_calendar(self, controller: str) -> str:
        """Get the clocks that run as a calendar (RFC 5545)."""
        return self._raw(within(controller, "timers.ics")).decode("utf-8")

    def extend_timer(
        self, controller: str, timer: str, *, until: str, reason: str, notice: str = ""
    ) -> Timer:
        """Move a deadline before it is up."""
        body = {"until": until, "reason": reason} | filled(notice=notice)
        return self._post(within(controller, f"timers/{segment(timer)}/extend"), Timer, body)

    def list_notices(self, controller: str) -> Notices:
        """List what a controller was told, newest first."""
        return self._get(within(controller, "notices"), Notices)

    def show_notice(self, controller: str, notice: str) -> Notice:
        """Show one notice with its text and every try to hand it over."""
        return self._get(within(controller, f"notices/{segment(notice)}"), Notice)

    def acknowledge_notice(self, controller: str, notice: str) -> Notice:
        """Acknowledge a notice as the controller's representative."""
        return self._post(within(controller, f"notices/{segment(notice)}/acknowledge"), Notice)

    def confirm_notice(self, controller: str, notice: str, code: str) -> Notice:
        """Acknowledge a notice by the code that its message carried; takes no key."""
        body = {"controller": controller, "notice": notice, "code": code}
        return self._post("/v1/notices/confirm", Notice, body)

    def list_contacts(self, controller: str) -> Contacts:
        """List whom a controller wants to hear from us, and what is missing."""
        return self._get(within(controller, "contacts"), Contacts)

    def add_contact(
        self,
        controller: str,
        role: Role,
        rank: Rank,
        *,
        name: str,
        address: str,
        certificate: str = "",
        reference: str = "",
    ) -> Contact:
        """Enter a contact: the controller's representative, or we upon its writing."""
        body = {"role": role, "rank": rank, "name": name, "address": address}
        body |= filled(certificate=certificate, reference=reference)
        return self._post(within(controller, "contacts"), Contact, body)

    def end_contact(self, controller: str, contact: str) -> Contact:
        """End a contact."""
        return self._post(within(controller, f"contacts/{segment(contact)}/end"), Contact)

    def list_officers(self) -> Officers:
        """List whom controllers reach, and when nobody would answer."""
        return self._get("/v1/officers", Officers)

    def appoint_officer(
        self,
        principal: str,
        role: Literal["coordinator", "security"],
        rank: Rank = "first",
        *,
        reach: str,
        qualification: str,
        since: str,
        until: str,
    ) -> Officer:
        """Appoint a person of ours for a time."""
        body = {
            "principal": principal, "role": role, "rank": rank, "reach": reach,
            "qualification": qualification, "since": since, "until": until,
        }  # fmt: skip
        return self._post("/v1/officers", Officer, body)

    def end_officer(self, officer: str) -> Officer:
        """End an appointment before its time."""
        return self._post(f"/v1/officers/{segment(officer)}/end", Officer)

    def confirm_officer(self, officer: str) -> Officer:
        """Confirm, for oneself, that one is reached as it stands."""
        return self._post(f"/v1/officers/{segment(officer)}/confirm", Officer)
