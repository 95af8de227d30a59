"""Answers anything at once with the same short answer: what the driver alone can reach.

``python -m bench.responder`` prints its port and serves until it is ended.
"""

from __future__ import annotations

import select
import socket
import sys

from bench import wire

GOOD = b'"ok":true'
ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"
    + GOOD
    + b"}"
)


def main() -> None:
    """Serve until ended; a request is taken to be whole when its announced bytes are there."""
    door = socket.create_server(("127.0.0.1", 0))
    poll = select.epoll()
    poll.register(door.fileno(), select.EPOLLIN)
    lines: dict[int, tuple[socket.socket, bytearray]] = {}
    sys.stdout.write(f"{door.getsockname()[1]}\n")
    sys.stdout.flush()
    while True:
        for number, _event in poll.poll():
            if number == door.fileno():
                line, _ = door.accept()
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                lines[line.fileno()] = line, bytearray()
                poll.register(line.fileno(), select.EPOLLIN)
                continue
            line, data = lines[number]
            more = line.recv(1 << 20)
            if not more:
                poll.unregister(number)
                line.close()
                del lines[number]
                continue
            data += more
            if wire.complete(data, wire.whole_size(data)):
                data.clear()
                line.sendall(ANSWER)


if __name__ == "__main__":
    main()
