"""Binding: terms stand on exact words, and say where these went (C11.1)."""

from __future__ import annotations

import msgspec
import pytest

from bailee.agreement import bind, compile_text, load_terms, unspoken
from bailee.agreement.clause import Contract

SOURCES = [("bill-2022-10-11", "real_text"), ("model-addendum", "model_text")]
ROWS = [f"A{number}" for number in range(1, 33)]


@pytest.fixture(params=SOURCES, ids=lambda pair: pair[0])
def source(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    """Return each shipped pair of terms and text."""
    terms_id, fixture = request.param
    return terms_id, request.getfixturevalue(fixture)


def test_every_line_stands_on_its_words(source: tuple[str, bytes]) -> None:
    """Nothing is broken, the whole text is the one the terms were written for."""
    terms_id, text = source
    binding = bind(compile_text(text), load_terms(terms_id))
    assert binding.broken == ()
    assert binding.same_text


def test_every_clause_is_spoken_of(source: tuple[str, bytes]) -> None:
    """Each clause with words of its own has a duty, a right, a permission or a reason."""
    terms_id, text = source
    assert unspoken(compile_text(text), load_terms(terms_id)) == ()


def test_every_row_has_a_duty(source: tuple[str, bytes]) -> None:
    """A1 to A32 are each served by at least one counted line of either agreement."""
    rows = {line.row for line in load_terms(source[0]).obligations if line.counted}
    assert [row for row in ROWS if row not in rows] == []


def test_both_agreements_use_the_same_controls(source: tuple[str, bytes]) -> None:
    """What the first release watches is owed under both, under the same slugs."""
    watched = {
        "agreement-binding",
        "permitted-elements",
        "purpose-limit",
        "authorised-persons",
        "unique-identity",
        "credential-strength",
        "least-privilege",
        "access-log",
        "revocation",
        "encryption-at-rest",
        "keys-wrapped",
        "encryption-standard",
        "transport",
        "no-values-in-urls",
        "record-keeping",
        "erasure",
    }
    assert watched - {line.control for line in load_terms(source[0]).obligations} == set()


def changed(text: bytes, contract: Contract, path: str) -> bytes:
    """Return the text with one more word at the end of one clause."""
    clause = contract.clause(path)
    assert clause is not None
    last = clause.text.splitlines()[-1].encode()
    assert text.count(last) == 1
    return text.replace(last, last + b" sometimes")


@pytest.mark.parametrize("path", ["5.5", "6.1", "15.3", "annex-iv.part-c(2)", "4.1(5)", "16.2"])
def test_a_changed_word_breaks_exactly_its_clause(model_text: bytes, path: str) -> None:
    """One word more in a clause breaks every line of that clause and no other."""
    terms = load_terms("model-addendum")
    contract = compile_text(model_text)
    after = compile_text(changed(model_text, contract, path))
    binding = bind(after, terms)
    assert not binding.same_text
    expected = [line.clause for line in terms.obligations if line.clause == path]
    expected += [line.clause for line in terms.purposes if line.clause == path]
    expected += [line.clause for line in terms.permissions if line.clause == path]
    assert {line.clause for line in binding.broken} == {path}
    assert len(binding.broken) == len(expected)
    assert all(line.found is not None for line in binding.broken)
    assert all(line.stands_at == () for line in binding.broken)


@pytest.mark.parametrize("path", ["2.5(5)", "2.8(1)", "6", "9.1(iii)", "A.4(2)", "7.2(5)(i)(b)"])
def test_a_changed_word_of_the_real_text_breaks_exactly_its_clause(
    real_text: bytes, path: str
) -> None:
    """The same holds in nested lists, inline enumerations and the annex of the real agreement."""
    terms = load_terms("bill-2022-10-11")
    contract = compile_text(real_text)
    clause = contract.clause(path)
    assert clause is not None
    words = clause.text.split(" ")
    head = " ".join(words[:4]).encode()
    assert head
    at = real_text.index(head, len(contract.source[: clause.start].encode()))
    after = compile_text(real_text[:at] + b"Seldom " + real_text[at:])
    broken = bind(after, terms).broken
    assert {line.clause for line in broken} == {path}


def test_a_renumbered_clause_is_broken_and_found(model_text: bytes) -> None:
    """A clause that moved without a changed word is said to stand at its new number."""
    text = model_text.replace(b"\n7.2 Addresses.", b"\n7.9 Addresses.")
    binding = bind(compile_text(text), load_terms("model-addendum"))
    moved = [line for line in binding.broken if line.clause == "7.2"]
    assert [(line.found, line.stands_at) for line in moved] == [(None, ("7.9",))]


def test_a_missing_clause_is_said_to_be_gone(model_text: bytes) -> None:
    """A clause that was cut out stands nowhere."""
    start = model_text.index(b"\n9.5 ")
    end = model_text.index(b"\n9.6 ")
    binding = bind(
        compile_text(model_text[:start] + model_text[end:]), load_terms("model-addendum")
    )
    assert [(line.id, line.found, line.stands_at) for line in binding.broken] == [
        ("C9.5", None, ())
    ]


def test_a_clause_nobody_spoke_of_is_named(model_text: bytes) -> None:
    """A sentence added to the text shows as a clause without a line."""
    text = model_text.replace(
        b"\n17.4 Signature.", b"\n17.5 Guests. Guests sign in.\n\n17.4 Signature."
    )
    terms = load_terms("model-addendum")
    assert unspoken(compile_text(text), terms) == ("17.5",)
    fewer = msgspec.structs.replace(terms, obligations=terms.obligations[1:])
    assert unspoken(compile_text(model_text), fewer) == (terms.obligations[0].clause,)
