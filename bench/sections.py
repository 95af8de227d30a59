"""The tables and verdicts of each part, made from its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bench.percentile import median

LATE = "p50 / p95 / p99 ms"
COLUMNS = {
    "items_s": ("Items/s", 0), "fields_s": ("Fields/s", 0), "requests_s": ("Requests/s", 0),
    "rows_s": ("Rows/s", 0), "entries_s": ("Entries/s", 0), "fill_records_s": ("Records/s", 0),
    "entries_per_cpu_s": ("Entries per CPU-second", 0), "wait_s": ("Seconds", 2),
    "keys_gone_ms": ("Keys gone, ms", 1), "answered_ms": ("Answered, ms", 0),
    "cpu_s_per_1000": ("CPU-s / 1,000", 4),
    "database_cpu_s_per_1000": ("Database's CPU-s / 1,000", 4),
    "command_cpu_s_per_1000": ("Command's CPU-s / 1,000", 4),
    "server_cpu_s_per_1000": ("Server's CPU-s / 1,000", 4),
    "p50_ms": ("p50 ms", 2), "p95_ms": ("p95 ms", 2), "p99_ms": ("p99 ms", 2),
    "signed_p50_ms": ("To a checkpoint p50 ms", 0), "signed_p99_ms": ("p99 ms", 0),
    "bytes_stored": ("Bytes stored / item", 0), "bytes_logged": ("Bytes logged / item", 0),
    "command_peak_mb": ("Command's peak MB", 0), "server_peak_mb": ("Server's peak MB", 0),
    "rss_mb": ("MB", 0), "seconds": ("Seconds", 1),
}  # fmt: skip
"""Figures as the tables show them: heading and decimal places."""


class Rows:
    """Measurements of one part; repeats are folded into medians when asked for."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.rows = rows

    def names(self, text: str) -> list[str]:
        """Return the different values of a text, in the order they were measured."""
        return list(dict.fromkeys(str(row[text]) for row in self.rows if text in row))

    def figure(self, number: str, **texts: str) -> float | None:
        """Return the median of a number over the rows with these texts, None without any."""
        found = [
            float(row[number])
            for row in self.rows
            if number in row and all(row.get(name) == text for name, text in texts.items())
        ]
        return median(found) if found else None

    def where(self, **texts: str) -> Rows:
        """Return the rows with these texts."""
        return Rows([r for r in self.rows if all(r.get(n) == t for n, t in texts.items())])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table in Markdown."""
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]


def number(value: float | None, places: int = 0) -> str:
    """Return a number as the tables show it; a dash where nothing was measured."""
    return "-" if value is None else f"{value:,.{places}f}"


def ratio(ours: float | None, theirs: float | None) -> str:
    """Return how many times theirs ours is."""
    return f"{ours / theirs:.2f}x" if ours and theirs else "-"


def plain(rows: Rows, *figures: str) -> Iterator[str]:
    """Return one table of everything a part measured: its texts, then the named figures."""
    texts = list(dict.fromkeys(name for r in rows.rows for name in r if isinstance(r[name], str)))
    shown = [name for name in figures if any(name in row for row in rows.rows)]
    keys = dict.fromkeys(tuple((t, str(row[t])) for t in texts if t in row) for row in rows.rows)
    lines = []
    for key in keys:
        what = dict(key)
        cells = [number(rows.figure(name, **what), COLUMNS[name][1]) for name in shown]
        lines.append([*(what.get(text, "-") for text in texts), *cells])
    head = [*(text.capitalize() for text in texts), *(COLUMNS[name][0] for name in shown)]
    yield from table(head, lines)


def encrypting(rows: Rows) -> Iterator[str]:
    """Return the tables of P1: both sides in a row, then what only bailee was asked."""
    cells = []
    for cores in rows.names("cores"):
        for work in rows.names("work"):
            for batch in rows.names("batch"):
                what = {"cores": cores, "work": work, "batch": batch, "subjects": "warm"}
                if rows.figure("items_s", who="OpenBao", **what) is not None:
                    cells.append((cores, work, batch, *_against(rows, what)))
    head = (
        "Cores", "Work", "Batch", "bailee items/s", "OpenBao items/s", "Ratio",
        "bailee CPU-s / 1,000", "OpenBao CPU-s / 1,000", "CPU ratio (theirs / ours)",
        "bailee p50 / p95 / p99 ms", "OpenBao p50 / p95 / p99 ms", "Bytes logged / item (both)",
    )  # fmt: skip
    yield from table(head, cells)
    yield ""
    yield "Subjects not in memory, subjects never seen, and PostgreSQL; one core:"
    yield ""
    others = ("Who", "Work", "Subjects", "Batch", "Items/s", "CPU-s / 1,000", LATE, "MB")
    yield from table(others, _others(rows))


def _against(rows: Rows, what: dict[str, str]) -> list[str]:
    def both(name: str) -> tuple[float | None, float | None]:
        return rows.figure(name, who="bailee", **what), rows.figure(name, who="OpenBao", **what)

    items, cpu, logged = both("items_s"), both("cpu_s_per_1000"), both("bytes_logged")
    return [
        number(items[0]), number(items[1]), ratio(*items),
        number(cpu[0], 4), number(cpu[1], 4), ratio(cpu[1], cpu[0]),
        spread(rows, who="bailee", **what), spread(rows, who="OpenBao", **what),
        f"{number(logged[0])} / {number(logged[1])}",
    ]  # fmt: skip


def spread(rows: Rows, **what: str) -> str:
    """Return the three percentiles of a measurement."""
    return " / ".join(number(rows.figure(f"{p}_ms", **what), 1) for p in ("p50", "p95", "p99"))


def _others(rows: Rows) -> Iterator[list[str]]:
    for who in rows.names("who"):
        for subjects in rows.names("subjects"):
            if who == "OpenBao" or (who, subjects) == ("bailee", "warm"):
                continue
            mine = rows.where(who=who, subjects=subjects, cores="one")
            for work in mine.names("work"):
                for batch in mine.where(work=work).names("batch"):
                    what = {"work": work, "batch": batch}
                    yield [
                        who, work, subjects, batch, number(mine.figure("items_s", **what)),
                        number(mine.figure("cpu_s_per_1000", **what), 4), spread(mine, **what),
                        number(mine.figure("rss_mb", **what)),
                    ]  # fmt: skip
