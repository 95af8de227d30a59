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

_VERB = (
    r"(?:is|are|was|were|has|have|had|maintain|hold|compl(?:y|ies)|use|follow|meet|support|adhere|"
    r"participate|rel(?:y|ies)|undergo|undergoes|remain|continue|perform|complete|rely|certif)s?\b"
)
_CLAUSE = re.compile(
    r";|:\s|\s[\u2013-]{1,2}\s|,?\s(?:but|however|while|whereas|although|though|yet|so that)\s"
    r"|,\s(?=(?:we|our|it|they|you|the company|all)\s)"
    rf"|,?\sand\s(?=(?:we|our|it|they|the company)\s|(?:also\s|still\s|now\s)?{_VERB})"
    r"|\s(?:who|because|since we|as we)\s"
)
_EXCEPT = re.compile(
    r"\b(?:not (?:only|just|merely|limited|yet another)|no (?:less|matter|later|doubt|\.?\s?[0-9])"
    r"|without (?:exceptions?|interruption|fail|limitation|delay)|never been (?:better|stronger)"
    r"|no\.)"
)
_DENY = re.compile(
    r"(?:\b(?:not|never|no|nor|neither|none|nobody|cannot|without|non|no longer|stopped|ceased|"
    r"discontinued|dropped|disabl(?:e|es|ed|ing)|block(?:s|ed|ing)?|reject(?:s|ed|ing)?|"
    r"refus(?:e|es|ed|ing)|prohibit(?:s|ed|ing)?|forbid(?:s|den)?|remov(?:e|es|ed|ing)|"
    r"eliminat(?:e|es|ed|ing)|deprecat(?:e|es|ed|ing)|retir(?:e|es|ed|ing)|exclud(?:e|es|ed|ing)|"
    r"phas(?:ed|ing) out|banned|turned off|withdrew|avoid(?:s|ed)?|myth|misnomer|other than|"
    r"instead of|rather than|in place of|in lieu of|as opposed to|unlike|left)\b|n't\b)"
)
_ADJUNCT = re.compile(
    r"\b(?:in accordance with|in compliance with|pursuant to|as required by|consistent with|"
    r"according to|in line with|as per|as defined (?:by|in)|certified (?:under|to|for|against))\b"
)
_COMMA_ADJUNCT = re.compile(r",\s(?:as\s)?(?:under|based on|per|using|validated|audited|certified|with)\b")
_REPLACES = re.compile(
    r"\b(?:replac(?:e|es|ed|ing|ement (?:of|for))|supersed(?:e|es|ed|ing)|succeed(?:s|ed|ing)?|"
    r"successor (?:to|of)|upgrad(?:e|ed|ing) from|migrat(?:e|ed|ing) (?:away )?from|"
    r"mov(?:e|ed|ing) (?:away |on )?from|transition(?:ed|ing)? (?:away )?from|evolved from|"
    r"invalidat(?:es|ed|ing)|struck down|annull?ed|repeal(?:s|ed|ing)?|consolidat(?:es|ed|ing))\b"
    r"(?!\s+by\b)(?:\W+[\w.]+){0,8}?\W*$"
)
_FORMER = re.compile(
    r"\b(?:formerly|previously|former|previous|predecessor|then-current|at the time|historically|"
    r"obsolete|outdated|retired|defunct|now-invalid|invalidated|superseded|expired|withdrawn|"
    r"used to|in the past|was once|were once)\b(?:\W+[\w.]+){0,6}?\W*$"
)
_ENDED = re.compile(
    r"^[\w\s.,'\"()/&\u2013-]{0,90}?(?:\b(?:is|are|was|were|been|being|be|which|that|now|it)|[,(:=\u2013-])\s*"
    r"(?:\w+\s){0,3}?(?:invalid(?:ated)?|retired|withdrawn|superseded|replaced|repealed|disabled|"
    r"deprecated|discontinued|sunset|obsolete|ended|expired|struck down|annulled|revoked|"
    r"prohibited|blocked|rejected|refused|not|no longer|never|turned off|switched off|removed|"
    r"phased out|unsupported|consolidated|declared (?:invalid|inadequate)|inadequate|lapsed|"
    r"off|history)\b"
)
_ACTIVE_END = re.compile(
    r"^\s?(?:frameworks?|programs?|certifications?|standards?|reports?)?\s?"
    r"(?:expired|ended|lapsed|ceased|gave way|became (?:invalid|obsolete)|no longer|"
    r"(?:does|do|did|will|has|have|can|could|may|must|should|is|are|was|were)\s?(?:not|n't)|cannot|"
    r"must (?:be )?(?:upgrade|replaced))"
)
_UNTIL = re.compile(r"\b(?:until|through|before|prior to|up to|till|to)\s(?:\w+\s){0,3}?$")
_PAST = re.compile(
    r"\b(?:was|were|had|did|became|achieved|obtained|received|completed|passed|earned|underwent|"
    r"relied|used|held|maintained|participated|complied|attained)\b"
)
_STILL = re.compile(r"\b(?:last|latest|current|currently|most recent|still|remains?|today|now)\b")
_VALID = re.compile(r"\b(?:valid|expir\w+|good|certified|compliant|in force|effective)\b[^.]{0,30}$")
_ASSERT = re.compile(
    r"\b(?:certif\w*|complian\w*|compl(?:y|ies|ying)|attest\w*|accredit\w*|maintain\w*|adher\w*|"
    r"participa\w*|validated|audited|assessed|examined|conform\w*|align\w*|based|accordance|under|"
    r"using|uses?|encrypt\w*|protected|secured?|supports?|accepts?|rel(?:y|ies)|hold\w*|follow\w*|"
    r"meets?|governed|pursuant|reports?|audits?|transfers?)\b"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a name stands in its sentence.

    ``denied``: the sentence says that it is not, or no longer, so. ``past``: told in the past
    tense with a date that is over. ``asserted``: a word of claiming stands with it.
    """

    denied: bool
    past: bool
    asserted: bool


def standing(text: str, span: tuple[int, int], others: Sequence[tuple[int, int]], on: date) -> Standing:
    """Judge one name of a sentence.

    Args:
        text: the sentence, lower case.
        span: where the name stands.
        others: where other names stand.
        on: the day of judgement: a date before it is past.
    """
    start, end = span
    left, right = _clause(text, start, end)
    before, after = _outside(text[left:start]), text[end:right]
    claimed = _ADJUNCT.search(before[-40:]) is not None or _asserted_before(before)
    stop = next((s - end for s, _ in sorted(others) if s >= end and s - end < len(after)), None)
    if stop is not None and (claimed or not _joined(after[:stop])):
        after = after[:stop]
    denied = (
        _denies(before)
        or _replaces(before)
        or _FORMER.search(before) is not None
        or _ends(after)
        or _over(text[left:right], start - left, on)
    )
    clause = text[left:right]
    past = (
        _PAST.search(clause) is not None
        and _STILL.search(clause) is None
        and any(found.day < on for found in dates(clause))
    )
    return Standing(denied, past, _ASSERT.search(clause) is not None)


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    left, right = max(0, start - REACH), min(len(text), end + REACH)
    for found in _CLAUSE.finditer(text, left, right):
        if found.end() <= start:
            left = found.end()
        elif found.start() >= end:
            return left, found.start()
    return left, right


def _outside(before: str) -> str:
    """Leave out brackets that are closed before the name: what they deny is another thing."""
    return re.sub(r"\([^()]{0,200}\)", " ", before)


def _joined(gap: str) -> bool:
    """Say whether only commas and conjunctions stand between two names."""
    return re.fullmatch(r"(?:[\s,/&()]|and|or|as well as|versions?|both)*", gap) is not None


def _asserted_before(before: str) -> bool:
    return re.search(
        r"\b(?:certified|compliant|complies|comply|validated|audited|assessed|adheres?|attested)"
        r"(?:\W+\w+){0,4}\W*$",
        before,
    ) is not None


def _denies(before: str) -> bool:
    plain = _EXCEPT.sub(lambda found: " " * len(found[0]), before)
    last = None
    for last in _DENY.finditer(plain):
        pass
    if last is None:
        return False
    between = plain[last.end() :]
    if last[0] in ("not", "n't", "never", "no") and _ADJUNCT.match(between.lstrip()):
        return True
    return not (_ADJUNCT.search(between) or _COMMA_ADJUNCT.search(between))


def _replaces(before: str) -> bool:
    found = _REPLACES.search(before)
    if found is None:
        return False
    # ``is replaced by X``, ``was superseded in 2017 by X``: X is what lives.
    return re.search(r"\b(?:by|with|to)\b", found[0]) is None or "from" in found[0].split()[:3]


def _ends(after: str) -> bool:
    plain = _EXCEPT.sub(lambda found: " " * len(found[0]), after)
    return _ENDED.match(plain) is not None or _ACTIVE_END.match(plain) is not None


def _over(clause: str, at: int, on: date) -> bool:
    """Say whether the clause itself gives the day on which it was over: ``until 2020 we …``."""
    for found in dates(clause):
        lead = clause[max(0, found.start - 40) : found.start]
        if found.day < on and _UNTIL.search(lead) and not _VALID.search(lead):
            told = _PAST.search(clause) is not None
            if told or re.fullmatch(r"[\s(,]{0,3}(?:until|through|to)\s(?:\w+\s){0,2}", clause[at:][-60:]):
                return True
            if lead.rstrip().endswith(("until", "till")) and found.start > at:
                return True
    return False
