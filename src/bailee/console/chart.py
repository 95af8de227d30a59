"""Bars, drawn here as SVG, each with its text: who cannot see the picture reads the table.

Colours come from the style sheet by class, so a chart is right in light and dark. Nothing in it is
anybody's text but names of codes and people, escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    frame = f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
    parts = [f'{frame} aria-label="{escape(title)}">']
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


def _round_up(most: int) -> int:
    """Return a round number not below the largest."""
    size = 1
    while size < most:
        for factor in (2, 5, 10):
            if size * factor >= most:
                return size * factor
        size *= 10
    return size
