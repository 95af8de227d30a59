"""Methods of honey: records of nobody, whose touch raises an alarm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bailee.client.honey_answers import Alarm, Alarms, Honey, HoneyConsent, HoneyConsents, Removed
from bailee.client.line import Line, segment, within


class Pots(Line):
    """Consent to honey, plant it, and answer for who touched it."""

    def allow_honey(
        self, controller: str, *, text: str, writing: str, since: str, until: str
    ) -> HoneyConsent:
        """Sign, as the controller's representative, that honey may lie among its data."""
        body = {"text": text, "writing": writing, "since": since, "until": until}
        return self._post(within(controller, "honey/consents"), HoneyConsent, body)

    def list_honey_consents(self, controller: str) -> HoneyConsents:
        """List what the controller consented to."""
        return self._get(within(controller, "honey/consents"), HoneyConsents)

    def withdraw_honey(self, controller: str, consent: str) -> HoneyConsent:
        """Take a consent back, as the controller's representative; its honey goes."""
        path = within(controller, f"honey/consents/{segment(consent)}/withdraw")
        return self._post(path, HoneyConsent)

    def plant_honey(self, controller: str, count: int = 1, elements: Sequence[str] = ()) -> Honey:
        """Plant records of nobody; without elements they resemble records that are there."""
        body = {"count": count, "elements": elements}
        return self._post(within(controller, "honey"), Honey, body)

    def show_honey(self, controller: str) -> Honey:
        """Say how a controller's honey stands; not which records it is."""
        return self._get(within(controller, "honey"), Honey)

    def remove_honey(self, controller: str) -> Removed:
        """Erase a controller's honey."""
        return self._post(within(controller, "honey/remove"), Removed)

    def list_alarms(self, controller: str) -> Alarms:
        """List a controller's alarms that one is told of."""
        return self._get(within(controller, "honey/alarms"), Alarms)

    def list_all_alarms(self) -> Alarms:
        """List the alarms of every controller that one is told of."""
        return self._get("/v1/honey/alarms", Alarms)

    def assess_alarm(
        self,
        controller: str,
        alarm: str,
        verdict: Literal["incident", "dismissed"],
        *,
        reason: str,
    ) -> Alarm:
        """Say, as a second person, what an alarm was, and why."""
        path = within(controller, f"honey/alarms/{segment(alarm)}/assess")
        return self._post(path, Alarm, {"verdict": verdict, "reason": reason})


__all__ = ["Pots"]
