"""What counts as the same value: pure functions from a checked value to its index form.

Blind indexes and token fingerprints are made over this form only; what is stored and given back
is the value as it came. A normaliser that changes gets a new ``norm_version`` in the catalogue,
which selects another index key, so old and new forms never meet by accident.

Every function is idempotent. Unicode: NFKC and case folding (UAX 15, and section 3.13 of the
Unicode standard), so that full-width digits and a sharp s find their plain partners.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping


def same(value: str) -> str:
    """Return the value: its validator already gives one form."""
    return value


def fold(value: str) -> str:
    """Return the value without differences of case, width, accents' encoding and white space."""
    if value.isascii():
        return " ".join(value.lower().split())
    folded = unicodedata.normalize("NFKC", value).casefold()
    # Case folding can leave the composed form, and composing can give a letter that folds again.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold())
    return " ".join(folded.split())


def alphanumeric(value: str) -> str:
    """Return letters and digits only, folded: ``A-02 078`` is ``a02078``."""
    return "".join(filter(str.isalnum, fold(value)))


NORMALISERS: Mapping[str, Callable[[str], str]] = {
    "same": same,
    "fold": fold,
    "alphanumeric": alphanumeric,
}
