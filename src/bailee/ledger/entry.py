"""One entry of a log: what is written in clear, beside what is only committed to (``opening``).

In clear stand codes, counts and times, never personal data (C2.5(5): date, time, nature of the
access; the requestor is committed). An entry is canonical JSON, ASCII, at most 4 KiB, with always
the same keys. Its id is its second (UTC, ``261120210700``) and 80 random bits: entries of one time
are neighbours in every index, so a large log takes new ones as fast as a small one.

An entry that would list more than 48 elements or 16 obligations lists one word instead,
``all:<how many>:<SHA-256 of the sorted names joined by newlines>``; the opening holds them in full.

Entries repeat each other's words, so a line is put together from checked pieces that are kept
(``lru_cache``), instead of being encoded each time. Only codes go into pieces; they need no
escaping, and tests compare the outcome with ``canonical.encode``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from bailee import canonical
from bailee.errors import Broken, Invalid
from bailee.ledger.opening import SEED_BYTES, Touched, write_opening

VERSION = 1
MAX_ENTRY_BYTES = 4096
MAX_ELEMENTS = 48
MAX_OBLIGATIONS = 16
MAX_DETAILS = 12
RANDOM_ID_BYTES = 10
DECISIONS = ("allowed", "refused", "failed")
SOURCES = ("observed", "asserted")

_ACTION = re.compile(r"[a-z][a-z0-9_-]{0,39}(:[a-z][a-z0-9_-]{0,39}){2}", re.ASCII)
_CODE = re.compile(r"[a-z0-9._-]{0,64}", re.ASCII)
_ELEMENT = re.compile(r"[a-z0-9_.:*-]{1,64}", re.ASCII)
_OBLIGATION = re.compile(r"[A-Za-z0-9_.:()\[\]-]{1,100}", re.ASCII)
_DETAIL_KEY = re.compile(r"[a-z][a-z0-9_.]{0,39}", re.ASCII)
_DETAIL = re.compile(r"[a-z0-9._:-]{1,100}", re.ASCII)
_PUNCTUATION = str.maketrans("", "", "-:T")


@dataclass(frozen=True, slots=True)
class Link:
    """What the ledger says of a log: the one continued, the next one, or entries of one.

    ``from_index`` and ``until`` (exclusive) are indices in that log; ``root`` is hex or empty.
    """

    log: str
    from_index: int = 0
    until: int = 0
    root: str = ""

    def fields(self) -> dict[str, str | int]:
        """Return it as it stands in an entry."""
        return {"from": self.from_index, "log": self.log, "root": self.root, "until": self.until}


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened, as the caller knows it.

    Clear: action (``source:subject:past``), decision, source, purpose, element names, count,
    obligations, detail (codes and integers only), agreement version. Committed and opened to
    auditors: actor, context, records.
    """

    action: str
    controller: str
    decision: str = "allowed"
    source: str = "observed"
    purpose: str = ""
    elements: Sequence[str] = ()
    count: int = 0
    obligations: Sequence[str] = ()
    detail: Mapping[str, str | int] = field(default_factory=dict)
    agreement: str = ""
    actor: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)
    records: Sequence[Touched] = ()
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a fact went: the log's name, the entry's id, its leaf hash (hex).

    The index is None until the entry is integrated. A log closed in between hands the entry to
    its successor; ``Ledger.place`` knows.
    """

    log: str
    entry_id: str
    leaf: str
    index: int | None = None


class Written(NamedTuple):
    """An entry ready to be stored: its id, its bytes, and its opening not yet sealed."""

    entry_id: str
    body: bytes
    opening: bytes


def write_entry(fact: Fact, time: str) -> Written:
    """Return a fact's entry at a time (``clock.write_time``), with a fresh id and fresh salts.

    Raises:
        Invalid: ``fact.form`` for anything that does not belong into a log in clear.
        Oversized: ``fact.too_large`` for an actor or a context past 16 KiB.
    """
    fresh = os.urandom(SEED_BYTES + RANDOM_ID_BYTES)  # one call: each hands the interpreter over
    entry_id = id_at(time) + fresh[SEED_BYTES:].hex()
    blocks = fact.actor, fact.context
    commitments, opening = write_opening(blocks, fact.records, fresh[:SEED_BYTES])
    most = MAX_ELEMENTS, MAX_OBLIGATIONS
    body = _body(fact, commitments, (entry_id, time), most)
    if len(body) > MAX_ENTRY_BYTES:  # without lists it fits: what is left is bounded one by one
        body = _body(fact, commitments, (entry_id, time), (0, 0))
    return Written(entry_id, body, opening)


def id_at(time: str) -> str:
    """Return how the ids of entries begin that are written at a time; no earlier one is greater."""
    return time[2:19].translate(_PUNCTUATION)


def _body(
    fact: Fact, commitments: Mapping[str, str], made: tuple[str, str], most: tuple[int, int]
) -> bytes:
    """Return the entry's bytes; ``made`` is id and time, ``most`` how many names lists may have."""
    if type(fact.count) is not int or not 0 <= fact.count <= canonical.MAX_INTEGER:
        raise Invalid("fact.form", "A count is a whole number, not negative.")
    if len(fact.detail) > MAX_DETAILS:
        raise Invalid("fact.form", f"An entry has at most {MAX_DETAILS} details.")
    head, decision, source = _words(
        (fact.action, fact.agreement, fact.decision, fact.purpose, fact.source)
    )
    detail = ",".join([_detail(key, fact.detail[key]) for key in sorted(fact.detail)])
    elements = _names(tuple(fact.elements), _ELEMENT, most[0])
    obligations = _names(tuple(fact.obligations), _OBLIGATION, most[1])
    link = "null" if fact.link is None else canonical.encode(fact.link.fields()).decode()
    return (
        f'{head}{commitments["actor"]}","context":"{commitments["context"]}","records":"'
        f'{commitments["records"]}"}},"count":{fact.count}{decision}"detail":{{{detail}}},'
        f'"elements":{elements},"id":"{made[0]}","link":{link},"obligations":{obligations},'
        f'{source}"time":"{made[1]}","v":{VERSION}}}'
    ).encode()


@lru_cache(maxsize=4096)
def _words(words: tuple[str, str, str, str, str]) -> tuple[str, str, str]:
    """Return the pieces of an entry that are words alone."""
    action, agreement, decision, purpose, source = words
    fits = (
        _ACTION.fullmatch(action)
        and decision in DECISIONS
        and source in SOURCES
        and _CODE.fullmatch(purpose)
        and _CODE.fullmatch(agreement)
    )
    if not fits:
        raise Invalid("fact.form", "An entry holds codes in clear: action, decision, purpose.")
    return (
        f'{{"action":"{action}","agreement":"{agreement}","commitments":{{"actor":"',
        f',"decision":"{decision}",',
        f'"purpose":"{purpose}","source":"{source}",',
    )


@lru_cache(maxsize=4096)
def _names(names: tuple[str, ...], pattern: re.Pattern[str], most: int) -> str:
    """Return names sorted, once each; past the limit one word that counts and hashes them."""
    if not all(pattern.fullmatch(name) for name in names):
        raise Invalid("fact.form", "Elements and obligations are named by their codes.")
    unique = sorted(set(names))
    if len(unique) > most:
        digest = sha256("\n".join(unique).encode()).hexdigest()
        unique = [f"all:{len(unique)}:{digest}"]
    return canonical.encode(unique).decode()


@lru_cache(maxsize=4096, typed=True)  # 1, True and 1.0 are equal, and only one of them is allowed
def _detail(key: str, value: str | int) -> str:
    plain = isinstance(value, str) and _DETAIL.fullmatch(value)
    whole = type(value) is int and abs(value) <= canonical.MAX_INTEGER
    if not (_DETAIL_KEY.fullmatch(key) and (plain or whole)):
        raise Invalid("fact.form", "A detail is a code or a whole number, never free text.")
    return f'"{key}":"{value}"' if plain else f'"{key}":{value}'


def read_entry(body: bytes) -> dict[str, Any]:
    """Return an entry's fields.

    Raises:
        Broken: ``canonical.form`` or ``ledger.entry`` when these bytes are no entry.
    """
    value = canonical.decode(body)
    if not isinstance(value, dict) or value.get("v") != VERSION or "commitments" not in value:
        raise Broken("ledger.entry", "A stored entry is not in a form that this version knows.")
    return value
