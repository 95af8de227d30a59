"""Methods of the end of an agreement: choose, keep, return, receive, destroy, certify."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from bailee.client.answers import Destroyed
from bailee.client.audits import Confirmation
from bailee.client.end_answers import EndCertificate, Termination
from bailee.client.line import Line, filled, within


class Terminations(Line):
    """End an agreement as the controller chose, and prove it."""

    def show_termination(self, controller: str) -> Termination:
        """Show how far the end of the agreement came, and who has to act."""
        return self._get(within(controller, "termination"), Termination)

    def choose_end(
        self,
        controller: str,
        choice: Literal["return", "destroy"],
        *,
        keys: Sequence[str] = (),
        confirmed: Confirmation | None = None,
    ) -> Termination:
        """Choose, as the controller's representative, or for it upon its writing.

        Args:
            controller: whose agreement ended.
            choice: what becomes of the data.
            keys: of a return: ``age1…`` or ``openpgp:FINGERPRINT``, the controller's own.
            confirmed: the controller's writing, where one of the processor's people enters it.
        """
        body = {"choice": choice, **filled(keys=keys), **_writing(confirmed)}
        return self._post(within(controller, "termination/choice"), Termination, body)

    def keep_by_law(
        self,
        controller: str,
        *,
        basis: str,
        elements: Sequence[str],
        until: str,
        records: Sequence[str] = (),
    ) -> Termination:
        """Write down what a law obliges the processor to keep, isolated, until a day."""
        body = {"basis": basis, "elements": list(elements), "until": until}
        return self._post(
            within(controller, "termination/kept"), Termination, body | filled(records=records)
        )

    def note_return(self, controller: str, disclosure: str) -> Termination:
        """Have what left in a disclosure compared with all that is held."""
        body = {"disclosure": disclosure}
        return self._post(within(controller, "termination/return"), Termination, body)

    def confirm_receipt(
        self, controller: str, manifest_sha256: str, *, confirmed: Confirmation | None = None
    ) -> Termination:
        """Say for the controller that the package arrived and can be read."""
        body = {"manifest_sha256": manifest_sha256, **_writing(confirmed)}
        return self._post(within(controller, "termination/receipt"), Termination, body)

    def destroy_controller(self, controller: str, *, confirm: str, instruction: str) -> Destroyed:
        """Destroy what the controller chose to be destroyed, once its agreement has ended (C6)."""
        body = {"confirm": confirm, "instruction": instruction}
        return self._post(within(controller, "destroy"), Destroyed, body)

    def certify_end(self, controller: str) -> EndCertificate:
        """Get the certificate of what was destroyed, with the proofs that it stands on."""
        return self._post(within(controller, "termination/certificate"), EndCertificate)


def _writing(confirmed: Confirmation | None) -> dict[str, str]:
    found: dict[str, str] = msgspec.to_builtins(confirmed) if confirmed is not None else {}
    return found


__all__ = ["Terminations"]
