"""Methods of demands for a controller's data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from bailee.client.demand_answers import Demand, Demands
from bailee.client.line import Line, filled, segment, within

Kind = Literal["subpoena", "warrant", "order", "authority", "third-party", "law"]
DemandEvent = Literal["challenge", "release", "close", "end-ban"]


class Demanded(Line):
    """Enter and answer demands."""

    def enter_demand(  # noqa: PLR0913 - the fields of a demand
        self,
        controller: str,
        kind: Kind,
        *,
        source: str,
        asks: str,
        reference: str,
        elements: Sequence[str],
        received: str = "",
        answer_by: str = "",
        ban_basis: str = "",
        ban_until: str = "",
    ) -> Demand:
        """Enter a demand: what it names stops leaving, and the controller is told."""
        body: dict[str, Any] = {
            "kind": kind, "source": source, "asks": asks, "reference": reference,
            "elements": list(elements),
        }  # fmt: skip
        body |= filled(
            received=received, answer_by=answer_by, ban_basis=ban_basis, ban_until=ban_until
        )
        return self._post(within(controller, "demands"), Demand, body)

    def list_demands(self, controller: str) -> Demands:
        """List demands, and how they ended."""
        return self._get(within(controller, "demands"), Demands)

    def move_demand(
        self,
        controller: str,
        demand: str,
        event: DemandEvent,
        *,
        note: str = "",
        keys: Sequence[str] = (),
        outcome: str = "",
        records: int = 0,
    ) -> Demand:
        """Challenge, release, or close a demand; or say that a ban ended."""
        body: dict[str, Any] = {"event": event, "keys": list(keys), "records": records}
        body |= filled(note=note, outcome=outcome)
        return self._post(within(controller, f"demands/{segment(demand)}/move"), Demand, body)
