"""Rules about time: vague times of duties, and values that need both parties."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bailee.agreement.clause import Finding
from bailee.agreement.reading import Reading, Span, quote

_VAGUE = re.compile(
    r"\bwithout\s+(?:any\s+)?(?:(?:undue|unreasonable|unnecessary|unjustified|further"
    r"|culpable)\s+)?delay\b"
    r"|\b(?:immediately|forthwith|promptly|expeditiously|speedily|swiftly)\b"
    r"|\bat\s+once\b(?!\s+(?:per|every|a\b))|\bright\s+away\b"
    r"|\bwith\s+all\s+(?:due\s+)?(?:speed|haste|dispatch)\b"
    r"|\bat\s+(?:the|its|their)\s+earliest\s+(?:possible\s+|reasonable\s+)?(?:opportunity"
    r"|convenience|time|date|moment)\b"
    r"|\bas\s+(?:soon|quickly|early|rapidly|promptly"
    r"|expeditiously)\s+as\b(?:\s+(?:is\s+)?(?:reasonably\s+|commercially\s+)?"
    r"(?:practicable|possible|feasible|practical))?"
    r"|\b(?:in|on)\s+a\s+timely\s+(?:manner|fashion|way|basis)\b|\btimely\s+(?=notif|inform"
    r"|respon|provid|report|notice)"
    r"|\b(?:within|in)\s+(?:an?\s+|the\s+)?(?:(?:commercially|reasonably)[\s-]+)?"
    r"(?:reasonable|appropriate|acceptable|adequate|practicable|short(?:est)?"
    r"|suitable)(?:\s+possible)?\s+"
    r"(?:amount\s+of\s+|period\s+of\s+|length\s+of\s+)?(?:time|period|time\s?-?\s?frame"
    r"|timescales?|delay)s?\b"
    r"|\bin\s+a\s+prompt\s+(?:and\s+\w+\s+)?(?:manner|fashion|way)\b"
    r"|\b(?:due\s+|reasonable\s+)?promptness\b"
    r"|\bprompt\s+(?=(?:written\s+|and\s+\w+\s+)?(?:notice|notification|action|response|steps"
    r"|assistance|remediation))"
    r"|\bin\s+due\s+course\b|\bshortly\s+(?:after|thereafter)\b|\bsoon\s+(?:after|thereafter)\b",
    re.IGNORECASE,
)
_PERIODIC = re.compile(
    r"\bperiodically\b|\bon\s+a\s+(?:periodic|regular)\s+basis\b|\bat\s+(?:regular|periodic"
    r"|appropriate)\s+intervals\b"
    r"|\bregularly\b",
    re.IGNORECASE,
)
_NUMBER = (
    r"(?:[0-9]{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen"
    r"|fifteen|twenty"
    r"|twenty-four|thirty|forty|forty-eight|forty-five|sixty|seventy-two|ninety|half\s+an?|an?)"
)
_NUMBERED = re.compile(
    rf"\b{_NUMBER}(?:\s*\([^()]{{1,16}}\))?[\s-]{{0,3}}(?:(?:full|consecutive|clear|calendar"
    rf"|business|working|further)\s+){{0,2}}"
    r"(?:minute|hour|day|week|month|quarter|year)s?\b"
    r"|\b(?:next|same|following|first|second|third|each|every)\s+(?:business\s+|working\s+"
    r"|calendar\s+)?(?:day|week|month|quarter|year)\b"
    r"|\b(?:hourly|daily|weekly|fortnightly|monthly|quarterly|yearly|annually|annual|biannually"
    r"|semi-annually)\b"
    r"|\b(?:hours|days|weeks|months)\s+(?:of|after|from|before|following)\b|\b[0-9]{1,4}\s?(?:h"
    r"|hrs?)\b"
    r"|\b(?:once|twice)\s+(?:a|per|every|each)\b",
    re.IGNORECASE,
)
_DUTY = re.compile(
    r"\b(?:shall|must|will|should|agrees?\s+to|undertakes?\s+to|commits?\s+to|(?:is"
    r"|are)\s+(?:required|obliged|obligated)"
    r"\s+to|ensures?|fails?|failure|to\s+be|responsible|obligations?)\b",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"\b(?:shall|must|will|should|agrees?\s+to|undertakes?\s+to|may(?!\s+be\s+(?:necessary"
    r"|required))|(?:is|are|be)\s+entitled"
    r"|(?:has|have)\s+the\s+right)\b",
    re.IGNORECASE,
)
_RIGHT = re.compile(r"may|entitled|right", re.IGNORECASE)
_PLACE_NOT_TIME = re.compile(
    r"\s+(?:preceding|prior\s+to|before|above|below|adjacent|available|effective|identifiable"
    r"|apparent)\b",
    re.IGNORECASE,
)
_AFTER_NOUN = re.compile(
    r"\b(?:day|date|month|year|quarter|period|paragraph|sentence|section|clause|effective"
    r"|effect|enforceable)s?\s+$",
    re.IGNORECASE,
)
_ENDS_ITSELF = re.compile(
    r"\b(?:agreement|addendum|DPA|contract|licen[cs]e|right)s?\b[^.;]{0,60}\b(?:terminate"
    r"|expire|end|lapse|cease)s?\s+"
    r"(?:automatically\s+)?(?:and\s+)?$",
    re.IGNORECASE,
)


def vague_time(reading: Reading) -> Iterator[Finding]:
    """A duty has a time without a number (L5). A number in the same sentence settles it."""
    for span in reading.own_sentences:
        found = [(m, False) for m in _VAGUE.finditer(span.text)]
        found += [(m, True) for m in _PERIODIC.finditer(span.text)]
        if not found:
            continue
        lead = reading.lead_in(span.clause)
        if _NUMBERED.search(span.text) or _NUMBERED.search(lead):
            continue
        for match, periodic in found:
            if _is_duty(span, lead, match, periodic=periodic):
                yield reading.finding(
                    "vague-time",
                    (span.start + match.start(), span.start + match.end()),
                    f"The time of this duty has no number: {quote(match[0])}.",
                )


def _is_duty(span: Span, lead: str, match: re.Match[str], *, periodic: bool) -> bool:
    before = span.text[: match.start()]
    after = span.text[match.end() :]
    if _PLACE_NOT_TIME.match(after) or _AFTER_NOUN.search(before[-20:]):
        return False
    if _ENDS_ITSELF.search(before[-120:]):
        return False
    modals = list(_MODAL.finditer(f"{lead[-600:]} {before[-600:]}"))
    if modals and _RIGHT.search(modals[-1][0]):
        return False
    if periodic:
        return bool(modals)
    near = f"{lead[-600:]} {before[-600:]} {after[:600]}"
    return bool(modals) or _DUTY.search(near) is not None


_BETWEEN = (
    r"(?:up)?(?:on\s+)?(?:in\s+writing\s+)?(?:by|between|among)\s+"
    r"(?:both\s+|the\s+)?(?:parties|them)"
)
_OPEN_THING = (
    r"(?:time|period|date|deadline|schedule|time-?\s?frame|timetable|interval|fee|price|rate|format"
    r"|form|manner|method|location|plan|standard|level)s?"
)
_MUTUAL = re.compile(
    r"\bmutual(?:ly)?[\s-]+(?:agreed|agreeable|acceptable|determined|convenient|satisfactory)"
    r"(?:[\s-]+(?:up)?on)?\b"
    rf"|\bto\s+be\s+(?:mutually\s+)?(?:agreed|determined)\s+{_BETWEEN}\b"
    r"|\b(?:as|that|which)\s+(?:may\s+be\s+|is\s+|are\s+|shall\s+be\s+)?(?:mutually\s+)?agreed\s+"
    rf"{_BETWEEN}\b"
    rf"|\b{_OPEN_THING}\s+(?:(?:as\s+)?the\s+parties\s+(?:may\s+|shall\s+|will\s+)?"
    rf"(?:mutually\s+)?agree|(?:to\s+be\s+)?agreed\s+{_BETWEEN})\b"
    rf"|\b{_OPEN_THING}\s+(?:set|fixed|determined|chosen)\s+by\s+mutual\s+(?:agreement|consent)\b",
    re.IGNORECASE,
)
_FALLBACK = re.compile(
    r"\b(?:unless|except\s+as|until|otherwise)\b[^.;]{0,25}$"
    r"|\b(?:amended|modified|changed|varied|amendment|variation)\b[^.;]{0,30}$",
    re.IGNORECASE,
)
_CAPPED = re.compile(
    rf"[^.;]{{0,60}}\b(?:exceed(?:s|ing)?|later\s+than|more\s+than|longer\s+than|latest|within"
    rf"|event)\b[^.;]{{0,40}}?{_NUMBERED.pattern}",
    re.IGNORECASE,
)


def mutual_agreement(reading: Reading) -> Iterator[Finding]:
    """A value that the text leaves to both parties (L16): it needs two signatures to be known."""
    for span in reading.own_sentences:
        for match in _MUTUAL.finditer(span.text):
            before, after = span.text[: match.start()], span.text[match.end() :]
            if _FALLBACK.search(before[-80:]) or _CAPPED.match(after):
                continue
            yield reading.finding(
                "mutual-agreement",
                (span.start + match.start(), span.start + match.end()),
                f"This value is open until both parties agree on it: {quote(match[0])}.",
            )
