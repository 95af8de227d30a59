"""Checks an exported log (``bailee-verify``): one file, standard library only, alone.

It answers: are these the entries that the pinned key signed, all of them, in this order, and do
the openings say what the entries committed to? The key, earlier checkpoints and the policy come
from you, never from the bundle. Reading order: Ed25519, notes, tree, files, entries, openings,
the log as a whole, proofs and policy, main. (Longer than the house's 400 lines on purpose: an
auditor should need no second file.)

Formats: RFC 6962, RFC 8032, C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-proof, tlog-policy.
Exit: 0 all holds; 1 your policy is not met or something could not be decided; 2 usage; 3 broken.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import itertools
import json
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, BinaryIO

LATE = timedelta(minutes=10)
MAX_NOTE, MAX_ENTRY, MAX_OPENING = 1_000_000, 4096, 1 << 26
MAX_SHOWN, MAX_KNOWN, MAX_NAMES = 100, 100_000, 256
CANNOT_SHOW = (
    "that nothing was read outside bailee by somebody holding both the database and the root key",
    "anything about data that never entered bailee",
    "that a statement of a person (source: asserted) is true",
    "that others are shown the same log: compare checkpoints with them, or ask for witnesses",
    "what happened after this checkpoint, or to entries of a log declared lost",
)


class Bad(Exception):  # noqa: N818 - a finding that is raised
    """Something is wrong, and this says what: code, where, says."""

    def __init__(self, code: str, where: str, says: str) -> None:
        super().__init__(f"{code}: {where}: {says}")
        self.finding = {"code": code, "where": where, "says": says}


# Ed25519, verification only (RFC 8032 §5.1.7), points in extended coordinates.

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    s, t = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    u, v = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = t - s, v - u, v + u, t + s
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point, scalar = _add(point, point), scalar >> 1
    return result


def _encode(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decode(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = _decode((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether an Ed25519 signature (64 bytes) of a message verifies."""
    point, scalar = _decode(public), int.from_bytes(signature[32:], "little")
    if len(public) != 32 or len(signature) != 64 or point is None or scalar >= Q:
        return False
    hashed = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % Q
    minus = (P - point[0], point[1], 1, P - point[3])
    return _encode(_add(_times(scalar, BASE), _times(hashed, minus))) == signature[:32]


# Notes, keys, checkpoints. Every spelling but the canonical one is refused.


@dataclass(frozen=True)
class Key:
    """A pinned public key; kind 1 signs notes (logs), kind 4 cosigns them (witnesses)."""

    name: str
    kind: int
    public: bytes
    vkey: str

    @property
    def key_id(self) -> bytes:
        """Return the four bytes before each of its signatures."""
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return sha256(named).digest()[:4]

    def signed(self, text: bytes, signature: bytes) -> bool:
        """Say whether the key signed a note's text, or cosigned it at the time it names."""
        if self.kind == 1:
            return ed25519_verifies(self.public, text, signature)
        time = int.from_bytes(signature[:8], "big")
        message = b"cosignature/v1\ntime %d\n" % time + text
        return time < 2**63 and ed25519_verifies(self.public, message, signature[8:])


@dataclass(frozen=True)
class Note:
    """A checkpoint taken apart, its signatures not yet verified: (name, key id, signature)."""

    text: bytes
    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]

    def signers(self, keys: list[Key], where: str) -> list[Key]:
        """Return the keys that signed it; a known key's wrong signature is refused."""
        found = []
        for name, key_id, signature in self.signatures:
            for key in keys:
                if (key.name, key.key_id) != (name, key_id) or key in found:
                    continue
                if not key.signed(self.text, signature):
                    raise Bad("note.signature", where, f"the signature of {name!a} is wrong")
                found.append(key)
        return found


def read_base64(text: str, where: str) -> bytes:
    """Return the bytes of canonical base64."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        data = b""
    if not data or base64.b64encode(data).decode() != text:
        raise Bad("note.base64", where, "a field is not canonical base64")
    return data


def read_hash(text: str, where: str) -> bytes:
    """Return the 32 bytes of a hash in base64."""
    data = read_base64(text, where)
    if len(data) != 32:
        raise Bad("note.hash", where, "a hash does not have 32 bytes")
    return data


def read_number(text: str, where: str) -> int:
    """Return a plain decimal below 2**63."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII) or int(text) >= 2**63:
        raise Bad("note.number", where, "a number is not a plain decimal")
    return int(text)


def read_key(vkey: str, where: str) -> Key:
    """Return the key of a vkey: name+hex id+base64(kind || key)."""
    name, _, rest = vkey.partition("+")
    key_id, _, encoded = rest.partition("+")
    data = read_base64(encoded, where)
    key = Key(name, data[0], data[1:], vkey)
    if not name or re.search(r"\s", name) or key.kind not in (1, 4) or len(data) != 33:
        raise Bad("vkey.form", where, "not an Ed25519 key for logs or witnesses")
    if key.key_id.hex() != key_id:
        raise Bad("vkey.id", where, "the id does not belong to the key")
    return key


def read_note(data: bytes, where: str) -> Note:
    """Return a checkpoint taken apart."""
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise Bad("note.form", where, f"byte {error.start} is not UTF-8") from None
    text, blank, tail = whole.rpartition("\n\n")
    lines, signatures = text.split("\n"), tail.split("\n")
    plain = not any(c < " " and c != "\n" for c in whole)
    if not (plain and blank and len(lines) == 3 and lines[0]) or signatures.pop() != "":
        raise Bad("note.form", where, "not three lines, an empty line and signature lines")
    found: list[tuple[str, bytes, bytes]] = []
    for line in signatures:
        match = re.fullmatch(r"\u2014 ([^\s+]+) (\S+)", line)
        raw = read_base64(match[2], where) if match else b""
        if match is None or len(raw) < 5:
            raise Bad("note.form", where, f"signature line {len(found) + 1} is malformed")
        found.append((match[1], raw[:4], raw[4:]))
    size, root = read_number(lines[1], where), read_hash(lines[2], where)
    return Note((text + "\n").encode(), lines[0], size, root, tuple(found))


# The tree (RFC 6962 §2.1), growing at its right edge.


def perfect_root(hashes: bytes) -> bytes:
    """Return the root over 1, 2, 4 … 256 hashes."""
    while len(hashes) > 32:
        hashes = b"".join(
            [sha256(b"\x01" + hashes[i : i + 64]).digest() for i in range(0, len(hashes), 64)]
        )
    return hashes


def edge_root(edge: list[bytes]) -> bytes:
    """Return the root over the unfinished tile of each level (0 to 255 hashes each)."""
    root = b""
    for tile in edge:
        parts, at = [], 0
        for bit in reversed(range(8)):
            if len(tile) // 32 >> bit & 1:
                parts.append(perfect_root(tile[at : at + (32 << bit)]))
                at += 32 << bit
        for part in reversed(parts):
            root = sha256(b"\x01" + part + root).digest() if root else part
    return root or sha256(b"").digest()


def proof_root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root that an inclusion proof leads to (RFC 9162 §2.1.3.2), empty if it cannot."""
    last = size - 1
    for sibling in path:
        if last == 0:
            return b""
        if index & 1 or index == last:
            leaf = sha256(b"\x01" + sibling + leaf).digest()
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            leaf = sha256(b"\x01" + leaf + sibling).digest()
        index, last = index >> 1, last >> 1
    return leaf if last == 0 else b""


# Files. A bundle is hostile until proven otherwise.


def open_file(path: Path, where: str, limit: int) -> BinaryIO:
    """Open a regular file; links, devices and giants are refused."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise Bad("file.missing", where, "is missing") from None
    except (OSError, ValueError):
        raise Bad("file.kind", where, "cannot be opened as a regular file") from None
    file, state = os.fdopen(handle, "rb"), os.fstat(handle)
    if not stat.S_ISREG(state.st_mode) or state.st_size > limit:
        file.close()
        raise Bad("file.kind", where, f"is not a regular file of at most {limit} bytes")
    return file


def read_file(path: Path, where: str, limit: int) -> bytes:
    """Return a file's bytes."""
    with open_file(path, where, limit) as file:
        return file.read(limit + 1)


def read_lines(path: Path, where: str) -> Iterator[tuple[str, bytes]]:
    """Yield (where, line) of a file, one line in memory at a time."""
    with open_file(path, where, 1 << 50) as file:
        for number in itertools.count(1):
            line = file.readline(MAX_OPENING + 1)
            if line and not line.endswith(b"\n"):
                raise Bad("file.lines", f"{where} line {number}", "ends without a newline")
            if not line:
                return
            yield f"{where} line {number}", line[:-1]


def list_files(folder: Path) -> set[str]:
    """Return the relative paths of all files; anything but files and folders is refused."""
    found, folders = set[str](), [""]
    while folders:
        inside = folders.pop()
        with os.scandir(folder / inside) as items:
            here = list(items)
        for item in here:
            path = f"{inside}/{item.name}" if inside else item.name
            if item.is_dir(follow_symlinks=False):
                folders.append(path)
            elif item.is_file(follow_symlinks=False):
                found.add(path)
            else:
                raise Bad("file.kind", ascii(path), "is neither a file nor a folder")
    return found


def tile_path(level: int | str, n: int, width: int) -> str:
    """Return a tile's path: ``tile/0/x001/x234/067`` and, when partial, ``.p/<width>``."""
    groups = [f"{n % 1000:03d}"]
    while n := n // 1000:
        groups.insert(0, f"x{n % 1000:03d}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < 256 else "")


# Entries. One table both reads an entry and says where a malformed one goes wrong.

FIELDS = (
    ("action", rb'\{"action":"((?:[a-z][a-z0-9_-]*:){2}[a-z][a-z0-9_-]*)"'),
    ("agreement", rb',"agreement":"[a-z0-9._-]*"'),
    ("commitments", rb',"commitments":\{"actor":"([0-9a-f]{64})","context":"([0-9a-f]{64})"'),
    ("commitments", rb',"records":"([0-9a-f]{64})"\}'),
    ("count", rb',"count":(?:0|[1-9][0-9]{0,15})'),
    ("decision", rb',"decision":"(?:allowed|refused|failed)"'),
    ("detail", rb',"detail":(\{[^{}]*\})'),
    ("elements", rb',"elements":(\[[^\[\]]*\])'),
    ("id", rb',"id":"([0-9a-f]{32})"'),
    ("link", rb',"link":(null|\{[^{}]*\})'),
    ("obligations", rb',"obligations":(\[(?:"[^"]*"(?:,"[^"]*")*)?\])'),
    ("purpose", rb',"purpose":"[a-z0-9._-]*"'),
    ("source", rb',"source":"(observed|asserted)"'),
    ("time", rb',"time":"([0-9]{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}Z)"'),
    ("v", rb',"v":1\}'),
)
ENTRY = re.compile(b"".join(pattern for _, pattern in FIELDS))
LINK = re.compile(
    rb'\{"from":(0|[1-9][0-9]{0,15}),"log":"([!-~]+)","root":"([0-9a-f]{64}|)"'
    rb',"until":(0|[1-9][0-9]{0,15})\}'
)
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
OPENING_KEYS = ["actor", "context", "entry_id", "index", "records"]
HEX = re.compile("[0-9a-f]{64}")
WORD = re.compile(r"[A-Za-z0-9_.:*()\[\]-]{1,100}", re.ASCII)


def explain(entry: bytes, where: str) -> Bad:
    """Return what is wrong with an entry that does not match: the field and the byte."""
    at = 0
    for name, pattern in FIELDS:
        match = re.compile(pattern).match(entry, at)
        if match is None:
            return Bad("entry.form", where, f"field {name!r}, byte {at}, is not as it must be")
        at = match.end()
    return Bad("entry.form", where, f"has {len(entry) - at} bytes too many, from byte {at}")


def load(data: bytes, where: str) -> Any:
    """Return the value of canonical JSON: ASCII, sorted keys, no white space, no key twice."""
    try:
        value = json.loads(data)
        same = CANONICAL.encode(value).encode() == data
    except (ValueError, RecursionError) as error:
        at = getattr(error, "pos", getattr(error, "start", 0))
        raise Bad("json.form", where, f"is not JSON at byte {at}") from None
    if not same:
        raise Bad("json.form", where, "is not in canonical form")
    return value


def check_part(part: bytes, where: str) -> None:
    """Check an entry's detail (codes and integers), elements or obligations (sorted codes)."""
    value = load(part, where)
    words = value if isinstance(value, list) else [*value, *value.values()]
    words = [word for word in words if type(word) is not int or isinstance(value, list)]
    if not all(isinstance(word, str) and WORD.fullmatch(word) for word in words):
        raise Bad("entry.form", where, "holds something that is neither a code nor an integer")
    if isinstance(value, list) and value != sorted(set(value)):
        raise Bad("entry.form", where, "lists names unsorted or twice")


@dataclass
class Story:
    """What the entries tell in order: times, links, erased openings, who saw what."""

    origin: str
    newest: bytes = b""
    late_allowed: int = 0
    closed_at: int = -1
    counts: dict[bytes, int] = field(default_factory=lambda: {b"observed": 0, b"asserted": 0})
    erased: list[tuple[int, int]] = field(default_factory=list)
    link: tuple[str, int, int, bytes] | None = None
    known: set[bytes] = field(default_factory=set)

    def tell(self, index: int, entry: bytes) -> tuple[bytes, ...]:
        """Check one entry; return its id and commitments (actor, context, records)."""
        match = ENTRY.fullmatch(entry)
        if match is None or len(entry) > MAX_ENTRY:
            raise explain(entry, f"entry {index}")
        action, actor, context, records, *parts, entry_id, link, names, source, time = (
            match.groups()
        )
        if not self.known.issuperset((*parts, names, time[:16])):
            self._learn(f"entry {index}", [*parts, names], time[:16])
        self.counts[source] += 1
        if link != b"null" or action[:7] == b"ledger:" or index == 0:
            self._own(index, action.decode(), link, entry)
        if index > self.closed_at >= 0:
            raise Bad("log.closed", f"entry {index}", "stands behind the end of the log")
        if time < self.newest:
            self._check_late(time, f"entry {index}")
        else:
            self.newest = time
        return entry_id, actor, context, records

    def _learn(self, where: str, parts: list[bytes], minute: bytes) -> None:
        """Check parts that were not seen before; most entries repeat those of others."""
        for part in parts:
            check_part(part, where)
        try:
            datetime.fromisoformat(minute.decode())
        except ValueError:
            raise Bad("entry.form", where, f"field 'time': there is no {minute!a}") from None
        if len(self.known) < MAX_KNOWN:
            self.known.update((*parts, minute))

    def _check_late(self, time: bytes, where: str) -> None:
        here, newest = (datetime.fromisoformat(t.decode()) for t in (time, self.newest))
        if newest - here <= LATE:
            return
        if not self.late_allowed:
            raise Bad("entry.time", where, f"goes back from {self.newest!a} to {time!a}")
        self.late_allowed -= 1

    def _own(self, index: int, action: str, link: bytes, entry: bytes) -> None:
        """Follow what the ledger says of itself."""
        where, target = f"entry {index}", None
        if link != b"null":
            match = LINK.fullmatch(link)
            if match is None:
                raise Bad("entry.form", where, "field 'link' is not as it must be")
            target = (
                match[2].decode(),
                int(match[1]),
                int(match[4]),
                bytes.fromhex(match[3].decode()),
            )
        if (action == "ledger:log:opened") != (index == 0):
            raise Bad("log.first", where, "the first entry, and no other, opens the log")
        if action == "ledger:log:opened":
            self.link = target
            if target is None and re.search(r"/\d{4}/\d+$", self.origin):
                raise Bad("log.link", where, "a successor names no predecessor")
        elif action == "ledger:log:closed":
            self.closed_at = index
        elif action == "ledger:entries:late":
            self.late_allowed = json.loads(entry)["count"]
        elif action == "ledger:openings:erased" and target and target[0] == self.origin:
            if not target[1] < target[2] <= index:
                raise Bad("log.link", where, "erases openings of entries that were not there yet")
            self.erased.append(target[1:3])


# Openings: what the commitments commit to, one line per entry.


def _pair(value: Any, where: str) -> bytes:
    """Return salt and block of an opened commitment, as they are hashed."""
    shaped = isinstance(value, dict) and sorted(value) == ["block", "salt"]
    if not shaped or not all(isinstance(text, str) for text in value.values()):
        raise Bad("opening.form", where, "a block and its salt are two texts")
    if not (HEX.fullmatch(value["salt"]) and value["block"].isascii()):
        raise Bad("opening.form", where, "a salt is 64 hex digits, a block is ASCII")
    salt, block = str(value["salt"]), str(value["block"])
    return bytes.fromhex(salt) + block.encode()


def check_opening(line: dict[str, Any], told: tuple[bytes, ...], where: str) -> None:
    """Check an opening against its entry's id and commitments."""
    entry_id, actor, context, records = told
    if line["entry_id"] != entry_id.decode():
        raise Bad("opening.entry", where, "names another entry's id")
    prefix = b"bailee/commit/v1\x00"
    for kind, commitment in (("actor", actor), ("context", context)):
        data = prefix + kind.encode() + b"\x00" + _pair(line[kind], where)
        if sha256(data).hexdigest().encode() != commitment:
            raise Bad("opening.commitment", where, f"{kind} is not what the entry committed to")
    leaves = []
    for one in line["records"]:
        withheld = one.get("leaf") if isinstance(one, dict) and len(one) == 1 else None
        if isinstance(withheld, str) and HEX.fullmatch(withheld):
            leaves.append(bytes.fromhex(withheld))
        else:
            data = b"\x00" + prefix + b"record\x00" + _pair(one, where)
            leaves.append(sha256(data).digest())
    edge: list[bytes] = []
    for _ in grow(edge, b"".join(leaves)):
        pass  # no file to compare the tiles with
    if edge_root(edge).hex().encode() != records:
        raise Bad("opening.commitment", where, "records are not what the entry committed to")


class Openings:
    """Goes through openings.jsonl in step with the entries; collects those without a line."""

    def __init__(self, path: Path, report: Report) -> None:
        self.report, self.missing, self.last = report, list[list[int]](), -1
        self._lines = self._read(path)
        self._next = next(self._lines, None)

    def _read(self, path: Path) -> Iterator[tuple[int, dict[str, Any], str]]:
        with self.report.collect():
            for where, text in read_lines(path, "openings.jsonl"):
                line: dict[str, Any] = {}
                with self.report.collect():
                    line = self._line(text, where)
                if line:
                    yield line["index"], line, where

    def _line(self, text: bytes, where: str) -> dict[str, Any]:
        line = load(text, where)
        if not isinstance(line, dict) or sorted(line) != OPENING_KEYS:
            raise Bad("opening.form", where, "has not the fields of an opening")
        index = line["index"]
        if type(index) is not int or not isinstance(line["records"], list):
            raise Bad("opening.form", where, "has not the fields of an opening")
        if index <= self.last:
            raise Bad("opening.order", where, f"entry {index} stands twice or too late")
        self.last = index
        return line

    def check(self, index: int, told: tuple[bytes, ...]) -> None:
        """Check the line of an entry, if there is one."""
        while self._next and self._next[0] < index:
            self._next = next(self._lines, None)
        if self._next and self._next[0] == index:
            with self.report.collect():
                check_opening(self._next[1], told, self._next[2])
        elif self.missing and self.missing[-1][1] == index:
            self.missing[-1][1] = index + 1
        else:
            self.missing.append([index, index + 1])

    def finish(self, size: int, erased: list[tuple[int, int]]) -> None:
        """Report lines of no entry, openings missing without an entry, and erased but present."""
        for _ in self._lines:
            pass
        if self.last >= size:
            says = f"opens entry {self.last}, which the log does not have"
            self.report.add(Bad("opening.entry", "openings.jsonl", says))
        for start, until in erased:
            gone = sum(max(0, min(b, until) - max(a, start)) for a, b in self.missing)
            if gone < until - start:
                says = "an opening is here that an entry says was erased"
                self.report.add(Bad("opening.kept", f"entries {start} to {until - 1}", says))
        for start, end in self.missing:
            at = start
            for begin, until in sorted(erased):
                at = until if begin <= at < until else at
            if at < end:
                says = "no opening, and no entry says that it was erased"
                self.report.add(Bad("opening.missing", f"entries {at} to {end - 1}", says))


# The log as a whole.


class Report:
    """What was found: problems (broken), unmet (policy, undecided), notes."""

    def __init__(self) -> None:
        self.problems, self.unmet = list[dict[str, str]](), list[dict[str, str]]()
        self.notes: list[str] = []
        self.facts: dict[str, Any] = {}

    def add(self, *bad: Bad) -> None:
        """Add problems; past a hundred they only count."""
        self.facts["problems"] = self.facts.get("problems", 0) + len(bad)
        self.problems += [one.finding for one in bad][: MAX_SHOWN - len(self.problems)]

    def add_first(self, bad: list[Bad]) -> None:
        """Add problems that cause others: they stand before these, and crowd them out."""
        later, self.problems = self.problems, []
        self.add(*bad)
        self.problems += later[: MAX_SHOWN - len(self.problems)]

    @contextlib.contextmanager
    def collect(self) -> Iterator[None]:
        """Collect what is raised inside, and go on."""
        try:
            yield
        except Bad as bad:
            self.add(bad)


def grow(edge: list[bytes], hashes: bytes) -> Iterator[tuple[int, bytes]]:
    """Append leaf hashes at the edge; yield (level, bytes) of each tile that became full."""
    level = 0
    while hashes:
        if level == len(edge):
            edge.append(b"")
        data, hashes = edge[level] + hashes, b""
        full = len(data) // 8192 * 8192
        edge[level] = data[full:]
        for at in range(0, full, 8192):
            yield level, data[at : at + 8192]
            hashes += perfect_root(data[at : at + 8192])
        level += 1


class Tree:
    """The tree derived from the entries; compares the tiles above level 0 with their files."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle, self.edge, self.done = bundle, list[bytes](), [0] * 64
        self.findings: list[Bad] = []

    def add(self, hashes: bytes) -> None:
        """Append the leaf hashes of one bundle."""
        for level, data in grow(self.edge, hashes):
            if level:
                self._compare(level, self.done[level], data)
            self.done[level] += 1

    def root_with(self, hashes: bytes) -> bytes:
        """Return the root that the tree would have with these leaves behind it."""
        edge = list(self.edge)
        for _ in grow(edge, hashes):
            pass
        return edge_root(edge)

    def finish(self) -> bytes:
        """Compare the unfinished tiles above level 0; return the root."""
        for level, data in enumerate(self.edge[1:], 1):
            if data:
                self._compare(level, self.done[level], data)
        return edge_root(self.edge)

    def _compare(self, level: int, n: int, data: bytes) -> None:
        path = tile_path(level, n, len(data) // 32)
        try:
            stored = self.bundle.read(path, 8192)
        except Bad as bad:
            self.findings.append(bad)
            return
        pairs = enumerate(zip(stored, data, strict=False))
        at = next((at for at, (a, b) in pairs if a != b), min(len(stored), len(data)))
        if stored != data:
            says = f"hash {at // 32} (byte {at}) is not the root of the tile below"
            self.findings.append(Bad("tile.altered", path, says))


Told = Callable[[int, list[bytes]], None]
"""Hears the entries from an index on."""


class Bundle:
    """An exported log on disk."""

    def __init__(self, folder: Path, report: Report) -> None:
        self.folder, self.report, self.unread = folder, report, list_files(folder)

    def read(self, path: str, limit: int) -> bytes:
        """Return a file's bytes and tick it off."""
        self.unread.discard(path)
        return read_file(self.folder / path, path, limit)

    def entries(self, n: int, width: int) -> list[bytes]:
        """Return the entries of a bundle; what does not parse is reported and left out."""
        path, found, at = tile_path("entries", n, width), list[bytes](), 0
        with self.report.collect():
            data = self.read(path, 256 * (2 + MAX_ENTRY))
            while at < len(data):
                end = at + 2 + int.from_bytes(data[at : at + 2], "big")
                if end > len(data) or at + 2 > len(data):
                    says = f"ends at byte {len(data)}, inside entry {n * 256 + len(found)}"
                    raise Bad("bundle.form", path, f"{says}, which began at byte {at}")
                found.append(data[at + 2 : end])
                at = end
            if len(found) != width:
                raise Bad("bundle.count", path, f"holds {len(found)} entries instead of {width}")
        return found

    def walk(self, note: Note, told: Told, sizes: set[int]) -> dict[int, bytes]:
        """Derive the whole tree from the entries; return the roots at the sizes asked for."""
        tree, suspects, whole = Tree(self), list[tuple[int, int, int]](), True
        roots = {0: sha256(b"").digest()}
        for n in range(-(-note.size // 256)):
            width = min(256, note.size - n * 256)
            entries = self.entries(n, width)
            hashes = b"".join([sha256(b"\x00" + entry).digest() for entry in entries])
            for size in [s for s in sizes if 0 < s - n * 256 <= 256]:
                roots[size] = tree.root_with(hashes[: (size - n * 256) * 32])
            tile = self._leaves(n, width)
            if hashes != tile:
                suspects += self._suspects(n, entries, hashes, tile)
            if len(hashes) != width * 32:
                whole, hashes = False, tile
                del entries[suspects[-1][1] if suspects and suspects[-1][0] == n else 0 :]
            tree.add(hashes)
            told(n * 256, entries)
        self._judge(note, tree, suspects, whole=whole)
        return roots

    def _leaves(self, n: int, width: int) -> bytes:
        with self.report.collect():
            path = tile_path(0, n, width)
            tile = self.read(path, 8192)
            if len(tile) == width * 32:
                return tile
            raise Bad("tile.length", path, f"has {len(tile)} bytes instead of {width * 32}")
        return b""

    def _suspects(
        self, n: int, entries: list[bytes], hashes: bytes, tile: bytes
    ) -> list[tuple[int, int, int]]:
        """Return (bundle, position, byte in the bundle) where entries and tile disagree."""
        found, at = [], 0
        for i, entry in enumerate(entries):
            if tile and hashes[i * 32 : i * 32 + 32] != tile[i * 32 : i * 32 + 32]:
                found.append((n, i, at))
            at += 2 + len(entry)
        return found if len(hashes) == len(tile) else found[:1]

    def _judge(
        self, note: Note, tree: Tree, suspects: list[tuple[int, int, int]], *, whole: bool
    ) -> None:
        """Say which side is wrong: if the entries lead to the signed root, it is the tiles."""
        signed = tree.finish() == note.root and whole
        found = list(tree.findings) if signed or not suspects else []
        for n, i, at in suspects:
            width, index = min(256, note.size - n * 256), n * 256 + i
            if signed:
                says = f"hash {i} (byte {i * 32}) is not that of entry {index}, which was signed"
                found.append(Bad("tile.altered", tile_path(0, n, width), says))
            else:
                says = f"entry {index} (byte {at}) is not the one whose hash stands in the tile"
                found.append(Bad("entry.altered", tile_path("entries", n, width), says))
        if not signed:
            says = "the entries do not give the root that the checkpoint names"
            found.insert(0, Bad("tree.root", "checkpoint", says))
        self.report.add_first(_thinned(found))


def _thinned(found: list[Bad]) -> list[Bad]:
    """Leave out all but the first ten findings of each place."""
    seen: dict[str, int] = {}
    kept = []
    for bad in found:
        where = bad.finding["where"]
        seen[where] = seen.get(where, 0) + 1
        if seen[where] <= 10:
            kept.append(bad)
    return kept


# Proofs and policy.


def check_proof(data: bytes, keys: list[Key], where: str) -> tuple[Note, int, bytes]:
    """Check a tlog-proof that carries its entry; return checkpoint, index and entry."""
    head, blank, checkpoint = data.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    fits = len(lines) >= 3 and lines[0] == "c2sp.org/tlog-proof@v1"
    if not (blank and fits and lines[1].startswith("extra ") and lines[2].startswith("index ")):
        raise Bad("proof.form", where, "is not a tlog-proof that carries its entry")
    entry, index = read_base64(lines[1][6:], where), read_number(lines[2][6:], where)
    note = read_note(checkpoint, where)
    check_signed(note, keys, where)
    path = [read_hash(line, where) for line in lines[3:]]
    leaf = sha256(b"\x00" + entry).digest()
    if index >= note.size or proof_root(leaf, index, note.size, path) != note.root:
        raise Bad("proof.root", where, f"entry {index} is not in the tree that was signed")
    return note, index, entry


def check_signed(note: Note, keys: list[Key], where: str) -> None:
    """Check that a pinned key of the origin's own name signed a checkpoint."""
    names = [key.name for key in note.signers(keys, where) if key.kind == 1]
    if note.origin not in names:
        raise Bad("note.unsigned", where, "no pinned key of the log's name signed it")


def read_policy(data: bytes) -> tuple[list[Key], dict[str, Any], str]:
    """Return logs, names (witness: key; group: (threshold, members)) and quorum of a policy."""
    logs, names, used, quorum = list[Key](), dict[str, Any](), set[str](), list[str]()
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Bad("policy.form", "policy", f"byte {error.start} is not UTF-8") from None
    for number, line in enumerate(text.split("\n"), 1):
        words = line.strip(" \t").split()
        where = f"policy line {number}"
        match words:
            case [] | ["#", *_]:
                continue
            case ["log", vkey, *rest] if len(rest) < 2:
                logs.append(read_key(vkey, where))
                continue
            case ["witness", name, vkey, *rest] if len(rest) < 2 and name not in names:
                names[name] = read_key(vkey, where)
                continue
            case ["group", name, word, *members] if members and name not in names:
                most = {"any": 1, "all": len(members)}.get(word) or read_number(word, where)
                fresh = len(set(members)) == len(members) and not used & set(members)
                if 1 <= most <= len(members) and fresh and all(m in names for m in members):
                    names[name] = (most, members)
                    used |= set(members)
                    continue
            case ["quorum", name] if name == "none" or name in names:
                quorum.append(name)
                continue
        if not line.lstrip(" \t").startswith("#"):
            raise Bad("policy.form", where, "is not a line of a policy")
    if len(quorum) != 1 or "none" in names or len(names) > MAX_NAMES:
        raise Bad("policy.form", "policy", "has not exactly one quorum")
    return logs, names, quorum[0]


def is_met(names: dict[str, Any], name: str, signers: list[Key]) -> bool:
    """Say whether a witness or group, or as many members as it takes, cosigned."""
    if name == "none":
        return True
    rule = names[name]
    if isinstance(rule, Key):
        return rule in signers
    return bool(sum(is_met(names, member, signers) for member in rule[1]) >= rule[0])


# The whole.


@dataclass
class Pinned:
    """What the auditor brings: keys, policy, earlier checkpoints, proofs."""

    keys: list[Key]
    policy: bytes | None
    olds: list[tuple[str, bytes]]
    proofs: list[tuple[str, bytes]]
    openings: bool = True


def verify(folder: Path | None, pinned: Pinned) -> Report:
    """Check proofs, and a bundle if there is one; everything found is in the report."""
    report = Report()
    proofs = list[tuple[str, Note]]()
    for where, data in pinned.proofs:
        with report.collect():
            note, index, entry = check_proof(data, pinned.keys, where)
            Story(note.origin, closed_at=-1).tell(index, entry)
            report.notes.append(f"{where}: entry {index} of {note.origin} was logged")
            proofs.append((where, note))
    if folder is not None:
        try:
            _verify_bundle(Bundle(folder, report), pinned, proofs)
        except Bad as bad:
            report.add(bad)
        except OSError as error:
            report.add(Bad("file.kind", ascii(error.filename), error.strerror or "cannot be read"))
    return report


def _verify_bundle(bundle: Bundle, pinned: Pinned, proofs: list[tuple[str, Note]]) -> None:
    report = bundle.report
    note = read_note(bundle.read("checkpoint", MAX_NOTE), "checkpoint")
    with report.collect():
        check_signed(note, pinned.keys, "checkpoint")
    held = sum(path.startswith("tile/entries/") for path in bundle.unread) * 256
    if note.size > 2 * held + 100 * 256:  # some bundles missing are named one by one
        raise Bad("log.size", "checkpoint", f"counts {note.size} entries, at most {held} are here")
    with report.collect():
        _check_policy(bundle, note, pinned)
    olds = list(proofs)
    for where, data in pinned.olds:
        with report.collect():
            old = read_note(data, where)
            if any(key.name == old.origin for key in pinned.keys):
                check_signed(old, pinned.keys, where)
            olds.append((where, old))
    story = Story(note.origin)
    path = bundle.folder / "openings.jsonl"
    openings = Openings(path, report) if pinned.openings else None
    bundle.unread.discard("openings.jsonl")

    def told(start: int, entries: list[bytes]) -> None:
        for index, entry in enumerate(entries, start):
            try:
                heard = story.tell(index, entry)
            except Bad as bad:
                report.add(bad)
                continue
            if openings is not None:
                openings.check(index, heard)

    sizes = {old.size for _, old in olds if old.origin == note.origin}
    roots = bundle.walk(note, told, sizes)
    with report.collect():
        _read_erasures(bundle, story, pinned.keys)
    if openings is not None:
        openings.finish(note.size, story.erased)
    for where, old in olds:
        with report.collect():
            _check_old(where, old, note, (story, roots, report))
    if story.link:
        log, start, until, _ = story.link
        lost = f", entries {start} to {until - 1} of it are declared lost" if start < until else ""
        report.notes.append(f"continues {log!a} from its size {until}{lost}")
    for name in sorted(bundle.unread)[:MAX_SHOWN]:
        report.add(Bad("file.unexpected", ascii(name), "does not belong to the log"))
    erased = sum(until - start for start, until in story.erased)
    report.facts |= {"origin": note.origin, "size": note.size, "root": note.root.hex()}
    report.facts |= {kind.decode(): count for kind, count in story.counts.items()}
    report.facts["openings_erased"] = erased


def _check_policy(bundle: Bundle, note: Note, pinned: Pinned) -> None:
    """Check the auditor's policy; the bundle's own is only compared, never trusted."""
    own = bundle.read("policy", MAX_NOTE)
    logs, names, _ = read_policy(own)
    mine = [key for key in pinned.keys if key.kind == 1 and key.name == note.origin]
    if pinned.policy is not None:
        logs, names, quorum = read_policy(pinned.policy)
        witnesses = [rule for rule in names.values() if isinstance(rule, Key)]
        known = any(key in logs for key in mine)
        if not known or not is_met(names, quorum, note.signers(witnesses, "checkpoint")):
            says = "the log is not in it" if not known else "its quorum has not cosigned"
            bundle.report.unmet.append({"code": "policy", "where": "--policy", "says": says})
    elif logs != mine or (
        not names
        and own != b"".join(b"log " + key.vkey.encode() + b"\n" for key in mine) + b"quorum none\n"
    ):
        raise Bad("policy.altered", "policy", "does not name exactly the pinned key of this log")


def _read_erasures(bundle: Bundle, story: Story, keys: list[Key]) -> None:
    """Take the word of other pinned logs that openings of this one were erased."""
    if "erasures.jsonl" not in bundle.unread:
        return
    bundle.unread.discard("erasures.jsonl")
    if not (bundle.folder / "erasures.jsonl").stat().st_size:
        raise Bad("erasure.form", "erasures.jsonl", "is empty")
    for where, text in read_lines(bundle.folder / "erasures.jsonl", "erasures.jsonl"):
        with bundle.report.collect():
            line = load(text, where)
            if not isinstance(line, dict) or not isinstance(line.get("proof"), str):
                raise Bad("erasure.form", where, "carries no proof")
            proof = line["proof"].encode("utf-8", "replace")
            note, index, entry = check_proof(proof, keys, where)
            Story(note.origin).tell(index, entry)
            fields = json.loads(entry)
            link = fields["link"] or {"log": ""}
            if fields["action"] != "ledger:openings:erased" or link["log"] != story.origin:
                raise Bad("erasure.form", where, f"{note.origin!a} says nothing of this log there")
            story.erased.append((link["from"], link["until"]))


def _check_old(where: str, old: Note, note: Note, known: tuple[Story, Any, Report]) -> None:
    """Check that the bundle extends an earlier checkpoint, of this log or of its predecessor."""
    story, roots, report = known
    if old.origin == note.origin:
        if old.size > note.size:
            says = f"counted {old.size} entries, the bundle {note.size}: the log was cut back"
            raise Bad("log.cut", where, says)
        if roots.get(old.size) != old.root:
            raise Bad("log.forked", where, "the bundle does not extend it: two histories")
        report.notes.append(f"extends {where} (size {old.size})")
        return
    log, _, until, root = story.link or ("", 0, 0, b"")
    if old.origin == log and old.size > until:
        raise Bad("log.cut", where, f"counted {old.size} entries, the successor admits {until}")
    if old.origin == log and old.size == until and old.root != root:
        raise Bad("log.forked", where, "the successor names another root for it")
    if old.origin != log or old.size < until:
        says = "is of another log; verify that log's own bundle with it"
        report.unmet.append({"code": "checkpoint.other", "where": where, "says": says})


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")


def _print(report: Report, code: int) -> None:
    for label, findings in (("BROKEN", report.problems), ("NOT MET", report.unmet)):
        for finding in findings:
            say(f"{label}  {finding['where']}: {finding['says']}  [{finding['code']}]")
    for note in report.notes:
        say(f"note    {note}")
    facts = report.facts
    if "origin" in facts:
        say(f"log     {facts['origin']!a}, {facts['size']} entries, root {facts['root']}")
        say(f"facts   {facts['observed']} observed by machine, {facts['asserted']} asserted")
    say("cannot show:\n" + "\n".join(f"  - {line}" for line in CANNOT_SHOW))
    say({0: "VERIFIED", 1: "NOT VERIFIED", 3: "BROKEN"}[code])


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("bailee-verify", description="Check an exported log offline.")
    parser.add_argument("bundle", nargs="?", type=Path, help="the exported folder")
    parser.add_argument("--vkey", action="append", required=True, help="pinned key, text or file")
    parser.add_argument("--policy", help="your tlog-policy file")
    parser.add_argument("--checkpoint", action="append", default=[], help="an earlier checkpoint")
    parser.add_argument("--proof", action="append", default=[], help="a .tlog-proof file")
    parser.add_argument("--no-openings", action="store_true", help="none were asked for")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args(argv)
    if not arguments.bundle and not arguments.proof:
        parser.error("nothing to verify: give a bundle or --proof")
    if arguments.bundle and not arguments.bundle.is_dir():
        parser.error("the bundle is not a folder")
    return arguments


def _read_keys(text: str) -> list[Key]:
    """Return the keys of a vkey, or of a file with one on each line."""
    if "+" not in text or Path(text).is_file():
        text = read_file(Path(text), text, MAX_NOTE).decode("utf-8", "replace")
    return [read_key(line.strip(), "--vkey") for line in text.split("\n") if line.strip()]


def main(argv: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = _arguments(argv)
    try:
        keys = [key for text in arguments.vkey for key in _read_keys(text)]
        policy = (
            read_file(Path(arguments.policy), "--policy", MAX_NOTE) if arguments.policy else None
        )
        olds = [(path, read_file(Path(path), path, MAX_NOTE)) for path in arguments.checkpoint]
        proofs = [(path, read_file(Path(path), path, MAX_NOTE)) for path in arguments.proof]
    except Bad as bad:
        sys.stderr.write(f"bailee-verify: {bad}\n")
        return 2
    pinned = Pinned(keys, policy, olds, proofs, not arguments.no_openings)
    report = verify(arguments.bundle, pinned)
    code = 3 if report.problems else 1 if report.unmet else 0
    if arguments.json:
        value = {
            "exit": code,
            "problems": report.problems,
            "unmet": report.unmet,
            "notes": report.notes,
            "facts": report.facts,
            "cannot_show": CANNOT_SHOW,
        }
        say(json.dumps(value, sort_keys=True))
    else:
        _print(report, code)
    return code


if __name__ == "__main__":
    sys.exit(main())
