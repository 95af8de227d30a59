"""Invented values and the bodies that carry them; the same for both contenders.

Names are put together from syllables; numbers that carry a check digit carry the right one,
because bailee refuses the wrong ones. Nobody real is meant.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

FIRST = ("Alder", "Brom", "Cassia", "Della", "Enno", "Fenna", "Gale", "Hesper", "Ines", "Jory")
LAST = ("Ashdown", "Birkett", "Culver", "Dunmore", "Eastlake", "Farrow", "Garland", "Holloway")
STREETS = ("Alder Street", "Birch Lane", "Canal Road", "Dock Street", "Elm Court")
SEALED = ("person.name", "person.ssn", "financial.bank_account", "person.email")
"""Elements that are encrypted, in turn."""
FIELDS = (
    "person.name", "person.email", "person.ssn", "person.address", "person.nationality",
    "financial.routing_number", "transaction.method", "transaction.amount", "transaction.date",
    "transaction.location",
)  # fmt: skip
"""Ten elements of a record: three indexed (name, e-mail, number), one of them tokenised as well."""


def subject(number: int, kind: str = "warm") -> str:
    """Return the reference of a subject."""
    return f"{kind}-{number:07d}"


def value(element: str, number: int) -> str:
    """Return a subject's value of an element."""
    return _VALUES[element](number)


def sealed(number: int) -> tuple[str, str]:
    """Return the element and the value that a subject's item holds."""
    element = SEALED[number % len(SEALED)]
    return element, value(element, number)


def record(number: int, kind: str, fields: Sequence[str] = FIELDS) -> dict[str, object]:
    """Return a record of a subject's as ``protect`` takes it."""
    return {
        "ref": str(number),
        "subject": subject(number, kind),
        "kind": "person",
        "category": "customer",
        "residence": "US-OH",
        "fields": {name: value(name, number) for name in fields},
    }


def batches(first: int, count: int, batch: int) -> Iterator[range]:
    """Yield numbers in whole batches; what does not fill one is left out."""
    for start in range(first, first + count - batch + 1, batch):
        yield range(start, start + batch)


def body(purpose: str, **members: object) -> bytes:
    """Return a body of bailee's as short JSON."""
    return json.dumps({"purpose": purpose, **members}, separators=(",", ":")).encode()


def encrypt_items(numbers: Sequence[int], kind: str) -> list[dict[str, str]]:
    """Return items of ``encrypt``."""
    items = []
    for number in numbers:
        element, text = sealed(number)
        items.append(
            {"ref": str(number), "element": element, "subject": subject(number, kind),
             "value": text}
        )  # fmt: skip
    return items


def decrypt_items(
    numbers: Sequence[int], kind: str, ciphertexts: dict[int, str]
) -> list[dict[str, str]]:
    """Return items of ``decrypt``."""
    return [
        {"ref": str(n), "element": sealed(n)[0], "subject": subject(n, kind),
         "ciphertext": ciphertexts[n]}
        for n in numbers
    ]  # fmt: skip


def context(number: int, kind: str = "warm") -> str:
    """Return the associated data that stands for subject and element at the contender."""
    return f"{subject(number, kind)}|{sealed(number)[0]}"


def kilobyte(number: int) -> dict[str, str]:
    """Return a record of about 1 kB for a key-value store: the ten values and filling."""
    values = {name: value(name, number) for name in FIELDS}
    size = len(json.dumps(values))
    return values | {"filling": "x" * max(0, 1000 - size - 16)}


def _name(number: int) -> str:
    return f"{FIRST[number % 10]} {LAST[number // 10 % 8]}{'abcdefgh'[number // 80 % 8]}"


def _ssn(number: int) -> str:
    area = 1 + number // 9999 // 99 % 665
    return f"{area:03d}-{1 + number // 9999 % 99:02d}-{1 + number % 9999:04d}"


def _routing_number(number: int) -> str:
    digits = [int(one) for one in f"{1 + number % 12:02d}{number % 1_000_000:06d}"]
    weighted = sum(w * d for w, d in zip((3, 7, 1, 3, 7, 1, 3, 7), digits, strict=True))
    return "".join(map(str, digits)) + str(-weighted % 10)


_VALUES: dict[str, Callable[[int], str]] = {
    "person.name": _name,
    "person.email": lambda n: f"payer{n}@example.com",
    "person.ssn": _ssn,
    "person.address": lambda n: (
        f"{1 + n % 900} {STREETS[n % 5]}, Springfield, OH {45001 + n % 999}"
    ),
    "person.nationality": lambda n: ("US", "CA", "DE", "JP")[n % 4],
    "financial.bank_account": lambda n: str(10**11 + n * 7919),
    "financial.routing_number": _routing_number,
    "transaction.method": lambda n: ("ach", "wire", "check")[n % 3],
    "transaction.amount": lambda n: f"{1 + n % 5000}.{n % 100:02d}",
    "transaction.date": lambda n: f"2026-{1 + n % 12:02d}-{1 + n % 28:02d}",
    "transaction.location": lambda n: ("Springfield, OH", "Riverton, WY")[n % 2],
}
