"""What this door asks of the house about sub-processors."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import subprocessor_shapes as shapes

Caller: TypeAlias = Any


class Subprocessors(Protocol):
    """The register, engagements, and instructions at the end."""

    def record_subprocessor(
        self, caller: Caller, body: shapes.NewSubprocessor
    ) -> shapes.Subprocessor:
        """Write one, or what is different about one."""

    def subprocessors(self, caller: Caller) -> shapes.Subprocessors:
        """Show the register."""

    def compare_contract(
        self, caller: Caller, item: str, body: shapes.NewContractReading
    ) -> shapes.ContractReading:
        """Compare a contract with ours."""

    def mark_worker(self, caller: Caller, item: str, body: shapes.NewWorker) -> shapes.Subprocessor:
        """Say who is a sub-processor's."""

    def propose_subprocessor(
        self, caller: Caller, controller: str, body: shapes.NewProposal
    ) -> shapes.Proposal:
        """Propose one to a controller."""

    def engagements(self, caller: Caller, controller: str) -> shapes.Proposals:
        """Show a controller's."""

    def subprocessor_list(
        self, caller: Caller, controller: str, item: str
    ) -> shapes.SubprocessorListDocument:
        """Show one version of a list."""

    def answer_subprocessor(
        self, caller: Caller, controller: str, item: str, body: shapes.ProposalAnswer
    ) -> shapes.Proposal:
        """Consent, object, or offer another way."""

    def engage_subprocessor(self, caller: Caller, controller: str, item: str) -> shapes.Proposal:
        """Let one reach data."""

    def end_subprocessor(self, caller: Caller, controller: str, item: str) -> shapes.Proposal:
        """End an engagement."""

    def instruct_subprocessors(
        self, caller: Caller, controller: str, body: shapes.NewLastInstruction
    ) -> shapes.LastInstructions:
        """Relay the controller's choice."""

    def answer_instruction(
        self, caller: Caller, controller: str, item: str, body: shapes.LastInstructionAnswer
    ) -> shapes.LastInstruction:
        """Enter what became of an instruction."""


__all__ = ["Subprocessors"]
