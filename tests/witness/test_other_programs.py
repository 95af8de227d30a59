"""Our client with somebody else's witness, and somebody else's client with ours (C5.2).

The other implementation is the package ``aics-witness``, in an environment of its own; its program
is looked for on the path, and without it these tests are skipped.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bailee.app.post import post as send_to
from bailee.errors import Unavailable
from bailee.ledger import note
from bailee.ledger.cosigning import Denied, Holds, read_reply, write_submission
from tests.witness.post import Post
from tests.witness.tree import Log, proof

PROGRAM = shutil.which("aics-witness")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="needs the package aics-witness")


@dataclass
class Other:
    """A witness of theirs that is served, and its key."""

    url: str
    verifier: note.Verifier


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Other]:
    """Return their witness, which knows our log."""
    environment = {"PATH": os.defpath, "AICS_WITNESS_CONFIG": str(tmp_path / "witness.json")}

    def run(*arguments: str) -> str:
        command = [PROGRAM or "", *arguments]
        return subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True
        ).stdout

    vkey = re.search(r"\S+\+[0-9a-f]{8}\+\S+", run("init", "--name", "other.example/w1"))
    assert vkey is not None
    log = Log()
    run("add-log", "--origin", log.origin, "--vkey", log.vkey)
    server = subprocess.Popen(
        [PROGRAM or "", "serve", "--listen", "127.0.0.1:17380"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield Other("http://127.0.0.1:17380", note.read_vkey(vkey[0], note.COSIGNATURE))
    server.terminate()
    server.wait(30)


def ask(other: Other, log: Log, old: int, size: int) -> str | Holds | Denied:
    """Submit with our client's words and read with our client's eyes."""
    path = proof(old, log.leaves(size)) if 0 < old <= size else []
    body = write_submission(old, path, log.note(size))
    until = time.monotonic() + 60
    while True:
        try:
            reply = send_to(f"{other.url}/add-checkpoint", body)
        except Unavailable:
            assert time.monotonic() < until
            time.sleep(0.1)
            continue
        now = int(time.time())  # noqa: TID251 - their clock is the machine's
        return read_reply(reply, log.note(size), other.verifier, now)


def test_their_witness_understands_our_log(other: Other) -> None:
    """It cosigns growth, names the size it holds, refuses a fork; its lines verify."""
    log = Log()
    for old, size in ((0, 5), (5, 9), (9, 300)):
        line = ask(other, log, old, size)
        assert isinstance(line, str)
        assert note.open_note(log.note(size) + line, [other.verifier]) == log.text(size)
    assert ask(other, log, 5, 301) == Holds(300)
    log.fork_at = 2
    assert ask(other, log, 300, 300) == Denied(422)
    assert ask(other, log, 300, 400) == Denied(422)


FEED = """
import base64, sys
from aics_witness.feeder import WitnessClient, WitnessRejected, WitnessAhead
url, vkey = sys.argv[1:3]
steps = [line.split() for line in sys.stdin.read().splitlines()]
client = WitnessClient(url, vkey, max_age_seconds=10**12)
for note, hashes in steps:
    path = [base64.b64decode(one) for one in hashes.split(",")] if hashes != "-" else []
    try:
        lines = client.submit(base64.b64decode(note), lambda old, new: path)
        print("cosigned", lines.count(chr(10)))
    except (WitnessRejected, WitnessAhead) as error:
        print(type(error).__name__)
"""


def test_our_witness_understands_their_client(post: Post, url: str) -> None:
    """Their client verifies our lines, and sees a fork and a rollback for what they are."""
    log, steps = Log(), []
    for old, size in ((0, 5), (5, 9), (9, 300)):
        path = proof(old, log.leaves(size)) if old else []
        hashes = [base64.b64encode(one).decode() for one in path]
        steps.append((log.note(size), ",".join(hashes) or "-"))
    log.fork_at = 2
    steps.append((log.note(300), "-"))
    steps.append((Log().note(9), "-"))
    said = "".join(f"{base64.b64encode(text.encode()).decode()} {path}\n" for text, path in steps)
    done = subprocess.run(
        [str(Path(PROGRAM or "").parent / "python"), "-c", FEED, url, post.verifier.vkey],
        input=said,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == [
        "cosigned 1",
        "cosigned 1",
        "cosigned 1",
        "WitnessRejected",
        "WitnessAhead",
    ]
