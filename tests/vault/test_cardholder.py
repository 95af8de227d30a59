"""Cardholder data where it must not be. Numbers are the card schemes' published test numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailee.errors import Invalid, Refused
from bailee.vault.cardholder import (
    find_card_number,
    holds_sensitive_authentication,
    is_card_number,
    names_sensitive_authentication,
)
from bailee.vault.catalogue import CATALOGUE, element, validate

CARDS = [
    "4111111111111111",
    "4012888888881881",
    "4222222222222",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "3056930009020004",
    "30569309025904",
    "3530111333300000",
    "6200000000000005",
]


@pytest.mark.parametrize("digits", CARDS)
def test_published_numbers_are_found(digits: str) -> None:
    """Every scheme's test number is found: bare, in groups of four, within a sentence."""
    grouped = " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))

    assert is_card_number(digits)
    assert find_card_number(f"Card {digits}, thanks.")
    assert find_card_number(f"Card {grouped.replace(' ', '-')} thanks")
    assert find_card_number(f"order 17 {grouped} 3")


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",  # wrong check digit
        "0000000000000000",  # no issuer
        "1234567812345670",  # right check digit, no issuer
        "99994111111111111111999",  # the middle of a longer number
        "411111111111",  # too short
        "Call +1 415 555 0132 between 9 and 17",
        "",
    ],
)
def test_other_numbers_are_not_cards(text: str) -> None:
    """What no issuer can have made is left alone."""
    assert not find_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "\uff14111 1111 1111 1111",  # a full-width digit
        "4111\u20111111\u20111111\u20111111",  # non-breaking hyphens
        "4111\u200b1111\u200b1111\u200b1111",  # zero-width spaces
        "4111\u00a01111\u00a01111\u00a01111",  # no-break spaces
    ],
)
def test_disguised_numbers_are_found(text: str) -> None:
    """Look-alike digits and invisible separators do not hide a card number."""
    assert find_card_number(text)


@given(
    st.text(alphabet=st.characters(exclude_categories=["N"]), max_size=40),
    st.sampled_from(CARDS),
    st.sampled_from([" ", "-", ".", ""]),
    st.text(alphabet=st.characters(exclude_categories=["N"]), max_size=40),
)
def test_a_card_is_found_wherever_it_stands(before: str, card: str, joint: str, after: str) -> None:
    """Whatever text surrounds it, a card number in groups of four is found."""
    grouped = joint.join(card[at : at + 4] for at in range(0, len(card), 4))

    assert find_card_number(f"{before}{grouped}{after}")


def test_a_long_text_of_digits_is_searched_to_its_end() -> None:
    """A million digits in groups, with a card last: no pattern repeats without a bound."""
    assert find_card_number("12 " * 400_000 + "x 4111 1111 1111 1111")
    assert not find_card_number("9" * 1_000_000)


@pytest.mark.parametrize(
    "name",
    ["cvv", "card.cvv2", "card.CVC", "card_security_code", "financial.track2", "pin_block", "PIN"],
)
def test_names_of_authentication_data_are_refused(name: str) -> None:
    """A field named like a code, track or PIN is refused by its name (PCI DSS 3.3.1)."""
    assert names_sensitive_authentication(name)
    with pytest.raises(Refused, match=r"^value\.sensitive_authentication"):
        element(name)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_no_element_is_named_like_authentication_data(name: str) -> None:
    """The catalogue itself has no such field."""
    assert not names_sensitive_authentication(name)


TRACKS = [
    "%B4111111111111111^DOE/JANE^29121010000000000000?",
    ";4111111111111111=29121011234512345678?",
    "4111111111111111D29121011234512345678",
]


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("name", ["person.name", "financial.card_number", "business.identifier"])
def test_track_data_is_refused_in_every_element(name: str, track: str) -> None:
    """Track 1, track 2 and its chip form are refused wherever they are put (PCI DSS 3.3.1.1)."""
    with pytest.raises(Refused, match=r"^value\.sensitive_authentication"):
        validate(name, track)


@pytest.mark.parametrize(
    "text", ["CVV: 123", "the cvc2 is 4321", 'card security code="987"', "PIN 1234"]
)
def test_labelled_codes_are_refused_in_free_text(text: str) -> None:
    """A code with its label is refused in free text."""
    assert holds_sensitive_authentication(text, free=True)
    with pytest.raises(Refused, match=r"^value\.sensitive_authentication"):
        validate("communication.content", f"Hello, {text}.")


@pytest.mark.parametrize("text", ["a pin board", "cvv unknown", "Pinchin 1234", "x=1234567"])
def test_words_like_labels_are_not_codes(text: str) -> None:
    """A label without digits, or within a word, is text."""
    assert not holds_sensitive_authentication(text, free=True)


def test_a_card_number_stays_out_of_free_text() -> None:
    """Free text with a card number is refused and says where it belongs."""
    with pytest.raises(Refused) as caught:
        validate("transaction.method", "VISA 4111 1111 1111 1111")

    assert caught.value.code == "value.card_in_free_text"
    assert "4111" not in f"{caught.value} {caught.value.do}"
    assert validate("financial.card_number", "4111 1111 1111 1111") == "4111111111111111"
    with pytest.raises(Invalid, match=r"^value\.invalid"):
        validate("financial.card_number", "VISA 4111 1111 1111 1111")
