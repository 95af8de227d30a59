"""Values of nobody, for honey (decision 0029). Pure but for chance.

Each has the form of its element and can belong to no living person: numbers that no authority
gives out, addresses and names of places that standards keep free. Recognising one takes reading it,
and reading it is what raises the alarm. So safety comes first and disguise second: what no standard
keeps free (passports, licences, letters) is not made at all.

Kept free by: the Social Security Administration (area 666, never issued), the IRS (prefixes of
employers not in use), ISO/IEC 7812-1 (a wrong check digit is no card), the Federal Reserve (routing
prefixes not in use), NANPA (555-0100 to 555-0199), RFC 2606 (example domains), RFC 5737 (addresses
for documentation), the USPS (ZIP codes 000). A name is kept free by nobody: it is put together from
words that are seldom names, so that an honest search does not meet it, and stands beside nothing
that leads to anybody.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from bailee.vault.cardholder import luhn

_GIVEN = (
    "Alaric Briseis Caspian Delphine Evander Faustina Gideon Hermia Isolde Jorah Kerensa Leander "
    "Mirabel Nerissa Octavian Perpetua Quillon Rosamund Septimus Thessaly Ulric Vashti Wystan "
    "Xanthe Yseult Zephyrine"
)
_FIRST = (
    "Amber Birken Cinder Dapple Elder Fallow Gloam Harrow Inkle Juniper Kestrel Larch Marl Nettle "
    "Osier Pebble Quarrel Russet Sedge Tansy Umber Vellum Withy Yarrow"
)
_SECOND = "bank croft dene fell garth holm latch mere nook rigg sholt thwaite wold yeld"
_NO_EIN = ("00", "07", "08", "09", "17", "18", "19", "28", "29", "49", "69", "70", "78", "79", "89")
_NO_ROUTING = ("13", "14", "15", "16", "17", "18", "19", "40", "45", "50", "55", "73", "75", "90")
_AREAS = ("212", "303", "312", "404", "415", "503", "602", "617", "702", "713", "813", "919")
_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")


def _word(words: str) -> str:
    return secrets.choice(words.split())


def _digits(count: int) -> str:
    return "".join(str(secrets.randbelow(10)) for _ in range(count))


def _between(low: int, high: int) -> int:
    return low + secrets.randbelow(high - low + 1)


def _family() -> str:
    return _word(_FIRST) + _word(_SECOND)


def _person() -> str:
    return f"{_word(_GIVEN)} {_family()}"


def _address() -> str:
    return f"{_between(11, 9899)} {_family()} Lane, {_family()}, NE 000{_digits(2)}"


def _phone() -> str:
    return f"+1{secrets.choice(_AREAS)}55501{_digits(2)}"


def _email() -> str:
    name = f"{_word(_GIVEN)}.{_family()}{_digits(3)}".lower()
    return f"{name}@example.{secrets.choice(('com', 'net', 'org'))}"


def _day() -> str:
    return f"{_between(1948, 2001)}-{_between(1, 12):02}-{_between(1, 28):02}"


def _ssn() -> str:
    return f"666-{_between(1, 99):02}-{_between(1, 9999):04}"


def _card() -> str:
    body = "4" + _digits(14)
    wrong = next(digit for digit in _rolled() if not luhn(body + digit))
    return body + wrong


def _rolled() -> list[str]:
    start = secrets.randbelow(10)
    return [str((start + step) % 10) for step in range(10)]


def _routing() -> str:
    body = secrets.choice(_NO_ROUTING) + _digits(6)
    weighted = sum(int(one) * (3, 7, 1)[at % 3] for at, one in enumerate(body))
    return f"{body}{-weighted % 10}"


def _date() -> str:
    return f"{_between(2023, 2025)}-{_between(1, 12):02}-{_between(1, 28):02}"


_MAKERS: Mapping[str, Callable[[], str]] = {
    "person.name": _person,
    "person.address": _address,
    "person.phone": _phone,
    "person.email": _email,
    "person.birth_date": _day,
    "person.nationality": lambda: "US",
    "person.ssn": _ssn,
    "person.login_name": lambda: f"{_family().lower()}{_digits(4)}",
    "business.name": lambda: f"{_family()} Holdings",
    "business.address": _address,
    "business.phone": _phone,
    "business.email": _email,
    "business.tax_id": lambda: f"{secrets.choice(_NO_EIN)}-{_digits(7)}",
    "business.entity_type": lambda: "Limited liability company",
    "business.employees": lambda: str(_between(3, 240)),
    "business.formation_date": _day,
    "transaction.method": lambda: secrets.choice(("ACH", "check", "card")),
    "transaction.amount": lambda: f"{_between(20, 9800)}.{_digits(2)}",
    "transaction.date": _date,
    "financial.bank_account": lambda: str(_between(1, 9)) + _digits(9),
    "financial.routing_number": _routing,
    "financial.card_number": _card,
    "beneficiary.name": _person,
    "beneficiary.account": lambda: str(_between(1, 9)) + _digits(9),
    "beneficiary.address": _address,
    "device.ip_address": lambda: f"{secrets.choice(_NETWORKS)}.{_between(1, 254)}",
}
FORGEABLE = frozenset(_MAKERS)
"""Elements of which there are values of nobody."""


def forge(element: str) -> str:
    """Return a value of nobody for an element of ``FORGEABLE``."""
    return _MAKERS[element]()
