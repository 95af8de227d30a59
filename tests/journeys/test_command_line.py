"""The way from nothing to a verified log, each step a program of its own (C2.5, C5.2)."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bailee.agreement import model_text
from tests.journeys.world import PAYMENT, ROOT, VERIFIER
from tests.shell import typed

MAPPING = """\
[file]
columns = ["id", "name", "email"]

[record]
ref = "id"
subject = "payer-{id}"
category = "customer"
kind = { is = "person" }

[[field]]
element = "person.name"
column = "name"

[[field]]
element = "person.email"
column = "email"
"""
TABLE = """\
id,name,email
1,Ottoline Marchbanks,ottoline@marchbanks.example
2,Peregrine Vane,pv@vane.example
"""


@dataclass
class Terminal:
    """Somebody's shell: a home, a key, and what the last commands printed."""

    folder: Path
    keys: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def run(self, *args: str, who: str = "", stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run one command."""
        environment = {"BAILEE_HOME": str(self.folder / "home")}
        if who:
            environment["BAILEE_KEY"] = self.keys[who]
        return typed(*args, env=environment, cwd=self.folder, stdin=stdin)

    def told(self, *args: str, who: str = "", stdin: str = "", code: int = 0) -> Any:
        """Run a command with --json, check its exit code, and return what it printed."""
        done = self.run(*args, "--json", who=who, stdin=stdin)
        assert done.returncode == code, (args, done.stdout, done.stderr)
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Return a shell in an empty folder, with the agreement, a mapping and a table in it."""
    folder = tmp_path_factory.mktemp("shell")
    (folder / "agreement.txt").write_text(model_text())
    (folder / "mapping.toml").write_text(MAPPING)
    (folder / "payers.csv").write_text(TABLE)
    return Terminal(folder)


def founded(terminal: Terminal) -> None:
    """Go from `init` to a controller, a second person and a service with a key."""
    made = terminal.told(
        "init", "--name", "Ada Lindqvist", "--employer", "Harborline", "--email",
        "ada.lindqvist@harborline.example", "--undertaking", "NDA-1", "--undertaken", "2026-01-05",
    )  # fmt: skip
    terminal.keys["ada"], terminal.ids["ada"] = made["key"], made["principal"]
    invited = terminal.told(
        "person", "invite", "--name", "Bram Okafor", "--employer", "Harborline", "--email",
        "bram.okafor@harborline.example", "--undertaking", "NDA-2", "--undertaken", "2026-01-05",
        who="ada",
    )  # fmt: skip
    accepted = terminal.run("person", "accept", "--json", stdin=invited["secret"] + "\n")
    assert accepted.returncode == 0, accepted.stderr
    key = json.loads(accepted.stdout[accepted.stdout.index("{") :])
    terminal.keys["bram"], terminal.ids["bram"] = key["key"], key["principal"]
    terminal.told(
        "controller", "add", "acme", "--name", "Acme", "--text", "agreement.txt", "--terms",
        "model-addendum", "--effective", "2026-01-01", who="ada",
    )  # fmt: skip


def give(terminal: Terminal, to: str, verbs: list[str], elements: list[str]) -> None:
    """Let ada give a grant at acme."""
    options = [part for verb in verbs for part in ("--verb", verb)]
    options += [part for name in elements for part in ("--element", name)]
    options += ["--purpose", PAYMENT] if elements else []
    terminal.told(
        "grant", "give", terminal.ids[to], "-c", "acme", *options, "--until",
        "2027-01-01T00:00:00.000Z", who="ada",
    )  # fmt: skip


def test_from_nothing_to_a_verified_log(terminal: Terminal) -> None:
    """Every step of the README answers 0 and prints JSON that can be read."""
    founded(terminal)
    give(terminal, "bram", ["protect", "reveal", "search"], ["person.name", "person.email"])
    give(terminal, "bram", ["audit"], [])
    for place in ([], ["-c", "acme"]):
        told = terminal.told("training", "acknowledge", *place, who="bram", stdin="y\n")
        assert told["status"] == "in-force"
    at = ("-c", "acme", "-p", PAYMENT)
    tally = terminal.told("protect", "payers.csv", "--mapping", "mapping.toml", *at, who="bram")
    assert (tally["rows"], tally["protected"], tally["rejected"]) == (2, 2, 0)
    found = terminal.told(
        "search", "person.email", *at, who="bram", stdin="ottoline@marchbanks.example\n"
    )
    seen = terminal.told("reveal", *found["records"], *at, "--element", "person.name", who="bram")
    assert [one["fields"]["person.name"] for one in seen["results"]] == ["Ottoline Marchbanks"]
    said = terminal.told("grant", "explain", "reveal", *at, "--element", "person.name", who="bram")
    assert said["allowed"] is True
    clauses = terminal.told("clauses", "-c", "acme", who="bram")
    assert clauses["clauses"]
    log = terminal.told("ledger", "export", "auditor", "-c", "acme", who="bram")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), "auditor", "--vkey", log["vkey"], "--json"],
        capture_output=True, text=True, check=False, cwd=terminal.folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)
    assert terminal.run("ledger", "verify", "auditor", "--vkey", log["vkey"]).returncode == 0


def test_a_refusal_ends_with_one_and_says_what_to_do(terminal: Terminal) -> None:
    """What may not be done is exit 1: the code, one sentence and the next step (C2.5(4))."""
    at = ("-c", "acme", "-p", PAYMENT)
    refused = terminal.run("reveal", "0" * 32, *at, "--element", "person.ssn", who="bram")
    assert refused.returncode == 1
    assert refused.stderr.startswith("grant.element:")
    assert len(refused.stderr.splitlines()) == 2
    told = terminal.told(
        "grant", "explain", "reveal", *at, "--element", "person.ssn", who="bram", code=1
    )
    assert told["allowed"] is False
    strange = terminal.run("clauses", "-c", "no-such", who="bram")
    assert (strange.returncode, strange.stderr.partition(":")[0]) == (1, "controller.unknown")


def test_wrong_usage_ends_with_two(terminal: Terminal) -> None:
    """What was asked wrongly is exit 2, from the parser and from the house alike."""
    for wrong in (
        ("reveal",),
        ("no-such-command",),
        ("reveal", "x", "-c", "Not a name!", "-p", PAYMENT, "--element", "person.name"),
        ("agreement", "compile", "payers.csv", "--terms", "no-such-terms"),
    ):
        done = terminal.run(*wrong, who="bram")
        assert done.returncode == 2, (wrong, done.stdout, done.stderr)


def test_broken_integrity_ends_with_three(terminal: Terminal) -> None:
    """One changed byte of an exported log is exit 3, from both verifiers."""
    copy = terminal.folder / "auditor"
    vkey = terminal.told("ledger", "list", "-c", "acme", who="bram")["logs"][-1]["vkey"]
    entries = next(path for path in (copy / "tile/entries").rglob("*") if path.is_file())
    data = bytearray(entries.read_bytes())
    data[len(data) // 2] ^= 1
    entries.chmod(0o600)
    entries.write_bytes(data)
    assert terminal.run("ledger", "verify", "auditor", "--vkey", vkey).returncode == 3


def test_without_a_home_or_a_key_it_is_said_plainly(terminal: Terminal, tmp_path: Path) -> None:
    """An empty folder and a missing key are refusals with a way out, not faults of the program."""
    nowhere = Terminal(tmp_path).run("controller", "list")
    assert (nowhere.returncode, nowhere.stderr.partition(":")[0]) == (1, "home.missing")
    keyless = terminal.run("controller", "list")
    assert keyless.returncode == 1
    assert keyless.stderr.startswith("credential.")
    again = terminal.run(
        "init", "--name", "Eve Marlow", "--employer", "Harborline", "--email", "eve@x.example",
        "--undertaking", "NDA-9", "--undertaken", "2026-01-05",
    )  # fmt: skip
    assert (again.returncode, again.stderr.partition(":")[0]) == (1, "home.exists")


def test_a_process_of_its_own_says_the_same(terminal: Terminal) -> None:
    """What the other tests type in their own process is what `python -m bailee` does."""
    for words in (("controller", "list"), ("reveal",), ("agreement", "lint", "agreement.txt")):
        typed_here = terminal.run(*words)
        process = subprocess.run(
            [sys.executable, "-m", "bailee", *words],
            env={"BAILEE_HOME": str(terminal.folder / "home"), "PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            text=True,
            check=False,
            cwd=terminal.folder,
        )
        assert typed_here.returncode == process.returncode
        assert typed_here.stdout == process.stdout
        assert typed_here.stderr.partition("Usage:")[0] == process.stderr.partition("Usage:")[0]
