"""Templates to bytes: escaped by the engine, strict about names, the same for everybody."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bailee.console import chart, words
from bailee.console.assets import address
from bailee.console.navigation import menu


@functools.cache
def environment() -> Environment:
    """Return the one environment: autoescape everywhere, an unknown name is an error."""
    made = Environment(
        loader=PackageLoader("bailee.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "day": words.day,
        "moment": words.moment,
        "short": words.short,
        "plain": words.plain,
        "count": words.count,
    }
    made.globals |= {
        "asset": address,
        "chart": chart.bars,
        "climb": chart.climb,
        "runs": chart.runs,
        "share": chart.share,
        "strip": chart.strip,
        "choose": words.choose,
        "menu": menu,
    }
    return made


def render(template: str, data: Mapping[str, Any], part: str = "") -> bytes:
    """Return a page, or one block of it, as UTF-8.

    Args:
        template: file of ``templates``.
        data: what it may name.
        part: a block's name; the whole page where empty.
    """
    found = environment().get_template(template)
    if not part:
        return found.render(data).encode()
    pieces = found.blocks[part](found.new_context(dict(data)))
    return Markup("").join(map(Markup, pieces)).encode()


__all__ = ["environment", "render"]
