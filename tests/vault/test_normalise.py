"""What counts as the same value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailee.vault.normalise import NORMALISERS, alphanumeric, fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ludmila  Çelik", "ludmila çelik"),
        ("Stra\u00dfe", "STRASSE"),  # full case folding, Unicode chapter 3.13
        ("\u212bngstr\u00f6m", "a\u030angstro\u0308m"),  # the Angstrom sign, and combining marks
        ("\uff21\uff22", "ab"),  # full-width letters
        ("\ufb01nch", "FINCH"),  # a ligature
    ],
)
def test_differences_of_writing_are_folded(one: str, other: str) -> None:
    """Case, width, ligatures, combining marks and white space do not tell values apart."""
    assert fold(one) == fold(other)


def test_letters_and_digits_alone_tell_documents_apart() -> None:
    """Separators of document numbers do not count."""
    assert alphanumeric("A-02 078/92") == "a0207892"


@given(st.sampled_from(sorted(NORMALISERS)), st.text())
def test_normal_forms_are_their_own_normal_form(name: str, value: str) -> None:
    """Every normaliser is idempotent, so an index entry can be made from a normal form."""
    once = NORMALISERS[name](value)

    assert NORMALISERS[name](once) == once
