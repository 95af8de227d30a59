"""The annexes of an offered text: sentences made of a kit's lines (B8; C7.3(3)). Pure.

Each value stands in one line of its own place. A blank reads ``[to be filled: …]``, which the lint
of any agreement finds: a text with a blank cannot pass for a whole one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bailee.agreement.offer import Annexes
from bailee.privacy.kit_lines import AGREED, IN_PART, NATURE
from bailee.privacy.kit_state import KitState
from bailee.privacy.paper import BLANK, Line, Section

LABELS = {
    "name": "name",
    "address": "address",
    "contact": "contact person",
    "representative": "representative and data protection officer",
    "security": "security contact and delegate",
    "activities": "activities",
    "offer.services": "services agreement",
    "offer.effective": "effective day",
    "offer.law": "governing law",
    "offer.member-state": "member state",
    "offer.people": "categories of data subjects",
    "offer.countries": "countries where they live",
    "transfer.frequency": "frequency of the transfer",
    "importer.places": "places of the data and of the people who reach it",
    "authority": "competent supervisory authority",
    "measure.availability": "how availability is assured",
    "measure.configuration": "how systems are configured",
    "measure.governance": "how security is governed",
    "measure.physical": "how places are protected",
    "measure.subprocessors": "what sub-processors must do",
}
"""What a blank is called in the text."""
REGULAR = "Regular "
"""In a title; in a contract it would be a time without a number."""


def annexes(made: Sequence[Section], state: KitState) -> Annexes:
    """Return the paragraphs of Annexes I to III."""
    controller, processor, agreed, transfer, authority, measures = (part.lines for part in made[:6])
    return Annexes(
        parties=(
            _party("Data exporter", "exporter", "controller", controller),
            _party("Data importer", "importer", "processor", processor),
            _agreed(agreed),
        ),
        transfer=tuple(_transfer(transfer)),
        authority=(f"The competent supervisory authority under Clause 13: {_says(authority[0])}.",),
        measures=tuple(_measures(measures)),
        subprocessors=tuple(_subprocessors(state)),
    )


def _says(line: Line) -> str:
    """Return what a line says as a part of a sentence, without what would end or break it."""
    if line.source == BLANK:
        side, _, name = line.subject.partition(".")
        label = LABELS.get(line.subject) or f"{LABELS[name]} of the {side}"
        return f"[to be filled: {label}]"
    return plain(line.says)


def plain(text: str) -> str:
    """Return words in one printable line without a full stop at the end."""
    line = " ".join(text.split())
    shown = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in line)
    return unicodedata.normalize("NFC", shown).rstrip(". ") or "none"


def _party(what: str, side: str, role: str, lines: Iterable[Line]) -> str:
    said = {one.subject.removeprefix(f"{side}."): _says(one) for one in lines}
    person = "Contact person" if side == "exporter" else "Contact person and privacy coordinator"
    return (
        f"{what}: {said['name']}, {said['address']}. Role: {role}. {person}: {said['contact']}. "
        f"Representative of the {side} in the Union and data protection officer: "
        f"{said['representative']}. Security contact and delegate of the {side}: "
        f"{said['security']}. Activities of the {side} relevant to the data transferred: "
        f"{said['activities']}."
    )


def _agreed(lines: Iterable[Line]) -> str:
    said = {one.subject: _says(one) for one in lines}
    services, effective, law, state = (said[subject] for subject in AGREED)
    return (
        f"Services agreement: {services}. Effective day: {effective}. Governing law: {law}. "
        f"Member state for the Standard Contractual Clauses: {state}. Signature: both companies "
        "sign on the page that names the SHA-256 digest of this text."
    )


def _transfer(lines: Sequence[Line]) -> Iterator[str]:
    by = {one.subject: _says(one) for one in lines if one.subject}
    said = {one.what: one for one in lines}
    people = f"{by['offer.people']}. They live in: {by.get('offer.countries') or _live(said)}"
    yield f"People concerned, being the categories of data subjects: {people}."
    yield "Categories of personal data: the data elements listed in Annex IV."
    yield f"Sensitive data: {_sensitive(said)}."
    yield f"Frequency of the transfer: {by['transfer.frequency']}."
    more = f"; {by['transfer.nature']}" if "transfer.nature" in by else ""
    yield f"Nature of the processing: {NATURE}{more}."
    purposes = [what.removeprefix("Purpose: ").replace("-", " ") for what in _of(said, "Purpose: ")]
    yield (
        "Purposes of the transfer and of any further processing: the Permitted Purposes that "
        f"section 4.1 lists, namely {', '.join(purposes)}."
    )
    keys = plain(said["Places of the keys"].says)
    yield f"Places of Protected Data and of the people who reach it: {by['importer.places']}."
    yield f"Places of the keys: {keys}."
    kept = [f"{what.removeprefix('Retention: ')}, for {said[what].says}" for what in
            _of(said, "Retention: ") if what != "Retention: otherwise"]  # fmt: skip
    yield f"Retention period: {'; '.join((*kept, plain(said['Retention: otherwise'].says)))}."
    yield (
        "Transfers to Sub-processors: subject matter, nature and duration of the processing by "
        "each Sub-processor are stated in Annex III."
    )


def _live(said: Mapping[str, Line]) -> str:
    return _says(said["Where the people live"])


def _of(said: Mapping[str, Line], beginning: str) -> list[str]:
    return [what for what in said if what.startswith(beginning)]


def _sensitive(said: Mapping[str, Line]) -> str:
    masks = [
        f"{what.removeprefix('Sensitive: ')} ({forms})"
        for what in _of(said, "Sensitive: ")
        if (forms := said[what].says.removeprefix(IN_PART)) != said[what].says
    ]
    shown = f", and display in part where the full value is not needed: {', '.join(masks)}"
    return (
        "the elements that Annex IV marks as sensitive. Restrictions and safeguards: the measures "
        f"of Annex II{shown if masks else ''}"
    )


def _measures(lines: Sequence[Line]) -> Iterator[str]:
    """Yield a paragraph for each kind of measure; what one person stated twice is said once."""
    kinds: dict[str, list[str]] = {}
    told: set[str] = set()
    for one in lines:
        if one.subject not in told:
            title = one.what.partition(":")[0].removeprefix(REGULAR)
            kinds.setdefault(f"{title[0].upper()}{title[1:]}", []).append(_says(one))
        told |= {one.subject} - {""}
    for title, says in kinds.items():
        yield f"{title}: {'; '.join(says)}."
    if not kinds:
        yield "None: no measure was found in force when this text was filled."


def _subprocessors(state: KitState) -> Iterator[str]:
    for one in state.subprocessors:
        yield (
            f"Name: {plain(one['name'])}. Address: {plain(one['address'])}. Contact person: "
            f"{plain(one['contact'])}. Subject matter, nature and duration of the processing: "
            f"{plain(', '.join(one['services']))}, for the duration of the Services Agreement. "
            f"Categories of personal data: {plain(', '.join(one['categories']))}. Countries: "
            f"{plain(', '.join(one['countries']))}."
        )
    if not state.subprocessors:
        yield "None: the Processor engages no Sub-processor on the effective day."
