"""Measures: Annex II as the controls run, each with its last look and the entry that proves it.

A measure is described by what its controls try, and shown as its controls last found it: one that
fails is shown as failing. Where no control exists a named person describes it, else it is a blank.
The order follows the examples in the annex of Decision (EU) 2021/914, in our own words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bailee.privacy.live import Live, Seen
from bailee.privacy.paper import LIVE, Line, Section

RESULTS = {
    "passed": "found in force",
    "failed": "FAILING",
    "due": "something is still due",
    "blind": "could not be seen",
    "late": "not looked at in time",
    "": "not looked at yet",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One kind of measure, and the controls that keep it.

    Args:
        blank: subject of the statement that describes it where no control exists.
    """

    title: str
    controls: tuple[str, ...]
    blank: str = ""


MEASURES = (
    Measure(
        "Pseudonymisation and encryption",
        ("encryption-at-rest", "encryption-standard", "keys-wrapped"),
    ),
    Measure(
        "Confidentiality: who may do what",
        ("least-privilege", "purpose-limit", "break-glass", "disclosure-consent"),
    ),
    Measure("Integrity", ("record-keeping", "agreement-binding")),
    Measure(
        "Availability, resilience and restoring",
        ("backup", "restore-drill", "recovery"),
        "measure.availability",
    ),
    Measure(
        "Regular testing",
        ("honey-records", "vulnerability-scan", "penetration-test"),
        "measure.governance",
    ),
    Measure(
        "Identification and authorisation of users",
        (
            *("authorised-persons", "unique-identity", "credential-strength", "multi-factor"),
            *("revocation", "access-review", "customer-passwords"),
        ),
    ),
    Measure("Protection in transmission", ("transport", "no-values-in-urls")),
    Measure(
        "Protection in storage, and of places",
        ("device-register", "print-storage"),
        "measure.physical",
    ),
    Measure("Logging", ("access-log", "log-review")),
    Measure(
        "Configuration of systems",
        ("firewall-review", "firewall-drift", "security-fixes"),
        "measure.configuration",
    ),
    Measure(
        "Governance, training and certification",
        ("handling-procedures", "training", "soc-reports"),
        "measure.governance",
    ),
    Measure("Minimisation, quality and retention", ("permitted-elements",)),
    Measure("Erasure and portability", ("erasure",)),
    Measure("Help to the controller", ("dpia-assistance", "authority-records")),
    Measure(
        "What sub-processors must do",
        ("subprocessor-contract",),
        "measure.subprocessors",
    ),
)


def measures(live: Live) -> Section:
    """Return Annex II."""
    return Section(
        "Annex II: technical and organisational measures",
        tuple(line for one in MEASURES for line in _lines(live, one)),
        "Each line is what a control tries, what it found when it last looked, and the ledger "
        "entry that proves that look.",
    )


def claimed(live: Live) -> tuple[tuple[str, str], ...]:
    """Return (control, entry) of every measure that the annex says was found in force."""
    return tuple(
        (slug, live.controls[slug].entry)
        for one in MEASURES
        for slug in one.controls
        if slug in live.controls and live.controls[slug].result == "passed"
    )


def _lines(live: Live, one: Measure) -> Iterator[Line]:
    known = [slug for slug in one.controls if slug in live.controls]
    for slug in known:
        yield Line(one.title, _says(live.controls[slug]), LIVE, slug)
    if (one.blank and not known) or one.blank in live.said:
        yield live.line(one.blank)


def _says(seen: Seen) -> str:
    found = RESULTS[seen.result]
    when = f" on {seen.at[:10]}, entry {seen.entry}" if seen.at else ""
    return f"{seen.says}: {found}{when}"
