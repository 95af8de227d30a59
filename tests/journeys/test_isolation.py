"""Who may not do what: every data verb against everything that can be wrong (C2.4, C2.5(4))."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.client import BaileeProblem
from bailee.clock import write_time
from bailee.db import HOUSE, scope
from tests.journeys.world import (
    ACME,
    GLOBEX,
    GOVERNED_BY,
    PAYMENT,
    SUPPORT,
    Place,
    World,
    code_of,
    every_verb,
)

EVERYTHING = ["protect", "reveal", "search", "list", "update", "encrypt", "decrypt"]
NAME = "person.name"


@pytest.fixture(scope="module")
def place(house: World) -> Place:
    """Return a record, its subject and a ciphertext of it, at acme."""
    record = house.protect("isolated")
    sealed = house.line("payout").encrypt(
        ACME,
        PAYMENT,
        [{"ref": "1", "element": NAME, "subject": "isolated", "value": "Tancredi Underhill"}],
    )
    return Place(ACME, record, "isolated", sealed.results[0].ciphertext)


def narrow(
    house: World, who: str, controller: str = ACME, *, erase: str = "*", **more: Any
) -> list[str]:
    """Let a service in that may do everything with names for one purpose; return its grants."""
    if who not in house.ids:
        house.service(who)
    return [
        house.give(controller, who, EVERYTHING, NAME, **more),
        house.give(controller, who, ["erase"], erase, **more),
    ]


def check_refused(
    house: World, who: str, at: Place, expected: str, *, tmp_path: Path, log: str = ACME
) -> None:
    """Try every verb: each is refused with the code, recorded in that log, and changes nothing."""
    before = house.counts()
    calls = every_verb(house.line(who), at)
    told = {verb: code_of(call) for verb, call in calls.items()}
    assert told == dict.fromkeys(calls, expected)
    assert house.counts() == before
    written = house.entries(tmp_path, log)[-len(calls) :]
    assert [one["detail"] for one in written] == [
        {"verb": GOVERNED_BY.get(verb, verb), "code": expected} for verb in calls
    ]
    for one in written:
        assert (one["decision"], one["opening"]["actor"]["principal_id"]) == (
            "refused",
            house.ids[who],
        )
        assert not one["opening"]["records"]


def test_a_controller_where_one_holds_nothing_is_not_there(
    house: World, place: Place, tmp_path: Path
) -> None:
    """Where a caller holds nothing each verb says not found, on the house's log (C2.4, C2.5(5))."""
    elsewhere = replace(place, controller=GLOBEX)
    check_refused(house, "payout", elsewhere, "controller.unknown", tmp_path=tmp_path, log=HOUSE)


def test_a_controller_of_others_and_one_that_does_not_exist_look_alike(
    house: World, place: Place
) -> None:
    """Nothing in the answers tells a foreign controller from an invented one (C2.4)."""
    for verb in every_verb(house.line("payout"), place):
        told = []
        for controller in (GLOBEX, "no-such-controller"):
            call = every_verb(house.line("payout"), replace(place, controller=controller))[verb]
            with pytest.raises(BaileeProblem) as caught:
                call()
            problem = caught.value
            told.append((problem.status, problem.code, problem.detail, problem.do))
        assert told[0] == told[1]
        assert told[0][0] == 404


def test_a_record_of_another_controller_is_not_found(
    house: World, place: Place, tmp_path: Path
) -> None:
    """Acme's ids mean nothing at globex, even to a caller with every right at both (C2.4)."""
    narrow(house, "both-sides")
    narrow(house, "both-sides", GLOBEX)
    calls = every_verb(house.line("both-sides"), replace(place, controller=GLOBEX))
    foreign = {verb: code_of(calls[verb]) for verb in ("reveal", "update", "erase")}
    assert foreign == dict.fromkeys(foreign, "record.unknown")
    assert [one["detail"]["code"] for one in house.entries(tmp_path, GLOBEX)[-3:]] == [
        "record.unknown"
    ] * 3
    people = {verb: code_of(calls[verb]) for verb in ("erase a subject", "hold", "decrypt")}
    assert people == dict.fromkeys(people, "subject.unknown")
    assert house.reveal("payout", place.record) == "Marigold Featherstone"


def test_a_person_without_the_right_is_refused(house: World, place: Place, tmp_path: Path) -> None:
    """Whoever only audits a controller touches no value there (C2.5(4))."""
    check_refused(house, "clara", place, "grant.missing", tmp_path=tmp_path)


def test_an_element_that_was_not_granted_is_refused(
    house: World, place: Place, tmp_path: Path
) -> None:
    """Every right over names gives none over telephone numbers (C2.5(4), C2.10)."""
    narrow(house, "names-only", erase=NAME)
    other = replace(place, element="person.phone", text="+14155550134")
    calls = every_verb(house.line("names-only"), other)
    told = {verb: code_of(call) for verb, call in calls.items()}
    # A record with an e-mail address is erased by nobody who holds names alone; a subject whole.
    assert told == dict.fromkeys(calls, "grant.element")


def test_an_element_that_the_agreement_does_not_list_is_refused(
    house: World, place: Place, tmp_path: Path
) -> None:
    """What the annex leaves out is not held, whoever asks (C2.10)."""
    outside = replace(place, element="health.condition", text="none")
    calls = every_verb(house.line("payout"), outside)
    told = {verb: code_of(calls[verb]) for verb in ("reveal", "search", "encrypt", "decrypt")}
    told["protect"] = code_of(every_verb(house.line("importer"), outside)["protect"])
    assert told == dict.fromkeys(told, "element.not_in_agreement")
    last = house.last(tmp_path)
    assert last["detail"] == {"verb": "protect", "code": "element.not_in_agreement"}


def test_a_purpose_that_was_not_granted_is_refused(
    house: World, place: Place, tmp_path: Path
) -> None:
    """A right for one purpose of the agreement is none for another (C2.4)."""
    narrow(house, "one-purpose")
    other = replace(place, purpose=SUPPORT)
    check_refused(house, "one-purpose", other, "grant.purpose", tmp_path=tmp_path)


def test_a_purpose_that_the_agreement_lacks_is_refused(
    house: World, place: Place, tmp_path: Path
) -> None:
    """What is not an enumerated purpose is done for nobody, and not repeated (C2.4, C3.2)."""
    other = replace(place, purpose="list-brokerage")
    check_refused(house, "payout", other, "purpose.not_in_agreement", tmp_path=tmp_path)
    assert house.last(tmp_path)["purpose"] == ""


def test_a_revoked_grant_is_none(house: World, place: Place, tmp_path: Path) -> None:
    """A right ends with its revocation, in the same moment (C2.5(6))."""
    for grant in narrow(house, "dismissed"):
        house.line("ada").revoke_grant(ACME, grant)
    check_refused(house, "dismissed", place, "grant.revoked", tmp_path=tmp_path)


def test_an_expired_grant_is_none(house: World, place: Place, tmp_path: Path) -> None:
    """A right ends with its day (C2.5(4))."""
    narrow(house, "seasonal", until=write_time(house.now() + timedelta(hours=1)))
    assert house.reveal("seasonal", place.record) == "Marigold Featherstone"
    house.shift += timedelta(hours=2)
    check_refused(house, "seasonal", place, "grant.expired", tmp_path=tmp_path)


def test_a_revoked_key_opens_nothing(house: World, place: Place, tmp_path: Path) -> None:
    """A key ends with its revocation; trying it is recorded on the house's log (C2.5(5), (6))."""
    narrow(house, "lost-key")
    key = house.line("bram").mint_key(house.ids["lost-key"])
    house.keys["lost-key"] = key.key
    assert house.reveal("lost-key", place.record) == "Marigold Featherstone"
    house.line("bram").revoke_key(key.key_id)
    calls = every_verb(house.line("lost-key"), place)
    told = {verb: code_of(call) for verb, call in calls.items()}
    assert set(told.values()) == {"credential.revoked"}
    house.house.parts.sentry.flush()
    refused = [
        one
        for one in house.entries(tmp_path, HOUSE)
        if one["action"] == "access:credential:refused"
    ]
    assert refused
    assert refused[0]["detail"]["code"] == "credential.revoked"


def test_whoever_left_is_let_in_no_more(house: World, place: Place) -> None:
    """With a person's leaving every key and every right of theirs ends at once (C2.5(6))."""
    house.invite("lena", "Lena Fairweather")
    house.give(ACME, "lena", ["reveal"], NAME)
    assert house.reveal("lena", place.record) == "Marigold Featherstone"
    house.line("ada").leave(house.ids["lena"])
    assert code_of(lambda: house.reveal("lena", place.record)) == "credential.principal_left"
    states = {
        one.status
        for one in house.line("ada").list_grants(ACME).grants
        if one.principal == house.ids["lena"]
    }
    assert states == {"revoked"}


def test_no_credential_and_an_invented_one_open_nothing(house: World, place: Place) -> None:
    """Without a key every verb is refused before anything is looked up (C2.5(3))."""
    house.keys["forger"] = "bk_" + "0" * 48
    for who in ("", "forger"):
        calls = every_verb(house.line(who), place)
        assert {code_of(call).partition(".")[0] for call in calls.values()} == {"credential"}


@contextmanager
def filters_removed(engine: sa.Engine) -> Iterator[list[str]]:
    """Break the build: take the controller out of every WHERE before it is sent."""
    weakened = list[str]()
    column = re.compile(r"\b(?:\w+\.)?controller = %\(\w+\)s(?:::\w+)?")

    def weaken(
        _conn: object, _cursor: object, statement: str, parameters: Any, *_: object
    ) -> tuple[str, Any]:
        verb = statement.lstrip()[:6].upper()
        changed = column.sub("true", statement) if verb in {"SELECT", "UPDATE", "DELETE"} else ""
        if changed and changed != statement and "vault_" in statement:
            weakened.append(statement)
            return changed, parameters
        return statement, parameters

    sa.event.listen(engine, "before_cursor_execute", weaken, retval=True)
    try:
        yield weakened
    finally:
        sa.event.remove(engine, "before_cursor_execute", weaken)


def test_row_level_security_holds_when_the_filter_is_removed(house: World, place: Place) -> None:
    """On PostgreSQL a statement without its controller still reaches one controller (C2.4)."""
    engine = house.house.parts.data.engine
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no row-level security; the filter is the only wall there")
    narrow(house, "both-walls", GLOBEX)
    calls = every_verb(house.line("both-walls"), replace(place, controller=GLOBEX))
    before = house.counts()
    with filters_removed(engine) as weakened:
        told = {verb: code_of(calls[verb]) for verb in ("reveal", "update", "erase")}
    assert told == dict.fromkeys(told, "record.unknown")
    assert weakened
    assert house.counts() == before


def test_the_server_s_role_sees_one_controller_and_without_one_nothing(house: World) -> None:
    """The walls stand in the database itself: for reading, changing and adding (C2.5(4))."""
    engine = house.house.parts.data.engine
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no row-level security; the filter is the only wall there")
    house.protect("walled")
    house.protect("walled", GLOBEX)
    tables = [
        "vault_record",
        "vault_subject",
        "vault_blind_index",
        "ledger_opening",
        "access_grant",
    ]
    for table in tables:
        seen = sa.text(f"SELECT DISTINCT controller FROM {table}")
        with engine.begin() as conn:
            assert set(conn.execute(seen).scalars()) <= {HOUSE}
            scope(conn, GLOBEX)
            assert set(conn.execute(seen).scalars()) <= {GLOBEX, HOUSE}
        with engine.begin() as conn:
            scope(conn, GLOBEX)
            update = f"UPDATE {table} SET controller = controller WHERE controller = '{ACME}'"
            assert conn.exec_driver_sql(update).rowcount == 0
    foreign = f"INSERT INTO vault_epoch (controller, epoch) VALUES ('{ACME}', 0)"
    with engine.begin() as conn:
        scope(conn, GLOBEX)
        with pytest.raises(sa.exc.ProgrammingError, match="row-level"):
            conn.exec_driver_sql(foreign)
