"""What this door asks of the house for signals, incidents, other events and redresses."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import incident_shapes as shapes

Caller: TypeAlias = Any


class Incidents(Protocol):
    """The incident room."""

    def list_signals(self, caller: Caller, controller: str) -> shapes.Signals:
        """List signals."""

    def decide_signal(
        self, caller: Caller, controller: str, item: str, body: shapes.SignalVerdict
    ) -> shapes.Signal:
        """Promote a signal, or dismiss it."""

    def open_incident(
        self, caller: Caller, controller: str, body: shapes.NewIncident
    ) -> shapes.Incident:
        """Open an incident."""

    def list_incidents(self, caller: Caller, controller: str) -> shapes.Incidents:
        """List incidents."""

    def show_incident(self, caller: Caller, controller: str, item: str) -> shapes.Incident:
        """Show one."""

    def change_incident(
        self, caller: Caller, controller: str, item: str, body: shapes.IncidentChange
    ) -> shapes.Incident:
        """Keep what was learnt, and count anew."""

    def write_incident_notice(
        self, caller: Caller, controller: str, item: str, body: shapes.NewNotice
    ) -> shapes.Incident:
        """Write the next version of the notice."""

    def close_incident(
        self, caller: Caller, controller: str, item: str, body: shapes.IncidentEnd
    ) -> shapes.Incident:
        """Close one."""

    def incident_entries(
        self, caller: Caller, controller: str, item: str, body: shapes.EntryWish
    ) -> shapes.IncidentEntries:
        """Show the entries that one is about."""

    def drill_incident(self, caller: Caller, controller: str, body: shapes.Drill) -> shapes.Drilled:
        """Rehearse on the real log."""

    def enter_event(self, caller: Caller, controller: str, body: shapes.NewEvent) -> shapes.Event:
        """Enter something that the controller is told of."""

    def list_events(self, caller: Caller, controller: str) -> shapes.Events:
        """List events."""

    def decide_event(
        self, caller: Caller, controller: str, item: str, body: shapes.EventVerdict
    ) -> shapes.Event:
        """Tell the controller, or say why not."""

    def enter_redress(
        self, caller: Caller, controller: str, item: str, body: shapes.NewRedress
    ) -> shapes.Redress:
        """Ask because of an incident."""

    def answer_redress(
        self, caller: Caller, controller: str, item: str, body: shapes.RedressAnswer
    ) -> shapes.Redress:
        """Settle a redress, or contest it."""
