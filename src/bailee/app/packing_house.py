"""What a pack shows of the house's own log: who of those that matter here signed in, came, left.

The house's log belongs to no controller: the same people work for several. So the log itself is not
in a pack. Shown are single entries, each with its opening and its place under the log's signed
checkpoint, if all of this is so:

* it tells of credentials, sign-in, people, or rights and reviews at the house (``SHOWN``);
* everybody whom it names is on this controller's own register of rights, and somebody is;
* its opening says nothing but ids of known kinds (``IDS``): no word that somebody wrote.

What that leaves out is counted. That nothing else was left out, no verifier can see: the log's tree
says how many entries there are, not whom they tell of.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from bailee import canonical
from bailee.db import HOUSE
from bailee.ledger import Ledger, LogHead, Opening, verify
from bailee.ledger import store as ledger_store
from bailee.ledger.export import opening_line
from bailee.ledger.merkle import inclusion_proof
from bailee.ledger.tables import RETIRED

SHOWN = (
    "access:key:",
    "access:link:",
    "access:passkey:",
    "access:password:",
    "access:person:",
    "access:principal:",
    "access:second-factor:",
    "access:service:",
    "access:session:",
    "access:sign-in:",
    "access:text:acknowledged",
    "access:token:",
    "access:grant:",
    "access:review:decided",
    "access:rights:ended",
)
"""Beginnings of the actions of which entries are shown."""
PEOPLE = ("principal_id", "owner", "on_behalf_of")
"""Where an opening names somebody."""
IDS = frozenset(
    (
        *PEOPLE,
        "acknowledgement_id",
        "grant_id",
        "invitation_id",
        "key_id",
        "kind",
        "link_id",
        "minted_key_id",
        "passkey_id",
        "review_id",
        "revoked_key_id",
        "session",
        "session_before",
        "session_id",
        "token_from",
        "token_id",
        "user_id",
    )
)
"""All that an opening may say; a name that is new is not shown before somebody thought about it."""


def told(conn: sa.Connection, ledger: Ledger, known: Collection[str]) -> dict[str, Any]:
    """Return the house's logs as far as they concern the people on a controller's register.

    Args:
        conn: a transaction under that controller; the house's rows are visible in it.
        ledger: the logs.
        known: ids of the people and services on its register.
    """
    logs, left_out = [], 0
    for head in ledger.logs(conn, HOUSE):
        if head.status == RETIRED:
            continue  # its checkpoints alone remain, and its successor names its root
        found, others = _log(conn, ledger, head, known)
        logs.append(found)
        left_out += others
    return {"left_out": left_out, "logs": logs}


def _log(
    conn: sa.Connection, ledger: Ledger, head: LogHead, known: Collection[str]
) -> tuple[dict[str, Any], int]:
    checkpoint = ledger.checkpoint(conn, HOUSE, head.log)
    size = verify.read_note(checkpoint.encode(), head.log).size
    read = ledger_store.tile_reader(conn, head)

    def placed(index: int, fields: Mapping[str, Any]) -> dict[str, Any]:
        path = [one.hex() for one in inclusion_proof(index, size, read)]
        return {"body": canonical.encode(fields).decode("ascii"), "index": index, "path": path}

    shown, first = [], dict[str, Any]()
    for index, fields, opening in ledger.stretch(conn, HOUSE, head.log, (0, size)):
        if index == 0:  # names the log before; nobody's act
            first = placed(index, fields)
        if opening is not None and concerns(fields["action"], opening, known):
            line = canonical.decode(opening_line(fields["id"], index, opening))
            shown.append(placed(index, fields) | {"opening": line})
    found = {
        "checkpoint": checkpoint,
        "entries": shown,
        "first": first,
        "log": head.log,
        "vkey": ledger.vkey(head.log),
    }
    return found, size - len(shown)


def concerns(action: str, opening: Opening, known: Collection[str]) -> bool:
    """Tell whether an entry may be shown to the auditor of those on a register. Pure."""
    if not action.startswith(SHOWN):
        return False
    actor, context = opening.who(), opening.words()
    if actor.get("kind") == "machine":  # the house by itself: nobody is named
        actor = {}
    said = {name for block in (actor, context) for name, value in block.items() if value}
    named = {block[name] for block in (actor, context) for name in PEOPLE if block.get(name)}
    return bool(named) and named <= set(known) and said <= IDS and not opening.records
