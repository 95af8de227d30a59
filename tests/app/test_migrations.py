"""Both histories end in the tables that the packages declare, with their walls and triggers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bailee.app.canary import CONTROLLER as RESERVED
from bailee.app.controls import CONTROLS
from bailee.app.home import check_apart, check_role, check_sequencer, found, opened
from bailee.app.settings import Settings, read_settings
from bailee.app.state import Observation
from bailee.app.store import add_observation
from bailee.db import DATA, HOUSE, KEYS, Database, SqliteDatabase, open_database, scope
from bailee.errors import Broken, Refused, Unavailable
from bailee.migrations import migrate, newest, require_current
from bailee.migrations.policies import OPEN_TABLES
from tests.clusters import Cluster
from tests.sabotage.stage import administrator, broken

METADATA = {"data": DATA, "keys": KEYS}
A, B = "controller-a", "controller-b"


def admin(cluster: Cluster, statement: str) -> None:
    """Run one statement as the cluster's superuser, outside of a transaction."""
    url = cluster.url("postgres").replace("postgresql:", "postgresql+psycopg:")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[str]:
    """Return the name of a PostgreSQL database without a single table."""
    name = f"m_{secrets.token_hex(6)}"
    admin(cluster, f"CREATE DATABASE {name} TEMPLATE template0")
    yield name
    admin(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return an empty database, connected as its owner."""
    database: Database
    if request.param == "sqlite":
        database = SqliteDatabase(tmp_path / "bare.db")
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        database = open_database(cluster.url(request.getfixturevalue("empty")))
    yield database
    database.close()


@pytest.mark.parametrize("history", ["data", "keys"])
def test_a_history_ends_in_the_declared_tables(bare: Database, history: str) -> None:
    """From empty, every step leads to exactly the tables, columns and indexes of the packages."""
    migrate(bare.engine, history)

    with bare.engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, METADATA[history]) == []


@pytest.mark.parametrize("history", ["data", "keys"])
def test_migrating_twice_changes_nothing(bare: Database, history: str) -> None:
    """A database at the newest step is current, and stays what it is when migrated again."""
    with pytest.raises(Broken) as caught:
        require_current(bare.engine, history)
    migrate(bare.engine, history)
    migrate(bare.engine, history)
    require_current(bare.engine, history)

    assert caught.value.code == "db.version"
    with bare.engine.connect() as conn:
        found_there = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
        assert list(found_there) == [newest(history)]


def trigger_names(engine: sa.Engine) -> set[str]:
    """Return the triggers of a database."""
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if engine.dialect.name == "postgresql":
        names = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with engine.connect() as conn:
        return set(conn.exec_driver_sql(names).scalars())


def test_triggers_stand_on_what_is_signed(bare: Database) -> None:
    """Bundles, tiles, tails, checkpoints and heads have a trigger for change and for deletion."""
    migrate(bare.engine, "data")

    assert trigger_names(bare.engine) == {
        f"ledger_{table}_{verb}"
        for table in ("bundle", "tile", "tail", "checkpoint", "head")
        for verb in ("update", "delete")
    }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_bundle SET data = data",
        "DELETE FROM ledger_bundle",
        "UPDATE ledger_tile SET data = data",
        "DELETE FROM ledger_tile",
        "UPDATE ledger_tail SET body = body",
        "DELETE FROM ledger_tail WHERE idx = 300",
        "UPDATE ledger_checkpoint SET note = note",
        "DELETE FROM ledger_checkpoint",
        "UPDATE ledger_head SET size = size - 1",
        "UPDATE ledger_head SET signed = size + 1",
        "DELETE FROM ledger_head",
    ],
)
def test_triggers_bite(bare: Database, statement: str) -> None:
    """What is signed can be neither changed nor deleted, by the tables' owner either."""
    migrate(bare.engine, "data")
    fixed = {"log": "l", "size": 301, "signed": 300, "status": "open", "idx": 300}
    with bare.engine.begin() as conn:
        for name in ("bundle", "tile", "tail", "checkpoint", "head"):
            table = DATA.tables[f"ledger_{name}"]
            mine = {name: value for name, value in fixed.items() if name in table.c}
            conn.execute(table.insert().values(row(table, A) | mine))

    with pytest.raises(sa.exc.DBAPIError, match="is immutable"), bare.engine.begin() as conn:
        conn.exec_driver_sql(statement)


def row(table: sa.Table, controller: str) -> dict[str, Any]:
    """Return a row of a table that means nothing and fits."""
    values: dict[str, Any] = {}
    for column in table.c:
        if isinstance(column.type, sa.LargeBinary):
            values[column.name] = secrets.token_bytes(8)
        elif isinstance(column.type, sa.Integer):
            values[column.name] = secrets.randbelow(1000)
        elif isinstance(column.type, sa.Boolean):
            values[column.name] = True
        else:
            length = getattr(column.type, "length", None) or 16
            values[column.name] = secrets.token_hex(8)[:length]
    return values | {"controller": controller}


WALLED = sorted(set(DATA.tables) - set(OPEN_TABLES))


@pytest.fixture(scope="module")
def walled(cluster: Cluster) -> Iterator[str]:
    """Return a migrated database with one row of controller A and of the house in every table."""
    name = f"w_{secrets.token_hex(6)}"
    admin(cluster, f"CREATE DATABASE {name} TEMPLATE template0")
    owner = open_database(cluster.url(name))
    migrate(owner.engine, "data")
    with owner.engine.begin() as conn:  # a superuser: no policy binds it
        for table in DATA.sorted_tables:
            for controller in (A, HOUSE):
                conn.execute(table.insert().values(row(table, controller)))
    owner.close()
    yield name
    admin(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def app(cluster: Cluster, walled: str) -> Iterator[sa.Engine]:
    """Return an engine in the server's role."""
    database = open_database(cluster.url(walled, "app"))
    yield database.engine
    database.close()


def seen(engine: sa.Engine, table: str, controller: str | None) -> list[str]:
    """Return whose rows a SELECT without WHERE shows to a transaction of a controller."""
    with engine.connect() as conn:
        if controller is not None:
            scope(conn, controller)
        return sorted(conn.exec_driver_sql(f'SELECT controller FROM "{table}"').scalars())


@pytest.mark.parametrize("table", WALLED)
def test_row_security_hides_without_any_filter(app: sa.Engine, table: str) -> None:
    """With the filter removed, another controller and none at all see nothing of A's."""
    assert seen(app, table, A) == [A, HOUSE]
    assert seen(app, table, B) == [HOUSE]
    assert seen(app, table, None) == []
    assert seen(app, table, "") == []


@pytest.mark.parametrize("table", WALLED)
def test_row_security_forbids_writing_for_another(app: sa.Engine, table: str) -> None:
    """Neither insert nor change nor deletion reaches another controller's rows."""
    declared = DATA.tables[table]
    with app.connect() as conn:
        scope(conn, B)
        changed = conn.execute(
            declared.update().values(controller=B).where(declared.c.controller == A)
        )
        gone = conn.execute(declared.delete().where(declared.c.controller == A))
        assert (changed.rowcount, gone.rowcount) == (0, 0)
    with app.connect() as conn:
        scope(conn, B)
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"):
            conn.execute(declared.insert().values(row(declared, A)))


def test_every_table_has_its_wall(cluster: Cluster, walled: str) -> None:
    """Row-level security is on and forced on every table but those that say why they are open."""
    owner = open_database(cluster.url(walled))
    with owner.engine.connect() as conn:
        forced = set(
            conn.exec_driver_sql(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity "
                "AND relforcerowsecurity AND relnamespace = 'public'::regnamespace"
            ).scalars()
        )
        policies = conn.exec_driver_sql(
            "SELECT tablename, policyname, roles::text FROM pg_policies"
        )
        found_there = {(table, name, roles) for table, name, roles in policies}
    owner.close()

    assert forced == set(WALLED)
    assert found_there == {(table, "own_rows", "{bailee_app}") for table in WALLED} | {
        (table, "every_log", "{bailee_sequencer}") for table in WALLED if "ledger_" in table
    }


def test_open_tables_hold_nothing_protected() -> None:
    """The tables without a wall are two, and hold names, states and a counter."""
    columns = {name: set(DATA.tables[name].c.keys()) for name in OPEN_TABLES}

    assert columns == {
        "controller": {"controller", "name", "log_id", "status", "revision", "ended", "created"},
        "epoch": {"controller", "value"},
    }


def test_the_sequencer_reaches_ledgers_only(cluster: Cluster, walled: str) -> None:
    """The sequencer's role sees every controller's log and no other table."""
    database = open_database(cluster.url(walled, "sequencer"))
    for table in sorted(DATA.tables):
        if table.startswith("ledger_"):
            assert seen(database.engine, table, None) == [A, HOUSE]
        else:
            with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
                seen(database.engine, table, A)
    database.close()


@pytest.mark.parametrize("role", ["app", "sequencer"])
def test_no_serving_role_may_change_a_table(cluster: Cluster, walled: str, role: str) -> None:
    """The server can neither drop a wall, nor a trigger, nor make a table."""
    database = open_database(cluster.url(walled, role))
    for statement in (
        "ALTER TABLE ledger_head DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE ledger_head DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_head_delete ON ledger_head",
        "CREATE TABLE beside (x text)",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(Unavailable):
            database.write(A, lambda conn, s=statement: conn.exec_driver_sql(s))  # type: ignore[misc]
    database.close()


@pytest.fixture
def settings(cluster: Cluster, empty: str, tmp_path: Path) -> Settings:
    """Return settings for an empty PostgreSQL database, every role in its place."""
    environment = {
        "BAILEE_DATABASE_URL": cluster.url(empty, "app"),
        "BAILEE_SEQUENCER_URL": cluster.url(empty, "sequencer"),
        "BAILEE_MIGRATOR_URL": cluster.url(empty),
    }
    return read_settings(environment, tmp_path / "home")


def test_a_house_on_postgresql_serves_in_weak_roles_only(
    cluster: Cluster, empty: str, settings: Settings
) -> None:
    """It opens as application and sequencer, and not as a superuser or with one role for both."""
    found(settings, administrator())
    with opened(settings, holder="a test") as house:
        house.settle()
        assert house.newest_log("bailee-canary")

    for wrong, code in (
        (replace(settings, database_url=cluster.url(empty)), "db.role"),
        (replace(settings, sequencer_url=cluster.url(empty)), "db.role"),
        (replace(settings, sequencer_url=settings.database_url), "db.sequencer"),
    ):
        with pytest.raises(Refused) as caught, opened(wrong, holder="a test"):
            pass
        assert caught.value.code == code


def test_controls_look_on_postgresql_too(settings: Settings) -> None:
    """Without door and honey three are blind; the others look, and find a plain copy in a table."""
    found(settings, administrator())
    with opened(settings, holder="a test") as house:
        house.publish_texts()  # as the watch does before anything looks
        seen_by = {
            slug: house.observe(RESERVED, one)
            for slug, one in CONTROLS.items()
            if slug != "agreement-binding"  # the reserved controller's text lacks a line on purpose
        }
        left = {slug: one.result for slug, one in seen_by.items() if one.result != "passed"}
        assert left == {
            "transport": "blind",
            "no-values-in-urls": "blind",
            "honey-records": "blind",
            # Nobody is appointed yet, and no contact is named.
            "coordinator": "failed",
            "security-contact": "failed",
            "contacts-current": "due",
            # Nobody said where data and keys are, filled a blank or signed.
            "transfer-register": "due",
            "transfer-annexes": "due",
            "transfer-measures": "due",
            "ccpa-certification": "due",
        }

        protect = house.vault.protect

        def talkative(caller: Any, controller: str, body: Any) -> Any:
            name = body.records[0].fields["person.name"]
            copy = Observation("x", house.parts.clock.now(), "passed", (name,), "")
            house.parts.data.write(RESERVED, lambda conn: add_observation(conn, RESERVED, copy))
            return protect(caller, controller, body)

        with broken(house.vault, "protect", talkative):
            found_now = house.observe(RESERVED, CONTROLS["encryption-at-rest"])
        assert (found_now.result, found_now.findings) == ("failed", ("plain.observation",))


def test_keys_in_the_same_cluster_are_refused(
    cluster: Cluster, empty: str, settings: Settings
) -> None:
    """Another database of the same cluster is no other place for keys: one backup holds both."""
    name = f"k_{secrets.token_hex(6)}"
    admin(cluster, f"CREATE DATABASE {name} TEMPLATE template0")

    with pytest.raises(Refused) as caught:
        found(replace(settings, keys_url=cluster.url(name)), administrator())

    assert caught.value.code == "db.same_cluster"
    assert not settings.root_file.exists()
    admin(cluster, f"DROP DATABASE {name} WITH (FORCE)")


def test_roles_are_told_apart(cluster: Cluster, walled: str) -> None:
    """Superusers and roles that row-level security does not bind are refused, others are not."""
    admin(
        cluster,
        "DO $$ BEGIN CREATE ROLE unbound LOGIN BYPASSRLS IN ROLE bailee_app; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    )
    for role, refused in (("owner", True), ("unbound", True), ("app", False), ("sequencer", False)):
        database = open_database(cluster.url(walled, role))
        if refused:
            with pytest.raises(Refused):
                check_role(database.engine)
        else:
            check_role(database.engine)
        database.close()


def test_sqlite_needs_no_roles(tmp_path: Path) -> None:
    """On SQLite there are no roles to check, and two files are two databases."""
    data, keys = SqliteDatabase(tmp_path / "a.db"), SqliteDatabase(tmp_path / "b.db")

    check_role(data.engine)
    check_sequencer(data.engine)
    check_apart(data.engine, keys.engine)
    with pytest.raises(Refused):
        check_apart(data.engine, data.engine)
    data.close()
    keys.close()
