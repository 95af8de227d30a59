"""Cardholder data where it must not be (PCI DSS 4.0.1: 3.3.1, 3.5.1, 12.10.7; C1.10).

Two rules. *Sensitive authentication data* (verification codes, track data, PINs) is refused
everywhere, by the name of a field and by the shape of a value: it may not be kept even
encrypted. A *card number* belongs in ``financial.card_number``; found in free text it is refused.

Every pattern has bounded repeats and the search for card numbers looks at each digit at most
nineteen times, so time is linear in the text.

Not checked: codes without a label next to them (three digits are three digits), numbers written
in words, numbers broken by letters.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

SHORTEST, LONGEST = 13, 19
"""Digits of a card number (ISO/IEC 7812-1; the shortest in use has 13)."""

_SENSITIVE_NAMES = re.compile(
    r"i?cvv2?|dcvv|cvc2?|cav2?|cid|csc|(card)?(security|verification)(code|value|number)"
    r"|(full)?track[123]?(data)?|mag(netic)?stripe(data)?|(encrypted|card)?pin(block|number|code)?"
)

_TRACK = re.compile(
    r"%?[Bb][0-9 ]{12,23}\^[^\^\r\n]{2,26}\^[0-9]{4}"  # track 1, ISO/IEC 7813
    r"|(?<![0-9])[0-9]{12,19}[=dD][0-9]{7}"  # track 2, also as a chip sends it
)
SHORTEST_TRACK = 20
"""Characters; in less there is no track."""

_LABELLED = re.compile(
    r"\b(?:cvv2?|cvc2?|cav2|csc|card (?:security|verification) (?:code|value|number)"
    r"|pin(?: ?(?:code|block|number))?)\b"
    r"[\"']?\s{0,3}(?:is|:|=|#|-)?\s{0,3}[\"']?[0-9]{3,6}(?![0-9])",
    re.IGNORECASE,
)

_GROUP = re.compile(r"[0-9]+")
_JOINT = re.compile(r"[ ._/\t\r\n-]{0,2}")
_CANDIDATE = re.compile(r"[0-9](?:[ ._/\t\r\n-]{0,2}[0-9]){12}")
_DIGITS = re.compile(rf"[0-9]{{3}}|{_CANDIDATE.pattern}")
_PLAIN = {
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE63, 0xFF0D), "-"),
    **dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD), None),
}
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

_LONG = frozenset(range(16, LONGEST + 1))
# Ranges of issuer identification numbers in use, by their first six digits (inclusive), and the
# lengths that their numbers have. A range without its lengths would take every identity number
# with a lucky check digit for a card.
_ISSUERS = (
    (220000, 220499, _LONG),  # Mir
    (222100, 272099, {16}),  # Mastercard
    (300000, 305999, {14, *_LONG}),  # Diners Club
    (309500, 309599, {14, *_LONG}),  # Diners Club
    (340000, 349999, {15}),  # American Express
    (352800, 358999, _LONG),  # JCB
    (360000, 369999, {14, *_LONG}),  # Diners Club
    (370000, 379999, {15}),  # American Express
    (380000, 399999, {14, *_LONG}),  # Diners Club
    (400000, 499999, {13, 16, 19}),  # Visa
    (500000, 509999, _LONG),  # Maestro, Elo, RuPay
    (510000, 559999, {16}),  # Mastercard
    (560000, 699999, _LONG),  # Maestro, Discover, UnionPay, RuPay
    (810000, 819999, _LONG),  # UnionPay
)


def may_hold_cardholder_data(text: str) -> bool:
    """Say whether the slower questions below are worth asking; False is certain.

    Every pattern needs three digits in a row, or thirteen digits of a card near one another.
    Digits outside ASCII may become such digits, so nothing is said of such a text.
    """
    return not text.isascii() or _DIGITS.search(text) is not None


def names_sensitive_authentication(name: str) -> bool:
    """Say whether a field's name promises sensitive authentication data (PCI 3.3.1)."""
    words = name[:128].lower().split(".")
    return any(_SENSITIVE_NAMES.fullmatch(re.sub("[^a-z0-9]", "", word)) for word in words)


def holds_sensitive_authentication(text: str, *, free: bool = False) -> bool:
    """Say whether a value looks like track data, or in free text like a labelled code or PIN."""
    if len(text) >= SHORTEST_TRACK and _TRACK.search(text):
        return True
    return free and _LABELLED.search(text) is not None


def luhn(digits: str) -> bool:
    """Say whether the check digit is right (ISO/IEC 7812-1 annex B). ASCII digits only."""
    values = [ord(digit) - 48 for digit in reversed(digits)]
    return (sum(values[::2]) + sum(_DOUBLED[value] for value in values[1::2])) % 10 == 0


def is_card_number(digits: str) -> bool:
    """Say whether bare ASCII digits are a card number of a known issuer range."""
    if not SHORTEST <= len(digits) <= LONGEST:
        return False
    prefix, length = int(digits[:6]), len(digits)
    return any(
        low <= prefix <= high and length in lengths for low, high, lengths in _ISSUERS
    ) and luhn(digits)


def find_card_number(text: str) -> bool:
    """Say whether the text holds a card number, in one piece or in groups with usual joints.

    A candidate begins and ends where a group of digits does: the middle of a longer number is
    not a card.
    """
    if len(text) < SHORTEST:
        return False
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    if _CANDIDATE.search(text) is None:
        return False
    run: list[str] = []
    end = -1
    for match in _GROUP.finditer(text):
        if run and not _JOINT.fullmatch(text, end, match.start()):
            if _run_holds_card(run):
                return True
            run = []
        run.append(match.group())
        end = match.end()
    return _run_holds_card(run)


def _run_holds_card(groups: list[str]) -> bool:
    """Try every stretch of whole groups that has the length of a card number."""
    ends = list(accumulate(map(len, groups), initial=0))
    if ends[-1] < SHORTEST:
        return False
    digits = "".join(groups)
    for first, start in enumerate(ends[:-1]):
        for end in ends[first + 1 : first + 1 + LONGEST]:  # a group has at least one digit
            if end - start > LONGEST:
                break
            if is_card_number(digits[start:end]):
                return True
    return False
