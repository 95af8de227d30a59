"""One connection to PostgreSQL, spoken to in few round trips.

A round trip costs server and caller more than a short statement does, and a transaction used to
take one for its beginning, one for each statement and one for its end. On a line

* BEGIN and whose rows are seen wait for the first statement and travel with it;
* a question that will surely be asked can be sent *ahead*, with whatever goes next;
* what is written at the end travels with the COMMIT.

The server reads what travels together in its order and skips all that follows a failure, the COMMIT
too: it never commits the rest of something that failed. Row-level security is bound inside the same
transaction as before; a statement can never overtake it.

Each text is prepared once for a connection, under a name of ours. The driver's other users share
the connection; they must call ``settle`` first, and ``forget`` when the driver throws away what is
prepared.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import errors, generators, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.waiting import wait

BEGIN, COMMIT, ROLLBACK = "BEGIN", "COMMIT", "ROLLBACK"
LINE = "bailee.line"
"""Where a connection's line stands in its ``info``."""

TRUSTED_SECONDS = 1.0
"""A connection that rested for longer is asked whether it still works, by an empty round trip."""

BIND = "SELECT set_config('bailee.controller', %s, true)"
"""Lets row-level security see a controller's rows for the rest of the transaction."""

_BAD = pq.ExecStatus.FATAL_ERROR
_SKIPPED = pq.ExecStatus.PIPELINE_ABORTED
_ROWS = pq.ExecStatus.TUPLES_OK
_TICK = 10.0
"""Seconds between two looks for signals while waiting."""

Values = Sequence[Any]
Refusal = Callable[[], Exception]


@dataclass(slots=True)
class Answer:
    """What a statement was answered, whole, with a cursor's three ways to read it."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    rowcount: int = 0

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the first row."""
        return self.rows[0] if self.rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return every row."""
        return self.rows


@dataclass(slots=True, eq=False)
class Sent:
    """A statement on its way; its answer comes with those that travel beside it.

    ``refusal`` makes what is raised instead of the driver's error when the server found a division
    by zero: the way in which a statement of ours says no, so that the COMMIT behind it is skipped.
    """

    text: str
    values: Values
    refusal: Refusal | None = None
    answer: Answer = field(default_factory=Answer)
    dumped: tuple[Any, tuple[int, ...], Any] = (None, (), None)
    """Parameters, their types and their formats, as the protocol takes them."""


class Line:
    """A driver's connection in autocommit mode, lent to one thread at a time."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self._raw = raw
        self._pg = raw.pgconn
        self._adapt = Transformer(raw)
        self._names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self._count = 0
        self._waiting: list[Sent] = []  # goes with the next round trip
        self._ahead: dict[tuple[str, tuple[Any, ...]], Sent] = {}
        self._rested = time.monotonic()
        self._whole = True  # False while answers are owed

    # Transactions

    def check(self) -> None:
        """See that the connection still works; after a rest by asking the server.

        Raises:
            psycopg.OperationalError: it does not.
        """
        if self._gone():
            raise psycopg.OperationalError("the connection ended while it rested")
        if time.monotonic() - self._rested > TRUSTED_SECONDS:
            self._exchange([])

    def begin(self, controller: str) -> None:
        """Begin a transaction with the next round trip."""
        self._waiting = [Sent(BEGIN, ()), self._sent(BIND, (controller,))]
        self._ahead.clear()

    def commit(self, last: Sequence[Sent]) -> None:
        """Send what is left and COMMIT; a transaction in which nothing was sent never was.

        Raises:
            psycopg.Error: with the connection closed, nobody knows whether it was committed.
        """
        if self.failed:
            raise errors.InFailedSqlTransaction("the transaction was given up")
        if last or not self._unborn:
            for one in last:
                one.dumped = self._dumped(one.values)
            waiting, self._waiting = self._waiting, []
            self._exchange([*waiting, *last, Sent(COMMIT, ())])
        self._waiting = []
        self._rested = time.monotonic()

    def rollback(self) -> None:
        """End the transaction, and forget what was to be sent.

        Raises:
            psycopg.Error: when the connection is of no more use.
        """
        self._waiting = []
        self._ahead.clear()
        if not self._whole:
            raise psycopg.OperationalError("answers are still owed")
        if self._pg.transaction_status != pq.TransactionStatus.IDLE:
            self._exchange([Sent(ROLLBACK, ())])
        self._rested = time.monotonic()

    @property
    def failed(self) -> bool:
        """Whether a statement failed, so that the server would answer COMMIT with a rollback."""
        return self._pg.transaction_status == pq.TransactionStatus.INERROR

    @property
    def _unborn(self) -> bool:
        return bool(self._waiting) and self._waiting[0].text == BEGIN

    # Statements

    def run(self, text: str, values: Values, refusal: Refusal | None = None) -> Answer:
        """Run one statement with all that waits; what was sent ahead answers from what it got.

        Raises:
            psycopg.Error: what the server said against it, or what waited before it.
        """
        key = (text, tuple(values)) if self._ahead else None
        known = self._ahead.pop(key, None) if key else None
        if known is None:
            known = self._sent(text, values)
            known.refusal = refusal
            self._waiting.append(known)
        if known in self._waiting:
            self.settle()
        return known.answer

    def ahead(self, text: str, values: Values) -> None:
        """Send a question with the next round trip, for whoever asks it once soon.

        What is answered is as of then. So only what may be that old is asked ahead: it is not
        repeated when this transaction changes rows.
        """
        key = text, tuple(values)
        if key not in self._ahead:
            self._ahead[key] = self._sent(text, values)
            self._waiting.append(self._ahead[key])

    def later(self, text: str, values: Values) -> None:
        """Run a statement whose answer nobody reads with the next round trip."""
        self._waiting.append(self._sent(text, values))

    def settle(self) -> None:
        """Send all that waits: somebody else is about to use the connection, or to read it."""
        if not self._waiting:
            return
        if not self._unborn and self._pg.transaction_status == pq.TransactionStatus.IDLE:
            raise psycopg.OperationalError("there is no transaction")  # nor anybody's rows to see
        waiting, self._waiting = self._waiting, []
        self._exchange(waiting)

    def ask(self, controller: str, text: str, values: Values) -> Answer:
        """Answer one question alone, outside of a transaction: the whole of it is one round trip.

        Statements that travel together are one transaction to the server, so the controller is
        bound for this question and for nothing after it.

        Raises:
            psycopg.Error: what the server said against it.
        """
        question = self._sent(text, values)
        self._exchange([self._sent(BIND, (controller,)), question])
        self._rested = time.monotonic()
        return question.answer

    def forget(self) -> None:
        """Prepare everything anew: the driver is about to throw away what is prepared."""
        self._names.clear()

    # Round trips

    def _exchange(self, batch: Sequence[Sent]) -> None:
        """Send statements in one round trip and take all their answers.

        Raises:
            psycopg.Error: the first that failed; those behind it were skipped.
        """
        pgconn, fresh = self._pg, []
        self._whole = False
        pgconn.enter_pipeline_mode()
        sent: list[Sent | None] = []
        for one in batch:
            params, types, formats = one.dumped
            key = one.text, types
            name = self._names.get(key)
            if name is None:
                self._count += 1
                name = self._names[key] = b"line_%d" % self._count
                fresh.append(key)
                pgconn.send_prepare(name, _numbered(one.text), types)
                sent.append(None)
            pgconn.send_query_prepared(name, params, formats, pq.Format.BINARY)
            sent.append(one)
        pgconn.pipeline_sync()
        if pgconn.flush():
            wait(generators.send(pgconn), pgconn.socket, _TICK)
        failure = self._answers(sent)
        wait(generators.fetch_many(pgconn), pgconn.socket, _TICK)  # the end of the round trip
        pgconn.exit_pipeline_mode()
        self._whole = True
        if failure is not None:
            for key in fresh:  # perhaps skipped; under another name the next time
                self._names.pop(key, None)
            raise failure

    def _answers(self, sent: Sequence[Sent | None]) -> Exception | None:
        """Take the answer to each; return what is to be raised."""
        failure: Exception | None = None
        for one in sent:
            results = wait(generators.fetch_many(self._pg), self._pg.socket, _TICK)
            if not results:
                raise psycopg.OperationalError("an answer is missing")
            result, status = results[-1], results[-1].status
            if status == _BAD:
                failure = failure or self._failure(result, one)
            elif status == _ROWS and one is not None:
                self._adapt.set_pgresult(result)
                one.answer.rows = self._adapt.load_rows(0, result.ntuples, tuple)
                one.answer.rowcount = result.command_tuples or 0
            elif one is not None and status != _SKIPPED:
                one.answer.rowcount = result.command_tuples or 0
                if one.text == COMMIT and result.command_status != COMMIT.encode():
                    failure = errors.InFailedSqlTransaction("the transaction was given up")
        return failure

    def _failure(self, result: Any, one: Sent | None) -> Exception:
        error = errors.error_from_result(result, self._raw.info.encoding)
        if one and one.refusal and isinstance(error, errors.DivisionByZero):
            return one.refusal()
        return error

    def _sent(self, text: str, values: Values) -> Sent:
        """Return a statement with its parameters made ready: what cannot be sent fails here."""
        return Sent(text, values, dumped=self._dumped(values))

    def _dumped(self, values: Values) -> tuple[Any, tuple[int, ...], Any]:
        if not values:
            return None, (), None
        adapt = self._adapt
        params = adapt.dump_sequence(values, _auto(len(values)))
        return params, adapt.types or (), adapt.formats

    def _gone(self) -> bool:
        """Tell whether the server said something while nobody asked: that it ends the connection.

        Whatever it said, another connection is cheaper than finding out.
        """
        return self._pg.status != pq.ConnStatus.OK or _readable(self._pg.socket)


def _readable(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


@lru_cache(maxsize=1024)
def _auto(count: int) -> list[PyFormat]:
    return [PyFormat.AUTO] * count


@lru_cache(maxsize=1024)
def _numbered(text: str) -> bytes:
    """Return a statement with the protocol's placeholders for the driver's."""
    first, *rest = text.split("%s")
    parts = [first, *(f"${number}{part}" for number, part in enumerate(rest, 1))]
    return "".join(parts).replace("%%", "%").encode()


__all__ = ["BIND", "LINE", "Answer", "Line", "Refusal", "Sent"]
