"""A mirror that a witness keeps: what its machine sees, cannot do, and may do to us (C6)."""

from __future__ import annotations

import secrets
import shutil
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bailee.app import lending
from bailee.app.lending import asker, open_mirror
from bailee.app.settings import read_settings
from bailee.db import Database
from bailee.errors import Broken, Failure, Invalid, Unavailable
from bailee.gateways.errand import Bounds, run
from bailee.keys import FileMirror, LentMirror, LocalRoot, Mirrors, TwoRoots, lent
from bailee.keys.mirror import Head, Made, Tombstone
from bailee.web.server import Tls, tls_context
from bailee.witness import Book, Kept
from bailee.witness.kept import BEHIND, Line
from tests.keys.lender import PLACE, Lender
from tests.simulators.certificates import own_certificate
from tests.witness.serving import serving

LOG = "bailee.example/0a1b/2026"
FAILED = r"mirror\.failed"


def death(name: str) -> Tombstone:
    """Return the death of a key."""
    return Tombstone("acme-industries", name, "2026-03-02T09:00:00.000Z", "ab" * 32)


@pytest.fixture
def lender(tmp_path: Path, keys_db: Database, root: LocalRoot) -> Lender:
    """Return a witness that lends a place."""
    return Lender(tmp_path, keys_db, root)


@pytest.fixture
def url(lender: Lender) -> Iterator[str]:
    """Return where it is served."""
    with lender.post.served() as address:
        yield address


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a mirror that failed be asked again at once."""
    monkeypatch.setattr(lent, "PAUSE_SECONDS", 0.0)


def token(lender: Lender) -> str:
    """Return the house's credential."""
    return Path(lender.settings.mirror_token_file).read_text().strip()


def send(url: str, shown: str, body: bytes | None = None, path: str = "") -> tuple[int, str]:
    """Speak with the place as whoever holds a credential."""
    headers = {"Authorization": f"Bearer {shown}"}
    done = run(
        f"{url}/kept/{PLACE}{path}", Bounds(20, 1 << 20, clear=True), body=body, headers=headers
    )
    return done.status, done.body.decode()


def test_the_witness_sees_no_name(lender: Lender, url: str) -> None:
    """Its file holds no controller, key, log or hash of ours; kinds of line look alike."""
    mirror = lender.at(url)
    mirror.append([death("k-one"), Head(LOG, 7, "cd" * 32), Made("acme-industries", "index", 2)])

    book = Book(lender.post.path)
    _, _, lines = Kept(book).read(PLACE, 0)
    book.close()
    written = b"".join(path.read_bytes() for path in lender.post.path.parent.glob("witness.db*"))
    names = (b"acme", b"k-one", LOG.encode(), b"cd" * 32, b"\xcd" * 32, b"ab" * 32, b"2026-03-02")
    assert [name for name in names if name in written] == []
    assert len({len(line.data) for line in lines if line.slot != "key"}) == 1


def test_no_request_takes_a_line_away(lender: Lender, url: str) -> None:
    """Whoever holds the credential can neither delete nor change nor lower what is kept."""
    mirror, shown = lender.at(url), token(lender)
    mirror.append([death("k1"), Head(LOG, 7, "cd" * 32)])
    book = Book(lender.post.path)
    before = Kept(book).read(PLACE, 0)
    (slot,) = {line.slot for line in before[2]} - {"-", "key"}
    junk = b64encode(b"junk").decode()

    assert send(url, shown, f"{slot} 6 {junk}\n".encode()) == (200, "1\n")
    assert send(url, shown, b"".join(f"{s} {r} {b64encode(d).decode()}\n".encode()
                                     for s, r, d in before[2])) == (200, "1\n")  # fmt: skip
    for verb in ("DELETE", "PUT", "PATCH"):
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as line:
            line.sendall(f"{verb} /kept/{PLACE}/1 HTTP/1.0\r\nAuthorization: Bearer {shown}"
                         "\r\n\r\n".encode())  # fmt: skip
            assert line.recv(99).split()[1] == b"501"
    with pytest.raises(Unavailable):
        book.change(lambda page: page.execute("DELETE FROM line WHERE slot = '-'"))
    assert Kept(book).read(PLACE, 0) == before
    book.close()
    assert set(lender.at(url).read()) == {death("k1"), Head(LOG, 7, "cd" * 32)}


def test_what_supersedes_is_not_kept_alone(lender: Lender, url: str) -> None:
    """A false head is loud, and the true ones before it are still there to go back to."""
    mirror = lender.at(url)
    mirror.append([Head(LOG, size, "00" * 32) for size in range(1, 100)])
    book = Book(lender.post.path)
    slot = next(one.slot for one in Kept(book).read(PLACE, 0)[2] if one.slot not in {"-", "key"})
    assert len(lender.at(url).read()) == BEHIND

    assert send(url, token(lender), f"{slot} 999 anVuaw==\n".encode())[0] == 200

    with pytest.raises(Broken, match=r"mirror\.broken"):
        lender.at(url).read()
    ranks = [one.rank for one in Kept(book).read(PLACE, 0)[2] if one.slot == slot]
    book.close()
    assert max(set(ranks) - {999}) == 99


@pytest.mark.parametrize("where", ["data", "slot", "rank"])
def test_an_altered_or_moved_line_does_not_open(lender: Lender, url: str, where: str) -> None:
    """A bit of it, its slot or its rank changed at the witness: broken, never another line."""
    mirror = lender.at(url)
    mirror.append([Head(LOG, 7, "cd" * 32)])
    book = Book(lender.post.path)
    stroke = {
        "data": "data = CAST(substr(data, 1, 40) || x'00' || substr(data, 42) AS BLOB)",
        "slot": f"slot = '{'0' * 32}'",
        "rank": "rank = 8",
    }[where]
    book.change(lambda page: page.execute("DROP TRIGGER line_stays"))
    book.change(lambda page: page.execute(f"UPDATE line SET {stroke} WHERE slot != 'key'"))
    book.close()

    with pytest.raises(Broken, match=r"mirror\.broken"):
        lender.at(url).read()


def test_a_witness_that_was_set_back_is_refused(lender: Lender, tmp_path: Path) -> None:
    """Fewer deaths than it acknowledged: loud when written, loud when read; a new place is new."""
    with lender.post.served() as url:
        lender.at(url).append([death("k1")])
    copy = tmp_path / "older.db"
    shutil.copy(lender.post.path, copy)
    with lender.post.served() as url:
        lender.at(url).append([death("k2"), death("k3")])
        running = lender.at(url)
        running.read()
    for path in tmp_path.glob("witness.db*"):
        path.unlink()
    shutil.copy(copy, lender.post.path)

    with lender.post.served() as url:
        with pytest.raises(Broken, match=r"mirror\.behind"):
            lender.at(url).read()
        for line in (death("k4"), Head(LOG, 9, "00" * 32)):
            with pytest.raises(Broken, match=r"mirror\.behind"):
                _moved(running, lender, url).append([line])
        Path(lender.settings.mirror_token_file).write_text(lender.post.lend("anew"))
        anew = lender.at(url, "anew")
        assert anew.read() == []
        anew.append([death("k1")])


def _moved(mirror: LentMirror, lender: Lender, url: str) -> LentMirror:
    """Return a mirror that is running, now that its witness is at another port."""
    mirror._ask_it = lender.at(url)._ask_it
    return mirror


def test_what_others_add_meanwhile_is_not_missed(lender: Lender, url: str) -> None:
    """A process that reads while another one buries is not told that the witness was set back."""
    lender.at(url).append([death("k1")])
    reading, other = lender.at(url), lender.at(url)
    inner = reading._ask_it

    def ask(path: str, body: bytes | None) -> tuple[int, bytes]:
        answer = inner(path, body)
        if path != "/0":  # all was given: what comes now is not in it
            other.append([death("k2"), death("k3")])
        return answer

    reading._ask_it = ask

    assert set(reading.read()) == {death("k1")}
    assert set(reading.read()) == {death("k1"), death("k2"), death("k3")}


def test_a_house_without_its_root_reads_nothing(lender: Lender, url: str) -> None:
    """The lines of a house open with its root alone; another root is told so."""
    lender.at(url).append([death("k1")])
    lender.root = LocalRoot(b"another root key of thirty-two b"[:32])

    with pytest.raises(Broken, match=r"root\.wrong"):
        lender.at(url).read()


def test_the_key_of_the_lines_moves_with_the_root(
    lender: Lender, url: str, root: LocalRoot
) -> None:
    """After the root moved, the new one alone opens everything, and so does the old kit's."""
    lender.at(url).append([death("k1")])
    new = LocalRoot(bytes(range(1, 33)))
    both = TwoRoots(new, root)
    lender.root = both
    for _ in range(2):
        lender.at(url).follow_root()
    for one in (new, root):
        lender.root = one
        assert lender.at(url).read() == [death("k1")]
    book = Book(lender.post.path)
    assert [one.slot for one in Kept(book).read(PLACE, 0)[2]].count("key") == 2
    book.close()


def test_strangers_get_nothing(lender: Lender, url: str) -> None:
    """Without the token, with another's, or after a new one was given: 401, nothing is kept."""
    lender.at(url).append([death("k1")])
    old, other = token(lender), lender.post.lend("other")
    for shown in ("", "bm_" + "a" * 43, other, "x" * 5000):
        assert send(url, shown, b"- 0 anVuaw==\n")[0] == 401
        assert send(url, shown, path="/0")[0] == 401
    new = lender.post.lend(PLACE)
    assert (send(url, old, path="/0")[0], send(url, new, path="/0")[0]) == (401, 200)
    with pytest.raises(Unavailable, match=FAILED) as caught:
        lender.at(url).append([death("k2")])
    assert "BAILEE_MIRROR_TOKEN_FILE" in caught.value.do
    Path(lender.settings.mirror_token_file).write_text(new)
    assert lender.at(url).read() == [death("k1")]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\n", b"- 0 anVuaw==", b"- 1 anVuaw==\n", b"key 1 anVuaw==\n", b"x 0 anVuaw==\n",
        b"- 0 !\n", b"- 0 \n", b"- 0 anVuaw==\n\n", b"- 0  anVuaw==\n", b"\xff 0 anVuaw==\n",
        b"-  0 anVuaw==\n", b"%s -1 anVuaw==\n" % (b"0" * 32), b"%s 01 anVuaw==\n" % (b"0" * 32),
        b"- 0 %s\n" % b64encode(bytes(2049)), b"%s %s anVuaw==\n" % (b"0" * 32, b"9" * 19),
    ],
)  # fmt: skip
def test_malformed_lines_are_refused_whole(lender: Lender, url: str, body: bytes) -> None:
    """400 for a request with any line that is none, and nothing of it is kept."""
    assert send(url, token(lender), b"- 0 AAAA\n" + body if body else b"")[0] == 400
    assert send(url, token(lender), path="/0") == (200, "0 0 0\n")


def test_a_place_has_an_end(lender: Lender, url: str) -> None:
    """Beyond the megabytes that were lent nothing is taken; what is there stays readable."""
    mirror = lender.at(url)
    book = Book(lender.post.path)
    filling = [Line("-", 0, secrets.token_bytes(2048)) for _ in range(511)]
    mirror.append([death("k1")])
    Kept(book).add(PLACE, filling)
    with pytest.raises(Unavailable, match=FAILED) as caught:
        mirror.append([death(f"late-{number}") for number in range(9)])
    assert "room" in caught.value.do
    assert Kept(book).read(PLACE, 0)[0] == 512
    book.close()


def test_an_address_that_is_none_is_refused(
    tmp_path: Path, keys_db: Database, root: LocalRoot
) -> None:
    """Plain HTTP leaves no machine; an address carries no credential and names a place."""
    for address in (
        "http://witness.example/kept/a", "https://witness.example", "https://w.example/kept/A",
        "https://me:word@w.example/kept/a", "https://w.example/kept/a?x=1", "https://w:x/kept/a",
    ):  # fmt: skip
        settings = read_settings({"BAILEE_MIRROR": address}, tmp_path)
        with pytest.raises(Invalid, match=r"settings\.mirror"):
            open_mirror(settings, root, keys_db)


def test_a_file_and_a_place_may_both_be_named(tmp_path: Path) -> None:
    """A file, an address, or a file and an address; a path may hold commas."""
    for text, file, address in (
        ("", tmp_path / "mirror.jsonl", ""),
        ("/mnt/a,b/m", Path("/mnt/a,b/m"), ""),
        ("https://w/kept/a", tmp_path / "mirror.jsonl", "https://w/kept/a"),
        ("/mnt/a,b/m,https://w/kept/a", Path("/mnt/a,b/m"), "https://w/kept/a"),
    ):
        found = read_settings({"BAILEE_MIRROR": text} if text else {}, tmp_path)
        assert (found.mirror, found.mirror_lent) == (file, address)


def test_both_places_know_what_either_knows(lender: Lender, url: str, tmp_path: Path) -> None:
    """A new file learns from the witness, a new witness from the file; both must acknowledge."""
    first, second = FileMirror(tmp_path / "m1"), FileMirror(tmp_path / "m2")
    first.append([death("k1")])

    assert Mirrors(first, lender.at(url)).read() == [death("k1")]
    assert lender.at(url).read() == [death("k1")]
    Mirrors(second, lender.at(url)).read()
    assert second.read() == [death("k1")]
    with pytest.raises(Unavailable, match=FAILED):
        Mirrors(FileMirror(tmp_path / "none" / "m"), lender.at(url)).append([death("k2")])
    with pytest.raises(Unavailable, match=FAILED):
        Mirrors(second, lender.at("http://127.0.0.1:1")).append([death("k3")])


# What a witness, or whoever answers in its place, may do to us.


@contextmanager
def answering(say: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve connections by hand; each in its thread, until the test is done."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def one(line: socket.socket) -> None:
            with line:
                try:
                    say(line)
                    ended.wait(20)
                except OSError:
                    pass

        def serve() -> None:
            while not ended.is_set():
                try:
                    line, _ = server.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=one, args=(line,), daemon=True).start()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()


def _hang(_line: socket.socket) -> None:
    """Say nothing."""


def _drip(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        line.sendall(b"1")
        time.sleep(0.01)


def _giant(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
    while True:
        line.sendall(b"1" * 65536)


def _say(body: bytes, status: bytes = b"200 OK") -> Callable[[socket.socket], None]:
    def say(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))

    return say


@pytest.mark.parametrize(
    "say",
    [
        _hang, _drip, _giant, _say(b"no", b"503 No"), _say(b"", b"302 Found"), _say(b"garbage"),
        _say(b"-1 0\n"), _say(b"0 0 1\n- 0 AAAA\n"), _say(b"0 9 1\nno line\n"),
        _say(b"0 9 2\n- 0 AAAA\n"), _say(b"0 9 1\n- 0 AAA"), _say(b"0 9\n"), _say(b"\xff" * 500),
        lambda line: line.sendall(b"\x15\x03\x01 not HTTP\r\n\r\n"), lambda line: line.close(),
    ],
)  # fmt: skip
def test_whatever_answers_a_call_ends(
    lender: Lender,
    monkeypatch: pytest.MonkeyPatch,
    say: Callable[[socket.socket], None],
) -> None:
    """Hanging, dripping, giant, refusing, nonsense: mirror.failed, and no wait for the others."""
    monkeypatch.setattr(lending, "SECONDS", 0.5)
    monkeypatch.setattr(lent, "PAUSE_SECONDS", 30.0)
    with answering(say) as url:
        mirror = lender.at(url)
        asked = 0
        inner = mirror._ask_it

        def counted(path: str, body: bytes | None) -> tuple[int, bytes]:
            nonlocal asked
            asked += 1
            return inner(path, body)

        mirror._ask_it = counted
        for _ in range(3):
            with pytest.raises(Unavailable, match=FAILED):
                mirror.append([death("k1")])
        assert asked <= 3
        if say in {_hang, _drip, _giant}:
            assert asked == 1


def test_it_recovers_by_itself(lender: Lender) -> None:
    """When the witness is back the same mirror goes on, and nothing acknowledged is missing."""
    with lender.post.served() as url:
        mirror = lender.at(url)
        mirror.append([death("k1")])
    with pytest.raises(Unavailable, match=FAILED):
        mirror.append([death("k2")])
    with lender.post.served(int(url.rpartition(":")[2])):
        mirror.append([death("k2")])
        assert set(mirror.read()) == {death("k1"), death("k2")}


def test_a_certificate_of_somebody_else_is_not_spoken_to(lender: Lender, tmp_path: Path) -> None:
    """The pinned certificate opens the line; any other one, and nothing was sent (C3.1)."""
    pairs = []
    for name in ("mine", "other"):
        (tmp_path / name).mkdir()
        pairs.append(own_certificate(tmp_path / name))
    served, mine = pairs[0]
    tls = tls_context(Tls(Path(served), Path(served)))
    with lender.post.served(tls=tls) as url:
        with pytest.raises(Unavailable, match=FAILED):
            lender.at(url, mirror_ca_file=pairs[1][1]).append([death("k1")])
        with pytest.raises(Unavailable, match=FAILED):
            lender.at(url, mirror_ca_file=str(tmp_path / "none")).append([death("k1")])
        lender.at(url, mirror_ca_file=mine).append([death("k2")])
        assert lender.at(url, mirror_ca_file=mine).read() == [death("k2")]


def test_a_killed_witness_has_all_that_it_acknowledged(lender: Lender, tmp_path: Path) -> None:
    """Killed again and again while two houses' processes write: no acknowledged line is missing."""
    acknowledged: set[Tombstone] = set()
    number = 0
    for _ in range(3):
        with serving(lender.post.path) as (url, process):
            killer = threading.Timer(1.0, process.kill)
            killer.start()
            mirror = lender.at(url)
            while True:
                number += 1
                try:
                    mirror.append([death(f"k{number}")])
                except Failure:
                    break
                acknowledged.add(death(f"k{number}"))
            killer.join()
    with serving(lender.post.path) as (url, _):
        found = set(lender.at(url).read())
    assert acknowledged
    assert acknowledged - found == set()


def test_no_line_of_the_log_names_anything(
    lender: Lender, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the witness's log nor an error of ours holds a token, a name or a line."""
    shown = token(lender)
    with caplog.at_level("DEBUG"):
        lender.at(url).append([death("k1")])
        send(url, "bm_" + "b" * 43, b"- 0 AAAA\n")
    with pytest.raises(Unavailable) as caught:
        lender.at(url, "nowhere").append([death("k1")])
    said = caplog.text + str(caught.value) + caught.value.do
    assert [word for word in (shown, "bbbb", PLACE, "acme", "127.0.0.1") if word in said] == []


def test_a_token_file_is_read_for_every_question(lender: Lender, url: str) -> None:
    """No file, no token in it: mirror.failed before anything is sent."""
    path = Path(lender.settings.mirror_token_file)
    before = path.read_text()
    ask = asker(replace(lender.settings, mirror_lent=f"{url}/kept/{PLACE}"))
    for text in ("", "bm_short", "bm_" + "a" * 42 + "\n\x00", None):
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
        with pytest.raises(Unavailable, match=FAILED):
            ask("/0", None)
    path.write_text(before)
    assert ask("/0", None)[0] == 200
