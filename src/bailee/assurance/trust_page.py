"""The page as people read it: one file without script, image, cookie or address elsewhere.

The style stands in the page and is allowed by its SHA-256 alone (CSP 3), so that the same bytes are
served, exported and linted. Everything that anybody wrote is escaped; a member that is missing is
an error, never an empty place.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup


def policy(*, framed: bool = True) -> str:
    """Return the page's Content-Security-Policy; ``frame-ancestors`` works as a header alone."""
    rules = [
        "default-src 'none'",
        f"style-src 'sha256-{_style_hash()}'",
        "form-action 'self'",
        "base-uri 'none'",
    ]
    return "; ".join([*rules, "frame-ancestors 'none'"] if framed else rules)


def render(statement: Mapping[str, Any]) -> str:
    """Return the page for a statement (``trust.compose`` with its time and end)."""
    return _template("trust.html").render(
        said=statement,
        style=Markup(_text("trust.css")),  # noqa: S704 - a file of ours
        policy=policy(framed=False),
    )


def _text(name: str) -> str:
    return resources.files("bailee.assurance").joinpath("templates", name).read_text("utf-8")


@functools.cache
def _style_hash() -> str:
    return base64.b64encode(hashlib.sha256(_text("trust.css").encode()).digest()).decode("ascii")


@functools.cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
