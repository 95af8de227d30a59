"""Payer records for the demonstration: invented, and the same on every machine.

Names are put together from syllables, numbers are drawn from a fixed seed, telephone numbers are
in the range kept for fiction (555-01xx), mail goes to ``example.com`` (RFC 2606). Numbers that
carry a check digit carry the right one, because the vault refuses the wrong ones.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

from stdnum import luhn

SEED = 20221011
COLUMNS = (
    "id", "type", "name", "email", "phone", "address", "birth_date", "ssn", "tax_id",
    "bank_account", "routing_number", "card_number", "amount", "paid_on", "state",
)  # fmt: skip
ONSETS = ("B", "Cal", "Dor", "El", "Fen", "Gar", "Hal", "Kel", "Lor", "Mar", "Ros", "Tal", "Ver")
MIDDLES = ("a", "an", "e", "el", "i", "in", "o", "or", "u", "y")
CODAS = ("bert", "da", "dine", "field", "lin", "mond", "nell", "ric", "son", "ton", "vey", "win")
STREETS = ("Alder Street", "Birch Lane", "Canal Road", "Dock Street", "Elm Court", "Foundry Way")
CITIES = (("Springfield", "IL"), ("Riverton", "WY"), ("Fairview", "OR"), ("Clinton", "MS"))
TAX_PREFIXES = (12, 20, 33, 45, 58, 81, 92)
TRADES = ("Foundry", "Freight", "Joinery", "Mills", "Optics", "Print", "Supply", "Textiles")


def payers(count: int) -> Iterator[dict[str, str]]:
    """Yield ``count`` payers; the same ones for the same count, on every machine."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable by intent; nothing here is a secret
    for number in range(1, count + 1):
        person = chance.random() < 0.8
        name = f"{_name(chance)} {_name(chance)}"
        street = f"{chance.randint(1, 999)} {chance.choice(STREETS)}"
        city, state = chance.choice(CITIES)
        yield {
            "id": f"P{number:06d}",
            "type": "person" if person else "business",
            "name": name if person else f"{name} {chance.choice(TRADES)} LLC",
            "email": f"payer{number}@example.com",
            "phone": f"+1 212 555 01{chance.randint(0, 99):02d}",
            "address": f"{street}, {city}, {state} {chance.randint(10000, 99999)}",
            "birth_date": _day(chance, chance.randint(1940, 2004)),
            "ssn": _ssn(chance),
            "tax_id": f"{chance.choice(TAX_PREFIXES)}-{chance.randint(0, 9_999_999):07d}",
            "bank_account": str(chance.randint(10**9, 10**12 - 1)),
            "routing_number": _routing_number(chance),
            "card_number": _card_number(chance),
            "amount": f"{chance.randint(1, 500_000) / 100:.2f}",
            "paid_on": _day(chance, 2025),
            "state": f"US-{state}",
        }


def _name(chance: random.Random) -> str:
    return chance.choice(ONSETS) + chance.choice(MIDDLES) + chance.choice(CODAS)


def _day(chance: random.Random, year: int) -> str:
    return f"{year}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"


def _ssn(chance: random.Random) -> str:
    area = chance.choice((*range(1, 666), *range(667, 900)))
    return f"{area:03d}-{chance.randint(1, 99):02d}-{chance.randint(1, 9999):04d}"


def _routing_number(chance: random.Random) -> str:
    """Return eight digits and their check digit (ABA: weights 3, 7, 1)."""
    digits = [
        int(digit) for digit in f"{chance.randint(1, 12):02d}{chance.randint(0, 999_999):06d}"
    ]
    weighted = sum(w * d for w, d in zip((3, 7, 1, 3, 7, 1, 3, 7), digits, strict=True))
    return "".join(map(str, digits)) + str(-weighted % 10)


def _card_number(chance: random.Random) -> str:
    body = f"411111{chance.randint(0, 999_999_999):09d}"
    return body + str(luhn.calc_check_digit(body))


def write_payers(path: Path, count: int) -> None:
    """Write ``count`` payers as CSV, readable by the owner only."""
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(payers(count))
