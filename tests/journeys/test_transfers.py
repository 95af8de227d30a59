"""Nothing leaves for another country without a mechanism that is valid (C7.3(3), C7.3(4))."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bailee.client import BaileeProblem, Client, NewFlow
from bailee.client.transfer_answers import Assertion, Flow
from bailee.db import HOUSE
from tests.journeys.world import ACME, GLOBEX, PAYMENT, World, code_of

KEY = "age1" + "q" * 58
SHA = "0" * 64
LARKSPUR = "Larkspur Analytics"
NAMES = ["person.name"]


def recorded(world: World, by: str = "bram", controller: str = ACME, **changed: Any) -> Flow:
    """Record a flow to the recipient, under the standard clauses, for two months."""
    values: dict[str, Any] = {
        "receiver_kind": "recipient",
        "receiver": LARKSPUR,
        "country": "IN",
        "mechanism": "scc-2021-914",
        "elements": ["person.*"],
        "since": world.until(-1),
        "until": world.until(60),
        "reference": "contract 12",
        "text_sha256": SHA,
    } | changed
    return world.line(by).record_flow(controller, NewFlow(**values))


def confirmed(world: World, **changed: Any) -> Flow:
    """Record a flow and let a second person confirm it."""
    made = recorded(world, **changed)
    return world.line("esra").confirm_flow(ACME, made.flow)


def states(world: World, subject: str, by: str = "bram", **more: Any) -> str:
    """State something for twenty days; return the statement's id."""
    said = {"text": "Read and found so.", "until": world.until(20)} | more
    return world.line(by).sign_assertion(ACME, subject, **said).assertion


def leaves(world: World, key: str = KEY) -> Callable[[], object]:
    """Return an attempt to let names leave for the recipient."""
    payout = world.line("payout")
    return lambda: payout.open_disclosure(ACME, PAYMENT, NAMES, keys=[key])


def why(attempt: Callable[[], object]) -> str:
    """Return in which words an attempt was refused."""
    with pytest.raises(BaileeProblem) as refused:
        attempt()
    return refused.value.detail


def test_nothing_leaves_for_a_third_country_without_a_mechanism(
    own_house: World, tmp_path: Path
) -> None:
    """A consent is not enough: flow, second person and assessment must all stand, at each call."""
    world = own_house
    record = world.protect("border-1")
    consent = world.allow(KEY, country="IN")
    leave = leaves(world)

    assert code_of(leave) == "transfer.no_mechanism"
    flow = recorded(world)
    assert "nobody has confirmed it" in why(leave)
    assert code_of(lambda: world.line("bram").confirm_flow(ACME, flow.flow)) == "grant.missing"
    held = world.line("esra").confirm_flow(ACME, flow.flow)
    assert (held.holds, held.needs) == (False, f"clause-14:{flow.flow}")
    assert "no assessment of Clause 14 stands" in why(leave)
    statement = states(world, f"clause-14:{flow.flow}")
    opened = world.line("payout").open_disclosure(ACME, PAYMENT, NAMES, keys=[KEY])
    assert opened.consents == [consent]

    def reveal() -> object:
        return world.line("payout").reveal(
            ACME, PAYMENT, NAMES, records=[record], disclosure=opened.disclosure
        )

    reveal()
    world.line("bram").withdraw_assertion(ACME, statement)
    assert code_of(reveal) == "transfer.no_mechanism"
    states(world, f"clause-14:{flow.flow}")
    reveal()
    world.shift += timedelta(days=21)  # the assessment ends; nobody has to do anything for that
    assert code_of(reveal) == "transfer.no_mechanism"
    entries = world.entries(tmp_path)
    began = next(one for one in entries if one["action"] == "access:disclosure:opened")
    assert began["opening"]["context"]["flows"] == flow.flow
    assert entries[-1]["detail"]["code"] == "transfer.no_mechanism"
    assert LARKSPUR not in str([{**one, "opening": ""} for one in entries])


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"country": "BR"}, "no flow is recorded"),
        ({"receiver": "Larkspur"}, "no flow is recorded"),
        ({"elements": ["person.email"]}, "has other elements"),
        ({"since": 2}, "has not begun"),
        ({"receiver_kind": "remote-access"}, "no flow is recorded"),
        ({"mechanism": "adequacy"}, "no decision takes that country"),
    ],
)
def test_a_flow_covers_what_it_names(house: World, changed: dict[str, Any], says: str) -> None:
    """Another country, company, kind, time or element is another transfer."""
    name = "-".join(changed)
    if "since" in changed:
        changed = {"since": house.until(changed["since"])}
    key = "age1" + name[-1] * 58  # a recipient of this case's own
    house.allow(key, country="IN", recipient=name)
    flow = confirmed(house, **({"receiver": name} | changed))
    states(house, f"clause-14:{flow.flow}")

    assert says in why(leaves(house, key))


def test_nobody_confirms_their_own_flow(own_house: World) -> None:
    """Two people stand behind a mechanism; of another controller's people nobody sees it."""
    world = own_house
    world.give(ACME, "bram", ["approve"])
    flow = recorded(world)

    assert code_of(lambda: world.line("bram").confirm_flow(ACME, flow.flow)) == "self.approve"
    assert code_of(lambda: recorded(world, by="esra")) == "grant.missing"
    assert code_of(lambda: world.line("greta").list_transfers(ACME)) == "controller.unknown"
    assert code_of(lambda: world.line("greta").confirm_flow(ACME, flow.flow)) == (
        "controller.unknown"
    )
    assert code_of(lambda: world.line("bram").end_flow(GLOBEX, flow.flow)) == "transfer.unknown"
    assert [one.flow for one in world.line("clara").list_transfers(ACME).flows] == [flow.flow]
    ended = world.line("clara").end_flow(ACME, flow.flow)
    assert ended.status == "ended"
    assert code_of(lambda: world.line("esra").confirm_flow(ACME, flow.flow)) == "lifecycle.event"


def test_british_data_takes_a_british_instrument(own_house: World) -> None:
    """C7.3(4): with somebody of the United Kingdom in the data, European clauses do not suffice."""
    world = own_house
    world.allow(KEY, country="IN")
    flow = confirmed(world)
    states(world, f"clause-14:{flow.flow}")
    leave = leaves(world)
    leave()
    world.line("importer").protect(
        ACME, PAYMENT,
        [{"ref": "1", "subject": "uk-1", "residence": "GB-LND", "fields": {"person.name": "A"}}],
    )  # fmt: skip
    assert "British data needs a mechanism" in why(leave)
    british = confirmed(world, regime="uk", mechanism="uk-addendum")
    assert "no assessment" in why(leave)
    states(world, f"clause-14:{british.flow}")
    leave()
    world.line("bram").end_flow(ACME, british.flow)
    assert code_of(leave) == "transfer.no_mechanism"


def test_a_framework_is_revoked_for_everybody_at_once(own_house: World) -> None:
    """B9: the framework takes a living certification, and nobody's flow outlives its revocation."""
    world = own_house
    world.allow(KEY, country="US")
    old = lambda: recorded(world, mechanism="privacy-shield", country="US")  # noqa: E731 - said once
    assert code_of(old) == "transfer.invalid_mechanism"
    flow = confirmed(world, mechanism="dpf", country="US", reference="", text_sha256="")
    leave = leaves(world)
    assert "no evidence of the recipient's certification" in why(leave)
    states(world, f"certification:{flow.flow}", reference="the public list, 2026-11-20")
    leave()
    revoke = lambda: world.line("bram").sign_assertion(  # noqa: E731 - said twice
        HOUSE, "revoked:eu-us-dpf", text="Annulled.", until=world.until(1), reference="C-703/25 P"
    )
    assert code_of(revoke) == "grant.missing"
    world.give(HOUSE, "esra", ["audit"])
    made = world.line("esra").sign_assertion(
        HOUSE, "revoked:eu-us-dpf", text="Annulled.", until=world.until(1), reference="C-703/25 P"
    )
    assert "revoked here" in why(leave)
    world.shift += timedelta(days=3)  # a revocation does not lapse by itself
    assert "revoked here" in why(leave)
    found = {one.decision: one for one in world.line("clara").list_transfers(ACME).adequacy}
    assert found["eu-us-dpf"].status == "revoked"
    assert found["eu-privacy-shield"].status == "invalid"
    world.line("esra").withdraw_assertion(HOUSE, made.assertion)
    leave()


def test_adequacy_that_nobody_here_read_takes_a_statement(own_house: World) -> None:
    """A decision that the table has from others counts once a named person read it themselves."""
    world = own_house
    world.allow(KEY, country="GB")
    flow = confirmed(
        world,
        mechanism="adequacy",
        country="GB",
        reference="",
        text_sha256="",
        until=world.until(9),
    )
    assert "nobody stated that they read the decision" in why(leaves(world))
    states(world, f"source:{flow.flow}", until=world.until(5))
    leaves(world)()
    shown = world.line("clara").list_transfers(ACME).flows[0]
    assert (shown.holds, shown.decision) == (True, "eu-united-kingdom")
    assert shown.holds_until == world.until(5)[:10] + shown.holds_until[10:]
    world.allow(KEY, country="DE", recipient="Within", elements=["person.email"])
    payout = world.line("payout")
    payout.open_disclosure(ACME, PAYMENT, ["person.email"], keys=[KEY])  # no border is crossed


def test_each_side_speaks_for_itself(own_house: World) -> None:
    """Nobody fills the other side's blank: ours need its writing, theirs are refused."""
    world = own_house
    clara, bram = world.line("clara"), world.line("bram")
    until = world.until(30)

    def sign(line: Client, subject: str, **more: str) -> Assertion:
        return line.sign_assertion(ACME, subject, text="12 Quay Street", until=until, **more)

    assert code_of(lambda: sign(clara, "importer.address")) == "assertion.not_yours"
    assert code_of(lambda: sign(bram, "exporter.address")) == "assertion.writing"
    assert code_of(lambda: sign(bram, "exporter.colour")) == "assertion.subject"
    assert code_of(lambda: sign(bram, "clause-14:" + "0" * 32)) == "transfer.unknown"
    assert code_of(lambda: sign(world.line("greta"), "exporter.address")) == "controller.unknown"
    long = lambda: bram.sign_assertion(  # noqa: E731 - the line's sake
        ACME, "importer.address", text="x", until=world.until(400)
    )
    assert code_of(long) == "assertion.until"
    made = sign(bram, "exporter.address", reference="letter 9", text_sha256=SHA)
    assert made.side == "processor"
    assert code_of(lambda: clara.withdraw_assertion(ACME, made.assertion)) == "assertion.other_side"
    mine = sign(clara, "exporter.address")
    paper = clara.show_paper(ACME, "annexes")
    line = next(
        one for part in paper.sections for one in part.lines if one.subject == "exporter.address"
    )
    assert (line.source, line.says) == ("asserted", "12 Quay Street")
    assert line.by.startswith("Clara Whitfield for the controller, until ")
    assert mine.signed_by == world.ids["clara"]
