"""Whether a contract takes the meaning of its capitalised words from elsewhere.

"Capitalised terms have the meaning given in the Master Agreement" leaves no term without meaning;
"terms used here are read as in the GDPR" gives meaning to the terms of a statute only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bailee.agreement.clause import Contract
from bailee.agreement.sentence import sentences

_SUBJECT = re.compile(
    r"\b(?:capitali[sz]ed\s+(?:\w+\s+){0,2}?(?:terms?|words?|expressions?)"
    r"|(?<!these\s)(?<!those\s)(?<!such\s)(?<!following\s)(?<!that\s)(?:words?|terms?|expressions?|phrases?|definitions?)\s+(?:(?:and|or|&)\s+\w+\s+)?"
    r"(?:\(?(?:that|which|used|not|defined|written|beginning|in|of|from|set|contained|given|such"
    r"|printed|with|having|but|otherwise|appearing|shall|have|are)\b)"
    r"|defined\s+(?:terms?|words?|expressions?)\b)",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:meanings?|means?|sense|definitions?\s+(?:in|of|from|given|set)|apply|applies"
    r"|(?:is|are|be)\s+(?:as\s+)?(?:defined|read|understood|interpreted|construed|used))\b",
    re.IGNORECASE,
)
_OWN_PLACE = re.compile(
    r"\b(?:not|un)\s*(?:otherwise\s+|expressly\s+|separately\s+|specifically\s+)?defined"
    r"\s*(?:herein|here|below|above|elsewhere|(?:in|by|under)\s+(?:this|these)\s+\w+(?:\s+\w+)?)?"
    r"|\b(?:used|appearing|written|contained)\s+(?:\w+\s+){0,4}?(?:in|throughout)\s+(?:this|these)"
    r"\s+\w+|\b(?:herein|hereunder|hereof)\b|\b(?:in|of|to|under|by)\s+(?:this|these)\s+\w+"
    r"|\b(?:in|by|under)\s+(?:the\s+)?(?:\w+\s+)?(?:schedules?|annex|appendix|exhibit|attachment"
    r"|glossary|part|section|clause|article|paragraph)\b(?:\s+[\w.()]+)?(?!\s+(?:of|to|in)\s+the\b)"
    r"|\bunless\b[^,]{0,80},|\bexcept\b[^,]{0,80},",
    re.IGNORECASE,
)
_STATUTE = re.compile(
    r"\b(?:GDPR|CCPA|CPRA|HIPAA|HITECH|LGPD|PIPEDA|DSGVO|[Rr]egulations?|Acts?|[Ss]tatutes?|Laws?"
    r"|[Ll]egislation|Code|Rules?|Directive|C\.?F\.?R\b|U\.?S\.?C\b|data\s+protection\s+laws?"
    r"|applicable\s+laws?)\b"
)
_OTHER_TEXT = re.compile(
    r"\b(?:in|by|under|of|from|to|with|as|has|have|than)\s+(?:\w+\s+){0,6}?"
    r"(?:(?:the|that|those|our|such|your|its|their)\s+(?:\w+\s+){0,3}?)?"
    r"(?:(?!Sections?\b|Clauses?\b|Articles?\b|Paragraphs?\b|Schedules?\b|Annex\b|Appendix\b|Part\b"
    r"|Exhibits?\b)[A-Z][\w&-]*|agreement|contract|terms|conditions)"
)
_LONGEST = 700


@dataclass(frozen=True, slots=True)
class Imported:
    """What a contract borrows: every capitalised word, or the terms of statutes."""

    everything: bool
    statutory: bool


def imported(contract: Contract) -> Imported:
    """Return what a contract takes its definitions from."""
    everything = statutory = False
    for paragraph in contract.paragraphs:
        text = contract.view[paragraph.start : paragraph.end]
        if _SUBJECT.search(text) is None:
            continue
        for start, end in sentences(text):
            whole = text[start : min(end, start + _LONGEST)]
            source = _source(whole)
            everything |= source == "text"
            statutory |= source == "statute"
    return Imported(everything, statutory)


def _source(sentence: str) -> str:
    """Return 'text', 'statute' or '' for the place from which a sentence borrows meanings."""
    subject = _SUBJECT.search(sentence)
    if subject is None or _VERB.search(sentence, subject.start()) is None:
        return ""
    rest = _OWN_PLACE.sub(" ~ ", sentence[subject.start() :])
    if _VERB.search(rest) is None and "defined" not in rest:
        return ""
    if _STATUTE.search(rest):
        return "statute"
    return "text" if _OTHER_TEXT.search(rest, 3) else ""
