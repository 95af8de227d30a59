"""The bench counts what really happened: its driver against a real server, with a tiny load."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from bench import process, wire
from bench.deployment import Deployment
from bench.driver import Driver, Load
from bench.load import weigh
from bench.percentile import median, percentile
from bench.sides import Bailee

REQUEST = wire.request("POST", "/", {}, b"{}")


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Return a deployment as the bench makes it, unpinned, served."""
    made = Deployment(tmp_path_factory.mktemp("bench") / "home", core=None)
    made.found()
    made.serve()
    try:
        made.populate(look=False)
        yield made
    finally:
        made.stop()


def test_items_and_entries_follow_from_requests(deployment: Deployment) -> None:
    """Items are requests times batch, and the log grew by one entry for each request."""
    side = Bailee(deployment, subjects=100)
    before = deployment.level()

    weighed = weigh(side.first("tiny", 10, 100), deployment.roots, core=None)

    assert weighed.outcome.requests == len(weighed.outcome.latencies) == 10
    assert weighed.items == weighed.figures()["items"] == 100
    assert deployment.level() - before == 10 + 1  # the one that marks the place
    assert weighed.figures()["p50_ms"] <= weighed.figures()["p99_ms"]


def test_a_sample_is_what_was_sent_and_another_context_does_not_open(
    deployment: Deployment,
) -> None:
    """What the bench decrypts is what it encrypted; swapped subjects are refused."""
    side = Bailee(deployment, subjects=1000)
    side.warm()

    load = side.load("decrypt", 100, 0.2)
    weighed = weigh(load, deployment.roots, core=None)

    assert set(weighed.outcome.kept) <= set(load.keep)
    side.check("decrypt", 100, weighed.outcome.kept)
    side.refuses_another()


def test_the_driver_names_answers_that_are_not_good() -> None:
    """An answer with another status, or with too few good results, is a fault of the run."""
    answers = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n+",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n-",
        b"HTTP/1.1 503 No\r\nContent-Length: 1\r\n\r\n+",
    ]
    with _answering(answers) as port:
        outcome = Driver(Load(port, [REQUEST] * 3, b"+", 1, callers=1, cycle=False)).run()

    assert outcome.requests == 3
    assert [one.partition(":")[0] for one in outcome.faults] == ["request 1", "request 2"]


def test_answers_in_chunks_are_put_together() -> None:
    """A result that two chunks share is counted, as RFC 9112 7.1 has chunks."""
    body = b"3\r\n{go\r\n4;note=1\r\nod}!\r\n0\r\n\r\n"
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    size = wire.whole_size(data)

    assert wire.complete(data, size)
    assert not wire.complete(data[:-1], size)
    assert wire.body_of(data, size) == b"{good}!"


def test_percentiles_are_values_that_were_measured() -> None:
    """By the nearest-rank definition: of 1 to 100 the 99th percentile is 99."""
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile([15, 20, 35, 40, 50], 0.30) == 20
    assert percentile([15, 20, 35, 40, 50], 0.40) == 20
    assert percentile([15, 20, 35, 40, 50], 0.50) == 35
    assert percentile([7], 0.5) == percentile([7], 1) == 7
    assert median([4, 1, 3, 2]) == 2.5


def test_time_of_ended_children_is_counted() -> None:
    """A program's CPU time holds that of a child that has ended; so PostgreSQL's backends count."""
    child = "import time\nwhile time.process_time() < 0.3: pass"
    burn = (
        "import subprocess, sys\n"
        f"subprocess.run([sys.executable, '-c', {child!r}])\n"
        "print(flush=True)\n"
        "sys.stdin.read()"
    )
    program = process.start(
        process.python("-c", burn), {"PATH": "/usr/bin:/bin"}, output=-1, source=-1
    )
    try:
        assert program.stdout is not None
        program.stdout.readline()
        assert process.cpu_seconds([program.pid]) >= 0.3
    finally:
        process.stop(program)


class _answering:  # noqa: N801 - reads as a word where it is used
    """A socket that gives these answers, one for each request, whatever is asked."""

    def __init__(self, answers: list[bytes]) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self._answers = answers
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> int:
        self._thread.start()
        return int(self._door.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self._door.close()

    def _serve(self) -> None:
        line, _ = self._door.accept()
        with line:
            for answer in self._answers:
                line.recv(len(REQUEST))
                line.sendall(answer)
