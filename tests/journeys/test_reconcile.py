"""A provider's own record of unwraps against the house's log (C2.8(3); a real OpenBao)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bailee.app.reconciliation import Run, standing
from bailee.app.watch_vault import keys_wrapped
from bailee.client import BaileeProblem
from bailee.clock import read_time
from bailee.db import HOUSE
from bailee.keys.hierarchy import controller_context
from bailee.keys.sealed import bound, maker, unseal
from bailee.keys.tables import controller_key
from tests.journeys.world import ACME, World, founded
from tests.keys.roots import TransitKeeper, founded_bao
from tests.openbao import Bao


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    """Return a running OpenBao, which keeps an audit file."""
    server = founded_bao(tmp_path_factory.mktemp("openbao"))
    yield server
    server.kill()


@pytest.fixture
def keeper(tmp_path_factory: pytest.TempPathFactory, bao: Bao) -> TransitKeeper:
    """Return a key of the test's own."""
    return TransitKeeper(tmp_path_factory.mktemp("keeper"), bao)


@pytest.fixture(params=["sqlite", "clusters"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, keeper: TransitKeeper
) -> Iterator[World]:
    """Return a deployment founded under that key."""
    home = tmp_path_factory.mktemp("journey") / "home"
    address = f"{keeper.place.address}?token-file={keeper.token_file}"
    more = {"BAILEE_ROOT": f"{address}&ca-file={keeper.server.ca_file}"}
    with founded(request.param, home, request, **more) as made:
        made.give(HOUSE, "bram", ["keys"])
        yield made


def record_of(keeper: TransitKeeper) -> Path:
    """Return the file that the provider writes."""
    return keeper.server.folder / "audit.log"


def reconciled(world: World, record: Path) -> tuple[int, dict[str, Any]]:
    """Run the command as its operator would; return its exit code and what it said."""
    world.close()
    root = world.settings.root
    done = world.cli("reconcile", str(record), "--json", who="bram", BAILEE_ROOT=root)
    world.open()
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def steal(world: World, keeper: TransitKeeper) -> str:
    """Unwrap one of the house's keys past bailee; return the provider's number for it."""
    with world.rows(keys=True) as conn:
        mine = controller_key.select().where(controller_key.c.controller == ACME)
        row = conn.execute(mine).mappings().first()
    assert row is not None
    root, context = maker(row["wrapped"]), controller_context(ACME, row["purpose"], row["version"])
    stolen = keeper.server.admin(
        "POST",
        f"transit/decrypt/{keeper.name}",
        {
            "ciphertext": unseal(root, context, row["wrapped"]).decode(),
            "associated_data": base64.b64encode(bound(root, context)).decode(),
        },
    )
    assert len(base64.b64decode(stolen["data"]["plaintext"])) == 32
    return str(stolen["request_id"])


def test_an_unwrap_behind_bailee_s_back_is_named(world: World, keeper: TransitKeeper) -> None:
    """From the founding on all is explained; then one decrypt is not, and it stands (C2.8(3))."""
    world.protect("somebody")
    code, said = reconciled(world, record_of(keeper))
    assert (code, said["unexplained"], said["missing"], said["unanswered"]) == (0, 0, 0, 0), said
    assert said["explained"] > 5
    assert keys_wrapped(world.house, ACME) == []

    request = steal(world, keeper)
    code, said = reconciled(world, record_of(keeper))

    assert (code, said["unexplained"], said["missing"]) == (1, 1, 0), said
    [[kind, _, act, number]] = said["found"]
    assert (kind, act, number) == ("unexplained", "decrypt", request)
    assert keys_wrapped(world.house, ACME) == ["root.unexplained_unwraps"]


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_a_record_with_a_line_left_out_is_named(
    world: World, keeper: TransitKeeper, tmp_path: Path
) -> None:
    """Whoever shows the record cannot shorten it; the whole one settles what a short one left."""
    assert reconciled(world, record_of(keeper))[0] == 0
    lines = record_of(keeper).read_bytes().splitlines(keepends=True)
    path = f'"path":"transit/decrypt/{keeper.name}"'.encode()
    answers = [n for n, line in enumerate(lines) if path in line and b'"type":"response"' in line]
    short = tmp_path / "audit.log"
    short.write_bytes(b"".join(line for n, line in enumerate(lines) if n != answers[3]))

    code, said = reconciled(world, short)

    number = json.loads(lines[answers[3]])["request"]["id"]
    assert (code, said["unexplained"], said["missing"]) == (1, 0, 1), said
    assert [found[3] for found in said["found"]] == [number]
    assert keys_wrapped(world.house, ACME) == ["root.record_has_holes"]
    assert reconciled(world, record_of(keeper))[0] == 0
    assert keys_wrapped(world.house, ACME) == []


def test_only_whoever_holds_keys_compares(own_house: World) -> None:
    """Others are refused, and what is no window, number or act is told so, repeating nothing."""
    world = own_house
    day = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
    with pytest.raises(BaileeProblem) as refused:
        world.line("payout").reconcile(**day, seen=[])
    assert refused.value.code == "grant.missing"
    world.give(HOUSE, "bram", ["keys"])
    bram = world.line("bram")
    assert bram.reconcile(**day, seen=[]).explained == 0
    for wrong in (
        {"since": day["until"], "until": day["since"]},
        {"since": "2999-01-01T00:00:00Z", "until": "2999-01-02T00:00:00Z"},
    ):
        with pytest.raises(BaileeProblem) as refused:
            bram.reconcile(**wrong, seen=[])
        assert refused.value.code == "reconcile.window"
    for number, act in (("marigold@example.com", "decrypt"), ("r1", "Marigold F")):
        with pytest.raises(BaileeProblem) as refused:
            bram.reconcile(**day, seen=[(day["since"], number, act)])
        assert refused.value.status == 422
        assert "arigold" not in str(refused.value)


def test_a_finding_stands_until_as_much_is_shown_again() -> None:
    """A later comparison settles one if it covers the time, was shown no less, and is clean."""
    [day, week] = [timedelta(days=1), timedelta(days=7)]
    noon = read_time("2026-11-20T12:00:00Z")
    bad = Run(noon, noon + day, 10, 1, 0)
    assert standing([bad]) == ["root.unexplained_unwraps"]
    assert standing([Run(noon, noon + week, 90, 0, 0), bad]) == ["root.unexplained_unwraps"]
    for later, settled in (
        (Run(noon, noon + week, 90, 0, 0), True),
        (Run(noon, noon + day, 9, 0, 0), False),
        (Run(noon + day, noon + week, 90, 0, 0), False),
        (Run(noon, noon + week, 90, 0, 1), False),
    ):
        assert ("root.unexplained_unwraps" not in standing([bad, later])) == settled
