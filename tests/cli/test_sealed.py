"""What leaves is for named recipients, whole or not there (C2.8(2))."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest

from bailee.cli.sealed import Parts, Recipients
from bailee.errors import Invalid

WHO = pyrage.x25519.Identity.generate()
OTHER = pyrage.x25519.Identity.generate()


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ([], "recipient.missing"),
        (["age1qqqq"], "recipient.form"),
        (["AGE-SECRET-KEY-1QQQQ"], "recipient.secret"),
        ([str(WHO)], "recipient.secret"),
        (["ssh-ed25519 AAAA"], "recipient.form"),
        ([str(WHO.to_public())] * 17, "recipient.missing"),
    ],
)
def test_without_a_true_recipient_nothing_leaves(named: list[str], code: str) -> None:
    """Nobody, nonsense, and even a secret key are refused, and the secret is not repeated."""
    with pytest.raises(Invalid) as raised:
        Recipients(named)
    assert raised.value.code == code
    assert str(WHO) not in str(raised.value)


@pytest.mark.parametrize("armor", [False, True])
def test_each_recipient_opens_a_part_and_nobody_else(armor: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter of the test
    """A part is one age file; its folder and itself are their owner's alone."""
    third = pyrage.x25519.Identity.generate()
    named = [str(WHO.to_public()), str(OTHER.to_public())]
    parts = Parts(tmp_path / "out", ".csv", Recipients(named, armor=armor))
    parts.write(1, b"a,b\n")
    sealed = parts.path(1).read_bytes()
    assert sealed.startswith(b"-----BEGIN AGE" if armor else b"age-encryption.org/v1")
    assert [pyrage.decrypt(sealed, [one]) for one in (WHO, OTHER)] == [b"a,b\n"] * 2
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [third])
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0
    assert parts.path(1).stat().st_mode & 0o077 == 0


def test_parts_that_nobody_noted_go(tmp_path: Path) -> None:
    """Parts behind the last noted one and half-written ones are removed; the others stand."""
    parts = Parts(tmp_path / "out", ".csv", Recipients([str(WHO.to_public())]))
    for number in (1, 2, 3):
        parts.write(number, b"x")
    (tmp_path / "out" / "part-000002.new").write_bytes(b"half")
    (tmp_path / "out" / "journal").write_bytes(b"")
    parts.drop_after(2)
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [
        "journal",
        "part-000001.csv.age",
        "part-000002.csv.age",
    ]


def test_parts_do_not_follow_links(tmp_path: Path) -> None:
    """A link where the folder or a part should be is refused or replaced, never written through."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Invalid, match=r"output\.kind"):
        Parts(tmp_path / "out", ".csv", Recipients([str(WHO.to_public())]))
    parts = Parts(tmp_path / "own", ".csv", Recipients([str(WHO.to_public())]))
    (tmp_path / "victim").write_text("mine")
    parts.path(1).symlink_to(tmp_path / "victim")
    parts.write(1, b"x")
    assert (tmp_path / "victim").read_text() == "mine"
    assert not parts.path(1).is_symlink()
