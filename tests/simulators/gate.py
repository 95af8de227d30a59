"""A gate before a server: open, shut (connections are refused), or silent (taken, never answered).

What goes through is not looked at, so it stands before TLS as well.
"""

from __future__ import annotations

import select
import socket
import threading
from contextlib import suppress

from tests.openbao import free_port


class Gate:
    """Listens on a port of its own and passes everything on, as long as it is open."""

    def __init__(self, behind: int) -> None:
        self.behind = behind
        self.port = free_port()
        self._silent = False
        self._pairs: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.open()

    def open(self) -> None:
        """Let everything through."""
        self._silent = False
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._take, args=(self._listener,), daemon=True).start()

    def shut(self) -> None:
        """Refuse connections and cut those that stand."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self._cut()

    def silence(self) -> None:
        """Take connections and bytes, and answer nothing, those that stand included."""
        self._silent = True

    def _cut(self) -> None:
        pairs, self._pairs = self._pairs, []
        for one in pairs:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _take(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            self._pairs.append(near)
            threading.Thread(target=self._pass_on, args=(near,), daemon=True).start()

    def _pass_on(self, near: socket.socket) -> None:
        with near, socket.socket() as far:
            try:
                far.connect(("127.0.0.1", self.behind))
                self._pairs.append(far)
                while True:
                    ready, _, _ = select.select([near, far], [], [])
                    for one in ready:
                        data = one.recv(65536)
                        if not data:
                            return
                        if not self._silent:
                            (far if one is near else near).sendall(data)
            except OSError:
                return
