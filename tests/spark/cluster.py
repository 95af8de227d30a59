"""A Spark cluster on this machine: a master, two workers on two addresses, and drivers."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HOSTS = ("127.0.0.2", "127.0.0.3")
"""Spark speculates a task on another host only."""
PATIENCE = 300


def missing() -> str:
    """Return what is missing to run Spark here; nothing when all is there."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed (make spark)"
    if shutil.which("java") is None:
        return "Java is not installed (make spark)"
    return ""


class SparkCluster:
    """Programs that were started, and the folder in which all that they write stands."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._environment = dict(environment)
        self.workers: list[subprocess.Popen[bytes]] = []
        self._all: list[subprocess.Popen[bytes]] = []
        self.url = ""

    def start(self) -> None:
        """Start the master and its workers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        self.url = f"spark://127.0.0.1:{port}"
        master = "org.apache.spark.deploy.master.Master"
        self._start(
            "master", master, "--host", "127.0.0.1", "--port", port, "--webui-port", "0",
            SPARK_LOCAL_IP="127.0.0.1",
        )  # fmt: skip
        for host in HOSTS:
            self.workers.append(
                self._start(
                    f"worker-{host}", "org.apache.spark.deploy.worker.Worker", "--host", host,
                    "--cores", "1", "--memory", "1g", "--webui-port", "0",
                    "--work-dir", str(self.folder / f"work-{host}"), self.url,
                    SPARK_LOCAL_IP=host, SPARK_LOCAL_DIRS=str(self.folder / "local"),
                )
            )  # fmt: skip

    def _start(self, name: str, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        spec = importlib.util.find_spec("pyspark")
        assert spec is not None
        assert spec.origin is not None
        home = Path(spec.origin).parent
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [str(home / "bin" / "spark-class"), *arguments],
                env=self._environment | {"SPARK_HOME": str(home)} | more,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        self._all.append(process)
        return process

    def executor(self, worker: int) -> int:
        """Return the process id of a worker's executor."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for pid in descendants(self.workers[worker].pid):
                if b"CoarseGrainedExecutorBackend" in _command(pid):
                    return pid
            time.sleep(0.05)
        raise AssertionError("no executor came")

    def stop(self) -> None:
        """End every program that was started here, and what these started."""
        for process in self._all:
            for pid in [*descendants(process.pid), process.pid]:
                with_signal(pid, signal.SIGKILL)
            process.wait()


class Driver:
    """A driver; see ``driver.py``."""

    def __init__(self, folder: Path, name: str, settings: Mapping[str, str], **env: str) -> None:
        self._numbers, self._open = itertools.count(1), dict[int, Future[dict[str, Any]]]()
        with (folder / f"{name}.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.spark.driver", json.dumps(dict(settings))],
                env=env | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=folder,
            )
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def begin(self, act: str, **arguments: Any) -> Future[dict[str, Any]]:
        """Ask for an act."""
        number, future = next(self._numbers), Future[dict[str, Any]]()
        self._open[number] = future
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"number": number, "act": act} | arguments) + "\n")
        self._process.stdin.flush()
        return future

    def ask(self, act: str, **arguments: Any) -> dict[str, Any]:
        """Ask for an act and wait for its end."""
        return self.begin(act, **arguments).result(PATIENCE)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            answer = json.loads(line)
            self._open.pop(answer["number"]).set_result(answer)
        for future in self._open.values():
            future.set_exception(AssertionError("the driver died"))

    def stop(self) -> None:
        """Let the driver end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            for pid in [*descendants(self._process.pid), self._process.pid]:
                with_signal(pid, signal.SIGKILL)
            self._process.wait()
        self._listener.join(60)
        self._process.stdout.close()


def settings(folder: Path, master: str, **more: str) -> dict[str, str]:
    """Return settings of a driver whose every trace can be read afterwards."""
    (folder / "events").mkdir(exist_ok=True)
    (folder / "local").mkdir(exist_ok=True)
    found = {
        "spark.master": master,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.driver.memory": "512m",
        "spark.executor.memory": "512m",
        "spark.local.dir": str(folder / "local"),
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": f"file://{folder}/events",
        "spark.eventLog.compress": "false",
        "spark.shuffle.compress": "false",
        "spark.broadcast.compress": "false",
        "spark.sql.parquet.compression.codec": "uncompressed",
        "spark.sql.files.maxPartitionBytes": "120000",
        "spark.sql.files.openCostInBytes": "0",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    return found | {name.replace("__", "."): value for name, value in more.items()}


@contextmanager
def driver(
    folder: Path, name: str, master: str, environment: Mapping[str, str], **more: str
) -> Iterator[Driver]:
    """Yield a driver."""
    made = Driver(folder, name, settings(folder, master, **more), **environment)
    try:
        yield made
    finally:
        made.stop()


def descendants(pid: int) -> list[int]:
    """Return the ids of a process's children, and theirs."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        texts = [(one / "children").read_text() for one in tasks]
    except OSError:
        return []
    children = [int(one) for text in texts for one in text.split()]
    return [found for child in children for found in (child, *descendants(child))]


def with_signal(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
