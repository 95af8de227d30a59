"""The rules for passwords and sessions in force: the strictest of every source, each kept (A7).

Sources, the one that prevails first: every agreement in force, the card standard, the federal
guideline; and beneath them all a floor of our own. The floor is as strict as any of the two
standards is believed to be, because a source that nobody compared with its text gives no number
(``unresolved: source``), and a password is not made longer afterwards.

Two sources pull in opposite directions in two places: a forced mixture of characters, and a forced
change. The contract and the card standard want them, the guideline forbids them. What is enforced
is the stricter one, in its narrowest form (a change only where the password is the only factor),
and the conflict is shown.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bailee.access.password import Policy
from bailee.access.store import within
from bailee.agreement import Agreements, load_terms
from bailee.agreement.strictest import Claim, Strictest, strictest
from bailee.agreement.terms import Terms
from bailee.clock import Clock
from bailee.errors import NotFound

STANDARDS = ("pci-dss-4.0.1", "nist-sp-800-63b-4", "owasp-asvs-5.0.0")
KEPT_FOR = timedelta(seconds=60)
"""So long rules are remembered: an agreement installed now counts within a minute."""
COMPOSITION, DICTIONARY = "password.composition", "password.dictionary"
FLOOR: Mapping[str, tuple[str, int, str]] = {
    "password.min_length": ("min", 15, "characters"),
    "password.history": ("min", 4, "times"),
    "password.rotation": ("max", 90 * 1440, "minutes"),
    "password.lockout_attempts": ("max", 10, "times"),
    "password.lockout": ("min", 30, "minutes"),
    "session.idle": ("max", 15, "minutes"),
    "session.absolute": ("max", 12 * 60, "minutes"),
}
"""Our own floor: direction, number, unit. Times are in minutes here and below."""
CUSTOMERS: Mapping[str, tuple[str, int, str]] = {
    **FLOOR,
    "password.min_length": ("min", 12, "characters"),
}
"""The floor for passwords of controllers' customers: what the card standard is believed to want
(8.3.6), though it leaves consumers out. How long their sessions live is not ours to say."""
FLOOR_SOURCE = "bailee"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what is enforced, by which source, and what every source says."""

    name: str
    enforced: int
    unit: str
    source: str
    claims: tuple[Claim, ...]
    conflict: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, and what they come to."""

    rules: tuple[Rule, ...]
    policy: Policy


class PasswordRules:
    """The rules in force in a house.

    Args:
        agreements: of every controller.
        clock: the time.
    """

    def __init__(self, agreements: Agreements, clock: Clock) -> None:
        self._agreements = agreements
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: tuple[datetime, Rules] | None = None  # owned by _lock
        self._customers: dict[str, tuple[datetime, Policy]] = {}  # owned by _lock

    def policy(self, conn: sa.Connection) -> Policy:
        """Return what is enforced now."""
        return self.read(conn).policy

    def read(self, conn: sa.Connection) -> Rules:
        """Return the rules with their sources."""
        now = self._clock.now()
        with self._lock:
            kept = self._kept
        if kept is not None and now - kept[0] < KEPT_FOR:
            return kept[1]
        made = join([*self._in_force(conn), *map(load_terms, STANDARDS)])
        with self._lock:
            self._kept = (now, made)
        return made

    def for_customers(self, conn: sa.Connection, controller: str) -> Policy:
        """Return what is enforced now for passwords of one controller's customers (C2.7)."""
        now = self._clock.now()
        with self._lock:
            kept = self._customers.get(controller)
        if kept is not None and now - kept[0] < KEPT_FOR:
            return kept[1]
        sources = list(map(load_terms, STANDARDS))
        with suppress(NotFound):  # nothing in force there, or nothing there: it is refused anyway
            sources.insert(0, self._agreements.in_force(conn, controller).as_read)
            made = join(sources, CUSTOMERS).policy
            with self._lock:
                self._customers[controller] = (now, made)
            return made
        return join(sources, CUSTOMERS).policy

    def _in_force(self, conn: sa.Connection) -> list[Terms]:
        found: dict[str, Terms] = {}
        for row in self._agreements.controllers(conn):
            with within(conn, row.controller), suppress(NotFound):
                # Not in force yet, or destroyed: it binds nobody.
                terms = self._agreements.in_force(conn, row.controller).as_read
                found[f"{terms.id} {terms.obligations!r}"] = terms
        return list(found.values())


def join(sources: Sequence[Terms], floor: Mapping[str, tuple[str, int, str]] = FLOOR) -> Rules:
    """Return the strictest of all sources and the floor. Pure."""
    joined = strictest(sources)
    rules = [_numbered(name, floor[name], joined.get(name)) for name in floor]
    marks = [_marked(name, joined.get(name)) for name in (COMPOSITION, DICTIONARY)]
    number = {rule.name: rule.enforced for rule in rules}
    contract = any(
        claim.obligation.kind != "prohibition" and not claim.source.startswith(STANDARDS)
        for claim in marks[0].claims
    )
    policy = Policy(
        least=number["password.min_length"],
        cases=contract,
        wordless=bool(marks[1].enforced),
        kept=number["password.history"],
        age=timedelta(minutes=number["password.rotation"]),
        tries=number["password.lockout_attempts"],
        lock=timedelta(minutes=number["password.lockout"]),
        idle=timedelta(minutes=number["session.idle"]),
        absolute=timedelta(minutes=number["session.absolute"]),
    )
    return Rules((*rules, *marks), policy)


def _numbered(name: str, floor: tuple[str, int, str], found: Strictest | None) -> Rule:
    direction, enforced, unit = floor
    source, claims = FLOOR_SOURCE, found.claims if found else ()
    for claim in claims:
        same = claim.obligation.direction == direction
        if claim.state != "counts" or not same:
            continue
        number = claim.span[0]  # of a month the shortest: for a ceiling that is the stricter one
        if number > enforced if direction == "min" else number < enforced:
            enforced, source = number, claim.source
    return Rule(name, enforced, unit, source, claims, _clash(claims))


def _marked(name: str, found: Strictest | None) -> Rule:
    """Return a rule without a number: in force when any source, or the floor, wants it."""
    claims = found.claims if found else ()
    wanting = [claim for claim in claims if claim.obligation.kind != "prohibition"]
    trusted = [claim for claim in wanting if claim.state != "unresolved: source"]
    floor = name == COMPOSITION  # a letter and a digit, which the card standard is believed to want
    source = trusted[0].source if trusted else FLOOR_SOURCE if floor else ""
    return Rule(name, int(bool(trusted) or floor), "", source, claims, _clash(claims))


def _clash(claims: Sequence[Claim]) -> bool:
    """Say whether one source forbids what another wants, verified or not."""
    kinds = {claim.obligation.kind == "prohibition" for claim in claims}
    return len(kinds) > 1
