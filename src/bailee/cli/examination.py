"""The demonstration's last part: the customer's auditor comes, looks, and takes a pack home."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bailee.app.house import House
from bailee.client import Client
from bailee.clock import write_time

SEED = "dice-6-2-1-1-5"


@dataclass(frozen=True)
class Examination:
    """One audit of a demonstration.

    Args:
        line: a client that shows somebody's key.
        keys: keys by person; the auditor's joins them.
        say: prints lines.
        step: prints the heading of a step.
    """

    house: House
    controller: str
    line: Callable[[str], Client]
    keys: dict[str, str]
    say: Callable[..., None]
    step: Callable[[str], None]

    def run(self, target: Path) -> str:
        """Let the auditor in, let them look, make the pack and check it; return its manifest."""
        self.step("The customer's auditor comes: a window, a sample, an evidence pack")
        item = self._open()
        with self.line("nora") as nora:
            seen = nora.audit_evidence(self.controller, item)
            logs = nora.audit_entries(self.controller, item)
            drawn = nora.draw_sample(self.controller, item, population="vault:", size=5, seed=SEED)
        duties = sum(len(one.obligations) for one in seen.clauses)
        self.say(
            f"    Nora Feldmann saw {duties} obligations and drew {len(drawn.chosen)} of "
            f"{drawn.members} accesses; each look has its entry",
        )
        vkeys = [one.vkey for one in (*logs.logs, *logs.house)]
        caller = self.house.authenticate(self.keys["bram"], "the demonstration")
        made = self.house.make_pack(caller, self.controller, item, target)
        code, said = self._verify(target, vkeys)
        self.say(
            f"    pack of {made.files} files, manifest {made.manifest_sha256[:16]}…, "
            f"hash in entry {made.entry_id}",
            f"    its own verifier, on Python's standard library alone: {said.splitlines()[-1]}",
        )
        look = target / "observations.json"
        whole = look.read_bytes()
        look.unlink()
        gone, named = self._verify(target, vkeys)
        look.write_bytes(whole)
        self.say(f"    a file taken out: {named.splitlines()[0]}")
        if code or not gone:
            raise ValueError("the pack's verifier does not tell whole from spoiled")
        return made.manifest_sha256

    def _open(self) -> str:
        now = self.house.parts.clock.now()
        with self.line("clara") as clara:
            invited = clara.invite_auditor(
                self.controller,
                name="Nora Feldmann",
                firm="Feldmann & Partner",
                email="nora@feldmann.example",
                undertaking="NDA-2026-031",
                undertaken=now.date().isoformat(),
            )
            asked = clara.ask_engagement(
                self.controller, invited.principal, until=write_time(now + timedelta(days=14))
            )
        with self.line("nobody") as stranger:
            self.keys["nora"] = stranger.accept_invitation(invited.secret).key
        with self.line("bram") as bram:
            bram.answer_engagement(self.controller, asked.engagement, "accept")
        return asked.engagement

    @staticmethod
    def _verify(pack: Path, vkeys: list[str]) -> tuple[int, str]:
        given = [word for one in vkeys for word in ("--vkey", one)]
        done = subprocess.run(  # noqa: S603 - the pack's own file, under this interpreter
            [sys.executable, "-I", "-S", str(pack / "verify_pack.py"), str(pack), *given],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr
