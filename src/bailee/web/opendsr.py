"""Routes of OpenDSR 2.0: a controller's own system asks for a person (C7.2(6)(i)).

They are a table of their own, as SCIM's is: another standard shapes them and describes itself
(``discovery``). No credential is taken: each call is signed by a registered key of the controller's
(header ``X-OpenDSR-Signature``), and each answer is signed by us in the header of the same name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bailee.app.opendsr import ROOT, Said, Signed
from bailee.web.call import JSON, Call, Reply, Route, Sent
from bailee.web.house import House

SHORT = 64 * 1024
"""A request with twenty identities, and what a controller writes beside them."""
PEM = "application/x-pem-file"


def discovery(house: House, _call: Call, _body: None) -> Reply:
    """Say what is taken here."""
    return _reply(house.opendsr_discovery())


def certificate(house: House, _call: Call, _body: None) -> Reply:
    """Get the certificate that vouches for answers."""
    return Reply(200, house.opendsr_certificate())


def enter(house: House, call: Call, _body: Any) -> Reply:
    """Enter a request; it is held until the controller instructs us."""
    return _reply(house.opendsr_enter(_signed(call)))


def status(house: House, call: Call, _body: None) -> Reply:
    """Say how a request stands."""
    return _reply(house.opendsr_show(call.item, _signed(call)))


def cancel(house: House, call: Call, _body: None) -> Reply:
    """Take a request back while nothing was done about it."""
    return _reply(house.opendsr_cancel(call.item, _signed(call)))


def _signed(call: Call) -> Signed:
    sent = call.sent or Sent("", "", "", b"")
    return Signed(sent.signature, sent.method, sent.path, sent.body, call.remote)


def _reply(said: Said) -> Reply:
    headers = (
        (b"x-opendsr-processor-domain", said.domain.encode("ascii")),
        (b"x-opendsr-signature", said.signature.encode("ascii")),
    )
    return Reply(said.status, said.body, headers)


def _row(method: str, path: str, call: Callable[..., Reply], media: str = JSON) -> Route:
    return Route(
        method=method,
        path=f"{ROOT}{path}",
        name=f"opendsr_{call.__name__}",
        summary=(call.__doc__ or "").partition("\n")[0],
        call=call,
        media=media,
        auth=False,
        body_bytes=SHORT,
        opened=method == "POST",
        signed=True,
    )


ROUTES = (
    _row("GET", "/discovery", discovery),
    _row("GET", "/certificate.pem", certificate, PEM),
    _row("POST", "/requests", enter),
    _row("GET", "/requests/{id}", status),
    _row("DELETE", "/requests/{id}", cancel),
)
