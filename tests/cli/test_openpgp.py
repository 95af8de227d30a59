"""OpenPGP recipients: whom GnuPG can open it for, and which certificates are refused (C2.8(2))."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pysequoia import Tsk

from bailee.cli import openpgp
from bailee.cli.openpgp import LARGEST
from bailee.cli.sealed import Parts, Recipients
from bailee.errors import Invalid
from tests.simulators.gpg import Gpg

VALUE = b"Marigold Featherstone\n"


@pytest.fixture(scope="module")
def gpg() -> Iterator[Gpg]:
    """Return somebody's GnuPG; its home has a short path, for sockets."""
    with tempfile.TemporaryDirectory(prefix="gpg") as folder:
        made = Gpg(Path(folder) / "h")
        yield made
        made.close()


def refusal(*paths: str | Path) -> Invalid:
    """Return why these recipients are refused."""
    with pytest.raises(Invalid) as raised:
        Recipients([str(one) for one in paths])
    return raised.value


@pytest.mark.parametrize("armor", [False, True])
def test_gpg_opens_what_was_sealed(gpg: Gpg, armor: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter of the test
    """Each of two recipients opens a part with their own program; their fingerprints name them."""
    names = [f"ada{armor}@x.example", f"ben{armor}@x.example"]
    prints = [gpg.make(names[0]), gpg.make(names[1], "nistp384", "nistp384")]
    paths = [gpg.export(one, tmp_path / one, armor=armor) for one in names]
    recipients = Recipients(paths, armor=armor)
    assert recipients.keys == sorted(f"openpgp:{one.lower()}" for one in prints)
    parts = Parts(tmp_path / "out", ".csv", recipients)
    sealed = parts.write(1, VALUE)
    assert parts.path(1).name == "part-000001.csv.pgp"
    assert VALUE not in sealed
    assert sealed.startswith(b"-----BEGIN PGP MESSAGE") is armor
    assert gpg.open(sealed) == VALUE


def test_each_of_two_opens_alone(gpg: Gpg, tmp_path: Path) -> None:
    """A part for two is opened by somebody who has one of the keys, and by nobody with neither."""
    for name in ("cleo@x.example", "dora@x.example", "eve@x.example"):
        gpg.make(name)
    paths = [gpg.export(f"{one}@x.example", tmp_path / one) for one in ("cleo", "dora")]
    sealed = Recipients(paths).seal(VALUE)
    for name, opens in (("cleo", True), ("dora", True), ("eve", False)):
        with tempfile.TemporaryDirectory(prefix="gpg") as folder:
            alone = Gpg(Path(folder) / "h")
            alone.run("--import", stdin=gpg.secret(f"{name}@x.example"))
            if opens:
                assert alone.open(sealed) == VALUE
            else:
                with pytest.raises(AssertionError, match="No secret key"):
                    alone.open(sealed)
            alone.close()


@pytest.mark.parametrize(
    ("made_of", "code"),
    [
        (("rsa3072", "rsa3072"), ""),
        (("nistp256", "nistp256"), ""),
        (("ed25519", "rsa2048"), "recipient.weak"),
        (("rsa2048", "cv25519"), "recipient.weak"),
        (("ed25519", ""), "recipient.unusable"),
    ],
)
def test_weak_keys_are_refused(
    gpg: Gpg, made_of: tuple[str, str], code: str, tmp_path: Path
) -> None:
    """RSA below 3,072 bits is refused, wherever it stands; so is what cannot encrypt."""
    name = f"{'.'.join(made_of)}@x.example"
    gpg.make(name, *made_of)
    path = gpg.export(name, tmp_path / "cert")
    if not code:
        assert gpg.open(Recipients([path]).seal(VALUE)) == VALUE
        return
    assert refusal(path).code == code


def test_ended_certificates_are_refused(gpg: Gpg, tmp_path: Path) -> None:
    """Expired, revoked, or with an encryption key that has expired: nothing is encrypted to it."""
    gpg.make("old@x.example", time="20200101T000000")
    assert refusal(gpg.export("old@x.example", tmp_path / "old")).code == "recipient.expired"
    gpg.revoke(gpg.make("gone@x.example"))
    assert refusal(gpg.export("gone@x.example", tmp_path / "gone")).code == "recipient.revoked"
    inner = gpg.make("inner@x.example", inside="", time="20200101T000000", life="0")
    gpg.run("--quick-add-key", inner, "cv25519", "encr", "1y", time="20200101T000000")
    assert refusal(gpg.export("inner@x.example", tmp_path / "inner")).code == "recipient.expired"


def test_a_secret_key_is_refused_and_not_repeated(gpg: Gpg, tmp_path: Path) -> None:
    """Whoever sends their secret key by mistake is told to; nothing of it is shown."""
    gpg.make("slip@x.example")
    (tmp_path / "slip").write_bytes(gpg.secret("slip@x.example"))
    failure = refusal(tmp_path / "slip")
    assert failure.code == "recipient.secret"
    assert "slip" not in f"{failure} {failure.do}"
    assert failure.__cause__ is None


def test_one_certificate_a_file(gpg: Gpg, tmp_path: Path) -> None:
    """Nobody becomes a recipient by riding along in a file, bound to it in one armor or in two."""
    gpg.make("first@x.example")
    gpg.make("second@x.example")
    for armor in (False, True):
        whole = b"".join(
            Path(gpg.export(f"{one}@x.example", tmp_path / one, armor=armor)).read_bytes()
            for one in ("first", "second")
        )
        (tmp_path / "both").write_bytes(whole)
        assert refusal(tmp_path / "both").code == "recipient.several"
    (tmp_path / "pair").write_bytes(
        gpg.run("--armor", "--export", "first@x.example", "second@x.example")
    )
    assert refusal(tmp_path / "pair").code == "recipient.several"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nzzzz\n",
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n=aaaa\n-----END PGP PUBLIC KEY BLOCK-----\n",
        b"-----BEGIN PGP MESSAGE-----\n\nwcBMA\n-----END PGP MESSAGE-----\n",
        b"\x99\xff\xff" + b"\x04" * 70_000,
        b"\xc6\xff\xff\xff\xff\xff\x04",
        b"\xc8\xff\xff\xff\xff\xff\x01" + b"\x00" * 64,
        b"age1qqqq\n",
        b"\x00" * 4096,
    ],
)
def test_what_is_no_certificate_is_refused(content: bytes, tmp_path: Path) -> None:
    """Damaged armor, lengths that lie, other packets: a typed refusal, in a moment."""
    (tmp_path / "cert").write_bytes(content)
    assert refusal(tmp_path / "cert").code in {"recipient.form", "recipient.unusable"}


def test_files_that_are_none(tmp_path: Path) -> None:
    """A giant, a folder, a device, a name with a zero byte, nothing at all."""
    (tmp_path / "giant").write_bytes(b"\x99" * (LARGEST + 1))
    assert refusal(tmp_path / "giant").code == "recipient.large"
    assert refusal(tmp_path).code == "recipient.form"
    assert refusal("/dev/zero").code == "recipient.form"
    assert refusal(tmp_path / "none").code == "recipient.file"
    assert refusal("a\0b").code == "recipient.file"


def test_one_kind_at_a_time(gpg: Gpg, tmp_path: Path) -> None:
    """A part is one file for all of its recipients, so that age and OpenPGP are not mixed."""
    gpg.make("mix@x.example")
    path = gpg.export("mix@x.example", tmp_path / "mix")
    key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    assert refusal(path, key).code == "recipient.mixed"


def test_a_certificate_that_ends_stops_the_next_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was fit at the beginning is judged anew for each part."""
    made = Tsk.generate("brief@x.example", validity_seconds=600).extract_certificate()
    (tmp_path / "brief").write_bytes(bytes(made))
    recipients = Recipients([str(tmp_path / "brief")])
    recipients.seal(VALUE)
    end = made.expiration
    assert end is not None
    monkeypatch.setattr(openpgp, "system_time", lambda: end)
    with pytest.raises(Invalid, match=r"recipient\.expired"):
        recipients.seal(VALUE)


def test_without_its_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Who installed bailee without it is told what to install."""
    monkeypatch.setitem(__import__("sys").modules, "pysequoia", None)
    with pytest.raises(Invalid, match=r"openpgp\.missing"):
        openpgp.library()
