"""Every page of the menu: no serious axe finding, narrow and wide, light and dark."""

from __future__ import annotations

import pytest

from tests.browser.desk import Desk, axe, places

LOOKS = (("ada", "light"), ("bram", "light"), ("bram", "dark"), ("clara", "dark"))
"""Who looks, and how: between them they see every page, and the largest menu in both schemes."""


@pytest.mark.parametrize(("who", "scheme"), LOOKS)
def test_no_page_has_a_serious_finding(desk: Desk, who: str, scheme: str) -> None:
    """Whoever looks, and however: axe finds nothing serious, and nothing is wider than the page."""
    with desk.seat(color_scheme=scheme) as page:
        desk.sign_in(page, who)
        for path in places(page):
            page.set_viewport_size({"width": 1280, "height": 800})
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            assert axe(page) == [], path
            page.set_viewport_size({"width": 380, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= 380, path
