"""Draw a terminal's text as an SVG picture: no script, no font and nothing else from elsewhere.

Usage: ``python tools/picture.py < text > picture.svg``
"""

from __future__ import annotations

import re
import sys
from html import escape

CHAR, LINE, PAD, WIDTH = 7.2, 17, 14, 110
COLOURS = {"refused": "#e0af68", "VERIFIED": "#9ece6a", "BROKEN": "#f7768e", "passed": "#9ece6a"}


def main() -> int:
    """Read text, write a picture."""
    rows = [line.rstrip("\n")[:WIDTH] for line in sys.stdin]
    height = LINE * len(rows) + 2 * PAD
    width = int(CHAR * WIDTH) + 2 * PAD
    out = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" aria-label="make demo">'
        ),
        f'<rect width="{width}" height="{height}" rx="8" fill="#1a1b26"/>',
        (
            '<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12" '
            'xml:space="preserve">'
        ),
    ]
    for number, row in enumerate(rows):
        heading = bool(re.match(r" ?\d+\. ", row))
        colour = next((c for word, c in COLOURS.items() if word in row), "#c0caf5")
        colour = "#7aa2f7" if heading else colour
        y = PAD + LINE * (number + 1) - 5
        out.append(f'<text x="{PAD}" y="{y}" fill="{colour}">{escape(row)}</text>')
    out += ["</g>", "</svg>"]
    sys.stdout.write("\n".join(out) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
