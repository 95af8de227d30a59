"""Where a pack is made before its copy leaves (C5.2)."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bailee.app.packed import PREFIX, _sweep


def test_what_a_dead_process_left_goes_and_what_is_being_made_stays(tmp_path: Path) -> None:
    """A folder of a day ago is removed with all in it, a fresh one and everything else stays."""
    now = datetime(2026, 12, 2, 12, tzinfo=UTC)
    for name, age in (("old", timedelta(days=2)), ("fresh", timedelta(minutes=3))):
        folder = tmp_path / f"{PREFIX}{name}"
        (folder / "pack").mkdir(parents=True)
        (folder / "pack" / "house.json").write_text("{}", "utf-8")
        at = (now - age).timestamp()
        os.utime(folder, (at, at))
    (tmp_path / "data.db").write_bytes(b"")
    _sweep(tmp_path, now)

    assert sorted(one.name for one in tmp_path.iterdir()) == ["data.db", f"{PREFIX}fresh"]
