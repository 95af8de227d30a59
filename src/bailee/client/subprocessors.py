"""Methods of sub-processors: register, engagements, instructions at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from bailee.client.line import Line, filled, segment, within
from bailee.client.subprocessor_answers import (
    ContractReading,
    LastInstruction,
    LastInstructions,
    Proposal,
    Proposals,
    Subprocessor,
    SubprocessorListDocument,
    Subprocessors,
)

REGISTER = "/v1/subprocessors"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Who a sub-processor is, what it does, with which data, from which countries.

    ``subprocessor`` and ``based_on`` (a version) name the one that is changed, from ``since`` on.
    """

    name: str
    address: str
    contact: str
    services: Sequence[str]
    elements: Sequence[str]
    countries: Sequence[str]
    keys: Sequence[str] = ()
    subprocessor: str = ""
    based_on: int = 0
    since: str | None = None


class SignedConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A consent on paper: who signed it when, where it is kept, its file's SHA-256."""

    given_by: str
    reference: str
    text_sha256: str
    signed: str


class Subcontractors(Line):
    """Keep the register, and let a controller's data reach whom it consented to."""

    def record_subprocessor(self, facts: Facts) -> Subprocessor:
        """Write a sub-processor, or what is different about one."""
        return self._post(REGISTER, Subprocessor, msgspec.to_builtins(facts))

    def list_register(self) -> Subprocessors:
        """Show the register."""
        return self._get(REGISTER, Subprocessors)

    def compare_contract(
        self, subprocessor: str, *, reference: str, text_sha256: str, duties: Mapping[str, str]
    ) -> ContractReading:
        """Say of each duty whether the contract covers it: covered, weaker, missing."""
        body = {"reference": reference, "text_sha256": text_sha256, "duties": dict(duties)}
        return self._post(f"{REGISTER}/{segment(subprocessor)}/contract", ContractReading, body)

    def mark_worker(self, subprocessor: str, principal: str) -> Subprocessor:
        """Say that a person or service is a sub-processor's."""
        body = {"principal": principal}
        return self._post(f"{REGISTER}/{segment(subprocessor)}/workers", Subprocessor, body)

    def propose_subprocessor(self, controller: str, subprocessor: str) -> Proposal:
        """Propose a sub-processor to a controller."""
        body = {"subprocessor": subprocessor}
        return self._post(within(controller, "subprocessors"), Proposal, body)

    def list_subprocessors(self, controller: str) -> Proposals:
        """Show where a controller stands with each."""
        return self._get(within(controller, "subprocessors"), Proposals)

    def show_subprocessor_list(self, controller: str, version: int) -> SubprocessorListDocument:
        """Show one version of a controller's list."""
        return self._get(
            within(controller, f"subprocessor-lists/{version}"), SubprocessorListDocument
        )

    def answer_subprocessor(
        self,
        controller: str,
        engagement: str,
        answer: Literal["consent", "object", "offer"],
        *,
        words: str = "",
        signed: SignedConsent | None = None,
    ) -> Proposal:
        """Consent or object as the controller; enter its ``signed`` writing, or offer, as us."""
        body = {"answer": answer, **filled(words=words)}
        if signed is not None:
            body |= msgspec.to_builtins(signed)
        path = within(controller, f"subprocessors/{segment(engagement)}/answer")
        return self._post(path, Proposal, body)

    def engage_subprocessor(self, controller: str, engagement: str) -> Proposal:
        """Let a sub-processor reach data."""
        path = within(controller, f"subprocessors/{segment(engagement)}/engage")
        return self._post(path, Proposal)

    def end_subprocessor(self, controller: str, engagement: str) -> Proposal:
        """End an engagement, or take a proposal back."""
        return self._post(within(controller, f"subprocessors/{segment(engagement)}/end"), Proposal)

    def instruct_subprocessors(
        self, controller: str, choice: Literal["return", "destroy"]
    ) -> LastInstructions:
        """Relay the controller's choice to everybody who may hold its data."""
        body = {"choice": choice}
        return self._post(within(controller, "subprocessor-instructions"), LastInstructions, body)

    def answer_instruction(
        self,
        controller: str,
        instruction: str,
        event: Literal["relay", "certify"],
        *,
        proof: str = "",
        text_sha256: str = "",
        day: str = "",
        signed_by: str = "",
    ) -> LastInstruction:
        """Say that an instruction was handed over, or enter its certificate."""
        body = {
            "event": event,
            **filled(proof=proof, text_sha256=text_sha256, day=day, signed_by=signed_by),
        }
        path = within(controller, f"subprocessor-instructions/{segment(instruction)}/answer")
        return self._post(path, LastInstruction, body)


__all__ = ["Facts", "SignedConsent", "Subcontractors"]
