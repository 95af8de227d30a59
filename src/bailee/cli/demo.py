"""The demonstration: the whole path on one machine, in steps that can be read.

Everything goes over HTTPS to a server that runs in this process, with the deployment's own
certificate; every person presents their own key. What is printed is what the calls answered.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bailee.access import Person
from bailee.agreement import bind, compile_text, decode, lint, load_terms, model_text
from bailee.app.home import found, opened
from bailee.app.house import House
from bailee.app.settings import Settings, read_settings
from bailee.app.state import STATES
from bailee.assurance import report as reports
from bailee.cli.bulk import Output, Target, protect_file
from bailee.cli.examination import Examination
from bailee.cli.invitation import invitation
from bailee.cli.mapping import MappingFile, load_mapping
from bailee.cli.payers import write_payers
from bailee.cli.progress import bar
from bailee.cli.rehearsal import Rehearsal
from bailee.cli.results import read_records, read_rejects
from bailee.cli.show import lines
from bailee.client import Client
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.ledger import verify
from bailee.web.certificate import own_certificate
from bailee.web.knock import Knocker
from bailee.web.server import Listener, Tls

PAYERS = 10_000
TERMS = ("bill-2022-10-11", "model-addendum")
BROKEN = 3
WIDTH = 100
MAPPINGS = Path(__file__).parent / "mappings"
CONTROLLER = "customer"
EFFECTIVE = "2022-10-11"
UNDERTAKEN = date(2026, 1, 5)
EMPLOYER = "Harborline Payments LLC"


@dataclass
class Cast:
    """The people of the demonstration and their keys."""

    ids: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    people: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name and e-mail address."""
    setup: str = ""


class Demo:
    """One run.

    Args:
        folder: where deployment, export and summary are left; emptied first if it was a demo.
        contract: an agreement's text; the model addendum when None.
        source: records as CSV; 10,000 invented payers when None.
    """

    def __init__(self, folder: Path, contract: Path | None, source: Path | None) -> None:
        self.folder = folder.absolute()
        self._contract_path, self._source = contract, source
        self._text = contract.read_bytes() if contract else model_text().encode()
        self._number = 0
        self._cast = Cast()
        self._doors: list[tuple[str, str, str]] = []
        self.summary: dict[str, Any] = {}

    def run(self, *, serve: bool) -> None:
        """Walk the path; then serve until stopped, if asked to."""
        self._clear()
        # Every key that is shown at the end stays good, whoever enrols a second factor.
        settings = read_settings({"BAILEE_MFA": "sign-in"}, self.folder / "home")
        terms = self._compile()
        self._found(settings)
        with opened(settings, holder="the demonstration") as house:
            tls = Tls(*own_certificate(settings.home / "tls", house.parts.clock.now()))
            listener = Listener(house, "127.0.0.1", 0 if not serve else 8443, tls=tls)
            ready = threading.Event()
            thread = threading.Thread(
                target=listener.run, args=(lambda _url: ready.set(),), daemon=True
            )
            thread.start()
            ready.wait()
            house.served_at(listener.url.replace("127.0.0.1", "localhost"))
            house.serve_door(Knocker(listener.url).knocks())
            try:
                self._walk(house, terms, self._line(listener.url, tls.certificate))
                if serve:
                    self._open_doors(self._line(listener.url, tls.certificate))
                    self._keep_serving(listener.url, thread)
            finally:
                house.serve_door(None)
                listener.stop()
                thread.join()

    def _walk(self, house: House, terms: str, line: Callable[[str], Client]) -> None:
        self._take_on(house, terms, line)
        mapping, path = self._input()
        rehearsal = Rehearsal(
            house, CONTROLLER, line, purpose=load_terms(terms).purposes[0].id, say=lines
        )
        self._supplement(rehearsal, mapping)
        self._grants(house, rehearsal, mapping)
        records = self._protect(rehearsal, mapping, path)
        rehearsal.step = self._step
        rehearsal.train(mapping, path, records)
        rehearsal.read(mapping, path, records)
        rehearsal.erase(mapping, path, records)
        self._clauses(rehearsal)
        self._export(house, rehearsal)
        self._tamper()
        if reports.available():
            who = Examination(house, CONTROLLER, line, self._cast.keys, lines, self._step)
            self.summary["pack"] = who.run(self.folder / "pack")
        (self.folder / "summary.json").write_text(json.dumps(self.summary, indent=2) + "\n")
        lines("", f"left in {self.folder.name}/: home, export, summary.json")

    # Steps

    def _step(self, says: str) -> None:
        self._number += 1
        lines("", f"{self._number:2}. {says}")

    def _clear(self) -> None:
        if self.folder.exists():
            if not (self.folder / ".demo").exists() and any(self.folder.iterdir()):
                raise ValueError("the demo's folder holds something else; give another")
            shutil.rmtree(self.folder)
        self.folder.mkdir(mode=0o700, parents=True)
        (self.folder / ".demo").touch()

    def _compile(self) -> str:
        self._step("Compile the agreement from its own text, and lint it")
        contract = compile_text(self._text)
        terms = min(TERMS, key=lambda one: len(bind(contract, load_terms(one)).broken))
        binding, findings = bind(contract, load_terms(terms)), lint(contract)
        rules: dict[str, int] = {}
        for one in findings:
            rules[one.rule] = rules.get(one.rule, 0) + 1
        lines(
            f"    {contract.title}",
            f"    {len(contract.clauses)} clauses, {len(contract.definitions)} definitions, "
            f"{len(contract.references)} references; sha256 {contract.text_sha256[:16]}…",
            f"    terms {terms}: {len(load_terms(terms).obligations)} obligations, "
            f"{len(binding.broken)} broken bindings",
            f"    {len(findings)} findings" + (":" if findings else ""),
        )
        for rule, count in sorted(rules.items()):
            first = next(one for one in findings if one.rule == rule)
            lines(f"      {count:3} {rule:24} first at {first.path}: {first.message[:88]}")
        self.summary["lint"] = [
            {"rule": one.rule, "clause": one.path, "line": one.line, "message": one.message}
            for one in findings
        ]
        return terms

    def _found(self, settings: Settings) -> None:
        self._step("Make a deployment: root key, two databases, one named administrator")
        ada = Person(
            "Ada Lindqvist", EMPLOYER, "ada@harborline.example", "NDA-2026-001", UNDERTAKEN
        )
        made = found(settings, ada)
        self._cast.ids["ada"], self._cast.keys["ada"] = made.principal, made.key
        self._cast.setup = made.setup
        lines(
            f"    administrator Ada Lindqvist; key {made.key[:6]}… shown once, "
            f"valid to {made.until[:10]}",
            f"    {len(made.shares)} recovery shares, any 2 of which give the root key back",
        )

    def _line(self, url: str, certificate: Path) -> Callable[[str], Client]:
        return lambda who: Client(url, self._cast.keys.get(who), ca=str(certificate), timeout=120.0)

    def _take_on(self, house: House, terms: str, line: Callable[[str], Client]) -> None:
        self._step("Take on the controller; let people and services in, each under their own name")
        name = load_terms(terms).controller_terms[0]
        with line("ada") as ada:
            ada.create_controller(
                CONTROLLER, name=name, text=decode(self._text), terms=terms, effective=EFFECTIVE
            )
            for who, full, relation in (
                ("bram", "Bram Okafor", "employee"),
                ("esra", "Esra Demir", "employee"),
                ("dev", "Dev Ranganathan", "contractor"),
                ("clara", "Clara Whitfield", "controller-representative"),
            ):
                self._invite(ada, line, (who, full, relation))
            until = write_time(house.parts.clock.now() + timedelta(days=180))
            bram = self._cast.ids["bram"]
            ada.grant("house", bram, verbs=["people"], until=until)
            ada.grant(CONTROLLER, bram, verbs=["interpret", "audit"], until=until)
            ada.grant(CONTROLLER, self._cast.ids["esra"], verbs=["approve"], until=until)
            ada.grant(
                CONTROLLER, self._cast.ids["clara"], verbs=["interpret", "audit"], until=until
            )
        with line("bram") as officer:
            for service in ("payer-import", "payout-run"):
                made = officer.create_service(
                    name=service, mode="autonomous", owner=self._cast.ids["bram"]
                )
                self._cast.ids[service] = made.principal
                self._cast.keys[service] = officer.mint_key(made.principal).key
        lines(
            f"    {name} as '{CONTROLLER}', its agreement in force from {EFFECTIVE}",
            "    Bram Okafor (privacy officer), Esra Demir (security officer), "
            "Dev Ranganathan (analyst),",
            "    Clara Whitfield (speaks for the controller)",
            "    services payer-import and payout-run; Bram answers for both",
        )

    def _invite(
        self, ada: Client, line: Callable[[str], Client], person: tuple[str, str, str]
    ) -> None:
        who, name, relation = person
        outside = relation == "controller-representative"
        domain = "larkspur.example" if outside else "harborline.example"
        email = f"{name.lower().replace(' ', '.')}@{domain}"
        invited = ada.invite(
            name=name,
            employer="The customer" if outside else EMPLOYER,
            email=email,
            undertaking=f"NDA-2026-{len(self._cast.ids) + 1:03d}",
            undertaken=UNDERTAKEN.isoformat(),
            relation=relation,
            represents=CONTROLLER if outside else "",
        )
        with line("nobody") as stranger:
            key = stranger.accept_invitation(invited.secret)
        self._cast.ids[who], self._cast.keys[who] = key.principal, key.key
        self._cast.people[who] = (name, email)

    def _input(self) -> tuple[MappingFile, Path]:
        if self._source is not None:
            return load_mapping(MAPPINGS / "ofac-sdn.toml"), self._source
        path = self.folder / "payers.csv"
        write_payers(path, PAYERS)
        return load_mapping(MAPPINGS / "payers.toml"), path

    def _supplement(self, rehearsal: Rehearsal, mapping: MappingFile) -> None:
        with rehearsal.line("clara") as clara:
            missing = sorted(
                set(mapping.elements()) - set(clara.show_agreement(CONTROLLER).permitted)
            )
        if not missing:
            return
        self._step("The annex does not list everything in the input: a DEMO SUPPLEMENT extends it")
        text = (
            "DEMO SUPPLEMENT - for this demonstration only, signed by nobody in the world.\n"
            f"The annex also lists: {', '.join(missing)}.\n"
        )
        with rehearsal.line("bram") as bram:
            made = bram.add_supplement(CONTROLLER, missing, text=text)
        with rehearsal.line("clara") as clara:
            signed = clara.sign_supplement(CONTROLLER, made.supplement)
        lines(
            *(f"    | {one}" for one in text.splitlines()), f"    signed by both: {signed.status}"
        )
        self.summary["supplement"] = missing

    def _grants(self, house: House, rehearsal: Rehearsal, mapping: MappingFile) -> None:
        self._step("Grant rights: verbs x elements x purposes, each with an end")
        until = write_time(house.parts.clock.now() + timedelta(days=30))
        rehearsal.grant(self._cast.ids, mapping, until)

    def _protect(self, rehearsal: Rehearsal, mapping: MappingFile, path: Path) -> dict[int, str]:
        self._step(f"Protect every row of {path.name}")
        with rehearsal.line("payer-import") as service, bar("    protecting") as progress:
            target = Target(service, CONTROLLER, rehearsal.purpose)
            output = Output(self.folder / f"{path.name}.records.csv")
            tally = protect_file(path, mapping, target, output, progress=progress)
        lines(
            f"    {tally.rows} rows: {tally.protected} protected as {tally.records} records "
            f"in {tally.batches} calls, {tally.rejected} rejected"
        )
        lines(*(f"    {count} x {code}" for code, count in sorted(tally.codes.items())))
        done = read_records(output.records)
        self.summary["records"] = {
            "protected": tally.protected,
            "rows": tally.rows,
            "rejected": tally.rejected,
            "records": tally.records,
            "rejects": read_rejects(output.beside(".rejects.csv")),
        }
        return done

    def _clauses(self, rehearsal: Rehearsal) -> None:
        self._step("Let every control look, then show each clause with its worst state")
        with rehearsal.line("clara") as clara:
            seen = clara.run_controls(CONTROLLER)
            clauses = clara.show_clauses(CONTROLLER)
        for one in seen.observations:
            lines(f"    {one.result:7} {one.control:20} {', '.join(one.findings)}")
        states: dict[str, int] = {}
        for clause in clauses.clauses:
            for duty in clause.obligations:
                states[duty.state] = states.get(duty.state, 0) + 1
        for state in STATES:
            found = [one.clause for one in clauses.clauses if one.state == state]
            if found:
                lines(*_wrapped(state, found))
        lines("    " + ", ".join(f"{count} {state}" for state, count in sorted(states.items())))
        self.summary["clauses"] = [
            {
                "clause": one.clause,
                "state": one.state,
                "obligations": {duty.obligation: duty.state for duty in one.obligations},
            }
            for one in clauses.clauses
        ]
        self.summary["states"] = states
        self.summary["controls"] = {one.control: one.result for one in seen.observations}

    def _export(self, house: House, rehearsal: Rehearsal) -> None:
        self._step("Export the controller's log and the house's, and verify them as its auditor")
        export = self.folder / "export"
        export.mkdir(mode=0o700)
        house.settle()
        for controller, name in ((CONTROLLER, "log"), (HOUSE, "house")):
            log = house.newest_log(controller)
            house.export_log(controller, log, export / name)
            suffix = "" if name == "log" else "-house"
            (export / f"vkey{suffix}").write_text(house.parts.ledger.vkey(log) + "\n")
            code, said = self._verify(export / name, export / f"vkey{suffix}")
            lines(*(f"    {one}" for one in said.splitlines()))
            if code:
                raise ValueError("the exported log does not verify")
        checkpoint = (export / "log" / "checkpoint").read_text()
        self.summary["checkpoint"] = checkpoint
        rehearsal.auditor(export / "log")

    def _verify(self, bundle: Path, vkey: Path) -> tuple[int, str]:
        """Run the verifier as its auditor would: one file, standard library, nothing of ours."""
        done = subprocess.run(  # noqa: S603 - our own file, under this interpreter
            [sys.executable, "-I", "-S", verify.__file__, str(bundle), "--vkey", str(vkey)],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def _tamper(self) -> None:
        self._step("Change one byte of a copy: the verifier names it")
        export = self.folder / "export"
        copy = export / "tampered"
        shutil.copytree(export / "log", copy)
        path = next(one for one in sorted((copy / "tile" / "entries").rglob("*")) if one.is_file())
        data = bytearray(path.read_bytes())
        place = len(data) // 2
        data[place] ^= 1
        path.chmod(0o600)
        path.write_bytes(bytes(data))
        code, said = self._verify(copy, export / "vkey")
        shutil.rmtree(copy)
        lines(f"    byte {place} of {path.relative_to(copy)} flipped; exit code {code}")
        lines(*(f"    {one}" for one in said.splitlines() if one.startswith(("BROKEN", "NOT"))))
        if code != BROKEN:
            raise ValueError("the verifier did not notice")

    def _open_doors(self, line: Callable[[str], Client]) -> None:
        """Invite the cast to the browser; ada's own invitation is as old as the house."""
        self._doors = [("Ada Lindqvist", "ada@harborline.example", self._cast.setup)]
        with line("ada") as ada:
            for who, (name, email) in self._cast.people.items():
                invited = ada.renew_invitation(self._cast.ids[who])
                self._doors.append((name, email, invited.secret))

    def _keep_serving(self, url: str, thread: threading.Thread) -> None:
        lines(*invitation(url, self._doors, self._cast.keys))
        try:
            while thread.is_alive():
                thread.join(1)
        except KeyboardInterrupt:
            lines("stopping")


def _wrapped(state: str, clauses: list[str]) -> list[str]:
    """Return the clauses of one state as lines that fit a terminal."""
    head = " " * 16
    return textwrap.wrap(
        " ".join(clauses), WIDTH, initial_indent=f"    {state:12}", subsequent_indent=head
    )
