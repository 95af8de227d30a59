"""A controller's laws from the command line: registered, read, ended, counted (C7.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bailee.cli import app
from tests.journeys.world import ACME, GLOBEX, World, code_of, founded


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """Return a deployment with two controllers; Clara signs for acme."""
    with founded("sqlite", tmp_path / "home", request) as made:
        yield made


def test_a_register_belongs_to_its_controller(world: World) -> None:
    """Clara registers for acme and compares; at globex she is nobody, and nothing shows there."""
    world.give(ACME, "clara", ["interpret"])
    clara, ada = world.line("clara"), world.line("ada")
    clara.register_law(ACME, "gdpr", begins="2026-01-01", reason="Customers in Graz.")
    for attempt in (
        lambda: clara.register_law(GLOBEX, "gdpr", begins="2026-01-01", reason="x"),
        lambda: clara.list_laws(GLOBEX),
        lambda: clara.law_clocks(GLOBEX, "breach-suspected", "2026-03-02T10:00:00Z"),
        lambda: clara.end_law(GLOBEX, "gdpr", ends="2027-01-01", reason="x"),
    ):
        assert code_of(attempt) == "controller.unknown"
    assert [one.law for one in ada.list_laws(ACME).registrations] == ["gdpr"]
    assert ada.list_laws(GLOBEX).registrations == []
    assert code_of(lambda: ada.register_law(ACME, "x" * 64, begins="2026-01-01", reason="y")) in {
        "grant.missing",
        "law.unknown",
    }


def test_from_the_command_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add with a reason that is asked for, show, compare, compute, end as the controller."""
    world.give(ACME, "clara", ["interpret", "audit"])
    world.close()
    for name, text in world.environment("clara").items():
        monkeypatch.setenv(name, text)

    def run(*args: str, stdin: str = "") -> Any:
        return CliRunner().invoke(app, ["controller", *args], input=stdin)

    def told(*args: str, stdin: str = "") -> Any:
        done = run(*args, "--json", stdin=stdin)
        assert done.exit_code == 0, done.output + str(done.exception)
        return json.loads(done.stdout[done.stdout.index("{") :])

    made = told("laws", ACME, "--add", "hipaa", "--since", "2026-01-01", stdin="Health plans.\n")
    assert [one["reason"] for one in made["registrations"]] == ["Health plans."]
    assert run("laws", ACME, "--add", "hipaa", stdin="Again.\n").exit_code == 1
    shown = run("laws", ACME).stdout
    assert "hipaa" in shown
    assert "unread" in shown
    place = ("--edition", "45 CFR 164 of today", "--place", "folder 7")
    compared = told("compare-law", ACME, "hipaa", *place)
    assert "hipaa:164.530(j)" in compared["lines"]
    clocks = told("law-clocks", ACME, "breach-suspected", "--since", "2026-03-02T10:00:00Z")
    claims = [
        (one["claim"]["line"], one.get("due", ""))
        for clock in clocks["clocks"]
        if clock["clock"] == "breach.notice"
        for one in clock["claims"]
    ]
    # 2 March and sixty days are 1 May; New York's midnight after it is 04:00 UTC.
    assert ("hipaa:164.410", "2026-05-02T04:00:00.000Z") in claims
    assert "due " in run("law-clocks", ACME, "breach-suspected").stdout
    ended = told("laws", ACME, "--end", "hipaa", stdin="No more plans.\n")
    assert ended["registrations"][0]["ended_reason"] == "No more plans."
