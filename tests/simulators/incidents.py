# ruff: noqa: ARG002
"""The incident room of the simulated house."""

from __future__ import annotations

from typing import Any

from bailee.app import incident_shapes as shapes
from bailee.incidents.facts import ActionCount, Counted, ElementCount, Facts
from bailee.incidents.notice import Part
from bailee.incidents.scope import Scope
from bailee.incidents.sealing import Sealing
from bailee.vault.shapes import Entry

TIME = "2026-11-20T21:07:00.000Z"
FACTS = Facts(
    scope=Scope(TIME, TIME), calls=3, refused=1,
    actions=[ActionCount("vault:record:revealed", 3, 2)], records=2,
    elsewhere=0, listed=0, elements=[ElementCount("person.name", "personal", 2, 0, 0, 0)],
    categories={"personal": 2}, people=2, organisations=0, unclear=0, roles={"customer": 2},
    nationalities={"US": 1, "unknown": 1}, states={"NY": 1}, countries={"unknown": 1}, honey=0,
    erased=0, retired=[], logs=[Counted("bailee.example/5f2c/2026", 9)],
    encryption=[Sealing("keys-wrapped", "held", 2, 0, 0, TIME, TIME, "e" * 32)],
    first=TIME, last=TIME,
)  # fmt: skip
PART = Part("records", "Which data", "computed", ("Records: 2.",))


class SimulatedIncidents:
    """Signals, incidents, events and redresses; what was asked is kept by ``saw``."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Keep what was asked."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """Return a receipt."""
        raise NotImplementedError

    def list_signals(self, caller: Any, controller: str) -> shapes.Signals:
        """List."""
        self.saw("list_signals", controller, None)
        return shapes.Signals([self._signal("open")], {"p1": "Ada Example"})

    def decide_signal(
        self, caller: Any, controller: str, item: str, body: shapes.SignalVerdict
    ) -> shapes.Signal:
        """Decide."""
        self.saw("decide_signal", controller, body)
        return self._signal("promoted")

    def _signal(self, status: str) -> shapes.Signal:
        return shapes.Signal("s1", "honey", "a1", "p1", TIME, TIME, TIME, status)

    def open_incident(
        self, caller: Any, controller: str, body: shapes.NewIncident
    ) -> shapes.Incident:
        """Open."""
        self.saw("open_incident", controller, body)
        return self._incident("suspected")

    def list_incidents(self, caller: Any, controller: str) -> shapes.Incidents:
        """List."""
        self.saw("list_incidents", controller, None)
        return shapes.Incidents([self._incident("suspected")])

    def show_incident(self, caller: Any, controller: str, item: str) -> shapes.Incident:
        """Show."""
        self.saw("show_incident", controller, item)
        return self._incident("suspected")

    def change_incident(
        self, caller: Any, controller: str, item: str, body: shapes.IncidentChange
    ) -> shapes.Incident:
        """Change."""
        self.saw("change_incident", controller, body)
        return self._incident("confirmed")

    def write_incident_notice(
        self, caller: Any, controller: str, item: str, body: shapes.NewNotice
    ) -> shapes.Incident:
        """Tell."""
        self.saw("write_incident_notice", controller, body)
        return self._incident("confirmed")

    def close_incident(
        self, caller: Any, controller: str, item: str, body: shapes.IncidentEnd
    ) -> shapes.Incident:
        """Close."""
        self.saw("close_incident", controller, body)
        return self._incident("closed")

    def incident_entries(
        self, caller: Any, controller: str, item: str, body: shapes.EntryWish
    ) -> shapes.IncidentEntries:
        """Show entries."""
        self.saw("incident_entries", controller, body)
        line = shapes.InScope(
            "bailee.example/5f2c/2026", 7, "e7", TIME, "vault:record:revealed", "payments",
            ["person.name"], "p1", "", ["r1"],
        )  # fmt: skip
        return shapes.IncidentEntries([line], {"p1": "Ada Example"})

    def drill_incident(self, caller: Any, controller: str, body: shapes.Drill) -> shapes.Drilled:
        """Rehearse."""
        self.saw("drill_incident", controller, body)
        return shapes.Drilled([PART], FACTS, 12, ["Which data"], self.entry())

    def _incident(self, status: str) -> shapes.Incident:
        version = shapes.NoticeVersion(1, "breach", TIME, "p1", [PART], ["records"], "0" * 64)
        return shapes.Incident(
            incident="i1", status=status, suspected=TIME, recorded=TIME, dated_back=False,
            opened_by="p1", contact="p1", scope=Scope(TIME, TIME, ("p2",)), nature="A key leaked.",
            facts=FACTS, notices=[version], redresses=[self._redress("received")],
            history=[shapes.Happened(TIME, "suspected")], names={"p1": "Ada Example"},
            entry=self.entry(),
        )  # fmt: skip

    def enter_event(self, caller: Any, controller: str, body: shapes.NewEvent) -> shapes.Event:
        """Enter."""
        self.saw("enter_event", controller, body)
        return self._event("open")

    def list_events(self, caller: Any, controller: str) -> shapes.Events:
        """List."""
        self.saw("list_events", controller, None)
        return shapes.Events([self._event("open")], {"p1": "Ada Example"})

    def decide_event(
        self, caller: Any, controller: str, item: str, body: shapes.EventVerdict
    ) -> shapes.Event:
        """Decide."""
        self.saw("decide_event", controller, body)
        return self._event("told")

    def _event(self, status: str) -> shapes.Event:
        return shapes.Event("v1", "complaint", "", TIME, TIME, "p1", status, "A letter came.")

    def enter_redress(
        self, caller: Any, controller: str, item: str, body: shapes.NewRedress
    ) -> shapes.Redress:
        """Ask."""
        self.saw("enter_redress", controller, body)
        return self._redress("received")

    def answer_redress(
        self, caller: Any, controller: str, item: str, body: shapes.RedressAnswer
    ) -> shapes.Redress:
        """Answer."""
        self.saw("answer_redress", controller, body)
        return self._redress("settled")

    def _redress(self, status: str) -> shapes.Redress:
        return shapes.Redress(
            "d1", "i1", "costs", TIME, TIME, "p3", status, amount=125000, currency="USD"
        )
