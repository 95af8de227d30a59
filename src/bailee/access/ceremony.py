"""What a browser answered for a passkey, checked as the standard says (Level 3, 7.1 and 7.2). Pure.

The library reads CBOR, keys and signatures. Around it stand checks that it leaves out or that the
house wants stricter, so that an entry can say which one refused:

* a page inside somebody else's page is refused (7.1, 7.2: ``crossOrigin``, ``topOrigin``);
* user verification is always demanded;
* of attestations only *none* and *packed* by the passkey itself are read: we ask for none, and six
  other readers are code that a stranger's bytes would reach for nothing;
* a public key must be one that can verify, RSA of 2048 bits at least;
* counts are compared by the caller, after the signature: before it anybody could invent one.

Deliberately not checked: bytes after an attestation's one CBOR item, which nothing signs. The
challenge is checked by whoever calls: it must be one that was open and is not any more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from webauthn import (
    base64url_to_bytes,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    encode_cbor,
    parse_attestation_object,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    CredentialDeviceType,
    RegistrationCredential,
)

from bailee.access.passkey import (
    ALGORITHMS,
    CREDENTIAL_LEAST,
    CREDENTIAL_MOST,
    Attested,
    Relying,
    Signed,
)

MADE, SHOWN = "webauthn.create", "webauthn.get"
RSA_LEAST = 2048
_HASH, _FLAGS, _VERIFIED = 32, 32, 0x04
"""Of authenticator data (6.1): a digest of the domain, then the flags; bit 2 is verification."""


class FlawError(Exception):
    """What is wrong with an answer, as a word that an entry may hold."""


class ClientData(msgspec.Struct, rename="camel", frozen=True):
    """What the browser says of the page that asked (5.8.1); members unknown to us may be there."""

    type: str
    challenge: str
    origin: str
    cross_origin: bool = False
    top_origin: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey that was made."""

    credential: bytes
    public_key: bytes
    count: int
    synced: bool


@dataclass(frozen=True, slots=True)
class Used:
    """A passkey that was shown."""

    count: int
    synced: bool


_CLIENT_DATA = msgspec.json.Decoder(ClientData)


def read_client_data(raw: bytes) -> ClientData:
    """Return what the browser says.

    Raises:
        FlawError: ``client_data``.
    """
    try:
        return _CLIENT_DATA.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise FlawError("client_data") from None


def challenge_of(raw: bytes) -> bytes:
    """Return which challenge somebody says that they answer; b'' for none that can be read."""
    try:
        return base64url_to_bytes(read_client_data(raw).challenge)
    except (FlawError, ValueError):
        return b""


def verify_made(relying: Relying, challenge: bytes, made: Attested) -> Made:
    """Return the passkey that was made in answer to a challenge.

    Raises:
        FlawError: which check refused.
    """
    _check_page(relying, made.client_data, MADE)
    try:
        return _verified(relying, challenge, made)
    except FlawError:
        raise
    except Exception:  # noqa: BLE001 - a library at hostile bytes: whatever it raises refuses
        raise FlawError("form") from None


def verify_shown(relying: Relying, challenge: bytes, shown: Signed, public_key: bytes) -> Used:
    """Return what a passkey's device says, once its signature under a challenge is verified.

    Raises:
        FlawError: which check refused.
    """
    _check_page(relying, shown.client_data, SHOWN)
    data = shown.authenticator_data
    if len(data) <= _FLAGS:
        raise FlawError("form")
    _check_device(relying, data[:_HASH], verified=bool(data[_FLAGS] & _VERIFIED))
    try:
        done = verify_authentication_response(
            credential=AuthenticationCredential(
                id=bytes_to_base64url(shown.credential),
                raw_id=shown.credential,
                response=AuthenticatorAssertionResponse(
                    shown.client_data, data, shown.signature, shown.user_handle or None
                ),
            ),
            expected_challenge=challenge,
            expected_rp_id=relying.domain,
            expected_origin=list(relying.origins),
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - a library at hostile bytes: whatever it raises refuses
        raise FlawError("signature") from None
    return Used(
        done.new_sign_count, done.credential_device_type == CredentialDeviceType.MULTI_DEVICE
    )


def _verified(relying: Relying, challenge: bytes, made: Attested) -> Made:
    found = parse_attestation_object(made.attestation)
    held = found.auth_data.attested_credential_data
    if found.fmt not in ("none", "packed") or found.att_stmt.x5c:
        raise FlawError("attestation")
    _check_device(relying, found.auth_data.rp_id_hash, verified=found.auth_data.flags.uv)
    if held is None or not CREDENTIAL_LEAST <= len(held.credential_id) <= CREDENTIAL_MOST:
        raise FlawError("credential")
    done = verify_registration_response(
        credential=RegistrationCredential(
            id=bytes_to_base64url(held.credential_id),
            raw_id=held.credential_id,
            response=AuthenticatorAttestationResponse(made.client_data, made.attestation),
        ),
        expected_challenge=challenge,
        expected_rp_id=relying.domain,
        expected_origin=list(relying.origins),
        require_user_verification=True,
        supported_pub_key_algs=[COSEAlgorithmIdentifier(one) for one in ALGORITHMS],
    )
    _check_key(done.credential_public_key)
    synced = done.credential_device_type == CredentialDeviceType.MULTI_DEVICE
    return Made(done.credential_id, done.credential_public_key, done.sign_count, synced)


def decoy() -> bytes:
    """Return a public key whose private half nobody has: work for credentials that are nobody's."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    x, y = (one.to_bytes(32, "big") for one in (numbers.x, numbers.y))
    return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})


def _check_page(relying: Relying, raw: bytes, kind: str) -> None:
    said = read_client_data(raw)
    if said.type != kind:
        raise FlawError("type")
    if said.origin not in relying.origins:
        raise FlawError("origin")
    if said.cross_origin or said.top_origin:
        raise FlawError("cross_origin")


def _check_device(relying: Relying, domain_hash: bytes, *, verified: bool) -> None:
    if domain_hash != hashlib.sha256(relying.domain.encode()).digest():
        raise FlawError("domain")
    if not verified:
        raise FlawError("user_verification")


def _check_key(public_key: bytes) -> None:
    key = decoded_public_key_to_cryptography(decode_credential_public_key(public_key))
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < RSA_LEAST:
        raise FlawError("key")
