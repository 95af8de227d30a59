# ruff: noqa: ARG002
"""Transfers, statements, papers and requests for help of the simulated house."""

from __future__ import annotations

from typing import Any

from bailee.app import transfer_shapes as shapes
from bailee.vault.shapes import Entry

TIME = "2026-11-20T21:07:00Z"
LATER = "2026-12-20T21:07:00Z"


class SimulatedTransfers:
    """What crosses borders; what was asked is kept by ``saw``."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Keep what was asked."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """Return a receipt."""
        raise NotImplementedError

    def _flow(self, status: str) -> shapes.Flow:
        return shapes.Flow(
            flow="f1", status=status, holds=True, why="scc-2021-914 is signed",
            sender="controller", receiver_kind="recipient", receiver="Larkspur Analytics",
            country="IN", regime="eu", mechanism="scc-2021-914", elements=["person.name"],
            since=TIME, until=LATER, recorded_by="p1", holds_until=LATER, needs="clause-14:f1",
            reference="contract 12", text_sha256="0" * 64, entry=self.entry(),
        )  # fmt: skip

    def _assertion(self, status: str) -> shapes.Assertion:
        return shapes.Assertion(
            assertion="a1", subject="importer.address", text="12 Quay Street", status=status,
            side="processor", signed_by="p1", signed=TIME, until=LATER, entry_id="e1",
            entry=self.entry(),
        )  # fmt: skip

    def transfers(self, caller: Any, controller: str) -> shapes.Transfers:
        """List."""
        self.saw("transfers", controller, None)
        adequate = shapes.Adequate(
            decision="eu-us-dpf", regime="eu", country="US", name="EU-US Data Privacy Framework",
            status="challenged", checked="primary", source="EUR-Lex", text="(EU) 2023/1795",
            since="2023-07-10", note="An appeal is pending.", certified=True,
        )  # fmt: skip
        return shapes.Transfers(
            [self._flow("confirmed")], [self._assertion("standing")], [adequate], "2026-11-29",
            ["file"],
        )  # fmt: skip

    def record_flow(self, caller: Any, controller: str, body: shapes.NewFlow) -> shapes.Flow:
        """Record."""
        self.saw("record_flow", controller, body)
        return self._flow("recorded")

    def confirm_flow(self, caller: Any, controller: str, item: str) -> shapes.Flow:
        """Confirm."""
        self.saw("confirm_flow", controller, item)
        return self._flow("confirmed")

    def end_flow(self, caller: Any, controller: str, item: str) -> shapes.Flow:
        """End."""
        self.saw("end_flow", controller, item)
        return self._flow("ended")

    def sign_assertion(
        self, caller: Any, controller: str, body: shapes.NewAssertion
    ) -> shapes.Assertion:
        """State."""
        self.saw("sign_assertion", controller, body)
        return self._assertion("standing")

    def withdraw_assertion(self, caller: Any, controller: str, item: str) -> shapes.Assertion:
        """Withdraw."""
        self.saw("withdraw_assertion", controller, item)
        return self._assertion("withdrawn")

    def paper(self, caller: Any, controller: str, item: str) -> shapes.Paper:
        """Generate."""
        self.saw("paper", controller, item)
        lines = [
            shapes.PaperLine("Exporter", "Acme", "live", "the register of controllers"),
            shapes.PaperLine("Address", "", "blank", "controller", "exporter.address"),
        ]
        return shapes.Paper(
            paper="annexes", title="Annexes", about="Module Two", made=TIME, sha256="0" * 64,
            sections=[shapes.PaperSection("Annex I.A: parties", lines)],
            blanks=[shapes.Blank("Annex I.A", "Address", "controller", "exporter.address")],
            entry=self.entry(),
        )  # fmt: skip

    def _assistance(self, status: str) -> shapes.Assistance:
        return shapes.Assistance(
            assistance="h1", kind="authority-records", status=status, late=False,
            asked_by="Data Protection Commission", reference="IN-26-4", received=TIME,
            recorded=TIME, due=LATER, basis="C11.5", recorded_by="p1", entry=self.entry(),
        )  # fmt: skip

    def assistances(self, caller: Any, controller: str) -> shapes.Assistances:
        """List."""
        self.saw("assistances", controller, None)
        return shapes.Assistances([self._assistance("open")])

    def enter_assistance(
        self, caller: Any, controller: str, body: shapes.NewAssistance
    ) -> shapes.Assistance:
        """Enter."""
        self.saw("enter_assistance", controller, body)
        return self._assistance("open")

    def answer_assistance(self, caller: Any, controller: str, item: str) -> shapes.Paper:
        """Answer."""
        self.saw("answer_assistance", controller, item)
        return self.paper(caller, controller, "processing-record")
