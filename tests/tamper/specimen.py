"""Finished logs to tamper with: a year of a controller's, the next year's, and the house's.

Everything in them was done by the vault and its neighbours over real keys: people invited, records
protected, revealed, updated, searched and refused, subjects erased with their keys, openings erased
when their time was over, by an entry of the same log and by entries of the next year's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bailee.access import Caller
from bailee.db import DATA, HOUSE, KEYS, Database, SqliteDatabase
from bailee.errors import Failure
from bailee.ledger import Fact, Touched, verify
from bailee.vault.shapes import Protect, ProtectRecord, Reveal, Update, UpdateRecord
from tests.vault.world import ACME, World

YEAR, NEXT, HOUSE_LOG = "bailee.test/acme/2026", "bailee.test/acme/2027", "bailee.test/house/2026"
ENTRIES = 601  # two full tiles, one partial, two levels
RETIRED = (520, 540)  # openings erased by an entry of the same log
AGED = ((3, 40), (60, 70))  # and by entries of the next year's


@dataclass
class Exhibit:
    """One exported log with what its auditor had before: keys, checkpoints, receipts."""

    log: str
    controller: str
    keys: list[verify.Key]
    folder: Path = Path()
    olds: list[tuple[str, bytes]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def pin(self, world: World) -> None:
        """Keep today's checkpoint."""
        note = world.data.read(
            self.controller, lambda conn: world.ledger.checkpoint(conn, self.controller, self.log)
        )
        self.olds.append((f"pinned-{len(self.olds)}", note.encode()))

    def load(self, world: World, folder: Path) -> None:
        """Export the log and remember its files."""
        self.folder = folder / self.log.replace("/", "-")
        world.data.read(
            self.controller,
            lambda conn: world.ledger.export(conn, self.controller, self.log, self.folder),
        )
        self.files = read_folder(self.folder)

    def pinned(self) -> verify.Pinned:
        """Return what the auditor brings."""
        return verify.Pinned(self.keys, self.olds)

    def entries(self) -> list[bytes]:
        """Return the entries, in order."""
        found = list[bytes]()
        for name in sorted(name for name in self.files if name.startswith("tile/entries/")):
            found += unpack(self.files[name])
        return found


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their path inside it."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def unpack(data: bytes) -> list[bytes]:
    """Return a bundle's entries."""
    found, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        found.append(data[at + 2 : end])
        at = end
    return found


def pack(entries: list[bytes]) -> bytes:
    """Return entries as a bundle."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


class Specimen:
    """The world, and the exhibits taken from it. Nothing is written to it afterwards."""

    def __init__(self, folder: Path, data: Database | None = None) -> None:
        if data is None:
            data = SqliteDatabase(folder / "data.db")
            DATA.create_all(data.engine)
        keys = SqliteDatabase(folder / "keys.db")
        KEYS.create_all(keys.engine)
        self.world = World(data, keys)
        pins = [verify.read_key(self.world.ledger.vkey(log), log) for log in (YEAR, NEXT)]
        house = [verify.read_key(self.world.ledger.vkey(HOUSE_LOG), HOUSE_LOG)]
        self.year, self.next = Exhibit(YEAR, ACME, pins), Exhibit(NEXT, ACME, pins)
        self.house = Exhibit(HOUSE_LOG, HOUSE, house)
        self._live()
        for exhibit in self.exhibits:
            exhibit.load(self.world, folder)

    @property
    def exhibits(self) -> list[Exhibit]:
        """Return the exhibits, the largest first."""
        return [self.year, self.next, self.house]

    def close(self) -> None:
        """Close the databases."""
        self.world.data.close()
        self.world.keys_database.close()

    def _live(self) -> None:
        world = self.world
        world.found()
        cleo = world.able("cleo")
        self._settle()
        self.house.pin(world)
        self._work(cleo, range(12))
        self._settle()
        self.year.pin(world)
        self._fill(300)
        self.year.pin(world)
        self._work(cleo, range(12, 20))
        self._fill(545)
        self._erase(YEAR, RETIRED)
        self._fill(ENTRIES - 1)  # the last entry of all says that the year is over
        self.year.pin(world)
        world.join("dora")
        world.moment += timedelta(days=330)
        self._fill(20)
        self.next.pin(world)
        for span in AGED:
            self._erase(YEAR, span)
        self._fill(290)
        self.next.pin(world)

    def _work(self, cleo: Caller, numbers: range) -> None:
        """Do with records what callers do, allowed and refused."""
        vault = self.world.vault
        records = [
            ProtectRecord(f"r{n}", f"person-{n}", {"person.name": f"Jo Doe {n}"}) for n in numbers
        ]
        ids = [
            one.record for one in vault.protect(cleo, ACME, Protect("payments", records)).results
        ]
        for record in ids:
            vault.reveal(cleo, ACME, Reveal("payments", ["person.name"], records=[record]))
        try:
            vault.reveal(cleo, ACME, Reveal("marketing", ["person.name"], records=ids))
        except Failure:
            change = [UpdateRecord("u", ids[0], {"person.name": "Jo Roe"})]
            vault.update(cleo, ACME, Update("payments", change))
        self.world.search(cleo, "person.name", "Jo Roe")
        self.world.erase_subject(cleo, f"person-{numbers[1]}", f"person-{numbers[2]}")
        self._settle()

    def _fill(self, size: int) -> None:
        """Record more reveals until the controller's newest log has a size."""
        logs = self.world.data.read(ACME, lambda conn: self.world.ledger.logs(conn, ACME))
        here = logs[-1].size if logs[-1].year == self.world.moment.year else 1
        for number in range(size - here):
            self.world.moment += timedelta(seconds=7)
            fact = Fact(
                "vault:record:revealed",
                ACME,
                purpose="payments",
                elements=("person.birth_date", "person.name"),
                count=2,
                obligations=("C2.5(5)",),
                detail={"number": number},
                agreement="v1",
                actor={"id": f"principal-{number % 7}", "kind": "person"},
                context={"ip": "192.0.2.7", "request": f"r-{number}"},
                records=[Touched(f"rec{number}x{i}", f"sub{number}x{i}") for i in range(2)],
            )
            self.world.data.write(ACME, lambda conn, fact=fact: self.world.record(conn, fact))  # type: ignore[misc]
        self._settle()

    def _erase(self, log: str, span: tuple[int, int]) -> None:
        fact = Fact("ledger:openings:erased", ACME, detail={"reason": "retention"})
        self.world.data.write(
            ACME, lambda conn: self.world.ledger.erase_openings(conn, fact, log, span)
        )
        self._settle()

    def _settle(self) -> None:
        assert not self.world.ledger.sequence(self.world.data).troubles
