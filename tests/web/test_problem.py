"""The one table from families of failure to statuses."""

from __future__ import annotations

import pytest

from bailee import errors
from bailee.errors import Failure, Unavailable
from bailee.web import problem
from bailee.web.problem import FAMILIES, describe, family, headers_of

EXPECTED = {
    errors.Refused: 403,
    errors.Unauthenticated: 401,
    errors.Invalid: 422,
    errors.Oversized: 413,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Conflict: 409,
    errors.Unavailable: 503,
    errors.Broken: 500,
    problem.Malformed: 400,
    problem.WrongMethod: 405,
    problem.Slow: 408,
    problem.LengthMissing: 411,
    problem.UrlTooLong: 414,
    problem.WrongMedia: 415,
    problem.HeadTooLarge: 431,
}


def test_every_family_has_a_status() -> None:
    """The table holds every child of Failure, as its docstring promises."""
    families = {
        kind
        for module in (errors, problem)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Failure) and kind is not Failure
    }

    assert families == set(FAMILIES) == set(EXPECTED)


@pytest.mark.parametrize("kind", EXPECTED, ids=lambda kind: kind.__name__)
def test_each_family_becomes_its_status(kind: type[Failure]) -> None:
    """RFC 9110 15: each family has the status that its meaning has there."""
    assert describe(kind("a.b", "Says."), "r1").status == EXPECTED[kind]


def test_a_child_counts_as_its_nearest_parent() -> None:
    """A family that is not in the table is told as its nearest ancestor."""

    class Locked(Unavailable):
        """Somebody holds it."""

    assert family(Locked("a.b", "Says.")) == FAMILIES[Unavailable]


def test_a_stranger_is_bland() -> None:
    """Nothing of a foreign exception is told."""
    told = describe(ValueError("canary"), "r1")

    assert (told.status, told.code, told.retryable) == (500, "internal", False)
    assert "canary" not in repr(told)
    assert "ValueError" not in repr(told)


@pytest.mark.parametrize(
    ("status", "name"), [(401, b"www-authenticate"), (503, b"retry-after"), (408, b"connection")]
)
def test_statuses_bring_their_headers(status: int, name: bytes) -> None:
    """RFC 9110 15.5.2, 15.6.4, 15.5.9: what must stand beside a status does."""
    kind = next(one for one, expected in EXPECTED.items() if expected == status)

    assert name in dict(headers_of(describe(kind("a.b", "Says."), "r1")))
