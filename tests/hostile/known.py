"""Words that mean something to a deployment, so that hostile calls get past its first doors.

A generated body names purposes and records that nobody knows. Here members are given, by their
names, values that exist: from the deployment's founding, and from what its answers brought.
"""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from bailee.agreement import model_text
from bailee.app.controls import CONTROLS
from bailee.clock import system_time, write_time
from bailee.privacy.instruction import ACTS, DOES
from bailee.vault.alias import FORMS
from bailee.vault.catalogue import CATALOGUE
from tests.journeys.world import ACME, ELEMENTS, GLOBEX, PAYMENT, SEED, SUPPORT

MOST = 256
"""Of one kind of id that is remembered."""
SPARE = tuple(f"spare-{number}" for number in range(6))
"""Controllers that may be ended and destroyed."""
LAST_WORDS = frozenset({"end_agreement", "destroy_controller"})
VERBS = ("protect", "reveal", "search", "update", "erase", "encrypt", "decrypt", "reveal-masked")
RIGHTS = (
    *(*VERBS, "people", "grant", "approve", "interpret", "keys", "destroy", "audit", "provision"),
    "*",
)
SHORT = "1. Boxes\n\nThe Keeper counts boxes within 3 days.\n\n2. Ends\n\nIt ends in May.\n"
PAST = ("2026-01-05T09:00:00Z", "2026-03-01T12:00:00.500+02:00")
TIMES = ("2026-12-24T00:00:00Z", "2027-01-01T12:00:00.500+02:00", "2026-12-01T00:00:00Z")
EDGES = (
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-02-30T00:00:00Z"),
    *("2026-11-20 21:07:00Z", "2026-W47-5T01:02:03Z", "2026-11-20T21:07:00"),
)
DAYS = ("2026-01-01", "2027-05-03", "2026-02-30", "0000-00-00", "9999-12-31", "0001-01-01")
CHOICES = ("mode", "kind", "category", "what", "relation")
"""Members whose values the description lists: left as they are drawn."""
AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
VALUES = (
    "Tancredi Underhill",
    "+14155550134",
    "512-44-9083",
    "1971-08-10",
    "USD 12.50",
    "\u00e9" * 9,
)


class Known:
    """What one run knows of one deployment; it learns from answers.

    Args:
        people: ids of principals that a run may name; those it calls as are never sent away.
    """

    def __init__(self, people: Mapping[str, str], chance: random.Random) -> None:
        self._chance = chance
        self._people = tuple(people.values())
        self._seen: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=MOST))
        self._due: defaultdict[str, deque[dict[str, str]]] = defaultdict(lambda: deque(maxlen=MOST))
        soon = write_time(system_time() + timedelta(minutes=20))
        self._words: dict[str, Callable[[], Any]] = {
            "purpose": lambda: self._one(*[PAYMENT] * 12, SUPPORT, "list-brokerage"),
            "purposes": lambda: self._one(PAYMENT, SUPPORT),
            "allowing": lambda: self._one(PAYMENT, SUPPORT),
            "element": self._element,
            "elements": self._view,
            "record": lambda: self._id("record"),
            "records": lambda: self._id("record"),
            "subject": self._subject,
            "subjects": self._subject,
            "tokens": lambda: self._id("tokens"),
            "ciphertext": lambda: self._id("ciphertext"),
            "approval": lambda: self._id("approval"),
            "principal": self._principal,
            "owner": self._principal,
            "verb": lambda: self._one(*VERBS),
            "verbs": lambda: self._one(*RIGHTS),
            "until": lambda: self._one(*TIMES * 9, *EDGES, *[soon] * 20),
            "at": lambda: self._one(*TIMES, *EDGES),
            "since": lambda: self._one(*TIMES * 9, *EDGES),
            **dict.fromkeys(
                ("suspected", "discovered", "aware", "received", "noticed"),
                lambda: self._one(*PAST * 9, *TIMES, *EDGES),
            ),
            **dict.fromkeys(
                ("cure_until", "answer_by", "ban_until"),
                lambda: self._one(*TIMES * 9, *EDGES),
            ),
            "given_by": self._principal,
            "signed_by": lambda: self._one(*[""] * 9, self._principal()),
            "writing_sha256": lambda: self._one(*[""] * 9, "0" * 64),
            "disclosure": lambda: self._id("disclosure"),
            "grant": lambda: self._id("grant"),
            "request": lambda: self._id("request"),
            "recipient": lambda: self._one(AGE, "age1none"),
            "subprocessor": lambda: self._id("subprocessor"),
            "text_sha256": lambda: self._one(*self._seen["text_sha256"], "0" * 64),
            "effective": lambda: self._one(*DAYS[:1] * 9, *DAYS),
            "undertaken": lambda: self._one(*DAYS[:1] * 9, *DAYS),
            "name": lambda: self._one("Ottoline Marsh", "Barnaby Thistle", "box-counter"),
            "equals": lambda: self._one(*SEED.values(), *VALUES),
            "value": lambda: self._one(*SEED.values(), *VALUES),
            "law": lambda: self._one("gdpr", "hipaa", "ccpa", "pci-dss-4.0.1", "none"),
            "trigger": lambda: self._one("breach-suspected", "consumer-request-received"),
            "begins": lambda: self._one(*DAYS[:1] * 9, *DAYS),
            "ends": lambda: self._one(*["2099-01-01"] * 9, *DAYS),
            "compared": lambda: self._one(f"{system_time().date()}", *DAYS),
            "format": lambda: self._one("opaque", *FORMS),
            **{name: lambda: None for name in CHOICES},
            "terms": lambda: self._one("model-addendum", "model-addendum", "none"),
            "text": self._text,
            "controls": lambda: self._one(*CONTROLS),
            "controller": self._slug,
            "confirm": lambda: self._one(*SPARE, ACME),
            "represents": lambda: self._one("", ACME, GLOBEX),
            "secret": lambda: self._id("secret"),
            "daily": lambda: self._chance.choice([None, 5, 0]),
            "countries": lambda: self._one("DE", "GB", "XX"),
            "residence": lambda: self._one("US-NY", "DE", "unknown", "XX"),
            "nationalities": lambda: self._one("US", "DE", "unknown", "us"),
            "email": lambda: f"{self._chance.randrange(999)}@harborline.example",
        }

    def word(self, member: str) -> Any:
        """Return a value that may stand under a member's name; None where it is best left alone."""
        make = self._words.get(member)
        return make() if make else None

    def names(self, member: str) -> bool:
        """Answer whether a member's value means something to a deployment."""
        return member in self._words

    def fields(self) -> dict[str, str]:
        """Return fields that can be stored."""
        chosen = self._chance.sample(list(SEED), self._chance.randint(1, 3))
        return {name: SEED[name] for name in chosen}

    def params(self, operation: str, names: list[str]) -> dict[str, str]:
        """Return path parameters of an operation: those an earlier answer led to, if any."""
        due = self._due[operation]
        if due and self._chance.random() < 0.9:
            return due.popleft() if self._chance.random() < 0.7 else self._chance.choice(due)
        last = SPARE if operation in LAST_WORDS else (*[ACME] * 9, GLOBEX, SPARE[0], "none")
        given = {
            "controller": self._chance.choice(last),
            "id": self._id("entry_id"),
            "tile": self._one("0/000.p/7", "entries/000.p/7", "0/000", "entries/000", "1/000"),
        }
        return {name: given[name] for name in names}

    def learn(self, links: Mapping[str, Any], params: Mapping[str, str], answer: Any) -> None:
        """Remember what an answer brought, and where its links lead."""
        self._walk("", answer)
        for name, link in links.items():
            filled = {}
            for parameter, expression in link["parameters"].items():
                value: Any = answer
                if expression.startswith("$request.path."):
                    value = params[expression.rpartition(".")[2]]
                else:
                    for step in expression.partition("#/")[2].split("/"):
                        value = value.get(step, "") if isinstance(value, dict) else ""
                filled[parameter] = value
            if all(filled.values()):
                self._due[name].append(filled)

    def _walk(self, member: str, value: Any) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                self._walk(member if member == "tokens" else name, inner)
        elif isinstance(value, list):
            for inner in value[:50]:
                self._walk("record" if member == "records" else member, inner)
        elif isinstance(value, str) and value and member in IDS:
            self._seen[member].append(value)

    def _one(self, *words: str) -> str:
        return self._chance.choice(words)

    def _id(self, member: str) -> str:
        seen = self._seen[member]
        return self._chance.choice(seen) if seen and self._chance.random() < 0.95 else "0" * 32

    def _element(self) -> str:
        return self._one(*ELEMENTS * 9, self._one(*sorted(CATALOGUE)))

    def _view(self) -> str:
        name = self._element()
        views = sorted(CATALOGUE[name].masks)
        if views and self._chance.random() < 0.05:
            return f"{name}:{self._one(*views)}"
        return name if self._chance.random() < 0.98 else self._one("person.*", "*", "person.ssn:")

    def _subject(self) -> str:
        return f"customer-{self._chance.randrange(8)}"

    def _principal(self) -> str:
        return self._one(*self._people) if self._chance.random() < 0.7 else self._id("principal")

    def _slug(self) -> str:
        return f"made-{self._chance.randrange(100)}"

    def asks(self) -> dict[str, Any]:
        """Return what an instruction of one kind asks."""
        word = self._one("open-invoices", "list-brokerage", PAYMENT)
        added = {"purpose": word, "elements": [self._element()], "verbs": [self._one(*VERBS)]}
        request = {"request": "ab" * 16, "act": self._one(*ACTS)}
        return self._chance.choice([added, request, {"does": self._one(*DOES)}])

    def _text(self) -> str:
        return model_text() if self._chance.random() < 0.03 else SHORT


IDS = frozenset(
    {
        *("record", "tokens", "ciphertext", "approval", "principal", "secret", "entry_id"),
        *("grant", "consent", "disclosure", "text_sha256", "subprocessor", "suspension"),
        "request",
    }
)
