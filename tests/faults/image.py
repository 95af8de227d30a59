"""A disk whose power can be cut: an ext4 file system in a file.

What a program wrote and did not sync is in the page cache of the mounted file system and not yet
in the file. So a copy of the file, taken while every writer stands still, is what the disk would
hold after a power cut at that moment: everything that was synced, and of the rest whatever the
kernel happened to have written.

Not simulated: torn sectors, and a disk that lies about its own cache.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

OPTIONS = "loop,commit=60,noatime"
"""A long journal interval: little is written that nobody asked to sync."""
EJECTING = 100
"""Tenths of a second that a busy disk is waited for."""


def _run(*command: str | Path) -> None:
    subprocess.run([str(one) for one in command], check=True, capture_output=True)


def scratch() -> str:
    """Return the folder for disks: in memory where there is one, for a sync costs nothing there."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder made by mkdtemp goes into it
    return str(shared) if shared.is_dir() and os.access(shared, os.W_OK) else tempfile.gettempdir()


@functools.cache
def unusable() -> str:
    """Say why disks cannot be mounted here; empty when they can."""
    if os.geteuid() != 0:
        return "mounting needs root"
    if shutil.which("mkfs.ext4") is None:
        return "mkfs.ext4 is missing"
    with tempfile.TemporaryDirectory(prefix="bailee-disk-", dir=scratch()) as folder:
        try:
            Disk(Path(folder), 8).eject()
        except subprocess.CalledProcessError as error:
            return f"no loop devices: {error.stderr.decode('utf-8', 'replace').strip()[:120]}"
    return ""


class Disk:
    """A mounted disk of some megabytes, empty or a copy."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self._folder = folder
        self._number = 0
        self.path = folder / "mounted"
        self.path.mkdir(parents=True, exist_ok=True)
        image = self._image()
        with image.open("wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^resize_inode", image)
        _run("mount", "-o", OPTIONS, image, self.path)

    def _image(self) -> Path:
        return self._folder / f"disk-{self._number}.img"

    def cut(self) -> None:
        """Note what a power cut would leave now; every writer must stand still."""
        _run("cp", "--sparse=always", self._image(), self._folder / f"disk-{self._number + 1}.img")

    def replug(self) -> None:
        """Come back with what was noted; everybody who had a file open must be gone."""
        self.eject()
        self._image().unlink()
        self._number += 1
        _run("mount", "-o", OPTIONS, self._image(), self.path)

    def eject(self) -> None:
        """Unmount."""
        eject(self.path)


def small_disk(path: Path, megabytes: int) -> None:
    """Mount a small file system in memory, to be filled."""
    path.mkdir(parents=True, exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", path)


def eject(path: Path) -> None:
    """Unmount what is there; the children of a server that was killed may take a moment to end.

    Raises:
        CalledProcessError: somebody stays.
    """
    for _ in range(EJECTING):
        try:
            _run("umount", path)
        except subprocess.CalledProcessError as error:
            if b"busy" not in error.stderr:
                raise
            time.sleep(0.1)
        else:
            return
    _run("umount", path)
