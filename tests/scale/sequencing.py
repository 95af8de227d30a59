"""A process that does nothing but sequence, and stops itself in the worst moment when told to.

``python tests/scale/sequencing.py [stop] [blind]``, settings from the environment. It says on
standard output, line by line: ``leads`` whenever it begins to, ``stopping`` before it stops
itself once, between reading a head and taking entries, ``swap True|False`` for every head it swaps
after that, ``trouble CODE`` when that changed. ``blind`` is a build without the compare-and-swap.
"""

from __future__ import annotations

import signal
import sys
import threading
import time

import sqlalchemy as sa

from bailee.app.parts import wire
from bailee.app.settings import read_settings
from bailee.ledger import lease_store, merkle, pulse, store
from bailee.ledger.head import LogHead, Waiting
from bailee.ledger.tables import head

pulse.LEASE_SECONDS = 1.0
ACME = "acme"


def say(*words: object) -> None:
    """Write a line at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def swap_blindly(conn: sa.Connection, old: LogHead, new: LogHead) -> bool:
    """Replace a head whatever stands there: what a build without the fence would do."""
    values = {"size": new.size, "root": new.root, "edge": merkle.pack_edge(new.tree)}
    where = (head.c.controller == old.controller) & (head.c.log == old.log)
    return conn.execute(sa.update(head).where(where).values(**values)).rowcount == 1


def stop_once() -> None:
    """Stop this process at the next taking of a controller's entries, its head already read."""
    take = store.take
    stopped: list[bool] = []

    def taking(conn: sa.Connection, controller: str, below: int, limit: int) -> list[Waiting]:
        if controller == ACME and not stopped:
            stopped.append(True)
            say("stopping")
            # To this very thread: sent to the process, it would run on for a moment.
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
            store.swap_head = swapping
        return take(conn, controller, below, limit)

    swap = swap_blindly if "blind" in sys.argv else store.swap_head

    def swapping(conn: sa.Connection, old: LogHead, new: LogHead) -> bool:
        done = swap(conn, old, new)
        say("swap", done)
        return done

    store.take = taking
    lease_store.hurry = patient


def patient(conn: sa.Connection, lease: float) -> None:
    """Ask the server to let a transaction that stopped live: the worst case is wanted here."""
    conn.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def main() -> None:
    """Sequence until killed."""
    parts = wire(read_settings())
    if "stop" in sys.argv:
        stop_once()
    lead = lease_store.lead

    def leading(conn: sa.Connection, key: int, lease: float) -> bool:
        done = lead(conn, key, lease)
        if done:
            say("leads")
        return done

    lease_store.lead = leading
    say("started")
    parts.ledger.start(parts.sequencing)
    beat, said = parts.ledger.pulse, ""
    while beat is not None:
        if beat.trouble != said:
            said = beat.trouble
            say("trouble", said or "none")
        time.sleep(0.02)


if __name__ == "__main__":
    main()
