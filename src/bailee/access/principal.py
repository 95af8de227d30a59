"""Principals: whoever can be held to account for an access (C2.5(1), C2.5(2)).

A principal is a named *person* or a *service*. A service is ``autonomous`` (it acts for itself,
under a person who answers for it) or ``acting-for`` (it does nothing unless a person's short-lived
token says for whom). A ``Caller`` is a principal who has just shown a credential.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from bailee.access.lifecycle import Table
from bailee.errors import Conflict, Invalid

EMPLOYEE, CONTRACTOR, REPRESENTATIVE = "employee", "contractor", "controller-representative"
AUDITOR = "auditor"
"""Somebody whom a controller chose to examine us (C5.2): holds no grant, ever; see ``auditors``."""
RELATIONS = (EMPLOYEE, CONTRACTOR, REPRESENTATIVE, AUDITOR)
OUTSIDERS = frozenset((REPRESENTATIVE, AUDITOR))
"""Relations of people who are the controller's and not ours."""
AUTONOMOUS, ACTING_FOR = "autonomous", "acting-for"
MODES = (AUTONOMOUS, ACTING_FOR)
FIRST = frozenset({"password", "sso"})
"""Factors of which one alone, or both, are one factor."""

PERSON: Table = {
    "invited": {"accept": "active", "leave": "left"},
    "active": {"suspend": "suspended", "lapse": "dormant", "leave": "left"},
    "suspended": {"resume": "active", "leave": "left"},
    "dormant": {"reactivate": "active", "suspend": "suspended", "leave": "left"},
    "left": {},
}
"""A person who comes back is invited anew, under a new id: old entries keep their old meaning."""

SERVICE: Table = {
    "active": {"suspend": "suspended", "leave": "left"},
    "suspended": {"resume": "active", "leave": "left"},
    "left": {},
}

_SERVICE_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
SERVICE_NAME_LIMIT = 63


@dataclass(frozen=True, slots=True)
class Principal:
    """A person or a service, as stored.

    Name and e-mail stay out of ``repr``, of every ledger leaf and of every error: acts name a
    principal by id alone.
    """

    principal_id: str
    kind: str
    state: str
    created: datetime
    name: str = field(repr=False)
    employer: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    relation: str = ""
    represents: str = ""
    """The controller whose representative or auditor this is; '' for our own people."""
    undertaking: str = ""
    """Reference of the confidentiality undertaking, or of the controller's letter."""
    undertaken: str = ""
    """The day it was signed, as 2026-11-20."""
    mode: str = ""
    owner: str = ""
    """The person who answers for a service."""

    @property
    def table(self) -> Table:
        """The lifecycle that this principal follows."""
        return PERSON if self.kind == "person" else SERVICE


@dataclass(frozen=True, slots=True)
class Vouched:
    """That the identity provider's token, not one of this house, says for whom a service acts.

    Args:
        links: ids of the links that made the person and the service known by it.
        until: when the token ends.
    """

    links: tuple[str, str]
    until: datetime


@dataclass(frozen=True, slots=True)
class Proven:
    """How somebody signed in whose credential is a session.

    Args:
        factors: ``password`` or ``sso``, and what was shown beside it: ``totp``, ``recovery``,
            ``invitation``; ``passkey``, alone or beside others; ``mfa`` where the identity provider
            says that it was shown there.
        stepped: when a code of the second factor, or a passkey, was last shown; None if never.
    """

    factors: tuple[str, ...]
    stepped: datetime | None = None

    @property
    def second(self) -> bool:
        """Whether two factors were shown.

        A passkey is two by itself: a device, and what it recognised (NIST SP 800-63B-4 3.1.7). A
        password here beside one at the provider is twice the same kind (PCI DSS 8.5.1).
        """
        return not FIRST.issuperset(self.factors)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, proven by a credential (C2.5(3)).

    ``on_behalf_of`` and ``token_id`` are set when a service acts for a person: its rights are
    then what both may do, and an entry names both.
    """

    principal_id: str
    key_id: str
    kind: str
    on_behalf_of: str = ""
    token_id: str = ""
    """A token of ours: its id. A provider's token: a digest of its own id."""
    vouched: Vouched | None = None
    proven: Proven | None = None
    """Set when the credential is a session."""

    @property
    def accountable(self) -> str:
        """The principal whose limits and approvals count: the person wherever there is one."""
        return self.on_behalf_of or self.principal_id

    @property
    def principals(self) -> tuple[str, ...]:
        """Everybody whose rights the call needs."""
        return (self.principal_id, self.on_behalf_of) if self.on_behalf_of else (self.principal_id,)

    def actor(self) -> dict[str, str]:
        """Return the ledger's ``actor`` fields (C2.5(5)): ids, never names.

        Of a call for a person also by which token, and who issued it: all of it is committed to,
        and none of it stands in a leaf.
        """
        fields = {"principal_id": self.principal_id, "key_id": self.key_id, "kind": self.kind}
        if self.on_behalf_of:
            fields["on_behalf_of"] = self.on_behalf_of
            fields["token_id"] = self.token_id
            fields["token_from"] = "house" if self.vouched is None else "oidc"
        if self.proven is not None:
            fields["session"] = "+".join(self.proven.factors)
        return fields


def check_service(name: str, mode: str) -> None:
    """Refuse a service that could not be told from another.

    Raises:
        Invalid: ``service.name``, ``service.mode``.
    """
    if len(name) > SERVICE_NAME_LIMIT or not _SERVICE_NAME.fullmatch(name):
        raise Invalid(
            "service.name",
            "A service's name is lower-case letters, digits and single hyphens, 63 at most.",
            do="Name it for what it does, for instance invoice-import.",
        )
    if mode not in MODES:
        raise Invalid("service.mode", "A service is autonomous or acting-for.")


def demand_active(principal: Principal) -> None:
    """Refuse to give anything to a principal who is not active.

    Raises:
        Conflict: ``principal.not_active``.
    """
    if principal.state != "active":
        raise Conflict(
            "principal.not_active",
            f"That principal is {principal.state}.",
            do="Somebody invited must accept first; somebody who left must be invited anew.",
        )
