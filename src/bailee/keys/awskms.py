"""Root in AWS KMS: a symmetric key, given by its ARN, id or alias (C2.8(3)).

The key never leaves KMS. The encryption context holds a digest of our context, which is bound
like associated data and may be read in CloudTrail: it names nobody. Region, endpoint and
credentials are AWS's own to find (environment, files, instance role). Needed:
``kms:Encrypt`` and ``kms:Decrypt``.

An alias is resolved by the first wrapping, and the root's name is the hash of the key's ARN: KMS's
own rotation keeps it, an alias that is turned to another key does not (move the root then).
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import threading
from typing import Any

from bailee.errors import Broken, NotFound, Unavailable
from bailee.keys.noted import Opened
from bailee.keys.root import (
    CHECK_CONTEXT,
    KEY_BYTES,
    LIMIT_SECONDS,
    altered_key,
    missing_root,
    refused_root,
    unavailable_root,
    wrong_root,
)
from bailee.keys.sealed import bound, name_root, seal, unseal

REFUSED = {
    "AccessDeniedException", "UnrecognizedClientException", "InvalidClientTokenId",
    "InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature",
    "ExpiredTokenException", "ExpiredToken", "MissingAuthenticationToken", "OptInRequired",
    "AuthFailure", "NotAuthorizedException", "InvalidGrantTokenException",
}  # fmt: skip
"""Codes by which KMS, or whatever stands before it, says that we may not."""
LOUD = ("boto3", "botocore", "urllib3")
MISSING = {"NotFoundException", "InvalidArnException", "ValidationException"}


class KmsRoot:
    """A root behind AWS's API. Thread-safe: a client of boto3 is."""

    def __init__(self, key: str, limit: float = LIMIT_SECONDS) -> None:
        if importlib.util.find_spec("boto3") is None:
            raise NotFound(
                "root.extra_aws",
                "The library that speaks to AWS is not installed.",
                do="Install bailee with its extra: pip install 'bailee[aws]'.",
            )
        self._key = key
        self._limit = limit
        self._lock = threading.Lock()
        self._made: Any = None  # owned by _lock
        self._arn = ""

    @property
    def key_id(self) -> str:
        """Return the root's name: a hash of the key's ARN, which is asked for once."""
        if not self._arn:
            answer = self._call(
                "encrypt",
                KeyId=self._key,
                Plaintext=bytes(KEY_BYTES),
                EncryptionContext={"bailee": hashlib.sha256(CHECK_CONTEXT).hexdigest()},
            )
            self._arn = str(_field(answer, "KeyId"))
        return name_root("awskms", self._arn)

    def wrap(self, context: bytes, key: bytes) -> bytes:
        """Return ``key`` encrypted; see ``Root``."""
        key_id = self.key_id
        answer = self._call(
            "encrypt", KeyId=self._arn, Plaintext=key, EncryptionContext=_bound(key_id, context)
        )
        return seal(key_id, context, _field(answer, "CiphertextBlob"))

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        """Return the key; see ``Root``."""
        return self.open(context, wrapped).key

    def open(self, context: bytes, wrapped: bytes) -> Opened:
        """Return the key and the ``requestID`` under which CloudTrail has it."""
        key_id = self.key_id
        blob = unseal(key_id, context, wrapped)
        answer = self._call(
            "decrypt",
            KeyId=self._arn,  # so that no other key of the account is ever tried
            CiphertextBlob=blob,
            EncryptionContext=_bound(key_id, context),
        )
        number = answer.get("ResponseMetadata", {}).get("RequestId", "")
        return Opened(bytes(_field(answer, "Plaintext")), str(number))

    def close(self) -> None:
        """Close its connections."""
        with self._lock:
            if self._made is not None:
                self._made.close()

    def _call(self, act: str, **arguments: Any) -> Any:
        """Return KMS's answer; one try, for whoever asked has more patience than a library."""
        from botocore.exceptions import (  # noqa: PLC0415 - an optional library, and a slow one
            BotoCoreError,
            ClientError,
            NoCredentialsError,
            PartialCredentialsError,
        )

        try:
            return getattr(self._client(), act)(**arguments)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            raise _meaning(code, status) from None
        except (NoCredentialsError, PartialCredentialsError):
            raise refused_root() from None
        except (BotoCoreError, ValueError, OSError):
            raise unavailable_root() from None

    def _client(self) -> Any:
        import boto3  # noqa: PLC0415 - an optional library, and a slow one
        from botocore.config import Config  # noqa: PLC0415 - the same

        with self._lock:
            if self._made is None:
                for name in LOUD:  # at DEBUG they write whole requests down, keys included
                    logging.getLogger(name).setLevel(logging.INFO)
                self._made = boto3.client(
                    "kms",
                    region_name=_region(self._key),
                    config=Config(
                        connect_timeout=self._limit,
                        read_timeout=self._limit,
                        retries={"total_max_attempts": 1},
                        parameter_validation=True,
                    ),
                )
            return self._made


def _bound(key_id: str, context: bytes) -> dict[str, str]:
    return {"bailee": hashlib.sha256(bound(key_id, context)).hexdigest()}


def _field(answer: Any, name: str) -> Any:
    """Return a field; boto3 takes an answer that was cut off for one without fields."""
    if name not in answer:
        raise unavailable_root()
    return answer[name]


def _region(key: str) -> str | None:
    """Return the region that an ARN names; None leaves it to AWS's own settings."""
    parts = key.split(":")
    return parts[3] if len(parts) > 5 and parts[0] == "arn" else None


def _meaning(code: str, status: int | None) -> Broken | Unavailable:
    """Return what an error means; the status counts where no code of KMS's was sent."""
    if code in REFUSED or status in {401, 403}:
        return refused_root()
    if code in MISSING:
        return missing_root()
    if code == "IncorrectKeyException":
        return wrong_root()
    if code == "InvalidCiphertextException":
        return altered_key()
    return unavailable_root()  # throttled, disabled, being deleted, 5xx
