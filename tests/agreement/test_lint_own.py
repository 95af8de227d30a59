"""The lint on contracts of our own: silent on clean ones, exact on each planted defect."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bailee.agreement.lint import RULES, lint
from bailee.agreement.parse import compile_text

OWN = Path(__file__).parents[1] / "vectors" / "agreements"
CLEAN = sorted(path.name for path in OWN.glob("own-clean-*"))

SEEDED = {
    "own-seeded-hosting.txt": [
        ("unused-definition", "1.2"),
        ("dangling-reference", "2.1"),
        ("purpose-by-reference", "2.2"),
        ("definition-out-of-scope", "2.3"),
        ("undefined-term", "2.3"),
        ("broken-enumeration", "3.1"),
        ("vague-time", "3.2"),
        ("truncated-clause", "3.3"),
        ("mutual-agreement", "3.4"),
        ("list-without-verb", "4.1"),
        ("unfilled-blank", "4.2"),
        ("broken-enumeration", "4.3"),
        ("repeated-sentence", "5.1"),
        ("incomplete-annex", "appendix-1"),
        ("generic-annex", "appendix-2"),
    ],
    "own-seeded-statement.md": [
        ("unused-definition", "1"),
        ("vague-time", "2(2)"),
        ("broken-enumeration", "2"),
        ("dangling-reference", "3"),
        ("unfilled-blank", "3"),
        ("truncated-clause", "3"),
        ("mutual-agreement", "4"),
        ("undefined-term", "4"),
        ("generic-annex", "A"),
    ],
    "own-seeded-articles.txt": [
        ("definition-out-of-scope", "2.2"),
        ("dangling-reference", "2.2"),
        ("undefined-term", "2.2"),
        ("vague-time", "2.3"),
        ("broken-enumeration", "2.4"),
        ("broken-enumeration", "2.6"),
        ("truncated-clause", "2.6"),
    ],
}

# One defect planted into a clean contract: contract, words replaced, new words, what it gives.
Planted = tuple[str, str, str, list[tuple[str, str]]]
PLANTED: list[Planted] = [
    (
        "us-articles",
        "within one business day after a member",
        "promptly after a member",
        [("vague-time", "2.02(c)")],
    ),
    (
        "us-articles",
        "delay, and in no event later than 48 hours after it",
        "delay after it",
        [("vague-time", "3.03")],
    ),
    (
        "us-articles",
        "3.01 and 3.02 since",
        "3.01 and 3.07 since",
        [("dangling-reference", "3.03(c)")],
    ),
    ("us-articles", "this Article II", "Article IX", [("dangling-reference", "2.03(ii)")]),
    (
        "us-articles",
        "forty-five (45) days after the report",
        "a mutually agreed period after the report",
        [("mutual-agreement", "3.02")],
    ),
    ("us-articles", "   (c) withdraw", "   (d) withdraw", [("broken-enumeration", "2.02")]),
    (
        "us-articles",
        "combine them with records from any other source.",
        "combine them with records from any",
        [("truncated-clause", "2.01")],
    ),
    (
        "us-articles",
        "Fulfillment Work. Quillmark shall not sell",
        "Fulfillment Work, in the Approved Territory. Quillmark shall not sell",
        [("undefined-term", "2.01")],
    ),
    ("us-articles", "Within fourteen (14) days", "Within ____ days", [("unfilled-blank", "4.01")]),
    (
        "us-articles",
        '"Security Event" means',
        '"Night Crew" means the persons who work after ten.\n\n"Security Event" means',
        [("unused-definition", "1.01")],
    ),
    (
        "us-sections",
        "Sections 2(C), 3 and",
        "Sections 2(F), 3 and",
        [("dangling-reference", "4(C)")],
    ),
    (
        "us-sections",
        "    (2) encrypts",
        "    (4) encrypts",
        [("broken-enumeration", "2(B)"), ("broken-enumeration", "2(B)")],
    ),
    (
        "us-sections",
        "that:\n    (1) assigns",
        "that:\n    (2) assigns",
        [("broken-enumeration", "2(B)"), ("broken-enumeration", "2(B)")],
    ),
    (
        "us-sections",
        "will refer the patient to Mossgate within two (2) business days.",
        "will refer the patient to Mossgate as soon as possible.",
        [("vague-time", "2(D)")],
    ),
    ("us-sections", "dated December 1, 2025", "dated [DATE]", [("unfilled-blank", "0")]),
    (
        "us-sections",
        "encrypts Patient Data",
        "encrypts Member Data",
        [("undefined-term", "2(B)(2)")],
    ),
    ("uk-schedules", "clause 8.2 provides", "clause 9.2 provides", [("dangling-reference", "8.1")]),
    (
        "uk-schedules",
        "paragraph 2 of Schedule 2",
        "paragraph 7 of Schedule 2",
        [("dangling-reference", "3.3(c)")],
    ),
    (
        "uk-schedules",
        "set out in Schedule 2",
        "set out in Schedule 4",
        [("dangling-reference", "3.1")],
    ),
    ("uk-schedules", "within 24 hours and", "promptly and", [("vague-time", "3.3")]),
    (
        "uk-schedules",
        "2. Duration: from 1 July 2024 until the Services end.\n\n",
        "",
        [("incomplete-annex", "schedule-1"), ("broken-enumeration", "schedule-1.3")],
    ),
    (
        "uk-schedules",
        "6. Categories of data subjects: active, deferred and retired members, and their",
        "6. Their",
        [("incomplete-annex", "schedule-1")],
    ),
    (
        "uk-schedules",
        "keeping the register, paying pensions, answering members and reporting to HM",
        "the purposes set out in the agreement, with",
        [("purpose-by-reference", "schedule-1.4")],
    ),
    (
        "uk-schedules",
        "has been trained within the last 12 months.",
        "has been trained in the",
        [("truncated-clause", "3.2(b)")],
    ),
    ("uk-schedules", "(ii) the kinds", "(iii) the kinds", [("broken-enumeration", "3.3(a)")]),
    (
        "uk-schedules",
        "liable for each Sub-processor.",
        "liable for each Sub-processor and each Affiliate.",
        [("undefined-term", "4.2")],
    ),
    (
        "uk-schedules",
        "for which it shall ask at least 30 days in advance.",
        "in a form to be agreed between the parties.",
        [("mutual-agreement", "4.1")],
    ),
    (
        "markdown",
        "within 36 hours after it learns of it",
        "as soon as reasonably practicable",
        [("vague-time", "5")],
    ),
    (
        "markdown",
        "listed in Annex 3.\n2.",
        "listed in Annex 5.\n2.",
        [("dangling-reference", "3(1)")],
    ),
    (
        "markdown",
        "3. Customer may object",
        "4. Customer may object",
        [("broken-enumeration", "3"), ("broken-enumeration", "3")],
    ),
    ("markdown", "section 2.1 permits", "section 2.4 permits", [("dangling-reference", "4(3)")]),
    (
        "markdown",
        "| Duration | The term of the MSA and 30 days after it |\n",
        "",
        [("incomplete-annex", "annex-1")],
    ),
    (
        "markdown",
        "Section 5 continues until then.",
        "Brindlewood shall delete Customer Content 30 days after the MSA ends.",
        [("repeated-sentence", "7")],
    ),
    (
        "markdown",
        "| To show Customer its production figures by operator and shift |",
        "| [insert purpose] |",
        [("unfilled-blank", "annex-1")],
    ),
    ("crlf-letters", "paragraph B.3", "paragraph B.7", [("dangling-reference", "D(2)")]),
    ("crlf-letters", "Exhibit A may", "Exhibit C may", [("dangling-reference", "C(1)")]),
    (
        "crlf-letters",
        "\tb.\tto comply",
        "\tc.\tto comply",
        [("broken-enumeration", "B(2)"), ("broken-enumeration", "B(2)")],
    ),
    (
        "crlf-letters",
        "keep Material on encrypted disks.",
        "keep Material on",
        [("truncated-clause", "B(3)")],
    ),
    ("paragraph-signs", "to §§ 2 and 3", "to §§ 2 and 9", [("dangling-reference", "4(3)")]),
    (
        "paragraph-signs",
        "delay, at the latest within 24 hours, by",
        "delay, by",
        [("vague-time", "5")],
    ),
    ("paragraph-signs", "(2) § 5 applies", "(3) § 5 applies", [("broken-enumeration", "6")]),
    (
        "paragraph-signs",
        "companies in Annex III",
        "companies in Annex IV",
        [("dangling-reference", "4(2)")],
    ),
    (
        "run-in",
        "within five (5) calendar days after",
        "without unreasonable delay after",
        [("vague-time", "2(c)")],
    ),
    ("run-in", "breaches Section 2(c)", "breaches Section 2(k)", [("dangling-reference", "4.2")]),
    ("run-in", "within thirty (30) days", "within [●] days", [("unfilled-blank", "4.3")]),
    (
        "run-in",
        "   d. ensure, in",
        "   e. ensure, in",
        [("broken-enumeration", "2"), ("broken-enumeration", "2")],
    ),
]


def found_in(text: str) -> Counter[tuple[str, str]]:
    """Return how often each rule speaks of each clause."""
    return Counter((f.rule, f.path) for f in lint(compile_text(text.encode())))


def clean_text(style: str) -> str:
    """Return a clean contract with plain line endings."""
    data = (OWN / f"own-clean-{style}.txt").read_bytes()
    return data.decode("utf-8-sig").replace("\r\n", "\n")


@pytest.mark.parametrize("name", CLEAN)
def test_clean_contract_gives_nothing(name: str) -> None:
    """A contract without defects gives no finding."""
    assert lint(compile_text((OWN / name).read_bytes())) == ()


@pytest.mark.parametrize("name", sorted(SEEDED))
def test_every_seeded_defect(name: str) -> None:
    """A contract full of defects gives each of them, where it was planted, and nothing else."""
    assert found_in((OWN / name).read_text("utf-8")) == Counter(SEEDED[name])


@pytest.mark.parametrize(("style", "old", "new", "expected"), PLANTED)
def test_one_planted_defect(
    style: str, old: str, new: str, expected: list[tuple[str, str]]
) -> None:
    """One defect planted into a clean contract gives exactly its finding."""
    text = clean_text(style)
    assert text.count(old) >= 1
    assert found_in(text.replace(old, new, 1)) == Counter(expected)


def test_every_rule_is_planted() -> None:
    """The plants exercise every rule of the registry."""
    planted = {rule for expected in SEEDED.values() for rule, _ in expected}
    assert planted == set(RULES)
