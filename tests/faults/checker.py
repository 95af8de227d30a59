"""Holds a recovered deployment against what its clients know: assertions A1 to A13.

* A1 every acknowledged write can be read, with its value; entries stay at their index
* A2 every log verifies from its stored bytes
* A3 the recovered log extends every checkpoint ever fetched, stored, or kept by the guard
* A4 no size of a log was signed with two roots
* A5 a call repeated under its key was done once
* A6 every answer has its entry in the recovered log, above all those that showed a value
* A7 it serves again: new calls are answered, integrated and signed within the time allowed
* A8 the inbox drains
* A9 what was refused was not done; what nobody knows is settled by asking again
* A11 what was erased stays erased
* A13 memory stays bounded

(A10 and A12 are trials of their own: a restored backup, and builds that are broken on purpose.)
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bailee.client import BaileeProblem, Client
from tests.faults.auditor import Auditor
from tests.faults.deployment import CONTROLLERS, Deployment
from tests.faults.history import OK, REFUSED, UNKNOWN, History, Person
from tests.faults.writers import EMAIL, NAME, note, send_erase, send_protect
from tests.journeys.world import PAYMENT

T = TypeVar("T")
AT_ONCE = 400
PATIENCE_SECONDS = 20.0
MOST_MEMORY = 400 << 20
AGAIN = 8
"""How often an unknown write is asked again before that is a finding."""


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield what fits one call."""
    for at in range(0, len(items), AT_ONCE):
        yield items[at : at + AT_ONCE]


def until(holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
    """Wait until something holds; False when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@dataclass
class Checker:
    """One check after another over the life of one deployment.

    ``recent`` lets a check look at the newest subjects only; the last one looks at all.
    """

    deployment: Deployment
    history: History
    auditor: Auditor
    checked: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def run(self, recent: int = 0, *, closed: bool = False) -> list[str]:
        """Check everything; return what is wrong.

        Args:
            recent: look at so many of the newest subjects alone; 0 for all.
            closed: first read every log from an export, with openings; HTTP has the newest alone.
        """
        self.findings = []
        if closed:
            self.exported()
        try:
            with (
                self.deployment.client("importer") as importer,
                self.deployment.client("payout") as payout,
                self.deployment.client("bram") as bram,
            ):
                self.settle(importer, bram)
                for controller in CONTROLLERS:
                    people = [one for one in self.history.people if one.controller == controller]
                    people = people[-recent:] if recent else people
                    self.living(payout, [one for one in people if one.lives])
                    self.erased(payout, [one for one in people if one.erased])
                    self.refused(payout, [one for one in people if one.protect.outcome == REFUSED])
                    self.rows(controller)
                self.logs(bram)
        except BaileeProblem as problem:
            self.findings.append(f"A7 a call of the check was refused: {problem}")
        memory = max(self.deployment.peak, self._memory())
        self.find("A13", memory < MOST_MEMORY, f"the server held {memory >> 20} MiB")
        found = self.findings + self.history.wrong + self.auditor.findings
        self.history.wrong, self.auditor.findings = [], []
        return found

    def find(self, number: str, holds: bool, says: str) -> None:  # noqa: FBT001 - it is the fact
        """Count an assertion, and keep what it says if it does not hold."""
        self.checked[number] += 1
        if not holds:
            self.findings.append(f"{number} {says}")

    def _memory(self) -> int:
        return self.deployment.server.peak_memory() if self.deployment.server else 0

    # Unknown outcomes.

    def settle(self, importer: Client, bram: Client) -> None:
        """Ask again, under the same keys, what nobody knows; afterwards everything is known."""
        groups: dict[str, list[Person]] = {}
        for one in self.history.people:
            if one.protect.outcome == UNKNOWN:
                groups.setdefault(one.protect.key, []).append(one)
        for people in groups.values():
            self._again(send_protect, importer, people)
            self.find("A9", people[0].protect.outcome == OK, f"{people[0].name} stays unknown")
        for one in self.history.people:
            if one.erase is not None and one.erase.outcome == UNKNOWN:
                asked = one.erase
                self._again(send_erase, bram, one)
                self.find("A9", asked.outcome == OK, f"the erasure of {one.name} stays unknown")

    def _again(self, send: Callable[[History, Client, T], None], client: Client, what: T) -> None:
        for attempt in range(AGAIN):
            try:
                send(self.history, client, what)
            except BaileeProblem as problem:
                if not problem.retryable or attempt == AGAIN - 1:
                    self.findings.append(f"A9 asked again, answered {problem}")
                    return
                time.sleep(0.1 * (attempt + 1))
            else:
                return

    # Records.

    def living(self, payout: Client, people: Iterable[Person]) -> None:
        """Read every living record and open every ciphertext that clients keep."""
        everybody = list(people)
        for some in chunks(everybody):
            controller, records = some[0].controller, [one.record for one in some]
            seen = payout.reveal(
                controller, PAYMENT, [NAME, EMAIL], records=records, mode="continue"
            )
            note(self.history, controller, "reveal", seen.entry, shown=len(some))
            for one, result in zip(some, seen.results, strict=True):
                code = result.error.code if result.error else "another value"
                same = result.ok and dict(result.fields) == one.values
                said = f" (erasing it: {', '.join(one.codes)})" if one.codes else ""
                self.find("A1", same, f"acknowledged record of {one.name}: {code}{said}")
        for some in chunks([one for one in everybody if one.sealed]):
            opened = payout.decrypt(some[0].controller, PAYMENT, _sealed(some), mode="continue")
            note(self.history, some[0].controller, "decrypt", opened.entry, shown=len(some))
            for one, plain in zip(some, opened.results, strict=True):
                code = plain.error.code if plain.error else "another value"
                same = plain.ok and plain.value == one.values[NAME]
                self.find("A1", same, f"ciphertext of {one.name}: {code}")

    def erased(self, payout: Client, people: Iterable[Person]) -> None:
        """Try to read what was erased, by record and by ciphertext."""
        everybody = list(people)
        for some in chunks(everybody):
            records = [one.record for one in some]
            seen = payout.reveal(
                some[0].controller, PAYMENT, [NAME], records=records, mode="continue"
            )
            for one, result in zip(some, seen.results, strict=True):
                code = result.error.code if result.error else "shown"
                self.find("A11", code == "record.unknown", f"erased record of {one.name}: {code}")
        for some in chunks([one for one in everybody if one.whole and one.sealed]):
            opened = payout.decrypt(some[0].controller, PAYMENT, _sealed(some), mode="continue")
            for one, plain in zip(some, opened.results, strict=True):
                code = plain.error.code if plain.error else "shown"
                self.find("A11", not plain.ok, f"erased ciphertext of {one.name}: {code}")

    def refused(self, payout: Client, people: Sequence[Person]) -> None:
        """Look for records whose storing was refused."""
        for one in people[-20:]:
            found = payout.search(one.controller, PAYMENT, EMAIL, equals=one.values[EMAIL])
            note(self.history, one.controller, "search", found.entry, shown=1)
            says = f"{one.name} was refused with {one.protect.code} and is there"
            self.find("A9", not found.records, says)

    def rows(self, controller: str) -> None:
        """Compare the records there are with those that clients know: no ghost, no double."""
        statement = f"SELECT record_id FROM vault_record WHERE controller = '{controller}'"
        there = {row[0] for row in self.deployment.rows(statement)}
        mine = [one for one in self.history.people if one.controller == controller]
        known = {one.record for one in mine if one.lives}
        self.find("A1", known <= there, f"{len(known - there)} acknowledged records have no row")
        more = len(there - known)
        self.find("A5", there <= known, f"{more} rows of {controller} that no client knows")

    # Logs.

    def logs(self, bram: Client) -> None:
        """Wait until all is integrated, then verify every log and hold every note against it."""
        waiting = "SELECT count(*) FROM ledger_inbox"
        drained = until(lambda: self.deployment.rows(waiting)[0][0] == 0)
        self.find("A8", drained, "the inbox does not drain")
        wanted = {
            controller: {
                bytes.fromhex(one.leaf)
                for one in self.history.answers
                if one.controller == controller
            }
            for controller in CONTROLLERS
        }
        self.find("A7", self.deployment.healthy(PATIENCE_SECONDS), "health does not become ok")
        self.auditor.take_in(self.history.notes)
        self.auditor.look_inside(self.deployment)  # before the logs: they may grow meanwhile
        for controller in CONTROLLERS:
            missing = self._missing(bram, controller, wanted[controller])
            self.find(
                "A6", not missing, f"{len(missing)} answers have no entry in {controller}'s log"
            )
            self.checked["A6"] += len(wanted[controller])
        self.checked["A3"] += self.auditor.prove()
        self.checked["A4"] = len(self.auditor.roots)
        self.checked["A2"] += len(CONTROLLERS)

    def exported(self) -> None:
        """Export every log, as an operator does with the server stopped, and verify it (A2)."""
        made = self.deployment
        made.stop_servers()
        logs = [
            (controller, log)
            for controller, log in made.rows("SELECT controller, log FROM ledger_head")
            if controller in CONTROLLERS
        ]
        for number, (controller, log) in enumerate(logs):
            folder = self.auditor.folder / f"export-{len(self.auditor.roots)}-{number}"
            said = made.run(
                *("ledger", "export", str(folder), "--controller", controller),
                *("--log", log, "--json"),
                name="export",
                BAILEE_KEY=made.template.keys["bram"],
            )
            if said.wait():
                self.findings.append(f"A2 {log} cannot be exported: {said.text('err')[-500:]}")
                continue
            self.auditor.read_export(folder, json.loads(said.text())["vkey"])
        made.start()

    def _missing(self, bram: Client, controller: str, wanted: set[bytes]) -> set[bytes]:
        """Return the leaves that are in none of the logs, after waiting for them.

        Waits as well for the log to reach what the guard was moved to.
        """
        deadline = time.monotonic() + 5
        while True:
            self.auditor.audit(bram, controller)
            there: set[bytes] = set().union(*map(set, self.auditor.leaves.values()))
            caught_up = wanted <= there and not self.auditor.behind(controller)
            if caught_up or time.monotonic() > deadline:
                return wanted - there
            time.sleep(0.1)


def _sealed(people: Iterable[Person]) -> list[dict[str, str]]:
    return [
        {"ref": one.name, "element": NAME, "subject": one.name, "ciphertext": one.sealed}
        for one in people
    ]
