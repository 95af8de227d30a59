"""Settings: each has a sentence, a default, and nothing else is read from the environment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bailee.app.settings import read_settings
from bailee.app.variables import NUMBERS, SETTINGS
from bailee.errors import Invalid, NotFound

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"\bBAILEE_[A-Z_]+")


def test_every_setting_that_is_named_exists() -> None:
    """Whatever the sources or their pages call a setting is one, and each one is read."""
    named = {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in NAME.findall(path.read_text("utf-8"))
    }

    assert named == set(SETTINGS)
    unset = read_settings({})
    for name in SETTINGS:
        default, least, most = NUMBERS.get(name, (0, 0, 0))
        other = (most if default == least else least) if name in NUMBERS else "other"
        assert read_settings({name: str(other)}) != unset, name


def test_every_setting_stands_in_the_reference() -> None:
    """The reference page has a row for every setting, in the same words."""
    page = (ROOT / "docs" / "reference.md").read_text("utf-8")

    assert [name for name, says in SETTINGS.items() if f"| `{name}` | {says} |" not in page] == []


def test_the_defaults_lie_in_the_home(tmp_path: Path) -> None:
    """With nothing set, everything is in one folder: two databases apart, root, mirror, lock."""
    found = read_settings({}, tmp_path)

    assert found.database_url == f"sqlite:///{tmp_path}/data.db"
    assert found.keys_url == f"sqlite:///{tmp_path}/keys.db"
    assert found.sequencer_url == found.migrator_url == found.database_url
    assert found.mirror == tmp_path / "mirror.jsonl"
    assert found.root_file == tmp_path / "root.key"
    assert found.lock_file == tmp_path / "serving.lock"
    assert (found.url, found.key, found.ca, found.passphrase_file) == ("", "", "", "")
    assert (found.origin, found.key_backup_days) == ("bailee.local", 7)
    assert (found.mfa, found.held_hosts, found.hook_hosts) == ("all", frozenset(), frozenset())
    assert read_settings({}).home == Path("bailee-home").absolute()


def test_what_is_set_wins(tmp_path: Path) -> None:
    """Each variable reaches its setting; a home that is given wins over the environment's."""
    urls = {
        "BAILEE_DATABASE_URL": "postgresql://app@db/d",
        "BAILEE_MIGRATOR_URL": "postgresql://owner@db/d",
        "BAILEE_KEYS_URL": "postgresql://keys@other/k",
    }
    found = read_settings({**urls, "BAILEE_HOME": "/elsewhere"}, tmp_path)

    assert found.home == tmp_path
    assert found.sequencer_url == found.database_url == "postgresql://app@db/d"
    assert found.migrator_url == "postgresql://owner@db/d"
    assert found.keys_url == "postgresql://keys@other/k"
    assert read_settings({"BAILEE_HOME": "/elsewhere"}).home == Path("/elsewhere")
    assert read_settings({"BAILEE_KEY_BACKUP_DAYS": "3"}).key_backup_days == 3


@pytest.mark.parametrize("text", ["", "a week", "-1", "7.5", "³", "9" * 6])
def test_days_are_a_whole_number(text: str) -> None:
    """A horizon that is no number of days is refused with the setting's name."""
    with pytest.raises(Invalid, match="BAILEE_KEY_BACKUP_DAYS") as caught:
        read_settings({"BAILEE_KEY_BACKUP_DAYS": text})

    assert caught.value.code == "settings.number"


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_beyond_its_range_is_refused(name: str) -> None:
    """Each number has a default within its range; one below or above is refused by name."""
    default, least, most = NUMBERS[name]

    assert least <= default <= most
    read_settings({name: str(least)})
    read_settings({name: str(most)})
    for beyond in (least - 1, most + 1):
        with pytest.raises(Invalid, match=name):
            read_settings({name: str(beyond)})


def test_a_passphrase_comes_from_its_file(tmp_path: Path) -> None:
    """The file's last line end is no part of it; a file that is not there is named as missing."""
    path = tmp_path / "passphrase"
    path.write_text(" correct horse \n")

    assert read_settings({"BAILEE_PASSPHRASE_FILE": str(path)}).passphrase() == " correct horse "
    assert read_settings({}).passphrase() == ""
    path.unlink()
    with pytest.raises(NotFound) as caught:
        read_settings({"BAILEE_PASSPHRASE_FILE": str(path)}).passphrase()
    assert caught.value.code == "settings.passphrase"
