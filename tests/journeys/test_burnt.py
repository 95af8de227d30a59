"""A burnt machine: from two backups, three of five shares and the mirror, on a clean one (C4.1)."""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import psycopg
import pytest

from bailee.app.home import Kit, found, recover
from bailee.app.settings import Settings, read_settings
from bailee.errors import Invalid
from tests.clusters import BINARIES, Cluster
from tests.journeys.world import (
    ACME,
    PAYMENT,
    World,
    code_of,
    postgres_settings,
    read_bundle,
    verified,
)
from tests.sabotage.stage import administrator
from tests.witness.post import Post
from tests.witness.serving import serving

NAME = "Marigold Featherstone"
ROLES = """
CREATE ROLE bailee_app NOLOGIN; CREATE ROLE bailee_sequencer NOLOGIN;
CREATE ROLE app LOGIN IN ROLE bailee_app; CREATE ROLE sequencer LOGIN IN ROLE bailee_sequencer
"""


@dataclass
class Ashes:
    """What is left: copies elsewhere, shares on paper, what the auditor kept, and who was where."""

    engine: str
    mirror: dict[str, str]
    data: Path
    keys: Path
    shares: tuple[str, ...]
    world: World
    wrapped: list[bytes]
    kept: str
    gone: dict[str, str]
    later: str
    late: tuple[Path, str]
    log: str


def machine(engine: str, home: Path, clusters: list[Cluster], more: dict[str, str]) -> World:
    """Return a deployment's place, with nothing in it: a folder, and databases where they are."""
    match engine:
        case "sqlite":
            return World(read_settings(more, home))
        case "postgresql":
            return World(*postgres_settings(clusters[0], home, **more))
        case _:
            return World(*postgres_settings(clusters[0], home, clusters[1], **more))


CASES = ("sqlite, a file", "postgresql, a file", "sqlite, a witness", "clusters, a witness")


@pytest.fixture(scope="module", params=CASES)
def ashes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ashes]:
    """Return what is left of a deployment that erased people before and after its backups.

    On SQLite; with the data on PostgreSQL; with data and keys on two clusters. Its mirror is a file
    in another place, or kept by a witness, which is killed while the machine burns.
    """
    engine, _, where = str(request.param).partition(", ")
    names = [] if engine == "sqlite" else ["cluster", "key_cluster"]
    clusters = [request.getfixturevalue(name) for name in names]
    folder = tmp_path_factory.mktemp("burnt")
    place = folder / "another-place"
    place.mkdir()
    mirror = {"BAILEE_MIRROR": str(place / "mirror.jsonl")}
    with ExitStack() as stack:
        witness = place / "witness.db"
        port, kill = 0, list[Callable[[], object]]()
        if where == "a witness":
            (place / "token").write_text(Post(witness).lend("harborline"))
            url, process = stack.enter_context(serving(witness))
            port, kill = int(url.rpartition(":")[2]), [process.kill, process.wait]
            mirror["BAILEE_MIRROR"] = f"{url}/kept/harborline"
            mirror["BAILEE_MIRROR_TOKEN_FILE"] = str(place / "token")
        world = machine(engine, folder / "home", clusters, mirror)
        left = lived(engine, folder, world, mirror)
        burn(world.settings, clusters)
        for act in kill:
            act()
        if port:
            stack.enter_context(serving(witness, port))
        yield left


def lived(engine: str, folder: Path, world: World, mirror: dict[str, str]) -> Ashes:
    """Found a deployment, let it live, take its copies; return what lies in other places."""
    made = found(world.settings, administrator(), kit=Kit(needed=3, shares=5))
    world.ids["ada"], world.keys["ada"] = made.principal, made.key
    world.open()
    world.populate()
    kept = world.protect("s-kept")
    gone = {when: world.protect(f"s-{when}") for when in ("before", "after")}
    world.line("bram").erase(ACME, PAYMENT, subjects=["s-before"])
    data, keys = world.backup("copies"), world.backup("key-copies", "--keys")
    with world.rows(keys=True) as conn:
        held = "SELECT wrapped FROM subject_key UNION ALL SELECT wrapped FROM controller_key"
        wrapped = [bytes(row[0]) for row in conn.exec_driver_sql(held)]
    later = world.protect("s-later")
    world.line("bram").erase(ACME, PAYMENT, subjects=["s-after"])
    late, log = world.export(folder / "auditor"), world.house.newest_log(ACME)
    world.close()
    return Ashes(
        engine, mirror, data, keys, made.shares, world, wrapped, kept, gone, later, late, log
    )


def burn(settings: Settings, clusters: list[Cluster]) -> None:
    """Leave nothing of a machine and its databases."""
    shutil.rmtree(settings.home)
    for cluster, url in zip(clusters, (settings.database_url, settings.keys_url), strict=False):
        if url.startswith("postgresql"):
            with psycopg.connect(cluster.url("postgres"), autocommit=True) as conn:
                conn.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[list[Cluster]]:
    """Return two clusters that the burnt deployment never saw, the first with its roles."""
    clusters = [Cluster(durable=False), Cluster(durable=False)]
    with psycopg.connect(clusters[0].url("postgres"), autocommit=True) as conn:
        conn.execute(ROLES)
    yield clusters
    for cluster in clusters:
        cluster.close()


@pytest.fixture
def clean(ashes: Ashes, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """Return a clean machine, on PostgreSQL with empty databases, that serves the same people."""
    clusters = [] if ashes.engine == "sqlite" else request.getfixturevalue("elsewhere")
    world = machine(ashes.engine, tmp_path / "clean", clusters, ashes.mirror)
    world.ids, world.keys = ashes.world.ids, ashes.world.keys
    yield world
    world.close()


def test_no_key_is_in_the_data_copy(ashes: Ashes) -> None:
    """Not even wrapped: whoever finds the data's copy finds ciphertext and nothing beside it.

    The keys' copy has them all, or the search would prove nothing.
    """
    assert len(ashes.wrapped) > 10
    for copy, held in ((ashes.data, False), (ashes.keys, True)):
        plain = copy.read_bytes()
        if copy.suffix == ".dump":  # it is compressed
            command = [str(BINARIES[0] / "pg_restore"), "--file=-", str(copy)]
            plain = subprocess.run(command, check=True, capture_output=True).stdout
        found_in = [key in plain or key.hex().encode() in plain for key in ashes.wrapped]
        assert found_in == [held] * len(ashes.wrapped)
        assert NAME.encode() not in plain


def test_it_rises_from_what_was_kept_elsewhere(ashes: Ashes, clean: World, tmp_path: Path) -> None:
    """Records open, the erased do not, the log goes on in a successor that says what was lost."""
    settings = clean.settings
    with pytest.raises(Invalid, match=r"recovery\.too_few"):
        recover(settings, list(ashes.shares[:2]))
    assert not settings.root_file.exists()
    recover(settings, [ashes.shares[4], ashes.shares[0], ashes.shares[2]])

    told = clean.restore(ashes.data, "--keys", str(ashes.keys), **ashes.mirror)

    clean.open()
    try:
        assert clean.reveal("payout", ashes.kept) == NAME
        for record in (*ashes.gone.values(), ashes.later):
            assert code_of(partial(clean.reveal, "payout", record)) == "record.unknown"
        searched = clean.line("payout").search(ACME, PAYMENT, "person.name", equals=NAME)
        assert searched.records == [ashes.kept]
        successor = told["successors"][ashes.log]
        new = clean.export(tmp_path, log=successor)
    finally:
        clean.close()
    origin, size, root = (ashes.late[0] / "checkpoint").read_text().splitlines()[:3]
    link = read_bundle(new[0])[0]["link"]
    assert (link["log"], link["until"]) == (origin, int(size))
    assert bytes.fromhex(link["root"]) == base64.b64decode(root)
    code, said = verified(*new)
    assert (code, "declared lost" in said) == (0, True), said
    assert verified(*ashes.late)[0] == 0


KILLED = """
import os, signal, sys
from pathlib import Path
from bailee.app import backup
from bailee.app.settings import read_settings
put, left = backup._put_in_place, int(sys.argv[1])
def put_and_die(*args, **more):
    global left
    put(*args, **more)
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
backup._put_in_place = put_and_die
backup.restore_data(read_settings(), Path(sys.argv[2]), Path(sys.argv[3]))
"""


@pytest.mark.parametrize("placed", [1, 2])
def test_killed_half_way_it_is_run_again(ashes: Ashes, clean: World, placed: int) -> None:
    """Whatever a run that died had put in place, the same command does the rest."""
    recover(clean.settings, list(ashes.shares[1:4]))
    more = ashes.mirror
    command = [sys.executable, "-c", KILLED, str(placed), str(ashes.data), str(ashes.keys)]
    assert subprocess.run(command, env=clean.environment(**more), check=False).returncode == -9

    clean.restore(ashes.data, "--keys", str(ashes.keys), **more)

    clean.open()
    assert clean.reveal("payout", ashes.kept) == NAME
    assert code_of(partial(clean.reveal, "payout", ashes.gone["after"])) == "record.unknown"


def test_without_a_mirror_nothing_is_put_back(ashes: Ashes, clean: World, tmp_path: Path) -> None:
    """A mistyped mirror does not bring the erased back by mistake; who says so gets them back."""
    recover(clean.settings, list(ashes.shares[:3]))
    copies = (str(ashes.data), "--keys", str(ashes.keys))
    nowhere = str(tmp_path / "nowhere.jsonl")

    refused = clean.cli("restore", *copies, BAILEE_MIRROR=nowhere)

    assert (refused.returncode, "restore.unmirrored" in refused.stderr) == (1, True)
    done = clean.cli("restore", *copies, "--without-mirror", BAILEE_MIRROR=nowhere)
    assert done.returncode == 0, done.stderr
    clean.settings = replace(clean.settings, mirror=Path(nowhere), mirror_lent="")
    clean.open()
    assert clean.reveal("payout", ashes.gone["after"]) == NAME


def test_shares_of_another_kit_and_too_few_are_refused(ashes: Ashes, tmp_path: Path) -> None:
    """A kit is made of 2 to 16 shares; a mistyped one is named by its place."""
    settings = read_settings({}, tmp_path / "home")
    for numbers in ((1, 3), (4, 3), (3, 17)):
        with pytest.raises(Invalid, match=r"recovery\.numbers"):
            found(settings, administrator(), kit=Kit(*numbers))
    assert not settings.home.exists()
    wrong = ashes.shares[0][:-1] + ("0" if ashes.shares[0][-1] != "0" else "1")
    with pytest.raises(Invalid, match=r"recovery\.share"):
        recover(settings, [wrong, *ashes.shares[1:3]])
