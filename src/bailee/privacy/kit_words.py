"""What a measure is called in an addendum, by the control that tries it (B8).

A measure without words here is not claimed. The words say what the control tries and no more, in
sentences that a contract can hold: no time without a number, no purpose by reference.
"""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "encryption-at-rest": "each stored value is encrypted by itself, with AES-256-GCM, under a key "
    "of the individual concerned",
    "encryption-standard": "an encrypted value opens only as the element and for the individual "
    "that it was stored for",
    "keys-wrapped": "keys are stored encrypted under other keys, apart from the data",
    "least-privilege": "each release of a value is decided by person, element, kind of access and "
    "end date, and refused otherwise; nobody grants a permission to himself or herself",
    "purpose-limit": "a read for a purpose outside section 4.1 is refused by program",
    "break-glass": "emergency access raises an alert and is reviewed by a second person",
    "disclosure-consent": "no value leaves in a file without a recorded consent of the Controller",
    "record-keeping": "the log is exported for the Controller and verified by a separate program",
    "agreement-binding": "the duties in the systems are compared with this text, word by word",
    "honey-records": "planted records of nobody raise an alarm when they are read",
    "authorised-persons": "only people in the register, with an undertaking, reach data",
    "unique-identity": "each person and each program has one identity; shared ones are refused",
    "credential-strength": "weak passwords and invented keys are refused, and an account is locked "
    "after ten failed attempts",
    "revocation": "a revoked key is refused from the moment of its revocation",
    "access-review": "permissions are reviewed by somebody other than their holder and their giver",
    "customer-passwords": "a customer's password is verified and can be read back by nobody",
    "transport": "connections without Transport Layer Security, version 1.2 or higher, are refused",
    "no-values-in-urls": "a value in the address of a web request is refused and stands in no log",
    "access-log": "each access and each refusal is recorded before data is released, in a log that "
    "cannot be altered unseen",
    "handling-procedures": "the written handling procedure is generated from the duties in force",
    "training": "a person who has not acknowledged the procedure reaches no data",
    "permitted-elements": "an element that Annex IV does not list is refused when it arrives",
    "erasure": "erased data and its kept ciphertext cannot be read, since their key is destroyed",
    "dpia-assistance": "the facts for an impact assessment are generated from the running systems",
    "authority-records": "the record of processing is generated from the running systems",
    "subprocessor-contract": "no Sub-processor is engaged on a contract weaker than this text",
}
