"""Cases sent to one stand and judged; what a run came to."""

from __future__ import annotations

import base64
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus

from tests.hostile.bends import BENDS, UNEVEN
from tests.hostile.cases import Case, Maker
from tests.hostile.judge import Operation, judge, judge_bent, judge_meaning
from tests.hostile.known import Known
from tests.hostile.wire import Answered, Asked, Malformed, Wire

MOST_FINDINGS = 40
BENT = 0.5
"""Of each drawn case, how often it is sent again, bent."""
MODES = ("positive", "negative")


@dataclass
class Tally:
    """What came of a volley; sums with others."""

    drawn: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Cases by operation and by positive, negative, bent."""
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Answers by operation and status."""
    busy: int = 0
    """Answers 503 with Retry-After: back-pressure, allowed and counted apart."""
    findings: list[str] = field(default_factory=list)
    slowest: float = 0.0
    slowest_operation: str = ""

    def add(self, other: Tally) -> None:
        """Take in another tally."""
        self.drawn += other.drawn
        self.statuses += other.statuses
        self.busy += other.busy
        self.findings += other.findings
        if other.slowest > self.slowest:
            self.slowest, self.slowest_operation = other.slowest, other.slowest_operation

    def sent(self, *, bent: bool) -> int:
        """Return how many cases were sent: drawn from the description, or bent copies of them."""
        return sum(many for (_, mode), many in self.drawn.items() if (mode == "bent") == bent)


@dataclass(frozen=True)
class Plan:
    """One volley: so many drawn cases, spread over the operations that ``text`` describes."""

    url: str
    text: str
    keys: dict[str, str]
    people: dict[str, str]
    cases: int
    seed: int


def volley(plan: Plan, operations: dict[str, Operation]) -> Tally:
    """Send a volley."""
    chance = random.Random(plan.seed)  # noqa: S311 - repeatable, not secret
    known = Known(plan.people, chance)
    sender = _Sender(Wire(plan.url), known, chance)
    maker = Maker(plan.text, plan.keys, known, chance)
    names = sorted(operations, key=lambda name: (name != "protect", chance.random()))
    share = max(2, -(-plan.cases // len(names)))
    for mode, count in (("positive", share - share // 2), ("negative", share // 2)):
        for name in names:
            for case in maker.cases(operations[name], mode, count):
                sender.send(case)
    sender.wire.close()
    return sender.tally


class _Sender:
    """Sends cases on one connection, judges the answers, learns from them."""

    def __init__(self, wire: Wire, known: Known, chance: random.Random) -> None:
        self.wire, self.tally = wire, Tally()
        self._known, self._chance = known, chance

    def send(self, case: Case) -> None:
        """Send a case as it was drawn, then perhaps bent."""
        answer = self._ask(case.operation, case.asked)
        self.tally.drawn[case.operation.name, case.mode] += 1
        wrong = self._judged(case, answer)
        self._note(case.operation, (case.mode, case.asked), answer, wrong)
        if self._chance.random() < BENT:
            name = self._chance.choice(list(BENDS))
            bent = BENDS[name](case.asked, self._chance)
            answer = self._ask(case.operation, bent)
            if name in UNEVEN:
                self.wire.close()
            self.tally.drawn[case.operation.name, "bent"] += 1
            wrong = judge_bent(case.operation, answer, case.marker)
            self._note(case.operation, (name, bent), answer, wrong)

    def _judged(self, case: Case, answer: Answered) -> list[str]:
        wrong = judge(case.operation, answer, case.marker)
        if wrong:
            return wrong
        if answer.status == HTTPStatus.OK and "json" in answer.headers["content-type"]:
            self._known.learn(case.operation.links, case.params, answer.json())
        return judge_meaning(case.operation, answer, case.params, case.body)

    def _ask(self, operation: Operation, asked: Asked) -> Answered:
        begun = time.monotonic()
        try:
            answer = self.wire.ask(asked)
        except Malformed:
            self.wire.close()
            answer = Answered(-2)
        took = time.monotonic() - begun
        if took > self.tally.slowest:
            self.tally.slowest, self.tally.slowest_operation = took, operation.name
        return answer

    def _note(
        self, operation: Operation, sent: tuple[str, Asked], answer: Answered, wrong: list[str]
    ) -> None:
        self.tally.statuses[operation.name, answer.status] += 1
        self.tally.busy += answer.status == HTTPStatus.SERVICE_UNAVAILABLE
        if wrong and len(self.tally.findings) < MOST_FINDINGS:
            mode, asked = sent
            shown = base64.b64encode(asked.wire()[:6000]).decode()
            told = f"{operation.name} ({mode}): {'; '.join(wrong)}"
            said = answer.body[:300].decode("utf-8", "replace")
            self.tally.findings.append(f"{told}\n  answer {answer.status} {said}\n  sent {shown}")
