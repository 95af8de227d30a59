"""What a group of the identity provider gives at a controller (C2.5(4), C2.5(6)). Pure.

A mapping is a template of grants: one of our people proposes it, another approves it, both with
``grant`` at that controller. From then on each member of the group holds one grant made from it,
for as long as they are a member, and never beyond the days that the template gives. Whoever speaks
for the identity provider chooses members among its groups, and nothing else.

What takes a second person or an approval each time (administration, bulk reveal) is never mapped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.access.award import LONGEST, check_agreement, check_shape
from bailee.access.grant import DATA_VERBS, MAPPING_MARK, Grant, Rules
from bailee.access.lifecycle import Table
from bailee.access.limit import BULK_DAILY
from bailee.access.provisioned import NAME_LIMIT, external_mark, name_mark
from bailee.access.view import Schema
from bailee.errors import Invalid, Refused

MAPPING: Table = {
    "proposed": {"approve": "living", "remove": "removed"},
    "living": {"remove": "removed", "expire": "expired"},
    "removed": {},
    "expired": {},
}
"""``expire`` comes from the clock: it is read off ``until``, never written."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A template, as stored. It names a group by ``group_name`` or by ``external_id``."""

    mapping_id: str
    group_name: str = field(repr=False)
    external_id: str = field(repr=False)
    mark: str
    at_controller: str
    verbs: tuple[str, ...]
    elements: tuple[str, ...]
    purposes: tuple[str, ...]
    days: int
    daily: int
    state: str
    proposed_by: str
    created: datetime
    until: datetime
    """When it ends by itself: a mapping that nobody renews within a year was not needed."""
    approved_by: str = ""
    decided: datetime | None = None

    def lives(self, now: datetime) -> bool:
        """Tell whether it gives anything."""
        return self.state == "living" and now < self.until

    def grant(self, grant_id: str, principal: str, now: datetime) -> Grant:
        """Return the grant of one member."""
        return Grant(
            grant_id=grant_id,
            principal=principal,
            verbs=self.verbs,
            elements=self.elements,
            purposes=self.purposes,
            controller=self.at_controller,
            until=min(now + timedelta(days=self.days), self.until),
            daily=self.daily,
            created=now,
            granted_by=self.proposed_by,
            approval_id=self.mapping_id,
        )


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody proposes."""

    controller: str
    verbs: tuple[str, ...]
    elements: tuple[str, ...]
    purposes: tuple[str, ...]
    days: int
    daily: int
    group_name: str = field(default="", repr=False)
    external_id: str = field(default="", repr=False)

    def propose(self, mapping_id: str, by: str, now: datetime) -> Mapping:
        """Return the mapping that is proposed."""
        return Mapping(
            mapping_id=MAPPING_MARK + mapping_id,
            group_name=self.group_name,
            external_id=self.external_id,
            mark=name_mark(self.group_name) if self.group_name else external_mark(self.external_id),
            at_controller=self.controller,
            verbs=tuple(sorted(set(self.verbs))),
            elements=tuple(sorted(set(self.elements))),
            purposes=tuple(sorted(set(self.purposes))),
            days=self.days,
            daily=self.daily,
            state="proposed",
            proposed_by=by,
            created=now,
            until=now + LONGEST,
        )


def check_template(template: Given, schema: Schema, rules: Rules, now: datetime) -> None:
    """Refuse a template that could not be given, or not without a second person each time.

    Raises:
        Invalid: ``mapping.group``, ``mapping.days``, ``grant.*``;
        Refused: ``mapping.verbs``, ``mapping.daily``, ``purpose.not_in_agreement``,
            ``element.not_in_agreement``.
    """
    names = [one for one in (template.group_name, template.external_id) if one]
    if len(names) != 1 or len(names[0]) > NAME_LIMIT or not names[0].isprintable():
        raise Invalid(
            "mapping.group", "A mapping names its group, by name or by external id, not by both."
        )
    if not 0 < template.days <= LONGEST.days:
        raise Invalid("mapping.days", f"A grant lives for 1 to {LONGEST.days} days.")
    if not frozenset(template.verbs) <= DATA_VERBS:
        raise Refused(
            "mapping.verbs",
            "A group gives data verbs alone; administration is given by people to people.",
            do=f"Data verbs: {', '.join(sorted(DATA_VERBS))}.",
        )
    if template.daily > BULK_DAILY:
        raise Refused(
            "mapping.daily",
            f"A group gives at most {BULK_DAILY} subjects a day; more takes a second person.",
        )
    sample = template.propose("", "", now).grant("", "", now)
    check_shape(sample, schema, now)
    check_agreement(sample, rules, now)


def withheld(mapping: Mapping, principal: str, shown_to: str) -> str:
    """Return why a member gets nothing from a mapping, '' when they do.

    Nobody grants to themselves: not by a mapping that they proposed or approved, and not by a
    group that they could put themselves into, because they have seen the key by which that is said.
    """
    if principal in (mapping.proposed_by, mapping.approved_by):
        return "self.grant"
    if principal == shown_to:
        return "self.grant_minted"
    return ""
