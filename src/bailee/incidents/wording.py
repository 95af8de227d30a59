"""What people write in the incident room: lines, reasons, a controller's writings. Pure.

Free texts may name people. They stand in rows, for those who take part, and go into a notice where
they are meant for one; never into an entry in clear, a log of the server, or an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bailee.errors import Invalid

MOST = 4000
_PLAIN = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]*")
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Writing:
    """A controller's writing, where one of us enters what it asks for."""

    given_by: str = ""
    """Id of the representative who wrote it."""
    reference: str = field(default="", repr=False)
    """Where it is kept."""
    text_sha256: str = ""


def check_words(name: str, text: str, *, most: int = MOST, needed: bool = True) -> str:
    """Return a text as it was written, if it is plain and says something.

    Raises:
        Invalid: ``incident.text`` with the member's name, never the text.
    """
    blank = not text.strip()
    if (needed and blank) or len(text) > most or not _PLAIN.fullmatch(text):
        raise Invalid(
            "incident.text",
            f"'{name}' has 1 to {most} plain characters, not all blank.",
            do="Leave out control characters.",
        )
    return text


def check_writing(writing: Writing) -> None:
    """Refuse our own entry of what a controller asks for without its writing.

    Raises:
        Invalid: ``incident.writing``.
    """
    plain = writing.reference.strip() and _PLAIN.fullmatch(writing.reference)
    if not plain or not writing.given_by or not _SHA256.fullmatch(writing.text_sha256):
        raise Invalid(
            "incident.writing",
            "We enter what a controller asks for only with its writing.",
            do="Give its reference, its SHA-256 and the representative who wrote it.",
        )
