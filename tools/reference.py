"""Write ``docs/reference.md`` from the program itself, or check that it has not drifted.

Usage: ``python tools/reference.py [--check]``
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import typer.main

from bailee.agreement import load_terms
from bailee.app.controls import CONTROLS
from bailee.app.variables import SETTINGS
from bailee.cli import app
from bailee.web.limits import LIMITS
from bailee.web.routes import TABLE

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference.md"
HEAD = """# Reference

Written by `make reference` from the program; `make check` fails when it drifted."""
FAMILIES = {
    "Refused", "Unauthenticated", "Invalid", "Oversized", "NotFound", "Gone", "Conflict",
    "Unavailable", "Broken",
}  # fmt: skip
CODE = re.compile(r"[a-z_]+(\.[a-z_]+)+")


def _family(node: ast.Call, makers: dict[str, str]) -> str | None:
    name = node.func.id if isinstance(node.func, ast.Name) else None
    return name if name in FAMILIES else makers.get(name or "")


def _text(node: ast.expr) -> str | None:
    """Return a constant text, or the pattern of an f-string with its names in angle brackets."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "…" for part in node.values]
        return "".join(str(part) for part in parts)
    return None


def errors() -> Iterator[tuple[str, str, str]]:
    """Yield ``(code, family, sentence)`` for every failure the source can raise."""
    for path in sorted((ROOT / "src" / "bailee").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        makers = {
            node.name: node.returns.id
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            and isinstance(node.returns, ast.Name)
            and node.returns.id in FAMILIES
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and (family := _family(node, makers)):
                code = _text(node.args[0])
                if code is not None and CODE.fullmatch(code):
                    says = _text(node.args[1]) if len(node.args) > 1 else None
                    yield code, family, says or ""


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def commands() -> list[tuple[str, ...]]:
    """Return every command with the first line of its help."""
    rows: list[tuple[str, ...]] = []

    def walk(command: object, path: str) -> None:
        children = getattr(command, "commands", None)
        if children:
            for name in sorted(children):
                walk(children[name], f"{path} {name}")
        else:
            said = (getattr(command, "help", "") or "").strip().splitlines()
            rows.append((f"`{path}`", said[0] if said else ""))

    walk(typer.main.get_command(app), "bailee")
    return rows


def page() -> str:
    """Return the whole page."""
    found: dict[str, tuple[str, str]] = {}
    for code, family, says in errors():
        found.setdefault(code, (family, says))
    terms = load_terms("bill-2022-10-11")
    rows: dict[str, list[str]] = {}
    for duty in terms.obligations:
        rows.setdefault(duty.row, []).append(duty.id)
    return "\n\n".join(
        [
            HEAD,
            "## Commands",
            _table(("Command", "What it does"), commands()),
            "## Settings",
            _table(("Variable", "Meaning"), [(f"`{k}`", v) for k, v in SETTINGS.items()]),
            "## HTTP",
            _table(
                ("Route", "What it does"),
                [(f"`{route.method} {route.path}`", route.summary) for route in TABLE],
            ),
            "## Limits",
            _table(
                ("Limit", "Value"),
                [(f"`{k}`", str(v)) for k, v in msgspec.structs.asdict(LIMITS).items()],
            ),
            "## Controls",
            _table(
                ("Control", "What it tries", "Gives"),
                [(f"`{c.slug}`", c.says, c.watch.gives) for c in CONTROLS.values()],
            ),
            "## Rows and clauses",
            _table(
                ("Row", "Obligations of the addendum of 2022-10-11"),
                [(row or "-", ", ".join(ids)) for row, ids in sorted(rows.items())],
            ),
            "## Error codes",
            _table(
                ("Code", "Family", "Says"),
                [(f"`{code}`", family, says) for code, (family, says) in sorted(found.items())],
            ),
            "",
        ]
    )


def main() -> int:
    """Write the page, or compare it."""
    text = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text("utf-8") != text:
            sys.stderr.write("docs/reference.md has drifted: run `make reference`\n")
            return 1
        return 0
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
