"""Whether a sentence claims what it names: denials, history and reported ends are no claims.

General rules of English over the clause around a name. ``We do not use SSL``, ``TLS 1.0 is
disabled``, ``until 2020 we relied on it``, ``replaces ISO 27001:2013`` and ``it was invalidated``
claim nothing. A denial reaches to the end of its own clause only: ``we never store card codes and
are certified under PCI DSS`` is a claim.

Deliberately not checked: irony, questions, and negation across sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bailee.assurance.dates import dates

REACH = 240
DENIAL_REACH = 110

MASK = "\u00a7"
"""Stands for each character of another name."""

_VERB = (
    r"(?:is|are|was|were|has|have|had|maintain|hold|compl(?:y|ies)|use|follow|meet|support|adhere|"
    r"participate|rel(?:y|ies)|undergo|undergoes|remain|continue|perform|complete|rely|certif)s?\b"
)
_GONE = (
    r"(?:invalid(?:ated)?|retired|withdrawn|superseded|replaced|repealed|disabled|deprecated|"
    r"discontinued|sunset|obsolete|ended|expired|struck down|annulled|revoked|prohibited|blocked|"
    r"rejected|refused|not|no longer|never|turned off|switched off|removed|phased out|"
    r"unsupported|consolidated|succeeded|declared (?:invalid|inadequate)|inadequate|lapsed|"
    r"ceased|gone|avoided|broken|insecure|gave way|moved to the historical|off|history|"
    r"must (?:be )?(?:upgraded?|replaced)|cannot|forbidden)\b"
)
_CLAUSE = re.compile(
    rf";|:\s(?!(?:\w+\s){{0,2}}{_GONE})|\s[\u2013-]{{1,2}}\s(?!{_GONE})"
    r"|,?\s(?:but|however|while|whereas|although|though|yet|so that)\s"
    r"|,\s(?=(?:we|our|it|they|you|the company|all)\s)"
    rf"|,?\sand\s(?=(?:we|our|it|they|the company)\s|(?:also\s|still\s|now\s)?{_VERB})"
    r"|\s(?:who|because|since we|as we)\s"
)
_WHEN = re.compile(
    r"\W*(?:until|till|from|between|before|prior to|in|during|through)\s[^,;]{1,50}$"
)
_EXCEPT = re.compile(
    r"\b(?:not (?:only|just|merely|limited|yet another)|no (?:less|matter|later|doubt|\.?\s?[0-9])"
    r"|without (?:exceptions?|interruption|fail|limitation|delay)|never been (?:better|stronger)"
    r"|no\.)"
)
_NOUN = (
    r"frameworks?|program(?:me)?s?|certificat(?:ions?|es?)|standards?|protocols?|ciphers?|suites?|"
    r"algorithms?|hash(?:es)?|versions?|editions?|reports?|attestations?|assessments?|compliance|"
    r"audits?|examinations?|validations?|support|connections?|clients?|traffic|use|usage|itself|"
    r"principles|mechanisms?|booklets?|tools?|participation|adequacy|decisions?|guidance|directive|"
    r"act|ssl|tls|encryption|data transfers?|transfers?"
)
# One level of repetition, possessive: nothing to backtrack into.
_AND = (
    rf"[\s,/&()'\":=\u2013-]|{MASK}|v?[0-9][0-9.x]*+"
    rf"|(?:and|or|both|all|other|older|the|such as|like|including|{_NOUN})\b"
)
_NOT = re.compile(
    r"(?:\b(?:not|never|no|nor|neither|none|nobody|cannot|without|non|no longer|myth|misnomer|"
    r"other than|instead of|rather than|in place of|in lieu of|as opposed to|unlike)\b|n't\b)"
)
_UNDO = re.compile(
    r"\b(?:stopped|ceased|discontinued|dropped|disabl(?:e|es|ed|ing)|block(?:s|ed|ing)?|"
    r"reject(?:s|ed|ing)?|refus(?:e|es|ed|ing)|prohibit(?:s|ed|ing)?|forbid(?:s|den)?|"
    r"remov(?:e|es|ed|ing)|eliminat(?:e|es|ed|ing)|deprecat(?:e|es|ed|ing)|retir(?:e|es|ed|ing)|"
    r"exclud(?:e|es|ed|ing)|phas(?:ed|ing) out|banned|turned off|withdrew|withdrawn|left|"
    r"avoid(?:s|ed)?|replac(?:e|es|ed|ing|ements? (?:of|for))|supersed(?:e|es|ed|ing)|"
    r"succeed(?:s|ed|ing)?|successor (?:to|of)|upgrad(?:e|ed|ing)|migrat(?:e|ed|ing)|"
    r"mov(?:e|ed|ing)|transition(?:ed|ing)?|evolved|invalidat(?:es|ed|ing)|struck down|annull?ed|"
    r"repeal(?:s|ed|ing)?|consolidat(?:es|ed|ing))\b(?!\sby\b)"
)
_OBJECT = re.compile(
    rf"(?:{_AND}|(?:for|of|over|using|with|from|such|as|like|including|insecure|weak|legacy|"
    r"outdated|any|obsolete|deprecated|our|its|their|an?|in|away|on|\w+ed|us|cjeu|us-eu)\b)*+$"
)
_INTO = re.compile(r"\b(?:by|to|with|into)\b")
_ADJUNCT = re.compile(
    r"\b(?:in accordance with|in compliance with|pursuant to|as required by|consistent with|"
    r"according to|in line with|as per|as defined (?:by|in))\b"
)
_COMMA_ADJUNCT = re.compile(
    r",\s(?:as\s)?(?:under|based on|per|using|validated|audited|certified|with)\b"
)
_FORMER = re.compile(
    r"\b(?:(?:formerly|previously|previous|predecessor|then-current|at the time|historically|"
    r"used to|in the past|was once|were once|once\s\w+ed)\b(?:[^\w.]+[\w.]+){0,6}?"
    r"|(?<!\bare )(?<!\bis )(?<!\bbe )(?<!\bwere )"
    r"(?:former|obsolete|outdated|retired|defunct|now-invalid|invalidated|superseded|expired|"
    r"withdrawn)\b(?:[^\w.]+[\w.]+){0,2}?)[^\w.]*$"
)
_ENDED = re.compile(
    rf"(?:{_AND})*+(?:which\s[^,]{{1,60}},\s)?(?:which\s|that\s|now\s|it\s)?"
    r"(?:(?:is|are|was|were|has|have|had|do|does|did|will|can|could|may|should)\b\s?(?:\w+\s){0,3}?)?"
    rf"{_GONE}"
)
_ENDED_FAR = re.compile(
    rf"[^{MASK};]{{0,90}}?\b(?:is|are|was|were|been|which|that|now)\s(?:\w+\s){{0,3}}?"
    r"(?:invalidated|superseded|repealed|annulled|struck down|declared (?:invalid|inadequate)|"
    r"obsolete|deprecated|sunset|withdrawn)\b"
)
_CLAIMED = re.compile(
    r"\b(?:certified|compliant|complies|comply|validated|audited|assessed|adheres?|attested)"
    r"(?:[^\w.]+[\w.]+){0,4}[^\w.]*$"
)
_UNTIL = re.compile(r"\b(?:until|through|before|prior to|up to|till|to)\s(?:\w+\s){0,3}?$")
_UNTIL_NEXT = re.compile(r"[\s(,]{0,3}(?:until|through|till|to|before)\s(?:\w+\s){0,2}")
_PAST = re.compile(
    r"\b(?:was|were|had|did|became|achieved|obtained|received|completed|passed|earned|underwent|"
    r"relied|used|held|maintained|participated|complied|attained)\b"
)
_STILL = re.compile(r"\b(?:last|latest|current|currently|most recent|still|remains?|today|now)\b")
_VALID = re.compile(
    r"\b(?:valid|expir\w+|good|certified|compliant|in force|effective)\b[^.]{0,30}$"
)
_ASSERT = re.compile(
    r"\b(?:certif\w*|complian\w*|compl(?:y|ies|ying)|attest\w*|accredit\w*|maintain\w*|adher\w*|"
    r"participa\w*|validated|audited|assessed|examined|conform\w*|align\w*|based|accordance|under|"
    r"using|uses?|hash(?:ed|es|ing)?|sign(?:ed|s)|encrypt\w*|protected|secured?|supports?|accepts?|rel(?:y|ies)|hold\w*|follow\w*|"
    r"meets?|governed|pursuant|reports?|audits?|transfers?)\b"
)


_LABEL = re.compile(
    r"\b(?:(?:not|never|n't|no longer)\s(?:use|accept|support|allow|permit|offer|rely|enable|"
    r"in use)\w*|unsupported|disabled|prohibited|forbidden|deprecated|blocked|"
    r"banned|disallowed|rejected|retired|former|previous|historical|expired|"
    r"discontinued|removed|withdrawn|superseded)\b"
)
LABEL_MAX = 80


@dataclass(frozen=True, slots=True)
class Standing:
    """How a name stands in its sentence.

    ``denied``: the sentence says that it is not, or no longer, so. ``past``: told in the past
    tense with a date that is over. ``asserted``: a word of claiming stands with it.
    """

    denied: bool
    past: bool
    asserted: bool


def standing(
    text: str, span: tuple[int, int], others: Sequence[tuple[int, int]], on: date
) -> Standing:
    """Judge one name of a sentence.

    Args:
        text: the sentence, lower case.
        span: where the name stands.
        others: where other names stand.
        on: the day of judgement: a date before it is past.
    """
    start, end = span
    left, right = _clause(text, start, end)
    clause = text[left:right]
    before = re.sub(r"\([^()]{0,200}\)", " ", masked(text, others, left, start))
    after = masked(text, others, end, right)
    if _CLAIMED.search(before) or _ADJUNCT.search(before[-40:]):
        after = after.partition(MASK)[0]
    denied = (
        (text[left - 2 : left] == ": " and negative_label(text[max(0, left - LABEL_MAX) : left]))
        or _denies(before)
        or _FORMER.search(before) is not None
        or _ends(after, claimed=_CLAIMED.search(before) is not None)
        or _over(clause, (start - left, end - left), on)
    )
    past = (
        _PAST.search(clause) is not None
        and _STILL.search(clause) is None
        and any(found.day < on for found in dates(clause))
    )
    return Standing(denied, past, _ASSERT.search(clause) is not None)


def negative_label(text: str) -> bool:
    """Say whether a heading or label takes back what is listed under it: ``Not supported:``."""
    plain = _EXCEPT.sub(" ", text.rstrip(" :\n"))
    said = re.split(r"[.;!?]\s", plain)[-1]
    return len(said) < LABEL_MAX and _LABEL.search(said) is not None


def masked(text: str, others: Sequence[tuple[int, int]], left: int, right: int) -> str:
    """Return a stretch with other names masked, so that lists of names are seen as lists."""
    out, at = [], left
    for start, end in sorted(others):
        if end > at and start < right:
            out += [text[at : max(at, start)], MASK * (min(end, right) - max(at, start))]
            at = min(end, right)
    return "".join([*out, text[at:right]])


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    left, right = max(0, start - REACH), min(len(text), end + REACH)
    for found in _CLAUSE.finditer(text, left, right):
        if found.end() <= start:
            if not _WHEN.match(text, left, found.start()):
                left = found.end()
        elif found.start() >= end:
            return left, found.start()
    return left, right


def _denies(before: str) -> bool:
    """Say whether a word before the name takes it back, and reaches it."""
    plain = _EXCEPT.sub(lambda found: " " * len(found[0]), before)
    for found in _UNDO.finditer(plain):
        between = plain[found.end() :]
        # ``replaced X with``, ``moved from X to``, ``superseded by``: what follows is what lives.
        if not _INTO.search(between) and _OBJECT.match(between):
            return True
    said = list(_NOT.finditer(plain))
    if not said:
        return False
    between = plain[said[-1].end() :]
    if _ADJUNCT.match(between.lstrip()):
        return True
    reaches = len(between) <= DENIAL_REACH
    return reaches and not (_ADJUNCT.search(between) or _COMMA_ADJUNCT.search(between))


def _ends(after: str, *, claimed: bool) -> bool:
    """Say whether the words behind the name tell that it is over."""
    plain = _EXCEPT.sub(lambda found: " " * len(found[0]), after)
    if _ENDED.match(plain):
        return True
    return not claimed and _ENDED_FAR.match(plain) is not None


def _over(clause: str, span: tuple[int, int], on: date) -> bool:
    """Say whether the clause gives the day on which it was over: ``until 2020 we relied on it``."""
    for found in dates(clause):
        lead = clause[max(0, found.start - 40) : found.start]
        if found.day >= on or not _UNTIL.search(lead) or _VALID.search(lead):
            continue
        if _PAST.search(clause) or _UNTIL_NEXT.fullmatch(clause, span[1], found.start):
            return True
    return False
