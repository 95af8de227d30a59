"""What a kit says, line by line, each with its source (B8; C7.3(3)). Pure.

The registers come first, then what a named person stated, then what was given in the call; what
none of them knows is a blank. The processor's own facts are never given: they are live or stated.
"""

from __future__ import annotations

from collections.abc import Iterator

from bailee.agreement.offer import OFFERED, taken_lines
from bailee.agreement.rehearsal import number
from bailee.agreement.terms import load_terms
from bailee.privacy.annex import REGISTER, SENSITIVE
from bailee.privacy.assertion import CONTROLLER
from bailee.privacy.blank import FIELDS, filled
from bailee.privacy.kit_state import KitState, in_force
from bailee.privacy.measure import MEASURES, RESULTS
from bailee.privacy.paper import AGREEMENT, BLANK, GIVEN, LIVE, Line, Section
from bailee.privacy.prospect import PEOPLE, Prospect
from bailee.vault.catalogue import CATALOGUE

REGISTERS = "the registers"
GIVEN_BY = "whoever asked for the kit"
PARTICULARS = ("address", "contact", "representative", "security", "activities")
AGREED = {
    "offer.services": ("The services agreement that this belongs to", "services"),
    "offer.effective": ("The day on which it takes effect", "effective"),
    "offer.law": ("The governing law", "law"),
    "offer.member-state": ("The member state for the standard clauses", "member_state"),
}
"""Subject -> what both agree, and where a prospect has it."""
BOTH = "controller or processor"
LAWS = {"GB": "section 13.3", "CH": "section 13.4"}
"""Countries whose own law of transfers the text has a section for, beside the European one."""
IN_PART = "may be shown in part: "
ALONE = "rests on a signature alone, or has no words"
NATURE = (
    "taking in, storing, showing in whole or in part, comparing, correcting, restricting, erasing, "
    "returning and destroying"
)
"""What the vault does with data, whoever's it is."""


def sections(prospect: Prospect, state: KitState) -> tuple[Section, ...]:
    """Return what a kit says, in the order of the annexes."""
    return (
        Section("Annex I.A: controller", tuple(_controller(prospect, state))),
        Section("Annex I.A: processor", tuple(_processor(state))),
        Section("Annex I.A: what both agree", tuple(_agreed(prospect))),
        Section("Annex I.B: the transfer", tuple(_transfer(prospect, state))),
        Section("Annex I.C: authority", (_known(prospect.authority, state, "authority"),)),
        Section(
            "Annex II: measures in force",
            tuple(_measures(state)),
            "A measure stands here only while its control finds it in force.",
        ),
        Section("Annex III: sub-processors", tuple(_subprocessors(state))),
        Section("Clocks", tuple(_clocks()), "Duties of the text that have a time."),
    )


def _known(given: str, state: KitState, subject: str) -> Line:
    """Return what is known of the controller: its registers, its word, else what was given."""
    what = FIELDS[subject].what
    if subject in state.contacts and subject not in state.said:
        return Line(what, state.contacts[subject], LIVE, REGISTERS, subject)
    if subject not in state.said and given:
        return Line(what, given, GIVEN, GIVEN_BY, subject)
    return filled(state.said, state.names, subject)


def _controller(prospect: Prospect, state: KitState) -> Iterator[Line]:
    what = "Legal name of the exporter"
    if state.name:
        yield Line(what, state.name, LIVE, "the register of controllers", "exporter.name")
    elif prospect.name:
        yield Line(what, prospect.name, GIVEN, GIVEN_BY, "exporter.name")
    else:
        yield Line(what, "", BLANK, CONTROLLER, "exporter.name")
    for one in PARTICULARS:
        yield _known(getattr(prospect, one), state, f"exporter.{one}")


def _processor(state: KitState) -> Iterator[Line]:
    yield filled(state.said, state.names, "importer.name")
    for one in PARTICULARS:
        yield _known("", state, f"importer.{one}")


def _agreed(prospect: Prospect) -> Iterator[Line]:
    for subject, (what, place) in AGREED.items():
        given = getattr(prospect, place)
        source, by = (GIVEN, GIVEN_BY) if given else (BLANK, BOTH)
        yield Line(what, given, source, by, subject)


def _transfer(prospect: Prospect, state: KitState) -> Iterator[Line]:
    if prospect.people:
        said = "; ".join(PEOPLE[one] for one in PEOPLE if one in prospect.people)
        yield Line("People concerned", said, GIVEN, GIVEN_BY, "offer.people")
    else:
        yield Line("People concerned", "", BLANK, CONTROLLER, "offer.people")
    yield from _elements(state)
    yield _known(prospect.frequency, state, "transfer.frequency")
    yield Line("Nature of the processing", NATURE, LIVE, "what the vault does")
    if "transfer.nature" in state.said:
        yield filled(state.said, state.names, "transfer.nature")
    for one in load_terms(OFFERED).purposes:
        if one.id in state.purposes:
            yield Line(f"Purpose: {one.id}", one.says, AGREEMENT, f"section {one.clause}")
    yield filled(state.said, state.names, "importer.places")
    yield Line("Places of the keys", ", ".join(state.keys_at), LIVE, "the setting of the root key")
    yield from _countries(prospect)
    yield from _retention(state)


def _elements(state: KitState) -> Iterator[Line]:
    """Yield the data that may be held: what was chosen, and what shares a line with it."""
    lines = taken_lines(load_terms(OFFERED), state.elements)
    held = {name for line in lines for name in line.holds}
    classes: dict[str, list[str]] = {}
    for name in sorted(held):
        classes.setdefault(CATALOGUE[name].classification, []).append(name)
    for kind in sorted(classes):
        yield Line(f"Data: {kind}", ", ".join(classes[kind]), AGREEMENT, "Annex IV")
    along = sorted(held - set(state.elements))
    if along:
        says = ", ".join(along)
        yield Line("Not asked for, in the same lines of Annex IV", says, AGREEMENT, "Annex IV")
    sensitive = [name for kind in sorted(SENSITIVE & classes.keys()) for name in classes[kind]]
    for name in sensitive:
        masks = CATALOGUE[name].masks
        shown = f"{IN_PART}{', '.join(masks)}" if masks else "has no partial form"
        yield Line(f"Sensitive: {name}", shown, LIVE, "the catalogue's rules")
    if not sensitive:
        yield Line("Sensitive data", "none", AGREEMENT, "Annex IV")


def _countries(prospect: Prospect) -> Iterator[Line]:
    """Yield where the people live, and which law of the border that calls for beside Europe's."""
    if not prospect.countries:
        yield Line("Where the people live", "", BLANK, CONTROLLER, "offer.countries")
        return
    codes = sorted(set(prospect.countries))
    yield Line("Where the people live", ", ".join(codes), GIVEN, GIVEN_BY, "offer.countries")
    for code in (one for one in codes if one in LAWS):
        yield Line(f"Law of transfers: {code}", LAWS[code], AGREEMENT, "the text")


def _retention(state: KitState) -> Iterator[Line]:
    lines = taken_lines(load_terms(OFFERED), state.elements)
    days: dict[int, list[str]] = {}
    for name in sorted(name for line in lines for name in line.holds):
        days.setdefault(CATALOGUE[name].retention_days, []).append(name)
    for many in sorted(days):
        if many:
            what = f"Retention: {many} days from the day its record was made"
            yield Line(what, ", ".join(days[many]), LIVE, "the catalogue's rules")
    until = "until the period of section 15.2 has ended"
    yield Line("Retention: otherwise", until, AGREEMENT, "section 15.2")


def _measures(state: KitState) -> Iterator[Line]:
    """Yield the measures that are in force, and what a person must describe; never another."""
    for one in MEASURES:
        proven = [slug for slug in one.controls if _proven(state, slug)]
        for slug in proven:
            seen = state.controls[slug]
            yield Line(one.title, f"{seen.says} ({seen.gives}, {seen.at[:10]})", LIVE, slug)
        watched = any(slug in state.controls for slug in one.controls)
        if one.blank and (one.blank in state.said or not watched):
            line = filled(state.said, state.names, one.blank)
            yield Line(one.title, line.says, line.source, line.by, line.subject)


def not_claimed(state: KitState) -> Iterator[Line]:
    """Yield what stands in no annex, with why: for our own eyes.

    Why a measure is not in force may be another controller's trouble; whom the kit is for sees that
    nothing is claimed, and no more.
    """
    for one in MEASURES:
        for slug in one.controls:
            seen = state.controls.get(slug)
            if seen is None:
                yield Line(one.title, "nothing watches it yet", LIVE, slug)
            elif not in_force(seen):
                when = f", {seen.at[:10]}" if seen.at else ""
                found = ALONE if seen.result == "passed" else RESULTS[seen.result]
                yield Line(one.title, f"{found}{when}", LIVE, slug)
    for name, why in state.unsuited:
        yield Line(f"Sub-processor: {name}", why, LIVE, REGISTER)


def _proven(state: KitState, slug: str) -> bool:
    return slug in state.controls and in_force(state.controls[slug])


def _subprocessors(state: KitState) -> Iterator[Line]:
    for one in state.subprocessors:
        says = "; ".join(
            (
                one["address"],
                one["contact"],
                ", ".join(one["services"]),
                ", ".join(one["categories"]),
                ", ".join(one["countries"]),
            )
        )
        yield Line(f"Sub-processor: {one['name']}", says, LIVE, REGISTER)
    if not state.subprocessors:
        yield Line("Sub-processors", "none", LIVE, REGISTER)


def _clocks() -> Iterator[Line]:
    for line in load_terms(OFFERED).obligations:
        if line.kind in ("clock", "cadence") and line.actor == "processor":
            yield Line(line.summary, number(line), AGREEMENT, f"section {line.clause}")


def claimed(state: KitState) -> tuple[str, ...]:
    """Return the controls whose measures a kit claims."""
    return tuple(slug for one in MEASURES for slug in one.controls if _proven(state, slug))
