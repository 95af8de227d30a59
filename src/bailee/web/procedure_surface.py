"""What this door asks for procedures: timers, notices, contacts."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import officer_shapes, procedure_shapes

Caller: TypeAlias = Any


class Procedures(Protocol):
    """What the procedures of every domain share."""

    def list_timers(self, caller: Caller, controller: str) -> procedure_shapes.Timers:
        """List clocks."""

    def timer_calendar(self, caller: Caller, controller: str) -> str:
        """Return clocks as a calendar."""

    def extend_timer(
        self, caller: Caller, controller: str, item: str, body: procedure_shapes.Extension
    ) -> procedure_shapes.Timer:
        """Move a deadline."""

    def list_notices(self, caller: Caller, controller: str) -> procedure_shapes.Notices:
        """List notices."""

    def show_notice(self, caller: Caller, controller: str, item: str) -> procedure_shapes.Notice:
        """Show a notice."""

    def acknowledge_notice(
        self, caller: Caller, controller: str, item: str
    ) -> procedure_shapes.Notice:
        """Acknowledge a notice."""

    def confirm_notice(
        self, body: procedure_shapes.Acknowledgement, remote: str
    ) -> procedure_shapes.Notice:
        """Acknowledge a notice by its code."""

    def list_contacts(self, caller: Caller, controller: str) -> procedure_shapes.Contacts:
        """List contacts."""

    def add_contact(
        self, caller: Caller, controller: str, body: procedure_shapes.NewContact
    ) -> procedure_shapes.Contact:
        """Enter a contact."""

    def end_contact(self, caller: Caller, controller: str, item: str) -> procedure_shapes.Contact:
        """End a contact."""

    def list_officers(self, caller: Caller) -> officer_shapes.Officers:
        """List whom controllers reach."""

    def appoint_officer(
        self, caller: Caller, body: officer_shapes.NewOfficer
    ) -> officer_shapes.Officer:
        """Appoint somebody."""

    def end_officer(self, caller: Caller, item: str) -> officer_shapes.Officer:
        """End an appointment."""

    def confirm_officer(self, caller: Caller, item: str) -> officer_shapes.Officer:
        """Confirm how one is reached."""
