"""Every page of the menu: no serious axe finding, narrow and wide, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.desk import Desk, axe, places

pytestmark = pytest.mark.parametrize("desk", ["sqlite"], indirect=True)  # pages know no engine


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("who", ["ada", "bram", "esra", "clara"])
def test_no_page_has_a_serious_finding(desk: Desk, scheme: str, who: str, tmp_path: Path) -> None:
    """Whoever looks, and however: axe finds nothing serious, and nothing is wider than the page."""
    with desk.seat(color_scheme=scheme) as page:
        desk.sign_in(page, who)
        for path in places(page):
            for width in (1280, 380):
                page.set_viewport_size({"width": width, "height": 800})
                answer = page.goto(path)
                assert answer is not None
                assert answer.status == 200, path
                name = path.strip("/").replace("/", "-")
                page.screenshot(
                    path=tmp_path / f"{who}-{name}-{scheme}-{width}.png", full_page=True
                )
                assert axe(page) == [], path
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
