"""The real page: what is found on it, and nothing on a corrected copy (B10).

None of its words stand here: places are lines, offsets and hashes of the words found.
"""

from __future__ import annotations

import hashlib
from datetime import date

from bailee.assurance import lint

ON = date(2026, 11, 29)
SHA256 = "fbb9a93c7ffc984544b2ddddb4a2569d1ebf38234ac5281bf56bbf3f6b2b7957"
EXPECTED = [
    ("stale", "at-101", "", "2017-05-01", 15, 1216, 1254, "222c7295622fb51e"),
    ("stale", "pci-dss", "3.2.1", "2024-03-31", 21, 2340, 2361, "1ed6a4b1a5770825"),
    ("stale", "nfpa-1600", "2019", "2023-01-27", 43, 5241, 5347, "c3f47ad515c373b6"),
    ("stale", "eu-us-privacy-shield", "", "2020-07-16", 61, 7730, 7744, "10ca0c0e79a866af"),
    ("stale", "eu-us-privacy-shield", "", "2020-07-16", 63, 7760, 7797, "842957dc8ea6b8f5"),
    ("stale", "swiss-us-privacy-shield", "", "2020-09-08", 63, 7772, 7797, "7f349f59615c4b53"),
]
BETTER = {
    "at-101": "AT-C 105 and 205",
    "pci-dss": "PCI DSS version 4.0.1",
    "nfpa-1600": "NFPA 1660 (2024 edition)",
    "eu-us-privacy-shield": "EU-U.S. Data Privacy Framework",
    "swiss-us-privacy-shield": "Swiss-U.S. Data Privacy Framework",
}


def test_every_stale_claim_and_nothing_else(real: bytes) -> None:
    """The real page gives the retired edition, the replaced standards and both frameworks."""
    report = lint(real, ON)
    text = real.decode("utf-8")
    rows = [
        (
            *(claim.state, claim.standard, claim.version, str(claim.since)),
            *(claim.line, claim.start, claim.end),
            hashlib.sha256(text[claim.start : claim.end].encode()).hexdigest()[:16],
        )
        for claim in report.claims
    ]

    assert report.page == SHA256
    assert rows == EXPECTED
    assert report.counts == {"supported": 0, "stale": 6, "unsupported": 0, "wrong": 0}


def test_none_on_a_corrected_copy(real: bytes) -> None:
    """With each claim replaced by what holds today, the page gives none."""
    text, last = real.decode("utf-8"), len(real)
    for claim in sorted(lint(real, ON).claims, key=lambda one: -one.start):
        end = min(claim.end, last)
        text = text[: claim.start] + BETTER[claim.standard] + " " + text[end:]
        last = claim.start

    assert lint(text.encode(), ON).claims == ()


def test_most_of_it_held_once(real: bytes) -> None:
    """On a day of 2020 before the judgment only the attestation standard was out of date."""
    assert {one.standard for one in lint(real, date(2020, 7, 1)).claims} == {"at-101"}
