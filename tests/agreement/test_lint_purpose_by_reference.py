"""Purposes that are nothing but another contract."""

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
    return [finding.message for finding in findings if finding.rule == "purpose-by-reference"]


@pytest.mark.parametrize(
    "body",
    [
        (
            "The Keeper shall process the Data solely to provide the services described in "
            "the Booking Contract."
        ),
        ("The Keeper may use the Data for any other purpose set forth in the Booking Contract."),
        "Purpose: as set forth in the Booking Contract",
        "The purposes of the processing are those described in the Hosting Agreement.",
        "The Keeper handles the Data only for the purposes of the Hosting Agreement.",
        (
            "The Keeper shall process the Data only as needed to perform its obligations "
            "under the Hosting Agreement."
        ),
        "Purposes. Performance of the Hosting Agreement.",
        "The Keeper processes the Data for whatever the Hosting Agreement requires.",
        "Data is processed to fulfil the MSA.",
        "The Keeper uses the Data for the purposes specified in the applicable Order Form.",
        "The Keeper may process the Data for the purposes contemplated by the Booking Terms.",
        (
            "Keeper shall use the Data exclusively for the performance of the Master Services"
            " Agreement."
        ),
        "The Data may be used in order to deliver the services under the Framework Contract.",
        "Purpose of processing: provision of the services under the Main Agreement",
        (
            '"Permitted Purpose" means the performance of the Main Agreement.\n\n2.2 The '
            "Keeper shall use the Data only for the Permitted Purpose."
        ),
    ],
)
def test_told(body: str) -> None:
    """A purpose that points to a whole contract is told."""
    assert found(body)


@pytest.mark.parametrize(
    "body",
    [
        "For the purposes of this Agreement, a day has 24 hours.",
        (
            "The Keeper processes the Data to send invoices, to answer guests, and for no "
            "other purpose."
        ),
        "The Keeper shall process the Data only for the purposes listed in Annex 1.",
        (
            "The Keeper shall process the Data to provide the services described in the "
            "Hosting Agreement, namely storage, backup and support."
        ),
        (
            "The Keeper shall process the Data for the purposes set out in Schedule 2 of the "
            "Hosting Agreement."
        ),
        (
            "The Keeper shall not use the Data for any purpose other than those listed in "
            "clause 1.2."
        ),
        (
            "This contract forms part of the Hosting Agreement under which the Keeper "
            "provides services."
        ),
        "Section 7 of the Hosting Agreement limits liability under this contract.",
        "The Keeper stores the Data for the term of the Hosting Agreement.",
        "The Keeper shall retain the Data until the Hosting Agreement ends.",
        (
            "The Keeper shall process the Data, for the performance of the Hosting Agreement,"
            " only for the following purposes:\n\n(a) to send invoices; and\n\n(b) to answer "
            "guests."
        ),
        "For the purposes of the Hosting Agreement, this contract is a schedule.",
        "Purpose: sending invoices under the Hosting Agreement",
        "The Keeper shall provide the services described in the Hosting Agreement.",
        "The Keeper processes the Data to send invoices and reminders.",
        "Terms used here have the meaning set out in the Hosting Agreement.",
        (
            "The Keeper shall process the Data for the purposes set out in this contract and "
            "Annex 1."
        ),
        "The purpose of this contract is to supplement the Hosting Agreement.",
        "Fees for using the Data are set out in the Hosting Agreement.",
        "The Owner shall use reasonable efforts to perform the Hosting Agreement.",
        (
            "This contract applies to all Data that the Keeper processes under the Hosting "
            "Agreement."
        ),
        (
            "The Keeper shall process the Data only on documented instructions, which include"
            " the Hosting Agreement."
        ),
        '"Services" means the services described in the Hosting Agreement.',
        (
            "The Keeper shall delete Data which is no longer needed to perform the Hosting "
            "Agreement."
        ),
    ],
)
def test_left_alone(body: str) -> None:
    """Listed purposes, exact places and other matters of a contract are left alone."""
    assert found(body) == []
