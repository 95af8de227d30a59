"""Methods of people, services, keys, grants and approvals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bailee.client.line import Line, filled, segment, within
from bailee.client.rights import (
    Approval,
    Changed,
    Explanation,
    Grant,
    Grants,
    Invitation,
    Key,
    PeopleList,
    Principal,
    Token,
)


class People(Line):
    """Let people and services in, give them rights, and end both."""

    def invite(self, *, name: str, employer: str, email: str, **more: str) -> Invitation:
        """Invite a named person; the one-time secret is answered once.

        ``more``: ``undertaking``, ``undertaken`` (a day), ``relation``, ``represents``.
        """
        body = {"name": name, "employer": employer, "email": email, **more}
        return self._post("/v1/invitations", Invitation, body)

    def accept_invitation(self, secret: str) -> Key:
        """Take up an invitation; needs no key."""
        return self._post("/v1/invitations/accept", Key, {"secret": secret})

    def create_service(
        self, *, name: str, mode: Literal["autonomous", "acting-for"], owner: str
    ) -> Principal:
        """Register a service under the person who answers for it."""
        body = {"name": name, "mode": mode, "owner": owner}
        return self._post("/v1/services", Principal, body)

    def mint_key(self, principal: str, *, until: str | None = None) -> Key:
        """Make a key for somebody else; it is answered once."""
        return self._post("/v1/keys", Key, filled(principal=principal, until=until))

    def issue_token(self, service: str) -> Token:
        """Let an acting-for service act for oneself; the token is answered once."""
        return self._post(f"/v1/services/{segment(service)}/token", Token)

    def link_person(self, principal: str, *, subject: str) -> Changed:
        """Say who a person is at the identity provider: by its own name for them."""
        return self._post(f"/v1/people/{segment(principal)}/link", Changed, {"subject": subject})

    def link_service(self, service: str, *, client: str) -> Changed:
        """Say which client of the identity provider an acting-for service is."""
        return self._post(f"/v1/services/{segment(service)}/link", Changed, {"client": client})

    def unlink(self, principal: str) -> Changed:
        """End what a person or service is at the identity provider."""
        return self._post(f"/v1/people/{segment(principal)}/unlink", Changed)

    def revoke_key(self, key_id: str) -> Changed:
        """End a key at once."""
        return self._post(f"/v1/keys/{segment(key_id)}/revoke", Changed)

    def list_people(self) -> PeopleList:
        """List people and services."""
        return self._get("/v1/people", PeopleList)

    def leave(self, principal: str) -> Changed:
        """Let a person go: every key and grant ends at once."""
        return self._post(f"/v1/people/{segment(principal)}/leave", Changed)

    def list_grants(self, controller: str) -> Grants:
        """List the grants at a controller."""
        return self._get(within(controller, "grants"), Grants)

    def grant(
        self,
        controller: str,
        principal: str,
        *,
        verbs: Sequence[str],
        elements: Sequence[str] = (),
        until: str,
        purposes: Sequence[str] = (),
        daily: int | None = None,
    ) -> Grant:
        """Grant rights to somebody else."""
        body = filled(elements=elements, purposes=purposes, daily=daily)
        body |= {"principal": principal, "verbs": verbs, "until": until}
        return self._post(within(controller, "grants"), Grant, body)

    def explain(
        self,
        controller: str,
        verb: str,
        purpose: str,
        *,
        elements: Sequence[str] = (),
        principal: str = "",
    ) -> Explanation:
        """Say which grant allows something, or all that is missing; of oneself by default."""
        body = filled(elements=elements, principal=principal, purpose=purpose) | {"verb": verb}
        return self._post(within(controller, "grants/explain"), Explanation, body)

    def revoke_grant(self, controller: str, grant: str) -> Changed:
        """End a grant at once."""
        return self._post(within(controller, f"grants/{segment(grant)}/revoke"), Changed)

    def request_approval(
        self,
        controller: str,
        purpose: str,
        elements: Sequence[str],
        *,
        subjects: int,
        until: str,
        reason: str,
    ) -> Approval:
        """Ask a second person for a bounded right."""
        body = {
            "purpose": purpose,
            "elements": elements,
            "subjects": subjects,
            "until": until,
            "reason": reason,
        }
        return self._post(within(controller, "approvals"), Approval, body)

    def approve(self, controller: str, approval: str) -> Approval:
        """Approve as the second person."""
        path = within(controller, f"approvals/{segment(approval)}/approve")
        return self._post(path, Approval)

    def refuse(self, controller: str, approval: str) -> Approval:
        """Refuse as the second person."""
        path = within(controller, f"approvals/{segment(approval)}/refuse")
        return self._post(path, Approval)


__all__ = ["People"]
