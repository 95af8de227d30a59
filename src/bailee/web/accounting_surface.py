"""What this door asks for the accounting of disclosures."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import accounting_shapes as shapes

Caller: TypeAlias = Any


class Accounting(Protocol):
    """Who received what of whom, and rows that name nobody."""

    def account(
        self, caller: Caller, controller: str, body: shapes.NewAccounting
    ) -> shapes.Accounting:
        """Account for one person."""

    def record_suspension(
        self, caller: Caller, controller: str, body: shapes.NewSuspension
    ) -> shapes.Suspension:
        """Register a statement."""

    def suspensions(self, caller: Caller, controller: str) -> shapes.Suspensions:
        """List statements."""

    def confirm_suspension(self, caller: Caller, controller: str, item: str) -> shapes.Suspension:
        """Confirm one."""

    def lift_suspension(self, caller: Caller, controller: str, item: str) -> shapes.Suspension:
        """End one."""

    def deidentify(
        self, caller: Caller, controller: str, body: shapes.NewDeidentified
    ) -> shapes.DeidentifiedRows:
        """Let rows leave."""

    def deidentified(self, caller: Caller, controller: str) -> shapes.DeidentifiedExports:
        """List exports."""
