"""The second place: nothing acknowledged is lost, and merging is union and maximum."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailee.errors import Broken, Unavailable
from bailee.keys import LocalRoot
from bailee.keys.mirror import (
    FileMirror,
    Head,
    Line,
    Made,
    Mirror,
    Mirrors,
    Tombstone,
    merge,
    summary,
)
from tests.keys.lender import Lender

DEATH = Tombstone("acme", "k1", "2026-03-02T09:00:00.000Z", "ab")
HEAD = Head("log/2026", 7, "cd" * 32)
MADE = Made("acme", "index", 2)

deaths = st.builds(
    Tombstone, st.sampled_from("ab"), st.sampled_from("xyz"), st.just("t"), st.just("")
)
heads = st.integers(0, 9).map(lambda size: Head("log", size, f"{size:02x}"))
mades = st.builds(Made, st.sampled_from("ab"), st.just("index"), st.integers(1, 9))
lines = st.lists(st.one_of(deaths, heads, mades), max_size=12)


Opened = Callable[[], Mirror]


@pytest.fixture(params=["file", "witness", "both"])
def opened(
    request: pytest.FixtureRequest, tmp_path: Path, root: LocalRoot
) -> Iterator[Callable[[], Mirror]]:
    """Return what a new process does: open the mirror, a file or a place that a witness lends."""
    if request.param == "file":
        yield lambda: FileMirror(tmp_path / "m")
        return
    lender = Lender(tmp_path, request.getfixturevalue("keys_db"), root)
    with lender.post.served() as url:
        if request.param == "witness":
            yield lambda: lender.at(url)
        else:
            yield lambda: Mirrors(FileMirror(tmp_path / "m"), lender.at(url))


def test_lines_come_back_as_they_were(opened: Opened) -> None:
    """Every kind of line survives."""
    mirror = opened()
    assert mirror.read() == []

    mirror.append([DEATH, HEAD])
    mirror.append([])
    mirror.append([MADE])

    for one in (mirror, opened(), opened()):
        assert set(one.read()) == {DEATH, HEAD, MADE}


def test_a_file_is_in_order_and_its_owners_alone(tmp_path: Path) -> None:
    """Nobody else of the machine reads it (C2.5(4))."""
    FileMirror(tmp_path / "m").append([DEATH, HEAD])
    FileMirror(tmp_path / "m").append([MADE])

    assert FileMirror(tmp_path / "m").read() == [DEATH, HEAD, MADE]
    assert (tmp_path / "m").stat().st_mode & 0o777 == 0o600


def test_a_line_is_laid_out_as_documented(tmp_path: Path) -> None:
    """Canonical JSON with a kind, one line each."""
    FileMirror(tmp_path / "m").append([MADE])

    assert (tmp_path / "m").read_bytes() == (
        b'{"controller":"acme","kind":"made","purpose":"index","version":2}\n'
    )


@pytest.mark.parametrize("torn", [b"{", b'{"kind":"made"', b"\0" * 9000, b"\xff"])
def test_a_torn_last_line_is_ignored_and_then_cut(tmp_path: Path, torn: bytes) -> None:
    """What a power cut left of the last line was never acknowledged: it goes, the rest stays."""
    path = tmp_path / "m"
    mirror = FileMirror(path)
    mirror.append([DEATH])
    path.write_bytes(path.read_bytes() + torn)

    assert mirror.read() == [DEATH]
    mirror.append([HEAD])
    assert mirror.read() == [DEATH, HEAD]


def test_a_file_that_is_one_torn_line_begins_anew(tmp_path: Path) -> None:
    """Torn before the first line was whole: nothing was ever acknowledged."""
    (tmp_path / "m").write_bytes(b'{"kind"')
    mirror = FileMirror(tmp_path / "m")

    mirror.append([DEATH])

    assert mirror.read() == [DEATH]


@pytest.mark.parametrize(
    "line",
    [b"", b"x", b"[]", b"1", b'{"kind":"other"}', b'{"kind":"made"}', b'{"kind":"head","extra":1}'],
)
def test_a_foreign_whole_line_is_broken(tmp_path: Path, line: bytes) -> None:
    """A whole line that bailee did not write is not stepped over: somebody was there."""
    (tmp_path / "m").write_bytes(line + b"\n")

    with pytest.raises(Broken, match=r"mirror\.broken"):
        FileMirror(tmp_path / "m").read()


def test_a_place_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    """No directory, no acknowledgement."""
    mirror = FileMirror(tmp_path / "none" / "m")

    with pytest.raises(Unavailable, match=r"mirror\.failed"):
        mirror.append([DEATH])


def test_compaction_keeps_what_counts(opened: Opened) -> None:
    """Superseded heads and versions go, some at once; deaths, the last head and version stay."""
    mirror = opened()
    heads = [Head("log", size, "00") for size in range(50)]
    mirror.append([DEATH, *heads, MADE, DEATH])

    mirror.compact()

    left = opened().read()
    assert set(summary(left).values()) == {DEATH, heads[-1], MADE}
    assert len(left) < 50


def test_writers_and_a_compaction_lose_no_line(opened: Opened) -> None:
    """Of two processes that write, while others compact, every line is there."""

    def write(name: str) -> None:
        mirror = opened()
        for number in range(20):
            mirror.append([Tombstone("acme", f"{name}{number}", "t", "")])

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for _ in range(10):
        opened().compact()
    for thread in threads:
        thread.join()

    found = {line.key_id for line in opened().read() if isinstance(line, Tombstone)}
    assert found == {f"{name}{number}" for name in "ab" for number in range(20)}


@given(some=lines)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_was_acknowledged_counts(opened: Opened, some: list[Line]) -> None:
    """Whatever was added in whatever order, what counts of it counts when it is read."""
    before = opened().read()

    opened().append(some)

    assert summary(opened().read()) == summary([*before, *some])


def test_deaths_merge_by_union() -> None:
    """Each place learns the deaths it did not know; the first time of death counts."""
    late = Tombstone("acme", "k1", "2026-03-02T10:00:00.000Z", "")
    other = Tombstone("acme", "k2", "2026-03-02T09:00:00.000Z", "")

    merged = merge([DEATH], [late, other])

    assert (merged.deaths, merged.mirror) == ([other], [])
    assert merge([], [late, DEATH]).deaths == [DEATH]
    assert merge([DEATH, other], []).mirror in ([DEATH, other], [other, DEATH])


def test_heads_and_versions_merge_by_maximum() -> None:
    """Whoever is behind is told, and nobody is set back."""
    ahead, newer = Head("log/2026", 9, "ee" * 32), Made("acme", "index", 3)

    assert merge([HEAD], [HEAD, ahead]).heads == [ahead]
    assert merge([ahead], [HEAD]).mirror == [ahead]
    assert merge([ahead], [HEAD]).heads == []
    assert merge([MADE], [newer, MADE]).lost == [newer]
    assert merge([newer], [MADE]).lost == []


def test_one_size_with_two_roots_is_a_fork() -> None:
    """Two places that hold different roots for one size of a log show that it was forked."""
    with pytest.raises(Broken, match=r"log\.guard"):
        merge([HEAD], [Head("log/2026", 7, "00" * 32)])


@given(lines, lines)
def test_after_merging_both_places_say_the_same(ours: list[Line], theirs: list[Line]) -> None:
    """Whatever both held, giving each what it lacks makes them equal, and merging again is idle."""
    merged = merge(ours, theirs)
    database = [*ours, *merged.deaths, *merged.heads, *merged.lost]
    mirror = [*theirs, *merged.mirror]

    assert summary(database) == summary(mirror)
    again = merge(database, mirror)
    assert (again.deaths, again.heads, again.lost, again.mirror) == ([], [], [], [])


@given(lines)
def test_order_and_repetition_mean_nothing(some: list[Line]) -> None:
    """A mirror read backwards or twice says what it says."""
    assert summary(some) == summary([*reversed(some), *some])
