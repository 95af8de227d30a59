"""Hostile calls against real servers, many of them: ``python tests/hostile/run.py --cases 100000``.

A case is one request that schemathesis drew from the server's own description for one operation,
sent once over a socket to one engine, its answer read whole and judged (``judge``). Bent copies of
cases come on top and are counted apart. Exit code 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))
sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file, from anywhere

from tests.hostile.judge import operations
from tests.hostile.stand import ENGINES, Stand, stands
from tests.hostile.volley import Plan, Tally, volley

VOLLEY = 1280
"""Cases of one volley: twenty for each operation."""
MOST_MEGABYTES = 768
"""Of resident memory that a server may ever have had."""


def main() -> int:
    """Fire; print what came of it."""
    parser = argparse.ArgumentParser(description="Hostile calls from the API's own description.")
    parser.add_argument("--cases", type=int, default=2 * VOLLEY)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=60, help="begin no volley after these")
    parser.add_argument("--seed", type=int, default=int(time.monotonic_ns() % 1_000_003))
    given = parser.parse_args()
    for stop in (signal.SIGINT, signal.SIGTERM):  # either ends it in order, and shows what came
        signal.signal(stop, signal.default_int_handler)
    begun = time.monotonic()
    with stands(tuple(given.engines.split(","))) as served:
        tallies = fire(served, given)
        wrong = [line for stand in served for line in aftermath(stand)]
    for stand in served:
        table(stand.engine, tallies[stand.engine])
    drawn = sum(tally.sent(bent=False) for tally in tallies.values())
    bent = sum(tally.sent(bent=True) for tally in tallies.values())
    took = time.monotonic() - begun
    findings = [f"{engine}: {one}" for engine, tally in tallies.items() for one in tally.findings]
    say(f"{drawn} cases and {bent} bent copies in {took:.0f} s ({(drawn + bent) / took:.0f}/s)")
    say(f"seed {given.seed}; {len(findings)} findings; {len(wrong)} wrong afterwards")
    for one in [*wrong, *findings]:
        say(f"\n{one}")
    return 1 if wrong or findings else 0


def fire(served: list[Stand], given: argparse.Namespace) -> dict[str, Tally]:
    """Send at least so many cases in all, evenly on each stand, in several processes at one time.

    When the time is over, or somebody interrupts, what has begun is finished and counted.
    """
    until = time.monotonic() + 60 * given.minutes
    each = min(VOLLEY, -(-given.cases // len(served)))
    seeds = itertools.count(given.seed)
    tallies = {stand.engine: Tally() for stand in served}
    context = multiprocessing.get_context("spawn")
    waiting: dict[Future[Tally], str] = {}
    with ProcessPoolExecutor(given.processes, context, _deaf) as pool:
        with suppress(KeyboardInterrupt):
            drawn, volleys = 0, 0
            while drawn < given.cases and time.monotonic() < until:
                while len(waiting) < 2 * given.processes and (
                    not waiting or drawn + each * len(waiting) < given.cases
                ):
                    for stand in served:
                        plan = plan_for(stand, each, next(seeds))
                        waiting[pool.submit(one_volley, plan)] = stand.engine
                for done in wait(waiting, return_when=FIRST_COMPLETED).done:
                    tallies[waiting.pop(done)].add(done.result())
                    volleys += 1
                drawn = sum(tally.sent(bent=False) for tally in tallies.values())
                memory = ", ".join(f"{stand.engine} {stand.memory()} MB" for stand in served)
                say(f"{volleys} volleys, {drawn}/{given.cases} cases; resident {memory}")
        begun = {one: engine for one, engine in waiting.items() if not one.cancel()}
        for one, engine in begun.items():
            tallies[engine].add(one.result())
    return tallies


def _deaf() -> None:
    """Let a worker finish its volley when the whole group of processes is told to stop."""
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.SIG_IGN)


def plan_for(stand: Stand, cases: int, seed: int) -> Plan:
    """Return a volley's plan for a stand."""
    document = stand.document()
    text = json.dumps(document, sort_keys=True)
    return Plan(stand.url, text, stand.keys, stand.named, cases, seed)


def one_volley(plan: Plan) -> Tally:
    """Send one volley; runs in a process of its own."""
    return volley(plan, operations(json.loads(plan.text)))


def aftermath(stand: Stand) -> list[str]:
    """Return what is wrong with a server and its logs after the fire."""
    wrong = [] if stand.healthy() else ["the server does not serve any more"]
    peak = stand.memory("VmHWM")
    if peak > MOST_MEGABYTES:
        wrong.append(f"the server once held {peak} MB")
    if (code := stand.stop()) != 0:
        wrong.append(f"the server ended with exit code {code}")
    log = stand.log.read_text("utf-8", "replace")
    wrong += [f"the server's log tells of {word}" for word in ("unexpected", "zq") if word in log]
    with tempfile.TemporaryDirectory() as target:
        wrong += stand.verify(Path(target))
    say(f"{stand.engine}: at most {peak} MB resident; logs verified; exit code {code}")
    return [f"{stand.engine}: {one}" for one in wrong]


def table(engine: str, tally: Tally) -> None:
    """Print cases and answers by operation."""
    say(f"\n{engine:24} positive negative    bent     2xx     4xx     503")
    groups: Counter[tuple[str, str]] = Counter()
    for (name, status), many in tally.statuses.items():
        groups[name, "503" if status == 503 else f"{status // 100}xx"] += many
    for name in sorted({name for name, _ in tally.drawn}):
        counts = [tally.drawn[name, mode] for mode in ("positive", "negative", "bent")]
        counts += [groups[name, group] for group in ("2xx", "4xx", "503")]
        say(f"{name:24}" + "".join(f"{many:8}" for many in counts))
    say(f"slowest answer {tally.slowest:.1f} s ({tally.slowest_operation}); busy {tally.busy}")


def say(text: str) -> None:
    """Print one line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
