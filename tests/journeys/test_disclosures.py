"""What leaves: under a consent of the controller, for its recipients alone, accounted for."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pyrage
import pytest

from bailee.cli.bulk import Output, Target, protect_file
from bailee.cli.ids import Everything, Wanted
from bailee.cli.lanes import Stop
from bailee.cli.manifest import check_folder, check_log, count_beside, read_log, read_manifest
from bailee.cli.mapping import load_mapping
from bailee.cli.outgoing import Count, Outgoing
from bailee.client import BaileeProblem, Client
from bailee.errors import Broken, Failure, Invalid
from tests.journeys.imports import CANARY, Died, Dying, Steps, left, shows, write
from tests.journeys.world import ACME, GLOBEX, PAYMENT, World, code_of
from tests.simulators.gpg import Gpg

ROWS, PAGE = 25, 10
NAMES = ("person.name",)
SIGNED = "4a3cdfae6f291c8f544daea5b72905cf9e74c1ed427d831ad0d7ca00c73c794d"
"""Of the word `signed`, by sha256sum."""


@dataclass(frozen=True)
class Recipient:
    """Somebody for whom values are encrypted: what a command is given, and how they open it."""

    given: str
    key: str
    suffix: str
    open: Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def gpg() -> Iterator[Gpg]:
    """Return somebody's GnuPG; its home has a short path, for sockets."""
    with tempfile.TemporaryDirectory(prefix="gpg") as folder:
        made = Gpg(Path(folder) / "h")
        yield made
        made.close()


def with_age() -> Recipient:
    """Return a fresh recipient, whom nobody allowed anything yet."""
    who = pyrage.x25519.Identity.generate()
    key = str(who.to_public())
    return Recipient(key, key, ".age", lambda sealed: pyrage.decrypt(sealed, [who]))


def with_gpg(gpg: Gpg, folder: Path) -> Recipient:
    """Return a fresh recipient with a certificate in a file."""
    name = f"{folder.name}@x.example"
    key = gpg.make(name)
    path = gpg.export(name, folder / "recipient.asc", armor=True)
    return Recipient(path, f"openpgp:{key.lower()}", ".pgp", gpg.open)


@pytest.fixture(params=["age", "openpgp"])
def whom(request: pytest.FixtureRequest, gpg: Gpg, tmp_path: Path) -> Recipient:
    """Return a recipient of each kind."""
    return with_age() if request.param == "age" else with_gpg(gpg, tmp_path)


@pytest.fixture
def anybody() -> Recipient:
    """Return a recipient where the kind is nothing to the test."""
    return with_age()


@pytest.fixture(scope="module")
def full(house: World) -> dict[str, str]:
    """Fill a controller with records; return record → name. 'archivist' may list and reveal."""
    records = [
        {"ref": str(n), "subject": f"out-{n}", "fields": {"person.name": f"{CANARY} {n}"}}
        for n in range(ROWS)
    ]
    done = house.line("importer").protect(ACME, PAYMENT, records)
    house.service("archivist")
    house.give(ACME, "archivist", ["list", "reveal"], *NAMES, daily=100_000)
    return {one.record: f"{CANARY} {n}" for n, one in enumerate(done.results)}


def bring(client: Client, whom: Recipient, folder: Path) -> Count:
    """Export everything, or go on where an earlier run stopped."""
    wanted = Wanted(client, ACME, PAYMENT, NAMES)
    work = Outgoing(wanted, Everything(wanted, PAGE), folder, recipients=[whom.given])
    return work.run(lambda _done, _total: None, Stop())


def exported(house: World, whom: Recipient, folder: Path) -> Count:
    """Export everything as the archivist."""
    with house.line("archivist") as client:
        return bring(client, whom, folder)


def opened(folder: Path, whom: Recipient) -> dict[str, str]:
    """Open the parts in their order and join them: one table."""
    parts = sorted(folder.glob(f"part-*.csv{whom.suffix}"))
    text = b"".join(whom.open(one.read_bytes()) for one in parts)
    rows = list(csv.DictReader(io.StringIO(text.decode())))
    assert len(rows) == ROWS
    return {one["record"]: one["person.name"] for one in rows}


def wrong(folder: Path, log: Path | None = None) -> list[str]:
    """Return what the check of a folder finds."""
    manifest, digest = read_manifest(folder)
    found = check_folder(folder, manifest)
    return found + (check_log(manifest, digest, read_log(log)) if log else [])


def test_nothing_leaves_that_nobody_allowed(
    house: World, full: dict[str, str], whom: Recipient, tmp_path: Path
) -> None:
    """C2.3: the server refuses it, records that, and no value comes near the disk."""
    with pytest.raises(BaileeProblem, match=r"consent\.missing"):
        exported(house, whom, tmp_path / "out")
    assert {one.name for one in (tmp_path / "out").iterdir()} == {"journal"}
    entry = house.last(tmp_path)
    assert (entry["decision"], entry["detail"]["code"]) == ("refused", "consent.missing")
    record = next(iter(full))
    with house.line("archivist") as client:
        assert code_of(
            lambda: client.reveal(ACME, PAYMENT, NAMES, records=[record], disclosure="0" * 32)
        ) == "disclosure.unknown"  # fmt: skip
    house.allow(whom.key)
    assert exported(house, whom, tmp_path / "out").proven


def test_what_was_allowed_leaves_for_its_recipient(
    house: World, full: dict[str, str], whom: Recipient, tmp_path: Path
) -> None:
    """Every record once, opened by the recipient's own program; account and log agree on it."""
    consent = house.allow(whom.key, kind="return")
    assert exported(house, whom, tmp_path / "out").proven
    assert opened(tmp_path / "out", whom) == full
    assert all(not shows(data) for data in left(tmp_path).values())
    manifest, digest = read_manifest(tmp_path / "out")
    assert (manifest.recipients, manifest.consents, manifest.kind) == (
        [whom.key], [consent], "return",
    )  # fmt: skip
    bundle, _ = house.export(tmp_path)
    assert wrong(tmp_path / "out", bundle) == []
    assert count_beside(manifest, read_log(bundle)) == 0
    entries = {one["id"]: one for one in house.entries(tmp_path / "again")}
    ended = next(one for one in entries.values() if one["detail"].get("manifest_sha256") == digest)
    assert ended["action"] == "access:disclosure:ended"
    assert ended["opening"]["context"]["keys"] == whom.key
    said = house.line("clara").show_disclosure(ACME, manifest.disclosure)
    assert (said.ended_entry, said.records, said.parts) == (ended["id"], ROWS, 3)
    assert said.recipients == ["Larkspur Analytics"]
    text = (tmp_path / "out" / "manifest.json").read_text()
    assert not any(record in text for record in full)


def test_an_export_killed_at_every_step_is_whole(
    house: World, full: dict[str, str], whom: Recipient, tmp_path: Path
) -> None:
    """Whenever it dies, the next run ends it: one disclosure, one account, each record once."""
    step = 0
    house.allow(whom.key)
    while True:
        step += 1
        folder = tmp_path / str(step)
        transport = Dying(house, Steps(step))
        line = Client("http://localhost", house.keys["archivist"], transport=transport, retries=0)
        with line as client:
            try:
                bring(client, whom, folder)
            except Died:
                pass
            else:
                break
        assert exported(house, whom, folder).proven
        if whom.suffix == ".age" or step in {2, 9, 17, 20}:  # gpg takes its time
            assert opened(folder, whom) == full
        assert wrong(folder) == []
    assert step == 2 * (1 + 3 + 3 + 1 + 1 + 1) + 1  # opened, pages, values, count, account, end
    bundle, _ = house.export(tmp_path / "log")
    for number in range(1, step + 1):
        assert wrong(tmp_path / str(number), bundle) == []
        manifest, _ = read_manifest(tmp_path / str(number))
        assert count_beside(manifest, read_log(bundle)) <= 2


def test_an_account_is_made_once(
    house: World, full: dict[str, str], anybody: Recipient, tmp_path: Path
) -> None:
    """Whoever died after the end and before noting it ends it alike, whatever came meanwhile."""
    house.allow(anybody.key)
    transport, key = Dying(house, Steps(20)), house.keys["archivist"]
    with (
        Client("http://localhost", key, transport=transport, retries=0) as client,
        pytest.raises(Died),
    ):
        bring(client, anybody, tmp_path / "out")
    _, digest = read_manifest(tmp_path / "out")
    house.protect("newcomer")
    assert exported(house, anybody, tmp_path / "out").proven
    house.line("bram").erase(ACME, PAYMENT, subjects=["newcomer"])
    assert read_manifest(tmp_path / "out")[1] == digest
    assert opened(tmp_path / "out", anybody) == full


def test_a_consent_revoked_on_the_way(
    house: World, full: dict[str, str], anybody: Recipient, tmp_path: Path
) -> None:
    """The next part is refused; under a new consent the same command goes on to the end."""
    first = house.allow(anybody.key)

    class Revoking(httpx2.BaseTransport):
        """Revokes the consent when the second page of values is asked for."""

        asked = 0

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            self.asked += request.url.path.endswith("/reveal")
            if self.asked == 2 and request.url.path.endswith("/reveal"):
                house.line("esra").revoke_consent(ACME, first)
            return house.transport().handle_request(request)

    key = house.keys["archivist"]
    with (
        Client("http://localhost", key, transport=Revoking(), retries=0) as client,
        pytest.raises(BaileeProblem, match=r"consent\.revoked"),
    ):
        bring(client, anybody, tmp_path / "out")
    assert len(list((tmp_path / "out").glob("part-*"))) <= 1
    with pytest.raises(BaileeProblem, match=r"consent\.revoked"):
        exported(house, anybody, tmp_path / "out")
    second = house.allow(anybody.key)
    assert exported(house, anybody, tmp_path / "out").proven
    assert opened(tmp_path / "out", anybody) == full
    manifest, _ = read_manifest(tmp_path / "out")
    assert manifest.consents == [first, second]


def test_recipients_are_not_swapped_on_the_way(
    house: World, full: dict[str, str], anybody: Recipient, tmp_path: Path
) -> None:
    """Work begun for one recipient is not gone on with for another, who was allowed as well."""
    other = with_age()
    house.allow(anybody.key, other.key)
    line = Client(
        "http://localhost", house.keys["archivist"], transport=Dying(house, Steps(7)), retries=0
    )
    with line as client, pytest.raises(Died):
        bring(client, anybody, tmp_path / "out")
    with pytest.raises(Failure, match=r"journal\.other"):
        exported(house, other, tmp_path / "out")
    journal = tmp_path / "out" / "journal"
    journal.write_text(journal.read_text().replace(anybody.key, other.key))
    with pytest.raises(BaileeProblem, match=r"disclosure\.recipients"):
        exported(house, other, tmp_path / "out")


def test_what_was_changed_afterwards_is_named(
    house: World, full: dict[str, str], anybody: Recipient, tmp_path: Path
) -> None:
    """Parts swapped, cut, missing, linked or added, and a changed account: each is found."""
    house.allow(anybody.key)
    exported(house, anybody, tmp_path / "out")
    bundle, _ = house.export(tmp_path)
    out = tmp_path / "out"
    first, second = (out / f"part-00000{n}.csv.age" for n in (1, 2))
    a, b, account = first.read_bytes(), second.read_bytes(), (out / "manifest.json").read_text()
    one, two = f"part.changed {first.name}", f"part.changed {second.name}"

    def after(change: Callable[[], object], *logs: Path) -> list[str]:
        change()
        try:
            return wrong(out, *logs)
        finally:
            for extra in set(out.iterdir()) - {first, second, out / "part-000003.csv.age"}:
                if extra.name not in {"journal", "manifest.json"}:
                    extra.unlink()
            first.unlink(missing_ok=True)
            first.write_bytes(a)
            second.write_bytes(b)
            (out / "manifest.json").write_text(account)

    def link() -> None:
        first.unlink()
        first.symlink_to(second)

    assert after(lambda: (first.write_bytes(b), second.write_bytes(a))) == [one, two]
    assert after(lambda: first.write_bytes(a[:-1])) == [one]
    assert after(first.unlink) == [f"part.missing {first.name}"]
    assert after(link) == [f"part.missing {first.name}"]
    assert after(lambda: (out / "part-000004.csv.age").write_bytes(a)) == ["folder.extra 1 more"]
    swapped = account.replace(anybody.key, "age1" + "q" * 58)
    assert after(lambda: (out / "manifest.json").write_text(swapped)) == []
    assert after(lambda: (out / "manifest.json").write_text(swapped), bundle) == ["log.manifest"]
    shorter = json.loads(account)
    gone = shorter["parts"].pop()
    shorter["count"]["listed"] -= gone["records"]
    shorter["count"]["revealed"] -= gone["records"]
    assert after(
        lambda: ((out / gone["part"]).rename(tmp_path / "kept"),
                 (out / "manifest.json").write_text(json.dumps(shorter))),
        bundle,
    ) == ["log.manifest"]  # fmt: skip
    (tmp_path / "kept").rename(out / gone["part"])
    outside = json.loads(account)
    outside["parts"][0]["part"] = "../../etc/passwd"
    assert after(lambda: (out / "manifest.json").write_text(json.dumps(outside))) == ["part.name 1"]
    with pytest.raises(Broken, match=r"manifest\.broken"):
        after(lambda: (out / "manifest.json").write_text("[" * 100_000))
    assert wrong(out, bundle) == []


def test_a_link_where_the_account_goes_is_not_followed(
    house: World, full: dict[str, str], anybody: Recipient, tmp_path: Path
) -> None:
    """An account is put in place of a link, and one that is a link is not read."""
    house.allow(anybody.key)
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "journal").touch()
    (tmp_path / "out" / "manifest.json").symlink_to(tmp_path / "victim")
    with pytest.raises(Invalid, match=r"manifest\.missing"):
        read_manifest(tmp_path / "out")
    exported(house, anybody, tmp_path / "out")
    assert (tmp_path / "victim").read_text() == "mine"
    assert wrong(tmp_path / "out") == []


def test_the_accounting_outlives_an_erasure(
    house: World, anybody: Recipient, full: dict[str, str], tmp_path: Path
) -> None:
    """When somebody is erased, what left about them stays counted: to whom, when, how much."""
    house.protect("leaver")
    house.allow(anybody.key)
    folder = tmp_path / "out"
    with house.line("archivist") as client:
        wanted = Wanted(client, ACME, PAYMENT, NAMES)
        Outgoing(wanted, Everything(wanted), folder, recipients=[anybody.given]).run(
            lambda _done, _total: None, Stop()
        )
    manifest, _ = read_manifest(folder)
    before = house.line("clara").show_disclosure(ACME, manifest.disclosure)
    house.line("bram").erase(ACME, PAYMENT, subjects=["leaver"])
    assert house.line("clara").show_disclosure(ACME, manifest.disclosure) == before
    assert (before.records, before.status, before.recipients) == (
        ROWS + 1, "ended", ["Larkspur Analytics"],
    )  # fmt: skip
    bundle, _ = house.export(tmp_path)
    assert wrong(folder, bundle) == []


def test_another_controllers_is_not_there(house: World, anybody: Recipient) -> None:
    """A consent of one controller is nothing to another, and a stranger learns of neither."""
    house.allow(anybody.key)
    with house.line("stranger") as client:

        def opens(at: str) -> object:
            return client.open_disclosure(at, PAYMENT, NAMES, keys=[anybody.key])

        assert code_of(lambda: opens(GLOBEX)) == "consent.missing"
        assert code_of(lambda: opens(ACME)) == "controller.unknown"
        assert code_of(lambda: client.list_consents(ACME)) == "controller.unknown"
        assert code_of(lambda: client.list_disclosures(ACME)) == "controller.unknown"


def test_from_the_command_line(
    house: World, full: dict[str, str], gpg: Gpg, tmp_path: Path
) -> None:
    """Record, confirm, export, check, account, revoke: each is one command."""
    whom = with_gpg(gpg, tmp_path)
    (tmp_path / "letter.pdf").write_bytes(b"signed")
    house.close()
    try:
        added = house.cli(
            "consent", "add", "-c", ACME, "-p", PAYMENT, "--element", "person.name",
            "--writing", str(tmp_path / "letter.pdf"), "--reference", "letter 9",
            "--given-by", house.ids["clara"], "--to", "Larkspur Analytics",
            "--recipient", whom.given, "--until", house.until(), "--json", who="bram",
        )  # fmt: skip
        assert added.returncode == 0, added.stderr
        made = json.loads(added.stdout)
        assert made["keys"] == [whom.key]
        assert made["text_sha256"] == SIGNED
        export = (
            "export", "-c", ACME, "-p", PAYMENT, "--recipient", whom.given,
            "--elements", "person.name", "--out", str(tmp_path / "out"),
        )  # fmt: skip
        refused = house.cli(*export, who="archivist")
        assert (refused.returncode, refused.stderr.split(":")[0]) == (1, "consent.unconfirmed")
        yes = house.cli("consent", "confirm", made["consent"], "-c", ACME, who="esra")
        assert yes.returncode == 0, yes.stderr
        done = house.cli(*export, who="archivist")
        assert done.returncode == 0, done.stderr
        checked = house.cli("check-export", str(tmp_path / "out"))
        assert (checked.returncode, "not compared" in checked.stdout) == (0, True)
        told = house.cli("disclosures", "-c", ACME, who="clara")
        assert whom.key in told.stdout
        gone = house.cli("consent", "revoke", made["consent"], "-c", ACME, who="bram")
        assert "revoked" in gone.stdout
        again = house.cli(*export[:-1], str(tmp_path / "more"), who="archivist")
        assert again.stderr.startswith("consent.revoked")
    finally:
        house.open()
    (tmp_path / "out" / "part-000001.csv.pgp").unlink()
    assert World.command("check-export", "out", cwd=tmp_path).returncode == 1


def test_rejected_rows_go_to_a_recipient_alone(
    house: World, whom: Recipient, tmp_path: Path
) -> None:
    """Rows that never were in the vault leave for whoever may read them; it takes no consent."""
    path = write(tmp_path, 20, tag=f"rej{whom.suffix}{bool(house.owner_url)}-", bad=10)
    output = Output(tmp_path / "rows.csv.records.csv", rejects_to=(whom.given,))
    mapping = load_mapping(tmp_path / "mapping.toml")
    with house.line("importer") as client:
        tally = protect_file(path, mapping, Target(client, ACME, PAYMENT), output)
    assert (tally.rejected, tally.complete) == (2, True)
    sealed = tmp_path / "rows.csv.rejects" / f"part-000001.csv{whom.suffix}"
    assert not shows(sealed.read_bytes())
    rows = whom.open(sealed.read_bytes()).decode().splitlines()
    assert [one.split(",")[0] for one in rows] == ["row", "10", "20"]
