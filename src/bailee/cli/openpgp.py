"""OpenPGP recipients (RFC 9580, RFC 4880): certificates from files, never from a key server.

Sequoia reads them, under its standard policy: a signature that no longer counts (SHA-1) binds no
key, and a revoked subkey is not used. It does encrypt to certificates that are revoked or expired,
and to expired subkeys where no other is left; so that is asked here, with what else is ours:

* neither certificate nor encryption key has ended, today and at each further part;
* exactly one certificate a file, so that nobody rides along;
* no secret key: whoever sends theirs by mistake must hear of it;
* strength: RSA of 3,072 bits or more (NIST SP 800-57 part 1: 128 bits of security; BSI TR-02102-1:
  from 3,000), or an elliptic curve of 255 bits or more. RSA of 2,048 is what SP 800-131A still
  allows, and is refused here: what leaves lies about for years.

Which keys these are is asked of a message itself, not guessed from the certificate: a probe is
encrypted, and the keys that it names are judged, with the primary key that vouches for them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bailee.clock import system_time
from bailee.errors import Invalid

LARGEST = 1 << 20
"""Bytes of a certificate file. One with a hundred signatures of others has a tenth of that."""
RSA_BITS = 3072
CURVES = frozenset(
    bytes.fromhex(oid)
    for oid in (
        "2a8648ce3d030107",  # NIST P-256
        "2b81040022",  # P-384
        "2b81040023",  # P-521
        "2b06010401da470f01",  # Ed25519
        "2b060104019755010501",  # Curve25519
    )
)
"""Object identifiers (RFC 9580, 9.2) without tag and length."""
RSA, ON_A_CURVE, BY_NAME = {1, 2}, {18, 19, 22}, {25, 26, 27, 28}
"""Public-key algorithms (RFC 9580, 9.1): those with a modulus, with a named curve, and those whose
number names the curve: X25519, X448, Ed25519, Ed448."""


class OpenPgp:
    """Encrypts for OpenPGP certificates.

    Args:
        named: paths of certificate files, binary or armored.
        armor: ASCII armor instead of bytes.

    Raises:
        Invalid: ``openpgp.missing`` without its library; ``recipient.form``, ``file``, ``large``,
            ``several``, ``secret``, ``revoked``, ``expired``, ``unusable``, ``weak``.
    """

    name, suffix = "openpgp", ".pgp"

    def __init__(self, named: Sequence[str], *, armor: bool) -> None:
        self._library = library()
        self._until: list[datetime] = []
        self._certificates = [self._read(Path(one)) for one in named]
        self.keys = sorted({f"openpgp:{one.fingerprint.lower()}" for one in self._certificates})
        self._armor = armor

    def seal(self, data: bytes) -> bytes:
        """Encrypt.

        Raises:
            Invalid: ``recipient.expired``: a certificate ended meanwhile.
        """
        self._check_living()
        return self._encrypt(data, self._certificates, armor=self._armor)

    def _encrypt(self, data: bytes, certificates: Sequence[Any], *, armor: bool) -> bytes:
        try:
            sealed: bytes = self._library.encrypt(data, certificates, armor=armor)
        except RuntimeError:  # says which key, in words of its own
            raise Invalid(
                "recipient.unusable",
                "The certificate of a recipient has no key that may be encrypted to.",
                do="Its encryption key is missing, revoked, or bound by a method that no longer "
                "counts (SHA-1). Ask its owner for it anew.",
            ) from None
        return sealed

    def _check_living(self) -> None:
        if any(end <= system_time() for end in self._until):
            raise Invalid(
                "recipient.expired",
                "The certificate of a recipient has expired, or its encryption key has.",
                do="Ask its owner for it anew: they may have extended it.",
            )

    def _read(self, path: Path) -> Any:
        content = _content(path)
        try:
            found = self._library.Cert.split_bytes(content)
            packets = list(self._library.packet.PacketPile.from_bytes(content))
        except RuntimeError:
            raise _no_certificate() from None
        tags = self._library.packet.Tag
        if any(one.tag in (tags.SecretKey, tags.SecretSubkey) for one in packets):
            raise Invalid(
                "recipient.secret",
                "The file of a recipient holds a secret key.",
                do="Delete it here, tell its owner that it left their hands, and ask for the "
                "public certificate: `gpg --armor --export ADDRESS`.",
            )
        if len(found) > 1:
            raise Invalid(
                "recipient.several",
                "The file of a recipient holds more than one certificate.",
                do="Give a file for each, so that nobody is a recipient unnoticed.",
            )
        if not found:
            raise _no_certificate()
        self._judge(found[0])
        return found[0]

    def _judge(self, certificate: Any) -> None:
        """Refuse a certificate that has ended, or keys that are weak; note when it will end.

        Raises:
            Invalid: ``recipient.revoked``, ``expired``, ``unusable``, ``weak``.
        """
        if certificate.is_revoked:
            raise Invalid(
                "recipient.revoked",
                "The certificate of a recipient is revoked.",
                do="Ask its owner for the one that took its place.",
            )
        probe = self._encrypt(b"", [certificate], armor=False)  # raises where nothing binds
        pile = self._library.packet.PacketPile
        named = {key_named(one.body) for one in pile.from_bytes(probe) if _is(one, "PKESK")}
        packets = list(pile.from_bytes(bytes(certificate)))
        used = [n for n, one in enumerate(packets) if {one.key_id, one.fingerprint} & named]
        ends = [certificate.expiration, *(end_of(packets, n) for n in used)]
        self._until += [one for one in ends if one is not None]
        self._check_living()
        if not used or not all(strong(packets[n].body) for n in (0, *used)):
            raise Invalid(
                "recipient.weak",
                "The certificate of a recipient has a key that is too weak for years to come.",
                do=f"Ask for RSA of {RSA_BITS} bits or more, or an elliptic curve: "
                "`gpg --quick-generate-key ADDRESS future-default`.",
            )


def library() -> Any:
    """Return pysequoia.

    Raises:
        Invalid: ``openpgp.missing``.
    """
    try:
        import pysequoia
        import pysequoia.packet
    except ImportError:
        raise Invalid(
            "openpgp.missing",
            "OpenPGP needs a library that is not installed.",
            do="Install it: `pip install 'bailee[openpgp]'`; or name an age key.",
        ) from None
    return pysequoia


def key_named(body: bytes) -> str:
    """Return the key id or fingerprint (hex) for which a session key is encrypted (RFC 9580, 5.1).

    Version 3: eight octets of key id. Version 6: a length, a key version, a fingerprint.
    """
    if body[0] == 3:
        return body[1:9].hex()
    return body[3 : 2 + body[1]].hex()


def end_of(packets: Sequence[Any], place: int) -> datetime | None:
    """Return when the key at a place in a certificate ends, by its newest binding; None for never.

    A subkey's time stands in the signature that binds it, which follows it (RFC 9580, 5.2.3.13).
    The primary key's stands elsewhere, and is the certificate's own.
    """
    bindings = []
    for one in packets[place + 1 :]:
        if one.fingerprint:
            break
        if str(one.signature_type).endswith("SubkeyBinding"):
            bindings.append(one)
    newest = max(bindings, key=lambda one: one.signature_created, default=None)
    if newest is None or newest.key_validity_period is None:
        return None
    end: datetime = packets[place].key_created + newest.key_validity_period
    return end


def strong(body: bytes) -> bool:
    """Tell whether a key packet (RFC 9580, 5.5.2) is strong enough.

    After version and four octets of time stands the algorithm; version 6 has four octets of length
    more. RSA goes on with its modulus as a number of bits; curves with a length and their name.
    """
    algorithm, rest = body[5], body[10 if body[0] == 6 else 6 :]
    if algorithm in RSA:
        return int.from_bytes(rest[:2], "big") >= RSA_BITS
    if algorithm in ON_A_CURVE:
        return bytes(rest[1 : 1 + rest[0]]) in CURVES
    return algorithm in BY_NAME


def _is(packet: Any, name: str) -> bool:
    return str(packet.tag).rpartition(".")[2] == name


def _content(path: Path) -> bytes:
    """Read a certificate file: a plain one, of a sensible size; a pipe is never waited for."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError):  # ValueError: a name with a zero byte
        raise Invalid(
            "recipient.file",
            "A recipient is neither an age public key nor a file that can be read.",
            do="Give age1…, or the path of an OpenPGP certificate.",
        ) from None
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise _no_certificate()
    with os.fdopen(file, "rb") as opened:
        content = opened.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Invalid(
            "recipient.large",
            f"The file of a recipient has more than {LARGEST} bytes.",
            do="Export it without the signatures of others: `gpg --export-options export-minimal`.",
        )
    return content


def _no_certificate() -> Invalid:
    return Invalid(
        "recipient.form",
        "The file of a recipient is no OpenPGP certificate.",
        do="Give what `gpg --armor --export ADDRESS` writes.",
    )
