"""A log is checked by somebody else's implementation of the same specifications (C5.2)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.journeys.world import ROOT, World

pytestmark = pytest.mark.xdist_group("journey-interop")
GOPATH = Path("/usr/share/gocode")
SUMDB = GOPATH / "src/golang.org/x/mod/sumdb/note"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Go program, compiled against Debian's golang.org/x/mod."""
    go = shutil.which("go")
    if go is None or not SUMDB.is_dir():
        pytest.skip("needs Go: apt-get install golang-go golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    subprocess.run(
        [go, "build", "-o", str(folder / "check"), str(ROOT / "tests/interop/main.go")],
        env={
            "PATH": os.defpath,
            "GO111MODULE": "off",
            "GOPATH": str(GOPATH),
            "GOCACHE": str(folder / "cache"),
        },
        check=True,
        capture_output=True,
    )
    return folder / "check"


@pytest.fixture(scope="module")
def bundle(house: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return an exported log of more than one tile, and its key."""
    for number in range(270):
        house.line("payout").search(
            "acme", "payment-processing", "person.name", equals=f"N {number}"
        )
    return house.export(tmp_path_factory.mktemp("interop"))


def test_go_reads_every_entry_under_the_signed_root(
    program: Path, bundle: tuple[Path, str]
) -> None:
    """The note opens, each tile and each entry hashes to the root (RFC 6962, C2SP tlog-tiles)."""
    done = subprocess.run([program, *map(str, bundle)], capture_output=True, text=True, check=False)
    origin, size = (bundle[0] / "checkpoint").read_text().splitlines()[:2]
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[:2] == [origin, size]
    assert int(size) > 256


@pytest.mark.parametrize("part", ["checkpoint", "tile/0/000", "tile/entries/000"])
def test_go_refuses_one_flipped_byte(
    program: Path, bundle: tuple[Path, str], part: str, tmp_path: Path
) -> None:
    """Wherever one byte is changed, the other implementation does not accept the log."""
    copy = Path(shutil.copytree(bundle[0], tmp_path / "copy"))
    path = copy / part
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    done = subprocess.run(
        [program, str(copy), bundle[1]], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3, done.stdout
