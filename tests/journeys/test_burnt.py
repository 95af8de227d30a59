"""A burnt machine: from two backups, three of five shares and the mirror, on a clean one (C4.1)."""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from bailee.app.home import Kit, found, recover
from bailee.app.settings import read_settings
from bailee.errors import Invalid
from tests.journeys.world import ACME, PAYMENT, World, code_of, read_bundle, verified
from tests.sabotage.stage import administrator

NAME = "Marigold Featherstone"


@dataclass
class Ashes:
    """What is left: copies elsewhere, shares on paper, what the auditor kept, and who was where."""

    mirror: Path
    data: Path
    keys: Path
    shares: tuple[str, ...]
    world: World
    kept: str
    gone: dict[str, str]
    later: str
    late: tuple[Path, str]
    log: str


@pytest.fixture(scope="module")
def ashes(tmp_path_factory: pytest.TempPathFactory) -> Ashes:
    """Return what is left of a deployment that erased people before and after its backups."""
    folder = tmp_path_factory.mktemp("burnt")
    mirror = folder / "another-place" / "mirror.jsonl"
    mirror.parent.mkdir()
    settings = read_settings({"BAILEE_MIRROR": str(mirror)}, folder / "home")
    made = found(settings, administrator(), kit=Kit(needed=3, shares=5))
    world = World(settings, ids={"ada": made.principal}, keys={"ada": made.key})
    world.open()
    world.populate()
    kept = world.protect("s-kept")
    gone = {when: world.protect(f"s-{when}") for when in ("before", "after")}
    world.line("bram").erase(ACME, PAYMENT, subjects=["s-before"])
    data = world.backup("copies")
    keys = folder / "key-copies"
    assert world.cli("backup", str(keys), "--keys").returncode == 0
    later = world.protect("s-later")
    world.line("bram").erase(ACME, PAYMENT, subjects=["s-after"])
    late, log = world.export(folder / "auditor"), world.house.newest_log(ACME)
    world.close()
    shutil.rmtree(settings.home)
    return Ashes(mirror, data, keys / "keys.db", made.shares, world, kept, gone, later, late, log)


def test_it_rises_from_what_was_kept_elsewhere(ashes: Ashes, tmp_path: Path) -> None:
    """Records open, the erased do not, the log goes on in a successor that says what was lost."""
    environment = {"BAILEE_MIRROR": str(ashes.mirror)}
    settings = read_settings(environment, ashes.data.parent.parent / "clean")
    with pytest.raises(Invalid, match=r"recovery\.too_few"):
        recover(settings, list(ashes.shares[:2]))
    assert not settings.root_file.exists()
    recover(settings, [ashes.shares[4], ashes.shares[0], ashes.shares[2]])
    clean = World(settings, ids=ashes.world.ids, keys=ashes.world.keys)

    done = clean.cli("restore", str(ashes.data), "--keys", str(ashes.keys), "--json", **environment)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    clean.open()
    try:
        assert clean.reveal("payout", ashes.kept) == NAME
        for record in (*ashes.gone.values(), ashes.later):
            assert code_of(partial(clean.reveal, "payout", record)) == "record.unknown"
        searched = clean.line("payout").search(ACME, PAYMENT, "person.name", equals=NAME)
        assert searched.records == [ashes.kept]
        successor = told["successors"][ashes.log]
        new = clean.export(tmp_path, log=successor)
    finally:
        clean.close()
    origin, size, root = (ashes.late[0] / "checkpoint").read_text().splitlines()[:3]
    link = read_bundle(new[0])[0]["link"]
    assert (link["log"], link["until"]) == (origin, int(size))
    assert bytes.fromhex(link["root"]) == base64.b64decode(root)
    code, said = verified(*new)
    assert (code, "declared lost" in said) == (0, True), said
    assert verified(*ashes.late)[0] == 0


def test_shares_of_another_kit_and_too_few_are_refused(ashes: Ashes, tmp_path: Path) -> None:
    """A kit is made of 2 to 16 shares; a mistyped one is named by its place."""
    settings = read_settings({}, tmp_path / "home")
    for numbers in ((1, 3), (4, 3), (3, 17)):
        with pytest.raises(Invalid, match=r"recovery\.numbers"):
            found(settings, administrator(), kit=Kit(*numbers))
    assert not settings.home.exists()
    wrong = ashes.shares[0][:-1] + ("0" if ashes.shares[0][-1] != "0" else "1")
    with pytest.raises(Invalid, match=r"recovery\.share"):
        recover(settings, [wrong, *ashes.shares[1:3]])
