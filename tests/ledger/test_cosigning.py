"""What a log makes of a witness's answer, without a socket (C5.2; C2SP tlog-witness)."""

from __future__ import annotations

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bailee.errors import Unavailable
from bailee.ledger.cosigning import Denied, Holds, Reply, read_reply
from bailee.ledger.note import COSIGNATURE, Signer, Verifier
from tests.witness.tree import Log

NOW, HOUR = 1_795_003_200, 3600
PLAIN, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
LOG = Log()


def signer(name: str = "witness.example/w1", seed: bytes = b"w1") -> Signer:
    """Return a witness's key."""
    return Signer(name, Ed25519PrivateKey.from_private_bytes(sha256(seed).digest()))


def verifier(one: Signer) -> Verifier:
    """Return its public half, as a policy has it."""
    return Verifier(one.name, one.key.public_key().public_bytes_raw(), COSIGNATURE)


OURS = verifier(signer())


def read(*lines: str) -> str | Holds | Denied:
    """Return what is made of lines that a witness sent under our checkpoint of five entries."""
    return read_reply(Reply(200, PLAIN, "".join(lines).encode()), LOG.note(5), OURS, NOW)


@pytest.mark.parametrize("ahead", [-86_400, 0, HOUR])
def test_a_line_of_the_pinned_key_is_taken(ahead: int) -> None:
    """Also when its clock is behind, or ahead by an hour at most."""
    line = signer().cosign(LOG.text(5), NOW + ahead)
    assert read(line) == line


def test_a_line_of_the_future_is_not_taken() -> None:
    """Stored, it would stand beside every later one as the newest."""
    line = signer().cosign(LOG.text(5), NOW + HOUR + 1)
    with pytest.raises(Unavailable, match=r"witness\.time"):
        read(line)


def test_others_lines_are_passed_over() -> None:
    """Only the pinned key's own is stored, whoever else signed before or after it."""
    mine = signer().cosign(LOG.text(5), NOW)
    named_alike = signer(seed=b"other").cosign(LOG.text(5), NOW)
    stranger = signer("stranger.example/w").cosign(LOG.text(5), NOW)
    assert read(stranger, named_alike, mine) == mine
    assert read(mine, named_alike, stranger) == mine


@pytest.mark.parametrize(
    "lines",
    [
        (signer().cosign(LOG.text(6), NOW),),
        (signer(seed=b"other").cosign(LOG.text(5), NOW),),
        (signer("stranger.example/w").cosign(LOG.text(5), NOW),),
        (signer().cosign(LOG.text(5), NOW).replace("\n", "\n\n"),),
        (signer().cosign(LOG.text(5), NOW).rstrip(),),
        (signer().cosign(LOG.text(5), NOW), "and a word more\n"),
        (LOG.note(5),),
    ],
)
def test_what_is_no_line_of_the_pinned_key_is_no_answer(lines: tuple[str, ...]) -> None:
    """Another checkpoint's, another key's, a line that is none, a whole note."""
    with pytest.raises(Unavailable, match=r"witness\.answer"):
        read(*lines)


@pytest.mark.parametrize(("status", "code"), [(429, "busy"), (500, "busy"), (503, "busy"),
                                              (302, "answer"), (201, "answer")])  # fmt: skip
def test_no_answer_is_asked_for_again(status: int, code: str) -> None:
    """Busy witnesses, and what no witness may say, are nobody's refusal."""
    with pytest.raises(Unavailable, match=rf"witness\.{code}"):
        read_reply(Reply(status, PLAIN, b""), LOG.note(5), OURS, NOW)


def test_refusals_keep_their_status_and_conflicts_their_size() -> None:
    """400, 403, 404 and 422 are the witness's no; 409 says how far it has come."""
    for status in (400, 403, 404, 422):
        assert read_reply(Reply(status, PLAIN, b"no\n"), LOG.note(5), OURS, NOW) == Denied(status)
    most = 2**53 - 1
    for size in (0, 5, most):
        said = Reply(409, f"{SIZE}; charset=x", b"%d\n" % size)
        assert read_reply(said, LOG.note(5), OURS, NOW) == Holds(size)
    for body, kind in (
        (b"%d\n" % (most + 1), SIZE),
        (b"5", SIZE),
        (b"05\n", SIZE),
        (b"5\n", PLAIN),
    ):
        with pytest.raises(Unavailable, match=r"witness\.answer"):
            read_reply(Reply(409, kind, body), LOG.note(5), OURS, NOW)
