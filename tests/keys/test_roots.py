"""Whoever keeps the root keeps the same promises, and fails alone (C2.8(1), C2.8(3))."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import logging
import os
import secrets
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bailee.canonical import frame
from bailee.clock import Clock
from bailee.db import Database
from bailee.errors import Broken, Failure, NotFound, Refused, Unavailable
from bailee.keys import FileMirror, Keys, Limits, Root, check, sealed
from bailee.keys.guarded import within
from bailee.keys.pkcs11 import TokenRoot
from bailee.keys.providers import read_token_key
from tests.keys.roots import (
    Keeper,
    KmsKeeper,
    LocalKeeper,
    Moto,
    TokenKeeper,
    TransitKeeper,
    founded_bao,
    opened,
)
from tests.openbao import READY_SECONDS, Bao
from tests.simulators.hours import Hours

REMOTE = ("pkcs11", "openbao", "awskms")
PROVIDERS = ("local", *REMOTE)
CONTEXT, ELSEWHERE = b"a place", b"another place"
NONCE = bytes(12)


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    """Return a running OpenBao."""
    server = founded_bao(tmp_path_factory.mktemp("openbao"))
    yield server
    server.kill()


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    """Return a running KMS."""
    server = Moto(tmp_path_factory.mktemp("moto"))
    eventually(server.answers)
    yield server
    server.close()


def build(request: pytest.FixtureRequest, provider: str) -> Keeper:
    """Return a provider with a fresh root."""
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp(provider)
    patch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    match provider:
        case "pkcs11":
            return TokenKeeper(folder, patch)
        case "openbao":
            return TransitKeeper(folder, request.getfixturevalue("bao"))
        case "awskms":
            return KmsKeeper(request.getfixturevalue("moto"), patch)
    return LocalKeeper(folder)


@pytest.fixture(params=PROVIDERS)
def keeper(request: pytest.FixtureRequest) -> Iterator[Keeper]:
    """Return each provider in turn."""
    made = build(request, request.param)
    yield made
    made.recover()


@pytest.fixture(params=REMOTE)
def remote(request: pytest.FixtureRequest) -> Iterator[Keeper]:
    """Return each provider that can fail."""
    made = build(request, request.param)
    yield made
    made.recover()


@pytest.fixture
def root(keeper: Keeper) -> Iterator[Root]:
    """Return a handle on its root."""
    handle = opened(keeper.place)
    yield handle
    handle.close()


@pytest.fixture
def far_root(remote: Keeper) -> Iterator[Root]:
    """Return a handle on the root of a provider that can fail."""
    handle = opened(remote.place)
    yield handle
    handle.close()


def eventually(attempt: Callable[[], object]) -> None:
    """Try until it works; how long that takes is not looked at, only that it comes."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            attempt()
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def code_of(work: Callable[[], object]) -> str:
    """Return the code that something fails with; empty when it does not."""
    try:
        work()
    except Failure as failure:
        return failure.code
    return ""


def body_at(root: Root, wrapped: bytes) -> bytes:
    """Return the provider's own part of a wrapped key."""
    return sealed.unseal(root.key_id, CONTEXT, wrapped)


@pytest.mark.parametrize("length", [1, 32, 64])
def test_what_is_wrapped_comes_back(root: Root, length: int) -> None:
    """Two wrappings of one key differ, both open, and the key is not in them."""
    key = secrets.token_bytes(length)
    first, second = root.wrap(CONTEXT, key), root.wrap(CONTEXT, key)

    assert root.unwrap(CONTEXT, first) == root.unwrap(CONTEXT, second) == key
    assert first != second
    assert length < 32 or key not in first
    check(root)


def test_another_handle_opens_it(keeper: Keeper, root: Root) -> None:
    """A root has one name, and a second process opens what the first wrapped."""
    key = secrets.token_bytes(32)
    wrapped = root.wrap(CONTEXT, key)
    again = opened(keeper.place)

    assert again.key_id == root.key_id == wrapped[1:9].hex()
    assert again.unwrap(CONTEXT, wrapped) == key
    again.close()


def test_another_root_is_told_by_name(keeper: Keeper, root: Root) -> None:
    """What one root wrapped, another refuses as wrong, and neither has the other's name."""
    other = opened(keeper.other)

    assert other.key_id != root.key_id
    assert code_of(lambda: root.unwrap(CONTEXT, other.wrap(CONTEXT, b"k" * 32))) == "root.wrong"
    assert code_of(lambda: other.unwrap(CONTEXT, root.wrap(CONTEXT, b"k" * 32))) == "root.wrong"
    other.close()


def test_altered_or_moved_bytes_do_not_open(root: Root) -> None:
    """One changed bit anywhere, a missing end, another context: never the key."""
    wrapped = root.wrap(CONTEXT, secrets.token_bytes(32))

    for place in (*range(9, len(wrapped), 7), len(wrapped) - 1):
        altered = bytearray(wrapped)
        altered[place] ^= 1
        assert code_of(lambda one=bytes(altered): root.unwrap(CONTEXT, one)) == "key.unwrap"  # type: ignore[misc]
    assert code_of(lambda: root.unwrap(ELSEWHERE, wrapped)) == "key.unwrap"
    assert code_of(lambda: root.unwrap(CONTEXT, wrapped[:-1])) == "key.unwrap"
    assert code_of(lambda: root.unwrap(CONTEXT, b"")) == "root.wrong"


def test_a_forged_digest_opens_nothing(remote: Keeper, far_root: Root) -> None:
    """The provider itself binds the context: whoever makes our digest fit is refused by it."""
    other = opened(remote.other)
    body = body_at(far_root, far_root.wrap(CONTEXT, secrets.token_bytes(32)))
    foreign = sealed.unseal(other.key_id, CONTEXT, other.wrap(CONTEXT, secrets.token_bytes(32)))
    forged = {
        "moved": (ELSEWHERE, body),
        "altered": (CONTEXT, body[:-1] + bytes([body[-1] ^ 1])),
        "short": (CONTEXT, body[:20]),
        "empty": (CONTEXT, b""),
        "foreign": (CONTEXT, foreign),
    }

    for context, bytes_ in forged.values():
        whole = sealed.seal(far_root.key_id, context, bytes_)
        with pytest.raises(Broken):
            far_root.unwrap(context, whole)
    check(far_root)  # and none of it made the provider look ill
    other.close()


def test_the_stored_form_is_the_published_one() -> None:
    """Format, name, digest and body stand where ``sealed`` says; the digest is SHA-256."""
    name = "0123456789abcdef"
    whole = sealed.seal(name, b"ctx", b"body")
    bound = frame(b"\x02" + bytes.fromhex(name), b"ctx")
    digest = hashlib.sha256(frame(b"bailee sealed 1", bound, b"body")).digest()[:16]

    assert whole == b"\x02" + bytes.fromhex(name) + digest + b"body"
    assert sealed.maker(whole) == name


def test_a_rotated_root_opens_what_it_wrapped_before(remote: Keeper, far_root: Root) -> None:
    """A new version wraps from now on, in handles that stood before too; the name stays."""
    key, name = secrets.token_bytes(32), far_root.key_id
    before = far_root.wrap(CONTEXT, key)

    remote.rotate()

    after = far_root.wrap(CONTEXT, key)
    again = opened(remote.place)
    for handle in (far_root, again):
        assert handle.key_id == name
        assert handle.unwrap(CONTEXT, before) == handle.unwrap(CONTEXT, after) == key
    if not isinstance(remote, KmsKeeper):  # KMS does not say which version it wrapped with
        assert body_at(far_root, before)[:9] != body_at(far_root, after)[:9]
    again.close()


def test_a_retired_version_is_called_so(remote: Keeper, far_root: Root) -> None:
    """What it wrapped stays shut under a code of its own, and the others go on."""
    if isinstance(remote, KmsKeeper):
        return  # KMS retires no version
    before = far_root.wrap(CONTEXT, b"k" * 32)
    remote.rotate()
    after = far_root.wrap(CONTEXT, b"k" * 32)

    remote.retire()

    assert code_of(lambda: far_root.unwrap(CONTEXT, before)) == "root.retired"
    assert far_root.unwrap(CONTEXT, after) == b"k" * 32


def test_a_root_that_is_not_there_is_missing(keeper: Keeper) -> None:
    """Nobody makes a root by naming it (C2.8(3)).

    OpenBao would make a key for a token that may create one; to one that may not, it says so.
    """

    def use() -> None:
        handle = opened(keeper.nowhere)
        try:
            handle.wrap(CONTEXT, b"k" * 32)
        finally:
            handle.close()

    wanted = "root.refused" if isinstance(keeper, TransitKeeper) else "root.missing"
    assert code_of(use) == wanted


@pytest.mark.parametrize(
    ("ill", "code"),
    [("kill", "root.unavailable"), ("hang", "root.unavailable"), ("refuse", "root.refused")],
)
def test_a_provider_that_fails_is_not_waited_for_twice(
    remote: Keeper, far_root: Root, *, ill: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Every call ends with the right code and says no secret; recovery needs nobody (C3.2)."""
    caplog.set_level(logging.DEBUG)
    key = secrets.token_bytes(32)
    wrapped = far_root.wrap(CONTEXT, key)
    codes = {code, "root.missing"} if (ill, type(remote)) == ("kill", TokenKeeper) else {code}
    getattr(remote, ill)()

    said = ""
    for work in (
        lambda: far_root.wrap(CONTEXT, key),
        lambda: far_root.unwrap(CONTEXT, wrapped),
        lambda: check(far_root),
    ):
        with pytest.raises(Unavailable) as failed:
            work()
        assert failed.value.code in codes
        assert failed.value.retryable
        said += "".join(traceback.format_exception(failed.value))
    remote.recover()
    eventually(lambda: check(far_root))

    assert far_root.unwrap(CONTEXT, wrapped) == key
    said += caplog.text
    for secret in (*spellings(key), *remote.secrets()):
        assert secret not in said


def spellings(key: bytes) -> list[str]:
    """Return a key as errors and logs might spell it."""
    return [key.hex(), base64.b64encode(key).decode(), repr(key)[2:-1]]


def test_nothing_reaches_a_provider_that_failed(remote: Keeper, far_root: Root) -> None:
    """While the circuit is open a hundred calls end at once: the provider is asked by one alone."""
    remote.hang()
    assert code_of(lambda: check(far_root)) == "root.unavailable"
    running = threading.active_count()

    codes = {code_of(lambda: far_root.wrap(CONTEXT, b"k" * 32)) for _ in range(100)}

    assert codes == {"root.unavailable"}
    assert threading.active_count() <= running + 2  # the probe and its one call


class Load:
    """Threads that make controllers and seal values, and remember only what was answered."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.sealed: list[tuple[str, str, bytes]] = []
        self.failures: list[BaseException] = []
        self.rounds = 0
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(4)]

    def begin(self) -> None:
        """Start."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Stop and wait."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        count = 0
        while not self._stop.is_set():
            count += 1
            try:
                self._once(f"c{number}-{count}")
            except BaseException as error:  # noqa: BLE001 - looked at by the test
                self.failures.append(error)
            self.rounds += 1
            time.sleep(0.01)

    def _once(self, controller: str) -> None:
        self.keys.create_controller(controller)
        [key] = self.keys.new_subject_keys(controller, 1)
        self.sealed.append((controller, key.key_id, key.aead.encrypt(NONCE, b"value", b"")))


@pytest.mark.parametrize("ill", ["kill", "hang", "refuse"])
def test_nothing_is_lost_when_the_provider_fails_under_load(
    remote: Keeper, key_database: Database, *, ill: str, tmp_path: Path
) -> None:
    """What was answered opens afterwards; what is unwrapped goes on meanwhile; all recovers."""
    root, hours, mirror = opened(remote.place), Hours(), FileMirror(tmp_path / "mirror.jsonl")
    keys = Keys(key_database, root, Clock(hours), mirror=mirror, limits=Limits(seconds=1e9))
    keys.start()
    keys.create_controller("steady")
    load = Load(keys)
    load.begin()
    try:
        eventually(lambda: reach(load, len(load.sealed) > 8))
        getattr(remote, ill)()
        eventually(lambda: reach(load, bool(load.failures)))
        [key] = keys.new_subject_keys("steady", 1)
        entry = keys.open_opening("steady", "e", keys.seal_opening("steady", "e", b"opening"))
        known = key.aead.encrypt(NONCE, b"value", b"")
        remote.recover()
        eventually(lambda: check(root))
        answered = len(load.sealed)
        eventually(lambda: reach(load, len(load.sealed) > answered + 8))
    finally:
        remote.recover()
        load.end()

    assert entry == b"opening"
    allowed = {"root.unavailable", "root.missing", "root.refused"}
    assert {getattr(one, "code", repr(one)) for one in load.failures} <= allowed
    fresh = Keys(key_database, root, Clock(hours), mirror=mirror)
    fresh.start()
    for controller, key_id, data in [*load.sealed, ("steady", key.key_id, known)]:
        found = fresh.subject_keys(controller, [key_id])[key_id]
        assert found.aead.decrypt(NONCE, data, b"") == b"value"
    root.close()


def reach(load: Load, there: object) -> None:
    """Raise until a load has come so far."""
    if not there:
        raise AssertionError(f"after {load.rounds} rounds: {load.failures[:3]}")


def test_a_refused_pin_is_not_tried_again(request: pytest.FixtureRequest) -> None:
    """Tokens count wrong PINs and lock: after the first, nothing asks until the file changes."""
    keeper = build(request, "pkcs11")
    assert isinstance(keeper, TokenKeeper)
    root = opened(keeper.place)
    check(root)
    keeper.refuse()
    assert code_of(lambda: check(root)) == "root.refused"
    time.sleep(1)  # several rounds of the probe

    assert keeper.sessions() == []  # a login needs one

    keeper.recover()
    eventually(lambda: check(root))
    root.close()


def test_a_key_that_can_be_taken_out_is_refused(request: pytest.FixtureRequest) -> None:
    """A root in a token stays in it (C2.8(3))."""
    keeper = build(request, "pkcs11")
    assert isinstance(keeper, TokenKeeper)
    root = opened(keeper.make_extractable("weak"))

    with pytest.raises(Refused, match=r"root\.weak"):
        root.wrap(CONTEXT, b"k" * 32)
    root.close()


def test_a_killed_session_is_made_again_unnoticed(request: pytest.FixtureRequest) -> None:
    """The process that speaks to the token may die at any time: the same call asks a new one."""
    keeper = build(request, "pkcs11")
    assert isinstance(keeper, TokenKeeper)
    root = opened(keeper.place)
    check(root)
    [first] = keeper.sessions()

    keeper._kill_sessions()
    check(root)

    [second] = keeper.sessions()
    assert first != second
    root.close()
    assert keeper.sessions() == []


def test_a_session_that_hangs_is_ended(request: pytest.FixtureRequest) -> None:
    """Its process is killed in time, whoever gave the call up; the next call gets a new one."""
    keeper = build(request, "pkcs11")
    assert isinstance(keeper, TokenKeeper)
    root = TokenRoot(read_token_key(keeper.place.address.partition(":")[2]), limit=8)
    check(root)
    [first] = keeper.sessions()
    os.kill(first, signal.SIGSTOP)

    assert code_of(lambda: within(60, lambda: check(root))) == "root.unavailable"
    assert keeper.sessions() == []

    check(root)
    root.close()


def test_an_alias_names_the_same_root(request: pytest.FixtureRequest) -> None:
    """A KMS key has one name here, however it is given."""
    keeper = build(request, "awskms")
    assert isinstance(keeper, KmsKeeper)
    by_alias, by_arn = opened(keeper.alias()), opened(keeper.place)

    assert by_alias.key_id == by_arn.key_id
    assert by_alias.unwrap(CONTEXT, by_arn.wrap(CONTEXT, b"k" * 32)) == b"k" * 32
    for handle in (by_alias, by_arn):
        handle.close()


def test_a_server_that_nobody_vouches_for_is_told_nothing(request: pytest.FixtureRequest) -> None:
    """Without the certificate's file the connection ends before the token is sent (C3.1)."""
    keeper = build(request, "openbao")
    root = opened(replace(keeper.place, ca_file=""))
    logged = keeper.server.folder / "audit.log"  # type: ignore[attr-defined]
    size = logged.stat().st_size

    assert code_of(lambda: check(root)) == "root.unavailable"
    assert logged.stat().st_size == size
    root.close()


@pytest.mark.parametrize(("provider", "extra"), [("pkcs11", "pkcs11"), ("awskms", "aws")])
def test_a_missing_library_is_named(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, *, provider: str, extra: str
) -> None:
    """The error says what to install."""
    keeper = build(request, provider)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(NotFound, match=f"root.extra_{extra}") as failed:
        opened(keeper.place)
    assert f"bailee[{extra}]" in failed.value.do
