"""A controller that holds its own key: its refusal stops every read at once (C2.8(3))."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bailee.app.control import Blind
from bailee.app.watch_vault import keys_wrapped
from bailee.client import BaileeProblem
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.errors import Refused
from bailee.keys import create
from bailee.keys.hierarchy import LEDGER
from bailee.keys.sealed import maker
from bailee.keys.tables import controller_key, held_root
from tests.journeys.world import (
    ACME,
    GLOBEX,
    PAYMENT,
    Place,
    World,
    code_of,
    every_verb,
    founded,
    value,
)
from tests.keys.roots import TransitKeeper, founded_bao
from tests.openbao import Bao

NAME = "Marigold Featherstone"


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    """Return a controller's own OpenBao."""
    server = founded_bao(tmp_path_factory.mktemp("openbao"))
    yield server
    server.kill()


@pytest.fixture
def keeper(tmp_path_factory: pytest.TempPathFactory, bao: Bao) -> Iterator[TransitKeeper]:
    """Return a controller's own key there."""
    made = TransitKeeper(tmp_path_factory.mktemp("keeper"), bao)
    yield made
    made.recover()


@pytest.fixture(params=["sqlite", "clusters"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, keeper: TransitKeeper
) -> Iterator[World]:
    """Return a deployment whose root is a file of its own, with a controller's credential."""
    home = tmp_path_factory.mktemp("journey") / "home"
    folder = keeper.token_file.parent
    (folder / Path(keeper.place.ca_file).name).write_bytes(Path(keeper.place.ca_file).read_bytes())
    held = {
        "BAILEE_HELD_FOLDER": str(folder),
        "BAILEE_HELD_HOSTS": host_of(keeper),
    }
    with founded(request.param, home, request, **held) as made:
        made.give(ACME, "bram", ["keys"])
        yield made


def host_of(keeper: TransitKeeper) -> str:
    """Return host and port of a root."""
    return urlsplit(keeper.place.address.partition(":")[2]).netloc


def address(keeper: TransitKeeper) -> str:
    """Return the root as its controller names it, with the names of its credential's files."""
    return f"{keeper.place.address}?token-file=token&ca-file={Path(keeper.place.ca_file).name}"


def makers(world: World) -> dict[str, set[str]]:
    """Return who wrapped a controller's keys, by purpose."""
    with world.rows(keys=True) as conn:
        rows = conn.execute(controller_key.select().where(controller_key.c.controller == ACME))
        found: dict[str, set[str]] = {}
        for row in rows.mappings():
            found.setdefault(row["purpose"], set()).add(maker(row["wrapped"]))
    return found


def soon(attempt: Callable[[], object], code: str) -> None:
    """Call until that is what comes; fail when it does not come at all."""
    until = time.monotonic() + 60
    while (now := code_of(attempt)) != code:
        assert time.monotonic() < until, f"{now} instead of {code}"
        time.sleep(0.05)


def test_its_refusal_stops_every_call_and_is_recorded(
    world: World, keeper: TransitKeeper, tmp_path: Path
) -> None:
    """Refused, silent, dead: nothing is opened, found or stored; others go on; all comes back."""
    name = value("person.name", {"person.name": NAME})
    record = world.protect("somebody", person__name=name)
    other = world.protect("somebody", GLOBEX)
    sealed = world.line("payout").encrypt(
        ACME, PAYMENT, [{"ref": "1", "element": "person.name", "subject": "x", "value": name}]
    )
    place = Place(ACME, record, "somebody", sealed.results[0].ciphertext, text=name)
    house_root = makers(world)["data"]

    done = world.line("bram").hold_root(ACME, address(keeper))

    assert done.keys == 4
    found = makers(world)
    assert {use: by == {done.root} for use, by in found.items()} == {
        use: use != LEDGER for use in found
    }
    assert found[LEDGER] == house_root
    assert world.reveal("payout", record) == name
    keeper.refuse()
    calls = every_verb(world.line("payout"), place)
    soon(calls["reveal"], "root.withheld")
    with pytest.raises(Refused, match=r"root\.withheld"):  # asked by all that remembers keys
        world.house.parts.keys.epoch(ACME)
    needing = ("reveal", "search", "encrypt", "decrypt", "reencrypt")
    assert {verb: code_of(calls[verb]) for verb in needing} == dict.fromkeys(
        needing, "root.withheld"
    )
    with pytest.raises(BaileeProblem) as told:
        world.protect("another")
    assert (told.value.code, told.value.status) == ("root.withheld", 403)
    assert value("person.name", {"person.name": world.reveal("stranger", other, controller=GLOBEX)})
    with pytest.raises(Blind, match=r"root\.withheld"):
        keys_wrapped(world.house, ACME)
    last = world.last(tmp_path / "refused")
    assert (last["decision"], last["detail"]["code"]) == ("refused", "root.withheld")

    keeper.recover()
    soon(calls["reveal"], "done")
    assert world.reveal("payout", record) == name
    keeper.hang()
    soon(calls["reveal"], "root.unavailable")
    keeper.recover()
    soon(calls["reveal"], "done")
    keeper.kill()
    soon(calls["search"], "root.unavailable")
    keeper.recover()
    soon(calls["search"], "done")


def test_nothing_of_it_opens_by_the_house_s_root_alone(world: World, keeper: TransitKeeper) -> None:
    """After a start without the controller's yes nothing opens; rotated keys are its root's too."""
    record = world.protect("somebody")
    world.line("bram").hold_root(ACME, address(keeper))
    for what in ("data", "index", "token"):
        world.line("bram").rotate_keys(ACME, what)
    root = makers(world)["data"]
    assert all(by == root for use, by in makers(world).items() if use != LEDGER)
    assert len(root) == 1
    world.close()
    keeper.refuse()
    world.open()
    assert code_of(lambda: world.reveal("payout", record)) == "root.withheld"
    keeper.recover()
    soon(lambda: world.reveal("payout", record), "done")


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_it_is_given_up_and_taken_again_with_its_holder_s_yes(
    world: World, keeper: TransitKeeper
) -> None:
    """Released, every key is the house's again; withheld, it is neither released nor moved."""
    record = world.protect("somebody")
    bram = world.line("bram")
    house_root = makers(world)["data"]
    assert bram.hold_root(ACME).keys == 0  # it holds none
    bram.hold_root(ACME, address(keeper))
    assert bram.hold_root(ACME, address(keeper)).keys == 0
    keeper.refuse()
    soon(lambda: bram.hold_root(ACME), "root.withheld")
    assert makers(world)["data"] != house_root
    keeper.recover()
    soon(lambda: bram.hold_root(ACME), "done")
    assert {root for by in makers(world).values() for root in by} == house_root
    assert world.reveal("payout", record) == NAME


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_a_move_of_the_house_s_root_leaves_it_alone(world: World, keeper: TransitKeeper) -> None:
    """The house's new root wraps the key of its openings; all others stay under its own."""
    record = world.protect("somebody")
    world.give(HOUSE, "bram", ["keys"])
    held = world.line("bram").hold_root(ACME, address(keeper)).root
    world.close()
    new = world.settings.home.parent / "new.key"
    create(new)
    world.settings = replace(world.settings, root=f"file:{new}", root_before="file:")
    world.open()
    moved = world.line("bram").move_root()
    assert moved.after == ""
    found = makers(world)
    assert found.pop(LEDGER) == {moved.root}
    assert set().union(*found.values()) == {held}
    assert world.reveal("payout", record) == NAME


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_who_may_and_what_is_no_root(world: World, keeper: TransitKeeper) -> None:
    """Only with ``keys`` there; never a file of ours sent away, or a library loaded, or a typo."""
    for who in ("payout", "esra"):
        asked = partial(world.line(who).hold_root, ACME, address(keeper))
        assert code_of(asked) == "grant.missing"
    bram, before = world.line("bram"), makers(world)
    for wrong, code in (
        ("file:/etc/shadow", "root.address"),
        ("somewhere", "root.address"),
        (f"{keeper.place.address}?token-file=/etc/hostname", "root.address"),
        (f"{keeper.place.address}?token-file=../keeper0/token", "root.address"),
        (f"{keeper.place.address}?token-file=token&ca-file=/etc/hostname", "root.address"),
        (keeper.place.address, "root.address"),
        ("pkcs11:token=t;object=o?module-path=/tmp/any.so", "root.address"),
        (address(keeper).replace(keeper.name, "another"), "root.refused"),
    ):
        assert code_of(partial(bram.hold_root, ACME, wrong)) == code
    assert makers(world) == before


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_a_root_is_where_the_operator_lists_it(world: World, keeper: TransitKeeper) -> None:
    """ASVS 1.3.6: any other host, port or path is refused and never called; on record.

    Taken off the list, a root that is held already is called no more, and that is our failure
    (503), not the caller's.
    """
    bram, before = world.line("bram"), makers(world)
    port = host_of(keeper).rpartition(":")[2]
    for wrong, code in (
        (address(keeper).replace(f":{port}/", ":1/"), "root.host"),
        (address(keeper).replace(host_of(keeper), "metadata.internal"), "root.host"),
        (address(keeper).replace(host_of(keeper), f"127.0.0.2:{port}"), "root.host"),
        (address(keeper).replace("/transit/", "/transit/../sys/"), "root.address"),
        (address(keeper).replace("/transit/", "/transit%2Fkeys/"), "root.address"),
        ("awskms:arn:aws:kms:eu-west-1:111122223333:key/k-1", "root.host"),
        ("awskms:arn:aws:kms:evil.example/:111122223333:key/k-1", "root.address"),
        ("awskms:alias/ours", "root.address"),
    ):
        assert code_of(partial(bram.hold_root, ACME, wrong)) == code, wrong
    assert makers(world) == before
    record = world.protect("somebody")
    bram.hold_root(ACME, address(keeper))
    world.close()
    world.settings = replace(world.settings, held_hosts=frozenset({"elsewhere.example"}))
    world.open()
    with pytest.raises(BaileeProblem) as told:
        world.reveal("payout", record)
    assert (told.value.code, told.value.status) == ("root.host", 503)
    world.close()
    world.settings = replace(world.settings, held_hosts=frozenset({host_of(keeper).upper()}))
    world.open()
    assert world.reveal("payout", record)


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_a_withheld_controller_can_be_destroyed(world: World, keeper: TransitKeeper) -> None:
    """Destruction needs no yes of its root; afterwards the house has forgotten the root as well."""
    world.protect("somebody")
    bram = world.line("bram")
    bram.hold_root(ACME, address(keeper))
    keeper.refuse()
    soon(lambda: world.protect("another"), "root.withheld")
    at = write_time(world.now() - timedelta(minutes=1))
    bram.end_agreement(ACME, at=at, instruction="letter 7")
    world.line("clara").choose_end(ACME, "destroy")
    assert (
        code_of(lambda: bram.destroy_controller(ACME, confirm=ACME, instruction="letter 7"))
        == "done"
    )
    assert set(makers(world)) == {LEDGER}
    assert world.count("vault_record", ACME) == 0
    with world.rows(keys=True) as conn:
        assert conn.execute(held_root.select()).all() == []
