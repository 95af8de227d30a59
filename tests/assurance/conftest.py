"""The pages: two of our own, and the real one, which is not part of the project."""

from __future__ import annotations

from pathlib import Path

import pytest

PAGES = Path(__file__).parent / "pages"
REAL = "000_bdb143fc408002e1.txt"


@pytest.fixture(scope="session")
def model() -> str:
    """Return a page on which everything holds."""
    return (PAGES / "model.md").read_text("utf-8")


@pytest.fixture(scope="session")
def old() -> str:
    """Return a page on which little holds."""
    return (PAGES / "old.md").read_text("utf-8")


@pytest.fixture(scope="session")
def real() -> bytes:
    """Return the real page's bytes; skip where it is not at hand."""
    for folder in Path(__file__).parents[2:5]:
        path = folder.parent / "shared" / "seeds" / REAL
        if path.is_file():
            return path.read_bytes()
    pytest.skip("the real page is not at hand")
