"""Builds of the program that are broken on purpose: the harness must notice each of them.

They are made in the child process, right before its ``main``, by reaching into the product's
modules. No setting of the product breaks it; the environment variable below is read here alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

WHICH = "FAULTS_BUILD"
BUILDS: dict[str, Callable[[Mapping[str, str]], None]] = {}
"""Name of a build → what makes it of a sound one, given the environment."""


def build(function: Callable[[Mapping[str, str]], None]) -> Callable[[Mapping[str, str]], None]:
    """Register a build under its function's name."""
    BUILDS[function.__name__] = function
    return function


def apply(environment: Mapping[str, str]) -> None:
    """Break this process as its environment asks, or leave it sound."""
    for name in filter(None, environment.get(WHICH, "").split(",")):
        BUILDS[name](environment)


@build
def synchronous_normal(_: Mapping[str, str]) -> None:
    """SQLite does not sync its write-ahead log at a commit."""
    from pysqlite3 import dbapi2  # noqa: PLC0415 - in the child alone

    class Careless(dbapi2.Connection):  # type: ignore[misc]
        def execute(self, statement: str, *more: object) -> object:
            if "synchronous" in statement.lower():
                statement = "PRAGMA synchronous=NORMAL"
            return super().execute(statement, *more)

    genuine = dbapi2.connect

    def connect(*args: object, **options: object) -> object:
        return genuine(*args, **(options | {"factory": Careless}))

    dbapi2.connect = connect
