"""A witness that lends a place on a real socket, and what a house has to reach it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bailee.app.lending import asker
from bailee.app.settings import Settings, read_settings
from bailee.db import Database
from bailee.keys import LentMirror, Root
from tests.witness.post import Post

PLACE = "harborline"


class Lender:
    """A witness with one place, and its borrower's settings."""

    def __init__(self, folder: Path, database: Database, root: Root) -> None:
        self.post = Post(folder / "witness.db")
        self.database, self.root = database, root
        token = folder / "token"
        token.write_text(self.post.lend(PLACE) + "\n")
        self.settings: Settings = replace(read_settings({}, folder), mirror_token_file=str(token))

    def at(self, url: str, place: str = PLACE, **more: str) -> LentMirror:
        """Return the mirror of a new process, at an address where the witness is."""
        settings = replace(self.settings, mirror_lent=f"{url}/kept/{place}", **more)  # type: ignore[arg-type]
        return LentMirror(asker(settings), self.root, self.database, place)
