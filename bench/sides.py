"""The two contenders of P1 behind one shape: bodies made ready, answers checked, logs counted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from bench import openbao, samples
from bench.deployment import PURPOSE, Deployment
from bench.driver import Load
from bench.load import Weighed, quiet, weigh
from bench.openbao import OpenBao

CALLERS = {1: 16, 10: 16, 100: 8, 249: 4, 1000: 4}
"""Callers at once by batch; the same on both sides."""
SAMPLE = 5
AWAKE = 40
BAILEE, OPENBAO = "bailee", "OpenBao"


@dataclass
class Counted:
    """A bailee whose log is counted against what was sent to it."""

    deployment: Deployment

    @property
    def roots(self) -> list[int]:
        """The processes to weigh."""
        return self.deployment.roots

    def run(self, load: Load, *, core: int | None) -> tuple[Weighed, float]:
        """Run a load; return it weighed, with the bytes stored for each item.

        Raises:
            RuntimeError: when the log did not grow by one entry for each request.
        """
        before, stored = self.deployment.level(), self.deployment.stored()
        weighed = weigh(load, self.roots, core=core, settle=lambda: quiet(self.roots))
        sent = weighed.outcome.requests
        if (grown := self.deployment.level() - 1 - before) != sent:
            raise RuntimeError(f"bailee: {grown} entries for {sent} requests")
        return weighed, (self.deployment.stored() - stored) / weighed.items


@dataclass
class Audited:
    """An OpenBao whose audit file is counted against what was sent to it."""

    bao: OpenBao

    @property
    def roots(self) -> list[int]:
        """The processes to weigh."""
        return self.bao.roots

    def run(self, load: Load, *, core: int | None) -> tuple[Weighed, float]:
        """Run a load; return it weighed, with the bytes logged for each item.

        Raises:
            RuntimeError: when the audit file did not grow by two lines for each request.
        """
        lines, size = self.bao.lines(), self.bao.logged()
        weighed = weigh(load, self.roots, core=core, settle=lambda: quiet(self.roots))
        sent = weighed.outcome.requests
        if (grown := self.bao.lines() - lines) != 2 * sent:
            raise RuntimeError(f"OpenBao: {grown} audit lines for {sent} requests")
        return weighed, (self.bao.logged() - size) / weighed.items


@dataclass
class Bailee(Counted):
    """bailee's side: bodies made ready, and its checks."""

    subjects: int
    name: str = BAILEE
    sealed: dict[int, str] = field(default_factory=dict)

    def warm(self) -> None:
        """Let every subject in, by encrypting its value; keep the ciphertexts."""
        for numbers in samples.batches(0, self.subjects, 1000):
            items = samples.encrypt_items(numbers, "warm")
            answer = self.deployment.call("encrypt", {"purpose": PURPOSE, "values": items})
            for number, result in zip(numbers, answer["results"], strict=True):
                self.sealed[number] = result["ciphertext"]

    def wake(self) -> None:
        """Call about other subjects, so that a new server's first calls are not measured."""
        for number in range(AWAKE):
            items = samples.encrypt_items([number], "wake")
            self.deployment.call("encrypt", {"purpose": PURPOSE, "values": items})

    def load(self, verb: str, batch: int, seconds: float) -> Load:
        """Return a load over all warm subjects."""
        requests = []
        for numbers in samples.batches(0, self.subjects, batch):
            items = (
                samples.encrypt_items(numbers, "warm")
                if verb == "encrypt"
                else samples.decrypt_items(numbers, "warm", self.sealed)
            )
            requests.append(self.deployment.request(verb, samples.body(PURPOSE, values=items)))
        return Load(
            self.deployment.port, requests, b'"ok":true', batch, CALLERS[batch], seconds,
            keep=sample(requests),
        )  # fmt: skip

    def first(self, kind: str, batch: int, count: int) -> Load:
        """Return a load of subjects that were never seen, each once."""
        requests = [
            self.deployment.request(
                "encrypt",
                samples.body(PURPOSE, values=samples.encrypt_items(numbers, kind)),
            )
            for numbers in samples.batches(0, count, batch)
        ]
        return Load(self.deployment.port, requests, b'"ok":true', batch, CALLERS[batch],
                    cycle=False)  # fmt: skip

    def check(self, verb: str, batch: int, kept: dict[int, bytes]) -> None:
        """Compare a sample of answers with what went in."""
        for number, text in kept.items():
            first = number * batch % (self.subjects - self.subjects % batch)
            results = json.loads(text)["results"]
            wanted = [samples.sealed(n)[1] for n in range(first, first + batch)]
            if verb == "encrypt":
                sealed = {first + i: one["ciphertext"] for i, one in enumerate(results)}
                results = self.open(sealed)
            if [one["value"] for one in results] != wanted:
                raise RuntimeError("bailee: a decrypted value differs from what was encrypted")

    def open(self, sealed: dict[int, str]) -> list[dict[str, Any]]:
        """Decrypt ciphertexts of warm subjects."""
        items = samples.decrypt_items(list(sealed), "warm", sealed)
        answer = self.deployment.call("decrypt", {"purpose": PURPOSE, "values": items})
        results: list[dict[str, Any]] = answer["results"]
        return results

    def refuses_another(self) -> None:
        """Present one subject's ciphertext as another's; it must not open."""
        swapped = {0: self.sealed[4], 4: self.sealed[0]}
        items = samples.decrypt_items([0, 4], "warm", swapped)
        body = {"purpose": PURPOSE, "values": items, "mode": "continue"}
        results = self.deployment.call("decrypt", body)["results"]
        if any(one["ok"] or one["error"]["code"] != "ciphertext.wrong_place" for one in results):
            raise RuntimeError("bailee: a ciphertext opened for another subject")


@dataclass
class Transit(Audited):
    """OpenBao's side: the same values, the subject and element as associated data."""

    subjects: int
    name: str = OPENBAO
    sealed: dict[int, str] = field(default_factory=dict)

    def warm(self) -> None:
        """Encrypt every value; keep the ciphertexts."""
        for numbers in samples.batches(0, self.subjects, 1000):
            body = openbao.encrypt_body(
                [(samples.context(n), samples.sealed(n)[1]) for n in numbers]
            )
            answer = self.bao.call("transit/encrypt/bench", json.loads(body))
            for number, result in zip(numbers, answer["data"]["batch_results"], strict=True):
                self.sealed[number] = result["ciphertext"]

    def load(self, verb: str, batch: int, seconds: float) -> Load:
        """Return a load over all subjects."""
        requests = []
        for numbers in samples.batches(0, self.subjects, batch):
            if verb == "encrypt":
                body = openbao.encrypt_body(
                    [(samples.context(n), samples.sealed(n)[1]) for n in numbers]
                )
            else:
                body = openbao.decrypt_body([(samples.context(n), self.sealed[n]) for n in numbers])
            requests.append(self.bao.request(f"transit/{verb}/bench", body))
        good = b'"ciphertext":"vault:v1:' if verb == "encrypt" else b'"plaintext":"'
        return Load(
            self.bao.port, requests, good, batch, CALLERS[batch], seconds, keep=sample(requests)
        )

    def check(self, verb: str, batch: int, kept: dict[int, bytes]) -> None:
        """Compare a sample of answers with what went in."""
        for number, text in kept.items():
            first = number * batch % (self.subjects - self.subjects % batch)
            results = json.loads(text)["data"]["batch_results"]
            if verb == "encrypt":
                items = [
                    (samples.context(first + i), one["ciphertext"]) for i, one in enumerate(results)
                ]
                body = json.loads(openbao.decrypt_body(items))
                results = self.bao.call("transit/decrypt/bench", body)["data"]["batch_results"]
            wanted = [samples.sealed(n)[1] for n in range(first, first + batch)]
            if [openbao.plain(one["plaintext"]) for one in results] != wanted:
                raise RuntimeError("OpenBao: a decrypted value differs from what was encrypted")

    def refuses_another(self) -> None:
        """Present a ciphertext with other associated data; it must not open."""
        body = openbao.decrypt_body([(samples.context(0), self.sealed[4])])
        try:
            self.bao.call("transit/decrypt/bench", json.loads(body))
        except RuntimeError:
            return
        raise RuntimeError("OpenBao: a ciphertext opened with other associated data")


def sample(requests: list[bytes]) -> list[int]:
    """Return the numbers of the requests whose answers are compared."""
    return list(range(0, len(requests), max(1, len(requests) // SAMPLE)))
