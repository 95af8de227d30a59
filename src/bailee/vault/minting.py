"""Minting: the tokens of a batch, made or found again, and which record each leads to.

Shared tokens are looked up in one statement. Opaque tokens are written in one statement more.
Aliases have so few possible values that two may meet: each is written if nobody has it, all of a
batch by one statement, and drawn again where somebody had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bailee.errors import Conflict
from bailee.keys import Keys
from bailee.vault import tables, token, token_store
from bailee.vault.alias import Form
from bailee.vault.rows import insert
from bailee.vault.values import Content

DRAWS = 256
"""Times that an alias is drawn for one value. With nine of ten in use, one value in half a million
millions is left without; few draws are needed before that, and each is one statement for all."""

Mark = tuple[bytes, int]
"""A fingerprint and the version of the key it was made under."""

Worth = tuple[str, str]
"""An element and a normal form: what equal values have in common."""

Tokens = Mapping[str, Mapping[str, str]]
"""By record and element."""


@dataclass(frozen=True, slots=True)
class Minting:
    """How tokens are made in one call.

    ``shares`` says for which elements equality may be told; ``forms`` are those of the elements
    whose tokens are aliases.
    """

    controller: str
    keys: Keys
    shares: Callable[[str], bool]
    created: str
    forms: Mapping[str, Form]


def mint(
    conn: sa.Connection, minting: Minting, contents: Iterable[Content]
) -> dict[str, dict[str, str]]:
    """Make or find the tokens of tokenised values; return them by record and element.

    Raises:
        Conflict: ``token.exhausted``.
    """
    tokenised = [
        (one.record_id, (field.element.name, field.normal))
        for one in contents
        for field in one.fields
        if field.element.token
    ]
    marks, shared = _shared_tokens(conn, minting, dict.fromkeys(worth for _, worth in tokenised))
    fresh = iter(token.fresh(len(tokenised)))
    aliases = _aliases(conn, minting, (worth for _, worth in tokenised), (marks, shared))
    tokens: dict[str, dict[str, str]] = {}
    new = []
    for record_id, worth in tokenised:
        made = shared.get(worth)
        if made is None:
            mark = marks.get(worth)
            if worth[0] in minting.forms:
                made = next(aliases)
            else:
                made = next(fresh)
                new.append(_row(minting, made, worth, mark))
            if mark:
                shared[worth] = made
        tokens.setdefault(record_id, {})[worth[0]] = made
    insert(conn, tables.token, "controller token element fingerprint key_version created", new)
    return tokens


def _row(minting: Minting, made: str, worth: Worth, mark: Mark | None) -> tuple[object, ...]:
    fingerprint, version = mark or (None, None)
    return minting.controller, made, worth[0], fingerprint, version, minting.created


def _aliases(
    conn: sa.Connection,
    minting: Minting,
    worths: Iterable[Worth],
    known: tuple[Mapping[Worth, Mark], Mapping[Worth, str]],
) -> Iterator[str]:
    """Return the aliases that these values lack, in their order, written; one for equal values."""
    if not minting.forms:
        return iter(())
    marks, shared = known
    lacking: list[Worth] = []
    met = set(shared)
    for worth in worths:
        if worth[0] in minting.forms and worth not in met:
            lacking.append(worth)
            if worth in marks:
                met.add(worth)
    return iter(_claim(conn, minting, lacking, marks))


def _claim(
    conn: sa.Connection, minting: Minting, lacking: Sequence[Worth], marks: Mapping[Worth, Mark]
) -> list[str]:
    """Draw and write an alias for each; where it was in use, draw again.

    Raises:
        Conflict: ``token.exhausted`` when an element has hardly any left.
    """
    made: dict[int, str] = {}
    left = list(range(len(lacking)))
    for _ in range(DRAWS):
        if not left:
            break
        drawn: dict[str, int] = {}
        for place in left:
            element, normal = lacking[place]
            drawn.setdefault(minting.forms[element].draw(normal), place)
        rows = [  # in one order for everybody: of two writers of one draw only one ever waits
            _row(minting, alias, lacking[place], marks.get(lacking[place]))
            for alias, place in sorted(drawn.items())
        ]
        made.update((drawn[alias], alias) for alias in token_store.add_free(conn, rows))
        left = [place for place in left if place not in made]
    if left:
        raise _exhausted(lacking[left[0]][0])
    return [made[place] for place in range(len(lacking))]


def _exhausted(element: str) -> Conflict:
    return Conflict(
        "token.exhausted",
        f"Hardly any token of {element} in its own format is left.",
        do="Let this element's new tokens be opaque; those that were given stay as they are.",
    )


def spelled(tokens: Tokens, forms: Mapping[str, Form]) -> Tokens:
    """Return tokens as callers get them: an alias is written as its element's form says."""
    if not forms:
        return tokens
    return {
        record_id: {
            name: forms[name].spell(made) if name in forms else made
            for name, made in by_element.items()
        }
        for record_id, by_element in tokens.items()
    }


def hold(conn: sa.Connection, controller: str, contents: Iterable[Content], tokens: Tokens) -> None:
    """Write which record each token leads to."""
    rows = [
        (controller, made, one.record_id, name, one.holders.get(name, one.main).subject_id)
        for one in contents
        for name, made in tokens.get(one.record_id, {}).items()
    ]
    insert(conn, tables.token_holder, "controller token record_id element subject_id", rows)


def _shared_tokens(
    conn: sa.Connection, minting: Minting, worths: Iterable[Worth]
) -> tuple[dict[Worth, Mark], dict[Worth, str]]:
    """Return the newest marks of values, and the tokens that equal values have already.

    Only where the caller may know of equality. A token found under an older key gets the newest
    fingerprint, so that the older key can go.
    """
    normals: dict[str, list[str]] = {}
    for name, normal in worths:
        normals.setdefault(name, []).append(normal)
    sharing = [name for name in normals if minting.shares(name)]
    marks: dict[Worth, Mark] = {}
    found: dict[Worth, str] = {}
    renewed: dict[str, Mark] = {}
    for age, key in enumerate(minting.keys.token_keys(minting.controller) if sharing else ()):
        for name in sharing:
            fingerprint = token.fingerprints(key.key, name, alias=name in minting.forms)
            prints = {fingerprint(normal): (name, normal) for normal in normals[name]}
            if age == 0:
                marks.update((worth, (made, key.version)) for made, worth in prints.items())
            known = token_store.by_fingerprint(conn, minting.controller, name, prints)
            for made, its in known.items():
                found.setdefault(prints[made], its)
                if age > 0:
                    renewed[its] = marks[prints[made]]
    token_store.renew(conn, minting.controller, renewed)
    return marks, found
