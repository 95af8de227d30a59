"""No access untrained, dormant accounts, and reviews whose decisions execute (A3, A6, A10)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bailee.app import shapes
from bailee.db import HOUSE
from tests.journeys.conftest import ENGINES
from tests.journeys.world import ACME, PAYMENT, World, code_of, founded, verified

DAY = timedelta(days=1)
NAME = "person.name"


def states(world: World, *duties: str) -> list[str]:
    """Return the states of duties, as the controller sees them."""
    clauses = world.line("clara").show_clauses(ACME).clauses
    found = {one.obligation: one.state for clause in clauses for one in clause.obligations}
    return [found[name] for name in duties]


def look(world: World, *controls: str) -> None:
    """Let controls look now."""
    caller = world.house.authenticate(world.keys["clara"], "127.0.0.1")
    world.house.run_controls(caller, ACME, shapes.Run(list(controls)))


def actions(world: World, tmp_path: Path, controller: str = ACME) -> list[str]:
    """Return the actions in a log, oldest first."""
    return [one["action"] for one in world.entries(tmp_path, controller)]


def test_nobody_reads_before_they_signed_and_read(own_house: World, tmp_path: Path) -> None:
    """A newcomer's grant opens nothing until they signed and read; each refusal is on record."""
    world = own_house
    world.invite("nia", "Nia Osei")
    record = world.protect("untrained-1")
    world.people.discard("nia")  # nia does it herself, below
    world.give(ACME, "nia", ["reveal"], NAME)
    nia = world.line("nia")
    read = lambda: nia.reveal(ACME, PAYMENT, [NAME], records=[record])  # noqa: E731 - said thrice
    first = code_of(read)
    look(world, "training", "authorised-persons")
    due = states(world, "C5.7.training", "C5.1")
    nia.sign_undertaking(nia.show_undertaking().text_sha256)
    second = code_of(read)
    text = nia.show_procedure(ACME)
    wrong = code_of(lambda: nia.acknowledge_procedure(ACME, "0" * 64))
    done = nia.acknowledge_procedure(ACME, text.text_sha256)
    third = code_of(read)
    look(world, "training", "authorised-persons")

    assert (first, second, third) == ("person.undertaking_due", "person.training_due", "done")
    assert wrong == "training.changed"
    assert (due, states(world, "C5.7.training", "C5.1")) == (
        ["due", "due"], ["enforced", "operating"],
    )  # fmt: skip
    assert hashlib.sha256(text.text.encode()).hexdigest() == text.text_sha256
    assert "person.ssn" in text.text
    assert PAYMENT in text.text
    assert done.status == "in-force"
    refusals = [
        one["detail"]["code"]
        for one in world.entries(tmp_path)
        if one["action"] == "vault:call:refused"
    ]
    assert refusals[-2:] == ["person.undertaking_due", "person.training_due"]


def test_a_new_agreement_is_read_again(own_house: World) -> None:
    """A signed supplement changes the procedure: the old one counts for its grace, no longer."""
    world = own_house
    world.give(ACME, "dev", ["reveal"], NAME)
    record = world.protect("grace-1")
    bram = world.line("bram")
    before = bram.show_procedure(ACME)
    made = bram.add_supplement(ACME, ["health.condition"], text="The annex also lists conditions.")
    world.line("clara").sign_supplement(ACME, made.supplement)
    world.house.publish_texts()
    assert world.house.publish_texts() == 0
    after = bram.show_procedure(ACME)
    in_grace = code_of(lambda: world.reveal("dev", record))
    world.shift += 14 * DAY
    late = code_of(lambda: world.reveal("dev", record))
    world.read_up("dev")

    assert (after.version, after.text_sha256 != before.text_sha256) == (before.version + 1, True)
    assert "health.condition" in after.text
    assert "health.condition" not in before.text
    assert (in_grace, late) == ("done", "person.training_due")
    assert world.reveal("dev", record)


@pytest.fixture(params=ENGINES)
def short_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return a deployment in which everything is due sooner than the rights of its people end."""
    home = tmp_path_factory.mktemp("short") / "home"
    more = {
        "BAILEE_DORMANT_DAYS": "20",
        "BAILEE_REVIEW_DAYS": "10",
        "BAILEE_REVIEW_DECIDE_DAYS": "5",
    }
    with founded(request.param, home, request, **more) as world:
        yield world


def test_unused_accounts_are_suspended(short_house: World, tmp_path: Path) -> None:
    """Without a call for so long a person is shut out; a colleague lets them in, both recorded."""
    world = short_house
    world.house.tend()
    world.shift += 12 * DAY
    for who in ("ada", "bram", "esra", "clara", "greta", "importer", "payout"):
        world.line(who).list_training()
    world.shift += 8 * DAY
    world.house.tend()
    shut = code_of(lambda: world.line("dev").list_training())
    listed = {one.name: one.outcome for one in world.line("bram").list_dormant().accounts}
    not_allowed = code_of(lambda: world.line("esra").list_dormant())
    world.line("bram").reactivate(world.ids["dev"])
    again = code_of(lambda: world.line("bram").reactivate(world.ids["dev"]))

    assert shut == "credential.principal_dormant"
    assert listed["Dev Ranganathan"] == "suspended"
    assert listed["stranger"] == "flagged"
    assert "Bram Okafor" not in listed
    assert not_allowed == "grant.missing"
    assert again == "lifecycle.event"
    assert code_of(lambda: world.line("dev").list_training()) == "done"
    log = actions(world, tmp_path, HOUSE)
    assert log.index("access:principal:dormant") < log.index("access:principal:reactivated")


def test_a_review_from_opening_to_its_hash(own_house: World, tmp_path: Path) -> None:
    """Opened, shown with use, decided by others, executed, closed; the log verifies and says it."""
    world = own_house
    record = world.protect("review-1")
    for _ in range(3):
        world.reveal("payout", record)
    esra = world.line("esra")
    opened = esra.open_review(ACME)
    lines = {one.grant: one for one in esra.show_review(ACME, opened.review).grants}
    payout = next(one for one in lines.values() if one.principal == world.ids["payout"])
    dev = next(one for one in lines.values() if one.principal == world.ids["dev"])
    own = next(one for one in lines.values() if one.principal == world.ids["esra"])
    assert [(one.verb, one.calls, one.records) for one in payout.used] == [("reveal", 3, 3)]
    assert (dev.name, dev.used, dev.decidable) == ("Dev Ranganathan", [], True)
    assert (own.decidable, payout.kind, payout.granted_by) == (False, "service", world.ids["ada"])

    def decide(who: str, grant: str, decision: str, **more: str) -> str:
        line = world.line(who)
        return code_of(
            lambda: line.decide_review(
                ACME,
                opened.review,
                grant,
                decision,  # type: ignore[arg-type]  # by name
                reason="Ask Theodora Blackwood.",
                **more,
            )
        )

    assert decide("esra", own.grant, "keep") == "self.review"
    assert decide("ada", dev.grant, "keep") == "self.review"
    assert decide("dev", dev.grant, "keep") == "grant.missing"
    assert decide("esra", dev.grant, "end") == "done"
    masked = code_of(
        lambda: world.line("dev").reveal(ACME, PAYMENT, ["person.ssn:last4"], records=[record])
    )
    assert masked == "grant.revoked"
    assert decide("esra", payout.grant, "shorten", until=world.until(2)) == "done"
    assert decide("bram", payout.grant, "keep") == "self.review"  # he minted its key
    assert decide("esra", payout.grant, "keep") == "review.decided"
    assert code_of(lambda: esra.close_review(ACME, opened.review)) == "review.undecided"
    for one in esra.show_review(ACME, opened.review).grants:
        if one.status == "undecided":
            assert decide("esra" if one.decidable else "bram", one.grant, "keep") == "done"
    closed = esra.close_review(ACME, opened.review)
    entry = world.last(tmp_path)

    assert hashlib.sha256(closed.summary.encode()).hexdigest() == closed.summary_sha256
    assert entry["action"] == "access:review:closed"
    assert entry["detail"]["summary_sha256"] == closed.summary_sha256
    assert (entry["detail"]["ended"], entry["detail"]["shortened"]) == (1, 1)
    outcomes = {one["grant"]: one["outcome"] for one in json.loads(closed.summary)["grants"]}
    assert (outcomes[dev.grant], outcomes[payout.grant]) == ("ended", "shortened")
    bundle, vkey = world.export(tmp_path)
    assert verified(bundle, vkey)[0] == 0
    assert "Blackwood" not in (bundle / "openings.jsonl").read_text("utf-8")
    world.shift += 3 * DAY
    assert code_of(lambda: world.reveal("payout", record)) == "grant.expired"


def test_what_nobody_decides_fails_and_ends(short_house: World) -> None:
    """A review opens by itself, runs out of time, and the house ends what nobody decided."""
    world = short_house
    look(world, "access-review")
    fresh = states(world, "C5.6.review")
    world.shift += 10 * DAY
    world.house.tend()
    (review,) = world.line("ada").list_reviews(ACME).reviews
    world.shift += 5 * DAY + timedelta(hours=1)
    look(world, "access-review")
    late = states(world, "C5.6.review")
    world.house.tend_reviews()
    shown = world.line("ada").show_review(ACME, review.review)
    ended = {one.status for one in shown.grants if one.principal == world.ids["dev"]}

    assert (fresh, late) == (["operating"], ["failing"])
    assert (review.opened_by, shown.overdue, ended) == ("schedule", True, {"lapsed"})
    assert code_of(lambda: world.line("clara").show_clauses(ACME)) == "grant.missing"
    assert world.line("ada").close_review(ACME, review.review).status == "closed"


@pytest.mark.parametrize("own_house", ["sqlite"], indirect=True)  # commands know no engine
def test_it_works_from_the_command_line(own_house: World) -> None:
    """Reading, signing, reviewing and looking after accounts: each a command of its own."""
    world = own_house
    world.invite("nia", "Nia Osei")
    world.people.discard("nia")
    world.give(ACME, "nia", ["reveal"], NAME)
    world.house.publish_texts()
    world.close()

    def told(*args: str, who: str, stdin: str = "") -> Any:
        done = world.cli(*args, "--json", who=who, stdin=stdin)
        assert done.returncode == 0, (args, done.stderr)
        return json.loads(done.stdout)

    asked = ("grant", "explain", "reveal", "-c", ACME, "-p", PAYMENT, "--element", NAME)
    before = world.cli(*asked, who="nia")
    shown = told("training", "show", "-c", ACME, who="nia")
    told("training", "acknowledge", "-c", ACME, "--sha256", shown["text_sha256"], who="nia")
    signed = told("training", "acknowledge", who="nia", stdin="y\n")
    duties = told("training", "list", who="nia")["duties"]
    refused = world.cli("training", "acknowledge", who="nia", stdin="n\n")
    review = told("review", "open", "-c", ACME, who="esra")
    grant = next(one["grant"] for one in review["grants"] if one["principal"] == world.ids["nia"])
    decided = told(
        "review", "decide", review["review"], grant, "-c", ACME, "--decision", "end",
        who="esra", stdin="Not needed.\n",
    )  # fmt: skip
    told("review", "list", "-c", ACME, who="esra")
    page = world.cli("review", "show", review["review"], "-c", ACME, who="esra")
    early = world.cli("review", "close", review["review"], "-c", ACME, who="esra")

    assert before.returncode == 1
    assert "undertaking" in before.stdout.partition("\n")[0]
    assert (signed["kind"], {one["status"] for one in duties}) == ("undertaking", {"in-force"})
    assert refused.returncode == 1
    assert decided["status"] == "ended"
    assert "because  Not needed." in page.stdout
    assert "review.undecided" in early.stderr
    assert "revoked" in world.cli(*asked, who="nia").stdout
    assert told("person", "dormant", who="bram")["accounts"] == []
    world.open()
