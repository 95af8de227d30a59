"""Files into the vault: no row is lost, doubled or left in clear, whatever happens (C2.8, C3.2)."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest

from bailee.cli.bulk import Output, Target, protect_file
from bailee.cli.mapping import load_mapping
from bailee.clock import Clock
from bailee.errors import Conflict, Invalid
from tests.journeys.imports import (
    CANARY,
    WHO,
    Died,
    command,
    left,
    results,
    run,
    shows,
    start,
    write,
)
from tests.journeys.serving import serving
from tests.journeys.world import ACME, PAYMENT, World, verified

KILLS = 3
ROWS = 4000


def stored(world: World, before: int = 0) -> int:
    """Return how many records acme has more than before."""
    return world.count("vault_record", ACME) - before


def check_whole(world: World, path: Path, rows: int, before: int) -> None:
    """Each row is stored once and stands in the output once, in order, under its own id."""
    told = results(path)
    assert [int(one["row"]) for one in told] == list(range(1, rows + 1))
    assert len({one["record"] for one in told}) == rows
    assert stored(world, before) == rows
    sample = told[:: max(1, rows // 7)]
    seen = world.line("payout").reveal(
        ACME, PAYMENT, ["person.name"], records=[one["record"] for one in sample]
    )
    assert [one.fields["person.name"] for one in seen.results] == [
        f"{CANARY} {one['row']}" for one in sample
    ]


def test_dying_at_any_step_loses_and_doubles_nothing(house: World, tmp_path: Path) -> None:
    """The importer dies once before and once after every write and every call; then it goes on."""
    if house.owner_url:
        pytest.skip("the steps are the importer's own; killing it runs on both engines")
    step = 0
    while True:
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        path, before = write(folder, 12, tag=f"step{step}-"), stored(house)
        try:
            run(house, path, step, batch=5)
        except Died:
            pass
        else:
            break
        assert run(house, path, 0, batch=5).complete
        check_whole(house, path, 12, before)
    assert step > 30  # 3 batches: sent, called, written, noted, each before and after


def test_dying_again_and_again_still_ends(house: World, tmp_path: Path) -> None:
    """A process that dies after every few steps comes to the end, row by row."""
    if house.owner_url:
        pytest.skip("the steps are the importer's own; killing it runs on both engines")
    path, before, deaths = write(tmp_path, 30, tag="again-"), stored(house), 0
    while True:
        try:
            run(house, path, 11, batch=5)
        except Died:
            deaths += 1
        else:
            break
    assert deaths > 3
    check_whole(house, path, 30, before)


def test_kill_9_at_random_loses_and_doubles_nothing(house: World, tmp_path: Path) -> None:
    """The command, killed at moments it does not choose, and its server once: exactly N records."""
    path, before = write(tmp_path, ROWS, tag="kill-"), stored(house)
    chance, kills = random.Random(13), 0  # noqa: S311 - repeatable by intent
    house.close()
    while kills <= KILLS:
        with serving(house) as (server, url):
            for _ in range(2):
                importer = start(house, url, command(path), "importer")
                try:
                    importer.communicate(timeout=chance.uniform(0.6, 1.4))
                except subprocess.TimeoutExpired:
                    importer.send_signal(signal.SIGKILL)
                    importer.communicate()
                kills += 1
            if kills > KILLS:
                last = start(house, url, command(path), "importer")
                said, wrong = last.communicate(timeout=300)
                assert last.returncode == 0, said + wrong
            server.kill()
            server.communicate()
    house.open()
    check_whole(house, path, ROWS, before)
    bundle, vkey = house.export(tmp_path)
    code, report = verified(bundle, vkey)
    assert code == 0, report


def test_a_server_that_restarts_is_waited_for(own_house: World, tmp_path: Path) -> None:
    """The server is gone in the middle and back on the same port: the import goes on by itself."""
    if own_house.owner_url:
        pytest.skip("the line is the same on both engines")
    path = write(tmp_path, ROWS // 2, tag="restart-")
    own_house.close()
    with serving(own_house) as (server, url):
        importer = start(own_house, url, command(path), "importer")
        journal = tmp_path / "rows.csv.journal"
        while not journal.exists() or b'"done"' not in journal.read_bytes():
            assert importer.poll() is None, importer.communicate()
            time.sleep(0.02)
        server.kill()
        server.communicate()
    with serving(own_house, port=url.rpartition(":")[2]):
        said, wrong = importer.communicate(timeout=120)
    assert importer.returncode == 0, said + wrong
    own_house.open()
    check_whole(own_house, path, ROWS // 2, 0)


def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(own_house: World, tmp_path: Path) -> None:
    """Interrupted, the command ends what is under way, says so, and a second run finishes."""
    if own_house.owner_url:
        pytest.skip("the command is the same on both engines")
    path = write(tmp_path, ROWS, tag="stop-")
    own_house.close()
    with serving(own_house) as (_, url):
        importer = start(own_house, url, command(path), "importer")
        journal = tmp_path / "rows.csv.journal"
        while not journal.exists() or b'"sent"' not in journal.read_bytes():
            assert importer.poll() is None, importer.communicate()
            time.sleep(0.02)
        importer.send_signal(signal.SIGINT)
        said, wrong = importer.communicate(timeout=60)
        assert (importer.returncode, wrong) == (130, "")
        assert "the same command goes on" in said
        assert b'"end"' not in journal.read_bytes()
        last = start(own_house, url, command(path), "importer")
        assert (last.wait(120), last.communicate()[1]) == (0, "")
    own_house.open()
    check_whole(own_house, path, ROWS, 0)


def imported(world: World, path: Path, output: Output | None = None, shift: int = 0) -> None:
    """Import a file in this process, some days from now by the importer's clock."""
    clock = Clock(lambda: world.now() + timedelta(days=shift))
    with world.line("importer") as client:
        protect_file(
            path,
            load_mapping(path.with_name("mapping.toml")),
            Target(client, ACME, PAYMENT),
            output or Output(path.with_name(f"{path.name}.records.csv")),
            clock=clock,
        )


def test_only_the_same_work_goes_on(house: World, tmp_path: Path) -> None:
    """A changed file, a changed mapping, a batch older than the server remembers: each refused."""
    path, before = write(tmp_path, 20, tag=f"same{bool(house.owner_url)}-"), stored(house)
    text, mapping = path.read_bytes(), tmp_path / "mapping.toml"
    rules = mapping.read_text()
    with pytest.raises(Died):
        run(house, path, 7, batch=10)  # sent and stored, not answered
    path.write_bytes(text + b"x,Y,y@quillfeather.example,,\r\n")
    with pytest.raises(Conflict, match="file, rows differs"):
        imported(house, path)
    path.write_bytes(text)
    mapping.write_text(rules + "# another\n")
    with pytest.raises(Conflict, match="mapping differs"):
        imported(house, path)
    mapping.write_text(rules)
    with pytest.raises(Conflict, match=r"import\.too_old"):
        imported(house, path, shift=30)
    imported(house, path, shift=28)
    check_whole(house, path, 20, before)
    imported(house, path, shift=28)  # nothing is left to do
    assert stored(house, before) == 20


def test_one_file_is_imported_once_at_a_time(house: World, tmp_path: Path) -> None:
    """A second import of a file under way is refused, even with another output."""
    path, before = write(tmp_path, 10, tag=f"lock{bool(house.owner_url)}-"), stored(house)

    def second(_done: int, _total: int) -> None:
        with pytest.raises(Conflict, match=r"import\.running"):
            imported(house, path, Output(tmp_path / "elsewhere.csv"))

    with house.line("importer") as client:
        protect_file(
            path,
            load_mapping(tmp_path / "mapping.toml"),
            Target(client, ACME, PAYMENT),
            Output(tmp_path / "rows.csv.records.csv"),
            progress=second,
        )
    assert stored(house, before) == 10
    assert not (tmp_path / "elsewhere.csv").exists()


def test_rejected_rows_leave_no_value_behind(house: World, tmp_path: Path) -> None:
    """A bad row is rejected whole, by number, code and column; nothing beside it holds a value."""
    path, before = write(tmp_path, 50, tag=f"bad{bool(house.owner_url)}-", bad=10), stored(house)
    imported(house, path)
    assert stored(house, before) == 45
    beside = left(tmp_path, path)
    assert beside.pop("rows.csv.rejects.csv").decode().splitlines() == [
        "row,code,column",
        *(f"{row},value.invalid,ssn" for row in range(10, 51, 10)),
    ]
    assert sorted(beside) == [
        "mapping.toml",
        "rows.csv.journal",
        "rows.csv.records.csv",
    ]
    for name, data in beside.items():
        if name != "mapping.toml":
            assert not shows(data)
            assert b"512-44" not in data


def test_rejected_rows_go_to_a_recipient_alone(house: World, tmp_path: Path) -> None:
    """With a recipient the rows themselves are kept, readable by that key and in no other file."""
    path, before = write(tmp_path, 50, tag=f"to{bool(house.owner_url)}-", bad=10), stored(house)
    recipient = str(WHO.to_public())
    output = Output(tmp_path / "rows.csv.records.csv", rejects_to=(recipient,))
    imported(house, path, output)
    assert stored(house, before) == 45
    beside = left(tmp_path, path, tmp_path / "mapping.toml")
    sealed = beside["rows.csv.rejects/part-000001.csv.age"]
    assert len(beside) == 3
    assert all(not shows(data) and b"512-44" not in data for data in beside.values())
    opened = pyrage.decrypt(sealed, [WHO]).decode().splitlines()
    assert opened[0] == "row,code,column,id,name,email,ssn,card"
    assert [one.split(",")[0] for one in opened[1:]] == ["10", "20", "30", "40", "50"]
    assert f"{CANARY} 10" in opened[1]


def test_an_output_that_is_there_or_a_link_is_not_touched(house: World, tmp_path: Path) -> None:
    """Neither what stands where the output goes nor what a link leads to is written."""
    path = write(tmp_path, 5, tag="there-")
    victim = tmp_path / "victim"
    victim.write_text("mine")
    out = tmp_path / "rows.csv.records.csv"
    for make in (lambda: out.write_text("mine"), lambda: out.symlink_to(victim)):
        make()
        with pytest.raises(Invalid, match=r"output\.exists"):
            imported(house, path)
        out.unlink()
    (tmp_path / "rows.csv.journal").symlink_to(victim)
    with pytest.raises(Invalid, match=r"output\.kind"):
        imported(house, path)
    assert victim.read_text() == "mine"
