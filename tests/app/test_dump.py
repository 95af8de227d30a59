"""PostgreSQL's own programs make a copy that is whole, or none, and put it back the same way."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bailee.app.backup import copy_out, restore_data
from bailee.app.dump import read_dump, write_dump
from bailee.app.settings import read_settings
from bailee.errors import Conflict, Failure, Invalid, NotFound, Refused, Unavailable
from tests.clusters import BINARIES, Cluster

PEOPLE = "INSERT INTO epoch VALUES ('acme', '7'), ('globex', '9')"
INBOX = "INSERT INTO ledger_simulated VALUES ('acme', 1, '\\x00ff'), ('globex', 1, 'abc')"
WALLS = r"""
SELECT concat_ws(' ', relname, relrowsecurity, relforcerowsecurity,
       has_table_privilege('bailee_app', oid, 'SELECT'),
       has_table_privilege('bailee_sequencer', oid, 'SELECT')) FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
UNION ALL SELECT concat_ws(' ', polrelid::regclass, polname, polcmd,
       regexp_replace(concat_ws(' check ', pg_get_expr(polqual, polrelid),
       pg_get_expr(polwithcheck, polrelid)), '::character varying|::text(\[\])?|[()]', '', 'g'),
       (SELECT string_agg(rolname, ',') FROM pg_roles WHERE pg_roles.oid = ANY(polroles)))
  FROM pg_policy
UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace ORDER BY 1
"""
"""Walls and rules; without casts, which PostgreSQL spells otherwise when it reads them again."""
ROWS = "SELECT * FROM ledger_simulated ORDER BY controller", "SELECT * FROM epoch ORDER BY 1"


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the programs be those of the server's own release."""
    monkeypatch.setenv("PATH", f"{BINARIES[0]}{os.pathsep}{os.defpath}")


def ask(url: str, *statements: str) -> list[tuple[object, ...]]:
    """Run statements; return the rows of the last, if it gives any."""
    with psycopg.connect(url, autocommit=True) as conn:
        for statement in statements[:-1]:
            conn.execute(statement)
        done = conn.execute(statements[-1])
        return list(done) if done.description else []


@pytest.fixture
def full(cluster: Cluster, postgres_database: str) -> str:
    """Return the address, as its owner, of a database with rows of two controllers."""
    url = cluster.url(postgres_database)
    ask(url, "DELETE FROM epoch", PEOPLE, INBOX)
    return url


@pytest.fixture
def keeper(cluster: Cluster) -> Iterator[str]:
    """Return a role that owns what it makes and is bound by row-level security, as it should be."""
    name = f"keeper_{secrets.token_hex(4)}"
    ask(cluster.url("postgres"), f"CREATE ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS")
    yield name
    ask(cluster.url("postgres"), f"DROP OWNED BY {name}", f"DROP ROLE {name}")


@pytest.fixture
def empty(cluster: Cluster, keeper: str) -> Iterator[str]:
    """Return the address, as the keeper, of its own empty database."""
    name = f"r_{secrets.token_hex(6)}"
    ask(cluster.url("postgres"), f"CREATE DATABASE {name} OWNER {keeper}")
    yield cluster.url(name, keeper)
    ask(cluster.url("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def copy(full: str, tmp_path: Path) -> Path:
    """Return a copy of the full database."""
    path = tmp_path / "copy"
    write_dump(full, path)
    return path


def as_owner(url: str, cluster: Cluster) -> str:
    """Return the same database in the role that sees everything."""
    return cluster.url(url.rpartition("/")[2])


def test_a_copy_put_back_is_the_same_database(
    cluster: Cluster, full: str, copy: Path, empty: str
) -> None:
    """Rows of every controller, policies, triggers and rights come back under a plain owner."""
    read_dump(empty, copy, roles=True)

    there = as_owner(empty, cluster)
    assert ask(there, WALLS) == ask(full, WALLS)
    assert [ask(there, query) for query in ROWS] == [
        [("acme", 1, b"\x00\xff"), ("globex", 1, b"abc")],
        [("acme", "7"), ("globex", "9")],
    ]
    app = cluster.url(empty.rpartition("/")[2], "app")
    mine = "SELECT set_config('bailee.controller', 'globex', false)"
    assert ask(app, mine, ROWS[0]) == [("globex", 1, b"abc")]
    assert ask(app, ROWS[0]) == []


def test_putting_back_twice_replaces(cluster: Cluster, copy: Path, empty: str) -> None:
    """Run again, also over what was written since, the database is what the copy is."""
    read_dump(empty, copy, roles=True)
    ask(as_owner(empty, cluster), "UPDATE epoch SET value = '100'")

    read_dump(empty, copy, roles=True)

    assert ask(empty, ROWS[1]) == [("acme", "7"), ("globex", "9")]


def test_a_role_that_does_not_see_all_copies_nothing(
    cluster: Cluster, copy: Path, empty: str, tmp_path: Path
) -> None:
    """The plain owner is bound by its own policies: refused, instead of a copy with rows left out.

    A reader that no policy binds copies everything, and owns nothing.
    """
    read_dump(empty, copy, roles=True)
    settings = replace(read_settings({}, tmp_path), migrator_url=empty, database_url=empty)

    with pytest.raises(Refused, match=r"backup\.role"):
        copy_out(settings, tmp_path / "out", keys=False)

    assert list((tmp_path / "out").iterdir()) == []
    reader = f"reader_{secrets.token_hex(4)}"
    ask(cluster.url("postgres"), f"CREATE ROLE {reader} LOGIN BYPASSRLS IN ROLE pg_read_all_data")
    again = replace(settings, migrator_url=cluster.url(empty.rpartition("/")[2], reader))
    path = copy_out(again, tmp_path / "out", keys=False)
    assert (path.name, path.stat().st_mode & 0o777) == ("data.dump", 0o600)
    ask(as_owner(empty, cluster), "DELETE FROM ledger_simulated")
    read_dump(empty, path, roles=False)
    assert len(ask(as_owner(empty, cluster), ROWS[0])) == 2
    ask(cluster.url("postgres"), f"DROP ROLE {reader}")


def test_a_copy_is_of_one_moment(full: str, cluster: Cluster, empty: str, tmp_path: Path) -> None:
    """What one transaction wrote into two tables is in the copy whole or not at all."""
    ended = threading.Event()

    def write() -> None:
        with psycopg.connect(full) as conn:
            for number in range(100_000):
                conn.execute("UPDATE epoch SET value = %s", (str(number),))
                conn.execute("UPDATE ledger_simulated SET number = %s", (number,))
                conn.commit()
                if ended.is_set():
                    return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            write_dump(full, tmp_path / str(number))
    finally:
        ended.set()
        writer.join()
    for number in range(3):
        read_dump(empty, tmp_path / str(number), roles=True)
        there = as_owner(empty, cluster)
        both = "SELECT value FROM epoch UNION SELECT number::text FROM ledger_simulated"
        assert len(ask(there, both)) == 1


def test_a_session_that_is_leaving_is_waited_for(full: str, empty: str, tmp_path: Path) -> None:
    """Whoever stops the servers may restore at once: a session takes a moment to end."""
    write_dump(full, tmp_path / "copy")
    last = psycopg.connect(empty)
    leaving = threading.Timer(0.3, last.close)
    leaving.start()
    read_dump(empty, tmp_path / "copy", roles=True)
    leaving.join()


@pytest.mark.parametrize("kept", [0.0, 0.2, 0.7, 0.99])
def test_a_torn_copy_changes_nothing(
    cluster: Cluster, full: str, empty: str, tmp_path: Path, *, kept: float
) -> None:
    """A copy that was cut short is refused, or rolled back: the database is what it was."""
    ask(full, "INSERT INTO ledger_simulated SELECT 'x', n, sha512(n::text::bytea) "
        "FROM generate_series(1, 9000) AS n")  # fmt: skip
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    write_dump(full, whole)
    read_dump(empty, whole, roles=True)
    there = as_owner(empty, cluster)
    ask(
        there, "DELETE FROM ledger_simulated WHERE controller = 'x'", "UPDATE epoch SET value = '5'"
    )
    torn.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * kept)])

    with pytest.raises(Failure, match=r"restore\.file|backup\.failed"):
        read_dump(empty, torn, roles=True)

    assert [len(ask(there, query)) for query in ROWS] == [2, 2]
    assert {value for _, value in ask(there, ROWS[1])} == {"5"}


def test_a_database_in_use_is_left_alone(copy: Path, empty: str, cluster: Cluster) -> None:
    """While anybody is connected, the server or a forgotten session, nothing is replaced."""
    there = as_owner(empty, cluster)
    with (
        psycopg.connect(there),
        pytest.raises(Conflict, match=r"restore\.served"),
    ):
        read_dump(empty, copy, roles=True)
    assert ask(there, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_what_the_copy_does_not_know_is_not_left_beside_it(copy: Path, empty: str) -> None:
    """A table of a newer release would stay and stop its migration: refused, with the way out."""
    ask(empty, "CREATE TABLE of_tomorrow (one integer)")

    with pytest.raises(Conflict, match=r"restore\.newer"):
        read_dump(empty, copy, roles=True)

    assert ask(empty, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [
        ("of_tomorrow",)
    ]


def test_copies_go_to_their_own_engine(copy: Path, empty: str, tmp_path: Path) -> None:
    """A SQLite file is no copy of a PostgreSQL database, nor the other way round."""
    home = tmp_path / "home"
    home.mkdir()
    other = tmp_path / "data.db"
    other.write_bytes(b"SQLite format 3\0" + bytes(4096))

    with pytest.raises(Invalid, match=r"restore\.file"):
        read_dump(empty, other, roles=True)
    with pytest.raises(Invalid, match=r"restore\.file"):
        restore_data(read_settings({}, home), copy)
    with pytest.raises(Invalid, match=r"restore\.missing"):
        restore_data(read_settings({}, home), tmp_path / "none")
    assert not (home / "data.db").exists()


def test_missing_roles_are_named_as_the_cause(
    copy: Path, key_cluster: Cluster, tmp_path: Path
) -> None:
    """Rights of roles that a new cluster lacks stop the whole, and the answer quotes nothing."""
    name = f"r_{secrets.token_hex(6)}"
    ask(key_cluster.url("postgres"), f"CREATE DATABASE {name}")

    with pytest.raises(Unavailable) as caught:
        read_dump(key_cluster.url(name), copy, roles=True)

    assert (caught.value.code, "roles" in caught.value.do) == ("backup.failed", True)
    assert ask(key_cluster.url(name), "SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []
    ask(key_cluster.url("postgres"), f"DROP DATABASE {name}")


def test_the_password_is_no_argument(
    full: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arguments can be read by everybody on the machine: the password goes another way."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in ("pg_dump", "pg_restore"):
        real = shutil.which(program)
        stub = folder / program
        stub.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$@" >> {folder}/seen\n'
            f'printf "%s\\n" "$PGPASSWORD" >> {folder}/word\nexec {real} "$@"\n'
        )
        stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")  # noqa: TID251
    url = full.replace("owner@", "owner:correct-horse@") + "?application_name=copier"

    write_dump(url, tmp_path / "copy")
    read_dump(url, tmp_path / "copy", roles=False)

    seen = (folder / "seen").read_text()
    assert ("correct-horse" in seen, "application_name=copier" in seen) == (False, True)
    assert "correct-horse" in (folder / "word").read_text().split()


def test_without_the_programs_it_says_so(
    full: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without PostgreSQL's client programs is told what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotFound, match=r"backup\.program"):
        write_dump(full, tmp_path / "copy")


def test_a_copy_has_its_name_once_it_is_whole(
    full: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that dies half-way leaves no copy; one that is there already is not replaced."""
    settings = replace(read_settings({}, tmp_path), migrator_url=full, database_url=full)
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "pg_dump").write_text("#!/bin/sh\nprintf PGDMP\nkill -9 $$\n")
    (folder / "pg_dump").chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(folder))
        with pytest.raises(Unavailable, match=r"backup\.failed"):
            copy_out(settings, tmp_path / "out", keys=False)
    assert list((tmp_path / "out").iterdir()) == []

    first = copy_out(settings, tmp_path / "out", keys=False).read_bytes()

    with pytest.raises(Conflict, match=r"backup\.exists"):
        copy_out(settings, tmp_path / "out", keys=False)
    assert (tmp_path / "out" / "data.dump").read_bytes() == first
    listed = subprocess.run(
        ["pg_restore", "--list", str(tmp_path / "out" / "data.dump")],
        check=True,
        capture_output=True,
    )
    assert b"ledger_simulated" in listed.stdout


def test_data_and_keys_never_lie_together(full: str, tmp_path: Path) -> None:
    """Whoever finds both copies in one folder has everything: the second is refused there."""
    settings = replace(read_settings({}, tmp_path), migrator_url=full, database_url=full)
    copy_out(settings, tmp_path / "out", keys=False)

    with pytest.raises(Conflict, match=r"backup\.together"):
        copy_out(settings, tmp_path / "out", keys=True)
