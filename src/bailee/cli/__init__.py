"""The command line: every command is a call of the API.

With ``BAILEE_URL`` set a command goes to that server. Otherwise it opens the home and sends the
same call through the same application, without a socket. So a command can do nothing that the API
would refuse, and presents a key like everybody (``BAILEE_KEY``).

Exit codes: 0 fine, 1 refused or failing, 2 usage, 3 broken integrity.

Reading order: ``session`` (how a command reaches a house) → ``show`` (lines and JSON) → one file
for each group of commands, in the order of their registration below. Under ``files``: ``table``,
``parquet``, ``mapping``, ``batch``, ``lanes``, ``journal``, ``bulk``, and ``age``, ``openpgp``,
``sealed``, ``outgoing``, ``manifest`` for what leaves. Heavy modules are imported where they are
used, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys

import typer

from bailee.cli import (
    accounting,
    agreements,
    audits,
    casework,
    claims,
    customer_passwords,
    data,
    deidentified,
    demands,
    disclosures,
    emergencies,
    files,
    homes,
    honey,
    incident_events,
    incidents,
    instructions,
    keyring,
    logs,
    officers,
    oidc,
    overview,
    passkey,
    people,
    procedures,
    reconciling,
    requests,
    reviews,
    scim,
    sign_in,
    subprocessors,
    terminations,
    transfers,
    trust,
    witnesses,
)

app = typer.Typer(
    name="bailee",
    help="Hold another company's data under its agreement: enforced, on time, proven.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
for group in (
    homes,
    agreements,
    claims,
    casework,
    people,
    procedures,
    sign_in,
    emergencies,
    disclosures,
    accounting,
    deidentified,
    subprocessors,
    demands,
    requests,
    instructions,
    honey,
    incidents,
    incident_events,
    files,
    data,
    logs,
    keyring,
    reconciling,
    witnesses,
    overview,
    scim,
    audits,
    terminations,
    trust,
    passkey,
    officers,
    oidc,
    customer_passwords,
    reviews,
    transfers,
):
    group.register(app)


def main() -> None:
    """Run a command; map every failure to one line and an exit code."""
    try:
        app()
    except Exception as error:  # noqa: BLE001 - the last place where a failure can be told plainly
        from bailee.cli.session import report  # needed only when something fails

        sys.exit(report(error))
