"""An export of rows in which nobody is named, as it is remembered (A29, B3). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Export:
    """One export: how it was made and how much was left out; no value of it."""

    controller: str
    disclosure_id: str
    made: datetime
    made_by: str
    k: int
    """People whom no row tells apart, at least."""
    k_from: str
    """``agreement``, ``operator's target`` or ``asked for``."""
    small: str
    """``suppress`` or ``refuse``."""
    kept: tuple[str, ...]
    quasi: tuple[str, ...]
    dropped: tuple[str, ...]
    written: int
    """Rows that left."""
    people: int
    classes: int
    smallest: int
    suppressed: int
    small_classes: int
    withheld: int
    """Records of restricted people, who were not looked at."""
    entry_id: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of an export, in an order of chance, each with a pseudonym of this export alone."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
