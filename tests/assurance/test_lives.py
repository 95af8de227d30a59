"""The dated table: sourced, consistent, and right where laws and standards can be checked (B10)."""

from __future__ import annotations

from datetime import date

import pytest

from bailee.assurance import lint, load_lives, read_lives
from bailee.assurance.lives import Edition, Life
from bailee.errors import Broken

HEAD = "verified = 2026-11-29\n"
ROW = """
[[life]]
id = "x"
name = "X 1"
kind = "standard"
spellings = ["X 1"]
source = "X, clause 1"
"""


@pytest.mark.parametrize(
    ("standard", "edition", "ended"),
    [
        ("pci-dss", "3.2.1", date(2024, 3, 31)),  # PCI SSC: retired
        ("pci-dss", "4.0", date(2024, 12, 31)),  # PCI SSC: retired
        ("sas-70", "", date(2011, 6, 15)),  # SSAE 16, effective date
        ("ssae-16", "", date(2017, 5, 1)),  # SSAE 18, effective date
        ("at-101", "", date(2017, 5, 1)),  # the same
        ("iso-27001", "2013", date(2025, 10, 31)),  # IAF MD 26:2023
        ("iso-22301", "2012", date(2023, 4, 30)),  # IAF FAQ 20
        ("eu-us-safe-harbor", "", date(2015, 10, 6)),  # C-362/14
        ("eu-us-privacy-shield", "", date(2020, 7, 16)),  # C-311/18
        ("swiss-us-privacy-shield", "", date(2020, 9, 8)),  # FDPIC
        ("scc-2010", "", date(2022, 12, 27)),  # (EU) 2021/914, Article 4(4)
        ("directive-95-46", "", date(2018, 5, 25)),  # GDPR, Article 94(1)
        ("fips-140", "2", date(2026, 9, 21)),  # CMVP
        ("nist-800-53", "4", date(2021, 9, 23)),  # one year after revision 5
        ("nist-csf", "1.1", date(2024, 2, 26)),  # CSWP 29
        ("ffiec-cat", "", date(2025, 8, 31)),  # FFIEC statement
        ("3des", "", date(2024, 1, 1)),  # SP 800-131A: disallowed after 2023
    ],
)
def test_ends_are_those_of_the_sources(standard: str, edition: str, ended: date) -> None:
    """The days that matter most stand here once more, from the sources."""
    (life,) = [row for row in load_lives().life if row.id == standard]
    row = next((one for one in life.edition if one.id == edition), life)

    assert row.ended == ended
    assert row.source


def test_every_row_is_sourced_and_every_end_says_what_came_after() -> None:
    """No row without a source; no end without its words, its source and a successor."""
    for life in load_lives().life:
        rows: list[Life | Edition] = [life, *life.edition]
        assert life.source
        for row in rows:
            assert row.ended is None or (row.how and row.source and row.successor), life.id
            assert "http" not in row.source


def test_no_successor_has_ended() -> None:
    """What the table names as successor is itself alive on the day of the table."""
    lives = load_lives()
    for life in lives.life:
        rows: list[Life | Edition] = [life, *life.edition]
        for row in rows:
            claims = lint(f"We comply with {row.successor}.".encode(), lives.verified).claims
            assert [one for one in claims if one.state in {"stale", "wrong"}] == [], row.successor


def test_every_spelling_is_found() -> None:
    """Each ended row is found by each of its spellings, in a plain sentence."""
    lives = load_lives()
    for life in (row for row in lives.life if row.ended and not row.near):
        for spelling in life.spellings:
            text = f"We comply with {spelling.replace(' | ', ' ')} each year."
            claims = lint(text.encode(), lives.verified).claims
            assert [one.standard for one in claims] == [life.id], spelling


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("verified = ", "lives.syntax"),
        (HEAD + ROW + "colour = 'red'\n", "lives.shape"),
        (HEAD + ROW + ROW, "lives.duplicate"),
        (HEAD + ROW + "ended = 2020-01-01\n", "lives.end"),
        (HEAD + ROW + "issued = 2020-01-02\nended = 2020-01-01\nhow = 'ended'\n", "lives.end"),
        (HEAD + ROW + "edition = [{ id = '1' }]\n", "lives.shape"),
        (HEAD + ROW + "certificate = 'none'\n", "lives.certificate"),
        (
            HEAD + ROW + "shape = 'year'\n"
            "edition = [{ id = '1', ended = 2020-01-01, how = 'ended' }]\n",
            "lives.source",
        ),
    ],
)
def test_a_careless_table_is_refused(text: str, code: str) -> None:
    """Unknown keys, twins, ends without words or source: nothing is read."""
    with pytest.raises(Broken) as refused:
        read_lives(text)

    assert refused.value.code == code


def test_an_unknown_edition_is_wrong_only_while_the_table_is_fresh() -> None:
    """Years after the table was verified, an edition unknown to it may well exist."""
    page, verified = b"PCI DSS v5.0 compliant", load_lives().verified

    assert [one.state for one in lint(page, verified).claims] == ["wrong"]
    later = verified.replace(year=verified.year + 2)
    assert [one.state for one in lint(page, later).claims] == ["unsupported"]
