"""A log's newest checkpoint as people read it: how far, since when, and who else saw it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bailee.ledger.note import split_note

TIME_BYTES = 8
"""Of a cosignature, before the signature itself: POSIX seconds, big-endian (C2SP)."""
SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Seal:
    """What stands under a log.

    Attributes:
        text: the note with its signature lines; '' where nothing was signed yet.
        size: leaves that it covers.
        at: when it was signed.
        seen: size up to which a quorum of witnesses saw one history.
        unseen: when the first checkpoint was signed that no quorum saw; None for none.
    """

    text: str = ""
    size: int = 0
    at: str = ""
    seen: int = 0
    unseen: str | None = None

    def cosigned(self, log: str) -> Sequence[tuple[str, datetime]]:
        """Return which witnesses' lines stand under it, each with when it looked.

        They were verified before they were stored; what an auditor pins, the auditor verifies.
        """
        if not self.text:
            return ()
        _, signatures = split_note(self.text)
        return tuple(
            (one.name, datetime.fromtimestamp(int.from_bytes(one.signature[:TIME_BYTES]), UTC))
            for one in signatures
            if one.name != log and len(one.signature) == TIME_BYTES + SIGNATURE_BYTES
        )
