"""The demonstration's acts upon data: grant, read and be refused, search, erase, count."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bailee.app.house import House
from bailee.cli.mapping import MappingFile
from bailee.cli.table import Csv
from bailee.client import BaileeProblem, Client
from bailee.client.answers import Masked
from bailee.clock import write_time

SAMPLE = 100
REVEALING = ("person.name", "business.name", "financial.bank_account")


class Rehearsal:
    """Acts of the cast at one controller."""

    def __init__(
        self,
        house: House,
        controller: str,
        line: Callable[[str], Client],
        *,
        purpose: str,
        say: Callable[..., None],
    ) -> None:
        self._house = house
        self._controller = controller
        self.line = line
        self.purpose = purpose
        self.say = say
        self.step: Callable[[str], None] = say
        self._erased = ""

    def grant(self, ids: Mapping[str, str], mapping: MappingFile, until: str) -> None:
        """Give the cast what they need and no more (C2.5(4))."""
        elements, purpose = mapping.elements(), [self.purpose]
        masked = [
            view
            for view in ("person.ssn:last4", "person.birth_date:year")
            if view.partition(":")[0] in elements
        ]
        rights: list[tuple[str, list[str], list[str]]] = [
            ("payer-import", ["protect"], list(elements)),
            ("payout-run", ["reveal", "search"], list(elements)),
            ("dev", ["reveal-masked"], masked),
            ("dev", ["list"], [name for name in ("person.name",) if name in elements]),
            ("dev", ["reveal"], [name for name in ("person.name",) if name in elements]),
            ("bram", ["erase"], ["*"]),
        ]
        with self.line("ada") as ada:
            for who, verbs, names in rights:
                ada.grant(
                    self._controller, ids[who], verbs=verbs, elements=names, purposes=purpose,
                    until=until, daily=SAMPLE // 2 if who == "payout-run" else None,
                )  # fmt: skip
                shown = names if len(names) < 4 else [*names[:3], f"and {len(names) - 3} more"]
                self.say(f"    {who:13} {'+'.join(verbs):14} {', '.join(shown)}")
            try:
                ada.grant(
                    self._controller, ids["ada"], verbs=["reveal"], elements=["person.name"],
                    purposes=purpose, until=until,
                )  # fmt: skip
            except BaileeProblem as refused:
                self.say(f"    ada           to herself     refused: {refused.code}")

    def train(self, mapping: MappingFile, path: Path, stored: Mapping[int, str]) -> None:
        """Let people read and sign what is due; before it their grants open nothing (C2.2)."""
        self.step("Train: nobody reaches data before they signed and read")
        with self.line("dev") as dev:
            first = stored[_first_person(mapping, path)]
            self._attempt(dev, "dev reads a name", ["person.name"], first)
        for who in ("dev", "bram"):
            with self.line(who) as line:
                line.sign_undertaking(line.show_undertaking().text_sha256)
                text = line.show_procedure(self._controller)
                done = line.acknowledge_procedure(self._controller, text.text_sha256)
            self.say(
                f"    {who:13} signed the undertaking, acknowledged the procedure, "
                f"until {done.until[:10]}"
            )

    def read(self, mapping: MappingFile, path: Path, stored: Mapping[int, str]) -> None:
        """Reveal, allowed and refused; compare a sample with the input; search."""
        self.step("Read: what is allowed, what is refused and why")
        first = stored[_first_person(mapping, path)]
        with self.line("dev") as dev:
            self._attempt(dev, "dev reads a name", ["person.name"], first)
            self._attempt(dev, "dev reads a year of birth", ["person.birth_date:year"], first)
            self._attempt(dev, "dev reads a whole birth date", ["person.birth_date"], first)
            self._attempt(dev, "dev reads a passport", ["person.passport"], first)
            self._attempt(dev, "dev reads for another purpose", ["person.name"], first, "resale")
        with self.line("payer-import") as service:
            self._attempt(service, "payer-import reads what it wrote", ["person.name"], first)
        self._sample(mapping, path, stored)
        self._search(mapping, path)

    def _attempt(
        self, client: Client, says: str, elements: list[str], record: str, purpose: str = ""
    ) -> None:
        try:
            seen = client.reveal(
                self._controller, purpose or self.purpose, elements, records=[record]
            )
        except BaileeProblem as refused:
            self.say(f"    {says:34} refused: {refused.code}")
            return
        result = seen.results[0]
        values = [
            f"{v.masked} (masked: {v.view})" if isinstance(v, Masked) else v
            for v in result.fields.values()
        ]
        told = ", ".join(values) if result.ok else f"refused: {result.error and result.error.code}"
        self.say(f"    {says:34} {told}")

    def _sample(self, mapping: MappingFile, path: Path, stored: Mapping[int, str]) -> None:
        """Reveal 100 rows under a second person's approval and compare them with the input."""
        numbers = sorted(stored)
        chosen = numbers[:: max(1, len(numbers) // SAMPLE)][:SAMPLE]
        elements = list(mapping.elements())
        until = write_time(self._house.parts.clock.now() + timedelta(hours=1))
        records = [stored[number] for number in chosen]
        with self.line("payout-run") as service:
            try:
                service.reveal(self._controller, self.purpose, elements, records=records)
            except BaileeProblem as refused:
                self.say(f"    {'payout-run reads many at once':34} refused: {refused.code}")
            asked = service.request_approval(
                self._controller, self.purpose, elements, subjects=len(records), until=until,
                reason="compare a sample with the input",
            )  # fmt: skip
            with self.line("esra") as esra:
                esra.approve(self._controller, asked.approval)
            seen = service.reveal(
                self._controller, self.purpose, elements, records=records, approval=asked.approval
            )
        wanted = dict(_rows(mapping, path, set(chosen)))
        same = sum(
            _equal(wanted[number], result.fields)
            for number, result in zip(chosen, seen.results, strict=True)
        )
        self.say(
            f"    with Esra's approval: {len(records)} rows revealed, {same} equal to the input"
        )
        if same != len(records):
            raise ValueError("a revealed row differs from the input")

    def _search(self, mapping: MappingFile, path: Path) -> None:
        self.step("Search by a blind index; the value is in the body, never in an address")
        with self.line("payout-run") as service:
            for element in ("person.email", "person.name", "business.name"):
                if element not in mapping.elements():
                    continue
                value = next(
                    record["fields"][element]
                    for _, row in _table(mapping, path)
                    for record in mapping.records(row)
                    if element in record["fields"]
                )
                found = service.search(self._controller, self.purpose, element, equals=value)
                self.say(f"    {element} equals the first one's: {len(found.records)} records")
                return

    def erase(self, mapping: MappingFile, path: Path, stored: Mapping[int, str]) -> None:
        """Erase a subject; what happened before stays countable."""
        self.step("Erase a subject: keys first, then rows; the past stays countable")
        number = _first_person(mapping, path)
        row = next(row for one, row in _table(mapping, path) if one == number)
        reference = mapping.records(row)[0]["subject"]
        record = stored[number]
        with self.line("payout-run") as service:
            self._attempt(service, "before", ["person.name"], record)
        self._house.settle()
        touched = counted(self._house, self._controller, record)
        with self.line("bram") as bram:
            done = bram.erase(self._controller, self.purpose, subjects=[reference])
        self.say(
            f"    erased: {done.results[0].records} records, recorded as {done.entry.entry_id}"
        )
        with self.line("payout-run") as service:
            self._attempt(service, "after", ["person.name"], record)
        again = counted(self._house, self._controller, record)
        self.say(f"    entries that touched that record: {touched} before, {again} after")
        if again < touched:
            raise ValueError("the past is not countable any more")

    def auditor(self, bundle: Path) -> None:
        """Say what the auditor's copy holds: counts by action, from the openings alone."""
        lines = (bundle / "openings.jsonl").read_text("utf-8").splitlines()
        records = sum(len(json.loads(line)["records"]) for line in lines)
        self.say(f"    the auditor's copy: {len(lines)} openings, naming {records} touched records")


def _table(mapping: MappingFile, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row's number and its cells by column."""
    with Csv(path, mapping.encoding) as table:
        header = table.header()
        for number, cells in table.rows():
            yield number, dict(zip(header, (cell or "" for cell in cells), strict=True))


def _rows(
    mapping: MappingFile, path: Path, chosen: set[int]
) -> Iterator[tuple[int, dict[str, str]]]:
    for number, row in _table(mapping, path):
        if number in chosen:
            yield number, mapping.records(row)[0]["fields"]


def _first_person(mapping: MappingFile, path: Path) -> int:
    """Return the number of the first row that is about a person."""
    return next(
        number
        for number, row in _table(mapping, path)
        if "person.name" in mapping.records(row)[0]["fields"]
    )


def _equal(wanted: Mapping[str, str], seen: Mapping[str, str | Masked]) -> bool:
    return dict(wanted) == dict(seen)


def counted(house: House, controller: str, record: str) -> int:
    """Return how many openings name a record: who saw it, counted from the log."""

    def work(conn: sa.Connection) -> int:
        ledger, total = house.parts.ledger, 0
        for log in ledger.logs(conn, controller):
            for _entry, opening in ledger.openings(conn, controller, log.log):
                if opening is not None:
                    total += any(record.encode() in block for _, block in opening.records)
        return total

    return house.parts.data.read(controller, work)
