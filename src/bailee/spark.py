"""The same bulk work from a Spark cluster: executors call the batch API (``bailee[spark]``).

.. code-block:: python

    from bailee.spark import protect, reveal

    done = protect(spark.read.parquet("…"), Path("mapping.toml"), controller="acme",
                   purpose="payment-processing", to="hdfs:///protected")
    parts = reveal(done.where("ok"), ["person.name"], recipients=["age1…"], controller="acme",
                   purpose="payment-processing", to="hdfs:///names")

Both run at once and write what they found below ``to``: a result that is worked out anew for each
action could be cut anew for each action, and a row stored twice (decision 0018).

* **Once.** A row's batch is known by job, partition and number alone, and is sent under that key:
  a task that is retried, speculated or duplicated is answered again by the server.
* **No value leaves the task.** Values go from the row to the server and nowhere else: not into
  results, errors or logs. What Spark itself would write to disk (a shuffle, a cache) is refused
  unless ``spark.io.encryption.enabled`` is set. Revealed values leave a task as age files only.
* **The key stays on the executors.** ``BAILEE_URL``, ``BAILEE_KEY`` and ``BAILEE_CA`` are read
  there, from the environment; the key is in no closure, plan, broadcast or setting of Spark.

pyspark is imported when a function is called. Executors need bailee installed.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from bailee.app.settings import read_settings
from bailee.cli.batch import Batch, Batches
from bailee.cli.mapping import Bound, Cells, MappingFile, load_mapping
from bailee.cli.results import cells_of, columns_of, csv_lines
from bailee.cli.sealed import Recipients
from bailee.cli.verdict import Verdict, verdicts
from bailee.client import BaileeProblem, Client
from bailee.errors import Broken, Conflict, Failure, Invalid

T = TypeVar("T")
PROTECTED = (
    "part int, row bigint, ref string, record string, tokens map<string,string>, ok boolean, "
    "code string, column string"
)
"""One line for each record, one for each rejected row. ``row`` counts from 1 in its partition."""
REVEALED = "part int, number int, records int, refused int, entry string, sealed binary"
"""One line for each call: ``sealed`` is a whole age file of CSV, header and all."""
CALL = 1000
RETRIES, TIMEOUT = 14, 120.0
"""Some two minutes for a server that is busy (503) or restarts; after that Spark tries again."""
JOB = re.compile(r"([0-9a-f]{32})-(\d{1,7})")
KEY_SHOWN = re.compile(r"\bbk_[A-Za-z0-9]")
ON_DISK = re.compile(r"^[\s:+*()0-9-]*\w*(?:Exchange|InMemoryTableScan)\b", re.MULTILINE)
"""Steps of a plan, each at the beginning of its line."""
PLAIN = re.compile(r"string|char|varchar|boolean|tinyint|smallint|int|bigint|date|decimal\(.*\)")
"""Types of one text each. A float or a timestamp has several, so the caller chooses."""
TOLD = re.compile(
    r"bailee\.(?:client\.line|errors)\.\w+: ([a-z_]+(?:\.[a-z_]+)+)(?:: ([^\n]*))?(?:\n|$)"
)


class JobFailed(Failure):
    """A task failed for good, and with it the job; ``code`` is the server's or ours."""


@dataclass(frozen=True)
class Protecting:
    """What a task needs to know to protect its rows. No row, no key."""

    mapping: MappingFile
    columns: tuple[str, ...]
    controller: str
    purpose: str
    job: str

    def part(self, part: int, rows: Iterable[Cells]) -> Iterator[tuple[Any, ...]]:
        """Protect a partition; yield lines of ``PROTECTED``."""
        return _plain(self._part(part, rows))

    def _part(self, part: int, rows: Iterable[Cells]) -> Iterator[tuple[Any, ...]]:
        batches = Batches(Bound(self.mapping, self.columns), ref=None, keep=True)
        ref = self.columns.index(self.mapping.ref)
        with connected() as client:
            for batch in batches.of(((n, list(one)) for n, one in enumerate(rows, 1)), {}, {}):
                for one in self._sent(client, batch, f"import-{self.job}-{part}-{batch.number}"):
                    yield from _lines(part, one, batch.cells[one.row][ref])

    def _sent(self, client: Client, batch: Batch, key: str) -> list[Verdict]:
        refused = [Verdict(row, code=code, column=at) for row, code, at in batch.refused]
        if not batch.records:
            return refused
        answer = client.protect(
            self.controller, self.purpose, batch.records, mode="continue", idempotency_key=key
        )
        return [*verdicts(batch, answer, self.mapping.fields), *refused]


@dataclass(frozen=True)
class Revealing:
    """What a task needs to know to read records for somebody else's eyes."""

    elements: tuple[str, ...]
    recipients: tuple[str, ...]
    controller: str
    purpose: str
    approval: str

    def part(self, part: int, rows: Iterable[Cells]) -> Iterator[tuple[Any, ...]]:
        """Reveal a partition of ids; yield lines of ``REVEALED``."""
        return _plain(self._part(part, rows))

    def _part(self, part: int, rows: Iterable[Cells]) -> Iterator[tuple[Any, ...]]:
        sealing, number, left = Recipients(self.recipients), 0, iter(rows)
        disclosure = ""
        with connected() as client:
            while ids := [one[0] or "" for one in islice(left, CALL)]:
                number += 1
                disclosure = disclosure or self._open(client, sealing)
                seen = client.reveal(
                    self.controller,
                    self.purpose,
                    self.elements,
                    records=ids,
                    approval=self.approval,
                    disclosure=disclosure,
                    mode="continue",
                )
                if len(seen.results) != len(ids):
                    raise Broken("answer.short", "The server answered fewer records than asked.")
                lines = [cells_of(one, self.elements) for one in seen.results]
                sealed = sealing.seal(csv_lines([columns_of(self.elements), *lines]))
                refused = sum(1 for one in seen.results if one.error is not None)
                yield part, number, len(lines), refused, seen.entry.entry_id, bytearray(sealed)

    def _open(self, client: Client, sealing: Recipients) -> str:
        """Ask whether a partition may leave; refused unless consents cover it (C2.3)."""
        opened = client.open_disclosure(
            self.controller, self.purpose, self.elements, keys=sealing.keys
        )
        return opened.disclosure


def protect(
    rows: Any, mapping: Path, *, controller: str, purpose: str, to: str, job: str = ""
) -> Any:
    """Protect every row of a DataFrame; return a DataFrame of ``PROTECTED``, read from ``to``.

    Args:
        rows: a DataFrame of plain columns, read anew the same whenever a task is tried again: no
            random number, no time of day.
        mapping: what its columns mean, as for ``bailee protect FILE``.
        controller: whose data.
        purpose: for which they are stored.
        to: folder, of any file system Spark knows. Results stand in a folder of it that is named
            as the job: ids, tokens, codes and the caller's own word for each row; no other value.
        job: that name, to go on with a job whose driver died, within thirty days.

    Raises:
        Invalid: ``spark.missing``, ``spark.connect``, ``spark.key_shown``, ``spark.on_disk``,
            ``spark.column``, ``spark.job``; what ``load_mapping`` and ``Bound`` raise.
        Conflict: ``spark.cut`` when the rows of ``job`` are cut otherwise now.
        JobFailed: with the server's code, or ``spark.failed``.
    """
    session = _session(rows)
    rules = load_mapping(mapping)
    columns = tuple(rules.needed())
    Bound(rules, rows.columns)
    texts = _texts(rows, columns)
    if _on_disk(session, rows):
        # Blocks of a shuffle arrive in any order; a task tried again must see the same rows alike.
        texts = texts.sortWithinPartitions(*texts.columns)
    found = _guarded(job, lambda: texts.rdd)
    job = _job(job, found.getNumPartitions())
    work = Protecting(rules, columns, controller, purpose, job)
    return _written(session, found.mapPartitionsWithIndex(work.part), PROTECTED, (to, job))


def reveal(
    ids: Any,
    elements: Sequence[str],
    *,
    recipients: Sequence[str],
    controller: str,
    purpose: str,
    to: str,
    approval: str = "",
    column: str = "record",
) -> Any:
    """Read records for recipients; return a DataFrame of ``REVEALED``, read from ``to``.

    A reveal is a new access each time: a task that Spark tries again reads, records and counts its
    partition again. So cut small partitions, and leave speculation off. Each try of a partition is
    a disclosure of its own, which consents must cover; it stays open, for there is no account that
    would end it.

    Args:
        ids: a DataFrame with a column of record ids.
        elements: names, or views: ``person.ssn:last4``.
        recipients: ``age1…``, or a certificate's file that stands on every worker; at least one.
        controller: whose data.
        purpose: for which they are read.
        to: folder; the parts stand in a folder of it that this call names.
        approval: a second person's, for many.
        column: where the ids stand.

    Raises:
        Invalid: ``recipient.*``, ``spark.speculation``, and as ``protect``.
        JobFailed: as ``protect``.
    """
    session = _session(ids)
    Recipients(recipients)
    if _conf(session, "spark.speculation") == "true":
        raise Invalid(
            "spark.speculation",
            "A speculated task would read and count its records twice.",
            do="Set spark.speculation to false.",
        )
    work = Revealing(tuple(elements), tuple(recipients), controller, purpose, approval)
    found = _guarded("", lambda: _texts(ids, (column,)).rdd)
    made = found.mapPartitionsWithIndex(work.part)
    return _written(session, made, REVEALED, (to, secrets.token_hex(16)))


def connected() -> Client:
    """Return a client as the executor's environment describes it.

    Raises:
        Invalid: ``spark.environment``.
    """
    settings = read_settings()
    if not settings.url or not settings.key:
        raise Invalid(
            "spark.environment",
            "BAILEE_URL or BAILEE_KEY is missing in an executor's environment.",
            do="Set them where the workers are started (spark-env.sh, a secret of the pod).",
        )
    return Client(
        settings.url, settings.key, ca=settings.ca or None, retries=RETRIES, timeout=TIMEOUT
    )


def _lines(part: int, one: Verdict, ref: str | None) -> Iterator[tuple[Any, ...]]:
    for each in one.results:
        yield part, one.row, ref, each.record, dict(each.tokens), True, None, None
    if one.code:
        yield part, one.row, ref, None, {}, False, one.code, one.column or None


def _plain(lines: Iterator[T]) -> Iterator[T]:
    """Pass lines on; let no failure out but ours, for Spark prints what it says (C3.2)."""
    try:
        yield from lines
    except (BaileeProblem, Failure):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it says may hold a value
        raise Broken("spark.task", f"A task failed: {type(error).__name__}.") from None


def _session(rows: Any) -> Any:
    """Return the session behind a DataFrame, fit for this work."""
    try:
        import pyspark.sql  # noqa: PLC0415 - needed by those who call
    except ImportError:
        raise Invalid(
            "spark.missing",
            "Spark's library is not installed.",
            do="Install it with: pip install 'bailee[spark]'.",
        ) from None
    if not isinstance(rows, pyspark.sql.DataFrame) or not hasattr(rows, "_jdf"):
        raise Invalid("spark.connect", "That is not a DataFrame of a Spark session of this driver.")
    session = rows.sparkSession
    for name, value in session.sparkContext.getConf().getAll():
        if name.endswith("Env.BAILEE_KEY") or KEY_SHOWN.search(value):
            raise Invalid(
                "spark.key_shown",
                "A setting of Spark holds a key; the web page and the event log show settings.",
                do="Revoke that key. Give another by the environment in which workers start.",
            )
    return session


def _conf(session: Any, name: str) -> str:
    return str(session.sparkContext.getConf().get(name, "false")).lower()


def _on_disk(session: Any, rows: Any) -> bool:
    """Say whether Spark puts rows down on its way (a shuffle, a cache).

    Raises:
        Invalid: ``spark.on_disk`` when it would do so in clear.
    """
    plan = rows._jdf.queryExecution().executedPlan().toString()  # noqa: SLF001 - no public way
    if not ON_DISK.search(plan):
        return False
    if _conf(session, "spark.io.encryption.enabled") != "true":
        raise Invalid(
            "spark.on_disk",
            "On their way the rows would be shuffled or cached: written to disks in clear.",
            do="Set spark.io.encryption.enabled, or read the rows and protect them as they come.",
        )
    return True


def _texts(rows: Any, columns: Sequence[str]) -> Any:
    """Return the columns as texts, in order.

    Raises:
        Invalid: ``spark.column``.
    """
    kinds = {one.name: one.dataType.simpleString() for one in rows.schema.fields}
    unfit = [name for name in columns if not PLAIN.fullmatch(kinds.get(name, ""))]
    if unfit or len(kinds) != len(rows.columns):
        raise Invalid(
            "spark.column",
            f"Missing, twice, or not of one text each: {', '.join(unfit) or 'a column'}.",
            do="Give texts, whole numbers, decimals, dates; cast the rest as you want it stored.",
        )
    quoted = [f"`{name.replace('`', '``')}`" for name in columns]
    return rows.selectExpr(*(f"cast({name} as string) as {name}" for name in quoted))


def _job(job: str, parts: int) -> str:
    """Return the job's name: random, and how many partitions it has."""
    if not job:
        return f"{secrets.token_hex(16)}-{parts}"
    found = JOB.fullmatch(job)
    if found is None:
        raise Invalid("spark.job", "That is not the name of a job.", do="See the folders in `to`.")
    if int(found[2]) != parts:
        raise Conflict(
            "spark.cut",
            f"The job has {found[2]} partitions, and the rows come in {parts} now.",
            do="Read the same files, with the settings and the number of cores of then.",
        )
    return job


def _written(session: Any, made: Any, shape: str, place: tuple[str, str]) -> Any:
    """Do the work, once: Spark keeps the output of one attempt of each task."""
    folder, job = place
    path = f"{folder.rstrip('/')}/{job}"
    frame = session.createDataFrame(made, shape)
    _guarded(job, lambda: frame.write.mode("overwrite").parquet(path))
    return session.read.schema(shape).parquet(path)


def _guarded(job: str, act: Callable[[], T]) -> T:
    """Run an action of Spark; tell its failure by a code alone.

    Raises:
        JobFailed
    """
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - Spark's words hold whatever an expression held
        text = str(error)
        told = TOLD.findall(text) or [("spark.failed", f"Spark says {type(error).__name__}.")]
        if "ModuleNotFoundError" in text:
            told = [("spark.environment", "An executor's Python lacks bailee, or what it needs.")]
        code, says = told[-1]
    raise JobFailed(
        code, says or "A task failed.", do=f"Mend it, and go on with job='{job}'." if job else ""
    )


__all__ = ["PROTECTED", "REVEALED", "JobFailed", "protect", "reveal"]
