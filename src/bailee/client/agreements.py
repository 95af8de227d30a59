"""Methods of controllers, their agreements, their logs and their end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from bailee.client.answers import (
    AgreementInstalled,
    AgreementView,
    Clauses,
    Controllers,
    Destroyed,
    Health,
    Interpretation,
    Observations,
    Rotated,
    SupplementAdded,
)
from bailee.client.line import Line, filled, segment, within

TILE = re.compile(r"(?:[0-9]{1,2}|data|entries)(?:/x[0-9]{3}){0,6}/[0-9]{3}(?:\.p/[0-9]{1,3})?")


class Agreements(Line):
    """Take on controllers, read what was promised, see that it is kept."""

    def list_controllers(self) -> Controllers:
        """List the controllers in which the caller holds a right."""
        return self._get("/v1/controllers", Controllers)

    def create_controller(
        self, controller: str, *, name: str, text: str, terms: str, effective: str
    ) -> AgreementInstalled:
        """Take on a controller with its agreement, in force from a day on (``2026-11-20``)."""
        body = {
            "controller": controller,
            "name": name,
            "text": text,
            "terms": terms,
            "effective": effective,
        }
        return self._post("/v1/controllers", AgreementInstalled, body)

    def install_agreement(
        self, controller: str, *, text: str, terms: str, effective: str
    ) -> AgreementInstalled:
        """Install a new version of the agreement."""
        body = {"text": text, "terms": terms, "effective": effective}
        return self._post(within(controller, "agreements"), AgreementInstalled, body)

    def show_agreement(self, controller: str) -> AgreementView:
        """Show the agreement in force: findings, bindings, obligations."""
        return self._get(within(controller, "agreement"), AgreementView)

    def add_supplement(
        self,
        controller: str,
        elements: Sequence[str],
        *,
        text: str,
        signed_by_controller: str,
        signed_by_processor: str,
    ) -> SupplementAdded:
        """Extend the annex by a supplement that both parties signed."""
        body = {
            "elements": elements,
            "text": text,
            "signed_by_controller": signed_by_controller,
            "signed_by_processor": signed_by_processor,
        }
        return self._post(within(controller, "supplements"), SupplementAdded, body)

    def propose_interpretation(
        self, controller: str, obligation: str, reading: Mapping[str, str | int], *, reason: str
    ) -> Interpretation:
        """Propose our reading of a clause."""
        body = {"obligation": obligation, "reading": reading, "reason": reason}
        return self._post(within(controller, "interpretations"), Interpretation, body)

    def agree_interpretation(
        self, controller: str, interpretation: str, *, agreed_by: str
    ) -> Interpretation:
        """Record that the controller's representative agreed to a reading."""
        path = within(controller, f"interpretations/{segment(interpretation)}/agree")
        return self._post(path, Interpretation, {"agreed_by": agreed_by})

    def show_clauses(self, controller: str) -> Clauses:
        """Show every clause with the state it is in now."""
        return self._get(within(controller, "clauses"), Clauses)

    def run_controls(self, controller: str, controls: Sequence[str] = ()) -> Observations:
        """Look at the running system now; no names mean every control."""
        return self._post(
            within(controller, "controls/run"), Observations, filled(controls=controls)
        )

    def rotate_keys(
        self,
        controller: str,
        what: Literal["controller", "subjects"],
        subjects: Sequence[str] = (),
    ) -> Rotated:
        """Rotate the controller's key, or keys of subjects."""
        body = filled(subjects=subjects) | {"what": what}
        return self._post(within(controller, "keys/rotate"), Rotated, body)

    def destroy_controller(
        self, controller: str, *, confirm: str, instruction: str, approval: str = ""
    ) -> Destroyed:
        """Destroy everything of a controller; needs a second person (C6)."""
        body = filled(approval=approval) | {"confirm": confirm, "instruction": instruction}
        return self._post(within(controller, "destroy"), Destroyed, body)

    def ledger_checkpoint(self, controller: str) -> bytes:
        """Get the log's newest signed checkpoint."""
        return self._raw(within(controller, "ledger/checkpoint"))

    def ledger_tile(self, controller: str, tile: str) -> bytes:
        """Get one tile, named as C2SP tlog-tiles does (``0/x001/067``)."""
        if not TILE.fullmatch(tile):
            raise ValueError("that is not the name of a tile")
        return self._raw(within(controller, f"ledger/tile/{tile}"))

    def health(self) -> Health:
        """Say whether calls can be served."""
        return self._get("/v1/health", Health)

    def metrics(self) -> str:
        """Get counts for Prometheus."""
        return self._raw("/metrics").decode()

    def openapi(self) -> bytes:
        """Get the API's description."""
        return self._raw("/openapi.json")


__all__ = ["Agreements"]
