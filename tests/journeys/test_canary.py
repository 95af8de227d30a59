"""Values that stand nowhere else in the world are looked for in every byte (C2.8, C3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from bailee.client import Client
from bailee.vault import password, password_store, subject_store
from bailee.web.certificate import CERTIFICATE
from tests.clusters import Cluster
from tests.journeys.serving import serving
from tests.journeys.world import ACME, GLOBEX, PAYMENT, World, code_of

FIELDS = {
    "person.name": "Xanthippe Quillfeather",
    "person.email": "xanthippe@quillfeather.example",
    "person.ssn": "523-81-7746",
    "financial.card_number": "5555555555554444",
}
SUBJECT = "canary-of-the-journey"
WORD, OTHER = "quokka 7 marzipan lighthouse", "quokka 8 marzipan lighthouse"
"""A customer's password, and one that is wrong (C2.7)."""
ALSO = ("xanthippe quillfeather", "523817746")
"""What normalisers make of the values."""


@dataclass
class Planted:
    """A deployment after a canary's whole life, and everything that was said meanwhile."""

    world: World
    said: bytes
    environment: bytes
    bundle: Path
    copies: tuple[Path, ...]
    """Backups of data and keys."""
    hash: bytes
    """Of the customer's password, opened behind everybody's back."""

    def needles(self) -> dict[str, bytes]:
        """Return what must be found nowhere: values, the subject's reference, keys."""
        world = self.world
        found = {text: text.encode() for text in (*FIELDS.values(), *ALSO, SUBJECT)}
        found |= {f"key of {who}": key.encode() for who, key in world.keys.items()}
        return found | {"password": WORD.encode(), "wrong": OTHER.encode(), "hash": self.hash}


def exercise(client: Client, record: str) -> list[str]:
    """Send the values everywhere they do not belong; return all that was answered."""
    name, ssn = FIELDS["person.name"], FIELDS["person.ssn"]
    wrong = {"ref": name, "subject": SUBJECT, "fields": {"person.ssn": name}}
    attempts = (
        lambda: client.protect(ACME, PAYMENT, [wrong]),
        lambda: client.protect(ACME, name, [wrong]),
        lambda: client.reveal(ACME, PAYMENT, [name], records=[record]),
        lambda: client.reveal(ACME, PAYMENT, ["person.name"], records=[name]),
        lambda: client.reveal(ACME, PAYMENT, ["person.name"], tokens=[ssn]),
        lambda: client.search(ACME, PAYMENT, name, equals=ssn),
        lambda: client.erase(ACME, PAYMENT, subjects=[name]),
        lambda: client.update(ACME, name, [{"ref": "1", "record": name, "fields": {name: ssn}}]),
    )
    told = []
    for attempt in attempts:
        try:
            attempt()
        except Exception as error:  # noqa: BLE001 - every text of every failure is looked at
            told.append(f"{error!r} {error} {getattr(error, 'do', '')}")
    assert len(told) == len(attempts)
    return told


def keep(client: Client) -> list[str]:
    """Keep a customer's password, try it, and send it where it does not belong."""
    item = {"ref": "1", "subject": SUBJECT, "password": WORD}
    client.set_customer_passwords(ACME, PAYMENT, [item])
    assert client.verify_customer_password(ACME, PAYMENT, SUBJECT, WORD).right
    assert not client.verify_customer_password(ACME, PAYMENT, SUBJECT, OTHER).right
    attempts = (
        lambda: client.verify_customer_password(ACME, WORD, SUBJECT, WORD),
        lambda: client.verify_customer_password(GLOBEX, PAYMENT, SUBJECT, WORD),
        lambda: client.set_customer_passwords(ACME, PAYMENT, [item | {"imported": WORD}]),
        lambda: client.set_customer_passwords(ACME, PAYMENT, [item | {"password": f"{WORD}\0"}]),
    )
    told = []
    for attempt in attempts:
        try:
            attempt()
        except Exception as error:  # noqa: BLE001 - every text of every failure is looked at
            told.append(f"{error!r} {error} {getattr(error, 'do', '')}")
    assert len(told) == len(attempts)
    return told


def hash_of(world: World) -> bytes:
    """Open the sealed hash of the customer's password, as nobody may."""
    parts = world.house.parts
    ids = world.house.vault.identify(ACME, [SUBJECT])
    (row,) = parts.data.read(ACME, lambda conn: password_store.find(conn, ACME, ids))
    found = parts.data.read(ACME, lambda conn: subject_store.by_id(conn, ACME, ids))
    key_id = found[ids[0]].key_id
    key = parts.keys.subject_keys(ACME, [key_id])[key_id]
    return password.unseal(ACME, row, key).text.rpartition("$")[2].encode()


@pytest.fixture(scope="module")
def planted(house: World, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """Let a server of its own hold, read, search, refuse and log a canary; then stop it."""
    house.service("shop")
    house.give(ACME, "shop", ["set-password", "verify-password"], "person.login_name")
    house.close()
    with serving(house) as (process, url):
        ca = str(house.settings.home / "tls" / CERTIFICATE)
        importer = Client(url, house.keys["importer"], ca=ca)
        payout = Client(url, house.keys["payout"], ca=ca)
        new = {"ref": "1", "subject": SUBJECT, "kind": "person", "fields": FIELDS}
        record = importer.protect(ACME, PAYMENT, [new], idempotency_key="canary").results[0].record
        seen = payout.reveal(ACME, PAYMENT, list(FIELDS), records=[record])
        assert seen.results[0].fields == FIELDS
        for element, text in FIELDS.items():
            assert record in payout.search(ACME, PAYMENT, element, equals=text).records
        told = exercise(importer, record) + exercise(payout, record)
        with Client(url, house.keys["shop"], ca=ca) as shop:
            told += keep(shop)
        importer.close()
        payout.close()
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
        environment += Path(f"/proc/{process.pid}/cmdline").read_bytes()
        process.terminate()
        out, err = process.communicate(timeout=30)
    house.open()
    bundle, _ = house.export(tmp_path_factory.mktemp("canary"))
    copies = house.backup("data-copy"), house.backup("key-copy", "--keys")
    said = (out + err + "\n".join(told)).encode()
    return Planted(house, said, environment, bundle, copies, hash_of(house))


def files(planted: Planted, cluster: Cluster | None) -> Iterator[Path]:
    """Yield every file that the deployment may have written."""
    yield from (path for path in planted.world.settings.home.rglob("*") if path.is_file())
    yield from (path for path in planted.bundle.rglob("*") if path.is_file())
    yield from planted.copies
    if cluster is not None and planted.world.owner_url:
        with planted.world.rows() as conn:
            mine = conn.exec_driver_sql(
                "SELECT oid::text FROM pg_database WHERE datname = current_database()"
            ).scalar_one()
        base = cluster.root / "data" / "base"  # a folder for each test's database
        yield from (base / mine).iterdir()
        yield from (
            path
            for path in cluster.root.rglob("*")
            if path.is_file() and not path.is_relative_to(base)
        )


def found_in(data: bytes, needles: dict[str, bytes]) -> list[str]:
    """Return the names of what stands in some bytes, plainly or as hex digits."""
    return [
        name for name, needle in needles.items() if needle in data or needle.hex().encode() in data
    ]


def test_no_file_holds_a_planted_value(planted: Planted, request: pytest.FixtureRequest) -> None:
    """Database, write-ahead log, keys, mirror, export: no byte of it in the clear (C2.8(1))."""
    owner = planted.world.owner_url
    cluster: Cluster | None = request.getfixturevalue("cluster") if owner else None
    if owner:
        with planted.world.rows() as conn:
            conn.exec_driver_sql("SELECT pg_switch_wal()")
    looked, needles = 0, planted.needles()
    for path in files(planted, cluster):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue  # the database's own temporary file
        looked += 1
        assert found_in(data, needles) == [], path.name
    assert looked > 10


def test_no_file_but_the_root_s_own_holds_an_unwrapped_key(planted: Planted) -> None:
    """Keys rest wrapped; the root key rests in its one file, its owner's alone (C2.8(1))."""
    keys = planted.world.house.parts.keys
    unwrapped = {
        f"key {number}": key
        for controller in (ACME, GLOBEX)
        for number, key in enumerate(keys.unwrapped(controller))
    }
    assert unwrapped
    root = planted.world.settings.root_file
    for path in files(planted, None):
        if path != root:
            assert found_in(path.read_bytes(), unwrapped) == [], path.name
    assert root.stat().st_mode & 0o077 == 0


def test_nothing_that_was_said_repeats_a_value(planted: Planted) -> None:
    """Log lines, refusals and problems: codes and sentences, never what was sent (C3.2)."""
    needles = planted.needles()
    assert found_in(planted.said, needles) == []
    assert b"/v1/controllers/{controller}/" in planted.said  # the log was written, by template
    assert found_in(planted.environment, needles) == []


def test_openings_and_leaves_hold_no_value(planted: Planted) -> None:
    """The auditor's copy names random ids and elements, and no person (C5.2, C2.5(5))."""
    told = (planted.bundle / "openings.jsonl").read_bytes()
    assert b"person.ssn" in told
    assert found_in(told, planted.needles()) == []


def test_no_file_is_left_where_temporary_files_go(planted: Planted) -> None:
    """The server wrote nothing beside its home (C2.5(4))."""
    home = planted.world.settings.home
    ours = {home.name, *(path.parent.name for path in planted.copies)}
    assert {path.name for path in home.parent.iterdir()} == ours
    modes = {path.stat().st_mode & 0o077 for path in home.rglob("*") if path.is_file()}
    assert modes <= {0, 0o044}
    assert home.stat().st_mode & 0o077 == 0


COPIES = {
    "another row": "UPDATE vault_record SET {values} WHERE record_id = :target",
    "another controller": "UPDATE vault_record SET {values} WHERE record_id = :foreign",
}


def test_a_value_copied_by_sql_does_not_open_anywhere_else(
    planted: Planted, tmp_path: Path
) -> None:
    """Sealed bytes moved to another row or controller are refused, not shown (C2.8(3))."""
    world = planted.world
    source = world.protect("copied-from", person__name="Thessaly Moonwater")
    target, foreign = world.protect("copied-to"), world.protect("copied-to", GLOBEX)
    with world.rows() as conn:
        names = [one["name"] for one in sa.inspect(conn).get_columns("vault_record")]
        row = conn.execute(
            sa.text("SELECT * FROM vault_record WHERE record_id = :id"), {"id": source}
        ).one()._asdict()  # fmt: skip
        sealed = [name for name in names if isinstance(row[name], bytes | memoryview)]
        assert sealed
    values = ", ".join(f"{name} = :{name}" for name in sealed)
    with world.rows() as conn:
        for copy in COPIES.values():
            told = {name: row[name] for name in sealed}
            told |= {"target": target} if ":target" in copy else {"foreign": foreign}
            conn.execute(sa.text(copy.format(values=values)), told)
    assert world.reveal("payout", source) == "Thessaly Moonwater"
    assert code_of(lambda: world.reveal("payout", target)) == "record.altered"
    attempt = world.reveal
    assert code_of(lambda: attempt("stranger", foreign, controller=GLOBEX)) == "record.altered"
    codes = [world.last(tmp_path, controller)["detail"]["code"] for controller in (ACME, GLOBEX)]
    assert codes == ["record.altered"] * 2
