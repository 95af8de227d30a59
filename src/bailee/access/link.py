"""A link: who at the company's identity provider is who on this register (C2.5(1), C2.5(2)).

A person is linked by the provider's name for them, an acting-for service by its client id. What is
stored is a digest of issuer and name: a name is found again, and never shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bailee.errors import Unauthenticated

NAME_LIMIT = 256
SUBJECT, CLIENT = "subject", "client"
"""Kinds of link: a person's, a service's."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link, as stored. One name stands for one principal, and one principal has one name."""

    link_id: str
    kind: str
    issuer: str
    """A digest of the issuer's name."""
    digest: bytes
    principal: str
    linked_by: str
    created: datetime


def is_text(value: object) -> bool:
    """Tell whether a claim is a short text that can be read, compared and hashed."""
    return isinstance(value, str) and 0 < len(value) <= NAME_LIMIT and value.isprintable()


def unlinked() -> Unauthenticated:
    """Return the failure of a token whose person or client is nobody here."""
    return Unauthenticated(
        "token.not_linked",
        "Whoever that token names is not linked to anybody of this register.",
        do="Let an administrator link them (`bailee person link`).",
    )
