"""A home is made once, opened by one, and only by a release and a root that fit it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bailee.app.home import found, opened
from bailee.app.search import holding, spellings
from bailee.app.settings import Settings, read_settings
from bailee.app.watch_access import planted
from bailee.app.watch_vault import encryption_at_rest, keys_wrapped
from bailee.db import open_database
from bailee.errors import Broken, Conflict, Failure, NotFound, Refused
from bailee.keys import create, read_key
from tests.sabotage.stage import administrator

ADA = administrator()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of a founded, closed home."""
    settings = read_settings({}, tmp_path_factory.mktemp("founded") / "home")
    found(settings, ADA)
    return settings


def refusal(settings: Settings, kind: type[Failure]) -> str:
    """Open a home that must not open; return the code that says why."""
    with pytest.raises(kind) as caught, opened(settings, holder="a test"):
        pass
    return caught.value.code


def test_a_home_is_made_once(home: Settings) -> None:
    """A second founding is refused and leaves the root key as it was."""
    before = home.root_file.read_bytes()

    with pytest.raises(Conflict) as caught:
        found(home, ADA)

    assert caught.value.code == "home.exists"
    assert home.root_file.read_bytes() == before


def test_everything_in_a_home_is_its_owners_alone(home: Settings) -> None:
    """No file of a home can be read by anybody else on the machine (C2.5(4))."""
    loose = {
        path.name for path in home.home.rglob("*") if path.is_file() and path.stat().st_mode & 0o077
    }

    assert loose == set()
    assert home.home.stat().st_mode & 0o077 == 0


def test_a_missing_home_is_named(tmp_path: Path) -> None:
    """Without a root key there is no deployment, and nothing is made by asking."""
    settings = read_settings({}, tmp_path / "nowhere")

    assert refusal(settings, NotFound) == "home.missing"
    assert not settings.home.exists()


@pytest.fixture
def spoiled(home: Settings) -> Iterator[Settings]:
    """Return the home; put its root key back afterwards."""
    before = home.root_file.read_bytes()
    yield home
    home.root_file.unlink(missing_ok=True)
    home.root_file.touch(mode=0o600)
    home.root_file.write_bytes(before)


def test_a_root_that_others_can_read_is_refused(spoiled: Settings) -> None:
    """Loose permissions of the root key stop the house before anything is opened."""
    spoiled.root_file.chmod(0o644)

    assert refusal(spoiled, Refused) == "root.permissions"


def test_another_homes_root_is_refused(spoiled: Settings) -> None:
    """A root key that is well-formed and not this home's opens nothing."""
    spoiled.root_file.unlink()
    create(spoiled.root_file)

    assert refusal(spoiled, Broken) == "root.wrong"


def test_a_refused_opening_leaves_nothing_behind(spoiled: Settings) -> None:
    """After a refusal neither lock nor thread is held: the mended home opens."""
    content = spoiled.root_file.read_bytes()
    threads = threading.active_count()
    spoiled.root_file.chmod(0o644)
    refusal(spoiled, Refused)
    spoiled.root_file.unlink()
    create(spoiled.root_file)
    refusal(spoiled, Broken)
    spoiled.root_file.write_bytes(content)

    assert threading.active_count() == threads
    with opened(spoiled, holder="a test") as house:
        assert house.health().status == "ok"


HOLD = """
import sys, time
from pathlib import Path
from bailee.app.home import opened
from bailee.app.settings import read_settings
with opened(read_settings({}, Path(sys.argv[1])), holder="a night shift") as house:
    house.renamed("server at https://localhost:9443")
    print("open", flush=True)
    sys.stdin.readline()
"""


def test_a_held_home_names_its_holder(home: Settings) -> None:
    """Another process that wants the same home is told which server has it."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"

    with (
        pytest.raises(Conflict, match="server at https://localhost:9443") as caught,
        opened(home, holder="a test"),
    ):
        pass
    holder.communicate("\n", timeout=20)

    assert caught.value.code == "home.held"


@pytest.mark.parametrize("which", [lambda s: s.database_url, lambda s: s.keys_url])
@pytest.mark.parametrize("found_there", ["0000_before", "9999_after", None])
def test_another_releases_database_is_refused(
    home: Settings, which: Callable[[Settings], str], found_there: str | None
) -> None:
    """A database of an older or newer release, or of none, is not served (either of the two)."""
    database = open_database(which(home))

    def put(conn: sa.Connection, version: str | None) -> str:
        before: str = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        conn.exec_driver_sql("DELETE FROM alembic_version")
        if version:
            conn.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (version,))
        return before

    before = database.write("house", lambda conn: put(conn, found_there or "x"))
    if found_there is None:
        database.write("house", lambda conn: conn.exec_driver_sql("DELETE FROM alembic_version"))
    try:
        assert refusal(home, Broken) == "db.version"
    finally:
        if found_there is None:
            row = sa.text("INSERT INTO alembic_version VALUES ('x')")
            database.write("house", lambda conn: conn.execute(row))
        database.write("house", lambda conn: put(conn, before))
        database.close()


def test_one_database_cannot_be_both(tmp_path: Path, home: Settings) -> None:
    """Keys in the data database would be in its backups: founding and opening both refuse it."""
    with pytest.raises(Refused) as caught:
        found(replace(read_settings({}, tmp_path), keys_url=f"sqlite:///{tmp_path}/data.db"), ADA)

    assert caught.value.code == "db.same_cluster"
    assert not (tmp_path / "root.key").exists()
    assert refusal(replace(home, keys_url=home.database_url), Refused) == "db.same_cluster"


def test_one_file_by_two_names_is_one_database(tmp_path: Path, home: Settings) -> None:
    """Another spelling of the data database's path does not make it another database."""
    link = tmp_path / "keys.db"
    link.symlink_to(home.home / "data.db")

    assert refusal(replace(home, keys_url=f"sqlite:///{link}"), Refused) == "db.same_cluster"


def test_the_recovery_kit_is_the_root(home: Settings) -> None:
    """The root key in clear stands in its own file and in no other file of the home."""
    root = read_key(home.root_file)
    needles = spellings(root)

    with opened(home, holder="a test") as house:
        found_in = holding(house.parts, needles)

    assert set(found_in) == {"root.key"}


def test_databases_elsewhere_are_searched_too(tmp_path: Path) -> None:
    """Controls over data at rest follow the databases to wherever they lie."""
    environment = {
        "BAILEE_DATABASE_URL": f"sqlite:///{tmp_path}/there/data.db",
        "BAILEE_KEYS_URL": f"sqlite:///{tmp_path}/elsewhere/keys.db",
    }
    settings = read_settings(environment, tmp_path / "home")
    found(settings, ADA)

    with opened(settings, holder="a test") as house:
        assert encryption_at_rest(house, "bailee-canary") == []
        assert keys_wrapped(house, "bailee-canary") == []
        with planted(house) as canary:
            places = set(holding(house.parts, [canary.record.encode()]))
    assert places <= {"data.db", "data.db-wal"}
    assert places
