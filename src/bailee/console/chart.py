"""Pictures, drawn here as SVG, each with its text: who cannot see the picture reads the table.

Colours come from the style sheet by class, so a chart is right in light and dark. Nothing in it is
anybody's text but names of codes and people, escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from markupsafe import Markup, escape

WIDTH, HEIGHT, LEFT, BELOW = 720, 200, 44, 26
MOST_SERIES = 6
"""Colours that can be told apart; whoever has more groups the rest."""


def bars(days: Sequence[str], series: Mapping[str, Sequence[int]], title: str) -> Markup:
    """Return stacked bars, a bar for each day.

    Args:
        days: labels from left to right.
        series: name to one number for each day; the first stands at the bottom.
        title: the text alternative's first words.
    """
    totals = [sum(row) for row in zip(*series.values(), strict=True)] or [0]
    top = _round_up(max(totals, default=0))
    step = (WIDTH - LEFT) / max(len(days), 1)
    scale = (HEIGHT - BELOW - 10) / top
    parts = [_frame("bars", (WIDTH, HEIGHT), title)]
    for mark in (0, top // 2, top) if top > 1 else (0, top):
        y = HEIGHT - BELOW - mark * scale
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{mark}</text>'
        )
    for at, label in enumerate(days):
        x, below = LEFT + at * step, float(HEIGHT - BELOW)
        for number, values in enumerate(series.values()):
            tall = values[at] * scale
            below -= tall
            if tall:
                parts.append(
                    f'<rect class="s{number % MOST_SERIES}" x="{x + step * 0.15:.1f}" '
                    f'y="{below:.1f}" width="{step * 0.7:.1f}" height="{tall:.1f}"/>'
                )
        if at % max(1, len(days) // 8) == 0:
            parts.append(
                f'<text class="tick" x="{x + step / 2:.1f}" y="{HEIGHT - 8}" '
                f'text-anchor="middle">{escape(label)}</text>'
            )
    parts.append("</svg>")
    return Markup("").join(map(Markup, parts))


def _frame(look: str, size: tuple[int, int], title: str) -> str:
    wide, tall = size
    box = f'viewBox="0 0 {wide} {tall}" role="img"'
    return f'<svg class="chart {look}" {box} aria-label="{escape(title)}">'


def _round_up(most: int) -> int:
    """Return a round number not below the largest."""
    size = 1
    while size < most:
        for factor in (2, 5, 10):
            if size * factor >= most:
                return size * factor
        size *= 10
    return size


def share(counts: Mapping[str, int], title: str) -> Markup:
    """Return one bar cut in parts, each with its number; a part's colour is its name's class."""
    total = sum(counts.values()) or 1
    parts = [_frame("share", (WIDTH, 40), title)]
    x = 0.0
    for name, count in counts.items():
        wide = WIDTH * count / total
        parts.append(
            f'<rect class="f {escape(name)}" x="{x:.1f}" y="4" width="{max(wide - 2, 1):.1f}" '
            'height="32" rx="3"/>'
        )
        if wide > 9 * len(str(count)) + 8:
            parts.append(
                f'<text class="in {escape(name)}" x="{x + wide / 2 - 1:.1f}" y="25" '
                f'text-anchor="middle">{count}</text>'
            )
        x += wide
    return Markup("").join(map(Markup, [*parts, "</svg>"]))


NAMES, CELL, ROW = 190, 7, 17
TOP = {"passed": 6, "enforced": 6, "operating": 6, "asserted": 6, "due": 3, "unresolved": 3}
"""How far below its line's top a mark begins: what is good is low, what waits is half high."""


def strip(days: Sequence[str], rows: Mapping[str, Mapping[str, str]], title: str) -> Markup:
    """Return a line of marks for each row: what is known of each day, and nothing else.

    A mark is told by its form as well as by its colour: what is good is a low bar, what waits a
    higher one, what failed a full one, and where nobody could look a frame. A day without a mark is
    a day on which nobody looked.

    Args:
        days: from left to right.
        rows: name to day to a result or a state.
        title: the text alternative.
    """
    wide, tall = NAMES + CELL * len(days) + 8, ROW * len(rows) + 24
    at = {day: NAMES + CELL * number for number, day in enumerate(days)}
    drawn: dict[str, list[str]] = {}
    parts = [_frame("strip", (wide, tall), title)]
    for number, (name, marks) in enumerate(rows.items()):
        y = ROW * number + 4
        parts.append(
            f'<line class="grid" x1="{NAMES}" x2="{wide - 8}" y1="{y + 12}" y2="{y + 12}"/>'
            f'<text class="tick" x="{NAMES - 8}" y="{y + 11}" text-anchor="end">'
            f"{escape(name)}</text>"
        )
        for day, result in marks.items():
            if day in at:
                low = y + TOP.get(result, 0)
                mark = f"M{at[day]} {low}h{CELL - 2}V{y + 12}h-{CELL - 2}z"
                drawn.setdefault(result, []).append(mark)
    parts += [f'<path class="m {escape(name)}" d="{"".join(d)}"/>' for name, d in drawn.items()]
    parts += [
        f'<text class="tick" x="{at[day]}" y="{tall - 6}">{escape(day[5:])}</text>'
        for day in days[:: max(1, len(days) // 6)]
    ]
    return Markup("").join(map(Markup, [*parts, "</svg>"]))


def runs(marks: Mapping[str, str]) -> list[tuple[str, str, str, int]]:
    """Return (state, first day, last day, how many) of days in a row with one state.

    A day that is not there ends a run: nobody knows how it was.
    """
    found: list[tuple[str, str, str, int]] = []
    for day in sorted(marks):
        state, (name, first, last, many) = marks[day], found[-1] if found else ("", "", "", 0)
        if state == name and date.fromisoformat(day) - date.fromisoformat(last) == timedelta(1):
            found[-1] = (name, first, day, many + 1)
        else:
            found.append((state, day, day, 1))
    return found


STEP, BOX = 46, 250


def climb(index: int, size: int, title: str) -> Markup:
    """Return how an entry's audit path goes up to the root of a tree (RFC 6962 2.1.1).

    On each level stand the node above the entry and its neighbour, which the proof gives.
    """
    levels = _levels(index, 0, size)
    tall = STEP * (len(levels) + 1) + 8
    parts = [_frame("climb", (WIDTH, tall), title)]
    above = WIDTH // 2
    parts.append(_box(above, 4, f"root of {size} entries, signed", "run"))
    for number, (run, beside) in enumerate(reversed(levels), 1):
        y = 4 + STEP * number
        left, right = WIDTH // 4, WIDTH - WIDTH // 4
        here, there = (left, right) if run < beside else (right, left)
        parts += [
            f'<line class="edge" x1="{above}" y1="{y - STEP + 28}" x2="{x}" y2="{y}"/>'
            for x in (here, there)
        ]
        parts.append(_box(here, y, _span(run, last=number == len(levels)), "run"))
        parts.append(_box(there, y, _span(beside), "beside"))
        above = here
    return Markup("").join(map(Markup, [*parts, "</svg>"]))


Span = tuple[int, int]


def _levels(index: int, start: int, end: int) -> list[tuple[Span, Span]]:
    """Return (node over the entry, its neighbour) from the leaf upwards, as ranges of entries."""
    if end - start < 2:
        return []
    middle = start + (1 << (end - start - 1).bit_length() - 1)
    lower, upper = (start, middle), (middle, end)
    run, beside = (lower, upper) if index < middle else (upper, lower)
    return [*_levels(index, *run), (run, beside)]


def _span(span: Span, *, last: bool = False) -> str:
    start, end = span
    if end - start == 1:
        return f"this entry, {start}" if last else f"entry {start}"
    return f"entries {start} to {end - 1}"


def _box(x: int, y: int, says: str, look: str) -> str:
    return (
        f'<rect class="box {look}" x="{x - BOX // 2}" y="{y}" width="{BOX}" height="28" rx="5"/>'
        f'<text class="in" x="{x}" y="{y + 19}" text-anchor="middle">{says}</text>'
    )
