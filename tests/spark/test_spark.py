"""Bulk work from a real Spark cluster: each row once, whatever dies; no value outside (C2.8)."""

from __future__ import annotations

import csv
import io
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pyrage
import pytest

from tests.journeys.imports import CANARY, WHO
from tests.journeys.world import ACME, PAYMENT
from tests.spark.cluster import Driver, SparkCluster, descendants, driver, with_signal
from tests.spark.conftest import Place

ROWS = 8000
NEEDLES = (CANARY.encode(), b"quillfeather.example", b"512-44-")
SPECULATING = {
    "spark__speculation": "true",
    "spark__speculation__interval": "100ms",
    "spark__speculation__quantile": "0.3",
    "spark__speculation__multiplier": "1.1",
    "spark__speculation__minTaskRuntime": "100ms",
}


@pytest.fixture(scope="module")
def main(place: Place, spark: SparkCluster) -> Iterator[Driver]:
    """Return a driver upon both workers; it has no key itself."""
    with driver(place.folder, "main", spark.url, place.environment(""), **SPECULATING) as made:
        made.ask("ready", executors=2)
        yield made


@pytest.fixture(scope="module")
def alone(place: Place) -> Iterator[Driver]:
    """Return a driver that is its own executor, with a key that may reveal; disks encrypted."""
    more = {"spark__io__encryption__enabled": "true"}
    with driver(place.folder, "alone", "local[2]", place.environment("payout"), **more) as made:
        yield made


def check_whole(place: Place, answer: dict[str, Any], rows: int, before: int) -> None:
    """Each row came back once, under a record of its own, and nothing else was stored."""
    assert "code" not in answer, answer
    lines = answer["lines"]
    assert sorted(int(one["ref"].rpartition("-")[2]) for one in lines) == list(range(1, rows + 1))
    assert all(one["ok"] and one["code"] is None for one in lines)
    assert all(set(one["tokens"]) == {"person.ssn"} for one in lines)
    assert len({one["record"] for one in lines}) == rows
    assert len({(one["part"], one["row"]) for one in lines}) == rows
    assert place.stored() - before == rows


def until_stored(place: Place, least: int, act: Future[dict[str, Any]]) -> None:
    """Wait until so many records are stored and the act is still under way."""
    while place.stored() < least:
        assert not act.done(), act.result()
        time.sleep(0.02)
    assert not act.done()


def traces(folder: Path, *needles: bytes) -> list[str]:
    """Return the files below a folder that hold one of the needles."""
    found = []
    for path in folder.rglob("*"):
        try:
            data = path.read_bytes() if path.is_file() else b""
        except OSError:
            continue  # Spark took it away meanwhile
        found += [str(path.relative_to(folder)) for one in needles if one in data]
    return found


def test_speed_with_one_worker_and_with_two(place: Place, spark: SparkCluster) -> None:
    """Prints rows a second, nothing asserted; server and workers share this machine's cores."""
    for cores in (1, 2):
        with driver(
            place.folder,
            f"speed-{cores}",
            spark.url,
            place.environment(""),
            spark__cores__max=str(cores),
        ) as made:
            made.ask("ready", executors=cores)
            made.ask("protect", **place.input(f"warm{cores}", 100))
            took = made.ask("protect", **place.input(f"speed{cores}", ROWS))["seconds"]
        print(  # noqa: T201 - what it is for
            f"{cores} worker(s) of one core: {ROWS / took:.0f} rows/s; "
            f"{os.cpu_count()} cores shared with the server, load {os.getloadavg()[0]:.0f}"
        )


def test_every_row_is_protected_once(place: Place, main: Driver) -> None:
    """Two executors protect a folder; a second run under the job's name stores nothing more."""
    before, asked = place.stored(), place.input("whole", ROWS)

    first = main.ask("protect", **asked)

    check_whole(place, first, ROWS, before)
    (job,) = (one.name for one in Path(asked["to"]).iterdir())
    again = main.ask("protect", **asked, job=job)
    check_whole(place, again, ROWS, before)
    assert {one["record"] for one in again["lines"]} == {one["record"] for one in first["lines"]}
    cut = main.ask("protect", **asked, job=f"{job.partition('-')[0]}-77")
    assert cut["code"] == "spark.cut"


def test_a_rejected_row_comes_back_with_its_code(place: Place, main: Driver) -> None:
    """Every fifth row has an impossible number: rejected whole, by code and column, no value."""
    before = place.stored()

    answer = main.ask("protect", **place.input("bad", 100, bad=5))

    bad = [one for one in answer["lines"] if not one["ok"]]
    assert {int(one["ref"].rpartition("-")[2]) for one in bad} == set(range(5, 101, 5))
    assert {(one["code"], one["column"]) for one in bad} == {("value.invalid", "ssn")}
    assert all(one["record"] is None and one["tokens"] == {} for one in bad)
    assert sum(one["ok"] for one in answer["lines"]) == 80 == place.stored() - before


def test_two_jobs_of_one_name_store_each_row_once(place: Place, main: Driver) -> None:
    """Every task runs twice at once, on two executors: the server takes each batch once."""
    before, asked = place.stored(), place.input("twice", ROWS // 2)
    probe = main.ask("protect", **asked | {"controller": "nobody"})
    assert probe["code"] == "controller.unknown", probe
    parts = probe["do"].rpartition("-")[2].rstrip("'.")
    job = f"{'5a' * 16}-{parts}"

    twins = [
        main.begin("protect", **asked | {"to": f"{asked['to']}-{turn}"}, job=job)
        for turn in range(2)
    ]

    for twin in twins:
        check_whole(place, twin.result(300), ROWS // 2, before)


def test_an_executor_killed_in_the_middle(place: Place, spark: SparkCluster, main: Driver) -> None:
    """One executor dies by kill -9 after some batches were stored; exactly N records remain."""
    before, asked = place.stored(), place.input("killed", ROWS)
    act = main.begin("protect", **asked)
    until_stored(place, before + 1, act)
    executor = spark.executor(0)
    pythons = descendants(executor)

    for pid in (executor, *pythons):
        with_signal(pid, signal.SIGKILL)

    check_whole(place, act.result(300), ROWS, before)
    assert spark.executor(0) != executor


def test_a_speculated_task_does_not_double(place: Place, spark: SparkCluster, main: Driver) -> None:
    """A task that stands still is done elsewhere too; when it moves again, nothing is added."""
    main.ask("ready", executors=2)
    before, asked = place.stored(), place.input("slow", ROWS)
    act = main.begin("protect", **asked)
    until_stored(place, before + 1, act)
    pythons = descendants(spark.executor(1))

    for pid in pythons:
        with_signal(pid, signal.SIGSTOP)
    answer = act.result(300)
    for pid in pythons:
        with_signal(pid, signal.SIGCONT)
    time.sleep(3)

    check_whole(place, answer, ROWS, before)
    assert pythons


def test_no_trace_of_a_value_or_a_key(place: Place, spark: SparkCluster, main: Driver) -> None:
    """Logs, event logs, work folders, local folders and results hold no value and no key."""
    key = place.world.keys["importer"].encode()
    assert traces(place.rows, NEEDLES[0])  # the search finds what is there
    assert list(place.folder.glob("events/**/*"))

    assert traces(place.folder, *NEEDLES, key) == []


def test_what_would_be_written_in_clear_is_refused(place: Place, main: Driver) -> None:
    """A shuffle or a cache puts rows on disks: refused, unless Spark encrypts them."""
    asked = place.input("clear", 10)

    codes = [main.ask("protect", **asked, way=way)["code"] for way in ("shuffled", "cached")]

    assert codes == ["spark.on_disk", "spark.on_disk"]
    assert main.ask("protect", **asked, way="float")["code"] == "spark.column"


def test_rows_that_were_shuffled_go_encrypted(place: Place, alone: Driver) -> None:
    """With encrypted disks a shuffle is fine, and each row is stored once."""
    before = place.stored()

    answer = alone.ask("protect", **place.input("shuffled", 3000), way="shuffled")

    check_whole(place, answer, 3000, before)
    assert {one["part"] for one in answer["lines"]} == {0, 1, 2, 3}
    assert traces(place.folder, *NEEDLES) == []


def test_a_reveal_leaves_as_age_files_alone(place: Place, alone: Driver) -> None:
    """Records are read for a recipient, who opens them; nothing else holds a name."""
    done = alone.ask("protect", **place.input("seen", 1500))
    told = {one["record"]: one["ref"].rpartition("-")[2] for one in done["lines"]}
    asked = {
        "elements": ["person.name"],
        "controller": ACME,
        "purpose": PAYMENT,
        "to": str(place.folder / "out" / "seen-again"),
    }

    found = alone.ask("reveal", records=list(told), recipients=[str(WHO.to_public())], **asked)

    sealed = [bytes.fromhex(one["sealed"]) for one in found["lines"]]
    tables = [csv.DictReader(io.StringIO(pyrage.decrypt(one, [WHO]).decode())) for one in sealed]
    seen = {one["record"]: one["person.name"] for table in tables for one in table}
    assert seen == {record: f"{CANARY} {number}" for record, number in told.items()}
    assert sorted(one["records"] for one in found["lines"]) == [500, 1000]
    assert all(one["refused"] == 0 and one["entry"] for one in found["lines"])
    assert alone.ask("reveal", records=[], recipients=[], **asked)["code"] == "recipient.missing"
    assert traces(place.folder, *NEEDLES) == []


def test_a_wrong_key_is_a_clear_failure(place: Place) -> None:
    """The job fails with the server's code; a key among Spark's settings is refused before."""
    wrong, asked = "bk_" + "z" * 40, place.input("wrong", 10)
    before = place.stored()
    with driver(place.folder, "wrong", "local[1]", place.environment("", BAILEE_KEY=wrong)) as made:
        answer = made.ask("protect", **asked)
    assert answer["code"] == "credential.unknown", answer
    assert "job=" in answer["do"]
    with driver(
        place.folder,
        "shown",
        "local[1]",
        place.environment(),
        spark__executorEnv__BAILEE_KEY=wrong,
        spark__eventLog__enabled="false",
    ) as made:
        assert made.ask("protect", **asked)["code"] == "spark.key_shown"
    assert place.stored() == before
    assert traces(place.folder, *NEEDLES, wrong.encode()) == []
