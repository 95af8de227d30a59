"""Every clause this release serves is cited by code and by a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CITATION = re.compile(r"\bC\d+(?:\.\d+)?(?:\(\d+\))?")
SERVED = {
    "A1": ("C1", "C8", "C11"),
    "A2": ("C2.10",),
    "A4": ("C2.3", "C7.2(3)"),
    "A5": ("C2.4",),
    "A6": ("C2.5(1)", "C2.5(2)"),
    "A8": ("C2.5(4)",),
    "A9": ("C2.5(5)",),
    "A13": ("C2.8(1)", "C2.8(3)"),
    "A16": ("C3.1",),
    "A17": ("C3.2",),
}


def citations(folder: Path) -> set[str]:
    """Return every clause a folder's Python files cite, with its parents."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for cited in CITATION.findall(path.read_text("utf-8")):
            found |= {cited, cited.partition("(")[0], cited.partition(".")[0]}
    return found


@pytest.mark.parametrize("row", SERVED)
def test_code_cites_the_row(row: str) -> None:
    """The row's clauses are cited in the source."""
    assert set(SERVED[row]) <= citations(ROOT / "src")


@pytest.mark.parametrize("row", SERVED)
def test_a_test_cites_the_row(row: str) -> None:
    """The row's clauses are cited in a test other than this one."""
    found: set[str] = set()
    for folder in sorted((ROOT / "tests").iterdir()):
        if folder.is_dir() and folder.name != "structure":
            found |= citations(folder)

    assert set(SERVED[row]) <= found
