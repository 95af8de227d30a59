"""Rules about enumerations: their numbers and letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bailee.agreement.clause import Entry, Enumeration, Finding
from bailee.agreement.reading import Reading, quote

_COUNTED = ("(x)", "x)", "x.", "1.1 ", "keyword", "x1")


def broken_enumeration(reading: Reading) -> Iterator[Finding]:
    """A list skips, repeats or disorders its numbers, has one member, or is interrupted.

    Gaps are told at the clause that holds the list (sections: at the section itself), on the line
    of the member concerned.
    """
    lone = {e.entries[0].path for e in reading.contract.enumerations if e.lone}
    for found in reading.contract.enumerations:
        if not found.style.startswith(_COUNTED):
            continue
        yield from _disordered(reading, found)
        interrupted = set(found.interrupted)
        for entry in found.entries if interrupted else ():
            if entry.path not in interrupted:
                continue
            yield _at(reading, found, entry, "the list's sentence ended before this member")
        unlike = _unlike(reading, found)
        if unlike is not None:
            yield _at(reading, found, unlike, "this member does not continue the list's sentence")
        if found.lone and found.parent not in lone:
            yield _at(reading, found, found.entries[0], "a list of one member only")


_VERB_FIRST = re.compile(
    r"(?:confirm|provide|notify|inform|ensure|describe|identify|specify|maintain|delete|submit"
    r"|deliver|cooperate|assist"
    r"|take|give|make|keep|send|obtain|comply|implement|destroy|remove|appoint|adopt|encrypt"
    r"|erase|indicate|state)\s",
    re.IGNORECASE,
)


_ARTICLE = re.compile(r"(?:the|an?|its|their)\s", re.IGNORECASE)


def _unlike(reading: Reading, found: Enumeration) -> Entry | None:
    """Return the one member that is a verb among things, or a thing among verbs."""
    if len(found.entries) < 3:
        return None
    verbs: list[Entry] = []
    things: list[Entry] = []
    for entry in found.entries:
        clause = reading.contract.clause(entry.path)
        text = clause.text if clause is not None and not clause.title else ""
        if _VERB_FIRST.match(text):
            verbs.append(entry)
        elif _ARTICLE.match(text):
            things.append(entry)
        else:
            return None
    if len(verbs) == 1:
        return verbs[0]
    return things[0] if len(things) == 1 else None


def _disordered(reading: Reading, found: Enumeration) -> Iterator[Finding]:
    first = found.entries[0]
    if first.ordinal > 1 and _must_begin_at_one(reading, found):
        yield _at(reading, found, first, "the list does not begin with its first member")
    for before, entry in zip(found.entries, found.entries[1:], strict=False):
        if entry.ordinal == before.ordinal:
            yield _at(reading, found, entry, "this member repeats the label before it")
        elif entry.ordinal < before.ordinal:
            yield _at(reading, found, entry, "this member is out of order")
        elif entry.ordinal > before.ordinal + 1:
            yield _at(reading, found, entry, "a member is missing before this one")


def _must_begin_at_one(reading: Reading, found: Enumeration) -> bool:
    if found.style.startswith("keyword") or not found.parent:
        return False
    clause = reading.contract.clause(found.entries[0].path)
    if clause is None:
        return False
    return clause.kind != "section" or found.style.startswith("1.1 ")


def _at(reading: Reading, found: Enumeration, entry: Entry, what: str) -> Finding:
    clause = reading.contract.clause(entry.path)
    parent = reading.contract.clause(found.parent) if found.parent else None
    label = clause.label if clause else ""
    holder = parent if parent is not None and clause and clause.kind != "section" else clause
    if holder is None:
        holder = reading.contract.clauses[0]
    return Finding(
        "broken-enumeration",
        holder.path,
        reading.place.line(entry.position),
        f"Broken list at {quote(label)}: {what}.",
        (0, len(holder.text)),
        "warning",
    )
