"""Claims beside the evidence that a company gives for them (B10)."""

from __future__ import annotations

import json
from datetime import date

import pytest

from bailee.assurance import lint
from bailee.errors import Invalid, Oversized

ON = date(2026, 11, 29)
PCI = b"We are PCI DSS 4.0.1 compliant."
AOC = """
[[certification]]
standard = "PCI DSS"
version = "4.0.1"
issuer = "Quillfeather Assessors LLC"
issued = 2026-02-14
until = 2027-02-13
scope = "payment platform"
"""


def judged(page: bytes, evidence: str, on: date = ON) -> list[tuple[str, str, str]]:
    """Return state, standard and since of every claim."""
    report = lint(page, on, evidence=evidence.encode())
    return [(c.state, c.standard, str(c.since)) for c in report.claims]


def test_a_living_claim_with_evidence_is_supported() -> None:
    """The attestation names edition, issuer and end: the claim stands on it, from its day."""
    assert judged(PCI, AOC) == [("supported", "pci-dss", "2026-02-14")]


def test_evidence_that_ran_out_makes_the_claim_stale() -> None:
    """The day after the attestation's last day the claim no longer stands."""
    assert judged(PCI, AOC, date(2027, 2, 13)) == [("supported", "pci-dss", "2026-02-14")]
    assert judged(PCI, AOC, date(2027, 2, 14)) == [("stale", "pci-dss", "2027-02-14")]


def test_an_attestation_without_an_end_speaks_for_a_year() -> None:
    """An attestation of compliance is of use for a year from its signature."""
    evidence = AOC.replace("until = 2027-02-13\n", "")

    assert judged(PCI, evidence, date(2027, 2, 14))[0][0] == "supported"
    assert judged(PCI, evidence, date(2027, 2, 15))[0][0] == "stale"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version = "4.0.1"', 'version = "4.0"'),
        ('issuer = "Quillfeather Assessors LLC"', ""),
        ("issued = 2026-02-14\nuntil = 2027-02-13", ""),
        ('standard = "PCI DSS"', 'standard = "iso-27001"'),
    ],
    ids=["another edition", "nobody issued it", "no dates", "another standard"],
)
def test_evidence_that_lacks_something_supports_nothing(old: str, new: str) -> None:
    """Another edition or standard, no issuer, or no date: the claim is unsupported."""
    assert judged(PCI, AOC.replace(old, new)) == [("unsupported", "pci-dss", "None")]


def test_no_evidence_supports_nothing() -> None:
    """An empty list is evidence that there is none; no list at all asks for none."""
    assert judged(PCI, "") == [("unsupported", "pci-dss", "None")]
    assert lint(PCI, ON).claims == ()
    assert [one.state for one in lint(PCI, ON, everything=True).claims] == ["unsupported"]


def test_a_report_is_matched_by_its_kind() -> None:
    """A SOC 1 report is no evidence for SOC 2."""
    page = b"Our SOC 2 Type 2 report is on request."
    report = '[[certification]]\nstandard = "SOC %s"\nissuer = "B LLP"\nperiod_end = 2026-06-30\n'

    assert judged(page, report % 2) == [("supported", "soc", "2026-06-30")]
    assert judged(page, report % 1) == [("unsupported", "soc", "None")]


def test_a_result_outlives_its_edition() -> None:
    """An attestation under 3.2.1, signed before that was retired, runs for its year."""
    page, evidence = b"PCI DSS 3.2.1 compliant", AOC.replace("4.0.1", "3.2.1")
    evidence = evidence.replace("2026-02-14", "2024-03-01").replace("2027-02-13", "2025-02-28")

    assert judged(page, evidence, date(2025, 1, 1)) == [("supported", "pci-dss", "2024-03-01")]
    assert judged(page, evidence, date(2025, 3, 1)) == [("stale", "pci-dss", "2024-03-31")]


def test_evidence_does_not_revive_what_ended() -> None:
    """No paper makes a framework valid again, nor certifies what nobody certifies."""
    page = b"Privacy Shield certified. HIPAA certified."
    papers = "".join(
        f'[[certification]]\nstandard = "{name}"\nissuer = "X"\nuntil = 2030-01-01\n'
        for name in ("Privacy Shield", "HIPAA")
    )

    assert [one[0] for one in judged(page, papers)] == ["stale", "wrong"]


def test_json_is_read_too() -> None:
    """A JSON object or a bare list says the same as TOML."""
    paper = {"standard": "pci-dss", "version": "4.0.1", "issuer": "Q", "until": "2027-02-13"}

    for held in ({"certification": [paper]}, [paper]):
        assert judged(PCI, json.dumps(held))[0][0] == "supported"


@pytest.mark.parametrize(
    "text",
    ["[[certification]]\nissuer = 3", "[[certification]]\nstandard = 'x'\nsecret = 1", "{", "\x00"],
)
def test_a_broken_file_is_refused_without_its_words(text: str) -> None:
    """The refusal says what to write, and repeats nothing of the file."""
    with pytest.raises(Invalid) as refused:
        lint(PCI, ON, evidence=text.encode())

    assert refused.value.code == "evidence.unreadable"
    assert "secret" not in str(refused.value)


def test_an_unknown_standard_is_refused() -> None:
    """Evidence for what the table does not know is a mistake to be told."""
    with pytest.raises(Invalid, match="Entry 1") as refused:
        lint(PCI, ON, evidence=b'[[certification]]\nstandard = "Gold Star"')

    assert refused.value.code == "evidence.standard"


def test_deep_and_large_evidence_is_refused() -> None:
    """Nested lists and more than a megabyte end in a typed refusal."""
    with pytest.raises(Invalid):
        lint(PCI, ON, evidence=b"[" * 100_000)
    with pytest.raises(Oversized):
        lint(PCI, ON, evidence=b" " * (1024 * 1024 + 1))
