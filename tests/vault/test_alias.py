"""Aliases are in the format of a value and are never one (ISO/IEC 7812-1, SSA, IRS)."""

from __future__ import annotations

import re

import pytest
import stdnum.luhn
from hypothesis import given
from hypothesis import strategies as st
from stdnum.us import ein, itin, ssn

from bailee.errors import Invalid
from bailee.vault.alias import FORMS
from bailee.vault.cardholder import find_card_number
from bailee.vault.catalogue import CATALOGUE, validate

CARDS = st.integers(13, 19).map(lambda length: "4" * length)
ACCOUNTS = st.text("0123456789abcdefghijklmnopqrstuvwxyz", min_size=7, max_size=32)
IRSN = {*range(1, 11), 17, 18, 19, 28, 29, 37, 38, 39}
"""Middle digits of the IRS's own temporary numbers, as tax software publishes them."""
ITIN = {*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)}
ATIN = {93}
SSN = "536904399"


@given(CARDS)
def test_a_card_s_alias_is_no_card(normal: str) -> None:
    """As many digits, of a range nobody issues, with a wrong check digit (ISO/IEC 7812-1)."""
    made = FORMS["card"].draw(normal)

    assert re.fullmatch("99[0-9]+", made, re.ASCII)
    assert len(made) == len(normal)
    assert not stdnum.luhn.is_valid(made)
    assert not find_card_number(made)
    with pytest.raises(Invalid, match="checksum"):
        validate("financial.card_number", made)


@given(CARDS)
def test_a_text_may_hold_a_card_s_alias(normal: str) -> None:
    """Free text, where card numbers are refused, takes the alias, in groups of four as well."""
    made = FORMS["card"].draw(normal)
    groups = " ".join(re.findall("[0-9]{1,4}", made))

    for text in (f"Paid with {made}, see file.", f"Paid with {groups}.", made):
        assert CATALOGUE["communication.content"].check(text) == text


@pytest.mark.parametrize("length", range(13, 20))
def test_no_stretch_of_a_card_s_alias_passes_for_a_card(length: int) -> None:
    """Of many, in groups of four: of seventeen digits and more, some stretches are long enough."""
    for _ in range(1000):
        made = FORMS["card"].draw("4" * length)
        assert not find_card_number(" ".join(re.findall("[0-9]{1,4}", made)))


def test_a_social_security_number_s_alias_is_nobody_s() -> None:
    """Of many: nine digits that are no SSN, ITIN, ATIN, IRSN, EIN or bank's number; all differ."""
    made = [FORMS["ssn"].draw(SSN) for _ in range(3000)]

    for one in made:
        assert re.fullmatch("9[67][0-9]{7}", one, re.ASCII)
        assert int(one[3:5]) not in IRSN | ITIN | ATIN
        assert int(one[5:]) > 0
        assert not any(kind.is_valid(one) for kind in (ssn, itin, ein))
        with pytest.raises(Invalid, match="range"):
            validate("financial.routing_number", one)
    assert len(set(made)) > 2990  # of six million; eight pairs have a chance below 1e-6
    assert {one[:3] for one in made} == {str(area) for area in range(960, 980)}
    with pytest.raises(Invalid, match="never_issued"):
        validate("person.ssn", made[0])


def test_a_social_security_number_s_alias_is_written_as_the_column_has_it() -> None:
    """With hyphens or without: the same digits."""
    assert FORMS["ssn"].spell("961234567") == "961-23-4567"
    assert FORMS["ssn-digits"].spell("961234567") == "961234567"
    assert not ssn.is_valid(FORMS["ssn"].spell(FORMS["ssn"].draw(SSN)))


@given(ACCOUNTS)
def test_an_account_s_alias_has_as_many_digits(normal: str) -> None:
    """Digits alone, the first not 0, as many as letters and digits; another number; no card."""
    made = FORMS["account"].draw(normal)

    assert re.fullmatch("[1-9][0-9]+", made, re.ASCII)
    assert len(made) == len(normal)
    assert made != normal
    assert not find_card_number(made)


@pytest.mark.parametrize(("length", "fits"), [(6, False), (7, True), (32, True), (33, False)])
def test_an_account_has_a_length_for_which_there_are_aliases(length: int, fits: bool) -> None:  # noqa: FBT001 - a column of the table
    """Seven digits are nine million aliases, six would be less than a million; 32 is the most."""
    assert FORMS["account"].fits("1" * length) is fits
