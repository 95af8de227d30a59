"""Whatever bytes come, the compiler answers or refuses, and the lint never shouts them back."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailee.agreement.clause import Contract
from bailee.agreement.lint import lint
from bailee.agreement.parse import compile_text
from bailee.errors import Failure, Invalid, Oversized

QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
SIZE = 200_000

WORDS = st.sampled_from(
    [
        *["1.", "2.", "2.1", "(a)", "(b)", "(i)", "(ii)", "A.", "§ 3", "ARTICLE IV", "Appendix A"],
        *[
            "Section 2(b)",
            "of the GDPR",
            '"Term"',
            "means",
            "(the “X”)",
            "shall",
            "promptly",
            "____",
        ],
        *["[insert]", "\n", "\n\n", "\t", "\u00a0", "•", "- ", "| a | b |", "## Head", "Annex II"],
        *["within 3 days", "Personal Data", ".", ";", ":", "and", "the Keeper", "purpose", "\r\n"],
    ]
)


def sound(contract: Contract) -> None:
    """Check what must hold of every compiled text and of its findings."""
    paths = [clause.path for clause in contract.clauses]
    assert len(set(paths)) == len(paths)
    for clause in contract.clauses:
        assert clause.parent is None or clause.parent in paths
        assert (
            "".join(contract.source[piece.start : piece.end] for piece in clause.pieces).split()
            == clause.text.split()
            or len(clause.pieces) > 1
        )
    for finding in lint(contract):
        assert finding.path in paths
        quoted = re.findall("“([^”]*)”", finding.message)
        assert sum(map(len, quoted)) <= 60
        assert finding.message.isprintable()


@QUIET
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    """Random bytes compile or are refused with a code of the contract family."""
    try:
        contract = compile_text(data)
    except Failure as refused:
        assert refused.code.startswith("contract.")  # noqa: PT017 - either outcome is right
    else:
        sound(contract)


@QUIET
@given(st.lists(WORDS, max_size=80).map(" ".join))
def test_any_words_of_contracts(text: str) -> None:
    """Scrambled words of contracts give sound trees and modest messages."""
    try:
        contract = compile_text(text.encode())
    except Invalid as refused:
        assert refused.code == "contract.no_clauses"  # noqa: PT017 - either outcome is right
    else:
        sound(contract)


@QUIET
@given(st.text(min_size=1, max_size=200))
def test_no_finding_echoes_much(secret: str) -> None:
    """A blank, a cut and a term beside a long text quote little of it."""
    body = secret.replace("\x00", "").encode("utf-8", "ignore") * 3
    try:
        sound(compile_text(b"1. Top\n\nThe Keeper shall promptly " + body + b" ____ the"))
    except Invalid as refused:
        assert refused.code == "contract.encoding"  # noqa: PT017 - either outcome is right


RENAMED = """DATA PROTECTION AGREEMENT

1. Definitions.
1.1 "{term}" means personal data of the customers of the Controller.

2. Use.
2.1 The Processor handles {term} to serve its business interests as it sees fit.
2.2 The Processor shall delete {term} promptly.
"""


@pytest.mark.parametrize("term", ["Files (a+)+[*", "Client|Files", "Client\\Files$"])
def test_a_name_that_is_an_expression_is_a_name(term: str) -> None:
    """ASVS 1.2.9: terms of a text stand escaped in our expressions; renamed, it reads the same."""
    plain, named = (
        [
            (found.rule, found.path)
            for found in lint(compile_text(RENAMED.format(term=one).encode()))
        ]
        for one in ("Client Files", term)
    )
    assert named == plain


@pytest.mark.parametrize(
    "unit",
    [
        *["(", "(a) ", "(a) x; (b) y; ", "1.", "1.1.1.", "_", "_ ", "___ ", " ", "A", "Ab ", "Ab-"],
        *['"', '"Term" means x. ', 'x ("Term") ', "section 1 and ", "shall immediately ", "1. a\n"],
        *["- a\n", "(a) x\n", "\n", "Big Heading\n\n", "Annex I\n\nnature\n\n", "mutually agreed "],
        *["the Approved Vendor Data ", "Name:\n", "[insert ", "{{", "|", "**", "subprocessor "],
        *[
            "purpose data process set forth in the the ",
            "Ab as defined in ",
            "\u2028",
            "\x0c",
            "(ii)",
        ],
    ],
)
def test_long_repetitions_end(unit: str) -> None:
    """Repetitions that would ruin a backtracking pattern compile or are refused."""
    text = ("1. Top\n\n" + unit * (SIZE // len(unit))).encode()
    try:
        contract = compile_text(text)
        lint(contract)
    except Oversized as refused:
        assert refused.code == "contract.too_many_clauses"  # noqa: PT017 - either outcome is right
    else:
        assert contract.clause("1") is not None


def test_ten_megabytes_are_refused() -> None:
    """More than the limit is refused before it is read."""
    with pytest.raises(Oversized):
        compile_text(b"1. A clause of words.\n" * 500_000)


def test_ten_thousand_levels() -> None:
    """Deeper nesting than any contract has becomes text; the depth stays bounded."""
    nested = "1. Top\n" + "\n".join(f"{' ' * n}({'ai'[n % 2]}) level" for n in range(2_000))
    chained = "1. Top\n\n" + "(a)" * 10_000 + " end."
    decimal = "1. Top\n\n" + "1." * 10_000 + "1 End."
    for text in (nested, chained, decimal):
        contract = compile_text(text.encode())
        deepest = max(clause.path.count("(") for clause in contract.clauses)
        assert deepest < 32
