"""An errand's answer is whole, or there is none."""

from __future__ import annotations

import socket
import threading

import pytest

from bailee.gateways.errand import Bounds, LostError, run


@pytest.mark.parametrize(
    ("sent", "whole"), [(b"12345", True), (b"1234", False), (b"", False), (b"123456", True)]
)
def test_an_answer_that_ends_early_is_none(sent: bytes, *, whole: bool) -> None:
    """Fewer bytes than were announced are no answer, even where the line was closed properly."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65536)
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + sent)

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        try:
            if whole:
                assert run(url, Bounds(20, 100, clear=True)).body == b"12345"
            else:
                with pytest.raises(LostError):
                    run(url, Bounds(20, 100, clear=True))
        finally:
            thread.join()
