"""Honey: told of when touched, counted nowhere, recognised by nobody (DESIGN 5; C2.5(5), C9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import bailee.vault.desk as vault_desk
from bailee.access import Caller
from bailee.errors import Conflict, Failure, Invalid, NotFound, Refused
from bailee.ledger import Fact
from bailee.vault import honey_store
from bailee.vault.actions import Vault
from bailee.vault.cardholder import luhn
from bailee.vault.catalogue import CATALOGUE
from bailee.vault.forge import FORGEABLE, forge
from bailee.vault.honey import LIST_BYTES, MOST, Alarm, Honey, check_apart, overdue, pack, unpack
from bailee.vault.plant import Planting
from bailee.vault.shapes import Erase, List, Reveal, Update, UpdateRecord
from bailee.vault.tables import honey as honey_table
from tests.sabotage.stage import broken
from tests.vault.world import ACME, GLOBEX, World

FIELDS = ("person.name", "person.email", "person.ssn")
REAL = {
    "person.name": "Marigold Featherstone",
    "person.email": "marigold@featherstone.example",
    "person.ssn": "512-44-9083",
}


def planted(world: World, count: int = 1, *elements: str, vault: Vault | None = None) -> list[str]:
    """Plant honey at acme as ada; return the records' ids, as no caller ever learns them."""
    vault, before = vault or world.vault, ids_of(world)
    planting = Planting(world.people["ada"], ACME, count, elements or FIELDS)
    foreseen = world.data.write(ACME, lambda conn: vault.foresee_honey(conn, planting))
    world.data.write(ACME, lambda conn: vault.store_honey(conn, foreseen))
    return sorted(ids_of(world) - before)


def ids_of(world: World) -> set[str]:
    """Return the ids of every record that stands at acme."""
    query = sa.text("SELECT record_id FROM vault_record WHERE controller = :c")
    return set(world.data.read(ACME, lambda conn: conn.execute(query, {"c": ACME})).scalars())


def alarms(world: World, controller: str = ACME) -> list[Alarm]:
    """Return a controller's alarms."""
    return world.data.read(controller, lambda conn: honey_store.alarms(conn, controller))


def update(world: World, caller: Caller, record: str) -> object:
    """Give a record another name."""
    change = UpdateRecord(ref="r", record=record, fields={"person.name": "Tancredi Underhill"})
    return world.vault.update(caller, ACME, Update("payments", [change]))


def erase(world: World, caller: Caller, record: str) -> object:
    """Erase one record."""
    return world.vault.erase(caller, ACME, Erase("payments", records=[record]))


TOUCHES: dict[str, Callable[[World, Caller, str], object]] = {
    "reveal": lambda world, caller, record: world.reveal(caller, record, "person.name"),
    "update": update,
    "erase": erase,
}


@pytest.mark.parametrize("verb", TOUCHES)
def test_every_touch_is_told(world: World, cleo: Caller, verb: str) -> None:
    """Reading, changing and erasing honey raise one alarm each, by who did it and which entry."""
    (record,) = planted(world)

    TOUCHES[verb](world, cleo, record)

    (one,) = alarms(world)
    assert (one.principal, one.verb, one.state) == (cleo.principal_id, verb, "due")
    assert one.due - one.raised == timedelta(hours=24)
    assert record.encode() not in one.records
    assert record not in repr(one)


@pytest.mark.parametrize("verb", TOUCHES)
def test_a_record_of_somebody_raises_none(world: World, cleo: Caller, verb: str) -> None:
    """The same calls upon a record beside the honey are nobody's business but the caller's."""
    planted(world, 3)

    TOUCHES[verb](world, cleo, world.protect(cleo, "payer-1", REAL))

    assert alarms(world) == []


def test_a_search_that_meets_honey_is_told(world: World, cleo: Caller) -> None:
    """Who finds honey by a value that it holds was told its id, and is told of."""
    (record,) = planted(world)
    known = world.reveal(cleo, record, "person.email")["person.email"]

    assert world.search(cleo, "person.email", known).records == [record]
    assert {one.verb for one in alarms(world)} == {"reveal", "search"}


def test_a_token_of_honey_is_told(world: World, cleo: Caller) -> None:
    """Who opens a token that leads to honey touched honey."""
    planted(world)
    query = sa.text("SELECT token FROM vault_token WHERE controller = :c")
    tokens = world.data.read(ACME, lambda conn: list(conn.execute(query, {"c": ACME}).scalars()))

    world.reveal_tokens(cleo, tokens, "person.ssn")

    assert [one.verb for one in alarms(world)] == ["reveal"]


def test_one_call_over_many_raises_one_alarm(world: World, cleo: Caller) -> None:
    """A sweep over real records and honey is one entry, one alarm, and a plain answer."""
    real = [world.protect(cleo, f"payer-{n}", REAL) for n in range(3)]
    ids = sorted([*real, *planted(world, 2)])

    answer = world.vault.reveal(cleo, ACME, Reveal("payments", list(FIELDS), records=ids))

    (alarm,) = alarms(world)
    assert world.vault.honey_in(alarm) == set(ids) - set(real)
    assert [one.ok for one in answer.results] == [True] * 5
    assert {frozenset(one.fields) for one in answer.results} == {frozenset(FIELDS)}
    assert [one.entry_id for one in alarms(world)] == [answer.entry.entry_id]


def said(fact: Fact) -> dict[str, Any]:
    """Return everything that a fact says in clear or commits to, without ids of records."""
    names = ("action", "decision", "purpose", "elements", "count", "obligations", "detail")
    return {name: getattr(fact, name) for name in (*names, "agreement", "actor", "context")} | {
        "records": [sorted(one.elements) for one in fact.records]
    }


def test_answers_and_entries_are_those_of_any_record(world: World, cleo: Caller) -> None:
    """Nothing in answer, entry or committed words tells honey from a record of somebody."""
    real, (honey,) = world.protect(cleo, "payer-1", REAL), planted(world)

    def shown(record: str) -> tuple[Any, ...]:
        body = Reveal("payments", ["person.ssn", "person.name"], records=[record])
        result = world.vault.reveal(cleo, ACME, body).results[0]
        kinds = {name: type(value) for name, value in result.fields.items()}
        seen = said(world.facts[-1])
        update(world, cleo, record)
        changed = said(world.facts[-1])
        erase(world, cleo, record)
        return kinds, seen, changed, said(world.facts[-1])

    assert shown(honey) == shown(real)


def test_masks_show_as_much_of_honey(world: World, cleo: Caller) -> None:
    """A number that was never given to anybody has last digits like any other."""
    (record,) = planted(world)
    world.join("mara")
    world.give("mara", ["reveal-masked"], elements=["person.ssn:last4"])

    seen = world.reveal(world.people["mara"], record, "person.ssn:last4")

    assert len(seen["person.ssn"].masked) == 4


def test_planting_leaves_the_entry_of_storing(world: World, cleo: Caller) -> None:
    """In the log, planting is a record that was protected."""
    world.protect(cleo, "payer-1", REAL)
    usual = said(world.facts[-1])
    planted(world)
    seen = said(world.facts[-1])

    for one in (usual, seen):
        one.pop("actor")
        assert one.pop("purpose") in {"payments", "legal-claims"}
    assert seen == usual


def test_no_row_tells_which_record(world: World, cleo: Caller) -> None:
    """The list is one row of one size for one or five, and holds no id in any spelling."""
    world.protect(cleo, "payer-1", REAL)
    first = planted(world)

    def row() -> bytes:
        query = sa.select(honey_table.c.sealed).where(honey_table.c.controller == ACME)
        return bytes(world.data.read(ACME, lambda conn: conn.execute(query).scalar_one()))

    one = row()
    more = planted(world, 4)
    five = row()
    assert len(one) == len(five) > LIST_BYTES
    assert one != five
    for record in (*first, *more):
        for spelling in (record.encode(), bytes.fromhex(record)):
            assert spelling not in one + five
    world.vault.reseal_honey(ACME)
    assert row() != five


def test_the_alarm_stands_or_falls_with_the_entry(world: World, cleo: Caller) -> None:
    """Where the alarm cannot be committed, nothing is shown and no entry says that it was."""
    (record,) = planted(world)
    world.reveal(cleo, record, "person.name")
    (before,) = alarms(world)
    entries = world.count("ledger_inbox")

    with (
        broken(vault_desk, "_alarm", lambda _allowed, _entry_id: before),  # an id that is taken
        pytest.raises(Failure),
    ):
        world.reveal(cleo, record, "person.name")

    assert alarms(world) == [before]
    assert world.count("ledger_inbox") == entries + 1  # the failed call's own
    assert world.facts[-1].decision != "allowed"


def test_no_answer_without_the_alarm(world: World, cleo: Caller) -> None:
    """If the alarm cannot even be written down, the call fails before any value leaves."""
    (record,) = planted(world)

    def fails(_conn: sa.Connection, _alarm: Alarm) -> None:
        raise RuntimeError

    with broken(honey_store, "raise_alarm", fails), pytest.raises(RuntimeError):
        world.reveal(cleo, record, "person.name")

    assert world.facts[-1].decision == "failed"
    assert alarms(world) == []


def test_another_tenant_learns_nothing_and_raises_nothing(world: World, cleo: Caller) -> None:
    """Honey of acme asked for at globex is not found, as any id that is nowhere."""
    del cleo
    (record,) = planted(world)
    gaia = world.able("gaia", GLOBEX)

    codes = []
    for name in (record, "0" * 32):
        with pytest.raises(NotFound) as caught:
            world.reveal(gaia, name, "person.name", controller=GLOBEX)
        codes.append((caught.value.code, caught.value.says))

    assert codes[0] == codes[1]
    assert alarms(world) == []
    assert alarms(world, GLOBEX) == []


def test_a_refused_call_showed_nothing_and_tells_nothing(world: World) -> None:
    """Without a right the answer is a refusal, the same for honey and for any other id."""
    (record,) = planted(world)
    dora = world.join("dora")

    for name in (record, "0" * 32):
        with pytest.raises(Failure) as caught:
            world.reveal(dora, name, "person.name")
        assert caught.value.code == "controller.unknown"
    assert alarms(world) == []


def test_every_process_knows_at_once(world: World, cleo: Caller) -> None:
    """A process that remembered that there was none tells of honey that another one planted."""
    other = world.another_process()
    record = world.protect(cleo, "payer-1", REAL)
    other.reveal(cleo, ACME, Reveal("payments", ["person.name"], records=[record]))
    (honey,) = planted(world)

    other.reveal(cleo, ACME, Reveal("payments", ["person.name"], records=[honey]))

    assert len(alarms(world)) == 1


def listed(world: World, caller: Caller, limit: int) -> tuple[list[list[str]], int | None]:
    """Return the pages of a list, and its total."""
    pages, after, total = [], "", None
    while True:
        body = List("payments", ["person.name"], after, limit)
        page = world.vault.list_records(caller, ACME, body)
        total = page.total if total is None else total
        pages.append(page.records)
        after = page.after
        if not after:
            return pages, total


def test_lists_and_totals_are_as_if_it_were_not_there(world: World, cleo: Caller) -> None:
    """A customer's count of its data, page by page, is the same before and after planting (C6)."""
    world.give("cleo", ["list"])
    for n in range(7):
        world.protect(cleo, f"payer-{n}", REAL)
    before = listed(world, cleo, 3)

    planted(world, 5)

    assert listed(world, cleo, 3) == before
    assert before[1] == 7
    assert alarms(world) == []


def test_its_retention_is_nobodys_finding(world: World, cleo: Caller) -> None:
    """Values past their time are shown for real records alone (C6)."""
    world.protect(cleo, "payer-1", {"device.ip_address": "192.0.2.9"})
    (honey,) = planted(world, 1, "device.ip_address")
    world.moment += timedelta(days=4000)

    overdue_ids = world.vault.overdue(ACME)

    assert len(overdue_ids) == 1
    assert honey not in overdue_ids


def test_honey_resembles_what_is_there(world: World, cleo: Caller) -> None:
    """Without elements named it holds those of a record, under the same coarse attributes."""
    world.protect(cleo, "payer-1", REAL, kind="person", category="customer", residence="US-NY")
    foreseen = world.data.write(
        ACME,
        lambda conn: world.vault.foresee_honey(conn, Planting(world.people["ada"], ACME, 2)),
    )
    world.data.write(ACME, lambda conn: world.vault.store_honey(conn, foreseen))

    query = sa.text("SELECT kind, category, residence FROM vault_subject WHERE controller = :c")
    rows = world.data.read(ACME, lambda conn: conn.execute(query, {"c": ACME}).all())
    assert {tuple(row) for row in rows} == {("person", "customer", "US-NY")}
    assert {frozenset(shape.elements) for shape in foreseen.shapes} == {frozenset(REAL)}


@pytest.mark.parametrize(
    ("count", "elements", "code"),
    [
        (1, (), "honey.elements"),  # nothing is there to resemble
        (1, ("person.passport",), "honey.elements"),  # no passport is kept free by anybody
        (1, ("health.condition",), "honey.elements"),  # may not be held
        (0, FIELDS, "honey.count"),
        (MOST + 1, FIELDS, "honey.count"),
    ],
)
def test_what_cannot_be_planted_is_refused(
    world: World, count: int, elements: tuple[str, ...], code: str
) -> None:
    """A planting says what it cannot do, and leaves no list."""
    planting = Planting(world.people["ada"], ACME, count, elements)

    with pytest.raises(Invalid) as caught:
        world.data.write(ACME, lambda conn: world.vault.foresee_honey(conn, planting))

    assert caught.value.code == code
    assert world.count("vault_honey") == 0


def test_a_list_has_an_end(world: World) -> None:
    """One controller has at most 64."""
    planted(world, MOST)
    planting = Planting(world.people["ada"], ACME, 1, FIELDS)

    with pytest.raises(Refused) as caught:
        world.data.write(ACME, lambda conn: world.vault.foresee_honey(conn, planting))

    assert caught.value.code == "honey.full"


def test_dying_between_list_and_records_leaves_nothing_wrong(world: World, cleo: Caller) -> None:
    """Ids that were listed and never stored count for nothing and are dropped by the next."""
    planting = Planting(world.people["ada"], ACME, 60, FIELDS)
    world.data.write(ACME, lambda conn: world.vault.foresee_honey(conn, planting))
    stands = world.data.read(ACME, lambda conn: world.vault.honey(conn, ACME))
    assert (stands.records, stands.readable) == (0, True)

    honey = planted(world, 40)

    assert len(honey) == 40
    world.reveal(cleo, honey[0], "person.name")
    assert len(alarms(world)) == 1


def test_honey_removed_meanwhile_is_not_planted(world: World) -> None:
    """Whoever takes it up between the two steps of a planting wins."""
    planting = Planting(world.people["ada"], ACME, 1, FIELDS)
    foreseen = world.data.write(ACME, lambda conn: world.vault.foresee_honey(conn, planting))
    world.vault.uproot_honey(ACME, lambda _conn: None)

    with pytest.raises(Conflict) as caught:
        world.data.write(ACME, lambda conn: world.vault.store_honey(conn, foreseen))

    assert caught.value.code == "honey.overtaken"
    assert world.count("vault_record") == 0


def test_taking_it_up_erases_it_and_nothing_else(world: World, cleo: Caller) -> None:
    """Subjects, keys, records, tokens and the list go; somebody's record stays (C6)."""
    real = world.protect(cleo, "payer-1", REAL)
    rows = {name: world.count(name) for name in ("vault_record", "vault_subject", "vault_token")}
    honey = planted(world, 3)
    erase(world, cleo, honey[0])  # its subject is still there

    assert world.vault.uproot_honey(ACME, lambda _conn: None) == 2

    assert {name: world.count(name) for name in rows} == rows
    assert world.count("vault_honey") == 0
    assert world.reveal(cleo, real, "person.name") == {"person.name": REAL["person.name"]}
    with pytest.raises(NotFound):
        world.reveal(cleo, honey[1], "person.name")


def test_a_killed_removal_is_finished(world: World, cleo: Caller) -> None:
    """Marked and not destroyed: honey is not shown any more, and whoever goes on ends it."""
    (honey,) = planted(world)
    with (
        broken(world.vault, "_destroy", lambda *_a: (_ for _ in ()).throw(KeyboardInterrupt)),
        pytest.raises(KeyboardInterrupt),
    ):
        world.vault.uproot_honey(ACME, lambda _conn: None)
    with pytest.raises(NotFound):
        world.reveal(cleo, honey, "person.name")

    while world.vault.finish_erasures(ACME):
        pass
    world.vault.uproot_honey(ACME, lambda _conn: None)

    assert (world.count("vault_record"), world.count("vault_honey")) == (0, 0)


def test_a_spoilt_list_stops_nobody_and_says_so(world: World, cleo: Caller) -> None:
    """Altered bytes are taken for no list: reads go on, and the list is said to be unreadable."""
    (honey,) = planted(world)
    spoilt = (
        sa.update(honey_table).where(honey_table.c.controller == ACME).values(sealed=b"\1" * 99)
    )
    world.data.write(ACME, lambda conn: conn.execute(spoilt))

    vault = world.another_process()
    vault.reveal(cleo, ACME, Reveal("payments", ["person.name"], records=[honey]))

    stands = world.data.read(ACME, lambda conn: vault.honey(conn, ACME))
    assert (stands.records, stands.readable) == (0, False)


def test_newer_index_keys_take_honey_along(world: World, cleo: Caller) -> None:
    """Renewing indexes opens numbers that nobody can have, and goes on (C2.8(3))."""
    world.protect(cleo, "payer-1", REAL)
    (honey,) = planted(world)
    world.keys.rotate_controller_key(ACME, "index")

    world.settle()
    while sum(world.renew()):
        pass

    query = sa.text("SELECT key_version FROM vault_blind_index WHERE record_id = :r")
    versions = world.data.read(ACME, lambda conn: conn.execute(query, {"r": honey}).scalars().all())
    assert set(versions) == {2}


def test_the_house_own_control_calls_nobody(world: World, cleo: Caller) -> None:
    """A drill is written like an alarm, is listed nowhere, and goes when the control asks."""
    (honey,) = planted(world)
    wire = world.vault._desk.tripwire
    with broken(wire, "_drills", lambda _conn, caller, name: (caller, name) == (cleo, ACME)):
        world.reveal(cleo, honey, "person.name")
    entry = world.data.read(
        ACME, lambda conn: conn.execute(sa.text("SELECT entry_id FROM honey_alarm")).scalar_one()
    )

    states = world.data.read(ACME, lambda conn: honey_store.states_of(conn, ACME, entry))
    assert (states, alarms(world)) == (["drill"], [])
    world.data.write(ACME, lambda conn: honey_store.drop_drills(conn, ACME))
    assert world.count("honey_alarm") == 0


IMPOSSIBLE = {
    "person.ssn", "business.tax_id", "financial.routing_number", "financial.card_number",
}  # fmt: skip
"""Of these the validators know what nobody can have."""


@pytest.mark.parametrize("element", sorted(FORGEABLE))
def test_made_up_values_have_the_form_and_are_nobodys(element: str) -> None:
    """Each value passes as to its form; what an authority numbers is out of what it gives out."""
    rules = CATALOGUE[element]
    for _ in range(50):
        value = forge(element)
        assert rules.normal_shape(value)
        if element not in IMPOSSIBLE:
            rules.check(value)
            continue
        with pytest.raises(Invalid):
            rules.check(value)


def test_what_standards_keep_free() -> None:
    """SSA area 666; a wrong check digit (ISO/IEC 7812-1); NANPA 555-01xx; RFC 2606; RFC 5737."""
    for _ in range(50):
        assert forge("person.ssn").startswith("666-")
        assert not luhn(forge("financial.card_number"))
        assert forge("person.phone")[5:].startswith("55501")
        assert forge("person.email").rpartition("@")[2].startswith("example.")
        network = forge("device.ip_address").rpartition(".")[0]
        assert network in {"192.0.2", "198.51.100", "203.0.113"}


def test_lists_are_packed_in_one_size() -> None:
    """What is packed comes back, and 0, 1 and 64 take the same bytes."""
    honey = [Honey(f"{n:032x}", f"{n + 1000:032x}") for n in range(MOST)]
    for some in ([], honey[:1], honey):
        assert len(pack(some)) == LIST_BYTES
        assert unpack(pack(some)) == tuple(some)
    with pytest.raises(Refused):
        pack([*honey, honey[0]])


def test_who_may_decide_and_when_it_is_late(world: World) -> None:
    """Nobody decides on a touch of their own or of whose key they know; late is after its time."""
    one = Alarm("a", ACME, "e", "p1", "", "reveal", world.moment, world.moment)
    assert not overdue([one], world.moment)
    assert overdue([one], world.moment + timedelta(seconds=1))
    check_apart({"p1"}, ("p2",))
    with pytest.raises(Refused) as caught:
        check_apart({"p1", "p2"}, ("p3", "p2"))
    assert caught.value.code == "self.review"
