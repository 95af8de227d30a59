"""Whole exports, and bundles of entries, as an auditor receives them from nobody he trusts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bailee.errors import Broken
from bailee.ledger import merkle, note, tile, verify
from tests.hostile.fuzz_verify import genuine, keys, signer

FOLDER = tempfile.TemporaryDirectory(prefix="bailee-hostile-")
NAMES = (
    *("checkpoint", "openings.jsonl", "erasures.jsonl", "tile/0/000.p/2", "tile/entries/000.p/2"),
    *("tile/1/000.p/1", "tile/entries/000", "tile/0/x001/000", "..x", "other"),
)
STEP = 4


def check(data: bytes) -> None:
    """Spoil a genuine export as the bytes say, then verify: findings, and never a false yes."""
    _bundle(data)
    files = _files()
    spoiled = _spoiled(dict(files), data)
    folder = Path(FOLDER.name) / "bundle"
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in spoiled.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    report = verify.verify(folder, verify.Pinned(keys()))
    assert all(set(problem) == {"code", "where", "says"} for problem in report.problems)
    if not report.problems:
        assert spoiled == files, "a spoiled export passed"
    else:
        assert spoiled != files, "an untouched export did not pass"


def _spoiled(files: dict[str, bytes], data: bytes) -> dict[str, bytes]:
    """Read steps of five bytes: file, kind, place (two bytes), length, then so many bytes."""
    at = 0
    while at + 5 <= len(data):
        name, kind, length = NAMES[data[at] % len(NAMES)], data[at + 1] % STEP, data[at + 4]
        piece, old = data[at + 5 : at + 5 + length], files.get(name, b"")
        place = int.from_bytes(data[at + 2 : at + 4], "big") % (len(old) + 1)
        match kind:
            case 0:
                files[name] = old[:place] + piece + old[place + length :]
            case 1:
                files[name] = old[:place] + piece + old[place:]
            case 2:
                files[name] = old[:place] + old[place + length :]
            case _:
                files.pop(name, None)
        at += 5 + length
    files.setdefault("checkpoint", b"")
    return files


def _files() -> dict[str, bytes]:
    bodies = [body for body, _ in genuine()][:2]
    leaves = [merkle.leaf_hash(body) for body in bodies]
    head, _ = merkle.grow(merkle.Head(), leaves)
    text = note.Checkpoint(signer().name, len(bodies), merkle.root(head)).text
    return {
        "checkpoint": signer().sign(text).encode(),
        "openings.jsonl": b"".join(line + b"\n" for _, line in genuine()[:2]),
        tile.tile_path(0, 0, 2): b"".join(leaves),
        tile.bundle_path(0, 2): tile.pack_bundle(bodies),
    }


def _bundle(data: bytes) -> None:
    """Two readers of a bundle of entries find the same entries, or both refuse."""
    folder = Path(FOLDER.name) / "one"
    path = folder / tile.bundle_path(0, 2)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    report = verify.Report()
    theirs = verify.Bundle(folder, report).entries(0, 2)[0]
    try:
        ours = tile.unpack_bundle(data)
    except Broken as refused:
        assert refused.code == "ledger.bundle"
        assert report.problems
        return
    assert ours == theirs
    assert bool(report.problems) == (len(ours) != 2)


def check_seeds() -> Iterable[bytes]:
    """Nothing spoiled, one step of each kind, a bundle."""
    yield b""
    yield from (bytes([file, kind, 0, 9, 3]) + b"abc" for file in range(10) for kind in range(STEP))
    yield tile.pack_bundle([body for body, _ in genuine()[:2]])
