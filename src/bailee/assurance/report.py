"""The report of a pack as PDF/A-2b, set by Typst: no network, no package, no markup from outside.

What the report says comes in as JSON and is set as text, so no name, reason or reference can become
markup. The same data at the same time give the same bytes, up to the signature.

Needs the extra ``pack``.
"""

from __future__ import annotations

import importlib.resources
import importlib.util
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bailee import canonical


def available() -> bool:
    """Say whether the extra is installed that sets and signs reports."""
    return all(importlib.util.find_spec(name) is not None for name in ("typst", "pyhanko"))


def render(data: Mapping[str, Any], now: datetime) -> bytes:
    """Return the report of what a pack says."""
    import typst  # noqa: PLC0415 - 77 MB, in an extra

    template = importlib.resources.files("bailee.assurance") / "report.typ"
    return bytes(
        typst.compile(
            template.read_bytes(),
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"data": canonical.encode(dict(data)).decode("ascii")},
            pdf_standards="a-2b",
            timestamp=int(now.timestamp()),
        )
    )
