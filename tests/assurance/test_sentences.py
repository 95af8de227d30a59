"""Sentences by hand: what claims, what denies, what tells history (B10)."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from bailee.assurance import lint

ON = date(2026, 11, 29)
SENTENCES = tomllib.loads((Path(__file__).parent / "sentences.toml").read_text("utf-8"))


def said(text: str) -> list[str]:
    """Return what is found, without its place."""
    claims = lint(text.encode(), ON).claims
    return sorted(f"{one.state} {one.standard} {one.version}".strip() for one in claims)


@pytest.mark.parametrize("row", SENTENCES["claims"], ids=lambda row: row["text"][:60])
def test_what_no_longer_holds_is_found(row: dict[str, list[str]]) -> None:
    """Each sentence gives exactly the findings that a careful reader wrote beside it."""
    assert said(str(row["text"])) == sorted(row["finds"])


@pytest.mark.parametrize("row", SENTENCES["silent"], ids=lambda row: row["text"][:60])
def test_what_holds_or_is_denied_or_past_is_not(row: dict[str, str]) -> None:
    """Living claims, denials, reported ends and history give no finding."""
    assert said(row["text"]) == []
