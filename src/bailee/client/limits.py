"""What the server takes at most, as it publishes it."""

from __future__ import annotations

from bailee.client.answers import Answer


class Limits(Answer, frozen=True, kw_only=True):
    """Published limits. Bytes are bytes on the wire; a text's escapes count as sent."""

    body_bytes: int
    """One request body."""
    items_per_call: int
    """Records, tokens, subjects or values of one call."""
    fields_per_record: int
    nesting_depth: int
    """Arrays and objects inside one another."""
    elements: int
    """Commas and opening brackets of one body."""
    value_bytes: int
    """One text of a body, where the route does not say otherwise."""
    ciphertext_bytes: int
    """One ciphertext: a value of full length, armoured."""
    agreement_bytes: int
    """An agreement's text: 2 MiB, and its escapes."""
    url_bytes: int
    query_bytes: int
    header_bytes: int
    """All header names and values of one request."""
    header_count: int
    idempotency_key_characters: int
    credential_characters: int
    person_token_characters: int
    """The token of the person for whom a service acts."""
    proof_characters: int
    """A proof of possession (RFC 9449)."""
    unknown_caller_bytes: int
    held_bytes: int
    """Bodies held at one time; more callers are asked to come back."""
    calls_at_once: int
    connections: int
    head_seconds: int
    """From a request's first byte to the end of its headers."""
    body_seconds: int
    """From the end of the headers to the last byte of the body."""
    refused_bytes: int
    """What a caller may go on sending after it was refused, before the line is cut."""
