"""Looking at the processes behind an address, from outside."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from bailee.client import BaileeProblem, Client
from bailee.web.certificate import CERTIFICATE
from tests.journeys.world import World

PATIENCE = 40.0
"""Seconds until something that must happen counts as not happening; no measure of speed."""


def certificate(world: World) -> str:
    """Return the file of the deployment's own certificate."""
    return str(world.settings.home / "tls" / CERTIFICATE)


def caller(world: World, url: str, who: str, retries: int = 0) -> Client:
    """Return a client of a served address."""
    return Client(url, world.keys[who], ca=certificate(world), retries=retries)


def members(process: subprocess.Popen[str]) -> list[int]:
    """Return the process ids of a supervisor's crew."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(one) for one in children.read_text().split()]


def wait_until(true: Callable[[], object], what: str) -> None:
    """Wait until something is true; fail with its name when it never is."""
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, f"it never came true that {what}"
        time.sleep(0.05)


def answering(client: Client) -> tuple[str, int, int]:
    """Return status, size and answering members of a crew; nobody answering is ('', 0, 0)."""
    try:
        health = client.health()
    except BaileeProblem:
        return "", 0, 0
    return health.status, health.workers, health.answering
