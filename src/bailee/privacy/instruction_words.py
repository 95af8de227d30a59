"""What a controller is told about its instruction (C7.3(2), GDPR 28(3), last part). Pure."""

from __future__ import annotations

from bailee.clock import write_time
from bailee.privacy.instruction import INFRINGES, PURPOSE, Instruction
from bailee.procedures import Message

KIND, ROLE = "instruction", "privacy"


def answer(one: Instruction) -> Message:
    """Return the answer to an instruction that would break agreement or law, with the reasons."""
    lines = [
        "We do not carry out an instruction of yours, for these reasons:",
        *(f"- {against.says} ({against.rule})" for against in one.objections),
    ]
    if one.opinion is not None and one.opinion.verdict == INFRINGES:
        lines += [f"- {line}" for line in one.opinion.reasons.splitlines() if line.strip()]
    lines += [
        "",
        *_which(one),
        "",
        "You may withdraw it, or insist on it. Where the agreement forbids it, only a changed",
        "agreement helps.",
    ]
    return Message(KIND, ROLE, "We cannot carry out an instruction of yours", tuple(lines))


def acceptance(one: Instruction) -> Message:
    """Return the word that an instruction was accepted."""
    lines = ["We accepted an instruction of yours.", "", *_which(one)]
    if one.kind == PURPOSE:
        lines += [
            f"Purpose: {one.asks.purpose}",
            f"Elements: {', '.join(one.asks.elements)}",
            f"What may be done: {', '.join(one.asks.verbs)}",
        ]
    return Message(KIND, ROLE, "We accepted an instruction of yours", tuple(lines))


def _which(one: Instruction) -> tuple[str, ...]:
    return (
        f"Instruction: {one.instruction_id}",
        f"Kind: {one.kind}",
        f"Received: {write_time(one.received)}",
        f"Takes effect: {write_time(one.since)}",
        f"Ends: {write_time(one.until) if one.until else 'no end named'}",
        f"SHA-256 of its words: {one.text_sha256}",
    )
