"""Thirty-three agreements in as many house styles, each sound and each with planted defects.

They stand in two folders, written by different hands. The expected findings are in the
`manifest.toml` of each, written from the texts alone; `README.md` in the first says what counts
as a defect and how the copies are made (of the first folder only).
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bailee.agreement.clause import Contract, Finding
from bailee.agreement.lint import lint
from bailee.agreement.parse import compile_text

VECTORS = Path(__file__).parents[1] / "vectors"
FOLDERS = ("agreements", "agreements-2")
MANIFEST: list[dict[str, Any]] = [
    entry | {kind: f"{folder}/{entry[kind]}" for kind in ("clean", "seeded")}
    for folder in FOLDERS
    for entry in tomllib.loads((VECTORS / folder / "manifest.toml").read_text(encoding="utf-8"))[
        "agreement"
    ]
]
COPIES: dict[str, dict[str, Any]] = tomllib.loads(
    (VECTORS / "agreements" / "copies.toml").read_text(encoding="utf-8")
)
STYLES = [str(entry["clean"]).partition("/clean-")[2].removesuffix(".txt") for entry in MANIFEST]
RENUMBERED = [style for style in COPIES if "from" in COPIES[style]]

RULES = {
    "dangling-reference",
    "truncated-clause",
    "vague-time",
    "unfilled-blank",
    "generic-annex",
    "incomplete-annex",
    "purpose-by-reference",
    "undefined-term",
    "definition-out-of-scope",
    "unused-definition",
    "repeated-sentence",
    "broken-enumeration",
    "list-without-verb",
    "mutual-agreement",
}
# A finding about a whole annex may stand on its heading, on a part of it, or on a line in it.
ANNEX_RULES = {"incomplete-annex", "generic-annex"}
# A finding about a list may stand on the words before it or on one of its items.
LIST_RULES = {"broken-enumeration", "list-without-verb"}


def decode(data: bytes) -> str:
    """Return the text of a vector: UTF-16 with its mark, else UTF-8, else Windows-1252."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def plain(text: str) -> str:
    """Return a text with every run of white space as one space."""
    return " ".join(text.split())


def ancestors(contract: Contract, path: str) -> set[str]:
    """Return a clause's path and those of all clauses around it."""
    found: set[str] = set()
    clause = contract.clause(path)
    while clause is not None and clause.path not in found:
        found.add(clause.path)
        clause = contract.clause(clause.parent) if clause.parent is not None else None
    return found


def holders(contract: Contract, quote: str) -> set[str]:
    """Return the clauses in whose own words a quotation stands."""
    wanted = plain(quote)
    return {
        clause.path
        for clause in contract.clauses
        if wanted in plain(f"{clause.label} {clause.title} {clause.text}")
        or wanted in plain(clause.text)
    }


def lines_with(text: str, quote: str) -> set[int]:
    """Return the numbers, from 1, of the lines that hold a quotation."""
    lines = text.replace("\r\n", "\n").split("\n")
    return {at for at, line in enumerate(lines, 1) if plain(quote) in plain(line)}


def in_place(expected: dict[str, Any], finding: Finding, contract: Contract, text: str) -> bool:
    """Say whether a finding stands where the manifest puts it."""
    if "paths" in expected:
        return finding.path in expected["paths"]
    if finding.line in lines_with(text, expected["quote"]):
        return True
    there = holders(contract, expected["quote"])
    if finding.path in there:
        return True
    clause = contract.clause(finding.path)
    if expected["rule"] in LIST_RULES:
        parents = {found.parent for found in contract.clauses if found.path in there}
        return clause is not None and (clause.parent in there or finding.path in parents)
    around = ancestors(contract, finding.path)
    if expected["rule"] in ANNEX_RULES:
        outer = set().union(*(ancestors(contract, path) for path in there)) - {"0"}
        return bool(around & there) or finding.path in outer
    return False


def compare(entry: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return what a seeded agreement lacks and what was found there without reason.

    One expected finding may be reported in several parts (an annex that lacks two things, a
    sentence that stands in two places): all of them count as that one.
    """
    data = (VECTORS / entry["seeded"]).read_bytes()
    text, contract = decode(data), compile_text(data)
    findings = lint(contract)
    explained: set[int] = set()
    missing = []
    for expected in entry["findings"]:
        hits = {
            at
            for at, finding in enumerate(findings)
            if finding.rule == expected["rule"] and in_place(expected, finding, contract, text)
        }
        explained |= hits
        if not hits:
            missing.append(f"{expected['rule']} at {expected.get('paths') or expected['quote']}")
    extra = [show(finding) for at, finding in enumerate(findings) if at not in explained]
    return missing, extra


def show(finding: Finding) -> str:
    """Return one line that tells a finding."""
    return f"{finding.rule} at {finding.path} (line {finding.line}): {finding.message}"


def renamed(text: str, names: dict[str, str]) -> str:
    """Return a copy whose parties and terms have other names; long names go first."""
    longest = sorted(names, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b")
    return pattern.sub(lambda found: names[found[0]], text)


def renumbered(text: str, how: dict[str, Any]) -> tuple[str, int, int]:
    """Return a copy with one more clause in front, its line, and how many lines it takes.

    Numbers rise by one at the start of a line of the body and after a word that announces a
    number. Other documents' numbers rise too where such a word announces them: they lead out of
    the text before and after.
    """
    start, end = text.index(f"\n{how['from']}") + 1, text.index(f"\n{how['until']}") + 1

    def next_number(found: re.Match[str]) -> str:
        return f"{found[1]}{int(found[2]) + 1}"

    def next_numbers(found: re.Match[str]) -> str:
        return found[1] + re.sub(rf"(^|{between})(\d+)", next_number, found[2])

    before = how.get("before", "[ ]*|Section |Article |§ ")
    body = re.sub(rf"(?m)^({before})(\d+)(?=[.\s])", next_number, text[start:end])
    between = r",\s(?:and\s)?|\s(?:and|or|to|through)\s"
    one = r"\d+(?:\.\d+)*(?:\([a-z0-9]+\))*"
    words = "|".join(map(re.escape, how["words"]))
    announced = rf"(?<=[^\w\n])((?:{words})\s)({one}(?:(?:{between}){one})*)"
    around = [re.sub(announced, next_numbers, part) for part in (text[:start], body, text[end:])]
    copy = around[0] + how["insert"] + around[1] + around[2]
    return copy, text[:start].count("\n") + 1, str(how["insert"]).count("\n")


def places(data: bytes) -> Counter[tuple[str, int]]:
    """Return how often each rule fires on each line."""
    return Counter((finding.rule, finding.line) for finding in lint(compile_text(data)))


@pytest.mark.parametrize("entry", MANIFEST, ids=STYLES)
def test_clean(entry: dict[str, Any]) -> None:
    """A complete agreement gives no finding, whatever its house style."""
    data = (VECTORS / entry["clean"]).read_bytes()
    assert [show(finding) for finding in lint(compile_text(data))] == []


MISSED = {
    "university-outline": ["list-without-verb at After a Disclosure has been notified"],
    "hospital-protocol": ["dangling-reference at B3, C4 and D7 apply"],
}
"""Known limits, by style: a lead without a colon before a numbered list at the same indent, and
labels of letter and number that are cited without a word before them. A finding that is no longer
missed fails the test too, so that this list stays true."""


@pytest.mark.parametrize("entry", MANIFEST, ids=STYLES)
def test_seeded(entry: dict[str, Any]) -> None:
    """Every planted defect is found in its place but for the known limits, and nothing else is."""
    missing, extra = compare(entry)
    style = str(entry["clean"]).partition("/clean-")[2].removesuffix(".txt")
    known = MISSED.get(style, [])
    assert {"missing": missing, "extra": extra} == {"missing": known, "extra": []}


@pytest.mark.parametrize("style", COPIES)
@pytest.mark.parametrize("kind", ["clean", "seeded"])
def test_renamed_copy(style: str, kind: str) -> None:
    """A copy with other parties and other defined terms gives the same findings."""
    data = (VECTORS / "agreements" / f"{kind}-{style}.txt").read_bytes()
    copy = renamed(decode(data), COPIES[style]["rename"])
    assert places(copy.encode()) == places(data)


@pytest.mark.parametrize("style", RENUMBERED)
@pytest.mark.parametrize("kind", ["clean", "seeded"])
def test_renumbered_copy(style: str, kind: str) -> None:
    """A copy with one more clause in front, all numbers moved on, gives the same findings."""
    data = (VECTORS / "agreements" / f"{kind}-{style}.txt").read_bytes()
    copy, at, added = renumbered(decode(data), COPIES[style])
    moved = Counter(
        {
            (rule, line + added if line >= at else line): count
            for (rule, line), count in places(data).items()
        }
    )
    assert places(copy.encode()) == moved


@pytest.mark.parametrize("entry", MANIFEST, ids=STYLES)
def test_manifest_names_real_places(entry: dict[str, Any]) -> None:
    """Each expected finding has a known rule and a path or a short quotation that exists."""
    text = decode((VECTORS / entry["seeded"]).read_bytes())
    assert 3 <= len(entry["findings"]) <= 8
    for expected in entry["findings"]:
        assert expected["rule"] in RULES
        assert ("paths" in expected) != ("quote" in expected)
        quote = expected.get("quote", "")
        assert len(quote) <= 50
        assert not quote or lines_with(text, quote), quote
