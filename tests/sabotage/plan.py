"""What is broken, whose watch it is, and what else falls unavoidably."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.sabotage.acts import (
    alarm_forgotten,
    annex_ignored,
    anybody_known,
    codes_twice,
    consent_of_one,
    consents_unchecked,
    elements_unchecked,
    erasure_keeps_keys,
    export_changed,
    gifts_to_oneself,
    glass_forgotten,
    honey_everywhere,
    honey_silent,
    hours_unchecked,
    index_key_kept,
    key_in_file,
    long_credential,
    no_undertaking,
    plain_file,
    plain_table,
    purposes_unchecked,
    reads_unrecorded,
    refusals_unrecorded,
    revocation_ineffective,
    root_readable,
    same_address,
    self_grant,
    shared_names,
    stored_entry_changed,
    text_changed,
    tries_uncounted,
    unbound_ciphertexts,
    undertaking_unchecked,
    weak_passwords,
)
from tests.sabotage.acts_cases import clocks_stopped, cure_overdue, ran_out
from tests.sabotage.acts_door import (
    access_log_of_the_server,
    door_gone,
    plain_beside_tls,
    query_logged,
    weak_tls,
)
from tests.sabotage.acts_office import (
    contacts_silent,
    coordinator_gone,
    delegate_gone,
    security_contact_gone,
)
from tests.sabotage.acts_passwords import (
    any_password,
    customer_tries_uncounted,
    hashes_in_clear,
    passwords_in_clear,
    people_are_given,
    person_verifies,
)
from tests.sabotage.acts_privacy import (
    address_withdrawn,
    assessment_unanswered,
    assessments_for_good,
    authority_unanswered,
    british_overlooked,
    certification_withdrawn,
    flow_of_one,
    keys_moved_abroad,
    places_undescribed,
    swiss_overlooked,
)
from tests.sabotage.acts_review import (
    own_rights_reviewed,
    procedure_altered,
    procedure_unread,
    review_forgotten,
    undertaking_unsigned,
    untrained_served,
)
from tests.sabotage.acts_root import record_shortened, unwrapped_behind_its_back
from tests.sabotage.acts_trust import approvals_unchecked, word_without_approval
from tests.sabotage.acts_witness import nobody_saw, witness_ahead
from tests.sabotage.stage import Stage

Break = Callable[[Stage], AbstractContextManager[None]]


@dataclass(frozen=True)
class Sabotage:
    """One way to break the deployment.

    Attributes:
        name: what it is called in a list.
        control: whose watch it is.
        says: what is broken, in one line.
        act: breaks it, and undoes it.
        result: of that control while it is broken; ``blind`` where it cannot look any more, ``due``
            where somebody still has to do something.
        also: other controls that fall unavoidably, with the reason in ``because``.
    """

    name: str
    control: str
    says: str
    act: Break
    result: str = "failed"
    also: tuple[str, ...] = ()
    because: str = ""


_BY_THE_SAME_RULES = "who may be given the verbs of passwords is asked in the same place"
_BOUND = "what binds a hash to its customer is the same associated data"
_OLDER = "honey was planted before, with associated data, and does not open without it"
_NO_CONSENT = "where a recipient is stands in the consent; without one nothing crosses a border"
_TWO_DOORS = "one door serves both: nothing can be sent to it, so nothing is seen of addresses"

_ONE_START = "every procedure starts its clocks in the same place"

SABOTAGES = (
    Sabotage("changed-text", "agreement-binding",
             "one word of the agreement changed in the database", text_changed),
    Sabotage("annex-ignored", "permitted-elements",
             "access believes that the annex permits everything", annex_ignored),
    Sabotage("purposes-unchecked", "purpose-limit",
             "decide takes every purpose for the granted one", purposes_unchecked),
    Sabotage("consents-unchecked", "disclosure-consent",
             "whatever leaves is taken for allowed", consents_unchecked,
             also=("transfer-mechanism", "transfer-uk", "transfer-swiss"), because=_NO_CONSENT),
    Sabotage("consent-of-one", "disclosure-consent",
             "something left under a consent that one person recorded and confirmed",
             consent_of_one),
    Sabotage("approvals-unchecked", "public-communication",
             "a statement is published whoever approved it", approvals_unchecked),
    Sabotage("word-without-approval", "public-communication",
             "a published statement whose approval is not there", word_without_approval),
    Sabotage("no-undertaking", "authorised-persons",
             "a person row without an undertaking", no_undertaking),
    Sabotage("undertaking-unchecked", "authorised-persons",
             "invitations go out to whoever signed nothing", undertaking_unchecked),
    Sabotage("undertaking-unsigned", "authorised-persons",
             "a person with rights on data whose signature is gone", undertaking_unsigned,
             result="due"),
    Sabotage("cure-overdue", "security-correction",
             "a security problem is not cured in its time", cure_overdue),
    Sabotage("correction-missed", "security-correction",
             "correction did not start in time",
             ran_out("problem-notice", "correction.start", "correction")),
    Sabotage("measure-missed", "interim-measures",
             "an ordered measure is not taken in time",
             ran_out("interim-order", "correction.interim", "interim-order")),
    Sabotage("text-unanswered", "agreement-amendments",
             "a changed text was not answered in time",
             ran_out("amendment-received", "amendment.answer", "amendment")),
    Sabotage("clocks-stopped", "agreement-amendments",
             "no trigger starts a clock", clocks_stopped,
             also=("security-correction", "interim-measures"), because=_ONE_START),
    Sabotage("coordinator-gone", "coordinator",
             "no coordinator stands in the register", coordinator_gone),
    Sabotage("security-contact-gone", "security-contact",
             "nobody answers for security", security_contact_gone),
    Sabotage("delegate-gone", "contacts-current",
             "the controller's delegate is gone", delegate_gone),
    Sabotage("contacts-silent", "contacts-current",
             "nobody acknowledged the check of this quarter", contacts_silent),
    Sabotage("procedure-altered", "handling-procedures",
             "a word of the published procedure changed in the database", procedure_altered),
    Sabotage("procedure-unread", "training",
             "a person with rights on data whose acknowledgement is gone", procedure_unread,
             result="due"),
    Sabotage("untrained-served", "training",
             "decide asks nobody what they signed or read", untrained_served),
    Sabotage("review-forgotten", "access-review",
             "a review in which nobody decided in time", review_forgotten),
    Sabotage("own-rights-reviewed", "access-review",
             "everybody may review their own grants", own_rights_reviewed),
    Sabotage("same-address", "unique-identity",
             "two people with one e-mail", same_address),
    Sabotage("shared-names", "unique-identity",
             "invitations go out to shared names", shared_names),
    Sabotage("long-credential", "credential-strength",
             "a key for 400 days", long_credential),
    Sabotage("anybody-known", "credential-strength",
             "an unknown credential passes for the administrator's", anybody_known),
    Sabotage("weak-passwords", "credential-strength",
             "every password is taken", weak_passwords),
    Sabotage("tries-uncounted", "credential-strength",
             "wrong passwords are not counted", tries_uncounted),
    Sabotage("codes-twice", "credential-strength",
             "an authenticator's code counts twice", codes_twice),
    Sabotage("hashes-in-clear", "customer-passwords",
             "hashes of customers' passwords stand unsealed", hashes_in_clear),
    Sabotage("passwords-in-clear", "customer-passwords",
             "customers' passwords stand in clear", passwords_in_clear),
    Sabotage("any-password", "customer-passwords",
             "every password of a customer is right", any_password),
    Sabotage("customer-tries-uncounted", "customer-passwords",
             "wrong passwords of customers are not counted", customer_tries_uncounted),
    Sabotage("person-verifies", "customer-passwords",
             "a person's right to verify, written into the database", person_verifies),
    Sabotage("people-are-given", "customer-passwords",
             "people may be given the right to verify", people_are_given),
    Sabotage("self-grant", "least-privilege",
             "a grant to oneself written into the database", self_grant),
    Sabotage("gifts-to-oneself", "least-privilege",
             "everybody may grant to themselves", gifts_to_oneself,
             also=("customer-passwords",), because=_BY_THE_SAME_RULES),
    Sabotage("elements-unchecked", "least-privilege",
             "reading one granted element shows every other", elements_unchecked),
    Sabotage("glass-forgotten", "break-glass",
             "an emergency that nobody answered or reviewed in time", glass_forgotten),
    Sabotage("hours-unchecked", "break-glass",
             "an emergency may last longer than an hour", hours_unchecked),
    Sabotage("honey-silent", "honey-records",
             "touching honey raises no alarm", honey_silent),
    Sabotage("honey-everywhere", "honey-records",
             "every record raises an alarm", honey_everywhere),
    Sabotage("alarm-forgotten", "honey-records",
             "an alarm on which nobody decided in time", alarm_forgotten),
    Sabotage("reads-unrecorded", "access-log",
             "reads append nothing to the ledger", reads_unrecorded),
    Sabotage("refusals-unrecorded", "access-log",
             "refusals append nothing to the ledger", refusals_unrecorded),
    Sabotage("revocation-ineffective", "revocation",
             "revoking is recorded and does nothing", revocation_ineffective),
    Sabotage("plain-file", "encryption-at-rest",
             "protected values in a debug file of the home", plain_file),
    Sabotage("plain-table", "encryption-at-rest",
             "protected values in a side table, in capitals", plain_table),
    Sabotage("key-in-file", "keys-wrapped",
             "a controller's key in hex in a support bundle", key_in_file),
    Sabotage("root-readable", "keys-wrapped",
             "root.key readable by the group", root_readable),
    Sabotage("unwrapped-behind-its-back", "keys-wrapped",
             "an unwrap in the provider's record that bailee did not ask for",
             unwrapped_behind_its_back),
    Sabotage("record-shortened", "keys-wrapped",
             "the provider's record is shown without a line", record_shortened),
    Sabotage("unbound-ciphertexts", "encryption-standard",
             "ciphertexts without associated data", unbound_ciphertexts,
             also=("honey-records", "customer-passwords"), because=f"{_OLDER}; {_BOUND}"),
    Sabotage("weak-tls", "transport",
             "the door speaks TLS 1.1", weak_tls),
    Sabotage("plain-beside-tls", "transport",
             "the door answers plain HTTP on the port of its TLS", plain_beside_tls),
    Sabotage("door-gone", "transport",
             "the door is silent", door_gone, result="blind",
             also=("no-values-in-urls",), because=_TWO_DOORS),
    Sabotage("query-logged", "no-values-in-urls",
             "the door writes addresses down with their query", query_logged),
    Sabotage("server-access-log", "no-values-in-urls",
             "the web server's own access log is on", access_log_of_the_server),
    Sabotage("stored-entry-changed", "record-keeping",
             "a byte of a stored entry changed past its trigger", stored_entry_changed),
    Sabotage("export-changed", "record-keeping",
             "one bit of each export flipped", export_changed),
    Sabotage("nobody-saw", "record-keeping",
             "no witness answered for eleven minutes", nobody_saw),
    Sabotage("witness-ahead", "record-keeping",
             "a witness holds more of the log than was ever signed", witness_ahead),
    Sabotage("erasure-keeps-keys", "erasure",
             "erasing marks a subject and leaves its key", erasure_keeps_keys),
    Sabotage("index-key-kept", "erasure",
             "a key that old backups can be guessed at with was never replaced", index_key_kept),
    Sabotage("flow-of-one", "transfer-register",
             "one person recorded and confirmed where the data is", flow_of_one),
    Sabotage("keys-moved-abroad", "transfer-mechanism",
             "the keys are in a country that no decision takes for adequate", keys_moved_abroad),
    Sabotage("british-overlooked", "transfer-uk",
             "nobody who resides in the United Kingdom is protected", british_overlooked),
    Sabotage("swiss-overlooked", "transfer-swiss",
             "nobody who resides in Switzerland is protected", swiss_overlooked),
    Sabotage("assessments-for-good", "transfer-assessment",
             "an assessment may stand for ten years", assessments_for_good),
    Sabotage("address-withdrawn", "transfer-annexes",
             "what the controller stated of its address is gone", address_withdrawn, result="due"),
    Sabotage("places-undescribed", "transfer-measures",
             "nobody describes how places are protected", places_undescribed, result="due"),
    Sabotage("assessment-unanswered", "dpia-assistance",
             "a request for an impact assessment out of time", assessment_unanswered),
    Sabotage("authority-unanswered", "authority-records",
             "an authority's request for records out of time", authority_unanswered),
    Sabotage("certification-withdrawn", "ccpa-certification",
             "nobody's signature stands under the certification", certification_withdrawn,
             result="due"),
)  # fmt: skip
"""At least one for every control."""

__all__ = ["SABOTAGES", "Sabotage"]
