"""What a value must look like: one pure function per kind, from text to its one written form.

A function answers the form that stands for the value in indexes, fingerprints and views, or
raises ``Unfit`` with the *kind* of problem. The value itself never enters an exception: the
catalogue turns ``Unfit`` into ``Invalid`` naming the element (C3.2).

Real data must pass: names with any punctuation, years without months, numbers of other
countries. So a check refuses what cannot be right, not what is unusual. Sources: SSA's rules for
numbers since 2011, ISO 13616 (IBAN), ISO/IEC 7812 (cards), ITU-T E.164, ISO 3166, ISO 8601,
RFC 5321; python-stdnum and phonenumbers where they are quick enough to stand in a batch.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime

import phonenumbers
import stdnum.exceptions
from stdnum import iban
from stdnum.us import ein

from bailee.vault.cardholder import is_card_number, luhn

HOME_REGION = "US"
"""Telephone numbers without a country code are read as this country's."""

_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
    "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
    "DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS "
    "GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
    "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
    "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
    "VN VU WF WS XK YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(_COUNTRIES.split())
"""ISO 3166-1 alpha-2, and XK, which the European Union uses for Kosovo."""

_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM "
    "NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC AS GU MP PR UM VI"
)
STATES = frozenset(_STATES.split())
"""ISO 3166-2:US. A notice of a breach is counted by these (C9.3), so a typing error is refused."""


class Unfit(ValueError):  # noqa: N818 - a verdict that never leaves the package
    """A value is not of its kind; the only argument is the slug of the problem."""


_SSN = re.compile(r"(\d{3})([- ]?)(\d{2})\2(\d{4})", re.ASCII)
_SSN_SPECIMENS = frozenset(("078051120", "219099999", "457555462"))  # printed in advertisements
_EIN = re.compile(r"(\d{2})-\d{7}", re.ASCII)
_EIN_PREFIXES = frozenset(
    prefix for prefix in map("{:02d}".format, range(100)) if ein.is_valid(f"{prefix}0000000")
)
_NANP = re.compile(r"(?:\+1)?([2-9]\d{2}[2-9]\d{6})", re.ASCII)
_EMAIL = re.compile(
    r"(?=.{3,254}$)(?!\.)(?!.*\.\.)([^\s@\x00-\x1f\x7f(),:;<>\[\]\"\\]{1,64})(?<!\.)@"
    r"((?:[^\W_](?:[^\W_]|-){0,62}\.)+[^\W\d_](?:[^\W_]|-){0,61}[^\W_])"
)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?~?", re.ASCII)
_AMOUNT = re.compile(
    r"(?:([A-Z]{3}) ?)?([-+]?)(\d{1,18}|\d{1,3}(?:,\d{3}){1,5})(\.\d{1,8})?(?: ?([A-Z]{3}))?",
    re.ASCII,
)
_COUNT = re.compile(r"\d{1,9}(?: ?[-\u2013] ?\d{1,9}|\+)?", re.ASCII)
_DOCUMENT = re.compile(r"[\w ./:,'()#&+*-]+")
_ACCOUNT = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./-]{2,39}", re.ASCII)
_IBAN = re.compile(r"[A-Za-z]{2}\d{2}[0-9A-Za-z ]{11,36}", re.ASCII)
_CARD = re.compile(r"\d(?:[ -]?\d){11,18}", re.ASCII)
_ROUTING_PREFIXES = frozenset(
    map("{:02d}".format, (*range(13), *range(21, 33), *range(61, 73), 80))
)
_SUBDIVISION = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?", re.ASCII)
_NOT_DIGIT = re.compile(r"[^0-9]")


def text(value: str) -> str:
    """Any text that is not blank."""
    kept = value.strip()
    if not kept:
        raise Unfit("empty")
    return kept


def name(value: str) -> str:
    """Return a name as written: at least one letter or digit, any script, any punctuation."""
    kept = text(value)
    if not any(map(str.isalnum, kept)):
        raise Unfit("format")
    if "\n" in kept or "\r" in kept:
        raise Unfit("characters")
    return kept


def identifier(value: str) -> str:
    """Return an identifier in somebody's books: one line, NFKC."""
    kept = unicodedata.normalize("NFKC", name(value)).strip()
    if "\t" in kept:
        raise Unfit("characters")
    return kept


def document(value: str) -> str:
    """Return the number of a document of any country: at least two letters or digits."""
    kept = unicodedata.normalize("NFKC", text(value)).strip()
    if not _DOCUMENT.fullmatch(kept):
        raise Unfit("characters")
    if sum(map(str.isalnum, kept)) < 2:
        raise Unfit("format")
    return kept


def ssn(value: str) -> str:
    """Return nine digits that the SSA may have issued (20 CFR 422.103; never 000, 666, 9xx)."""
    digits = _ssn_digits(value)
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area in ("000", "666") or area[0] == "9" or group == "00" or serial == "0000":
        raise Unfit("never_issued")
    if digits in _SSN_SPECIMENS:
        raise Unfit("specimen")
    return digits


def _ssn_digits(value: str) -> str:
    match = _SSN.fullmatch(value.strip())
    if match is None:
        raise Unfit("format")
    area, _, group, serial = match.groups()
    return f"{area}{group}{serial}"


def tax_id(value: str) -> str:
    """Return a taxpayer number: a United States EIN with a prefix in use, or another country's."""
    kept = value.strip()
    american = _EIN.fullmatch(kept)
    if american is None:
        return document(value)
    if american[1] not in _EIN_PREFIXES:
        raise Unfit("never_issued")
    return kept


def phone(value: str) -> str:
    """Return E.164; without a country code the number is read as one of ``HOME_REGION``."""
    kept = value.strip()
    plain = _NANP.fullmatch(kept)
    if plain:  # what phonenumbers would answer, 50 times as fast
        return f"+1{plain[1]}"
    if len(kept) > 64:
        raise Unfit("too_long")
    for candidate in (kept, "+" + _NOT_DIGIT.sub("", kept)):
        try:
            number = phonenumbers.parse(candidate, HOME_REGION)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise Unfit("format")


def email(value: str) -> str:
    """Return an address of the form local@domain (RFC 5321 lengths; quoted locals are refused)."""
    kept = value.strip()
    if not kept.isascii():
        kept = unicodedata.normalize("NFKC", kept)
    if not _EMAIL.fullmatch(kept):
        raise Unfit("format")
    return kept


def date(value: str) -> str:
    """Return an ISO 8601-2 date (EDTF level 1): ``1975``, ``1975-12-01``, ``1965~``, ``1962/1963``.

    Month, or month and day, may be unknown; ``~`` says approximate; two dates are an interval.
    """
    start, interval, end = value.strip().partition("/")
    first = _one_date(start)
    if not interval:
        return first
    last = _one_date(end)
    if first[:4] > last[:4]:
        raise Unfit("range")
    return f"{first}/{last}"


def _one_date(value: str) -> str:
    match = _DATE.fullmatch(value)
    if match is None:
        raise Unfit("format")
    year, month, day = match.groups()
    try:
        datetime(int(year), int(month or 1), int(day or 1))  # noqa: DTZ001 - does the day exist?
    except ValueError:
        raise Unfit("range") from None
    return value


def moment(value: str) -> str:
    """Return an ISO 8601 date, whole or partial, or a date with a time."""
    kept = value.strip()
    if "T" not in kept:
        return date(kept)
    try:
        datetime.fromisoformat(kept)
    except ValueError:
        raise Unfit("format") from None
    return kept


def amount(value: str) -> str:
    """Return a decimal amount without separators of thousands, its currency behind it."""
    match = _AMOUNT.fullmatch(value.strip().removeprefix("$"))
    if match is None or (match[1] and match[5]):
        raise Unfit("format")
    sign = "-" if match[2] == "-" else ""
    whole = match[3].replace(",", "").lstrip("0") or "0"
    currency = match[1] or match[5] or ""
    return f"{sign}{whole}{match[4] or ''} {currency}".strip()


def count(value: str) -> str:
    """Return a number, a range (``50-99``) or a lower bound (``10000+``)."""
    kept = value.strip()
    if not _COUNT.fullmatch(kept):
        raise Unfit("format")
    return kept.replace(" ", "").replace("\u2013", "-")


def country(value: str) -> str:
    """Return an ISO 3166-1 alpha-2 code."""
    code = value.strip().upper()
    if code not in COUNTRIES:
        raise Unfit("code")
    return code


def subdivision(value: str) -> str:
    """Return an ISO 3166-2 code, or a country alone; states of the US are checked one by one."""
    match = _SUBDIVISION.fullmatch(value.strip().upper())
    if match is None or match[1] not in COUNTRIES:
        raise Unfit("code")
    if match[1] == "US" and match[2] and match[2] not in STATES:
        raise Unfit("code")
    return match[0]


def ip_address(value: str) -> str:
    """Return an IPv4 or IPv6 address in its shortest form (RFC 5952)."""
    try:
        return str(ipaddress.ip_address(value.strip()))
    except ValueError:
        raise Unfit("format") from None


def card_number(value: str) -> str:
    """Return the digits of a card number: known issuer range, check digit right."""
    digits = _card_digits(value)
    if not luhn(digits):
        raise Unfit("checksum")
    if not is_card_number(digits):
        raise Unfit("range")
    return digits


def _card_digits(value: str) -> str:
    kept = value.strip()
    if not _CARD.fullmatch(kept):
        raise Unfit("format")
    return kept.replace(" ", "").replace("-", "")


def routing_number(value: str) -> str:
    """Return the nine digits of an ABA routing number: Federal Reserve prefix and check digit."""
    digits = _nine_digits(value)
    if digits[:2] not in _ROUTING_PREFIXES:
        raise Unfit("range")
    a, b, c, d, e, f, g, h, i = map(int, digits)
    if (3 * (a + d + g) + 7 * (b + e + h) + (c + f + i)) % 10:
        raise Unfit("checksum")
    return digits


def _nine_digits(value: str) -> str:
    digits = value.strip()
    if len(digits) != 9 or not (digits.isascii() and digits.isdigit()):
        raise Unfit("format")
    return digits


def bank_account(value: str) -> str:
    """Return an account number; what looks like an IBAN must be one (ISO 13616)."""
    kept = value.strip()
    if _IBAN.fullmatch(kept):
        try:
            return str(iban.validate(kept, check_country=False))
        except stdnum.exceptions.ValidationError:
            raise Unfit("checksum") from None
    if not _ACCOUNT.fullmatch(kept) or not any(map(str.isdigit, kept)):
        raise Unfit("format")
    return kept


VALIDATORS: Mapping[str, Callable[[str], str]] = {
    rule.__name__: rule
    for rule in (
        text,
        name,
        identifier,
        document,
        ssn,
        tax_id,
        phone,
        email,
        date,
        moment,
        amount,
        count,
        country,
        subdivision,
        ip_address,
        card_number,
        routing_number,
        bank_account,
    )
}
"""By the names that the catalogue uses."""

FORMS: Mapping[str, Callable[[str], str]] = {
    "ssn": _ssn_digits,
    "tax_id": document,
    "card_number": _card_digits,
    "routing_number": _nine_digits,
}
"""By the same names, for kinds of which some numbers were given to nobody: the form alone, without
the question whether anybody can have it. For values made here (``forge``)."""
