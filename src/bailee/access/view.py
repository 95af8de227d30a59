"""Elements and their views, and the guard against views that add up (C2.5(4)).

A *view* of an element is what a reader gets to see of it: ``plain``, or a mask by name
(``last4``). Masks are granted like elements, as ``person.ssn:last4``. Some views are harmless
alone and rebuild the value together (the first six and last four digits of a card beside its
fingerprint); the catalogue declares such groups, and one reader never holds a whole group.

What one principal holds at one moment is guarded. Deliberately not checked: what a reader may
remember from a grant that has ended, and two readers who talk to each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

PLAIN = "plain"
FINGERPRINT = "fingerprint"
"""The view that ``search`` gives: whether two values are equal."""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Views of one element which rebuild its value when one reader has them all."""

    element: str
    views: frozenset[str]


@dataclass(frozen=True, slots=True)
class Schema:
    """What access must know of the catalogue; supplied at wiring."""

    names: frozenset[str]
    """Every element, for instance ``person.ssn``."""
    classes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Classification -> elements; granted as ``class:sensitive``."""
    masks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Element -> the masks that it has."""
    rebuilds: tuple[Rebuild, ...] = ()


def split(pattern: str) -> tuple[str, str]:
    """Return the element and the mask ('' for none) of a granted or asked name."""
    if pattern.startswith("class:"):
        return pattern, ""
    element, _, mask = pattern.partition(":")
    return element, mask


def covers(pattern: str, element: str, schema: Schema) -> bool:
    """Tell whether a name, ``person.*``, ``class:x`` or ``*`` holds an element."""
    if pattern == "*":
        return True
    if pattern.startswith("class:"):
        return element in schema.classes.get(pattern[6:], frozenset())
    if pattern.endswith(".*"):
        return element.startswith(pattern[:-1])
    return pattern == element


def known(pattern: str, schema: Schema) -> bool:
    """Tell whether a pattern names something that the catalogue has."""
    element, mask = split(pattern)
    if mask:
        return mask in schema.masks.get(element, frozenset())
    return element == "*" or any(covers(element, name, schema) for name in schema.names)


def rebuilt(
    granted: Iterable[tuple[frozenset[str], tuple[str, ...]]], schema: Schema
) -> Rebuild | None:
    """Return the first group of views that a reader's grants complete, or None.

    Args:
        granted: verbs and element patterns of every grant that one reader holds at one moment
            for one controller.
        schema: whose groups are tried.
    """
    held = list(granted)
    for group in schema.rebuilds:
        seen: set[str] = set()
        for verbs, patterns in held:
            seen |= _views(group.element, verbs, patterns, schema)
        if group.views <= seen:
            return group
    return None


def _views(
    element: str, verbs: frozenset[str], patterns: tuple[str, ...], schema: Schema
) -> set[str]:
    seen: set[str] = set()
    for pattern in patterns:
        name, mask = split(pattern)
        if mask:
            seen |= {mask} if name == element else set()
        elif "search" in verbs and covers(name, element, schema):
            seen.add(FINGERPRINT)
    return seen
