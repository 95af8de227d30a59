"""Papers: what is generated for controllers, auditors and authorities, line by line. Pure.

Each line says where its content comes from: what runs (*live*), the *agreement*, a named person
(*asserted*), whoever asked for it (*given*), or nowhere yet (*blank*). A blank says who must fill
it; nothing is ever invented for it. The digest is of what a paper says, without the moment at which
it was made.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from bailee.canonical import encode

LIVE, AGREEMENT, ASSERTED, GIVEN, BLANK = "live", "agreement", "asserted", "given", "blank"
SOURCES = (LIVE, AGREEMENT, ASSERTED, GIVEN, BLANK)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a paper says."""

    what: str
    says: str
    source: str
    by: str = ""
    """Who stated it and until when; which control or clause it comes from; who must fill it."""
    subject: str = ""
    """Of the statement that fills it, where a person must."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a paper."""

    title: str
    lines: tuple[Line, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Blank:
    """Something that nobody has filled yet."""

    where: str
    what: str
    who: str
    subject: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper."""

    name: str
    title: str
    about: str
    sections: tuple[Section, ...]

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """Return what is still to be filled, each once, in the paper's order."""
        found: dict[str, Blank] = {}
        for part in self.sections:
            for one in part.lines:
                if one.source == BLANK:
                    where = Blank(part.title, one.what, one.by, one.subject)
                    found.setdefault(one.subject or f"{part.title}/{one.what}", where)
        return tuple(found.values())

    @property
    def sha256(self) -> str:
        """Return the digest of what it says."""
        said = [
            [
                part.title,
                part.note,
                [[one.what, one.says, one.source, one.by] for one in part.lines],
            ]
            for part in self.sections
        ]
        return hashlib.sha256(encode([self.name, self.title, self.about, said])).hexdigest()


def shown_source(line: Line) -> str:
    """Return a line's source as readers see it."""
    if line.source == BLANK:
        return f"to be filled by the {line.by}"
    return f"{line.source}: {line.by}" if line.by else line.source
