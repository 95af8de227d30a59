"""What each figure must reach, and the sentence that says whether it does.

The sentences are made from the figures, so that a page never praises what was not measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.sections import Rows, number


@dataclass(frozen=True)
class Goal:
    """A figure, its value if it was measured, and what it must reach."""

    name: str
    value: float | None
    wanted: float
    at_least: bool = True
    unit: str = ""

    @property
    def reached(self) -> bool:
        """Whether the value is on the right side."""
        if self.value is None:
            return False
        return self.value >= self.wanted if self.at_least else self.value <= self.wanted

    def says(self) -> str:
        """Return the figure beside its target."""
        places = 0 if self.wanted >= 50 else 2
        side = "at least" if self.at_least else "at most"
        value, wanted = number(self.value, places), number(self.wanted, places)
        return f"{self.name} {value}{self.unit} ({side} {wanted})"


def verdict(goals: Iterable[Goal]) -> Iterator[str]:
    """Return two lists: what falls short, and what reaches its target."""
    known = [one for one in goals if one.value is not None]
    for title, reached in (("Short of the target", False), ("Reached", True)):
        said = [f"- {one.says()}" for one in known if one.reached == reached]
        yield f"**{title}:**" if said else f"**{title}:** nothing."
        yield ""
        yield from [*said, ""] if said else []


def _best(rows: Rows, name: str, **texts: str) -> float | None:
    """Return the best median among batches."""
    found = [
        value
        for batch in rows.names("batch")
        if (value := rows.figure(name, batch=batch, **texts)) is not None
    ]
    return max(found, default=None)


def encrypting(rows: Rows) -> Iterator[Goal]:
    """P1: items per second over OpenBao's; at batch 1, 100 and 1000."""
    warm = rows.where(subjects="warm", cores="one")
    for work in warm.names("work"):
        for batch, wanted in (("1", 1.0), ("100", 2.0), ("1000", 3.0)):
            for name, label in (("items_s", "items/s"), ("cpu_s_per_1000", "items per CPU-second")):
                ours, theirs = (
                    warm.figure(name, work=work, batch=batch, who=who)
                    for who in ("bailee", "OpenBao")
                )
                if not ours or not theirs:
                    continue
                value = ours / theirs if name == "items_s" else theirs / ours
                yield Goal(f"{work} at {batch}, {label} over OpenBao's", value, wanted, unit="x")


def protecting(rows: Rows) -> Iterator[Goal]:
    """P2: fields per second, the best batch."""
    for who, wanted in (("bailee on SQLite", 25_000), ("bailee on PostgreSQL", 15_000)):
        value = _best(rows, "fields_s", who=who, work="protect")
        yield Goal(f"{who}, fields/s at the best batch", value, wanted)
        cpu = min(
            (
                found
                for batch in rows.names("batch")
                if (found := rows.figure("cpu_s_per_1000", who=who, work="protect", batch=batch))
            ),
            default=None,
        )
        yield Goal(f"{who}, fields per CPU-second", cpu and 10_000 / cpu, wanted)


def revealing(rows: Rows) -> Iterator[Goal]:
    """P3: requests per second and their median at batch 1, fields per second at batch 1000."""
    for who in ("bailee on SQLite", "bailee on PostgreSQL"):
        one = rows.where(who=who, work="reveal", batch="1")
        yield Goal(f"{who} at batch 1, requests/s", one.figure("requests_s"), 2_700)
        yield Goal(f"{who} at batch 1, p50", one.figure("p50_ms"), 6, at_least=False, unit=" ms")
        many = rows.where(who=who, work="reveal", batch="1000")
        yield Goal(f"{who} at batch 1000, fields/s", many.figure("fields_s"), 80_000)


def appending(rows: Rows) -> Iterator[Goal]:
    """P4: acknowledged entries per second, and the time to a checkpoint."""
    for who in rows.names("who"):
        wanted = 20_000 if "SQLite" in who else 3_000
        for callers in rows.names("callers"):
            what = {"who": who, "callers": callers}
            name = f"{who}, {callers} callers"
            yield Goal(f"{name}, entries/s", rows.figure("entries_s", **what), wanted)
            late = rows.figure("signed_p99_ms", **what)
            yield Goal(f"{name}, entry to checkpoint p99", late, 1_000, at_least=False, unit=" ms")


def verifying(rows: Rows) -> Iterator[Goal]:
    """P5: entries per second of one core."""
    for log in rows.names("log"):
        value = rows.figure("entries_per_cpu_s", log=log)
        yield Goal(f"{log}, entries per CPU-second", value, 350_000)


def growing(rows: Rows) -> Iterator[Goal]:
    """P6: medians in the largest house over those in the smallest; keys gone."""
    sizes = sorted(rows.names("records"), key=int)
    for who in rows.names("who"):
        for work in ("reveal", "search", "erase a subject"):
            small, large = (
                rows.figure("p50_ms", who=who, work=work, records=size)
                for size in (sizes[0], sizes[-1])
            )
            if small and large:
                name = f"{who}, {work}, p50 at {int(sizes[-1]):,} over {int(sizes[0]):,} records"
                yield Goal(name, large / small, 1.2, at_least=False, unit="x")
        for size in sizes:
            gone = rows.figure("keys_gone_ms", who=who, records=size)
            name = f"{who}, a controller of {int(size):,} records, keys gone after"
            yield Goal(name, gone, 100, at_least=False, unit=" ms")


def importing(rows: Rows) -> Iterator[Goal]:
    """P7: rows per second and memory."""
    for count in rows.names("rows"):
        name = f"{int(count):,} rows"
        yield Goal(f"{name}, rows/s", rows.figure("rows_s", rows=count), 4_000)
        for part in ("command", "server"):
            peak = rows.figure(f"{part}_peak_mb", rows=count)
            yield Goal(f"{name}, the {part}'s memory", peak, 500, at_least=False, unit=" MB")


def starting(rows: Rows) -> Iterator[Goal]:
    """P11: seconds until the help, and until the server is ready."""
    for who, wanted in (("bailee --help", 0.3), ("bailee serve, ready", 2.0)):
        yield Goal(who, rows.figure("wait_s", who=who), wanted, at_least=False, unit=" s")
