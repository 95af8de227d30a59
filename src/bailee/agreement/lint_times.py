"""The rule about vague times: a duty whose time cannot be computed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bailee.agreement.clause import Clause, Finding
from bailee.agreement.duty import MODAL, VERB, Duties, has_deadline
from bailee.agreement.reading import Reading, Span, quote

# No sentence says more times than this; one that does is nonsense, and not worth the work.
MOST = 5
_QUICK = r"(?:prompt|immediate|timely|speedy|swift|expeditious|rapid|urgent)"
_VAGUE = re.compile(
    r"\bwith(?:out|\s+no)\s+(?:any\s+)?(?:(?:undue|unreasonable|unnecessary|unjustified|further"
    r"|culpable|avoidable)\s+){0,2}(?:delay|hesitation|loss\s+of\s+time)\b"
    r"|\b(?:immediately|forthwith|promptly|expeditiously|speedily|swiftly|quickly|rapidly"
    r"|urgently|instantly|straight\s?away)\b"
    r"|\bat\s+once\b(?!\s+(?:per|every|a\b))|\bright\s+away\b"
    r"|\bwith\s+(?:all\s+|the\s+)?(?:due\s+|reasonable\s+|utmost\s+|appropriate\s+)?(?:speed|haste"
    r"|dispatch|despatch|promptness|urgency|expedition)\b|\bas\s+a\s+matter\s+of\s+urgency\b"
    r"|\bat\s+(?:the|its|their|our|your)\s+(?:very\s+)?(?:earliest|first|soonest|next)\s+"
    r"(?:(?:possible|reasonable|practicable|available)\s+)?(?:opportunity|convenience|time|date"
    r"|moment|occasion)\b"
    r"|\b(?:as|so)\s+(?:soon|quickly|early|rapidly|promptly|fast|swiftly|speedily"
    r"|expeditiously)\s+as\b(?:\s+(?:is\s+|it\s+is\s+)?(?:reasonably\s+|commercially\s+)?"
    r"(?:practicable|possible|feasible|practical))?|\bASAP\b"
    r"|\b(?:in|on)\s+an?\s+(?:reasonably\s+)?(?:timely|prompt|expeditious|speedy|swift)\s+(?:manner"
    r"|fashion|way|basis)\b"
    r"|\btimely\s+(?=notif|inform|respon|repl|answer|provid|report|notice|assist|deliver|return"
    r"|delet|correct|remed)"
    r"|\b(?:within|in)\s+(?:an?\s+|the\s+|such\s+)?(?:(?:commercially|reasonably)[\s-]+)?"
    r"(?:reasonable|appropriate|acceptable|adequate|practicable|short(?:est)?|brief|prompt|timely"
    r"|suitable|sensible|fair|customary|usual)(?:\s+(?:possible|practicable))?\s+"
    r"(?:amount\s+of\s+|period\s+of\s+|length\s+of\s+|space\s+of\s+)?(?:time(?:\s+(?:limit|period"
    r"))?|periods?|time\s?-?\s?frame|timescale|deadline|delay|term|interval)s?\b"
    r"|\bwithin\s+(?:such|a|the)\s+(?:time|period)\s+(?:as|that|which)\s+(?:is|may\s+be)\s+"
    r"(?:\w+ly\s+)?(?:reasonable|appropriate|practicable|necessary|possible)\b"
    r"|\bin\s+(?:due\s+(?:course|time)|good\s+time)\b|\b(?:shortly|soon)\s+(?:after|thereafter)\b"
    r"|\b(?:sufficiently|reasonably|suitably|well)\s+in\s+advance\b"
    r"|\b(?:when|as\s+and\s+when)\s+(?:reasonably\s+)?(?:practicable|convenient)\b",
    re.IGNORECASE,
)
_GIVES = (
    r"(?:giv(?:e|es|ing)|provid(?:e|es|ing)|send(?:s|ing)?|tak(?:e|es|ing)|mak(?:e|es|ing)"
    r"|deliver(?:s|ing)?|ensur(?:e|es|ing)|issu(?:e|es|ing)|furnish(?:es|ing)?|offer(?:s|ing)?)"
)
_HASTY_THING = re.compile(
    rf"\b{_GIVES}\s+(?:[\w']+\s+){{0,4}}?(?P<time>{_QUICK})\s+(?:written\s+|and\s+\w+\s+|full\s+"
    r"|corrective\s+|remedial\s+){0,2}(?:notice|notification|information|warning|report|action"
    r"|steps|measures|response|answer|access|assistance|support|cooperation|co-operation|help"
    r"|remediation|correction|deletion|return|attention)s?\b"
    rf"|\b(?P<first>{_QUICK})\s+(?:written\s+)?(?:notice|notification|warning|report|information)\b"
    r"[^.;]{0,80}\b(?:shall|must|will|is|are)\s+(?:to\s+)?(?:be\s+)?(?:given|provided|sent|made)\b"
    rf"|\b{_GIVES}\s+(?:[\w']+\s+){{0,4}}?(?P<notice>reasonable\s+(?:(?:prior|advance|written"
    r"|previous)\s+){0,3}notice)\b",
    re.IGNORECASE,
)
_CADENCE_NOUN = (
    r"(?:reviews?|tests?|testing|audits?|assessments?|training|back-?ups?|scans?|scanning|checks?"
    r"|reports?|updates?|inspections?|evaluations?|intervals?|monitoring|exercises?|rotations?)"
)
_PERIODIC = re.compile(
    r"\bperiodically\b|\bregularly\b(?!\s+scheduled)|\bfrequently\b(?!\s+(?:asked|used))"
    r"|\broutinely\b"
    r"|\bon\s+an?\s+(?:periodic|regular|routine|frequent)\s+basis\b"
    r"|\bat\s+(?:regular|periodic|appropriate|reasonable|suitable|frequent)\s+intervals\b"
    rf"|\b(?:periodic|regular|frequent|routine)\s+(?=(?:[\w-]+\s+(?:and\s+)?){{0,3}}?{_CADENCE_NOUN}\b)",
    re.IGNORECASE,
)
_CADENCE_VERB = (
    r"(?:review|test|updat|audit|assess|check|train|monitor|scan|inspect|evaluat|verif|rotat"
    r"|patch|examin|back\s?up|backed|chang|remind|instruct|report|exercis|rehears|clean|measur"
    r"|delet|purg|incorporat|approv)"
)
_NOW_AND_THEN = re.compile(
    rf"\b(?:shall|must|will|should),?\s+(?P<first>from\s+time\s+to\s+time)\b"
    rf"|\b{_CADENCE_VERB}\w*\s+(?:(?!as\b|that\b|which\b|may\b)[\w'-]+\s+){{0,8}}?"
    r"(?P<last>from\s+time\s+to\s+time|now\s+and\s+then|every\s+so\s+often|at\s+times)\b",
    re.IGNORECASE,
)
_STATUTE = re.compile(r"\bprocess(?:es)?\s+(?:for|of)\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Time:
    """A vague time in a sentence; ``periodic`` when it is a cadence."""

    start: int
    end: int
    says: str
    periodic: bool = False


def _times(text: str) -> list[_Time]:
    out = [_Time(*m.span(), m[0].strip()) for m in _VAGUE.finditer(text)]
    for found in _HASTY_THING.finditer(text):
        group = next(name for name in ("time", "first", "notice") if found[name])
        out.append(_Time(*found.span(group), found[group]))
    out.extend(
        _Time(*found.span(), found[0].strip(), periodic=True)
        for found in _PERIODIC.finditer(text)
        if not _STATUTE.search(text[max(0, found.start() - 20) : found.start()])
    )
    for found in _NOW_AND_THEN.finditer(text):
        group = "first" if found["first"] else "last"
        out.append(_Time(*found.span(group), found[group], periodic=True))
    return sorted(out, key=lambda time: time.start)


def vague_time(reading: Reading) -> Iterator[Finding]:
    """A duty has a time without a number (L5); a number of another duty does not settle it."""
    told = _told(reading)
    spans = reading.own_sentences
    for at, span in enumerate(spans):
        times = [time for time in _times(span.text) if _plain(time.says) not in told]
        if not times:
            continue
        lead = reading.lead_in(span.clause)
        after = spans[at + 1] if at + 1 < len(spans) else None
        settled = after is not None and _settled_by(span, after)
        if settled or has_deadline(lead) or _list_settles(reading, span):
            continue
        duties = Duties(span.text)
        for time in times[:MOST]:
            if not duties.deadline_for(time.start, time.end) and _is_duty(span, lead, time):
                yield reading.finding(
                    "vague-time",
                    (span.start + time.start, span.start + time.end),
                    f"The time of this duty has no number: {quote(time.says)}.",
                )


def _plain(says: str) -> str:
    return " ".join(says.lower().split())


_DEFINES = re.compile(
    r"[\"'](?P<says>[^\"']{4,40})[\"']\s+(?:shall\s+|will\s+)?(?:means?|is|are\s+understood)\b"
    r"|\b(?:references?\s+to|the\s+words?|the\s+expressions?)\s+[\"']?(?P<other>[^\"']{4,40}?)[\"']?"
    r"\s+(?:shall\s+)?(?:means?|are\s+to|is\s+to)\b",
    re.IGNORECASE,
)


def _told(reading: Reading) -> frozenset[str]:
    """Return the vague times for which the contract itself has a number."""
    out: set[str] = set()
    for span in reading.whole_sentences:
        for found in _DEFINES.finditer(span.text) if "mean" in span.text else ():
            says = found["says"] or found["other"]
            if _VAGUE.search(says) and has_deadline(span.text[found.end() - 6 :]):
                out.add(_plain(says))
    return frozenset(out)


_SAME_DUTY = re.compile(
    r"(?:but\s+)?(?:in|under)\s+(?:any|no|every|all|either)\s+(?:event|case|circumstance)"
    r"|at\s+the\s+latest\b",
    re.IGNORECASE,
)
_THE_NOTICE = re.compile(
    r"(?:such|this|that|the)\s+(?:\w+\s+)?(?:notice|notification)\s+(?:shall|must|will|is|has\s+to"
    r"|reaches|follows|may\s+not)\b",
    re.IGNORECASE,
)


def _settled_by(span: Span, after: Span) -> bool:
    """Return whether the next sentence of the same clause gives the time: "In any event …"."""
    if after.clause is not span.clause or not has_deadline(after.text):
        return False
    if _SAME_DUTY.match(after.text):
        return True
    told = re.search(r"\bnotif|\bnotice", span.text, re.IGNORECASE)
    return told is not None and _THE_NOTICE.match(after.text) is not None


def _list_settles(reading: Reading, span: Span) -> bool:
    """Return whether a sentence leads into a list of which every member has its own time."""
    if not span.text.rstrip().endswith((":", "-", "\u2013", "\u2014", "within", "than", "by", ",")):
        return False
    members = reading.contract.children(span.clause.path)
    if not members or not span.end <= members[0].start <= span.end + 40:
        return False
    listed = [c for c in members if c.kind in {"item", "inline", "bullet"}]
    return bool(listed) and all(has_deadline(f"within {c.text}") for c in listed)


# Whose time it is: a duty, a right, a legal effect, or a place in the text -----------------------

_PLACE_NOT_TIME = re.compile(
    r"\s+(?:preceding|prior\s+to|before|above|below|adjacent|available|accessible|effective"
    r"|identifiable|apparent|visible|recogni[sz]able|due|payable|binding|enforceable|succeeding"
    r"|surrounding)\b",
    re.IGNORECASE,
)
_AFTER_NOUN = re.compile(
    r"\b(?:day|date|month|year|quarter|week|period|paragraph|sentence|section|clause|schedule"
    r"|effective|effect|enforceable|force|binding|valid|applicable|version|one|step)s?\s+$",
    re.IGNORECASE,
)
_ENDS_ITSELF = re.compile(
    r"\b(?:agreement|addendum|DPA|contract|deed|licen[cs]e|right|consent|authori[sz]ation"
    r"|appointment|permission|mandate|instruction)s?\b[^.;]{0,60}\b(?:terminate|expire|end|lapse"
    r"|cease|revert|vest)s?\s+(?:automatically\s+)?(?:and\s+)?$",
    re.IGNORECASE,
)
_ENDS_NEXT = re.compile(
    r"\s+(?:and\s+automatically\s+)?(?:terminate|expire|end|lapse|revert|vest)s?\b(?!\s+(?:the|any"
    r"|all|its|their|such))",
    re.IGNORECASE,
)
_TOGETHER = re.compile(
    r"\b(?:all|than\s+\w+|two|three|four|several|many|persons|people|copies|sessions|records)\s+$",
    re.IGNORECASE,
)
_BY_ITSELF = re.compile(
    r"\b(?:locks?|locked|blocks?|sounds?|triggers?|overwrit\w+|expires?|alarms?|alerts?|screens?"
    r"|disconnects?|logs?\s+out|signs?\s+out|starts?|switch\w*)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|had(?:\s+been)?|ha(?:s|ve)\s+been)\s+(?:\w+\s+)?$", re.IGNORECASE
)
_RIGHT = re.compile(r"may|can|entitled|right|free|allowed|permitted|authori|option", re.IGNORECASE)
_ORDERS = re.compile(
    r"\b(?:require|oblige|request|instruct|order|ask|direct|demand)\b[^.;]{0,80}\bto\b",
    re.IGNORECASE,
)
_NO_DUTY = re.compile(
    r"\b(?:not|never)\s+(?:be\s+)?(?:required|obliged|obligated|bound|expected)\s+to\b"
    r"|\bno\s+(?:obligation|duty)\b|\bwhereas\b|[\"'][^\"']{2,60}[\"']\s+means?\b",
    re.IGNORECASE,
)
_FAILS = re.compile(
    r"\b(?:fails?|failed|refuses?|neglects?|omits?|failure|does\s+not|do\s+not)\b[^.,;]{0,140}$",
    re.IGNORECASE,
)
_ASIDE_MODAL = re.compile(
    r"\b(?:if|that|which|who|where|when|as|whose|whether|because|what)\b[^,;]{0,80}$", re.IGNORECASE
)
_CLAIMED = re.compile(
    rf"\b(?:{VERB}|shall|must|will|agrees?|undertakes?|fails?|failure|\w+ed)\b", re.IGNORECASE
)


def _is_duty(span: Span, lead: str, time: _Time) -> bool:
    before, after = span.text[: time.start], span.text[time.end :]
    if _is_no_time(before, after, time):
        return False
    if _FAILS.search(before[-160:]):
        return True
    governing = _governing(f"{lead[-600:]} {before[-600:]}", after[:200])
    if governing is not None:
        ordered = _ORDERS.search(before[before.lower().rfind(governing.lower()) :])
        return not _RIGHT.search(governing) or ordered is not None
    return _is_plain_duty(span, f"{lead} {span.text}", time)


def _is_no_time(before: str, after: str, time: _Time) -> bool:
    """Return whether the words tell a place, a legal effect or the absence of a duty."""
    if _PLACE_NOT_TIME.match(after) or _AFTER_NOUN.search(before[-24:]):
        return True
    if _ENDS_ITSELF.search(before[-140:]) or _ENDS_NEXT.match(after[:40]):
        return True
    if time.says.lower() == "at once" and _TOGETHER.search(before[-24:]):
        return True
    return _NO_DUTY.search(before[-300:]) is not None


def _governing(before: str, after: str) -> str | None:
    """Return the modal verb that governs a time: the last before it, else the next after it."""
    for modal in reversed(list(MODAL.finditer(before))):
        possible = _RIGHT.match(modal[0]) and _ASIDE_MODAL.search(before[: modal.start()][-90:])
        if not possible:
            return modal[0]
    ahead = MODAL.search(re.split(r";", after, maxsplit=1)[0])
    return ahead[0] if ahead is not None else None


def _is_plain_duty(span: Span, text: str, time: _Time) -> bool:
    """Return whether a sentence without shall or must binds somebody: "X is told at once"."""
    if span.clause.kind == "preamble":
        return False
    near = span.text[max(0, time.start - 80) : time.end + 60]
    if _BY_ITSELF.search(near) or _PAST.search(span.text[: time.start][-40:]):
        return False
    if time.periodic:
        return re.search(_CADENCE_VERB, near, re.IGNORECASE) is not None
    return _CLAIMED.search(text) is not None or not _in_annex(span.clause)


def _in_annex(clause: Clause) -> bool:
    return clause.kind in {"annex", "block", "bullet"}
