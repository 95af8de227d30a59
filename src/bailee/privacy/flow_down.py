"""Duties that go on down to a sub-processor, and what its contract says of them. Pure.

A contract is compared with ours by a named person, duty by duty: ``covered``, ``weaker`` or
``missing``. C7.3(5)(ii) and C7.2(5)(iii) want terms that are no less strict, so a weaker one keeps
a sub-processor from being engaged as a missing one does; the two are told apart because what is
weaker can be mended by a letter.

Deliberately not checked: whether the contract says what that person read in it.
"""

from __future__ import annotations

import importlib.resources
import tomllib
from collections.abc import Iterable, Mapping
from typing import Literal, Protocol

import msgspec

from bailee.errors import Invalid, Refused

COVERED, WEAKER, MISSING = "covered", "weaker", "missing"
VERDICTS = (COVERED, WEAKER, MISSING)
Verdict = Literal["covered", "weaker", "missing"]


class Duty(msgspec.Struct, frozen=True):
    """One duty that goes on down."""

    id: str
    says: str
    controls: tuple[str, ...]


class _File(msgspec.Struct, frozen=True):
    duty: tuple[Duty, ...]


_PATH = importlib.resources.files("bailee.privacy") / "flow_down.toml"
DUTIES = msgspec.convert(tomllib.loads(_PATH.read_text("utf-8")), _File).duty
"""Every duty, in the order of the file."""


class Duties(Protocol):
    """The agreement, as far as duties are found in it."""

    def obligations_for(self, control: str) -> tuple[str, ...]:
        """Return ids of the obligations that a control serves."""


def owed(agreement: Duties) -> dict[str, tuple[str, ...]]:
    """Return the duties that an agreement puts upon us, each with the obligations it stands on."""
    found = {
        one.id: tuple(
            dict.fromkeys(
                name for control in one.controls for name in agreement.obligations_for(control)
            )
        )
        for one in DUTIES
    }
    return {name: obligations for name, obligations in found.items() if obligations}


def check_compared(compared: Mapping[str, str]) -> None:
    """Refuse a comparison that leaves a duty out, or names one that nobody knows.

    Raises:
        Invalid: ``subprocessor.comparison``.
    """
    if set(compared) != {one.id for one in DUTIES} or not set(compared.values()) <= set(VERDICTS):
        raise Invalid(
            "subprocessor.comparison",
            "A comparison says of every duty whether the contract covers it.",
            do=f"Say covered, weaker or missing for: {', '.join(one.id for one in DUTIES)}.",
        )


def short_of(compared: Mapping[str, str], wanted: Iterable[str]) -> dict[str, str]:
    """Return the wanted duties that a contract does not cover, each with what it says instead."""
    found = {name: compared.get(name, MISSING) for name in wanted}
    return {name: verdict for name, verdict in found.items() if verdict != COVERED}


def check_contract(compared: Mapping[str, str] | None, wanted: Iterable[str]) -> None:
    """Refuse a contract that does not bind a sub-processor to what binds us.

    Raises:
        Refused: ``subprocessor.no_contract``, ``subprocessor.contract_missing``,
            ``subprocessor.contract_weaker``.
    """
    if compared is None:
        raise Refused(
            "subprocessor.no_contract",
            "No contract with that sub-processor was compared with ours.",
            do="Compare it: `bailee subprocessor contract`.",
        )
    short = short_of(compared, wanted)
    lacks = [name for name, found in short.items() if found == MISSING]
    if lacks:
        raise Refused(
            "subprocessor.contract_missing",
            f"Its contract lacks what binds us: {', '.join(lacks)}.",
            do="Amend the contract, and compare it again.",
        )
    if short:
        raise Refused(
            "subprocessor.contract_weaker",
            f"Its contract is weaker than what binds us: {', '.join(short)}.",
            do="Amend the contract, and compare it again.",
        )
