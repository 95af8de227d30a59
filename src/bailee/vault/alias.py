"""Aliases: tokens in the format of what they stand for, for columns that hold nothing else.

An alias is drawn at random and is never computed from the value; nothing of the value goes into it
but how many digits it has. It is digits alone. An element's own rules refuse the alias of a card
or of a social security number as a value, so neither can be stored, charged or filed by mistake.

*Card*: as long as the number, begins with 99, and its check digit is wrong (PCI SSC, Tokenization
Guidelines of 2011: tokens can be told from card numbers). Numbers that begin with 9 belong to the
standards body of the country whose number follows (ISO/IEC 7812-1), and no country has a number
above 899 (ISO 3166-1: 900 to 999 are left to users). So nobody issues such a number, and no network
knows where to send it. First six and last four are not kept: a column of tokens would then show
what a mask is granted for.

*Social security number*: 960 to 979, which the SSA never issues (20 CFR 422.103: no 9xx). The IRS
gives 9xx numbers of its own, told apart by the two digits in the middle: 50 and above to
taxpayers (ITIN) and adopted children (ATIN), 01-10, 17-19, 28, 29 and 37-39 to its own books
(IRSN). None of these is drawn. No employer's number (EIN) begins with 96 or 97, no bank's (ABA)
either. What is left: 6.2 million for each controller.

*Account*: as many digits as the number has letters and digits, the first not 0, so that a column
of numbers keeps it; one of thirteen to nineteen digits fails the check digit of cards. Nothing
tells it from a real account number but this vault. Fewer than seven digits are refused: that would
be less than a million aliases, which can be tried one by one and run out (NIST SP 800-38G Rev. 1
draws that line for ciphers of small domains).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bailee.vault.cardholder import LONGEST as LONGEST_CARD
from bailee.vault.cardholder import SHORTEST as SHORTEST_CARD
from bailee.vault.cardholder import find_card_number, luhn

OPAQUE = "opaque"
"""The format of tokens that nobody chose another for."""
UNISSUED = "99"
"""First digits of a card's alias."""
AREAS = range(960, 980)
GROUPS = (*range(11, 17), *range(20, 28), *range(30, 37), *range(40, 50))
"""Middle digits of a 9xx number that neither ITIN, ATIN nor IRSN have."""
SHORTEST_ACCOUNT, LONGEST = 7, 32
"""Digits; the longest is what the table of tokens holds."""


def _unhyphened(alias: str) -> str:
    return alias


@dataclass(frozen=True, slots=True)
class Form:
    """How the aliases of one format are drawn and written.

    Attributes:
        draw: from a value's normal form to one possible alias.
        shortest: characters that a normal form must have.
        longest: characters that it may have.
        spell: from an alias as it is stored, in digits, to how callers get it.
    """

    draw: Callable[[str], str]
    shortest: int
    longest: int
    spell: Callable[[str], str] = _unhyphened

    def fits(self, normal: str) -> bool:
        """Say whether a value is of a length for which there are aliases."""
        return self.shortest <= len(normal) <= self.longest


def _digits(count: int) -> str:
    return f"{secrets.randbelow(10**count):0{count}d}"


def _no_card(digits: str) -> str:
    """Return digits with one of the nine wrong check digits behind them (ISO/IEC 7812-1 B)."""
    right = next(check for check in range(10) if luhn(f"{digits}{check}"))
    return f"{digits}{(right + 1 + secrets.randbelow(9)) % 10}"


def _card(normal: str) -> str:
    """Draw until no stretch of it, written in groups of four, passes for a card's number."""
    while True:
        alias = _no_card(UNISSUED + _digits(len(normal) - len(UNISSUED) - 1))
        if not find_card_number(" ".join(alias[at : at + 4] for at in range(0, len(alias), 4))):
            return alias


def _ssn(_normal: str) -> str:
    area, group = secrets.choice(AREAS), secrets.choice(GROUPS)
    return f"{area}{group}{1 + secrets.randbelow(9999):04d}"


def _account(normal: str) -> str:
    while True:
        first, count = secrets.choice("123456789"), len(normal) - 1
        if SHORTEST_CARD <= len(normal) <= LONGEST_CARD:
            alias = _no_card(first + _digits(count - 1))
        else:
            alias = first + _digits(count)
        if alias != normal:
            return alias


def _hyphened(alias: str) -> str:
    return f"{alias[:3]}-{alias[3:5]}-{alias[5:]}"


FORMS: Mapping[str, Form] = {
    "card": Form(_card, SHORTEST_CARD, LONGEST_CARD),
    "ssn": Form(_ssn, 9, 9, _hyphened),
    "ssn-digits": Form(_ssn, 9, 9),
    "account": Form(_account, SHORTEST_ACCOUNT, LONGEST),
}
"""By the names that the catalogue uses. Those that one element allows draw the same aliases."""
