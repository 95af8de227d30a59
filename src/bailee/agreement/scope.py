"""Within which clause a definition holds: "in this clause 7", "for the purposes of Section 3"."""

from __future__ import annotations

import re

from bailee.agreement.clause import Contract
from bailee.agreement.place import Numbers

_PLACE = (
    r"(?P<this>this\s+|the\s+present\s+)?(?P<word>sub-?sections?|sub-?clauses?|sub-?paragraphs?"
    r"|sections?|clauses?|articles?|paragraphs?|schedules?|annex(?:ure)?|appendix|exhibits?"
    r"|attachments?|part|\u00a7|item)"
    r"(?:\s*(?P<number>[0-9]{1,3}(?:\.[0-9]{1,3})*(?:\([a-z0-9]{1,4}\))*|[A-Z]\b(?!-)|[IVX]{1,5}\b))?"
)
_SCOPED = re.compile(
    r"(?:(?:for|solely for|only for)\s+(?:the\s+)?(?:sole\s+)?purposes?\s+of"
    r"|(?:as|when|where|wherever|if)\s+(?:it\s+is\s+)?used\s+(?:only\s+)?in"
    r"|(?:only|solely|exclusively)\s+(?:in|within|for)|for\s+(?=this\b)|within\s+(?=this\b)"
    r"|(?:hereinafter|hereafter|called|referred\s+to)\s+in"
    r"|(?:^|[(,;.:]\s*)in|(?:^\W{0,3}|\))\s*in)\s+" + _PLACE,
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"(?:\s*(?:\([a-z0-9]{1,4}\)|(?:,|and|or|to)\s?[0-9][0-9.]{0,6})){0,6}\s+"
    r"(?:(?:of|in|under|to)\s+(?!this\b|these\b)(?:the\s+|that\s+)?(?:[\w-]+\s+){0,4}?"
    r"(?:GDPR|Regulation|Directive|Act|Code|Clauses|Agreement|Law|Statute|Rules?|[A-Z]{2,})\b"
    r"|(?:UK\s+|EU\s+)?GDPR\b|Regulation\b|Directive\b|thereof\b)"
)
_HINT = re.compile(
    r"section|clause|article|paragraph|schedule|annex|appendix|exhibit|attachment|part\b|\u00a7|item",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\s*(?:,|,?\s*and|,?\s*or|to|&)\s*(?:this\s+|of\s+)?(?:(?:sub-?)?(?:clause|section|article|paragraph"
    r"|schedule|annex|appendix|part|exhibit)|[0-9])",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:definitions?|interpretation|defined\s+terms|glossary|meanings?)\b", re.IGNORECASE
)
_ANNEXES = {"schedule", "annex", "annexure", "appendix", "exhibit", "attachment"}
_OWN = {"paragraph", "subsection", "subclause", "subparagraph", "item"}


class Scopes:
    """Reads the phrases that limit definitions to a clause. Read only."""

    def __init__(self, contract: Contract, numbers: Numbers) -> None:
        self._contract = contract
        self._numbers = numbers

    def of(self, sentence: str, path: str) -> str | None:
        """Return the clause that a definition in ``sentence`` is limited to, or None."""
        found = _SCOPED.search(sentence) if _HINT.search(sentence) else None
        if found is None:
            found = self._before_list(path)
        if found is None or not (found["this"] or found["number"]):
            return None
        if _SEVERAL.match(found.string, found.end()):
            return None
        if not found["this"] and _OUTSIDE.match(found.string, found.end()):
            return None
        scope = self._place(found, path)
        clause = self._contract.clause(scope) if scope else None
        if clause is None or clause.path == "0" or _WHOLE.search(clause.title):
            return None
        return clause.path

    def _before_list(self, path: str) -> re.Match[str] | None:
        """Return the phrase that introduces the list a definition stands in."""
        clause = self._contract.clause(path)
        parent = self._contract.clause(clause.parent) if clause and clause.parent else None
        if parent is None:
            return None
        lead = parent.text[-240:].rstrip()[-200:]
        if not lead.endswith((":", "\u2013", "-")):
            lead = "" if lead else parent.title
        found = _SCOPED.search(lead)
        return found if found is not None and found["this"] else None

    def _place(self, found: re.Match[str], path: str) -> str | None:
        word = found["word"].lower().replace("-", "").removesuffix("s")
        if word in _ANNEXES:
            word = word.removesuffix("ure")
            named = self._numbers.annexed(word, found["number"] or "")
            return named or self._numbers.annex(path) or None
        if found["number"]:
            target = self._numbers.find(word, found["number"], path)
            if target is not None:
                return target
        return self._enclosing(word, path) if found["this"] else None

    def _enclosing(self, word: str, path: str) -> str | None:
        around = self._numbers.around(path)
        if word in {"article", "part"}:
            return around[-1].path if around else None
        if word in _OWN:
            return path
        return next((clause.path for clause in around if clause.kind == "section"), path)
