"""The identity provider's keys and addresses, fetched behind everybody's back (OIDC Discovery).

One thread of our own asks the provider: every five minutes while it answers, every ten seconds
while it does not. Whoever needs a key takes it from the ring and waits for nobody; only for a key
that the ring does not have one caller at a time waits, for seconds, and for one try in ten seconds.
So a provider that is down or hangs stops no call whose key is known, and a flood of invented key
ids costs the provider one request in ten seconds.

The last good keys count for an hour; then nothing is verified by them any more. Ages are measured
by a clock that nobody sets. A set that cannot be read, is empty, or names one key twice changes
nothing: it is a failure like no answer.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bailee.access.jws import ALGORITHMS, Key, read_json, read_keys
from bailee.app.metadata import Metadata, read_metadata
from bailee.app.relying import Send
from bailee.errors import Unavailable
from bailee.gateways.errand import Bounds, LostError, run

DISCOVERY = "/.well-known/openid-configuration"
MOST_BYTES = 1 << 18
FETCH_SECONDS = 4.0
SERVER_FAILED = 500
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the provider is asked, and how long anything is waited for; in seconds."""

    fresh: float = 300.0
    """Between two requests while it answers: so long a key that it withdrew still counts."""
    retry: float = 10.0
    """The same while it does not."""
    pause: float = 10.0
    """After a request, before a caller may have another one made."""
    wait: float = 5.0
    """A caller's longest wait for a key."""
    keep: float = 3600.0
    """So long the last good keys count while it does not answer."""


@dataclass(frozen=True, slots=True)
class _Ring:
    keys: Mapping[tuple[str, str], Key] = field(default_factory=dict)
    metadata: Metadata | None = None
    fetched: float = 0.0


class Keyring:
    """The keys of one provider.

    Args:
        issuer: its name, an address.
        fetch: returns what is at an address; raises ``LostError``.
        pace: how often and how long.
        ticks: monotonic seconds.
    """

    def __init__(
        self,
        issuer: str,
        fetch: Callable[[str], bytes],
        *,
        pace: Pace | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._pace = pace or Pace()
        self._ticks = ticks
        self._ring = _Ring()  # replaced as a whole by the one thread
        self._turn = threading.Condition()
        self._rounds = 0  # owned by _turn, as the next six
        self._target = 1
        self._asking = False
        self._asked = 0.0
        self._trouble = True
        self._waiting = False
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    @property
    def well(self) -> bool:
        """Tell whether the provider's last answer was good."""
        return not self._trouble

    def start(self) -> None:
        """Begin to fetch; a second time changes nothing."""
        with self._turn:
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._keep, name="keyring", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End the thread, at the latest when its request under way ends."""
        self._closing.set()
        with self._turn:
            self._turn.notify_all()

    def find(self, kid: str, algorithm: str) -> Key | None:
        """Return a key for an algorithm; None when the provider has no such key.

        Raises:
            Unavailable: ``oidc.unavailable``: it was not in the ring, and nobody can say more.
        """
        name = (kid, ALGORITHMS[algorithm])
        key = self._held(name)
        if key is None:
            self.start()
            self._wait_for_another()
            key = self._held(name)
        if key is not None:
            return key if key.takes(algorithm) else None
        if self._trouble:
            raise away()
        return None

    def metadata(self) -> Metadata:
        """Return what the provider says of itself, as old as its keys are.

        Raises:
            Unavailable: ``oidc.unavailable``.
        """
        found = self._told()
        if found is None:
            self.start()
            self._wait_for_another()
            found = self._told()
        if found is None:
            raise away()
        return found

    def _told(self) -> Metadata | None:
        ring = self._ring
        return ring.metadata if self._ticks() - ring.fetched <= self._pace.keep else None

    def _held(self, name: tuple[str, str]) -> Key | None:
        ring = self._ring
        return ring.keys.get(name) if self._ticks() - ring.fetched <= self._pace.keep else None

    def _wait_for_another(self) -> None:
        """Have the provider asked, if it was not just now, and wait for that; one caller at a time.

        The others do not wait: threads that wait for a provider are missing elsewhere.
        """
        with self._turn:
            soon = self._rounds and self._ticks() - self._asked < self._pace.pause
            if self._waiting or soon:
                return
            # An answer under way may be of before the key that is looked for.
            target = self._rounds + (2 if self._asking and self._rounds else 1)
            self._target, self._waiting = target, True
            self._turn.notify_all()
            try:
                self._turn.wait_for(
                    lambda: self._rounds >= target or self._closing.is_set(), self._pace.wait
                )
            finally:
                self._waiting = False

    def _keep(self) -> None:
        while not self._closing.is_set():
            with self._turn:
                self._asking = True
            try:
                keys, metadata = load(self._issuer, self._fetch)
            except Exception as error:  # noqa: BLE001 - a dead thread would let the ring grow old
                keys, metadata = {}, None
                if not self._trouble or not self._rounds:
                    _LOG.error("identity provider: %s", type(error).__name__)  # once, wordless
            with self._turn:
                if keys:
                    self._ring = _Ring(keys, metadata, self._ticks())
                self._trouble, self._asking = not keys, False
                self._asked = self._ticks()
                self._rounds += 1
                self._turn.notify_all()
                rest = self._pace.retry if self._trouble else self._pace.fresh
                self._turn.wait_for(
                    lambda: self._rounds < self._target or self._closing.is_set(), rest
                )


def load(
    issuer: str, fetch: Callable[[str], bytes]
) -> tuple[Mapping[tuple[str, str], Key], Metadata]:
    """Return a provider's keys as they are now, and what it says of itself.

    Raises:
        LostError, FlawError: no answer, or none that may be believed.
    """
    document = read_json(fetch(issuer.rstrip("/") + DISCOVERY))
    metadata = read_metadata(document, issuer)
    return read_keys(read_json(fetch(metadata.keys))), metadata


def away() -> Unavailable:
    """Return the failure of whatever needs the provider while it does not answer."""
    return Unavailable(
        "oidc.unavailable",
        "The identity provider does not answer.",
        do="Try again; who has a password signs in with it.",
    )


def fetcher(ca_file: str, *, clear: bool = False) -> Callable[[str], bytes]:
    """Return how a provider is asked: over TLS, for seconds, without a redirect.

    Args:
        ca_file: vouches for it; the system's authorities when empty.
        clear: it is on this machine, and is asked without TLS.
    """
    bounds = Bounds(FETCH_SECONDS, MOST_BYTES, clear=clear, ca_file=ca_file)

    def fetch(url: str) -> bytes:
        answer = run(url, bounds, headers={"Accept": "application/json"})
        if answer.status != 200:
            raise LostError("answer")
        return answer.body

    return fetch


def sender(ca_file: str, *, clear: bool = False) -> Send:
    """Return how a form is posted to a provider, as ``fetcher`` asks; any status is an answer."""
    bounds = Bounds(FETCH_SECONDS, MOST_BYTES, clear=clear, ca_file=ca_file)

    def send(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        try:
            answer = run(url, bounds, body=body, headers=headers)
        except LostError:
            raise away() from None
        if answer.status >= SERVER_FAILED:
            raise away()
        return answer.status, answer.body

    return send
