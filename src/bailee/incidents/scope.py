"""Which accesses an incident is about: people, keys, records, a time, purposes, elements. Pure.

An access is in scope when it fits every part that says anything; a part that is empty says
nothing. The time is that of the access, both ends included.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from bailee.clock import read_time, write_time
from bailee.errors import Invalid

MOST = 1000
"""Names in one part: more of them is a time, not a list."""
_WORD = re.compile(r"[A-Za-z0-9_.:*-]{1,128}", re.ASCII)


class Scope(msgspec.Struct, frozen=True):
    """A question to the log.

    Attributes:
        since: of the first access.
        until: of the last one.
        people: principals, whether they called themselves or a program called for them.
        keys: credentials.
        records: ids.
        purposes: for which an access was made.
        elements: names of the catalogue.
    """

    since: str
    until: str
    people: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()

    @property
    def window(self) -> tuple[datetime, datetime]:
        """Return the time that it asks for."""
        return read_time(self.since), read_time(self.until)

    def asks(self, fields: Mapping[str, Any]) -> bool:
        """Say whether an entry's clear fields fit."""
        if not self.since <= str(fields["time"]) <= self.until:
            return False
        return not self.purposes or fields["purpose"] in self.purposes

    def names(self, actor: Mapping[str, str]) -> bool:
        """Say whether who called fits."""
        if self.people and self.people_of(actor).isdisjoint(self.people):
            return False
        shown = {actor.get("key_id", ""), actor.get("token_id", "")}
        return not self.keys or not shown.isdisjoint(self.keys)

    @staticmethod
    def people_of(actor: Mapping[str, str]) -> frozenset[str]:
        """Return the principals behind a call."""
        pair = actor.get("principal_id", ""), actor.get("on_behalf_of", "")
        return frozenset(filter(None, pair))


def read_scope(scope: Scope) -> Scope:
    """Return a scope with its times in the log's own writing, its lists sorted.

    Raises:
        Invalid: ``incident.window``, ``incident.scope``, ``time.unreadable``.
    """
    since, until = scope.window
    if since > until:
        raise Invalid("incident.window", "The time ends before it begins.")
    return Scope(
        write_time(since),
        write_time(until),
        *(_checked(part) for part in (scope.people, scope.keys, scope.records)),
        *(_checked(part) for part in (scope.purposes, scope.elements)),
    )


def _checked(part: Sequence[str]) -> tuple[str, ...]:
    if len(part) > MOST or not all(_WORD.fullmatch(word) for word in part):
        raise Invalid(
            "incident.scope",
            f"A part of a scope has at most {MOST} ids or names.",
            do="Take ids from the log; leave a part empty to ask for all.",
        )
    return tuple(sorted(set(part)))
