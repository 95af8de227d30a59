"""Checks an exported log (``bailee-verify``): one file, standard library only, alone.

Are these the entries that the pinned key signed, all of them, in this order, and do the openings
say what the entries committed to? Keys and earlier checkpoints come from the auditor, never from
the bundle. What is checked, under the same numbers below:

1. Files: regular ones of sane size, reached by no link; each belongs to the log, none is missing.
2. Signature: the checkpoint is a canonical note; the pinned key of its origin's name signed it
   (pure Ed25519, RFC 8032; C2SP signed-note, tlog-checkpoint).
3. Entries: each is in the one canonical form (C2SP tlog-tiles bundles of 256).
4. Tree: every entry is hashed, every tile derived again; the root is the signed one (RFC 6962).
   So nothing was changed, put in, taken out or moved; the place of a change is named.
5. Story: the log opens and closes once, names its predecessor, times do not go back, ids are new.
6. Openings: each is what its entry committed to; one is missing only where an entry erased it.
7. Earlier checkpoints (``--checkpoint``): this log extends them: neither forked nor cut back.
8. Proofs (``--proof``): the entry inside is in a signed tree (C2SP tlog-proof).
9. Receipts (``--receipt``): what was acknowledged to a client is in this log.
10. Witnesses (``--policy``): the pinned ones saw this history (C2SP tlog-policy, tlog-cosignature);
   what they did not see is named. A key that nobody pinned proves nothing.

With ``pack`` as its first word it checks an evidence pack (``verify_pack.py`` beside it), with
``end`` the certificate of an agreement's end (``verify_end.py``).

Exit code: 0 all holds; 1 something could not be decided; 2 usage; 3 broken.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import importlib.util
import json
import os
import re
import stat
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256, sha512
from itertools import chain, count, takewhile
from operator import eq, le
from pathlib import Path
from typing import IO, Any, NamedTuple

LATE = timedelta(minutes=10)  # so far behind an earlier entry's time needs no announcement
MAX_NOTE, MAX_ENTRY, MAX_OPENING, MAX_POLICY = 1_000_000, 4096, 1 << 26, 1 << 16
MAX_SHOWN, MAX_PLACE, MAX_TEXTS = 100, 10, 20_000
OTHERS = "that others are shown the same log: compare checkpoints with them"
IN_LEAGUE = "that the pinned witnesses are not in league with whoever runs the log"
CANNOT_SHOW = (
    "that nothing was read outside bailee by somebody holding both the database and the root key",
    "anything about data that never entered bailee",
    "that a statement of a person (source: asserted) is true",
    OTHERS,
    "what happened after this checkpoint, or to entries of a log declared lost",
)


class Bad(Exception):  # noqa: N818 - a finding that is raised
    """Something is wrong, and this says what: code, where, says."""

    def __init__(self, code: str, where: str, says: str) -> None:
        super().__init__(f"{code}: {where}: {says}")
        self.finding = {"code": code, "where": where, "says": says}


def need(fact: object, code: str, where: str, says: str) -> None:
    """Raise a finding unless something is so."""
    if not fact:
        raise Bad(code, where, says)


class Report:
    """What was found: problems (broken), unmet (undecided), notes, facts."""

    def __init__(self) -> None:
        self.problems, self.unmet = list[dict[str, str]](), list[dict[str, str]]()
        self.notes, self.facts = list[str](), dict[str, Any](problems=0)

    def add(self, *bad: Bad, first: bool = False) -> None:
        """Add problems; past a hundred they only count, and those that cause others stay."""
        self.facts["problems"] += len(bad)
        at = 0 if first else len(self.problems)
        self.problems[at:at] = [one.finding for one in bad]
        del self.problems[MAX_SHOWN:]

    @contextlib.contextmanager
    def collect(self) -> Iterator[None]:
        """Collect what is raised inside, and go on."""
        try:
            yield
        except Bad as bad:
            self.add(bad)


# 1. Files. A bundle is hostile until proven otherwise.


def open_file(path: str | Path, where: str, limit: int, buffering: int = -1) -> IO[bytes]:
    """Open a regular file; links, devices and giants are refused."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        gone = isinstance(error, FileNotFoundError)
        raise Bad(f"file.{'missing' if gone else 'kind'}", where, "cannot be opened") from None
    state = os.fstat(handle)
    if not stat.S_ISREG(state.st_mode) or state.st_size > limit:
        os.close(handle)
        raise Bad("file.kind", where, f"is not a regular file of at most {limit} bytes")
    return os.fdopen(handle, "rb", buffering)


def read_file(path: str | Path, where: str, limit: int) -> bytes:
    """Return a file's bytes."""
    with open_file(path, where, limit, buffering=0) as file:
        return file.read()


def tile_path(level: int | str, n: int, width: int) -> str:
    """Return a tile's path: ``tile/0/x001/x234/067`` and, when partial, ``.p/<width>``."""
    groups = [f"{n % 1000:03d}"]
    while n := n // 1000:
        groups.insert(0, f"x{n % 1000:03d}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < 256 else "")


class Bundle:
    """An exported log on disk; ``unread`` are the files that nothing asked for yet."""

    def __init__(self, folder: Path, report: Report) -> None:
        self.folder, self.report, self.unread = folder, report, set[str]()
        folders = [""]
        while folders:
            inside = folders.pop()
            with os.scandir(folder / inside) as items:
                empty = inside
                for item in items:
                    empty = ""
                    path, is_file = inside + item.name, item.is_file(follow_symlinks=False)
                    is_folder = item.is_dir(follow_symlinks=False)
                    need(is_file or is_folder, "file.kind", ascii(path), "is no file, no folder")
                    folders += [path + "/"] if is_folder else []
                    self.unread |= {path} if is_file else set()
                self.unread |= {empty} if empty else set()

    def read(self, path: str, limit: int) -> bytes:
        """Return a file's bytes and tick it off."""
        self.unread.discard(path)
        return read_file(f"{self.folder}/{path}", path, limit)

    def lines(self, path: str) -> Iterator[tuple[str, bytes]]:
        """Yield (where, line) of a file, one line in memory at a time, and tick it off."""
        self.unread.discard(path)
        with open_file(self.folder / path, path, 1 << 50) as file:
            for number in count(1):
                where, line = f"{path} line {number}", file.readline(MAX_OPENING + 1)
                if not line:
                    return
                need(line.endswith(b"\n"), "file.lines", where, "ends without a newline")
                yield where, line[:-1]

    def tile(self, level: int, n: int, width: int) -> bytes:
        """Return the hashes of a tile."""
        path = tile_path(level, n, width)
        data = self.read(path, 8192)
        need(len(data) == width * 32, "tile.length", path, f"does not have {width * 32} bytes")
        return data

    def entries(self, n: int, width: int) -> tuple[list[bytes], Columns]:
        """Return the entries of a bundle, and what FRAME finds if it fits them all.

        If they end early or are too many, that is reported.
        """
        path, found, at = tile_path("entries", n, width), list[bytes](), 0
        with self.report.collect():
            data = self.read(path, 256 * (2 + MAX_ENTRY))
            parts = FRAME.split(data)  # what stands between the entries, and the groups of each
            columns: Columns = [parts[at::9] for at in range(9)]
            gaps, lengths, whole, *columns = columns
            sizes = list(map(len, whole))
            stored = struct.pack(f">{len(sizes)}H", *sizes) == b"".join(lengths)
            if stored and len(sizes) == width and not any(gaps) and max(sizes) <= MAX_ENTRY:
                return list(whole), columns  # end to end, so nothing stands between or behind
            while at + 2 <= len(data):
                end = at + 2 + (data[at] << 8 | data[at + 1])
                if end > len(data):
                    break
                found.append(data[at + 2 : end])
                at = end
            says = f"ends inside entry {n * 256 + len(found)}, which began at byte {at}"
            need(at == len(data), "bundle.form", path, says)
            says = f"holds {len(found)} entries instead of {width}"
            need(len(found) == width, "bundle.count", path, says)
        return found, []


# 2. Signature. First Ed25519, verification only (RFC 8032 §5.1.7), in extended coordinates.

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
    """Say whether an Ed25519 signature (64 bytes) of a message verifies: S·B = R + k·A."""
    a, r, scalar = (
        _decode(public),
        _decode(signature[:32]),
        int.from_bytes(signature[32:], "little"),
    )
    if len(public) != 32 or len(signature) != 64 or a is None or r is None or scalar >= Q:
        return False
    k = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % Q
    (x, y, z, _), (u, v, w, _) = _times(scalar, BASE), _add(r, _times(k, a))
    return (x * w - u * z) % P == 0 == (y * w - v * z) % P


class Key(NamedTuple):
    """A pinned public key: its owner's name, the four bytes before its signatures, 32 bytes."""

    name: str
    key_id: bytes
    public: bytes


class Note(NamedTuple):
    """A checkpoint taken apart, not yet verified; signatures are (name, key id + signature)."""

    text: bytes
    origin: str
    size: int
    root: bytes
    signatures: list[tuple[str, bytes]]


NOTE = re.compile("(([^\\0-\x1f]+)\n(.+)\n(.+)\n)\n((?:\u2014 [^\\s+\\0-\x1f]+ [^\\s]+\n)+)")


def read_base64(text: str, where: str, size: int = 0) -> bytes:
    """Return the bytes of canonical base64 (of a size); another spelling of them is refused."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        data = b""
    fits = data and base64.b64encode(data).decode() == text and size in (0, len(data))
    need(fits, "note.base64", where, "a field is not canonical base64, or of a wrong length")
    return data


def read_number(text: str, where: str) -> int:
    """Return a plain decimal below 2**63."""
    plain = re.fullmatch(r"0|[1-9][0-9]{0,18}", text) and int(text) < 2**63
    need(plain, "note.number", where, "a number is not a plain decimal")
    return int(text)


def read_key(vkey: str, where: str, kind: int = 1) -> Key:
    """Return the key of a vkey: name+hex id+base64(kind || key), 1 for a log's, 4 a witness's."""
    name, _, rest = vkey.partition("+")
    data = read_base64(rest.partition("+")[2], where, 33)
    owner = name.encode("utf-8", "surrogateescape")
    key = Key(name, sha256(owner + b"\n" + data).digest()[:4], data[1:])
    fits = data[0] == kind and rest.startswith(key.key_id.hex() + "+")
    says = f"is not an Ed25519 key of a {'log' if kind == 1 else 'witness'} under its own id"
    need(fits and re.fullmatch(r"\S+", name), "vkey.form", where, says)
    return key


def read_note(data: bytes, where: str) -> Note:
    """Return a checkpoint taken apart: origin, size, root, an empty line, signature lines."""
    whole = data.decode("utf-8", "replace")
    match = NOTE.fullmatch(whole)
    if match is None or whole.encode() != data:
        raise Bad("note.form", where, "not three lines, an empty line and signature lines")
    words = [line.split(" ") for line in match[5].split("\n")[:-1]]
    signatures = [(name, read_base64(text, where)) for _, name, text in words]
    size, root = read_number(match[3], where), read_base64(match[4], where, 32)
    once = len(set(signatures)) == len(signatures)
    need(once, "note.form", where, "a signature line stands twice")
    return Note(match[1].encode(), match[2], size, root, signatures)


def check_signed(note: Note, keys: Sequence[Key], where: str) -> None:
    """Check that the pinned key of the origin's name signed, and no pinned key's line is wrong.

    Lines of keys that are not pinned are passed over: they prove nothing to this auditor.
    """
    signers = set[str]()
    for name, raw in note.signatures:
        for key in keys:
            if key.name == name and raw.startswith(key.key_id):
                fits = ed25519_verifies(key.public, note.text, raw[4:])
                need(fits, "note.signature", where, f"the signature of {name!a} is wrong")
                signers.add(name)
    need(note.origin in signers, "note.unsigned", where, "no pinned key of the log's name signed")


# 3. Entries. ENTRY says what an entry may be, field by field, and where one goes wrong.
#
# FRAME is for speed alone. Entries repeat each other's texts between what is always new: so one
# passes that is made of hashes, a count, a time in its hour, and of texts (head, middle, tail,
# hour) which entries accepted before had at the same place. All else goes through check_entry.
# It reads a whole bundle at once, and is for nothing where it does not fit every entry of it.


def _list_of(item: bytes) -> bytes:
    return b"(?:%b(?:,%b)*)?" % (item, item)


HASH, NUMBER = rb"[0-9a-f]{64}", rb"(?:0|[1-9][0-9]{0,15})"
DETAIL = rb'"[a-z][a-z0-9_.]{0,39}":(?:"[a-z0-9._:-]{1,100}"|0|-?[1-9][0-9]{0,15})'
FIELDS = {
    "action": rb'\{"action":"[a-z][a-z0-9_-]*(?::[a-z][a-z0-9_-]*){2}"',
    "agreement": rb',"agreement":"[a-z0-9._-]*"',
    "actor": rb',"commitments":\{"actor":"(?P<actor>%b)"' % HASH,
    "context": rb',"context":"%b"' % HASH,
    "records": rb',"records":"(?P<records>%b)"\}' % HASH,
    "count": rb',"count":(?P<count>%b)' % NUMBER,
    "decision": rb',"decision":"(?:allowed|refused|failed)"',
    "detail": rb',"detail":\{(?P<detail>%b)\}' % _list_of(DETAIL),
    "elements": rb',"elements":\[(?P<elements>%b)\]' % _list_of(rb'"[a-z0-9_.:*-]{1,100}"'),
    "id": rb',"id":"(?P<id>[0-9a-f]{32})"',
    "link": rb',"link":(?:null|\{"from":%b,"log":"[!#-\[\]-~]+","root":"(?:%b)?",'
    rb'"until":%b\})' % (NUMBER, HASH, NUMBER),
    "obligations": rb',"obligations":\[(?P<obligations>%b)\]'
    % _list_of(rb'"[A-Za-z0-9_.:()\[\]-]{1,100}"'),
    "purpose": rb',"purpose":"[a-z0-9._-]*"',
    "source": rb',"source":"(?:observed|asserted)"',
    "time": rb',"time":"(?P<time>\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3])(?::[0-5]\d){2}\.\d{3}Z)"',
    "v": rb',"v":1\}',
}
ENTRY = re.compile(b"".join(FIELDS.values()))
FRAME = re.compile(  # length, entry: head, hashes (13 bytes between two), middle, id, tail, time
    rb'(..)(\{([^{]{0,4096})\{"actor":"(.{64}","context":".{64}","records":".{64})"\},"count":%b'
    rb'(,[^]]{0,4096}\]),"id":"(.{32})"([^}]{0,4096}"time":")(.{24})","v":1\})' % NUMBER,
    re.DOTALL,
)
Row = tuple[bytes, bytes, bytes, bytes, bytes, bytes]
Columns = list[Sequence[bytes]]
DIGITS = bytes.maketrans(b"123456789", b"000000000")
HEX = b"0123456789abcdef"
APART = len(b'","context":"","records":"'.translate(None, HEX))  # of what is between three hashes
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def load(data: bytes, where: str) -> Any:
    """Return the value of canonical JSON: ASCII, sorted keys, no white space, no key twice."""
    try:
        value = json.loads(data)
        same = CANONICAL.encode(value).encode() == data
    except (ValueError, RecursionError) as error:
        at = getattr(error, "pos", getattr(error, "start", 0))
        raise Bad("json.form", where, f"is not JSON at byte {at}") from None
    need(same, "json.form", where, "is not in canonical form")
    return value


def check_entry(entry: bytes, where: str) -> Row:
    """Check that an entry is as it must be; if it is not, the field and its byte are named.

    Return what FRAME would find in it: head, hashes, middle, id, tail, time.
    """
    match, at = ENTRY.fullmatch(entry), 0
    if match is None or len(entry) > MAX_ENTRY:
        for name, pattern in FIELDS.items():
            found = re.compile(pattern).match(entry, at)
            need(found, "entry.form", where, f"field {name!r}, byte {at}, is not as it must be")
            at = found.end() if found else at
        raise Bad("entry.form", where, f"goes on past byte {min(at, MAX_ENTRY)}")
    for names in match.group("detail", "elements", "obligations"):
        words = [word.split(b'":')[0] for word in names.split(b",")]
        says = f"lists {names.decode()} unsorted or twice"
        need(words == sorted(set(words)), "entry.form", where, says)
    try:
        datetime.fromisoformat(match["time"].decode())
    except ValueError:
        raise Bad("entry.form", where, f"there is no time {match['time'].decode()}") from None
    start, end = match.start, match.end
    head, hashes = entry[1 : start("actor") - 10], entry[start("actor") : end("records")]
    middle, tail = entry[end("count") : start("id") - 7], entry[end("id") + 1 : start("time")]
    return head, hashes, middle, match["id"], tail, match["time"]


def _plain(columns: Columns) -> bool:
    """Say whether what FRAME left open is as it must be: hashes, ids, times."""
    _, hashes, _, ids, _, times = columns
    clocks, many = b"".join(times), len(ids)
    return (
        len(b"".join(hashes).translate(None, HEX)) == APART * many
        and not b"".join(ids).translate(None, HEX)
        and clocks.translate(DIGITS) == b"0000-00-00T00:00:00.000Z" * many
        and max(clocks[14::24] + clocks[17::24]) <= ord("5")
    )


# 4. Tree.

LEAF, NODE, PAIR = sha256(b"\x00"), sha256(b"\x01"), struct.Struct("64s")


def hash_each(prefix: Any, parts: Iterable[bytes]) -> bytes:
    """Return the hashes of prefix || part, joined."""
    found, begin = [], prefix.copy
    for part in parts:
        one = begin()
        one.update(part)
        found.append(one.digest())
    return b"".join(found)


def tree_root(hashes: bytes) -> bytes:
    """Return the root over hashes (RFC 6962 §2.1): pair by pair, a last single one rises."""
    while len(hashes) > 32:
        even = len(hashes) // 64 * 64
        pairs = chain.from_iterable(PAIR.iter_unpack(hashes[:even]))
        hashes = hash_each(NODE, pairs) + hashes[even:]
    return hashes or sha256(b"").digest()


def derive(bundle: Bundle, note: Note, story: Story, sizes: set[int]) -> dict[int, bytes]:
    """Derive the whole tree from the entries, told to the story; return the roots at sizes.

    The leaves among ``story.awaited`` are ticked off.

    Where an entry and its hash in the tile disagree, the signed root says which of them is wrong.
    """
    tops, whole, roots = bytearray(), True, {0: tree_root(b"")}
    entry_wrong, tile_wrong = list[Bad](), list[Bad]()
    for n in range(-(-note.size // 256)):
        width, tile = min(256, note.size - n * 256), b""
        entries, columns = bundle.entries(n, width)
        with bundle.report.collect():
            tile = bundle.tile(0, n, width)
        hashes, first = hash_each(LEAF, entries), width
        if hashes != tile and tile and len(entry_wrong) < MAX_SHOWN:
            cuts = range(0, len(hashes), 32)
            other = [at // 32 for at in cuts if hashes[at : at + 32] != tile[at : at + 32]]
            first = min([width, *other])
            for i in other[: MAX_PLACE if len(entries) == width else 1]:
                at = sum(2 + len(entry) for entry in entries[:i])
                says = f"entry {n * 256 + i} (byte {at}) is not the one that the tile's hash is of"
                entry_wrong.append(Bad("entry.altered", tile_path("entries", n, width), says))
                says = f"hash {i} (byte {i * 32}) is not that of entry {n * 256 + i}, as signed"
                tile_wrong.append(Bad("tile.altered", tile_path(0, n, width), says))
        if len(entries) != width:  # go on with the tile, to find what else is wrong
            whole, hashes, entries = False, tile, entries[:first]
        for size in sizes:
            if 0 < size - n * 256 <= 256:
                roots[size] = tree_root(bytes(tops) + tree_root(hashes[: (size - n * 256) * 32]))
        if story.awaited:
            story.awaited.difference_update(hashes[at : at + 32] for at in range(0, width * 32, 32))
        tops += tree_root(hashes)
        story.hear(n * 256, entries, columns)
    higher, root = _derive_higher(bundle, bytes(tops), note.size // 256)
    if root == note.root and whole:
        found = tile_wrong + higher
    else:  # where entries are wrong, so are the tiles above them: only what is missing is news
        higher = [b for b in higher if not entry_wrong or b.finding["code"] != "tile.altered"]
        says = "the entries do not give the root that it names"
        found = [Bad("tree.root", "checkpoint", says), *entry_wrong, *higher]
    bundle.report.add(*found, first=True)
    return roots


def _derive_higher(bundle: Bundle, hashes: bytes, full: int) -> tuple[list[Bad], bytes]:
    """Compare the tiles above level 0 with the hashes derived; return differences and root."""
    found, level = list[Bad](), 1
    while full:
        for n in range(-(-full // 256)):
            derived = hashes[n * 8192 : min(n * 8192 + 8192, full * 32)]
            try:
                stored = bundle.tile(level, n, len(derived) // 32)
                at = sum(takewhile(bool, map(eq, stored, derived)))
                path, says = tile_path(level, n, len(derived) // 32), "is not of the tile below"
                need(stored == derived, "tile.altered", path, f"hash {at // 32} (byte {at}) {says}")
            except Bad as bad:
                found.append(bad)
        parts = [tree_root(hashes[at : at + 8192]) for at in range(0, len(hashes), 8192)]
        hashes, full, level = b"".join(parts), full // 256, level + 1
    return found, tree_root(hashes)


# 5. Story: what the entries say in order.


class Story:
    """Hears a log's entries: form, ids, times, and what the ledger says of itself."""

    def __init__(self, origin: str, report: Report, openings: Openings | None) -> None:
        self.origin, self.report, self.openings = origin, report, openings
        self.texts, self.ids, self.newest = set[bytes](), set[bytes](), b""
        self.late_allowed, self.closed_at, self.heard, self.asserted = 0, -1, 0, 0
        self.link, self.lost = dict[str, Any](), list[dict[str, Any]]()
        self.erased: list[tuple[int, int]] = []
        self.awaited = set[bytes]()

    def hear(self, start: int, entries: list[bytes], columns: Columns) -> None:
        """Check the entries of one bundle; the first has the index ``start``."""
        indices, columns = self._check(start, entries, columns)
        if not indices:
            return
        heads, hashes, _, ids, tails, times = columns
        before, twice = len(self.ids), self.ids.intersection(ids)
        self.ids.update(ids)
        if len(self.ids) < before + len(ids):
            for at, index in enumerate(indices):
                if ids[at] in twice or ids[at] in ids[:at]:
                    says = "has the id of an earlier entry"
                    self.report.add(Bad("entry.twice", f"entry {index}", says))
        asserted = (tail for tail in set(tails) if tail.endswith(b'"asserted","time":"'))
        self.asserted += sum(map(tails.count, asserted))
        self.heard += len(ids)
        own = {head for head in set(heads) if head.startswith(b'"action":"ledger:')}
        if own or start == 0 or not all(map(le, (self.newest, *times), times)):
            for index, head, time in zip(indices, heads, times, strict=True):
                with self.report.collect():
                    if head in own or index == 0:
                        self._own(index, json.loads(entries[index - start]))
                    self._check_time(index, time)
        self.newest = max(self.newest, *times)
        if self.openings:
            for index, entry_id, three in zip(indices, ids, hashes, strict=True):
                self.openings.check(index, entry_id.decode(), three.decode())

    def _check(
        self, start: int, entries: list[bytes], columns: Columns
    ) -> tuple[Sequence[int], Columns]:
        """Return the indices of the entries that are in their form, and what is in them."""
        known = self.texts if len(self.texts) < MAX_TEXTS else set[bytes]()
        indices, rows, quick = list[int](), list[Row](), list[Any]()
        if columns and _plain(columns):
            heads, _, middles, _, tails, times = columns
            first, last = min(times)[:13], max(times)[:13]
            hours = {first} if first == last else {time[:13] for time in times}
            if all(map(known.issuperset, (hours, heads, middles, tails))):
                return range(start, start + len(entries)), columns
            quick = list(zip(*columns, strict=True))
        for at, entry in enumerate(entries):
            try:
                row = quick[at] if quick else None
                if not (row and known.issuperset((row[0], row[2], row[4], row[5][:13]))):
                    row = check_entry(entry, f"entry {start + at}")
                    known.update((row[0], row[2], row[4], row[5][:13]))
                rows.append(row)
                indices.append(start + at)
            except Bad as bad:
                self.report.add(bad)
        self.texts = known
        return indices, list(zip(*rows, strict=True))

    def _check_time(self, index: int, time: bytes) -> None:
        here, newest = (datetime.fromisoformat(t.decode()) for t in (time, self.newest or time))
        self.newest = max(self.newest, time)
        if newest - here > LATE:
            self.late_allowed -= 1
            says = f"goes back from {newest} to {here}"
            need(self.late_allowed >= 0, "entry.time", f"entry {index}", says)

    def _own(self, index: int, fields: dict[str, Any]) -> None:
        """Follow what the ledger says of itself."""
        where, action, link = f"entry {index}", fields["action"], fields["link"] or {}
        fits = (action == "ledger:log:opened") == (index == 0)
        need(fits, "log.first", where, "the first entry, and no other, opens the log")
        if action == "ledger:log:opened":
            self.link, later = link, re.search(r"/\d{4}/\d+$", self.origin)
            need(link or not later, "log.link", where, "a successor names no predecessor")
        elif action == "ledger:log:lost":
            fits = link and link["log"] != self.origin and index == 1 + len(self.lost)
            need(fits, "log.link", where, "a log lost as a whole is named behind the first entry")
            self.lost.append(link)
        elif action == "ledger:log:closed" and self.closed_at < 0:
            self.closed_at = index
        elif action == "ledger:entries:late":
            self.late_allowed = fields["count"]
        elif action == "ledger:openings:erased" and link.get("log") == self.origin:
            fits = link["from"] < link["until"] <= index
            need(fits, "log.link", where, "erases openings of entries that were not there yet")
            self.erased.append((link["from"], link["until"]))

    def finish(self, size: int) -> None:
        """Report entries behind the end; note the predecessor, count the facts."""
        if 0 <= self.closed_at < size - 1:
            where = f"entries {self.closed_at + 1} to {size - 1}"
            self.report.add(Bad("log.closed", where, "stand behind the end of the log"))
        if self.link:
            start, until, said = self.link["from"], self.link["until"], ""
            if start < until:
                said = f", entries {start} to {until - 1} of it are declared lost"
            said = f"continues {self.link['log']!a} from its size {until}{said}"
            self.report.notes.append(said)
        says = "all {} entries of {!a} are declared lost"
        self.report.notes += [says.format(one["until"], one["log"]) for one in self.lost]
        counts = {"observed": self.heard - self.asserted, "asserted": self.asserted}
        self.report.facts |= counts


# 6. Openings: one line per entry, unless erased; a record may be given by its leaf hash alone.

COMMIT = b"bailee/commit/v1\x00"
OPENING_KEYS = ["actor", "context", "entry_id", "index", "records"]
HEX64 = re.compile("[0-9a-f]{64}")
Line = tuple[int, dict[str, Any], str]  # index, fields, where it stands


def _salted(value: Any, where: str) -> bytes:
    """Return salt and block of an opened commitment, as they are hashed."""
    shaped = isinstance(value, dict) and sorted(value) == ["block", "salt"]
    salt, block = (str(value["salt"]), str(value["block"])) if shaped else ("", "")
    texts = HEX64.fullmatch(salt) and [salt, block] == [value["salt"], value["block"]]
    fits = texts and block.isascii()
    need(fits, "opening.form", where, "is not a salt of 64 hex digits and a block of ASCII")
    return bytes.fromhex(salt) + block.encode()


def check_opening(line: dict[str, Any], hashes: str, where: str) -> int:
    """Check an opening against its entry's three commitments; return how many records it keeps."""
    for kind, commitment in (("actor", hashes[:64]), ("context", hashes[77:141])):
        data = COMMIT + kind.encode() + b"\x00" + _salted(line[kind], where)
        fits = sha256(data).hexdigest() == commitment
        need(fits, "opening.commitment", where, f"{kind} is not what the entry committed to")
    leaves, kept = list[bytes](), 0
    for one in line["records"]:
        withheld = one.get("leaf") if isinstance(one, dict) and len(one) == 1 else None
        if isinstance(withheld, str) and HEX64.fullmatch(withheld):
            leaves.append(bytes.fromhex(withheld))
            kept += 1
        else:
            data = b"\x00" + COMMIT + b"record\x00" + _salted(one, where)
            leaves.append(sha256(data).digest())
    fits = tree_root(b"".join(leaves)).hex() == hashes[154:]
    need(fits, "opening.commitment", where, "records are not what the entry committed to")
    return kept


class Openings:
    """Goes through openings.jsonl in step with the entries; collects those without a line."""

    def __init__(self, bundle: Bundle) -> None:
        self.report, self.missing = bundle.report, list[list[int]]()
        self.withheld, self.withheld_at = 0, ""
        self._lines = self._read(bundle)
        self._next = next(self._lines, None)

    def _read(self, bundle: Bundle) -> Iterator[Line]:
        """Yield the lines in order; of two that are not, name the one that does not belong."""
        last, held = -1, list[Line]()
        with self.report.collect():
            for where, text in bundle.lines("openings.jsonl"):
                with self.report.collect():
                    line = load(text, where)
                    shaped = isinstance(line, dict) and sorted(line) == OPENING_KEYS
                    fits = shaped and isinstance(line["records"], list)
                    need(fits, "opening.form", where, "has not the fields of an opening")
                    fits = type(line["index"]) is int and line["index"] > last
                    need(fits, "opening.order", where, "stands twice, too late or nowhere")
                    for before in held:
                        if before[0] < line["index"]:
                            last = before[0]
                            yield before
                        else:
                            says = "stands twice, or too early"
                            self.report.add(Bad("opening.order", before[2], says))
                    held = [(line["index"], line, where)]
        yield from held

    def check(self, index: int, entry_id: str, hashes: str) -> None:
        """Check the line of an entry, if there is one, against the entry's id and commitments."""
        while self._next and self._next[0] < index:
            self._next = next(self._lines, None)
        if self._next and self._next[0] == index:
            _, line, where = self._next
            with self.report.collect():
                fits = line["entry_id"] == entry_id
                need(fits, "opening.entry", where, "names another entry's id")
                if kept := check_opening(line, hashes, where):
                    self.withheld_at = self.withheld_at or where
                    self.withheld += kept
        elif self.missing and self.missing[-1][1] == index:
            self.missing[-1][1] = index + 1
        else:
            self.missing.append([index, index + 1])

    def finish(self, size: int, erased: list[tuple[int, int]]) -> None:
        """Report lines of no entry, openings missing without an entry, and erased but present."""
        for index, _, where in chain([self._next] if self._next else [], self._lines):
            if index >= size:
                says = f"opens entry {index}, which the log does not have"
                self.report.add(Bad("opening.entry", where, says))
        if self.withheld:
            says = f"withholds a record; {self.withheld} are withheld in all"
            unmet = {"code": "opening.withheld", "where": self.withheld_at, "says": says}
            self.report.unmet.append(unmet)
        for start, until in erased:
            gone = sum(max(0, min(b, until) - max(a, start)) for a, b in self.missing)
            if gone < until - start:
                says = "an opening is here that an entry says was erased"
                self.report.add(Bad("opening.kept", f"entries {start} to {until - 1}", says))
        for at, end in self.missing:
            for begin, until in [*sorted(erased), (end, end)]:
                if at < min(begin, end):
                    says, last = "no opening, and no entry says that it was erased", min(begin, end)
                    self.report.add(Bad("opening.missing", f"entries {at} to {last - 1}", says))
                at = max(at, until)  # noqa: PLW2901 - moves on


def read_erasures(bundle: Bundle, story: Story, pinned: Pinned) -> None:
    """Take the word of other pinned logs that openings of this one were erased."""
    where = last = ""
    for where, text in bundle.lines("erasures.jsonl"):
        with bundle.report.collect():
            line = load(text, where)
            fits = isinstance(line, dict) and [*line] == ["proof"] and type(line["proof"]) is str
            need(fits, "erasure.form", where, "is not a proof")
            proof = line["proof"].encode("utf-8", "replace")
            note, _, fields = check_proof(proof, pinned.keys, where)
            if pinned.policy and not pinned.policy.met(cosigners(note, pinned.policy, where)):
                says = "says what was erased under a checkpoint that no quorum saw"
                unmet = {"code": "note.unwitnessed", "where": where, "says": says}
                bundle.report.unmet.append(unmet)
            link = fields["link"] or {"log": ""}
            fits = (fields["action"], link["log"]) == ("ledger:openings:erased", story.origin)
            fits = fits and note.origin != story.origin and link["from"] < link["until"]
            need(fits, "erasure.form", where, "the entry proven says nothing of this log")
            need(fields["id"] > last, "erasure.order", where, "stands twice or too late")
            last = fields["id"]
            story.erased.append((link["from"], link["until"]))
    need(where, "erasure.form", "erasures.jsonl", "is empty")


# 7. Earlier checkpoints.


def check_old(where: str, old: Note, note: Note, known: tuple[Story, dict[int, bytes]]) -> None:
    """Check that the bundle extends an earlier checkpoint, of this log or of one it follows."""
    story, roots = known
    links = {link["log"]: link for link in (story.link, *story.lost) if link}
    link, report = links.get(old.origin), story.report
    if old.origin == note.origin:
        says = f"counted {old.size} entries, the bundle {note.size}: the log was cut back"
        need(old.size <= note.size, "log.cut", where, says)
        says = "the bundle does not extend it: two histories"
        need(roots.get(old.size) == old.root, "log.forked", where, says)
        report.notes.append(f"extends {where} (size {old.size})")
        return
    if link and old.size >= link["until"]:
        says = f"counted {old.size} entries, the successor admits {link['until']}"
        need(old.size == link["until"], "log.cut", where, says)
        says = "the successor names another root for it"
        need(link["root"] in ("", old.root.hex()), "log.forked", where, says)
        if link["root"]:
            report.notes.append(f"{where} (size {old.size}) is where {old.origin!a} ended")
    if link and old.size > link["from"]:
        says = f"counted {old.size} entries; those from {link['from']} on are declared lost"
        report.unmet.append({"code": "log.lost", "where": where, "says": says})
    elif not link or old.size < link["until"]:
        says = "is of another log; verify that log's own bundle with it"
        report.unmet.append({"code": "checkpoint.other", "where": where, "says": says})


# 8. Proofs.


def check_proof(data: bytes, keys: Sequence[Key], where: str) -> tuple[Note, int, dict[str, Any]]:
    """Check a tlog-proof that carries its entry; return checkpoint, index and entry's fields."""
    head, _, checkpoint = data.partition(b"\n\n")
    match = re.fullmatch(
        r"c2sp\.org/tlog-proof@v1\nextra (\S+)\nindex (\S+)((?:\n\S+)*)",
        head.decode("ascii", "replace"),
    )
    if match is None:
        raise Bad("proof.form", where, "is not a tlog-proof that carries its entry")
    entry, index = read_base64(match[1], where), read_number(match[2], where)
    note = read_note(checkpoint, where)
    check_signed(note, keys, where)
    path = [read_base64(line, where, 32) for line in match[3].split("\n")[1:]]
    fits = index < note.size and proof_root(entry, index, note.size, path) == note.root
    need(fits, "proof.root", where, f"entry {index} is not in the tree that was signed")
    check_entry(entry, f"{where}: entry {index}")
    return note, index, json.loads(entry)


def proof_root(entry: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root that an inclusion proof leads to (RFC 6962 §2.1.1), empty if it cannot."""
    node, last, siblings = sha256(b"\x00" + entry).digest(), size - 1, iter(path)
    while last:  # one level up each time; a last node without a sibling rises as it is
        if index & 1:
            node = sha256(b"\x01" + next(siblings, b"") + node).digest()
        elif index < last:
            node = sha256(b"\x01" + node + next(siblings, b"")).digest()
        index, last = index >> 1, last >> 1
    return b"" if next(siblings, b"") else node


# 9. Receipts: what the API answered as "entry", one on each line.


def read_receipts(data: bytes, where: str) -> Iterator[tuple[str, str, bytes]]:
    """Yield (where, log, leaf) of each receipt."""
    for number, text in enumerate(data.splitlines(), 1):
        at = f"{where} line {number}"
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            line = None
        words = (line.get("log"), line.get("leaf")) if isinstance(line, dict) else (0, 0)
        need(HEX64.fullmatch(str(words[1])), "receipt.form", at, "is no receipt with a leaf")
        yield at, str(words[0]), bytes.fromhex(str(words[1]))


def check_receipt(receipt: tuple[str, str, bytes], note: Note, story: Story) -> None:
    """Check that an acknowledged entry is in the log, unless it may stand in another."""
    where, log, leaf = receipt
    if leaf not in story.awaited:
        return
    says = "is of an entry that this log does not have; was it handed out after the checkpoint?"
    need(log != note.origin or story.closed_at >= 0, "receipt.missing", where, says)
    says = f"is of {log!a}: look into that log and the one that follows it"
    story.report.unmet.append({"code": "receipt.other", "where": where, "says": says})


# 10. Witnesses.


class Policy(NamedTuple):
    """Whom an auditor trusts: logs; witnesses (key, address), groups (how many of whom), quorum.

    Groups stand in the order of the file, in which each names only what stands before it.
    """

    logs: list[Key]
    witnesses: dict[str, tuple[Key, str]]
    groups: dict[str, tuple[int, list[str]]]
    quorum: str

    def met(self, names: Iterable[str]) -> bool:
        """Say whether the quorum has seen what these witnesses have."""
        seen = {"none", *names}
        for name, (least, members) in self.groups.items():
            if sum(member in seen for member in members) >= least:
                seen.add(name)
        return self.quorum in seen


def read_policy(data: bytes, where: str) -> Policy:
    """Return a policy in C2SP's tlog-policy form; names are any octets but white space."""
    policy, members = Policy([], {}, {}, ""), set[str]()
    text = data.decode("utf-8", "surrogateescape")
    plain = re.fullmatch(r"(?:[\t\x20-\x7e\x80-\U0010ffff]*\n)+", text)
    need(plain, "policy.form", where, "is not whole lines of text")
    for number, line in enumerate(text.split("\n"), 1):
        at, words = f"{where} line {number}", [word for word in re.split("[ \t]", line) if word]
        match words:
            case []:
                continue
            case [comment, *_] if comment.startswith("#"):
                continue
            case ["log", vkey, *url] if len(url) <= 1:
                key = read_key(vkey, at)
                twice = key.public in {one.public for one in policy.logs}
                policy.logs.append(key)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                key = read_key(vkey, at, 4)
                twice = key.public in {one.public for one, _ in policy.witnesses.values()}
                twice = twice or name in {"none", *policy.witnesses, *policy.groups}
                policy.witnesses[name] = key, "".join(url)
            case ["group", name, least, *names] if names:
                twice = name in {"none", *policy.witnesses, *policy.groups}
                twice = twice or len(set(names)) < len(names) or not members.isdisjoint(names)
                known = {*policy.witnesses, *policy.groups}.issuperset(names)
                need(known, "policy.form", at, "names something that no line before it defines")
                counts = {"any": 1, "all": len(names)}
                wanted = counts.get(least) or read_number(least, at)
                need(1 <= wanted <= len(names), "policy.form", at, "asks for none or too many")
                policy.groups[name] = wanted, names
                members.update(names)
            case ["quorum", name]:
                known = name in {"none", *policy.witnesses, *policy.groups}
                need(known, "policy.form", at, "names something that no line before it defines")
                policy, twice = policy._replace(quorum=name), bool(policy.quorum)
            case _:
                raise Bad("policy.form", at, "is no log, witness, group or quorum")
        need(not twice, "policy.form", at, "defines or lists something twice")
    need(policy.quorum, "policy.form", where, "has no quorum")
    return policy


def cosigners(note: Note, policy: Policy, where: str) -> dict[str, int]:
    """Return which pinned witnesses cosigned a checkpoint, and when (POSIX seconds).

    Lines of other keys are passed over; a wrong one of a pinned witness is a finding.
    """
    times = dict[str, int]()
    for name, raw in note.signatures:
        for witness, (key, _) in policy.witnesses.items():
            if key.name == name and raw.startswith(key.key_id):
                time = int.from_bytes(raw[4:12], "big")
                text = b"cosignature/v1\ntime %d\n%b" % (time, note.text)
                fits = time < 2**63 and ed25519_verifies(key.public, text, raw[12:])
                need(fits, "note.cosignature", where, f"the cosignature of {witness!a} is wrong")
                times[witness] = max(time, times.get(witness, 0))
    return times


def check_witnessed(note: Note, policy: Policy, where: str, report: Report) -> bool:
    """Say, also in the report, whether a checkpoint was seen by a quorum of witnesses."""
    times = cosigners(note, policy, where)
    names = ", ".join(map(ascii, times)) or "no pinned witness"
    if not policy.met(times):
        says = f"is cosigned by {names}: that is not the quorum {policy.quorum!a}"
        report.unmet.append({"code": "note.unwitnessed", "where": where, "says": says})
        return False
    report.notes.append(f"{where} (size {note.size}) is witnessed by {names}")
    return True


# The whole, in the order of the numbers.


class Pinned(NamedTuple):
    """What the auditor brings: keys; earlier checkpoints, proofs, receipts, each with its name."""

    keys: Sequence[Key]
    olds: Sequence[tuple[str, bytes]] = ()
    proofs: Sequence[tuple[str, bytes]] = ()
    openings: bool = True
    receipts: Sequence[tuple[str, bytes]] = ()
    policy: Policy | None = None


def verify(folder: Path | None, pinned: Pinned) -> Report:
    """Check proofs, and a bundle if there is one; everything found is in the report."""
    report, olds = Report(), list[tuple[str, Note]]()
    for where, data in pinned.proofs:
        with report.collect():
            note, index, _ = check_proof(data, pinned.keys, where)
            report.notes.append(f"{where}: entry {index} of {note.origin} was logged")
            olds.append((where, note))
            if pinned.policy:
                check_witnessed(note, pinned.policy, where, report)
    try:
        if folder is not None:
            _verify_bundle(Bundle(folder, report), pinned, olds)
    except Bad as bad:
        report.add(bad)
    except OSError as error:
        report.add(Bad("file.kind", ascii(error.filename), error.strerror or "cannot be read"))
    return report


def _verify_bundle(bundle: Bundle, pinned: Pinned, olds: list[tuple[str, Note]]) -> None:
    report = bundle.report
    note = read_note(bundle.read("checkpoint", MAX_NOTE), "checkpoint")
    report.facts |= {"origin": note.origin, "size": note.size, "root": note.root.hex()}
    with report.collect():
        check_signed(note, pinned.keys, "checkpoint")
    held = sum(path.startswith("tile/entries/") for path in bundle.unread) * 256
    if note.size > 2 * held + 100 * 256:  # some bundles missing are named one by one
        raise Bad("log.size", "checkpoint", f"counts {note.size} entries, at most {held} are here")
    _read_olds(bundle, pinned, note.origin, olds)
    story = Story(note.origin, report, Openings(bundle) if pinned.openings else None)
    sizes = {old.size for _, old in olds if old.origin == note.origin}
    receipts = [one for name, data in pinned.receipts for one in read_receipts(data, name)]
    story.awaited = {leaf for _, _, leaf in receipts}
    roots = derive(bundle, note, story, sizes)
    story.finish(note.size)
    with report.collect():
        if "erasures.jsonl" in bundle.unread:
            read_erasures(bundle, story, pinned)
    if story.openings:
        story.openings.finish(note.size, story.erased)
    for where, old in olds:
        with report.collect():
            if pinned.policy and (times := cosigners(old, pinned.policy, where)):
                names = ", ".join(map(ascii, times))
                report.notes.append(f"{where} (size {old.size}) was cosigned by {names}")
            check_old(where, old, note, (story, roots))
    for receipt in receipts:
        with report.collect():
            check_receipt(receipt, note, story)
    if pinned.policy:
        with report.collect():
            _check_witnesses(note, dict(olds).get("witnessed"), pinned.policy, report)
    if pinned.receipts:
        found = sum(leaf not in story.awaited for _, _, leaf in receipts)
        report.notes.append(f"{found} of {len(receipts)} receipts are of entries in this log")
    bundle.unread.discard("openings.jsonl")
    for name in sorted(bundle.unread)[:MAX_SHOWN]:
        report.add(Bad("file.unexpected", ascii(name), "does not belong to the log"))
    report.facts["openings_erased"] = sum(until - start for start, until in story.erased)


def _read_olds(bundle: Bundle, pinned: Pinned, origin: str, olds: list[tuple[str, Note]]) -> None:
    """Read earlier checkpoints: the auditor's, and the witnessed one that came with the bundle."""
    for where, data in pinned.olds:
        with bundle.report.collect():
            old = read_note(data, where)
            if any(key.name == old.origin for key in pinned.keys):
                check_signed(old, pinned.keys, where)
            olds.append((where, old))
    if "witnessed" in bundle.unread:
        with bundle.report.collect():
            old = read_note(bundle.read("witnessed", MAX_NOTE), "witnessed")
            check_signed(old, pinned.keys, "witnessed")
            need(old.origin == origin, "note.origin", "witnessed", "is of another log")
            olds.append(("witnessed", old))


def _check_witnesses(note: Note, older: Note | None, policy: Policy, report: Report) -> None:
    """Check how far a quorum of witnesses saw the log: all of it, a part, nothing."""
    report.facts["witnessed"], times = 0, cosigners(older, policy, "witnessed") if older else {}
    if policy.quorum == "none":
        report.notes.append("the policy asks for no witness")
    elif check_witnessed(note, policy, "checkpoint", report):
        report.facts["witnessed"] = note.size
    elif older and policy.met(times):
        report.facts["witnessed"], names = older.size, ", ".join(map(ascii, times))
        says = f"; entries before {older.size} are witnessed by {names}, none from there on"
        report.unmet[-1]["says"] += says


def _print(report: Report, code: int) -> None:
    for label, findings in (("BROKEN", report.problems), ("NOT MET", report.unmet)):
        for finding in findings:
            print(f"{label}  {finding['where']}: {finding['says']}  [{finding['code']}]")
    for note in report.notes:
        print(f"note    {note}")
    facts = report.facts
    if "observed" in facts:
        print(f"log     {facts['origin']!a}, {facts['size']} entries, root {facts['root']}")
        print(f"facts   {facts['observed']} observed by machine, {facts['asserted']} asserted")
    print("cannot show:", *cannot_show(report), sep="\n  - ")
    print({0: "VERIFIED", 1: "NOT VERIFIED", 3: "BROKEN"}[code])


def cannot_show(report: Report) -> list[str]:
    """Return what no verification of this log could show."""
    seen = report.facts.get("witnessed") and report.facts["witnessed"] == report.facts["size"]
    return [IN_LEAGUE if seen and one == OTHERS else one for one in CANNOT_SHOW]


def read_keys(text: str) -> list[Key]:
    """Return the keys of a vkey, or of a file with one on each line."""
    if "+" not in text or Path(text).is_file():
        text = read_file(text, text, MAX_NOTE).decode("utf-8", "replace")
    return [read_key(line.strip(), "--vkey") for line in text.split("\n") if line.strip()]


def main(argv: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] in (["pack"], ["end"]):  # a pack, or a certificate: the file beside this one
        sys.dont_write_bytecode = True  # and where that is, nothing is added
        path = Path(__file__).with_name(f"verify_{argv[0]}.py")
        name = f"{__package__}.{path.stem}" if __package__ else path.stem
        spec = importlib.util.spec_from_file_location(name, path)
        beside = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]  # it is a file
        spec.loader.exec_module(beside)  # type: ignore[union-attr]
        return int(beside.main(argv[1:]))
    parser = argparse.ArgumentParser("bailee-verify", description="Check an exported log offline.")
    option = partial(parser.add_argument, action="append", default=[])
    parser.add_argument("bundle", nargs="?", type=Path, help="the exported folder")
    option("--vkey", help="pinned key, text or file")
    parser.add_argument("--policy", help="pinned logs and witnesses: a tlog-policy file")
    option("--checkpoint", help="an earlier checkpoint")
    option("--proof", help="a .tlog-proof file")
    option("--receipt", help="a file of receipts, one on each line")
    parser.add_argument("--no-openings", action="store_true", help="none were asked for")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    if not given.bundle and not given.proof:
        parser.error("nothing to verify: give a bundle or --proof")
    if given.receipt and not given.bundle:
        parser.error("receipts are looked for in a bundle: give one")
    if given.bundle and not given.bundle.is_dir():
        parser.error("the bundle is not a folder")
    try:
        keys = [key for text in given.vkey for key in read_keys(text)]
        name = given.policy
        policy = read_policy(read_file(name, name, MAX_POLICY), name) if name else None
        keys += policy.logs if policy else []
        need(keys, "vkey.form", "--vkey", "no log's key is pinned, by it or by --policy")
        olds = [(path, read_file(path, path, MAX_NOTE)) for path in given.checkpoint]
        proofs = [(path, read_file(path, path, MAX_NOTE)) for path in given.proof]
        receipts = [(path, read_file(path, path, MAX_OPENING)) for path in given.receipt]
    except Bad as bad:
        print(f"bailee-verify: {bad}", file=sys.stderr)
        return 2
    opened = not given.no_openings
    report = verify(given.bundle, Pinned(keys, olds, proofs, opened, receipts, policy))
    code = 3 if report.problems else 1 if report.unmet else 0
    if given.json:
        names = ("problems", "unmet", "notes", "facts")
        found = {name: getattr(report, name) for name in names}
        print(
            json.dumps({"exit": code, "cannot_show": cannot_show(report), **found}, sort_keys=True)
        )
    else:
        _print(report, code)
    return code


if __name__ == "__main__":
    sys.exit(main())
