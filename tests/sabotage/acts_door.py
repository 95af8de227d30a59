"""Sabotages of the served address (C3.1, C3.2)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import bailee.web.door as web_door
from bailee.web.knock import Knocker
from bailee.web.limits import read_head
from tests.sabotage.doors import plain_door, weak_door
from tests.sabotage.stage import Stage, broken


@contextmanager
def _door_at(stage: Stage, url: str) -> Iterator[None]:
    before = stage.house.knocks
    stage.house.serve_door(Knocker(url).knocks())
    try:
        yield
    finally:
        stage.house.serve_door(before)


@contextmanager
def weak_tls(stage: Stage) -> Iterator[None]:
    """Serve by a server that still speaks TLS 1.1."""
    with weak_door(stage.tls) as url, _door_at(stage, url):
        yield


@contextmanager
def plain_beside_tls(stage: Stage) -> Iterator[None]:
    """Serve by a server that answers plain HTTP on the same port."""
    with plain_door(stage.tls) as url, _door_at(stage, url):
        yield


@contextmanager
def door_gone(stage: Stage) -> Iterator[None]:
    """Close the door without telling the house: nothing weak answers, nor anything at all."""
    with _door_at(stage, "https://127.0.0.1:9"):  # discard; nothing listens there
        yield


def _logging_queries(name: str) -> AbstractContextManager[None]:
    def chatty(scope: Any) -> Any:
        logging.getLogger(name).info("%s?%s", scope["path"], scope["query_string"].decode())
        return read_head(scope)

    return broken(web_door, "read_head", chatty)


def query_logged(_stage: Stage) -> AbstractContextManager[None]:
    """Write every address down as it came, query and all."""
    return _logging_queries("bailee.access")


@contextmanager
def access_log_of_the_server(_stage: Stage) -> Iterator[None]:
    """Turn the web server's own access log on, which passes nothing on to other loggers."""
    logger, handler = logging.getLogger("uvicorn.access"), logging.NullHandler()
    logger.addHandler(handler)
    try:
        with broken(logger, "disabled", new=False):
            yield
    finally:
        logger.removeHandler(handler)
