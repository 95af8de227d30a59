"""Several serving processes behind one address: started, watched, started again, stopped together.

The supervisor opens no database and no key: it holds the address, starts members by running the
same command with a seat each, and listens to them over one socket pair per member. Every member
binds the address for itself (``SO_REUSEPORT``), so the kernel gives a new connection to a living
one; what lay in the queue of a member that died is reset, and its callers try again.

A member says once that it answers. It hears how many of the crew do, which ``/v1/health`` tells.
When the supervisor ends, however it ends, the line closes and every member drains and ends too.
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from bailee.app.crew import Crew
from bailee.errors import Invalid
from bailee.web.server import GRACE_SECONDS, STOPS

READY = b"ready\n"
FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
STEADY_SECONDS = 60.0
"""A member that answered so long is not blamed for earlier deaths."""
DRAIN_SECONDS = GRACE_SECONDS + 10.0
"""A member that has not ended so long after a stop is killed, which every act survives."""
_LOG = logging.getLogger(__name__)


def delay(failures: int) -> float:
    """Return the seconds before a member is started again, after so many deaths in a row. Pure."""
    return min(FIRST_DELAY * (1 << min(max(failures - 1, 0), 16)), LONGEST_DELAY)


@dataclass(frozen=True, slots=True)
class Seat:
    """A member's place: its number, the crew's size, the descriptor of its line."""

    number: int
    of: int
    line: int

    def __str__(self) -> str:
        """Return it as the command line carries it."""
        return f"{self.number}/{self.of}/{self.line}"


def read_seat(text: str) -> Seat:
    """Return the seat that a command line carries.

    Raises:
        Invalid: ``workers.seat``: nobody but the supervisor hands out seats.
    """
    parts = text.split("/")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        raise Invalid("workers.seat", "Seats are handed out by the server itself.")
    return Seat(*map(int, parts))


class Line:
    """A member's end of the line to its supervisor.

    Args:
        descriptor: inherited.
        heard: called with the crew whenever it changed; from a thread of the line's own.
        alone: called when the supervisor is gone.
    """

    def __init__(
        self, descriptor: int, heard: Callable[[Crew], None], alone: Callable[[], None]
    ) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._heard = heard
        self._alone = alone
        threading.Thread(target=self._listen, name="crew", daemon=True).start()

    def ready(self) -> None:
        """Say that this member answers."""
        with suppress(OSError):  # the listening thread notices that nobody is there
            self._socket.sendall(READY)

    def _listen(self) -> None:
        with suppress(OSError), self._socket.makefile("rb") as lines:
            for line in lines:
                wanted, answering, restarts = map(int, line.split())
                self._heard(Crew(wanted, answering, restarts))
        self._alone()


@dataclass
class Member:
    """One seat of the crew and who sits on it. Times are monotonic seconds."""

    number: int
    process: subprocess.Popen[bytes] | None = None
    line: socket.socket | None = None
    ready: bool = False
    begun: float = 0.0
    failures: int = 0
    due: float = 0.0


@dataclass
class Supervisor:
    """Keeps a crew.

    Args:
        command: what a member runs; its seat is put behind.
        size: how many members.
    """

    command: Sequence[str]
    size: int
    members: list[Member] = field(init=False)
    restarts: int = 0
    _whole: bool = False
    _stopping: bool = False

    def __post_init__(self) -> None:
        self.members = [Member(number) for number in range(self.size)]
        self._selector = selectors.DefaultSelector()

    def run(self, ready: Callable[[], None]) -> int:
        """Keep the crew until SIGTERM or SIGINT; return the exit code.

        A member that ends before the crew was whole once ends them all: what keeps it from
        serving is a setting, and it has said which. Later it is started again.

        Args:
            ready: called once every member answers.
        """
        code = 0
        with self._stoppable():
            while not self._stopping:
                self._start_due()
                for member in self._wait():
                    code = self._hear(member)
                    if code:
                        break
                if code:
                    break
                if not self._whole and all(member.ready for member in self.members):
                    self._whole = True
                    ready()
            self._drain()
        return code

    # A member's life

    def _start_due(self) -> None:
        for member in self.members:
            if member.process is None and member.due <= time.monotonic():
                self._start(member)

    def _start(self, member: Member) -> None:
        ours, theirs = socket.socketpair()
        seat = Seat(member.number, self.size, theirs.fileno())
        member.process = subprocess.Popen(  # noqa: S603 - our own program, our own arguments
            [*self.command, str(seat)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            process_group=0,  # a terminal's interrupt reaches the supervisor, who tells them all
        )
        theirs.close()
        ours.settimeout(0.0)
        member.line, member.ready, member.begun = ours, False, time.monotonic()
        self._selector.register(ours, selectors.EVENT_READ, member)

    def _hear(self, member: Member) -> int:
        """Take what a member says, or its end; return the exit code that ends the crew, or 0."""
        if member.line is None:
            return 0
        try:
            said = member.line.recv(64)
        except BlockingIOError:
            return 0
        except OSError:
            said = b""
        if said:
            member.ready = True
            self._tell()
            return 0
        return self._bury(member)

    def _bury(self, member: Member) -> int:
        code = self._end(member)
        if not self._whole:
            return code if code > 0 else 1
        steady = time.monotonic() - member.begun > STEADY_SECONDS
        member.failures = 1 if steady else member.failures + 1
        self.restarts += 1
        wait = delay(member.failures)
        member.due = time.monotonic() + wait
        _LOG.error("worker %d ended with %d; again in %.1f s", member.number, code, wait)
        self._tell()
        return 0

    def _end(self, member: Member) -> int:
        """Wait for a member whose line is closed; one that stays without it is killed."""
        if member.line is not None:
            self._selector.unregister(member.line)
            member.line.close()
        process, member.process, member.line, member.ready = member.process, None, None, False
        if process is None:
            return 0
        try:
            return process.wait(DRAIN_SECONDS if self._stopping else 1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def _tell(self) -> None:
        """Let every member know how many of the crew answer."""
        answering = sum(member.ready for member in self.members)
        line = b"%d %d %d\n" % (self.size, answering, self.restarts)
        for member in self.members:
            if member.line is not None:
                with suppress(OSError):  # it is dying, or does not listen: heard soon enough
                    member.line.sendall(line)

    # The supervisor's own

    def _wait(self) -> Iterator[Member]:
        """Yield members that said something, until the next one is due."""
        pending = [member.due for member in self.members if member.process is None]
        timeout = max(min(pending) - time.monotonic(), 0.0) if pending else None
        for key, _ in self._selector.select(timeout):
            if isinstance(key.data, Member):
                yield key.data
            else:
                os.read(key.fd, 64)

    def _drain(self) -> None:
        """Let every member finish its running calls and end."""
        self._stopping = True
        for member in self.members:
            if member.process is not None:
                member.process.terminate()
        until = time.monotonic() + DRAIN_SECONDS
        for member in self.members:
            if member.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    member.process.wait(max(until - time.monotonic(), 0.1))
                if member.process.poll() is None:
                    _LOG.error("worker %d did not end in time and is killed", member.number)
                    member.process.kill()
                    member.process.wait()
            if member.line is not None:
                self._selector.unregister(member.line)
                member.line.close()

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT; a signal wakes the selector."""
        reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._selector.register(reader, selectors.EVENT_READ, None)
        woken = signal.set_wakeup_fd(writer)

        def stop(_signal: int, _frame: object) -> None:
            self._stopping = True

        before = {one: signal.signal(one, stop) for one in STOPS}
        try:
            yield
        finally:
            for one, previous in before.items():
                signal.signal(one, previous)
            signal.set_wakeup_fd(woken)
            self._selector.close()
            os.close(reader)
            os.close(writer)


__all__ = ["Line", "Member", "Seat", "Supervisor", "delay", "read_seat"]
