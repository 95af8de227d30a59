"""A deployment whose mirror a witness keeps: what waits for it, and what does not (C6, C2.8(1))."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from bailee.errors import Unavailable
from bailee.keys import lent
from tests.journeys.test_witness import until
from tests.journeys.world import ACME, PAYMENT, World, code_of, founded
from tests.witness.post import Post

NAME = "Marigold Featherstone"


@dataclass
class Borrower:
    """A deployment and the witness that lends it a place, to be taken away and brought back."""

    world: World
    post: Post
    port: int = 0
    stack: ExitStack = field(default_factory=ExitStack)

    def up(self) -> str:
        """Serve the witness."""
        url = self.stack.enter_context(self.post.served(self.port))
        self.port = int(url.rpartition(":")[2])
        return url

    def down(self) -> None:
        """Take it away."""
        self.stack.close()


@pytest.fixture(params=["sqlite", "clusters"])
def borrower(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Borrower]:
    """Return a populated deployment with its mirror at a witness."""
    monkeypatch.setattr(lent, "PAUSE_SECONDS", 0.1)
    folder: Path = tmp_path_factory.mktemp("lent")
    post = Post(folder / "witness.db")
    (folder / "token").write_text(post.lend("harborline"))
    made = Borrower(World(None), post)  # type: ignore[arg-type]  # its world follows
    more = {
        "BAILEE_MIRROR": f"{made.up()}/kept/harborline",
        "BAILEE_MIRROR_TOKEN_FILE": str(folder / "token"),
    }
    with founded(request.param, folder / "home", request, **more) as world:
        made.world = world
        yield made
        made.down()
        made.up()  # so that the last entries are signed
    made.down()


def resumed(world: World) -> bool:
    """Say whether what was begun came to its end; not while a failure of a moment ago counts."""
    with suppress(Unavailable):
        world.house.parts.destruction.resume()
        return True
    return False


def test_erasure_waits_for_the_witness_and_reading_does_not(borrower: Borrower) -> None:
    """An erasure answers that it is not done, while its person is gone from sight all the same.

    Others are read; and when the witness is back everything is finished by itself.
    """
    world = borrower.world
    kept, gone = world.protect("s-kept"), world.protect("s-gone")
    world.house.settle()
    borrower.down()

    erase = partial(world.line("bram").erase, ACME, PAYMENT, subjects=["s-gone"])

    assert code_of(erase) == "erase.unfinished"
    assert world.reveal("payout", kept) == NAME
    assert code_of(partial(world.reveal, "payout", gone)) == "record.unknown"
    until(lambda: world.house.health().status == "degraded")  # the log is not signed meanwhile
    borrower.up()
    until(lambda: resumed(world))
    until(lambda: world.house.health().status == "ok")
    assert world.house.parts.keys.open_intents() == []
    assert code_of(partial(world.reveal, "payout", gone)) == "record.unknown"


def test_nothing_is_served_before_the_mirror_was_read(borrower: Borrower) -> None:
    """A start without it is refused: nobody would know who was erased since a restore."""
    world = borrower.world
    world.close()
    borrower.down()
    with pytest.raises(Unavailable, match=r"mirror\.failed"):
        world.open()
    borrower.up()
    world.open()
    world.protect("s-new")
