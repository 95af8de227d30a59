"""What is answered about addendum kits."""

from __future__ import annotations

from bailee.client.answers import Answer, Entry, Finding
from bailee.client.transfer_answers import Blank, GeneratedPaper, PaperLine


class Kit(Answer, frozen=True):
    """An addendum as it may be offered now."""

    made: str
    text_sha256: str
    paper: GeneratedPaper
    blanks: list[Blank]
    claimed: list[str]
    unclaimed: list[PaperLine]
    findings: list[Finding]
    text: str = ""
    manifest: str = ""
    manifest_sha256: str = ""
    entry: Entry | None = None


__all__ = ["Kit"]
