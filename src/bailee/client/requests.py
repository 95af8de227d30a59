"""Methods of requests of people about their data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bailee.client.line import Line, filled, segment, within
from bailee.client.request_answers import (
    PersonLetter,
    PersonRequest,
    PersonRequests,
    RequestKey,
    RequestKeys,
)

RequestKind = Literal["access", "portability", "correction", "restriction", "deletion", "other"]
Regime = Literal["gdpr", "uk-gdpr", "ccpa", "other"]
Channel = Literal["controller", "misdirected"]
RequestEvent = Literal[
    "extend", "tell-person", "stop", "deny", "settle", "withdraw", "announce-lift", "lift"
]


class Requested(Line):
    """Enter requests of people, and carry them out."""

    def enter_request(
        self,
        controller: str,
        kind: RequestKind,
        *,
        regime: Regime,
        channel: Channel = "controller",
        subjects: Sequence[str] = (),
        said: Mapping[str, str] | None = None,
        received: str = "",
    ) -> PersonRequest:
        """Enter a request: it is held, and the controller is told.

        ``subjects`` are the controller's references, ``said`` values by element; whoever fits all
        of it is meant.
        """
        body = {"kind": kind, "regime": regime, "channel": channel} | _people(subjects, said)
        return self._post(
            within(controller, "requests"), PersonRequest, body | filled(received=received)
        )

    def list_requests(self, controller: str) -> PersonRequests:
        """List requests, and how they stand."""
        return self._get(within(controller, "requests"), PersonRequests)

    def show_request(self, controller: str, request: str) -> PersonRequest:
        """Show one request."""
        return self._get(_at(controller, request), PersonRequest)

    def identify_request(
        self,
        controller: str,
        request: str,
        *,
        subjects: Sequence[str] = (),
        said: Mapping[str, str] | None = None,
    ) -> PersonRequest:
        """Say anew whom a request is about."""
        body = _people(subjects, said)
        return self._post(_at(controller, request, "identify"), PersonRequest, body)

    def move_request(
        self,
        controller: str,
        request: str,
        event: RequestEvent,
        *,
        reason: str = "",
        note: str = "",
        until: str = "",
        purpose: str = "",
    ) -> PersonRequest:
        """Extend, deny, settle, withdraw or stop it; tell the person; lift a restriction."""
        body = {"event": event} | filled(reason=reason, note=note, until=until, purpose=purpose)
        return self._post(_at(controller, request, "move"), PersonRequest, body)

    def execute_request(
        self,
        controller: str,
        request: str,
        purpose: str,
        *,
        people: int = 1,
        recipient: str = "",
        corrections: Sequence[Mapping[str, Any]] = (),
        exceptions: Sequence[Mapping[str, str]] = (),
        approval: str = "",
    ) -> PersonRequest:
        """Carry out what the controller instructed; the same call again goes on, or shows it."""
        body: dict[str, Any] = {
            "purpose": purpose, "people": people, "corrections": list(corrections),
            "exceptions": list(exceptions),
        }  # fmt: skip
        body |= filled(recipient=recipient, approval=approval)
        return self._post(_at(controller, request, "execute"), PersonRequest, body)

    def request_letter(self, controller: str, request: str) -> PersonLetter:
        """Get all that the person may be told by us."""
        return self._get(_at(controller, request, "letter"), PersonLetter)

    def request_package(self, controller: str, request: str) -> bytes:
        """Get the package of a request, encrypted for its recipient (age)."""
        return self._raw(_at(controller, request, "package"))

    def add_request_key(self, controller: str, name: str, jwk: Mapping[str, str]) -> RequestKey:
        """Register a key by which the controller's own system signs requests."""
        body = {"name": name, "jwk": dict(jwk)}
        return self._post(within(controller, "request-keys"), RequestKey, body)

    def list_request_keys(self, controller: str) -> RequestKeys:
        """List the keys that sign requests."""
        return self._get(within(controller, "request-keys"), RequestKeys)

    def end_request_key(self, controller: str, key: str) -> RequestKey:
        """End a key."""
        return self._post(within(controller, f"request-keys/{segment(key)}/end"), RequestKey)


def _at(controller: str, request: str, what: str = "") -> str:
    place = f"requests/{segment(request)}"
    return within(controller, f"{place}/{what}" if what else place)


def _people(subjects: Sequence[str], said: Mapping[str, str] | None) -> dict[str, Any]:
    named = [{"element": name, "equals": text} for name, text in (said or {}).items()]
    return {"subjects": list(subjects), "said": named}
