"""Where sentences begin in legal prose: abbreviations, citations and initials do not end one."""

from __future__ import annotations

import re
from itertools import pairwise

_CANDIDATE = re.compile(r"[.!?][\"')\]]{0,3}(\s+)(?=[\"'(\[]{0,3}[A-Z0-9])|\n+")
_BEFORE = re.compile(r"([A-Za-z0-9.&']{1,24})\.[\"')\]]{0,3}$")
_ABBREVIATIONS = frozenset(
    [
        "e.g",
        "i.e",
        "cf",
        "no",
        "nos",
        "art",
        "arts",
        "sec",
        "secs",
        "cl",
        "para",
        "paras",
        "pp",
        "p",
        "v",
        "vs",
        "u.s",
        "u.k",
        "e.u",
        "mr",
        "ms",
        "mrs",
        "dr",
        "prof",
        "st",
        "seq",
        "al",
        "civ",
        "cal",
        "stat",
        "reg",
        "regs",
        "fed",
        "approx",
        "ca",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sept",
        "sep",
        "oct",
        "nov",
        "dec",
        "pub",
        "c.f.r",
        "u.s.c",
        "rev",
        "gen",
        "dept",
        "univ",
        "bros",
        "est",
        "ex",
        "exh",
        "app",
        "sched",
        "ann",
        "incl",
        "resp",
        "tel",
        "ext",
        "op",
        "subsec",
        "ch",
        "lit",
        "b.v",
        "s.a",
        "n.v",
        "d.c",
        "a.m",
        "p.m",
        "ph.d",
    ]
)
# These may also end a sentence: they do when a usual opening word follows.
_COMPANY = frozenset(["inc", "ltd", "co", "corp", "llc", "plc", "gmbh", "etc", "ag"])
_OPENERS = re.compile(
    r"[\"'(\[]{0,3}(?:The|This|These|Those|It|In|If|Any|All|Each|Such|No|For|Upon|Where|When|Where|"
    r"Notwithstanding|Without|Except|Subject|Both|Either|Neither|At|On|As|To|Its|Their|A|An)\b"
)


def boundaries(text: str) -> list[int]:
    """Return offsets at which a sentence begins after another; 0 is not among them."""
    return [
        candidate.end()
        for candidate in _CANDIDATE.finditer(text)
        if candidate[1] is None or not _abbreviated(text, candidate)
    ]


def _abbreviated(text: str, candidate: re.Match[str]) -> bool:
    at = candidate.start(1)
    before = _BEFORE.search(text[max(0, at - 30) : at])
    if before is None:
        return False
    word = before[1].lower()
    if word in _COMPANY:
        return _OPENERS.match(text, candidate.end()) is None
    if word in _ABBREVIATIONS:
        return True
    return len(word) == 1 and word.isalpha() and before[1].isupper()


def sentences(text: str) -> list[tuple[int, int]]:
    """Return start and end of each sentence, white space around it left out."""
    cuts = [0, *boundaries(text), len(text)]
    out: list[tuple[int, int]] = []
    for start, end in pairwise(cuts):
        body = text[start:end]
        lead = len(body) - len(body.lstrip())
        trimmed = body.strip()
        if trimmed:
            out.append((start + lead, start + lead + len(trimmed)))
    return out


def ends_sentence(text: str) -> bool:
    """Return whether a line's end can be the end of a sentence or of a list member."""
    stripped = text.rstrip("\"')]*_ ")
    if not stripped or stripped[-1] in ";:!?":
        return True
    if stripped[-1] != ".":
        return bool(re.search(r"[;,]\s*(?:and|or|and/or)$", stripped[-12:]))
    before = _BEFORE.search(stripped[-30:])
    return before is None or before[1].lower() not in _ABBREVIATIONS
