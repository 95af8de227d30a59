"""An evidence pack as files: what is written, in which order, and what its manifest says.

A pack is written beside its name as ``.<name>.partial`` and appears whole. First come the data, the
logs and the report; then ``manifest.json`` with the SHA-256 of each; then, once an entry of the log
holds the manifest's own hash, ``made.json``, which proves that. If the process dies in between, the
log may tell of a pack that nobody has: harmless, and the next one lists it.

Files are 0600. They name random ids and the people who hold rights, no protected value.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bailee import canonical
from bailee.errors import Conflict
from bailee.ledger.verify import CANNOT_SHOW

FORMAT = "bailee/pack/v1"
MANIFEST, MADE, README, REPORT = "manifest.json", "made.json", "README.txt", "report.pdf"
VERIFIERS = ("verify.py", "verify_pack.py")

HOW = (
    (
        "Get verify.py and verify_pack.py from the project's release, not from this pack, or "
        "compare their SHA-256 with it. They need Python 3.11 and nothing else."
    ),
    "Use the log's key that you were given before (the vkey), not one that stands in this pack.",
    (
        "Run: python3 verify_pack.py PACK --vkey YOUR_KEY. Exit code 0: everything that the log "
        "tells of is here, as it was recorded. Each thing left out, added or changed is named."
    ),
    (
        "Give the house's own log's key too, with another --vkey: the auditor's room shows it. "
        "Without it house.json is not checked, and the exit code is 1."
    ),
    (
        "Add --policy FILE with the witnesses whom you trust, and --receipt FILE with entries that "
        "answers gave you: what is not in the log is then named too."
    ),
    (
        "Compare the certificate's SHA-256 that the verifier prints with that of the signature in "
        "report.pdf, which a PDF reader shows. The report is for reading; the files are the proof."
    ),
    "Draw a sample again by the rule in samples.json: it needs a SHA-256 and nothing of ours.",
)


class Folder:
    """A pack that is being written.

    Args:
        target: the folder to be; must not exist.

    Raises:
        Conflict: ``pack.exists``.
    """

    def __init__(self, target: Path) -> None:
        if target.exists():
            raise Conflict("pack.exists", "That folder exists.", do="Name another one.")
        self.target = target
        self.path = target.with_name(f".{target.name}.partial")
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(mode=0o700, parents=True)

    def write(self, name: str, data: bytes) -> None:
        """Write a file that is not there yet."""
        path = self.path / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)

    def write_json(self, name: str, value: Any) -> None:
        """Write canonical JSON."""
        self.write(name, canonical.encode(value))

    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of every file written so far, by path."""
        files = (path for path in sorted(self.path.rglob("*")) if path.is_file())
        return {path.relative_to(self.path).as_posix(): _sha256(path) for path in files}

    def finish(self) -> None:
        """Let the pack appear under its name."""
        self.path.rename(self.target)

    def drop(self) -> None:
        """Take away what was written; nothing when it is finished."""
        shutil.rmtree(self.path, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_verifiers(folder: Folder) -> None:
    """Put the standalone verifiers into a pack."""
    for name in VERIFIERS:
        folder.write(name, (importlib.resources.files("bailee.ledger") / name).read_bytes())


def manifest(
    folder: Folder,
    *,
    about: Mapping[str, Any],
    logs: Sequence[Mapping[str, Any]],
    gaps: Iterable[str],
) -> bytes:
    """Return the manifest of what was written so far."""
    return canonical.encode(
        {
            **about,
            "files": folder.hashes(),
            "format": FORMAT,
            "gaps": list(gaps),
            "logs": [dict(one) for one in logs],
        }
    )


def terms_digest(files: Mapping[str, str]) -> str:
    """Return one hash over the terms in a pack, which its entry holds."""
    hashes = sorted(said for path, said in files.items() if path.startswith("terms/"))
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def readme(controller: str, origin: str, gaps: Sequence[str]) -> str:
    """Return the first thing that is read: what no log can show, then how to check the rest."""
    return "\n".join(
        (
            f"EVIDENCE PACK for the auditor of {controller}, made by {origin}",
            "",
            "WHAT NO LOG CAN SHOW",
            "",
            *(f"  - {one}" for one in CANNOT_SHOW),
            "  - all of the house's own log, which serves several controllers. Of it are here the",
            "    signed checkpoints, and each entry about sign-in, credentials, people and rights",
            "    at the house that names people on this controller's register and nobody else.",
            "    Left out, and counted: entries that name anybody else, root keys, groups of the",
            "    identity provider, the trust page. That no more was left out, nothing can show",
            "  - why a reviewer decided so: the reason's SHA-256 is here, its words are not",
            "",
            "HOW TO CHECK THE REST",
            "",
            *(f"  {number}. {one}" for number, one in enumerate(HOW, 1)),
            "",
            "WHAT IS MISSING FROM IT",
            "",
            *(f"  - {one}" for one in gaps or ("nothing that the log tells of",)),
            "",
            "FILES",
            "",
            "  report.pdf         the same to be read: PDF/A-2b, signed",
            "  manifest.json      SHA-256 of every file; its own stands in the log",
            "  made.json          proof of the log's entry that holds it",
            "  logs/              each log of this controller whole, with the openings that remain",
            "  agreement/ terms/  the texts, and the rules that they were compiled to",
            "  obligations.json   each rule, its state, its control",
            "  observations.json  every look of every control",
            "  rights.json        people, grants, approvals, emergencies, consents, disclosures",
            "  engagements.json   who examined, when",
            "  reviews.json       access reviews: each grant, what was decided, by whom, and when",
            "  house.json         entries of the house's own log about the people in rights.json",
            "  samples.json       what was drawn, and how to draw it again",
            "  packs.json         the packs before this one",
            "",
        )
    )
