"""The accounting of disclosures of one person: who got what, when, what for (B3, A4). Pure.

45 CFR 164.528(b)(2) asks for four things of each disclosure in six years: its date; the name and,
if known, the address of who received it; what it was, in short; and its purpose, or the request
that it followed. All four are read from the ledger: date, elements and purpose from the entries of
its calls, the recipient from the entry by which a second person confirmed the controller's writing.
Several calls of one disclosure are one line with its first and last date and their number, as
164.528(b)(3) allows.

It says more than the law asks: what went for payment or operations, and back to the controller,
stands here too, each with its kind; who answers the person leaves out what the law leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from bailee import canonical
from bailee.errors import Broken, Invalid, Refused
from bailee.ledger import Opening
from bailee.privacy.suspension import Suspension

YEARS = 6
"""45 CFR 164.528(a)(1)."""
REVEALED = "vault:record:revealed"
CONFIRMED = "access:consent:confirmed"
SUBJECT, CONSENT = "subject", "consent"
"""What a line of the index leads from."""


class _Whose(msgspec.Struct, frozen=True, gc=False):
    """Whose a line of an opening is; the rest of it is not read here."""

    subject_id: str


_WHOSE = msgspec.json.Decoder(_Whose)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who received it, as the controller's writing names them, and that writing."""

    consent: str
    kind: str
    name: str = field(repr=False)
    address: str = field(repr=False)
    country: str
    reference: str = field(repr=False)
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One call of a disclosure that included a person."""

    disclosure: str
    form: str
    time: str
    entry_id: str
    purpose: str
    elements: tuple[str, ...]
    """As they were shown: ``person.ssn:last4`` where it was by a mask."""
    records: frozenset[str]
    consents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One line of the accounting."""

    disclosure: str
    form: str
    first: str
    last: str
    times: int
    records: int
    elements: tuple[str, ...]
    purpose: str
    recipients: tuple[Recipient, ...]
    entries: tuple[str, ...]


def six_years_before(now: datetime) -> datetime:
    """Return the same day six years earlier; 28 February where that year has no 29th."""
    leap = (now.month, now.day) == (2, 29) and (now.year - YEARS) % 4 != 0
    return now.replace(year=now.year - YEARS, day=28 if leap else now.day)


def check_window(since: datetime, until: datetime) -> None:
    """Refuse a time that ends before it begins.

    Raises:
        Invalid: ``accounting.window``.
    """
    if since >= until:
        raise Invalid("accounting.window", "The time ends before it begins.")


def leads(fields: Mapping[str, Any], opening: Opening | None) -> tuple[str, frozenset[str]]:
    """Return of what an entry tells, and of whom: ('subject', ids), ('consent', ids) or nothing."""
    detail = fields["detail"]
    if fields["action"] == CONFIRMED:
        return CONSENT, frozenset((str(detail["consent"]),))
    if fields["action"] != REVEALED or not detail.get("disclosure") or opening is None:
        return "", frozenset()
    return SUBJECT, frozenset(_WHOSE.decode(block).subject_id for _, block in opening.records)


def seen(fields: Mapping[str, Any], opening: Opening, subject_id: str) -> Seen | None:
    """Return what a call disclosed of somebody; None where it did not.

    Raises:
        Broken: ``ledger.opening`` for an opening that is not its entry's.
    """
    _check(fields, opening)
    lines = [canonical.decode(block) for _, block in opening.records]
    mine = [one for one in lines if one["subject_id"] == subject_id]
    detail = fields["detail"]
    if fields["action"] != REVEALED or not detail.get("disclosure") or not mine:
        return None
    held = {name for one in mine for name in one["elements"]}
    shown = [name for name in fields["elements"] if name.partition(":")[0] in held]
    return Seen(
        disclosure=str(detail["disclosure"]),
        form=str(detail.get("form", "")),
        time=str(fields["time"]),
        entry_id=str(fields["id"]),
        purpose=str(fields["purpose"]),
        elements=tuple(shown or sorted(held)),
        records=frozenset(str(one["record_id"]) for one in mine),
        consents=tuple(opening.words().get("consents", "").split()),
    )


def recipient(fields: Mapping[str, Any], opening: Opening) -> Recipient:
    """Return whom a confirmed writing names.

    Raises:
        Broken: ``ledger.opening``.
    """
    _check(fields, opening)
    words, detail = opening.words(), fields["detail"]
    return Recipient(
        consent=str(detail["consent"]),
        kind=str(detail["kind"]),
        name=words["recipient"],
        address=words.get("address", ""),
        country=str(detail.get("country", "")).upper(),
        reference=words["reference"],
        text_sha256=str(detail["text_sha256"]),
    )


def account(calls: Iterable[Seen], recipients: Mapping[str, Recipient]) -> list[Disclosed]:
    """Return the lines of an accounting, by their first date.

    Raises:
        Broken: ``accounting.no_writing`` where the ledger lacks what something left under.
    """
    by_disclosure: dict[str, list[Seen]] = {}
    for one in {each.entry_id: each for each in calls}.values():
        by_disclosure.setdefault(one.disclosure, []).append(one)
    lines = []
    for disclosure, found in by_disclosure.items():
        found.sort(key=lambda one: (one.time, one.entry_id))
        consents = dict.fromkeys(name for one in found for name in one.consents)
        if not consents or not consents.keys() <= recipients.keys():
            raise Broken(
                "accounting.no_writing",
                "The ledger lacks the writing under which something left.",
                do="See the disclosures with an auditor; the register may have been altered.",
            )
        lines.append(
            Disclosed(
                disclosure=disclosure,
                form=found[0].form,
                first=found[0].time,
                last=found[-1].time,
                times=len(found),
                records=len(frozenset[str]().union(*(one.records for one in found))),
                elements=tuple(sorted({name for one in found for name in one.elements})),
                purpose=found[0].purpose,
                recipients=tuple(recipients[name] for name in consents),
                entries=tuple(one.entry_id for one in found),
            )
        )
    return sorted(lines, key=lambda one: (one.first, one.disclosure))


def suspend(
    lines: Sequence[Disclosed], suspensions: Iterable[Suspension], whose: str, now: datetime
) -> tuple[list[Disclosed], int]:
    """Return the lines that may be told, and how many are left out in whole or part.

    Raises:
        Refused: ``accounting.unconfirmed_suspension``.
    """
    states = [(one, one.state_at(now)) for one in suspensions]
    told, left_out = [], 0
    for line in lines:
        names = [one.consent for one in line.recipients]
        touching = {
            name: {state for one, state in states if one.touches(name, whose)} for name in names
        }
        if any("recorded" in found for found in touching.values()):
            raise Refused(
                "accounting.unconfirmed_suspension",
                "An authority's statement that bears on this accounting is not confirmed.",
                do="A second person confirms it or lifts it: `bailee accounting suspensions`.",
            )
        kept = tuple(one for one in line.recipients if "confirmed" not in touching[one.consent])
        left_out += len(kept) < len(line.recipients)
        if kept:
            told.append(_for(line, kept))
    return told, left_out


def _for(line: Disclosed, recipients: tuple[Recipient, ...]) -> Disclosed:
    return Disclosed(
        line.disclosure, line.form, line.first, line.last, line.times, line.records,
        line.elements, line.purpose, recipients, line.entries,
    )  # fmt: skip


def _check(fields: Mapping[str, Any], opening: Opening) -> None:
    if opening.commitments() != fields["commitments"]:
        raise Broken("ledger.opening", "An opening is not that of its entry.")
