"""The catalogue: every element of the annex, with its rules (C2.10, C1.5, C1.9, C1.10)."""

from __future__ import annotations

import pytest

from bailee.errors import Invalid
from bailee.vault.alias import FORMS
from bailee.vault.catalogue import CATALOGUE, CLASSIFICATIONS, element, schema, validate

ANNEX = {
    "business": "name address phone email entity_type employees sector formation_date tax_id "
    "adverse_finance legal_matter rating identifier",
    "person": "name address phone email birth_date nationality ssn passport drivers_license "
    "government_id login_name",
    "transaction": "method amount date location receipt",
    "financial": "bank_account routing_number card_number payment",
    "beneficiary": "name account address",
    "tax": "return",
    "communication": "content",
    "survey": "response",
    "device": "browser connection ip_address geolocation identifier error usage",
    "health": "condition treatment insurance_id record_number payment",
}
ENCRYPTED_BY_CONTRACT = {"sensitive", "cardholder", "beneficiary", "tax", "health"}


def test_every_element_of_the_annex_is_there() -> None:
    """Appendix A and the elements of C2.8(1) and of health are in the catalogue, nothing else."""
    named = {f"{family}.{name}" for family, names in ANNEX.items() for name in names.split()}

    assert set(CATALOGUE) == named


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_an_element_says_what_it_is(name: str) -> None:
    """Each element has a description, a known classification and the clauses that give it."""
    one = CATALOGUE[name]

    assert one.says[0].isupper()
    assert one.classification in CLASSIFICATIONS
    assert one.clauses
    assert ("C2.8(1)" in one.clauses) == (one.classification in ENCRYPTED_BY_CONTRACT) or (
        one.classification == "sensitive"
    )


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_indexes_and_tokens_are_declared_sensibly(name: str) -> None:
    """Buckets have a size, others none; tokens stand only for identifiers, never for free text."""
    one = CATALOGUE[name]

    assert one.index in {"exact", "bucket", "none"}
    assert (one.bucket_bits > 0) == (one.index == "bucket")
    assert not (one.token and one.free_text)
    assert one.retention_days >= 0


@pytest.mark.parametrize(
    "name",
    ["person.ssn", "person.passport", "person.drivers_license", "financial.card_number",
     "financial.bank_account", "person.birth_date", "tax.return", "health.condition"],
)  # fmt: skip
def test_losses_that_raise_the_question_of_a_notice_are_marked(name: str) -> None:
    """Identity papers, accounts, birth dates, tax and health data are high risk (C1.10, C9.2)."""
    assert CATALOGUE[name].high_risk


def test_formats_of_tokens_are_known_and_of_one_kind() -> None:
    """An element allows formats that exist, if it has tokens; its formats draw the same aliases.

    A shared alias is found again whatever the format was when it was drawn.
    """
    for one in CATALOGUE.values():
        assert set(one.token_formats) <= set(FORMS)
        assert one.token or not one.token_formats
        assert len({FORMS[name].draw for name in one.token_formats}) <= 1
    assert {one.name for one in CATALOGUE.values() if one.token_formats} == {
        "person.ssn", "financial.card_number", "financial.bank_account", "beneficiary.account",
    }  # fmt: skip


def test_no_password_is_held() -> None:
    """Login names are an element, passwords are not (C2.7)."""
    with pytest.raises(Invalid, match=r"^element\.unknown"):
        element("person.password")


def test_an_unknown_name_is_not_repeated() -> None:
    """A name nobody knows might be a value in the wrong place (C3.2)."""
    with pytest.raises(Invalid) as caught:
        element("536-90-4399")

    assert caught.value.code == "element.unknown"
    assert "536" not in f"{caught.value} {caught.value.do}"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("person.ssn", "5" * 33, "too_long"),
        ("person.name", "\u00e9" * 257, "too_long"),  # 514 bytes
        ("person.name", "a\x00b", "characters"),
        ("person.name", "a\x1bb", "characters"),
        ("person.name", "\ud800", "characters"),  # half of a surrogate pair
        ("communication.content", "", "empty"),
    ],
)
def test_limits_are_kept_in_bytes_and_characters(name: str, value: str, problem: str) -> None:
    """Values are limited in UTF-8 bytes and hold no control characters."""
    with pytest.raises(Invalid, match=f"{problem}"):
        validate(name, value)


def test_a_value_may_fill_its_limit() -> None:
    """The limit itself is allowed, and lines in free text."""
    assert validate("person.name", "\u00e9" * 256)
    assert validate("communication.content", "two\r\nlines\tof text")


def test_access_learns_names_classes_and_masks() -> None:
    """What access must know of the catalogue is derived from it."""
    known = schema()

    assert known.names == set(CATALOGUE)
    assert "person.ssn" in known.classes["sensitive"]
    assert known.masks["person.ssn"] == {"last4"}
    assert ("person.birth_date", {"year", "month_day"}) in [
        (group.element, set(group.views)) for group in known.rebuilds
    ]
