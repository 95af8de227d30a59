"""Signs a PDF with the house's own certificate (PAdES, baseline B-B; ETSI EN 319 142-1).

The certificate is self-signed: it says which deployment signed, and nobody outside vouches for it.
A reader trusts it because its SHA-256 stands in the ledger, in the entry of the pack; the auditor
compares the two. It is made anew each time, byte for byte the same (RFC 6979).

Needs the extra ``pack``; without it a pack has its report as text alone.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

LIFE = timedelta(days=3653)
FIELD = "Signature"
NAME_LIMIT = 64  # X.520: ub-common-name


def certificate(key: ec.EllipticCurvePrivateKey, origin: str, since: datetime) -> bytes:
    """Return the certificate (DER) of a document key, the same at each call."""
    public = key.public_key()
    encoded = public.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, origin[:NAME_LIMIT]),
            x509.NameAttribute(NameOID.COMMON_NAME, "Evidence packs"),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    begins = since.replace(microsecond=0)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(int.from_bytes(sha256(encoded).digest()[:16], "big") | 1)
        .not_valid_before(begins)
        .not_valid_after(begins + LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )
    return made.public_bytes(serialization.Encoding.DER)


def sign_pdf(pdf: bytes, key: ec.EllipticCurvePrivateKey, der: bytes) -> bytes:
    """Return a PDF with a signature behind it; what it signs stays byte for byte as it was."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign import fields, signers  # noqa: PLC0415 - heavy, and in an extra

    own = x509.load_der_x509_certificate(der)
    bag = pkcs12.serialize_key_and_certificates(
        b"documents", key, own, None, serialization.NoEncryption()
    )
    signer: Any = signers.SimpleSigner.load_pkcs12_data(bag, other_certs=[])
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    out = io.BytesIO()
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=signer, output=out)
    return out.getvalue()
