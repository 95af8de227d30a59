# ruff: noqa: ARG002
"""Requests of people, of the simulated house."""

from __future__ import annotations

from typing import Any

from bailee.app import request_shapes as shapes
from bailee.app.opendsr import Said, Signed
from bailee.vault.shapes import Entry

TIME = "2026-11-20T21:07:00Z"


class SimulatedRequests:
    """Requests of people; what was asked is kept by ``saw``."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Keep what was asked."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """Return a receipt."""
        raise NotImplementedError

    def _request(self, **changed: Any) -> shapes.PersonRequest:
        fields: dict[str, Any] = {
            "request": "r1", "kind": "access", "regime": "gdpr", "channel": "controller",
            "status": "held", "received": TIME, "entered": TIME, "entered_by": "p1",
        }  # fmt: skip
        return shapes.PersonRequest(**(fields | changed))

    def enter_request(
        self, caller: Any, controller: str, body: shapes.NewPersonRequest
    ) -> shapes.PersonRequest:
        """Enter."""
        self.saw("enter_request", controller, body)
        return self._request(entry=self.entry())

    def list_requests(self, caller: Any, controller: str) -> shapes.PersonRequests:
        """List."""
        self.saw("list_requests", controller, None)
        return shapes.PersonRequests([self._request()], {"access": {"held": 1}})

    def show_request(self, caller: Any, controller: str, item: str) -> shapes.PersonRequest:
        """Show."""
        self.saw("show_request", controller, None)
        return self._request()

    def identify_request(
        self, caller: Any, controller: str, item: str, body: shapes.Identification
    ) -> shapes.PersonRequest:
        """Identify."""
        self.saw("identify_request", controller, body)
        return self._request(entry=self.entry())

    def move_request(
        self, caller: Any, controller: str, item: str, body: shapes.RequestMove
    ) -> shapes.PersonRequest:
        """Move."""
        self.saw("move_request", controller, body)
        return self._request(status="withdrawn", entry=self.entry())

    def execute_request(
        self, caller: Any, controller: str, item: str, body: shapes.Execution
    ) -> shapes.PersonRequest:
        """Execute."""
        self.saw("execute_request", controller, body)
        return self._request(status="done", entry=self.entry())

    def request_letter(self, caller: Any, controller: str, item: str) -> shapes.PersonLetter:
        """Return a letter."""
        self.saw("request_letter", controller, None)
        return shapes.PersonLetter("We passed it on.\n", "0" * 64)

    def request_package(self, caller: Any, controller: str, item: str) -> bytes:
        """Return a package."""
        self.saw("request_package", controller, None)
        return b"age-encryption.org/v1\n"

    def _key(self, **changed: Any) -> shapes.RequestKey:
        fields: dict[str, Any] = {
            "key": "k1", "kid": "acme:k1", "name": "Desk", "status": "living", "added": TIME,
            "added_by": "p1",
        }  # fmt: skip
        return shapes.RequestKey(**(fields | changed))

    def add_request_key(
        self, caller: Any, controller: str, body: shapes.NewRequestKey
    ) -> shapes.RequestKey:
        """Register a key."""
        self.saw("add_request_key", controller, body)
        return self._key(entry=self.entry())

    def end_request_key(self, caller: Any, controller: str, item: str) -> shapes.RequestKey:
        """End a key."""
        self.saw("end_request_key", controller, None)
        return self._key(status="ended", ended=TIME, entry=self.entry())

    def list_request_keys(self, caller: Any, controller: str) -> shapes.RequestKeys:
        """List keys."""
        self.saw("list_request_keys", controller, None)
        return shapes.RequestKeys([self._key()])

    def opendsr_discovery(self) -> Said:
        """Discover."""
        return Said(200, b"{}", "bailee.test", "c2ln")

    def opendsr_certificate(self) -> bytes:
        """Return a certificate."""
        return b"-----BEGIN CERTIFICATE-----\n"

    def opendsr_enter(self, sent: Signed) -> Said:
        """Enter by a signed call."""
        self.saw("opendsr_enter", "", sent)
        return Said(201, b"{}", "bailee.test", "c2ln")

    def opendsr_show(self, item: str, sent: Signed) -> Said:
        """Show by a signed call."""
        self.saw("opendsr_show", "", sent)
        return Said(200, b"{}", "bailee.test", "c2ln")

    def opendsr_cancel(self, item: str, sent: Signed) -> Said:
        """Cancel by a signed call."""
        self.saw("opendsr_cancel", "", sent)
        return Said(202, b"{}", "bailee.test", "c2ln")
