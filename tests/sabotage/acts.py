"""Sabotages of text, rights, record and data: each breaks one thing in the running system."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import bailee.vault.desk as vault_desk
from bailee.access import (
    Ask,
    Caller,
    Consent,
    Credential,
    Disclosure,
    Emergency,
    Grant,
    Principal,
    codes,
    disclosure_store,
    disclosures,
    emergency_store,
    people,
    sign_in_store,
    sign_ins,
    tables,
)
from bailee.access import store as access_store
from bailee.access.credential import digest
from bailee.access.person import check_person
from bailee.agreement.store import VERSION
from bailee.app.canary import CONTROLLER as RESERVED
from bailee.db import HOUSE
from bailee.keys.tables import controller_key
from bailee.ledger import Fact, Receipt
from bailee.ledger.tables import bundle, tail
from bailee.vault import cipher, honey_store
from bailee.vault.catalogue import CATALOGUE
from bailee.vault.honey import Alarm
from bailee.vault.tables import alarm
from tests.sabotage.stage import CONTROLLER, Stage, broken

# The agreement (C1, C2.4, C2.10).


@contextmanager
def text_changed(stage: Stage) -> Iterator[None]:
    """Change one word of the agreement's text in the database."""
    before = stage.house.parts.data.read(
        CONTROLLER, lambda conn: conn.execute(_text()).scalar_one()
    )
    assert b"shall" in before
    _set_text(stage, before.replace(b"shall", b"may", 1))
    try:
        yield
    finally:
        _set_text(stage, before)


def _text() -> sa.Select[Any]:
    return sa.select(VERSION.c.text).where(VERSION.c.controller == CONTROLLER)


def _set_text(stage: Stage, text: bytes) -> None:
    change = VERSION.update().where(VERSION.c.controller == CONTROLLER).values(text=text)
    stage.house.parts.data.write(CONTROLLER, lambda conn: conn.execute(change))


def annex_ignored(stage: Stage) -> AbstractContextManager[None]:
    """Let access believe that the annex permits every element of the catalogue."""
    in_force = stage.house.parts.agreements.in_force

    def generous(conn: sa.Connection, controller: str) -> Any:
        return replace(in_force(conn, controller), permitted=frozenset(CATALOGUE))

    return broken(stage.house.parts.access, "_rules", generous)


def purposes_unchecked(stage: Stage) -> AbstractContextManager[None]:
    """Let decide answer every question as if it were for the granted purpose."""
    access = stage.house.parts.access
    decide = access.decide
    granted = stage.granted_purpose()

    def careless(conn: sa.Connection, caller: Caller, ask: Ask) -> Any:
        return decide(conn, caller, replace(ask, purpose=granted))

    return broken(access, "decide", careless)


# People and rights (C2.5).


@contextmanager
def _row(stage: Stage, add: Callable[[sa.Connection], object], drop: sa.Delete) -> Iterator[None]:
    """Put a row where nobody asked for it, and take it out again."""
    data = stage.house.parts.data
    data.write(HOUSE, add)
    try:
        yield
    finally:
        data.write(HOUSE, lambda conn: conn.execute(drop))


def _person(stage: Stage, **fields: str) -> AbstractContextManager[None]:
    now = stage.house.parts.clock.now()
    one = Principal(
        principal_id=secrets.token_hex(16),
        kind="person",
        state="active",
        created=now,
        name=fields.get("name", "Nia Osei"),
        employer="Harborline Payments LLC",
        email=fields.get("email", "nia.osei@harborline.example"),
        relation="employee",
        undertaking=fields.get("undertaking", "NDA-9"),
        undertaken="2026-01-05",
    )
    table = tables.PRINCIPAL
    return _row(
        stage,
        lambda conn: access_store.add_principal(conn, one),
        table.delete().where(table.c.principal_id == one.principal_id),
    )


def no_undertaking(stage: Stage) -> AbstractContextManager[None]:
    """Enter a person in the database who signed nothing."""
    return _person(stage, undertaking="")


def undertaking_unchecked(_stage: Stage) -> AbstractContextManager[None]:
    """Let invitations through to whoever signed nothing; names and addresses are checked."""

    def careless(person: Any, today: Any) -> None:
        check_person(replace(person, undertaking="later", undertaken=today), today)

    return broken(people, "check_person", careless)


def same_address(stage: Stage) -> AbstractContextManager[None]:
    """Enter a second person with somebody's e-mail."""
    return _person(stage, email="Bram.Okafor@harborline.example")


def shared_names(_stage: Stage) -> AbstractContextManager[None]:
    """Let invitations through whatever the name."""

    def careless(person: Any, today: Any) -> None:
        check_person(replace(person, name="Nia Osei"), today)

    return broken(people, "check_person", careless)


def long_credential(stage: Stage) -> AbstractContextManager[None]:
    """Give somebody a key for 400 days."""
    now = stage.house.parts.clock.now()
    one = Credential(
        key_id=secrets.token_hex(16),
        digest=secrets.token_bytes(32),
        kind="key",
        principal=stage.people["Bram Okafor"].principal_id,
        minted_by="",
        created=now,
        expires=now + timedelta(days=400),
    )
    table = tables.CREDENTIAL
    return _row(
        stage,
        lambda conn: access_store.add_credential(conn, one),
        table.delete().where(table.c.key_id == one.key_id),
    )


def anybody_known(stage: Stage) -> AbstractContextManager[None]:
    """Take an unknown credential for the administrator's."""
    access = stage.house.parts.access
    authenticate = access.authenticate

    def trusting(conn: sa.Connection, bearer: str, *rest: str) -> Caller:
        known = access_store.credential_by_digest(conn, digest(bearer))
        return authenticate(conn, bearer, *rest) if known else stage.ada

    return broken(access, "authenticate", trusting)


def weak_passwords(_stage: Stage) -> AbstractContextManager[None]:
    """Let every password through."""
    return broken(sign_ins, "check", lambda *_: None)


def tries_uncounted(_stage: Stage) -> AbstractContextManager[None]:
    """Take every try of a password for the first."""
    return broken(sign_in_store, "count_try", lambda *_, **__: 1)


def codes_twice(_stage: Stage) -> AbstractContextManager[None]:
    """Let a code of an authenticator count as often as it is shown."""
    return broken(sign_in_store, "use_step", lambda *_: True)


def self_grant(stage: Stage) -> AbstractContextManager[None]:
    """Write a grant into the database that somebody gave to themselves."""
    now, oneself = stage.house.parts.clock.now(), stage.people["Bram Okafor"].principal_id
    one = Grant(
        grant_id=secrets.token_hex(16),
        principal=oneself,
        verbs=("reveal",),
        elements=("person.email",),
        purposes=(stage.granted_purpose(),),
        controller=CONTROLLER,
        until=now + timedelta(days=1),
        daily=10,
        created=now,
        granted_by=oneself,
    )
    table = tables.GRANT
    return _row(
        stage,
        lambda conn: access_store.add_grant(conn, one),
        table.delete().where(table.c.grant_id == one.grant_id),
    )


def gifts_to_oneself(stage: Stage) -> AbstractContextManager[None]:
    """Let everybody give rights to themselves."""
    access = stage.house.parts.access

    def generous(conn: sa.Connection, caller: Caller, **fields: Any) -> Any:
        del conn, caller, fields

    return broken(access, "grant", generous)


def elements_unchecked(stage: Stage) -> AbstractContextManager[None]:
    """Let decide look at one granted element and show all that were asked for."""
    access = stage.house.parts.access
    decide = access.decide

    def careless(conn: sa.Connection, caller: Caller, ask: Ask) -> Any:
        if ask.verb != "reveal":
            return decide(conn, caller, ask)
        decision = decide(conn, caller, replace(ask, elements=("person.name",)))
        return replace(decision, views=dict.fromkeys(ask.elements, "plain"))

    return broken(access, "decide", careless)


def revocation_ineffective(stage: Stage) -> AbstractContextManager[None]:
    """Record revocations and revoke nothing."""
    return broken(stage.house.parts.access, "_revoke", lambda _conn, _credentials: None)


def glass_forgotten(stage: Stage) -> AbstractContextManager[None]:
    """Leave an emergency that was told nobody and that nobody reviewed."""
    now, one = stage.house.parts.clock.now(), "bg-forgotten"
    opened = now - timedelta(days=9)
    left = Emergency(
        emergency_id=one,
        controller=CONTROLLER,
        opener=stage.people["Bram Okafor"].principal_id,
        code_id="c1",
        issued_by=stage.ada.principal_id,
        grant_id="g1",
        verbs=("reveal",),
        elements=("person.email",),
        purpose=stage.granted_purpose(),
        opened=opened,
        until=opened + timedelta(hours=1),
        alert_due=opened + timedelta(minutes=15),
        review_due=opened + timedelta(days=4),
    )
    table = tables.EMERGENCY
    return _row(
        stage,
        lambda conn: emergency_store.add_emergency(conn, left),
        table.delete().where(table.c.emergency_id == one),
    )


def hours_unchecked(_stage: Stage) -> AbstractContextManager[None]:
    """Let an emergency last as long as anybody likes."""
    return broken(codes, "check_wanted", lambda _wanted, _now: None)


# Honey (C2.5(5), C9).


def honey_silent(stage: Stage) -> AbstractContextManager[None]:
    """Let everybody touch honey unnoticed."""
    nothing: frozenset[str] = frozenset()
    return broken(stage.house.vault._desk.tripwire, "crossed", lambda *_asked: nothing)


def honey_everywhere(stage: Stage) -> AbstractContextManager[None]:
    """Raise an alarm at every record, so that none means anything."""

    def nervous(_conn: sa.Connection, _where: object, touched: Any) -> frozenset[str]:
        return frozenset(one.record_id for one in touched)

    return broken(stage.house.vault._desk.tripwire, "crossed", nervous)


@contextmanager
def alarm_forgotten(stage: Stage) -> Iterator[None]:
    """Leave an alarm on which nobody decides; nothing makes a suspicion of it meanwhile."""
    now = stage.house.parts.clock.now()
    left = Alarm(
        alarm_id="forgotten",
        controller=CONTROLLER,
        entry_id="e1",
        principal=stage.people["Bram Okafor"].principal_id,
        through="",
        verb="reveal",
        raised=now - timedelta(days=2),
        due=now - timedelta(days=1),
    )
    gone = alarm.delete().where(alarm.c.alarm_id == "forgotten")
    with (
        broken(stage.house, "tend_incidents", lambda *_: None),
        _row(stage, lambda conn: honey_store.raise_alarm(conn, left), gone),
    ):
        yield


# What leaves (C2.3).


def consents_unchecked(_stage: Stage) -> AbstractContextManager[None]:
    """Let everything leave, whatever the controller wrote."""
    return broken(disclosures, "covering", lambda *_asked: ())


@contextmanager
def consent_of_one(stage: Stage) -> Iterator[None]:
    """Write into the database that something left, under a consent of one person's making."""
    now, bram = stage.house.parts.clock.now(), stage.people["Bram Okafor"].principal_id
    keys, purpose = ("age1" + "q" * 58,), stage.granted_purpose()
    consent = Consent(
        kind="third-party",
        given_by=stage.people["Clara Whitfield"].principal_id,
        reference="letter 7",
        text_sha256="0" * 64,
        recipient="Larkspur Analytics",
        keys=keys,
        purposes=(purpose,),
        elements=("person.email",),
        since=now,
        until=now + timedelta(days=1),
        consent_id="c1",
        controller=CONTROLLER,
        created=now,
        recorded_by=bram,
        state="confirmed",
        confirmed_by=bram,
        confirmed=now,
    )
    left = Disclosure(
        disclosure_id="d1",
        controller=CONTROLLER,
        opener=bram,
        kind="third-party",
        purpose=purpose,
        elements=("person.email",),
        keys=keys,
        consents=("c1",),
        opened=now,
    )
    first, second = tables.CONSENT, tables.DISCLOSURE
    with (
        _row(
            stage,
            lambda conn: disclosure_store.add_consent(conn, consent),
            first.delete().where(first.c.consent_id == "c1"),
        ),
        _row(
            stage,
            lambda conn: disclosure_store.add_disclosure(conn, left),
            second.delete().where(second.c.disclosure_id == "d1"),
        ),
    ):
        yield


# The record (C2.5(5), C5.2).


def reads_unrecorded(stage: Stage) -> AbstractContextManager[None]:
    """Answer reads with a receipt and append nothing."""
    desk = stage.house.vault._desk
    record = desk.record

    def forgetful(conn: sa.Connection, fact: Fact) -> Receipt:
        if fact.action != "vault:record:revealed":
            return record(conn, fact)
        return Receipt("nowhere", secrets.token_hex(16), secrets.token_hex(32))

    return broken(desk, "record", forgetful)


def refusals_unrecorded(_stage: Stage) -> AbstractContextManager[None]:
    """Refuse without a trace."""
    return broken(vault_desk.Desk, "note_failure", lambda _desk, _act, _failure: None)


@contextmanager
def stored_entry_changed(stage: Stage) -> Iterator[None]:
    """Change a word of the first entry in the database, past the trigger that forbids it."""
    data = stage.house.parts.data
    in_bundle = (bundle, bundle.c.data, (bundle.c.controller == CONTROLLER) & (bundle.c.n == 0))
    in_tail = (tail, tail.c.body, (tail.c.controller == CONTROLLER) & (tail.c.idx == 0))
    table, column, mine = next(
        place
        for place in (in_bundle, in_tail)
        if data.read(CONTROLLER, lambda conn, p=place: conn.scalar(sa.select(p[1]).where(p[2])))  # type: ignore[misc]
    )
    query = sa.select(column).where(mine)
    before: bytes = data.read(CONTROLLER, lambda conn: conn.execute(query).scalar_one())

    def put(conn: sa.Connection, content: bytes) -> None:
        name = f"{table.name}_update"
        found = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
        trigger = conn.execute(found, {"name": name}).scalar_one()
        conn.exec_driver_sql(f"DROP TRIGGER {name}")
        conn.execute(table.update().where(mine).values({column: content}))
        conn.exec_driver_sql(trigger)

    changed = before.replace(b'"decision":"allowed"', b'"decision":"refused"', 1)
    assert changed != before
    data.write(CONTROLLER, lambda conn: put(conn, changed))
    try:
        yield
    finally:
        data.write(CONTROLLER, lambda conn: put(conn, before))


def export_changed(stage: Stage) -> AbstractContextManager[None]:
    """Flip one bit of every export."""
    ledger = stage.house.parts.ledger
    export = ledger.export

    def careless(
        conn: sa.Connection, controller: str, log: str, target: Path, **options: bool
    ) -> None:
        export(conn, controller, log, target, **options)
        path = next(p for p in sorted((target / "tile" / "entries").rglob("*")) if p.is_file())
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.chmod(0o600)
        path.write_bytes(bytes(data))

    return broken(ledger, "export", careless)


# Data at rest (C2.8, C6).


@contextmanager
def _leaking(stage: Stage, leak: Callable[[str], object]) -> Iterator[None]:
    """Hand every value that is protected to a leak first."""
    vault = stage.house.vault
    protect = vault.protect

    def talkative(caller: Caller, controller: str, body: Any, **rest: Any) -> Any:
        for record in body.records:
            for value in record.fields.values():
                leak(value)
        return protect(caller, controller, body, **rest)

    with broken(vault, "protect", talkative):
        yield


@contextmanager
def plain_file(stage: Stage) -> Iterator[None]:
    """Write protected values into a file of the home, as a forgotten debug line would."""
    path = stage.settings.home / "debug log.TXT"

    def leak(value: str) -> None:
        with path.open("a") as file:
            file.write(f"protecting {value}\n")

    with _leaking(stage, leak):
        yield
    path.unlink()


@contextmanager
def plain_table(stage: Stage) -> Iterator[None]:
    """Keep protected values beside the vault in a table of their own, in capitals."""
    data = stage.house.parts.data

    def leak(value: str) -> None:
        data.write(
            HOUSE,
            lambda conn: conn.execute(
                sa.text("INSERT INTO side_table VALUES (:value)"), {"value": value.upper()}
            ),
        )

    data.write(HOUSE, lambda conn: conn.exec_driver_sql("CREATE TABLE side_table (value TEXT)"))
    with _leaking(stage, leak):
        yield
    data.write(HOUSE, lambda conn: conn.exec_driver_sql("DROP TABLE side_table"))
    data.purge()


@contextmanager
def key_in_file(stage: Stage) -> Iterator[None]:
    """Leave a controller's key unwrapped in a file."""
    path = stage.settings.home / "support-bundle.json"
    path.write_text(f'{{"key": "{stage.house.parts.keys.unwrapped(RESERVED)[0].hex()}"}}')
    try:
        yield
    finally:
        path.unlink()


@contextmanager
def root_readable(stage: Stage) -> Iterator[None]:
    """Let the group read the root key."""
    stage.settings.root_file.chmod(0o640)
    try:
        yield
    finally:
        stage.settings.root_file.chmod(0o600)


@contextmanager
def unbound_ciphertexts(_stage: Stage) -> Iterator[None]:
    """Encrypt with nothing as associated data."""
    tails = cipher._tail
    with ExitStack() as stack:
        stack.enter_context(
            broken(cipher, "_tail", lambda name, version: (tails(name, version)[0], b""))
        )
        stack.enter_context(broken(cipher, "place", lambda *_place: b""))
        yield


@contextmanager
def erasure_keeps_keys(stage: Stage) -> Iterator[None]:
    """Mark subjects as erased and leave their keys and rows."""
    vault = stage.house.vault
    with broken(vault, "_destroy", lambda _controller, _key_ids, _leaf: None):
        yield
    vault.finish_erasures(RESERVED)


@contextmanager
def index_key_kept(stage: Stage) -> Iterator[None]:
    """Let an index key be older than any may be: nobody replaced it."""
    mine = (controller_key.c.controller == CONTROLLER) & (controller_key.c.purpose == "index")
    keys = stage.house.parts.key_database
    query = sa.select(controller_key.c.created).where(mine)
    made = keys.read(CONTROLLER, lambda conn: conn.execute(query).scalar_one())

    def set_made(at: str) -> None:
        change = controller_key.update().where(mine).values(created=at)
        keys.write(CONTROLLER, lambda conn: conn.execute(change))

    set_made("2020-01-01T00:00:00Z")
    try:
        yield
    finally:
        set_made(made)
