"""SCIM 2.0, as the identity provider asks for it (C2.5(6)).

What speaks it (``scim_desk``) loads half a second's worth of libraries, which a command that does
not speak it need not wait for.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bailee.access import Caller
from bailee.app.office import Office

if TYPE_CHECKING:
    from bailee.app.scim_desk import ScimDesk

Json = dict[str, Any]


class Scim(Office):
    """What the identity provider does and asks."""

    @functools.cached_property
    def scim_desk(self) -> ScimDesk:
        """Whoever knows SCIM's words."""
        from bailee.app.scim_desk import ScimDesk  # noqa: PLC0415 - its library loads slowly

        return ScimDesk(self.parts)

    def scim_create(self, caller: Caller, kind: str, body: Json) -> Json:
        """Make a user or a group."""
        return self.scim_desk.create(caller, kind, body)

    def scim_get(self, caller: Caller, kind: str, item: str, asked: Mapping[str, Any]) -> Json:
        """Show one user or group."""
        return self.scim_desk.get(caller, kind, item, asked)

    def scim_search(self, caller: Caller, kinds: tuple[str, ...], asked: Mapping[str, Any]) -> Json:
        """List users, groups or both."""
        return self.scim_desk.search(caller, kinds, asked)

    def scim_replace(
        self, caller: Caller, kind: str, item: str, body: Json, *, versions: tuple[int, ...] = ()
    ) -> Json:
        """Put one in another's place."""
        return self.scim_desk.replace(caller, kind, item, body, versions=versions)

    def scim_patch(
        self, caller: Caller, kind: str, item: str, body: Json, *, versions: tuple[int, ...] = ()
    ) -> Json:
        """Change one, all of it or nothing."""
        return self.scim_desk.patch(caller, kind, item, body, versions=versions)

    def scim_delete(
        self, caller: Caller, kind: str, item: str, *, versions: tuple[int, ...] = ()
    ) -> None:
        """Delete one."""
        self.scim_desk.delete(caller, kind, item, versions=versions)

    def scim_describe(self, caller: Caller, what: str, item: str = "") -> Json:
        """Describe what is served."""
        return self.scim_desk.describe(caller, what, item)


__all__ = ["Scim"]
