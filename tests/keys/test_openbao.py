"""What OpenBao's transit engine may answer, and a few things that it never would (C2.8(3))."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bailee.errors import Failure
from bailee.keys.openbao import ANSWER_BYTES, TransitKey, TransitRoot
from tests.simulators.witness import SimulatedWitness

JSON = "application/json"
CONTEXT = b"a place"
KEY = b"k" * 32
TOKEN = "s.simulated"


def says(status: int, **body: object) -> tuple[int, str, bytes]:
    """Return an answer with a JSON body."""
    return status, JSON, json.dumps(body).encode()


def sealed(_body: bytes) -> tuple[int, str, bytes]:
    """Encrypt as nobody should."""
    return says(200, data={"ciphertext": "vault:v1:AAAA"})


@pytest.fixture
def engine() -> SimulatedWitness:
    """Return whoever listens at the address; it encrypts."""
    return SimulatedWitness(sealed)


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    """Return the file with the token."""
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n")
    return path


@pytest.fixture
def root(engine: SimulatedWitness, token_file: Path) -> Iterator[TransitRoot]:
    """Return a root at that address."""
    with engine.served() as url:
        made = TransitRoot(TransitKey(url, "transit", "root", str(token_file)))
        yield made
        made.close()


def code_of_wrap(root: TransitRoot) -> str:
    """Return the code with which wrapping fails; empty when it does not."""
    try:
        root.wrap(CONTEXT, KEY)
    except Failure as failure:
        return failure.code
    return ""


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (says(400, errors=["encryption key not found"]), "root.missing"),
        (says(400, errors=["something else"]), "root.refused"),
        (says(401), "root.refused"),
        (says(403, errors=["permission denied"]), "root.refused"),
        (says(404), "root.missing"),
        (says(302), "root.unavailable"),
        (says(429), "root.unavailable"),
        (says(473), "root.unavailable"),
        (says(500), "root.unavailable"),
        (says(503, errors=["Vault is sealed"]), "root.unavailable"),
        ((200, "text/html", b"<p>Sign in to the network</p>"), "root.unavailable"),
        (says(200), "root.unavailable"),
        (says(200, data=[]), "root.unavailable"),
        (says(200, data={"ciphertext": 7}), "root.unavailable"),
        (says(200, data={"ciphertext": "A" * ANSWER_BYTES}), "root.unavailable"),
        ((200, JSON, b'{"data": {"ciphertext": "AAAA'), "root.unavailable"),
    ],
)
def test_each_answer_has_its_code(
    engine: SimulatedWitness, root: TransitRoot, answer: tuple[int, str, bytes], code: str
) -> None:
    """The engine's statuses mean what its documentation says; anything else is no answer."""
    engine.say = lambda _: answer
    assert code_of_wrap(root) == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("ciphertext or signature version is disallowed by policy (too old)", "root.retired"),
        ("encryption key not found", "root.missing"),
        ("cipher: message authentication failed", "root.wrong"),
        ("invalid ciphertext: no prefix", "root.wrong"),
    ],
)
def test_each_no_to_opening_has_its_code(
    engine: SimulatedWitness, root: TransitRoot, error: str, code: str
) -> None:
    """The engine says by words why it does not open; they are compared and never shown."""
    wrapped = root.wrap(CONTEXT, KEY)
    engine.say = lambda _: says(400, errors=[error])
    with pytest.raises(Failure) as failed:
        root.unwrap(CONTEXT, wrapped)
    assert failed.value.code == code
    assert error not in failed.value.says + failed.value.do


def test_a_key_that_is_no_base64_is_no_answer(engine: SimulatedWitness, root: TransitRoot) -> None:
    """Whoever answered, it was not the engine."""
    wrapped = root.wrap(CONTEXT, KEY)
    engine.say = lambda _: says(200, data={"plaintext": "not base64!"})
    with pytest.raises(Failure, match=r"root\.unavailable"):
        root.unwrap(CONTEXT, wrapped)


def test_the_context_is_bound_by_the_engine(engine: SimulatedWitness, root: TransitRoot) -> None:
    """Both calls carry format, the root's name and the context as associated data."""
    wrapped = root.wrap(CONTEXT, KEY)
    engine.say = lambda _: says(200, data={"plaintext": base64.b64encode(KEY).decode()})
    assert root.unwrap(CONTEXT, wrapped) == KEY

    found = [base64.b64decode(json.loads(body)["associated_data"]) for body in engine.asked]
    name = b"\x02" + bytes.fromhex(root.key_id)
    assert len(found) == 2
    for one in found:
        assert name in one
        assert one.endswith(CONTEXT)


@pytest.mark.parametrize("content", [None, b"", b"\n", b"two\nlines", b"\xff\xfe"])
def test_without_a_token_nothing_is_asked(
    engine: SimulatedWitness, root: TransitRoot, token_file: Path, content: bytes | None
) -> None:
    """A missing or damaged file of the token is said to be that, and put right it is read anew."""
    token_file.unlink()
    if content is not None:
        token_file.write_bytes(content)
    assert code_of_wrap(root) == "root.credential"
    assert engine.asked == []
    token_file.write_text(TOKEN)
    assert code_of_wrap(root) == ""


def test_no_proxy_of_the_environment_sees_it(
    engine: SimulatedWitness, token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the machine's other programs are told about proxies does not count (C3.1)."""
    with SimulatedWitness(sealed).served() as proxy, engine.served() as url:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        one = TransitRoot(TransitKey(url, "transit", "root", str(token_file)))
        assert code_of_wrap(one) == ""
        one.close()
    assert len(engine.asked) == 1
