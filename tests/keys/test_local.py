"""The root in a file: made once, private, locked, and never mistaken for another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from bailee.errors import Broken, Conflict, Failure, Invalid, Refused, Unavailable
from bailee.keys import LocalRoot, combine, create, local, open_root, read_key, split
from bailee.keys.local import Cost

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
WORDS = "correct horse battery"


def test_argon2id_gives_the_published_answer() -> None:
    """RFC 9106 §5.3."""
    kdf = Argon2id(
        salt=b"\x02" * 16,
        length=32,
        iterations=3,
        lanes=4,
        memory_cost=32,
        ad=b"\x04" * 12,
        secret=b"\x03" * 8,
    )

    assert kdf.derive(b"\x01" * 32).hex() == (
        "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    )


def test_the_default_cost_is_the_second_option_of_the_standard() -> None:
    """RFC 9106 §4: t=3, p=4, m=2^16 KiB."""
    assert Cost() == Cost(memory_kib=2**16, passes=3, lanes=4)


@pytest.mark.parametrize("passphrase", ["", WORDS])
def test_a_root_made_once_opens_again(tmp_path: Path, passphrase: str) -> None:
    """What one opening wrapped, another unwraps; the name is the same."""
    path = tmp_path / "root"
    name = create(path, passphrase, cost=CHEAP)
    wrapped = open_root(path, passphrase).wrap(b"ctx", b"k" * 32)

    again = open_root(path, passphrase)

    assert again.key_id == name
    assert again.unwrap(b"ctx", wrapped) == b"k" * 32


def test_a_root_file_is_its_owners_alone(tmp_path: Path) -> None:
    """The file is 0600 whatever the umask, and no draft of it is left behind (C2.5(4))."""
    previous = os.umask(0)
    try:
        create(tmp_path / "root")
    finally:
        os.umask(previous)

    assert (tmp_path / "root").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["root"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601, 0o666])
def test_looser_permissions_are_refused(tmp_path: Path, mode: int) -> None:
    """A file that group or others may touch is not opened."""
    path = tmp_path / "root"
    create(path)
    path.chmod(mode)

    with pytest.raises(Refused, match=r"root\.permissions"):
        open_root(path)


def test_a_root_is_never_overwritten(tmp_path: Path) -> None:
    """Making a root where there is a file is refused and leaves the file as it was."""
    path = tmp_path / "root"
    create(path)
    before = path.read_bytes()

    with pytest.raises(Conflict, match=r"root\.exists"):
        create(path)

    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["root"]


def test_a_missing_root_is_unavailable(tmp_path: Path) -> None:
    """No file: the provider is not there, which may change; nothing is made up instead."""
    with pytest.raises(Unavailable, match=r"root\.missing"):
        open_root(tmp_path / "root")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("passphrase", ["", "correct horse batterz", "Correct horse battery"])
def test_a_wrong_passphrase_is_refused(tmp_path: Path, passphrase: str) -> None:
    """Any other passphrase, or none, does not open the file."""
    create(tmp_path / "root", WORDS, cost=CHEAP)

    with pytest.raises(Refused, match=r"root\.passphrase"):
        open_root(tmp_path / "root", passphrase)


def test_a_passphrase_is_the_same_however_it_is_typed(tmp_path: Path) -> None:
    """Composed and decomposed letters are one passphrase (NFKC)."""
    create(tmp_path / "root", "caf\u00e9 au lait", cost=CHEAP)

    assert open_root(tmp_path / "root", "cafe\u0301 au lait").key_id


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    """Eleven characters are too few."""
    with pytest.raises(Invalid, match=r"root\.passphrase_short"):
        create(tmp_path / "root", "eleven char")


def test_a_locked_file_does_not_hold_the_key(tmp_path: Path) -> None:
    """With a passphrase the key's bytes stand nowhere in the file; without one they do."""
    key = bytes(range(32))
    create(tmp_path / "locked", WORDS, key=key, cost=CHEAP)
    create(tmp_path / "plain", key=key)

    assert key.hex().encode() not in (tmp_path / "locked").read_bytes()
    assert key.hex().encode() in (tmp_path / "plain").read_bytes()


@pytest.mark.parametrize("passphrase", ["", WORDS])
def test_no_byte_of_the_file_can_be_changed(tmp_path: Path, passphrase: str) -> None:
    """Header and body are authenticated: a file with any one byte changed does not open."""
    path = tmp_path / "root"
    create(path, passphrase, cost=CHEAP)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises((Broken, Refused), match=r"root\.(file|passphrase)"):
            open_root(path, passphrase)


@pytest.mark.parametrize(
    ("name", "data"),
    {
        "empty": b"",
        "one line": b"{}",
        "no JSON": b"x\n00\n",
        "a list": b"[]\n00\n",
        "no fields": b"{}\n00\n",
        "not hex": b"{}\nzz\n",
        "binary": bytes(range(256)),
        "greedy": b'{"file":"bailee root","lock":{"kdf":"argon2id","lanes":1,"memory_kib":'
        b'9007199254740991,"nonce":"000000000000000000000000","passes":1,"salt":'
        b'"00000000000000000000000000000000"},"root":"","version":1}\n' + b"00" * 48 + b"\n",
    }.items(),
)
def test_what_is_no_root_file_is_said_to_be_none(tmp_path: Path, name: str, data: bytes) -> None:
    """Nonsense in the file's place crashes nothing and spends no memory."""
    path = tmp_path / "root"
    path.touch(0o600)
    path.write_bytes(data)

    with pytest.raises(Broken, match=r"root\.file"):
        open_root(path, WORDS)


@pytest.mark.parametrize(
    "cost", [Cost(2**21 + 1, 1, 1), Cost(64, 65, 1), Cost(64, 0, 1), Cost(64, 1, 65), Cost(7, 1, 1)]
)
def test_costs_have_bounds(cost: Cost) -> None:
    """No header makes the reader spend more than the house allows, or less than the standard."""
    assert not cost.bounded()


def test_another_root_is_told_by_name() -> None:
    """What one root wrapped, another refuses as wrong before trying."""
    wrapped = LocalRoot(b"a" * 32).wrap(b"ctx", b"k" * 32)

    with pytest.raises(Broken, match=r"root\.wrong"):
        LocalRoot(b"b" * 32).unwrap(b"ctx", wrapped)


@pytest.mark.parametrize("change", ["context", "body", "short"])
def test_moved_or_altered_keys_do_not_unwrap(change: str) -> None:
    """A wrapped key in another context, altered, or cut is broken."""
    root = LocalRoot(b"a" * 32)
    wrapped = root.wrap(b"ctx", b"k" * 32)
    context = b"other" if change == "context" else b"ctx"
    altered = {"body": wrapped[:-1] + bytes([wrapped[-1] ^ 1]), "short": wrapped[:12]}

    with pytest.raises(Broken, match=r"key\.unwrap"):
        root.unwrap(context, altered.get(change, wrapped))


def test_a_root_comes_back_from_its_kit(tmp_path: Path) -> None:
    """Two of three shares make a file that unwraps what the lost root wrapped (C4.1)."""
    create(tmp_path / "lost", WORDS, cost=CHEAP)
    wrapped = open_root(tmp_path / "lost", WORDS).wrap(b"ctx", b"k" * 32)
    kit = split(read_key(tmp_path / "lost", WORDS), 2, 3)

    create(tmp_path / "found", key=combine(kit[1:]))

    assert open_root(tmp_path / "found").unwrap(b"ctx", wrapped) == b"k" * 32


def test_a_key_of_another_length_is_refused(tmp_path: Path) -> None:
    """A kit of something else makes no root."""
    with pytest.raises(Invalid, match=r"root\.length"):
        create(tmp_path / "root", key=b"short")


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """If the name cannot be made there is no root and no draft of one."""
    (tmp_path / "root").mkdir()

    with pytest.raises(Failure):
        create(tmp_path / "root")

    assert [path.name for path in tmp_path.iterdir()] == ["root"]
    assert local.key_id(b"a" * 32) != local.key_id(b"b" * 32)
