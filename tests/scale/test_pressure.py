"""A log that does not keep up refuses accesses (S8): bounded, visible, and over by itself."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from bailee.client import BaileeProblem
from bailee.ledger import Ledger
from tests.journeys.world import ACME, GLOBEX, PAYMENT, SEED, World, founded
from tests.scale.processes import wait_until

BOUND = 40


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def small(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return a deployment in which few entries of a log may wait."""
    home = tmp_path_factory.mktemp("pressure") / "home"
    bounds = {"BAILEE_INBOX_ENTRIES": str(BOUND), "BAILEE_INBOX_SECONDS": "3600"}
    with founded(request.param, home, request, **bounds) as world:
        yield world


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def impatient(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return a deployment in which a log may take nothing in for a second."""
    home = tmp_path_factory.mktemp("impatient") / "home"
    with founded(request.param, home, request, BAILEE_INBOX_SECONDS="1") as world:
        yield world


def stop_sequencing(world: World) -> Ledger:
    """End the beat, as if its thread hung: entries come in and nobody takes them."""
    ledger = world.house.parts.ledger
    assert ledger.pulse is not None
    ledger.pulse.stop()
    return ledger


def go_on(world: World, ledger: Ledger) -> None:
    """Let the sequencer work again, with a beat of its own."""
    ledger.stop()
    ledger.start(world.house.parts.sequencing)


def refused(world: World, controller: str = ACME) -> str:
    """Protect once; return the code of the refusal, '' when it was done."""
    record = {"ref": "1", "subject": "s", "fields": SEED}
    try:
        world.line("importer").protect(controller, PAYMENT, [record])
    except BaileeProblem as problem:
        return problem.code
    return ""


def test_beyond_the_bound_accesses_are_refused_and_change_nothing(small: World) -> None:
    """About the bound is let in, each with its entry; the next is 503; afterwards all is there."""
    before = small.count("vault_record", ACME)
    ledger = stop_sequencing(small)
    done, codes = 0, set()
    while small.count("ledger_inbox", ACME) < BOUND:  # what is counted twice is refused too early
        codes.add(code := refused(small))
        done += not code
    assert codes <= {"", "ledger.backlog"}
    assert refused(small) == "ledger.backlog"
    waiting = small.count("ledger_inbox", ACME)
    assert waiting == BOUND
    rows = small.counts()

    body = {"purpose": PAYMENT, "records": [{"ref": "1", "subject": "s", "fields": SEED}]}
    answer = small.transport().handle_request(
        httpx2.Request(
            "POST",
            f"http://localhost/v1/controllers/{ACME}/protect",
            json=body,
            headers={"authorization": f"Bearer {small.keys['importer']}"},
        )
    )
    problem = httpx2.Response(200, content=answer.read()).json()
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert (problem["code"], problem["retryable"]) == ("ledger.backlog", True)
    assert small.counts() == rows
    assert small.count("ledger_inbox", ACME) == waiting

    assert refused(small, GLOBEX) == ""
    assert small.line().health().status == "degraded"
    assert "\nbailee_inbox_logs_refused 1\n" in small.line("ada").metrics()
    assert small.line("bram").list_controllers() is not None

    go_on(small, ledger)
    wait_until(lambda: refused(small) == "", "accesses are let in again")
    assert small.line().health().status == "ok"
    assert small.count("vault_record", ACME) == before + done + 1


def test_a_sequencer_that_stopped_closes_the_door_in_time(impatient: World) -> None:
    """A second after the log took nothing in, accesses are refused; moving again, let in."""
    ledger = stop_sequencing(impatient)
    assert refused(impatient) == ""
    wait_until(lambda: refused(impatient) == "ledger.backlog", "the door closes")
    go_on(impatient, ledger)

    wait_until(lambda: refused(impatient) == "", "the door opens")
