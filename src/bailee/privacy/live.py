"""What papers are made of: the state that runs, gathered once for one controller. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bailee.agreement import Agreement
from bailee.privacy.assertion import Assertion
from bailee.privacy.blank import FIELDS, fill, filled
from bailee.privacy.flow import Flow, Verdict
from bailee.privacy.paper import LIVE, Line

PEOPLE = {
    "customer": "customers of the controller",
    "owner": "owners of its business customers",
    "employee": "employees",
    "prospect": "prospects",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a control says it tries, and how its last look ended."""

    says: str
    result: str = ""
    """``passed``, ``failed``, ``due``, ``blind``, ``late`` for a look that is too old, '' for
    none."""
    at: str = ""
    entry: str = ""
    gives: str = ""
    """What a passed look is worth: ``enforced``, ``operating``, ``asserted``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """One controller, now."""

    controller: str
    name: str
    agreement: Agreement
    now: datetime
    people: tuple[tuple[str, str, str, int], ...] = ()
    """(kind, category, residence, how many)."""
    records: int = 0
    verbs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What living grants let anybody do -> for which purposes."""
    flows: tuple[tuple[Flow, Verdict], ...] = ()
    subprocessors: tuple[Mapping[str, Any], ...] = ()
    """Those that are engaged, as the controller's list has them."""
    said: Mapping[str, Assertion] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of people by id."""
    controls: Mapping[str, Seen] = field(default_factory=dict)
    recipients: tuple[tuple[str, str, int], ...] = ()
    """(name, country, records) of what left."""
    keys_at: tuple[str, ...] = ()
    """Where the root key is asked for, as the setting has it."""
    contacts: Mapping[str, str] = field(default_factory=dict)
    """Side (``exporter``, ``importer``) -> whom it names for privacy."""

    def line(self, subject: str) -> Line:
        """Return what a person stated, or the blank."""
        return filled(self.said, self.names, subject)

    def contact(self, side: str) -> Line:
        """Return a side's contact from the registers, unless a person stated another."""
        subject, known = f"{side}.contact", self.contacts.get(side)
        if known is None or subject in self.said:
            return self.line(subject)
        return Line(FIELDS[subject].what, known, LIVE, "the register of contacts", subject)

    def of_flow(self, subject: str, *, what: str, who: str) -> Line:
        """Return what a person stated of a flow, or the blank."""
        return fill((self.said, self.names), subject, what=what, who=who)

    def categories(self) -> Iterator[Line]:
        """Yield whose data is held, with how many of each; organisations apart from people."""
        counts: Counter[tuple[str, str]] = Counter()
        for kind, category, _, many in self.people:
            counts[kind, category] += many
        for (kind, category), many in sorted(counts.items()):
            what = PEOPLE.get(category, "of unknown category")
            plain = f"{what}, organisations" if kind == "organisation" else what
            says = f"{plain}: {many} held now"
            yield Line(f"{kind}, {category}", says, LIVE, "the vault's count")

    def running(self) -> tuple[Flow, ...]:
        """Return the flows that are confirmed and not over."""
        return tuple(one for one, _ in self.flows if one.state_at(self.now) == "confirmed")
