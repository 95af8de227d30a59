"""Rules about the words themselves: references, ends, blanks, repetitions."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from bailee.agreement.clause import Clause, Finding, Paragraph
from bailee.agreement.reading import Reading, last_sentence, quote


def dangling_reference(reading: Reading) -> Iterator[Finding]:
    """A reference to a place that the contract does not have (L2)."""
    for reference in reading.contract.references:
        if reference.external or reference.target is not None:
            continue
        yield reading.finding(
            "dangling-reference",
            (reference.start, reference.end),
            f"There is no such place in this contract: {quote(reference.says)}.",
            "error",
        )


# Ends ----------------------------------------------------------------------------------------

_FUNCTION_WORDS = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "for",
        "with",
        "by",
        "on",
        "under",
        "from",
        "its",
        "their",
        "any",
        "all",
        "as",
        "at",
        "not",
        "no",
        "or",
        "and",
        "and/or",
        "shall",
        "must",
        "will",
        "may",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "that",
        "which",
        "who",
        "whose",
        "if",
        "unless",
        "until",
        "when",
        "where",
        "such",
        "this",
        "these",
        "those",
        "than",
        "but",
        "nor",
        "into",
        "upon",
        "within",
        "without",
        "between",
        "against",
        "during",
        "including",
        "via",
        "per",
        "each",
        "every",
        "either",
        "both",
        "only",
        "also",
        "so",
        "because",
        "although",
        "while",
        "whether",
    ]
)
_CLOSED = re.compile(r"[.!?;][\"')\]*_]{0,4}$|[\"')\]][*_]{0,2}$")
_COLUMNS = re.compile(r"[^\s.:] {3,}\S")
_STOPPED = re.compile(r"[.;,][\"')\]]?$")
_STRAY = re.compile(r"[A-Za-z,;][<>{\\^~=&@#]+$")
_CUT_SHORT = re.compile(r"[A-Za-z](?:\s?\.\.\.|\s?\u2026)$")
_JOINED = re.compile(r"(?:^|[;,]?\s)(?:and|or|and/or)$", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:shall|must|will|may|can|cannot|should|is|are|was|were|means?|has|have|agrees?"
    r"|includes?|undertakes?"
    r"|certif(?:y|ies)|warrants?|represents?|acknowledges?)\b"
)
_DUTY = re.compile(r"\b(?:shall|must|will)\b")
_FIELD_LINE = re.compile(r"(?:\*\*)?[A-Z][^.:;\n|]{0,60}:\s")


def truncated_clause(reading: Reading) -> Iterator[Finding]:
    """A text that stops in the middle of a sentence (L3)."""
    paragraphs = reading.contract.paragraphs
    for index, paragraph in enumerate(paragraphs):
        text = reading.contract.view[paragraph.start : paragraph.end].rstrip()
        following = paragraphs[index + 1] if index + 1 < len(paragraphs) else None
        if paragraph.path == "0" or not text or "|" in text:
            continue
        if _COLUMNS.search(reading.contract.source, paragraph.start, paragraph.end):
            continue
        if not _stops_short(reading, paragraph, text, following):
            continue
        tail = text[-40:].partition(" ")[2] if len(text) > 40 else text
        start = paragraph.start + len(text) - len(tail)
        owner = reading.place.owner(paragraph.start + len(text) - 1)
        clause = owner[0] if owner else reading.contract.clause(paragraph.path)
        if clause is not None:
            own = max(start, clause.pieces[-1].start) if clause.pieces else start
            yield reading.finding(
                "truncated-clause",
                (own, paragraph.start + len(text)),
                f"The text stops in the middle of a sentence: {quote(tail)}.",
                "error",
            )


def _stops_short(  # noqa: PLR0911 - one sign of an end a line
    reading: Reading, paragraph: Paragraph, text: str, following: Paragraph | None
) -> bool:
    if _STRAY.search(text) or _CUT_SHORT.search(text):
        return True
    if _CLOSED.search(text):
        return False
    owner = reading.place.owner(paragraph.start + len(text) - 1)
    clause = owner[0] if owner else reading.contract.clause(paragraph.path)
    if clause is None or _goes_on(reading, clause, text, following):
        return False
    last = last_sentence(text)
    if text.endswith(":"):
        return _leads_nowhere(reading, clause, last, following)
    words = re.findall(r"[A-Za-z'/-]+", last)
    if words and words[-1].lower() in _FUNCTION_WORDS and last[-1:].isalpha():
        return len(words) > 2 or clause.kind != "bullet"
    if text[-1] in ",-\u2013":
        return len(words) > 2
    return len(words) > 2 and not _FIELD_LINE.match(text) and _unfinished(reading, clause, last)


def _unfinished(reading: Reading, clause: Clause, last: str) -> bool:
    """Return whether an end without a full stop is out of keeping with its neighbours."""
    if "@" in last or "____" in last:
        return False
    if clause.kind in {"item", "inline", "bullet"}:
        others = _neighbours(reading, clause)
        enough = len(others) > 1 or (bool(others) and _DUTY.search(last) is not None)
        return enough and all(_STOPPED.search(t) or _JOINED.search(t) for t in others)
    return _VERB.search(last) is not None and len(last.split()) >= 4


def _neighbours(reading: Reading, clause: Clause) -> list[str]:
    """Return the ends of the list members next to one, two on each side."""
    beside = [
        c
        for c in (reading.contract.children(clause.parent) if clause.parent else ())
        if c.kind == clause.kind and c.text
    ]
    at = bisect_left([c.start for c in beside], clause.start)
    return [c.text[-20:] for c in beside[max(0, at - 2) : at + 3] if c.path != clause.path]


def _goes_on(reading: Reading, clause: Clause, text: str, following: Paragraph | None) -> bool:
    """Return whether the sentence goes on in a list below, in the next member, or over the page."""
    if following is None:
        return False
    opening = reading.contract.view[following.start : following.start + 1]
    if following.path == clause.path and opening.islower():
        return True
    after = reading.contract.clause(following.path)
    if after is None:
        return False
    chain = [c.path for c in reading.numbers.around(after.path)]
    if clause.path in chain[1:] and after.kind in {"item", "inline", "bullet"}:
        return True
    same_list = after.kind in {"item", "bullet", "inline"} and any(
        c.parent == clause.parent and c.path != clause.path
        for c in reading.numbers.around(after.path)
    )
    if same_list and (_JOINED.search(text) or text.endswith(",")):
        return True
    # Text after a list goes on with the sentence that the list is part of.
    return opening.islower() and clause.parent == following.path


def _leads_nowhere(
    reading: Reading, clause: Clause, last: str, following: Paragraph | None
) -> bool:
    """Return whether ``… shall:`` is followed by nothing that belongs to it."""
    if not re.search(r"\b(?:shall|must|will|may|the following|as follows)\b", last):
        return False
    if following is None:
        return True
    return clause.path not in [c.path for c in reading.numbers.around(following.path)] and (
        clause.kind in {"section", "preamble"}
    )


# Blanks --------------------------------------------------------------------------------------

_ASKS = (
    r"(?:please\s+)?(?:insert|enter|specify|complete|fill|tbd|tbc|tba|to\s+be|name|date|address"
    r"|number|amount|company|party|customer|supplier|vendor|client|processor|controller"
    r"|counterparty|country|email|e-mail|phone|title|state|jurisdiction|details|describe|list"
    r"|effective|contact|period|placeholder)\b"
)
_BLANK = re.compile(
    r"_{3,}(?![A-Za-z])(?:[\s_]*_{3,})*|(?:_\s){3,}_?|\u2026{3,}|(?<!\.)\.{5,}(?!\s*[0-9])"
    r"|\[(?:[\s_.\u2022\u25cf\u00b7*\u2026-]+|[xX]{1,4}"
    rf"|{_ASKS}[^\][\n]{{0,80}}|[^\][\n]{{1,40}}\s(?:to\s+insert|to\s+be\s+\w+|tbd|tbc)[^\][\n]{{0,40}}"
    r"|[A-Z][A-Z0-9 _/&'-]{3,60})\](?!\()"
    r"|\((?:please\s+)?(?:insert|fill\s+in|enter|specify)\s[^()\n]{1,80}\)"
    r"|\{\{[^{}\n]{0,60}\}\}|<<[^<>\n]{0,60}>>"
    r"|<(?:insert|name|date|company|customer|address|party|tbd)\b[^<>\n]{0,60}>"
    r"|\b(?:TBD|TBC)\b|\bX{2,4}\b(?=\s*(?:%|percent|days?|hours?|months?|years?))"
    r"|[$\u20ac\u00a3]\s?X{2,}|\bX{2}[/.-]X{2}[/.-]X{2,4}\b"
    r"|(?:(?<=:)|(?<=\()|(?<=\[))\s*to\s+be\s+(?:determined|inserted|filled\s+in|completed"
    r"|confirmed|advised|agreed|provided)\s*(?=$|[\].);])",
    re.IGNORECASE | re.MULTILINE,
)
_ASKING = re.compile(rf"\[{_ASKS}|[^\s]+\s.*(?:insert|to\s+be|tbd|tbc)", re.IGNORECASE)
_LETTERS_ONLY = re.compile(r"\[[a-zA-Z][a-zA-Z0-9 _/&'-]{3,60}\]")
_CAPITAL_BLANK = re.compile(
    r"\[(?!RESERVED|SIC\b|OMITTED|REDACTED|INTENTIONALLY|CONFIDENTIAL|SIGNATURE|REMAINDER|END\b"
    r"|EXECUTION)[A-Z][A-Z0-9 _/&'-]{3,60}\]"
)
_EMPTY_FIELD = re.compile(
    r"^[ \t]*(?:\*\*)?(?:[A-Z][\w/' -]{0,40}\s)?(?:Names?|E-?mail(?:\s[Aa]ddress)?"
    r"|Phone(?:\s[Nn]umber)?|Telephone|Tel|Fax|Mobile|"
    r"(?:Postal\s|Registered\s)?[Aa]ddress|Contact(?:\s(?:[Pp]erson|[Dd]etails|[Nn]ame"
    r"|[Ii]nformation|[Pp]oint))?|Title|Position|Date|"
    r"Company|Attention|Attn|Role|Amount|Fee|Country|Location|Representative|DPO|[Oo]fficer"
    r"|Website|URL|[Nn]umber|[Dd]etails)"
    r"(?:\*\*)?[ \t]*:(?:\*\*)?[ \t]*$",
    re.MULTILINE,
)
_ANY_FIELD = re.compile(r"[ \t]*(?:\*\*)?[A-Z][\w/&'() -]{0,60}:")
_SIGNING = re.compile(
    r"(?:^|\s)(?:by|signature|signed|signatory|sign\s+here|authori[sz]ed\s+(?:signature"
    r"|signatory|representative))\b[^:\n]{0,40}:"
    r"|in\s+witness\s+whereof|signature\s+page|duly\s+authori[sz]ed|executed\s+(?:this|by|on)"
    r"|signed\s+(?:by|for|on)|(?:^|\n)\s*(?:by|signature)\s*_",
    re.IGNORECASE,
)
_ONLY_RULE = re.compile(r"[\s_]*$")


def unfilled_blank(reading: Reading) -> Iterator[Finding]:
    """A place that somebody should have filled in. Lines of a signature block are none."""
    view = reading.contract.view
    source = reading.contract.source
    for clause in reading.contract.clauses:
        for piece in clause.pieces:
            text = view[piece.start : piece.end]
            for match in _BLANK.finditer(text):
                if _is_blank(match[0]) and not _signing(source, piece.start + match.start()):
                    yield _blank(reading, piece.start + match.start(), piece.start + match.end())
            lines = source[piece.start : piece.end].replace("\u00a0", " ")
            for match in _EMPTY_FIELD.finditer(lines):
                if _stays_empty(lines, match.end()) and not _signing(
                    source, piece.start + match.start()
                ):
                    yield _blank(reading, piece.start + match.start(), piece.start + match.end())


def _is_blank(text: str) -> bool:
    """Return whether brackets ask for something; words in them may be an editor's remark."""
    if not _LETTERS_ONLY.fullmatch(text):
        return True
    return _CAPITAL_BLANK.fullmatch(text) is not None or _ASKING.match(text) is not None


def _stays_empty(lines: str, at: int) -> bool:
    """Return whether no value follows an empty field: another field, a gap, or the end does."""
    rest = lines[at:].lstrip(" \t")
    if not rest.strip():
        return True
    after = rest.removeprefix("\n")
    return after.startswith("\n") or _ANY_FIELD.match(after) is not None


def _signing(source: str, at: int) -> bool:
    start = max(0, at - 600)
    lines_before = source[start:at].split("\n")[-9:]
    lines_after = source[at : at + 300].split("\n")[:4]
    near = "\n".join([*lines_before, *lines_after]).replace("\u00a0", " ")
    line = (lines_before[-1] + lines_after[0]).strip()
    if _SIGNING.search(line):
        return True
    # A blank in running text is one, however near the signatures it stands.
    return _SIGNING.search(near) is not None and len(re.findall(r"[a-z]{2,}", line)) < 8


def _blank(reading: Reading, start: int, end: int) -> Finding:
    line = reading.contract.view[max(0, start - 30) : start].split("\n")[-1].strip()
    where = f" after {quote(line[-30:])}" if line else ""
    return reading.finding(
        "unfilled-blank", (start, end), f"A blank was never filled in{where}.", "error"
    )


# Repetitions ---------------------------------------------------------------------------------

_LEAST_WORDS = 6
# Forms repeat short answers.
_LEAST_WORDS_ANNEX = 8


def repeated_sentence(reading: Reading) -> Iterator[Finding]:
    """A whole sentence stands twice."""
    seen: dict[str, int] = {}
    for span in reading.whole_sentences:
        words = re.findall(r"[a-z0-9]+", span.text.lower())
        if (
            len(words) < (_LEAST_WORDS_ANNEX if span.clause.kind == "annex" else _LEAST_WORDS)
            or not span.text[0].isupper()
            or not span.text.rstrip("\"')").endswith(".")
        ):
            continue
        key = " ".join(words)
        if key in seen:
            yield reading.finding(
                "repeated-sentence",
                (span.start, span.end),
                f"The same sentence stands on line {seen[key]}: {quote(span.text)}.",
            )
        else:
            seen[key] = reading.place.line(span.start)
