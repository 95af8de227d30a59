"""Rules about defined terms: used without definition, outside their scope, never."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from bailee.agreement.capitals import undefined
from bailee.agreement.clause import Definition, Finding
from bailee.agreement.imported import imported
from bailee.agreement.lexicon import PLAIN_WORDS, STATUTE_TERMS
from bailee.agreement.reading import Reading, quote
from bailee.agreement.vocabulary import Vocabulary
from bailee.agreement.words import family, key_of, plain

_VERBAL = ("ing", "ed")
# A sentence that goes on with a definition: it uses the term for nothing else.
_ADDS = re.compile(
    r"\s+(?:(?:also|further|shall|will|does|do|not|expressly)\s+){0,3}"
    r"(?:includes?|excludes?|means?|covers?|comprises?|refers?)\b",
    re.IGNORECASE,
)


def unused_definition(reading: Reading) -> Iterator[Finding]:
    """A term is defined and never used."""
    words = reading.vocabulary
    for key, definitions in words.keys.items():
        definition = definitions[0]
        if definition.form in {"list", "role"} or _is_alias(reading, definition, words):
            continue
        uses = words.uses[key]
        if not any(_counts(reading, definition, use) for use in uses):
            yield _about_term(
                reading, "unused-definition", definition, "This term is defined and never used"
            )


def _is_plain_word(term: str) -> bool:
    """Return whether a term is an ordinary word given a wide meaning: it is used in lower case."""
    word = term.lower()
    return (
        term == word or plain(word) in PLAIN_WORDS or (" " not in word and word.endswith(_VERBAL))
    )


def _counts(reading: Reading, definition: Definition, use: tuple[int, int, bool]) -> bool:
    start, end, capital = use
    lower = definition.path == "0" or _is_plain_word(definition.term)
    if not capital and not lower:
        return False
    if definition.form != "means":
        return True
    if reading.sentence_at(definition.start) == reading.sentence_at(start):
        return False
    return not (_goes_on(reading, definition, start) and _ADDS.match(reading.contract.view, end))


def _goes_on(reading: Reading, definition: Definition, start: int) -> bool:
    """Return whether an offset lies in the paragraph that defines a term."""
    paragraphs = reading.contract.paragraphs
    index = bisect_right(paragraphs, definition.start, key=lambda p: p.start) - 1
    return index >= 0 and definition.start < start < paragraphs[index].end


def _is_alias(reading: Reading, definition: Definition, words: Vocabulary) -> bool:
    """Return whether a term shares its parentheses with another that is used."""
    at = bisect_left([d.start for d in words.definitions], definition.start)
    for other in words.definitions[max(0, at - 4) : at + 5]:
        near = abs(other.start - definition.start) < 120 and other.start != definition.start
        if near and other.form == definition.form == "inline":
            low, high = sorted((other.start, definition.start))
            between = reading.contract.view[low:high]
            if ")" not in between and "(" not in between and words.uses[family(key_of(other.term))]:
                return True
    return False


def _about_term(reading: Reading, rule: str, definition: Definition, says: str) -> Finding:
    clause = reading.contract.clause(definition.path)
    message = f"{says}: {quote(definition.term)}."
    if reading.place.owner(definition.start) is None and clause is not None:
        return reading.about(rule, clause, message)
    return reading.finding(rule, (definition.start, definition.end), message)


def _means_itself(reading: Reading, definition: Definition) -> bool:
    """Return whether several words in small letters get a meaning of this contract's own."""
    after = reading.contract.view[definition.end : definition.end + 10].lstrip('"* ')
    return definition.form == "means" and " " in definition.term and after.startswith("mean")


def definition_out_of_scope(reading: Reading) -> Iterator[Finding]:
    """A term defined for one clause is used as a term in another."""
    words = reading.vocabulary
    for key, definitions in words.keys.items():
        scopes = [definition.scope for definition in definitions]
        small = definitions[0].term.islower()
        if None in scopes or (small and not _means_itself(reading, definitions[0])):
            continue
        told: set[str] = set()
        for start, end, capital in words.uses[key]:
            owner = reading.place.owner(start)
            if not (capital or small) or owner is None or owner[0].path in {"0", *told}:
                continue
            path = owner[0].path
            if any(scope and reading.contract.within(path, scope) for scope in scopes):
                continue
            if words.covered.get(start, 0) > len(key):
                continue
            told.add(path)
            yield reading.finding(
                "definition-out-of-scope",
                (start, end),
                f"Defined for another clause only: {quote(definitions[0].term)}.",
            )


def undefined_term(reading: Reading) -> Iterator[Finding]:
    """A capitalised term is used as if it were defined, and is not."""
    borrowed = imported(reading.contract)
    if borrowed.everything:
        return
    for candidate in undefined(reading, STATUTE_TERMS if borrowed.statutory else ()):
        yield reading.finding(
            "undefined-term",
            candidate.first,
            f"Used as a defined term and not defined: {quote(candidate.printed)}.",
            "error",
        )
