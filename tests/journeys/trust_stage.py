"""A deployment whose page has something to say, and the words that are said on it."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pyrage

from bailee.client import Client, Paper, Signature
from bailee.db import HOUSE
from tests.journeys.world import World

REPORT = b"%PDF-1.7 the full report, confidential\n" * 40
NDA = "The reader keeps the report to themselves.\nThis ends two years after it was signed."
NAME, FIRM, MAIL = (
    "Perpetua Ashgrove",
    "Quillfeather Procurement",
    "p.ashgrove@quillfeather.example",
)


def day(world: World, days: int = 0) -> str:
    """Return a day, counted from the deployment's own."""
    return (world.now() + timedelta(days=days)).date().isoformat()


def opened(copy: bytes, code: str) -> bytes:
    """Open a visitor's copy as age does, with the code as its key."""
    file: bytes = pyrage.decrypt(copy, [pyrage.x25519.Identity.from_str(code)])
    return file


def staffed(world: World) -> None:
    """Let esra keep the page."""
    world.give(HOUSE, "esra", ["publish"], until=world.until(200))


def paper(world: World, **changed: str) -> Paper:
    """Return a SOC 2 report of the last half-year."""
    fields = {
        "kind": "type-2",
        "standard": "SOC 2",
        "issuer": "Thistledown Auditors LLP",
        "legal_name": "Harborline Payments, Inc.",
        "scope": "Security and availability of the payment platform",
        "period_start": day(world, -200),
        "period_end": day(world, -20),
        "until": day(world, 300),
        "document_sha256": hashlib.sha256(REPORT).hexdigest(),
    } | changed
    return Paper(**fields)  # type: ignore[arg-type]  # by name, as above


def sub_processor(world: World, client: Client, **changed: str) -> str:
    """Publish a sub-processor; return the fact's id."""
    fields = {
        "name": "Cobblestone Hosting GmbH",
        "service": "Data centre",
        "location": "Frankfurt, Germany",
        "since": "2026-02-01",
        "until": day(world, 90),
    } | changed
    return client.publish_fact("sub-processor", **fields).fact


def contact(world: World, client: Client, **changed: str) -> str:
    """Publish the security contact; return the fact's id."""
    fields = {
        "role": "security",
        "name": "Security desk",
        "email": "security@harborline.example",
        "phone": "+1 555 010 0199",
        "until": day(world, 90),
    } | changed
    return client.publish_fact("contact", **fields).fact


def signature(world: World, attestation: str, **changed: Any) -> Signature:
    """Sign the present NDA, as the visitor."""
    fields: dict[str, Any] = {
        "attestation": attestation,
        "nda_sha256": hashlib.sha256(NDA.encode()).hexdigest(),
        "signed": NAME,
        "accept": True,
    } | changed
    return Signature(**fields)


def ask(world: World, attestation: str, **changed: Any) -> str:
    """Ask for a report as the visitor; return the request's id."""
    who = {"name": NAME, "firm": FIRM, "email": MAIL}
    given = who | {name: changed.pop(name) for name in who if name in changed}
    made = world.line().ask_report(signature(world, attestation, **changed), **given)
    return made.request


def said(world: World) -> dict[str, Any]:
    """Return what the page says to programs."""
    told: dict[str, Any] = json.loads(world.line().trust_statement())
    return told


def entry_in(proof: bytes) -> dict[str, Any]:
    """Return the entry that a tlog-proof carries, parsed with nothing of ours."""
    line = next(one for one in proof.decode().splitlines() if one.startswith("extra "))
    entry: dict[str, Any] = json.loads(base64.b64decode(line.removeprefix("extra ")))
    return entry
