"""The operator's own times where a text names none (C2.6, C4.3, C5.2, C7.2, C7.3, C9). Pure.

A vague clock still has to ring. What it rings by is a target of ours, never the text's: whoever
reads a timer sees the difference (``Timer.target``).
"""

from __future__ import annotations

import functools
import importlib.resources
import re
import tomllib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from bailee.agreement.terms import Obligation
from bailee.agreement.workdays import FEDERAL_RESERVE
from bailee.errors import Invalid

OTHER = "other"
CLASS = "deidentified.class"
"""People whom a row must not tell apart: a number of ours as well, and no time."""
PEOPLE = "people"
_VALUE = re.compile(r"([1-9][0-9]{0,3}) (minutes|hours|days|business days|people)", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9.()\[\]-]{1,64}", re.ASCII)


class Targets:
    """Times by parameter or duty.

    Args:
        lines: name to ``24 hours``, ``1 business days``…; what is not given keeps its default.

    Raises:
        Invalid: ``targets.form``.
    """

    def __init__(self, lines: Mapping[str, Any] = MappingProxyType({})) -> None:
        self._times: dict[str, tuple[int, str]] = {}
        for name, value in {**_defaults(), **lines}.items():
            found = _VALUE.fullmatch(value) if isinstance(value, str) else None
            fits = found is not None and (found[2] == PEOPLE) == (name == CLASS)
            if found is None or not fits or not _NAME.fullmatch(name):
                raise Invalid(
                    "targets.form",
                    "A target is a name and a time.",
                    do='Write lines like "breach.notice" = "24 hours".',
                )
            self._times[name] = (int(found[1]), found[2])

    def line(self, vague: Obligation) -> Obligation:
        """Return a vague duty with its target in the place of a number."""
        name = next((one for one in (vague.parameter, vague.id) if one in self._times), OTHER)
        return self._put(vague, name)

    def people(self) -> int:
        """Return how many people a class has that leaves without names, at least."""
        return self._times[CLASS][0]

    def plain(self, name: str) -> Obligation:
        """Return a target that no text knows of, as a duty of our own."""
        own = Obligation(id=name, clause="", kind="clock", summary="", parameter=name, vague=True)
        return self.line(own)

    def _put(self, vague: Obligation, name: str) -> Obligation:
        quantity, unit = self._times[name]
        business = unit == "business days"
        return msgspec.structs.replace(
            vague,
            quantity=quantity,
            unit="days" if business else unit,
            direction="max",
            counting="business" if business else "plain",
            calendar=vague.calendar or (FEDERAL_RESERVE if business else ""),
        )


def read_targets(data: bytes) -> Targets:
    """Return targets from a file's bytes (TOML).

    Raises:
        Invalid: ``targets.form``.
    """
    try:
        return Targets(tomllib.loads(data.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise Invalid("targets.form", "The file of targets is no TOML.") from None


@functools.cache
def _defaults() -> Mapping[str, str]:
    path = importlib.resources.files("bailee.procedures") / "targets.toml"
    return MappingProxyType(tomllib.loads(path.read_text("utf-8")))
