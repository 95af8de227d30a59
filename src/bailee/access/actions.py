"""Access, as the rest of the house calls it: one object, one method per thing people ask for.

The methods stand by noun in ``people``, ``credentials``, ``grants`` and ``approvals``; what they
share (who is calling, what they hold, how it is recorded) is in ``desk``.
"""

from __future__ import annotations

from bailee.access.approvals import Approvals
from bailee.access.credentials import Credentials
from bailee.access.people import People


class Access(People, Credentials, Approvals):
    """Who may do what, and why someone was refused.

    Every act of administration takes place in the caller's transaction, records itself there, and
    is undone with it. A refused act changes nothing; ``note_refusal`` records it in a transaction
    of its own.
    """
