"""Methods of controllers, their agreements, their logs and their end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bailee.client.answers import (
    AgreementInstalled,
    AgreementView,
    Clauses,
    Controllers,
    Ended,
    Health,
    Interpretation,
    Letter,
    Logs,
    Observations,
    Proof,
    Rotated,
    Supplement,
    TokenFormatChosen,
    TokenFormats,
)
from bailee.client.key_answers import Certificate, Horizon
from bailee.client.line import Line, filled, segment, within
from bailee.client.root_answers import Reconciliation, RootHeld, RootMoved

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

    def letter(self, controller: str) -> Letter:
        """Get what is to be agreed with the controller, ready to be signed."""
        return self._get(within(controller, "agreement/letter"), Letter)

    def add_supplement(self, controller: str, elements: Sequence[str], *, text: str) -> Supplement:
        """Sign, for our side, an extension of the annex."""
        body = {"elements": elements, "text": text}
        return self._post(within(controller, "supplements"), Supplement, body)

    def sign_supplement(self, controller: str, supplement: str) -> Supplement:
        """Sign a supplement for the controller; from now on it counts."""
        path = within(controller, f"supplements/{segment(supplement)}/sign")
        return self._post(path, Supplement)

    def propose_interpretation(
        self, controller: str, subject: str, *, says: str, reason: str, **reading: Any
    ) -> Interpretation:
        """Propose our reading: ``quantity``, ``unit``, ``counting``, ``calendar``, ``purposes``."""
        body = filled(**reading) | {"subject": subject, "says": says, "reason": reason}
        return self._post(within(controller, "interpretations"), Interpretation, body)

    def agree_interpretation(self, controller: str, interpretation: str) -> Interpretation:
        """Agree to a reading as the controller's representative."""
        path = within(controller, f"interpretations/{segment(interpretation)}/agree")
        return self._post(path, Interpretation)

    def list_token_formats(self, controller: str) -> TokenFormats:
        """Show the format in which each element's tokens are made, and those that it allows."""
        return self._get(within(controller, "token-formats"), TokenFormats)

    def choose_token_format(self, controller: str, element: str, format_: str) -> TokenFormatChosen:
        """Let an element's tokens be made in a format from now on (``opaque`` is ``tok_…``)."""
        body = {"element": element, "format": format_}
        return self._post(within(controller, "token-formats"), TokenFormatChosen, body)

    def show_clauses(self, controller: str) -> Clauses:
        """Show every clause with the state it is in now."""
        return self._get(within(controller, "clauses"), Clauses)

    def run_controls(self, controller: str, controls: Sequence[str] = ()) -> Observations:
        """Look at the running system now; no names mean every control."""
        return self._post(
            within(controller, "controls/run"), Observations, filled(controls=controls)
        )

    def rotate_keys(
        self, controller: str, what: str = "data", *, subjects: Sequence[str] = ()
    ) -> Rotated:
        """Give keys a new version: ``data``, ``index``, ``token``, ``reference``, ``subjects``."""
        body = filled(subjects=subjects) | {"what": what}
        return self._post(within(controller, "keys/rotate"), Rotated, body)

    def horizon(self, controller: str) -> Horizon:
        """Show how long what is erased can still be recovered or guessed, and by which keys."""
        return self._get(within(controller, "horizon"), Horizon)

    def certify_erasure(self, controller: str, entry: str) -> Certificate:
        """Say from when on what the entry of an erasure destroyed is beyond recovery."""
        return self._post(within(controller, "certificates"), Certificate, {"entry": entry})

    def move_root(self, after: str = "") -> RootMoved:
        """Wrap some more keys by the root key that takes over; until ``after`` comes back empty."""
        return self._post("/v1/root/move", RootMoved, {"after": after})

    def hold_root(self, controller: str, address: str = "") -> RootHeld:
        """Put a controller's keys under a root that it holds itself; no address gives it up."""
        return self._post(within(controller, "root"), RootHeld, {"address": address})

    def reconcile(
        self, *, since: str, until: str, seen: Sequence[tuple[str, str, str]]
    ) -> Reconciliation:
        """Compare what the root's provider recorded in a window with the house's log.

        Args:
            since: begin of the window (RFC 3339).
            until: its end, exclusive.
            seen: time, the provider's number, and act of each line by which a key got out.
        """
        lines = [{"at": at, "request": request, "act": act} for at, request, act in seen]
        body = {"since": since, "until": until, "seen": lines}
        return self._post("/v1/root/reconcile", Reconciliation, body)

    def end_agreement(self, controller: str, *, at: str, instruction: str) -> Ended:
        """Write when the agreement ended or will end (C6)."""
        body = {"at": at, "instruction": instruction}
        return self._post(within(controller, "end"), Ended, body)

    def logs(self, controller: str) -> Logs:
        """List the controller's logs with the keys that verify them."""
        return self._get(within(controller, "ledger/logs"), Logs)

    def proof(self, controller: str, entry_id: str) -> Proof:
        """Get the proof that an entry is in the log, for ``bailee-verify --proof``."""
        return self._get(within(controller, f"ledger/proof/{segment(entry_id)}"), Proof)

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
