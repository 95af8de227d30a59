"""Rules about the words themselves: references, blanks, repetitions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bailee.agreement.clause import Finding
from bailee.agreement.reading import Reading, quote


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


# Blanks --------------------------------------------------------------------------------------

_TO_BE = (
    r"to\s+be\s+(?:determined|inserted|filled\s+in|completed|confirmed|advised|agreed|provided"
    r"|supplied|specified|added|entered)"
)
_BLANK = re.compile(
    r"_{3,}(?![A-Za-z])(?:[\s_]*_{3,})*|(?:_\s){3,}_?|\u2026{3,}|(?<!\.)\.{5,}(?!\s*[0-9])"
    r"|\[[^\][\n]{1,90}\](?!\()"
    r"|\{\{[^{}\n]{0,60}\}\}|<<[^<>\n]{0,60}>>"
    r"|(?i:<(?:insert|name|date|company|customer|address|party|tbd)\b[^<>\n]{0,60}>)"
    r"|\b(?:TBD|TBC|TBA)\b|\?{3,}"
    r"|\b[Xx]{2,4}\b(?=\s*(?:%|(?i:percent|days?|hours?|months?|years?)|\())"
    r"|[$\u20ac\u00a3]\s?X{2,}|(?<![\w*#])(?:[A-Z0-9]{1,8}[-/.]){1,5}X{3,8}\b(?![-/*])"
    r"|(?<=[Nn]o\. )X{3,8}\b(?!-)"
    r"|\b(?:DD|XX|dd|xx)([/.-])(?:MM|XX|mm|xx)\1(?:YYYY|YY|XXXX|XX|yyyy|yy|xxxx)\b"
    rf"|(?i:(?:(?<=:)|(?<=\())\s*{_TO_BE}\s*(?=$|[\].);]))",
    re.MULTILINE,
)
_FILLER = re.compile(r"[\s_.\u2022\u25cf\u00b7*\u2026-]+|[xX]{2,4}")
_ASKS = re.compile(
    rf"(?:please\s+)?(?:insert|enter|specify|complete|fill|tbd|tbc|tba|placeholder|to\s+be|describe"
    rf"|add|list|provide|indicate|state)\b|.*\b{_TO_BE}\b",
    re.IGNORECASE,
)
_FILL_NOUN = re.compile(
    r"(?:.*\b)?(?:names?|dates?|address(?:es)?|numbers?|amounts?|titles?|countr(?:y|ies)|period"
    r"|e-?mails?|phone|telephone|jurisdiction|entity|contacts?|details|currency|place|town|city"
    r"|month|year|days?|hours?|url|percentage)(?:\s+of\s+.*|\s+here)?",
    re.IGNORECASE,
)
_PARTY = re.compile(
    r"(?:company|party|customer|supplier|vendor|client|processor|controller|counterparty|provider)"
    r"(?:'s)?(?:\s+[a-z]+)?",
    re.IGNORECASE,
)
_NO_BLANK = re.compile(
    r"(?:intentionally|reserved|omitted|redacted|deleted|confidential|signatures?|remainder|end\b"
    r"|execution|sic\b|not\s+used|the\s|page\s|rest\s|this\s|blank\s|left\s|space\s)",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"[A-Z][A-Z _/&'-]{3,60}")
# Beside these a row of X or a date of letters is a format or a mask, and nothing to fill in.
_FORMAT = re.compile(
    r"\b(?:format|mask|form|pattern|redact|truncat|display|shown\s+as)", re.IGNORECASE
)
_UNITS_AFTER = re.compile(r"\s*(?:%|percent|days?|hours?|months?|years?|business|weeks?)\b")
_TICKED = re.compile(r"\[[xX]\]")
_LEADER = re.compile(r"[ \t]*[A-Z][^.:;,\n]{0,60}?\s?$")
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
# A line of particulars without value between two that have one.
_EMPTY_PARTICULAR = re.compile(
    r"(?<=\n)[ \t]*((?:\*\*)?(?:(?i:duration|retention|frequency|nature|purposes?|subject[ -]matter"
    r"|categories|types|location|term|place)\b[^:\n]{0,40}):(?:\*\*)?)[ \t]*\n"
    r"(?=[ \t]*(?:\*\*)?[A-Z][^:\n]{0,50}:(?:\*\*)?[ \t]+\S)"
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
                start, end = piece.start + match.start(), piece.start + match.end()
                if _is_blank(source, start, end) and not _signing(source, start):
                    yield _blank(reading, start, end)
            yield from _empty_fields(reading, piece.start, piece.end)


def _empty_fields(reading: Reading, start: int, end: int) -> Iterator[Finding]:
    source = reading.contract.source
    lines = source[start:end].replace("\u00a0", " ")
    for match in _EMPTY_FIELD.finditer(lines):
        at = start + match.start()
        if _stays_empty(lines, match.end()) and not _signing(source, at):
            yield _blank(reading, at, start + match.end())
    for match in _EMPTY_PARTICULAR.finditer(lines):
        yield _blank(reading, start + match.start(1), start + match.end(1))


def _is_blank(source: str, start: int, end: int) -> bool:
    """Return whether a mark is a place to fill in, by its words and by the line around it."""
    says = source[start:end]
    if says.startswith("["):
        return _asks(source, start, end)
    if says.startswith("."):
        return not _leads(source, start, end)
    if "x" in says.lower() or "yy" in says.lower():
        return _FORMAT.search(source[max(0, start - 40) : end + 20]) is None
    return True


def _asks(source: str, start: int, end: int) -> bool:
    """Return whether words in square brackets ask for something."""
    inside = source[start + 1 : end - 1].strip()
    if inside in {"", "x", "X"}:
        # A box to tick, unless a number is wanted.
        line = source.rfind("\n", 0, start) + 1
        stop = source.find("\n", end)
        ticked = _TICKED.search(source, line, stop if stop >= 0 else len(source))
        wanted = _UNITS_AFTER.match(source, end) is not None
        return wanted or (not inside and source[line:start].strip() != "" and ticked is None)
    if _FILLER.fullmatch(inside) or _ASKS.match(inside):
        return True
    if _NO_BLANK.match(inside) or len(inside.split()) > 6:
        return False
    if _FILL_NOUN.fullmatch(inside) or _PARTY.fullmatch(inside):
        return True
    return _CAPITALS.fullmatch(inside) is not None and len(inside.split()) > 1


def _leads(source: str, start: int, end: int) -> bool:
    """Return whether dots lead from a label to its value on the same line."""
    line = source[source.rfind("\n", 0, start) + 1 : start]
    stop = source.find("\n", end)
    value = source[end : stop if stop >= 0 else len(source)]
    return _LEADER.match(line) is not None and re.match(r"\s*[\w\"'(\u201c]", value) is not None


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
