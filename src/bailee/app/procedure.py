"""The texts that people read before any access: undertaking and handling procedure (C2.2). Pure.

The procedure of a controller is generated: purposes and elements from the agreement in force, rules
from the controls that serve it. The same agreement and the same release give the same words, so a
changed text always means that something changed in what is enforced.

Deliberately not said here: names of contacts. Rights are named instead, so that a text is not
outdated by whoever comes or goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bailee.agreement import Agreement
from bailee.app.control import Control
from bailee.vault.catalogue import CATALOGUE

UNDERTAKING = """\
CONFIDENTIALITY UNDERTAKING

I bind myself to each of these, for every controller whose data I am let near:

1. I keep the data confidential. I use it for the purposes that I was authorised for, and for nothing of my own.
2. I show it to nobody who is not authorised for it, inside this company or outside.
3. I make no copy outside of the ways that the handling procedure allows, and no picture of a screen.
4. My key, my password and my second factor are mine alone. Nobody else uses them, and I use nobody else's.
5. I report at once whatever looks like a loss, a leak, or an access that nobody should have had, my own mistakes included.
6. When my work changes or ends, I give back or destroy what I still have. These duties outlast my employment.

I know that every access and every refusal is recorded under my identity, and that the controllers can check that record.
"""  # noqa: E501 - the exact words count, so their lines are not folded by us

RULES: Mapping[str, str] = {
    "purpose-limit": "Name the purpose of every call. Never name one purpose to do another.",
    "permitted-elements": "Put no kind of data into a field that is meant for another. What is not "
    "listed above is not held, not even for a while.",
    "disclosure-consent": "Nothing leaves for anybody outside unless the controller consented in "
    "writing to that recipient, those elements and that purpose. Open a disclosure first.",
    "least-privilege": "Ask only for the elements that the task needs, and for a mask where a mask "
    "is enough. Give back a right that you do not need any more.",
    "unique-identity": "Use your own key or session, always. Show a program your token, never your "
    "key.",
    "credential-strength": "Choose a password that is used nowhere else, and enrol a second factor "
    "before you need it.",
    "break-glass": "The emergency code is for an emergency. Say why you open; a second person is "
    "told at once and reviews what was done.",
    "encryption-at-rest": "Write no value into a file, a ticket, a chat or a log. Work with "
    "records and tokens.",
    "no-values-in-urls": "Put no value into an address, a file name or a subject line.",
    "transport": "Send values over TLS only; never by mail that is not encrypted.",
    "erasure": "Erase with the verb that is made for it, so that copies and keys go too; keep no "
    "copy of what was erased.",
    "access-log": "Every access is on record before the value is shown. Do not look up anybody out "
    "of curiosity.",
    "honey-records": "Some records exist to raise an alarm. Report it when you come upon one; do "
    "not look around.",
    "revocation": "What was taken away does not work from that moment. Do not try around it.",
}
"""What each control asks of a person; a control that asks nothing of people has no line."""
REFUSED: Mapping[str, str] = {
    "purpose-limit": "a purpose that the agreement does not name, or that you were not granted",
    "permitted-elements": "an element that the agreement does not list",
    "least-privilege": "whatever no living grant allows, and more people a day than it allows",
    "disclosure-consent": "an export without a consent that covers it",
    "training": "every call on data while your undertaking or your acknowledgement is not in force",
    "access-review": "what a review ended, from that moment on",
}
TELL = (
    "At once a colleague who holds 'approve' for this controller, or 'people' in this house.",
    "Of a loss or a leak, of a value that you should not have seen, of an alarm.",
    "The same, before you act: of an instruction that seems to break the law or this procedure.",
    "Nobody outside. Whoever asks from outside is answered by those who hold 'approve'.",
)

PURPOSES = (
    "Purposes: use the data for one of these, or one that the controller instructs, and no other"
)


def procedure_text(agreement: Agreement, controls: Iterable[Control]) -> str:
    """Return the handling procedure of a controller.

    Args:
        agreement: in force for it.
        controls: every control there is; those that serve this agreement are in force.
    """
    serving = [one for one in controls if agreement.obligations_for(one.slug)]
    names = {one.slug for one in serving}
    parts = [
        (PURPOSES, _purposes(agreement)),
        ("What may be held, and nothing else", _elements(agreement)),
        ("How to handle it", _chosen(RULES, names)),
        ("What is refused, and recorded", _chosen(REFUSED, names)),
        ("Whom to tell", list(TELL)),
        ("How this is watched", [_watched(agreement, one) for one in serving]),
    ]
    lines = [
        "HANDLING PROCEDURE",
        "",
        f"Controller {agreement.controller}, agreement {agreement.version_id},",
        f"read by the terms {agreement.terms.id} of {agreement.terms.date}.",
    ]
    for number, (title, items) in enumerate(parts, start=1):
        lines += ["", f"{number}. {title}", *(f"- {item}" for item in items)]
    return "\n".join(lines) + "\n"


def _purposes(agreement: Agreement) -> list[str]:
    said = {one.id: one.says for one in agreement.terms.purposes}
    return [f"{name}: {said.get(name, 'as agreed')}" for name in sorted(agreement.purposes)]


def _elements(agreement: Agreement) -> list[str]:
    found: dict[str, list[str]] = {}
    for name in sorted(agreement.permitted & CATALOGUE.keys()):
        found.setdefault(CATALOGUE[name].classification, []).append(name)
    return [f"{kind}: {', '.join(names)}" for kind, names in sorted(found.items())]


def _chosen(lines: Mapping[str, str], names: Iterable[str]) -> list[str]:
    kept = frozenset(names)
    return [says for name, says in lines.items() if name in kept]


def _watched(agreement: Agreement, control: Control) -> str:
    duties = ", ".join(agreement.obligations_for(control.slug))
    return f"{control.slug} ({duties}): {control.says}"
