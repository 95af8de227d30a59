"""Which contracts a text names, and by which names: itself, and the others it leans on.

The names come from the text: defined terms whose meaning is a contract, titles in capitals that
end in the kind of a document, and the plain words for contracts. No list of names decides.
"""

from __future__ import annotations

import re

from bailee.agreement.clause import Contract

KIND = (
    r"(?:agreements?|contracts?|addend(?:um|a)|licen[cs]es?|MSA|DPA|SLA|SOW|terms\s+and\s+conditions"
    r"|general\s+(?:terms|conditions)|conditions|orders?(?:\s+forms?)?|deeds?|riders?|engagement"
    r"\s+letters?|statements?\s+of\s+work|subscriptions?|leases?|polic(?:y|ies)|offers?|mandates?"
    r"|tenders?|proposals?|treat(?:y|ies)|memorand(?:um|a)|purchase\s+orders?|arrangements?)"
)
_PLAIN = (
    r"(?:(?:underlying|main|master|principal|head|service|services|supply|licen[cs]e|commercial"
    r"|parties'|general|purchase|framework|hosting|customer|software|subscription|data|processing"
    r"|protection|standard)\s+){0,4}"
    r"(?:(?:contract|agreement|letter|statement|terms|deed|memorandum|heads)\s+of\s+(?:engagement"
    r"|services?|works?|business|understanding|appointment|mandate|terms|agreement|trust|sale)"
    r"|agreements?|contracts?|addendum|licen[cs]e|MSA|DPA|SLA|SOW|order\s+forms?|purchase\s+order"
    r"|(?:engagement|mandate|offer)\s+letters?|terms(?:\s+and\s+conditions)?|conditions|deed|rider"
    r"|mandate)"
)
_TITLED = re.compile(
    r"\b(?:[A-Z][\w&'-]{0,24}\s+(?:(?:of|and|for|on)\s+)?){1,6}?"
    r"(?:Agreement|Contract|Licen[cs]e|Terms(?:\s+and\s+Conditions)?|Conditions|Order(?:\s+Form)?"
    r"|Deed|Addendum|Engagement\s+Letter)\b|\b(?:Statement|Letter|Terms|Contract|Scope)\s+of\s+[A-Z]\w{2,24}\b"
)
_IS_ONE = re.compile(
    rf"\s*[\"')\]*]*\s*(?:\([^()]{{0,40}}\)\s*)?(?:means?|is|are|refers?\s+to|:|-)\s+(?:(?:the|an?|any"
    rf"|each|that|those|our|your|their)\s+)?(?:[\w'&-]{1, 24}\s+){{0,6}}?{KIND}\b",
    re.IGNORECASE,
)
_NAMED_BEFORE = re.compile(
    rf"\b{KIND}\b[^.;()]{{0,90}}\(\s*(?:(?:hereinafter|hereafter|together|collectively|referred|to|as"
    r"|called|the|this|our|your|each|an?|,)\s*){0,6}[\"'*]*\s*$",
    re.IGNORECASE,
)
_THIS = re.compile(
    r"\b(?:this|these)\s+(?P<name>(?-i:[A-Z])[\w'&-]*(?:\s+(?:(?:and|of|on|for)\s+)?(?-i:[A-Z])[\w'&-]*){0,5})"
)
_PLACES = frozenset(["Section", "Clause", "Article", "Part", "Paragraph", "Annex", "Appendix"])
_REACH = 160


class Papers:
    """The contracts of one text. ``pattern`` (regular expression, no groups) matches any name."""

    def __init__(self, contract: Contract) -> None:
        view = contract.view
        own = {found["name"] for found in _THIS.finditer(view)} - _PLACES
        other: set[str] = set()
        if contract.title:
            own.add(contract.title)
        for definition in contract.definitions:
            before = view[max(0, definition.start - _REACH) : definition.start]
            after = view[definition.end : definition.end + _REACH]
            named = _NAMED_BEFORE.search(before)
            if named or _IS_ONE.match(after):
                mine = named and re.search(
                    r"\b(?:this|these)\b[^.;]{0,80}$", before[: named.end()], re.IGNORECASE
                )
                (own if mine or definition.term in own else other).add(definition.term)
        other |= {found[0] for found in _TITLED.finditer(view)} - own
        self._own = _names(own)
        names = "|".join(part for part in (_names(other), self._own) if part)
        self.pattern = rf"(?:(?-i:{names})|{_PLAIN})" if names else _PLAIN

    def is_own(self, mention: str) -> bool:
        """Return whether words that name a contract name the text itself."""
        if re.match(r"(?:this|these|the\s+present|herein)\b", mention, re.IGNORECASE):
            return True
        bare = re.sub(r"^(?:the|our|your)\s+", "", mention, flags=re.IGNORECASE)
        return bool(self._own) and re.fullmatch(self._own, bare) is not None


def _names(names: set[str]) -> str:
    kept = sorted({" ".join(n.split()) for n in names if 2 <= len(n) <= 80}, key=len, reverse=True)
    return "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in kept[:200])
