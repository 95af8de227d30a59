"""What the log says of an instruction (C2.5(5), GDPR 28(3)(a)): codes, times, digests. Pure.

The word of a purpose and the names of elements stand in clear once two of ours accepted them;
before that, anything could be in these fields. Who signed is committed to.
"""

from __future__ import annotations

from typing import Any

from bailee.clock import write_time
from bailee.privacy.instruction import PURPOSE, REQUEST, Instruction
from bailee.privacy.instruction_clock import UNLAWFUL

DOCUMENTED, PURPOSES = "documented-instructions", "purpose-limit"


def fact_of(one: Instruction, became: str) -> dict[str, Any]:
    """Return the fields of the entry that says what became of an instruction."""
    detail: dict[str, str | int] = {
        "instruction": one.instruction_id,
        "kind": one.kind,
        "text_sha256": one.text_sha256,
        "since": write_time(one.since).lower(),
    }
    if one.until:
        detail["until"] = write_time(one.until).lower()
    if one.kind == REQUEST:
        detail |= {"request": one.asks.request, "act": one.asks.act}
    if became == "answered":
        detail["against"] = len(one.objections)
        if one.objections:
            detail["code"] = one.objections[0].code
    fact: dict[str, Any] = {
        "controller": one.controller,
        "control": UNLAWFUL if became == "answered" else DOCUMENTED,
        "detail": detail,
        "context": {"signed_by": one.signed_by, "reference": one.reference},
    }
    if became == "accepted" and one.kind == PURPOSE:
        detail["verbs"] = ":".join(sorted(one.asks.verbs))
        fact |= {
            "control": PURPOSES,
            "elements": tuple(sorted(one.asks.elements)),
            "purpose": one.asks.purpose,
        }
    return fact
