"""What a controller sends and we answer: problems (C5.3), changed texts (C8)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bailee.agreement import model_text
from bailee.app import shapes
from bailee.app.canary import canary_text
from bailee.client import Confirmation
from bailee.clock import write_time
from tests.journeys.test_notices import CLARA, reach, with_mail
from tests.journeys.world import ACME, World, code_of
from tests.mailbox import Mailbox, mailbox

PROBLEM = "The export job writes to a share that everybody reads."


@pytest.fixture
def posted(own_house: World, tmp_path: Path) -> Iterator[tuple[World, Mailbox]]:
    """Return a house with a mail server and a contact, and that server."""
    with mailbox(tmp_path) as box:
        with_mail(own_house, tmp_path, box)
        reach(own_house, CLARA)
        yield own_house, box


def later(world: World, days: float) -> str:
    """Return a time some days from now."""
    return write_time(world.now() + timedelta(days=days))


def states(world: World, *duties: str) -> list[str]:
    """Let the three controls look; return the states of duties."""
    caller = world.house.authenticate(world.keys["clara"], "127.0.0.1")
    run = shapes.Run(["security-correction", "interim-measures", "agreement-amendments"])
    world.house.run_controls(caller, ACME, run)
    clauses = world.line("clara").show_clauses(ACME).clauses
    found = {one.obligation: one.state for clause in clauses for one in clause.obligations}
    return [found[name] for name in duties]


def test_a_problem_is_corrected_and_the_controller_says_so(
    posted: tuple[World, Mailbox], tmp_path: Path
) -> None:
    """From the notice to the cure that the controller accepts: clock, mail, log (C5.3)."""
    world, box = posted
    clara, bram = world.line("clara"), world.line("bram")
    made = clara.notice_problem(ACME, PROBLEM, cure_until=later(world, 5))
    own = code_of(lambda: bram.move_correction(ACME, made.correction, "accept"))
    theirs = code_of(lambda: clara.move_correction(ACME, made.correction, "start"))
    bram.move_correction(ACME, made.correction, "start")
    started = [one for one in clara.list_timers(ACME).timers if one.matter == "correction"]
    empty = code_of(lambda: bram.move_correction(ACME, made.correction, "claim"))
    bram.move_correction(ACME, made.correction, "claim", note="change 4711, test report 12")
    clara.move_correction(ACME, made.correction, "reject")
    bram.move_correction(ACME, made.correction, "claim", note="change 4712")
    done = clara.move_correction(ACME, made.correction, "accept")
    world.house.deliver()

    assert (own, theirs) == ("correction.not_ours", "correction.not_theirs")
    assert empty == "correction.evidence"
    assert {one.status for one in started} == {"met"}
    assert (done.status, done.late) == ("cured", False)
    assert states(world, "C9.6.start") == ["operating"]
    told = [one["action"] for one in world.entries(tmp_path) if "correction" in one["action"]]
    assert told == [
        f"assurance:correction:{name}"
        for name in ("noticed", "started", "claimed", "rejected", "claimed", "cured")
    ]
    assert len([to for to, _ in box.messages if to == CLARA]) == 3
    assert PROBLEM not in "".join(str(one) for one in world.entries(tmp_path))


def test_a_cut_time_binds_and_a_late_cure_shows(posted: tuple[World, Mailbox]) -> None:
    """The controller cuts the time, we never stretch it; over it, the duty fails (C5.3)."""
    world, _box = posted
    clara, bram = world.line("clara"), world.line("bram")
    made = clara.notice_problem(ACME, PROBLEM, cure_until=later(world, 5))
    bram.move_correction(ACME, made.correction, "start")
    longer = code_of(
        lambda: clara.move_correction(ACME, made.correction, "shorten", until=later(world, 9))
    )
    cut = clara.move_correction(ACME, made.correction, "shorten", until=later(world, 1))
    before = states(world, "C9.6.start")
    world.shift += timedelta(days=2)
    after = states(world, "C9.6.start")
    (shown,) = clara.list_corrections(ACME).corrections

    assert longer == "correction.until"
    assert cut.cure_until < cut.first_until
    assert (before, after) == (["operating"], ["failing"])
    assert shown.late


def test_interim_measures_have_their_own_clock(posted: tuple[World, Mailbox]) -> None:
    """An ordered measure is carried out with what shows it, or its duty fails in time (C5.3)."""
    world, _box = posted
    clara, bram = world.line("clara"), world.line("bram")
    made = clara.notice_problem(ACME, PROBLEM, cure_until=later(world, 20))
    for measure in ("Take the share off the network.", "Rotate its keys."):
        clara.move_correction(ACME, made.correction, "order", note=measure)
    first, second = clara.list_corrections(ACME).corrections[0].orders
    bram.carry_out_order(ACME, first.order, evidence="firewall change 9")
    twice = code_of(lambda: bram.carry_out_order(ACME, first.order, evidence="again"))
    before = states(world, "C9.6.interim")
    world.shift += timedelta(days=2)
    missed = states(world, "C9.6.interim")
    bram.carry_out_order(ACME, second.order, evidence="rotation 10")
    after = states(world, "C9.6.interim")

    assert twice == "order.state"
    assert (before, missed, after) == (["operating"], ["failing"], ["failing"])  # late stays late
    timers = {one.item: one.status for one in clara.list_timers(ACME).timers}
    assert (timers[first.order], timers[second.order]) == ("met", "late")


def test_our_entry_of_their_word_needs_their_writing(posted: tuple[World, Mailbox]) -> None:
    """We enter a notice only upon a writing of a representative of that controller (C11.1)."""
    world, _box = posted
    bram = world.line("bram")

    def enter(**said: str) -> str:
        fields = {"given_by": world.ids["clara"], "reference": "mail 9", "text_sha256": "a" * 64}
        confirmed = Confirmation(**(fields | said))
        return code_of(
            lambda: bram.notice_problem(
                ACME, PROBLEM, cure_until=later(world, 5), confirmed=confirmed
            )
        )

    assert code_of(
        lambda: bram.notice_problem(ACME, PROBLEM, cure_until=later(world, 5))
    ) == "writing.missing"  # fmt: skip
    assert enter(text_sha256="") == "writing.missing"
    assert enter(given_by=world.ids["greta"]) == "outsider.unknown"
    assert enter() == "done"
    stranger = code_of(
        lambda: world.line("greta").notice_problem(ACME, PROBLEM, cure_until=later(world, 5))
    )
    assert stranger == "controller.unknown"


def test_a_text_is_rehearsed_and_answered(posted: tuple[World, Mailbox], tmp_path: Path) -> None:
    """A rehearsal changes nothing; an accepted text stands from its day on (C8)."""
    world, box = posted
    clara, bram = world.line("clara"), world.line("bram")
    text = canary_text()
    proposed = model_text()
    before = clara.show_agreement(ACME).version
    day = (world.now() + timedelta(days=40)).date().isoformat()
    made = clara.receive_amendment(ACME, proposed, terms="model-addendum", effective=day)
    shown = bram.rehearse_amendment(ACME, made.amendment)
    same = bram.rehearse_agreement(ACME, text, terms="model-addendum")
    foreign = code_of(lambda: clara.answer_amendment(ACME, made.amendment, "accept"))
    reasonless = code_of(lambda: bram.answer_amendment(ACME, made.amendment, "refuse"))
    done = bram.answer_amendment(ACME, made.amendment, "accept")
    twice = code_of(lambda: bram.answer_amendment(ACME, made.amendment, "refuse", reason="no"))
    world.house.deliver()

    # Acme's annex lacks one line of the model's; the model's text brings its element back.
    assert shown.elements_gained
    assert not shown.elements_lost
    assert (same.turns, same.elements_gained) == ([], [])
    assert clara.show_agreement(ACME).version == before
    assert (foreign, reasonless, twice) == (
        "amendment.not_ours", "amendment.reason", "amendment.state",
    )  # fmt: skip
    assert done.agreement
    assert hashlib.sha256(proposed.encode()).hexdigest() == done.text_sha256
    assert {one.status for one in clara.list_timers(ACME).timers if one.matter == "amendment"} == {
        "met"
    }
    assert box.messages
    assert states(world, "C1.4") == ["operating"]
    assert "assurance:amendment:accepted" in [one["action"] for one in world.entries(tmp_path)]


def test_an_unanswered_text_turns_its_duty(posted: tuple[World, Mailbox]) -> None:
    """Fifteen business days without an answer: the duty fails; a late refusal stays late (C8)."""
    world, _box = posted
    clara, bram = world.line("clara"), world.line("bram")
    day = (world.now() + timedelta(days=40)).date().isoformat()
    made = clara.receive_amendment(ACME, model_text(), terms="model-addendum", effective=day)
    before = states(world, "C1.4")
    world.shift += timedelta(days=25)
    after = states(world, "C1.4")
    refused = bram.answer_amendment(ACME, made.amendment, "refuse", reason="The time is too short.")
    garbage = code_of(
        lambda: clara.receive_amendment(ACME, "no clauses", terms="nowhere", effective=day)
    )

    assert (before, after) == (["operating"], ["failing"])
    assert refused.reason == "The time is too short."
    assert garbage == "contract.no_clauses"


def test_a_text_that_takes_something_away_says_what_would_break(
    posted: tuple[World, Mailbox],
) -> None:
    """Another text's terms: duties come and go, bindings break, grants would be lost."""
    world, _box = posted
    shown = world.line("bram").rehearse_agreement(ACME, model_text(), terms="bill-2022-10-11")

    changes = {one.change for one in shown.turns}
    assert {"added", "removed"} <= changes
    assert shown.broken
    assert shown.grants_lost
    assert "payment-processing" in shown.purposes_lost
