"""What each control is called in public, in our own words; a control without words is not said.

The words name no standard, law or algorithm: such a name is a claim of its own, and takes a paper.
"""

from __future__ import annotations

from collections.abc import Mapping

from bailee.assurance.commitment import Words

WORDS: Mapping[str, Words] = {
    "permitted-elements": Words(
        "Only the kinds of data that a customer's agreement lists are held for it.",
        "tries to store another kind, which must be refused",
    ),
    "purpose-limit": Words(
        "Data is used only for purposes that the customer's agreement names.",
        "tries to read for another purpose, which must be refused",
    ),
    "documented-instructions": Words(
        "A customer's data serves a further purpose only when it instructed so in writing and two "
        "people accepted it.",
        "tries to read for a purpose that nobody accepted, or that was withdrawn, which must be "
        "refused",
    ),
    "disclosure-consent": Words(
        "Nothing is handed to anybody without the customer's recorded consent.",
        "tries to let a planted value leave without one, which must be refused",
    ),
    "authorised-persons": Words(
        "Only people who signed a confidentiality undertaking work with the data.",
        "tries to enter somebody without one, and looks for accounts nobody answers for",
    ),
    "unique-identity": Words(
        "Everybody works under a name of their own; shared accounts are refused.",
        "tries to enter shared accounts, and looks for two people of one address",
    ),
    "credential-strength": Words(
        "Passwords, keys and second factors follow the strictest rules in force.",
        "tries weak and invented ones, a locked account, and a code twice",
    ),
    "least-privilege": Words(
        "Nobody reaches data beyond what was granted to them; nobody grants to themselves.",
        "tries to read without a grant and beyond one, which must be refused",
    ),
    "break-glass": Words(
        "Emergency access raises an alert at once and is reviewed by a second person.",
        "tries to misuse it, and looks for alerts and reviews that are late",
    ),
    "access-log": Words(
        "Every access is recorded in a log that cannot be altered unseen, before data leaves.",
        "reads a planted value and has its entry checked by a separate program",
    ),
    "revocation": Words(
        "Whoever leaves loses every right at once.",
        "takes a key back and tries it, which must be refused",
    ),
    "encryption-at-rest": Words(
        "Protected data is stored encrypted, each value on its own.",
        "searches files and tables for a planted value, which must not be found",
    ),
    "keys-wrapped": Words(
        "Keys are stored encrypted themselves, apart from the data.",
        "searches files for bare keys, and tries a wrong root key",
    ),
    "encryption-standard": Words(
        "An encrypted value opens only in the place it was made for.",
        "tries to open one elsewhere, which must fail",
    ),
    "transport": Words(
        "Data travels encrypted; weaker connections are refused.",
        "knocks at the served address without encryption and with an outdated one",
    ),
    "no-values-in-urls": Words(
        "Protected data never stands in a web address.",
        "sends a planted value in one, which must be refused and be in no log",
    ),
    "record-keeping": Words(
        "The log of a customer's data can be handed to its auditor and checked without us.",
        "exports the logs and has them checked by a separate program",
    ),
    "honey-records": Words(
        "Planted records of nobody raise an alarm when somebody touches them.",
        "touches one, which must raise the alarm, and looks for alarms nobody decided on",
    ),
    "public-communication": Words(
        "Nothing is said here about an incident unless each customer concerned approved it.",
        "tries to publish a statement without approval, which must be refused",
    ),
    "return-or-destroy": Words(
        "When an agreement ends, data is returned or destroyed as the customer chose in writing.",
        "tries to destroy without such a choice, which must be refused",
    ),
    "termination": Words(
        "What was chosen is done within the days that the agreement gives.",
        "looks for ends that are past their day",
    ),
    "retention-isolation": Words(
        "After an agreement's end nobody uses the data; what a law keeps is kept apart.",
        "tries to use a planted value after an end, which must be refused",
    ),
    "destruction-certificate": Words(
        "Destruction is certified in writing, in a form that the customer checks without us.",
        "tries to certify what was not destroyed, and compares certificates with the log",
    ),
    "erasure": Words(
        "Erased data cannot be read any more.",
        "erases a planted person and tries to read what was kept of them",
    ),
}
