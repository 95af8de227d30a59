"""Capitalised terms: how they compare.

``Sub-processor``, ``Subprocessors`` and ``Sub-Processor's`` are one term, and so are ``Process``,
``Processed`` and ``Processing``. The lists of words stand in ``bailee.agreement.lexicon``.
"""

from __future__ import annotations

import re

WORD = re.compile(r"[A-Za-z0-9\u00c0-\u024f][A-Za-z0-9\u00c0-\u024f'&/.-]*")


def key_of(term: str) -> tuple[str, ...]:
    """Return a term as it is compared: lower case, singular, no hyphens, no possessive."""
    words = WORD.findall(term.replace("(s)", "").replace("(es)", "").replace("(ies)", "y"))
    return tuple(word for word in (plain(word) for word in words) if word)


def plain(word: str) -> str:
    """Return one word as it is compared."""
    lower = word.lower().rstrip(".'-/&")
    lower = lower.removesuffix("'s").replace("'", "").replace("-", "")
    if len(lower) > 4 and lower.endswith("ies"):
        return lower[:-3] + "y"
    if lower.endswith(("sses", "xes", "ches", "shes")):
        return lower[:-2]
    if len(lower) > 3 and lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
        return lower[:-1]
    return lower


Key = tuple[str, ...]
_STEM_MIN = 4


def family(key: Key) -> Key:
    """Return the key under which a verb and its forms are one term; longer terms as they are."""
    return (_stem(key[0]),) if len(key) == 1 else key


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= _STEM_MIN:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > _STEM_MIN and word[-1] == word[-2] else word
