"""The rule about lists that no verb governs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bailee.agreement.clause import Clause, Enumeration, Finding
from bailee.agreement.duty import VERB
from bailee.agreement.reading import Reading, last_sentence, quote

_SURE = (
    r"(?:shall|must|will|may|can|should|would|is|are|was|were|has|have|had|does|do|means?|includes?"
    r"|agrees?|undertakes?|contains?|comprises?|consists?|applies|apply|specif(?:y|ies)|requires?"
    r"|remains?|warrants?|represents?|acknowledges?|says?|tells?|gives?|goes|go|becomes?|concerns?"
    r"|needs?|wants?|knows?|shows?|lists?|covers?|sets?|holds?|serves?|uses?|uses|follows?|belongs?"
    r"|depends?|learns?|suspects?|occurs?|happens?|exists?|owes?|lets?|adds?|reads?|runs?|finds?"
    rf"|brings?|bears?|cannot|{VERB})"
)
_FINITE = re.compile(rf"(?<![\w'-]){_SURE}(?![\w-])", re.IGNORECASE)
_NOT_A_VERB = re.compile(
    r"(?:^|\b(?:the|an?|any|each|every|such|of|in|on|for|to|by|with|at|from|its|their|his|her|our"
    r"|your|this|these|those|all|no|or|other|same|written|first|new|initial|final|about"
    r"|regarding|under|upon|as|per|after|before|without|following|said|\w+'s?|\w+ing|\w+al|\w+ed)\s+)$",
    re.IGNORECASE,
)
_THAT = re.compile(
    r"\b(?:that|which|who|whom|whose|what|whether|where|when|why|how|if|as|so\s+far|to)\b",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"(?:in|on|within|for|as\s+(?:to|for|regards|well)|with|at|by|from|to|of|under|during|upon"
    r"|after|before|following|concerning|regarding|about|besides|beyond|without|until|not|no|and"
    r"|or|but|then|also|thereafter|afterwards|additionally|furthermore|moreover|further|again"
    r"|together|likewise|similarly|finally|first(?:ly)?|second(?:ly)?|accordingly|thereby|so"
    r"|otherwise|subject|pursuant|according|depending|where\s+(?:applicable|relevant|possible"
    r"|known|available)|if\s+(?:so|known|applicable|any|not|available|possible)|so\s+far\s+as"
    r"|to\s+the\s+extent|insofar|unless|except|save|including|\w+ly)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"(?:if|when|whenever|where|wherever|once|should|after|before|as\s+soon\s+as|as\s+long\s+as"
    r"|upon|following|unless|until|to\s+the\s+extent|insofar|so\s+far|in\s+(?:the\s+event|case)"
    r"|provided|because|since|and\s+(?:if|when|where))\b",
    re.IGNORECASE,
)
_THING = re.compile(
    r"(?:the|an?|its|their|his|her|our|your|all|any|each|no|such|this|these|those|every|both|one|two"
    r"|details?|names?|descriptions?|categor(?:y|ies)|numbers?|nature|dates?|contact|type|kinds?"
    r"|copies|copy|evidence|proof|confirmation|information|particulars|what|whose|who|when|where"
    r"|how|why|which|whether|(?!(?:imple|supple|comple|docu)ment|mention|question|condition|advance)"
    r"\w+(?:ment|tion|sion|ance|ence|ity|ures?))\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:the|an?|its|their|his|her|our|your)\s", re.IGNORECASE)
_BARE_MODAL = re.compile(
    r"\b(?:shall|must|will|should|may|agrees?\s+to|undertakes?\s+to|(?:is|are)\s+(?:required|obliged)"
    r"\s+to)\b(?:\s+not\b)?(?P<rest>[^.;]*)$",
    re.IGNORECASE,
)
_ADVERBIAL = re.compile(
    r"(?:on|upon|at|in|within|without|for|during|after|before|by|to\s+the\s+extent|where|if|when|as"
    r"|not|also|always|only|subject|under|throughout|through|from|\w+ly)\b",
    re.IGNORECASE,
)


def list_without_verb(reading: Reading) -> Iterator[Finding]:
    """The sentence around a list has no verb that governs its members."""
    for found in reading.contract.enumerations:
        if len(found.entries) < 2 or not found.style.startswith(("(x)", "x)", "x.", "bullet")):
            continue
        clause = reading.contract.clause(found.entries[0].path)
        parent = reading.contract.clause(found.parent) if found.parent else None
        if clause is None or parent is None or clause.kind == "section":
            continue
        if reading.numbers.annex(parent.path):
            continue
        lead, members = _lead(reading, clause, parent), _openings(reading, found)
        if lead and members and _verb_missing(lead, members):
            yield reading.about(
                "list-without-verb",
                parent,
                f"No verb governs the list after {quote(lead[-46:])}.",
            )


def _lead(reading: Reading, clause: Clause, parent: Clause) -> str:
    """Return the sentence that leads into a list, up to its first label."""
    before = [p for p in parent.pieces if p.end <= clause.start]
    if not before:
        return _leading_title(reading, clause, parent)
    text = reading.contract.view[before[-1].start : before[-1].end]
    last = last_sentence(text)
    return "" if last.endswith((".", ";")) else last


def _leading_title(reading: Reading, clause: Clause, parent: Clause) -> str:
    """Return a clause's first words that passed for its heading, but lead into the list."""
    if not parent.title or clause.start - parent.start > _LONGEST_TITLE:
        return ""
    lead = reading.contract.view[parent.start : clause.start].strip(" \n\t*_|#>-\u2022")
    at = lead.rfind(parent.title[:12])
    return " ".join(lead[at:].split()) if at >= 0 and lead.endswith((":", ",")) else ""


_LONGEST_TITLE = 300


def _openings(reading: Reading, found: Enumeration) -> list[str]:
    clauses = (reading.contract.clause(entry.path) for entry in found.entries[:3])
    return [clause.text for clause in clauses if clause is not None and clause.text]


def _verb_missing(lead: str, members: list[str]) -> bool:
    """Return whether neither the words before a list nor its first members hold a main verb."""
    bare = lead.rstrip(" :,\u2013\u2014-")
    if _MODAL_THING.search(bare):
        return True
    if not bare or not all(_is_thing(member) for member in members[:2]):
        return False
    if _bare_modal(bare, members):
        return True
    if (
        len(bare) == len(lead)
        and re.search(
            r"\b(?:in\s+addition|if\s+so|thereafter|with|of|about|on|regarding|including)$",
            bare,
            re.IGNORECASE,
        )
        is None
    ):
        return False
    return _is_adverbial(bare) or _trails_off(lead, bare)


_MODAL_THING = re.compile(r"\b(?:shall|must|will)\s+(?:not\s+)?the\s+following$", re.IGNORECASE)


def _is_thing(member: str) -> bool:
    """Return whether a member is a thing, or a question, and no sentence of its own."""
    return _THING.match(member) is not None and not _main_verb(member[:300])


def _main_verb(text: str) -> bool:
    """Return whether words hold a finite verb outside relative and indirect clauses."""
    about = _THAT.search(text)
    return bool(_finite(text[: about.start()] if about else text))


def _finite(text: str) -> list[str]:
    """Return the finite verbs among words, as far as they can be told from nouns."""
    text = re.sub(r"\([^()]*\)", " ", text)
    out = []
    for verb in _FINITE.finditer(text):
        before = text[max(0, verb.start() - 24) : verb.start()]
        told = verb[0].endswith("s") or _PLURAL.search(before) is not None
        if _AUXILIARY.fullmatch(verb[0]) or (told and not _NOT_A_VERB.search(before)):
            out.append(verb[0])
    return out


# "report", "list" and the like are verbs only after a subject in the plural.
_PLURAL = re.compile(r"(?:s|they|we|you|people|staff|also|then|\w+ly)\s+$", re.IGNORECASE)
_AUXILIARY = re.compile(
    r"shall|must|will|may|can|should|would|is|are|was|were|cannot|have|had|do", re.IGNORECASE
)


def _is_adverbial(bare: str) -> bool:
    """Return whether a whole introduction is a circumstance: "In the notice", "If it is lost"."""
    plain = re.sub(r"\([^()]*\)", " ", bare)
    chunks = [chunk.strip() for chunk in plain.split(",") if chunk.strip()]
    if not chunks or re.search(r"\bfollowing\s*(?:\w+\s*){0,3}$", bare, re.IGNORECASE):
        return False
    if len(chunks) > 1 and _ONLY_SUBJECT.fullmatch(chunks[0]) and not _finite(chunks[0]):
        chunks = chunks[1:]
    return all(_is_circumstance(chunk, first=at == 0) for at, chunk in enumerate(chunks))


_ONLY_SUBJECT = re.compile(r"(?:The|Each|Either|Every)\s+[\w'-]+(?:\s+[\w'-]+){0,2}")


def _is_circumstance(chunk: str, *, first: bool) -> bool:
    """Return whether words say when, where or on what condition, but not what is done."""
    verbs = len(_finite(chunk))
    if _CONDITION.match(chunk):
        modals = len(re.findall(r"\b(?:shall|must|will)\b", chunk, re.IGNORECASE))
        return modals == 0 and (verbs < _MANY or first)
    if _PREPOSITION.match(chunk):
        return verbs <= len(_RELATIVE.findall(chunk))
    return not first and not verbs


_MANY = 4
_RELATIVE = re.compile(
    r"\b(?:which|who|whom|whose|what|if|when|where|unless|until"
    r"|(?<!after )(?<!before )(?<!of )(?<!in )(?<!on )(?<!for )(?<!from )(?<!to )(?<!with )(?<!by )"
    r"(?<!at )that)\b",
    re.IGNORECASE,
)


def _trails_off(lead: str, bare: str) -> bool:
    """``must call if data is lost, and if so, (i) the number``: the verb before is used up."""
    head, comma, fragment = bare.rpartition(",")
    if not comma or not lead.rstrip().endswith((",", ":")):
        return False
    if not _CONNECTIVES.fullmatch(fragment.strip()):
        return False
    return _REPORTING.search(_last_clause(head)) is None


_CONNECTIVES = re.compile(
    r"(?:(?:and|or|if|so|then|also|in|which|case|that|event|as|applicable|where|when|thereafter"
    r"|accordingly|addition|further|moreover|but|not|this|such|to|extent|the)\W*){1,6}",
    re.IGNORECASE,
)
_REPORTING = re.compile(
    r"\b(?:stat(?:e|es|ing)|specif(?:y|ies|ying)|(?:provid|describ|includ|indicat|disclos"
    r"|communicat|compris)(?:e|es|ing)"
    r"|(?:list|identif|report|contain|cover|detail|explain|document|record|submit|furnish"
    r"|deliver|send|give)(?:s|y|ies)?"
    r"|set(?:s|ting)?\s+out|consists?|suppl(?:y|ies)|of|with|about|regarding)\b"
)


def _last_clause(head: str) -> str:
    """Return the main clause's words that could govern the list: all but parentheses."""
    return re.sub(r"\([^()]*\)", "", head).split(" if ")[0].split(" that ")[0]


def _bare_modal(bare: str, members: list[str]) -> bool:
    """``shall: (a) the list`` and ``shall, on request: (a) a copy``."""
    found = _BARE_MODAL.search(bare)
    if found is None or not all(_ARTICLE.match(member) for member in members[:2]):
        return False
    chunks = [chunk.strip() for chunk in found["rest"].split(",")]
    if len(chunks) == 1:
        return not chunks[-1]
    return all(
        not chunk or (_ADVERBIAL.match(chunk) and len(chunk.split()) <= 4) for chunk in chunks
    )
