"""The tables and verdicts of each part, made from its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bench.percentile import median

LATE = "p50 / p95 / p99 ms"
MUST = {1: 1.0, 100: 2.0, 1000: 3.0}
"""P1: items/s of bailee over OpenBao's, by batch."""


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


def encrypting(rows: Rows) -> Iterator[str]:
    """Return the tables of P1."""
    yield "## P1: encrypt and decrypt, beside OpenBao transit"
    yield ""
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
    yield from _lost(rows)
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


def _lost(rows: Rows) -> Iterator[str]:
    """Say where bailee is slower, dearer, or short of what it must reach."""
    warm = rows.where(subjects="warm", cores="one")
    slower, dearer, short = [], [], []
    for work in warm.names("work"):
        for batch in warm.names("batch"):
            what = {"work": work, "batch": batch}
            ours, theirs = (warm.figure("items_s", who=w, **what) for w in ("bailee", "OpenBao"))
            cpu = [warm.figure("cpu_s_per_1000", who=w, **what) for w in ("bailee", "OpenBao")]
            if not ours or not theirs or not cpu[0] or not cpu[1]:
                continue
            if ours < theirs:
                slower.append(f"{work} at {batch} ({ours / theirs:.2f}x)")
            if cpu[0] > cpu[1]:
                dearer.append(f"{work} at {batch} ({cpu[0] / cpu[1]:.2f}x the CPU)")
            if ours < MUST.get(int(batch), 0) * theirs:
                short.append(f"{work} at {batch} ({ours / theirs:.2f} of {MUST[int(batch)]:g}x)")
    yield f"**Slower than OpenBao:** {', '.join(slower) or 'nowhere'}."
    yield f"**Dearer in CPU:** {', '.join(dearer) or 'nowhere'}."
    yield (
        "**Short of the target** (1x at batch 1, 2x at 100, 3x at 1000): "
        f"{', '.join(short) or 'nowhere'}."
    )
