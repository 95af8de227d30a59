"""The one family of errors. Imports nothing.

A failure has a stable ``code`` (``element.not_in_agreement``), one sentence that says what is
wrong, and what to do next. Neither sentence may carry a protected value: callers pass names of
elements, purposes, controls and limits, never what somebody stored (C3.2).

Errors describe; the doors act. Each door maps the families to its own words in one table.
"""

from __future__ import annotations


class Failure(Exception):  # noqa: N818 - the family's name is the trade's word, not a suffix
    """Root of the family; only its children are raised.

    Args:
        code: stable, dotted, lower case; part of the published interface.
        says: one sentence: what is wrong. Never a protected value.
        do: what the reader can do next.
        retryable: the same call may succeed later, unchanged.
    """

    def __init__(self, code: str, says: str, *, do: str = "", retryable: bool = False) -> None:
        super().__init__(f"{code}: {says}")
        self.code = code
        self.says = says
        self.do = do
        self.retryable = retryable


class Refused(Failure):
    """You may not: a rule of the agreement or of access forbids it. HTTP 403, exit 1."""


class Unauthenticated(Refused):
    """Nobody knows you: the credential is missing, unknown, expired or revoked. HTTP 401."""


class Invalid(Failure):
    """You sent something that cannot be understood or stored. HTTP 422, exit 2."""


class Oversized(Invalid):
    """You sent more than the published limits. HTTP 413, exit 2."""


class NotFound(Failure):
    """It does not exist, or you may not know that it does. HTTP 404, exit 1."""


class Gone(NotFound):
    """It was destroyed; the ledger says when. HTTP 410, exit 1."""


class Conflict(Failure):
    """It clashes with what already stands. HTTP 409, exit 1."""


class Unavailable(Failure):
    """Something bailee needs did not answer; nothing was changed. HTTP 503, exit 1."""

    def __init__(self, code: str, says: str, *, do: str = "", retryable: bool = True) -> None:
        super().__init__(code, says, do=do, retryable=retryable)


class Broken(Failure):
    """Integrity is lost: a hash, a key or a tree does not match. HTTP 500, exit 3."""
