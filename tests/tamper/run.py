"""The whole campaign: ``make tamper`` (``TAMPER=10000``, ``SEED`` from the clock unless given).

Three changes in four are made to the export, the fourth to the database behind it. Prints what was
tried and what came of it; exit code 1 when anything was missed or an untouched log was accused.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.tamper.campaign import Tally, against_export
from tests.tamper.rows import UNREACHED, Operator
from tests.tamper.specimen import Specimen

SLICE = 500


def main() -> int:
    """Run the campaign; return its exit code."""
    parser = argparse.ArgumentParser("tamper", description="Tamper with finished logs.")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    given = parser.parse_args()
    say(f"seed {given.seed}, {given.count} changes")
    exported, rows = Tally(), Tally()
    with tempfile.TemporaryDirectory(prefix="bailee-tamper-") as folder:
        specimen = Specimen(Path(folder))
        operator = Operator(specimen, Path(folder), given.seed)
        wanted = given.count // 4
        while exported.total < given.count - wanted:
            part = min(SLICE, given.count - wanted - exported.total)
            place = Path(tempfile.mkdtemp(dir=folder))
            add(
                exported,
                against_export(specimen.exhibits, given.seed + exported.total, part, place),
            )
            show("export", exported)
        while operator.tally.total < wanted:
            operator.run(min(SLICE, wanted - operator.tally.total))
            show("database", operator.tally)
        rows = operator.tally
        specimen.close()
    outcomes = Counter[str]()
    for kind, many in sorted((exported.kinds + rows.kinds).items()):
        say(f"{many:7}  {kind}")
    for kind, many in rows.kinds.items():
        outcomes[kind.split(" ")[0]] += many
    say(f"export: {exported.total} changes, every one to be named")
    say(f"database: {rows.total} changes: " + ", ".join(f"{n} {k}" for k, n in outcomes.items()))
    say("unreached means: exported to a byte as before, for one of these reasons")
    for name, why in UNREACHED.items():
        say(f"    {name}: {why}")
    missed, alarms = exported.missed + rows.missed, exported.alarms + rows.alarms
    for line in [*missed, *alarms]:
        say(line)
    clean = exported.clean + rows.clean
    say(f"missed {len(missed)}; false alarms {len(alarms)} in {clean} looks at untouched logs")
    return 1 if missed or alarms else 0


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def add(whole: Tally, part: Tally) -> None:
    """Add a tally to another."""
    whole.kinds += part.kinds
    whole.missed += part.missed
    whole.alarms += part.alarms
    whole.clean += part.clean


def show(what: str, tally: Tally) -> None:
    """Say how far it is, on one line."""
    said = f"{what}: {tally.total} tried, {len(tally.missed)} missed, {len(tally.alarms)} alarms"
    sys.stderr.write(f"\r{said}")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
