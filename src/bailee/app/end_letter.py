"""What the controller is written at the end of its agreement. Pure.

Counts, codes and digests; never a value, nor anybody's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bailee.clock import write_time
from bailee.privacy.termination import RETURN, WHOLE, Termination

SUBJECTS: Mapping[str, str] = {
    "asked": "The end of the agreement: please choose return or destruction",
    "chosen": "The end of the agreement: your choice was written down",
    "packed": "The end of the agreement: everything was returned, please confirm",
    "ordered": "The end of the agreement: the destruction was ordered",
    "certified": "The end of the agreement: the certificate of destruction",
}
WHERE = "It stands on the page 'End of agreement', and at `bailee termination show`."


def lines(found: Termination, became: str, due: datetime | None) -> tuple[str, ...]:
    """Return the letter; nothing where what happened takes none.

    Args:
        found: how far the end came.
        became: what happened.
        due: when the days of the agreement are over.
    """
    if became not in SUBJECTS:
        return ()
    until = f" The agreement gives until {_day(due)}." if due else ""
    head = f"The agreement ended on {_day(found.ended)}.{until}"
    return (head, "", *_said(found, became), "", WHERE)


def _said(found: Termination, became: str) -> tuple[str, ...]:
    match became:
        case "asked":
            return (
                "Until you choose in writing, the data is isolated: nobody uses it.",
                "Nothing is destroyed unasked. Choose 'return' and name the keys that the package",
                "is encrypted for, or choose 'destroy'.",
                f"This is the {found.asked}. time that we ask.",
            )
        case "chosen":
            return (
                f"The choice: {found.choice}, entered for the {found.side}.",
                *([f"The writing: SHA-256 {found.text_sha256}."] if found.text_sha256 else []),
                "If that is not your choice, change it at once: it can be changed until the",
                "destruction is ordered.",
            )
        case "packed":
            return (
                f"{found.packed_records} records were returned, encrypted for your keys.",
                f"The SHA-256 of the package's manifest.json is {found.manifest_sha256}.",
                "Open the package and confirm by that digest that you can read it: before that,"
                if found.choice == RETURN
                else "It is ready for your choice: without one,",
                "nothing is destroyed.",
            )
        case "ordered":
            what = "everything" if found.scope == WHOLE else "all but what a law or a hold keeps"
            return (f"As you chose, {what} is being destroyed.",)
        case _:
            return (
                "What was held for you is destroyed, and that is certified.",
                f"Keys died at {_time(found.destroyed)}, the last row at {_time(found.rows_gone)}.",
                "Get the certificate with its proofs by `bailee termination certificate`.",
            )


def _day(at: datetime) -> str:
    return write_time(at)[:10]


def _time(at: datetime | None) -> str:
    return write_time(at)[:19] + "Z" if at else "an unknown time"
