"""Runs many single changes past the verifier and counts what it did not name."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bailee.ledger import verify
from tests.tamper.specimen import Exhibit
from tests.tamper.strokes import Stroke, stroke

EVERY = 100  # changes between two looks at the untouched log


@dataclass
class Tally:
    """What a campaign found: changes by kind, those missed, false alarms."""

    kinds: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    clean: int = 0

    @property
    def total(self) -> int:
        """Return how many changes were tried."""
        return self.kinds.total()


def exit_code(report: verify.Report) -> int:
    """Return the command's exit code for a report."""
    return 3 if report.problems else 1 if report.unmet else 0


def says(report: verify.Report) -> list[str]:
    """Return what was found, a line each, as it is printed."""
    return [f"{one['where']}: {one['says']}" for one in report.problems + report.unmet]


def names(report: verify.Report, blame: Iterable[str], code: int = 3) -> bool:
    """Say whether the report has the exit code and each of the patterns in one of its lines."""
    lines = says(report)
    found = all(any(re.search(one, line) for line in lines) for one in blame)
    return exit_code(report) == code and found


class Copy:
    """A copy of an exhibit's files that a stroke spoils and that is whole again afterwards."""

    def __init__(self, exhibit: Exhibit, folder: Path) -> None:
        self.exhibit = exhibit
        self.folder = Path(shutil.copytree(exhibit.folder, folder / exhibit.folder.name))

    def suffer(self, one: Stroke) -> verify.Report:
        """Apply a stroke, verify, take it back."""
        self._write(one.files)
        for name in one.folders:
            (self.folder / name).mkdir(parents=True)
        report = self.check()
        self._write({name: self.exhibit.files.get(name) for name in one.files})
        for name in one.folders:
            shutil.rmtree(self.folder / name.split("/")[0])
        return report

    def check(self) -> verify.Report:
        """Verify the copy as it is."""
        return verify.verify(self.folder, self.exhibit.pinned())

    def _write(self, files: dict[str, bytes | None]) -> None:
        for name in sorted(files, key=lambda name: files[name] is not None):  # deletions first
            path = self.folder / name
            data = files[name]
            if data is None:
                path.unlink(missing_ok=True)
                while path.parent != self.folder and not any(path.parent.iterdir()):
                    path = path.parent
                    path.rmdir()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)


def against_export(exhibits: list[Exhibit], seed: int, count: int, folder: Path) -> Tally:
    """Try random single changes on copies of exported logs."""
    chance, tally = random.Random(seed), Tally()  # noqa: S311 - repeatable, not secret
    copies = [Copy(exhibit, folder) for exhibit in exhibits]
    for number in range(count):
        copy = chance.choices(copies, [6, 3, 1])[0]
        one = stroke(copy.exhibit, chance)
        report = copy.suffer(one)
        tally.kinds[one.kind] += 1
        if not names(report, one.blame, one.code):
            label = f"{copy.exhibit.log}: {one.kind}: {one.what}: wanted {one.blame}"
            tally.missed.append(f"{label}, got {exit_code(report)} {says(report)[:4]}")
        if number % EVERY == 0 or number == count - 1:
            for each in copies:
                look(each.check(), tally)
    return tally


def look(report: verify.Report, tally: Tally) -> None:
    """Count a verification of an untouched log."""
    tally.clean += 1
    if exit_code(report):
        tally.alarms += says(report)
