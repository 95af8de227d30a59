"""Passkeys, as the doors ask for them (C2.5(3), MISSION A7)."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

import sqlalchemy as sa

from bailee.access import Caller
from bailee.access.passkey import (
    ALGORITHMS,
    CHALLENGE_LIFE,
    Asked,
    Attested,
    Signed,
)
from bailee.access.passkey import Passkey as Known
from bailee.app import passkey_shapes as shapes
from bailee.app import rights, sign_in_shapes
from bailee.app.office import entry_of
from bailee.app.sign_ins import SignIns
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.errors import Invalid
from bailee.vault.shapes import Entry

KEY = "public-key"
MILLISECONDS = int(CHALLENGE_LIFE.total_seconds()) * 1000
SELECTION = shapes.PasskeySelection(
    "required", require_resident_key=True, user_verification="required"
)


class Passkeys(SignIns):
    """Acts by which people come in with a passkey."""

    def served_at(self, address: str) -> None:
        """Learn at which address this house is served."""
        self.parts.site.serve_at(address)

    def offer_passkey(
        self, caller: Caller, body: shapes.PasskeyProof, remote: str
    ) -> shapes.PasskeyOffer:
        """Ask the caller's browser to make a passkey, after their password or a second factor."""
        access, data, shown = self.parts.access, self.parts.data, bool(body.password)
        if shown:
            self._counted(remote, lambda: access.prove_password(data, caller, body.password))

        def work(conn: sa.Connection) -> shapes.PasskeyOffer:
            return _offer(access.offer_passkey(conn, caller, password=shown))

        return self.act(caller, HOUSE, "self", work)

    def enrol_passkey(self, caller: Caller, body: shapes.NewPasskey) -> shapes.Passkey:
        """Take the passkey that a browser made."""
        _load()
        made = Attested(_bytes(body.client_data), _bytes(body.attestation), body.transports)
        done = self._committed(
            caller, lambda conn: self.parts.access.enrol_passkey(conn, caller, made, body.name)
        )
        return _known(done.result, entry_of(done.entry))

    def passkeys(self, caller: Caller, item: str = "") -> shapes.Passkeys:
        """List the caller's passkeys, or with ``people`` somebody's."""

        def work(conn: sa.Connection) -> shapes.Passkeys:
            found = self.parts.access.passkeys(conn, caller, item)
            return shapes.Passkeys([_known(one) for one in found])

        return self.read(caller, HOUSE, "people", work)

    def remove_passkey(self, caller: Caller, item: str) -> rights.Changed:
        """Remove a passkey: the caller's own, or with ``people`` somebody else's."""

        def work(conn: sa.Connection) -> rights.Changed:
            done = self.parts.access.remove_passkey(conn, caller, item)
            return rights.Changed(item, "removed", entry_of(done.entry))

        return self.act(caller, HOUSE, "people", work)

    def ask_passkey(self, remote: str) -> shapes.PasskeyRequest:
        """Ask a stranger's browser for any passkey."""
        return self.parts.data.write(
            HOUSE, lambda conn: _request(self.parts.access.ask_passkey(conn, remote))
        )

    def sign_in_passkey(self, body: shapes.PasskeyAnswer, remote: str) -> sign_in_shapes.Session:
        """Sign in whoever shows a passkey; a refused attempt is counted like a bad credential."""
        _load()
        access, data, signed = self.parts.access, self.parts.data, _signed(body)
        return self._session(
            self._counted(remote, lambda: access.sign_in_passkey(data, signed, remote))
        )

    def ask_step_up(self, caller: Caller) -> shapes.PasskeyRequest:
        """Ask the caller's browser for one of their passkeys."""

        def work(conn: sa.Connection) -> shapes.PasskeyRequest:
            return _request(self.parts.access.ask_step_up(conn, caller))

        return self.act(caller, HOUSE, "self", work)

    def step_up_passkey(self, caller: Caller, body: shapes.PasskeyAnswer) -> sign_in_shapes.Session:
        """Show a passkey; another session comes in the place of the caller's."""
        _load()
        signed = _signed(body)
        return self._session(
            self._committed(
                caller, lambda conn: self.parts.access.step_up_passkey(conn, caller, signed)
            )
        )


def _load() -> None:
    """Load what verifies before any transaction waits for it: its library loads slowly."""
    import bailee.access.ceremony  # noqa: F401, PLC0415


def _offer(asked: Asked) -> shapes.PasskeyOffer:
    relying = asked.relying
    return shapes.PasskeyOffer(
        shapes.CreationOptions(
            challenge=_text(asked.challenge),
            rp=shapes.PasskeyParty(relying.domain, relying.name),
            user=shapes.PasskeyPerson(_text(asked.handle), asked.account, asked.person),
            pub_key_cred_params=[shapes.PasskeyKind(KEY, one) for one in ALGORITHMS],
            timeout=MILLISECONDS,
            exclude_credentials=_there(asked),
            authenticator_selection=SELECTION,
            attestation="none",
        )
    )


def _request(asked: Asked) -> shapes.PasskeyRequest:
    return shapes.PasskeyRequest(
        shapes.RequestOptions(
            challenge=_text(asked.challenge),
            rp_id=asked.relying.domain,
            timeout=MILLISECONDS,
            allow_credentials=_there(asked),
            user_verification="required",
        )
    )


def _there(asked: Asked) -> list[shapes.PasskeyKnown]:
    return [
        shapes.PasskeyKnown(KEY, _text(one.credential), list(one.transports)) for one in asked.known
    ]


def _signed(body: shapes.PasskeyAnswer) -> Signed:
    return Signed(
        credential=_bytes(body.credential),
        client_data=_bytes(body.client_data),
        authenticator_data=_bytes(body.authenticator_data),
        signature=_bytes(body.signature),
        user_handle=_bytes(body.user_handle),
    )


def _known(one: Known, entry: Entry | None = None) -> shapes.Passkey:
    return shapes.Passkey(
        passkey=one.passkey_id,
        name=one.name,
        created=write_time(one.created),
        status=one.state,
        synced=one.synced,
        transports=list(one.transports),
        used=write_time(one.used) if one.used else "",
        entry=entry,
    )


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    """Return the bytes of a text in base64url whose letters were checked.

    Raises:
        Invalid: ``passkey.encoding`` for a length that no bytes have.
    """
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise Invalid(
            "passkey.encoding", "A member is not base64url without padding (RFC 4648 5)."
        ) from None
