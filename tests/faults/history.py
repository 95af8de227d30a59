"""What the clients sent and what they were answered: the truth against which a disk is held.

It lives in the memory of the trial, never on the disk that is hurt. Every subject belongs to one
writer, so what was asked about it has one order.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

OK, REFUSED, UNKNOWN = "ok", "refused", "unknown"


def digest(text: str) -> str:
    """Return what is kept of a value."""
    return sha256(text.encode()).hexdigest()


@dataclass
class Asked:
    """One write: its idempotency key and what came of it, as its caller knows."""

    key: str
    outcome: str = UNKNOWN
    code: str = ""
    """Of the refusal, or of the failure after which nobody knows."""


@dataclass
class Person:
    """One subject with one record. ``values`` can be made again from its name alone.

    Attributes:
        protect: how storing it went; ``record`` is known once that is ok.
        erase: how erasing it went, if that was asked; ``whole`` by subject, otherwise by record.
        sealed: a ciphertext of the subject's name that the client keeps.
    """

    controller: str
    name: str
    protect: Asked
    record: str = ""
    erase: Asked | None = None
    whole: bool = False
    sealed: str = ""
    codes: list[str] = field(default_factory=list)
    """What attempts to erase it were answered with."""

    @property
    def values(self) -> dict[str, str]:
        """Its values, invented."""
        mark = digest(self.name)
        letters = "".join(chr(ord("a") + int(one, 16)) for one in mark[:12])
        return {
            "person.name": f"Person {letters.capitalize()}",
            "person.email": f"{letters}.{mark[12:20]}@example.org",
        }

    @property
    def lives(self) -> bool:
        """Whether it was acknowledged and nobody asked to erase it."""
        return self.protect.outcome == OK and self.erase is None

    @property
    def erased(self) -> bool:
        """Whether its erasure was acknowledged."""
        return self.erase is not None and self.erase.outcome == OK


@dataclass(frozen=True)
class Answer:
    """One acknowledged call and the entry that it named; ``shown`` values were in it."""

    controller: str
    action: str
    entry_id: str
    leaf: str
    shown: int


@dataclass
class History:
    """Everything the clients of one trial know."""

    people: list[Person] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    notes: list[tuple[str, bytes]] = field(default_factory=list)
    """(controller, checkpoint) in the order of their arrival."""
    refusals: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """What was wrong at once: a value that is not what was stored, an answer no client expects."""

    def acknowledged(self) -> int:
        """Count the writes that were acknowledged."""
        asked = [one.protect for one in self.people] + [
            one.erase for one in self.people if one.erase
        ]
        sealed = sum(bool(one.sealed) for one in self.people)
        return sum(one.outcome == OK for one in asked) + sealed

    def write(self, path: Path) -> None:
        """Write it down beside a failed trial, without values."""
        found = {
            "people": [asdict(one) for one in self.people],
            "answers": [asdict(one) for one in self.answers],
            "notes": [[name, note.decode()] for name, note in self.notes],
        }
        path.write_text(json.dumps(found, indent=1), "utf-8")
