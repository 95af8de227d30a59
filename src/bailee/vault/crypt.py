"""Encrypt, decrypt, reencrypt: for values that the caller keeps (C2.8(1)).

The same rules and the same log as for stored records, and nothing stored but the subject: its key
encrypts, and erasing it makes every ciphertext of it unreadable wherever it lies. A ciphertext
opens for its element and its subject of its controller, and for nothing else.

These calls are measured per item, so they keep few objects: subjects come from memory, keys in one
question, nonces from one block, the ledger's lines are made once for a subject and element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import sqlalchemy as sa

from bailee.access import PLAIN, Caller
from bailee.errors import Failure
from bailee.ledger import Touched
from bailee.vault import cipher
from bailee.vault.batch import Items
from bailee.vault.catalogue import CATALOGUE, element
from bailee.vault.desk import Act, Allowed, Desk, Done
from bailee.vault.directory import Known, Recalled, know
from bailee.vault.retention import ACTIVE, check_restriction
from bailee.vault.shapes import (
    Decrypt,
    Decrypted,
    DecryptResult,
    DecryptValue,
    Encrypt,
    Encrypted,
    EncryptResult,
    EncryptValue,
    Masked,
)
from bailee.vault.subject import Attributes, unknown_subject

ACTIONS = {
    "encrypt": "vault:value:encrypted",
    "decrypt": "vault:value:decrypted",
    "reencrypt": "vault:value:reencrypted",
}
_SILENT = Attributes()


def act(
    caller: Caller, controller: str, sent: tuple[str, Encrypt | Decrypt], context: Mapping[str, str]
) -> Act:
    """Return what a call wants to do: a verb and its body."""
    verb, body = sent
    elements = {value.element for value in body.values}
    return Act(
        caller=caller,
        controller=controller,
        verb=verb,
        action=ACTIONS[verb],
        purpose=body.purpose,
        elements=tuple(sorted(elements)),
        context=context,
    )


def encrypt(desk: Desk, body: Encrypt) -> Callable[[sa.Connection, Allowed], Done[Encrypted]]:
    """Return the work of encrypting; unknown subjects are taken in."""

    def work(conn: sa.Connection, allowed: Allowed) -> Done[Encrypted]:
        items = Items(body.mode)
        _check(body.values, items)
        failed = items.failed
        recalled = _admit(desk, conn, allowed, _good(body.values, items))
        known, armour, seal = recalled.known, cipher.armour, cipher.seal
        results: list[EncryptResult] = []
        touched: list[Touched] = []
        for value, nonce in zip(body.values, cipher.nonces(len(body.values)), strict=True):
            if failed and len(results) in failed:
                results.append(EncryptResult(value.ref, ok=False, error=failed[len(results)]))
                continue
            one, name = known[value.subject], value.element
            key = one.key
            sealed = seal(key.aead, key.version, (one.place, name), (nonce, value.value.encode()))
            results.append(EncryptResult(value.ref, True, armour(sealed)))  # noqa: FBT003 - ok
            touched.append(one.lines.get(name) or one.touched(name))
        return Done(
            answer=lambda entry: Encrypted(results, entry),
            count=len(touched),
            touched=touched,
            detail=items.detail,
            after=lambda: desk.directory.remember(recalled),
        )

    return work


def _check(sent: Sequence[EncryptValue], items: Items) -> None:
    checks = {name: one.check for name, one in CATALOGUE.items()}
    for place, value in enumerate(sent):
        try:
            check = checks.get(value.element) or element(value.element).check
            check(value.value)
        except Failure as failure:
            items.fail(place, failure)


def _good(sent: Sequence[EncryptValue], items: Items) -> set[str]:
    """Return the subjects of the values that passed."""
    if not items.failed:
        return {value.subject for value in sent}
    return {value.subject for place, value in enumerate(sent) if place not in items.failed}


def _admit(desk: Desk, conn: sa.Connection, allowed: Allowed, references: set[str]) -> Recalled:
    """Return all subjects with their keys; unknown ones, and those whose key is gone, are made."""
    controller = allowed.act.controller
    recalled = desk.directory.recall(conn, controller, references)
    missing = [one for one in references if one not in recalled.known]
    if missing:
        asked = dict.fromkeys(missing, _SILENT)
        admitted = desk.directory.admit(conn, controller, asked, allowed.now)
        for one, subject in admitted.subjects.items():
            known = know(controller, subject, admitted.keys[subject.key_id])
            recalled.known[one] = recalled.fresh[one] = known
    return recalled


Opened = tuple[DecryptValue, Known, bytes]
"""What was sent, whose it is, and the value in clear, on its way out."""


def decrypt(desk: Desk, body: Decrypt) -> Callable[[sa.Connection, Allowed], Done[Decrypted]]:
    """Return the work of opening; the subjects shown are counted as in a reveal."""

    def work(conn: sa.Connection, allowed: Allowed) -> Done[Decrypted]:
        items = Items(body.mode)
        references = {value.subject for value in body.values}
        recalled = desk.directory.recall(conn, allowed.act.controller, references)
        opened = _open(recalled.known, allowed, (body, items))
        _spend(desk, conn, allowed, (body, opened.values()))
        views = allowed.decision.views
        results = [
            _shown(opened[place], views[sent.element])
            if place in opened
            else DecryptResult(sent.ref, ok=False, error=items.failed[place])
            for place, sent in enumerate(body.values)
        ]
        return Done(
            answer=lambda entry: Decrypted(results, entry),
            count=len(opened),
            touched=_lines(opened.values()),
            detail=items.detail,
            after=lambda: desk.directory.remember(recalled),
        )

    return work


def _shown(opened: Opened, view: str) -> DecryptResult:
    sent, _, plain = opened
    text = plain.decode()
    if view == PLAIN:
        return DecryptResult(sent.ref, True, text)  # noqa: FBT003 - ok
    return DecryptResult(
        sent.ref, ok=True, value=Masked(CATALOGUE[sent.element].view(view, text), view)
    )


def reencrypt(desk: Desk, body: Decrypt) -> Callable[[sa.Connection, Allowed], Done[Encrypted]]:
    """Return the work of encrypting anew under the newest version of each key.

    Nothing is shown, so no subject is counted.
    """

    def work(conn: sa.Connection, allowed: Allowed) -> Done[Encrypted]:
        items = Items(body.mode)
        references = {value.subject for value in body.values}
        recalled = desk.directory.recall(conn, allowed.act.controller, references)
        opened = _open(recalled.known, allowed, (body, items))
        results = []
        for place, nonce in enumerate(cipher.nonces(len(body.values))):
            sent, one = body.values[place], opened.get(place)
            if one is None:
                results.append(EncryptResult(sent.ref, ok=False, error=items.failed[place]))
                continue
            known = one[1]
            where, key = (known.place, sent.element), known.key
            sealed = cipher.seal(key.aead, key.version, where, (nonce, one[2]))
            results.append(EncryptResult(sent.ref, ok=True, ciphertext=cipher.armour(sealed)))
        return Done(
            answer=lambda entry: Encrypted(results, entry),
            count=len(opened),
            touched=_lines(opened.values()),
            detail=items.detail,
            after=lambda: desk.directory.remember(recalled),
        )

    return work


def _open(
    people: Mapping[str, Known], allowed: Allowed, asked: tuple[Decrypt, Items]
) -> dict[int, Opened]:
    body, items = asked
    act = allowed.act
    opened: dict[int, Opened] = {}
    for place, sent in enumerate(body.values):
        try:
            known = people.get(sent.subject)
            if known is None:
                raise unknown_subject()
            if sent.element not in CATALOGUE:
                element(sent.element)
            subject = known.subject
            if subject.state != ACTIVE:
                check_restriction(subject.state, subject.allowing, act.verb, act.purpose)
            ciphertext = cipher.unarmour(sent.ciphertext)
            plain = cipher.opened(known.key, (known.place, sent.element), ciphertext)
            opened[place] = sent, known, plain
        except Failure as failure:
            items.fail(place, failure)
    return opened


def _lines(opened: Iterable[Opened]) -> list[Touched]:
    return [
        known.lines.get(sent.element) or known.touched(sent.element) for sent, known, _ in opened
    ]


def _spend(
    desk: Desk,
    conn: sa.Connection,
    allowed: Allowed,
    shown: tuple[Decrypt, Iterable[Opened]],
) -> None:
    body, opened = shown
    subjects = {known.subject.subject_id for _, known, _ in opened}
    if subjects:
        desk.access.spend(
            conn,
            allowed.act.caller,
            allowed.ask,
            allowed.decision,
            subjects=len(subjects),
            approval_id=body.approval,
        )
