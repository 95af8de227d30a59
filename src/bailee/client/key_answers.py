"""What is answered about how long the erased can be recovered or guessed."""

from __future__ import annotations

from bailee.client.answers import Answer, Entry


class GuessableKey(Answer, frozen=True):
    """A version of a key that backups of the data can be guessed at with.

    ``state`` is living, replaced, dead (backups may hold it) or gone. Times are empty when they
    are not known; ``gone`` is when the last copy dies if all keep to their time.
    """

    name: str
    state: str
    made: str = ""
    destroyed: str = ""
    gone: str = ""


class Horizon(Answer, frozen=True):
    """How long what is erased now can still be recovered or guessed; empty means for ever."""

    controller: str
    key_backup_days: int
    data_backup_days: int
    rekey_days: int
    unrecoverable: str
    keys: list[GuessableKey]


class Certificate(Answer, frozen=True):
    """When what was destroyed is beyond recovery; ``waiting`` names what that hangs on.

    ``unrecoverable`` is empty while it is open, ``latest`` says when it will be settled.
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
