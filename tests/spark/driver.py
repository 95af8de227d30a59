"""A Spark driver as a program of its own: takes acts as lines of JSON, answers when they end.

Acts run side by side, each in a thread. What Spark has to say goes to standard error.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from bailee.errors import Failure
from bailee.spark import protect, reveal


class Acts:
    """What a driver can be asked for."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def protect(self, folder: str, way: str = "", **more: str) -> dict[str, Any]:
        """Protect a folder of CSV, on one of several ways, and return the lines that came out."""
        rows = self._session.read.csv(folder, header=True)
        if way == "shuffled":
            rows = rows.repartition(4, "id")
        elif way == "cached":
            rows = rows.cache()
        elif way == "float":
            rows = rows.selectExpr("id", "name", "email", "ssn", "cast(1.5 as double) as card")
        began = time.monotonic()
        done = protect(rows, Path(more.pop("mapping")), **more)
        return {"seconds": time.monotonic() - began, "lines": _lines(done)}

    def reveal(self, records: list[str], **more: Any) -> dict[str, Any]:
        """Reveal records; return the lines that came out, their parts in hex."""
        ids = self._session.createDataFrame([(one,) for one in records], "record string")
        return {"lines": _lines(reveal(ids.coalesce(1), **more))}

    def ready(self, executors: int) -> dict[str, Any]:
        """Wait until so many executors have come."""
        context = self._session.sparkContext._jsc.sc()
        while context.getExecutorMemoryStatus().size() < executors + 1:
            time.sleep(0.2)
        return {}


def _lines(frame: Any) -> list[dict[str, Any]]:
    found = [row.asDict() for row in frame.collect()]
    return [
        {
            name: one.hex() if isinstance(one, bytes | bytearray) else one
            for name, one in line.items()
        }
        for line in found
    ]


def main(settings: dict[str, str]) -> None:
    """Take acts until standard input ends."""
    builder: Any = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    acts, lock = Acts(session), threading.Lock()

    def do(number: int, act: str, arguments: dict[str, Any]) -> None:
        answer: dict[str, Any]
        try:
            answer = getattr(acts, act)(**arguments)
        except Failure as failure:
            answer = {"code": failure.code, "says": failure.says, "do": failure.do}
        except Exception as error:  # noqa: BLE001 - the test sees it
            answer = {"code": "none", "says": repr(error)}
        with lock:
            print(json.dumps({"number": number} | answer), flush=True)  # noqa: T201 - the answer

    for line in sys.stdin:
        asked = json.loads(line)
        number, act = asked.pop("number"), asked.pop("act")
        threading.Thread(target=do, args=(number, act, asked), daemon=True).start()
    session.stop()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
