"""One address says who keeps the root; nothing that is misspelt finds another one."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from bailee.errors import Failure, Invalid, Refused, Unavailable
from bailee.keys import RootPlace, open_place
from bailee.keys.guarded import Guarded, within
from bailee.keys.local import LocalRoot
from bailee.keys.openbao import TransitKey
from bailee.keys.pkcs11 import TokenKey
from bailee.keys.providers import read_token_key, read_transit_key
from bailee.keys.root import CHECK_CONTEXT

LIB = "module-path=/usr/lib/token.so"


@pytest.mark.parametrize(
    ("uri", "key"),
    [
        (
            f"token=vault;object=root?{LIB}&pin-source=file:/etc/pin",
            TokenKey("/usr/lib/token.so", "vault", "", "root", "", "/etc/pin"),
        ),
        (  # RFC 7512 §3: the example's token, pct-encoded, and an id of bytes
            f"token=The%20Software%20PKCS%2311%20Softtoken;id=%69%95%3E%5C%F4;type=secret-key?{LIB}",
            TokenKey(
                "/usr/lib/token.so", "The Software PKCS#11 Softtoken", "", "", "69953e5cf4", ""
            ),
        ),
        (
            f"serial=DECC0401648;object=k%C3%BC?pin-source=/etc/pin&{LIB}",
            TokenKey("/usr/lib/token.so", "", "DECC0401648", "kü", "", "/etc/pin"),
        ),
        (
            f"token=a;object=b?{LIB}&pin-source=file:///etc/pin",
            TokenKey("/usr/lib/token.so", "a", "", "b", "", "/etc/pin"),
        ),
    ],
)
def test_a_pkcs11_uri_is_read_as_the_standard_says(uri: str, key: TokenKey) -> None:
    """RFC 7512 §2.3."""
    assert read_token_key(uri) == key


@pytest.mark.parametrize(
    "address",
    [
        "vault:x",
        "awskms:",
        "pkcs11:",
        f"pkcs11:object=root?{LIB}",
        f"pkcs11:token=vault?{LIB}",
        "pkcs11:token=vault;object=root",
        f"pkcs11:token=vault;object=root;object=two?{LIB}",
        f"pkcs11:token=vault;objekt=root?{LIB}",
        f"pkcs11:token=vault;object=root;type=private?{LIB}",
        f"pkcs11:token=vault;object=%FF?{LIB}",
        f"pkcs11:token=vault;object=root?{LIB}&pin-value=1234",
        "openbao:",
        "openbao:https://host:8200/transit",
        "openbao:http://keys.example:8200/transit/root",
        "openbao:https://me:secret@host/transit/root",
        "openbao:https://host:port/transit/root",
        "openbao:https://host/transit/root?token=secret",
        "openbao:ftp://host/transit/root",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """A secret in it, clear HTTP beyond the machine, a misspelt name: refused, never repeated."""
    with pytest.raises(Invalid, match=r"root\.address") as failed:
        open_place(RootPlace(address, Path("none")))

    said = failed.value.says + failed.value.do
    assert "secret" not in said.replace("type=secret-key", "")
    assert "1234" not in said


def test_an_openbao_address_may_name_its_own_files() -> None:
    """Two roots at once may need two tokens; a namespace is part of the mount."""
    here = read_transit_key("https://host:8200/transit/root", "t", "c")
    there = read_transit_key("https://[::1]/team/transit/root?token-file=/t2&ca-file=/c2", "t", "c")

    assert here == TransitKey("https://host:8200", "transit", "root", "t", "c")
    assert there == TransitKey("https://[::1]", "team/transit", "root", "/t2", "/c2")
    assert read_transit_key("http://localhost:1/transit/root").address == "http://localhost:1"


class Moody:
    """A root that does what its mood says."""

    key_id = "0" * 16

    def __init__(self) -> None:
        self.inner = LocalRoot(b"m" * 32)
        self.mood: Exception | threading.Event | None = None
        self.asked = 0

    def _show(self) -> None:
        self.asked += 1
        if isinstance(self.mood, threading.Event):
            self.mood.wait()
        elif self.mood is not None:
            raise self.mood

    def wrap(self, context: bytes, key: bytes) -> bytes:
        """Wrap, or not."""
        self._show()
        return self.inner.wrap(context, key)

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        """Unwrap, or not."""
        self._show()
        return self.inner.unwrap(context, wrapped)

    def close(self) -> None:
        """Do nothing."""


def test_a_call_that_never_ends_is_given_up() -> None:
    """Also one that no library's own limit would end, such as an answer of a byte a minute."""
    never = threading.Event()

    with pytest.raises(Unavailable, match=r"root\.unavailable") as failed:
        within(0.05, never.wait)

    assert failed.value.retryable
    never.set()


@pytest.mark.parametrize("kind", [Unavailable, Refused])
def test_an_open_circuit_repeats_the_error_and_asks_nobody(kind: type[Failure]) -> None:
    """Family, code and sentences stay; the provider is left alone until the next probe."""
    moody = Moody()
    root = Guarded(moody, pause=3600)
    moody.mood = kind("root.x", "It is so.", do="Do this.")
    with pytest.raises(kind):
        root.wrap(b"c", b"k")
    asked = moody.asked

    for _ in range(3):
        with pytest.raises(kind) as failed:
            root.unwrap(b"c", b"k")
        assert (failed.value.code, failed.value.says, failed.value.do) == (
            "root.x", "It is so.", "Do this.",
        )  # fmt: skip
        assert failed.value is not moody.mood

    assert moody.asked == asked
    root.close()


def test_altered_bytes_open_no_circuit() -> None:
    """One damaged row must not take the root away from all the others."""
    root = Guarded(Moody(), pause=3600)
    with pytest.raises(Failure, match=r"root\.wrong"):
        root.unwrap(b"c", b"nonsense")

    assert root.unwrap(b"c", root.wrap(b"c", b"k")) == b"k"
    root.close()


class Late(Moody):
    """One whose answer to one call comes long after it was asked; its probe fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_slowly, self.free, self.ill = (threading.Event() for _ in range(3))

    def wrap(self, context: bytes, key: bytes) -> bytes:
        """Wrap, or not."""
        if context == b"slow":
            self.asked_slowly.set()
            self.free.wait(60)
        if context == b"slow" or (context == CHECK_CONTEXT and self.ill.is_set()):
            raise Unavailable("root.x", "No.")
        return super().wrap(context, key)


def test_old_news_does_not_shut_out_a_provider_that_came_back() -> None:
    """A call that was asked before the provider recovered, and failed after it, is the only one."""
    provider = Late()
    root = Guarded(provider, limit=60, pause=0.01)
    codes: list[str] = []

    def ask() -> None:
        try:
            root.wrap(b"slow", b"k")
        except Unavailable as failure:
            codes.append(failure.code)

    slow = threading.Thread(target=ask)
    slow.start()
    assert provider.asked_slowly.wait(60)
    provider.mood = Unavailable("root.y", "No.")
    with pytest.raises(Unavailable, match=r"root\.y"):
        root.wrap(b"c", b"k")
    provider.mood = None
    while True:
        try:
            root.wrap(b"c", b"k")
            break
        except Unavailable:
            threading.Event().wait(0.01)
    provider.ill.set()  # a circuit that opened now would stay so
    provider.free.set()
    slow.join()

    assert codes == ["root.x"]
    assert root.unwrap(b"c", root.wrap(b"c", b"k")) == b"k"
    root.close()


@pytest.mark.parametrize(
    "mood", [Unavailable("root.x", "No."), Refused("root.x", "No."), RuntimeError("a library's")]
)
def test_the_probe_outlives_whatever_it_meets(mood: Exception) -> None:
    """Recovery needs nobody, however the provider failed meanwhile."""
    moody = Moody()
    root = Guarded(moody, pause=0.01)
    moody.mood = Unavailable("root.x", "No.")
    with pytest.raises(Unavailable):
        root.wrap(b"c", b"k")
    moody.mood, asked = mood, moody.asked
    while moody.asked < asked + 3:
        threading.Event().wait(0.01)
    moody.mood = None

    while True:
        try:
            assert root.unwrap(b"c", root.wrap(b"c", b"k")) == b"k"
            break
        except Unavailable:
            threading.Event().wait(0.01)
        except Refused:
            threading.Event().wait(0.01)
    root.close()
