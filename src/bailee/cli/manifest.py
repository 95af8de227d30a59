"""The account of what left: ``manifest.json`` beside the parts, and checking a folder by it.

For whoever receives the parts, and for the controller's auditor. It holds no value, no id of a
record, nobody's name: recipients by their keys, parts by their digests, and for each the entries
of the controller's log that say what was answered. Its own SHA-256 stands in the entry that ended
the disclosure, so that with the exported log every word of it can be checked:

1. every part is there, whole, of the bytes that left, and nothing else is;
2. the entries that it names are in the log, of this disclosure, for these elements and this
   purpose, and their records are as many as the parts say;
3. the log says that the disclosure ended with exactly this account;
4. answers of the disclosure that are in no part are counted: a death leaves two at most, which were
   asked for again; more were copied somewhere else.

That the log is genuine is for ``bailee-verify`` to say, with keys that the auditor pins. What a
part holds only its recipients can see; what was copied before it was encrypted, nobody.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bailee.cli.journal import append, open_regular, sync_folder
from bailee.errors import Broken, Invalid
from bailee.ledger.tile import unpack_bundle

FORMAT = "bailee-export/1"
MANIFEST, JOURNAL = "manifest.json", "journal"
LARGEST = 256 << 20
"""Bytes of a manifest: some half a million parts."""
READ_BYTES = 1 << 20
REVEALED, LISTED = "vault:record:revealed", "vault:record:listed"
OPENED, ENDED = "access:disclosure:opened", "access:disclosure:ended"
_NAME = re.compile(r"part-[0-9]{6,12}\.(csv|parquet)\.(age|pgp)", re.ASCII)


class Entered(msgspec.Struct, frozen=True):
    """Where an entry is: the log's origin, its id, and the hash of its leaf (hex)."""

    log: str
    entry: str
    leaf: str


class Part(msgspec.Struct, frozen=True):
    """One file: its name, the SHA-256 and size of its ciphertext, and how many records it has."""

    part: str
    sha256: str
    size: int
    records: int
    entries: list[Entered]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The account of one disclosure."""

    format: str
    work: str
    controller: str
    purpose: str
    elements: list[str]
    disclosure: str
    kind: str
    """``return`` to the controller, or ``third-party``."""
    consents: list[str]
    opened: str
    opened_entry: str
    sealed: str
    """``age`` or ``openpgp``."""
    recipients: list[str]
    """``age1…``, or ``openpgp:`` and the fingerprint of a certificate."""
    table: str
    count: dict[str, Any]
    proven: bool
    parts: list[Part]
    listed: list[Entered]
    """Entries of calls that only listed, and led to no part."""


class Logged(msgspec.Struct, frozen=True):
    """What is read of an entry of an exported log."""

    id: str
    action: str
    decision: str
    purpose: str
    count: int
    detail: dict[str, str | int]
    leaf: str = ""
    """The hash of its bytes, put there by the reader."""


_DECODER = msgspec.json.Decoder(Manifest)
_ENTRY = msgspec.json.Decoder(Logged)


def write_manifest(folder: Path, manifest: Manifest) -> str:
    """Put an account in its place, whole and durably; return its SHA-256."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    new = folder / f"{MANIFEST}.new"
    file = open_regular(new)
    try:
        os.ftruncate(file, 0)
        append(file, text, os.fsync)
    finally:
        os.close(file)
    new.replace(folder / MANIFEST)
    sync_folder(folder, os.fsync)
    return hashlib.sha256(text).hexdigest()


def read_manifest(folder: Path) -> tuple[Manifest, str]:
    """Return the account in a folder, and its SHA-256.

    Raises:
        Broken: ``manifest.broken``. Invalid: ``manifest.missing``, ``manifest.format``.
    """
    try:
        with _open(folder / MANIFEST) as file:
            text = file.read(LARGEST + 1)
    except OSError:
        raise Invalid(
            "manifest.missing",
            f"There is no {MANIFEST} to check by.",
            do="An export that was stopped has none yet: the same command goes on.",
        ) from None
    try:
        found = _DECODER.decode(text if len(text) <= LARGEST else b"")
    except ValueError:
        raise Broken("manifest.broken", "The account of the parts cannot be read.") from None
    if found.format != FORMAT:
        raise Invalid("manifest.format", f"The account is not of the form {FORMAT}.")
    return found, hashlib.sha256(text).hexdigest()


def check_folder(folder: Path, manifest: Manifest) -> list[str]:
    """Return what is wrong with the files: codes, each with the name of a part."""
    named = [one.part for one in manifest.parts]
    wrong = [f"part.name {n}" for n, name in enumerate(named, 1) if not _NAME.fullmatch(name)]
    wrong += [f"part.twice {name}" for name in sorted({n for n in named if named.count(n) > 1})]
    if wrong:
        return wrong  # such names are not looked for
    for one in manifest.parts:
        path = folder / one.part
        try:
            size, digest = _digest(path)
        except OSError:
            wrong.append(f"part.missing {one.part}")
            continue
        if (size, digest) != (one.size, one.sha256):
            wrong.append(f"part.changed {one.part}")
    known = {*named, MANIFEST, JOURNAL}
    found = sorted(one.name for one in folder.iterdir() if one.name not in known)
    wrong += [f"folder.extra {len(found)} more"] if found else []
    shown = sum(one.records for one in manifest.parts)
    count = manifest.count
    if shown != count.get("listed") or shown != count.get("revealed", 0) + count.get("refused", 0):
        wrong.append("count.parts")
    return wrong


def check_log(manifest: Manifest, sha256: str, entries: Sequence[Logged]) -> list[str]:
    """Return what an exported log says against the account.

    Args:
        manifest: the account.
        sha256: of its bytes.
        entries: of the controller's log.
    """
    by_id = {one.id: one for one in entries}
    mine = _mine(manifest, entries)
    said = _said(manifest)
    wrong = [f"log.twice {len(said) - len(set(said))} more"] if len(said) > len(set(said)) else []
    for part in manifest.parts:
        wrong += _check_part(manifest, part, by_id)
    answered = sum(one.count for one in mine if one.id in said and one.action == REVEALED)
    if answered != manifest.count.get("revealed"):
        wrong.append("log.count")
    ends = [one for one in mine if one.action == ENDED]
    if manifest.opened_entry not in {one.id for one in mine if one.action == OPENED}:
        wrong.append("log.not_opened")
    if [one.detail.get("manifest_sha256") for one in ends] != [sha256]:
        wrong.append("log.manifest" if ends else "log.not_ended")
    return wrong


def count_beside(manifest: Manifest, entries: Sequence[Logged]) -> int:
    """Return how many answers of the disclosure are in no part of the account."""
    left = {one.id for one in _mine(manifest, entries) if one.action == REVEALED}
    return len(left - set(_said(manifest)))


def _mine(manifest: Manifest, entries: Sequence[Logged]) -> list[Logged]:
    """Return the entries of things that were done in the disclosure."""
    return [
        one
        for one in entries
        if one.detail.get("disclosure") == manifest.disclosure and one.decision == "allowed"
    ]


def _said(manifest: Manifest) -> list[str]:
    return [one.entry for part in manifest.parts for one in part.entries]


def read_log(folder: Path) -> list[Logged]:
    """Return the entries of an exported log (C2SP tlog-tiles), with their leaf hashes.

    Raises:
        Invalid: ``log.missing``. Broken: ``log.broken``.
    """
    try:
        return list(_entries(folder))
    except OSError:
        raise Invalid(
            "log.missing",
            "There is no exported log in that folder.",
            do="Export it: `bailee ledger export`.",
        ) from None
    except ValueError:
        raise Broken("log.broken", "An entry of the log cannot be read.") from None


def _check_part(manifest: Manifest, part: Part, by_id: dict[str, Logged]) -> list[str]:
    for one in part.entries:
        entry = by_id.get(one.entry)
        if entry is None or entry.leaf != one.leaf:
            return [f"log.entry {part.part}"]
        if entry.action == LISTED:
            continue
        fits = (
            entry.action == REVEALED
            and entry.decision == "allowed"
            and entry.detail.get("disclosure") == manifest.disclosure
            and entry.purpose == manifest.purpose
        )
        if not fits or entry.count > part.records:
            return [f"log.other {part.part}"]
    return []


def _entries(folder: Path) -> Iterator[Logged]:
    root = folder / "tile" / "entries"
    bundles = sorted(one for one in root.rglob("*") if one.is_file())
    if not bundles:
        raise FileNotFoundError
    for path in bundles:
        with _open(path) as file:
            data = file.read()
        for body in unpack_bundle(data):
            leaf = hashlib.sha256(b"\x00" + body).hexdigest()
            yield msgspec.structs.replace(_ENTRY.decode(body), leaf=leaf)


def _digest(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with _open(path) as file:
        while some := file.read(READ_BYTES):
            digest.update(some)
            size += len(some)
    return size, digest.hexdigest()


def _open(path: Path) -> Any:
    """Open a plain file for reading: no link is followed, and a pipe is not waited for."""
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise FileNotFoundError
    return file
