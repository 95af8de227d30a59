"""Sub-processors, as a decision meets them (C7.3(5), C7.2(5)). Pure.

A principal is *of* a sub-processor when somebody said so, when the name of its employer is the name
of one, or when whoever answers for it is. What such a principal asks of a controller's data is
refused unless that sub-processor, as it is now, is engaged for that controller, and for those
elements. The same holds for what would leave to it in files.

Deliberately not checked: a company that is on no register, and a name that is spelled otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bailee.access.grant import Missing
from bailee.access.person import fold
from bailee.access.principal import Principal
from bailee.access.view import Schema, covers, split
from bailee.errors import Refused

NOT_ENGAGED, CATEGORIES = "subprocessor.not_engaged", "subprocessor.categories"


@dataclass(frozen=True, slots=True)
class Edition:
    """A sub-processor as it is from a moment on."""

    subprocessor_id: str
    edition: int
    """Counts material changes: consent to one is none to the next."""
    since: datetime
    name: str = field(repr=False)
    elements: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outsourced:
    """Every sub-processor, and where one controller stands with it."""

    editions: tuple[Edition, ...] = ()
    """In the order in which they were written."""
    workers: Mapping[str, str] = field(default_factory=dict)
    """Principal -> sub-processor, where somebody said so."""
    engaged: frozenset[tuple[str, int]] = frozenset()
    """Sub-processor and edition that this controller consented to, and we engaged."""

    def current(self, subprocessor_id: str, now: datetime) -> Edition | None:
        """Return a sub-processor as it is now: the last edition that has begun."""
        begun = [
            one
            for one in self.editions
            if one.subprocessor_id == subprocessor_id and one.since <= now
        ]
        return begun[-1] if begun else None

    def of(self, principal: Principal | None) -> str:
        """Return the sub-processor that somebody works for, '' if none is known."""
        if principal is None:
            return ""
        return self.workers.get(principal.principal_id) or self.named(principal.employer)

    def named(self, name: str) -> str:
        """Return the sub-processor that is, was or will be called so."""
        wanted = plain(name)
        found = (one.subprocessor_id for one in self.editions if plain(one.name) == wanted)
        return next(found, "") if wanted else ""

    def holding(self, key: str) -> str:
        """Return the sub-processor that a recipient's key belongs, or once belonged, to."""
        return next((one.subprocessor_id for one in self.editions if key in one.keys), "")

    def lacks(
        self, subprocessor_id: str, elements: Iterable[str], schema: Schema, *, now: datetime
    ) -> Missing | None:
        """Return what stands between a sub-processor and elements, None for nothing."""
        one = self.current(subprocessor_id, now)
        if one is None or (one.subprocessor_id, one.edition) not in self.engaged:
            return Missing(NOT_ENGAGED)
        beyond = tuple(
            name
            for name in elements
            if not any(covers(pattern, split(name)[0], schema) for pattern in one.elements)
        )
        return Missing(CATEGORIES, beyond) if beyond else None

    def turns(self, now: datetime) -> list[datetime]:
        """Return when the clock alone changes the answer."""
        return [one.since for one in self.editions if one.since > now]


def plain(name: str) -> str:
    """Return a company's name as it is compared: letters and digits alone."""
    return "".join(char for char in fold(name) if char.isalnum())


def not_engaged() -> Refused:
    """Return the refusal of a sub-processor that is not engaged here, or not any more."""
    return Refused(
        "subprocessor.not_engaged",
        "That sub-processor is not engaged for this controller.",
        do="It takes thirty days' notice and the controller's consent in writing: "
        "`bailee subprocessor propose`.",
    )


def beyond_categories(names: str) -> Refused:
    """Return the refusal of elements that the controller's consent does not name."""
    return Refused(
        "subprocessor.categories",
        f"The controller did not consent that this sub-processor sees: {names}.",
        do="Leave it out, or record the change and give notice of it.",
    )


__all__ = ["Edition", "Outsourced", "beyond_categories", "not_engaged", "plain"]
