"""Pictures say what the numbers say, and hold no markup of anybody else."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from bailee.console import chart

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"><script>alert(1)</script>'


def drawn(markup: str) -> ET.Element:
    """Read a picture as XML: whatever broke out of an attribute would not be well-formed."""
    text = str(markup).replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1)
    return ET.fromstring(text)  # noqa: S314 - our own picture


def test_names_of_others_stay_text() -> None:
    """No picture takes markup from a name or a title."""
    days = ["2026-11-20"]
    for markup in (
        chart.bars([HOSTILE], {HOSTILE: [1]}, HOSTILE),
        chart.share({HOSTILE: 1}, HOSTILE),
        chart.strip(days, {HOSTILE: {days[0]: "passed"}}, HOSTILE),
        chart.climb(0, 2, HOSTILE),
    ):
        picture = drawn(markup)
        assert picture.get("role") == "img"
        assert picture.get("aria-label") == HOSTILE
        assert not list(picture.iter(f"{SVG}script"))


def test_a_share_is_as_wide_as_its_number() -> None:
    """Three parts of 10, 30 and 60 take a tenth, three tenths and six of the width."""
    picture = drawn(chart.share({"failing": 10, "due": 30, "enforced": 60}, "States"))
    widths = [float(one.get("width", "")) + 2 for one in picture.iter(f"{SVG}rect")]
    assert widths == [72.0, 216.0, 432.0]


def test_a_day_without_a_look_has_no_mark() -> None:
    """Of five days two are marked, and a day outside of the picture is not drawn into it."""
    days = [f"2026-11-{day}" for day in range(20, 25)]
    rows = {"access-log": {"2026-11-21": "failed", "2026-11-24": "passed", "2026-10-01": "passed"}}
    picture = drawn(chart.strip(days, rows, "Results"))
    marks = {str(one.get("class")): str(one.get("d")) for one in picture.iter(f"{SVG}path")}
    assert {name: path.count("z") for name, path in marks.items()} == {"m passed": 1, "m failed": 1}


def test_states_are_told_apart_without_colour() -> None:
    """Good begins lower than what waits, that lower than what failed; each has its class."""
    days = ["2026-11-20"]
    tops = {}
    for state in ("enforced", "due", "failing", "uncovered"):
        picture = drawn(chart.strip(days, {"2.5": {days[0]: state}}, "States"))
        (mark,) = picture.iter(f"{SVG}path")
        assert mark.get("class") == f"m {state}"
        tops[state] = int(str(mark.get("d")).split()[1].partition("h")[0])
    assert tops["enforced"] > tops["due"] > tops["failing"] == tops["uncovered"]


def test_a_run_ends_with_its_state_and_where_nobody_looked() -> None:
    """Three days, a gap, one day of the same, then another state: three runs, none over the gap."""
    marks = {"2026-11-28": "due", "2026-11-29": "due", "2026-11-30": "due", "2026-12-02": "due"}
    assert chart.runs(marks | {"2026-12-03": "failing"}) == [
        ("due", "2026-11-28", "2026-11-30", 3),
        ("due", "2026-12-02", "2026-12-02", 1),
        ("failing", "2026-12-03", "2026-12-03", 1),
    ]
    assert chart.runs({}) == []


@pytest.mark.parametrize(
    ("index", "size", "expected"),
    [
        # by hand, RFC 6962 2.1.1: PATH(m, D[n]) of the tree of seven in 2.1.3
        (0, 7, ["entry 1", "entries 2 to 3", "entries 4 to 6"]),
        (3, 7, ["entry 2", "entries 0 to 1", "entries 4 to 6"]),
        (4, 7, ["entry 5", "entry 6", "entries 0 to 3"]),
        (6, 7, ["entries 4 to 5", "entries 0 to 3"]),
        (0, 1, []),
    ],
)
def test_the_way_up_is_that_of_the_standard(index: int, size: int, expected: list[str]) -> None:
    """The neighbours in the picture are those of the audit path, from the leaf upwards."""
    markup = chart.climb(index, size, "Way")
    beside = re.findall(r'class="box beside".*?<text[^>]*>([^<]+)<', markup)
    assert beside[::-1] == expected
