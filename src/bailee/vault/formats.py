"""Which of a controller's elements have tokens in a format of their own, and what it is.

The catalogue says which formats an element allows; the controller chooses. A choice is for tokens
made from then on; those that were given stay as they are, and open as before.

Every call that makes tokens needs to know. So it is remembered under access's epoch, which the call
has read already, and which a choice moves in its own commit: no process works by an older one.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from bailee.access import Memory, bump
from bailee.errors import Invalid
from bailee.vault import token_store
from bailee.vault.alias import FORMS, OPAQUE, Form
from bailee.vault.catalogue import CATALOGUE, Element, element


class Formats:
    """What was chosen, as far as this process knows it."""

    def __init__(self) -> None:
        self._memory = Memory()

    def chosen(self, conn: sa.Connection, controller: str, epoch: str) -> Mapping[str, Form]:
        """Return the forms of the elements whose tokens are aliases; no statement in most calls."""

        def load() -> Mapping[str, Form]:
            found = token_store.formats(conn, controller)
            return {name: FORMS[format_] for name, format_ in found.items()}

        return self._memory.recall(epoch, controller, load)


def allowed_formats(rules: Element) -> tuple[str, ...]:
    """Return the formats that an element's tokens may have, none where it has no tokens."""
    return (OPAQUE, *rules.token_formats) if rules.token else ()


def possible(name: str) -> Mapping[str, Form]:
    """Return the form that an element's tokens have wherever they are aliases, if they can be."""
    rules = CATALOGUE.get(name)
    return {name: FORMS[rules.token_formats[0]]} if rules and rules.token_formats else {}


def choose(conn: sa.Connection, controller: str, chosen: tuple[str, str], now: str) -> str:
    """Let tokens of an element be made in a format from now on; return the one before.

    Whoever chooses at the same time waits until the commit.

    Raises:
        Invalid: ``element.unknown``; ``token.format`` for one that the element does not allow.
    """
    name, format_ = chosen
    formats = allowed_formats(element(name))
    if format_ not in formats:
        raise Invalid(
            "token.format",
            f"Tokens of {name} have no such format." if formats else f"{name} has no tokens.",
            do=f"Choose one of: {', '.join(formats)}." if formats else "",
        )
    bump(conn)
    before = token_store.formats(conn, controller).get(name, OPAQUE)
    written = "" if format_ == OPAQUE else format_
    token_store.set_format(conn, controller, (name, written), now)
    return before


def listed(conn: sa.Connection, controller: str) -> dict[str, str]:
    """Return the format of every element that has tokens."""
    found = token_store.formats(conn, controller)
    return {one.name: found.get(one.name, OPAQUE) for one in CATALOGUE.values() if one.token}
