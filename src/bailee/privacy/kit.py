"""Kits: the processor's own addendum, filled for one controller from what is so (B8; C7.3). Pure.

A kit is a text that compiles under the model's terms, what each of its words rests on, and a
manifest: which state it was filled from, which blanks are left, what it claims. It is true of the
moment at which it was made; the next one may say less.

Deliberately not checked: what a person stated, and what was given for a prospect.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bailee.agreement.offer import OFFERED, Offer, check_taken, offer
from bailee.agreement.terms import load_terms
from bailee.canonical import encode
from bailee.clock import write_time
from bailee.privacy.kit_annexes import annexes
from bailee.privacy.kit_lines import claimed, sections
from bailee.privacy.kit_state import KitState
from bailee.privacy.paper import Paper
from bailee.privacy.prospect import Prospect, check_prospect

KIT = "addendum-kit"
FORM = "bailee-addendum-kit-v1"


@dataclass(frozen=True, slots=True)
class Kit:
    """One kit."""

    offer: Offer
    paper: Paper
    manifest: str
    """Canonical JSON."""

    @property
    def sha256(self) -> str:
        """Return the digest of the manifest, which holds those of the rest."""
        return hashlib.sha256(self.manifest.encode("ascii")).hexdigest()


def kit(prospect: Prospect, state: KitState) -> Kit:
    """Return the addendum as it may be offered now.

    Raises:
        Invalid: ``kit.*``, ``offer.*``.
    """
    check_prospect(prospect)
    check_taken(load_terms(OFFERED), state.purposes, state.elements)
    made = sections(prospect, state)
    offered = offer(state.purposes, state.elements, annexes(made, state))
    paper = Paper(
        KIT,
        "Data protection addendum, offered",
        f"Filled from what was so on {write_time(state.now)[:10]}. Text SHA-256 "
        f"{offered.contract.text_sha256}, terms {OFFERED}.",
        made,
    )
    return Kit(offered, paper, encode(_manifest(offered, paper, state)).decode("ascii"))


def _manifest(offered: Offer, paper: Paper, state: KitState) -> Mapping[str, Any]:
    terms = load_terms(OFFERED)
    return {
        "form": FORM,
        "made": write_time(state.now),
        "controller": state.controller,
        "terms": terms.id,
        "terms_version": terms.version,
        "text_sha256": offered.contract.text_sha256,
        "paper_sha256": paper.sha256,
        "checkpoint": state.checkpoint,
        "purposes": sorted(state.purposes),
        "elements": sorted(state.elements),
        "claims": {
            slug: {"gives": seen.gives, "at": seen.at, "entry": seen.entry}
            for slug, seen in ((slug, state.controls[slug]) for slug in claimed(state))
        },
        "statements": {
            subject: {
                "sha256": hashlib.sha256(one.text.encode()).hexdigest(),
                "entry": one.entry_id,
            }
            for subject, one in sorted(state.said.items())
        },
        "blanks": [{"subject": one.subject, "who": one.who} for one in paper.blanks],
        "findings": [{"rule": one.rule, "clause": one.path} for one in offered.findings],
    }
