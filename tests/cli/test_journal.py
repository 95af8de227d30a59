"""A journal says where to go on, whenever its writer died."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from bailee.cli.journal import Appended, Journal
from bailee.errors import Broken, Conflict, Failure, Invalid

HEAD = {"file": "digest-1", "purpose": "payments"}


def open_journal(path: Path, **head: str) -> Journal:
    """Open a journal of this work."""
    return Journal(path, {**HEAD, **head}, make_id=lambda: "id-1")


def fill(path: Path) -> None:
    """Note two batches as sent, and one of them as done."""
    with open_journal(path) as journal:
        journal.write("sent", batch=1, rows=[1, 10])
        journal.write("sent", batch=2, rows=[11, 20])
        journal.write("done", batch=1, rows=[1, 10])


def test_a_journal_remembers_what_was_sent_and_what_is_done(tmp_path: Path) -> None:
    """Opened again, it has its id, the last batch done, and the one nobody answered."""
    fill(tmp_path / "j")
    with open_journal(tmp_path / "j") as journal:
        assert journal.id == "id-1"
        assert journal.past.last["batch"] == 1
        assert set(journal.past.sent) == {2}
        assert not journal.past.ended


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_tail_is_no_line(cut: int, tmp_path: Path) -> None:
    """Cut anywhere in its last line, the journal is the one before that line, and grows on."""
    path = tmp_path / "j"
    fill(path)
    whole = path.read_bytes()
    last = whole[:-1].rpartition(b"\n")[2]
    path.write_bytes(whole[: len(whole) - min(cut, len(last))])
    with open_journal(path) as journal:
        assert set(journal.past.sent) == {1, 2}
        journal.write("done", batch=1, rows=[1, 10])
    assert path.read_bytes() == whole


def test_zeros_behind_the_last_line_are_a_torn_tail(tmp_path: Path) -> None:
    """A file system that grew the file and not its content left zeros: they are no line."""
    fill(tmp_path / "j")
    with (tmp_path / "j").open("ab") as file:
        file.write(bytes(100))
    with open_journal(tmp_path / "j") as journal:
        assert set(journal.past.sent) == {2}


def test_a_broken_line_in_the_middle_is_refused(tmp_path: Path) -> None:
    """What was altered is not read around."""
    fill(tmp_path / "j")
    lines = (tmp_path / "j").read_bytes().splitlines(keepends=True)
    lines[1] = b"x" + lines[1]
    (tmp_path / "j").write_bytes(b"".join(lines))
    with pytest.raises(Broken, match=r"journal\.broken"):
        open_journal(tmp_path / "j")


def test_other_work_does_not_go_on_with_it(tmp_path: Path) -> None:
    """A changed file, or another purpose, is refused by name and changes nothing."""
    fill(tmp_path / "j")
    before = (tmp_path / "j").read_bytes()
    with pytest.raises(Conflict, match="file differs"):
        open_journal(tmp_path / "j", file="digest-2")
    assert (tmp_path / "j").read_bytes() == before


def test_two_processes_do_not_share_a_journal(tmp_path: Path) -> None:
    """The second one is told; once the first is done it may go on."""
    with open_journal(tmp_path / "j"), pytest.raises(Conflict, match=r"journal\.running"):
        open_journal(tmp_path / "j")
    open_journal(tmp_path / "j").close()


@pytest.mark.parametrize("what", ["link", "dangling link", "folder", "pipe"])
def test_nothing_is_written_through_a_link_or_into_a_device(what: str, tmp_path: Path) -> None:
    """What stands where an output should go is left as it is."""
    victim, path = tmp_path / "victim", tmp_path / "out"
    victim.write_text("mine")
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(victim if what == "link" else tmp_path / "new")
    with pytest.raises(Invalid, match=r"output\.kind"):
        open_journal(path)
    assert victim.read_text() == "mine"
    assert not (tmp_path / "new").exists()


def test_a_full_disk_is_told_and_nothing_goes_on(tmp_path: Path) -> None:
    """The line that could not be made durable is not there for those who go on later."""
    full = [False]

    def sync(file: int) -> None:
        if full[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        os.fsync(file)

    with Journal(tmp_path / "j", HEAD, make_id=lambda: "id-1", sync=sync) as journal:
        full[0] = True
        with pytest.raises(Failure, match=r"output\.full"):
            journal.write("sent", batch=1, rows=[1, 10])


def test_an_output_is_cut_back_to_what_was_noted(tmp_path: Path) -> None:
    """What a death left behind the last whole batch goes; too little is refused."""
    path = tmp_path / "out"
    path.write_bytes(b"whole\ntorn")
    output = Appended(path, 6)
    output.add(b"next\n")
    output.close()
    assert path.read_bytes() == b"whole\nnext\n"
    with pytest.raises(Broken, match=r"output\.short"):
        Appended(path, 100)


def test_an_output_with_nothing_to_say_is_not_made(tmp_path: Path) -> None:
    """No rejects, no file of rejects."""
    output = Appended(tmp_path / "out", 0)
    output.add(b"")
    output.close()
    assert not (tmp_path / "out").exists()
