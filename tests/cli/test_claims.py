"""`bailee claims lint`: what it prints, and how it ends (B10)."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from tests.shell import typed

OLD = "# Trust\n\nWe are certified under PCI DSS 3.2.1 and hold a [bold]SOC 2[/] report.\n"
GOOD = "# Trust\n\nWe are certified under PCI DSS 4.0.1.\n"


def run(*words: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as users do."""
    return typed("claims", "lint", *words, env={}, cwd=Path(), stdin=given or "")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Return a page with one stale claim."""
    path = tmp_path / "page.md"
    path.write_text(OLD, "utf-8")
    return path


def test_a_stale_page_ends_with_one_and_says_where(page: Path) -> None:
    """One line names file, line, column and state; the next says why, and by what source."""
    done = run(str(page), "--on", "2026-11-29")

    assert done.returncode == 1
    assert f"{page}:3:24: stale: PCI DSS 3.2.1" in done.stdout
    assert "retired on 2024-03-31; now PCI DSS 4.0.1. (PCI SSC" in done.stdout
    assert "0 supported, 1 stale, 0 unsupported, 0 wrong on 2026-11-29" in done.stdout


def test_json_has_the_published_shape(page: Path) -> None:
    """A program reads page hash, day, claims with offsets, and counts."""
    told = json.loads(run(str(page), "--on", "2026-11-29", "--json").stdout)
    (claim,) = told["claims"]

    assert told["page"] == hashlib.sha256(OLD.encode()).hexdigest()
    assert told["on"] == "2026-11-29"
    assert told["counts"] == {"supported": 0, "stale": 1, "unsupported": 0, "wrong": 0}
    assert set(claim) == {
        *("state", "standard", "version", "start", "end", "line", "column", "excerpt"),
        *("since", "successor", "reason", "source"),
    }
    assert OLD[claim["start"] : claim["end"]] == claim["excerpt"] == "PCI DSS 3.2.1"
    assert (claim["state"], claim["version"], claim["since"]) == ("stale", "3.2.1", "2024-03-31")


def test_a_good_page_ends_with_nought(tmp_path: Path) -> None:
    """Nothing stale or wrong: exit 0; living claims are listed when asked, and still exit 0."""
    (tmp_path / "good.md").write_text(GOOD, "utf-8")
    quiet = run(str(tmp_path / "good.md"), "--json")
    every = run(str(tmp_path / "good.md"), "--json", "--all")

    assert (quiet.returncode, json.loads(quiet.stdout)["claims"]) == (0, [])
    assert every.returncode == 0
    assert [one["state"] for one in json.loads(every.stdout)["claims"]] == ["unsupported"]


def test_standard_input_is_read(page: Path) -> None:
    """A page may come through a pipe."""
    assert run("-", given=page.read_text("utf-8")).returncode == 1
    assert run("-", given=GOOD).returncode == 0


def test_evidence_is_compared(tmp_path: Path) -> None:
    """With evidence every living claim is told, and evidence that ran out fails the page."""
    (tmp_path / "good.md").write_text(GOOD, "utf-8")
    paper = tmp_path / "papers.toml"
    paper.write_text(
        '[[certification]]\nstandard = "PCI DSS"\nversion = "4.0.1"\nissuer = "Q"\n'
        "until = 2027-02-13\n",
        "utf-8",
    )
    words = (str(tmp_path / "good.md"), "--evidence", str(paper), "--on")

    assert "supported: PCI DSS 4.0.1" in run(*words, "2026-11-29").stdout
    assert run(*words, "2027-02-14").returncode == 1


@pytest.mark.parametrize(
    "words", [["nowhere.txt"], ["--on", "yesterday"], ["--evidence", "no"], []]
)
def test_wrong_use_ends_with_two(page: Path, words: list[str]) -> None:
    """No such file, no such day, no page: exit 2, nothing on standard output."""
    given = words if words in ([], ["nowhere.txt"]) else [str(page), *words]
    done = run(*given)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_what_is_no_page_ends_with_two(tmp_path: Path) -> None:
    """A PDF is refused in one line that says what to do."""
    (tmp_path / "page.pdf").write_bytes(b"%PDF-1.7 PCI DSS 3.2.1")
    done = run(str(tmp_path / "page.pdf"))

    assert done.returncode == 2
    assert done.stderr.startswith("page.encoding: ")
    assert "Save the page as HTML" in done.stderr
