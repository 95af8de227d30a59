"""The fewest members a body must have had, counted from its value."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from bailee.web.shape import Shape


class Leaf(msgspec.Struct):
    """Two members, both needed."""

    one: str
    two: int


class Bush(msgspec.Struct):
    """A map inside."""

    name: str
    leaves: dict[str, str]
    note: str = ""


class Tree(msgspec.Struct):
    """Everything that a request shape may hold."""

    leaves: list[Leaf]
    bushes: list[Bush] = []
    maybe: Leaf | None = None
    maps: dict[str, Leaf] = {}
    grid: list[list[Leaf]] = []
    either: str | int = ""


@pytest.mark.parametrize(
    "body",
    [
        {"leaves": []},
        {"leaves": [{"one": "a", "two": 1}] * 3},
        {"leaves": [], "bushes": [{"name": "b", "leaves": {"x": "1", "y": "2"}, "note": "n"}]},
        {"leaves": [], "maybe": {"one": "a", "two": 1}},
        {"leaves": [], "maps": {"k": {"one": "a", "two": 1}}},
        {"leaves": [], "grid": [[{"one": "a", "two": 1}], []]},
        {"leaves": [], "either": 7},
    ],
)
def test_it_counts_what_a_body_must_have_held(body: dict[str, Any]) -> None:
    """For a body without defaults sent explicitly, the bound is the body's own count of names."""
    sent = json.dumps(body)
    value = msgspec.json.decode(sent, type=Tree)

    assert Shape(Tree).fewest_members(value) == sent.count(":")


def test_it_never_counts_too_many() -> None:
    """A default that was sent explicitly may be missed, never invented."""
    sent = '{"leaves":[],"maybe":null,"either":"","bushes":[]}'
    value = msgspec.json.decode(sent, type=Tree)

    assert Shape(Tree).fewest_members(value) == 1


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("", True),
        (".leaves", True),
        (".leaves[0].one", True),
        (".bushes[12].leaves[...]", True),
        (".maps[...].two", True),
        (".other", False),
        (".leaves[0].other", False),
        ("leaves", False),
        (".leaves[x]", False),
        (".leaves.", False),
    ],
)
def test_it_knows_its_own_paths(path: str, known: bool) -> None:  # noqa: FBT001 - expected value
    """A path is known when each of its names is one of the shape's and the rest are positions."""
    assert Shape(Tree).knows(path) is known
