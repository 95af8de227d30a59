"""Annexes: descriptions that leave something out, and measures that would fit any company."""

from __future__ import annotations

import pytest

from bailee.agreement.lint import lint
from bailee.agreement.parse import compile_text

TOP = (
    'Rules for Guest Records\n\n1. Words\n\n1.1 "Data" means the personal records of guests.\n\n'
    "1.2 The Keeper has the Data.\n\n2. Duties\n\n2.1 The Keeper follows Annex 1 and Annex 2.\n\n"
)
SHAPES = {
    "lines": (
        "Annex 1: Description of processing\n\nSubject matter: bookings\nDuration: 3 years\n"
        "Nature: storage\nPurpose: confirming bookings\nTypes of data: names\n"
        "Data subjects: guests\n"
    ),
    "two labels on a line": (
        "Annex 1\n\nProcessing\n\n1. Subject matter of the processing: bookings\n"
        "2. Term of the processing: 3 years\n3. Nature and purpose: storage to confirm bookings\n"
        "4. Categories of personal data: names\n5. Categories of data subjects: guests\n"
    ),
    "table": (
        "ANNEX 1 - PARTICULARS\n\n| Item | Detail |\n|---|---|\n| Subject matter and duration "
        "| bookings, 3 years |\n| Nature and purposes | storage, confirming |\n"
        "| Kinds of information | names |\n| Individuals concerned | guests |\n"
    ),
    "headings": (
        "## Annex 1 Details\n\n### Subject matter\n\nBookings.\n\n### Duration\n\nThree years.\n\n"
        "### Nature of the processing\n\nStorage.\n\n### Purposes\n\nConfirming bookings.\n\n"
        "### Categories of data\n\nNames.\n\n### Data subjects\n\nGuests.\n"
    ),
    "labels as sentences": (
        "Annex 1. Description of the processing\n\nSubject matter. Bookings.\nDuration. 3 years.\n"
        "Nature. Storage.\nPurpose. Confirming bookings.\nPersonal data. Names.\n"
        "Persons concerned. Guests.\n"
    ),
    "plain words": (
        "Annex 1: The facts\n\nWhat it is about: bookings\nHow long: three years\n"
        "What we do: storage\nWhy: confirming bookings\nWhat data: names\nWhose data: guests\n"
    ),
    "dot leaders": (
        "Annex 1\nParticulars\n\nSubject matter ...... bookings\nDuration ............ 3 years\n"
        "Nature .............. storage\nPurpose ............. confirming\n"
        "Information ......... names\nGuests concerned .... all\n"
    ),
    "running text": (
        "Annex 1: Description of processing\n\nThe subject matter of the contract is bookings. The "
        "duration is three years. The nature of the processing is storage; its purpose is to "
        "confirm bookings. The personal data are names. The data subjects are guests.\n"
    ),
}
TRANSFER = (
    "Annex I\n\nB. DESCRIPTION OF TRANSFER\n\nCategories of data subjects\nGuests.\n\n"
    "Categories of personal data transferred\nNames.\n\nSensitive data transferred\nNone.\n\n"
    "The frequency of the transfer\nContinuous.\n\nNature of the processing\nStorage.\n\n"
    "Purpose(s) of the data transfer\nConfirming bookings.\n\nPeriod for which data is retained\n"
    "3 years.\n\nFor transfers to (sub-) processors, subject matter, nature and duration\nNone.\n"
)


def told(body: str, rule: str) -> list[str]:
    """Return what a rule says of an annex put behind a small contract."""
    findings = lint(compile_text((TOP + body).encode()))
    return [finding.message for finding in findings if finding.rule == rule]


def without(text: str, *words: str) -> str:
    """Return a text without the lines that hold one of some words."""
    lines = text.split("\n")
    return "\n".join(line for line in lines if not any(word in line for word in words))


@pytest.mark.parametrize("shape", SHAPES)
def test_complete_description(shape: str) -> None:
    """A description that states everything gives nothing, whatever its shape."""
    assert told(SHAPES[shape], "incomplete-annex") == []


@pytest.mark.parametrize(
    ("shape", "gone", "lacks"),
    [
        ("lines", "Duration", "duration"),
        ("lines", "Data subjects", "categories of data subjects"),
        ("two labels on a line", "Nature and purpose", "purposes"),
        ("table", "Individuals", "categories of data subjects"),
        ("headings", "### Nature", "nature"),
        ("labels as sentences", "Personal data", "categories of personal data"),
        ("plain words", "Whose", "categories of data subjects"),
        ("dot leaders", "Purpose", "purposes"),
    ],
)
def test_incomplete_description(shape: str, gone: str, lacks: str) -> None:
    """A label that is not there is told, even when its words stand in a value."""
    messages = told(without(SHAPES[shape], gone), "incomplete-annex")
    assert f"This annex does not state: {lacks}." in messages


def test_label_of_another_thing_is_none() -> None:
    """A line about something else does not stand in for the missing one."""
    text = SHAPES["lines"].replace("Data subjects: guests", "Languages: Danish, for our guests")
    assert told(text, "incomplete-annex")


def test_nature_by_reference() -> None:
    """A nature that is only another contract is not stated."""
    text = SHAPES["lines"].replace("Nature: storage", "Nature: as described in the Hotel Contract")
    assert len(told(text, "incomplete-annex")) == 1


def test_complete_transfer() -> None:
    """The headings of the standard clauses with an answer under each are complete."""
    assert told(TRANSFER, "incomplete-annex") == []


@pytest.mark.parametrize(
    "gone",
    [
        "Sensitive data transferred\nNone.\n\n",
        "The frequency of the transfer\nContinuous.\n\n",
        "Period for which data is retained\n3 years.\n\n",
        "For transfers to (sub-) processors, subject matter, nature and duration\nNone.\n",
    ],
)
def test_incomplete_transfer(gone: str) -> None:
    """A transfer also wants sensitive data, frequency, retention and sub-processing."""
    assert len(told(TRANSFER.replace(gone, ""), "incomplete-annex")) == 1


OTHERS = {
    "sub-processors": (
        "Annex 3: Sub-processors\n\nName: Host AG\nSubject matter: hosting\nNature: storage\n"
        "Duration: 3 years\nData: names\n"
    ),
    "parties": "Annex 1 Parties\n\nOwner: Hotel GmbH. Contact person: A. Bell. Role: controller\n",
}


@pytest.mark.parametrize("annex", OTHERS)
def test_other_annexes(annex: str) -> None:
    """A list of sub-processors or of parties is no description of the processing."""
    assert told(OTHERS[annex], "incomplete-annex") == []


GENERIC = {
    "appropriate": (
        "Annex 2: Security\n\nThe Keeper will maintain appropriate technical and organisational "
        "measures to ensure a level of security appropriate to the risk.\n"
    ),
    "industry": "Annex 2 - Safeguards\n\nKeeper uses industry-standard protections.\n",
    "a list of hedges": (
        "Schedule 2: How we protect Data\n\n1. Appropriate access controls.\n2. Suitable "
        "training.\n3. Adequate physical security.\n4. Encryption where appropriate.\n"
    ),
    "no title": (
        "ANNEX II\n\nKeeper shall implement commercially reasonable administrative, technical "
        "and physical safeguards designed to protect Data.\n"
    ),
    "customary": (
        "Annex 2: Technical measures\n\nThe Keeper takes security seriously and has adopted "
        "measures customary in its trade. It keeps them up to date.\n"
    ),
    "aims only": (
        "Annex 2: Measures\n\nThe Keeper shall protect the Data against loss, theft and misuse "
        "and shall ensure the confidentiality and availability of its systems at all times.\n"
    ),
}


@pytest.mark.parametrize("annex", GENERIC)
def test_generic_measures(annex: str) -> None:
    """Measures in words that fit any company are told."""
    assert told(GENERIC[annex], "generic-annex")


SPECIFIC = {
    "bullets": (
        "Annex 2: Measures\n\n- AES-256 at rest, TLS 1.3 in transit\n- Locked cabinets\n"
        "- Backups each night\n"
    ),
    "numbered": (
        "Schedule 2 Technical and Organisational Measures\n\n1. Access control. Badges and a log "
        "of entries.\n2. Passwords of 14 characters.\n3. Appropriate training every year.\n"
    ),
    "pointer": "Annex 2 Security measures\n\nThe measures are those of section 2.1 above.\n",
    "contacts": "Annex 2 Security contacts\n\nKeeper: Ann Bell, +1 555 0100\nOwner: Jo Ray\n",
    "prices": "Annex 2 Prices\n\nA reasonable fee is charged for further measures: 300 euros.\n",
}


@pytest.mark.parametrize("annex", SPECIFIC)
def test_specific_measures(annex: str) -> None:
    """Named measures, a place that names them, and other annexes are left alone."""
    assert told(SPECIFIC[annex], "generic-annex") == []
