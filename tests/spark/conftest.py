"""One deployment that serves, and one cluster of two workers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bailee.web.certificate import CERTIFICATE
from tests.journeys.imports import MAPPING, WHO, write
from tests.journeys.serving import serving
from tests.journeys.world import ACME, ELEMENTS, PAYMENT, ROOT, World, founded
from tests.spark.cluster import SparkCluster, missing


@dataclass
class Place:
    """A deployment that serves, and the folder in which everything of Spark stands."""

    world: World
    url: str
    folder: Path
    rows: Path
    """Where the input stands, in clear: beside Spark's folder, not in it."""

    def environment(self, who: str = "importer", **more: str) -> dict[str, str]:
        """Return the environment of a worker, or of a driver that is its own executor."""
        found = {
            "PATH": os.environ["PATH"],  # noqa: TID251 - where Java is
            "PYTHONPATH": str(ROOT / "src"),
            "PYSPARK_PYTHON": sys.executable,
            "SPARK_LOCAL_IP": "127.0.0.1",
            "TMPDIR": str(self.folder / "local"),
            "BAILEE_URL": self.url,
            "BAILEE_CA": str(self.world.settings.home / "tls" / CERTIFICATE),
        }
        return found | ({"BAILEE_KEY": self.world.keys[who]} if who else {}) | more

    def input(self, tag: str, rows: int, bad: int = 0) -> dict[str, str]:
        """Write rows; return what to ask of a driver so that they are protected."""
        folder = self.rows / tag
        folder.mkdir()
        write(folder, rows, tag=f"{tag}-", bad=bad)
        (folder / "mapping.toml").unlink()
        mapping = self.rows / "mapping.toml"
        mapping.write_text(MAPPING)
        return {
            "folder": str(folder),
            "mapping": str(mapping),
            "controller": ACME,
            "purpose": PAYMENT,
            "to": str(self.folder / "out" / tag),
        }

    def stored(self) -> int:
        """Return how many records acme has."""
        return self.world.count("vault_record", ACME)


@pytest.fixture(scope="module")
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Return a deployment that serves on a socket."""
    if lack := missing():
        pytest.skip(lack)
    base = tmp_path_factory.mktemp("spark")
    for name in ("spark", "spark/local", "rows"):
        (base / name).mkdir()
    with founded("sqlite", base / "home", request) as world:
        world.give(ACME, "payout", ["protect"], *ELEMENTS, daily=1_000_000)
        world.allow(str(WHO.to_public()))
        world.close()
        with serving(world) as (_, url):
            yield Place(world, url, base / "spark", base / "rows")


@pytest.fixture(scope="module")
def spark(place: Place) -> Iterator[SparkCluster]:
    """Return a master and two workers of one core; the key is in the workers' environment."""
    made = SparkCluster(place.folder, place.environment())
    try:
        made.start()
        yield made
    finally:
        made.stop()
