"""Published facts: who we are, sub-processors, contacts, the NDA's text (A29, A30, A32, B10).

A named person stands for each, until a day: a fact that nobody looked at again within a year is
not said any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bailee.access.lifecycle import Table
from bailee.assurance.wording import (
    NDA,
    check_day,
    check_line,
    check_mail,
    check_phone,
    check_text,
)
from bailee.errors import Invalid

COMPANY, SUB_PROCESSOR, CONTACT, NDA_TEXT = "company", "sub-processor", "contact", "nda"
SINGLE = frozenset({COMPANY, NDA_TEXT})
"""Kinds of which the newest takes the place of the one before."""
ROLES = {"coordinator": "Coordinator", "security": "Security contact"}
"""Contacts that the agreement names (C10)."""
LONGEST = timedelta(days=366)

MEMBERS: Mapping[str, tuple[str, ...]] = {
    COMPANY: ("name",),
    SUB_PROCESSOR: ("name", "service", "location", "since"),
    CONTACT: ("role", "name", "email", "phone"),
    NDA_TEXT: ("text",),
}
"""What each kind says."""

FACT: Table = {
    "current": {"end": "ended", "replace": "replaced", "expire": "expired"},
    "ended": {},
    "replaced": {},
    "expired": {},
}
"""``expire`` comes from the clock: it is read off ``until``, never written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFact:
    """One fact as registered; ``body`` has the members of its kind."""

    fact_id: str
    kind: str
    body: Mapping[str, str]
    until: str
    recorded: str
    recorded_by: str
    state: str = "current"
    entry_id: str = ""

    def state_at(self, now: str) -> str:
        """Return the state, with the clock's own event taken in."""
        if self.until < now[:10] and "expire" in FACT[self.state]:
            return FACT[self.state]["expire"]
        return self.state


def check_fact(one: PublicFact, today: date) -> None:
    """Refuse a fact that says too little or too much, or has no end.

    Raises:
        Invalid: ``fact.members``, ``fact.until``, ``trust.text``, ``trust.day``, ``trust.email``,
            ``trust.phone``.
    """
    if set(one.body) != set(MEMBERS.get(one.kind, ())):
        raise Invalid("fact.members", f"A fact is one of: {', '.join(MEMBERS)}, with its members.")
    for name, text in one.body.items():
        _check_member(name, text)
    check_day("until", one.until)
    if not today.isoformat() <= one.until <= (today + LONGEST).isoformat():
        raise Invalid("fact.until", f"A fact is said until a day within {LONGEST.days} days.")


def _check_member(name: str, text: str) -> None:
    if name == "text":
        check_text(name, text, most=NDA)
    elif name == "email":
        check_mail(text)
    elif name == "phone":
        check_phone(text)
    elif name == "role" and text not in ROLES:
        raise Invalid("fact.members", f"A contact is: {', '.join(ROLES)}.")
    elif name == "since":
        check_line(name, check_day(name, text))
    else:
        check_line(name, text)
