"""How clause labels look: numbers, letters, romans, keywords, annexes, bullets, headings.

Pure reading of one line or one place in a line; whether a label is believed depends on its
neighbours, which ``tree`` knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bailee.agreement.sentence import ends_sentence

_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii",
           "xiv", "xv", "xvi", "xvii", "xviii", "xix", "xx", "xxi", "xxii", "xxiii", "xxiv",
           "xxv", "xxvi", "xxvii", "xxviii", "xxix", "xxx")  # fmt: skip
_STEP = re.compile(r"[0-9]+|[A-Za-z]+")
_ROMAN_ORDINAL = {roman: ordinal for ordinal, roman in enumerate(_ROMANS, start=1)}

# `shape` of a mark -> how a label of that shape is printed
SHAPES = ("(x)", "x)", "x.", "x", "1.1", "no", "bullet", "heading", "annex", "part", "keyword")

_LEAD = r"(?:#{1,6}\s+)?(?:>\s?)?(?:\*\*|__)?"
_WORD_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
                 "eleven", "twelve")  # fmt: skip
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_IN_ORDER = "|".join(f"{word.title()}|{word.upper()}" for word in _ORDINALS)
_IN_WORDS = "|".join(f"{word.title()}|{word.upper()}" for word in _WORD_NUMBERS)
_ANNEX = re.compile(
    _LEAD + r"(?P<word>Appendix|APPENDIX|Annexure|ANNEXURE|Annex|ANNEX|Schedule|SCHEDULE"
    r"|Exhibit|EXHIBIT|Attachment|ATTACHMENT|Enclosure|ENCLOSURE|Sheet|SHEET"
    r"|Supplement|SUPPLEMENT)\s+(?:(?:No|NO|Nr)\.?\s*)?"
    rf"(?P<label>[0-9]{{1,2}}|[IVX]{{1,5}}|[A-Z]|{_IN_WORDS})"
    r"(?:[.\-](?P<part>[A-Z]|[0-9]{1,2}))?(?=$|[\s:.,(*_\-\u2013])"
)
_ANNEX_IN_ORDER = re.compile(
    _LEAD + rf"(?:(?:The|THE)\s+)?(?P<label>{_IN_ORDER})\s+(?P<word>Schedule|SCHEDULE|Annex|ANNEX"
    r"|Appendix|APPENDIX)(?=$|[\s:(*_\u2013-])"
)
# An only annex may have no number.
_ANNEX_ALONE = re.compile(
    _LEAD + r"(?P<word>Appendix|APPENDIX|Annex|ANNEX|Schedule|SCHEDULE|Exhibit|EXHIBIT"
    r"|Attachment|ATTACHMENT)(?=\s*(?:\*\*|__)?$|\s?[:\u2013-]\s+[A-Z])"
)
_KEYWORD = re.compile(
    _LEAD + r"(?P<word>Section|SECTION|Sec\.|SEC\.|Article|ARTICLE|Art\.|ART\."
    r"|Clause|CLAUSE|Paragraph|PARAGRAPH|\u00a7|Chapter|CHAPTER|Part|PART|Title|TITLE)(?:\s+|(?<=[.\u00a7]))"
    rf"(?P<label>[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{0,6}}|[IVXL]{{1,7}}|[A-Z]|{_IN_WORDS})"
    r"(?=$|[\s:.,()*_\-\u2013])[.):]?"
)
_NUMBERED = re.compile(
    _LEAD + r"(?:No|NO|Nr|Item|Row|Line)\.?\s?(?P<label>[0-9]{1,2})[.:)]?(?=\s+\S)"
)
_DECIMAL = re.compile(
    _LEAD
    + r"(?P<label>(?:[0-9]{1,3}|[A-Z]|[IVX]{1,5})(?:\.[0-9]{1,3}){1,7})(?:\.?[-\u2013]|[.):])?"
    r"(?=$|[\s*_(\"A-Z])"
)
_CHAINED = re.compile(
    _LEAD + r"(?P<label>[0-9]{1,3})(?=(?:\((?:[0-9]{1,2}|[a-z]|[ivx]{1,4})\)){1,3}\s+[A-Z\"(])"
)
_LETTER_NUMBER = re.compile(_LEAD + r"(?P<label>[A-Z][0-9]{1,2})(?=[.:]?(?:\s{2,}|\t)\S)[.:]?")
_INTEGER = re.compile(
    _LEAD + r"(?P<label>[0-9]{1,3})(?P<close>\.[-\u2013]|\.\)|[.):])(?=$|[\s*_(\"A-Z\[])"
)
_BARE = re.compile(_LEAD + r"(?P<label>[0-9]{1,2})\s+(?=[A-Z\"(*])")
_PAREN = re.compile(_LEAD + r"\((?P<label>[0-9]{1,3}|[a-zA-Z]{1,2}|[ivxIVX]{1,6})\)")
_LETTER = re.compile(
    _LEAD + r"(?P<label>[a-zA-Z]|[ivx]{1,6}|[IVX]{1,6})(?P<close>[.)])(?=$|[\s*_\"])"
)
_BULLET = re.compile(
    r"(?:>\s?)?(?P<label>[\u2022\u25cf\u25cb\u25aa\u25e6\u2023\u00b7\u2219\uf0b7*+\-\u2013])\s+(?=\S)"
)
_MARKDOWN = re.compile(r"(?P<label>#{1,6})\s+(?=\S)")
_NEXT_PAREN = re.compile(r"\s?\((?P<label>[0-9]{1,3}|[a-zA-Z]{1,2}|[ivxIVX]{1,6})\)(?=\s|\(|$)")


@dataclass(frozen=True, slots=True)
class Mark:
    """A label as found. ``start``/``end`` count from the beginning of the text that was read.

    Attributes:
        shape: one of ``SHAPES``.
        text: the symbol alone: ``3``, ``b``, ``IV``, ``2.1``, a bullet.
        printed: the label as printed.
        word: the keyword before the symbol, lower case; the bullet sign for bullets.
        part: second symbol of an annex label (``I.B``).
    """

    shape: str
    text: str
    printed: str
    start: int
    end: int
    word: str = ""
    part: str = ""


_WHOLE_WORDS = {"sec.": "section", "\u00a7": "section", "art.": "article"}


# Patterns of labels in the order they are tried, with the shape of what they find; the shape is
# told by the word or by the closing sign where it is empty.
_PATTERNS = (
    (_ANNEX, "annex"),
    (_ANNEX_IN_ORDER, "annex"),
    (_ANNEX_ALONE, "annex"),
    (_KEYWORD, "keyword"),
    (_NUMBERED, "no"),
    (_DECIMAL, "1.1"),
    (_CHAINED, "1.1"),
    (_LETTER_NUMBER, "1.1"),
    (_INTEGER, ""),
    (_PAREN, "(x)"),
    (_LETTER, ""),
    (_BULLET, "bullet"),
    (_BARE, "x"),
    (_MARKDOWN, "heading"),
)
_HEADS = frozenset({"part", "chapter", "title"})


def read_mark(text: str) -> Mark | None:
    """Return the label at the beginning of a line, or None. Headings without one are not labels."""
    for pattern, shape in _PATTERNS:
        found = pattern.match(text)
        if found is not None:
            return _mark(shape, found)
    return None


def _mark(shape: str, found: re.Match[str]) -> Mark:
    """Return the mark that a pattern found."""
    groups = found.groupdict()
    label, word = groups.get("label") or "", (groups.get("word") or "").lower()
    if shape == "keyword":
        word = _WHOLE_WORDS.get(word, word)
        shape = "part" if word in _HEADS else shape
    elif not shape:
        shape = "x)" if groups["close"] == ")" else "x."
    elif shape == "bullet":
        word = label
    elif shape == "heading":
        word = "#" * len(label)
    printed = found[0].strip(" #>*_")
    part = groups.get("part") or ""
    return Mark(shape, label, printed, found.start(), found.end(), word, part)


def next_paren(text: str, at: int) -> Mark | None:
    """Return a parenthesised label that follows another at once: ``(A)(1)``, ``2.1(a)``."""
    found = _NEXT_PAREN.match(text, at)
    if found is None:
        return None
    return Mark("(x)", found["label"], found[0].strip(), found.start(), found.end())


def roman(symbol: str) -> int | None:
    """Return the value of a canonical roman numeral up to thirty, in one case; else None."""
    if symbol.islower() or symbol.isupper():
        return _ROMAN_ORDINAL.get(symbol.lower())
    return None


def readings(symbol: str) -> tuple[tuple[str, int], ...]:
    """Return what a symbol can stand for: pairs of counting system and ordinal.

    Systems: ``1`` numbers, ``a``/``A`` letters (``aa`` follows ``z``), ``i``/``I`` romans.
    """
    if symbol.isdigit():
        return (("1", int(symbol)),)
    out: list[tuple[str, int]] = []
    lower = symbol.lower()
    same = len(set(lower)) == 1
    if len(symbol) <= 2 and same and (symbol.islower() or symbol.isupper()):
        ordinal = ord(lower[0]) - ord("a") + 1 + 26 * (len(symbol) - 1)
        out.append(("a" if symbol.islower() else "A", ordinal))
    value = roman(symbol)
    if value is not None:
        out.append(("i" if symbol.islower() else "I", value))
    return tuple(out)


def symbol_for(system: str, ordinal: int) -> str:
    """Return the symbol that stands for an ordinal; empty when the system has none."""
    if system == "1":
        return str(ordinal)
    if system in "iI":
        symbol = _ROMANS[ordinal - 1] if 1 <= ordinal <= len(_ROMANS) else ""
    else:
        letter = chr(ord("a") + (ordinal - 1) % 26)
        symbol = letter * (1 + (ordinal - 1) // 26) if 1 <= ordinal <= 52 else ""
    return symbol.upper() if system in "AI" else symbol


def steps_of(label: str) -> tuple[str, ...]:
    """Return the steps of a decimal label: ``2.1`` is ``2``, ``1``; ``B3`` is ``B``, ``3``."""
    return tuple(_STEP.findall(label))


def arabic(label: str) -> str:
    """Return a keyword's number in figures where it is roman or a word, else unchanged."""
    for words in (_WORD_NUMBERS, _ORDINALS):
        if label.lower() in words:
            return str(words.index(label.lower()) + 1)
    value = roman(label) if label.isupper() else None
    return str(value) if value is not None else label


# Words that a heading does not contain: with one of them a line is a sentence.
_SENTENCE = re.compile(
    r"\b(?:shall|will|must|may|can|cannot|should|would|means|mean|is|are|was|were|be|been|has|have"
    r"|had|agrees?|includes?|undertakes?|acknowledges?|provides?|remains?|applies|apply"
    r"|the\s+following"
    r"|that|which|who|whether|if|unless|until|does|do)\b",
    re.IGNORECASE,
)
_HEADING_START = re.compile(r"[A-Z\u00c0-\u00de\"(0-9]")
_TAIL = re.compile(
    r"\b(?:the|a|an|of|and|or|to|in|for|with|by|on|under|from|its|their|any|all|as|at)$",
    re.IGNORECASE,
)
HEADING_WORDS = 14


def heading_like(text: str) -> bool:
    """Return whether words read as a heading: short, capitalised, no verb, no sentence's end."""
    return (
        0 < len(text) <= 120
        and 0 < len(text.split()) <= HEADING_WORDS
        and _HEADING_START.match(text) is not None
        and text[-1] not in ".;,"
        and "____" not in text
        and "@" not in text
        and not _TAIL.search(text)
        and (text.isupper() or not _SENTENCE.search(text))
    )


_ASKS = re.compile(r"(?:What|How|Who|Whose|Why|Which)\b|(?:When|Where)\s[^,]{1,40}$")


def asks_like(text: str) -> bool:
    """Return whether words read as a heading that asks: ``What we may do``, ``Who helps us``."""
    return (
        _ASKS.match(text) is not None
        and len(text.split()) <= HEADING_WORDS
        and text[-1] not in ".;,:?"
        and _TAIL.search(text) is None
    )


_RUN_IN = re.compile(
    r"(?:\*\*|__)?(?P<title>[A-Z][^.:;?!\n\"]{1,110}?(?:\(\"[^\"\n]{1,40}\"\))?)(?:\*\*|__)?"
    r"(?P<end>[.:](?:\*\*|__)?|\s?\u2013(?=\s))(?P<gap>\s*)(?=\S|$)"
)


# A short sentence without auxiliary verb begins like this, a heading hardly.
_SPEAKS = re.compile(
    r"(?:This|These|Those|We|You|It|They|Neither|There"
    r"|Nothing|Nobody|Our|Your)\s+[a-z]|(?:The|This|Our|Your|Each|A|An)\s+[A-Z][\w-]+\s+[a-z]+(?:s|es)\s"
    r"|[A-Z][a-z-]+\s+[a-z]+s\s+(?:the|a|an|it|its|no|any|all|each|every|only|not)\b"
)
_LEADS_ON = re.compile(
    r"(?:In\s+(?:the|this|these|any|all|each|case)|If|Upon|When|Where|On|For|As|To|During|After|Before|Under|At|Such|By)\b"
)


# A sentence that holds no verb of ours still begins like one.
_SUBJECT = re.compile(
    r"(?:The|An?|Each|Any|All|This|These|Every|Every\w+|Such|Nothing|Nobody|It|They|Neither|Either|Both)\s"
)
_PLACE = re.compile(
    r"\b(?:section|clause|article|annex|appendix|schedule|exhibit|paragraph)\s+[0-9IVXA-Z]",
    re.IGNORECASE,
)


def title_case(text: str) -> bool:
    """Return whether at least half of the longer words begin with a capital."""
    words = [word for word in re.findall(r"[A-Za-z]+", text) if len(word) > 3]
    return bool(2 * sum(word[0].isupper() for word in words) >= len(words))


def leads_on(text: str) -> bool:
    """Return whether words with a colon lead into what follows rather than head it."""
    return _LEADS_ON.match(text) is not None


def run_in_title(text: str) -> tuple[str, int] | None:  # noqa: PLR0911 - one doubt a line
    """Return a heading that opens a clause's first line (``Backups. The …``) and where text begins.

    The heading ends in a full stop before a capital, or in a colon; it holds no verb.
    """
    found = _RUN_IN.match(text)
    if found is None:
        return None
    title = found["title"].strip()
    rest = text[found.end() : found.end() + 1]
    if not rest and found["end"].startswith(".") and len(title.split()) > 4:
        return None
    if not heading_like(title) or len(title.split()) > 12 or _PLACE.search(title):
        return None
    if found["end"].startswith(".") and len(title.split()) > 3 and _SPEAKS.match(title):
        return None
    if found["end"].startswith(".") and rest and not ends_sentence(f"{title}."):
        return None
    dash = found["end"].strip() == "\u2013"
    colon = found["end"].startswith(":")
    if not colon and _SUBJECT.match(title) and not title_case(title):
        return None
    if colon and (_LEADS_ON.match(title) or ("," in title and title.startswith("The "))):
        return None
    if rest and not (
        rest.isupper() or rest in "\"'([" or rest.isdigit() or (colon and found["gap"])
    ):
        return None
    if not found["gap"] and rest and (colon or not (rest.isupper() and title[-1].islower())):
        return None
    if dash and not found["gap"]:
        return None
    return title, found.end()
