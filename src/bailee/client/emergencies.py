"""Methods of emergencies: access where nobody gave any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bailee.client.line import Line, segment, within
from bailee.client.rights import Changed, Code, Emergencies, Emergency


class Glass(Line):
    """Prepare for emergencies, open one, and answer for it."""

    def issue_code(self, controller: str, principal: str) -> Code:
        """Make a code for somebody else's envelope; it is answered once."""
        return self._post(within(controller, "break-glass/codes"), Code, {"principal": principal})

    def revoke_code(self, controller: str, code_id: str) -> Changed:
        """End a code that was not used."""
        path = within(controller, f"break-glass/codes/{segment(code_id)}/revoke")
        return self._post(path, Changed)

    def break_glass(
        self,
        controller: str,
        code: str,
        *,
        verbs: Sequence[str],
        elements: Sequence[str],
        purpose: str,
        until: str,
        reason: str,
    ) -> Emergency:
        """Open access for oneself, for an hour at most; others are told."""
        body = {
            "code": code,
            "verbs": verbs,
            "elements": elements,
            "purpose": purpose,
            "until": until,
            "reason": reason,
        }
        return self._post(within(controller, "break-glass"), Emergency, body)

    def list_emergencies(self, controller: str) -> Emergencies:
        """List a controller's emergencies that one is told of, or one's own."""
        return self._get(within(controller, "break-glass"), Emergencies)

    def list_all_emergencies(self) -> Emergencies:
        """List the emergencies of every controller that one is told of, or one's own."""
        return self._get("/v1/break-glass", Emergencies)

    def acknowledge_emergency(self, controller: str, emergency: str) -> Emergency:
        """Say, as a second person, that one has been told."""
        path = within(controller, f"break-glass/{segment(emergency)}/acknowledge")
        return self._post(path, Emergency)

    def review_emergency(
        self,
        controller: str,
        emergency: str,
        verdict: Literal["justified", "unjustified"],
        *,
        reason: str,
    ) -> Emergency:
        """Review, as a second person, what was done."""
        path = within(controller, f"break-glass/{segment(emergency)}/review")
        return self._post(path, Emergency, {"verdict": verdict, "reason": reason})

    def settle_emergency(self, controller: str, emergency: str, *, writing: str) -> Emergency:
        """Note the controller's writing that settles an unjustified opening."""
        path = within(controller, f"break-glass/{segment(emergency)}/settle")
        return self._post(path, Emergency, {"writing": writing})


__all__ = ["Glass"]
