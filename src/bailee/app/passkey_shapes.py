"""Shapes of passkeys (C2.5(3), MISSION A7).

What a browser is asked has the members of the standard, so that a page hands ``public_key`` to
``PublicKeyCredential.parse…OptionsFromJSON`` as it is (Web Authentication Level 3, 5.1.8, 5.1.9).
What it answers comes in members of our own, each a text in base64url without padding: the
standard's JSON may grow members, and an unknown one is an error here.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from bailee.access.password import LONGEST
from bailee.app.sign_in_shapes import Answer, Request
from bailee.vault.shapes import Entry

FORM = "^[A-Za-z0-9_-]*$"
CredentialId = Annotated[str, Meta(min_length=1, max_length=1364, pattern=FORM)]
"""1023 bytes at most (Level 3, 4)."""
Handle = Annotated[str, Meta(max_length=86, pattern=FORM)]
"""64 bytes at most (Level 3, 5.4.3)."""
Short = Annotated[str, Meta(min_length=1, max_length=4096, pattern=FORM)]
Long = Annotated[str, Meta(min_length=1, max_length=16384, pattern=FORM)]
Transport = Annotated[str, Meta(min_length=1, max_length=32, pattern="^[a-z0-9-]+$")]


class PasskeyProof(Request, frozen=True):
    """The caller's own password; left out by whoever showed a second factor lately."""

    password: Annotated[str, Meta(max_length=LONGEST)] = ""


class NewPasskey(Request, frozen=True):
    """What a browser answers when it made a passkey, and how its person calls it."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    client_data: Short
    attestation: Long
    transports: Annotated[tuple[Transport, ...], Meta(max_length=8)] = ()


class PasskeyAnswer(Request, frozen=True):
    """What a browser answers when a passkey was shown."""

    credential: CredentialId
    client_data: Short
    authenticator_data: Short
    signature: Short
    user_handle: Handle = ""


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
    """One passkey as its person, or an administrator, sees it.

    ``status`` is ``live``, or ``suspended`` when two devices seem to hold it. ``synced``: its maker
    may copy it to other devices of the person.
    """

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
