"""Sends prepared requests as fast as they are answered; a process of its own, on its own core.

Closed loop: each caller is one kept-alive connection with one request under way. The next request
leaves before the last answer is looked at, so that looking costs the server no idle time. Every
answer is looked at: its status, and how many results in it say that they are good.

``python -m bench.driver PLAN`` reads a ``Load`` and writes an ``Outcome`` beside it (MessagePack).
"""

from __future__ import annotations

import gc
import select
import socket
import sys
import time
from pathlib import Path

import msgspec

from bench import wire

READ = 1 << 20
PATIENCE_SECONDS = 120


class Load(msgspec.Struct, frozen=True):
    """What to send and what must come back.

    ``requests`` are sent in order and, if ``cycle``, over again, until ``seconds`` have passed
    (0: no end) or all are sent. In each good answer ``good`` occurs ``batch`` times. Answers to the
    requests numbered in ``keep`` are handed back.
    """

    port: int
    requests: list[bytes]
    good: bytes
    batch: int
    callers: int
    seconds: float = 0.0
    cycle: bool = True
    keep: list[int] = []


class Outcome(msgspec.Struct, frozen=True):
    """What came back. Times in seconds; ``cpu`` is the driver's own."""

    requests: int
    seconds: float
    cpu: float
    latencies: list[float]
    faults: list[str]
    kept: dict[int, bytes]


class Caller:
    """One connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.line = socket.create_connection(("127.0.0.1", port))
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.line.settimeout(0)
        self.unsent = memoryview(b"")
        self.data = bytearray()
        self.size = 0
        self.number = -1
        self.began = 0.0

    def begin(self, number: int, message: bytes) -> None:
        """Begin a request."""
        self.number, self.data, self.size = number, bytearray(), 0
        self.unsent = memoryview(message)
        self.began = time.perf_counter()
        self.push()

    def push(self) -> bool:
        """Send what the line takes; say whether all is sent."""
        while self.unsent:
            try:
                self.unsent = self.unsent[self.line.send(self.unsent) :]
            except BlockingIOError:
                return False
        return True

    def pull(self) -> bool:
        """Take what has come; say whether the answer is whole.

        Raises:
            ConnectionError: when the server hung up.
        """
        more = self.line.recv(READ)
        if not more:
            raise ConnectionError("the server hung up")
        self.data += more
        if not self.size:
            self.size = wire.whole_size(self.data)
        return wire.complete(self.data, self.size)


class Driver:
    """One run of a load."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.next = 0
        self.deadline = float("inf")
        self.latencies: list[float] = []
        self.faults: list[str] = []
        self.kept: dict[int, bytes] = {}
        self._wanted = set(load.keep)

    def run(self) -> Outcome:
        """Send until the end; return what came back."""
        poll = select.epoll()
        callers = {}
        useful = len(self.load.requests) if not self.load.cycle else self.load.callers
        for _ in range(min(self.load.callers, useful)):
            caller = Caller(self.load.port)
            callers[caller.line.fileno()] = caller
        gc.disable()
        cpu, began = time.process_time(), time.perf_counter()
        if self.load.seconds:
            self.deadline = began + self.load.seconds
        for number, caller in list(callers.items()):
            poll.register(number, select.EPOLLIN)
            self._go(poll, callers, caller)
        while callers:
            events = poll.poll(PATIENCE_SECONDS)
            if not events:
                raise TimeoutError("no answer for two minutes")
            for number, _event in events:
                self._serve(poll, callers, callers[number])
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        return Outcome(
            len(self.latencies), seconds, cpu, self.latencies, self.faults[:5], self.kept
        )

    def _serve(self, poll: select.epoll, callers: dict[int, Caller], caller: Caller) -> None:
        if caller.unsent:
            if caller.push():
                poll.modify(caller.line.fileno(), select.EPOLLIN)
            return
        if not caller.pull():
            return
        now = time.perf_counter()
        self.latencies.append(now - caller.began)
        number, data, size = caller.number, caller.data, caller.size
        self._go(poll, callers, caller)
        self._look(number, bytes(data), size)

    def _go(self, poll: select.epoll, callers: dict[int, Caller], caller: Caller) -> None:
        """Begin a caller's next request, or let the caller go."""
        requests = self.load.requests
        over = self.next >= len(requests) and not self.load.cycle
        if over or time.perf_counter() >= self.deadline:
            poll.unregister(caller.line.fileno())
            del callers[caller.line.fileno()]
            caller.line.close()
            return
        caller.begin(self.next, requests[self.next % len(requests)])
        self.next += 1
        if caller.unsent:
            poll.modify(caller.line.fileno(), select.EPOLLIN | select.EPOLLOUT)

    def _look(self, number: int, data: bytes, size: int) -> None:
        """Check one answer."""
        body = wire.body_of(data, size)
        status, good = wire.status_of(data), body.count(self.load.good)
        if status != 200 or good != self.load.batch:
            self.faults.append(f"request {number}: status {status}, {good} good: {body[:200]!r}")
        if number in self._wanted:
            self.kept[number] = body


def main() -> None:
    """Run the load that a file describes."""
    plan = Path(sys.argv[1])
    load = msgspec.msgpack.decode(plan.read_bytes(), type=Load)
    outcome = Driver(load).run()
    plan.with_suffix(".out").write_bytes(msgspec.msgpack.encode(outcome))


if __name__ == "__main__":
    main()
