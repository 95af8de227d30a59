"""A real Chromium before a real house: every page, by mouse and keyboard, light and dark."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from bailee.web.certificate import own_certificate
from bailee.web.server import Listener, Tls
from tests.browser.desk import FLAGS, Desk
from tests.journeys.world import founded

CHROMIUM = "/usr/bin/chromium-headless-shell"
"""The same browser without its window: a third less work for each page."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield a module's Chromium; while it runs, no test beside it can run a loop of its own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module", params=("sqlite",))
def desk(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    browser: Browser,
) -> Iterator[Desk]:
    """Yield a served deployment, with people who have passwords but no key in the browser.

    Pages know no engine, so one is enough; a test that needs the other asks for it.
    """
    home = tmp_path_factory.mktemp("browser") / "home"
    with founded(request.param, home, request) as world:
        tls = Tls(*own_certificate(home / "tls", world.now()))
        listener = Listener(world.house, "localhost", 0, tls=tls)
        ready = threading.Event()
        thread = threading.Thread(target=listener.run, args=(lambda _: ready.set(),), daemon=True)
        thread.start()
        assert ready.wait(30)
        try:
            yield Desk(world, browser, listener.url)
        finally:
            listener.stop()
            thread.join()


__all__ = ["browser", "desk"]
