"""What a witness remembers outlives it: deaths, clocks, two processes on one file (C5.2)."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as pysqlite

from bailee.errors import Broken, Conflict, Invalid, NotFound
from bailee.witness import Book, Kept, create
from tests.witness.post import NAME, NOON, Post, send


def stamp(line: str) -> int:
    """Return the time of a cosignature."""
    return int.from_bytes(base64.b64decode(line.split(" ")[2])[4:12], "big")


def test_restart_forgets_nothing(post: Post) -> None:
    """After a restart the old size is still asked for, under the same key."""
    with post.served() as url:
        send(url, post.log.body(0, 5))
    with post.served() as url:
        assert send(url, post.log.body(0, 9)) == (409, "text/x.tlog.size", "5\n")
        assert send(url, post.log.body(5, 9))[0] == 200


def test_time_never_goes_back(post: Post) -> None:
    """A clock behind the latest cosignature, over a restart too, cosigns nothing (503)."""
    with post.served() as url:
        assert stamp(send(url, post.log.body(0, 5))[2]) == NOON
    post.time -= 3600
    with post.served() as url:
        assert send(url, post.log.body(5, 9))[0] == 503
        assert post.seen()[0] == 5
        post.time += 3598  # within what a clock may be set right by: it stands still
        assert stamp(send(url, post.log.body(5, 9))[2]) == NOON


def test_two_witness_processes_on_one_file_are_one(post: Post) -> None:
    """Whichever of two doors is asked, the file decides."""
    with post.served() as one, post.served() as other:
        assert send(one, post.log.body(0, 5))[0] == 200
        fork = post.log
        fork.fork_at = 3
        assert send(other, fork.body(0, 5)) == (409, "text/x.tlog.size", "5\n")
        assert send(other, fork.body(5, 9))[0] == 422


KILLED = """
import os, signal, sys
from pathlib import Path
from bailee.clock import Clock
from bailee.witness import Book, Judge
from bailee.witness.book import Page
book = Book(Path(sys.argv[1]))
write = Page.write
def die(page, origin, seen):
    write(page, origin, seen)
    if sys.argv[2] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
Page.write = die
answer = Judge(book, Clock()).add(sys.stdin.buffer.read())
assert answer.status == 200, answer
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("when", "size"), [("before", 0), ("after", 5)])
def test_killed_around_the_commit(post: Post, when: str, size: int) -> None:
    """Dead before the commit: never promised. Dead between commit and answer: remembered."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(post.path), when],
        input=post.log.body(0, 5).encode(),
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert post.seen()[0] == size
    post.time = 2_000_000_000
    with post.served() as url:
        assert send(url, post.log.body(size, 5))[0] == 200


def test_a_disk_that_fails_gives_no_cosignature(post: Post) -> None:
    """What could not be written is not promised: 503, and the next try begins where it was."""
    with post.served() as url:
        send(url, post.log.body(0, 5))
    book = Book(post.path)
    book.change(
        lambda page: page.execute(
            "CREATE TRIGGER full BEFORE INSERT ON seen BEGIN SELECT RAISE(ABORT, 'disk'); END"
        )
    )
    book.close()
    with post.served() as url:
        assert send(url, post.log.body(5, 9))[0] == 503
    assert post.seen()[0] == 5


def test_a_file_is_made_once_and_its_owners_alone(tmp_path: Path) -> None:
    """A second init does not replace a witness; nobody else reads its key."""
    path = tmp_path / "witness.db"
    verifier = create(path, NAME)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Conflict, match=r"witness\.exists"):
        create(path, NAME)
    book = Book(path)
    assert book.verifier == verifier
    book.close()


def test_what_is_no_witness_is_refused(tmp_path: Path) -> None:
    """A missing file, an empty one, other bytes, a name that no key may have."""
    with pytest.raises(NotFound, match=r"witness\.missing"):
        Book(tmp_path / "nowhere.db")
    for name, data in (("empty.db", b""), ("other.db", b"x" * 5000)):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Broken, match=r"witness\.file"):
            Book(tmp_path / name)
    with pytest.raises(Invalid, match=r"note\.name"):
        create(tmp_path / "w.db", "two words")
    assert not (tmp_path / "w.db").exists()


def test_a_file_of_before_goes_on_and_lends(tmp_path: Path) -> None:
    """A witness made before places were lent keeps its key and its trust, and can lend."""
    path = tmp_path / "old.db"
    verifier = create(path, NAME)
    conn = pysqlite.connect(str(path))
    conn.executescript("DROP TABLE line; DROP TABLE place; PRAGMA user_version = 1;")
    conn.close()

    for _ in range(2):
        opened = Book(path)
        assert opened.verifier == verifier
        if not Kept(opened).places():
            Kept(opened).lend("a-house", 1)
        assert [place.name for place in Kept(opened).places()] == ["a-house"]
        opened.close()
