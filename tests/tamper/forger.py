"""A dishonest operator: holds the database, the exports and every log's signing key."""

from __future__ import annotations

import json
from pathlib import Path

from bailee.ledger import merkle, note, verify
from tests.tamper.specimen import Exhibit, Specimen
from tests.tamper.strokes import join, lines_of, log_files


class Forger:
    """Signs whatever it likes in a log's name, and writes it out as an export."""

    def __init__(self, specimen: Specimen, folder: Path) -> None:
        self.specimen, self.folder, self.made = specimen, folder, 0

    def sign(self, log: str, entries: list[bytes]) -> bytes:
        """Return a checkpoint over entries, signed with the log's own key."""
        head, _ = merkle.grow(merkle.Head(), [merkle.leaf_hash(entry) for entry in entries])
        signer = note.Signer(log, self.specimen.world.keys.log_signer(log))
        return signer.sign(note.Checkpoint(log, len(entries), merkle.root(head)).text).encode()

    def write(
        self,
        exhibit: Exhibit,
        entries: list[bytes],
        *,
        checkpoint: bytes | None = None,
        texts: dict[str, bytes] | None = None,
    ) -> Path:
        """Write an export of other entries: each opening with its entry, all of it fitting."""
        self.made += 1
        place = {json.loads(entry)["id"]: index for index, entry in enumerate(entries)}
        lines = dict[int, bytes]()
        for line in lines_of(exhibit):
            value = json.loads(line)
            if (index := place.get(value["entry_id"])) is not None:
                lines[index] = _dump(value | {"index": index})
        files: dict[str, bytes] = {
            **{name: data for name, data in exhibit.files.items() if name == "erasures.jsonl"},
            **log_files(entries),
            "openings.jsonl": join([lines[index] for index in sorted(lines)]),
            "checkpoint": checkpoint or self.sign(exhibit.log, entries),
            **(texts or {}),
        }
        for name, data in files.items():
            path = self.folder / f"forged-{self.made}" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return self.folder / f"forged-{self.made}"


def _dump(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def edited(entry: bytes, **fields: object) -> bytes:
    """Return an entry with other fields."""
    return _dump(json.loads(entry) | fields)


def found(report: verify.Report) -> set[tuple[str, str]]:
    """Return code and place of each finding, undecided ones too."""
    return {(one["code"], one["where"]) for one in report.problems + report.unmet}
