"""What whoever works for a sub-processor reaches, and what leaves to one (C7.3(5), C7.2(5))."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from bailee.access import Access, Ask, Caller, Writing, bump
from bailee.access.outsourced import Edition, Outsourced
from bailee.db import HOUSE
from bailee.errors import Failure
from tests.access.world import DAY, START, World

NORTH = "a" * 32
KEY = "age1" + "q" * 58
FRESH = "age1" + "p" * 58
ASK = Ask("reveal", "acme", "payments", ("person.name",))


class Register:
    """A register of one sub-processor, changed by hand; it counts how often it was read."""

    def __init__(self) -> None:
        self.editions = [self.edition()]
        self.engaged: set[tuple[str, int]] = {(NORTH, 1)}
        self.workers: dict[str, str] = {}
        self.reads = 0

    def edition(self, number: int = 1, **changed: Any) -> Edition:
        """Return an edition: North Print, who may see names."""
        values: dict[str, Any] = {
            "subprocessor_id": NORTH, "edition": number, "since": START,
            "name": "North Print, Ltd.", "elements": ("person.name",), "keys": (KEY,),
        }  # fmt: skip
        return Edition(**(values | changed))

    def look(self, _conn: sa.Connection, controller: str) -> Outsourced:
        """Return the picture."""
        self.reads += 1
        engaged = frozenset(self.engaged) if controller == "acme" else frozenset()
        return Outsourced(tuple(self.editions), dict(self.workers), engaged)


@pytest.fixture
def register() -> Register:
    """Return a register whose one sub-processor is engaged at acme."""
    return Register()


@pytest.fixture
def print_shop(house: World, register: Register) -> World:
    """Return a house where nora works for North Print and holds names and numbers for payments."""
    one: Access = house.access
    one._outsourced = register.look
    house.join("nora", relation="contractor", employer="NORTH PRINT LTD")
    house.give("nora", elements=["person.name", "person.ssn"])
    house.give("cleo")
    return house


def outcome(world: World, caller: Caller, ask: Ask = ASK) -> str:
    """Return the code of a refusal, or ``allowed``."""
    try:
        world.do(lambda c: world.access.decide(c, caller, ask), ask.controller)
    except Failure as failure:
        return failure.code
    return "allowed"


def changed(world: World) -> None:
    """Raise the epoch, as every act of the register does."""
    world.do(bump)


def test_who_works_for_an_engaged_one_reaches_its_categories_alone(
    print_shop: World,
) -> None:
    """A grant on more than the controller consented to gives no more than that."""
    nora = print_shop.callers["nora"]

    assert outcome(print_shop, nora) == "allowed"
    more = Ask("reveal", "acme", "payments", ("person.name", "person.ssn"))
    assert outcome(print_shop, nora, more) == "subprocessor.categories"


@pytest.mark.parametrize("verb", ["reveal", "search", "decrypt", "protect", "list"])
def test_every_verb_on_data_is_refused_without_engagement(
    print_shop: World, register: Register, verb: str
) -> None:
    """Whatever it is that a sub-processor's people do with data, it takes the engagement."""
    print_shop.give("nora", verbs=[verb])
    nora, ask = print_shop.callers["nora"], Ask(verb, "acme", "payments", ("person.name",))
    assert outcome(print_shop, nora, ask) == "allowed"

    register.engaged.clear()
    changed(print_shop)

    assert outcome(print_shop, nora, ask) == "subprocessor.not_engaged"


def test_an_end_counts_for_the_next_call(print_shop: World, register: Register) -> None:
    """What is remembered of a decision is gone with the act that ended an engagement."""
    nora = print_shop.callers["nora"]
    assert outcome(print_shop, nora) == "allowed"

    register.engaged.clear()
    assert outcome(print_shop, nora) == "allowed"  # no act was committed yet
    changed(print_shop)

    assert outcome(print_shop, nora) == "subprocessor.not_engaged"
    assert outcome(print_shop, print_shop.callers["cleo"]) == "allowed"


def test_consent_of_one_controller_is_none_of_another(print_shop: World) -> None:
    """Engaged for acme, it reaches nothing of globex."""
    print_shop.give("nora", controller="globex")
    ask = Ask("reveal", "globex", "payments", ("person.name",))

    assert outcome(print_shop, print_shop.callers["nora"], ask) == "subprocessor.not_engaged"


@pytest.mark.parametrize("owner", ["ada", "nora"])
def test_a_service_is_of_whom_somebody_said_or_of_who_answers_for_it(
    print_shop: World, register: Register, owner: str
) -> None:
    """A service is marked, or its owner's employer is the sub-processor: either holds it back."""
    world = print_shop
    done = world.do(
        lambda c: world.access.add_service(
            c, world.callers["ada"], name="label-maker", mode="autonomous",
            owner=world.callers[owner].principal_id,
        )
    )  # fmt: skip
    made = done.result.principal_id
    world.give(made)
    world.give("ben", controller=HOUSE, verbs=["people"], elements=[], purposes=[])
    world.mint("labels", made, by="ben")
    caller = world.do(lambda c: world.access.authenticate(c, world.keys["labels"]))
    assert outcome(world, caller) == "allowed"

    register.engaged.clear()
    if owner == "ada":
        register.workers[made] = NORTH
    changed(world)

    assert outcome(world, caller) == "subprocessor.not_engaged"


def test_a_change_planned_ahead_turns_by_the_clock_alone(
    print_shop: World, register: Register
) -> None:
    """When a new edition begins, consent to the one before it ends, without any act."""
    nora = print_shop.callers["nora"]
    register.editions.append(register.edition(2, since=START + DAY, name="South Print"))
    changed(print_shop)
    assert outcome(print_shop, nora) == "allowed"

    print_shop.moment = START + DAY

    assert outcome(print_shop, nora) == "subprocessor.not_engaged"
    register.engaged.add((NORTH, 2))
    changed(print_shop)
    assert outcome(print_shop, nora) == "allowed"


def test_a_former_name_still_leads_to_the_sub_processor(
    print_shop: World, register: Register
) -> None:
    """People whose employer has another name by now are still its people."""
    register.editions.append(register.edition(2, name="Aurora Documents"))
    changed(print_shop)

    assert outcome(print_shop, print_shop.callers["nora"]) == "subprocessor.not_engaged"


def test_hot_calls_read_the_register_once(print_shop: World, register: Register) -> None:
    """Under one epoch the register is read once for a controller, however many ask."""
    nora, cleo = print_shop.callers["nora"], print_shop.callers["cleo"]
    changed(print_shop)
    before = register.reads
    for _ in range(50):
        outcome(print_shop, nora)
        outcome(print_shop, cleo)

    assert register.reads == before + 1


def test_an_explanation_names_it(print_shop: World, register: Register) -> None:
    """Whoever asks why is told, and what to do."""
    register.engaged.clear()
    changed(print_shop)
    nora = print_shop.callers["nora"]
    said = print_shop.do(lambda c: print_shop.access.explain(c, nora, ASK), "acme")

    assert any("not engaged" in line for line in said)


@pytest.mark.parametrize(("key", "recipient"), [(KEY, "Somebody Else"), (FRESH, "North Print Ltd")])
def test_nothing_leaves_to_one_that_is_not_engaged(
    print_shop: World, register: Register, key: str, recipient: str
) -> None:
    """A consent to a disclosure is none to a sub-processor, known by its key or by its name."""
    world = print_shop
    world.join("clara", relation="controller-representative", represents="acme")
    world.give("ben", verbs=["interpret"], elements=[], purposes=[])
    world.join("dora")
    world.give("dora", verbs=["approve"], elements=[], purposes=[])
    writing = Writing(
        kind="third-party", given_by=world.callers["clara"].principal_id, reference="letter 7",
        text_sha256="0" * 64, recipient=recipient, keys=(key,), purposes=("payments",),
        elements=("person.name",), since=world.moment, until=world.moment + DAY,
    )  # fmt: skip
    made = world.do(
        lambda c: world.access.record_consent(c, world.callers["ben"], "acme", writing), "acme"
    ).result
    world.do(
        lambda c: world.access.confirm_consent(c, world.callers["dora"], "acme", made.consent_id),
        "acme",
    )
    cleo = world.callers["cleo"]

    def opened() -> Any:
        return world.do(lambda c: world.access.open_disclosure(c, cleo, ASK, (key,)), "acme").result

    one = opened()
    register.engaged.clear()
    changed(world)

    def leave(conn: sa.Connection) -> Any:
        decision = world.access.decide(conn, cleo, ASK)
        return world.access.disclose(conn, cleo, ASK, decision, to=one.disclosure_id, records=1)

    for attempt in (opened, lambda: world.do(leave, "acme")):
        with pytest.raises(Failure) as refused:
            attempt()
        assert refused.value.code == "subprocessor.not_engaged"
