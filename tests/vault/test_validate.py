"""What a value must look like; expected values are the standards' and agencies' own examples."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn as outside_luhn
from stdnum.us import ein as outside_ein
from stdnum.us import rtn as outside_rtn
from stdnum.us import ssn as outside_ssn

from bailee.errors import Failure, Invalid
from bailee.vault.cardholder import luhn
from bailee.vault.catalogue import validate
from bailee.vault.validate import VALIDATORS, Unfit

GOOD = [
    ("ssn", "536-90-4399", "536904399"),  # python-stdnum's documentation
    ("ssn", "536904399", "536904399"),
    ("tax_id", "91-1144442", "91-1144442"),  # python-stdnum's documentation
    ("tax_id", "AABA 670850 Y", "AABA 670850 Y"),  # a form of the Mexican register
    ("phone", "+44 20 7946 0958", "+442079460958"),  # Ofcom's numbers for drama
    ("phone", "(415) 555-0132", "+14155550132"),  # reserved for fiction
    ("phone", "+1 415 555 0132", "+14155550132"),
    ("phone", "4155550132", "+14155550132"),
    ("phone", "982188526300", "+982188526300"),  # written without its plus
    ("email", "a.b+c@mail.example.com", "a.b+c@mail.example.com"),
    ("email", "o'hara@example.co.uk", "o'hara@example.co.uk"),
    ("date", "1975", "1975"),
    ("date", "1975-12", "1975-12"),
    ("date", "2024-02-29", "2024-02-29"),
    ("moment", "2026-11-20T21:07:00Z", "2026-11-20T21:07:00Z"),
    ("amount", "$1,234.50", "1234.50"),
    ("amount", "USD 0012", "12 USD"),
    ("amount", "-3.00 EUR", "-3.00 EUR"),
    ("count", "50 - 99", "50-99"),
    ("count", "10000+", "10000+"),
    ("country", "de", "DE"),
    ("subdivision", "us-ca", "US-CA"),
    ("subdivision", "FR", "FR"),
    ("ip_address", "2001:0db8:0:0:0:0:0:1", "2001:db8::1"),  # RFC 5952
    ("ip_address", "192.0.2.33", "192.0.2.33"),
    ("card_number", "4111 1111 1111 1111", "4111111111111111"),  # published test numbers
    ("card_number", "378282246310005", "378282246310005"),
    ("card_number", "30569309025904", "30569309025904"),
    ("card_number", "6011-1111-1111-1117", "6011111111111117"),
    ("card_number", "3530111333300000", "3530111333300000"),
    ("card_number", "2223003122003222", "2223003122003222"),
    ("routing_number", "111000025", "111000025"),  # python-stdnum's documentation
    ("bank_account", "GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),  # ISO 13616
    ("bank_account", "000123456789", "000123456789"),
    ("document", "A02078-92/\u0431", "A02078-92/\u0431"),
    ("name", "AL-ZAWAHIRI, Dr. Ayman (a.k.a. 'THE TEACHER')", None),
    ("name", "宮本 武蔵", None),
    ("identifier", "org:0001/9", None),
]

BAD = [
    ("ssn", "000-12-3456", "never_issued"),  # the areas that the SSA never issues
    ("ssn", "666-12-3456", "never_issued"),
    ("ssn", "900-12-3456", "never_issued"),
    ("ssn", "536-00-4399", "never_issued"),
    ("ssn", "536-90-0000", "never_issued"),
    ("ssn", "078-05-1120", "specimen"),  # printed in wallets
    ("ssn", "536-904399", "format"),
    ("tax_id", "07-1144442", "never_issued"),  # no campus uses 07
    ("tax_id", "?", "characters"),
    ("phone", "12", "format"),
    ("phone", "call me", "format"),
    ("phone", "+" + "1" * 70, "too_long"),
    ("email", "a@b", "format"),
    ("email", "a..b@example.com", "format"),
    ("email", "@example.com", "format"),
    ("email", "a b@example.com", "format"),
    ("date", "1975-13", "range"),
    ("date", "2023-02-29", "range"),
    ("date", "0000", "range"),
    ("date", "1975-00", "range"),
    ("date", "circa 1975", "format"),
    ("date", "1975-1976", "format"),
    ("moment", "2026-11-20 noon", "format"),
    ("amount", "USD 1 EUR", "format"),
    ("amount", "12,34", "format"),
    ("count", "many", "format"),
    ("country", "XX", "code"),
    ("country", "Germany", "code"),
    ("subdivision", "US-ZZ", "code"),
    ("subdivision", "XX-CA", "code"),
    ("ip_address", "192.0.2.256", "format"),
    ("card_number", "4111 1111 1111 1112", "checksum"),
    ("card_number", "0000 0000 0000 0000", "range"),
    ("card_number", "41111111", "format"),
    ("routing_number", "112000025", "checksum"),
    ("routing_number", "990000025", "range"),
    ("routing_number", "11100002", "format"),
    ("bank_account", "GB82 WEST 1234 5698 7654 33", "checksum"),
    ("bank_account", "none", "format"),
    ("document", "a", "format"),
    ("document", "<script>", "characters"),
    ("name", " ", "empty"),
    ("name", "...", "format"),
    ("name", "two\nlines", "characters"),
    ("identifier", "a\tb", "characters"),
]


@pytest.mark.parametrize(("kind", "value", "form"), GOOD)
def test_a_right_value_has_one_form(kind: str, value: str, form: str | None) -> None:
    """Values that standards and agencies call right pass, in the form that stands for them."""
    assert VALIDATORS[kind](value) == (form or value)


@pytest.mark.parametrize(("kind", "value", "problem"), BAD)
def test_a_wrong_value_is_refused_with_its_problem(kind: str, value: str, problem: str) -> None:
    """Values that cannot be right are refused, naming the kind of problem."""
    with pytest.raises(Unfit, match=f"^{problem}$"):
        VALIDATORS[kind](value)


@given(st.from_regex(r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}", fullmatch=True))
def test_social_security_numbers_are_judged_as_elsewhere(value: str) -> None:
    """Our quick rule and python-stdnum's agree on every well-formed number."""
    try:
        VALIDATORS["ssn"](value)
        ours = True
    except Unfit:
        ours = False

    assert ours == (outside_ssn.is_valid(value) and value.count("-") != 1)


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_routing_numbers_have_the_outside_checksum(value: str) -> None:
    """What we accept, python-stdnum accepts."""
    try:
        VALIDATORS["routing_number"](value)
    except Unfit:
        return
    assert outside_rtn.is_valid(value)


@given(st.from_regex(r"(0[0-9]|[12][0-9]|3[0-3]|[67][0-9]|80|99)[0-9]{7}", fullmatch=True))
def test_routing_numbers_have_a_prefix_of_the_federal_reserve(value: str) -> None:
    """The ABA's ranges: 00-12, 21-32, 61-72 and 80; within them python-stdnum's sum decides."""
    prefix = int(value[:2])
    known = prefix <= 12 or 21 <= prefix <= 32 or 61 <= prefix <= 72 or prefix == 80
    problem = ""
    try:
        VALIDATORS["routing_number"](value)
    except Unfit as unfit:
        problem = str(unfit)

    if known:
        assert problem == ("" if outside_rtn.is_valid(value) else "checksum")
    else:
        assert problem == "range"


@given(
    st.sampled_from(("0000", "0001", "1900", "2000", "2023", "2024", "9999")),
    st.none() | st.integers(0, 14),
    st.none() | st.integers(0, 33),
    st.sampled_from(("", "~")),
)
def test_a_day_is_right_if_the_calendar_has_it(
    year: str, month: int | None, day: int | None, about: str
) -> None:
    """Whole and partial dates against the length of each month (Gregorian rule for leap years)."""
    leap = int(year) % 4 == 0 and (int(year) % 100 != 0 or int(year) % 400 == 0)
    days = (0, 31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    value = year + ("" if month is None else f"-{month:02d}")
    right = year != "0000" and (month is None or 1 <= month <= 12)
    if month is not None and day is not None:
        value += f"-{day:02d}"
        right = right and 1 <= day <= days[month]
    value += about

    if right:
        assert VALIDATORS["date"](value) == value
    else:
        with pytest.raises(Unfit, match=r"^range$"):
            VALIDATORS["date"](value)


@given(st.from_regex(r"[0-9]{2}-[0-9]{7}", fullmatch=True))
def test_employer_numbers_are_judged_as_elsewhere(value: str) -> None:
    """Our table of prefixes is python-stdnum's."""
    try:
        VALIDATORS["tax_id"](value)
        ours = True
    except Unfit:
        ours = False

    assert ours == outside_ein.is_valid(value)


@given(st.from_regex(r"[0-9]{1,40}", fullmatch=True))
def test_check_digits_are_computed_as_elsewhere(digits: str) -> None:
    """Our Luhn sum is python-stdnum's."""
    assert luhn(digits) == outside_luhn.is_valid(digits)


@given(st.sampled_from(sorted(VALIDATORS)), st.text(max_size=60))
def test_any_text_is_accepted_or_unfit(kind: str, value: str) -> None:
    """No text makes a rule fail in another way, and a form that passed passes again unchanged."""
    try:
        form = VALIDATORS[kind](value)
    except Unfit:
        return
    assert VALIDATORS[kind](form) == form


@given(st.text(min_size=8, max_size=40))
def test_an_error_never_carries_the_value(value: str) -> None:
    """Neither text of an error repeats what was sent (C3.2)."""
    with pytest.raises(Failure) as caught:
        validate("person.ssn", "x" + value)

    assert value not in f"{caught.value} {caught.value.do}"
    assert caught.value.__cause__ is None


def test_an_error_names_element_and_problem() -> None:
    """The reader learns which element and what kind of problem."""
    with pytest.raises(Invalid) as caught:
        validate("person.birth_date", "1975-13-01")

    assert caught.value.code == "value.invalid"
    assert caught.value.says == "A value of person.birth_date cannot be right: range."


# Rows of the OFAC list of specially designated nationals, a work of the US Government in the public
# domain: names and identity papers as they are written in reality. Excerpt of 2024-06-27.
OFAC = """\
business.name,"ANGLO-CARIBBEAN CO., LTD."
business.name,"BANCO NACIONAL DE CUBA"
person.name,"ABBAS, Abu"
person.passport,92/664
person.passport,19820215
person.government_id,"AO 2879097"
person.government_id,2.194.575
person.government_id,660000 73767
business.tax_id,9113562152
person.email,dam.d.free@net.sy
person.phone,+52 686-383-6864
person.address,"Dai-Ichi Bldg. 6th Floor, 10-2 Nihombashi, 2-chome, Chuo-ku"
"""


@pytest.mark.parametrize(("element", "value"), list(csv.reader(io.StringIO(OFAC))))
def test_real_data_passes(element: str, value: str) -> None:
    """Real names, papers and addresses, Latin script with any punctuation, are accepted."""
    assert validate(element, value)
