"""Rules about defined terms: used without definition, outside their scope, never."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from bailee.agreement.capitals import undefined
from bailee.agreement.clause import Definition, Finding
from bailee.agreement.imported import imported
from bailee.agreement.lexicon import STATUTE_TERMS
from bailee.agreement.reading import Reading, quote
from bailee.agreement.vocabulary import Vocabulary
from bailee.agreement.words import family, key_of

_PLAIN_WORDS = frozenset(
    """
    include includes writing written in_writing person persons month year week day hour control
    law laws party parties group company section clause schedule document notice copy
    """.split()
)
_VERBAL = ("ing", "ed")


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
    return term == word or word in _PLAIN_WORDS or (" " not in word and word.endswith(_VERBAL))


def _counts(reading: Reading, definition: Definition, use: tuple[int, int, bool]) -> bool:
    start, _, capital = use
    lower = definition.path == "0" or _is_plain_word(definition.term)
    if not capital and not lower:
        return False
    if definition.form == "means":
        return not definition.start <= start < _own_end(reading, definition)
    return True


def _own_end(reading: Reading, definition: Definition) -> int:
    """Return where the words that define a term end: at the next definition or paragraph."""
    definitions = reading.vocabulary.definitions
    at = bisect_right(definitions, definition.start, key=lambda d: d.start)
    following = next((d.start for d in definitions[at : at + 12] if d.form == "means"), None)
    paragraphs = reading.contract.paragraphs
    index = bisect_right(paragraphs, definition.start, key=lambda p: p.start) - 1
    end = paragraphs[index].end if index >= 0 else definition.end
    return end if following is None else min(end, following)


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


def definition_out_of_scope(reading: Reading) -> Iterator[Finding]:
    """A term defined for one clause is used as a term in another."""
    words = reading.vocabulary
    for key, definitions in words.keys.items():
        scopes = [definition.scope for definition in definitions]
        if None in scopes or definitions[0].term.islower():
            continue
        told: set[str] = set()
        for start, end, capital in words.uses[key]:
            owner = reading.place.owner(start)
            if not capital or owner is None or owner[0].path in {"0", *told}:
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
