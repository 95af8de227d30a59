"""Commands upon public pages: what they claim, and whether it still holds (B10)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bailee.cli.show import Json, as_json, lines

if TYPE_CHECKING:
    from bailee.assurance import Report


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Claims that a public page makes.", no_args_is_help=True)
    group.callback()(_group)
    group.command()(lint)
    app.add_typer(group, name="claims")


def _group() -> None:
    """Claims that a public page makes."""


def lint(
    page: Annotated[Path, typer.Argument(help="Text, Markdown or HTML; - is standard input.")],
    on: Annotated[str, typer.Option(help="Judge for this day, 2026-11-20; today by default.")] = "",
    evidence: Annotated[
        Path | None, typer.Option(help="Your certificates and reports (TOML or JSON).")
    ] = None,
    house: Annotated[
        bool, typer.Option("--house", help="Take the living papers of this deployment's register.")
    ] = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Also claims that live but were given no evidence.")
    ] = False,
    json: Json = False,
) -> None:
    """Find what a trust page claims that is stale or wrong. Exit 1 when anything is."""
    from datetime import date

    from bailee.assurance import lint as rules
    from bailee.clock import Clock

    try:
        day = date.fromisoformat(on) if on else Clock().now().date()
    except ValueError:
        raise typer.BadParameter("write the day as 2026-11-20", param_hint="--on") from None
    if house and evidence:
        raise typer.BadParameter("the papers come from one place", param_hint="--evidence")
    papers = _read(evidence) if evidence else _registered() if house else None
    report = rules(_read(page), day, evidence=papers, everything=all_)
    if json:
        as_json(report)
    else:
        _tell(report, str(page))
    raise typer.Exit(1 if report.failing else 0)


def _registered() -> bytes:
    """Return the papers that the register holds, as an evidence file."""
    import msgspec

    from bailee.cli.session import connected

    with connected() as client:
        return msgspec.json.encode(client.trust_evidence())


def _read(path: Path) -> bytes:
    """Return a file's bytes, one more than the linter takes at most: that one it refuses."""
    from bailee.assurance.page import MAX_BYTES

    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}") from None


def _tell(report: Report, page: str) -> None:
    for claim in report.claims:
        lines(
            f"{page}:{claim.line}:{claim.column}: {claim.state}: {claim.excerpt}",
            f"    {claim.reason} ({claim.source})",
        )
    counts = ", ".join(f"{count} {state}" for state, count in report.counts.items())
    lines(f"{counts} on {report.on}, by the table of {report.table}")
