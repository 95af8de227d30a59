"""A journal that stands in for the ledger, a register of people, a clock, and the real text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.agreement import Agreements, Record, Signatory
from bailee.clock import Clock

MODEL = Path(__file__).parents[2] / "src/bailee/agreement/terms/model-addendum.txt"
REAL = "001_45869c0767c05bd6.txt"


def find_real_text() -> Path | None:
    """Return the real agreement, which is not part of the project, if it lies beside it."""
    for folder in Path(__file__).parents[2:5]:
        path = folder.parent / "shared" / "seeds" / REAL
        if path.is_file():
            return path
    return None


@pytest.fixture(scope="session")
def real_text() -> bytes:
    """Return the real agreement's bytes; skip where it is not at hand."""
    path = find_real_text()
    if path is None:
        pytest.skip("the real agreement is not at hand")
    return path.read_bytes()


@pytest.fixture(scope="session")
def model_text() -> bytes:
    """Return the model addendum's bytes."""
    return MODEL.read_bytes()


@dataclass
class Hands:
    """A clock that a test turns."""

    at: datetime = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: int) -> None:
        """Let time pass."""
        self.at += timedelta(**by)


@dataclass
class Journal:
    """Stands in for the ledger: keeps what was recorded, in order."""

    facts: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, conn: sa.Connection, fact: Mapping[str, Any]) -> str:
        assert conn.in_transaction()
        self.facts.append(dict(fact))
        return f"entry-{len(self.facts)}"

    @property
    def actions(self) -> list[str]:
        """Return what was done, in order."""
        return [fact["action"] for fact in self.facts]


@dataclass(frozen=True)
class Who:
    """A caller whose credential was checked."""

    principal_id: str
    key_id: str = "key-1"
    kind: str = "person"
    on_behalf_of: str = ""

    def actor(self) -> dict[str, str]:
        """Return who it was, as an entry has it."""
        fields = {"principal_id": self.principal_id, "key_id": self.key_id, "kind": self.kind}
        return fields | ({"on_behalf_of": self.on_behalf_of} if self.on_behalf_of else {})


PEOPLE = {
    "ours": Who("ours"),
    "ours-too": Who("ours-too"),
    "theirs": Who("theirs"),
    "nobody": Who("nobody"),
    "robot": Who("ours", kind="service"),
    "through-robot": Who("theirs", on_behalf_of="somebody"),
}

NAMED = {
    "ours": Signatory("ours", "processor", "Percival Abernathy", "Privacy Coordinator"),
    "ours-too": Signatory("ours-too", "processor", "Marisol Thackeray", "Security Lead"),
    "theirs": Signatory("theirs", "controller", "Odalys Merriweather", "Director of Privacy"),
}


def register(_conn: sa.Connection, controller: str, person: str) -> Signatory | None:
    """Stand in for the register of people: the same three sign for one controller only."""
    return NAMED.get(person) if controller == "larkspur" else None


@pytest.fixture
def hands() -> Hands:
    """Return the clock's hands."""
    return Hands()


@pytest.fixture
def journal() -> Journal:
    """Return an empty journal."""
    return Journal()


@pytest.fixture
def people() -> Mapping[str, Who]:
    """Return everybody who tries something."""
    return PEOPLE


@pytest.fixture
def process(journal: Journal, hands: Hands) -> Callable[..., Agreements]:
    """Return a maker of agreements, as each process has its own."""

    def make(
        record: Record = journal, horizon_days: int | None = None, ahead: int = 0
    ) -> Agreements:
        return Agreements(
            record=record,
            signatory=register,
            clock=Clock(lambda: hands() + timedelta(seconds=ahead)),
            horizon_days=horizon_days,
        )

    return make


@pytest.fixture
def agreements(process: Callable[..., Agreements]) -> Agreements:
    """Return the agreements, recording in the journal."""
    return process()
