"""The parts of a running house, and how they are put together.

This is the one place that knows every constructor. It holds no rule: an ``if`` here would be one
that belongs somewhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bailee.access import Access, Caller, Lasting
from bailee.access import store as access_store
from bailee.access.assertion import Voucher
from bailee.access.means import Means
from bailee.access.password import Lists
from bailee.access.principal import AUDITOR
from bailee.access.sign_on import Party
from bailee.access.strength import check_demand
from bailee.agreement import Agreements, Signatory
from bailee.app.common_passwords import lists_with
from bailee.app.issuer import read_client, read_issuer
from bailee.app.lending import open_mirror
from bailee.app.passkey_site import Site
from bailee.app.password_rules import PasswordRules
from bailee.app.post import post
from bailee.app.reserved import CONTROLLER, PROBE
from bailee.app.sentry import Sentry
from bailee.app.settings import Settings
from bailee.app.sign_means import KeyBox, marker
from bailee.clock import Clock
from bailee.db import HOUSE, Database, open_database
from bailee.errors import Failure
from bailee.keys import DataSide, Destruction, Keys, Notes, Reach, Root, open_roots
from bailee.ledger import Bounds, Fact, Ledger, Receipt, Witnessing, read_policy
from bailee.privacy.border import Border
from bailee.privacy.subprocessors import outsourced
from bailee.vault import Strength, Vault, delete_rows, schema, subject_store

if TYPE_CHECKING:
    from bailee.app.keyring import Keyring

HOUSE_LOG = "house"
SEQUENCING = 6
"""Connections in the sequencer's role: its lease, its pass, a look at the inbox, a command; two for
what witnesses are sent and say."""
RECEIPT = "bailee.receipt"
"""Key under which a connection remembers the last entry of its transaction."""


@dataclass(frozen=True)
class Vouching:
    """The identity provider as each part uses it; None where none is set, or for that use."""

    provider: Voucher | None = None
    party: Party | None = None
    keyring: Keyring | None = None


@dataclass(frozen=True)
class Parts:
    """Everything the house consists of."""

    settings: Settings
    clock: Clock
    data: Database
    sequencing: Database
    key_database: Database
    root: Root
    keys: Keys
    ledger: Ledger
    agreements: Agreements
    access: Access
    vault: Vault
    destruction: Destruction
    sentry: Sentry
    notes: Notes
    rules: PasswordRules
    site: Site
    border: Border
    witnessing: Witnessing | None = None
    keyring: Keyring | None = None

    def close(self) -> None:
        """Close every database, and let go of the root and the identity provider."""
        if self.keyring is not None:
            self.keyring.close()
        with suppress(Failure):  # lost: its rows say that an answer was not kept
            self.notes.flush()
        for database in (self.sequencing, self.data, self.key_database):
            database.close()
        self.keys.close()
        self.root.close()


def signatory(conn: sa.Connection, controller: str, principal_id: str) -> Signatory | None:
    """Return for which side a person signs at a controller, if for any (C11.1)."""
    person = access_store.principal(conn, principal_id)
    if person is None or person.kind != "person" or person.state != "active":
        return None
    if person.represents not in {"", controller} or person.relation == AUDITOR:
        return None
    side = "controller" if person.represents else "processor"
    return Signatory(person.principal_id, side, person.name, person.relation)  # type: ignore[arg-type]


def _access(
    agreements: Agreements,
    record: Callable[..., Any],
    clock: Clock,
    *,
    provider: Voucher | None,
    means: Means,
    lasting: Lasting,
) -> Access:
    return Access(
        record=record,
        rules=agreements.in_force,
        clock=clock,
        schema=schema(),
        foresee=agreements.foresee,
        provider=provider,
        means=means,
        lasting=lasting,
        outsourced=outsourced,
    )


def _border(access: Access, clock: Clock) -> Border:
    """Return the border, and let access ask it before anything leaves for another country."""
    border = Border(schema(), clock, subject_store.residences)
    access.mechanism = border.mechanism
    return border


def _ledger(
    settings: Settings, keys: Keys, clock: Clock, log_id: Callable[[sa.Connection, str], str]
) -> Ledger:
    return Ledger(
        secrets=keys,
        clock=clock,
        origin=settings.origin,
        log_id=log_id,
        bounds=Bounds(settings.inbox_entries, settings.inbox_seconds),
    )


def _means(
    settings: Settings,
    keys: Keys,
    rules: PasswordRules,
    *,
    lists: Lists,
    site: Site,
    party: Party | None,
) -> Means:
    return Means(
        box=KeyBox(keys),
        mark=marker(keys),
        policy=rules.policy,
        lists=lists,
        issuer=settings.origin,
        relying=site.relying,
        party=party,
        demand=check_demand(settings.mfa),
    )


def _outside(settings: Settings, clock: Clock) -> tuple[Notes, Root, Witnessing | None]:
    """Return what others keep for us: the root, with notes of what it is asked, and witnesses.

    It comes first, while nothing is open that a wrong setting would leave open.
    """
    notes, policy = Notes(clock), settings.witness_policy()
    witnessing = None if policy is None else Witnessing(read_policy(policy), post, clock)
    return notes, open_roots(settings.root_places, notes), witnessing


def _keys(
    settings: Settings, database: Database, root: Root, *, clock: Clock, notes: Notes
) -> Keys:
    notes.keep_in(database)
    mirror = open_mirror(settings, root, database)
    return Keys(
        database, root, clock, mirror=mirror, reach=Reach(settings.held_folder, settings.held_hosts)
    )


def _provider(settings: Settings) -> Vouching:
    issuer, client = read_issuer(settings), read_client(settings)
    if issuer is None:
        return Vouching()
    from bailee.access.provider import Provider  # noqa: PLC0415 - its library loads slowly
    from bailee.app.keyring import Keyring, fetcher, sender  # noqa: PLC0415 - the same
    from bailee.app.relying import RelyingParty  # noqa: PLC0415 - the same

    ca, clear = settings.oidc_ca_file, not issuer.name.startswith("https://")
    ring = Keyring(issuer.name, fetcher(ca, clear=clear))
    party = None
    if client is not None:
        send = sender(ca, clear=clear)
        party = RelyingParty(issuer, client, find=ring.find, discover=ring.metadata, send=send)
    return Vouching(Provider(issuer, ring.find), party, ring)


def _drills(access: Access) -> Callable[[sa.Connection, Caller, str], bool]:
    return lambda conn, caller, controller: (
        controller == CONTROLLER and access.is_machine(conn, caller, PROBE)
    )


def wire(settings: Settings, clock: Clock | None = None) -> Parts:
    """Open both databases and connect every part; nothing runs yet."""
    clock = clock or Clock()
    (notes, root, witnessing), outside = _outside(settings, clock), _provider(settings)
    lists, site, days = lists_with(settings.password_list), Site(settings), settings.horizon_days
    data = open_database(settings.database_url, settings.pool)
    separate = settings.sequencer_url != settings.database_url
    sequencing = open_database(settings.sequencer_url, SEQUENCING) if separate else data
    key_database = open_database(settings.keys_url, settings.pool)
    keys = _keys(settings, key_database, root, clock=clock, notes=notes)

    def log_id(conn: sa.Connection, controller: str) -> str:
        return HOUSE_LOG if controller == HOUSE else agreements.log_id(conn, controller)

    ledger = _ledger(settings, keys, clock, log_id)

    def record(conn: sa.Connection, fact: Fact) -> Receipt:
        receipt = ledger.append(conn, fact)
        conn.info[RECEIPT] = receipt
        return receipt

    def record_named(conn: sa.Connection, **fields: Any) -> Receipt:
        return record(conn, Fact(**fields))

    def record_fields(conn: sa.Connection, fields: Mapping[str, Any]) -> Receipt:
        return record_named(conn, **fields)

    agreements = Agreements(
        record=record_fields, signatory=signatory, clock=clock, horizon_days=days
    )
    rules = PasswordRules(agreements, clock)
    means = _means(settings, keys, rules, lists=lists, site=site, party=outside.party)
    access = _access(
        agreements,
        record_named,
        clock,
        provider=outside.provider,
        means=means,
        lasting=settings.lasting,
    )
    side = DataSide(data, record_fields, delete_rows)
    destruction = Destruction(keys, side, purge_at_once=settings.local)  # PostgreSQL vacuums itself
    vault = Vault(
        database=data,
        keys=keys,
        access=access,
        record=record,
        clock=clock,
        in_force=agreements.in_force,
        destroy=lambda controller, key_ids, leaf: destruction.subjects(
            controller, key_ids, entry_hash=leaf
        ),
        admit=ledger.backlog.admit,
        drills=_drills(access),
        strength=Strength(policy=rules.for_customers, lists=lists),
    )
    return Parts(
        settings, clock, data, sequencing, key_database, root, keys, ledger, agreements, access,
        vault, destruction, Sentry(data, ledger, clock), notes, rules, site, _border(access, clock),
        witnessing, outside.keyring,
    )  # fmt: skip
