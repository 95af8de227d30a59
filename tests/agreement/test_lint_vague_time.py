"""A duty whose time cannot be computed, and a number that belongs to another duty."""

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
    return [finding.message for finding in findings if finding.rule == "vague-time"]


@pytest.mark.parametrize(
    "body",
    [
        "The Keeper shall inform the Owner of any loss in a timely fashion.",
        "The Keeper notifies the Owner of each complaint as soon as reasonably practicable.",
        (
            "Upon becoming aware of a leak, the Keeper shall, without undue delay, notify the"
            " Owner and provide a written report within 5 days."
        ),
        ("The Keeper shall within 24 hours acknowledge each request and shall promptly answer it."),
        "The Keeper shall patch critical flaws within a commercially reasonable time.",
        "The Keeper shall conduct periodic penetration tests of its systems.",
        "The Keeper shall review access rights from time to time.",
        "The Keeper must train its staff regularly.",
        "Backups are tested at regular intervals.",
        "The Keeper shall give the Owner prompt written notice of any order of a court.",
        "The Keeper shall take immediate steps to contain the breach.",
        (
            "Copies of the Data shall be destroyed at the earliest opportunity after the "
            "contract ends."
        ),
        "The Keeper shall return the Data in due course.",
        "The Keeper shall provide reasonable prior notice of each new Sub-processor.",
        "If a guest objects, the Keeper forwards the objection forthwith to the Owner.",
        (
            "The Keeper shall notify the Owner immediately so that the Owner can meet its own"
            " deadline of 72 hours."
        ),
        ("Where the Owner has not answered within ten days, the Keeper shall promptly remind it."),
        "The Keeper shall keep logs for 12 months and delete them promptly.",
        "The Keeper will correct errors as quickly as possible.",
        ("Following expiry of the 30-day period the Keeper shall delete the Data without delay."),
        (
            "The Keeper shall, on 10 days' notice, make its records available without "
            "unreasonable delay."
        ),
        (
            "The Keeper shall:\n\n(a) notify the Owner promptly of a breach;\n\n(b) keep a "
            "register; and\n\n(c) answer requests within five days."
        ),
        "Immediately following discovery, the Keeper shall call the Owner.",
        "The Keeper undertakes to inform the Owner with all due speed.",
        "On a regular basis, the Keeper shall audit its Sub-processors.",
        "The Keeper agrees that it will act on instructions expeditiously.",
        "A breach is to be reported to the Owner at once.",
        "The Keeper must tell the Owner soon after it learns of a breach.",
        "The Keeper shall inform the Owner well in advance of any change.",
        "The Keeper shall respond within an appropriate timeframe.",
        (
            "Keeper shall promptly, but after consulting its insurer, inform Owner; Owner "
            "shall answer within 3 days."
        ),
        (
            "Vendor shall, as soon as practicable after discovery, notify Customer; a full "
            "report shall follow within 10 days."
        ),
        "Notification shall be made without undue delay.",
        "Any defect is to be remedied within a reasonable period of time.",
        "You must tell us straight away if you lose a device.",
        "We delete your data as soon as we no longer need it.",
        "Staff are reminded of their duties at appropriate intervals.",
        "The Keeper shall ensure that vulnerabilities are promptly remediated.",
        ("The Keeper shall notify the Owner in an expeditious manner and assist it for 30 days."),
        "The Keeper is obliged to rectify the Data immediately upon instruction.",
        "The Keeper shall cooperate in a timely manner with the Owner's annual audit.",
        (
            "The Keeper shall inform the Owner without delay if a request arrives within the "
            "12 months after the contract ends."
        ),
        "The Keeper shall send, with all reasonable speed, a copy of each order.",
        "Prompt notice of every incident shall be given to the Owner.",
        ("The Keeper shall periodically, and in consultation with the Owner, reassess the risks."),
        "The Keeper shall review, at regular intervals, who has access.",
        "Following a request, access must be removed immediately.",
        "Where a data subject complains, the Owner will be informed promptly by email.",
        "The Keeper must in good time inform the Owner about planned changes.",
        "The Keeper shall issue the certificate within such time as is reasonable.",
        "It shall be the responsibility of the Keeper to forward requests promptly.",
    ],
)
def test_told(body: str) -> None:
    """A duty whose time has no number of its own is told."""
    assert found(body)


@pytest.mark.parametrize(
    "body",
    [
        "The Keeper shall notify the Owner promptly and in any event within 48 hours.",
        (
            "The Keeper notifies the Owner without undue delay, at the latest 72 hours after "
            "discovery."
        ),
        (
            "Within 24 hours after discovery, the Keeper shall promptly notify the Owner and "
            "remedy the cause."
        ),
        ("The Keeper shall without undue delay (and at most within 36 hours) inform the Owner."),
        "The Keeper shall promptly investigate and report the breach within 48 hours.",
        "The Owner may at once suspend the transfer.",
        (
            "The Owner has the right to terminate this contract immediately if the Keeper "
            "breaches it."
        ),
        "This contract ends immediately when the main contract ends.",
        "The fee is the one paid in the month immediately preceding the claim.",
        "The Owner may audit the Keeper on reasonable notice of not less than ten days.",
        "The Owner may inspect the premises on reasonable notice.",
        "The Keeper follows the law as amended from time to time.",
        "Standards may change from time to time.",
        "The Keeper shall regularly, and at least every six months, review access rights.",
        "The Keeper shall test its backups regularly (once per quarter).",
        (
            "The Keeper shall notify the Owner promptly. In any event the notice shall reach "
            "the Owner within 24 hours."
        ),
        (
            '"Promptly" means within two Business Days.\n\n2.2 The Keeper shall promptly '
            "forward each request."
        ),
        (
            "The Keeper shall, immediately and in no case later than noon on the next working"
            " day, call the Owner."
        ),
        "The Keeper is not required to respond immediately to frivolous requests.",
        "The obligations take effect immediately and end on 31 May 2027.",
        "Data must be immediately available to the Owner in the portal.",
        (
            "The Keeper shall as soon as possible, and in any case no later than 3 days after"
            " receipt, forward the request."
        ),
        (
            "The Keeper shall, without delay and not later than the time stated in clause "
            "1.2, tell the Owner."
        ),
        "No more than two engineers may work on the Data at once.",
        "The Keeper shall hold the Data only during regular business hours.",
        (
            "The Keeper maintains a process for regularly testing, assessing and evaluating "
            "its measures every six months."
        ),
        "Accounts lock immediately after five failed attempts.",
        "The Keeper must promptly, being within eight hours, telephone the Owner.",
        (
            "The Keeper will notify the Owner without delay; this is to happen within one day"
            " of discovery."
        ),
        "Each month the Keeper shall promptly send the Owner the list.",
        (
            "The Keeper shall notify the Owner of the breach without undue delay after "
            "becoming aware of it and, where feasible, not later than 24 hours after that."
        ),
        "The Keeper shall answer within a reasonable period, not exceeding fourteen days.",
        (
            "The Keeper shall provide the Owner with prompt notice, and in any event within "
            "one Business Day."
        ),
        (
            "The Keeper shall notify the Owner immediately, and in any event not later than "
            "twelve (12) hours after discovery."
        ),
        ("The Keeper shall notify without undue delay and, in any case, within 1 Business Day."),
        "The Keeper shall notify the Owner promptly (and in any event within two days).",
        (
            "The Keeper shall notify the Owner as soon as possible but never later than 24 "
            "hours after discovery, and shall assist it."
        ),
        "Either party may, immediately upon notice, terminate this contract.",
        "The insurer was immediately informed in 2023.",
        (
            'In this contract, "without undue delay" means within 24 hours.\n\n2.2 The Keeper'
            " shall tell the Owner of a breach without undue delay."
        ),
        "The Keeper shall not unreasonably delay its consent.",
        "Consent shall not be unreasonably withheld or delayed.",
        "The paragraph immediately following this one applies to backups.",
        "The Owner can at any time immediately revoke its consent.",
        "The Keeper reviews the list regularly, that is to say every three months.",
        (
            "The Keeper runs a scan each night and repairs flaws promptly, within 7 days at "
            "the latest."
        ),
        "Retention: 30 days, then deletion.",
        (
            "If the Owner so requests, the Keeper shall forthwith, at the latest by the end "
            "of the next working day, block the account."
        ),
        "The Keeper shall promptly, i.e. within four hours, call.",
        "The Keeper shall tell the Owner promptly and not more than three days later.",
        "Regular mail shall not be used.",
        "Regular backups are made every night.",
        (
            "The Keeper shall respond promptly: within 2 hours for critical flaws and within "
            "5 days for others."
        ),
        (
            "The Keeper shall give the Owner prompt written notice, in no event later than 48"
            " hours after discovery."
        ),
        (
            "Upon discovery and within 24 hours the Keeper shall immediately call the Owner "
            "and send a report."
        ),
        "Immediate access to premises is the right of the Owner.",
        ("The Keeper is entitled to have errors corrected promptly by the Owner within five days."),
        (
            "The parties shall meet at least once a year and as soon as possible, but within "
            "one week, after a breach."
        ),
        "The Owner pays within 30 days after receipt of an invoice.",
    ],
)
def test_left_alone(body: str) -> None:
    """A right, a legal effect, a place and a duty with its own number are left alone."""
    assert found(body) == []
