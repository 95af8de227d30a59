"""The end of an agreement: isolated at once, given back or destroyed as chosen, certified (C6)."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing as closing_
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyrage
import pytest
from pysqlite3 import dbapi2

from bailee.app.trying_end import EndTried, try_end
from bailee.assurance import report
from bailee.cli.ids import Everything, Wanted
from bailee.cli.lanes import Stop
from bailee.cli.manifest import read_manifest
from bailee.cli.outgoing import Outgoing
from bailee.cli.terminations import write_certificate
from bailee.client import Confirmation, Writing
from bailee.client.end_answers import Termination
from bailee.clock import read_time, write_time
from bailee.errors import Invalid
from bailee.vault import cipher, closing, renew
from bailee.vault.record import unpack
from tests.journeys.test_horizon import scratch
from tests.journeys.test_subprocessors import give, noticed
from tests.journeys.world import (
    ACME,
    ELEMENTS,
    GLOBEX,
    PAYMENT,
    SEED,
    Place,
    World,
    code_of,
    every_verb,
)

BACK, LAW = "agreement-return", "legal-retention"
LONG = bool(os.environ.get("BAILEE_LONG"))  # noqa: TID251 - a long run is asked for
RECORDS = 100_000 if LONG else 2_000


def end(world: World, controller: str = ACME) -> None:
    """Note that the agreement ended a minute ago, and let the house see it."""
    at = write_time(world.now() - timedelta(minutes=1))
    world.line("bram").end_agreement(controller, at=at, instruction="letter 7")
    world.house.tend_ends()


def destroys(world: World, who: str = "bram") -> Callable[[], object]:
    """Return the attempt to destroy acme."""
    return lambda: world.line(who).destroy_controller(ACME, confirm=ACME, instruction="letter 8")


def status(world: World) -> Termination:
    """Return how far acme's end came, as its representative sees it."""
    return world.line("clara").show_termination(ACME)


def letter(world: World, given_by: str = "clara") -> Confirmation:
    """Return the controller's writing, as one of ours enters it."""
    return Confirmation(given_by=world.ids[given_by], reference="letter 8", text_sha256="5e" * 32)


def certificate(world: World, folder: Path) -> tuple[Path, list[str]]:
    """Write the certificate's folder; return it with the log's keys."""
    made = world.line("clara").certify_end(ACME)
    write_certificate(folder, made)
    return folder, made.vkeys


def verified(folder: Path, vkeys: Sequence[str], *more: str) -> tuple[int, dict[str, Any]]:
    """Check a certificate as its receiver does: a bare Python and the folder's two files."""
    keys = [word for one in vkeys for word in ("--vkey", one)]
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify_end.py"), str(folder), *keys, "--json",
         *more],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["exit"] == done.returncode
    return done.returncode, found


def tries(world: World, copies: Sequence[Path] = (), exports: Sequence[Path] = ()) -> EndTried:
    """Try to read what was destroyed, with every key of today."""
    where = [scratch(world, one) if world.owner_url else str(one) for one in copies]
    return try_end(world.settings, ACME, where, exports)


def met(world: World, tried: EndTried) -> tuple[int, int, int]:
    """Return what was met in the old copy: people, values opened, marks to guess at."""
    return tried.copies["a database" if world.owner_url else "data.db"]


def later(world: World, **by: int) -> str:
    """Return a time to come, as the verifier takes it."""
    return write_time(world.now() + timedelta(**by))


def returner(world: World, *elements: str) -> None:
    """Let a service in that may give everything back, and nothing else."""
    world.service("returner")
    world.give(
        ACME, "returner", ["list", "reveal"], *(elements or ELEMENTS),
        purposes=[BACK], daily=1_000_000,
    )  # fmt: skip


def send_back(world: World, key: str, folder: Path, *elements: str) -> str:
    """Give everything back for a key; return the disclosure."""
    wanted = Wanted(world.line("returner"), ACME, BACK, elements or ELEMENTS)
    work = Outgoing(wanted, Everything(wanted), folder, recipients=[key])
    count = work.run(lambda _done, _total: None, Stop())
    assert count.complete
    return read_manifest(folder)[0].disclosure


def opened(folder: Path, identity: pyrage.x25519.Identity) -> list[dict[str, str]]:
    """Open the parts as their recipient does, and read the table."""
    parts = sorted(folder.glob("part-*.age"))
    text = b"".join(pyrage.decrypt(one.read_bytes(), [identity]) for one in parts)
    return list(csv.DictReader(io.StringIO(text.decode())))


# What stops with the agreement.


def test_use_stops_with_the_agreement(own_house: World) -> None:
    """From its end on every verb is refused at this controller, and at no other (C6, C15.1)."""
    world = own_house
    record, other = world.protect("s-1"), world.protect("g-1", GLOBEX)
    sealed = world.line("payout").encrypt(
        ACME, PAYMENT, [{"ref": "1", "element": "person.name", "subject": "s-1", "value": "Ana"}]
    )
    verbs = ["protect", "reveal", "search", "list", "update", "encrypt", "decrypt"]
    world.give(ACME, "stranger", verbs, "person.name", daily=100)
    world.give(ACME, "stranger", ["erase"], "*")
    place = Place(ACME, record, "s-1", sealed.results[0].ciphertext)
    end(world)
    told = {name: code_of(call) for name, call in every_verb(world.line("stranger"), place).items()}
    holds = {"hold": "done", "release": "done"}
    assert told == dict.fromkeys(told, "controller.isolated") | holds
    assert world.reveal("stranger", other, controller=GLOBEX) == SEED["person.name"]
    world.close()
    world.shift -= timedelta(days=2)
    world.open()  # a clock that is set back makes no agreement live again
    assert code_of(lambda: world.reveal("payout", record)) == "controller.isolated"
    assert code_of(destroys(world)) in {"termination.no_choice", "destroy.in_force"}


def test_nothing_is_destroyed_unasked(own_house: World) -> None:
    """Without a choice the controller is asked again and again, and the data stays (C6)."""
    world = own_house
    world.protect("s-1")
    end(world)
    assert code_of(destroys(world)) == "termination.no_choice"
    assert code_of(lambda: world.line("clara").certify_end(ACME)) == "termination.not_destroyed"
    first = status(world)
    assert (first.status, first.waits_for, first.asked, first.isolated) == (
        "open", "controller", 1, True,
    )  # fmt: skip
    for _ in range(5):  # thirty days of the model addendum, and twenty more
        world.shift += timedelta(days=10)
        world.house.tend_ends()
        world.house.finish_ends()
    last = world.house.termination(world.house.authenticate(world.keys["clara"], "here"), ACME)
    assert last.asked == 6
    assert last.days_left < 0
    assert last.status == "open"
    assert world.count("vault_record", ACME) == 1


# Who speaks for the controller.


def test_the_controller_alone_chooses(own_house: World) -> None:
    """Another's representative, a service, or one of us without its writing: none of them chooses.

    Nor does an agreement that has no end. What one of us entered, another carries out.
    """
    world = own_house
    clara, bram = world.line("clara"), world.line("bram")
    assert code_of(lambda: clara.choose_end(ACME, "destroy")) == "termination.not_ended"
    end(world)
    for who, code in (
        ("greta", "controller.unknown"), ("payout", "grant.missing"), ("esra", "grant.missing"),
        ("bram", "termination.writing"),
    ):  # fmt: skip
        assert code_of(lambda who=who: world.line(who).choose_end(ACME, "destroy")) == code  # type: ignore[misc]
    foreign = letter(world, "greta")
    assert (
        code_of(lambda: bram.choose_end(ACME, "destroy", confirmed=foreign)) == "outsider.unknown"
    )
    assert code_of(lambda: clara.choose_end(ACME, "return")) == "termination.keys"
    assert code_of(lambda: clara.choose_end(ACME, "return", keys=["age1x"])) == "consent.keys"
    assert code_of(lambda: clara.choose_end(ACME, "destroy", keys=["age1x"])) == "termination.keys"
    made = bram.choose_end(ACME, "destroy", confirmed=letter(world))
    assert (made.side, made.chosen_by, made.given_by) == (
        "processor", world.ids["bram"], world.ids["clara"],
    )  # fmt: skip
    assert code_of(destroys(world)) == "self.destroy"
    assert code_of(destroys(world, "clara")) == "grant.missing"
    world.give(ACME, "esra", ["destroy"])
    wrong = code_of(
        lambda: world.line("esra").destroy_controller(ACME, confirm=GLOBEX, instruction="x")
    )
    assert wrong == "destroy.unconfirmed"
    assert world.count("vault_record", ACME) == 0  # there was none, and keys are all there
    assert world.house.parts.keys.controller_exists(ACME)
    assert code_of(destroys(world, "esra")) == "done"


# Destruction.


def test_what_was_chosen_is_destroyed_and_certified(own_house: World, tmp_path: Path) -> None:
    """Gone from the database, its keys and an old copy; the certificate is checked without us."""
    world = own_house
    for number in range(3):
        world.protect(f"s-{number}")
    copy = world.backup("before")
    end(world)
    world.line("clara").choose_end(ACME, "destroy")
    assert not tries(world).failed  # everything is there yet: trying must not call that success
    done = world.line("bram").destroy_controller(ACME, confirm=ACME, instruction="letter 8")
    assert done.status == "destroyed"
    assert code_of(destroys(world)) == "termination.begun"  # a second click
    assert code_of(lambda: world.line("clara").choose_end(ACME, "destroy")) == "termination.begun"

    tried = tries(world, [copy])
    assert tried.failed
    assert (sum(tried.rows.values()), tried.keys) == (0, 0)
    assert met(world, tried) == (3, 0, 0)

    folder, vkeys = certificate(world, tmp_path / "certificate")
    said = json.loads((folder / "certificate.json").read_bytes())
    assert said["held"]["values"] == dict.fromkeys(ELEMENTS, 3)
    assert (said["held"]["records"], said["destroyed"]["scope"]) == (3, "whole")
    assert said["destroyed"]["rows"] == done.rows
    assert said["choice"]["given_by"] == world.ids["clara"]
    assert {name.split("/")[0] for name in said["destroyed"]["key_names"]} >= {"data", "index"}
    days = timedelta(days=world.settings.key_backup_days)
    assert read_time(said["unrecoverable"]["from"]) == read_time(said["destroyed"]["at"]) + days
    assert (folder / "certificate.pdf").exists() == report.available()

    code, found = verified(folder, vkeys, "--now", later(world, minutes=1))
    assert (code, [one["code"] for one in found["unmet"]]) == (1, ["end.not_yet"])
    assert verified(folder, vkeys, "--now", later(world, days=8))[0] == 0
    again, _ = certificate(world, tmp_path / "again")  # nothing changed: it is the same one
    assert (again / "certificate.json").read_bytes() == (folder / "certificate.json").read_bytes()

    others = world.house.parts.ledger.vkey(world.house.newest_log(GLOBEX))
    assert verified(folder, [others])[0] == 3  # a key that the controller did not have before
    bundle, vkey = world.export(tmp_path)
    code, found = verified(folder, [vkey], "--now", later(world, days=8), "--log", str(bundle))
    assert (code, found["problems"]) == (0, [])

    _forge(folder, vkeys, said, later(world, days=8))


def _forge(folder: Path, vkeys: list[str], said: dict[str, Any], now: str) -> None:
    """Change a word, and put another entry's proof in the place of one: each is found."""
    path = folder / "ordered.tlog-proof"
    genuine = path.read_bytes()
    path.write_bytes((folder / "destroyed.tlog-proof").read_bytes())
    code, found = verified(folder, vkeys, "--now", now)
    assert (code, found["problems"][0]["code"]) == (3, "end.entry")
    path.write_bytes(genuine)
    for name, value in (
        ("destroyed", {**said["destroyed"], "rows": said["destroyed"]["rows"] + 1}),
        ("unrecoverable", {**said["unrecoverable"], "from": said["destroyed"]["at"]}),
        ("choice", {**said["choice"], "choice": "return"}),
    ):
        forged = json.dumps(said | {name: value}, sort_keys=True, separators=(",", ":"))
        (folder / "certificate.json").write_text(forged)
        code, found = verified(folder, vkeys, "--now", now)
        assert (code, found["problems"][0]["code"]) == (3, "end.other")


def test_two_who_click_at_one_moment_order_once(own_house: World) -> None:
    """Four orders at once: one is carried out, the others meet it; one certificate is made."""
    world = own_house
    for number in range(3):
        world.protect(f"s-{number}")
    end(world)
    world.line("clara").choose_end(ACME, "destroy")
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _n: code_of(destroys(world)), range(4)))
    assert told.count("done") == 1
    assert set(told) - {"done"} <= {"termination.begun", "destroy.in_force"}
    assert tries(world).failed
    assert world.count("privacy_certificate", ACME) == 1


def test_a_killed_destruction_goes_on(own_house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after the order: the next start destroys, and certifies once (C6)."""

    class GoneError(BaseException):
        """The process is no more."""

    def dies(*_: object, **__: object) -> None:
        raise GoneError

    world = own_house
    record = world.protect("s-1")
    end(world)
    world.line("clara").choose_end(ACME, "destroy")
    monkeypatch.setattr(world.house.parts.destruction, "controller", dies)
    with pytest.raises(GoneError):
        destroys(world)()
    assert world.count("vault_record", ACME) == 1
    assert code_of(lambda: world.reveal("payout", record)) == "controller.destroyed"

    world.close()
    world.open()
    assert tries(world).failed
    assert status(world).status == "certified"
    world.house.finish_ends()
    assert world.count("privacy_certificate", ACME) == 1


# Return.


def test_what_goes_back_is_all_of_it_and_only_the_controller_reads_it(
    own_house: World, tmp_path: Path
) -> None:
    """Complete before anything is destroyed, for the keys that the controller named (C6)."""
    world = own_house
    identity, nobody = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    key = str(identity.to_public())
    first, second = world.protect("s-1"), world.protect("s-2", person__name="Imre Vass")
    world.give(ACME, "bram", ["erase"], "*")
    world.line("bram").restrict(ACME, PAYMENT, ["s-2"])
    end(world)
    returner(world)
    clara = world.line("clara")
    clara.choose_end(ACME, "return", keys=[key])
    shown = status(world)
    assert (shown.keys, shown.confirmed, shown.waits_for) == ([key], True, "processor")
    back = world.line("returner")
    assert code_of(lambda: back.reveal(ACME, BACK, ["person.name"], records=[first])) == (
        "controller.isolated"
    )  # what is shown for the return leaves for the controller, or is not shown
    other = str(nobody.to_public())
    assert code_of(lambda: back.open_disclosure(ACME, BACK, ELEMENTS, keys=[other])) == (
        "consent.missing"
    )
    third = Writing(
        given_by=world.ids["clara"], reference="x", text_sha256="0" * 64, recipient="Larkspur",
        keys=[other], purposes=[BACK], elements=["person.*"], since=world.until(0),
        until=world.until(9),
    )  # fmt: skip
    assert code_of(lambda: world.line("bram").add_consent(ACME, third)) == "consent.purposes"
    assert code_of(destroys(world)) == "termination.not_returned"

    part = send_back(world, key, tmp_path / "part", "person.name", "person.email")
    assert code_of(lambda: world.line("bram").note_return(ACME, part)) == "return.incomplete"
    item = send_back(world, key, tmp_path / "all")
    noted = world.line("bram").note_return(ACME, item)
    assert noted.packed_values == dict.fromkeys(ELEMENTS, 2)
    assert (noted.status, noted.waits_for) == ("returned", "controller")
    rows = opened(tmp_path / "all", identity)
    assert {row["record"]: row["person.name"] for row in rows} == {
        first: SEED["person.name"], second: "Imre Vass",
    }  # fmt: skip
    assert {row["person.ssn"] for row in rows} == {SEED["person.ssn"]}
    with pytest.raises(pyrage.DecryptError):
        opened(tmp_path / "all", nobody)

    assert code_of(destroys(world)) == "termination.not_returned"  # handed over is not arrived
    assert code_of(lambda: clara.confirm_receipt(ACME, "0" * 64)) == "termination.other_package"
    digest = read_manifest(tmp_path / "all")[1]
    assert code_of(lambda: world.line("bram").confirm_receipt(ACME, digest)) == (
        "termination.writing"
    )
    assert clara.confirm_receipt(ACME, digest).status == "received"
    assert code_of(destroys(world)) == "done"
    tried = tries(world, exports=[tmp_path / "all", tmp_path / "part"])
    assert tried.failed
    assert (tried.sealed, tried.plain) == (2, [])
    (tmp_path / "all" / "notes.csv").write_text("Imre Vass\n")
    assert not tries(world, exports=[tmp_path / "all"]).failed

    folder, vkeys = certificate(world, tmp_path / "certificate")
    said = json.loads((folder / "certificate.json").read_bytes())
    assert said["returned"]["manifest_sha256"] == digest
    assert [one["recipients"] for one in said["copies"]["exports"]] == [[key], [key]]
    assert verified(folder, vkeys, "--now", later(world, days=8))[0] == 0


def test_a_return_that_we_entered_takes_a_second_person(own_house: World, tmp_path: Path) -> None:
    """Nothing leaves until somebody else confirms the writing; another choice ends it at once."""
    world = own_house
    key = str(pyrage.x25519.Identity.generate().to_public())
    world.protect("s-1")
    end(world)
    returner(world)
    bram = world.line("bram")
    made = bram.choose_end(ACME, "return", keys=[key], confirmed=letter(world))
    leaves = lambda: world.line("returner").open_disclosure(ACME, BACK, ELEMENTS, keys=[key])  # noqa: E731
    assert code_of(leaves) == "consent.unconfirmed"
    assert code_of(lambda: bram.confirm_consent(ACME, made.consent)) != "done"
    world.line("esra").confirm_consent(ACME, made.consent)
    item = send_back(world, key, tmp_path / "all")
    world.line("clara").choose_end(ACME, "destroy")
    assert code_of(leaves) == "consent.revoked"
    assert code_of(lambda: bram.note_return(ACME, item)) == "termination.other_choice"
    assert code_of(destroys(world)) == "done"


# What a law keeps.


def test_what_a_law_keeps_stays_isolated_and_the_rest_goes(
    own_house: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One value by law, one person by a hold added late; all else is dead in old copies too.

    After its last day the rest is destroyed, on the same choice; the certificate lists it until
    then (C6(i)). The process dies in the middle once, and goes on.
    """
    world = own_house
    kept, held, gone = (world.protect(f"s-{one}") for one in ("kept", "held", "gone"))
    copy = world.backup("before")
    end(world)
    world.line("clara").choose_end(ACME, "destroy")
    _keep(world, kept)
    world.line("bram").hold(ACME, PAYMENT, ["s-held"])
    _die_halfway(world, monkeypatch)
    assert code_of(lambda: keep(world, "person.name")) == "termination.begun"
    world.close()
    world.open()
    assert status(world).status == "certified"
    assert (world.count("vault_record", ACME), world.count("vault_subject", ACME)) == (2, 2)
    assert world.count("vault_blind_index", ACME) == world.count("vault_token", ACME) == 0
    assert met(world, tries(world, [copy]))[:2] == (1, 0)
    for _ in range(3):  # the keys to guess with have successors, and die within minutes
        world.shift += timedelta(minutes=6)
        world.house.rekey(ACME, lambda _seconds: False)
    tried = tries(world, [copy])
    assert tried.failed
    assert met(world, tried) == (1, 0, 0)
    _check_old_values(world, copy, kept)
    _check_kept(world, kept, {held: "controller.isolated", gone: "record.unknown"})

    folder, vkeys = certificate(world, tmp_path / "first")
    said = json.loads((folder / "certificate.json").read_bytes())
    assert (said["destroyed"]["scope"], said["held"]["held"]) == ("rest", 1)
    assert [one["basis"] for one in said["kept"]] == ["31 CFR 1010.430"]
    first, found = verified(folder, vkeys)
    assert (first, found["problems"]) == (1, [])

    assert code_of(destroys(world)) == "done"  # allowed, and everything kept is there all the same
    assert world.count("vault_record", ACME) == 2
    world.line("bram").release(ACME, PAYMENT, ["s-held"])
    world.shift += timedelta(days=21)
    world.house.tend_ends()  # the law's last day is over: the clock of its own runs (C15.4)
    clocks = {one.trigger: one.status for one in world.line("clara").list_timers(ACME).timers}
    assert clocks["retention-ended"] == "running"
    assert code_of(destroys(world)) == "done"
    assert world.count("vault_record", ACME) == world.count("vault_subject", ACME) == 0
    assert tries(world, [copy]).failed
    folder, vkeys = certificate(world, tmp_path / "last")
    said = json.loads((folder / "certificate.json").read_bytes())
    assert (said["destroyed"]["scope"], said["kept"]) == ("whole", [])
    assert verified(folder, vkeys, "--now", later(world, days=8))[0] == 0


def keep(world: World, *elements: str, **more: Any) -> Termination:
    """Let bram write down what a law keeps, for twenty days."""
    line = {"basis": "31 CFR 1010.430", "until": later(world, days=20)} | more
    return world.line("bram").keep_by_law(ACME, elements=elements, **line)


def _keep(world: World, record: str) -> None:
    """Keep one value of one record; what has no bound is refused."""
    for code, attempt in (
        ("retention.elements", lambda: keep(world, "*")),
        ("retention.elements", lambda: keep(world, "person.ssn:last4")),
        ("retention.until", lambda: keep(world, "person.ssn", until=later(world, days=-1))),
    ):
        assert code_of(attempt) == code
    keep(world, "person.ssn", records=[record])


def _die_halfway(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Order the destruction; the process dies when the first page's keys are renewed."""

    class GoneError(BaseException):
        """The process is no more."""

    def dies(*_: object) -> int:
        raise GoneError

    monkeypatch.setattr(closing, "PAGE", 1)
    with monkeypatch.context() as dying:
        dying.setattr(renew, "renew_subjects", dies)
        with pytest.raises(GoneError):
            destroys(world)()


def _check_kept(world: World, kept: str, others: dict[str, str]) -> None:
    """Look at what a law keeps, for that alone: nothing else of it, and nothing of anybody else."""
    world.service("taxman")
    world.give(ACME, "taxman", ["list", "reveal"], *ELEMENTS, purposes=[LAW], daily=100)
    line = world.line("taxman")
    assert line.list_records(ACME, LAW, list(ELEMENTS)).records == [kept]
    seen = line.reveal(ACME, LAW, ["person.ssn"], records=[kept]).results[0].fields
    assert seen == {"person.ssn": SEED["person.ssn"]}
    for record, code in others.items():
        read = partial(line.reveal, ACME, LAW, ["person.ssn"], records=[record])
        assert code_of(read) == code
    assert code_of(lambda: world.reveal("payout", kept, "person.ssn")) == "controller.isolated"


def _check_old_values(world: World, copy: Path, record: str) -> None:
    """Open a kept record's old ciphertexts with every version of its key that lives: none opens."""
    if world.owner_url:
        return  # the copy is a dump; the same rows and keys on either engine
    with closing_(dbapi2.connect(str(copy))) as thief:
        query = "SELECT subject_id, body FROM vault_record WHERE record_id = ?"
        subject, body = thief.execute(query, (record,)).fetchone()
        query = "SELECT key_id FROM vault_subject WHERE subject_id = ?"
        (key_id,) = thief.execute(query, (subject,)).fetchone()
    key = world.house.parts.keys.subject_keys(ACME, [key_id])[key_id]
    place = cipher.place(ACME, subject, record)
    assert unpack(body).keys() == set(ELEMENTS)
    for name, sealed in unpack(body).items():
        assert isinstance(sealed, bytes)
        with pytest.raises(Invalid):
            cipher.opened(key, (place, name), sealed)


# Many.


def test_many_records_go_back_and_go(own_house: World, tmp_path: Path) -> None:
    """Two thousand records (a hundred thousand when asked): complete, counted, gone, certified."""
    world = own_house
    identity = pyrage.x25519.Identity.generate()
    for start in range(0, RECORDS, 1000):
        world.line("importer").protect(
            ACME,
            PAYMENT,
            [
                {
                    "ref": str(n),
                    "subject": f"c-{n}",
                    "fields": {"person.name": f"Person {in_letters(n)}"},
                }
                for n in range(start, start + 1000)
            ],
        )
    end(world)
    returner(world)
    world.line("clara").choose_end(ACME, "return", keys=[str(identity.to_public())])
    item = send_back(world, str(identity.to_public()), tmp_path / "all")
    noted = world.line("bram").note_return(ACME, item)
    assert (noted.packed_records, noted.packed_values) == (RECORDS, {"person.name": RECORDS})
    assert len(opened(tmp_path / "all", identity)) == RECORDS
    world.line("clara").confirm_receipt(ACME, read_manifest(tmp_path / "all")[1])
    done = world.line("bram").destroy_controller(ACME, confirm=ACME, instruction="letter 8")
    assert done.rows >= 2 * RECORDS
    assert tries(world).failed
    folder, vkeys = certificate(world, tmp_path / "certificate")
    assert verified(folder, vkeys, "--now", later(world, days=8))[0] == 0


def in_letters(number: int) -> str:
    """Return a number in letters."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


# Sub-processors.


def test_sub_processors_get_the_choice_and_the_certificate_waits_for_theirs(
    own_house: World, tmp_path: Path
) -> None:
    """Whoever was engaged is told at the order; their certificate is missing until it came.

    It comes after everything of the controller is gone here (C6(ii)).
    """
    world = own_house
    world.protect("s-1")
    proposal = noticed(world, "Quill Printing")
    world.shift += timedelta(days=31)
    give(world)
    world.give(ACME, "bram", ["destroy"])
    world.line("clara").answer_subprocessor(ACME, proposal.engagement, "consent")
    bram = world.line("bram")
    bram.engage_subprocessor(ACME, proposal.engagement)
    end(world)
    world.line("clara").choose_end(ACME, "destroy")
    assert code_of(destroys(world)) == "done"
    folder, vkeys = certificate(world, tmp_path / "early")
    (told,) = json.loads((folder / "certificate.json").read_bytes())["subprocessors"]
    assert (told["choice"], told["certificate_sha256"]) == ("destroy", "")
    code, found = verified(folder, vkeys, "--now", later(world, days=8))
    assert (code, [one["code"] for one in found["unmet"]]) == (1, ["end.subprocessor"])

    (one,) = bram.list_subprocessors(ACME).instructions
    bram.answer_instruction(ACME, one.instruction, "relay", proof="receipt 4")
    today = world.now().date().isoformat()
    bram.answer_instruction(
        ACME, one.instruction, "certify", text_sha256="5e" * 32, day=today, signed_by="Nora Feld"
    )
    folder, vkeys = certificate(world, tmp_path / "late")
    (told,) = json.loads((folder / "certificate.json").read_bytes())["subprocessors"]
    assert told["certificate_sha256"] == "5e" * 32
    assert verified(folder, vkeys, "--now", later(world, days=8))[0] == 0
    assert "Nora" not in (folder / "certificate.json").read_text()
