"""What stops from leaving while a demand for the data is open (C7.2(7), C7.3(7)). Pure.

A freeze stops what leaves, for whomever: a consent of the controller that covers it does not help,
because the controller gave it without knowing of the demand. Work inside goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bailee.access.consent import Leaving
from bailee.errors import Refused

EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Freeze:
    """One freeze, as stored.

    Attributes:
        freeze_id: the demand's id.
        elements: names, or ``*`` for everything.
        keys: recipients for whom it is lifted; others stay stopped.
    """

    freeze_id: str
    controller: str
    elements: tuple[str, ...]
    keys: tuple[str, ...] = ()


def check_frozen(freezes: Iterable[Freeze], leaving: Leaving) -> None:
    """Refuse what a demand stopped.

    Raises:
        Refused: ``disclosure.frozen``.
    """
    names = {name.partition(":")[0] for name in leaving.elements}
    for one in freezes:
        touched = EVERYTHING in one.elements or not names.isdisjoint(one.elements)
        if touched and not set(leaving.keys) <= set(one.keys):
            raise Refused(
                "disclosure.frozen",
                "A demand for this data is open: nothing of it leaves.",
                do="See the demands at this controller, and who releases them.",
            )
