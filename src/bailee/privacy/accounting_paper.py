"""The accounting of disclosures as a paper that a person can read (B3; 45 CFR 164.528(b)). Pure.

It names nobody: whose accounting it is, the controller writes in. What an authority suspended is
not in it and not hinted at.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bailee.access import DEIDENTIFIED
from bailee.access.consent import RETURN
from bailee.clock import write_time
from bailee.privacy.accounting import Disclosed, Recipient
from bailee.privacy.paper import BLANK, LIVE, Line, Paper, Section

NAME = "accounting-of-disclosures"
FROM = "the ledger"
UNKNOWN = "not known"


def paper(name: str, lines: Sequence[Disclosed], window: tuple[datetime, datetime]) -> Paper:
    """Return the paper.

    Args:
        name: of the controller.
        lines: what may be told.
        window: from when, until when.
    """
    since, until = (write_time(one)[:10] for one in window)
    head = Section(
        "Whose accounting, and of which time",
        (
            Line("Person", "", BLANK, "controller", "person"),
            Line("From", since, LIVE, FROM),
            Line("To", until, LIVE, FROM),
            Line("Disclosures", str(len(lines)), LIVE, FROM),
        ),
    )
    return Paper(
        NAME,
        f"Accounting of disclosures: {name}",
        "Who received data of this person, when, what it was, and what for (45 CFR 164.528(b)).",
        (head, *(_section(number, one) for number, one in enumerate(lines, start=1))),
    )


def _section(number: int, one: Disclosed) -> Section:
    entry = f"entry {one.entries[0]}"
    date = one.first[:10]
    if one.times > 1:
        date = f"{date}, {one.times} times, last on {one.last[:10]}"
    said = [Line("Date", date, LIVE, entry)]
    for who in one.recipients:
        said += [
            Line("Recipient", who.name, LIVE, FROM),
            Line("Address", address(who), LIVE, FROM),
        ]
    said += [
        Line("What", what(one), LIVE, entry),
        Line("Purpose", one.purpose, LIVE, entry),
        *(
            Line("Request or consent", f"{who.reference} (SHA-256 {who.text_sha256})", LIVE, FROM)
            for who in one.recipients
        ),
    ]
    return Section(f"Disclosure {number}", tuple(said), kind(one))


def address(who: Recipient) -> str:
    """Return where a recipient is, as far as anybody wrote it down."""
    return ", ".join(filter(None, (who.address, who.country))) or UNKNOWN


def what(one: Disclosed) -> str:
    """Return in short what was disclosed."""
    many = "1 record" if one.records == 1 else f"{one.records} records"
    return f"{', '.join(one.elements)} ({many})"


def kind(one: Disclosed) -> str:
    """Return what sets a line apart from a disclosure to somebody else, '' for nothing."""
    if one.form == DEIDENTIFIED:
        return "A row without the person's name, number or address, among rows like it."
    if all(who.kind == RETURN for who in one.recipients):
        return "The controller's own data, given back to it."
    return ""
