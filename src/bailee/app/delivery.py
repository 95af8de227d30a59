"""Notices leave the house: composed, signed, handed to a mail server or an address, recorded.

Order: what is due is read; each message leaves outside of any transaction; what the servers said
is recorded, all tries of a notice together. If the process dies after a message left, it leaves
again under the same Message-ID. One process delivers, the one that leads; if two should do so at
one time, the second one's record is refused, and a reader gets a message twice.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.app.procedures import Procedures, check_hook
from bailee.assurance import signature
from bailee.db import HOUSE
from bailee.errors import Conflict, Failure, Unavailable
from bailee.gateways import mail
from bailee.gateways.errand import Bounds, LostError, run
from bailee.procedures.letter import Envelope, Seal, compose, message_id
from bailee.procedures.notice import Handing
from bailee.procedures.notices import RECEIPT_LIMIT, Sending

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOG = logging.getLogger(__name__)
HOOK_SECONDS = 20.0
HOOK_BYTES = 1 << 16
TAKEN = range(200, 300)
MESSAGE = {"Content-Type": "message/rfc822"}


class Delivery(Procedures):
    """Hands notices over."""

    def deliver(self, stopped: Callable[[], bool] = lambda: False) -> int:
        """Hand over what is due at every controller; return how many notices moved."""
        moved = 0
        for row in self.parts.data.read(HOUSE, self.parts.agreements.controllers):
            if stopped():
                break
            try:
                moved += self._deliver_for(row.controller)
            except Failure as failure:  # one controller's trouble keeps no other's notices
                _LOG.error("notices: %s", failure.code)
        return moved

    def _deliver_for(self, name: str) -> int:
        moved = 0
        if self.parts.data.read(name, lambda conn: self.timers.untold(conn, name)):
            self._tell_missed(name)
        sendings = self.parts.data.read(name, partial(self._due_now, controller=name))
        by_notice: dict[str, list[Sending]] = {}
        for one in sendings:
            by_notice.setdefault(one.notice.notice_id, []).append(one)
        for item, group in by_notice.items():
            moved += self._note_tries(name, item, [self._hand(one) for one in group])
        return moved + self._unreachable(name)

    def _due_now(self, conn: sa.Connection, controller: str) -> list[Sending]:
        return self.notices.due(conn, controller)

    def _tell_missed(self, controller: str) -> None:
        self.parts.data.write(controller, lambda conn: self.timers.tell_missed(conn, controller))

    def _unreachable(self, controller: str) -> int:
        """Note that a notice waits for a contact: once, and then every hour in the table."""
        now = self.parts.clock.now()
        waiting = self.parts.data.read(
            controller, lambda conn: self.notices.unreachable(conn, controller)
        )
        due = [one for one in waiting if one.next_try is None or one.next_try <= now]
        return sum(self._note_tries(controller, one.notice_id, []) for one in due)

    def _note_tries(self, controller: str, item: str, tried: Iterable[Handing]) -> int:
        found = list(tried)
        try:
            self.parts.data.write(
                controller, lambda conn: self.notices.settle(conn, controller, item, found)
            )
        except Conflict:
            return 0  # acknowledged or withdrawn meanwhile, or another process was at it
        return 1

    def _hand(self, sending: Sending) -> Handing:
        """Compose and hand over one message; whatever goes wrong is what is recorded."""
        domain, now = self.parts.settings.origin, self.parts.clock.now()
        data, outcome, receipt = b"", "handed", ""
        try:
            data = self._compose(sending, domain)
            receipt = self._send(sending, data)
        except Failure as failure:
            outcome = failure.code
        return Handing(
            handing_id=secrets.token_hex(16),
            controller=sending.notice.controller,
            notice_id=sending.notice.notice_id,
            contact_id=sending.contact.contact_id,
            rank=sending.contact.rank,
            tried=now,
            message_id=message_id(sending.notice, sending.contact, domain),
            message_sha256=hashlib.sha256(data).hexdigest() if data else "",
            outcome=outcome,
            receipt=receipt[:RECEIPT_LIMIT],
        )

    def _compose(self, sending: Sending, domain: str) -> bytes:
        settings = self.parts.settings
        key, since = self.parts.keys.document_signer()
        envelope = Envelope(
            sender=settings.smtp_from,
            domain=domain,
            code=self.notice_code(sending.notice.notice_id),
            answer=f"at {settings.public_url or 'the address you know'}/console/acknowledge",
        )
        return compose(
            sending.notice,
            sending.contact,
            envelope,
            seal=Seal(key, signature.certificate(key, domain, since)),
            now=self.parts.clock.now(),
            pgp=_pgp,
        )

    def _send(self, sending: Sending, data: bytes) -> str:
        settings, address = self.parts.settings, sending.contact.address
        if address.startswith("https:"):
            check_hook(address, settings.hook_hosts)
            return _hook(address, data, settings.hook_ca_file)
        if not settings.smtp:
            raise Unavailable("mail.none", "No mail server is set.", do="Set BAILEE_SMTP.")
        relay = mail.read_relay(
            settings.smtp,
            sender=settings.smtp_from,
            password_file=settings.smtp_password_file,
            ca_file=settings.smtp_ca_file,
        )
        return mail.send(relay, address.partition(":")[2], data)


def _hook(address: str, data: bytes, ca_file: str) -> str:
    """Post a message to an address of the controller's; its 2xx is the receipt.

    Raises:
        Unavailable: ``hook.unreachable``, ``hook.refused``.
    """
    try:
        answer = run(
            address, Bounds(HOOK_SECONDS, HOOK_BYTES, ca_file=ca_file), body=data, headers=MESSAGE
        )
    except LostError:
        raise Unavailable("hook.unreachable", "The contact's address does not answer.") from None
    if answer.status not in TAKEN:
        raise Unavailable("hook.refused", "The contact's address did not take it.")
    return str(answer.status)


def _pgp(part: bytes, certificate: str) -> bytes:
    """Encrypt for an OpenPGP certificate (RFC 9580); armored.

    Raises:
        Unavailable: ``openpgp.missing``, ``contact.certificate``.
    """
    try:
        import pysequoia  # noqa: PLC0415 - an extra
    except ImportError:
        raise Unavailable("openpgp.missing", "The extra `openpgp` is not installed.") from None
    try:
        reader = pysequoia.Cert.from_bytes(certificate.encode())
        made = pysequoia.encrypt(part, recipients=[reader])
    except Exception:  # noqa: BLE001 - the library raises Exception itself
        raise Unavailable("contact.certificate", "That certificate takes no message.") from None
    return bytes(made)
