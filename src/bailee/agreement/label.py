"""How clause labels look: numbers, letters, romans, keywords, annexes, bullets, headings.

Pure reading of one line or one place in a line; whether a label is believed depends on its
neighbours, which ``tree`` knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii",
           "xiv", "xv", "xvi", "xvii", "xviii", "xix", "xx", "xxi", "xxii", "xxiii", "xxiv",
           "xxv", "xxvi", "xxvii", "xxviii", "xxix", "xxx")  # fmt: skip
_ROMAN_ORDINAL = {roman: ordinal for ordinal, roman in enumerate(_ROMANS, start=1)}

# `shape` of a mark -> how a label of that shape is printed
SHAPES = ("(x)", "x)", "x.", "x", "1.1", "no", "bullet", "heading", "annex", "part", "keyword")

_LEAD = r"(?:#{1,6}\s+)?(?:>\s?)?(?:\*\*|__)?"
_WORD_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
                 "eleven", "twelve")  # fmt: skip
_IN_WORDS = "|".join(f"{word.title()}|{word.upper()}" for word in _WORD_NUMBERS)
_ANNEX = re.compile(
    _LEAD + r"(?P<word>Appendix|APPENDIX|Annexure|ANNEXURE|Annex|ANNEX|Schedule|SCHEDULE"
    r"|Exhibit|EXHIBIT|Attachment|ATTACHMENT|Enclosure|ENCLOSURE|Sheet|SHEET"
    r"|Supplement|SUPPLEMENT)\s+(?:(?:No|NO|Nr)\.?\s*)?"
    rf"(?P<label>[0-9]{{1,2}}|[IVX]{{1,5}}|[A-Z]|{_IN_WORDS})"
    r"(?:[.\-](?P<part>[A-Z]|[0-9]{1,2}))?(?=$|[\s:.,(*_\-\u2013])"
)
_KEYWORD = re.compile(
    _LEAD + r"(?P<word>Section|SECTION|Sec\.|SEC\.|Article|ARTICLE|Art\.|ART\."
    r"|Clause|CLAUSE|Paragraph|PARAGRAPH|\u00a7|Chapter|CHAPTER|Part|PART|Title|TITLE)\s*"
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


def read_mark(text: str) -> Mark | None:  # noqa: PLR0911 - one return for each shape
    """Return the label at the beginning of a line, or None. Headings without one are not labels."""
    if found := _ANNEX.match(text):
        return _mark("annex", found, found["word"].lower(), part=found["part"] or "")
    if found := _KEYWORD.match(text):
        word = found["word"].lower()
        shape = "part" if word in {"part", "chapter", "title"} else "keyword"
        return _mark(shape, found, _WHOLE_WORDS.get(word, word))
    if found := _NUMBERED.match(text):
        return _mark("no", found, "")
    if found := _DECIMAL.match(text):
        return _mark("1.1", found, "")
    if found := _INTEGER.match(text):
        return _mark("x)" if found["close"] == ")" else "x.", found, "")
    if found := _PAREN.match(text):
        return _mark("(x)", found, "")
    if found := _LETTER.match(text):
        return _mark("x." if found["close"] == "." else "x)", found, "")
    if found := _BULLET.match(text):
        return _mark("bullet", found, found["label"])
    if found := _BARE.match(text):
        return _mark("x", found, "")
    if found := _MARKDOWN.match(text):
        return _mark("heading", found, "#" * len(found["label"]))
    return None


def _mark(shape: str, found: re.Match[str], word: str, part: str = "") -> Mark:
    printed = found[0].strip(" #>*_")
    return Mark(shape, found["label"], printed, found.start(), found.end(), word, part)


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


def arabic(label: str) -> str:
    """Return a keyword's number in figures where it is roman or a word, else unchanged."""
    if label.lower() in _WORD_NUMBERS:
        return str(_WORD_NUMBERS.index(label.lower()) + 1)
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


_RUN_IN = re.compile(
    r"(?:\*\*|__)?(?P<title>[A-Z][^.:;?!\n\"]{1,110}?(?:\(\"[^\"\n]{1,40}\"\))?)(?:\*\*|__)?"
    r"(?P<end>[.:](?:\*\*|__)?|\s?\u2013(?=\s))(?P<gap>\s*)(?=\S|$)"
)


_LEADS_ON = re.compile(
    r"(?:In\s+(?:the|this|case)|If|Upon|When|Where|On|For|As|To|During|After|Before|Under|At|Such|By)\b"
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
