"""A deployment and its witnesses, from the first signature to a fork that is found out (C5.2)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bailee.app import watching
from bailee.db import HOUSE
from bailee.errors import Broken
from bailee.ledger.note import read_vkey
from bailee.witness import Book
from tests.journeys.world import ACME, World, copied, founded, verified
from tests.simulators.witness import DOWN, SimulatedWitness, forward
from tests.witness.post import Post

NAME = "person.name"


def until(fact: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 60
    while not fact():
        assert time.monotonic() < end, "it did not become so"
        time.sleep(0.05)


@dataclass
class Watched:
    """A deployment, two witnesses that can be taken down, and the auditor's folder."""

    world: World
    posts: list[Post]
    lines: list[SimulatedWitness]
    folder: Path
    urls: list[str] = field(default_factory=list)

    @property
    def policy(self) -> Path:
        """Return the file of witnesses; the auditor's has no other."""
        return self.folder / "witnesses"

    def trust(self) -> None:
        """Tell the witnesses every log that there is, once what is recorded stands in one."""
        house = self.world.house
        house.settle()
        known = house.parts.data.read(HOUSE, house.parts.agreements.controllers)
        for name in (HOUSE, *(row.controller for row in known)):
            ledger, find = house.parts.ledger, partial(house.parts.ledger.logs, controller=name)
            for log in house.parts.data.read(name, find):
                for post in self.posts:
                    post.trust(ledger.vkey(log.log))

    def down(self) -> None:
        """Take the witnesses away."""
        for line in self.lines:
            line.say = lambda _: DOWN

    def up(self) -> None:
        """Bring them back."""
        for line, url in zip(self.lines, self.urls, strict=True):
            line.say = forward(url)

    def audit(self, *more: str) -> tuple[int, str]:
        """Export acme's log as `ledger export` does; verify it alone, under the policy."""
        house = self.world.house
        bundle = self.folder / f"bundle-{time.monotonic_ns()}"
        caller = house.authenticate(self.world.keys["clara"], "test")
        made = house.export(caller, ACME, bundle)
        return verified(bundle, made.vkey, "--policy", str(self.policy), *more)

    def record_keeping(self) -> str:
        """Return the state of the obligation that the control serves."""
        clauses = self.world.line("clara").show_clauses(ACME)
        states = [one for clause in clauses.clauses for one in clause.obligations]
        (found,) = [one.state for one in states if one.control == watching.RECORD_KEEPING]
        return str(found)

    def metric(self, name: str, world: World | None = None) -> int:
        """Return a count as Prometheus reads it."""
        said = (world or self.world).line("ada").metrics()
        return int(
            next(line for line in said.splitlines() if line.startswith(f"{name} "))[len(name) :]
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def watched(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    """Return a populated deployment whose witnesses know all its logs."""
    folder = tmp_path_factory.mktemp("witnesses")
    posts = [Post(folder / f"w{n}.db", f"witness.example/w{n}") for n in (1, 2)]
    lines = [SimulatedWitness(lambda _: DOWN) for _ in posts]
    with ExitStack() as stack:
        at = [stack.enter_context(line.served()) for line in lines]
        text = "".join(
            f"witness w{n} {post.verifier.vkey} {url}\n"
            for n, (post, url) in enumerate(zip(posts, at, strict=True), 1)
        )
        policy = folder / "witnesses"
        policy.write_text(f"{text}group both all w1 w2\nquorum both\n")
        home = folder / "home"
        more = {"BAILEE_WITNESSES": str(policy)}
        world = stack.enter_context(founded(request.param, home, request, **more))
        urls = [stack.enter_context(post.served()) for post in posts]
        made = Watched(world, posts, lines, folder, urls)
        made.up()
        made.trust()
        yield made
        world.close()


def test_from_signature_to_audit(watched: Watched) -> None:
    """Every log of the house is cosigned by both; the auditor verifies without trusting us."""
    world = watched.world
    house = world.house
    house.call_witnesses()
    world.reveal("payout", world.protect("s-1"))
    until(lambda: house.standing().unseen == 0 and house.standing().well)
    code, said = watched.audit()
    assert code == 0, said
    assert "is witnessed by 'w1', 'w2'" in said
    assert "in league" in said
    assert world.line("ada").health().status == "ok"
    assert watched.metric("bailee_logs_unwitnessed_late") == 0
    assert watched.metric("bailee_witnesses_failing") == 0


def test_unwitnessed_log_turns_its_obligation(watched: Watched) -> None:
    """Calls are answered while witnesses are down; after ten minutes it is visible everywhere.

    In health, metrics and the obligation of C5.2; and again when they are back.
    """
    world = watched.world
    house = world.house
    house.call_witnesses()
    until(lambda: house.standing().unseen == 0)
    house.run_due()
    assert watched.record_keeping() == "operating"
    watched.down()
    record = world.protect("s-2")
    assert world.reveal("payout", record) == "Marigold Featherstone"
    house.settle()
    house.run_due()
    assert watched.record_keeping() == "operating"
    world.shift += timedelta(minutes=11)
    assert world.reveal("payout", record) == "Marigold Featherstone"
    house.run_due()
    assert watched.record_keeping() == "failing"
    until(lambda: house.standing().late > 0)
    assert world.line("ada").health().status == "degraded"
    assert watched.metric("bailee_logs_unwitnessed_late") > 0
    assert watched.metric("bailee_witness_lag_seconds") >= 600
    code, said = watched.audit()
    assert code == 1, said
    assert "note.unwitnessed" in said
    watched.up()
    until(lambda: house.standing().well)
    house.settle()
    house.run_due()
    assert watched.record_keeping() == "operating"
    code, said = watched.audit()
    assert code == 0, said


@pytest.fixture
def sqlite_watched(watched: Watched) -> Watched:
    """Return the deployment whose files a test may copy."""
    if watched.world.owner_url:
        pytest.skip("a copy of both databases is made of files")
    return watched


@dataclass
class Fork:
    """A closed deployment that was put back, keys and all; what the witness and auditor hold."""

    watched: Watched
    world: World
    log: str
    vkey: str
    kept: Path

    @property
    def policy(self) -> tuple[str, str]:
        """Return the auditor's option."""
        return "--policy", str(self.watched.policy)


@pytest.fixture
def fork(sqlite_watched: Watched, tmp_path: Path) -> Fork:
    """Return a copy of a deployment, made before its witnesses saw more of it."""
    watched, world = sqlite_watched, sqlite_watched.world
    world.house.call_witnesses()
    world.protect("s-1")
    until(lambda: world.house.standing().unseen == 0)
    world.close()
    older = copied(world, tmp_path / "older")
    world.open().call_witnesses()
    for number in range(3):
        world.protect(f"s-{number}")
    log, house = world.house.newest_log(ACME), world.house
    house.settle()
    until(lambda: _seen(watched.posts[0], log) == _size(world, log))
    vkey = house.parts.ledger.vkey(log)
    world.close()
    kept = tmp_path / "shown"
    kept.write_text("".join(watched.posts[0].cosigned(log)))
    return Fork(watched, older, log, vkey, kept)


def _seen(post: Post, log: str) -> int:
    book = Book(post.path)
    seen = book.seen(log)
    book.close()
    return seen.size if seen else 0


def _size(world: World, log: str) -> int:
    ledger, data = world.house.parts.ledger, world.house.parts.data
    note = data.read(ACME, lambda conn: ledger.checkpoint(conn, ACME, log))
    return int(note.split("\n")[1])


def test_fork_is_named_by_the_verifier(fork: Fork, tmp_path: Path) -> None:
    """Nothing inside the other history is wrong; what the witness holds names it."""
    fork.world.open()  # without witnesses: the one who forked does not ask
    for number in range(9):
        fork.world.protect(f"other-{number}")
    bundle, _ = fork.world.export(tmp_path)
    fork.world.close()
    code, said = verified(bundle, fork.vkey)
    assert code == 0, said
    code, said = verified(bundle, fork.vkey, *fork.policy)
    assert code == 1, said
    assert "that is not the quorum 'both'" in said
    code, said = verified(bundle, fork.vkey, *fork.policy, "--checkpoint", str(fork.kept))
    assert code == 3, said
    assert "log.forked" in said
    assert f"{fork.kept} (size {_seen(fork.watched.posts[0], fork.log)}) was cosigned by" in said


def test_fork_stops_and_a_successor_admits_it(fork: Fork, tmp_path: Path) -> None:
    """The log learns it from the witness, is not signed, not served; `restore` goes on."""
    world, seen = fork.world, _seen(fork.watched.posts[0], fork.log)
    world.settings = replace(world.settings, witnesses=str(fork.watched.policy))
    house = world.open()
    house.call_witnesses()
    until(lambda: fork.log in house.standing().stopped)
    assert world.line("ada").health().status == "degraded"
    assert fork.watched.metric("bailee_logs_stopped_by_witness", world) > 0
    world.reveal("payout", world.protect("s-late"))  # answered; what it left waits for a log
    pulse = house.parts.ledger.pulse
    assert pulse is not None
    until(lambda: pulse.trouble == "ledger.witnessed_ahead")
    world.close()
    with pytest.raises(Broken, match=r"ledger\.witnessed_ahead"):
        world.open()
    assert _seen(fork.watched.posts[0], fork.log) == seen
    told = world.cli("restore", "--json")
    assert told.returncode == 0, told.stderr
    assert fork.log in told.stdout
    world.open()
    bundle, after = world.export(tmp_path)
    pins = ("--vkey", fork.vkey, "--checkpoint", str(fork.kept))
    code, said = verified(bundle, after, *pins)
    assert code == 1, said
    assert "are declared lost" in said
    assert read_vkey(after).name == f"{fork.log}/2"
    world.close()
