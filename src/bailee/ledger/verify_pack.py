"""Checks an evidence pack (``bailee-verify pack``): standard library only, beside ``verify.py``.

Whoever made the pack cannot choose what it leaves out: the log itself says what must be in it.
Keys come from the auditor, never from the pack. What is checked, under the same numbers below:

1. Files: ``manifest.json`` lists every file with its SHA-256; no other is here, none is missing.
2. Logs: each by ``verify.py``, openings included, linked from the oldest to the newest. A log whose
   key is not pinned counts only as its pinned successor names its root.
3. The pack's own entry: ``made.json`` proves that the newest log holds ``audit:pack:made`` with the
   manifest's SHA-256, right behind the entries of the pack and the few that it shows between.
4. Agreement: each text that an entry installed is here, word for word; each obligation of its
   terms, and each that any entry names, is in ``obligations.json``.
5. Observations: one for each entry of a control, and none besides.
6. Engagements, samples, packs: each that an entry names is here; each sample is drawn again.
7. Reviews: each that an entry's opening names is here, each decision as its entry says it; what was
   ended or shortened is so in ``rights.json``; of a closed one the log holds the hash.
8. The house's own log: each entry shown stands under a checkpoint that its pinned key signed, and
   its opening is what it committed to. Which entries are left out, nothing here can tell.

It does not judge the report's signature (any PDF reader does; the certificate's hash is in the
pack's own entry), and it cannot show more than ``verify.py`` can.

Exit code: 0 all holds; 1 something could not be decided; 2 usage; 3 broken or left out.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from heapq import nsmallest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from bailee.ledger import verify
elif __package__:
    verify = importlib.import_module(".verify", __package__)
else:  # in a pack: the file beside this one, also where Python is told to look nowhere (-I)
    sys.dont_write_bytecode = True  # the pack stays as it came
    _found = importlib.util.spec_from_file_location("verify", Path(__file__).with_name("verify.py"))
    verify = importlib.util.module_from_spec(_found)
    _found.loader.exec_module(verify)

FORMAT = "bailee/pack/v1"
MANIFEST, MADE = "manifest.json", "made.json"
OPENINGS = "openings.jsonl"
MAX_JSON, MAX_FILE = 1 << 30, 1 << 40
MARK = b"bailee/sample/v1\x00"
CONTROL, REVIEW = "app:control:", "access:review:"
Bad, need = verify.Bad, verify.need


class Log(NamedTuple):
    """A log of the pack, as the manifest names it and as it was found."""

    folder: str
    name: str
    size: int
    root: str
    vkey: str


class Seen:
    """What the entries of the pack's logs say, gathered in one reading."""

    def __init__(self) -> None:
        self.places = dict[str, tuple[str, int, str]]()  # entry id: log, index, action
        self.kept = dict[str, dict[str, Any]]()  # entries that something in the pack must answer
        self.obligations, self.first = set[str](), dict[str, dict[str, Any]]()
        self.opened = dict[str, tuple[dict[str, str], dict[str, str]]]()  # of reviews: who, of what
        self.tops, self.rest = bytearray(), b""  # the newest log's tree, 256 leaves at a time

    def hear(self, log: str, index: int, body: bytes) -> None:
        """Take one entry in."""
        fields = json.loads(body)
        action = fields["action"]
        if index == 0:
            self.first[log] = fields
        self.places[fields["id"]] = log, index, action
        self.obligations.update(one for one in fields["obligations"] if not one.startswith("all:"))
        if action.startswith((CONTROL, REVIEW, "audit:", "agreement:version:")):
            self.kept[fields["id"]] = fields

    def grow(self, body: bytes) -> None:
        """Take one leaf of the newest log's tree."""
        self.rest += sha256(b"\x00" + body).digest()
        if len(self.rest) == 256 * 32:
            self.tops += verify.tree_root(self.rest)
            self.rest = b""

    def root(self) -> bytes:
        """Return the root over the leaves so far."""
        last = verify.tree_root(self.rest) if self.rest else b""
        return verify.tree_root(bytes(self.tops) + last)

    def of(self, prefix: str) -> Iterator[dict[str, Any]]:
        """Yield the kept entries whose action begins so."""
        return (one for one in self.kept.values() if one["action"].startswith(prefix))


class Pack:
    """A pack on disk, and what was found of it."""

    def __init__(self, folder: Path, pinned: verify.Pinned) -> None:
        self.folder, self.pinned, self.report = folder, pinned, verify.Report()
        self.manifest, self.manifest_sha256 = dict[str, Any](), ""
        self.seen = Seen()
        self.logs = list[Log]()

    def load(self, name: str) -> Any:
        """Return what a canonical JSON file says."""
        return verify.load(verify.read_file(self.folder / name, name, MAX_JSON), name)

    def rows(self, name: str, member: str, *keys: str) -> list[dict[str, Any]]:
        """Return the list in a file, each row with at least these members."""
        value = self.load(name)
        rows = value.get(member) if isinstance(value, dict) else None
        fits = isinstance(rows, list) and all(
            isinstance(one, dict) and one.keys() >= set(keys) for one in rows
        )
        need(fits, "pack.form", name, f"has no list {member!r} of rows with {', '.join(keys)}")
        return rows  # type: ignore[return-value]  # just looked at

    def lacks(self, code: str, where: str, says: str) -> None:
        """Name something that is left out, or does not agree with the log."""
        self.report.add(Bad(code, where, says))


# 1. Files.


def check_files(pack: Pack) -> None:
    """Check that the files are those of the manifest, byte for byte."""
    data = verify.read_file(pack.folder / MANIFEST, MANIFEST, MAX_JSON)
    said: Any = verify.load(data, MANIFEST)
    fits = isinstance(said, dict) and said.get("format") == FORMAT
    fits = fits and isinstance(said.get("files"), dict) and isinstance(said.get("logs"), list)
    need(fits, "pack.form", MANIFEST, f"is no manifest of {FORMAT}")
    pack.manifest, pack.manifest_sha256 = said, sha256(data).hexdigest()
    listed = said["files"]
    here = {path for path in _walk(pack, "") if path not in {MANIFEST, MADE}}
    for path, said in sorted(listed.items()):
        with pack.report.collect():
            need(path in here, "file.missing", ascii(path), "stands in the manifest, not here")
            fits = isinstance(said, str) and _hash(pack.folder / path, path) == said
            need(fits, "file.altered", ascii(path), "is not the file that the manifest hashes")
    for path in sorted(here - set(listed)):
        pack.lacks("file.unexpected", ascii(path), "does not stand in the manifest")


def _walk(pack: Pack, inside: str) -> Iterator[str]:
    with os.scandir(pack.folder / inside) as items:
        for item in sorted(items, key=lambda one: one.name):
            path = inside + item.name
            if item.is_dir(follow_symlinks=False):
                yield from _walk(pack, path + "/")
            elif item.is_file(follow_symlinks=False):
                yield path
            else:
                pack.lacks("file.kind", ascii(path), "is no file, no folder")


def _hash(path: Path, where: str) -> str:
    digest = sha256()
    with verify.open_file(path, where, MAX_FILE) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


# 2. Logs.


def check_logs(pack: Pack) -> None:
    """Check every log, newest first: a pinned successor speaks for the root of the one before."""
    for one in pack.manifest.get("logs", []):
        shaped = isinstance(one, dict) and one.keys() >= set(Log._fields)
        need(shaped, "pack.form", MANIFEST, "a log is not described")
        pack.logs.append(Log(*(one[name] for name in Log._fields)))
    need(pack.logs, "log.missing", MANIFEST, "names no log")
    pinned = {key.name for key in pack.pinned.keys}
    for at in range(len(pack.logs) - 1, -1, -1):
        with pack.report.collect():
            _check_log(pack, at, pinned)
    for at, log in enumerate(pack.logs):
        link = (pack.seen.first.get(log.name, {}).get("link") or {}).get("log", "")
        before = pack.logs[at - 1].name if at else ""
        if log.name in pack.seen.first and link != before:
            says = f"continues {link!a}, which is not the log before it in the pack"
            if at or not link:
                pack.lacks("log.missing", ascii(log.folder), says)
            else:  # retired, if its time was over; only a checkpoint that was kept could tell
                bad = {"code": "log.before", "where": ascii(log.folder), "says": says}
                pack.report.unmet.append(bad)


def _check_log(pack: Pack, at: int, pinned: set[str]) -> None:
    log, where = pack.logs[at], ascii(pack.logs[at].folder)
    need(re.fullmatch(r"logs/[0-9]{3}", log.folder), "pack.form", MANIFEST, "a log has no folder")
    need((pack.folder / log.folder).is_dir(), "log.missing", where, "the log's folder is not here")
    keys = list(pack.pinned.keys)
    if log.name not in pinned:  # then its successor, already checked, must name this very root
        after = pack.logs[at + 1].name if at + 1 < len(pack.logs) else ""
        link = pack.seen.first.get(after, {}).get("link") or {}
        known = (link.get("log"), link.get("until"), link.get("root"))
        if known == (log.name, log.size, log.root) and log.root:
            keys.append(verify.read_key(log.vkey, where))
            pack.report.notes.append(f"{where}: no key pinned; its successor names its root")
    found = verify.verify(pack.folder / log.folder, pack.pinned._replace(keys=keys, olds=()))
    for bad in found.problems:
        pack.lacks(bad["code"], f"{log.folder}: {bad['where']}", bad["says"])
    for bad in found.unmet:
        pack.report.unmet.append({**bad, "where": f"{log.folder}: {bad['where']}"})
    pack.report.notes += [f"{log.folder}: {note}" for note in found.notes]
    facts = found.facts
    said = (facts.get("origin"), facts.get("size"), facts.get("root"))
    need(said == (log.name, log.size, log.root), "log.other", where, "is not that of the manifest")
    erased = facts.get("openings_erased", 0)
    if erased:
        pack.report.notes.append(f"{log.folder}: {erased} openings are gone; entries explain each")
    if all(bad["code"].startswith("opening.") for bad in found.problems):  # entries are as signed
        for index, body in enumerate(_entries(pack.folder / log.folder, log.size)):
            pack.seen.hear(log.name, index, body)
            if at == len(pack.logs) - 1:
                pack.seen.grow(body)
        _hear_openings(pack, log)


def _hear_openings(pack: Pack, log: Log) -> None:
    """Keep what the openings of reviews say, whose commitments were just checked."""
    wanted = {one["id"] for one in pack.seen.of(REVIEW)}
    for where, text in verify.Bundle(pack.folder / log.folder, verify.Report()).lines(OPENINGS):
        line = verify.load(text, where) if wanted else {}
        if line.get("entry_id") in wanted:
            blocks = json.loads(line["actor"]["block"]), json.loads(line["context"]["block"])
            pack.seen.opened[line["entry_id"]] = blocks


def _entries(folder: Path, size: int) -> Iterator[bytes]:
    bundle = verify.Bundle(folder, verify.Report())
    for n in range(-(-size // 256)):
        yield from bundle.entries(n, min(256, size - n * 256))[0]


# 3. The pack's own entry.


def check_made(pack: Pack) -> None:
    """Check that the newest log holds the manifest's hash right behind what the pack holds."""
    made, newest = pack.load(MADE), pack.logs[-1]
    shaped = isinstance(made, dict) and sorted(made) == ["between", "proof"]
    shaped = shaped and isinstance(made["proof"], str) and isinstance(made["between"], list)
    need(shaped and all(isinstance(one, str) for one in made["between"]), "pack.form", MADE, "form")
    proof = made["proof"].encode("utf-8", "replace")
    note, index, entry = verify.check_proof(proof, pack.pinned.keys, MADE)
    detail, action = entry["detail"], entry["action"]
    need(action == "audit:pack:made", "pack.entry", MADE, "the entry proven tells of no pack")
    says = "the pack's entry is of another manifest"
    need(detail.get("manifest_sha256") == pack.manifest_sha256, "pack.entry", MANIFEST, says)
    need(note.origin == newest.name, "pack.entry", MADE, "stands in a log that is not the newest")
    between = [one.encode("ascii", "replace") for one in made["between"]]
    says = f"shows {len(between)} entries between the pack's {newest.size} and its own, at {index}"
    need(newest.size + len(between) == index, "pack.between", MADE, says)
    for at, body in enumerate(between, newest.size):
        verify.check_entry(body, f"{MADE}: entry {at}")
        pack.seen.grow(body)
    says = "what stands before the pack's entry is not what the pack holds"
    need(pack.seen.root() == left_root(proof, index, note.size), "pack.between", MADE, says)
    if between:
        says = f"{len(between)} entries came while the pack was made; of these it has no more"
        pack.report.notes.append(f"{MADE}: {says}")
    pack.report.facts |= {"manifest": pack.manifest_sha256, "made": entry["time"]}
    pack.report.facts["certificate"] = detail.get("certificate_sha256", "")
    pack.report.facts["terms"] = detail.get("terms_sha256", "")
    fits = detail.get("terms_sha256") == _terms_hash(pack)
    need(fits, "pack.entry", "terms", "the pack's entry is of other terms")


def _terms_hash(pack: Pack) -> str:
    hashes = sorted(v for k, v in pack.manifest["files"].items() if k.startswith("terms/"))
    return sha256("\n".join(hashes).encode()).hexdigest()


def left_root(proof: bytes, index: int, size: int) -> bytes:
    """Return the root over everything left of an entry, from its inclusion proof (RFC 6962)."""
    head = proof.partition(b"\n\n")[0].decode("ascii")
    siblings = iter([verify.read_base64(line, MADE, 32) for line in head.split("\n")[3:]])
    root, last, at = b"", size - 1, index
    while last:
        if at & 1:
            left = next(siblings, b"")
            root = sha256(b"\x01" + left + root).digest() if root else left
        elif at < last:
            next(siblings, b"")
        at, last = at >> 1, last >> 1
    return root or verify.tree_root(b"")


# 4. Agreement.


def check_agreement(pack: Pack) -> None:
    """Check that every installed text and every obligation is here."""
    known = {
        one["obligation"] for one in pack.rows("obligations.json", "obligations", "obligation")
    }
    wanted, terms_of = set[str](), dict[str, set[str]]()
    for entry in pack.seen.of("agreement:version:installed"):
        version, detail = entry["agreement"], entry["detail"]
        with pack.report.collect():
            name = f"agreement/{version}.txt"
            text = sha256(verify.read_file(pack.folder / name, name, MAX_JSON)).hexdigest()
            says = "is not the text that an entry installed"
            need(text == detail["text_sha256"], "agreement.text", name, says)
        with pack.report.collect():
            terms_of[version] = _obligations_of(pack, f"terms/{detail['terms']}.toml")
    stands = pack.load("obligations.json").get("agreement")
    need(stands in terms_of, "agreement.version", "obligations.json", "no entry installed its text")
    wanted |= terms_of[stands]
    for name in sorted(wanted - known):
        pack.lacks("obligation.missing", "obligations.json", f"lacks {name}, which its terms have")
    for name in sorted(known - wanted):
        pack.lacks("obligation.other", "obligations.json", f"has {name}, which no terms have")
    every = set[str]().union(*terms_of.values())
    for name in sorted(pack.seen.obligations - every):
        pack.lacks("obligation.missing", "terms", f"lack {name}, which an entry names")
    pack.report.facts["obligations"] = len(known)


def _obligations_of(pack: Pack, name: str) -> set[str]:
    import tomllib  # noqa: PLC0415 - since Python 3.11; an older one is told what it cannot check

    try:
        terms = tomllib.loads(
            verify.read_file(pack.folder / name, name, MAX_JSON).decode("utf-8", "replace")
        )
        return {str(one["id"]) for one in terms["obligation"]}
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        raise Bad("terms.form", name, "are not terms") from None


# 5. Observations.


def check_observations(pack: Pack) -> None:
    """Check that what controls saw is here, look by look, as their entries say."""
    name, keys = "observations.json", ("control", "entry", "findings", "result")
    rows = {one["entry"]: one for one in pack.rows(name, "observations", *keys)}
    for entry in pack.seen.of(CONTROL):
        row = rows.pop(entry["id"], None)
        if row is None:
            pack.lacks("observation.missing", name, f"lacks the look of entry {entry['id']}")
            continue
        detail = entry["detail"]
        first = [detail[f"finding{n}"] for n in range(8) if f"finding{n}" in detail]
        fits = (row["control"], row["result"]) == (detail.get("control"), detail.get("result"))
        fits = fits and len(row["findings"]) == entry["count"] and row["findings"][:8] == first
        if not fits:
            says = f"does not say what entry {entry['id']} says"
            pack.lacks("observation.altered", name, says)
    for other in sorted(rows):
        pack.lacks("observation.other", name, f"has a look of entry {other!a}, which is not here")


# 6. Engagements, samples, packs.


def check_records(pack: Pack) -> None:
    """Check that engagements, samples and earlier packs are those that entries tell of."""
    for name, action, key in (
        ("engagements.json", "audit:engagement:requested", "engagement"),
        ("samples.json", "audit:sample:drawn", "sample"),
        ("packs.json", "audit:pack:made", "pack"),
    ):
        with pack.report.collect():
            member = name.removesuffix(".json")
            rows = {one[key]: one for one in pack.rows(name, member, key)}
            told = {entry["detail"][key]: entry for entry in pack.seen.of(action)}
            for item in sorted(told.keys() - rows.keys()):
                pack.lacks(f"{key}.missing", name, f"lacks {item}, which an entry tells of")
            for item in sorted(rows.keys() - told.keys()):
                pack.lacks(f"{key}.other", name, f"has {item!a}, of which no entry tells")
            if key == "sample":
                for item in sorted(rows.keys() & told.keys()):
                    with pack.report.collect():
                        check_sample(pack, rows[item], told[item]["detail"])


def check_sample(pack: Pack, row: dict[str, Any], detail: dict[str, Any]) -> None:
    """Draw a sample again: rank(id) = SHA-256(mark seed 00 id), the ``size`` smallest."""
    where = f"samples.json: {row['sample']}"
    bounds = [[one["log"], one["size"]] for one in row["bounds"]]
    digest = sha256(verify.CANONICAL.encode(bounds).encode()).hexdigest()
    need(digest == detail["bounds_sha256"], "sample.altered", where, "has other bounds")
    sizes, of, seed = dict(bounds), detail["population"], detail["seed"].encode()
    names = [
        entry_id
        for entry_id, (log, index, action) in pack.seen.places.items()
        if index < sizes.get(log, 0) and (of == "all" or action.startswith(of))
    ]
    need(len(names) == detail["members"], "sample.population", where, "is of another population")

    def rank(name: str) -> tuple[bytes, str]:
        return sha256(MARK + seed + b"\x00" + name.encode()).digest(), name

    chosen = nsmallest(detail["size"], names, key=rank)
    told = sha256("".join(f"{name}\n" for name in chosen).encode()).hexdigest()
    need(told == detail["chosen_sha256"], "sample.drawn", where, "drawn again, it is another one")
    need(row["chosen"] == chosen, "sample.altered", where, "lists other entries than were drawn")
    same = all(row[name] == detail[name] for name in ("population", "members", "size", "seed"))
    need(same, "sample.altered", where, "does not say what its entry says")


# 7. Reviews.


def check_reviews(pack: Pack) -> None:
    """Check that access reviews and their decisions are those that entries tell of."""
    name, keys = "reviews.json", ("review", "status", "content")
    rows = {one["review"]: one for one in pack.rows(name, "reviews", *keys)}
    told = dict[str, list[dict[str, Any]]]()
    for entry in pack.seen.of(REVIEW):
        _, context = pack.seen.opened.get(entry["id"], ({}, {}))
        told.setdefault(context.get("review_id", ""), []).append(entry)
    silent = len(told.pop("", []))  # their openings are gone, and an entry says why
    if silent:
        says = f"{silent} entries of reviews have no opening any more: what they told is not here"
        pack.report.notes.append(f"{name}: {says}")
    for item in sorted(told.keys() - rows.keys()):
        pack.lacks("review.missing", name, f"lacks {item}, which an entry tells of")
    for item in sorted(rows.keys() - told.keys() if not silent else ()):
        pack.lacks("review.other", name, f"has {item!a}, of which no entry tells")
    grants = {one["grant"]: one for one in pack.rows("rights.json", "grants", "grant", "until")}
    for item in sorted(rows.keys() & told.keys()):
        with pack.report.collect():
            check_review(pack, rows[item], told[item], whole=not silent)
            for line in rows[item]["content"]["grants"]:
                check_executed(line, grants.get(line["grant"], {}), f"{name}: {item}")


def check_review(
    pack: Pack, row: dict[str, Any], entries: list[dict[str, Any]], *, whole: bool
) -> None:
    """Check one review against its entries; ``whole``: no opening of a review's entry is gone."""
    where, content = f"reviews.json: {row['review']}", row["content"]
    lines = {one["grant"]: one for one in content["grants"]}
    need(content["review"] == row["review"], "review.altered", where, "is of another review")
    open_lines, closed = set(lines), False
    for entry in entries:
        detail, event = entry["detail"], entry["action"].removeprefix(REVIEW)
        actor, context = pack.seen.opened[entry["id"]]
        who = actor.get("on_behalf_of") or actor["principal_id"]
        if event == "opened":
            same = (len(lines), content["due"][:10]) == (detail["grants"], detail["due"])
            need(same, "review.altered", where, "is not the one that was opened")
        elif event == "decided":
            grant = context["grant_id"]
            says = f"lacks the decision of entry {entry['id']}"
            need(grant in open_lines, "decision.missing", where, says)
            open_lines.remove(grant)
            line, by = lines[grant], "" if detail["outcome"] == "lapsed" else who
            found = line["outcome"], line["shortened"][:10], line["reviewer"], line["principal"]
            wanted = detail["outcome"], detail.get("until", ""), by, context["principal_id"]
            says = f"does not say of {grant} what entry {entry['id']} says"
            need(found == wanted, "decision.altered", where, says)
        elif event == "closed":
            closed = True
            digest = sha256(verify.CANONICAL.encode(content).encode()).hexdigest()
            says = "is not what was closed"
            need(digest == detail["summary_sha256"], "review.altered", where, says)
    if whole:
        need((row["status"] == "closed") == closed, "review.altered", where, "has another status")
        for grant in sorted(open_lines):
            fits = lines[grant]["outcome"] in ("undecided", "gone")
            need(fits, "decision.other", where, f"has one on {grant!a}, of which no entry tells")


def check_executed(line: dict[str, Any], grant: dict[str, Any], where: str) -> None:
    """Check that a decision is in force among the rights."""
    need(grant, "right.missing", "rights.json", f"lacks {line['grant']!a}, which was reviewed")
    ended = line["outcome"] not in ("ended", "lapsed") or grant.get("status") != "living"
    shorter = line["outcome"] != "shortened" or grant["until"] <= line["shortened"]
    need(ended and shorter, "decision.unexecuted", where, f"the right {line['grant']} lives on")


# 8. The house's own log.


def check_house(pack: Pack) -> None:
    """Check the entries shown of the house's logs, newest log first, as in step 2."""
    keys = ("log", "checkpoint", "vkey", "first", "entries")
    logs, pinned = pack.rows("house.json", "logs", *keys), {key.name for key in pack.pinned.keys}
    after, shown, unkeyed = dict[str, Any](), 0, 0
    for row in reversed(logs):
        where = f"house.json: {row['log']!a}"
        with pack.report.collect():
            note = verify.read_note(row["checkpoint"].encode(), where)
            need(note.origin == row["log"], "log.other", where, "has another log's checkpoint")
            trusted = list(pack.pinned.keys)
            known = (after.get("log"), after.get("until"), after.get("root"))
            if note.origin not in pinned and known == (note.origin, note.size, note.root.hex()):
                trusted.append(verify.read_key(row["vkey"], where))
            elif note.origin not in pinned:
                unkeyed += len(row["entries"])
                says = "no key of the house's log is pinned: what it shows is not checked"
                pack.report.unmet.append({"code": "house.key", "where": where, "says": says})
                continue
            verify.check_signed(note, trusted, where)
            after = placed(row["first"], note, where).get("link") or {}
            for one in row["entries"]:
                entry = placed(one, note, where)
                at, opening = f"{where} entry {one['index']}", one["opening"]
                fits = (opening["entry_id"], opening["index"]) == (entry["id"], one["index"])
                need(fits, "opening.entry", at, "has another entry's opening")
                verify.check_opening(opening, entry["hashes"], at)
                shown += 1
    facts = {"house_shown": shown, "house_unchecked": unkeyed}
    pack.report.facts |= facts | {"house_left_out": pack.load("house.json").get("left_out")}


def placed(one: dict[str, Any], note: verify.Note, where: str) -> dict[str, Any]:
    """Return an entry's fields, if it stands where it says under a checkpoint."""
    body, index = one["body"].encode("ascii", "replace"), one["index"]
    at = f"{where} entry {index!a}"
    need(type(index) is int and 0 <= index < note.size, "proof.root", at, "has no place")
    path = [bytes.fromhex(each) for each in one["path"]]
    fits = verify.proof_root(body, index, note.size, path) == note.root
    need(fits, "proof.root", at, "is not in the tree that was signed")
    hashes = verify.check_entry(body, at)[1].decode()
    return {**json.loads(body), "hashes": hashes}


# The whole, in the order of the numbers.

STEPS = (
    check_logs,
    check_made,
    check_agreement,
    check_observations,
    check_records,
    check_reviews,
    check_house,
)


def verify_pack(folder: Path, pinned: verify.Pinned, *, made: bool = True) -> verify.Report:
    """Check a pack; everything found is in the report.

    Args:
        folder: the pack.
        pinned: what the auditor brings.
        made: False while the pack is being made: it has no manifest's entry yet.
    """
    pack = Pack(folder, pinned)
    report = pack.report
    steps = [one for one in STEPS if made or one is not check_made]
    if _try(pack, check_files):
        for step in steps:
            _try(pack, step)
    report.facts |= {"logs": len(pack.logs), "entries": len(pack.seen.places)}
    for gap in pack.manifest.get("gaps", []):
        report.notes.append(f"the pack itself says: {gap!a}")
    return report


def _try(pack: Pack, step: Callable[[Pack], None]) -> bool:
    """Take one step; what is wrong is reported. Tell whether there is a manifest to go on with."""
    try:
        step(pack)
    except Bad as bad:
        pack.report.add(bad)
    except OSError as error:
        where = ascii(error.filename)
        pack.report.add(Bad("file.kind", where, error.strerror or "cannot be read"))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        says = f"has not the form of a pack ({type(error).__name__})"
        pack.report.add(Bad("pack.form", step.__name__, says))
    return bool(pack.manifest)


def _print(report: verify.Report, code: int) -> None:
    for label, findings in (("BROKEN", report.problems), ("NOT MET", report.unmet)):
        for finding in findings:
            print(f"{label}  {finding['where']}: {finding['says']}  [{finding['code']}]")
    for note in report.notes:
        print(f"note    {note}")
    for name, value in sorted(report.facts.items()):
        print(f"fact    {name}: {value}")
    print("cannot show:", *verify.CANNOT_SHOW, sep="\n  - ")
    print({0: "VERIFIED", 1: "NOT VERIFIED", 3: "BROKEN"}[code])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser("bailee-verify pack", description="Check an evidence pack.")
    option = partial(parser.add_argument, action="append", default=[])
    parser.add_argument("pack", type=Path, help="the pack's folder")
    option("--vkey", help="pinned key of a log, text or file: yours, not the pack's")
    parser.add_argument("--policy", help="pinned logs and witnesses: a tlog-policy file")
    option("--receipt", help="a file of receipts, one on each line")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    if not given.pack.is_dir():
        parser.error("the pack is not a folder")
    try:
        keys = [key for text in given.vkey for key in verify.read_keys(text)]
        name = given.policy
        data = verify.read_file(name, name, verify.MAX_POLICY) if name else b""
        policy = verify.read_policy(data, name) if name else None
        keys += policy.logs if policy else []
        need(keys, "vkey.form", "--vkey", "no log's key is pinned, by it or by --policy")
        receipts = [(one, verify.read_file(one, one, MAX_JSON)) for one in given.receipt]
    except Bad as bad:
        print(f"bailee-verify pack: {bad}", file=sys.stderr)
        return 2
    pinned = verify.Pinned(keys, receipts=receipts, policy=policy)
    report = verify_pack(given.pack, pinned)
    code = 3 if report.problems else 1 if report.unmet else 0
    if given.json:
        names = ("problems", "unmet", "notes", "facts")
        found = {name: getattr(report, name) for name in names}
        print(json.dumps({"exit": code, **found}, sort_keys=True))
    else:
        _print(report, code)
    return code


if __name__ == "__main__":
    sys.exit(main())
