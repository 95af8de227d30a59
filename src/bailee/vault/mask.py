"""Views: the part of a value that may be shown in its place (PCI 3.4.1 for cards).

A view is pure text work on the normal form of a value. No view shows more than half of what it
is made from, except the year, the month and day, and the two halves of an e-mail address, which
are whole facts on their own; the catalogue says which views together give the value back.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping

REDACTED = "redacted"
"""The view of an element that declares no view: nothing of the value."""


def _last4(value: str) -> str:
    kept = "".join(filter(str.isalnum, value))
    return kept[-min(4, len(kept) // 2) :] if len(kept) > 1 else ""


def _first6(value: str) -> str:
    return value[: min(6, len(value) // 2)]


def _initials(value: str) -> str:
    words = ["".join(filter(str.isalnum, word)) for word in value.split()]
    long = [word for word in words if len(word) > 1]
    return "".join(f"{word[0].upper()}." for word in long)


def _year(value: str) -> str:
    return value[:4]


def _month_day(value: str) -> str:
    return value[5:10] if len(value) == len("2026-11-20") else ""


def _local(value: str) -> str:
    return value.rpartition("@")[0]


def _domain(value: str) -> str:
    return value.rpartition("@")[2]


def _network(value: str) -> str:
    address = ipaddress.ip_address(value)
    prefix = 16 if address.version == 4 else 32
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))


VIEWS: Mapping[str, Callable[[str], str]] = {
    "last4": _last4,
    "first6": _first6,
    "initials": _initials,
    "year": _year,
    "month_day": _month_day,
    "local": _local,
    "domain": _domain,
    "network": _network,
    REDACTED: lambda _value: "",
}
"""From a view's name to its function of the normal form."""


def completes(groups: Iterable[Iterable[str]], views: Iterable[str]) -> bool:
    """Say whether somebody who has these views can put a value together again."""
    held = set(views)
    return any(held.issuperset(group) for group in groups)
