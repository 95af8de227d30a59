"""``bailee witness``: for whoever watches somebody else's logs. It needs no home (C5.2)."""

from __future__ import annotations

import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bailee.cli.show import Json, answer, as_json, lines, table

if TYPE_CHECKING:
    from bailee.witness import Book

File = Annotated[Path, typer.Option(help="The witness's file: its key and what it saw.")]
HERE = Path("witness.db")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    witness = typer.Typer(help="Watch logs of others: one history each.", no_args_is_help=True)
    for command in (init, trust, keep, serve, show):
        witness.command()(command)
    app.add_typer(witness, name="witness")


def init(
    name: Annotated[str, typer.Argument(help="Of the witness: an address without its scheme.")],
    file: File = HERE,
    json: Json = False,
) -> None:
    """Make a witness under a new key, and print the key that others pin."""
    from bailee.witness import create

    vkey = create(file, name).vkey
    answer({"vkey": vkey}, json, vkey)


def trust(
    vkey: Annotated[str, typer.Argument(help="The log's key, as `ledger list` shows it.")],
    origin: Annotated[str, typer.Option(help="The log's name, if not the key's.")] = "",
    file: File = HERE,
) -> None:
    """Watch a log: cosign what this key signs, as long as it only grows."""
    from bailee.ledger.note import read_vkey

    verifier = read_vkey(vkey)
    book = _opened(file)
    book.trust(origin or verifier.name, verifier)
    book.close()
    lines(f"watching  {origin or verifier.name}")


def keep(
    name: Annotated[str, typer.Argument(help="Of the place: a-z, 0-9 and -, 32 at most.")],
    megabytes: Annotated[int, typer.Option(help="Most that it may hold.", min=1)] = 1024,
    file: File = HERE,
    json: Json = False,
) -> None:
    """Lend a house a place for its mirror, and print its token; again: a new token (C6)."""
    from bailee.witness import Kept

    book = _opened(file)
    try:
        token = Kept(book).lend(name, megabytes)
    finally:
        book.close()
    answer(
        {"name": name, "token": token},
        json,
        f"place  /kept/{name}",
        f"token  {token}",
        "",
        "The token is shown once; for the house's BAILEE_MIRROR_TOKEN_FILE.",
    )


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8099,
    certificate: Annotated[str, typer.Option(help="Certificate chain (PEM).")] = "",
    key: Annotated[str, typer.Option(help="The certificate's key (PEM).")] = "",
    file: File = HERE,
) -> None:
    """Cosign what logs submit to `/add-checkpoint` (C2SP tlog-witness); keep lent places."""
    from bailee.cli.serving import tls_files
    from bailee.clock import Clock
    from bailee.web.server import tls_context
    from bailee.witness import Door, Judge, Kept

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    files = tls_files(certificate, key)
    tls = tls_context(files) if files else None
    book = _opened(file)
    door = Door(Judge(book, Clock()), host, port, tls=tls, kept=Kept(book))
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, _stop)
    try:
        lines(f"witnessing {door.url}")
        door.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        door.server_close()
        book.close()


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def show(
    origin: Annotated[
        str, typer.Argument(help="A log: print its newest checkpoint, for `bailee-verify`.")
    ] = "",
    file: File = HERE,
    json: Json = False,
) -> None:
    """Show the witness's key and how far each log has come; exit 3 where one was forked.

    Below them the places that are lent, with lines that last, bytes, and the most there may be.
    """
    from bailee.witness import Kept

    book = _opened(file)
    try:
        found = _found(book)
        if origin:
            seen = book.seen(origin)
            lines((seen.note + seen.line).rstrip("\n") if seen else "nothing was cosigned yet")
        elif json:
            lent = [place._asdict() for place in Kept(book).places()]
            as_json({"vkey": book.verifier.vkey, "logs": found, "places": lent})
        else:
            lines(book.verifier.vkey)
            rows = [
                (str(one["log"]), str(one["size"]), str(one["root"]), str(one["forks"]))
                for one in found
            ]
            table(("log", "entries", "root", "contradictions"), rows)
            places = [tuple(map(str, place)) for place in Kept(book).places()]
            if places:
                table(("place", "lasting lines", "bytes", "most"), places)
    finally:
        book.close()
    if any(one["forks"] for one in found):
        raise typer.Exit(3)


def _found(book: Book) -> list[dict[str, str | int]]:
    found = list[dict[str, str | int]]()
    for log in book.origins():
        seen = book.seen(log)
        size, root = (seen.size, seen.root.hex()) if seen else (0, "")
        found.append({"log": log, "size": size, "root": root, "forks": len(book.forks(log))})
    return found


def _opened(file: Path) -> Book:
    from bailee.witness import Book

    return Book(file)
