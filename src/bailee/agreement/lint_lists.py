"""Rules about enumerations: their numbers, and the sentence that governs them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bailee.agreement.clause import Clause, Entry, Enumeration, Finding
from bailee.agreement.reading import Reading, last_sentence, quote

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


# The governing verb --------------------------------------------------------------------------

_CONNECTIVES = frozenset(
    [
        "and",
        "or",
        "if",
        "so",
        "then",
        "also",
        "in",
        "which",
        "case",
        "that",
        "event",
        "as",
        "applicable",
        "where",
        "when",
        "thereafter",
        "accordingly",
        "addition",
        "further",
        "moreover",
        "but",
        "not",
        "this",
        "such",
        "to",
        "extent",
        "the",
    ]
)
_NOUN_PHRASE = re.compile(
    r"(?:the|an?|its|their|all|any|each|no|such|this|these|every|details?|names?|descriptions?"
    r"|categories|number|nature"
    r"|dates?|contact)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:the|an?|its|their)\s", re.IGNORECASE)
_BARE_MODAL = re.compile(
    r"\b(?:shall|must|will|should|may|agrees?\s+to|undertakes?\s+to|(?:is|are)\s+(?:required"
    r"|obliged)\s+to)\b(?:\s+not\b)?"
    r"(?P<rest>[^.;]*)$",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"(?:if|upon|in\s+the\s+event|in\s+case|when|whenever|where|following|after|on|once|should)\b",
    re.IGNORECASE,
)
_FINITE = re.compile(
    r"\b(?:shall|must|will|may|can|should|is|are|was|were|has|have|includes?|means?|agrees?"
    r"|undertakes?|provides?"
    r"|contains?|comprises?|consists?|applies|apply|states?|specif(?:y|ies)|requires?|covers?"
    r"|remains?|warrants?"
    r"|represents?|acknowledges?|confirms?|following)\b",
    re.IGNORECASE,
)
_REPORTING = re.compile(
    r"\b(?:stat(?:e|es|ing)|specif(?:y|ies|ying)|(?:provid|describ|includ|indicat|disclos"
    r"|communicat|compris)(?:e|es|ing)"
    r"|(?:list|identif|report|contain|cover|detail|explain|document|record|submit|furnish"
    r"|deliver|send|give)(?:s|y|ies)?"
    r"|set(?:s|ting)?\s+out|consists?|suppl(?:y|ies)|of|with|about|regarding)\b"
)
_MODAL_FOLLOWING = re.compile(
    r"\b(?:shall|must|will|should|may)\s+(?:not\s+)?(?:the\s+following|as\s+follows)(?:\s+\w+){0,2}$",
    re.IGNORECASE,
)
# Any of these may be a verb, or stand for one.
_PERHAPS_VERB = re.compile(
    r"\b(?:\w+(?:s|ed|ing|en)|we|you|they|i|keep|hold|make|give|take|do|be|need|want|know|let|put)\b"
    r"|\b(?:include|contain|comprise|cover|mean|require|agree|provide|have|list|state)\b",
    re.IGNORECASE,
)
_ADVERBIAL = re.compile(
    r"(?:on|upon|at|in|within|without|for|during|after|before|by|to\s+the\s+extent|where|if"
    r"|when|as|not|also|always"
    r"|only|subject|under|throughout|through|from|\w+ly)\b",
    re.IGNORECASE,
)


def list_without_verb(reading: Reading) -> Iterator[Finding]:
    """The sentence around a list has no verb that governs its members."""
    for found in reading.contract.enumerations:
        if len(found.entries) < 2 or not found.style.startswith(("(x)", "x)", "x.", "bullet")):
            continue
        clause = reading.contract.clause(found.entries[0].path)
        parent = reading.contract.clause(found.parent) if found.parent else None
        if clause is None or parent is None or clause.kind == "section":
            continue
        if reading.numbers.annex(parent.path):
            continue
        lead, members = _lead(reading, clause, parent), _openings(reading, found)
        if lead and _verb_missing(lead, members):
            yield reading.about(
                "list-without-verb",
                parent,
                f"No verb governs the list after {quote(lead[-46:])}.",
            )


def _lead(reading: Reading, clause: Clause, parent: Clause) -> str:
    """Return the sentence that leads into a list, up to its first label."""
    before = [p for p in parent.pieces if p.end <= clause.start]
    if not before:
        return ""
    text = reading.contract.view[before[-1].start : before[-1].end]
    last = last_sentence(text)
    return "" if last.endswith((".", ";")) else last


def _openings(reading: Reading, found: Enumeration) -> list[str]:
    clauses = (reading.contract.clause(entry.path) for entry in found.entries[:3])
    return [clause.text for clause in clauses if clause is not None and clause.text]


def _verb_missing(lead: str, members: list[str]) -> bool:
    if _MODAL_FOLLOWING.search(lead.rstrip(" :,\u2013-")):
        return True
    if not members or not _NOUN_PHRASE.match(members[0]):
        return False
    if any(_FINITE.search(member) and not _NOUN_PHRASE.match(member) for member in members[:1]):
        return False
    bare = lead.rstrip(" :,\u2013-")
    fragment = re.split(r"[,;]", bare)[-1]
    words = re.findall(r"[a-z]+", fragment.lower())
    if len(bare) < len(lead) or lead.endswith(","):
        connective = 0 < len(words) <= 6 and all(word in _CONNECTIVES for word in words)
        if connective and "," in bare:
            head = bare[: len(bare) - len(fragment)]
            return _REPORTING.search(_last_clause(head)) is None
    if _bare_modal(bare, members) or _verbless(bare, members):
        return True
    return _only_subordinate(bare, members)


def _last_clause(head: str) -> str:
    """Return the main clause's words that could govern the list: all but parentheses."""
    return re.sub(r"\([^()]*\)", "", head).split(" if ")[0].split(" that ")[0]


def _bare_modal(bare: str, members: list[str]) -> bool:
    """``shall: (a) the list`` and ``shall, on request: (a) a copy``."""
    found = _BARE_MODAL.search(bare)
    if found is None or not all(_ARTICLE.match(member) for member in members[:2]):
        return False
    chunks = [chunk.strip() for chunk in found["rest"].split(",")]
    last = chunks[-1]
    if len(chunks) == 1:
        return not last
    return all(
        not chunk or (_ADVERBIAL.match(chunk) and len(chunk.split()) <= 4) for chunk in chunks
    )


def _verbless(bare: str, members: list[str]) -> bool:
    """``The Keeper, in case of a loss: (a) the number; (b) the time``: no word can be a verb."""
    if (
        len(bare.split()) < 5
        or "," not in bare
        or _PERHAPS_VERB.search(bare)
        or _FINITE.search(bare)
    ):
        return False
    return all(_ARTICLE.match(member) and not _FINITE.search(member) for member in members)


def _only_subordinate(bare: str, members: list[str]) -> bool:
    """``In the event of a breach: (a) the nature; (b) the number``."""
    if _SUBORDINATE.match(bare) is None or len(bare.split()) < 3:
        return False
    head, comma, main = bare.partition(",")
    if comma and (_FINITE.search(main) or len(main.split()) > 3):
        return False
    if not comma and _FINITE.search(
        re.sub(r"^.*?\b(?:is|are|has|have|was|were|occurs?)\b", "", head, count=1)
    ):
        return False
    return all(_NOUN_PHRASE.match(member) and not _FINITE.search(member) for member in members[:3])
