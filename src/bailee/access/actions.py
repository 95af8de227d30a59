"""Access, as the rest of the house calls it: one object, one method per thing people ask for.

The methods stand by noun in ``people``, ``credentials``, ``grants`` and ``approvals``; what they
share (who is calling, what they hold, how it is recorded) is in ``desk``.
"""

from __future__ import annotations

import sqlalchemy as sa

from bailee.access import store
from bailee.access.approvals import Approvals
from bailee.access.credentials import Credentials
from bailee.access.grant import Ask, Decision
from bailee.access.people import People
from bailee.access.principal import Caller


class Access(People, Credentials, Approvals):
    """Who may do what, and why someone was refused.

    Every act of administration takes place in the caller's transaction, records itself there, and
    is undone with it. A refused act changes nothing; ``note_refusal`` records it in a transaction
    of its own.
    """

    def admit(
        self, conn: sa.Connection, bearer: str, ask: Ask, *, person_token: str = ""
    ) -> tuple[Caller, Decision]:
        """Authenticate and decide in one transaction, under one reading of the epoch.

        The same as ``authenticate`` and then ``decide``, for the path of every access.
        """
        epoch = store.epoch(conn)
        caller = self._authenticate_at(epoch, conn, bearer, person_token)
        return caller, self._decide_at(epoch, conn, caller, ask)
