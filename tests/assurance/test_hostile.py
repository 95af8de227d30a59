"""Whatever page comes, the linter answers or refuses, and its work stays bounded."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailee.assurance import FAILING, Report, lint
from bailee.errors import Failure, Invalid, Oversized

ON = date(2026, 11, 29)
QUIET = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
WORDS = st.sampled_from(
    [
        *["PCI DSS", "v3.2.1", "3.2.1", "SSL", "TLS 1.0", "ISO 27001:2013", "SOC 2", "certified"],
        *["HIPAA", "EU-US", "and", "Swiss-US", "Privacy Shield", "not", "never", "replaces"],
        *["until 2020", "valid until", "2016-02-30", "31 June 2017", "13/45/2019", "Q4 2016"],
        *["(", ")", "<b>", "</b>", "<del>", "<img alt='", "'>", "<!--", "-->", "&nbsp;", "&#0;"],
        *["|", "~~", "**", "`", "](", "\n", "\n\n", "\r", "\u00ad", "\u2028", "\x1b[31m", ".", ";"],
        *[
            "AT 101",
            "was invalidated",
            "\u0130",
            "9999",
            "no. 16",
            "2010/87/EU",
            "'",
            '"',
            "</script>",
        ],
    ]
)


def sound(report: Report, text: str) -> None:
    """Check what must hold of every report."""
    for claim in report.claims:
        assert 0 <= claim.start < claim.end <= len(text)
        assert claim.line >= 1 <= claim.column
        assert claim.excerpt.isprintable()
        assert len(claim.excerpt) <= 80
        assert claim.reason.isprintable()
        assert claim.source
        assert (claim.since is not None) == (claim.state == "stale")
        assert claim.since is None or claim.since <= report.on
    assert sum(report.counts.values()) == len(report.claims)
    assert report.failing == any(claim.state in FAILING for claim in report.claims)


@QUIET
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    """Random bytes are read or refused with a code of the page family."""
    try:
        report = lint(data, ON)
    except Invalid as refused:
        assert refused.code == "page.encoding"  # noqa: PT017 - either outcome is right
    else:
        sound(report, "x" * 400)


@QUIET
@given(st.lists(WORDS, max_size=60), st.sampled_from(["", " "]), st.dates())
def test_any_words_of_pages(words: list[str], glue: str, on: date) -> None:
    """Scrambled words of pages, on any day of the calendar, give sound reports."""
    text = glue.join(words)
    sound(lint(text.encode(), on), text)


@pytest.mark.parametrize(
    "unit",
    [
        *["<", "<a ", '<a b="', "<b>a</b>", "<!--", "<script>", "<img alt='pci dss 1.0'>", "&a"],
        *[
            "&amp;",
            "\n",
            "a\r\n",
            " ",
            "_",
            "a_",
            "*",
            "~~",
            "](",
            "[a](b",
            "(",
            "1",
            "1.",
            "- a\n",
        ],
        *["2016-12-31 ", "pci ", "SSL 3.0 ", "eu-us and ", "not ", "replaces ", "certified "],
        *["replaces . . . . x% pci dss 3.2.1 ", "sas 70 until 2016 ", "v1", "vvvv", "a" * 50],
        *["certified under pci dss 3.2.1, not replaces ", "iso 27001:2013 and ", "hipaa and "],
    ],
)
def test_long_repetitions_end(unit: str) -> None:
    """Repetitions that would ruin a backtracking pattern are answered or refused."""
    text = unit * (300_000 // len(unit))
    try:
        sound(lint(text.encode(), ON), text)
    except Oversized as refused:
        assert refused.code == "page.too_many_claims"  # noqa: PT017 - either outcome is right


def test_five_megabytes_are_read() -> None:
    """A very long page of prose is read to its end."""
    prose = "We keep records of our work, and we review them each year with care. " * 60
    pages = [prose + "\n\n"] * (5_000_000 // len(prose))
    report = lint("".join([*pages, "PCI DSS 3.2.1 certified"]).encode(), ON)

    assert [(one.standard, one.line) for one in report.claims] == [("pci-dss", 2 * len(pages) + 1)]


def test_more_is_refused() -> None:
    """More than the limit, and files that are no text, are refused before they are read."""
    with pytest.raises(Oversized):
        lint(b"a" * (8 * 1024 * 1024 + 1), ON)
    for data in (b"%PDF-1.7\nPCI DSS 3.2.1", b"PK\x03\x04\x00\x00"):
        with pytest.raises(Failure, match=r"page\.encoding"):
            lint(data, ON)


def test_no_words_at_all() -> None:
    """An empty page claims nothing."""
    for data in (b"", b" ", b"<p></p>", b"\xef\xbb\xbf"):
        assert lint(data, ON, everything=True).claims == ()


@pytest.mark.parametrize("odd", ["\u202e", "\x1b[31m", "\x07", "\u2066"], ids=ascii)
def test_an_excerpt_carries_no_control_characters(odd: str) -> None:
    """A page cannot speak to the terminal of who lints it."""
    page = f"NFPA 1600 Standard on {odd} Continuity (2019 edition)"
    (claim,) = lint(page.encode(), ON).claims

    assert page[claim.start : claim.end].count(odd) == 1
    assert odd[0] not in claim.excerpt
