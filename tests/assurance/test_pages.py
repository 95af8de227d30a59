"""Whole pages: what is found, where it stands, and that copies of a page give the same (B10)."""

from __future__ import annotations

import html
import re
import textwrap
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bailee.assurance import Report, lint

ON = date(2026, 11, 29)
OLD = Counter(
    [
        ("stale", "pci-dss", "3.2", "2018-12-31"),
        ("stale", "pa-dss", "", "2022-10-28"),
        ("stale", "ssae-16", "", "2017-05-01"),
        ("stale", "sas-70", "", "2011-06-15"),
        ("stale", "iso-27001", "2013", "2025-10-31"),
        ("stale", "nist-800-53", "4", "2021-09-23"),
        ("stale", "nist-csf", "1.1", "2024-02-26"),
        ("stale", "eu-us-privacy-shield", "", "2020-07-16"),
        ("stale", "swiss-us-privacy-shield", "", "2020-09-08"),
        ("stale", "scc-2010", "", "2022-12-27"),
        ("stale", "tls", "1.0", "2021-03-23"),
        ("stale", "3des", "", "2024-01-01"),
        ("stale", "sha-1", "", "2014-01-01"),
        ("stale", "fips-140", "2", "2026-09-21"),
        ("wrong", "hipaa", "", "None"),
        ("wrong", "soc", "2", "None"),
        ("wrong", "iso-27001", "2016", "None"),
        ("stale", "bs-25999", "", "2012-11-01"),
        ("stale", "nfpa-1600", "2016", "2023-01-27"),
        ("stale", "soc", "1", "2024-10-01"),
        ("unsupported", "unbreakable", "", "None"),
    ]
)


def found(report: Report) -> Counter[tuple[str, str, str, str]]:
    """Return the findings without their places."""
    return Counter((c.state, c.standard, c.version, str(c.since)) for c in report.claims)


def paragraphs(text: str) -> list[str]:
    """Return a page's paragraphs, each on one line."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def test_the_old_page_gives_exactly_its_findings(old: str) -> None:
    """Every claim that does not hold is found, with the day from which it does not."""
    assert found(lint(old.encode(), ON)) == OLD


def test_the_model_page_gives_none(model: str) -> None:
    """The page that may be offered as a model has nothing stale, wrong or absolute."""
    report = lint(model.encode(), ON)

    assert report.claims == ()
    assert not report.failing


def test_a_model_ages(model: str) -> None:
    """The same page, left alone for two years, gives the claims whose dates have passed."""
    stale = {(c.standard, c.version) for c in lint(model.encode(), date(2028, 11, 29)).claims}

    assert {("pci-dss", "4.0.1"), ("soc", "1"), ("soc", "2"), ("iso-27001", "2022")} <= stale


def test_a_page_is_judged_for_its_day(old: str) -> None:
    """In the spring of 2019 most of it still held, and one edition is found that had ended."""
    stale = {(c.standard, c.version) for c in lint(old.encode(), date(2019, 4, 1)).claims}

    assert ("pci-dss", "3.2") in stale
    assert not stale & {("iso-27001", "2013"), ("tls", "1.0"), ("eu-us-privacy-shield", "")}


@pytest.mark.parametrize("width", [28, 40, 61, 79, 120])
def test_wrapped_copies_give_the_same(old: str, width: int) -> None:
    """Line breaks anywhere between words change nothing."""
    copy = "\n\n".join(textwrap.fill(part, width) for part in paragraphs(old))

    assert found(lint(copy.encode(), ON)) == OLD


@pytest.mark.parametrize("change", [str.lower, str.upper, str.swapcase])
def test_copies_in_another_case_give_the_same(old: str, change: object) -> None:
    """Case carries nothing."""
    assert callable(change)
    assert found(lint(change(old).encode(), ON)) == OLD


@pytest.mark.parametrize(
    ("plain", "other"),
    [
        (" ", "\u00a0"),
        (" ", "\u2009"),
        (" ", "  "),
        ("-", "\u2011"),
        ("-", "\u2010"),
        ("e", "e\u00ad"),
        ("S", "S\u200b"),
        ("\n", "\r\n"),
        ("1", "\uff11"),
    ],
    ids=ascii,
)
def test_copies_with_other_characters_give_the_same(old: str, plain: str, other: str) -> None:
    """Spaces, hyphens and digits of other kinds, soft hyphens, other line ends: the same."""
    old = old.replace("*", "")
    if plain == " ":
        old = "\n\n".join(paragraphs(old))
    assert found(lint(old.replace(plain, other).encode(), ON)) == OLD


def test_an_html_copy_gives_the_same(old: str) -> None:
    """Tags between and inside of names, entities, comments and scripts change nothing."""
    body = []
    for part in paragraphs(old.replace("*", "").replace("#", "")):
        words = html.escape(part).replace(" and ", "<!-- PCI DSS 1.0 --> and&nbsp;")
        words = re.sub(r"\b(DSS|Privacy|800)\b", r"<b class='x > y'>\1</b>", words)
        body.append(f"<p>\n        {words}\n</p>")
    page = f"<html><script>SSL 3.0</script><style>SAS 70</style>{''.join(body)}</html>"

    assert found(lint(page.encode(), ON)) == OLD


def test_spans_point_into_the_page(old: str) -> None:
    """Offsets, line and column lead to the words claimed, in HTML too."""
    page = "<p>Caf\u00e9 &amp; more</p>\n<p>We hold PCI <b>DSS</b>&nbsp;v3.2 here.</p>"
    (claim,) = lint(page.encode(), ON).claims
    line = page.splitlines()[claim.line - 1]

    assert page[claim.start : claim.end] == "PCI <b>DSS</b>&nbsp;v3.2"
    assert line[claim.column - 1 :].startswith("PCI <b>")
    for claim in lint(old.encode(), ON).claims:
        assert old.splitlines()[claim.line - 1][claim.column - 1] == old[claim.start]
        assert claim.excerpt.split() == old[claim.start : claim.end].split()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_paragraphs_in_any_order_give_the_same(old: str, dice: object) -> None:
    """No finding depends on what stands around its paragraph."""
    parts = paragraphs(old)
    dice.shuffle(parts)  # type: ignore[attr-defined]

    assert found(lint("\n\n".join(parts).encode(), ON)) == OLD


def test_an_end_counts_from_its_day() -> None:
    """On the day before an edition is retired the claim holds; on the day itself it does not."""
    page = b"PCI DSS 3.2.1 certified"

    assert lint(page, date(2024, 3, 30)).claims == ()
    assert [one.since for one in lint(page, date(2024, 3, 31)).claims] == [date(2024, 3, 31)]


def test_what_has_not_begun_is_wrong() -> None:
    """A page of 2023 that claims an edition of 2024 says what cannot be."""
    (claim,) = lint(b"PCI DSS 4.0.1 certified", date(2023, 6, 1)).claims

    assert (claim.state, claim.since) == ("wrong", None)
    assert "2024-06-11" in claim.reason
