"""Signing in at the identity provider, as the doors ask for it (MISSION A7)."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.access import Caller, Done
from bailee.access.sign_on import LINK, STEP_UP
from bailee.access.sign_on import Returned as Response
from bailee.access.sign_ons import Away
from bailee.app import sign_on_shapes as shapes
from bailee.app.office import entry_of
from bailee.app.sign_ins import SignIns
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.errors import Failure, Unauthenticated, Unavailable


class SignOns(SignIns):
    """Acts by which people come in at the identity provider."""

    def sign_on_offer(self) -> shapes.Offer:
        """Say whether people sign in at a provider."""
        name = self.parts.access.sign_on_name
        return shapes.Offer(bool(name), name)

    def begin_sign_on(self, remote: str) -> shapes.Away:
        """Send a browser to the provider; that it does not answer is recorded like a refusal."""
        try:
            return _away(self.parts.access.begin_sign_on(self.parts.data, remote))
        except Unavailable as failure:
            self.parts.sentry.refuse(remote, failure.code)
            raise

    def begin_sign_on_step_up(self, caller: Caller, remote: str) -> shapes.Away:
        """Send somebody to the provider to sign in there anew, in their session."""
        return self._begun(caller, STEP_UP, remote)

    def begin_link(self, caller: Caller, remote: str) -> shapes.Away:
        """Send somebody to the provider to link themselves."""
        return self._begun(caller, LINK, remote)

    def finish_sign_on(self, body: shapes.Returned, remote: str) -> shapes.Back:
        """Take up what a browser brought back."""
        response = Response(body.state, body.code, body.issuer, body.error)
        access, data = self.parts.access, self.parts.data
        data.read(HOUSE, self.parts.rules.read)  # not compiled in a writer's turn
        done = self._counted(remote, lambda: access.finish_sign_on(data, response, body.browser))
        shown = done.result.shown
        return shapes.Back(
            kind=done.result.kind,
            entry=entry_of(done.entry),
            session=self._session(Done(shown, done.entry)) if shown else None,
        )

    def own_link(self, caller: Caller) -> shapes.OwnLink:
        """Tell the caller whether they are linked."""

        def work(conn: sa.Connection) -> shapes.OwnLink:
            link = self.parts.access.own_link(conn, caller)
            return shapes.OwnLink(link is not None, write_time(link.created) if link else "")

        return self.read(caller, HOUSE, "self", work)

    def sign_out_elsewhere(self, token: str, remote: str) -> None:
        """End what the provider says is over; a token that is refused is recorded by its source."""
        access, data = self.parts.access, self.parts.data
        try:
            access.sign_out_elsewhere(data, token)
        except (Unauthenticated, Unavailable) as failure:
            self.parts.sentry.refuse(remote, failure.code)
            raise

    def _begun(self, caller: Caller, kind: str, remote: str) -> shapes.Away:
        access, data = self.parts.access, self.parts.data
        try:
            return _away(access.begin_own_sign_on(data, caller, kind, remote))
        except Failure as failure:
            self._note_refusal(caller, HOUSE, "self", failure)
            raise


def _away(away: Away) -> shapes.Away:
    return shapes.Away(away.address, away.browser)
