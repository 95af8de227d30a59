"""Cross-references: inside the contract and found, inside and dangling, or outside.

A mention is outside when its words say so (``Article 28 of the GDPR``, ``16 CFR 314.4``, ``Clause 9
of the EU SCCs``), when its number cannot be a clause of a contract, or when the contract's own
labels never use its place word (``Article 32`` in a contract of sections).
"""

from __future__ import annotations

import re
from dataclasses import replace
from string import ascii_lowercase

from bailee.agreement.clause import Clause, Contract, Definition, Paragraph, Reference
from bailee.agreement.label import roman as roman_value
from bailee.agreement.mention import Mention, mentions
from bailee.agreement.place import Numbers, parts_of

_ANNEX_WORDS = frozenset(
    {"appendix", "annex", "schedule", "exhibit", "attachment", "enclosure", "sheet", "supplement"}
)
# Words for annexes that also name things which are none.
_LOOSE_WORDS = frozenset({"sheet", "supplement", "enclosure"})
_OWN_NOUNS = (
    r"(?:DPA|agreement|addendum|contract|amendment|document|terms|annex|appendix|schedule|exhibit"
    r"|section|clause|article|attachment|policy|order|statement)"
)
_HERE = re.compile(
    rf"\s*,?\s*(?:(?:of|to|in|under)\s+(?:this|these)\s+(?:[A-Z][a-z]+\s+){{0,4}}{_OWN_NOUNS}\b"
    rf"|hereof|hereto|herein"
    r"|hereunder|above|below|hereinabove|of\s+the\s+(?:body|main\s+body))",
    re.IGNORECASE,
)
_OF_NAME = re.compile(
    r"\s*,?\s*(?:\([^()]{0,60}\)\s*)?(?:of|to|in|under)\s+(?P<the>(?:the|that|such|its|said)\s+)?"
    r"(?P<name>[A-Z][\w.&'-]*(?:\s+(?:of\s+|and\s+|for\s+|the\s+)?[A-Z0-9(][\w.&')/-]*){0,9})"
)
_OF_PLACE = re.compile(r"\s*,?\s*(?:of|to|in|under)\s+(?:the\s+)?$")
_THERE = re.compile(r"\s*,?\s*(?:thereof|thereto|therein|et\s+seq)", re.IGNORECASE)
_LAW_WORD = (
    r"(?:Acts?|Statutes?|Publications?|Codes?|C\.?F\.?R\.?|U\.?S\.?C\.?|(?:UK|EU|Swiss)?\s?GDPR|CCPA|CPRA|HIPAA|GLBA"
    r"|LGPD|PIPEDA|FADP|VCDPA"
    r"|SCCs?|Contractual\s+Clauses|IDTA|Regulations?|Directive|Rules?|Laws?|Stat\.?|Convention"
    r"|Treaty|Framework"
    r"|Constitution|Charter|FTC|PCI(?:\sDSS)?|NIST|ISO(?:/IEC)?|TFEU|BDSG|BGB|NYCRR|CCR)"
)
_LAW_BEFORE = re.compile(
    rf"(?<![A-Za-z]){_LAW_WORD}(?:\s+(?:of\s+)?[0-9]{{4}})?\)?(?P<comma>,)?\s*(?:\(as\samended\)\s*)?(?:\u00a7+\s*|at\s+)?$"
)
_LAW_AFTER = re.compile(
    r"(?:,?\s(?:lit\.|litt?era|letter|sentence|[Nn]o\.|subparagraph|alinea)\s?\(?[a-z0-9]{1,3}\)?"
    r"(?:\s(?:to|and|or)\s[a-z0-9]{1,3})?){0,3}"
    rf"\s+\(?(?:(?:[A-Z][\w&'-]*\s+){{0,5}}){_LAW_WORD}(?![A-Za-z])|\s+\([A-Z]{{2}}\)\s+[0-9]"
)
_STANDARD_BEFORE = re.compile(
    r"\b(?:ISO|IEC|NIST|PCI|DIN|EN|HITRUST|CIS|COBIT|OWASP|SSAE|SOC)\b[^;()\n]{0,36}$"
)
_CITED = re.compile(
    r"(?:C\.?F\.?R\.?|U\.?S\.?C\.?|Code|Stat\.?|Reg(?:s|ulations)?\.?)\s*(?:\u00a7+\s*)?$"
)
_STANDARD_CLAUSES = re.compile(
    r"\bSCCs?\b|standard\s+contractual\s+clauses|\bIDTA\b|docking\s+clause|\bModules?\s+(?:One"
    r"|Two|Three|Four)\b"
    r"|standard\s+data\s+protection\s+clauses|transfer\s+addendum",
    re.IGNORECASE,
)
_DOCUMENT_BEFORE = re.compile(
    r"\b(?!(?:Sections?|Clauses?|Paragraphs?|Articles?|Part|Annex|Appendix|Schedule|Exhibit"
    r"|Attachment|Sheet|January|February|March|April|May|June|July|August|September|October"
    r"|November|December)\s)[A-Z][\w.&'-]*\s+(?:No\.?\s*)?[0-9][\w./-]*,?\s+(?:at\s+|and\s+)?$"
)
_CITATION_BEFORE = re.compile(
    rf"(?<![A-Za-z]){_LAW_WORD}(?![A-Za-z])[^;:()\n]{{0,30}}[0-9][\w.-]{{0,9}}(?:\([\w]+\))*"
    r",?\s+(?:and\s+|in\s+)?$"
)
_NAME_BEFORE = re.compile(r"(?P<name>\b[A-Z][\w.&-]*)(?:'s)?\s+(?:at\s+)?$")
_CONTRACT_BEFORE = re.compile(
    r"\b(?:the|that|its|such|said)\s+(?P<name>(?:[A-Z][\w&-]*\s+(?:of\s+|and\s+|for\s+)?){0,5}"
    r"(?:Agreement|Contract|Terms|Conditions|Policy|Order|Addendum|Lease|Licen[cs]e|Statutes?))"
    r"(?:\s+\([^()]{0,30}\))?,\s+$"
)
_OF_OTHER = re.compile(
    r"\s*,?\s*(?:\([^()]{0,60}\)\s*)?(?:of|to|in|under)\s+"
    r"(?:the|that|its|such|said|our|your|their|any|each|another)\s+"
    r"(?P<name>(?:[\w-]+\s+){0,4}(?:agreement|contract|act|law|regulations?|order|terms|conditions"
    r"|polic(?:y|ies)|standard|directive|code|statute|treaty|clauses|publication|guidelines?|form"
    r"|manual|handbook|charter|lease|licen[cs]e))\b",
    re.IGNORECASE,
)
_ABBREVIATED_AFTER = re.compile(r"\s+[A-Z][a-z]{0,4}[A-Z][A-Za-z]*\b")
_SIGN = "\u00a7"
_ANNEX_OF_STANDARD = re.compile(r"(?:I|II|III|IV)(?![A-Z])")
_CLAUSE_OF_STANDARD = re.compile(r"(?:[1-9]|1[0-8])(?:\.[1-9])?(?:\([a-z]+\))*$")
# Capitals that stand before a mention and name no document.
_LEADS = frozenset(
    [
        "in",
        "under",
        "per",
        "see",
        "by",
        "the",
        "and",
        "or",
        "of",
        "to",
        "from",
        "with",
        "this",
        "these",
        "if",
        "where",
        "when",
        "as",
        "for",
        "subject",
        "pursuant",
        "both",
        "each",
        "any",
        "all",
        "also",
        "but",
        "while",
        "unless",
        "though",
        "notwithstanding",
        "except",
    ]
)
_MAX_OWN = 99
# A contract names itself in its opening: source characters.
_OPENING = 8000


def references_of(contract: Contract, definitions: tuple[Definition, ...]) -> tuple[Reference, ...]:
    """Return every mention of a place, in order of the text."""
    reader = _Reader(contract, Numbers(contract), own_names(contract, definitions))
    out: list[Reference] = []
    for paragraph in contract.paragraphs:
        out += reader.read(paragraph)
    return tuple(out)


_THIS = re.compile(
    r"\b[Tt]his\s+[A-Z][\w-]*(?:\s+(?:(?:and|of|for)\s+)?[A-Z][\w-]*){0,8}[\s(\",]*(?:the\s)?[\s(\"]*$"
)


def own_names(contract: Contract, definitions: tuple[Definition, ...]) -> frozenset[str]:
    """Return the names by which a contract calls itself, lower case."""
    names = {contract.title.lower()}
    others: set[str] = set()
    for definition in definitions:
        if definition.start > _OPENING:
            break
        if definition.form not in {"inline", "role"}:
            continue
        before = contract.view[max(0, definition.start - 200) : definition.start]
        opening = max(before.rfind(". "), before.rfind("\n"), before.rfind(") "))
        head = before[opening + 1 :].strip(' ("')
        this = _THIS.search(before)
        if this or head.lower().startswith("this "):
            names.add(definition.term.lower())
        else:
            others.add(definition.term.lower())
    last = contract.title.lower().split()[-1:]
    names |= {word for word in last if word not in others}
    return frozenset(name for name in names if name)


def _inside(text: str, around: Mention, mention: Mention) -> bool:
    """Return whether a mention names a place inside the one just before it."""
    between = text[around.group_end : mention.group_start]
    if len(between) > 3 or between.strip() not in {"", ","}:
        return False
    annex = around.word in _ANNEX_WORDS or around.word == "part"
    small = mention.word in {"paragraph", "item", "point"}
    return mention.group_start > around.group_start and (
        (small and around.word != mention.word) or (annex and mention.word not in _ANNEX_WORDS)
    )


class _Reader:
    def __init__(self, contract: Contract, numbers: Numbers, names: frozenset[str]) -> None:
        self.contract = contract
        self.numbers = numbers
        self.names = names
        self._standard: dict[str, bool] = {}
        self._speaks: dict[str, bool] = {}
        # A contract of articles may still mean an article of the GDPR where it says no more.
        self._european = re.search(r"\bGDPR\b|Regulation \(E[UC]\)", contract.view) is not None
        self._clause_word = re.search(r"\b[Tt]his [Cc]lause\b", contract.view) is not None

    def read(self, paragraph: Paragraph) -> list[Reference]:
        text = self.contract.view[paragraph.start : paragraph.end]
        found = list(mentions(text))
        out: list[Reference] = []
        outer: Reference | None = None
        for index in range(len(found) - 1, -1, -1):
            mention = found[index]
            following = found[index + 1] if index + 1 < len(found) else None
            linked = following is not None and (
                following.group_start > mention.group_start
                and _OF_PLACE.match(text[mention.group_end : following.group_start][-12:])
                is not None
                and following.group_start - mention.group_end <= 12
            )
            if not linked and following is not None and following.group_start > mention.group_start:
                outer = None
            outer = self._refer(paragraph, text, mention, outer if linked else None)
            out.append(outer)
        out.reverse()
        self._chain(text, found, out)
        return out

    def _chain(self, text: str, found: list[Mention], out: list[Reference]) -> None:
        """Read ``Art. 3 para. 2`` and ``Annex 1, paragraph 4`` as places inside the one before."""
        last, group = -1, -1
        for index, mention in enumerate(found):
            if mention.group_start != group:
                last, group = index - 1, mention.group_start
            if last < 0 or not _inside(text, found[last], mention):
                continue
            around, here = out[last], out[index]
            if here.external and self._outside(text, mention):
                out[last] = replace(around, external=True, target=None)
                continue
            if around.external or around.target is None:
                out[index] = replace(here, external=True, target=None)
                continue
            inside = self.numbers.part if mention.word == "part" else None
            target = (
                inside(mention.target, around.target)
                if inside
                else self.numbers.below(around.target, mention.target)
            )
            if target is not None or self.numbers.counts_below(around.target, mention.target):
                out[index] = replace(here, external=False, target=target)

    def _refer(
        self, paragraph: Paragraph, text: str, mention: Mention, outer: Reference | None
    ) -> Reference:
        place = self.contract.place
        owner = place.owner(paragraph.start + mention.start)
        path = owner[0].path if owner else paragraph.path
        external, target = self._judge(text, mention, path, outer)
        start = paragraph.start + mention.start
        return Reference(
            path=path,
            line=place.line(start),
            says=" ".join(text[mention.start : mention.end].split()),
            target=target,
            external=external,
            start=start,
            end=paragraph.start + mention.end,
        )

    def _judge(  # noqa: PLR0911 - one piece of evidence a line
        self, text: str, mention: Mention, path: str, outer: Reference | None
    ) -> tuple[bool, str | None]:
        """Return whether a mention is external, and the path it means."""
        if outer is not None:
            if outer.external or outer.target is None:
                return True, None
            if mention.word == "part":
                inside = self.numbers.part(mention.target, outer.target)
                return inside is None, inside
            inside = self.numbers.below(outer.target, mention.target)
            loose = mention.word in {"item", "point"}
            counted = not loose or self.numbers.counts_below(outer.target, mention.target)
            return inside is None and not counted, inside
        if mention.word == "part":
            target = self.numbers.part(mention.target, path)
        elif mention.word in _ANNEX_WORDS:
            target = self.numbers.annexed(mention.word, mention.target)
        else:
            target = self.numbers.find(mention.word, mention.target, path)
        here = _HERE.match(text, mention.group_end) is not None
        if here:
            return False, target
        sure = self._outside(text, mention)
        if sure is True:
            return True, None
        if target is None:
            return sure is None or self._weak(mention, path), None
        native = mention.word not in {"article", "chapter"} or mention.word in self.numbers.labelled
        foreign = self._standard_context(path) and mention.written.startswith("Clause")
        if not native or (
            foreign and "clause" not in self.numbers.labelled and not self._says_clause()
        ):
            return True, None
        return False, target

    def _outside(self, text: str, mention: Mention) -> bool | None:
        """Return True when words say that it is outside, None when they may, False otherwise."""
        steps = parts_of(mention.target)
        number = steps[0].rstrip(ascii_lowercase) if steps else ""
        if number.isdigit() and int(number) > _MAX_OWN:
            return True
        if _THERE.match(text, mention.group_end) or _LAW_AFTER.match(text, mention.group_end):
            return True
        named = _OF_NAME.match(text, mention.group_end) or _OF_OTHER.match(text, mention.group_end)
        if named:
            return not self._own(named["name"])
        short = _ABBREVIATED_AFTER.match(text, mention.group_end)
        if short and not self._own(short[0].strip()):
            return None
        return self._led_by(text[max(0, mention.group_start - 60) : mention.group_start], mention)

    def _led_by(self, before: str, mention: Mention) -> bool | None:
        """Return what the words right before a mention say: ``GDPR Article 28``, ``MSA § 4``."""
        law = _LAW_BEFORE.search(before[-40:])
        if law:
            return None if law["comma"] or mention.word in _ANNEX_WORDS else True
        if _CITED.search(before):
            return True
        name = _NAME_BEFORE.search(before)
        if name and not self._own(name["name"]) and name["name"].lower() not in _LEADS:
            return True if mention.written.startswith(_SIGN) else None
        contract = _CONTRACT_BEFORE.search(before)
        if contract and not self._own(contract["name"]):
            return None
        doubts = (_STANDARD_BEFORE, _DOCUMENT_BEFORE, _CITATION_BEFORE)
        return None if any(doubt.search(before) for doubt in doubts) else False

    def _own(self, name: str) -> bool:
        plain = name.lower()
        return any(plain == own or plain.startswith(own + " ") for own in self.names)

    def _weak(  # noqa: PLR0911 - one kind of word a line
        self, mention: Mention, path: str
    ) -> bool:
        """Return whether a mention that leads nowhere inside may well be meant outside."""
        if mention.word in {"item", "point"}:
            return True
        if mention.word in {"article", "chapter"}:
            roman = mention.target.isupper() and roman_value(mention.target) is not None
            return mention.word not in self.numbers.labelled and not (
                roman and self.numbers.counts_in_romans
            )
        if mention.word == "part":
            return not self.numbers.has_parts_like(mention.target)
        if mention.word in _LOOSE_WORDS:
            return not self.numbers.has_annexes(mention.word)
        if mention.word in _ANNEX_WORDS:
            if mention.word != "annex" or _ANNEX_OF_STANDARD.match(mention.target) is None:
                return False
            return self._standard_context(path)
        return (
            mention.written.startswith("Clause")
            and self._standard_context(path)
            and _CLAUSE_OF_STANDARD.match(mention.target) is not None
        )

    def _says_clause(self) -> bool:
        """Return whether the contract calls its own places clauses: ``this Clause``."""
        return self._clause_word

    def _standard_context(self, path: str) -> bool:
        """Return whether a clause speaks of standard contractual clauses, here or right around."""
        if path not in self._standard:
            around = self.numbers.around(path)
            near = around[:-1] or around
            if around and around[0].parent:
                near = [*near, *self.contract.children(around[0].parent)[:40]]
            titled = bool(around) and _STANDARD_CLAUSES.search(around[-1].title) is not None
            self._standard[path] = titled or any(self._speaks_of(clause) for clause in near)
        return self._standard[path]

    def _speaks_of(self, clause: Clause) -> bool:
        if clause.path not in self._speaks:
            said = f"{clause.title} {clause.text}"
            self._speaks[clause.path] = _STANDARD_CLAUSES.search(said) is not None
        return self._speaks[clause.path]
