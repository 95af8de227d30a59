"""Commands of whoever reads the trust page: export, check, ask for a report, take it (B10, A23).

They need no key. A code is asked for, or read from standard input, never an argument: other users
of a machine can read a command line.
"""

from __future__ import annotations

import hashlib
import json as plain
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bailee.cli.show import Json, answer, lines

if TYPE_CHECKING:
    from bailee.client import Client

Item = Annotated[str, typer.Argument(help="Its id.")]
ATTEMPTS = 3


def register_public(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("export")(export)
    group.command("verify")(verify)
    group.command("ask")(ask)
    group.command("take")(take)


def export(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Where the files go.")],
) -> None:
    """Write the page as files that any web server can show: page, statement, proof."""
    from bailee.cli.session import connected

    with connected() as client:
        files = _files(client)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    lines(*(str(folder / name) for name in files))


def verify(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="An export.")],
    vkey: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="The house log's key, pinned.")
    ],
) -> None:
    """Check an export offline: log's signature, proof, digest, and that the page says the same."""
    from bailee.assurance.trust_page import render
    from bailee.errors import Broken
    from bailee.ledger import verify as verifier

    statement = (folder / "trust" / "statement.json").read_bytes()
    keys = [verifier.read_key(line, "vkey") for line in vkey.read_text("utf-8").split()]
    try:
        proof = (folder / "trust" / "statement.proof").read_bytes()
        _, index, entry = verifier.check_proof(proof, keys, "proof")
    except verifier.Bad as bad:
        raise Broken("trust.proof", f"The proof does not hold ({bad.finding['code']}).") from None
    if entry["detail"].get("statement_sha256") != hashlib.sha256(statement).hexdigest():
        raise Broken("trust.statement", "The log holds another statement's digest.")
    told = plain.loads(statement)
    if render(told).encode("utf-8") != (folder / "index.html").read_bytes():
        raise Broken("trust.page", "The page does not say what the statement says.")
    lines(
        f"said on {told['generated']}, until {told['until']}, as entry {index}",
        "That a person's own words are true it cannot show.",
    )


def ask(
    attestation: Item,
    name: Annotated[str, typer.Option(help="Your full name.")],
    firm: Annotated[str, typer.Option(help="Your company.")],
    email: Annotated[str, typer.Option(help="Where the code is sent.")],
    recipient: Annotated[str, typer.Option(help="Your age public key; else the code opens.")] = "",
    json: Json = False,
) -> None:
    """Read the NDA, sign it by typing your name, and ask for a report."""
    from bailee.cli.session import connected
    from bailee.client import Signature

    with connected() as client:
        text = client.trust_nda()
        typer.echo(f"{text.text}\n\nSHA-256 {text.sha256}", err=True)
        signed = _asked("Type your full name to accept and sign")
        made = client.ask_report(
            Signature(
                attestation=attestation,
                nda_sha256=text.sha256,
                signed=signed,
                accept=bool(signed),
                recipient=recipient,
            ),
            name=name,
            firm=firm,
            email=email,
        )
    answer(
        made, json, f"{made.request}  {made.status}; your words are kept until {made.keep_until}"
    )


def take(
    request: Item,
    to: Annotated[Path, typer.Option(dir_okay=False, help="The new file.")],
) -> None:
    """Take the one copy that a code opens; open it with `age -d -i`, the code is its key."""
    from bailee.cli.session import connected

    code = _asked("Code")
    with connected() as client:
        data = client.take_report(request, code)
    with to.open("xb") as file:
        file.write(data)
    lines(str(to))


def _files(client: Client) -> dict[str, bytes]:
    """Return page, statement and proof of one and the same page.

    Raises:
        Unavailable: ``trust.changing`` when it was made anew each time in between.
    """
    from bailee.errors import Unavailable

    for _ in range(ATTEMPTS):
        before = client.trust_page(), client.trust_statement()
        proof = client.trust_proof()
        if before == (client.trust_page(), client.trust_statement()):
            names = ("index.html", "trust/statement.json", "trust/statement.proof")
            return dict(zip(names, (*before, proof), strict=True))
    raise Unavailable("trust.changing", "The page is being made anew.", do="Try again.")


def _asked(what: str) -> str:
    """Ask a person, or take the next line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, default="", show_default=False))
    return sys.stdin.readline().rstrip("\r\n")
