"""The way to a witness: one errand, whose failures are the witness's own."""

from __future__ import annotations

from bailee.errors import Unavailable
from bailee.gateways.errand import Bounds, LostError, run
from bailee.ledger.cosigning import Reply

SECONDS = 10.0
MOST_BYTES = 1 << 16
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


def post(url: str, body: bytes) -> Reply:
    """Send a body and return the answer.

    Raises:
        Unavailable: ``witness.unreachable``, ``witness.slow``, ``witness.answer``.
    """
    # What is sent is public and what comes back is signed: a witness may be asked without TLS.
    bounds = Bounds(SECONDS, MOST_BYTES, clear=True)
    try:
        answer = run(url, bounds, body=body, headers=PLAIN)
    except LostError as lost:
        match lost.how:
            case "slow":
                raise Unavailable("witness.slow", "The witness took too long.") from None
            case "answer":
                raise Unavailable("witness.answer", "The witness's answer is too long.") from None
            case _:
                raise Unavailable("witness.unreachable", "The witness cannot be reached.") from None
    return Reply(answer.status, answer.media, answer.body)
