"""The load: clients that store, read, find, encrypt and erase, and write down what they know.

A call's outcome is what its caller may conclude. An answer: it is done. A problem document: it is
not done. No answer, or the one code that says that nobody knows: unknown, and asked again later
under the same Idempotency-Key.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bailee.client import BaileeProblem, Client
from bailee.client.answers import Entry
from bailee.client.line import UNKNOWN_EFFECT
from tests.faults.deployment import CONTROLLERS, Deployment
from tests.faults.history import OK, REFUSED, UNKNOWN, Answer, Asked, History, Person
from tests.journeys.world import PAYMENT

NOBODY_KNOWS = {UNKNOWN_EFFECT, "erase.unfinished", "client.strange_answer"}
NAME, EMAIL = "person.name", "person.email"
PAUSE_SECONDS = 0.02
"""After a refusal; a client that knows that nothing was done tries again soon."""
MOST_PER_CALL = 4


def outcome_of(problem: BaileeProblem) -> str:
    """Return what a caller may conclude from a problem."""
    silent = problem.status in {0, 500} or problem.code in NOBODY_KNOWS
    return UNKNOWN if silent else REFUSED


@dataclass
class Writer:
    """One client: its own subjects, its own dice."""

    deployment: Deployment
    history: History
    name: str
    dice: random.Random
    stopping: threading.Event
    mine: list[Person] = field(default_factory=list)
    count: int = 0

    def run(self) -> None:
        """Call until told to stop or until nobody answers any more."""
        with (
            self.deployment.client("importer") as importer,
            self.deployment.client("payout") as payout,
            self.deployment.client("bram") as bram,
        ):
            acts: list[tuple[int, Callable[[], None]]] = [
                (50, lambda: self.protect(importer)),
                (15, lambda: self.reveal(payout)),
                (10, lambda: self.encrypt(payout)),
                (8, lambda: self.search(payout)),
                (8, lambda: self.erase(bram)),
                (9, lambda: self.look(bram)),
            ]
            weights = [weight for weight, _ in acts]
            while not self.stopping.is_set():
                (_, act), *_ = self.dice.choices(acts, weights)
                try:
                    act()
                except BaileeProblem as problem:
                    self.history.refusals[problem.code] += 1
                    if problem.status == 500 or problem.code == "client.strange_answer":
                        self.history.wrong.append(f"A9 answered {problem.status} {problem.code}")
                    if problem.status == 0:
                        return
                    time.sleep(PAUSE_SECONDS)

    def protect(self, client: Client) -> None:
        """Store some new subjects' records under one key."""
        controller = self.dice.choice(CONTROLLERS)
        asked = Asked(f"{self.dice.getrandbits(128):032x}")
        people = []
        for _ in range(self.dice.randint(1, MOST_PER_CALL)):
            self.count += 1
            people.append(Person(controller, f"{self.name}-{self.count}", asked))
        self.history.people += people
        self.mine += people
        send_protect(self.history, client, people)

    def reveal(self, client: Client) -> None:
        """Read some of one's own records."""
        controller = self.dice.choice(CONTROLLERS)
        people = [one for one in self.mine if one.lives and one.controller == controller]
        if people:
            chosen = self.dice.sample(people, min(len(people), 5))
            send_reveal(self.history, client, chosen)

    def encrypt(self, client: Client) -> None:
        """Encrypt the name of one of one's own subjects, or of a new one, and keep it."""
        person = self._one()
        if person is not None and not person.sealed:
            item = {"ref": "1", "element": NAME, "subject": person.name}
            done = client.encrypt(
                person.controller, PAYMENT, [item | {"value": person.values[NAME]}]
            )
            person.sealed = done.results[0].ciphertext
            note(self.history, person.controller, "encrypt", done.entry)

    def search(self, client: Client) -> None:
        """Find one of one's own records by its address."""
        person = self._one()
        if person is not None:
            found = client.search(person.controller, PAYMENT, EMAIL, equals=person.values[EMAIL])
            note(self.history, person.controller, "search", found.entry, shown=1)
            if found.records != [person.record]:
                self.history.wrong.append(f"A1 search of {person.name} found {found.records}")

    def erase(self, client: Client) -> None:
        """Erase one of one's own: its record, or the whole subject."""
        person = self._one()
        if person is not None:
            person.whole = self.dice.random() < 0.5
            person.erase = Asked(f"{self.dice.getrandbits(128):032x}")
            send_erase(self.history, client, person)

    def look(self, client: Client) -> None:
        """Fetch a controller's newest checkpoint and keep it."""
        controller = self.dice.choice(CONTROLLERS)
        self.history.notes.append((controller, client.ledger_checkpoint(controller)))

    def _one(self) -> Person | None:
        people = [one for one in self.mine[-200:] if one.lives]
        return self.dice.choice(people) if people else None


def note(history: History, controller: str, action: str, entry: Entry, *, shown: int = 0) -> None:
    """Remember that a call was answered."""
    history.answers.append(Answer(controller, action, entry.entry_id, entry.leaf, shown))


def send_protect(history: History, client: Client, people: list[Person]) -> None:
    """Store people's records, all under their common key; write down what came of it."""
    asked, controller = people[0].protect, people[0].controller
    records = [
        {"ref": str(place), "subject": one.name, "fields": one.values}
        for place, one in enumerate(people)
    ]
    try:
        done = client.protect(controller, PAYMENT, records, idempotency_key=asked.key)
    except BaileeProblem as problem:
        asked.outcome, asked.code = outcome_of(problem), problem.code
        raise
    for one, result in zip(people, done.results, strict=True):
        one.record = result.record
    asked.outcome = OK
    note(history, controller, "protect", done.entry)


def send_reveal(history: History, client: Client, people: list[Person]) -> None:
    """Read people's records and compare every value."""
    controller = people[0].controller
    records = [one.record for one in people]
    seen = client.reveal(controller, PAYMENT, [NAME, EMAIL], records=records, mode="continue")
    note(history, controller, "reveal", seen.entry, shown=len(people))
    for one, result in zip(people, seen.results, strict=True):
        if not result.ok or dict(result.fields) != one.values:
            code = result.error.code if result.error else "another value"
            history.wrong.append(f"A1 record {one.record} of {one.name}: {code}")


def send_erase(history: History, client: Client, person: Person) -> None:
    """Erase a person; write down what came of it."""
    asked = person.erase
    assert asked is not None
    try:
        done = client.erase(
            person.controller,
            PAYMENT,
            records=[] if person.whole else [person.record],
            subjects=[person.name] if person.whole else [],
            idempotency_key=asked.key,
        )
    except BaileeProblem as problem:
        asked.outcome, asked.code = outcome_of(problem), problem.code
        person.codes.append(f"{problem.status} {problem.code}")
        if asked.outcome == REFUSED:
            person.erase = None  # nothing was done: it must be there
        raise
    asked.outcome = OK
    note(history, person.controller, "erase", done.entry)


class Load:
    """Several writers at once; ``begin`` and ``end`` as often as wanted."""

    def __init__(self, deployment: Deployment, seed: int, writers: int = 3) -> None:
        self.deployment = deployment
        self.history = History()
        self._dice = random.Random(seed)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._round = 0
        self._writers = writers
        self._prefix = f"s{seed:x}"

    def begin(self) -> None:
        """Let every writer call."""
        self._stopping.clear()
        self._round += 1
        self._threads = []
        for number in range(self._writers):
            writer = Writer(
                self.deployment,
                self.history,
                f"{self._prefix}-{self._round}-{number}",
                random.Random(self._dice.random()),
                self._stopping,
            )
            self._threads.append(threading.Thread(target=writer.run, daemon=True))
        for thread in self._threads:
            thread.start()

    def until(self, more: int, seconds: float = 30) -> None:
        """Wait until so many more calls were answered, or nobody calls any more."""
        wanted, deadline = len(self.history.answers) + more, time.monotonic() + seconds
        while len(self.history.answers) < wanted and time.monotonic() < deadline:
            if not any(thread.is_alive() for thread in self._threads):
                return
            time.sleep(0.002)

    def end(self) -> None:
        """Wait for every writer; those who wait for an answer get one, or are cut off."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
