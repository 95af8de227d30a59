"""The rule about texts that stop in the middle of a sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from bailee.agreement.clause import Clause, Finding, Paragraph
from bailee.agreement.reading import Reading, last_sentence, quote

# No sentence and no heading ends in these.
_OPEN_WORDS = frozenset(
    """
    the a an of to in for with by on under from its their his her our your any as at or and and/or
    shall must will may be been has have had which who whose if unless until such this these those
    than but nor into upon within without between against during including via per every either
    because although while whether cannot would
    """.split()
)
# A sentence may not end in these, the words of a form or a table may.
_LOOSE_WORDS = frozenset(
    "that is are was were not no all both each only also so when where".split()
)
# Even a full stop does not end a sentence after these.
_NEVER_LAST = re.compile(
    r"(?<![\w'-])(?:the|an|and|or|and/or|shall|must|its|their|every|than|including|whose|of\sa)"
    r"\s?[.;]$"
)
_CLOSED = re.compile(r"[.!?;][\"')\]*_]{0,4}$|[\"')\]][*_]{0,2}$")
_STOPPED = re.compile(r"[.;,:!?][\"')\]]?$")
_FULL_STOP = re.compile(r"[.!?][\"')\]]{0,2}$")
_STRAY = re.compile(r"[A-Za-z,;][<>{\\^~=&@#]+$")
_CUT_SHORT = re.compile(r"[A-Za-z](?:\s?\.\.\.|\s?\u2026)$")
_JOINED = re.compile(r"(?:^|[;,]\s?)(?:and|or|and/or|then)$|,$", re.IGNORECASE)
_BARE_JOINED = re.compile(r"\s(?:and|or|and/or)$", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:shall|must|will|may|can|cannot|should|is|are|was|were|means?|has|have|agrees?"
    r"|includes?|undertakes?|certif(?:y|ies)|warrants?|represents?|acknowledges?)\b"
)
_FIELD_LINE = re.compile(r"(?:\*\*)?[A-Z][^.:;\n|]{0,60}:\s")
_LISTED = frozenset({"item", "inline", "bullet"})
_HEADING_MOST = 14
# Where fewer clauses than this end in a full stop, the house does without them.
_USUAL = 0.8


def truncated_clause(reading: Reading) -> Iterator[Finding]:
    """A text that stops in the middle of a sentence (L3)."""
    paragraphs = reading.contract.paragraphs
    closing = _closing(reading)
    for index, paragraph in enumerate(paragraphs):
        text = reading.contract.view[paragraph.start : paragraph.end].rstrip()
        following = paragraphs[index + 1] if index + 1 < len(paragraphs) else None
        if paragraph.path == "0" or not text or "|" in text:
            continue
        owner = reading.place.owner(paragraph.start + len(text) - 1)
        clause = owner[0] if owner else reading.contract.clause(paragraph.path)
        if clause is None or not _End(reading, clause, text, following).stops_short(closing):
            continue
        tail = text[-40:].partition(" ")[2] if len(text) > 40 else text
        start = paragraph.start + len(text) - len(tail)
        own = max(start, clause.pieces[-1].start) if clause.pieces else start
        yield reading.finding(
            "truncated-clause",
            (own, paragraph.start + len(text)),
            f"The text stops in the middle of a sentence: {quote(tail)}.",
            "error",
        )


def _closing(reading: Reading) -> bool:
    """Return whether this contract's clauses usually end in a full stop."""
    ends = [
        _STOPPED.search(clause.text[-4:]) is not None
        for clause in reading.contract.clauses
        if clause.kind == "section" and _VERB.search(clause.text[-2000:])
    ]
    return sum(ends) >= _USUAL * len(ends)


class _End:
    """The end of one paragraph: its clause, its words, the paragraph after it."""

    def __init__(
        self, reading: Reading, clause: Clause, text: str, following: Paragraph | None
    ) -> None:
        self.reading = reading
        self.clause = clause
        self.text = text
        self.following = following
        self.last = last_sentence(text)
        self.words = re.findall(r"[A-Za-z'/-]+", self.last)

    def stops_short(self, closing: bool) -> bool:  # noqa: FBT001 - a fact of the contract
        """Return whether the text stops before its sentence does."""
        if _STRAY.search(self.text) or _CUT_SHORT.search(self.text):
            return True
        if _NEVER_LAST.search(self.text[-20:]):
            return True
        if _CLOSED.search(self.text) or len(self.words) < 3 or self._goes_on():
            return False
        if self.text.endswith(":"):
            return self._leads_nowhere()
        if self.text[-1] in ",-\u2013([":
            return True
        ending = self.words[-1].lower() if self.last[-1:].isalpha() else ""
        if ending in _OPEN_WORDS:
            return True
        if _FIELD_LINE.match(self.text):
            return False
        if ending in _LOOSE_WORDS and _VERB.search(self.last[:-1]):
            return True
        return self._out_of_keeping(closing=closing)

    def _out_of_keeping(self, *, closing: bool) -> bool:
        """Return whether an end without a full stop is unlike its neighbours' ends."""
        if any(sign in self.last for sign in ("@", "____", "/s/")):
            return False
        sentence = _VERB.search(self.last) is not None and len(self.words) > 3
        annex = bool(self.reading.numbers.annex(self.clause.path))
        if annex and not sentence and self.clause.kind == "inline":
            return False
        if self.clause.kind in _LISTED or (annex and self.clause.label):
            others = self._neighbours()
            if len(others) == 1:
                return sentence and _FULL_STOP.search(others[0]) is not None
            return len(others) > 1 and all(
                _STOPPED.search(end) or _JOINED.search(end) for end in others
            )
        return sentence and closing and not self._heads()

    def _heads(self) -> bool:
        """Return whether the words are a heading with a verb: short, with clauses below."""
        children = self.reading.contract.children(self.clause.path)
        return bool(children) and len(self.clause.text.split()) <= _HEADING_MOST

    def _neighbours(self) -> list[str]:
        """Return the ends of the list members next to the clause, two on each side."""
        parent = self.clause.parent
        beside = [
            c
            for c in (self.reading.contract.children(parent) if parent else ())
            if c.kind == self.clause.kind and c.text
        ]
        at = bisect_left([c.start for c in beside], self.clause.start)
        near = beside[max(0, at - 2) : at + 3]
        return [c.text[-20:].rstrip() for c in near if c.path != self.clause.path]

    def _goes_on(self) -> bool:
        """Return whether the sentence goes on below, in the next member, or over the page."""
        if self.following is None:
            return False
        after = self.reading.contract.clause(self.following.path)
        if after is None:
            return False
        opening = self.reading.contract.view[self.following.start : self.following.start + 1]
        if after.path == self.clause.path:
            return opening.islower()
        around = self.reading.numbers.around(after.path)
        if any(c.path == self.clause.path for c in around):
            return after.kind in _LISTED or opening.islower()
        # Text after a list goes on with the sentence that the list is part of.
        if opening.islower() and self.clause.parent == after.path:
            return True
        if not {c.parent or "" for c in around} & self._lists():
            return False
        if _JOINED.search(self.text):
            return True
        return _BARE_JOINED.search(self.text) is not None and (
            opening.islower() and not any(_FULL_STOP.search(end) for end in self._neighbours())
        )

    def _lists(self) -> set[str]:
        """Return the clauses whose lists the clause is a member of, directly or in a member."""
        out: set[str] = set()
        for clause in self.reading.numbers.around(self.clause.path):
            if clause.kind not in _LISTED and (out or clause.parent is None):
                break
            out.add(clause.parent or "")
        return out

    def _leads_nowhere(self) -> bool:
        """Return whether ``… shall:`` is followed by nothing that belongs to it."""
        if not re.search(r"\b(?:shall|must|will|may|the following|as follows)\b", self.last):
            return False
        if self.following is None:
            return True
        inside = [c.path for c in self.reading.numbers.around(self.following.path)]
        return self.clause.path not in inside and self.clause.kind in {"section", "preamble"}
