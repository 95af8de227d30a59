"""Writes ``docs/benchmarks.md`` from the results that lie in ``bench/results``.

Nothing in the page is written by hand: its tables are medians of the rows, its verdicts compare
them with ``targets``. A part that was not measured is missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import sections, targets
from bench.figures import QUICK_RESULTS, RESULTS
from bench.load import ROOT
from bench.sections import Rows, table
from bench.targets import Goal

PAGE = ROOT / "docs" / "benchmarks.md"
QUICK_PAGE = QUICK_RESULTS / "benchmarks.md"
INTRODUCTION = """# Benchmarks

Written by `make bench` from `bench/results/*.json`; no figure in it is typed by hand.
`make bench ONLY=p1` measures one part. What each part does and checks stands at the top of its
file in `bench/`.

**How.** The server is started as users start it (`bailee init`, `bailee serve`), with plain HTTP on
the loopback interface; every call is authenticated, authorised, and answered after its ledger entry
is durable (fsync). The server, with its database if that is PostgreSQL, is on one core, the load on
the other; "two" cores means that nothing was pinned. The contender OpenBao is a release binary with
raft storage and a file audit device on the same disk, plain HTTP on the loopback interface, not in
development mode; its limits on JSON are raised (`max_request_json_strings`,
`max_request_json_memory`), because as delivered they stop a batch with associated data at 249.
It does not fsync its audit file before it answers. Loads alternate between the two; figures are
medians of the repeats. CPU time is that of all server processes, with what they do afterwards
because of the load; on a busy machine it is the figure to compare. "Loop" is the processor time of
a million additions in Python before the part began: rented cores are not the same every day, and a
figure is worth what its loop is. Reading (P3) begins once PostgreSQL has counted its rows, which it
does by itself within a minute after a first import; until then batches are read ten times slower.
"""
SPEED = ("items_s", "fields_s", "cpu_s_per_1000", "p50_ms", "p95_ms", "p99_ms")


@dataclass(frozen=True)
class Section:
    """How one part is shown."""

    title: str
    tables: Callable[[Rows], Iterable[str]]
    goals: Callable[[Rows], Iterable[Goal]]


def _plain(*figures: str) -> Callable[[Rows], Iterable[str]]:
    return lambda rows: sections.plain(rows, *figures)


SECTIONS = {
    "p1": Section(
        "P1: encrypt and decrypt, beside OpenBao transit", sections.encrypting, targets.encrypting
    ),
    "p2": Section(
        "P2: protect (10 fields, 3 indexed, 1 tokenised), beside OpenBao KV",
        _plain(*SPEED, "bytes_stored", "bytes_logged", "rss_mb"),
        targets.protecting,
    ),
    "p3": Section(
        "P3: reveal (10 fields), beside OpenBao KV",
        _plain(*SPEED, "bytes_stored", "bytes_logged", "rss_mb"),
        targets.revealing,
    ),
    "p4": Section(
        "P4: the ledger, in process",
        _plain(
            "entries_s", "cpu_s_per_1000", "database_cpu_s_per_1000",
            "p50_ms", "p95_ms", "p99_ms", "signed_p50_ms", "signed_p99_ms",
        ),
        targets.appending,
    ),
    "p5": Section(
        "P5: the verifier over a whole log",
        _plain("entries_per_cpu_s", "entries_s"),
        targets.verifying,
    ),
    "p6": Section(
        "P6: growth",
        _plain("fill_records_s", "p50_ms", "p95_ms", "p99_ms", "keys_gone_ms", "answered_ms"),
        targets.growing,
    ),
    "p7": Section(
        "P7: a file of records (10 columns, 1 tokenised)",
        _plain(
            "rows_s", "seconds", "command_cpu_s_per_1000", "server_cpu_s_per_1000",
            "command_peak_mb", "server_peak_mb",
        ),
        targets.importing,
    ),
    "p11": Section("P11: start", _plain("wait_s"), targets.starting),
}  # fmt: skip


def write(*, quick: bool = False) -> None:
    """Write the page; from the results of quick runs a page of their own, beside them."""
    results, page = (QUICK_RESULTS, QUICK_PAGE) if quick else (RESULTS, PAGE)
    found = [json.loads(path.read_text()) for path in sorted(results.glob("*.json"), key=_order)]
    lines = [INTRODUCTION]
    lines += _machines(found) if found else ["Nothing is measured yet: run `make bench`."]
    for one in found:
        section, rows = SECTIONS[one["part"]], Rows(one["rows"])
        lines += [f"## {section.title}", "", *section.tables(rows), ""]
        lines += [*targets.verdict(section.goals(rows)), *_footer(one), ""]
    page.write_text("\n".join(lines).rstrip() + "\n")


def _order(path: Path) -> int:
    return int(path.stem.removeprefix("p"))


def _machines(found: Sequence[dict[str, Any]]) -> list[str]:
    """Return what each part was measured on."""
    rows = []
    for one in found:
        where, made = one["machine"], one["versions"]
        sync = where["fsync_ms"]
        rows.append(
            (
                one["part"].upper(),
                one["measured"][:16].replace("T", " "),
                f"{where['cpu']}, {where['cores']} cores, {where['memory_gb']} GB",
                where["kernel"],
                f"{sync['p50']} / {sync['p99']} ms",
                f"{where['loop_ms']} ms" if "loop_ms" in where else "-",
                str(where["load_before"]),
                f"{made['bailee']}, Python {made['python']}, SQLite {made['sqlite']}",
            )
        )
    head = ("Part", "Measured (UTC)", "Machine", "Kernel", "fdatasync p50 / p99",
            "Loop", "Load before", "bailee and what it stands on")  # fmt: skip
    return ["## Machine", "", *table(head, rows), ""]


def _footer(one: dict[str, Any]) -> list[str]:
    said = f"`{one['command']}`, {one.get('minutes', '?')} minutes"
    if "openbao" in one:
        said += f"; OpenBao {one['openbao']}"
    if "driver" in one:
        alone = one["driver"]
        said += (
            f"; the driver alone, against a responder that does nothing: "
            f"{alone['requests_s']:,.0f} requests/s"
            f" ({alone['driver_cpu_us_per_request']} µs of its CPU each)"
        )
    return [said + (". A quick run: not for quoting." if one["quick"] else ".")]
