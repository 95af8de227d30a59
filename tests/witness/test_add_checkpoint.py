"""``add-checkpoint`` as C2SP tlog-witness has it, over a real socket (C5.2)."""

from __future__ import annotations

import base64
import threading
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bailee.errors import Broken
from bailee.ledger import note
from bailee.witness import Book
from tests.witness.post import NAME, NOON, Post, send
from tests.witness.tree import Log, proof


def test_new_log_and_every_growth_is_cosigned(post: Post, url: str) -> None:
    """From nothing to 1, 2, 3, 8, 13 and 300 entries; each answer is one line by our key."""
    old = 0
    for size in (1, 2, 3, 8, 13, 300):
        status, kind, line = send(url, post.log.body(old, size))
        assert (status, kind.partition(";")[0]) == (200, "text/plain")
        signed = note.open_note(post.log.note(size) + line, [post.verifier])
        assert signed == post.log.text(size)
        old = size


def test_cosignature_is_as_specified_to_the_byte(post: Post, url: str) -> None:
    """Key id by type 0x04, eight bytes of time, Ed25519 over header, time line and whole text."""
    _, _, line = send(url, post.log.body(0, 5, more="an extension\n"))
    dash, name, encoded = line.removesuffix("\n").split(" ")
    raw = base64.b64decode(encoded)
    public = post.verifier.public
    assert (dash, name) == ("\u2014", NAME)
    assert raw[:4] == sha256(NAME.encode() + b"\n\x04" + public).digest()[:4]
    assert int.from_bytes(raw[4:12], "big") == NOON
    said = f"cosignature/v1\ntime {NOON}\n{post.log.text(5)}an extension\n"
    Ed25519PublicKey.from_public_bytes(public).verify(raw[12:], said.encode())


def test_same_checkpoint_again_is_cosigned_at_the_later_time(post: Post, url: str) -> None:
    """Who lost an answer gets another one for the same root."""
    first = send(url, post.log.body(0, 5))[2]
    post.time += 60
    status, _, second = send(url, post.log.body(5, 5))
    assert status == 200
    assert first != second
    assert post.seen()[0] == 5


def test_unknown_origin_is_404(post: Post, url: str) -> None:
    """A log that nobody named gets nothing, whoever signed it."""
    assert send(url, Log("log.example/other").body(0, 5))[0] == 404


def test_unknown_signature_is_403(post: Post, url: str) -> None:
    """The right name under another key, and a right key's wrong signature, prove nothing."""
    assert send(url, Log(seed=b"stranger").body(0, 5))[0] == 403
    other = post.log.body(0, 5).replace("\n5\n", "\n6\n", 1)
    assert send(url, other)[0] == 403
    assert post.seen() == (0, b"")


def test_known_signature_among_unknown_ones_is_enough(post: Post, url: str) -> None:
    """Lines by unknown keys are passed over."""
    stranger = Log(seed=b"stranger").note(5).split("\n\n")[1]
    assert send(url, post.log.body(0, 5) + stranger)[0] == 200


def test_other_old_size_is_409_with_the_size(post: Post, url: str) -> None:
    """The body is the size and a newline, under the media type of the specification."""
    assert send(url, post.log.body(3, 5)) == (409, "text/x.tlog.size", "0\n")
    assert send(url, post.log.body(0, 5))[0] == 200
    for old, size in ((0, 8), (4, 8), (6, 8), (0, 5), (3, 5)):
        assert send(url, post.log.body(old, size)) == (409, "text/x.tlog.size", "5\n")
    assert post.seen()[0] == 5


def test_replayed_older_checkpoint_changes_nothing(post: Post, url: str) -> None:
    """A genuine older checkpoint cannot bring the witness back."""
    send(url, post.log.body(0, 5))
    send(url, post.log.body(5, 9))
    assert send(url, post.log.body(5, 5)) == (409, "text/x.tlog.size", "9\n")
    assert send(url, post.log.body(0, 5)) == (409, "text/x.tlog.size", "9\n")
    assert post.seen()[0] == 9


def test_old_size_past_the_checkpoint_is_400(post: Post, url: str) -> None:
    """A proof leads forward only."""
    send(url, post.log.body(0, 9))
    for old in (6, 9):
        assert send(url, post.log.body(old, 5))[0] == 400


def test_another_root_of_one_size_is_422_and_kept(post: Post, url: str) -> None:
    """A signed contradiction is refused, and kept as the proof of two histories."""
    send(url, post.log.body(0, 5))
    before = post.seen()
    post.log.fork_at = 2
    assert send(url, post.log.body(0, 5)) == (409, "text/x.tlog.size", "5\n")
    assert send(url, post.log.body(5, 5))[0] == 422
    assert post.seen() == before
    book = Book(post.path)
    assert book.forks(post.log.origin) == [post.log.note(5)]
    book.close()


def test_fork_that_went_on_is_422(post: Post, url: str) -> None:
    """No proof leads from the history that was cosigned to the other one."""
    send(url, post.log.body(0, 5))
    before = post.seen()
    post.log.fork_at = 2
    assert send(url, post.log.body(5, 9))[0] == 422
    assert post.seen() == before


def test_wrong_proofs_are_422(post: Post, url: str) -> None:
    """Missing, surplus, swapped and changed hashes; and any hash where there must be none."""
    send(url, post.log.body(0, 5))
    good = proof(5, post.log.leaves(9))
    bad = [[], good[:-1], [*good, good[0]], good[::-1], [bytes(32), *good[1:]]]
    for path in bad:
        assert send(url, post.log.body(5, 9, path=path))[0] == 422
    assert send(url, post.log.body(5, 5, path=good))[0] == 422
    assert post.seen()[0] == 5


def test_proof_from_nothing_must_be_empty(post: Post, url: str) -> None:
    """From size zero there is nothing to be consistent with."""
    assert send(url, post.log.body(0, 5, path=[bytes(32)]))[0] == 422


def test_an_empty_log_has_one_root(post: Post, url: str) -> None:
    """Size zero with SHA-256 of nothing is cosigned, with anything else refused."""
    wrong = Log()
    wrong.text = lambda size, more="": f"{wrong.origin}\n{size}\n{'A' * 43}=\n{more}"  # type: ignore[method-assign]
    assert send(url, wrong.body(0, 0))[0] == 422
    assert send(url, post.log.body(0, 0))[0] == 200


MALFORMED = {
    "nothing": lambda body: body[:0],
    "no old": lambda body: body.partition("\n")[2],
    "a sign": lambda body: body.replace("old 0", "old +0", 1),
    "a leading zero": lambda body: body.replace("old 0", "old 00", 1),
    "an underscore": lambda body: body.replace("old 0", "old 0_0", 1),
    "two spaces": lambda body: body.replace("old 0", "old  0", 1),
    "another digit zero": lambda body: body.replace("old 0", "old \u0660", 1),
    "past 2**63": lambda body: body.replace("old 0", f"old {2**63}", 1),
    "base64 without its end": lambda body: body.replace("old 0\n", f"old 0\n{'A' * 43}\n", 1),
    "base64 with loose bits": lambda body: body.replace("old 0\n", f"old 0\n{'A' * 42}B=\n", 1),
    "a short hash": lambda body: body.replace("old 0\n", "old 0\nAAAA\n", 1),
    "64 hashes": lambda body: body.replace("old 0\n", "old 0\n" + f"{'A' * 43}=\n" * 64, 1),
    "no empty line": lambda body: body.replace("\n\n", "\n", 1),
    "returns": lambda body: body.replace("\n", "\r\n"),
    "no last newline": lambda body: body[:-1],
    "a size with a sign": lambda body: body.replace("\n5\n", "\n+5\n", 1),
    "no signature": lambda body: body.rpartition("\u2014")[0],
    "bytes that are no text": lambda body: body.encode()[:-1] + b"\xff",
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed_bodies_are_400(post: Post, url: str, what: str) -> None:
    """What is lenient here would be two requests with one meaning."""
    assert send(url, MALFORMED[what](post.log.body(0, 5)))[0] == 400
    assert post.seen() == (0, b"")


def test_two_logs_do_not_meet(post: Post, url: str) -> None:
    """Each origin has its own size, and its own key."""
    other = Log("log.example/other", seed=b"other")
    post.trust(other.vkey)
    assert send(url, post.log.body(0, 9))[0] == 200
    assert send(url, other.body(0, 5))[0] == 200
    crossed = Log(other.origin)  # the first log's key under the second one's name
    assert send(url, crossed.body(5, 9))[0] == 403


def test_many_at_once_get_one_history(post: Post, url: str) -> None:
    """Forks of one size sent together: one root is cosigned, the others are refused."""
    forks = []
    for at in range(12):
        fork = Log()
        fork.fork_at = at
        forks.append(fork)
    answers: list[tuple[int, str, str]] = []
    start = threading.Barrier(len(forks))

    def race(fork: Log) -> None:
        start.wait()
        answers.append(send(url, fork.body(0, 20)))

    threads = [threading.Thread(target=race, args=(fork,)) for fork in forks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _, _ in answers) == [200] + [409] * 11
    ((_, _, line),) = [one for one in answers if one[0] == 200]
    (winner,) = [fork for fork in forks if _opens(post, fork.note(20) + line)]
    assert post.seen() == (20, note.read_checkpoint(winner.text(20)).root)


def _opens(post: Post, text: str) -> bool:
    try:
        note.open_note(text, [post.verifier])
    except Broken:
        return False
    return True
