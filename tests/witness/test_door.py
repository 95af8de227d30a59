"""A witness's door keeps its bounds: bodies, connections, seconds; and the command serves it."""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from bailee.clock import Clock
from bailee.errors import Refused
from bailee.ledger.note import read_vkey
from bailee.web.certificate import own_certificate
from bailee.web.server import Tls, tls_context
from bailee.witness import Book, Door, Judge, door
from bailee.witness.submission import MAX_BYTES
from tests.witness.post import NAME, Post, send
from tests.witness.tree import Log


@contextmanager
def line(url: str) -> Iterator[socket.socket]:
    """Open a plain connection."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as opened:
        yield opened


def raw(url: str, data: bytes) -> bytes:
    """Send bytes and return the first line of what comes back."""
    with line(url) as opened:
        opened.sendall(data)
        return opened.recv(4096).partition(b"\r\n")[0]


def test_giant_and_unmeasured_bodies_are_not_read(post: Post, url: str) -> None:
    """413 before a byte of a giant is read; 411 where no length, or chunks, are announced."""
    head = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n"
    assert raw(url, head + b"Content-Length: 99999999999\r\n\r\n").split()[1] == b"413"
    assert raw(url, head + b"Content-Length: %d\r\n\r\n" % (MAX_BYTES + 1)).split()[1] == b"413"
    assert raw(url, head + b"\r\n").split()[1] == b"411"
    assert raw(url, head + b"Content-Length: -5\r\n\r\n").split()[1] == b"411"
    assert raw(url, head + b"Content-Length: +5\r\n\r\n").split()[1] == b"411"
    assert raw(url, head + b"Transfer-Encoding: chunked\r\n\r\n").split()[1] == b"411"
    assert raw(url, b"GET /add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n").split()[1] == b"404"
    assert raw(url, b"PUT /add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n").split()[1] == b"501"
    assert send(url, post.log.body(0, 5), "/elsewhere")[0] == 404
    assert send(url, post.log.body(0, 5))[0] == 200


def test_auditors_get_the_newest_checkpoint(post: Post, url: str) -> None:
    """Under the SHA-256 of the origin: the log's note with our line; 404 before there is one."""
    name = sha256(post.log.origin.encode()).hexdigest()
    opened = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    answers = []
    for size in (0, 5, 9):
        line = send(url, post.log.body(5 if size == 9 else 0, size))[2] if size else ""
        opened.request("GET", f"/{name}/checkpoint")
        answer = opened.getresponse()
        answers.append((answer.status, answer.read().decode()))
        assert answers[-1] == ((200, post.log.note(size) + line) if size else answers[0])
    assert answers[0][0] == 404
    opened.request("GET", f"/{name[::-1]}/checkpoint")
    assert opened.getresponse().status == 404
    opened.close()


def test_two_requests_on_one_connection(post: Post, url: str) -> None:
    """Connections are kept alive, as witnesses should (C2SP tlog-witness)."""
    opened = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    opened.connect()
    held = opened.sock
    for old, size in ((0, 5), (5, 9)):
        opened.request("POST", "/add-checkpoint", post.log.body(old, size).encode())
        answer = opened.getresponse()
        assert (answer.status, len(answer.read()) > 100) == (200, True)
        assert opened.sock is held
    opened.close()


def test_silent_and_slow_strangers_are_cut(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends nothing, or a byte now and then, loses the line; others are served."""
    monkeypatch.setattr(door, "LIFE_SECONDS", 0.5)
    with post.served() as url, line(url) as silent, line(url) as slow:
        slow.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 500\r\n\r\n")
        ended = False
        until = time.monotonic() + 20
        while not ended and time.monotonic() < until:
            try:
                slow.sendall(b"o")
                time.sleep(0.05)
            except OSError:
                ended = True
        assert ended
        assert silent.recv(1) == b""
        assert send(url, post.log.body(0, 5))[0] == 200


def test_too_many_connections_cost_only_themselves(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One connection too many is closed; when another ends there is room again."""
    monkeypatch.setattr(door, "MOST", 3)
    head = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 10\r\n\r\n"
    with post.served() as url:
        with ExitStack() as stack:
            held = [stack.enter_context(line(url)) for _ in range(3)]
            for one in held:  # each is known to the door once it was answered
                one.sendall(head + b"0123456789")
                assert one.recv(4096).startswith(b"HTTP/1.1 400")
            with line(url) as late:
                assert late.recv(1) == b""
        until = time.monotonic() + 20
        while True:
            try:
                assert send(url, post.log.body(0, 5))[0] == 200
            except OSError:
                assert time.monotonic() < until
                continue
            break


def test_nobodys_address_is_written_down(
    post: Post, url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A line of the log says what was answered; not to whom, nor about what."""
    with caplog.at_level(logging.DEBUG):
        send(url, post.log.body(0, 5))
        raw(url, b"\x16\x03\x01 nonsense\r\n\r\n")
    said = caplog.text + "".join(capfd.readouterr())
    assert "POST: 200" in said
    assert "127.0.0.1" not in said
    assert post.log.origin not in said


def test_plain_http_is_served_on_the_loopback_alone(post: Post) -> None:
    """Beyond it a certificate is needed (C3.1)."""
    book = Book(post.path)
    with pytest.raises(Refused, match=r"transport\.plain"):
        Door(Judge(book, Clock()), "0.0.0.0", 0)  # noqa: S104 - it is refused
    book.close()


def test_tls_is_the_house_own(post: Post, tmp_path: Path) -> None:
    """Over TLS a submission is cosigned too; a key that others may read is refused (C3.1)."""
    certificate, key = own_certificate(tmp_path / "tls", Clock().now())
    book = Book(post.path)
    served = Door(Judge(book, Clock()), "127.0.0.1", 0, tls=tls_context(Tls(certificate, key)))
    thread = threading.Thread(target=served.serve_forever, args=(0.02,))
    thread.start()
    try:
        trust = ssl.create_default_context(cafile=str(certificate))
        line = http.client.HTTPSConnection(
            "127.0.0.1", served.server_port, timeout=20, context=trust
        )
        line.request("POST", "/add-checkpoint", post.log.body(0, 5).encode())
        status, plain = line.getresponse().status, served.url
        line.close()
    finally:
        served.shutdown()
        thread.join(20)
        served.server_close()
        book.close()

    assert (status, plain.partition(":")[0]) == (200, "https")
    key.chmod(0o644)
    with pytest.raises(Refused, match=r"tls\.key_readable"):
        tls_context(Tls(certificate, key))


def test_a_certificate_without_its_key_is_refused(tmp_path: Path) -> None:
    """Nobody who names a certificate is served in clear by mistake."""
    assert run(tmp_path, "init", NAME).returncode == 0
    done = run(tmp_path, "serve", "--port", "0", "--certificate", "chain.pem")

    assert done.returncode == 2  # usage
    assert "tls.pair" in done.stderr


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `bailee witness`, in a folder with nothing else in it."""
    return subprocess.run(
        [sys.executable, "-m", "bailee", "witness", *arguments],
        cwd=folder,
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_needs_no_home(tmp_path: Path) -> None:
    """init, trust, serve, show; killed while serving it goes on where it was."""
    log = Log()
    made = run(tmp_path, "init", NAME)
    assert made.returncode == 0, made.stderr
    vkey = made.stdout.strip()
    assert read_vkey(vkey, 4).name == NAME
    assert run(tmp_path, "init", NAME).returncode == 1
    assert run(tmp_path, "trust", log.vkey).returncode == 0
    assert run(tmp_path, "trust", log.vkey[:-1]).returncode == 3
    for old, size, end in ((0, 5, signal.SIGKILL), (5, 9, signal.SIGTERM)):
        server = subprocess.Popen(
            [sys.executable, "-m", "bailee", "witness", "serve", "--port", "0"],
            cwd=tmp_path,
            env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert server.stdout is not None
        found = re.search(r"witnessing (\S+)", server.stdout.readline())
        assert found is not None
        assert send(found[1], log.body(old, size))[0] == 200
        server.send_signal(end)
        server.wait(20)
        server.stdout.close()
    told = json.loads(run(tmp_path, "show", "--json").stdout)
    assert told["vkey"] == vkey
    assert [(one["log"], one["size"], one["forks"]) for one in told["logs"]] == [(log.origin, 9, 0)]
    shown = run(tmp_path, "show", log.origin)
    assert shown.returncode == 0
    assert shown.stdout.startswith(log.note(9))
    assert {one.name for one in tmp_path.iterdir()} == {"witness.db"}
