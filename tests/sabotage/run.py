"""Break what each control watches, one thing after another; say which obligations fell.

Exit code 1 if anything else fell, anything stayed green, or anything did not come back.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file, from anywhere

from bailee.app.controls import CONTROLS
from tests.sabotage.plan import SABOTAGES
from tests.sabotage.stage import staged
from tests.sabotage.verdict import GREEN, judge

WIDE = max(len(one.says) for one in SABOTAGES)


def say(text: str) -> None:
    """Print one line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run every sabotage on one fresh deployment."""
    wrong = [
        f"nothing breaks {name}" for name in CONTROLS if name not in {s.control for s in SABOTAGES}
    ]
    with staged() as stage:
        first = stage.look()
        green = {name for name in stage.served_by(*CONTROLS) if first[name] in GREEN}
        say(f"{len(CONTROLS)} controls look at a fresh deployment: {len(green)} obligations green")
        wrong += [
            f"{name} is {first[name]} before anything was broken"
            for name in sorted(stage.served_by(*CONTROLS) - green)
        ]
        for sabotage in SABOTAGES:
            verdict = judge(stage, sabotage)
            said = "; ".join(verdict.complaints) or "ok"
            fallen = ", ".join(verdict.fallen) or "nothing"
            say(f"{sabotage.control:20} {sabotage.says:{WIDE}}  ->  {fallen:24}  {said}")
            say(f"{'':20} found: {', '.join(verdict.found)}")
            wrong += [f"{sabotage.name}: {one}" for one in verdict.complaints]
    for one in SABOTAGES:
        if one.also:
            say(f"{one.name} also trips {', '.join(one.also)}: {one.because}")
    for complaint in wrong:
        say(f"WRONG  {complaint}")
    say("every control sees what it watches" if not wrong else f"{len(wrong)} deviations")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
