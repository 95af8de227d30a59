"""No access before undertaking and training: who signs, what counts, how long (C2.2, C2.5(1))."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bailee.access import Ask, Caller, Lasting, Text, training_store
from bailee.access.grant import DATA_VERBS, FOR_SERVICES
from bailee.access.training_tables import ACKNOWLEDGEMENT
from bailee.db import HOUSE, Database
from bailee.errors import Failure
from tests.access.test_approvals import at_once
from tests.access.world import DAY, START, World

YEAR = 365 * DAY
ASK = Ask("reveal", "acme", "payments", ("person.name",))
MACHINE = {"kind": "machine", "principal_id": "schedule"}
UNDERTAKING, PROCEDURE = "I keep it confidential.\n", "Name the purpose of every call.\n"


@pytest.fixture
def house(data_db: Database) -> World:
    """Return a house in which texts are published and cleo holds a grant, but read nothing."""
    world = World(data_db, lasting=Lasting(YEAR, YEAR, 14 * DAY))
    world.found("ada")
    world.join("ben")
    world.join("cleo")
    world.give("cleo", until=START + 300 * DAY)
    publish(world, UNDERTAKING, HOUSE)
    publish(world, PROCEDURE)
    return world


def publish(world: World, text: str, controller: str = "acme") -> Text:
    """Publish a text, as the house does."""
    return world.do(
        lambda c: world.access.publish_text(c, controller, text, agreement="v1", actor=MACHINE),
        controller,
    )


def read(world: World, who: str, controller: str = "acme", text: Text | None = None) -> None:
    """Let somebody acknowledge the text in force, or another one."""
    caller = world.callers[who]

    def work(conn: sa.Connection) -> None:
        one = text or world.access.text_in_force(conn, caller, controller)
        world.access.acknowledge(conn, caller, controller, one.text_sha256)

    world.do(work, controller)


def trained(world: World, who: str = "cleo") -> None:
    """Let somebody sign and read."""
    read(world, who, HOUSE)
    read(world, who)


def outcome(world: World, ask: Ask = ASK, who: Caller | None = None) -> str:
    """Return the code with which an ask of cleo's, or of somebody else's, is refused, or 'yes'."""
    caller = who or world.callers["cleo"]
    try:
        world.do(lambda c: world.access.decide(c, caller, ask), ask.controller)
    except Failure as failure:
        return failure.code
    return "yes"


def test_a_person_signs_and_reads_before_the_first_access(house: World) -> None:
    """A living grant opens nothing before the undertaking is signed and the procedure read."""
    steps = [outcome(house)]
    read(house, "cleo", HOUSE)
    steps.append(outcome(house))
    read(house, "cleo")

    assert [*steps, outcome(house)] == ["person.undertaking_due", "person.training_due", "yes"]


@pytest.mark.parametrize("verb", sorted(DATA_VERBS - FOR_SERVICES))
def test_no_data_verb_is_left_out(house: World, verb: str) -> None:
    """Each verb on data is refused to whoever read nothing, and served to whoever did."""
    element = "person.ssn:last4" if verb == "reveal-masked" else "person.ssn"
    house.give("ben", verbs=[verb], elements=[element])
    ask, ben = Ask(verb, "acme", "payments", ("person.ssn",)), house.callers["ben"]
    before = outcome(house, ask, ben)
    trained(house, "ben")

    assert (before, outcome(house, ask, ben)) == ("person.undertaking_due", "yes")


def test_reencrypting_is_no_way_around(house: World) -> None:
    """A verb that is made of others is refused like them."""
    house.give("cleo", verbs=["encrypt", "decrypt"])

    ask = Ask("reencrypt", "acme", "payments", ("person.name",))
    assert outcome(house, ask) == "person.undertaking_due"


def test_administration_needs_no_training(house: World) -> None:
    """Whoever runs the house sees no data: administration verbs ask for no acknowledgement."""
    assert outcome(house, Ask("people", HOUSE), house.callers["ada"]) == "yes"


def test_a_service_needs_none_but_its_person_does(house: World) -> None:
    """An autonomous service reads nothing; behind an acting-for one the person is asked."""
    house.give("ben", controller=HOUSE, verbs=["people"], elements=[], purposes=[])
    for name, mode in (("robot", "autonomous"), ("desk", "acting-for")):
        service = house.service(name, mode)
        house.mint(name, service, by="ben")
        house.give(service)
    robot = house.do(lambda c: house.access.authenticate(c, house.keys["robot"]))
    desk_id = _id_of(house, "desk")
    desk = house.do(lambda c: house.access.act_for(c, house.callers["cleo"], desk_id)).result
    acting = house.do(
        lambda c: house.access.authenticate(c, house.keys["desk"], person_token=desk.secret)
    )
    assert outcome(house, who=robot) == "yes"
    assert outcome(house, who=acting) == "person.undertaking_due"
    trained(house)
    assert outcome(house, who=acting) == "yes"


def _id_of(world: World, name: str) -> str:
    found = world.do(lambda c: world.access.register(c, world.callers["ada"]))
    return next(one.principal_id for one in found if one.name == name)


def test_explain_says_everything_that_is_missing(house: World) -> None:
    """Explain names what the grants lack, and what has to be signed and read, with commands."""
    ask = Ask("reveal", "acme", "support", ("person.name",))
    said = house.do(lambda c: house.access.explain(c, house.callers["cleo"], ask), "acme")

    assert len(said) == 3
    assert "purpose" in said[0]
    assert all("bailee training acknowledge" in line for line in said[1:])


def test_both_run_out(house: World) -> None:
    """Each counts until its time is up and not a moment longer; acknowledging again renews it."""
    house.lasting = Lasting(10 * DAY, 20 * DAY, 14 * DAY)
    house.access = house.another_process()
    trained(house)
    seen = []
    for days in (9, 10, 20):
        house.moment = START + days * DAY
        seen.append(outcome(house))
        if days == 10:
            read(house, "cleo", HOUSE)
            seen.append(outcome(house))

    assert seen == ["yes", "person.undertaking_due", "yes", "person.undertaking_due"]
    read(house, "cleo", HOUSE)
    assert outcome(house) == "person.training_due"


def test_the_agreements_shorter_time_wins(house: World) -> None:
    """A term of the agreement shortens what the operator set, and never lengthens it."""
    trained(house)
    house.papers["acme"].times["training.interval"] = 30 * DAY
    house.access = house.another_process()
    house.moment = START + 29 * DAY
    before = outcome(house)
    house.moment = START + 30 * DAY
    after = outcome(house)
    house.papers["acme"].times["training.interval"] = 900 * DAY
    house.access = house.another_process()

    assert (before, after, outcome(house)) == ("yes", "person.training_due", "yes")


def test_a_changed_text_is_due_after_its_grace(house: World) -> None:
    """The version before counts for the time of grace; whoever came later has none."""
    trained(house)
    house.give("ben")
    read(house, "ben", HOUSE)
    publish(house, "Other words.\n")
    ben = house.callers["ben"]
    now = (outcome(house), outcome(house, who=ben))
    house.moment = START + 14 * DAY

    assert (now, outcome(house)) == (("yes", "person.training_due"), "person.training_due")
    read(house, "cleo")
    assert outcome(house) == "yes"


def test_a_row_of_versions_pushes_nothing_out(house: World) -> None:
    """Grace counts from the first version after the acknowledged one, however many follow."""
    trained(house)
    for day in range(0, 15, 5):
        house.moment = START + day * DAY
        publish(house, f"Words of day {day}.\n")
    house.moment = START + 14 * DAY + timedelta(seconds=1)

    assert outcome(house) == "person.training_due"


def test_words_that_come_back_count_again(house: World) -> None:
    """An acknowledgement is of exact words: when they are in force again, it counts again."""
    trained(house)
    publish(house, "Other words.\n")
    house.moment = START + 20 * DAY
    publish(house, PROCEDURE)

    assert outcome(house) == "yes"


def test_the_same_words_are_published_once(house: World) -> None:
    """Publishing what is in force changes nothing and records nothing."""
    before = len(house.entries("acme"))
    again = publish(house, PROCEDURE)

    assert (again.version, len(house.entries("acme"))) == (1, before)


def test_other_words_are_not_acknowledged(house: World) -> None:
    """An invented hash, and that of an earlier version, are refused and change nothing."""
    first = house.do(lambda c: training_store.texts(c, "acme"), "acme")[0]
    publish(house, "Other words.\n")
    for wrong in ("0" * 64, first.text_sha256):
        with pytest.raises(Failure) as caught:
            house.do(
                lambda c, wrong=wrong: house.access.acknowledge(  # type: ignore[misc]
                    c, house.callers["cleo"], "acme", wrong
                ),
                "acme",
            )
        assert caught.value.code == "training.changed"

    assert (
        house.do(lambda c: training_store.standing(c, "acme", _cleo(house)), "acme").acknowledged
        == ()
    )


def _cleo(world: World) -> str:
    return world.callers["cleo"].principal_id


def test_nobody_acknowledges_for_another(house: World) -> None:
    """A service, and a service with the person's own token, are refused."""
    service = house.service("desk", "acting-for")
    house.mint("desk", service)
    token = house.do(lambda c: house.access.act_for(c, house.callers["cleo"], service)).result
    acting = house.do(
        lambda c: house.access.authenticate(c, house.keys["desk"], person_token=token.secret)
    )
    for caller in (acting, Caller(service, acting.key_id, "service")):
        with pytest.raises(Failure) as caught:
            house.do(
                lambda c, caller=caller: house.access.acknowledge(  # type: ignore[misc]
                    c, caller, HOUSE, "0" * 64
                )
            )
        assert caught.value.code == "training.for_oneself"


def test_one_persons_signature_is_no_others(house: World) -> None:
    """That ben read everything lets cleo reach nothing."""
    house.give("ben")
    trained(house, "ben")

    assert outcome(house) == "person.undertaking_due"


def test_a_procedure_counts_at_its_own_controller(house: World) -> None:
    """What was acknowledged for acme opens nothing at globex, even with the same words."""
    trained(house)
    house.give("cleo", controller="globex")
    publish(house, PROCEDURE, "globex")
    ask = Ask("reveal", "globex", "payments", ("person.name",))
    before = outcome(house, ask)
    read(house, "cleo", "globex")

    assert (before, outcome(house, ask)) == ("person.training_due", "yes")


def test_without_a_text_nobody_is_served(house: World) -> None:
    """Where nothing is published nobody can have read anything, so nobody reaches anything."""
    read(house, "cleo", HOUSE)
    house.give("cleo", controller="globex")
    ask = Ask("reveal", "globex", "payments", ("person.name",))

    assert outcome(house, ask) == "person.training_due"


def test_an_outsider_learns_no_text(house: World) -> None:
    """The procedure of a controller where somebody has nothing is not found."""
    with pytest.raises(Failure) as caught:
        read(house, "ben")

    assert caught.value.code == "controller.unknown"


def test_what_is_taken_away_counts_at_once_everywhere(house: World) -> None:
    """Another process that remembers a yes forgets it with the commit that changes the text."""
    trained(house)
    other = house.another_process()
    house.do(lambda c: other.decide(c, house.callers["cleo"], ASK), "acme")
    house.lasting = Lasting(YEAR, YEAR, timedelta())
    house.access = house.another_process()
    publish(house, "Other words.\n")
    with pytest.raises(Failure) as caught:
        house.do(lambda c: other.decide(c, house.callers["cleo"], ASK), "acme")

    assert caught.value.code == "person.training_due"


def test_two_processes_publish_one_version(house: World) -> None:
    """Of two that publish other words at one moment, each gets a number of its own."""
    at_once(
        [lambda n=n: publish(house, f"Words number {n}.\n") for n in range(4)]  # type: ignore[misc]
    )
    found = house.do(lambda c: training_store.texts(c, "acme"), "acme")

    assert [one.version for one in found] == [1, 2, 3, 4, 5]


def test_the_entry_holds_the_hash_and_no_name(house: World) -> None:
    """An acknowledgement is in the controller's log, by hash and version, and names nobody."""
    trained(house)
    entry = house.entries("acme")[-1]

    assert entry["action"] == "access:text:acknowledged"
    assert entry["detail"]["version"] == 1
    assert entry["actor"]["principal_id"] == _cleo(house)
    assert "Cleo" not in str(entry)


def test_what_was_acknowledged_is_never_rewritten(house: World) -> None:
    """Acknowledging twice leaves two rows: when each was, stays known."""
    trained(house)
    house.moment = START + DAY
    read(house, "cleo")
    rows = house.do(
        lambda c: c.execute(
            sa.select(sa.func.count())
            .select_from(ACKNOWLEDGEMENT)
            .where(ACKNOWLEDGEMENT.c.controller == "acme")
        ).scalar_one(),
        "acme",
    )

    assert rows == 2


def test_duties_are_listed_where_there_is_a_right(house: World) -> None:
    """Whoever may see no data owes nothing; whoever may, the undertaking and each procedure."""
    ada, cleo = house.callers["ada"], house.callers["cleo"]
    owed = house.do(lambda c: house.access.duties(c, cleo))

    assert house.do(lambda c: house.access.duties(c, ada)) == ()
    assert [(one.kind, one.met) for one in owed] == [("undertaking", False), ("procedure", False)]
    trained(house)
    assert all(one.met for one in house.do(lambda c: house.access.duties(c, ada, _cleo(house))))
    with pytest.raises(Failure) as caught:
        house.do(lambda c: house.access.duties(c, house.callers["ben"], _cleo(house)))
    assert caught.value.code == "grant.missing"
