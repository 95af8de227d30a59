"""``bailee serve``: one serving process, or a crew of them behind one address.

The same command is the single server, the supervisor of a crew, and, given a seat, its member.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bailee.cli.show import lines
from bailee.errors import Invalid

if TYPE_CHECKING:
    from bailee.app.settings import Settings
    from bailee.web.server import Tls

OWN_CERTIFICATE = "own"


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8443,
    certificate: Annotated[
        str, typer.Option(help="Certificate chain (PEM); 'own' makes one for this machine.")
    ] = "",
    key: Annotated[str, typer.Option(help="The certificate's key (PEM).")] = "",
    workers: Annotated[
        int | None, typer.Option(help="Serving processes; BAILEE_WORKERS by default.")
    ] = None,
    seat: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Serve the API: TLS 1.2 or newer, plain HTTP on the loopback interface alone (C3.1)."""
    from bailee.app.home import check_workers
    from bailee.app.settings import read_settings

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    settings = read_settings()
    wanted = settings.workers if workers is None else workers
    check_workers(settings, wanted)
    tls = _tls(settings, certificate, key)
    if seat or wanted == 1:
        _serve_here(settings, (host, port), tls, seat)
    else:
        raise typer.Exit(_serve_crew((host, port), tls, wanted))


def _tls(settings: Settings, certificate: str, key: str) -> Tls | None:
    """Return the files to serve with; an own certificate is made once the home stands."""
    from bailee.clock import Clock
    from bailee.web.certificate import own_certificate
    from bailee.web.server import Tls

    if certificate == OWN_CERTIFICATE and settings.stands():
        return Tls(*own_certificate(settings.home / "tls", Clock().now()))
    return tls_files(certificate, key)


def tls_files(certificate: str, key: str) -> Tls | None:
    """Return the files to serve with; None when neither is named.

    Raises:
        Invalid: ``tls.pair`` when one is named: nobody who names a certificate wants plain HTTP.
    """
    from bailee.web.server import Tls

    if bool(certificate) != bool(key):
        raise Invalid(
            "tls.pair", "A certificate and its key go together.", do="Name both files, or neither."
        )
    return Tls(Path(certificate), Path(key)) if certificate else None


def _serve_here(settings: Settings, at: tuple[str, int], tls: Tls | None, seat: str) -> None:
    """Serve in this process; with a seat, as a member that its supervisor hears."""
    from bailee.app.crew import Crew
    from bailee.app.home import opened
    from bailee.web.crew import Line, read_seat
    from bailee.web.knock import Knocker
    from bailee.web.server import Listener

    member = read_seat(seat) if seat else None
    with opened(settings, holder="a server that is starting") as house:
        listener = Listener(house, *at, tls=tls, shared=member is not None)
        line = None
        if member is not None:
            house.join(Crew(member.of, 0))
            line = Line(member.line, house.join, listener.stop)

        def ready(url: str) -> None:
            house.renamed(f"server at {url}")
            house.served_at(url)
            house.serve_door(Knocker(url, shared=member is not None).knocks())
            house.call_witnesses()
            if member is None or member.number == 0:
                house.keep_watch()  # one of the crew is enough
            if line is None:
                lines(f"serving {url}")
            else:
                line.ready()

        listener.run(ready)


def _serve_crew(at: tuple[str, int], tls: Tls | None, size: int) -> int:
    """Keep a crew behind one address until told to stop; return the exit code."""
    from bailee.web.crew import Supervisor
    from bailee.web.server import reserve, url

    reserved = reserve(*at, tls)
    port = reserved.getsockname()[1]
    command = [sys.executable, "-m", "bailee", "serve"]
    command += ["--host", at[0], "--port", str(port), "--workers", str(size)]
    if tls is not None:
        command += ["--certificate", str(tls.certificate), "--key", str(tls.key)]
    address = url(at[0], port, tls)
    try:
        return Supervisor([*command, "--seat"], size).run(
            lambda: lines(f"serving {address} with {size} workers")
        )
    finally:
        reserved.close()
