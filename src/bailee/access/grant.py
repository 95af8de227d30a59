"""Grants and the one question: may this be done? (C2.4, C2.5(4), C7.2(2)).

A grant = principal x verbs x elements x purposes x controller x end. Nothing is allowed that no
grant allows, and no grant allows what the agreement does not. ``decide`` is pure: grants, an
ask, the agreement's facts and the time in; a decision out, which names the grants it stands on or
everything that is missing.

Elements are written as names (``person.ssn``), families (``person.*``), classes
(``class:sensitive``) or masked views (``person.ssn:last4``). ``*`` stands for all elements and
goes with ``erase`` alone, because a subject is erased whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bailee.access.lifecycle import Table
from bailee.access.view import PLAIN, Schema, covers, split
from bailee.agreement import Extension

DATA_VERBS = frozenset(
    {
        "protect",
        "reveal",
        "reveal-masked",
        "update",
        "erase",
        "search",
        "list",
        "deidentify",
        "encrypt",
        "decrypt",
        "set-password",
        "verify-password",
    }
)
ADMINISTRATION = frozenset(
    {
        "people",
        "grant",
        "approve",
        "interpret",
        "keys",
        "destroy",
        "audit",
        "provision",
        "publish",
    }
)
VERBS = DATA_VERBS | ADMINISTRATION
COMPOSED: Mapping[str, tuple[str, ...]] = {
    "reencrypt": ("encrypt", "decrypt"),
    "change-password": ("set-password", "verify-password"),
}
"""Verbs that are asked but never granted: they need all of these."""

REVEALING = frozenset({"reveal", "reveal-masked"})
"""Verbs that know masks; a reveal answers with a mask where only the mask is granted."""
SHOWING = frozenset({"reveal", "reveal-masked", "search", "decrypt", "deidentify"})
"""Verbs by which a value, or part of it, leaves."""
EMERGENCY_MARK = "bg-"
"""First letters of an emergency's id: an ``approval_id`` with them names no approval."""
MAPPING_MARK = "sm-"
"""First letters of a mapping's id, by which a group of the identity provider gives grants."""
FOR_PEOPLE = ADMINISTRATION - {"audit", "provision"}
"""Verbs that only a person may hold: somebody must answer for the decision."""
FOR_PROVIDERS = frozenset({"provision"})
"""What a service may do that speaks for the identity provider, and then nothing else."""
FOR_SERVICES = frozenset({"set-password", "verify-password"})
"""Verbs that only a service may hold: no person of ours meets a customer's password (C2.7)."""
FOR_REPRESENTATIVES = frozenset({"audit", "interpret", "approve"})
"""What a controller's own representative may do here, at that controller alone."""
TWO_PERSON = frozenset({"approve", "keys", "destroy"})
"""Verbs whose acts make no sense in a house of one (MISSION A8: a second person)."""
PASSED_ON = frozenset({"people", "grant"})
"""Verbs that only a holder may give, and not for longer than they hold them."""

GRANT: Table = {"living": {"revoke": "revoked", "expire": "expired"}, "revoked": {}, "expired": {}}
"""``expire`` comes from the clock: it is read off ``until``, never written."""


class Rules(Protocol):
    """The agreement in force, as far as access reads it."""

    @property
    def purposes(self) -> frozenset[str]:
        """The enumerated purposes (C2.4)."""

    @property
    def extensions(self) -> tuple[Extension, ...]:
        """Purposes that the controller added by instruction, for elements, verbs and a time."""

    @property
    def permitted(self) -> frozenset[str]:
        """The elements that may be held for this controller (C2.10, Appendix A)."""

    @property
    def version_id(self) -> str:
        """The version of the agreement, for the ledger."""

    @property
    def surviving(self) -> bool:
        """Whether the agreement has ended: its duties go on, use of the data does not (C6)."""

    def obligation_for(self, control: str) -> str:
        """Return the id of the first obligation that a control serves, or ''."""

    def due(self, parameter: str, start: datetime) -> datetime | None:
        """Return when the time that the agreement gives for something is up, if it gives one."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A right, as stored."""

    grant_id: str
    principal: str
    verbs: tuple[str, ...]
    elements: tuple[str, ...]
    purposes: tuple[str, ...]
    controller: str
    until: datetime
    daily: int
    """Subjects that may be shown per purpose and rolling 24 hours."""
    created: datetime
    granted_by: str
    approval_id: str = ""
    """The approval, or the emergency, that it came from; '' where somebody gave it."""
    state: str = "living"


@dataclass(frozen=True, slots=True)
class Ask:
    """What a caller wants to do. ``elements`` may name masks (``person.ssn:last4``)."""

    verb: str
    controller: str
    purpose: str = ""
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """One dimension in which an ask falls short.

    ``names`` holds only words that are already known here (elements of the catalogue, by place
    otherwise): whatever a caller typed into the wrong field is never repeated (C3.2).
    """

    code: str
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}: {', '.join(self.names)}" if self.names else self.code


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to an ask."""

    allowed: bool
    grants: tuple[str, ...] = ()
    """Ids of the grants that it stands on."""
    missing: tuple[Missing, ...] = ()
    views: Mapping[str, str] = field(default_factory=dict)
    """Element -> ``plain`` or the name of a mask."""
    daily: int = 0
    """Subjects that may be shown in a rolling day without an approval: the least of the grants'."""
    emergencies: tuple[str, ...] = ()
    """Emergencies among what it stands on: each use is counted for whoever reviews them."""
    rules: Rules | None = None
    """The agreement that it was measured by; None for administration."""
    epoch: str = ""
    """The epoch that it was made under: what is remembered under it, and only an act of
    administration changes, still holds for this call."""

    @property
    def grant_id(self) -> str:
        """The first grant that it stands on, '' when refused."""
        return self.grants[0] if self.grants else ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A grant as sets, ready to be asked."""

    grant: Grant
    verbs: frozenset[str]
    purposes: frozenset[str]
    names: frozenset[str]
    families: tuple[str, ...]
    masks: Mapping[str, tuple[str, ...]]

    def view(self, element: str, mask: str, verb: str) -> str:
        """Return the view that this grant gives of an element, '' for none.

        Whoever may see a value may see any mask of it.
        """
        whole = element in self.names or element.startswith(self.families)
        if verb not in REVEALING:
            return PLAIN if whole and not mask and verb in self.verbs else ""
        if whole and "reveal" in self.verbs and (mask or verb == "reveal"):
            return mask or PLAIN
        masks = self.masks.get(element, ())
        if mask:
            return mask if mask in masks else ""
        return masks[0] if masks else ""

    def has(self, verb: str) -> bool:
        """Tell whether the grant says anything of a verb."""
        if verb in REVEALING:
            return not self.verbs.isdisjoint(REVEALING)
        return verb in self.verbs


def compile_grant(grant: Grant, schema: Schema) -> Compiled:
    """Turn a grant into sets; classes are looked up now, families at each ask."""
    plain = [name for name, mask in map(split, grant.elements) if not mask]
    masks: dict[str, tuple[str, ...]] = {}
    for name, mask in map(split, grant.elements):
        if mask:
            masks[name] = (*masks.get(name, ()), mask)
    exact = [name for name in plain if not name.endswith("*")]
    return Compiled(
        grant=grant,
        verbs=frozenset(grant.verbs),
        purposes=frozenset(grant.purposes),
        names=frozenset(exact).union(
            *(schema.classes.get(name[6:], ()) for name in exact if name.startswith("class:"))
        ),
        families=tuple(name[:-1] for name in plain if name.endswith("*")),
        masks=masks,
    )


def decide(held: Sequence[Compiled], ask: Ask, rules: Rules | None, now: datetime) -> Decision:
    """Answer an ask from what a principal holds at the asked controller.

    Args:
        held: every grant there, ended ones too (they explain a refusal, they never allow).
        ask: what is wanted.
        rules: the agreement in force; not needed for administration.
        now: the time; a grant ends *at* its ``until``.
    """
    if ask.verb in COMPOSED:
        return meet(
            [
                decide(held, Ask(verb, ask.controller, ask.purpose, ask.elements), rules, now)
                for verb in COMPOSED[ask.verb]
            ],
            ask,
        )
    if ask.verb not in VERBS or (ask.verb in DATA_VERBS and rules is None):
        return Decision(allowed=False, missing=(Missing("grant.missing"),))
    living = [one for one in held if one.grant.state == "living" and one.grant.until > now]
    outside = _outside_agreement(ask, rules, now) if living else ()
    decision = _from_grants(living, ask, rules)
    if decision.allowed and not outside:
        return decision
    lacking = () if decision.allowed else decision.missing
    if lacking and not outside:
        lacking = _ended(held, ask, rules) or lacking
    return Decision(allowed=False, missing=(*outside, *lacking))


def meet(decisions: Sequence[Decision], ask: Ask) -> Decision:
    """Return what all decisions allow together: the intersection, view by view.

    Where two principals hold several different masks of one element, the ask must name the mask:
    no choice is made for them.
    """
    missing = tuple(dict.fromkeys(one for each in decisions for one in each.missing))
    views: dict[str, str] = {}
    if not missing:
        for element in dict.fromkeys(split(name)[0] for name in ask.elements):
            masks = {one.views.get(element, PLAIN) for one in decisions} - {PLAIN}
            if len(masks) > 1:  # two different masks: no view that both may see
                missing = (Missing("grant.element", (element,)),)
            views[element] = min(masks, default=PLAIN)
    if missing:
        return Decision(allowed=False, missing=missing)
    grants = tuple(dict.fromkeys(grant for one in decisions for grant in one.grants))
    return Decision(
        allowed=True,
        grants=grants,
        views=views,
        daily=min(one.daily for one in decisions),
        emergencies=tuple(dict.fromkeys(one for each in decisions for one in each.emergencies)),
    )


def show_names(elements: Iterable[str], schema_names: frozenset[str]) -> tuple[str, ...]:
    """Return element names fit for an error: unknown ones by their place, never repeated."""
    return tuple(
        name if split(name)[0] in schema_names else f"element {place}"
        for place, name in enumerate(elements, start=1)
    )


def _extended(ask: Ask, rules: Rules, now: datetime) -> bool:
    """Say whether the controller added the purpose, for all of these elements."""
    bare = frozenset(split(name)[0] for name in ask.elements)
    return any(one.covers(ask.purpose, ask.verb, bare, now) for one in rules.extensions)


def _outside_agreement(ask: Ask, rules: Rules | None, now: datetime) -> tuple[Missing, ...]:
    """What the agreement itself does not allow, whoever asks (C2.4, C2.10)."""
    if rules is None or ask.verb in ADMINISTRATION:
        return ()
    missing = []
    if ask.purpose not in rules.purposes and not _extended(ask, rules, now):
        missing.append(Missing("purpose.not_in_agreement"))
    outside = tuple(name for name in ask.elements if split(name)[0] not in rules.permitted)
    if outside:
        missing.append(Missing("element.not_in_agreement", outside))
    return tuple(missing)


def _from_grants(held: Sequence[Compiled], ask: Ask, rules: Rules | None) -> Decision:
    """Answer from these grants alone: verb, then purpose, then each element."""
    able = [one for one in held if one.has(ask.verb)]
    if not able:
        return Decision(allowed=False, missing=(Missing("grant.missing"),))
    if ask.verb in ADMINISTRATION:
        return Decision(allowed=True, grants=(able[0].grant.grant_id,))
    able = [one for one in able if ask.purpose in one.purposes]
    if not able:
        return Decision(allowed=False, missing=(Missing("grant.purpose"),))
    return _elements(able, ask, rules)


def _elements(able: Sequence[Compiled], ask: Ask, rules: Rules | None) -> Decision:
    """Find the best view of each element: plain before any mask, earlier grants first."""
    wanted = ask.elements
    if not wanted and ask.verb == "erase" and rules is not None:
        wanted = tuple(sorted(rules.permitted))  # a subject is erased whole
    views: dict[str, str] = {}
    used: dict[str, Grant] = {}
    lacking = []
    for name in wanted:
        element, mask = split(name)
        found = [(view, one) for one in able if (view := one.view(element, mask, ask.verb))]
        if not found:
            lacking.append(name)
            continue
        view, one = min(found, key=lambda pair: pair[0] != PLAIN)
        views[element] = view
        used.setdefault(one.grant.grant_id, one.grant)
    if lacking or not wanted:
        return Decision(allowed=False, missing=(Missing("grant.element", tuple(lacking)),))
    return Decision(
        allowed=True,
        grants=tuple(used),
        views=views if ask.elements else {},
        daily=min(grant.daily for grant in used.values()),
        emergencies=tuple(
            grant.approval_id
            for grant in used.values()
            if grant.approval_id.startswith(EMERGENCY_MARK)
        ),
    )


def _ended(held: Sequence[Compiled], ask: Ask, rules: Rules | None) -> tuple[Missing, ...]:
    """Say ``grant.expired`` or ``grant.revoked`` where only the end of a grant stands between."""
    unrevoked = [one for one in held if one.grant.state == "living"]
    if _from_grants(unrevoked, ask, rules).allowed:
        return (Missing("grant.expired"),)
    if _from_grants(held, ask, rules).allowed:
        return (Missing("grant.revoked"),)
    return ()


def covers_elements(approved: Iterable[str], asked: Iterable[str], schema: Schema) -> bool:
    """Tell whether every asked element, mask apart, is among the approved patterns."""
    patterns = tuple(approved)
    return all(any(covers(p, split(name)[0], schema) for p in patterns) for name in asked)
