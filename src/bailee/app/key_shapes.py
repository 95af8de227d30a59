"""What is sent and answered about how long the erased can be recovered or guessed (C6)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from bailee.app.shapes import Answer, Request
from bailee.vault.shapes import Entry


class GuessableKey(Answer, frozen=True):
    """A version of a key that backups of the data can be guessed at with.

    Attributes:
        name: purpose and version, ``index/3``.
        state: living, replaced (its successor is written with), dead (backups may hold it), gone.
        made: empty for a dead one, whose row died with it.
        destroyed: empty while it lives.
        gone: when its last copy died or will, if all keep to their time; empty when nobody knows.
    """

    name: str
    state: str
    made: str = ""
    destroyed: str = ""
    gone: str = ""


class Horizon(Answer, frozen=True):
    """How long what is erased now can still be recovered or guessed, and by what.

    Days are what the operator set, and asserted: nobody here sees a backup being thrown away.
    ``unrecoverable`` is for what is erased at this moment; empty when it never ends.
    """

    controller: str
    key_backup_days: int
    data_backup_days: int
    rekey_days: int
    unrecoverable: str
    keys: list[GuessableKey]


class Erasure(Request, frozen=True):
    """The entry by which an erasure or a destruction was announced, from its answer."""

    entry: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class Certificate(Answer, frozen=True):
    """When what was destroyed is beyond recovery, and what that hangs on (C6).

    Attributes:
        erasure: the entry that announced it.
        leaf: that entry in its log.
        keys: how many people's keys died; 0 when a whole controller's did.
        destroyed: when.
        rows_gone: when the last row was deleted.
        unrecoverable: from then on no copy opens or lets anybody guess; empty while that is open.
        latest: when it will be settled if all keep to their time; empty when nobody knows.
        waiting: copies and keys that live on, the longest first.
        entry: where this certificate is recorded.
    """

    controller: str
    erasure: str
    leaf: str
    keys: int
    destroyed: str
    rows_gone: str
    unrecoverable: str
    latest: str
    waiting: list[str]
    key_backup_days: int
    data_backup_days: int
    rekey_days: int
    entry: Entry
