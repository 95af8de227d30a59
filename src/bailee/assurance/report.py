"""The report of a pack as PDF/A-2b, set by Typst: no network, no package, no markup from outside.

What the report says comes in as JSON and is set as text, so no name, reason or reference can become
markup. A character that the embedded font lacks, or that is none (controls, marks that turn the
direction of writing), is set as its number, ``[U+674E]``: a report never fails for a name, and
never shows another order than was written. The same data at the same time give the same bytes, up
to the signature.

Needs the extra ``pack``.
"""

from __future__ import annotations

import importlib.resources
import importlib.util
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from bailee import canonical


def available() -> bool:
    """Say whether the extra is installed that sets and signs reports."""
    return all(importlib.util.find_spec(name) is not None for name in ("typst", "pyhanko"))


def spell(value: Any) -> Any:
    """Return what is to be set, with each character that cannot be shown as its number."""
    if isinstance(value, str):
        return "".join(one if _shows(one) else f"[U+{ord(one):04X}]" for one in value)
    if isinstance(value, Mapping):
        return {name: spell(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [spell(one) for one in value]
    return value


@lru_cache(maxsize=65_536)
def _shows(char: str) -> bool:
    """Say whether the font has a character; the tool itself is asked, once for each."""
    if " " <= char <= "~":
        return True
    if unicodedata.category(char).startswith(("C", "Z")):
        return False
    from typst import TypstError  # noqa: PLC0415 - in an extra

    try:
        _compile(b"#sys.inputs.data", char, 0)
    except TypstError:
        return False
    return True


def render(data: Mapping[str, Any], now: datetime) -> bytes:
    """Return the report of what a pack says."""
    template = importlib.resources.files("bailee.assurance") / "report.typ"
    return typeset(template.read_bytes(), data, now)


def typeset(template: bytes, data: Mapping[str, Any], now: datetime) -> bytes:
    """Return data as a template of ours sets them; what the data says is never markup."""
    text = canonical.encode(spell(data)).decode("ascii")
    return _compile(template, text, int(now.timestamp()))


def _compile(template: bytes, data: str, timestamp: int) -> bytes:
    import typst  # noqa: PLC0415 - 77 MB, in an extra

    return bytes(
        typst.compile(
            template,
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"data": data},
            pdf_standards="a-2b",
            timestamp=timestamp,
        )
    )
