"""The command that holds the root's provider's own record against the log (C2.8(3))."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from bailee.cli.show import Json, answer, table

if TYPE_CHECKING:
    from bailee.keys import Seen, Window

AT_ONCE = 10_000
GZIP = b"\x1f\x8b"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(reconcile)


def reconcile(
    records: Annotated[list[Path], typer.Argument(help="OpenBao's audit file, or CloudTrail's.")],
    root: Annotated[
        str, typer.Option(help="Whose record it is, written as BAILEE_ROOT; default that setting.")
    ] = "",
    since: Annotated[str, typer.Option(help="Begin of what the record covers (RFC 3339).")] = "",
    until: Annotated[str, typer.Option(help="Its end, exclusive; default its last line.")] = "",
    json: Json = False,
) -> None:
    """Name unwraps of keys that bailee did not ask for, and holes in the provider's record.

    Ends with 1 when there is one. With --since and --until a record is also held to its ends.
    """
    from bailee.cli.session import connected
    from bailee.clock import write_time
    from bailee.keys import windows

    total = dict.fromkeys(("explained", "unanswered", "late", "unexplained", "missing"), 0)
    found: list[tuple[str, str, str, str]] = []
    pieces = list(windows(_seen(records, root), _window(since, until), AT_ONCE))
    with connected() as client:
        for piece in pieces:
            done = client.reconcile(
                since=write_time(piece.window.since),
                until=write_time(piece.window.until),
                seen=[(write_time(one.at), one.request, one.act) for one in piece.seen],
            )
            for name in total:
                total[name] += getattr(done, name)
            found += [("unexplained", one.at, one.act, one.request) for one in done.named]
            found += [("missing", one.at, one.act, one.request) for one in done.holes]
    answer({**total, "found": found}, json, *(f"{name:12}{n}" for name, n in total.items()))
    if found and not json:
        table(["finding", "at", "act", "request"], found)
    if total["unexplained"] or total["missing"]:
        raise typer.Exit(1)


def _window(since: str, until: str) -> Window | None:
    from bailee.clock import read_time
    from bailee.errors import Invalid
    from bailee.keys import Window

    if bool(since) != bool(until):
        raise Invalid("reconcile.window", "--since and --until go together.")
    return Window(read_time(since), read_time(until)) if since else None


def _seen(records: list[Path], root: str) -> Iterator[Seen]:
    from bailee.app.settings import read_settings
    from bailee.errors import Invalid
    from bailee.keys import read_cloudtrail, read_openbao, read_transit_key
    from bailee.keys.trail import LINE_BYTES

    scheme, _, rest = (root or read_settings().root).partition(":")
    key_id = rest.rpartition("/")[2]
    for path in records:
        with _opened(path) as file:
            lines = iter(lambda file=file: file.readline(LINE_BYTES + 1), b"")  # type: ignore[misc]
            if scheme == "openbao":
                key = read_transit_key(rest)
                yield from read_openbao(lines, key.mount, key.name)
            elif scheme == "awskms" and not rest.startswith("alias/") and ":alias/" not in rest:
                yield from read_cloudtrail(lines, key_id)
            else:
                raise Invalid(
                    "trail.provider",
                    "The record of that root cannot be compared.",
                    do="Give --root openbao:… or awskms:ARN (no alias: the record has none); "
                    "a token (PKCS#11) and a file keep no record.",
                )


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a record, packed by gzip or not."""
    from bailee.errors import NotFound

    try:
        with path.open("rb") as file:
            packed = file.read(len(GZIP)) == GZIP
            file.seek(0)
            yield gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[misc]
    except (OSError, EOFError):
        raise NotFound("trail.file", "A file of the provider's record cannot be read.") from None
