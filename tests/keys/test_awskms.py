"""What AWS KMS is asked, and what it may answer (C2.8(3))."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator

import pytest

from bailee.errors import Failure
from bailee.keys.awskms import KmsRoot
from tests.simulators.witness import Answer, SimulatedWitness

JSON = "application/x-amz-json-1.1"
ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CONTEXT, KEY = b"a place", b"k" * 32


def says(status: int, **body: str) -> Answer:
    """Return an answer with a JSON body."""
    return status, JSON, json.dumps(body).encode()


def works(body: bytes) -> Answer:
    """Encrypt as nobody should, and decrypt."""
    if "CiphertextBlob" in json.loads(body):
        return says(200, KeyId=ARN, Plaintext=base64.b64encode(KEY).decode())
    return says(200, KeyId=ARN, CiphertextBlob="AAAA")


@pytest.fixture
def kms() -> SimulatedWitness:
    """Return whoever listens at the endpoint; it works."""
    return SimulatedWitness(works)


@pytest.fixture
def root(kms: SimulatedWitness, monkeypatch: pytest.MonkeyPatch) -> Iterator[KmsRoot]:
    """Return a root at that endpoint, given by an alias."""
    with kms.served() as url:
        for name, value in {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "AKIASIMULATED0000000",
            "AWS_SECRET_ACCESS_KEY": "simulated-secret-access-key",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }.items():
            monkeypatch.setenv(name, value)
        made = KmsRoot("alias/bailee")
        yield made
        made.close()


def test_the_key_is_named_in_every_call(kms: SimulatedWitness, root: KmsRoot) -> None:
    """Once the alias is resolved it is not asked again; no other key of the account is tried."""
    assert root.unwrap(CONTEXT, root.wrap(CONTEXT, KEY)) == KEY
    asked = [json.loads(body) for body in kms.asked]
    assert [one["KeyId"] for one in asked] == ["alias/bailee", ARN, ARN]
    assert base64.b64decode(asked[0]["Plaintext"]) == bytes(32)  # to resolve it, nothing of ours


def test_the_context_is_bound_by_kms(kms: SimulatedWitness, root: KmsRoot) -> None:
    """Wrapping and unwrapping carry the same digest, another place another one; nobody is named."""
    root.unwrap(CONTEXT, root.wrap(CONTEXT, KEY))
    root.wrap(b"another place", KEY)
    found = [json.loads(body)["EncryptionContext"] for body in kms.asked[1:]]
    assert found[0] == found[1] != found[2]
    assert all(set(one) == {"bailee"} and len(one["bailee"]) == 64 for one in found)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (says(400, __type="AccessDeniedException"), "root.refused"),
        (says(400, __type="ExpiredTokenException"), "root.refused"),
        (says(403), "root.refused"),
        (says(400, __type="NotFoundException"), "root.missing"),
        (says(400, __type="IncorrectKeyException"), "root.wrong"),
        (says(400, __type="InvalidCiphertextException"), "key.unwrap"),
        (says(400, __type="DisabledException"), "root.unavailable"),
        (says(400, __type="ThrottlingException"), "root.unavailable"),
        (says(500, __type="KMSInternalException"), "root.unavailable"),
        (says(200), "root.unavailable"),
    ],
)
def test_each_answer_has_its_code(
    kms: SimulatedWitness, root: KmsRoot, answer: Answer, code: str
) -> None:
    """KMS's errors mean what its documentation says; each call is one request."""
    wrapped = root.wrap(CONTEXT, KEY)
    before = len(kms.asked)
    kms.say = lambda _: answer
    with pytest.raises(Failure) as failed:
        root.unwrap(CONTEXT, wrapped)
    assert (failed.value.code, len(kms.asked)) == (code, before + 1)
