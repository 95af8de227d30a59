"""Duties within a sentence: where one ends and the next begins, and which deadline is whose.

``The supplier reports the loss without delay and sends a list within five days`` holds two duties;
the five days belong to the second only. Everything here is recognition by words, in linear time.
"""

from __future__ import annotations

import re

_NUMBER = (
    r"(?:[0-9]{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
    r"|fourteen|fifteen|sixteen|eighteen|twenty(?:-\w{3,5})?|thirty|thirty-\w{3,5}|forty"
    r"|forty-eight|forty-five|sixty|seventy-two|ninety|half\s+an?|an?)"
)
DURATION = (
    rf"\b{_NUMBER}(?:\s*\([^()]{{1,16}}\))?[\s-]{{0,3}}(?:(?:full|consecutive|clear|calendar"
    r"|business|working|banking|school|trading|further|more)\s+){0,2}"
    r"(?:minute|hour|day|week|fortnight|month|quarter|year)s?\b"
    r"|\b[0-9]{1,4}\s?(?:h|hrs?|min)\b"
)
_DAY = (
    r"(?:business\s+|working\s+|banking\s+|calendar\s+|school\s+)?(?:day|week|month|quarter|year)"
)
_BEFORE_NUMBER = (
    r"(?:within|in|inside|by|(?:no|not|never)\s+(?:later|more|longer|less)\s+(?:often\s+"
    r"|frequently\s+)?than|latest|at\s+(?:the\s+)?(?:latest|most|least)|up\s+to|maximum|max\.?"
    r"|exceed(?:ing|s)?|under|less\s+than|before|every|each|per|once|twice|meaning|means|that\s+is"
    r"|i\.e\.|namely|intervals?|period)"
)
_NOT_AFTER_NUMBER = (
    r"(?!(?:'|\s+of)?\s*(?:(?:prior|advance|written|previous)\s+){0,3}notice\b|\s+old\b)"
)
_CLOCK = r"\b[0-9]{1,2}(?:[:.][0-9]{2})?\s?(?:[ap]\.?m\b|o'clock\b|hours\b)|\bmidnight\b|\bnoon\b"
_MONTHS = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
)
# A deadline or a cadence that can be computed; a mere quantity of time ("for five years") is none.
_DEADLINE = re.compile(
    rf"\b{_BEFORE_NUMBER}\b(?:(?!\bfor\b)[^.;]){{0,32}}?(?:{DURATION}){_NOT_AFTER_NUMBER}"
    rf"|(?:{DURATION})(?:'|\s+of)?\s*,?\s+(?:after|from|following|at\s+(?:the\s+)?(?:most|latest)"
    r"|or\s+(?:less|sooner|earlier)|maximum|later|of\s+(?:the|its|any|such|becoming|discover"
    r"|receipt|receiv|learning|notic))"
    rf"|\(\s*(?:{DURATION})[^()]{{0,30}}\)|[,:]\s+(?:{DURATION})\s*(?:[.;,]|$)"
    rf"|\b(?:next|same|following|first|second|third|each|every)\s+{_DAY}\b"
    r"|\b(?:each|every)\s+(?:night|morning|evening|hour|minute|shift|fortnight|use|start|release"
    r"|session|spring|summer|autumn|winter|term)\b"
    r"|\b(?:annually|biannually|semi-annually)\b|\b(?:hourly|daily|nightly|weekly|fortnightly"
    r"|monthly|quarterly|yearly|half-yearly|(?:semi-)?annual)(?=\s*(?:[,.;:)]|$)|\s+(?:basis"
    r"|intervals?|and|or|at|by|for|in|on|scans?|tests?|testing|reviews?|back-?ups?|checks?)\b)"
    r"|\b(?:once|twice|(?:three|four)\s+times)\s+(?:a|per|every|each)\b"
    rf"|\b(?:by|until|before|not\s+later\s+than|no\s+later\s+than)\b[^.;]{{0,24}}?(?:{_CLOCK}"
    rf"|\b(?:[0-9]{{1,2}}\s+)?{_MONTHS}\b|\bclose\s+of\s+business|\bend\s+of\s+(?:the|that|each)"
    rf"\s+(?:\w+\s+){{0,3}}(?:day|week|month|quarter|year)\b)"
    r"|\beach\s+" + _MONTHS + r"\b"
    r"|\bwithin\s+the\s+(?:same\s+)?(?:times?|periods?|deadlines?|time\s?-?\s?(?:limit|frame)s?"
    r"|hours|days)\s+(?:\w+\s+){0,4}(?:in|under|by|of)\s+(?:the\s+|this\s+)?(?:sections?|clauses?"
    r"|paragraphs?|articles?|annex|schedule|table|appendix|exhibit|attachment|row|line|item|part)\b"
    r"|\b(?:in|within)\s+the\s+same\s+(?:period|time)\b"
    r"|\b(?:(?:no|not)\s+later\s+than|at\s+the\s+latest|in\s+any\s+(?:event|case))\s*,?\s+"
    r"(?:before|prior\s+to|on|upon|by|when|at\s+the\s+time"
    r"|the\s+(?:times?|dates?|hours?|day|periods?|deadlines?|end|start|beginning))\b",
    re.IGNORECASE,
)
# What stands in such a part of the sentence is a condition or an aim, not the duty's own time.
_ASIDE = re.compile(
    r"\b(?:if|unless|where|whenever|when|once(?!\s+(?:an?|per|every|each|in)\b)|so\s+that|so\s+as\s+to"
    r"|in\s+order\s+(?:to|that)"
    r"|to\s+(?:enable|allow|let|help)|enabling|allowing|in\s+time\s+(?:for|to))\b"
    r"(?:(?!\b(?:and|but|or)\s+(?:in\s|at\s|no\s|not\s|never\s|within\s))[^,;(]){0,400}",
    re.IGNORECASE,
)


def _listed(words: str) -> list[str]:
    return words.split()


# Verbs of duty, in their base form.
STEMS = _listed(
    """
    accept acknowledge allow amend answer appoint apply arrange ask assess assist audit begin
    block call cancel carry cease certify change check close complete confirm contain
    cooperate correct cure deal delete deliver describe designate destroy disable disclose
    document email encrypt end ensure erase escalate examine explain fix follow forward
    furnish give grant hand help identify implement inform inspect install investigate isolate
    issue keep maintain make mitigate monitor name notify obtain open pass patch pay perform
    permit phone post prepare propose provide publish put reimburse refer refund remedy remove
    repair replace reply report resolve respond restore return review revoke rotate scan seek
    send sign start state stop submit supply support suspend take tell telephone terminate
    test train transfer transmit update verify withdraw write
    """
)


def _forms(stem: str) -> str:
    if stem.endswith("y") and stem[-2] not in "aeiou":
        return f"{stem[:-1]}(?:y|ies)"
    if stem.endswith(("s", "ss", "ch", "sh", "x")):
        return f"{stem}(?:es)?"
    return f"{stem}s?"


VERB = "(?:" + "|".join(_forms(stem) for stem in STEMS) + ")"
_VERB = re.compile(rf"{VERB}\Z")
_OBJECT = (
    r"(?=\s+(?:the|an?|any|all|its|their|it|them|him|her|us|you|such|to|each|every|that|this|these"
    r"|those|whether|what|in\s+writing|written|out|over|up|back|off|with|on|for|full|further"
    r"|one|two|three|(?-i:[A-Z])"
    rf"|(?:and|or)\s+{VERB}\b))"
)
_NEXT_VERB = re.compile(
    r"(?P<before>[\w'\)\]]+)(?P<cut>\s*,?\s+(?:and/or|and\s+then|and|or|but|then)\s+|,\s+)"
    rf"(?:(?:also|then|thereafter|subsequently|further|\w+ly|at\s+once|without\s+delay),?\s+)?"
    rf"(?P<verb>{VERB})\b{_OBJECT}",
    re.IGNORECASE,
)
MODAL = re.compile(
    r"\b(?:shall|must|will|should|agrees?\s+to|undertakes?\s+to|commits?\s+to"
    r"|(?:is|are)\s+(?:required|obliged|obligated|bound)\s+to"
    r"|may|can|(?:is|are|be)\s+(?:entitled|free|allowed|permitted|authori[sz]ed)\s+to"
    r"|(?:has|have|reserves?)\s+the\s+(?:right|option))\b",
    re.IGNORECASE,
)
_LIMITING = re.compile(
    r"\s*(?:not|in\s+no\s+(?:event|case))?\s*(?:be|come|end|last)?\s*(?:later|longer|more|exceed"
    r"|(?:at\s+the\s+)?latest|within)\b",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"[,;]|\b(?:and|but|or|which|who|that|so\s+that|while|whereas|because|since|as)\b",
    re.IGNORECASE,
)


def _cuts(text: str) -> list[int]:
    cuts = {0}
    cuts.update(found.end() for found in re.finditer(r";", text))
    for found in _NEXT_VERB.finditer(text):
        if not _VERB.match(found["before"].lower()):
            cuts.add(found.start("cut"))
    joints = [found.start() for found in _JOINT.finditer(text)]
    at = 0
    for number, modal in enumerate(MODAL.finditer(text)):
        while at < len(joints) and joints[at] < modal.start():
            at += 1
        if number and at and not _LIMITING.match(text, modal.end()):
            cuts.add(joints[at - 1])
    return sorted(cuts)


def has_deadline(text: str) -> bool:
    """Return whether words set a time that can be computed, conditions and aims left out."""
    return _DEADLINE.search(_ASIDE.sub(" ", text)) is not None


class Duties:
    """The duties of one sentence."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._cuts = [*_cuts(text), len(text)]
        self._modal = MODAL.search(text)

    def deadline_for(self, start: int, end: int) -> bool:
        """Return whether the duty at ``text[start:end]`` has a time that can be computed.

        A time that opens the sentence, before its first verb, holds for all the duties that share
        this verb: up to the next one with a subject of its own.
        """
        text, modal = self._text, self._modal
        first = max(at for at in self._cuts if at <= start)
        last = min((at for at in self._cuts if at >= end), default=len(text))
        if has_deadline(text[first:start]) or has_deadline(text[end:last]):
            return True
        if _RESUMES.match(text, last) and has_deadline(text[last : last + 160]):
            return True
        if modal is None or first == 0:
            return first > 0 and modal is None and has_deadline(_opening(text))
        another = MODAL.search(text, first, start)
        if another is not None and not _SAME_SUBJECT.match(text[first : another.start()]):
            return False
        return has_deadline(text[: modal.start()])


_RESUMES = re.compile(
    r"[\s,;]*(?:and\s+)?(?:this|which|that|such\s+(?:notice|notification))\s+(?:is|shall|must|will|has"
    r"|means|may\s+not)\b",
    re.IGNORECASE,
)
_SAME_SUBJECT = re.compile(r"\s*[,;]?\s*(?:and|or|but)?\s*(?:it\s+|they\s+)?\Z", re.IGNORECASE)


def _opening(text: str) -> str:
    """Return the words before the first comma, in sentences of the present tense."""
    head, comma, _ = text.partition(",")
    return head if comma else ""
