"""Blanks: what no machine sees, and who must say it (SCC annexes, GDPR Article 30(2)). Pure.

``FIELDS`` is the whole list; a statement about anything else is refused. ``who`` is the side whose
word it is; '' takes either's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bailee.clock import write_time
from bailee.privacy.assertion import CONTROLLER, PROCESSOR, Assertion
from bailee.privacy.flow import CERTIFICATION, CLAUSE_14, GROUND, SOURCE
from bailee.privacy.paper import ASSERTED, BLANK, Line

CCPA = "ccpa-certification"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to be said by a person."""

    what: str
    who: str


FIELDS: Mapping[str, Field] = {
    "exporter.address": Field("Address of the exporter", CONTROLLER),
    "exporter.contact": Field("The exporter's contact: name, position, how to reach", CONTROLLER),
    "exporter.activities": Field("The exporter's activities that the transfer serves", CONTROLLER),
    "exporter.representative": Field(
        "The exporter's representative in the Union and its data protection officer, or that there "
        "is none",
        CONTROLLER,
    ),
    "exporter.security": Field("The exporter's security contact and delegate", CONTROLLER),
    "exporter.signature": Field("Who signed for the exporter, and when", CONTROLLER),
    "importer.name": Field("Legal name of the importer", PROCESSOR),
    "importer.address": Field("Address of the importer", PROCESSOR),
    "importer.contact": Field("The importer's contact: name, position, how to reach", PROCESSOR),
    "importer.activities": Field("The importer's activities that the transfer serves", PROCESSOR),
    "importer.representative": Field(
        "The importer's representative in the Union and its data protection officer, or that there "
        "is none",
        PROCESSOR,
    ),
    "importer.places": Field(
        "Where protected data is kept, and from where the importer's people reach it", PROCESSOR
    ),
    "importer.security": Field("The importer's security contact and delegate", PROCESSOR),
    "importer.signature": Field("Who signed for the importer, and when", PROCESSOR),
    "transfer.frequency": Field("How often data is transferred", CONTROLLER),
    "transfer.nature": Field("What else is done with the data than bailee can see", PROCESSOR),
    "authority": Field("The competent supervisory authority under Clause 13", CONTROLLER),
    "clauses.options": Field(
        "The options chosen in Clauses 7, 9(a), 11, 17 and 18, and the notice period", CONTROLLER
    ),
    "uk.ending": Field("Which party may end the UK Addendum when it changes", CONTROLLER),
    "measure.availability": Field("How availability and restoring are assured", PROCESSOR),
    "measure.configuration": Field("How systems are configured and kept so", PROCESSOR),
    "measure.governance": Field("How security is governed and certified", PROCESSOR),
    "measure.physical": Field("How the places where data is kept are protected", PROCESSOR),
    "measure.subprocessors": Field("What sub-processors must do to help the controller", PROCESSOR),
}
OF_HOUSE = ("importer.", "measure.")
"""Beginnings of subjects that are one and the same for every controller: stated once, at the house,
they fill what is offered to those who are none yet."""
OF_FLOW: Mapping[str, str] = {
    CLAUSE_14: "",
    CERTIFICATION: "",
    SOURCE: PROCESSOR,
    GROUND: CONTROLLER,
}
"""First parts of subjects that speak of one flow -> whose word it is."""


def filled(said: Mapping[str, Assertion], names: Mapping[str, str], subject: str) -> Line:
    """Return the line that a statement fills, or its blank."""
    one = FIELDS[subject]
    return fill((said, names), subject, what=one.what, who=one.who)


def fill(
    spoken: tuple[Mapping[str, Assertion], Mapping[str, str]], subject: str, *, what: str, who: str
) -> Line:
    """Return a line for any subject: what a person stated, or a blank for whoever must."""
    said, names = spoken
    found = said.get(subject)
    if found is None:
        return Line(what, "", BLANK, who or "controller or processor", subject)
    signer = names.get(found.signed_by, found.signed_by)
    by = f"{signer} for the {found.side}, until {write_time(found.until)[:10]}"
    if found.reference:
        by += f", on {found.reference}"
    return Line(what, found.text, ASSERTED, by, subject)
