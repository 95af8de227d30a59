# ruff: noqa: ARG002
"""Sub-processors of the simulated house."""

from __future__ import annotations

from typing import Any

from bailee.app import subprocessor_shapes as shapes
from bailee.vault.shapes import Entry

TIME = "2026-11-20T21:07:00Z"


class SimulatedSubprocessors:
    """Register, engagements, instructions; what was asked is kept by ``saw``."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Keep what was asked."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """Return a receipt."""
        raise NotImplementedError

    def _subprocessor(self, **changed: Any) -> shapes.Subprocessor:
        fields: dict[str, Any] = {
            "subprocessor": "s1", "version": 1, "edition": 1, "since": TIME,
            "name": "North Print Ltd", "address": "3 Quay Street, Cork",
            "contact": "Privacy desk", "services": ["printing"], "elements": ["person.name"],
            "countries": ["IE"],
        }  # fmt: skip
        return shapes.Subprocessor(**(fields | changed))

    def record_subprocessor(self, caller: Any, body: shapes.NewSubprocessor) -> shapes.Subprocessor:
        """Record."""
        self.saw("record_subprocessor", "", body)
        return self._subprocessor(name=body.name, entry=self.entry())

    def subprocessors(self, caller: Any) -> shapes.Subprocessors:
        """Show the register."""
        self.saw("subprocessors", "", None)
        return shapes.Subprocessors(
            [self._subprocessor()], [shapes.ContractDuty("audit", "Lets the auditor in.")]
        )

    def compare_contract(
        self, caller: Any, item: str, body: shapes.NewContractReading
    ) -> shapes.ContractReading:
        """Compare."""
        self.saw("compare_contract", "", body)
        return shapes.ContractReading(
            1, body.reference, body.text_sha256, dict(body.duties), "p2", TIME
        )

    def mark_worker(self, caller: Any, item: str, body: shapes.NewWorker) -> shapes.Subprocessor:
        """Mark."""
        self.saw("mark_worker", "", body)
        return self._subprocessor(workers=[body.principal], entry=self.entry())

    def _proposal(self, **changed: Any) -> shapes.Proposal:
        fields: dict[str, Any] = {
            "engagement": "e1", "subprocessor": "s1", "edition": 1, "name": "North Print Ltd",
            "address": "3 Quay Street, Cork", "contact": "Privacy desk",
            "services": ["printing"], "elements": ["person.name"], "countries": ["IE"],
            "status": "noticed", "proposed": TIME, "handed": TIME, "days_left": 30,
        }  # fmt: skip
        return shapes.Proposal(**(fields | changed))

    def propose_subprocessor(
        self, caller: Any, controller: str, body: shapes.NewProposal
    ) -> shapes.Proposal:
        """Propose."""
        self.saw("propose_subprocessor", controller, body)
        return self._proposal(status="proposed", entry=self.entry())

    def engagements(self, caller: Any, controller: str) -> shapes.Proposals:
        """List."""
        self.saw("engagements", controller, None)
        return shapes.Proposals(
            [self._proposal()],
            [self._instruction()],
            [shapes.SubprocessorListVersion(1, "0" * 64, TIME)],
        )

    def subprocessor_list(
        self, caller: Any, controller: str, item: str
    ) -> shapes.SubprocessorListDocument:
        """Show a list."""
        self.saw("subprocessor_list", controller, item)
        return shapes.SubprocessorListDocument(1, "0" * 64, TIME, "{}")

    def answer_subprocessor(
        self, caller: Any, controller: str, item: str, body: shapes.ProposalAnswer
    ) -> shapes.Proposal:
        """Answer."""
        self.saw("answer_subprocessor", controller, body)
        return self._proposal(status="consented", given_by="p3", entry=self.entry())

    def engage_subprocessor(self, caller: Any, controller: str, item: str) -> shapes.Proposal:
        """Engage."""
        self.saw("engage_subprocessor", controller, item)
        return self._proposal(status="engaged", counts=True, entry=self.entry())

    def end_subprocessor(self, caller: Any, controller: str, item: str) -> shapes.Proposal:
        """End."""
        self.saw("end_subprocessor", controller, item)
        return self._proposal(status="ended", entry=self.entry())

    def _instruction(self, **changed: Any) -> shapes.LastInstruction:
        fields: dict[str, Any] = {
            "instruction": "i1", "subprocessor": "s1", "name": "North Print Ltd",
            "choice": "destroy", "status": "written", "text": "Destroy all of it.\n",
            "text_sha256": "0" * 64, "written": TIME, "due": TIME,
        }  # fmt: skip
        return shapes.LastInstruction(**(fields | changed))

    def instruct_subprocessors(
        self, caller: Any, controller: str, body: shapes.NewLastInstruction
    ) -> shapes.LastInstructions:
        """Instruct."""
        self.saw("instruct_subprocessors", controller, body)
        return shapes.LastInstructions([self._instruction(choice=body.choice)])

    def answer_instruction(
        self, caller: Any, controller: str, item: str, body: shapes.LastInstructionAnswer
    ) -> shapes.LastInstruction:
        """Answer."""
        self.saw("answer_instruction", controller, body)
        return self._instruction(status="relayed", proof=body.proof, entry=self.entry())
