"""Controls over a controller's instructions (C2.4, C7.2(2), C7.3(2), GDPR 28(3))."""

from __future__ import annotations

from bailee.app import watch_instructions
from bailee.app.control import ENFORCED, OPERATING, Control

INSTRUCTION_CONTROLS = (
    Control(
        "documented-instructions", ("C7.3(2)", "C2.4", "C7.2(2)"),
        "asks for data for a purpose that nobody accepted, that one person accepted alone, out of "
        "its days, and after it was withdrawn; looks for purposes without an accepted instruction",
        ENFORCED, watch_instructions.documented_instructions,
    ),
    Control(
        "unlawful-instruction-notice", ("C7.3(2)",),
        "gives an instruction to sell data, which must be answered at once and cannot be accepted; "
        "looks for instructions that wait too long for our word",
        OPERATING, watch_instructions.unlawful_instruction,
    ),
)  # fmt: skip
