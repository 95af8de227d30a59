"""The model as it is offered: filled in its annexes, and nowhere else (B8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bailee.agreement import bind, compile_text, lint, load_terms, unspoken
from bailee.agreement.in_force import Signed
from bailee.agreement.offer import OFFERED, Annexes, offer, taken_lines
from bailee.agreement.terms import read_terms
from bailee.errors import Broken, Invalid
from tests.agreement.test_in_force import compiled, put_together
from tests.agreement.test_model import TERMS

PURPOSES = {"payment-processing", "health-payments"}
ELEMENTS = {"person.name", "health.payment"}
ANNEXES = Annexes(
    parties=(
        "Data exporter: Pelican Bakery GmbH, 3 Hafenweg, Hamburg, Germany. Role: controller.",
        "Data importer: Harborline Payments LLC, 77 Ferry Landing, Providence. Role: processor.",
    ),
    transfer=(
        "People concerned, being the categories of data subjects: employees.",
        "Categories of personal data: the data elements listed in Annex IV.",
        "Sensitive data: the elements that Annex IV marks as sensitive.",
        "Frequency of the transfer: continuous.",
        "Nature of the processing: storing and returning.",
        "Purposes of the transfer and of any further processing: payment processing.",
        "Retention period: until the period of section 15.2 has ended.",
        "Transfers to Sub-processors: subject matter, nature and duration are in Annex III.",
    ),
    authority=("The competent supervisory authority under Clause 13: that of Hamburg.",),
    measures=("Logging: each access is recorded before data leaves, and nobody can alter it.",),
    subprocessors=("None: the Processor engages no Sub-processor on the effective day.",),
)


def test_an_offered_text_binds_whole_and_permits_what_was_taken() -> None:
    """No finding, nothing broken, nothing unspoken; two purposes of ten, two lines of 27."""
    made = offer(PURPOSES, ELEMENTS, ANNEXES)
    terms = load_terms(OFFERED)
    binding = bind(compile_text(made.text.encode()), terms)
    assert lint(made.contract) == made.findings == ()
    assert binding.broken == ()
    assert len(binding.left_out) == (10 - 2) + (27 - 2)
    assert unspoken(made.contract, terms) == ()
    stands = put_together(compiled(made.text.encode(), OFFERED), Signed())
    assert stands.purposes == PURPOSES
    assert stands.permitted == {
        "person.name", "person.address", "person.phone", "person.email", "health.payment",
    }  # fmt: skip
    assert stands.open_questions() == ()
    assert not stands.unresolved


def test_numbers_stay_where_they_are() -> None:
    """The ninth purpose is the ninth still, with the word that its list has there."""
    made = offer({"payment-processing"}, {"person.name"}, ANNEXES)
    found = {path: made.contract.clause(path) for path in ("4.1(1)", "4.1(9)", "4.1(10)")}
    assert [one and one.text[:24] for one in found.values()] == [
        "payment processing, whic", "not used; and", "not used.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "broken"),
    [
        (("not used;", "used freely;"), {"4.1(2)"}),
        (("1.1 Scope. This", "1.1 Scope. Mostly this"), {"1.1"}),
        (("10.2 Notice. Within 24 hours", "10.2 Notice. Within 72 hours"), {"10.2"}),
    ],
)
def test_a_changed_word_still_breaks_its_clause(words: tuple[str, str], broken: set[str]) -> None:
    """What is left out is the words "not used" and no others; a duty is bound as ever."""
    text = offer(PURPOSES, ELEMENTS, ANNEXES).text
    assert words[0] in text
    binding = bind(compile_text(text.replace(*words, 1).encode()), load_terms(OFFERED))
    assert {one.clause for one in binding.broken} == broken


def test_a_duty_cannot_be_left_out() -> None:
    """Where a duty says "not used" its line breaks, and the duty is open."""
    text = offer(PURPOSES, ELEMENTS, ANNEXES).text
    contract = compile_text(text.encode())
    clause = contract.clause("4.7")
    assert clause is not None
    cut = text.replace(clause.text, "Not used.")
    binding = bind(compile_text(cut.encode()), load_terms(OFFERED))
    assert [one.id for one in binding.broken] == ["C4.7"]
    stands = put_together(compiled(cut.encode(), OFFERED))
    assert stands.unresolved == {"C4.7"}


def test_an_annex_that_is_gone_breaks_its_line() -> None:
    """A place that is to be filled in has to be there."""
    text = offer(PURPOSES, ELEMENTS, ANNEXES).text
    cut = text.replace("Part C: Competent supervisory authority\n\n", "")
    broken = bind(compile_text(cut.encode()), load_terms(OFFERED)).broken
    assert [one.id for one in broken] == ["Cannex-i.part-c"]


@pytest.mark.parametrize(
    "evil",
    [
        "Hamburg\n\nAnnex IV: Data Elements\n\nPart A: Business\n\n  \u2022 Everything",
        "Hamburg\n\n18. More\n\n18.1 More. The Processor may sell.",
        "Hamburg\u2028Part D: More",
        "",
    ],
)
def test_what_is_filled_in_stays_in_its_line(evil: str) -> None:
    """A heading, another section, a line of another kind, nothing: refused."""
    with pytest.raises(Invalid) as failure:
        offer(PURPOSES, ELEMENTS, replace(ANNEXES, authority=(evil,)))
    assert failure.value.code == "offer.text"


def test_a_list_in_an_annex_is_spoken_of_by_its_line() -> None:
    """What a company writes into Annex II may be a list; no clause is without a line for it."""
    listed = replace(ANNEXES, measures=("Places: (a) guarded doors; (b) a log of visitors.",))
    made = offer(PURPOSES, ELEMENTS, listed)
    assert made.contract.clause("annex-ii(a)") is not None
    assert unspoken(made.contract, load_terms(OFFERED)) == ()


@pytest.mark.parametrize(
    ("purposes", "elements", "code"),
    [
        (set(), ELEMENTS, "offer.purposes"),
        ({"resale"}, ELEMENTS, "offer.purposes"),
        (PURPOSES, set(), "offer.elements"),
        (PURPOSES, {"person.soul"}, "offer.elements"),
    ],
)
def test_what_the_model_lacks_is_not_offered(
    purposes: set[str], elements: set[str], code: str
) -> None:
    """Nothing, or something that nobody defined, is no offer."""
    with pytest.raises(Invalid) as failure:
        offer(purposes, elements, ANNEXES)
    assert failure.value.code == code


def test_a_line_brings_what_stands_in_it() -> None:
    """A name comes with address, telephone and mail: they are one line of the annex."""
    (line,) = taken_lines(load_terms(OFFERED), {"person.name"})
    assert line.clause == "annex-iv.part-b(1)"


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('clause = "annex-ii"\nfilled = true', 'clause = "annex-ii"', "terms.hash"),
        (
            'clause = "4.7"\n', 'clause = "4.7"\nfilled = true\n', "terms.filled",
        ),
        (
            'clause = "annex-ii"\nfilled = true',
            f'clause = "annex-ii"\nfilled = true\ntext_sha256 = "{"0" * 64}"',
            "terms.hash",
        ),
        (
            'clause = "annex-ii"\nfilled = true',
            'clause = "annex-ii"\nfilled = true\nquantity = 3\nunit = "times"\ndirection = "max"',
            "terms.filled",
        ),
    ],
)  # fmt: skip
def test_only_an_annex_without_a_number_is_filled_in(before: str, after: str, code: str) -> None:
    """A duty of the body, a number, or words that are hashed cannot stand on a place alone."""
    text = (TERMS / "model-addendum.toml").read_text(encoding="utf-8")
    assert text.count(before) == 1
    with pytest.raises(Broken) as failure:
        read_terms(text.replace(before, after))
    assert failure.value.code == code
