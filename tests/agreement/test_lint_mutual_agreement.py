"""Values that exist only when both parties agree on them later."""

from __future__ import annotations

import pytest

from bailee.agreement.lint import lint
from bailee.agreement.parse import compile_text

TOP = (
    '1. Words\n\n1.1 "Data" means the personal records of the guests. "Keeper" means the company '
    'that holds them. "Owner" means the hotel.\n\n1.2 The Keeper has the Data.\n\n2. Duties\n\n2.1 '
)


def found(body: str) -> list[str]:
    """Return what the rule says of a clause put into a small contract."""
    findings = lint(compile_text((TOP + body).encode()))
    return [finding.message for finding in findings if finding.rule == "mutual-agreement"]


@pytest.mark.parametrize(
    "body",
    [
        "The Keeper shall correct findings within a mutually agreed timeframe.",
        "The Keeper shall deliver the Data in a format to be agreed.",
        "Audits take place on dates acceptable to both parties.",
        "The fee for extra work shall be agreed between the parties.",
        "The Keeper shall return the Data by a date as the parties may agree.",
        "The retention period is determined by mutual agreement.",
        "The parties will agree on a schedule for the audit.",
        "The Keeper repairs faults within a time agreed with the Owner.",
        (
            "The report follows a template that the Owner and the Keeper have jointly "
            "approved later."
        ),
        "Tests take place at intervals upon which the parties shall agree.",
        "The list of approved tools will be jointly determined.",
        "The audit is done by a mutually acceptable firm.",
        (
            "The Keeper shall cure the defect within a cure period that the parties jointly "
            "determine."
        ),
        "The Keeper shall return the Data in a mutually acceptable format.",
        "The cost of the audit is shared in a proportion to be agreed.",
        "The Keeper shall provide training at intervals agreed between the parties.",
        "Deletion is completed by such date as both parties accept.",
        "An auditor acceptable to both parties examines the Keeper once a year.",
        "The deadline shall be agreed upon by the Owner and the Keeper.",
        "The parties shall mutually determine the scope of the audit.",
        (
            "Additional measures will be as agreed between the Owner and the Keeper from time"
            " to time."
        ),
        "The retention period is the one on which we both settle.",
    ],
)
def test_told(body: str) -> None:
    """A value left to both parties is told."""
    assert found(body)


@pytest.mark.parametrize(
    "body",
    [
        "The parties agree that the Keeper acts on instructions.",
        "This contract may be amended only by mutual written agreement of the parties.",
        "Unless otherwise agreed in writing by the parties, the Data stays in France.",
        "The parties may terminate this contract by mutual agreement.",
        (
            "The audit takes place on a mutually agreed date, not later than 30 days after "
            "the request."
        ),
        (
            "The audit takes place on a date agreed between the parties or, failing "
            "agreement, on the tenth day after the request."
        ),
        "Each party agrees to keep the Data secret.",
        "The Keeper uses the format agreed in Annex 1.",
        "The parties have agreed to the following.",
        "The Keeper and the Owner agree to follow the law.",
        "The Owner agrees to pay the fee of 300 euros.",
        "The mutual obligations of the parties end in May 2028.",
        "The rates are those agreed by the parties in the Order of 4 May 2025.",
        ("As agreed by the parties in the Hosting Contract dated 4 May 2025, the fee is fixed."),
        "This contract may only be varied by agreement in writing between the parties.",
        "The Owner and the Keeper agree as follows.",
        "The parties hereby agree to keep the Data secret.",
        "Except as mutually agreed in writing, the Data stays in Spain.",
        "The agreed services are listed in Annex 1.",
        "The audit starts at a mutually convenient time within ten days after the request.",
        "Upon mutual written consent of the parties this contract may be extended.",
        "The parties agree on the jurisdiction of the courts of Lyon.",
        "Changes to the list have to be agreed in writing by both parties.",
        "The Keeper shall accept and agree to audits by the Owner.",
        "The fee agreed by the parties in section 2 is due on 3 May 2026.",
        "Unless the parties agree on another date, the report is due on 31 March.",
        "Both parties accept the jurisdiction of the courts of Lyon.",
        (
            "The Data is hosted in Spain or in another country agreed by the parties in "
            "writing beforehand, otherwise not at all."
        ),
    ],
)
def test_left_alone(body: str) -> None:
    """Amendments, promises, fallbacks and values that stand somewhere are left alone."""
    assert found(body) == []
