"""Formats of tokens, as the doors ask for them: what a controller's own systems can hold."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import shapes
from bailee.app.office import Office, last_entry
from bailee.vault import CATALOGUE, allowed_formats


class Formatting(Office):
    """Acts upon the formats in which a controller's tokens are made."""

    def choose_token_format(
        self, caller: Caller, controller: str, body: shapes.NewTokenFormat
    ) -> shapes.TokenFormatChosen:
        """Let tokens of an element be made in a format from now on; the log says who chose it.

        Raises:
            Refused: ``grant.missing`` without ``interpret`` at the controller.
            Invalid: ``element.unknown``, ``token.format``.
        """

        def work(conn: sa.Connection) -> shapes.TokenFormatChosen:
            self.parts.access.demand(conn, caller, "interpret", controller)
            before = self.parts.vault.choose_token_format(
                conn, controller, body.element, body.format
            )
            self.parts.access.note(
                conn,
                "vault:format:chosen",
                caller.actor(),
                controller=controller,
                elements=(body.element,),
                detail={"format": body.format, "before": before},
            )
            return shapes.TokenFormatChosen(body.element, body.format, before, last_entry(conn))

        return self.act(caller, controller, "interpret", work)

    def token_formats(self, caller: Caller, controller: str) -> shapes.TokenFormats:
        """Show every element that has tokens, to whoever has any right at the controller."""

        def work(conn: sa.Connection) -> shapes.TokenFormats:
            self.parts.access.see(conn, caller, controller)
            found = self.parts.vault.token_formats(conn, controller)
            return shapes.TokenFormats(
                [
                    shapes.TokenFormat(name, format_, list(allowed_formats(CATALOGUE[name])))
                    for name, format_ in found.items()
                ]
            )

        return self.read(caller, controller, "see", work)
