"""Named people (C1.3, C1.4, C2.5(1), C2.5(2)): one identity, one human being.

Access may be given to a person only when three things are known: who it is, who employs them, and
in which writing they bound themselves to confidentiality (for a controller's representative: in
which letter the controller named them). An identity that several people could use is refused
here, because no later log can tell them apart.

Deliberately not checked: whether the name is true and whether the undertaking exists. Those are
assertions of the person who invites, and the ledger names that person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from bailee.access.principal import OUTSIDERS, RELATIONS
from bailee.errors import Conflict, Invalid, Refused

NAME_LIMIT = 200
EMAIL_LIMIT = 254  # RFC 5321, 4.5.3.1.3, less the brackets

# fmt: off
ROLES = frozenset((
    "admin", "admins", "administrator", "administrators", "sysadmin", "superuser", "shared",
    "share", "team", "teams", "ops", "devops", "operations", "operator", "operators", "oncall",
    "helpdesk", "servicedesk", "noreply", "postmaster", "webmaster", "hostmaster", "mailbox",
    "everyone", "anybody", "anyone", "somebody", "someone", "nobody", "anonymous", "generic",
    "dept", "department", "office", "accounts", "accounting", "billing", "payments", "payables",
    "receivables", "invoices", "finance", "support", "infosec", "compliance", "monitoring",
    "automation", "bot", "robot", "daemon", "and", "und", "&",
))
"""Words that no human being is called: one of them makes an identity shared."""

COMMON = ROLES | frozenset((
    "test", "tests", "tester", "testing", "user", "users", "guest", "guests", "root", "temp",
    "tmp", "demo", "example", "sample", "dummy", "default", "account", "staff", "desk", "info",
    "contact", "mail", "email", "hello", "service", "services", "system", "security", "legal",
    "privacy", "sales", "hr", "it", "dev", "developer", "development", "engineering", "manager",
    "management", "director", "reception", "group", "people", "person", "employee", "employees",
    "contractor", "contractors", "client", "customer", "new", "old", "main", "master", "backup",
    "night", "day", "shift", "first", "second", "common", "public", "private", "internal",
    "external", "the", "of", "our", "my", "company", "no", "not", "reply", "on", "call", "do",
))
"""Words that are also surnames, or harmless beside one: an identity of nothing else is shared."""
# fmt: on

_WORDS = re.compile(r"[^\W\d_]+|&", re.UNICODE)
_JOINED = re.compile(r"[&/+;|]")
_EMAIL = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\".]+(\.[^\s@,;<>\".]+)+")


@dataclass(frozen=True, slots=True)
class Person:
    """What must be known of somebody before they are invited."""

    name: str = field(repr=False)
    employer: str = field(repr=False)
    email: str = field(repr=False)
    undertaking: str
    """Reference of the signed writing, for instance NDA-2026-014."""
    undertaken: date | None
    """The day it was signed."""
    relation: str = "employee"
    represents: str = ""
    """The controller that a controller-representative speaks for, or that sent an auditor."""


def check_person(person: Person, today: date) -> None:
    """Refuse whoever cannot be an authorised person.

    Raises:
        Refused: ``person.shared``, ``person.employer``, ``person.undertaking``.
        Invalid: ``person.name``, ``person.email``, ``person.relation``.
    """
    _check_name(person.name)
    _check_email(person.email)
    if not person.employer.strip():
        raise Refused(
            "person.employer",
            "Nobody is authorised without a known employer.",  # C1.3, C1.4
            do="Give the employer; for a contractor, the company that is bound in writing.",
        )
    if not person.undertaking.strip() or person.undertaken is None or person.undertaken > today:
        raise Refused(
            "person.undertaking",
            "Nobody is authorised without a signed confidentiality undertaking.",  # C1.4
            do="Give its reference and the day it was signed, not later than today.",
        )
    if person.relation not in RELATIONS:
        raise Invalid("person.relation", f"A person is one of: {', '.join(RELATIONS)}.")
    if (person.relation in OUTSIDERS) != bool(person.represents):
        raise Invalid(
            "person.relation",
            "A controller's representative or auditor names a controller, and nobody else does.",
        )


def check_unique(email: str, taken: Iterable[str]) -> None:
    """Refuse a second identity for one work e-mail (C2.5(2)).

    Args:
        email: as given.
        taken: the addresses of everybody who has not left.

    Raises:
        Conflict: ``person.email_taken``.
    """
    if fold(email) in {fold(other) for other in taken}:
        raise Conflict(
            "person.email_taken",
            "Somebody else already has that work e-mail.",
            do="One person has one identity; find the one that exists.",
        )


def is_shared(text: str) -> bool:
    """Tell whether a name, or the local part of an address, stands for more than one person."""
    words = [fold(word) for word in _WORDS.findall(text)]
    return (
        bool(_JOINED.search(text))
        or any(word in ROLES for word in words)
        or all(word in COMMON for word in words)
    )


def _check_name(name: str) -> None:
    letters = any(char.isalpha() for char in name)
    if not letters or len(name) > NAME_LIMIT or not name.isprintable() or name != name.strip():
        raise Invalid("person.name", f"A person's name is 1 to {NAME_LIMIT} printable characters.")
    if is_shared(name):
        raise Refused(
            "person.shared",
            "That name could stand for more than one human being.",
            do="Invite each person under their own name.",
        )


def _check_email(email: str) -> None:
    if len(email) > EMAIL_LIMIT or not email.isprintable() or not _EMAIL.fullmatch(email):
        raise Invalid("person.email", "That is not a work e-mail address.")
    if is_shared(email.partition("@")[0].partition("+")[0]):
        raise Refused(
            "person.shared",
            "That mailbox could be read by more than one human being.",
            do="Give the person's own work e-mail.",
        )


def fold(text: str) -> str:
    """Return a name or address as it is compared."""
    return unicodedata.normalize("NFKC", text).casefold()
