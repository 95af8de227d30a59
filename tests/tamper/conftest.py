"""Finished logs, made once for all that tamper with them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.tamper.specimen import Specimen


@pytest.fixture(scope="session")
def specimen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Specimen]:
    """Return the logs and the world behind them; whoever changes something takes it back."""
    made = Specimen(tmp_path_factory.mktemp("specimen"))
    yield made
    made.close()
