"""The lint on the real agreement, on a renumbered and on a renamed copy of it.

The expectations were written from reading the text; L numbers are those of the defect list.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from bailee.agreement.lint import lint
from bailee.agreement.parse import compile_text

SEED = "001_45869c0767c05bd6.txt"
SHIFT = 20

EXPECTED = Counter(
    {
        # L2: lettered lists that became numbered
        ("dangling-reference", "7.2(4)"): 1,
        ("dangling-reference", "7.3(3)(2)"): 1,
        ("dangling-reference", "7.3(3)[annex-i-part-a]"): 2,
        ("dangling-reference", "9.1(iv)"): 1,
        # L3
        ("truncated-clause", "2.7"): 1,
        # L5: every duty whose time has no number
        ("vague-time", "2.6"): 1,
        ("vague-time", "4.3"): 2,
        ("vague-time", "4.5"): 1,
        ("vague-time", "5.1"): 1,
        ("vague-time", "5.2"): 1,
        ("vague-time", "5.3"): 3,
        ("vague-time", "7.2(6)(ii)"): 1,
        ("vague-time", "7.2(7)"): 1,
        ("vague-time", "7.3(2)"): 1,
        ("vague-time", "7.3(7)"): 1,
        ("vague-time", "9.1"): 2,
        ("vague-time", "9.2"): 1,
        # L11, L12, L15
        ("incomplete-annex", "7.3(3)[annex-i-part-b]"): 3,
        ("generic-annex", "7.3(3)[annex-ii]"): 1,
        ("purpose-by-reference", "7.2(2)(ii)"): 1,
        ("purpose-by-reference", "7.2(3)(ii)(a)"): 1,
        ("purpose-by-reference", "7.2(3)(ii)(b)"): 1,
        ("purpose-by-reference", "7.3(3)[annex-i-part-b]"): 1,
        # L16 and its kin: password standards, e-mail approach, time for advisories, exceptions
        ("mutual-agreement", "2.5(3)"): 1,
        ("mutual-agreement", "3.3(3)"): 1,
        ("mutual-agreement", "4.4"): 1,
        ("mutual-agreement", "5.1"): 1,
        # blanks: two fields of the contact, two lines of the appendix
        ("unfilled-blank", "10.2"): 2,
        ("unfilled-blank", "A.1(7)"): 1,
        ("unfilled-blank", "A.2(5)"): 1,
        # terms: four families used and never defined; two defined and never used; roles of 7.3 in 6
        ("undefined-term", "6(ii)"): 1,
        ("undefined-term", "7.3(2)"): 2,
        ("undefined-term", "7.3(3)[annex-i-part-b]"): 1,
        ("definition-out-of-scope", "6(ii)"): 2,
        ("unused-definition", "1.11"): 1,
        ("unused-definition", "1.11(ii)"): 1,
        # two sentences of 1.9 come back in 1.10, one of 1.10 stands there twice
        ("repeated-sentence", "1.10"): 3,
        # (A)(1) without (B) or (2); (iv) no noun among nouns; (ii) after its sentence's end
        ("broken-enumeration", "5.1(i)"): 1,
        ("broken-enumeration", "9.1"): 1,
        ("broken-enumeration", "9.3"): 1,
        ("list-without-verb", "9.1"): 1,
    }
)


@pytest.fixture(scope="module")
def seed() -> str:
    """Return the real agreement's text."""
    for folder in Path(__file__).parents:
        path = folder / "shared" / "seeds" / SEED
        if path.exists():
            return path.read_text("utf-8")
    pytest.skip("the real agreement is not beside this checkout")


def found_in(text: str) -> Counter[tuple[str, str]]:
    """Return how often each rule speaks of each clause."""
    return Counter((f.rule, f.path) for f in lint(compile_text(text.encode())))


def shifted(number: str) -> str:
    """Return a clause number with its first part moved."""
    return re.sub(r"^[1-9][0-9]*", lambda top: str(int(top[0]) + SHIFT), number)


def renumbered(text: str) -> str:
    """Move all top-level numbers, in headings and in the references that lead somewhere."""
    text = re.sub(
        r"(?m)^(\d{1,2}(?:\.\d{1,2})?)(?=\.?[ \u00a0])", lambda label: shifted(label[1]), text
    )
    return re.sub(
        r"([Ss]ection )(7\.2|7\.3|9|6)(?=,| below| of this)", lambda r: r[1] + shifted(r[2]), text
    )


def test_every_defect_and_nothing_else(seed: str) -> None:
    """The real text gives exactly the findings that a reader of it wrote down."""
    assert found_in(seed) == EXPECTED


def test_undefined_terms_by_name(seed: str) -> None:
    """Personal Data, Process, Sub-processor and Service are used and defined nowhere."""
    findings = lint(compile_text(seed.encode()))
    terms = {f.message.split("“")[1].rstrip("”.") for f in findings if f.rule == "undefined-term"}
    assert terms == {"Personal Data", "Process", "Sub-processors", "Service"}


def test_a_renumbered_copy_gives_the_same(seed: str) -> None:
    """Other top-level numbers give the same findings at the corresponding paths."""
    expected = Counter({(rule, shifted(path)): count for (rule, path), count in EXPECTED.items()})
    assert found_in(renumbered(seed)) == expected


def test_a_renamed_copy_gives_the_same(seed: str) -> None:
    """Other parties and another name of the contract give the same findings."""
    for old, new in [
        ("Bill.com, LLC", "Northwind Traders, LLC"),
        ("BILL", "Northwind"),
        ("Service Provider", "Vendor"),
        ("DPA", "Addendum"),
    ]:
        seed = seed.replace(old, new)
    assert found_in(seed) == EXPECTED


def test_the_span_holds_what_the_finding_means(seed: str) -> None:
    """A span points into the clause's own text."""
    contract = compile_text(seed.encode())
    spans: dict[tuple[str, str], list[str]] = {}
    for finding in lint(contract):
        clause = contract.clause(finding.path)
        assert clause is not None
        start, end = finding.span
        assert 0 <= start <= end <= len(clause.text)
        spans.setdefault((finding.rule, finding.path), []).append(clause.text[start:end])
    assert spans["dangling-reference", "9.1(iv)"] == ["Section 10(b)"]
    assert spans["vague-time", "9.2"] == ["Immediately"]
    assert spans["unfilled-blank", "10.2"] == ["Name:", "Email:"]
    assert spans["definition-out-of-scope", "6(ii)"] == ["Processor", "Controller\u2019s"]
