# ruff: noqa: ARG002
"""Addendum kits of the simulated house."""

from __future__ import annotations

from typing import Any

from bailee.app import kit_shapes as shapes
from bailee.app.transfer_shapes import Blank, Paper, PaperLine, PaperSection
from bailee.vault.shapes import Entry

TIME = "2026-11-20T21:07:00Z"
SHA = "0" * 64


class SimulatedKits:
    """Kits; what was asked is kept by ``saw``."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Keep what was asked."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """Return a receipt."""
        raise NotImplementedError

    def make_kit(self, caller: Any, controller: str, body: shapes.NewKit) -> shapes.Kit:
        """Make one."""
        self.saw("make_kit", controller, body)
        blank = Blank("Annex I.A: what both agree", "The governing law", "controller", "offer.law")
        name = PaperLine("Legal name", "Acme", "live", "the register", "exporter.name")
        return shapes.Kit(
            made=TIME,
            text_sha256=SHA,
            paper=Paper(
                "addendum-kit", "Addendum", "Filled.", TIME, SHA,
                [PaperSection("Annex I.A: controller", [name])], [blank],
            ),
            blanks=[blank],
            claimed=["transport"],
            unclaimed=[],
            findings=[],
            text="ADDENDUM",
            manifest="{}",
            manifest_sha256=SHA,
            entry=self.entry(),
        )  # fmt: skip
