"""What a notice says, part by part, and what each part rests on (C9.1(i)-(iv), C9.2). Pure.

A part is *computed* (from the log, by anybody again), *asserted* (by a named person), or *unknown*:
then it says so, and a later version fills it. A first notice does not wait for what is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from bailee.clock import write_time
from bailee.errors import Refused
from bailee.incidents.event import KINDS, Event
from bailee.incidents.facts import UNKNOWN, Facts
from bailee.incidents.incident import Incident

Basis = Literal["computed", "asserted", "unknown"]
NOT_YET = "Not yet known."
KEPT = "How the data was kept then"
TRIED: Mapping[str, str] = {
    "encryption-at-rest": "Every value stored encrypted",
    "encryption-standard": "By the agreed algorithm, each bound to its place",
    "keys-wrapped": "Keys stored encrypted, apart from the data",
}
"""What the controls try that say how data was kept (``sealing``)."""
LIMITS = """No log can show that somebody who holds both database and root key did not read
outside of it, anything of data that never entered, or that a person's statement is true."""
SAID: Mapping[str, str] = {
    "nature": "What happened",
    "consequences": "What may follow",
    "measures": "What we do about it",
}
"""Parts that a person asserts; what was said once stands until it is said anew."""


class Part(msgspec.Struct, frozen=True):
    """One part of a notice."""

    key: str
    title: str
    basis: Basis
    lines: tuple[str, ...]
    by: str = ""
    """Who asserts it: a principal's id."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who of us can be asked (C9.1(iv))."""

    principal: str
    name: str
    reach: str
    """An address, or ``tel:+…`` of somebody on duty (C10.2)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One version, as stored. ``matter`` is the incident or the event that it is about."""

    controller: str
    matter: str
    version: int
    kind: str
    parts: tuple[Part, ...]
    facts_sha256: str
    facts: Facts | None
    """What it counted, with the entries it counted up to: it can be counted again."""
    written: datetime
    written_by: str
    sent_as: str = ""
    """Id of what was handed over for it."""


def said_before(parts: tuple[Part, ...]) -> dict[str, Part]:
    """Return what people asserted in a version, by key."""
    return {part.key: part for part in parts if part.key in SAID and part.basis == "asserted"}


def breach(incident: Incident, said: Mapping[str, Part], contacts: Sequence[Contact]) -> list[Part]:
    """Return the parts of a notice of a breach.

    Raises:
        Refused: ``notice.contact`` when nobody is named who can be asked.
    """
    known = dict(said)
    if incident.nature:
        known.setdefault("nature", asserted("nature", incident.nature, incident.opened_by))
    spoken = {key: known.get(key) or _unknown(key, title) for key, title in SAID.items()}
    return [
        spoken["nature"],
        _times(incident),
        *_computed(incident.facts),
        spoken["consequences"],
        spoken["measures"],
        reach(contacts),
        Part("limits", "What no log can show", "computed", (" ".join(LIMITS.split()),)),
    ]


def other(event: Event, what: str, by: str, contacts: Sequence[Contact]) -> list[Part]:
    """Return the parts of a notice of something else (C9.1 urgent, C9.2); raises as ``breach``."""
    return [
        Part("kind", "What this is about", "asserted", (f"It is {KINDS[event.kind]}.",), by),
        Part("nature", "What happened", "asserted", _lines(what), by),
        Part("times", "When", "asserted", (f"Found: {_moment(event.discovered)}.",), by),
        reach(contacts),
    ]


def asserted(key: str, text: str, by: str) -> Part:
    """Return a part that a person says."""
    return Part(key, SAID[key], "asserted", _lines(text), by)


def reach(contacts: Sequence[Contact]) -> Part:
    """Return whom to ask.

    Raises:
        Refused: ``notice.contact``.
    """
    known = [one for one in contacts if one.reach]
    if not known:
        raise Refused(
            "notice.contact",
            "A notice names somebody of ours who can be asked.",
            do="Name a contact for this incident, or appoint who answers for security.",
        )
    lines = tuple(f"{one.name}, {one.reach}" for one in known)
    return Part("contact", "Whom to ask", "asserted", lines, known[0].principal)


def text_of(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return a notice's lines as they are sent; each part says what it rests on."""
    lines: list[str] = []
    for part in parts:
        basis = {"computed": "computed from the log", "unknown": "not yet known"}.get(
            part.basis, f"asserted by {part.by}" if part.by else "asserted"
        )
        head = part.title if part.key == "limits" else f"{part.title} ({basis})"
        lines += [head, *(f"  {line}" for line in part.lines), ""]
    return tuple(lines[:-1])


def changed(before: tuple[Part, ...], after: tuple[Part, ...]) -> tuple[str, ...]:
    """Return the keys of the parts that say something else than in the version before."""
    old = {part.key: (part.basis, part.lines) for part in before}
    return tuple(part.key for part in after if old.get(part.key) != (part.basis, part.lines))


def _unknown(key: str, title: str) -> Part:
    return Part(key, title, "unknown", (NOT_YET,))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip())


def _moment(at: datetime) -> str:
    return write_time(at)[:16].replace("T", " ") + " UTC"


def _times(incident: Incident) -> Part:
    aware = _moment(incident.aware) if incident.aware else "not yet known to be a breach"
    lines = [f"Suspected: {_moment(incident.suspected)}.", f"Known: {aware}."]
    if incident.dated_back:
        lines.append(f"Written down: {_moment(incident.recorded)}, later than it was suspected.")
    return Part("times", "When", "asserted", tuple(lines), incident.opened_by)


def _computed(facts: Facts | None) -> list[Part]:
    if facts is None:
        return [
            _unknown("records", "Which data"),
            _unknown("persons", "Whose data"),
            _unknown("exposure", "What left, and how"),
            _unknown("encryption", KEPT),
        ]
    parts = [
        Part("records", "Which data", "computed", tuple(_records(facts))),
        Part("persons", "Whose data", "computed", tuple(_persons(facts))),
        Part("exposure", "What left, and how", "computed", tuple(_exposure(facts))),
        Part("encryption", KEPT, "computed", tuple(_encryption(facts))),
    ]
    if gaps := tuple(_gaps(facts)):
        parts.append(Part("gaps", "What the log cannot tell", "unknown", gaps))
    return [*parts, Part("basis", "What was counted", "computed", tuple(_basis(facts)))]


def _records(facts: Facts) -> list[str]:
    lines = [f"Records: {facts.records}. Values kept elsewhere: {facts.elsewhere}."]
    lines += [f"  {name}: {many} records" for name, many in facts.categories.items()]
    if facts.listed:
        lines.append(f"Ids listed without any value: {facts.listed}.")
    return lines


def _persons(facts: Facts) -> list[str]:
    return [
        f"People: {facts.people}.",
        f"Organisations, counted apart: {facts.organisations}.",
        f"Not known which of the two: {facts.unclear}.",
        "By nationality (who has several counts under each):",
        *_table(facts.nationalities),
        "By state of the United States:",
        *_table(facts.states),
        "By country of residence otherwise:",
        *_table(facts.countries),
        "By what they are to you:",
        *_table(facts.roles),
    ]


def _table(counts: Mapping[str, int]) -> list[str]:
    known = [f"  {code}: {many}" for code, many in counts.items() if code != UNKNOWN]
    last = [f"  not known: {counts[UNKNOWN]}"] if UNKNOWN in counts else []
    return [*known, *last] or ["  none"]


def _exposure(facts: Facts) -> list[str]:
    lines = [
        f"  {one.element}: {one.plain} left in clear, {one.masked} as a mask alone,"
        f" {one.matched} compared with a value, {one.inside} did not leave"
        for one in facts.elements
    ]
    first = "Of the values that were touched:"
    return [first, *(lines or ["  none"])]


def _encryption(facts: Facts) -> Iterator[str]:
    for one in facts.encryption:
        says = TRIED[one.control]
        if not one.looks:
            yield f"{says}: the log has no look of then, nor of the day before."
            continue
        seen = {
            "held": f"held at {one.looks} of {one.looks} looks",
            "broken": f"did not hold at {one.amiss} of {one.looks} looks",
            "unseen": f"could not be seen at {one.blind} of {one.looks} looks",
        }[one.state]
        yield f"{says}: {seen}, from {one.first} to {one.last}; entry {one.entry}."


def _gaps(facts: Facts) -> list[str]:
    lines = []
    if facts.erased:
        lines.append(f"Calls of which the log keeps no details any more: {facts.erased}.")
    if facts.retired:
        lines.append(f"Logs that were retired and cannot be counted: {len(facts.retired)}.")
    return lines


def _basis(facts: Facts) -> list[str]:
    calls = f"Calls: {facts.calls} answered, {facts.refused} refused"
    when = f", from {facts.first} to {facts.last}" if facts.first else ""
    lines = [f"{calls}{when}."]
    if facts.honey:
        lines.append(f"Records of nobody that were left out: {facts.honey}.")
    lines += [f"Log {one.log}: the first {one.entries} entries." for one in facts.logs]
    return [*lines, f"SHA-256 of these facts: {facts.digest()}."]
