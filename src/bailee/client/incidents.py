"""Methods of the incident room: signals, incidents, other events, redresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from bailee.client.incident_answers import (
    Drilled,
    Event,
    Events,
    Incident,
    IncidentEntries,
    Incidents,
    Redress,
    Signal,
    Signals,
)
from bailee.client.line import Line, filled, segment, within

EventKind = Literal[
    "urgent-issue",
    "complaint",
    "departure",
    "unlawful-instruction",
    "impossible-instruction",
    "duty-not-kept",
]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which accesses an incident is about; what is left empty asks for all."""

    since: str
    until: str
    people: Sequence[str] = ()
    keys: Sequence[str] = ()
    records: Sequence[str] = ()
    purposes: Sequence[str] = ()
    elements: Sequence[str] = ()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a controller asks: costs in a currency's smallest unit, or people to be monitored."""

    kind: Literal["costs", "monitoring"]
    amount: int = 0
    currency: str = ""
    people: int = 0


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """The controller's writing, where the processor's own person enters what it asks."""

    given_by: str
    reference: str
    text_sha256: str
    received: str


class Rooms(Line):
    """Decide on signals, answer for incidents, tell the controller."""

    def list_signals(self, controller: str) -> Signals:
        """List what looks like a breach and was not one's own doing."""
        return self._get(within(controller, "signals"), Signals)

    def decide_signal(
        self,
        controller: str,
        signal: str,
        verdict: Literal["promote", "dismiss"],
        *,
        reason: str,
        incident: str = "",
    ) -> Signal:
        """Promote a signal to an incident, or dismiss it."""
        path = within(controller, f"signals/{segment(signal)}/decide")
        body = {"verdict": verdict, "reason": reason} | filled(incident=incident)
        return self._post(path, Signal, body)

    def open_incident(
        self,
        controller: str,
        *,
        suspected: str,
        nature: str,
        scope: Question,
        aware: str = "",
        contact: str = "",
    ) -> Incident:
        """Open an incident; its clocks run from the suspicion."""
        body: dict[str, Any] = {"suspected": suspected, "nature": nature}
        body |= {"scope": msgspec.to_builtins(scope)} | filled(aware=aware, contact=contact)
        return self._post(within(controller, "incidents"), Incident, body)

    def list_incidents(self, controller: str) -> Incidents:
        """List a controller's incidents."""
        return self._get(within(controller, "incidents"), Incidents)

    def show_incident(self, controller: str, incident: str) -> Incident:
        """Show one incident with its facts, notices, clocks and history."""
        return self._get(within(controller, f"incidents/{segment(incident)}"), Incident)

    def change_incident(
        self,
        controller: str,
        incident: str,
        *,
        scope: Question | None = None,
        aware: str = "",
        contact: str = "",
        nature: str = "",
    ) -> Incident:
        """Keep what was learnt, and count the facts anew from the log."""
        body: dict[str, Any] = filled(aware=aware, contact=contact, nature=nature)
        if scope is not None:
            body["scope"] = msgspec.to_builtins(scope)
        return self._post(_one(controller, incident, "change"), Incident, body)

    def write_incident_notice(
        self,
        controller: str,
        incident: str,
        *,
        nature: str = "",
        consequences: str = "",
        measures: str = "",
    ) -> Incident:
        """Write the next version of the notice; it goes out at once."""
        body = filled(nature=nature, consequences=consequences, measures=measures)
        return self._post(_one(controller, incident, "notices"), Incident, body)

    def close_incident(
        self,
        controller: str,
        incident: str,
        outcome: Literal["breach", "no-breach"],
        *,
        reason: str,
    ) -> Incident:
        """Close an incident of which the controller was told."""
        body = {"outcome": outcome, "reason": reason}
        return self._post(_one(controller, incident, "close"), Incident, body)

    def incident_entries(
        self, controller: str, incident: str, *, log: str = "", index: int = 0, most: int = 100
    ) -> IncidentEntries:
        """Show the entries that an incident is about, after a place."""
        body = {"index": index, "most": most, **filled(log=log)}
        return self._post(_one(controller, incident, "entries"), IncidentEntries, body)

    def drill_incident(self, controller: str, scope: Question, *, nature: str = "") -> Drilled:
        """Rehearse an incident on the real log; nothing is sent or counted as real."""
        body = {"scope": msgspec.to_builtins(scope), **filled(nature=nature)}
        return self._post(within(controller, "incidents/drill"), Drilled, body)

    def enter_event(self, controller: str, kind: EventKind, *, discovered: str, what: str) -> Event:
        """Enter an urgent issue, or another thing that the controller is told of."""
        body = {"kind": kind, "discovered": discovered, "what": what}
        return self._post(within(controller, "events"), Event, body)

    def list_events(self, controller: str) -> Events:
        """List events and questions."""
        return self._get(within(controller, "events"), Events)

    def decide_event(
        self, controller: str, event: str, verdict: Literal["tell", "keep"], *, reason: str
    ) -> Event:
        """Tell the controller, or say why it need not be told."""
        path = within(controller, f"events/{segment(event)}/decide")
        return self._post(path, Event, {"verdict": verdict, "reason": reason})

    def enter_redress(
        self, controller: str, incident: str, asked: Asked, letter: Letter | None = None
    ) -> Redress:
        """Ask because of an incident, as the controller; or enter its writing."""
        body = filled(**msgspec.to_builtins(asked))
        if letter is not None:
            body |= msgspec.to_builtins(letter)
        return self._post(_one(controller, incident, "redresses"), Redress, body)

    def answer_redress(
        self,
        controller: str,
        redress: str,
        answer: Literal["settle", "contest"],
        *,
        text: str,
        until: str = "",
    ) -> Redress:
        """Settle a redress with the proof of it, or contest it."""
        path = within(controller, f"redresses/{segment(redress)}/answer")
        return self._post(path, Redress, {"answer": answer, "text": text, **filled(until=until)})


def _one(controller: str, incident: str, what: str) -> str:
    return within(controller, f"incidents/{segment(incident)}/{what}")


__all__ = ["Asked", "Letter", "Question", "Rooms"]
