"""What this door asks for requests of people."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import request_shapes as shapes
from bailee.app.opendsr import Said, Signed

Caller: TypeAlias = Any


class Requests(Protocol):
    """Requests of people about their data."""

    def enter_request(
        self, caller: Caller, controller: str, body: shapes.NewPersonRequest
    ) -> shapes.PersonRequest:
        """Enter one."""

    def list_requests(self, caller: Caller, controller: str) -> shapes.PersonRequests:
        """List them."""

    def show_request(self, caller: Caller, controller: str, item: str) -> shapes.PersonRequest:
        """Show one."""

    def identify_request(
        self, caller: Caller, controller: str, item: str, body: shapes.Identification
    ) -> shapes.PersonRequest:
        """Say whom it is about."""

    def move_request(
        self, caller: Caller, controller: str, item: str, body: shapes.RequestMove
    ) -> shapes.PersonRequest:
        """Say what happened to one."""

    def execute_request(
        self, caller: Caller, controller: str, item: str, body: shapes.Execution
    ) -> shapes.PersonRequest:
        """Carry one out."""

    def request_letter(self, caller: Caller, controller: str, item: str) -> shapes.PersonLetter:
        """Return what its person may be told."""

    def request_package(self, caller: Caller, controller: str, item: str) -> bytes:
        """Return its package."""

    def add_request_key(
        self, caller: Caller, controller: str, body: shapes.NewRequestKey
    ) -> shapes.RequestKey:
        """Register a key."""

    def end_request_key(self, caller: Caller, controller: str, item: str) -> shapes.RequestKey:
        """End a key."""

    def list_request_keys(self, caller: Caller, controller: str) -> shapes.RequestKeys:
        """List keys."""

    def opendsr_discovery(self) -> Said:
        """Say what OpenDSR takes here."""

    def opendsr_certificate(self) -> bytes:
        """Return the certificate of our answers."""

    def opendsr_enter(self, sent: Signed) -> Said:
        """Enter a request."""

    def opendsr_show(self, item: str, sent: Signed) -> Said:
        """Show a request."""

    def opendsr_cancel(self, item: str, sent: Signed) -> Said:
        """Cancel a request."""
