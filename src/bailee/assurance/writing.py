"""Who said it for the controller: its representative, or one of us upon its writing. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bailee.errors import Invalid

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TEXT = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a controller's word comes from.

    Attributes:
        side: ``controller`` when its representative entered it, else ``processor``.
        by: who entered it.
        given_by: the representative who said it.
        reference: where its writing is kept; '' where the representative entered it.
        text_sha256: of that writing.
    """

    side: str
    by: str
    given_by: str
    reference: str = field(default="", repr=False)
    text_sha256: str = ""


def check_origin(one: Origin) -> None:
    """Refuse our own entry of a controller's word without its writing (C11.1).

    Raises:
        Invalid: ``writing.missing``.
    """
    if one.side == "controller":
        return
    sound = one.given_by and _TEXT.fullmatch(one.reference) and _SHA256.fullmatch(one.text_sha256)
    if not sound:
        raise Invalid(
            "writing.missing",
            "We enter a controller's word only upon its writing.",
            do="Give its reference, its SHA-256, and the representative who signed it.",
        )
