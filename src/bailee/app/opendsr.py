"""OpenDSR 2.0 as a processor serves it: a controller's own system passes requests on (C7.2(6)(i)).

Where the standard leaves room, or is wrong:

* requests are unsigned there; here each call carries a signed text of the controller
  (``request_key``), and whoever shows none learns nothing, not even whether a controller is here;
* identifiers that were hashed with MD5 or SHA-1 can be guessed, and one hashed by anything finds
  nobody here, where only keyed digests are kept: ``raw`` alone is taken, over TLS (``discovery``);
* it knows three types; correction and restriction come by the other ways in;
* no address is called back: whoever wants to know asks again. A request that names one is refused,
  so that nobody waits;
* the processor's certificate should come from an authority; ours vouches for itself, its SHA-256
  stands in the ledger beside every pack, and answers are signed with ECDSA over SHA-256.

A request that comes twice is answered twice and held once. It is held like any other: what the
system of the controller sends is a request, and its representative's instruction lets us act.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec
import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_der_x509_certificate
from msgspec import Meta

from bailee.access import Caller
from bailee.app.procedure_rows import moment
from bailee.app.request_keys import RequestKeys
from bailee.assurance import signature
from bailee.clock import read_time
from bailee.db import HOUSE, scope
from bailee.errors import Conflict, Failure, Invalid, NotFound, Unauthenticated
from bailee.privacy import request_store as store
from bailee.privacy.request import (
    ACCESS,
    DELETION,
    DONE,
    EXECUTING,
    HELD,
    LIFTED,
    LIFTING,
    OPENDSR,
    PORTABILITY,
    STOPPED,
    Request,
)
from bailee.privacy.request_key import Sent, check_signed, read_signed, unsigned
from bailee.privacy.request_time import timed

ROOT = "/opendsr/v2.0"
VERSION = "2.0"
TYPES: Mapping[str, str] = {"access": ACCESS, "portability": PORTABILITY, "erasure": DELETION}
IDENTITIES: Mapping[str, str] = {
    "controller_customer_id": "",
    "email": "person.email",
    "phone_number": "person.phone",
}
"""What a person may be called by there, and the element of ours; '' for the reference."""
STATUS: Mapping[str, str] = {
    HELD: "pending", STOPPED: "in_progress", EXECUTING: "in_progress", DONE: "completed",
    LIFTING: "completed", LIFTED: "completed", "settled": "completed", "denied": "cancelled",
    "withdrawn": "cancelled",
}  # fmt: skip
UNTIMED = timedelta(days=45)
"""What is expected where no law's text gives a time: our own guess, for the answer needs one."""
CANCELLED = "Taken back by the controller's own system."
_UUID4 = r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"


class Identity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person is called by."""

    identity_type: Literal["controller_customer_id", "email", "phone_number"]
    identity_value: Annotated[str, Meta(min_length=1, max_length=256)]
    identity_format: str


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request as the standard shapes it. Its examples leave ``regulation`` out; we do not."""

    regulation: Literal["gdpr", "ccpa"]
    subject_request_id: Annotated[str, Meta(pattern=_UUID4)]
    subject_request_type: Literal["access", "portability", "erasure"]
    subject_identities: Annotated[list[Identity], Meta(min_length=1, max_length=20)]
    submitted_time: Annotated[str, Meta(max_length=40)]
    api_version: Literal["2.0", ""] = ""
    status_callback_urls: list[str] = []
    extensions: dict[str, Any] = {}


_ASKED = msgspec.json.Decoder(Asked)


@dataclass(frozen=True, slots=True)
class Signed:
    """What arrived at the door.

    Attributes:
        signature: the header ``X-OpenDSR-Signature``: a JWS that names the rest.
        body: the very bytes.
    """

    signature: str = field(repr=False)
    method: str
    path: str
    body: bytes = field(repr=False)
    remote: str


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, and what signs it."""

    status: int
    body: bytes = field(repr=False)
    domain: str
    signature: str


class OpenDsr(RequestKeys):
    """Serves OpenDSR 2.0."""

    def opendsr_discovery(self) -> Said:
        """Say what is taken here; takes no credential."""
        base = self.parts.settings.public_url
        return self._dsr_said(200, {
            "api_version": VERSION,
            "supported_identities": [
                {"identity_type": name, "identity_format": "raw"} for name in IDENTITIES
            ],
            "supported_subject_request_types": list(TYPES),
            "processor_certificate": f"{base}{ROOT}/certificate.pem",
        })  # fmt: skip

    def opendsr_certificate(self) -> bytes:
        """Return the certificate that vouches for our answers (PEM)."""
        made = load_der_x509_certificate(self._dsr_certificate())
        return made.public_bytes(serialization.Encoding.PEM)

    def opendsr_enter(self, sent: Signed) -> Said:
        """Hold a controller's request; the same one again is answered again.

        Raises:
            Unauthenticated: ``opendsr.signature``; Invalid: ``opendsr.*``;
            Conflict: ``opendsr.reused``, ``call.concurrent``.
        """
        controller, system = self._dsr_sender(sent)
        asked = _asked(sent.body)
        wanted = self._dsr_wanted(controller, asked)

        def work(conn: sa.Connection) -> Request:
            this = replace(wanted, subjects=self._dsr_people(conn, controller, asked))
            before = store.by_outside(conn, controller, asked.subject_request_id)
            if before is not None:
                return _same(before, this)
            return self.requests.enter(conn, system.actor(), this).result

        try:
            held = self.parts.data.write(controller, work)
        except sa.exc.IntegrityError:
            raise Conflict(
                "call.concurrent", "The same request is being entered.", do="Send it again.",
                retryable=True,
            ) from None  # fmt: skip
        said = self._dsr_standing(held) | {
            "received_time": moment(held.entered),
            "encoded_request": base64.b64encode(sent.body).decode("ascii"),
        }
        return self._dsr_said(201, said)

    def opendsr_show(self, item: str, sent: Signed) -> Said:
        """Say how a request stands."""
        controller, _ = self._dsr_sender(sent)
        held = self.parts.data.read(controller, lambda conn: self._dsr_held(conn, controller, item))
        return self._dsr_said(200, self._dsr_standing(held))

    def opendsr_cancel(self, item: str, sent: Signed) -> Said:
        """Take a request back, while nothing was done about it.

        Raises:
            Conflict: ``request.state``; NotFound: ``request.unknown``.
        """
        controller, system = self._dsr_sender(sent)

        def work(conn: sa.Connection) -> Request:
            found = self._dsr_held(conn, controller, item)
            return self.requests.end(conn, system, found, ("withdraw", "", CANCELLED)).result

        held = self.parts.data.write(controller, work)
        return self._dsr_said(
            202, self._dsr_standing(held) | {"received_time": moment(held.entered)}
        )

    # Shared.

    def _dsr_sender(self, sent: Signed) -> tuple[str, Caller]:
        """Return whose system signed this call, now; nobody is told which part was wrong.

        Raises:
            Unauthenticated: ``opendsr.signature``, counted by where the call came from.
        """
        try:
            return self._dsr_signed(sent)
        except Unauthenticated as failure:
            self.parts.sentry.refuse(sent.remote, failure.code)
            raise

    def _dsr_signed(self, sent: Signed) -> tuple[str, Caller]:
        controller, key_id, signed = read_signed(sent.signature)
        told = Sent(sent.method, sent.path, hashlib.sha256(sent.body).hexdigest())

        def work(conn: sa.Connection) -> None:
            try:
                gone = self.parts.agreements.row(conn, controller).status == "destroyed"
            except NotFound:
                raise unsigned() from None
            if gone:
                raise unsigned()
            scope(conn, controller)
            for one in store.keys(conn, controller):
                if one.key_id == key_id and one.ended is None:
                    check_signed(signed, json.loads(one.jwk), told, self.parts.clock.now())
                    return
            raise unsigned()

        self.parts.data.read(HOUSE, work)
        return controller, Caller(key_id, "", "controller-key")

    def _dsr_wanted(self, controller: str, asked: Asked) -> Request:
        now = self.parts.clock.now()
        try:
            received = read_time(asked.submitted_time)
        except Failure:
            raise Invalid("opendsr.time", "submitted_time is no time of RFC 3339.") from None
        wanted = Request(
            request_id="", controller=controller, channel=OPENDSR, regime=asked.regulation,
            kind=TYPES[asked.subject_request_type], outside_id=asked.subject_request_id,
            identified=now, received=received, entered=now, entered_by="",
        )  # fmt: skip
        return timed(wanted, now)

    def _dsr_people(self, conn: sa.Connection, controller: str, asked: Asked) -> tuple[str, ...]:
        named = [(IDENTITIES[one.identity_type], one) for one in asked.subject_identities]
        references = [one.identity_value for element, one in named if not element]
        values = [(element, one.identity_value) for element, one in named if element]
        return self.parts.vault.persons.identify(conn, controller, references, values)

    def _dsr_held(self, conn: sa.Connection, controller: str, item: str) -> Request:
        found = store.by_outside(conn, controller, item)
        if found is None:
            raise NotFound("request.unknown", "There is no such request.")
        return found

    def _dsr_standing(self, held: Request) -> dict[str, Any]:
        base = self.parts.settings.public_url
        said: dict[str, Any] = {
            "api_version": VERSION,
            "controller_id": held.controller,
            "subject_request_id": held.outside_id,
            "request_status": STATUS[held.state],
            "expected_completion_time": moment(
                held.extended or held.due or held.received + UNTIMED
            ),
        }
        if held.state == DONE:
            said["results_count"] = held.counts.records
        if held.state == DONE and held.package_sha256:
            place = f"/v1/controllers/{held.controller}/requests/{held.request_id}/package"
            said["results_url"] = f"{base}{place}"
        return said

    def _dsr_said(self, status: int, said: dict[str, Any]) -> Said:
        """Return an answer, signed: base64 of an ECDSA signature in DER over the very bytes."""
        body = msgspec.json.encode(said)
        key, _ = self.parts.keys.document_signer()
        mark = key.sign(body, ec.ECDSA(hashes.SHA256()))
        signed = base64.b64encode(mark).decode("ascii")
        return Said(status, body, self.parts.settings.origin, signed)

    def _dsr_certificate(self) -> bytes:
        key, since = self.parts.keys.document_signer()
        return signature.certificate(key, self.parts.settings.origin, since)


def _asked(body: bytes) -> Asked:
    """Return a request as it was sent.

    Raises:
        Invalid: ``opendsr.shape``, ``opendsr.format``, ``opendsr.callbacks``.
    """
    try:
        asked = _ASKED.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Invalid(
            "opendsr.shape",
            "That is no request of OpenDSR 2.0.",
            do="Name regulation, subject_request_id, subject_request_type, subject_identities and "
            "submitted_time; the discovery says which identities and types are taken.",
        ) from None
    if any(one.identity_format != "raw" for one in asked.subject_identities):
        raise Invalid(
            "opendsr.format",
            "An identity is not raw: a digest can be guessed, and finds nobody here.",
            do="Send it raw, over TLS; it is looked up and not kept.",
        )
    if asked.status_callback_urls:
        raise Invalid(
            "opendsr.callbacks", "Nobody is called back here.", do="Ask for the status again."
        )
    return asked


def _same(before: Request, this: Request) -> Request:
    """Return what is held already, if the same is asked again.

    Whom it concerns is compared while it waits: afterwards they may be gone, as it asked.

    Raises:
        Conflict: ``opendsr.reused``.
    """
    told = (before.kind, before.regime, before.received)
    other = before.state == HELD and before.subjects != this.subjects
    if told != (this.kind, this.regime, this.received) or other:
        raise Conflict(
            "opendsr.reused", "That subject_request_id stands for another request.",
            do="Use a new one.",
        )  # fmt: skip
    return before
