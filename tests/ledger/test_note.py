"""Signed notes against the published examples, and strictness of every text form."""

from __future__ import annotations

import itertools

import pytest

from bailee.errors import Broken, Failure, Invalid
from bailee.ledger import note, verify

# The example of Go's sumdb/note documentation and tests.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETER_LINE = (
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngo"
    "tpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLo"
    "x33WWd1RvMc+QQ=\n"
)
NOTE = TEXT + "\n" + PETER_LINE
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


def test_signing_gives_the_published_note() -> None:
    """The published key signs the published text to exactly the published note."""
    assert note.read_skey(PETER_SECRET).sign(TEXT) == NOTE
    assert note.read_skey(PETER_SECRET).verifier.vkey == PETER


def test_published_note_opens_with_its_key_only() -> None:
    """The note opens with Peter's key, with both, and not with Enoch's alone."""
    peter, enoch = note.read_vkey(PETER), note.read_vkey(ENOCH)
    assert note.open_note(NOTE, [peter]) == TEXT
    assert note.open_note(NOTE + ENOCH_LINE, [peter, enoch]) == TEXT
    with pytest.raises(Broken, match=r"note\.unsigned"):
        note.open_note(NOTE, [enoch])


def test_wrong_signature_of_a_known_key_refuses_the_note() -> None:
    """One good signature does not excuse another known key's wrong one."""
    peter, enoch = note.read_vkey(PETER), note.read_vkey(ENOCH)
    forged = ENOCH_LINE.replace("rwz+eBzm", "rwz+eBzn")
    with pytest.raises(Broken, match=r"note\.signature"):
        note.open_note(NOTE + forged, [peter, enoch])
    assert note.open_note(NOTE + forged, [peter]) == TEXT  # Enoch is unknown: ignored


def test_every_piece_and_change_of_a_key_is_refused() -> None:
    """No substring of a vkey or skey is one, nor is any with one character changed."""
    for text, read in ((PETER, note.read_vkey), (PETER_SECRET, note.read_skey)):
        spans = itertools.combinations(range(len(text) + 1), 2)
        bent = [text[start:end] for start, end in spans if (start, end) != (0, len(text))]
        bent += [text[:i] + chr(ord(text[i]) + 1) + text[i + 1 :] for i in range(len(text))]
        for one in bent:
            with pytest.raises(Failure):
                read(one)


def test_keys_of_other_types_are_refused() -> None:
    """A key of wrong length or unknown type is refused though its id is right (Go's vectors)."""
    for text in (
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ):
        with pytest.raises(Broken):
            note.read_vkey(text)


@pytest.mark.parametrize(
    "bent",
    [
        TEXT,
        TEXT + "\n",
        NOTE[:-1],
        "\x01" + NOTE,
        TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "Bad Name"),
        NOTE + "Unexpected line.\n",
        NOTE.replace("AM=\n", "AN=\n"),  # the same bytes in a second spelling of base64
        TEXT + "\n" + PETER_LINE * 101,
    ],
)
def test_malformed_notes_are_refused(bent: str) -> None:
    """What is not exactly a note (Go's list, and more) is refused before any key is asked."""
    with pytest.raises(Broken, match=r"note\.(form|base64)"):
        note.open_note(bent, [note.read_vkey(PETER)])


def test_signer_refuses_text_that_is_no_note() -> None:
    """Text without a final newline, or with control characters, is not signed."""
    signer = note.read_skey(PETER_SECRET)
    for text in ("abc", "a\tb\n"):
        with pytest.raises(Invalid, match=r"note\.text"):
            signer.sign(text)


def test_checkpoint_of_the_specification_reads_and_writes() -> None:
    """The specification's example is origin, size and root, and is written back the same."""
    text = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"
    checkpoint = note.read_checkpoint(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == text


@pytest.mark.parametrize(
    "size", ["+1", "01", "1_0", " 1", "1 ", "-1", "", "\u0661", "9" * 19, "1" * 20]
)
def test_sizes_have_one_spelling(size: str) -> None:
    """Python would read most of these as numbers; a checkpoint does not."""
    with pytest.raises(Broken, match=r"note\.decimal"):
        note.read_checkpoint(f"example.com/log\n{size}\n{ROOT}\n")
    with pytest.raises(verify.Bad):
        verify.read_number(size, "here")


@pytest.mark.parametrize(
    "root", [ROOT[:-1], ROOT + "\r", ROOT[:-4] + "==", ROOT.replace("I=", "J="), ""]
)
def test_roots_have_one_spelling(root: str) -> None:
    """A root is 32 bytes in canonical base64."""
    with pytest.raises(Broken):
        note.read_checkpoint(f"example.com/log\n1\n{root}\n")


def test_checkpoints_have_three_lines() -> None:
    """Extension lines and missing lines are refused."""
    for text in (f"a\n1\n{ROOT}\nmore\n", f"a\n1\n{ROOT}", f"\n1\n{ROOT}\n", "a\n1\n"):
        with pytest.raises(Broken):
            note.read_checkpoint(text)
