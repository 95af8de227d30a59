"""Our client with somebody else's witness, somebody else's client with ours, and both by the book.

The other implementation is ``aics-witness`` (``other``). What each must answer is written down from
C2SP tlog-witness, tlog-cosignature and tlog-policy, not from either of the two (C5.2).
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from bailee.app.house import House
from bailee.app.post import post as send_to
from bailee.db import HOUSE
from bailee.ledger import note
from bailee.ledger.cosigning import Denied, Holds, read_reply, write_submission
from tests.journeys.world import ACME, World, copied, founded, verified
from tests.ledger.hall import until
from tests.witness.other import Other, installed
from tests.witness.post import Post, send
from tests.witness.tree import Log, proof


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder where the other implementation is."""
    return installed(tmp_path_factory.mktemp("other"))


@pytest.fixture
def other(packages: Path, tmp_path: Path) -> Other:
    """Return a witness of theirs that knows no log yet."""
    return Other(packages, tmp_path / "theirs")


class Served(NamedTuple):
    """A witness of either kind at its address."""

    url: str
    verifier: note.Verifier


@pytest.fixture(params=["ours", "theirs"])
def either(
    request: pytest.FixtureRequest, post: Post, packages: Path, tmp_path: Path
) -> Iterator[Served]:
    """Return a witness that knows one log: ours, then theirs."""
    if request.param == "ours":
        with post.served() as url:
            yield Served(url, post.verifier)
        return
    one = Other(packages, tmp_path / "theirs")
    one.trust(Log().vkey)
    with one.served() as url:
        yield Served(url, one.verifier)


def test_both_answer_by_the_book(either: Served) -> None:
    """404, 403, 400, 409 with the size, 422, and a line under what may be cosigned, in order."""
    log, fork = Log(), Log()
    fork.fork_at = 2
    book = (
        ("an origin that nobody named", Log("log.example/other").body(0, 5), 404, ""),
        ("the signature of another key", Log(seed=b"stranger").body(0, 5), 403, ""),
        ("a size changed after signing", log.body(0, 5).replace("\n5\n", "\n6\n", 1), 403, ""),
        ("no checkpoint at all", "old 0\n\n", 400, ""),
        ("an old size past the checkpoint's", log.body(6, 5), 400, ""),
        ("an old size never cosigned", log.body(3, 5), 409, "0\n"),
        ("a proof from nothing", log.body(0, 5, path=[bytes(32)]), 422, ""),
        ("the first checkpoint", log.body(0, 5), 200, log.text(5)),
        ("the same again", log.body(5, 5), 200, log.text(5)),
        ("from nothing once more", log.body(0, 9), 409, "5\n"),
        ("growth without its proof", log.body(5, 9, path=[]), 422, ""),
        ("another root of that size", fork.body(5, 5), 422, ""),
        ("another history that went on", fork.body(5, 9), 422, ""),
        ("growth", log.body(5, 9), 200, log.text(9)),
        ("an older checkpoint", log.body(5, 5), 409, "9\n"),
        ("growth past a whole tile", log.body(9, 300), 200, log.text(300)),
    )
    for what, body, expected, text in book:
        status, kind, said = send(either.url, body)
        assert (what, status) == (what, expected)
        if status == 409:
            assert (what, kind, said) == (what, "text/x.tlog.size", text)
        if status == 200:
            signed = body.partition("\n\n")[2] + said
            assert note.open_note(signed, [either.verifier]) == text


def ask(other: Other, log: Log, old: int, size: int) -> str | Holds | Denied:
    """Submit with our client's words and read with our client's eyes."""
    path = proof(old, log.leaves(size)) if 0 < old <= size else []
    reply = send_to(f"{other.url}/add-checkpoint", write_submission(old, path, log.note(size)))
    now = int(time.time())  # noqa: TID251 - their clock is the machine's
    return read_reply(reply, log.note(size), other.verifier, now)


def test_our_client_understands_their_witness(other: Other) -> None:
    """Their lines verify; their 409 is a size, their refusals keep their status."""
    log = Log()
    other.trust(log.vkey)
    with other.served():
        for old, size in ((0, 5), (5, 9), (9, 300)):
            line = ask(other, log, old, size)
            assert isinstance(line, str)
            assert note.open_note(log.note(size) + line, [other.verifier]) == log.text(size)
        assert ask(other, log, 5, 301) == Holds(300)
        log.fork_at = 2
        assert ask(other, log, 300, 300) == Denied(422)
        assert ask(other, log, 300, 400) == Denied(422)
        assert ask(other, Log(seed=b"stranger"), 300, 300) == Denied(403)
        assert ask(other, Log("log.example/other"), 0, 5) == Denied(404)


FEED = """
import base64, sys
from aics_witness.feeder import WitnessAhead, WitnessClient, WitnessRejected
client = WitnessClient(*sys.argv[1:3], max_attempts=1)
for line in sys.stdin.read().splitlines():
    note, path = line.split()
    hashes = [base64.b64decode(one) for one in path.split(",")] if path != "-" else []
    try:
        said = client.submit(base64.b64decode(note), lambda old, new: hashes)
        print("cosigned", said.count(chr(10)))
    except WitnessRejected as error:
        print("refused", error.status)
    except WitnessAhead as error:
        print("holds", error.known_size)
"""


def feed(other: Other, url: str, verifier: note.Verifier, *steps: tuple[str, list[bytes]]) -> str:
    """Let their client submit notes, each with its proof; return what it made of the answers."""
    lines = ""
    for text, path in steps:
        hashes = ",".join(base64.b64encode(one).decode() for one in path) or "-"
        lines += f"{base64.b64encode(text.encode()).decode()} {hashes}\n"
    done = other.run("-c", FEED, url, verifier.vkey, stdin=lines)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_their_client_understands_our_witness(other: Other, post: Post, url: str) -> None:
    """It verifies our lines and finds them fresh; it sees each refusal for what it is."""
    post.time = int(time.time())  # noqa: TID251 - their clock is the machine's
    log, fork = Log(), Log()
    fork.fork_at = 2
    growth = [
        (log.note(size), proof(old, log.leaves(size)) if old else [])
        for old, size in ((0, 5), (5, 9), (9, 300))
    ]
    bad = [
        fork.note(300),
        log.note(9),
        Log(seed=b"stranger").note(301),
        Log("log.example/x").note(1),
    ]
    said = feed(other, url, post.verifier, *growth, *((text, []) for text in bad))
    assert said.splitlines() == [
        *("cosigned 1", "cosigned 1", "cosigned 1"),
        *("refused 422", "holds 300", "refused 403", "refused 404"),
    ]


def test_their_client_that_knows_nothing_is_told_where_to_begin(
    other: Other, post: Post, url: str
) -> None:
    """A new client asks from nothing, is told the size by our 409, and goes on with a proof."""
    post.time = int(time.time())  # noqa: TID251 - their clock is the machine's
    log = Log()
    assert send(url, log.body(0, 5))[0] == 200
    step = (log.note(9), proof(5, log.leaves(9)))
    assert feed(other, url, post.verifier, step) == "cosigned 1\n"
    assert post.seen()[0] == 9


class Watched(NamedTuple):
    """A deployment whose only witness is theirs, and the auditor's policy."""

    world: World
    policy: Path


@pytest.fixture
def watched(other: Other, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """Return a populated deployment; their witness knows its logs and has seen them."""
    policy = tmp_path / "witnesses"
    policy.write_text(f"witness w {other.vkey} {other.url}\nquorum w\n")
    with founded("sqlite", tmp_path / "home", request, BAILEE_WITNESSES=str(policy)) as world:
        data, ledger = world.house.parts.data, world.house.parts.ledger
        world.house.settle()  # a log begins when its first entry is taken in
        known = data.read(HOUSE, world.house.parts.agreements.controllers)
        for name in (HOUSE, *(row.controller for row in known)):
            for log in data.read(name, partial(ledger.logs, controller=name)):
                other.trust(ledger.vkey(log.log))
        with other.served():
            world.house.call_witnesses()
            world.protect("s-1")
            until(lambda: world.house.standing().unseen == 0 and world.house.standing().well)
            yield Watched(world, policy)
            world.close()


def test_what_their_witness_cosigned_is_accepted_under_a_policy(
    watched: Watched, other: Other, tmp_path: Path
) -> None:
    """Our verifier takes the log as witnessed, theirs takes note and tiles of the same export."""
    house, bundle = watched.world.house, tmp_path / "bundle"
    vkey = house.export(house.authenticate(watched.world.keys["clara"], "test"), ACME, bundle).vkey
    code, said = verified(bundle, vkey, "--policy", str(watched.policy))
    assert code == 0, said
    assert "is witnessed by 'w'" in said
    their_eyes = ["-m", "aics_tlog", "verify-checkpoint", "--tiles", str(bundle), "--log-key", vkey]
    done = other.run(*their_eyes, "--witness-key", other.vkey, "--quorum", "1")
    assert done.returncode == 0, done.stderr
    stranger = Post(tmp_path / "stranger.db", "stranger.example/w1").verifier.vkey
    assert other.run(*their_eyes, "--witness-key", stranger, "--quorum", "1").returncode != 0


def _signed(house: House, log: str) -> int:
    """Return the size of the newest checkpoint."""
    ledger = house.parts.ledger
    text = house.parts.data.read(ACME, lambda conn: ledger.checkpoint(conn, ACME, log))
    return int(text.split("\n")[1])


def test_their_witness_finds_out_a_restored_log(
    watched: Watched, other: Other, tmp_path: Path
) -> None:
    """A deployment put back behind what their witness cosigned is not signed any more."""
    world = watched.world
    log = world.house.newest_log(ACME)
    world.close()
    older = copied(world, tmp_path / "older")
    house = world.open()
    house.call_witnesses()
    world.protect("s-2")
    house.settle()
    until(lambda: other.size(log) == _signed(house, log))
    world.close()
    older.settings = replace(older.settings, witnesses=str(watched.policy))
    house = older.open()
    try:
        house.call_witnesses()
        until(lambda: log in house.standing().stopped)
    finally:
        older.close()
