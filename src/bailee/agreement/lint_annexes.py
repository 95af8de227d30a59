"""Rules about annexes: what a description of processing holds, measures that say nothing, purposes.

Sources: Annexes I.B and II of the clauses annexed to Implementing Decision (EU) 2021/914 with their
explanatory notes; GDPR Article 28(3); 11 CCR 7051(a)(2) (purposes "not in generic terms").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bailee.agreement.clause import Clause, Finding
from bailee.agreement.mention import mentions
from bailee.agreement.reading import Reading, Span, quote

_CONTRACT = r"(?:agreement|DPA|addendum|contract|terms(?:\s+and\s+conditions)?|MSA|order\s+form)"
_WHOLE = (
    r"(?:(?:the|this|that|our|your|its|underlying|main|master|principal|services?|data|processing"
    rf"|protection|parties')\s+){{0,5}}(?:[\w-]+\s+){{0,2}}{_CONTRACT}\b(?!\s+(?:section|clause))"
)
_BY_REFERENCE = re.compile(
    rf"\b(?:set\s+(?:forth|out)|specified|described|stated|provided(?:\s+for)?|defined"
    rf"|contemplated|identified|contained|outlined"
    rf"|agreed|permitted|authori[sz]ed|given|laid\s+down|detailed)\s+(?:in|under|by"
    rf"|pursuant\s+to)\s+{_WHOLE}"
    rf"|\b(?:as\s+per|pursuant\s+to|in\s+accordance\s+with|according\s+to|see|under|refer\s+to)\s+"
    rf"(?:the\s+(?:terms(?:\s+and\s+conditions)?|provisions)\s+of\s+)?{_WHOLE}",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"\b(?:purposes?)\b(?!\s+of\s+(?:this|these|the\s+(?:agreement|DPA|addendum)|section|clause"
    r"|article)\b)",
    re.IGNORECASE,
)
_FOR_PURPOSES = re.compile(
    r"\b(?:for|the)\s+(?:the\s+)?purposes?\s+of\s+(?:this|these|section|clause|article)\b",
    re.IGNORECASE,
)
_USES = re.compile(
    r"\b(?:process\w*|collect\w*|us(?:e|es|ed|ing)|retain\w*|disclos\w*|handl\w*|access\w*"
    r"|transfer\w*)\b",
    re.IGNORECASE,
)
_DATA = re.compile(r"\b(?:data|information|records)\b", re.IGNORECASE)
_TITLED = re.compile(r"\bpurposes?\b", re.IGNORECASE)
_ANSWER = re.compile(r"(?:as\s|the\s(?:purposes?|performance|provision)|see\s)", re.IGNORECASE)
_FIELD = re.compile(r"[^:.]{0,80}\bpurposes?\b[^:.]{0,60}:", re.IGNORECASE)
_PURPOSE_IS = re.compile(
    r"\bpurposes?\b[^.;]{0,80}\b(?:is|are|shall\s+be|will\s+be|means?|includes?|may\s+include)\b",
    re.IGNORECASE,
)
_LIST_OF_PURPOSES = re.compile(
    r"\b(?:annex|appendix|schedule|exhibit|attachment|section|clause|article|paragraph"
    r"|part)\s+[A-Z0-9(]",
    re.IGNORECASE,
)


def purpose_by_reference(reading: Reading) -> Iterator[Finding]:
    """Purposes of processing described by pointing to a whole contract (L15)."""
    for span in reading.own_sentences:
        found = _BY_REFERENCE.search(span.text)
        if found is None or _LIST_OF_PURPOSES.search(span.text):
            continue
        if _about_purposes(reading, span):
            yield reading.finding(
                "purpose-by-reference",
                (span.start + found.start(), span.start + found.end()),
                f"The purpose is described by reference to a whole contract: {quote(found[0])}.",
                "error",
            )


def _about_purposes(reading: Reading, span: Span) -> bool:
    """Return whether a sentence says what data are processed for."""
    text = _FOR_PURPOSES.sub("", span.text)
    if _TITLED.search(span.clause.title) and _ANSWER.match(text) and len(text) < 300:
        return True
    if not _PURPOSE.search(text):
        return False
    context = f"{reading.lead_in(span.clause)} {span.text} {span.clause.title}"
    uses = _USES.search(context) is not None and _DATA.search(context) is not None
    return uses or _FIELD.match(text) is not None or _PURPOSE_IS.search(text) is not None


# What a description of processing or transfer holds --------------------------------------------


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that an annex has to state: how we call it, and words that show it is there."""

    name: str
    shown_by: re.Pattern[str]


def _element(name: str, pattern: str) -> Element:
    return Element(name, re.compile(pattern, re.IGNORECASE))


_SUBJECTS = _element(
    "categories of data subjects",
    r"data\s+subjects?\b|\b(?:categories|types|kinds)\s+of\s+(?:individuals|persons|people)"
    r"|individuals\s+concerned|whose\s+(?:personal\s+)?data",
)
_DATA_KINDS = _element(
    "categories of personal data",
    r"(?:categor|type|kind)\w*\s+of\s+(?:the\s+)?(?:\w+\s+)?(?:personal\s+)?(?:data"
    r"|information)\b(?!\s+subject)"
    r"|personal\s+(?:data|information)\s+(?:processed|transferred|concerned|categories)"
    r"|data\s+(?:elements|types|categories|fields)|see\s+appendix",
)
_NATURE = _element(
    "nature of the processing", r"\bnature\b|processing\s+(?:operations|activities)|\boperations\b"
)
_PURPOSES = _element("purposes", r"\bpurposes?\b")
_RETENTION = _element(
    "retention period",
    r"\bretention|\bretain|\bperiod\s+for\s+which|storage\s+period|\bkept\s+for"
    r"|deleted\s+(?:after|within)",
)
_TRANSFER = (
    _SUBJECTS,
    _DATA_KINDS,
    _element("sensitive data", r"\bsensitive\b|special\s+categor"),
    _element(
        "frequency of the transfer",
        r"\bfrequen|\bcontinuous|one-off|\bdaily\b|\bhourly\b|ongoing\s+basis",
    ),
    _NATURE,
    _PURPOSES,
    _RETENTION,
)
_PROCESSING = (
    _element(
        "subject matter",
        r"subject[\s-]+matter|scope\s+of\s+(?:the\s+)?processing"
        r"|subject\s+of\s+(?:the\s+)?processing",
    ),
    _element("duration", r"\bduration|\bterm\b|\bperiod\b|\bretention|as\s+long\s+as|\buntil\b"),
    _NATURE,
    _PURPOSES,
    _DATA_KINDS,
    _SUBJECTS,
)
_SUB = r"(?:sub-?\s?processors?|subcontractors?)"
_SUB_STATED = re.compile(
    rf"{_SUB}[^.]{{0,300}}(?:subject[\s-]+matter|\bnature\b|\bduration\b)"
    rf"|(?:subject[\s-]+matter|\bnature\b|\bduration\b)[^.]{{0,200}}{_SUB}"
    rf"|\b(?:no|not\s+any|without)\s+{_SUB}|{_SUB}[^.]{{0,60}}:?\s*(?:none|not\s+applicable|n/a)\b"
    rf"|{_SUB}[^.]{{0,160}}\b(?:annex|schedule|appendix|exhibit)\s+(?:[IVX]+|[A-Z0-9])\b"
    rf"|not\s+(?:be\s+)?(?:transferred\s+to|engage\w*)\s+(?:any\s+)?{_SUB}",
    re.IGNORECASE,
)
_IS_TRANSFER = re.compile(
    r"description\s+of\s+(?:the\s+)?transfers?|\bannex\s+(?:I"
    r"|1)\b[\s,.:\u2013(-]{0,4}(?:part\s+)?B\b|details\s+of\s+(?:the\s+)?transfers?",
    re.IGNORECASE,
)
_IS_PROCESSING = re.compile(
    r"(?:details|description|particulars|subject[\s-]+matter(?:\s+and\s+details)?|scope"
    r"|specification)\s+of\s+(?:the\s+)?(?:data\s+|personal\s+data\s+)?processing"
    r"|(?:data\s+)?processing\s+(?:details|particulars|description|activities|schedule"
    r"|information)",
    re.IGNORECASE,
)


def incomplete_annex(reading: Reading) -> Iterator[Finding]:
    """A description of the transfer or the processing lacks something that it must state (L11)."""
    for clause, transfer in _descriptions(reading):
        text = _text_of(reading, clause)
        wanted = _TRANSFER if transfer else _PROCESSING
        for element in wanted:
            if not element.shown_by.search(text):
                yield _incomplete(reading, clause, f"does not state: {element.name}")
        if transfer and not _SUB_STATED.search(text):
            yield _incomplete(
                reading,
                clause,
                "does not state: subject matter, nature and duration of sub-processing",
            )
        yield from _nature_by_reference(reading, clause)


def _incomplete(reading: Reading, clause: Clause, what: str) -> Finding:
    return reading.about("incomplete-annex", clause, f"This annex {what}.", "error")


def _descriptions(reading: Reading) -> Iterator[tuple[Clause, bool]]:
    """Yield the clauses that are such descriptions, and whether of a transfer; outermost only."""
    taken: set[str] = set()
    for clause in reading.contract.clauses:
        around = reading.numbers.around(clause.path)
        if any(c.path in taken for c in around):
            continue
        annexed = clause.kind in {"annex", "block"} or bool(reading.numbers.annex(clause.path))
        named = f"{clause.label} {clause.title}"
        transfer = _IS_TRANSFER.search(named) is not None
        if not annexed or not (transfer or _IS_PROCESSING.search(named)):
            continue
        text = _text_of(reading, clause)
        if len(text) < 20 or (_whole_elsewhere(text)):
            continue
        taken.add(clause.path)
        yield clause, transfer


def _whole_elsewhere(text: str) -> bool:
    """Return whether an annex only says which other annex holds it."""
    return (
        len(text) < 300
        and any(
            found.word in {"appendix", "annex", "schedule", "exhibit", "attachment"}
            for found in mentions(text)
        )
        and text.count(":") < 2
    )


def _text_of(reading: Reading, clause: Clause) -> str:
    parts = (
        f"{inner.title}: {inner.text}" if inner is not clause else inner.text
        for inner in reading.subtree(clause)
    )
    return " ".join(" ".join(parts).replace("\u00a0", " ").split())


def _nature_by_reference(reading: Reading, clause: Clause) -> Iterator[Finding]:
    spans = (
        span
        for inner in reading.subtree(clause)
        for span in reading.own_by_path.get(inner.path, ())
    )
    for span in spans:
        named = re.search(r"\bnature\b", f"{span.clause.title} {span.text}", re.IGNORECASE)
        if not named or re.search(r"\bpurposes?\b|" + _SUB, span.text, re.IGNORECASE):
            continue
        found = _BY_REFERENCE.search(span.text)
        if found and not _LIST_OF_PURPOSES.search(span.text):
            yield reading.finding(
                "incomplete-annex",
                (span.start, span.end),
                f"The nature of the processing is only a reference: {quote(found[0])}.",
                "error",
            )
            return


# Technical and organisational measures ---------------------------------------------------------

_IS_MEASURES = re.compile(
    r"technical\s+(?:and|&)\s+organi[sz]ation\w*\s+(?:security\s+)?measures|\bTOMs\b"
    r"|security\s+measures|technical\s+measures"
    r"|information\s+security\s+(?:measures|controls|requirements)|security\s+(?:controls"
    r"|safeguards|standards|requirements)"
    r"|\bannex\s+(?:II|2)\b|(?:^|\b(?:information|data|technical|IT)\s+)security"
    r"(?:\s+(?:program(?:me)?|policy|annex|exhibit|schedule|description|practices|overview))?$",
    re.IGNORECASE,
)
_SPECIFIC = re.compile(
    r"\b(?P<what>encrypt|AES|TLS|SSH|IPsec|VPN|RSA|multi-?\s?factor|two-factor|MFA|2FA"
    r"|single\s+sign|role-based|least\s+privilege"
    r"|access\s+(?:control|log|right|review|list|card)|log(?:s|ging|ged)\b|backup|back-up"
    r"|restor|firewall|pseudonymi|anonymi|token|penetration|vulnerab"
    r"|patch|scan|train|ISO(?:/IEC)?\s?[0-9]|SOC\s?[12]|PCI|NIST|hash|salt|key\s+(?:management"
    r"|rotation|vault)|HSM|KMS|segregat|segment|badge|CCTV|camera"
    r"|lock(?:s|ed|able)?\b|alarm|guard|intrusion|SIEM|monitor|anti-?virus|anti-?malware"
    r"|malware|password|passphrase|authenticat|audit|redundan|generator"
    r"|UPS\b|fail-?over|disaster|continuity|incident\s+response|visitor|shred|wip(?:e|ing)"
    r"|eras(?:e|ure)|retention|screen(?:ing)?|background\s+check"
    r"|confidentiality\s+(?:undertaking|agreement)"
    r"|change\s+management|code\s+review|separation|four-eyes|replicat|checksum|certificate)",
    re.IGNORECASE,
)
_ENOUGH = 3


def generic_annex(reading: Reading) -> Iterator[Finding]:
    """An annex of security measures names no specific measure (L12)."""
    taken: set[str] = set()
    for clause in reading.contract.clauses:
        if any(c.path in taken for c in reading.numbers.around(clause.path)):
            continue
        annexed = clause.kind in {"annex", "block"} or bool(reading.numbers.annex(clause.path))
        named = (f"{clause.label} {clause.title}", clause.title)
        if not annexed or not any(_IS_MEASURES.search(name) for name in named):
            continue
        text = _text_of(reading, clause)
        if _IS_TRANSFER.search(clause.title) or len(text) < 20:
            continue
        kinds = {found["what"].lower()[:6] for found in _SPECIFIC.finditer(text)}
        taken.add(clause.path)
        if len(kinds) < _ENOUGH and not _points_elsewhere(reading, clause):
            yield reading.about(
                "generic-annex",
                clause,
                "This annex names no specific technical or organisational measures.",
                "error",
            )


def _points_elsewhere(reading: Reading, clause: Clause) -> bool:
    """Return whether the annex takes its measures from a place that the contract has."""
    inside = reading.subtree(clause)
    return any(inner.path in reading.referring for inner in inside)
