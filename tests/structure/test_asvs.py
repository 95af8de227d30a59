"""``docs/asvs.md`` holds every requirement, names tests that exist, and they cite it back."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text("utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([a-z ]+) \| (.+) \|$", re.MULTILINE)
ROWS = {found[1]: found for found in ROW.finditer(PAGE)}
LEVEL = {
    "1": (
        "1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 "
        "3.5.1 3.5.2 3.5.3 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 "
        "6.3.2 6.4.1 6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 8.1.1 8.2.1 8.2.2 8.3.1"
    ),
    "2": (
        "1.1.1 1.1.2 1.2.6 1.2.7 1.2.8 1.2.9 1.3.3 1.3.4 1.3.5 1.3.6 1.3.7 1.3.8 1.3.9 "
        "1.3.10 1.3.11 1.4.1 1.4.2 1.4.3 1.5.2 3.3.2 3.3.3 3.3.4 3.4.3 3.4.4 3.4.5 3.4.6 "
        "3.5.4 3.5.5 3.7.1 3.7.2 6.1.2 6.1.3 6.2.9 6.2.10 6.2.11 6.2.12 6.3.3 6.3.4 6.4.3 "
        "6.4.4 6.5.1 6.5.2 6.5.3 6.5.4 6.5.5 6.6.1 6.6.2 6.6.3 6.8.1 6.8.2 6.8.3 6.8.4 "
        "7.1.1 7.1.2 7.1.3 7.3.1 7.3.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2 7.6.1 7.6.2 8.1.2 "
        "8.2.3 8.4.1"
    ),
}
"""What ASVS 5.0.0 has at these levels in V1, V3, V6, V7 and V8, read off its released table."""
STATES = {"shown", "paper", "not here", "deviation"}
"""What a row may be. Nothing is open; a deviation has a reason, and tests show the conflict."""
TESTED = {"shown", "deviation"}
CITED = re.compile(r"ASVS (?:5\.0(?:\.0)? )?((?:\d+\.\d+\.\d+(?:, | to | and )?)+)")


@cache
def docstrings(path: Path) -> dict[str, str]:
    """Return the docstring of every function of a test file."""
    tree = ast.parse(path.read_text("utf-8"))
    return {
        node.name: ast.get_docstring(node) or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }


def ids(docstring: str) -> set[str]:
    """Return the requirements that a docstring cites; ``7.4.1 to 7.4.3`` are three."""
    found: set[str] = set()
    for text in CITED.findall(docstring):
        found |= set(re.findall(r"\d+\.\d+\.\d+", text))
        for section, first, last in re.findall(r"(\d+\.\d+)\.(\d+) to \1\.(\d+)", text):
            found |= {f"{section}.{number}" for number in range(int(first), int(last) + 1)}
    return found


def test_the_page_has_every_requirement_once() -> None:
    """Each id of levels 1 and 2 in the five chapters has one row, with its level, and no other."""
    wanted = {name: level for level, names in LEVEL.items() for name in names.split()}
    assert {name: row[2] for name, row in ROWS.items()} == wanted
    assert len(ROW.findall(PAGE)) == len(wanted)
    assert {row[4] for row in ROWS.values()} == STATES


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row[4] in TESTED])
def test_what_is_shown_has_its_tests(name: str) -> None:
    """Each test that a row names exists, and its docstring cites the row's id."""
    cited = re.findall(r"`(tests/[^`]+?)::(test_\w+)`", ROWS[name][5])
    assert cited
    for path, test in cited:
        found = docstrings(ROOT / path)
        assert test in found, (path, test)
        assert name in ids(found[test]), (path, test)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row[4] != "shown"])
def test_what_is_not_shown_has_its_reason(name: str) -> None:
    """A writing that is named exists; whatever else is not shown says why, in a sentence."""
    if ROWS[name][4] == "paper":
        named = re.findall(r"`([^`]+)`", ROWS[name][5])
        assert named
        assert all((ROOT / one).is_file() for one in named)
    else:
        assert ROWS[name][5].endswith(".")
        assert len(ROWS[name][5].split()) > 2


BEYOND = (
    "1.2.10 1.3.12 1.5.3 3.1.1 3.2.3 3.3.5 3.4.7 3.4.8 3.5.6 3.5.7 3.5.8 3.6.1 3.7.3 3.7.4 3.7.5 "
    "6.3.5 6.3.6 6.3.7 6.3.8 6.4.5 6.4.6 6.5.6 6.5.7 6.5.8 6.6.4 6.7.1 6.7.2 7.5.3 "
    "8.1.3 8.1.4 8.2.4 8.3.2 8.3.3 8.4.2"
)
"""Level 3 of the five chapters: not set out for, and here and there cited all the same."""


def test_no_test_cites_what_is_not_there() -> None:
    """An id of the five chapters that a test or the source cites is one of the standard's."""
    known = {*ROWS, *BEYOND.split()}
    for path in [*(ROOT / "tests").rglob("*.py"), *(ROOT / "src").rglob("*.py")]:
        for text in CITED.findall(path.read_text("utf-8")):
            for name in re.findall(r"\b[13678]\.\d+\.\d+", text):
                assert name in known, (path.name, name)
