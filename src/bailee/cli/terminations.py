"""Commands of the end of an agreement: who must act, choose, return, certify, try (C6)."""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bailee.cli.show import Controller, Json, answer

if TYPE_CHECKING:
    from bailee.client import Confirmation
    from bailee.client.end_answers import EndCertificate, Termination

GIVING_BACK = "agreement-return"
Signed = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="Ours to enter: the controller's signed file."),
]
Kept = Annotated[str, typer.Option(help="Where that writing is kept.")]
By = Annotated[str, typer.Option(help="Id of the representative who signed it.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    end = typer.Typer(help="The end of an agreement.", no_args_is_help=True)
    end.command()(show)
    end.command()(choose)
    end.command()(keep)
    end.command("return")(return_)
    end.command()(receipt)
    end.command()(certificate)
    end.command("try")(try_)
    app.add_typer(end, name="termination")


def show(controller: Controller, json: Json = False) -> None:
    """Show how far the end of the agreement came, who must act, and the days left."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.show_termination(controller)
    answer(found, json, *_standing(found))


def choose(
    choice: Annotated[Literal["return", "destroy"], typer.Argument(help="What becomes of it.")],
    controller: Controller,
    key: Annotated[
        list[str] | None,
        typer.Option(help="Of a return: age1…, or an OpenPGP certificate's file; repeatable."),
    ] = None,
    writing: Signed = None,
    reference: Kept = "",
    given_by: By = "",
    json: Json = False,
) -> None:
    """Choose for the controller: its representative in person, or we with its writing.

    Entered by us, a return takes a second person: `bailee consent confirm`. Whoever entered a
    choice does not destroy.
    """
    from bailee.cli.sealed import Recipients
    from bailee.cli.session import connected

    keys = Recipients(key).keys if key else []
    with connected() as client:
        made = client.choose_end(
            controller, choice, keys=keys, confirmed=_confirmed(writing, reference, given_by)
        )
    answer(made, json, *_standing(made))


def keep(
    controller: Controller,
    basis: Annotated[str, typer.Option(help="The legal provision: 31 CFR 1010.430.")],
    element: Annotated[list[str], typer.Option(help="transaction.*, class:payment …")],
    until: Annotated[str, typer.Option(help="2031-12-31T00:00:00Z")],
    record: Annotated[list[str] | None, typer.Option(help="Only of these records.")] = None,
    json: Json = False,
) -> None:
    """Write down what a law obliges us to keep; it stays isolated, and is listed (C6(i))."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.keep_by_law(
            controller, basis=basis, elements=element, until=until, records=record or ()
        )
    answer(made, json, *_standing(made))


def return_(
    controller: Controller,
    out: Annotated[Path, typer.Option(help="Folder for the encrypted parts.")],
    key: Annotated[
        list[str] | None,
        typer.Option(help="Those of the choice: an OpenPGP certificate's file, or age1…."),
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="csv or parquet.")] = "csv",
    approval: Annotated[str, typer.Option(help="A second person's, for many.")] = "",
    json: Json = False,
) -> None:
    """Give everything back, encrypted for the controller's own keys; the server compares it.

    It may be stopped and goes on with the same command. Whoever runs it may list and reveal
    everything that is held, for the purpose agreement-return; who may not see the choice names its
    keys.
    """
    from bailee.cli.files import RETRIES, TIMEOUT, leave, stopping
    from bailee.cli.ids import Everything, Wanted
    from bailee.cli.lanes import Stop
    from bailee.cli.manifest import read_manifest
    from bailee.cli.outgoing import Outgoing
    from bailee.cli.progress import bar
    from bailee.cli.session import connected
    from bailee.errors import Conflict

    stop = Stop()
    with (
        connected(retries=RETRIES, timeout=TIMEOUT, sleep=stop.sleep) as client,
        bar("returning") as progress,
    ):
        keys = key or client.show_termination(controller).keys
        if not keys:
            raise Conflict(
                "termination.keys", "The controller named no keys to return to.",
                do="Its representative chooses 'return' and names them.",
            )  # fmt: skip
        names = tuple(client.show_agreement(controller).permitted)
        wanted = Wanted(client, controller, GIVING_BACK, names, approval)
        work = Outgoing(wanted, Everything(wanted), out, recipients=keys, suffix=f".{format_}")
        with stopping(stop):
            count = work.run(progress, stop)
        if not count.complete:
            leave(complete=False, refused=False)
        manifest, digest = read_manifest(out)
        done = client.note_return(controller, manifest.disclosure)
    answer(
        done,
        json,
        f"{count.revealed} records in {len(manifest.parts)} parts in {out}",
        f"account {digest}: the controller confirms with it that it can read them",
        *_standing(done),
    )


def receipt(
    manifest: Annotated[str, typer.Argument(help="SHA-256 of manifest.json, or that file.")],
    controller: Controller,
    writing: Signed = None,
    reference: Kept = "",
    given_by: By = "",
    json: Json = False,
) -> None:
    """Say for the controller that the package arrived and can be read."""
    from bailee.cli.session import connected

    if Path(manifest).is_file():
        manifest = hashlib.sha256(Path(manifest).read_bytes()).hexdigest()
    with connected() as client:
        done = client.confirm_receipt(
            controller, manifest, confirmed=_confirmed(writing, reference, given_by)
        )
    answer(done, json, *_standing(done))


def certificate(
    controller: Controller,
    out: Annotated[Path, typer.Option(help="Folder to write; must not exist.")],
    json: Json = False,
) -> None:
    """Write the certificate with its proofs; `bailee-verify end` checks it anywhere (C6)."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.certify_end(controller)
    write_certificate(out, made)
    said = {"sha256": made.sha256, "folder": str(out), "vkeys": made.vkeys, "pdf": bool(made.pdf)}
    answer(
        said,
        json,
        f"certificate  {made.sha256}",
        f"in           {out}: certificate.{'pdf to read, .' if made.pdf else ''}json to check",
        "give the controller the log's key by another way than this folder:",
        *(f"  {one}" for one in made.vkeys),
    )


def write_certificate(out: Path, made: EndCertificate) -> None:
    """Write a certificate's folder, for its owner alone.

    Raises:
        Conflict: ``certificate.exists``.
    """
    from bailee.errors import Conflict

    if out.exists():
        raise Conflict("certificate.exists", "That folder exists.", do="Name another one.")
    files: dict[str, bytes] = {"certificate.json": made.certificate.encode("ascii")}
    files |= {f"{name}.tlog-proof": proof.encode() for name, proof in made.proofs.items()}
    if made.pdf:
        files["certificate.pdf"] = base64.b64decode(made.pdf)
    beside = importlib.resources.files("bailee.ledger")
    files |= {name: (beside / name).read_bytes() for name in ("verify.py", "verify_end.py")}
    files["README.txt"] = README.encode()
    out.mkdir(mode=0o700)
    _write(out, files)


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        handle = os.open(out / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)


README = """CERTIFICATE OF THE END OF AN AGREEMENT

  certificate.pdf     to be read, signed; not there where the server cannot set one
  certificate.json    what is certified
  *.tlog-proof        the log's entries of the order, the destruction and the certificate
  verify.py, verify_end.py
                      the verifier; take it from the project's release rather than from here

Check: python3 verify_end.py FOLDER --vkey THE_KEY_YOU_HAD_BEFORE [--log EXPORTED_LOG]
"""


def try_(
    controller: Controller,
    copy: Annotated[
        list[str] | None, typer.Option(help="An old copy of the data; repeatable.")
    ] = None,
    export: Annotated[
        list[Path] | None, typer.Option(help="A folder of an export that is still here.")
    ] = None,
    json: Json = False,
) -> None:
    """Try to read what was destroyed: in the database, its keys, copies, exports. Exit 0: in vain.

    Done where the home is, beside a running server.
    """
    from bailee.app.settings import read_settings
    from bailee.app.trying_end import try_end

    found = try_end(read_settings(), controller, copy or [], export or [])
    said = {
        "destroyed": found.done,
        "whole": found.whole,
        "rows": dict(found.rows),
        "keys": found.keys,
        "copies": {name: dict(zip(MET, met, strict=True)) for name, met in found.copies.items()},
        "sealed": found.sealed,
        "plain": found.plain,
        "in_vain": found.failed,
    }
    answer(
        said,
        json,
        f"rows left    {sum(found.rows.values())}",
        f"keys left    {found.keys}",
        *(
            f"{name}: {people} people, {opened} values opened, {marks} guessable"
            for name, (people, opened, marks) in found.copies.items()
        ),
        f"exports      {found.sealed} files encrypted, {len(found.plain)} not",
        "nothing gave way" if found.failed else "SOMETHING GAVE WAY, or nothing was destroyed yet",
    )
    raise typer.Exit(0 if found.failed else 1)


MET = ("people", "opened", "guessable")


def _confirmed(writing: Path | None, reference: str, given_by: str) -> Confirmation | None:
    from bailee.client import Confirmation

    if writing is None:
        return None
    with writing.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Confirmation(given_by=given_by, reference=reference, text_sha256=digest)


def _standing(found: Termination) -> tuple[str, ...]:
    waits = f", the {found.waits_for} acts next" if found.waits_for else ""
    said = [f"{found.controller}  {found.status}{', isolated' if found.isolated else ''}{waits}"]
    if found.ended:
        left = f", {found.days_left} days left" if found.status != "certified" else ""
        said.append(f"  ended     {found.ended[:16]}Z, due {found.due[:16] or 'when agreed'}{left}")
    if found.choice:
        said.append(f"  choice    {found.choice}, {found.chosen[:16]}Z, by the {found.side}")
    if found.manifest_sha256:
        arrived = f", confirmed {found.received[:16]}Z" if found.received else ", not confirmed"
        said.append(f"  returned  {found.packed_records} records, {found.packed[:16]}Z{arrived}")
    if found.destroyed:
        said.append(f"  destroyed {found.destroyed[:16]}Z, {found.destroyed_rows} rows")
    said += [
        f"  kept      {', '.join(one.elements)} until {one.until[:10]}: {one.basis}"
        for one in found.kept
        if one.living
    ]
    return tuple(said)
