"""Single changes to an exported log, each with what the verifier must name."""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bailee.ledger import merkle
from bailee.ledger.tile import bundle_path, tile_path, widths
from tests.tamper.specimen import Exhibit, pack, unpack


@dataclass
class Stroke:
    """One change: the files it writes (None: takes away), and what must be named.

    ``blame`` are patterns; each must be found in ``<where>: <says>`` of some finding. ``code`` is
    the exit code: 3, or 1 where the right answer is that something stays undecided.
    """

    kind: str
    what: str
    files: dict[str, bytes | None]
    blame: tuple[str, ...]
    code: int = 3
    folders: tuple[str, ...] = field(default=())


Tamper = Callable[[Exhibit, random.Random], Stroke | None]


def dump(value: Any) -> bytes:
    """Return canonical JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def start_of(path: str) -> int:
    """Return the index of a bundle's first entry."""
    return int(path.split("/")[2].removesuffix(".p")) * 256


def bundles(exhibit: Exhibit) -> list[str]:
    """Return the paths of the bundles of entries."""
    return [name for name in exhibit.files if name.startswith("tile/entries/")]


def at_entry(exhibit: Exhibit, index: int) -> tuple[str, list[bytes], int]:
    """Return the bundle that holds an entry, its entries, and the place in it."""
    path = bundles(exhibit)[index // 256]
    return path, unpack(exhibit.files[path]), index % 256


def lines_of(exhibit: Exhibit, name: str = "openings.jsonl") -> list[bytes]:
    """Return the lines of a file."""
    return exhibit.files[name].split(b"\n")[:-1]


def join(lines: list[bytes]) -> bytes:
    """Return lines as a file."""
    return b"".join(line + b"\n" for line in lines)


# Bytes.


def bend(data: bytes, chance: random.Random) -> tuple[str, int, bytes]:
    """Change bytes at one place; return how, where, and the bytes."""
    while True:
        at = chance.randrange(len(data))
        how = chance.choice(["flip", "put", "delete", "insert", "swap", "cut", "repeat", "zero"])
        one, rest = data[at : at + 1], data[at + 1 :]
        bent = {
            "flip": data[:at] + bytes([one[0] ^ 1 << chance.randrange(8)]) + rest,
            "put": data[:at] + chance.choice([b" ", b"\n", b"0", b"a", b"\xff"]) + rest,
            "delete": data[:at] + rest,
            "insert": data[:at] + chance.choice([b" ", b"\n", b"\x00", b"1", one]) + data[at:],
            "swap": data[:at] + rest[:1] + one + rest[1:],
            "cut": data[:at],
            "repeat": data[: at + 32] + data[at:],
            "zero": data[:at] + bytes(min(16, len(data) - at)) + data[at + 16 :],
        }[how]
        if bent != data:
            first = next((i for i, (a, b) in enumerate(zip(data, bent, strict=False)) if a != b), 0)
            if data.startswith(bent) or bent.startswith(data):
                first = min(len(data), len(bent))
            return how, first, bent


def bytes_bent(exhibit: Exhibit, chance: random.Random) -> Stroke:
    """Change bytes of one file, every file as likely."""
    name = chance.choice(list(exhibit.files))
    data = exhibit.files[name]
    how, at, bent = bend(data, chance)
    blame = f"^{name}: "
    if name in bundles(exhibit):
        end, index = 0, start_of(name)
        for entry in unpack(data):
            end += 2 + len(entry)
            if at < end:
                break
            index += 1
        blame = f"^{name}: .*entry {index}\\b"
    elif name.endswith(".jsonl"):
        line = data.count(b"\n", 0, at) + 1
        blame = f"^{name} line ({line}|{line + 1}):"
        if data.startswith(bent):  # cut between two lines: what follows is simply not there
            blame += "|^entries |^openings.jsonl: |^erasures.jsonl: "
    elif name.startswith("tile/"):
        blame = f"^{name}: (does not have|is not a|hash {at // 32} )"
    return Stroke(f"bytes {how} {shape(name)}", f"{name} byte {at}", {name: bent}, (blame,))


def shape(name: str) -> str:
    """Return a file's kind for the count."""
    words = name.split("/")
    return words[0] if words[0] != "tile" else f"tile/{words[1]}"


# Values, with the form kept.


def other_text(text: str, chance: random.Random) -> str:
    """Return another text of the same alphabet."""
    if not text:
        return "a"
    at = chance.randrange(len(text))
    if text[at].isdigit():
        new = chance.choice("0123456789".replace(text[at], ""))
    elif text[at].isalpha():
        new = chance.choice("abcdef".replace(text[at].lower(), ""))
    else:
        return text[:at] + "a" + text[at + 1 :]
    return text[:at] + new + text[at + 1 :]


def other_value(value: Any, chance: random.Random) -> Any:
    """Return a value changed in one place, at any depth."""
    if isinstance(value, dict) and value:
        key = chance.choice(sorted(value))
        act = chance.choice(["change"] * 4 + ["drop", "rename"])
        rest = {name: one for name, one in value.items() if name != key}
        if act == "change":
            rest[key] = other_value(value[key], chance)
        return rest | ({"x": 1} if act == "rename" else {})
    if isinstance(value, list) and value:
        at = chance.randrange(len(value))
        act = chance.choice(["change", "drop", "double"])
        changed = [other_value(value[at], chance)] if act == "change" else []
        return [*value[:at], *(changed or [value[at]] * 2 * (act == "double")), *value[at + 1 :]]
    if isinstance(value, str):
        return other_text(value, chance)
    if isinstance(value, int):
        return value + chance.choice([-1, 1, 7, 1000])
    return chance.choice([0, "x", True])


def entry_edited(exhibit: Exhibit, chance: random.Random) -> Stroke:
    """Edit a field of an entry; it stays canonical JSON."""
    index = chance.randrange(len(exhibit.entries()))
    path, entries, at = at_entry(exhibit, index)
    entries[at] = dump(other_value(json.loads(entries[at]), chance))
    blame = f"^{path}: entry {index} "
    return Stroke("entry edited", f"entry {index}", {path: pack(entries)}, (blame,))


def opening_edited(exhibit: Exhibit, chance: random.Random) -> Stroke:
    """Edit a value of an opening; it stays canonical JSON."""
    lines = lines_of(exhibit)
    at = chance.randrange(len(lines))
    index = json.loads(lines[at])["index"]
    lines[at] = dump(other_value(json.loads(lines[at]), chance))
    blame = f"^openings.jsonl line {at + 1}:"
    what = f"opening of entry {index}"
    return Stroke("opening edited", what, {"openings.jsonl": join(lines)}, (blame,))


def block_edited(exhibit: Exhibit, chance: random.Random) -> Stroke:
    """Edit what an opening says inside a block, or which block stands where."""
    lines = lines_of(exhibit)
    at = chance.randrange(len(lines))
    line = json.loads(lines[at])
    how = chance.choice(["actor", "context", "exchange", "empty", "add", "order", "salt"])
    if how == "exchange":
        line["actor"], line["context"] = line["context"], line["actor"]
    elif how == "empty":
        line["records"] = line["records"][1:] if line["records"] else [line["actor"]]
    elif how == "add":
        line["records"].append(line["actor"])
    elif how == "order" and len(line["records"]) > 1:
        line["records"].reverse()
    elif how in {"actor", "context"}:
        block = json.loads(line[how]["block"])
        line[how]["block"] = dump(other_value(block, chance)).decode()
    else:
        line["actor"]["salt"] = other_text(line["actor"]["salt"], chance)
    lines[at] = dump(line)
    blame = f"^openings.jsonl line {at + 1}:"
    return Stroke(f"block {how}", f"line {at + 1}", {"openings.jsonl": join(lines)}, (blame,))


def record_withheld(exhibit: Exhibit, chance: random.Random) -> Stroke | None:
    """Give one record by its leaf alone: nothing false is said, but less than was asked for."""
    lines = lines_of(exhibit)
    at = chance.randrange(len(lines))
    line = json.loads(lines[at])
    if not line["records"]:
        return None
    one = line["records"][0]
    data = b"bailee/commit/v1\x00record\x00" + bytes.fromhex(one["salt"]) + one["block"].encode()
    line["records"][0] = {"leaf": merkle.leaf_hash(data).hex()}
    lines[at] = dump(line)
    blame = f"^openings.jsonl line {at + 1}:"
    return Stroke(
        "record withheld", f"line {at + 1}", {"openings.jsonl": join(lines)}, (blame,), code=1
    )


def erasure_edited(exhibit: Exhibit, chance: random.Random) -> Stroke | None:
    """Edit, double, swap or drop what other logs say of erased openings."""
    if "erasures.jsonl" not in exhibit.files:
        return None
    lines = lines_of(exhibit, "erasures.jsonl")
    how = chance.choice(["edit", "double", "swap", "drop", "key", "all"])
    at = chance.randrange(len(lines))
    blame = f"^erasures.jsonl line ({at + 1}|{at + 2}):"
    if how == "edit":
        proof = json.loads(lines[at])["proof"]
        lines[at] = dump({"proof": other_text(proof, chance)})
    elif how == "double":
        lines.insert(at, lines[at])
    elif how == "swap":
        lines.reverse()
        blame = "^erasures.jsonl line 2:"
    elif how == "key":
        lines[at] = dump(json.loads(lines[at]) | {"x": 1})
    else:
        del lines[at]
        blame = r"^entries (3 to 39|60 to 69):"
    data = None if how == "all" else join(lines)
    return Stroke(f"erasures {how}", f"line {at + 1}", {"erasures.jsonl": data}, (blame,))


# Entries, openings, checkpoint as wholes.


def entry_moved(exhibit: Exhibit, chance: random.Random) -> Stroke | None:
    """Delete, insert, double, exchange or move an entry; the files are otherwise as they were."""
    size = len(exhibit.entries())
    index = chance.randrange(size)
    path, entries, at = at_entry(exhibit, index)
    how = chance.choice(["delete", "insert", "double", "exchange", "replace"])
    other = exhibit.entries()[chance.randrange(size)]
    if how == "delete":
        del entries[at]
        if at == len(entries):  # the last of its bundle: only the count tells
            blame = f"^{path}: holds {at} entries instead of"
            return Stroke("entry delete", f"entry {index}", {path: pack(entries)}, (blame,))
    elif how == "insert":
        entries.insert(at, dump(json.loads(other) | {"id": "0123456789abcdef" * 2}))
    elif how == "double":
        entries.insert(at, entries[at])
        blame = f"^{path}: (entry|holds) "  # the second of two is the first that differs
        return Stroke("entry double", f"entry {index}", {path: pack(entries)}, (blame,))
    elif how == "exchange" and at + 1 < len(entries):
        entries[at], entries[at + 1] = entries[at + 1], entries[at]
    elif other == entries[at]:
        return None
    else:
        entries[at] = other
    blame = f"^{path}: entry {index} "
    return Stroke(f"entry {how}", f"entry {index}", {path: pack(entries)}, (blame,))


def opening_moved(exhibit: Exhibit, chance: random.Random) -> Stroke:
    """Delete, double, exchange or move an opening, or give it to another entry."""
    lines = lines_of(exhibit)
    at, to = chance.sample(range(len(lines)), 2)
    line, other = json.loads(lines[at]), json.loads(lines[to])
    how = chance.choice(["delete", "double", "exchange", "move", "usurp", "revive"])
    blame: tuple[str, ...] = (f"^openings.jsonl line {at + 1}:",)
    if how == "delete":
        del lines[at]
        blame = (f"^entries {line['index']} to {line['index']}:",)
    elif how == "double":
        lines.insert(at, lines[at])
    elif how == "exchange":
        lines[at], lines[to] = lines[to], lines[at]
        low, high = sorted((at + 1, to + 1))  # close to each other, the one between may be blamed
        blame = (f"^openings.jsonl line {low}:", f"^openings.jsonl line ({high - 1}|{high}):")
    elif how == "move":
        lines.insert(to, lines.pop(at))
        blame = (f"^openings.jsonl line {to + 1}:",)
        if abs(at - to) == 1:
            blame = (f"^openings.jsonl line ({at + 1}|{to + 1}):",)
    elif how == "revive" and exhibit.log.endswith("acme/2026"):
        erased = 525
        line |= {"index": erased, "entry_id": json.loads(exhibit.entries()[erased])["id"]}
        where = sum(json.loads(one)["index"] < erased for one in lines)
        lines.insert(where, dump(line))
        blame = ("^entries 520 to 539:", f"^openings.jsonl line {where + 1}:")
    else:
        lines[at] = dump(other | {"index": line["index"], "entry_id": line["entry_id"]})
        how = "usurp"
    what = f"opening of entry {line['index']}"
    return Stroke(f"opening {how}", what, {"openings.jsonl": join(lines)}, blame)


def checkpoint_edited(exhibit: Exhibit, chance: random.Random) -> Stroke:
    """Change what the checkpoint says, or serve an older one with the newer files."""
    text = exhibit.files["checkpoint"].decode()
    origin, size, root, _, line, _ = text.split("\n")
    raw = bytearray(base64.b64decode(line.split(" ")[2]))
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    signed = line.rsplit(" ", 1)[0] + " " + base64.b64encode(raw).decode()
    hashed = bytearray(base64.b64decode(root))
    hashed[chance.randrange(32)] ^= 1 << chance.randrange(8)
    less = chance.choice([-300, -1, 1, 256])
    how, said = chance.choice(
        [
            ("signature", f"{origin}\n{size}\n{root}\n\n{signed}\n"),
            ("root", f"{origin}\n{size}\n{base64.b64encode(hashed).decode()}\n\n{line}\n"),
            ("size", f"{origin}\n{max(0, int(size) + less)}\n{root}\n\n{line}\n"),
            ("origin", f"{other_text(origin, chance)}\n{size}\n{root}\n\n{line}\n"),
            ("twice", text + line + "\n"),
            ("extension", f"{origin}\n{size}\n{root}\nx\n\n{line}\n"),
            ("unsigned", f"{origin}\n{size}\n{root}\n\n"),
            ("older", exhibit.olds[0][1].decode()),
            ("carriage", text.replace("\n", "\r\n")),
        ]
    )
    blame = "^(checkpoint|pinned-|tile/)" if how == "older" else "^checkpoint: "
    return Stroke(f"checkpoint {how}", how, {"checkpoint": said.encode()}, (blame,))


# Files.


def file_moved(exhibit: Exhibit, chance: random.Random) -> Stroke:
    """Rename, take away, exchange or add a file, or cut the log's tail off."""
    names = list(exhibit.files)
    name, other = chance.sample(names, 2)
    how = chance.choice(["rename", "missing", "exchange", "extra", "stale", "folder", "tail"])
    gone = f"^{name}: "
    if name == "openings.jsonl":
        gone = r"^(openings.jsonl: |entries 0 to )"
    elif name == "erasures.jsonl":
        gone = r"^entries 3 to 39:"
    if how == "tail":
        return tail_cut(exhibit, chance)
    files = dict[str, bytes | None]()
    blame: tuple[str, ...] = (gone,)
    folders: tuple[str, ...] = ()
    if how == "rename":
        new = chance.choice([name + ".p/1", name.upper(), f"{name} ", f"{name}~", f"x/{name}"])
        files = {name: None, new: exhibit.files[name]}
        if name != "checkpoint":  # without it there is nothing to go by
            blame = (gone, f"^'{re.escape(new)}': ")
    elif how == "missing":
        files = {name: None}
    elif how == "exchange":
        files = {name: exhibit.files[other], other: exhibit.files[name]}
        blame = (f"^({name}|{other})( line 1)?:",)
    elif how == "extra":
        new = chance.choice(["README", "tile/0/003", "tile/entries/000.p/7", "vkey", ".hidden"])
        files, blame = {new: chance.randbytes(9)}, (f"^'{new}': does not",)
    elif how == "stale":  # a true prefix of a full tile: harmless, but nothing needs it
        new, whole = "tile/0/000.p/5", tile_path(0, 0, min(256, len(exhibit.entries())))
        files, blame = {new: exhibit.files[whole][:160]}, (f"^'{new}': does not",)
    else:
        blame, folders = ("^'x/y/': does not",), ("x/y",)
    return Stroke(f"file {how}", f"{name}, {[*files]}", files, blame, folders=folders)


def tail_cut(exhibit: Exhibit, chance: random.Random) -> Stroke:
    """Leave out the last entries, with every tile and opening as if they had never been."""
    entries = exhibit.entries()
    size = chance.randrange(1, len(entries))
    files = rebuilt(exhibit, entries[:size])
    kept = [line for line in lines_of(exhibit) if json.loads(line)["index"] < size]
    files["openings.jsonl"] = join(kept)
    return Stroke("log tail", f"after {size}", files, ("^(checkpoint|tile/entries/.*): ",))


def rebuilt(exhibit: Exhibit, entries: list[bytes]) -> dict[str, bytes | None]:
    """Return what makes an exhibit another log of these entries."""
    gone = dict.fromkeys(name for name in exhibit.files if name.startswith("tile/"))
    return {**gone, **log_files(entries)}


def log_files(entries: list[bytes]) -> dict[str, bytes]:
    """Return bundles and every tile over entries."""
    head, full = merkle.grow(merkle.Head(), [merkle.leaf_hash(entry) for entry in entries])
    files = {tile_path(one.level, one.n): one.data for one in full}
    for level, n, rest in widths(len(entries)):
        if rest:
            files[tile_path(level, n, rest)] = head.edge[level]
    for n in range(-(-len(entries) // 256)):
        part = entries[n * 256 : n * 256 + 256]
        files[bundle_path(n, len(part))] = pack(part)
    return files


def log_rebuilt(exhibit: Exhibit, chance: random.Random) -> Stroke:
    """Change one entry and make every tile fit; the old checkpoint stays, as no key is at hand."""
    entries = exhibit.entries()
    index = chance.randrange(len(entries))
    how = chance.choice(["delete", "edit", "insert", "swap"])
    one = entries[index]
    fresh = dump(json.loads(one) | {"id": "0123456789abcdef" * 2})
    if how == "delete":
        del entries[index]
    elif how == "swap":
        to = (index + 1) % len(entries)
        entries[index], entries[to] = entries[to], entries[index]
    else:
        entries[index : index + (how == "edit")] = [fresh]
    # One more or one less than the checkpoint counts shows in the last bundle.
    blame = r"^(checkpoint|tile/entries/.*): "
    return Stroke(f"rebuilt {how}", f"entry {index}", rebuilt(exhibit, entries), (blame,))


TAMPERS: tuple[tuple[Tamper, int], ...] = (
    (bytes_bent, 8),
    (entry_edited, 3),
    (entry_moved, 4),
    (opening_edited, 3),
    (block_edited, 2),
    (opening_moved, 4),
    (record_withheld, 1),
    (erasure_edited, 2),
    (checkpoint_edited, 2),
    (file_moved, 3),
    (log_rebuilt, 2),
)


def stroke(exhibit: Exhibit, chance: random.Random) -> Stroke:
    """Return one random change."""
    tampers, weights = zip(*TAMPERS, strict=True)
    while True:
        tamper: Tamper = chance.choices(tampers, weights)[0]
        if (made := tamper(exhibit, chance)) is not None:
            return made
