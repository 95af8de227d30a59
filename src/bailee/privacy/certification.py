"""The certification that Californian law's bans are understood and kept (C7.2(4)). Pure.

What is certified is a list of duties with the hashes of their clauses; a person signs its digest.
When the list changes, the old signature is of something else and counts no more. It ends after a
year at the latest, so it is due again yearly.
"""

from __future__ import annotations

from bailee.privacy.blank import CCPA
from bailee.privacy.live import Live
from bailee.privacy.paper import AGREEMENT, LIVE, Line, Paper, Section

BANS = (
    "no-sale", "purpose-limit", "direct-relationship", "no-reidentification", "ccpa-prohibitions",
)  # fmt: skip
"""Controls under which an agreement's terms put the acts that service providers must not do."""


def certified(live: Live) -> Paper:
    """Return what is to be certified, without anybody's signature; its digest is what is signed."""
    bans = [line for line in live.agreement.obligations if line.control in BANS]
    return Paper(
        CCPA,
        f"Certification for {live.name}",
        "We understand each of these, and keep it. California Civil Code 1798.140(ag), "
        "1798.100(d).",
        (
            Section(
                "What is certified",
                tuple(
                    Line(one.id, f"{one.summary} (SHA-256 {one.text_sha256})", AGREEMENT, one.id)
                    for one in bans
                ),
                "If we can no longer keep one of these, the controller is told.",
            ),
        ),
    )


def certification(live: Live) -> Paper:
    """Return the certification with its signature, or with the blank for it."""
    paper = certified(live)
    said = live.said.get(CCPA)
    fits = said is not None and said.text_sha256 == paper.sha256
    line = live.of_flow(CCPA, what="Signed", who="processor") if fits else _unsigned()
    digest = Line("What was signed", paper.sha256, LIVE, "SHA-256 of the list above")
    return Paper(
        paper.name,
        paper.title,
        paper.about,
        (*paper.sections, Section("Signature", (digest, line))),
    )


def _unsigned() -> Line:
    return Line("Signed", "", "blank", "processor", CCPA)
