"""Checks the certificate of an agreement's end (``bailee-verify end``), beside ``verify.py``.

Is this what the controller's log certified, are its figures and dates those that the log has, and
is the day past from which nothing opens? Keys come from the controller, never from the folder. What
is checked, under the same numbers below:

1. Certificate: ``certificate.json`` is canonical, of this form, and about the end of one agreement.
2. Proofs: the signed log holds its SHA-256, and the entries of order and destruction that it names.
3. Figures: choice, scope, keys and rows are those of these entries.
4. Dates: end, choice, order, death of the keys, last row, certificate, in this order; and the day
   from which nothing opens is the one that keys' death and announced backups give.
5. The return, where it was chosen: what came back was confirmed before anything was ordered.
6. Log (``--log``, exported folders): nothing was read after the order, but what a law keeps; the
   choice is in it, before the order, with the writing that the certificate names.
7. Witnesses (``--policy``): the pinned ones saw the log that certifies, no earlier than it says.

What is undecided is named: a day still to come, sub-processors who did not answer, copies without
an end. It cannot show what ``not_shown`` in the certificate lists.

Exit code: 0 all holds; 1 something could not be decided; 2 usage; 3 broken.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bailee.ledger import verify
elif __package__:
    verify = importlib.import_module(".verify", __package__)
else:  # the file beside this one, also where Python is told to look nowhere (-I)
    sys.dont_write_bytecode = True
    _found = importlib.util.spec_from_file_location("verify", Path(__file__).with_name("verify.py"))
    verify = importlib.util.module_from_spec(_found)
    _found.loader.exec_module(verify)

FORMAT = "bailee/end/v1"
CERTIFICATE = "certificate.json"
PROOFS = ("ordered", "destroyed", "certified")
ACTION = "privacy:termination:"
MEMBERS = (
    "agreement choice controller copies destroyed held kept made name not_shown origin returned "
    "subprocessors unrecoverable certificate"
)
MAX_JSON = 1 << 26
SOON = timedelta(minutes=2)
"""Between a certificate's own time and its entry's."""
Bad, need = verify.Bad, verify.need


class End:
    """A certificate on disk, and what was found of it."""

    def __init__(self, folder: Path, pinned: verify.Pinned, now: datetime) -> None:
        self.folder, self.pinned, self.now = folder, pinned, now
        self.report = verify.Report()
        self.said, self.sha256 = dict[str, Any](), ""
        self.entries = dict[str, dict[str, Any]]()
        self.places = dict[str, tuple[verify.Note, int]]()

    def detail(self, name: str) -> dict[str, Any]:
        """Return what an entry says in clear."""
        found: dict[str, Any] = self.entries[name]["detail"]
        return found

    def leave_open(self, code: str, says: str) -> None:
        """Name something that nobody can decide yet."""
        self.report.unmet.append({"code": code, "where": CERTIFICATE, "says": says})


# 1. Certificate.


def check_form(end: End) -> None:
    """Check that the certificate is one."""
    data = verify.read_file(end.folder / CERTIFICATE, CERTIFICATE, MAX_JSON)
    said = verify.load(data, CERTIFICATE)
    whole = isinstance(said, dict) and said.get("format") == FORMAT
    whole = whole and said.keys() >= set(MEMBERS.split())
    need(whole, "end.form", CERTIFICATE, f"is no certificate of {FORMAT}")
    end.said, end.sha256 = said, sha256(data).hexdigest()
    end.report.facts |= {
        "certificate": said["certificate"],
        "controller": said["controller"],
        "sha256": end.sha256,
        "scope": said["destroyed"]["scope"],
    }


# 2. Proofs.


def check_proofs(end: End) -> None:
    """Check that the signed log holds the entries that the certificate stands on."""
    done = end.said["destroyed"]
    for name in PROOFS:
        where = f"{name}.tlog-proof"
        proof = verify.read_file(end.folder / where, where, verify.MAX_NOTE)
        note, index, entry = verify.check_proof(proof, end.pinned.keys, where)
        fits = entry["action"] == ACTION + name and entry["decision"] == "allowed"
        need(fits, "end.entry", where, f"proves an entry of {entry['action']!a}")
        end.entries[name], end.places[name] = entry, (note, index)
    for name, wanted in (("ordered", done["ordered_entry"]), ("destroyed", done["entry"])):
        need(end.entries[name]["id"] == wanted, "end.entry", name, "is not the entry it names")
    head = verify.read_file(end.folder / "ordered.tlog-proof", "ordered", verify.MAX_NOTE)
    body = verify.read_base64(head.split(b"\n")[1].decode("ascii")[6:], "ordered")
    leaf = sha256(b"\x00" + body).hexdigest()
    need(leaf == done["ordered_leaf"], "end.entry", "ordered", "has another leaf than it names")
    said = end.detail("certified")
    fits = (said.get("certificate_sha256"), said.get("certificate")) == (
        end.sha256,
        end.said["certificate"],
    )
    need(fits, "end.other", CERTIFICATE, "is not the certificate that the log holds")
    end.report.facts["pdf_certificate"] = said.get("pdf_certificate_sha256", "")


# 3. Figures.


def check_figures(end: End) -> None:
    """Check that the certificate's figures are those of the entries."""
    done, ordered, gone = end.said["destroyed"], end.detail("ordered"), end.detail("destroyed")
    same = (
        ("choice", end.said["choice"]["choice"], ordered.get("choice")),
        ("scope", done["scope"], ordered.get("scope")),
        ("scope", done["scope"], gone.get("scope")),
        ("keys", done["keys"], gone.get("keys")),
        ("rows", done["rows"], gone.get("rows")),
        ("at", done["at"].lower(), gone.get("destroyed")),
        ("rows_gone", done["rows_gone"].lower(), gone.get("rows_gone")),
    )
    for name, said, logged in same:
        with end.report.collect():
            need(said == logged, "end.figure", name, f"says {said!a}, the log {logged!a}")
    kept = bool(end.said["kept"] or end.said["held"].get("held"))
    if done["scope"] == "whole":
        need(not kept, "end.figure", "kept", "is not empty, and everything was destroyed")


# 4. Dates.


def check_dates(end: End) -> None:
    """Check the order of dates, and the day from which nothing opens."""
    said, done = end.said, end.said["destroyed"]
    story = (
        ("the end", said["agreement"]["ended"]),
        ("the choice", said["choice"]["at"]),
        ("the order", end.entries["ordered"]["time"]),
        ("the death of the keys", done["at"]),
        ("the last row", done["rows_gone"]),
        ("the entry of the destruction", end.entries["destroyed"]["time"]),
        ("the entry of the certificate", end.entries["certified"]["time"]),
    )
    times = [(name, _time(at, name)) for name, at in story]
    for (name, at), (later, until) in pairwise(times[1:]):
        with end.report.collect():
            need(at <= until + timedelta(seconds=1), "end.date", name, f"comes after {later}")
    with end.report.collect():
        need(times[0][1] <= times[2][1], "end.date", "the order", "comes before the end")
    made = _time(said["made"], "made")
    apart = abs(made - times[-1][1])
    need(apart <= SOON, "end.date", "made", f"is {apart} from its own entry")
    for one, (note, index) in end.places.items():
        other, after = end.places["certified"]
        same = note.origin == other.origin
        need(not same or index <= after, "end.date", one, "stands behind the certificate's entry")
    _check_horizon(end, times[3][1], times[4][1])


def _check_horizon(end: End, died: datetime, gone: datetime) -> None:
    until, days = end.said["unrecoverable"], end.said["unrecoverable"]["key_backup_days"]
    least = max(gone, died + timedelta(days=days))
    if not until["from"]:
        end.leave_open("end.horizon", "names no day from which nothing opens: keys still live")
        return
    named = _time(until["from"], "unrecoverable")
    off = named - least
    says = (
        f"is {until['from']}; the keys' death and {days} days of backups give {least.isoformat()}"
    )
    exact = end.said["destroyed"]["scope"] == "whole"
    need(abs(off) < timedelta(seconds=1) if exact else off >= timedelta(seconds=-1),
         "end.horizon", "unrecoverable", says)  # fmt: skip
    end.report.facts["nothing_opens_from"] = until["from"]
    if named > end.now:
        says = f"until {until['from']} a backup of the keys made before may still open something"
        end.leave_open("end.not_yet", says)


# 5. The return.


def check_return(end: End) -> None:
    """Check that a return was confirmed before anything was ordered."""
    back = end.said["returned"]
    if end.said["choice"]["choice"] != "return":
        need(back is None, "end.return", "returned", "is there, and destruction was chosen")
        return
    need(back and back["received"], "end.return", "returned", "was never confirmed")
    received = _time(back["received"], "received")
    ordered = _time(end.entries["ordered"]["time"], "ordered")
    need(received <= ordered, "end.return", "returned", "was confirmed after the order")
    with end.report.collect():
        held = end.said["held"]["values"]
        says = "are not the values that were held"
        need(back["values"] == held, "end.return", "returned", says)


# 6. Log.


def check_log(end: End, folders: Sequence[Path]) -> None:
    """Check exported logs, and what was done after the order."""
    chosen = dict[str, Any]()
    for folder in folders:
        found = verify.verify(folder, end.pinned)
        end.report.add(*(Bad(b["code"], f"{folder.name}: {b['where']}", b["says"])
                         for b in found.problems))  # fmt: skip
        if found.problems:
            return
        for index, entry in enumerate(_entries(folder, found.facts["size"])):
            _hear(end, (found.facts["origin"], index), entry, chosen)
    says = "has no choice of the controller before the order"
    need(chosen, "end.choice", "log", says)
    said = end.said["choice"]
    logged = (chosen.get("choice"), chosen.get("side"), chosen.get("writing_sha256", ""))
    fits = (said["choice"], said["side"], said["text_sha256"]) == logged
    need(fits, "end.choice", "choice", "is not the last one before the order")


def _hear(end: End, at: tuple[str, int], entry: dict[str, Any], chosen: dict[str, Any]) -> None:
    note, ordered = end.places["ordered"]
    order = _time(end.entries["ordered"]["time"], "ordered")
    before = at[1] < ordered if at[0] == note.origin else _time(entry["time"], "entry") < order
    if before and entry["action"] == ACTION + "chosen":
        chosen.clear()
        chosen.update(entry["detail"])
    read = entry["action"].startswith("vault:record:") and entry["decision"] == "allowed"
    if not before and read and entry["purpose"] != "legal-retention":
        end.report.add(Bad("end.read", f"entry {at[1]}", f"{entry['action']!a} after the order"))


def _entries(folder: Path, size: int) -> Iterator[dict[str, Any]]:
    bundle = verify.Bundle(folder, verify.Report())
    for n in range(-(-size // 256)):
        for body in bundle.entries(n, min(256, size - n * 256))[0]:
            yield json.loads(body)


# 7. Witnesses.


def check_witnesses(end: End) -> None:
    """Check that pinned witnesses saw the certificate's entry, no earlier than it says."""
    policy, note = end.pinned.policy, end.places["certified"][0]
    if policy is None:
        end.report.notes.append("no witnesses were pinned: dates are as the log says")
        return
    if verify.check_witnessed(note, policy, "certified.tlog-proof", end.report):
        time = _time(end.entries["certified"]["time"], "certified")
        for name, at in verify.cosigners(note, policy, "certified.tlog-proof").items():
            early = datetime.fromtimestamp(at, UTC) < time - SOON
            need(not early, "end.date", name, "saw the certificate's entry before its own time")


# What is not decided by anybody.


def name_open(end: End) -> None:
    """Name what the certificate leaves open, and what it cannot know."""
    for one in end.said["subprocessors"]:
        if not one["certificate_sha256"]:
            says = f"sub-processor {one['subprocessor']!a} has not certified"
            end.leave_open("end.subprocessor", says)
    for one in end.said["kept"]:
        says = f"kept by {one['basis']!a} until {one['until']}: {', '.join(one['elements'])}"
        end.report.notes.append(says)
    for one in end.said["copies"]["exports"]:
        says = f"{one['records']} records left in disclosure {one['disclosure']} ({one['kind']})"
        end.report.notes.append(says)


def _time(at: object, where: str) -> datetime:
    try:
        found = datetime.fromisoformat(str(at))
    except ValueError:
        raise Bad("end.form", where, "is no time") from None
    need(found.tzinfo, "end.form", where, "has no zone")
    return found


STEPS = (check_proofs, check_figures, check_dates, check_return, check_witnesses, name_open)


def verify_end(end: End, logs: Sequence[Path] = ()) -> verify.Report:
    """Check a certificate; everything found is in the report."""
    if _try(end, check_form) and _try(end, check_proofs):
        for step in STEPS[1:]:
            _try(end, step)
        if logs:
            _try(end, lambda one: check_log(one, logs))
        else:
            end.report.notes.append("no log was given: what was read after the order is not shown")
    return end.report


def _try(end: End, step: Callable[[End], None]) -> bool:
    """Take one step; what is wrong is reported. Tell whether nothing was raised."""
    try:
        step(end)
    except Bad as bad:
        end.report.add(bad)
    except OSError as error:
        end.report.add(Bad("file.kind", ascii(error.filename), error.strerror or "cannot be read"))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        says = f"has not the form of a certificate ({type(error).__name__})"
        end.report.add(Bad("end.form", getattr(step, "__name__", "log"), says))
    else:
        return True
    return False


def _print(end: End, code: int) -> None:
    report = end.report
    for label, findings in (("BROKEN", report.problems), ("OPEN", report.unmet)):
        for finding in findings:
            print(f"{label}  {finding['where']}: {finding['says']}  [{finding['code']}]")
    for note in report.notes:
        print(f"note    {note}")
    for name, value in sorted(report.facts.items()):
        print(f"fact    {name}: {value}")
    print("cannot show:", *end.said.get("not_shown", ()), sep="\n  - ")
    print({0: "VERIFIED", 1: "NOT DECIDED", 3: "BROKEN"}[code])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser("bailee-verify end", description="Check a certificate.")
    option = partial(parser.add_argument, action="append", default=[])
    parser.add_argument("folder", type=Path, help="the certificate's folder")
    option("--vkey", help="pinned key of a log, text or file: yours, not the folder's")
    option("--log", type=Path, help="an exported log of the controller")
    parser.add_argument("--policy", help="pinned logs and witnesses: a tlog-policy file")
    parser.add_argument("--now", default="", help="as if it were then (RFC 3339)")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    if not given.folder.is_dir():
        parser.error("the certificate is not a folder")
    try:
        keys = [key for text in given.vkey for key in verify.read_keys(text)]
        name = given.policy
        data = verify.read_file(name, name, verify.MAX_POLICY) if name else b""
        policy = verify.read_policy(data, name) if name else None
        keys += policy.logs if policy else []
        need(keys, "vkey.form", "--vkey", "no log's key is pinned, by it or by --policy")
        now = _time(given.now, "--now") if given.now else datetime.now(UTC)  # noqa: TID251 - it stands alone
    except Bad as bad:
        print(f"bailee-verify end: {bad}", file=sys.stderr)
        return 2
    end = End(given.folder, verify.Pinned(keys, policy=policy), now)
    report = verify_end(end, given.log)
    code = 3 if report.problems else 1 if report.unmet else 0
    if given.json:
        names = ("problems", "unmet", "notes", "facts")
        found = {one: getattr(report, one) for one in names}
        print(json.dumps({"exit": code, **found}, sort_keys=True))
    else:
        _print(end, code)
    return code


if __name__ == "__main__":
    sys.exit(main())
