"""Lists that no verb governs."""

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
    return [finding.message for finding in findings if finding.rule == "list-without-verb"]


@pytest.mark.parametrize(
    "body",
    [
        (
            "In the report:\n\n(a) the cause of the loss;\n\n(b) the number of guests; "
            "and\n\n(c) the steps taken."
        ),
        (
            "If a loss occurs, (i) the cause of the loss; (ii) the number of guests; and "
            "(iii) the steps taken."
        ),
        (
            "With respect to each transfer:\n\n(a) the country;\n\n(b) the recipient; "
            "and\n\n(c) the date."
        ),
        (
            "Together with the notice, (a) a copy of the log; (b) the name of the person; and"
            " (c) evidence of the repair."
        ),
        (
            "Upon request of the Owner:\n\n- a list of staff\n- the latest audit report\n- "
            "all certificates"
        ),
        (
            "The Keeper shall call the Owner. Thereafter, (1) a full report; (2) the list of "
            "guests; and (3) the logs."
        ),
        (
            "Within 10 days after the end of the contract:\n\n(a) all paper files;\n\n(b) all"
            " backups; and\n\n(c) a signed certificate."
        ),
    ],
)
def test_told(body: str) -> None:
    """A list after a mere circumstance is told."""
    assert found(body)


@pytest.mark.parametrize(
    "body",
    [
        (
            "The report shall state:\n\n(a) the cause of the loss;\n\n(b) the number of "
            "guests; and\n\n(c) the steps taken."
        ),
        (
            "In the report the Keeper states:\n\n(a) the cause of the loss;\n\n(b) the number"
            " of guests; and\n\n(c) the steps taken."
        ),
        (
            "If a loss occurs, the Keeper shall tell the Owner (i) the cause of the loss; "
            "(ii) the number of guests; and (iii) the steps taken."
        ),
        (
            "If a loss occurs:\n\n(a) the Keeper shall tell the Owner within a day;\n\n(b) "
            "the Owner shall inform the guests."
        ),
        (
            "In this contract:\n\n(a) the singular includes the plural; and\n\n(b) headings "
            "have no meaning."
        ),
        (
            "Upon request, the Keeper gives the Owner:\n\n(a) a list of staff;\n\n(b) the "
            "latest audit report."
        ),
        "Contact details:\n\n(a) the name;\n\n(b) the address.",
        (
            "Within ten days after the end of the contract the Keeper hands over:\n\n(a) all "
            "paper files; and\n\n(b) all backups."
        ),
        "The Keeper shall:\n\n(a) encrypt the Data; and\n\n(b) test backups every month.",
        (
            "In each case, subject to clause 1.2, the register includes\n\n(a) the date; "
            "and\n\n(b) the recipient."
        ),
        (
            "For each transfer, the register shows: (a) the country; (b) the recipient; and "
            "(c) the date."
        ),
        (
            "After the end of the contract, the following remain in force: (a) the duty of "
            "secrecy; and (b) the law clause."
        ),
    ],
)
def test_left_alone(body: str) -> None:
    """A list with a verb before it or inside it is left alone."""
    assert found(body) == []
