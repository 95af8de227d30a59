"""Sabotages of customers' passwords: kept in clear, right whatever is typed, read by people."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bailee.access import Grant, grants, tables
from bailee.access import store as access_store
from bailee.access.password import prepare
from bailee.vault import password, password_store
from bailee.vault.password import Compared, Kept
from bailee.vault.password_store import Row
from tests.sabotage.stage import CONTROLLER, Stage, broken


@contextmanager
def hashes_in_clear(_stage: Stage) -> Iterator[None]:
    """Keep hashes as they are, without a seal."""

    def seal(_controller: str, where: tuple[str, str], kept: Kept, _key: object) -> Row:
        return Row(*where, kept.written())

    def unseal(_controller: str, row: Row, _key: object) -> Kept:
        kind, _, text = row.sealed.decode().partition(":")
        return Kept(text, ours=kind == "own")

    with ExitStack() as stack:
        stack.enter_context(broken(password, "seal", seal))
        stack.enter_context(broken(password, "unseal", unseal))
        yield


@contextmanager
def passwords_in_clear(stage: Stage) -> Iterator[None]:
    """Keep passwords themselves where hashes should be."""
    hasher = stage.house.vault.passwords._strength.hasher

    def fits(stored: str, secret: bytes) -> bool:
        return stored.encode() == secret

    def seal(_controller: str, where: tuple[str, str], kept: Kept, _key: object) -> Row:
        return Row(*where, kept.written())

    def unseal(_controller: str, row: Row, _key: object) -> Kept:
        return Kept(row.sealed.decode().partition(":")[2], ours=True)

    with ExitStack() as stack:
        stack.enter_context(broken(hasher, "hash", lambda secret: secret.decode()))
        stack.enter_context(broken(hasher, "fits", fits))
        stack.enter_context(broken(hasher, "outdated", lambda _stored: False))
        stack.enter_context(broken(password, "seal", seal))
        stack.enter_context(broken(password, "unseal", unseal))
        yield


def any_password(_stage: Stage) -> AbstractContextManager[None]:
    """Let every password be right that begins as the customer's does."""
    compare = password.compare

    def careless(hasher: Any, kept: Kept | None, typed: str) -> Compared:
        compared = compare(hasher, kept, typed)
        return compared if kept is None else Compared(prepare(typed) is not None)

    return broken(password, "compare", careless)


def customer_tries_uncounted(_stage: Stage) -> AbstractContextManager[None]:
    """Take every try of a customer's password for the first."""
    return broken(password_store, "count_try", lambda *_, **__: 1)


@contextmanager
def person_verifies(stage: Stage) -> Iterator[None]:
    """Write a right to verify passwords into the database, for a person."""
    now, table = stage.house.parts.clock.now(), tables.GRANT
    one = Grant(
        grant_id=secrets.token_hex(16),
        principal=stage.people["Bram Okafor"].principal_id,
        verbs=("verify-password",),
        elements=("person.login_name",),
        purposes=(stage.granted_purpose(),),
        controller=CONTROLLER,
        until=now + timedelta(days=1),
        daily=0,
        created=now,
        granted_by="0" * 32,
    )
    data = stage.house.parts.data

    def drop(conn: sa.Connection) -> None:
        conn.execute(sa.delete(table).where(table.c.grant_id == one.grant_id))

    data.write(CONTROLLER, lambda conn: access_store.add_grant(conn, one))
    try:
        yield
    finally:
        data.write(CONTROLLER, drop)


def people_are_given(stage: Stage) -> AbstractContextManager[None]:
    """Let a person be given the right to verify passwords."""
    return broken(grants, "check_recipient", lambda _grant, _recipient: None)
