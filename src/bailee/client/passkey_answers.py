"""What a server answers about passkeys."""

from __future__ import annotations

import msgspec

from bailee.client.answers import Entry


class Answer(msgspec.Struct, frozen=True):
    """Any answer about passkeys."""


class PasskeyParty(Answer, frozen=True):
    """For whom a passkey is made."""

    id: str
    name: str


class PasskeyPerson(Answer, frozen=True, rename="camel"):
    """Whose it is; the id is random and says nothing of them."""

    id: str
    name: str
    display_name: str


class PasskeyKind(Answer, frozen=True):
    """A kind of key that is taken (COSE algorithm)."""

    type: str
    alg: int


class PasskeyKnown(Answer, frozen=True):
    """A passkey that is there already."""

    type: str
    id: str
    transports: list[str]


class PasskeySelection(Answer, frozen=True, rename="camel"):
    """What a device must be able to do."""

    resident_key: str
    require_resident_key: bool
    user_verification: str


class CreationOptions(Answer, frozen=True, rename="camel"):
    """What a browser is asked, to make a passkey; times in milliseconds."""

    challenge: str
    rp: PasskeyParty
    user: PasskeyPerson
    pub_key_cred_params: list[PasskeyKind]
    timeout: int
    exclude_credentials: list[PasskeyKnown]
    authenticator_selection: PasskeySelection
    attestation: str


class RequestOptions(Answer, frozen=True, rename="camel"):
    """What a browser is asked, to show a passkey; times in milliseconds."""

    challenge: str
    rp_id: str
    timeout: int
    allow_credentials: list[PasskeyKnown]
    user_verification: str


class PasskeyOffer(Answer, frozen=True):
    """What goes to ``navigator.credentials.create``; counts once, for five minutes."""

    public_key: CreationOptions


class PasskeyRequest(Answer, frozen=True):
    """What goes to ``navigator.credentials.get``; counts once, for five minutes."""

    public_key: RequestOptions


class Passkey(Answer, frozen=True):
    """One passkey; ``used`` is empty for one that was never shown."""

    passkey: str
    name: str
    created: str
    status: str
    synced: bool
    transports: list[str]
    used: str = ""
    entry: Entry | None = None


class Passkeys(Answer, frozen=True):
    """Somebody's passkeys, the oldest first."""

    passkeys: list[Passkey]
