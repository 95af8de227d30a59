"""The door: who is calling, by which key, for whom (C2.5(2), C2.5(3))."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.access import Ask, Caller, Shown
from bailee.access.credential import KEY, new_secret
from bailee.db import DATA, HOUSE, SqliteDatabase
from bailee.errors import Conflict, Failure, Unauthenticated
from tests.access.world import DAY, World
from tests.simulators.entries import SIMULATED

ASK = Ask("reveal", "acme", "payments", ("person.name",))


def refused(world: World, code: str, work: Callable[[sa.Connection], Any]) -> Failure:
    """Run work that must fail with this code."""
    with pytest.raises(Failure) as caught:
        world.do(work)
    assert caught.value.code == code
    return caught.value


def test_a_key_names_its_principal(house: World) -> None:
    """Each key opens as the one principal that it was made for."""
    for name, caller in house.callers.items():
        found = house.do(partial(house.access.authenticate, bearer=house.keys[name]))
        assert found == caller
        assert found.actor() == {
            "principal_id": caller.principal_id,
            "key_id": caller.key_id,
            "kind": "person",
        }
    assert len({caller.principal_id for caller in house.callers.values()}) == 3


@pytest.mark.parametrize(
    ("bearer", "code"),
    [
        ("", "credential.missing"),
        ("nonsense", "credential.unknown"),
        ("bk_" + "1" * 50, "credential.unknown"),
        (new_secret(KEY), "credential.unknown"),
        ("\u00fc" * 53, "credential.unknown"),
        ("\ud800" * 53, "credential.unknown"),
        ("x" * 1_000_000, "credential.unknown"),
    ],
    ids=["missing", "nonsense", "no-checksum", "never-given", "accents", "surrogates", "huge"],
)
def test_what_opens_nothing(house: World, bearer: str, code: str) -> None:
    """A key that is missing, ill formed or unknown is refused without being repeated."""
    error = refused(house, code, lambda c: house.access.authenticate(c, bearer))
    assert isinstance(error, Unauthenticated)
    assert not bearer or bearer not in str(error) + error.do


def test_a_key_ends_after_ninety_days(house: World) -> None:
    """At ninety days the key is refused, a moment before it is not (C2.5(3))."""
    house.moment = house.moment + 90 * DAY - timedelta(milliseconds=1)
    house.do(lambda c: house.access.authenticate(c, house.keys["ada"]))
    house.moment += timedelta(milliseconds=1)
    refused(house, "credential.expired", lambda c: house.access.authenticate(c, house.keys["ada"]))


def test_a_key_that_ends_between_door_and_decision(house: World) -> None:
    """A key that was revoked after it was shown does not decide anything any more."""
    house.give("cleo")
    cleo = house.callers["cleo"]
    house.do(lambda c: house.access.revoke_key(c, cleo, cleo.key_id))
    refused(house, "credential.revoked", lambda c: house.access.decide(c, cleo, ASK))
    refused(house, "credential.revoked", lambda c: house.access.authenticate(c, house.keys["cleo"]))


def test_keys_are_revoked_by_their_owner_or_by_people(house: World) -> None:
    """Nobody else ends a key; a key ends once."""
    ada, ben, cleo = (house.callers[name] for name in ("ada", "ben", "cleo"))
    refused(house, "grant.missing", lambda c: house.access.revoke_key(c, ben, cleo.key_id))
    refused(house, "grant.missing", lambda c: house.access.revoke_key(c, ben, "f" * 32))
    refused(house, "credential.no_such_key", lambda c: house.access.revoke_key(c, ada, "f" * 32))
    house.do(lambda c: house.access.revoke_key(c, ada, cleo.key_id))
    error = refused(
        house, "lifecycle.event", lambda c: house.access.revoke_key(c, ada, cleo.key_id)
    )
    assert isinstance(error, Conflict)


def test_rotation_changes_the_key_alone(house: World) -> None:
    """The old key ends in the same commit; identity and rights stay; the life starts again."""
    house.give("cleo")
    house.moment += 20 * DAY
    old = house.callers["cleo"]
    shown = house.do(lambda c: house.access.rotate_key(c, old)).result
    assert shown.expires == house.moment + 90 * DAY
    refused(house, "credential.revoked", lambda c: house.access.authenticate(c, house.keys["cleo"]))
    new = house.enter("cleo", shown)
    assert (new.principal_id, new.key_id != old.key_id) == (old.principal_id, True)
    assert house.do(lambda c: house.access.decide(c, new, ASK)).allowed
    refused(house, "credential.revoked", lambda c: house.access.rotate_key(c, old))


def test_nobody_mints_for_themselves(house: World) -> None:
    """An administrator's own key does not come from minting."""
    ada = house.callers["ada"]
    refused(house, "self.mint", lambda c: house.access.mint_key(c, ada, ada.principal_id))


def test_nobody_sees_a_person_s_key(house: World) -> None:
    """A person's key is minted by nobody: it comes with their invitation (C2.5(2))."""
    ada, cleo = house.callers["ada"], house.callers["cleo"]
    refused(house, "key.person", lambda c: house.access.mint_key(c, ada, cleo.principal_id))


def test_a_service_s_key_may_end_sooner_never_later(house: World) -> None:
    """Minting takes an earlier end; a later one is cut to ninety days."""
    ada, importer = house.callers["ada"], house.service("importer")
    for asked, expected in ((DAY, DAY), (400 * DAY, 90 * DAY)):
        until = house.moment + asked
        done = house.do(
            partial(house.access.mint_key, caller=ada, principal_id=importer, until=until)
        )
        assert done.result.expires == house.moment + expected


def test_whoever_gave_sight_does_not_mint(house: World) -> None:
    """Whoever gave a service the right to see data is not shown its key, nor the reverse."""
    reader, writer = house.service("reader"), house.service("writer")
    house.give(reader)
    refused(
        house, "self.mint_granted", lambda c: house.access.mint_key(c, house.callers["ada"], reader)
    )
    house.give("ben", controller=HOUSE, verbs=["people"], elements=[], purposes=[])
    house.mint("reader", reader, by="ben")
    house.give(writer, verbs=["protect"])
    house.mint("writer", writer)
    with pytest.raises(Failure) as caught:
        house.give(writer, verbs=["decrypt"])
    assert caught.value.code == "self.grant_minted"


def test_a_house_of_one_separates_nothing(world: World) -> None:
    """Alone, the administrator may set up a service that reads: there is nobody to do it with."""
    world.found()
    reader = world.service("reader")
    world.give(reader)
    world.mint("reader", reader)
    caller = world.do(lambda c: world.access.authenticate(c, world.keys["reader"]))
    assert world.do(lambda c: world.access.decide(c, caller, ASK)).allowed


def acting(house: World, person: str = "cleo") -> tuple[str, Shown]:
    """Return an acting-for service's id, with its key minted, and a person's token for it."""
    console = house.service("console", "acting-for")
    house.mint("console", console)
    return console, house.do(
        lambda c: house.access.act_for(c, house.callers[person], console)
    ).result


def test_acting_for_names_both(house: World) -> None:
    """The caller is the service, on behalf of the person; the entry names both (MISSION A6)."""
    console, token = acting(house)
    caller = house.do(
        lambda c: house.access.authenticate(c, house.keys["console"], person_token=token.secret)
    )
    cleo = house.callers["cleo"].principal_id
    assert (caller.principal_id, caller.on_behalf_of, caller.kind) == (console, cleo, "service")
    assert caller.actor()["on_behalf_of"] == cleo
    assert caller.accountable == cleo


def test_acting_for_takes_both_rights(house: World) -> None:
    """A call is allowed only when service and person are both allowed (C2.5(4))."""
    console, token = acting(house)
    caller = house.do(
        lambda c: house.access.authenticate(c, house.keys["console"], person_token=token.secret)
    )
    refused(house, "controller.unknown", lambda c: house.access.decide(c, caller, ASK))
    mine = house.give("cleo", daily=5)
    refused(house, "controller.unknown", lambda c: house.access.decide(c, caller, ASK))
    theirs = house.give(console, verbs=["reveal"], elements=["person.*"])
    decision = house.do(lambda c: house.access.decide(c, caller, ASK))
    assert (decision.grants, decision.daily) == ((theirs.grant_id, mine.grant_id), 5)
    more = Ask("reveal", "acme", "payments", ("person.ssn",))
    refused(house, "grant.element", lambda c: house.access.decide(c, caller, more))


def test_an_acting_for_service_alone_does_nothing(house: World) -> None:
    """Without a person's token the service is refused at the door."""
    acting(house)
    refused(
        house,
        "credential.person_missing",
        lambda c: house.access.authenticate(c, house.keys["console"]),
    )


def test_a_token_is_for_one_service_and_fifteen_minutes(house: World) -> None:
    """Another service cannot use it; at fifteen minutes nobody can; it is no key."""
    _, token = acting(house)
    house.mint("other", house.service("other", "acting-for"))

    def call(name: str) -> Callable[[sa.Connection], Caller]:
        return lambda c: house.access.authenticate(c, house.keys[name], person_token=token.secret)

    refused(house, "credential.not_yours", call("other"))
    refused(house, "credential.not_yours", call("ada"))
    refused(house, "credential.unknown", lambda c: house.access.authenticate(c, token.secret))
    caller = house.do(call("console"))
    house.moment += timedelta(minutes=15)
    refused(house, "credential.expired", call("console"))
    refused(house, "credential.expired", lambda c: house.access.decide(c, caller, ASK))


def test_a_token_ends_with_its_person(house: World) -> None:
    """When the person leaves, the service stops acting for them at once (C2.5(6))."""
    console, token = acting(house)
    house.give("cleo")
    house.give(console)
    caller = house.do(
        lambda c: house.access.authenticate(c, house.keys["console"], person_token=token.secret)
    )
    assert house.do(lambda c: house.access.decide(c, caller, ASK)).allowed
    ada, cleo = house.callers["ada"], house.callers["cleo"].principal_id
    house.do(lambda c: house.access.leave(c, ada, cleo))
    refused(house, "credential.principal_left", lambda c: house.access.decide(c, caller, ASK))


def test_only_people_are_acted_for_by_services_made_for_it(house: World) -> None:
    """A service cannot be acted for, and an autonomous service acts for nobody."""
    importer = house.service("importer")
    house.mint("importer", importer)
    machine = house.do(lambda c: house.access.authenticate(c, house.keys["importer"]))
    console = house.service("console", "acting-for")
    cleo = house.callers["cleo"]
    refused(house, "token.person", lambda c: house.access.act_for(c, machine, console))
    refused(house, "token.service", lambda c: house.access.act_for(c, cleo, importer))


def test_no_secret_is_stored(tmp_path: Path) -> None:
    """No key, invitation or token stands anywhere in the database's files, nor in the ledger."""
    database = SqliteDatabase(tmp_path / "data.db")
    DATA.create_all(database.engine)
    SIMULATED.create_all(database.engine)
    world = World(database)
    world.found()
    invited = world.do(lambda c: world.access.invite(c, world.callers["ada"], world.person("ben")))
    world.enter("ben", world.do(lambda c: world.access.accept(c, invited.result.secret)).result)
    _, token = acting(world, "ben")
    secrets = [*world.keys.values(), invited.result.secret, token.secret]
    text = str(world.entries())
    database.close()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"access:house:founded" in files
    assert len(secrets) == 5
    for secret in secrets:
        assert secret.encode() not in files
        assert secret[3:-6].encode() not in files
        assert secret not in text


def test_revocation_reaches_every_process(house: World) -> None:
    """A process that remembers a key and a grant drops both with the commit that ended them."""
    house.give("cleo")
    cleo, other = house.callers["cleo"], house.another_process()
    assert house.do(lambda c: other.authenticate(c, house.keys["cleo"])) == cleo
    assert house.do(lambda c: other.decide(c, cleo, ASK)).allowed
    house.do(lambda c: house.access.revoke_key(c, house.callers["ada"], cleo.key_id))
    refused(house, "credential.revoked", lambda c: other.authenticate(c, house.keys["cleo"]))
    refused(house, "credential.revoked", lambda c: other.decide(c, cleo, ASK))


class Undone(Exception):  # noqa: N818 - a test's own way out
    """Undoes a transaction."""


def test_what_was_never_committed_is_not_remembered(house: World) -> None:
    """A right seen inside a transaction that was undone is gone afterwards, cached or not."""
    cleo = house.callers["cleo"]

    def given_then_undone(conn: sa.Connection) -> None:
        house.access.grant(
            conn, house.callers["ada"], to=cleo.principal_id, controller="acme",
            verbs=["reveal"], elements=["person.name"], purposes=["payments"],
            until=house.moment + DAY,
        )  # fmt: skip
        assert house.access.decide(conn, cleo, ASK).allowed
        raise Undone

    for _ in range(2):
        with pytest.raises(Undone):
            house.do(given_then_undone, "acme")
        refused(house, "controller.unknown", lambda c: house.access.decide(c, cleo, ASK))
    assert house.entries("acme")[-1]["context"]["principal_id"] != cleo.principal_id


def test_whoever_acts_on_themselves_forgets_too(house: World) -> None:
    """The process that ended its caller's own rights remembers none of them."""
    ada, ben = house.callers["ada"], house.callers["ben"]
    verbs = ["people", "grant"]
    house.give("ben", controller=HOUSE, verbs=verbs, elements=[], purposes=[])
    own = house.give("cleo", verbs=["grant"], elements=[], purposes=[])
    cleo = house.callers["cleo"]
    ask = Ask("grant", "acme")
    assert house.do(lambda c: house.access.decide(c, cleo, ask)).allowed
    house.do(lambda c: house.access.revoke_grant(c, cleo, "acme", own.grant_id), "acme")
    refused(house, "grant.revoked", lambda c: house.access.decide(c, cleo, ask))
    house.do(lambda c: house.access.move(c, ben, ben.principal_id))
    refused(house, "grant.missing", lambda c: house.access.register(c, ben))
    house.give("ben", controller=HOUSE, verbs=verbs, elements=[], purposes=[])
    house.do(lambda c: house.access.leave(c, ada, ada.principal_id))
    refused(house, "credential.principal_left", lambda c: house.access.register(c, ada))


def test_admitting_is_authenticating_and_deciding(house: World) -> None:
    """The two in one give the same caller and decision, and the same refusals."""
    house.give("cleo")
    cleo, admit = house.callers["cleo"], house.access.admit
    caller, decision = house.do(lambda c: admit(c, house.keys["cleo"], ASK), "acme")
    assert caller == cleo
    assert decision == house.do(lambda c: house.access.decide(c, cleo, ASK))
    refused(house, "credential.missing", lambda c: admit(c, "", ASK))
    foreign = Ask("reveal", "globex", "payments", ("person.name",))
    refused(house, "controller.unknown", lambda c: admit(c, house.keys["cleo"], foreign))


def test_decisions_are_remembered_under_one_epoch(house: World) -> None:
    """A second decision asks for the epoch alone: once in a group, and again at its commit."""
    house.give("cleo")
    cleo = house.callers["cleo"]
    house.do(lambda c: house.access.authenticate(c, house.keys["cleo"]))
    house.do(lambda c: house.access.decide(c, cleo, ASK))
    seen: list[str] = []

    def watched(conn: sa.Connection) -> None:
        sa.event.listen(conn, "before_cursor_execute", lambda *args: seen.append(args[2]))
        house.access.authenticate(conn, house.keys["cleo"])
        house.access.decide(conn, cleo, ASK)

    house.do(watched, "acme")
    asked = [statement for statement in seen if "SELECT" in statement]
    if house.database.engine.dialect.name == "sqlite":
        assert len(asked) == 1
    else:  # the lock, and whether it still stands, travel with the COMMIT
        assert len(asked) == 4
        assert "pg_advisory_xact_lock_shared" in asked.pop(2)
    assert all("FROM epoch" in statement for statement in asked)
