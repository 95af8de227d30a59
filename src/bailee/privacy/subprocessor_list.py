"""The list of sub-processors that a controller has (C7.3(5)(i), C7.2(5)(i), C7.3(3)). Pure.

One document for each version, in canonical JSON, known by its SHA-256: who and where they are, what
they do, which categories of data they see, from which countries, and where the controller stands
with each. A new version is written by the act that changes it, so the list is never behind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from bailee.canonical import encode
from bailee.clock import write_time
from bailee.privacy.engagement import ENDED, Engagement
from bailee.privacy.subprocessor import Subprocessor

FORM = "bailee-subprocessors-v1"
CONTENTS = ("name", "address", "contact", "services", "categories", "countries")
"""What each line says, as the clauses want it."""


def document(
    controller: str, known: Sequence[Subprocessor], engagements: Sequence[Engagement]
) -> str:
    """Return a controller's list as it stands."""
    lines = [
        _line(one, [found for found in known if found.subprocessor_id == one.subprocessor_id])
        for one in engagements
        if one.state != ENDED
    ]
    body = {"form": FORM, "controller": controller, "subprocessors": lines}
    return encode(body).decode("ascii")


def sha256(text: str) -> str:
    """Return the hash by which a version of the list is known."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _line(one: Engagement, versions: Sequence[Subprocessor]) -> dict[str, Any]:
    proposed = [found for found in versions if found.edition == one.edition]
    known = proposed[-1]  # contact and keys may be newer than the edition
    after = [found.since for found in versions if found.version > known.version]
    return {
        "subprocessor": one.subprocessor_id,
        "edition": one.edition,
        "since": write_time(proposed[0].since),
        "until": write_time(min(after)) if after else "",
        "name": known.name,
        "address": known.address,
        "contact": known.contact,
        "services": list(known.services),
        "categories": list(known.elements),
        "countries": list(known.countries),
        "state": one.state,
        "consent_sha256": one.text_sha256,
        "engaged": write_time(one.engaged) if one.engaged else "",
    }
