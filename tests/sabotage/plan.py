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
from tests.sabotage.acts_demands import entered, freezes_unchecked
from tests.sabotage.acts_door import (
    access_log_of_the_server,
    door_gone,
    plain_beside_tls,
    query_logged,
    weak_tls,
)
from tests.sabotage.acts_law import anybody_ends, laws_forgotten, laws_unread, laxer_than_law
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
from tests.sabotage.acts_review import (
    own_rights_reviewed,
    procedure_altered,
    procedure_unread,
    review_forgotten,
    undertaking_unsigned,
    untrained_served,
)
from tests.sabotage.acts_root import record_shortened, unwrapped_behind_its_back
from tests.sabotage.acts_subprocessor import (
    any_certificate,
    certificate_missing,
    contracts_unread,
    copy_forged,
    days_unchecked,
    engaged_on_less,
    engaged_without_consent,
    engaged_without_notice,
    list_behind,
    list_unwritten,
    objection_unanswered,
    objection_unheard,
    one_reader,
    served_unengaged,
    silence_counts,
)
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
_ONE_SWITCH = "one switch keeps out who never was engaged and who is not any more"
_ONE_CONTRACT = "one contract answers to every rule of contracts, and to the duties of contractors"
_ONE_LIST = "one list answers to both laws"
_CERTIFICATES = "a certificate that is missing is a fault of the instruction too"
_TWO_DOORS = "one door serves both: nothing can be sent to it, so nothing is seen of addresses"

_ONE_START = "every procedure starts its clocks in the same place"

SABOTAGES = (
    Sabotage("changed-text", "agreement-binding",
             "one word of the agreement changed in the database", text_changed),
    Sabotage("laws-forgotten", "law-register",
             "the register of laws emptied in the database", laws_forgotten, result="due"),
    Sabotage("laws-unread", "law-register",
             "nobody compared the laws with their texts any more", laws_unread, result="due"),
    Sabotage("anybody-ends", "law-register",
             "everybody may end a law, as if they were the controller", anybody_ends),
    Sabotage("laxer-than-law", "law-register",
             "the house takes a laxer number than a law that applies", laxer_than_law),
    Sabotage("annex-ignored", "permitted-elements",
             "access believes that the annex permits everything", annex_ignored),
    Sabotage("purposes-unchecked", "purpose-limit",
             "decide takes every purpose for the granted one", purposes_unchecked),
    Sabotage("consents-unchecked", "disclosure-consent",
             "whatever leaves is taken for allowed", consents_unchecked),
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
    Sabotage("freezes-unchecked", "legal-demand-hold",
             "what a demand froze leaves all the same", freezes_unchecked),
    Sabotage("demand-unfrozen", "legal-demand-hold",
             "a demand in the register that freezes nothing, of which nobody was told",
             entered("subpoena", frozen=False), also=("legal-demand-notice",),
             because="entering freezes and tells in one act: a row without it lacks both"),
    Sabotage("demand-untold", "legal-demand-notice",
             "a demand of which the controller was not told", entered("order", frozen=True)),
    Sabotage("law-untold", "legal-obligation-notice",
             "a law that compels of which the controller was not told",
             entered("law", frozen=True)),
    Sabotage("demand-unanswered", "legal-demand-support",
             "a demand whose own time ran out with nobody at it",
             entered("warrant", frozen=True, late=True)),
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
    Sabotage("served-unengaged", "subcontractor-conditions",
             "decisions overlook who works for a sub-processor", served_unengaged,
             also=("subprocessor-objection",), because=_ONE_SWITCH),
    Sabotage("objection-unheard", "subprocessor-objection",
             "an objection is taken down and changes nothing", objection_unheard),
    Sabotage("objection-unanswered", "subprocessor-objection",
             "an objection of three months ago that nobody answered", objection_unanswered),
    Sabotage("days-unchecked", "subprocessor-notice",
             "the days after a notice are not counted", days_unchecked),
    Sabotage("engaged-without-notice", "subprocessor-notice",
             "a sub-processor is engaged whose notice never left", engaged_without_notice),
    Sabotage("silence-counts", "subprocessor-consent",
             "silence counts as consent", silence_counts),
    Sabotage("one-reader", "subprocessor-consent",
             "one person enters the controller's writing twice", one_reader),
    Sabotage("engaged-without-consent", "subprocessor-consent",
             "a sub-processor is engaged to which nobody consented", engaged_without_consent),
    Sabotage("contracts-unread", "subprocessor-contract",
             "sub-processors are engaged whatever their contracts say", contracts_unread,
             also=("flow-down", "subcontractor-contract", "subcontractor-no-sale"),
             because=_ONE_CONTRACT),
    Sabotage("contracts-unread-by-the-other-law", "subcontractor-contract",
             "the same, as the second law sees it", contracts_unread,
             also=("flow-down", "subprocessor-contract", "subcontractor-no-sale"),
             because=_ONE_CONTRACT),
    Sabotage("engaged-on-less", "flow-down",
             "a sub-processor is engaged that lets nobody examine it", engaged_on_less,
             also=("subprocessor-contract", "subcontractor-contract"), because=_ONE_CONTRACT),
    Sabotage("sale-unforbidden", "subcontractor-no-sale",
             "a contract that does not forbid a sale is enough", contracts_unread,
             also=("flow-down", "subprocessor-contract", "subcontractor-contract"),
             because=_ONE_CONTRACT),
    Sabotage("list-unwritten", "subprocessor-list",
             "no list is written any more", list_unwritten,
             also=("subcontractor-list",), because=_ONE_LIST),
    Sabotage("list-behind", "subcontractor-list",
             "a controller's list lacks who is engaged", list_behind,
             also=("subprocessor-list",), because=_ONE_LIST),
    Sabotage("copy-forged", "subprocessor-instruction",
             "the controller's copy of an instruction says something else", copy_forged),
    Sabotage("any-certificate", "subprocessor-certificates",
             "a certificate of a day to come is taken", any_certificate),
    Sabotage("certificate-missing", "subprocessor-certificates",
             "a certificate was due a month ago", certificate_missing,
             also=("subprocessor-instruction",), because=_CERTIFICATES),
)  # fmt: skip
"""At least one for every control."""

__all__ = ["SABOTAGES", "Sabotage"]
