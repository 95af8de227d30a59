"""The rule about values that exist only when both parties agree on them later."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bailee.agreement.clause import Finding
from bailee.agreement.duty import has_deadline
from bailee.agreement.reading import Reading, Span, quote

_BOTH = (
    r"(?:(?:both|the|two|all|contracting|of)\s+){0,3}(?:parties|sides|them|us|companies)"
    r"|(?:the\s+)?(?-i:[A-Z])[\w'-]{0,24}(?:\s+(?-i:[A-Z])[\w'-]{0,24}){0,3}\s+and\s+(?:the\s+)?"
    r"(?-i:[A-Z])[\w'-]{0,24}(?:\s+(?-i:[A-Z])[\w'-]{0,24}){0,3}"
    r"|(?:you|we)\s+and\s+(?:us|we|you)|we\s+both|we|they|both"
)
# What may be left open: a time, an amount, a place, a form, a document.
_VALUE = (
    r"(?:time(?:s|\s?-?\s?frames?|tables?|scales?)?|dates?|days?|periods?|deadlines?|schedules?"
    r"|terms?|intervals?|hours|frequency|frequencies|fees?|prices?|costs?|rates?|amounts?|sums?"
    r"|charges?|caps?|budgets?|levels?|thresholds?|limits?|numbers?|lists?|places?|locations?"
    r"|scope|plans?|programmes?|programs?|manners?|methods?|means|forms?|formats?|protocols?"
    r"|templates?|procedures?|process|standards?|criteria|approach(?:es)?|auditors?|experts?|firms?"
    r"|assessors?|third\s+part(?:y|ies)|measures?|controls?|requirements?|conditions?|media"
    r"|medium|channels?|tools?|mechanisms?|arrangements?|specifications?|remed(?:y|ies)|targets?)"
)
_JOIN = r"(?:mutually|jointly|both|each|together|in\s+good\s+faith|in\s+advance|in\s+writing)"
_OPEN = re.compile(
    r"\bmutual(?:ly)?[\s-]+(?:agreed|agreeable|acceptable|accepted|determined|convenient"
    r"|satisfactory|approved|settled|decided|fixed|defined|chosen|selected|suitable|set"
    r"|appointed)(?:[\s-]+(?:up)?on)?\b"
    r"|\b(?:by|upon|on|subject\s+to)\s+(?:their\s+|the\s+)?(?:mutual|common|joint)\s+(?:agreement"
    r"|consent|accord|decision|understanding)\b"
    r"|\bjointly\s+(?:agreed|set|determined|fixed|decided|defined|chosen|selected|approved"
    r"|appointed|settled)\b|\b(?:agreed|set|determined|fixed|decided|chosen|settled)\s+jointly\b"
    r"|\b(?:agreeable|acceptable|satisfactory|convenient|suitable)\s+(?:to|for)\s+(?:both|each"
    rf"\s+of\s+the|the\s+two|(?:the\s+)?parties|{_BOTH})\b"
    r"|\b(?:is|are|still|yet)?\s*to\s+be\s+(?:\w+ly\s+)?(?:agreed|negotiated)\b"
    r"|\bto\s+be\s+(?:\w+ly\s+)?(?:determined|set|fixed|settled|defined|decided)\s+(?:up)?(?:on\s+)?"
    rf"(?:by|between|among)\s+(?:{_BOTH})\b"
    rf"|\b{_VALUE}\s*,?\s*(?:as\s+|that\s+(?:is|are|has\s+been|have\s+been)\s+|which\s+(?:is|are)\s+"
    rf"|to\s+be\s+)?(?:then\s+)?agreed\s+(?:up)?(?:on\s+)?(?:{_JOIN}\s+)?(?:by|between|among|with)\s+"
    r"(?:\w+|the\s+\w+)\b"
    rf"|\b(?:as|is|are|be)\s+(?:may\s+be\s+|shall\s+be\s+)?(?:{_JOIN}\s+)?agreed\s+(?:up)?(?:on\s+)?"
    rf"(?:{_JOIN}\s+)?(?:by|between|among)\s+(?:{_BOTH})\b"
    rf"|\b(?:as|that|which|(?:on|upon|to|in|about)\s+which|whatever|such\s+\w+\s+as|{_VALUE})\s+"
    rf"(?:{_BOTH})\s+(?:(?:may|shall|will|can|must|have|then|later|subsequently|from\s+time\s+to"
    rf"\s+time|{_JOIN})\s+){{0,3}}(?:agree(?:d)?|accept(?:ed)?|approve|settle|determine|find"
    r"\s+acceptable|decide|fix|negotiate)\b(?!\s+(?:that|to)\b)"
    rf"|\b(?:{_BOTH})\s+(?:shall|will|must|are\s+to)\s+(?:{_JOIN}\s+)*(?:agree|negotiate|settle"
    rf"|determine|fix|decide)\s+(?:{_JOIN}\s+)*(?:up)?(?:on\s+)?(?:the|a|an|any|its|their|all)?\s*"
    rf"(?:[\w'-]{1, 24}\s+){{0,3}}?{_VALUE}\b",
    re.IGNORECASE,
)
# Both parties agree on something else there: a change, an end, an exception to a rule that holds.
_OTHER = re.compile(
    r"\b(?:unless|except|until|save\s+(?:as|where))\b[^.;]{0,60}$|\botherwise\b[^.;]{0,12}$"
    r"|\b(?:amend(?:ed|ment|s)?|modif(?:y|ied|ication)|chang(?:e|ed|es)|var(?:y|ied|iation)|alter(?:ed)?"
    r"|terminat(?:e|ed|ion)|ended?|extend(?:ed)?|extension|renew(?:ed)?|waive[dr]?|supersede[ds]?"
    r"|replaced?|assign(?:ed)?|dissolved|rescinded)\b[^.;,]{0,60}$",
    re.IGNORECASE,
)
_MADE = re.compile(
    r"^\W*(?:(?:agreed|accepted|signed)\b|(?:this|these|the)\s+(?:\w+\s+){0,6}(?:is|are|was"
    r"|has\s+been)\s+(?:made\s+and\s+)?agreed\b)",
    re.IGNORECASE,
)
# The value stands somewhere: in a numbered place, in a dated or named document.
_STATED = re.compile(
    r"[^.;]{0,60}?\b(?:in|on|under|by|as\s+stated\s+in|dated)\s+(?:the\s+|this\s+|its\s+)?(?:(?:sections?"
    r"|clauses?|paragraphs?|annex|appendix|schedule|exhibit|attachment|table|part|row|line|item)\s"
    r"|[0-9]{1,2}\s+(?-i:[A-Z])|(?-i:[A-Z])[a-z]+\s+[0-9]|(?-i:(?:[A-Z][\w'-]{0,24}\s+){0,4}(?:Agreement|Contract"
    r"|Order|Terms|Statement|Plan|Protocol|Annex|Schedule|Form)))",
    re.IGNORECASE,
)
_FALLING_BACK = re.compile(
    r"\b(?:failing|absent|in\s+the\s+absence\s+of|without)\s+(?:such\s+|an?\s+|any\s+|that\s+|this\s+)?"
    r"(?:agreement|accord)|\bif\s+(?:no|the\s+parties|they|we|such|none|an?\s+agreement)\b[^.;]{0,60}\b"
    r"(?:agree|agreed|agreement|reached)\b|\bor,?\s+(?:otherwise|in\s+default|if\s+none|failing)\b",
    re.IGNORECASE,
)


def mutual_agreement(reading: Reading) -> Iterator[Finding]:
    """A value that the text leaves to both parties (L16): it needs two signatures to be known."""
    spans = reading.own_sentences
    for at, span in enumerate(spans):
        after = spans[at + 1] if at + 1 < len(spans) else None
        end = -1
        for match in _OPEN.finditer(span.text):
            if match.start() < end or not _is_open(span, match, after):
                continue
            end = match.end()
            yield reading.finding(
                "mutual-agreement",
                (span.start + match.start(), span.start + match.end()),
                f"This value is open until both parties agree on it: {quote(match[0])}.",
            )


def _is_open(span: Span, match: re.Match[str], following: Span | None) -> bool:
    before, after = span.text[: match.start()], span.text[match.end() :]
    if _MADE.match(span.text[:160]) or _OTHER.search(before[-90:]):
        return False
    if has_deadline(_capped(after)) or _STATED.match(after[:120]):
        return False
    if _FALLING_BACK.search(after):
        return False
    return not (
        following is not None
        and following.clause is span.clause
        and _FALLING_BACK.search(following.text[:120])
    )


_LIMIT = re.compile(
    r"[^.;]{0,60}?(?P<limit>\b(?:exceed(?:s|ing)?|(?:no|not|never)\s+(?:later|more|longer)\s+than|latest|at\s+most"
    r"|in\s+any\s+(?:event|case)|within|before)\b[^.;]{0,60})",
    re.IGNORECASE,
)


def _capped(after: str) -> str:
    """Return the words that set a limit to the open value, or ''."""
    found = _LIMIT.match(after)
    return found["limit"] if found is not None else ""
