"""The rule about purposes that are nothing but another contract.

Source: 11 CCR 7051(a)(2) (purposes "shall not be described in generic terms, such as referencing
the entire contract generally"); the same thought stands in GDPR Article 5(1)(b).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bailee.agreement.clause import Finding
from bailee.agreement.papers import Papers
from bailee.agreement.reading import Reading, Span, quote

_PLACE = (
    r"(?:annex(?:es|ure)?|appendix|appendices|schedules?|exhibits?|attachments?|sections?|clauses?"
    r"|articles?|paragraphs?|parts?|rows?|lines?|items?|sheets?|tables?|\u00a7|sec\.|art\.)"
    r"\s+(?-i:[A-Z0-9(])"
)
_SAID = (
    r"(?:(?:set|laid)\s+(?:forth|out|down)|specified|described|stated|provided(?:\s+for)?|defined"
    r"|contemplated|identified|contained|outlined|agreed|permitted|authori[sz]ed|given|detailed"
    r"|mentioned|envisaged|foreseen|listed|named|required|covered|indicated|referred\s+to)"
)
_SAYS = (
    r"(?:contemplates?|describes?|mentions?|permits?|sets?\s+(?:out|forth)|requires?|allows?|lists?"
    r"|provides?(?:\s+for)?|names?|specif(?:y|ies)|calls?\s+for|envisages?|foresees?|states?|covers?"
    r"|authori[sz]es?|defines?|demands?|indicates?|outlines?|details?|refers?\s+to)"
)
_DET = (
    r"(?:(?:the|this|that|our|your|its|their|such|any|each|an?|said)\s+(?:said\s+|applicable\s+)?)?"
    r"(?:[\w-]{2,24}(?:'s|s')\s+)?"
)
_ACT = (
    r"(?:perform(?:ing|ance\s+of)?|fulfil(?:l|ling|ment\s+of|lment\s+of)?|carry(?:ing)?\s+out"
    r"|execut(?:e|ing|ion\s+of)|implement(?:ing|ation\s+of)?|complet(?:e|ing|ion\s+of)"
    r"|deliver(?:ing|y\s+of)?|provid(?:e|ing)|provision\s+of|suppl(?:y|ying)|meet(?:ing)?"
    r"|discharg(?:e|ing)|honou?r(?:ing)?|exercis(?:e|ing)|render(?:ing)?"
    r"|do(?:ing)?)"
)
_USE = re.compile(
    r"\b(?:process|collect|us|retain|disclos|handl|access|hold|stor|receiv|treat|shar)"
    r"(?:e|es|s|ed|ing)?\b",
    re.IGNORECASE,
)
_DATA = re.compile(r"\b(?:data|information|records?|PHI|PII)\b", re.IGNORECASE)
_ENUMERATES = re.compile(
    r"\s*(?:[,(:\u2013-]|\s)\s*(?:namely|that\s+is|i\.e\.|being|to\s+wit|specifically|in\s+that\s+it"
    r"|which\s+are)\b|\s*:\s*(?:to\b|[a-z(])",
    re.IGNORECASE,
)
_PINNED = re.compile(
    rf"[\s,(]*(?:(?:and|or|at|in|under|as|further|more|fully|specified|described|detailed|set|out"
    rf"|to|of|the|this|its)[\s,]+){{0,8}}{_PLACE}",
    re.IGNORECASE,
)
_LISTED_NEXT = re.compile(
    rf"\bpurposes?\b[^.;]{{0,80}}\b(?:are|is)\b[^.;]{{0,60}}(?:{_PLACE}|following|:|\blimited\s+to\b)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\W{0,6}(?:(?:[0-9]{1,2}|[A-Za-z])[.)]\s*)?\W{0,4}(?:[\w,'/-]+\s+){0,5}?"
    r"(?:purposes?|why|aims?|permitted\s+uses?)\b[^:.|\t\n]{0,60}(?::|\||\t)|"
    r"[\"'][^\"']{0,40}\bpurposes?[\"']\s+(?:shall\s+)?(?:means?|is|are)\b",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"\b(?:purposes?|permitted\s+(?:uses?|processing)|why|use\s+of)\b", re.IGNORECASE
)
_BACKGROUND = re.compile(
    r"\b(?:background|recitals?|introduction|preamble|whereas)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Shapes:
    """The ways of pointing to a contract, made for the names that one text uses.

    Attributes:
        data: a word for data, or a term that means data.
        stated: the word purpose, and what another contract says.
        acted: an aim that consists in performing a contract, or what it describes.
        valued: what may stand after the label "Purpose".
        mention: a contract's name alone.
    """

    data: re.Pattern[str]
    stated: re.Pattern[str]
    acted: re.Pattern[str]
    valued: re.Pattern[str]
    mention: re.Pattern[str]


def _shapes(papers: Papers, data: re.Pattern[str]) -> _Shapes:
    ref = rf"(?:{_DET}(?:{papers.pattern})\b(?!\s+(?:(?:sections?|clauses?)\s|[0-9IVX(])))"
    terms = r"(?:the\s+(?:terms(?:\s+and\s+conditions)?|provisions|scope)\s+of\s+)?"
    by = rf"{_SAID}\s+(?:in|under|by|pursuant\s+to)\s+{terms}(?:{ref}|(?:it|them|the\s+same)\b)"
    says = (
        rf"\b(?:that|which|as|what|everything|anything|whatever|all)\s+{ref}(?:\s+(?:and|or)\s+{ref})?"
        rf"\s+(?:\w+ly\s+|may\s+|otherwise\s+){{0,2}}{_SAYS}\b"
    )
    under = (
        r"(?:under|pursuant\s+to|in\s+accordance\s+with|according\s+to|as\s+per|in\s+line\s+with)"
        rf"\s+{terms}{ref}"
    )
    pointed = rf"(?:{by}|{says}|{under})"
    duties = (
        r"(?:(?:its|the|their|our|your)\s+(?:obligations|duties|part|side|services|tasks)\s+"
        r"(?:under|of|in)\s+)?"
    )
    acts = rf"{_ACT}\s+(?:[^.;:]{{0,70}}?\b{pointed}|{duties}{ref})"
    aim = (
        r"\b(?:to|for|in\s+order\s+to|(?:necessary|required|needed|reasonabl[ey])\s+(?:to|for))\s+"
        r"(?:the\s+|allow\s+it\s+to\s+)?"
    )
    value = (
        rf"\W*(?:(?:the|all|those|any)\s+)?(?:(?:purposes?|uses|services|tasks)\s+)?"
        rf"(?:(?:as|is|are|otherwise|further)\s+){{0,3}}(?:{pointed}|see\s+{ref}"
        rf"|(?:to\s+|for\s+)?(?:the\s+)?{acts})"
    )
    sweeping = (
        r"\bfor\s+(?:everything|anything|whatever|all)\s+"
        rf"[^.;:]{{0,20}}?{ref}[^.;:]{{0,40}}?\b{_SAYS}\b"
    )
    flags = re.IGNORECASE
    return _Shapes(
        data,
        re.compile(
            rf"\bpurposes?\b(?:[^.;]{{0,90}}?\b(?:{by}|{says})|\s+(?:\w+\s+){{0,2}}{under}"
            rf"|[^.;]{{0,60}}?\b{acts}|\s+of\s+{ref})",
            flags,
        ),
        re.compile(
            rf"{aim}{acts}|{sweeping}",
            flags,
        ),
        re.compile(value, flags),
        re.compile(ref, flags),
    )


def purpose_by_reference(reading: Reading) -> Iterator[Finding]:
    """Purposes of processing described by pointing to a whole contract (L15)."""
    papers = Papers(reading.contract)
    shapes = _shapes(papers, _data_words(reading))
    listed = _has_purposes(reading, shapes)
    for span in reading.own_sentences:
        found = _pointing(reading, span, shapes)
        if found is None or _enumerated_beside(reading, span, found):
            continue
        named = [mention[0] for mention in shapes.mention.finditer(found[0])]
        if listed and named and all(papers.is_own(name) for name in named):
            continue
        yield reading.finding(
            "purpose-by-reference",
            (span.start + found.start(), span.start + found.end()),
            f"The purpose is described by reference to a whole contract: {quote(found[0])}.",
            "error",
        )


def _pointing(reading: Reading, span: Span, shapes: _Shapes) -> re.Match[str] | None:
    """Return the words of a statement of purpose that point to a contract."""
    text, title = span.text, span.clause.title
    label = _LABEL.search(text)
    if label is not None and (found := shapes.valued.match(text, label.end())):
        return found
    titled = _TITLED.search(title) is not None
    if titled and (found := shapes.valued.match(text)) and len(text) < 300:
        return found
    lead = reading.lead_in(span.clause)
    context = f"{lead[-600:]} {text}"
    if not (_USE.search(context) or label or titled) or _is_background(span):
        return None
    found = shapes.stated.search(text)
    if found and (label or titled or _PURPOSE_IS.search(text) or _USE.search(context)):
        of = re.match(r"purposes?\s+of\b", found[0], re.IGNORECASE)
        return None if of and _IDLE.search(text[: found.end()]) else found
    found = shapes.acted.search(text)
    if found is None or _LESS.search(text[: found.start()]):
        return None
    sweeping = re.match(r"for\s+(?:every|any|what|all)", found[0], re.IGNORECASE) is not None
    told = sweeping or titled or _used_data(text, lead, found.start(), shapes)
    return found if told else None


# These words tell how much is used, or of a price; "not … except to perform" is an aim again.
_LESS = re.compile(
    r"\b(?:consideration|minimum|least|compensation|paid|fee)\b[^.;]{0,40}$"
    r"|\b(?:not|never|no)\b(?:(?!\b(?:except|other\s+than|unless|but|save|beyond)\b)[^.;]){0,200}$",
    re.IGNORECASE,
)


_IDLE = re.compile(
    r"\bfor\s+(?:the\s+)?purposes?\s+of\s+(?:this|these)\b|^\W*for\s+(?:the\s+)?purposes?\s+of\b",
    re.IGNORECASE,
)


_PURPOSE_IS = re.compile(
    r"\bpurposes?\b[^.;]{0,80}\b(?:is|are|means?|may|includes?)\b", re.IGNORECASE
)


def _is_background(span: Span) -> bool:
    """Return whether a sentence tells what is so, or what a word means, and rules nothing."""
    if span.clause.kind == "preamble" or _BACKGROUND.search(
        f"{span.clause.title} {span.text[:12]}"
    ):
        return True
    return re.search(r"[\"'][^\"']{2,60}[\"']\s+(?:shall\s+)?means?\b", span.text) is not None


def _used_data(text: str, lead: str, at: int, shapes: _Shapes) -> bool:
    """Return whether the words before an aim tell of data in use: "handles Client Files to …"."""
    before = f"{lead[-600:]} {text[:at]}"
    used = _USE.search(before)
    return used is not None and shapes.data.search(before) is not None


def _data_words(reading: Reading) -> re.Pattern[str]:
    """Return what matches a word for data: everyday ones, and terms that the text defines so."""
    view = reading.contract.view
    terms = {
        re.escape(found.term)
        for found in reading.contract.definitions
        if _DATA.search(re.split(r"[.;\n]", view[found.start : found.end + 160], maxsplit=1)[0])
    }
    names = "".join(f"|(?-i:{term})" for term in sorted(terms)[:200])
    return re.compile(rf"\b(?:{_DATA.pattern}{names})\b", re.IGNORECASE)


def _enumerated_beside(reading: Reading, span: Span, found: re.Match[str]) -> bool:
    """Return whether the purposes themselves, or the place of their list, stand beside it."""
    text = span.text
    after = text[found.end() :]
    if _PINNED.match(after) or _ENUMERATES.match(after):
        return True
    if re.search(_PLACE, found[0], re.IGNORECASE):
        return True
    if re.search(rf"\bpurposes?\b[^.;]{{0,60}}\b{_PLACE}", text[: found.start()], re.IGNORECASE):
        return True
    members = reading.contract.children(span.clause.path)
    if members and after.rstrip().endswith(":") and members[0].start >= span.end:
        return True
    beside = reading.own_by_path.get(span.clause.path, ())[:40]
    return any(_LISTED_NEXT.search(other.text) for other in beside if other is not span)


_OPEN_ENDED = re.compile(r"\bany\s+other\s+purpose|\bmay\s+include\b", re.IGNORECASE)
_LIST_BEGINS = re.compile(
    r"\b(?:these|following|specified|limited)\s+(?:[\w-]+\s+){0,4}?purposes?\b[^.;]{0,40}:|\bpurposes?"
    r"\b[^.;:]{0,60}:\s*$",
    re.IGNORECASE,
)


def _has_purposes(reading: Reading, shapes: _Shapes) -> bool:
    """Return whether the text itself states purposes in full somewhere."""
    for span in reading.own_sentences:
        text = span.text
        if "urpose" not in text and "URPOSE" not in text and not _TITLED.search(span.clause.title):
            continue
        if shapes.stated.search(text) or _OPEN_ENDED.search(text):
            continue
        label = _LABEL.search(text)
        if label is not None and not shapes.valued.match(text, label.end()):
            return True
        if _LIST_BEGINS.search(text):
            return True
        titled = re.match(r"\W*(?:[\w-]+\s+){0,3}purposes?\b", span.clause.title, re.IGNORECASE)
        if titled and not shapes.valued.match(text) and not shapes.acted.search(text):
            return True
    return False
