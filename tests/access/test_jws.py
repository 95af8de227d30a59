"""Signed texts are read strictly and verified by keys of the four algorithms alone."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bailee.access.jws import FlawError, read, read_json, read_key, read_keys, verify
from tests.simulators.provider import PrivateKey, packed, public, sign, written

ANY = frozenset({"at+jwt"})
MOST = 8192
PAYLOAD = (
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
)
RSA_N = (
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d"
    "4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexM"
    "dbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvU"
    "K-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
)
VECTORS: dict[str, tuple[dict[str, str], str, str, str]] = {
    "RFC 7515 A.2": (
        {"kty": "RSA", "n": RSA_N, "e": "AQAB"},
        "eyJhbGciOiJSUzI1NiJ9",
        PAYLOAD,
        (
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
            "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
            "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
            "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
        ),
    ),
    "RFC 7515 A.3": (
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        },
        "eyJhbGciOiJFUzI1NiJ9",
        PAYLOAD,
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    ),
    "RFC 8037 A.4": (
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        "eyJhbGciOiJFZERTQSJ9",
        "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    ),
}
THUMBPRINTS = {
    "RFC 8037 A.3": (VECTORS["RFC 8037 A.4"][0], "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
    "RFC 9449 6.1": (
        {
            "kty": "EC",
            "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
            "crv": "P-256",
        },
        "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
    ),
}


@pytest.fixture(scope="module")
def keys() -> dict[str, PrivateKey]:
    """Return a key for each algorithm."""
    modulus = rsa.generate_private_key(65537, 2048)
    return {
        "RS256": modulus,
        "PS256": modulus,
        "ES256": ec.generate_private_key(ec.SECP256R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    }


def flaw(text: str) -> str:
    """Return what is wrong with a text."""
    with pytest.raises(FlawError) as found:
        read(text, typ=ANY, most=MOST)
    assert str(found.value) == found.value.what
    return found.value.what


def head(**changed: Any) -> dict[str, Any]:
    """Return a good header."""
    return {"typ": "at+jwt", "alg": "ES256", "kid": "k"} | changed


@pytest.mark.parametrize("name", VECTORS)
def test_the_standards_own_examples_verify(name: str) -> None:
    """Signatures printed in RFC 7515 and RFC 8037 are good; with one bit changed they are not."""
    jwk, header, payload, signature = VECTORS[name]
    key = read_key(jwk)
    algorithm = json.loads(base64.urlsafe_b64decode(header + "=="))["alg"]
    model: Any = read(f"{packed(written(head(alg=algorithm)))}.e30.AA", typ=ANY, most=MOST)
    covered = f"{header}.{payload}".encode()
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    made = type(model)(algorithm, {}, {}, covered, raw)
    verify(made, key)

    spoiled = type(model)(algorithm, {}, {}, covered, bytes([raw[0] ^ 1]) + raw[1:])
    with pytest.raises(FlawError, match="signature"):
        verify(spoiled, key)


@pytest.mark.parametrize("name", THUMBPRINTS)
def test_thumbprints_are_those_of_the_standards(name: str) -> None:
    """RFC 7638: the printed examples have the printed thumbprints."""
    jwk, thumbprint = THUMBPRINTS[name]
    assert read_key(jwk).thumbprint == thumbprint


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_each_algorithm_verifies_its_own(algorithm: str, keys: dict[str, PrivateKey]) -> None:
    """A text signed by another program is good by its key, and by no other key or algorithm."""
    signed = read(sign(keys[algorithm], head(alg=algorithm), {"a": 1}), typ=ANY, most=MOST)
    verify(signed, read_key(public(keys[algorithm])))

    assert signed.claims == {"a": 1}
    for other, key in keys.items():
        named = {**public(key), "alg": other}
        if other == algorithm:
            verify(signed, read_key(named))
        else:
            with pytest.raises(FlawError, match="signature"):
                verify(signed, read_key(named))


def test_none_and_secrets_are_no_algorithms(keys: dict[str, PrivateKey]) -> None:
    """ASVS 6.8.2, RFC 8725 2.1: ``none`` is unknown; so is HS256, keyed with the public key."""
    pem = keys["RS256"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for algorithm in (
        "none",
        "None",
        "NONE",
        "nOnE",
        "HS256",
        "HS512",
        "ES512",
        "",
        None,
        1,
        ["ES256"],
    ):
        covered = f"{packed(written(head(alg=algorithm)))}.{packed(b'{}')}"
        mac = hmac.digest(pem, covered.encode(), "sha256")
        assert flaw(f"{covered}.{packed(mac)}") == "algorithm"
    assert flaw(f"{packed(written(head(alg='none')))}.{packed(b'{}')}.") == "form"


@pytest.mark.parametrize(
    ("header", "what"),
    [
        (head(typ="JWT"), "type"),
        (head(typ="dpop+jwt"), "type"),
        (head(typ=None), "type"),
        (head(crit=["exp"]), "form"),
        (head(crit=[], b64=False), "form"),
        (b'{"typ":"at+jwt","alg":"none","alg":"ES256","kid":"k"}', "form"),
        (b'{"typ":"at+jwt","alg":"ES256","kid":"k","x":NaN}', "form"),
        (b'["alg","ES256"]', "form"),
        (b"\xff", "form"),
        (b"{" * 600, "form"),
        (b'{"a":' * 400 + b"1" + b"}" * 400, "algorithm"),
        (b'{"a":' + b"[" * 3000 + b"]" * 3000 + b"}", "form"),
        (b'{"a":' + b"9" * 5000 + b"}", "form"),
    ],
)
def test_a_header_is_read_strictly(header: Any, what: str, keys: dict[str, PrivateKey]) -> None:
    """Other types, extensions, repeated members, bombs and what is no JSON are flaws."""
    covered = f"{packed(written(header))}.{packed(b'{}')}"
    assert flaw(f"{covered}.{packed(b'x' * 64)}") == what


def test_repeated_claims_are_a_flaw(keys: dict[str, PrivateKey]) -> None:
    """RFC 8725 2.4: two readers of a repeated member may each read another."""
    assert flaw(sign(keys["ES256"], head(), b'{"sub":"a","sub":"b"}')) == "form"
    assert flaw(sign(keys["ES256"], head(), b'{"cnf":{"jkt":"a","jkt":"b"}}')) == "form"


def test_a_text_has_one_spelling(keys: dict[str, PrivateKey]) -> None:
    """Padding, blanks, other alphabets, stray bits, two or five parts, and length are flaws."""
    good = sign(keys["ES256"], head(), {})
    header, claims, signature = good.split(".")
    for text in (
        f"{header}=.{claims}.{signature}",
        f" {good}",
        f"{good}\n",
        f"{header}.{claims}",
        f"{good}.{signature}.{signature}",
        f"{header}.{claims}.{signature[:-1]}+",
        f"{header}.{claims}.AB",  # the second character's last four bits must be zero
        f"{header}.{claims}.A",
        "a" * 5000 + "." + "b" * 5000 + "." + "c" * 5000,
        "..",
        "",
    ):
        assert flaw(text) == "form"


@pytest.mark.parametrize(
    "changed",
    [
        {"kty": "oct", "k": "AAAA"},
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"crv": None},
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"alg": "ES384"},
        {"alg": "RS256"},
        {"alg": None},
        {"x": "AAAA"},
        {"x": 1},
        {"y": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
        {"d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"},
    ],
)
def test_keys_of_no_use_are_none(changed: dict[str, Any]) -> None:
    """Secrets, private halves, other curves, other uses and points off the curve are no keys."""
    good = VECTORS["RFC 7515 A.3"][0]
    assert read_key(good).takes("ES256")
    with pytest.raises(FlawError, match="key"):
        read_key(good | changed)


def test_short_moduli_are_none() -> None:
    """RFC 7518 3.3: a modulus has at least 2048 bits; one of 9000 would only cost time."""
    for modulus in (
        packed(b"\xff" * 255),
        packed(b"\0" * 9 + b"\xff" * 250),
        packed(b"\xff" * 1125),
    ):
        with pytest.raises(FlawError, match="key"):
            read_key({"kty": "RSA", "n": modulus, "e": "AQAB"})


def test_a_set_leaves_out_what_is_of_no_use(keys: dict[str, PrivateKey]) -> None:
    """Secrets and keys without an id are left out; an id that stands twice spoils the set."""
    good = {**public(keys["ES256"]), "kid": "1"}
    other = {**public(keys["RS256"]), "kid": "1"}
    found = read_keys({"keys": [good, other, {"kty": "oct", "kid": "2", "k": "AA"}, "x", {}]})
    assert set(found) == {("1", "EC"), ("1", "RSA")}
    spoiled: list[dict[str, Any]] = [{"keys": [good, good]}, {"keys": {}}, {}]
    for bad in spoiled:
        with pytest.raises(FlawError):
            read_keys(bad)


def test_lone_surrogates_and_floods_of_brackets_end_quietly() -> None:
    """Fewer brackets are taken than the parser bears; half a character stays what it is."""
    assert read_json(b'{"a":"\\ud800"}') == {"a": "\ud800"}
    with pytest.raises(FlawError):
        read_json(b'{"a":[' + b"[]," * 600 + b"[]]}")
