"""What a request's type says about every body that fits it: its names, and its fewest members."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(?:\d+|\.\.\.)\]")
Count = Callable[[Any], int]


class Shape:
    """Facts about one Struct type, found once.

    ``fewest_members`` makes the search for repeated names cheap: a body that holds exactly as many
    colons as its value needs members has no room for a repeated one. Values that contain colons,
    and optional members sent with their default, only make the bound miss; they are then looked
    at exactly.
    """

    def __init__(self, shape: type[msgspec.Struct]) -> None:
        self._names: set[str] = set()
        self._count = self._struct(inspect.type_info(shape))

    def fewest_members(self, value: msgspec.Struct) -> int:
        """Return how many members a body must at least have held to give this value."""
        return self._count(value)

    def knows(self, path: str) -> bool:
        """Answer whether a parser's path consists of this shape's own names and positions."""
        at = 0
        for step in STEP.finditer(path):
            if step.start() != at or (step[1] is not None and step[1] not in self._names):
                return False
            at = step.end()
        return at == len(path)

    def _struct(self, info: Any) -> Count:
        needed = sum(1 for field in info.fields if field.required)
        self._names |= {field.encode_name for field in info.fields}
        optional: list[tuple[str, Any]] = []
        inner: list[tuple[str, Count]] = []
        for field in info.fields:
            if not field.required:
                optional.append((field.name, _default(field)))
            if count := self._inner(field.type):
                inner.append((field.name, count))
        if not optional and not inner:
            return lambda _: needed

        def members(value: Any) -> int:
            given = sum(1 for name, default in optional if getattr(value, name) != default)
            return needed + given + sum(count(getattr(value, name)) for name, count in inner)

        return members

    def _inner(self, info: Any) -> Count | None:
        """Return what counts the members inside a value of a type; None where there are none."""
        match info:
            case inspect.StructType():
                return self._struct(info)
            case inspect.DictType():
                count = self._inner(info.value_type)
                if count is None:
                    return lambda value: len(value) if value else 0
                return lambda value: len(value) + sum(map(count, value.values())) if value else 0
            case inspect.ListType() | inspect.VarTupleType():
                return self._sequence(info.item_type)
            case inspect.UnionType():
                return self._optional(info.types)
        return None

    def _optional(self, kinds: Any) -> Count | None:
        """Count inside ``X | None``; other unions are not followed, the bound then misses."""
        filled = [kind for kind in kinds if not isinstance(kind, inspect.NoneType)]
        count = self._inner(filled[0]) if len(filled) == 1 else None
        if count is None:
            return None
        return lambda value: 0 if value is None or value is msgspec.UNSET else count(value)

    def _sequence(self, item: Any) -> Count | None:
        count = self._inner(item)
        if count is None:
            return None
        if isinstance(item, inspect.StructType):
            fields = item.fields
            if all(field.required and self._inner(field.type) is None for field in fields):
                return lambda value: len(value) * len(fields) if value else 0
        return lambda value: sum(map(count, value)) if value else 0


@cache
def shape_of(shape: type[msgspec.Struct]) -> Shape:
    """Return the facts about a type, found when they are first asked for."""
    return Shape(shape)


def _default(field: Any) -> Any:
    if field.default is msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


__all__ = ["Shape"]
