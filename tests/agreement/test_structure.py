"""Clause structure, and the rules about it, in short texts of many styles."""

from __future__ import annotations

import pytest

from bailee.agreement.clause import Contract
from bailee.agreement.lint import lint
from bailee.agreement.parse import compile_text

RULES = frozenset(
    {
        "dangling-reference",
        "truncated-clause",
        "broken-enumeration",
        "unfilled-blank",
        "repeated-sentence",
    }
)


def compiled(text: str) -> Contract:
    """Return a compiled text."""
    return compile_text(text.encode())


def paths(text: str) -> list[str]:
    """Return the clause paths of a text, without the preamble."""
    return [clause.path for clause in compiled(text).clauses if clause.path != "0"]


def found(text: str) -> list[tuple[str, str]]:
    """Return rule and path of each finding of the rules about structure."""
    return [(f.rule, f.path) for f in lint(compiled(text)) if f.rule in RULES]


STYLES = [
    (
        (
            "SEC. 1. USE.\n\n(A) The Agent reads files.\n\n(B) The Agent burns nothing.\n\n"
            "SEC. 2. END.\n\n(A) The Agent stops."
        ),
        "1 1(A) 1(B) 2 2(A)",
    ),
    (
        (
            "Art. 1 Scope\n\n1 The Agent reads files.\n\n2 The Agent keeps them.\n\n"
            "Art. 2 End\n\n1 The Agent stops.\n\n2 Art. 1 para. 2 survives."
        ),
        "1 1.1 1.2 2 2.1 2.2",
    ),
    (
        (
            "Part 1 - Words\n\n1. We mean this.\n\n2. You mean that.\n\n"
            "Part 2 - Deeds\n\n3. We act.\n\n4. You rest."
        ),
        "part-1 1 2 part-2 3 4",
    ),
    (
        "1.- USE\n\n1.1.- The Agent reads.\n\n1.2.- The Agent keeps.\n\n2.- END\n\n2.1.- It ends.",
        "1 1.1 1.2 2 2.1",
    ),
    ("1. USE\n\n1(1) The Agent reads.\n1(2) The Agent keeps.", "1 1(1) 1(2)"),
    ("SECTION A: WHO\n\nA1   We act.\n\nA2   You rest.", "A A1 A2"),
    (
        "SECTION I\n\nClause 1\nScope\n\n(a) It is so.\n\nClause 2\nEnd\n\n(a) It ends.",
        "section-i 1 1(a) 2 2(a)",
    ),
    (
        "17 Mill Street\nDover\n\nDear Sir,\n\n1. You keep the list.\n\n2. You burn the list.",
        "1 2",
    ),
    (
        (
            "1. The Agent keeps files.\n\nTHE FIRST SCHEDULE\nDetails\n\n1. Paper.\n\n"
            "THE SECOND SCHEDULE\nMeasures\n\n1. Locks."
        ),
        "1 schedule-first schedule-first.1 schedule-second schedule-second.1",
    ),
]


@pytest.mark.parametrize(("text", "expected"), STYLES)
def test_labels_of_many_houses(text: str, expected: str) -> None:
    """Clauses are cut where their labels stand, however the house prints them."""
    assert paths(text) == expected.split()


CONTENTS = """Contents

1. Use   2
2. End   3
3. Law   4

1. Use

1.1 The Agent reads files.

2. End

2.1 The Agent returns files.

3. Law

3.1 Irish law governs.
"""


def test_table_of_contents_is_no_text() -> None:
    """A table of contents in front gives no clause and no finding."""
    assert paths(CONTENTS) == ["1", "1.1", "2", "2.1", "3", "3.1"]
    assert found(CONTENTS) == []


def test_closing_lines_are_no_clause_text() -> None:
    """What the parties sign belongs to neither the last clause nor the last annex part."""
    text = (
        "1. The Agent reads files.\n\nSigned for the Agent by ________\nName:\n\nAnnex 1\n\nLocks."
    )
    contract = compiled(text)
    assert [clause.path for clause in contract.clauses][1:] == ["1", "[signatures]", "annex-1"]
    assert contract.clauses[1].text == "The Agent reads files."
    assert found(text) == []


def test_short_lead_in_is_no_title() -> None:
    """A title and a short lead-in before a list are told apart."""
    clause = compiled("1.1 Care. Unless agreed otherwise:\n(a) locks;\n(b) keys.").clause("1.1")
    assert clause is not None
    assert (clause.title, clause.text) == ("Care", "Unless agreed otherwise:")


def test_reference_leaves_the_next_label() -> None:
    """A list label after a semicolon is no part of the reference before it."""
    text = "14.1 Locks hold.\n\n14.2 The Agent shall (a) obey section 14.1; (b) report; and (c) go."
    assert paths(text) == ["14.1", "14.2", "14.2(a)", "14.2(b)", "14.2(c)"]


BODY = "1. Scope\n\n1.1 The Agent reads files.\n\n1.2 The Agent keeps files.\n\n2. End\n\n2.1 {}\n"
SOUND = [
    "Section 21 or section 22 of the Privacy Act applies.",
    "IRS Publication 12, Exhibit 7, applies, as does 12 CFR Part 30, Appendix B.",
    "The State pays what Ohio Rev. Code § 44-1805 asks.",
    "Art. 28 para. 3 lit. a GDPR and § 12 UWG apply.",
    "Clause 9 of the head agreement and MSA Section 12 apply.",
    "Students see files under 34 CFR 99.31(a)(1)(i)(B) and 99.32.",
    "The Agent asks for [Reserved] and ticks box [x] yes or [ ] no.",
    "Cards are shown as XXXX-1234 and dates in the form DD/MM/YYYY.",
]


@pytest.mark.parametrize("sentence", SOUND)
def test_sound_sentences(sentence: str) -> None:
    """Other people's places, masks, formats and boxes to tick are no defects."""
    assert found(BODY.format(sentence)) == []


SEEDED = [
    ("Clause 1.7 survives.", "dangling-reference"),
    ("Clause 1, paragraph 9, survives.", "dangling-reference"),
    ("The Agent returns files within a further", "truncated-clause"),
    ("The Agent returns files. The Owner may refuse", "truncated-clause"),
    ("The Agent returns files to the.", "truncated-clause"),
    ("The Agent pays [amount to be inserted].", "unfilled-blank"),
    ("The Agent quotes order A-26-XXXX.", "unfilled-blank"),
    ("The Agent writes to [Customer address] in [X] days.", "unfilled-blank"),
    ("The Agent hands the report signed by both to ________ every year.", "unfilled-blank"),
    ("The Agent: (a) reads; (b) keeps; (d) burns files.", "broken-enumeration"),
]


@pytest.mark.parametrize(("sentence", "rule"), SEEDED)
def test_seeded_sentences(sentence: str, rule: str) -> None:
    """A planted defect is found, and nothing else."""
    assert {name for name, _ in found(BODY.format(sentence))} == {rule}


def test_parts_are_places() -> None:
    """A lettered part that is not there is a dangling reference; one that is there is none."""
    text = "A. USE\n\nA.1 The Agent reads.\n\nB. END\n\nB.1 Part A ends.\n\nB.2 Part {} survives."
    assert found(text.format("B")) == []
    assert found(text.format("K")) == [("dangling-reference", "B.2")]


def test_dot_leaders_are_no_blanks() -> None:
    """Dots between a label and its value are none; dots without a value are a blank."""
    text = (
        "1. The Agent reads.\n\nAnnex 1\n\n"
        "Nature ........ reading\nTerm .......... {}\nPlace ......... Rome\n"
    )
    assert found(text.format("two years")) == []
    assert found(text.format("")) == [("unfilled-blank", "annex-1")]


def test_lists_of_whole_sentences_and_of_parts() -> None:
    """Members that end in a comma or in "; and" go on; an item that stops after "and" does not."""
    text = "1. The Agent {}:\n\na) {}\n\nb) {}\n\nc) {}\n"
    parts = ("reads", "files of the house,", "files of the staff, and", "letters.")
    assert found(text.format(*parts)) == []
    whole = ("does this", "It reads files.", "It shall keep files in the house and", "It is kind.")
    assert found(text.format(*whole)) == [("truncated-clause", "1(b)")]


def test_lower_case_members_that_skip() -> None:
    """Numbered members in lower case below a lead-in are a list of their own clause."""
    text = (
        "1. Use\n\n1.1 The Agent reads.\n\n2. End\n\n"
        "2.1 The Agent shall:\n1. stop;\n{}. go; and\n3. rest.\n"
    )
    assert found(text.format(2)) == []
    assert found(text.format(3)) == [("broken-enumeration", "2.1")]


def test_house_without_full_stops() -> None:
    """Where no clause ends in a full stop, none is truncated for that."""
    text = "1. Use\n\n1.1 The Agent shall read files\n\n1.2 The Agent shall keep files\n"
    assert found(text) == []
