"""What became of each row of a batch: protected whole, or rejected whole by code and column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from bailee.cli.batch import Batch
from bailee.cli.mapping import Column
from bailee.client.answers import Protected, ProtectResult
from bailee.errors import Broken

GROUP = "group.refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row's end.

    Attributes:
        ref: the caller's own word for it, where that was asked for.
        results: its records; empty when it was rejected.
        code: why it was rejected; empty when it was not.
        column: which column is at fault, where that is known.
    """

    row: int
    ref: str = ""
    results: Sequence[ProtectResult] = ()
    code: str = ""
    column: str = ""


def verdicts(batch: Batch, answer: Protected | None, fields: Sequence[Column]) -> Iterator[Verdict]:
    """Yield the end of every row that was sent.

    Args:
        batch: as it was sent.
        answer: None when nothing of it was sent.
        fields: the mapping's rules, to name the column at fault.

    Raises:
        Broken: ``answer.short``.
    """
    at = 0
    for row, count, ref in batch.rows:
        results = answer.results[at : at + count] if answer else []
        own = batch.records[at : at + count]
        at += count
        if len(results) != count:
            raise Broken("answer.short", "The server answered fewer records than were sent.")
        if all(one.ok for one in results):
            yield Verdict(row, ref, results)
        else:
            code, column = _why(results, own, fields)
            yield Verdict(row, ref, code=code, column=column)


def _why(
    results: Sequence[ProtectResult], own: Sequence[msgspec.Raw], fields: Sequence[Column]
) -> tuple[str, str]:
    """Return code and column of a row that was refused, from the first of its own faults."""
    for one, sent in zip(results, own, strict=True):
        if one.error is not None and one.error.code != GROUP:
            return one.error.code, _column(one.error.code, bytes(sent), fields)
    return GROUP, ""


def _column(code: str, sent: bytes, fields: Sequence[Column]) -> str:
    """Return which column is at fault; the answer names none, so the check is done here."""
    from bailee.errors import Failure
    from bailee.vault.formats import possible
    from bailee.vault.values import check_fields

    for name, text in msgspec.json.decode(sent)["fields"].items():
        try:
            check_fields({name: text}, possible(name) if code == "token.length" else {})
        except Failure as failure:
            if failure.code == code:
                return "|".join(dict.fromkeys(one.column for one in fields if one.element == name))
    return ""
