"""Commands upon passwords of a controller's customers, which are verified and never read (C2.7).

A password is asked for, or read from standard input, a line each; never an argument: other users
of a machine can read a command line. No command shows one, and none shows a hash.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from bailee.cli.show import Controller, Json, Purpose, answer, lines

Subject = Annotated[str, typer.Argument(help="The customer, as protect names them.")]
AT_ONCE = 500
"""Hashes of one call of an import."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Passwords of a controller's customers: verified, never read.", no_args_is_help=True
    )
    group.command("set")(set_password)
    group.command("verify")(verify)
    group.command("change")(change)
    group.command("remove")(remove)
    group.command("import")(import_hashes)
    app.add_typer(group, name="customer-password")


def set_password(
    subject: Subject, controller: Controller, purpose: Purpose, json: Json = False
) -> None:
    """Keep a customer's password, in the place of any before it."""
    from bailee.cli.session import connected

    item = {"ref": "0", "subject": subject, "password": _asked("New password")}
    with connected() as client:
        done = client.set_customer_passwords(controller, purpose, [item])
    answer(done, json, "set", f"recorded as {done.entry.entry_id}")


def verify(subject: Subject, controller: Controller, purpose: Purpose, json: Json = False) -> None:
    """Say whether a customer's password is right; exit 1 if it is not."""
    from bailee.cli.session import connected

    password = _asked("Password")
    with connected() as client:
        done = client.verify_customer_password(controller, purpose, subject, password)
    answer(done, json, "right" if done.right else "wrong", f"recorded as {done.entry.entry_id}")
    if not done.right:
        raise typer.Exit(1)


def change(subject: Subject, controller: Controller, purpose: Purpose, json: Json = False) -> None:
    """Change a customer's password, showing the present one; exit 1 if that is wrong."""
    from bailee.cli.session import connected

    current, new = _asked("Present password"), _asked("New password")
    with connected() as client:
        done = client.change_customer_password(
            controller, purpose, subject, current=current, password=new
        )
    said = "changed" if done.changed else "not changed"
    answer(done, json, said, f"recorded as {done.entry.entry_id}")
    if not done.changed:
        raise typer.Exit(1)


def remove(
    subjects: Annotated[list[str], typer.Argument(help="Customers, as protect names them.")],
    controller: Controller,
    purpose: Purpose,
    json: Json = False,
) -> None:
    """Destroy passwords of customers. It cannot be undone."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.remove_customer_passwords(controller, purpose, subjects)
    answer(done, json, f"{done.changed} removed", f"recorded as {done.entry.entry_id}")


def import_hashes(
    file: Annotated[Path, typer.Argument(help="Lines of a customer, a tab, and their hash.")],
    controller: Controller,
    purpose: Purpose,
) -> None:
    """Take over hashes that another application made; a line that is refused is named."""
    from bailee.cli.session import connected

    kept, refused = 0, 0
    with connected() as client:
        rows = _rows(file)
        while some := list(islice(rows, AT_ONCE)):
            done = client.set_customer_passwords(controller, purpose, some, mode="continue")
            for one in done.results:
                kept += one.ok
                refused += not one.ok
                if one.error is not None:
                    lines(f"line {one.ref}: {one.error.code}")
    lines(f"{kept} kept, {refused} refused")
    if refused:
        raise typer.Exit(1)


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    """Yield what stands on each line; its number is its ref."""
    with file.open(encoding="utf-8") as text:
        for number, line in enumerate(text, start=1):
            subject, tab, made = line.rstrip("\r\n").partition("\t")
            if not tab:
                raise ValueError(f"line {number} is not a customer, a tab, and a hash")
            yield {"ref": str(number), "subject": subject, "imported": made}


def _asked(what: str) -> str:
    """Ask a person, or take the next line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, default="", hide_input=True, show_default=False))
    return sys.stdin.readline().rstrip("\r\n")
