"""Stored records on both sides: what P2 writes and P3 reads.

A record of bailee's has ten fields, three of them indexed and one tokenised; a record of the
key-value store is the same ten values filled up to 1 kB, and is not indexed by anything.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from bench import samples
from bench.deployment import PURPOSE
from bench.driver import Load
from bench.sides import CALLERS, Audited, Counted, sample

OK = b'"ok":true'


@dataclass
class Vault(Counted):
    """bailee's stored records."""

    name: str = "bailee"
    ids: list[str] = field(default_factory=list)

    def protect(self, kind: str, batch: int, count: int, *, keyed: bool = False) -> Load:
        """Return a load of records of subjects that were never seen."""
        requests = []
        for numbers in samples.batches(0, count, batch):
            body = samples.body(PURPOSE, records=[samples.record(n, kind) for n in numbers])
            more = {"Idempotency-Key": secrets.token_hex(16)} if keyed else {}
            requests.append(self.deployment.request("protect", body, **more))
        port = self.deployment.port
        return Load(port, requests, OK, batch, CALLERS[batch], cycle=False, keep=sample(requests))

    def check_protected(self, batch: int, kept: dict[int, bytes]) -> None:
        """Reveal a sample of what was stored, compare it, and find one of it by its index."""
        for number, text in kept.items():
            results = json.loads(text)["results"]
            wanted = range(number * batch, (number + 1) * batch)
            self.compare(list(wanted), self.reveal([one["record"] for one in results]))
            if not all(set(one["tokens"]) == {"person.ssn"} for one in results):
                raise RuntimeError("a record was not tokenised as it should be")
            email = samples.value("person.email", wanted[0])
            body = {"purpose": PURPOSE, "element": "person.email", "equals": email}
            if results[0]["record"] not in self.deployment.call("search", body)["records"]:
                raise RuntimeError("a record is not found by its index")

    def fill(self, count: int) -> None:
        """Store records to be read, in calls of a thousand."""
        for numbers in samples.batches(0, count, 1000):
            body = {"purpose": PURPOSE, "records": [samples.record(n, "kept") for n in numbers]}
            results = self.deployment.call("protect", body)["results"]
            self.ids += [one["record"] for one in results]

    def reading(self, batch: int, seconds: float) -> Load:
        """Return a load that reads every stored record, over and over."""
        requests = []
        for numbers in samples.batches(0, len(self.ids), batch):
            body = samples.body(
                PURPOSE, elements=samples.FIELDS, records=[self.ids[n] for n in numbers]
            )
            requests.append(self.deployment.request("reveal", body))
        port, callers = self.deployment.port, CALLERS[batch]
        return Load(port, requests, OK, batch, callers, seconds, keep=sample(requests))

    def check_read(self, batch: int, kept: dict[int, bytes]) -> None:
        """Compare a sample of what was read with what went in."""
        for number, text in kept.items():
            wanted = range(number * batch, (number + 1) * batch)
            self.compare(list(wanted), json.loads(text)["results"])

    def reveal(self, ids: list[str]) -> list[dict[str, Any]]:
        """Read records whole."""
        body = {"purpose": PURPOSE, "elements": samples.FIELDS, "records": ids}
        results: list[dict[str, Any]] = self.deployment.call("reveal", body)["results"]
        return results

    @staticmethod
    def compare(numbers: list[int], results: list[dict[str, Any]]) -> None:
        """Compare records with what went in.

        Raises:
            RuntimeError: when a value differs.
        """
        wanted = [{name: samples.value(name, n) for name in samples.FIELDS} for n in numbers]
        if [one["fields"] for one in results] != wanted:
            raise RuntimeError("bailee: a value that was read differs from what was stored")


@dataclass
class KeyValue(Audited):
    """The contender's key-value store (version 2)."""

    name: str = "OpenBao KV"

    def writing(self, kind: str, count: int) -> Load:
        """Return a load that writes records that were not there."""
        requests = []
        for number in range(count):
            body = json.dumps({"data": samples.kilobyte(number)}).encode()
            requests.append(self.bao.request(f"kv/data/{kind}-{number}", body))
        return Load(self.bao.port, requests, b'"version":1', 1, CALLERS[1], cycle=False)

    def fill(self, count: int) -> None:
        """Write records to be read."""
        for number in range(count):
            self.bao.call(f"kv/data/kept-{number}", {"data": samples.kilobyte(number)})

    def reading(self, count: int, seconds: float) -> Load:
        """Return a load that reads every record, over and over."""
        requests = [self.bao.request(f"kv/data/kept-{n}", b"", "GET") for n in range(count)]
        good = b'"filling":"'
        port = self.bao.port
        return Load(port, requests, good, 1, CALLERS[1], seconds, keep=sample(requests))

    @staticmethod
    def check_read(kept: dict[int, bytes]) -> None:
        """Compare a sample of what was read with what went in.

        Raises:
            RuntimeError: when a value differs.
        """
        for number, text in kept.items():
            if json.loads(text)["data"]["data"] != samples.kilobyte(number):
                raise RuntimeError("OpenBao: a record that was read differs from what was written")


def bounded(load: Load, seconds: float) -> Load:
    """Return a load that also ends after some seconds."""
    return structs.replace(load, seconds=seconds)
