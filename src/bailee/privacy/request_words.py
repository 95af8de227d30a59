"""What is said about requests of people: to the controller, and to the person (C7.2(6)). Pure.

The controller is told what was asked and how it stands, in counts and ids; whom it is about, it
sees where it is signed in, or knows by its own number. The person is told what a law or the
agreement lets a processor say, and no more: not whether anything is held of them.
"""

from __future__ import annotations

import hashlib

from bailee.clock import write_time
from bailee.privacy.request import (
    DENY,
    DONE,
    LIFTING,
    MISDIRECTED,
    STOPPED,
    Request,
)
from bailee.procedures import Message

KIND, ROLE = "request", "privacy"
CCPA_BASIS = "11 CCR 7050(c)"
"""A consumer who writes to a service provider may be told that it is one."""


def received(one: Request) -> Message:
    """Return what the controller is told when a request came."""
    came = (
        "A person wrote to us about data that we hold for you."
        if one.channel == MISDIRECTED
        else "We have your request for a person whose data we hold for you."
    )
    lines = (
        came,
        *_facts(one),
        "It is held. We answer nothing, and do nothing, until you instruct us in writing: name",
        "the request by its number above, and what we are to do.",
    )
    return Message(KIND, ROLE, "A request of a person", lines)


def became(one: Request) -> Message:
    """Return what the controller is told of what became of a request."""
    counts, lines = one.counts, tuple[str, ...]()
    if one.state == STOPPED:
        subject = "A request is stopped"
        lines = ("We could not carry out what you instructed.", f"Why: {one.stopped}")
    elif one.state == DONE:
        subject = "A request was carried out"
        lines = (
            "We did what you instructed.",
            f"People: {counts.people}, records: {counts.records}, values: {counts.values}",
            f"Entries of your log: {', '.join(one.entries) or 'none'}",
        )
    elif one.state == LIFTING:
        subject = "A restriction is about to be lifted"
        lines = (
            "We are about to lift the restriction that this request asked for, as you instructed.",
            "The person must have heard of it from you before (GDPR 18(3)).",
        )
    else:
        subject = "A request is closed"
        lines = (f"It is {one.state}{f': {one.denial}' if one.state == DENY else ''}.",)
    return Message(KIND, ROLE, subject, (*lines, *_facts(one)))


def _facts(one: Request) -> tuple[str, ...]:
    due = f"{write_time(one.extended or one.due)}, by {one.basis}" if one.due else "see your law"
    return (
        f"Number: {one.request_id}",
        *((f"Your number: {one.outside_id}",) if one.outside_id else ()),
        f"Asks for: {one.kind}",
        f"Under: {one.regime}",
        f"Received: {write_time(one.received)}",
        f"To be answered by you: {due}",
    )


def letter(controller_name: str) -> str:
    """Return all that a person may be told by us: who is responsible."""
    return (
        "Your request about your personal data reached us.\n\n"
        "We hold data as a service provider of other companies and may not answer it ourselves.\n"
        f"We passed it on. Who is responsible, and answers you, is: {controller_name}\n"
    )


def letter_sha256(controller_name: str) -> str:
    """Return the digest by which the letter is on record."""
    return hashlib.sha256(letter(controller_name).encode()).hexdigest()
