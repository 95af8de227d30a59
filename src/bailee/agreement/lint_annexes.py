"""The rule about annexes that describe processing or a transfer, and leave something out.

Sources: Annex I.B of the clauses annexed to Implementing Decision (EU) 2021/914 with its
explanatory notes; GDPR Article 28(3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bailee.agreement.clause import Clause, Finding
from bailee.agreement.mention import mentions
from bailee.agreement.papers import Papers
from bailee.agreement.particulars import (
    DATA_KINDS,
    PEOPLE,
    SUB,
    Particular,
    Sheet,
    kinds_of,
    sheets,
)
from bailee.agreement.reading import Reading, quote

_TRANSFER = (
    PEOPLE,
    DATA_KINDS,
    "sensitive data",
    "frequency of the transfer",
    "nature",
    "purposes",
    "retention period",
)
_PROCESSING = ("subject matter", "duration", "nature", "purposes", DATA_KINDS, PEOPLE)
# So many different labels make a description, whatever its title; fewer under a title that says so.
_ENOUGH, _ENOUGH_TITLED = 4, 3
_IS_TRANSFER = re.compile(
    r"description\s+of\s+(?:the\s+)?(?:\w+\s+)?transfers?|\bannex\s+(?:I"
    r"|1)\b[\s,.:\u2013(-]{0,4}(?:part\s+)?B\b|(?:details|particulars)\s+of\s+(?:the\s+)?transfers?",
    re.IGNORECASE,
)
_OF_TRANSFER = re.compile(
    r"\b(?:frequency|nature|purposes?|categor\w+|types?|subjects?)\b.*\btransfer", re.IGNORECASE
)
_IS_PROCESSING = re.compile(
    r"(?:details|description|particulars|subject[\s-]+matter(?:\s+and\s+details)?|scope|summary"
    r"|specification|record)\s+of\s+(?:the\s+)?(?:data\s+|personal\s+data\s+)?processing"
    r"|(?:data\s+)?processing\s+(?:details|particulars|description|activities|schedule"
    r"|information|summary|specification)",
    re.IGNORECASE,
)


def incomplete_annex(reading: Reading) -> Iterator[Finding]:
    """A description of the transfer or the processing lacks something that it must state (L11)."""
    papers = Papers(reading.contract)
    found = sheets(reading.contract)
    named = {kind for sheet in found if sheet.annexed for kind in _named_by(sheet.heading)}
    for sheet in found:
        titled = _IS_TRANSFER.search(sheet.heading) or _IS_PROCESSING.search(sheet.heading)
        enough = _ENOUGH_TITLED if titled and sheet.annexed else _ENOUGH
        clause = _holder(reading, sheet)
        if clause is None or (sheet.annexed and SUB in _named_by(sheet.heading)):
            continue
        if len(sheet.kinds & {*_TRANSFER, *_PROCESSING}) >= enough:
            yield from _by_labels(reading, sheet, clause, named)
            yield from _by_reference(reading, sheet, papers)
        elif titled and sheet.annexed:
            yield from _by_words(reading, sheet, clause)


def _named_by(heading: str) -> frozenset[str]:
    """Return what an annex is about as a whole: a list of data, of people, of sub-processors."""
    title = re.sub(r"^\W*(?:in\s+)?\w+\s+\S+[\s:.,\u2013-]*", "", heading, flags=re.IGNORECASE)
    return kinds_of(title) & {DATA_KINDS, PEOPLE, SUB}


def _holder(reading: Reading, sheet: Sheet) -> Clause | None:
    """Return the clause to which a finding about a whole sheet belongs."""
    if sheet.clause is not None and sheet.annexed:
        return sheet.clause
    for line in sheet.lines:
        owner = reading.place.owner(line.end - 1) or reading.place.owner(line.start)
        if owner is not None:
            return owner[0]
    return sheet.clause


def _incomplete(reading: Reading, clause: Clause, what: str) -> Finding:
    return reading.about("incomplete-annex", clause, f"This annex {what}.", "error")


def _by_labels(
    reading: Reading, sheet: Sheet, clause: Clause, named: set[str]
) -> Iterator[Finding]:
    """Tell what no label of a sheet names: words in values do not count."""
    labels = f"{sheet.heading} " + " ".join(line.label for line in sheet.lines)
    transfer = _IS_TRANSFER.search(sheet.heading) is not None or any(
        _OF_TRANSFER.search(line.label) for line in sheet.lines
    )
    for kind in _TRANSFER if transfer else _PROCESSING:
        if kind not in sheet.kinds and kind not in named:
            yield _incomplete(reading, clause, f"does not state: {kind}")
    if transfer and not _sub_processing_stated(sheet, named, labels):
        yield _incomplete(
            reading,
            clause,
            "does not state: subject matter, nature and duration of sub-processing",
        )


_STATES = re.compile(
    r"subject[\s-]+matter|\bnature\b|\bduration\b|\bnone\b|not\s+applicable|\bn/a\b|\bno\s+sub"
    r"|\b(?:annex|schedule|appendix|exhibit|attachment|sheet)\s",
    re.IGNORECASE,
)
_PROCEDURE = re.compile(
    r"\b(?:authori[sz]\w+|consent\w*|object\w*|upon\s+request|on\s+request|notify|notice|shall|will"
    r"|may|must)\b",
    re.IGNORECASE,
)


def _sub_processing_stated(sheet: Sheet, named: set[str], labels: str) -> bool:
    lines = [line for line in sheet.lines if SUB in line.kinds]
    if not lines:
        return (
            SUB in named
            or re.search(r"sub-?\)?\s?-?(?:process|contract)", labels, re.IGNORECASE) is not None
        )
    return any(
        _STATES.search(f"{line.label} {line.value}") or not _PROCEDURE.search(line.value)
        for line in lines
    )


def _by_reference(reading: Reading, sheet: Sheet, papers: Papers) -> Iterator[Finding]:
    """Tell of a line that points to a whole contract instead of stating anything."""
    pointing = re.compile(
        r"\W*(?:the\s+[^.;:]{0,60}?\b(?:is|are)\s+)?(?:(?:as|those|that|see|is|are)\s+)*(?:(?:further"
        r"|otherwise|more\s+fully)\s+)?(?:(?:set\s+(?:forth|out)|described|specified|stated|defined"
        r"|provided|detailed|contained|outlined|given|identified)\s+(?:in|under|by)|per|see|under)\s+"
        rf"(?:(?:the|this|that|our|your|its|such)\s+)?(?:{papers.pattern})"
        r"(?!\s*[,(]?\s*(?:sections?|clauses?|annex|schedule|appendix|exhibit|[0-9IVX(]))",
        re.IGNORECASE,
    )
    stated = {"nature", DATA_KINDS, PEOPLE}
    for line in sheet.lines:
        if line.kinds & stated and "purposes" not in line.kinds and len(line.value) < 200:
            found = pointing.match(line.value)
            if found is not None:
                yield _points(reading, line, found[0])


def _points(reading: Reading, line: Particular, says: str) -> Finding:
    what = min(line.kinds)
    at = line.start if reading.place.owner(line.start) else line.end - 1
    return reading.finding(
        "incomplete-annex",
        (at, line.end),
        f"What should state the {what} is only a reference: {quote(says)}.",
        "error",
    )


# Descriptions in running sentences: any word for a thing counts ----------------------------------

_WORDS = {
    "subject matter": r"subject[\s-]+matter|scope\s+of|subject\s+of|\bservices?\b",
    "duration": r"\bduration|\bterm\b|\bperiod\b|\bretention|as\s+long\s+as"
    r"|\buntil\b|\bfor\s+the\s+life",
    "nature": r"\bnature\b|processing\s+(?:operations|activities)|\boperations\b"
    r"|\b(?:collect|stor|host|record|transmi|analy[sz]|print|scan|delet)\w*",
    "purposes": r"\bpurposes?\b|\bin\s+order\s+to\b|\bto\s+(?:provide|perform|deliver)\b",
    DATA_KINDS: r"(?:categor|type|kind)\w*\s+of\s+(?:the\s+)?(?:\w+\s+)?(?:personal\s+)?(?:data"
    r"|information)\b(?!\s+subject)|personal\s+(?:data|information)\b|data\s+(?:elements|types"
    r"|categories|fields)|see\s+appendix|\b(?:names?|address(?:es)?|e-?mail)\b",
    PEOPLE: r"data\s+subjects?\b|\b(?:categories|types|kinds|groups)\s+of\s+(?:individuals"
    r"|persons|people)"
    r"|individuals|\bpeople\b|\bpersons\b|\bconsumers\b|whose\s+(?:\w+\s+)?(?:data|information)",
    "sensitive data": r"\bsensitive\b|special\s+categor",
    "frequency of the transfer": r"\bfrequen|\bcontinuous|one-off|\bdaily\b|\bhourly\b"
    r"|ongoing\s+basis"
    r"|\bevery\b|\beach\s+(?:day|week|month|night)",
    "retention period": r"\bretention|\bretain|\bperiod\s+for\s+which|storage\s+period|\bkept\s+for"
    r"|deleted\s+(?:after|within)",
    SUB: r"sub-?\s?processors?|subcontractors?",
}


def _by_words(reading: Reading, sheet: Sheet, clause: Clause) -> Iterator[Finding]:
    text = " ".join(reading.contract.view[sheet.start : sheet.end].split())
    body = text[len(" ".join(sheet.heading.split())) :]
    if len(body) < 40 or _whole_elsewhere(body):
        return
    transfer = _IS_TRANSFER.search(sheet.heading) is not None
    for kind in (*_TRANSFER, SUB) if transfer else _PROCESSING:
        if not re.search(_WORDS[kind], body, re.IGNORECASE):
            yield _incomplete(reading, clause, f"does not state: {kind}")


def _whole_elsewhere(text: str) -> bool:
    """Return whether an annex only says which other annex holds it."""
    places = {"appendix", "annex", "schedule", "exhibit", "attachment"}
    return len(text) < 300 and text.count(":") < 2 and any(m.word in places for m in mentions(text))
