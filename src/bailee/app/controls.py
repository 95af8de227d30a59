"""The register of controls: what is watched today. What is not here shows ``uncovered``."""

from __future__ import annotations

from collections.abc import Mapping

from bailee.app import (
    watch_access,
    watch_accounting,
    watch_audit,
    watch_cases,
    watch_demands,
    watch_disclosure,
    watch_doors,
    watch_emergency,
    watch_end,
    watch_honey,
    watch_incidents,
    watch_law,
    watch_ledger,
    watch_officers,
    watch_passwords,
    watch_review,
    watch_subprocessor,
    watch_training,
    watch_trust,
    watch_vault,
)
from bailee.app.control import ENFORCED, OPERATING, Control
from bailee.app.instruction_controls import INSTRUCTION_CONTROLS
from bailee.app.request_controls import REQUEST_CONTROLS
from bailee.app.transfer_controls import TRANSFER_CONTROLS

_ALL = (
    Control(
        "agreement-binding", ("C1", "C8", "C11"),
        "compiles the stored text again; a changed word must break its own clause and no other",
        OPERATING, watch_ledger.agreement_binding,
    ),
    Control(
        "law-register", ("C7.1", "C2.1"),
        "tries to register a law that is none, one twice, and to end one for the controller; looks "
        "whether the strictest number is enforced, and for laws that nobody read in time",
        OPERATING, watch_law.law_register, watch_law.DUE,
    ),
    Control(
        "permitted-elements", ("C2.10",),
        "tries to hold an element that the annex does not list",
        ENFORCED, watch_access.permitted_elements,
    ),
    Control(
        "purpose-limit", ("C2.4", "C7.2(2)", "C7.3(2)"),
        "tries to read for a purpose that the agreement lacks, and for one not granted",
        ENFORCED, watch_access.purpose_limit,
    ),
    Control(
        "disclosure-consent", ("C2.3",),
        "tries to let a planted value leave without a consent; looks at what left under which",
        ENFORCED, watch_disclosure.disclosure_consent,
    ),
    Control(
        "disclosure-register", ("C2.3",),
        "asks for an accounting without the right; compares index and register with the ledger",
        ENFORCED, watch_accounting.disclosure_register,
    ),
    Control(
        "no-reidentification", ("C7.2(3)",),
        "tries to let one planted person leave as a class of one, with a name, without a writing, "
        "and without the recipient's undertaking; looks at what left in rows without names",
        ENFORCED, watch_accounting.no_reidentification,
    ),
    Control(
        "authorised-persons", ("C2.5(1)",),
        "tries to enter a person without undertaking; looks for identities nobody answers for, and "
        "for people with rights on data who did not sign the undertaking themselves",
        OPERATING, watch_access.authorised_persons, watch_training.UNSIGNED,
    ),
    Control(
        "security-correction", ("C5.3",),
        "starts the clock of a security problem and undoes it; looks at each problem's own time",
        OPERATING, watch_cases.security_correction,
    ),
    Control(
        "interim-measures", ("C5.3",),
        "starts the clock of an ordered measure and undoes it; looks at each order's time",
        OPERATING, watch_cases.interim_measures,
    ),
    Control(
        "agreement-amendments", ("C8",),
        "starts the clock of a changed text and undoes it; looks how texts were answered",
        OPERATING, watch_cases.agreement_amendments,
    ),
    Control(
        "legal-demand-hold", ("C7.2(7)", "C7.3(7)"),
        "freezes a planted value and tries to let it leave; looks for demands that freeze nothing",
        ENFORCED, watch_demands.demand_hold,
    ),
    Control(
        "legal-demand-notice", ("C7.2(7)", "C7.3(7)"),
        "looks whether the controller was told in time of every demand that it may know of",
        OPERATING, watch_demands.demand_notice,
    ),
    Control(
        "legal-demand-support", ("C7.2(7)", "C7.3(7)"),
        "looks for demands whose own time ran out while nobody challenged or closed them",
        OPERATING, watch_demands.demand_support,
    ),
    Control(
        "legal-obligation-notice", ("C2.4", "C7.3(2)"),
        "looks whether the controller was told of every law that compels, and after each ban",
        OPERATING, watch_demands.obligation_notice,
    ),
    Control(
        "coordinator", ("C10.1",),
        "looks for one coordinator who is named, with us, and not over their time",
        OPERATING, watch_officers.coordinator,
    ),
    Control(
        "security-contact", ("C10.2",),
        "looks whether somebody qualified answers for security now and for two weeks on, with a "
        "delegate, and confirmed in this quarter how they are reached",
        OPERATING, watch_officers.security_contact, watch_officers.DUE,
    ),
    Control(
        "contacts-current", ("C10",),
        "looks whether the controller's contacts are complete and answered within the quarter",
        OPERATING, watch_officers.contacts_current, watch_officers.CONTACTS_DUE,
    ),
    Control(
        "handling-procedures", ("C2.2",),
        "generates the handling procedure anew; the one in force must be the same, word for word",
        OPERATING, watch_training.handling_procedures,
    ),
    Control(
        "training", ("C2.2",),
        "tries to reach data as a person who signed, or read, nothing; looks for people with "
        "rights on data whose acknowledgement is due",
        ENFORCED, watch_training.training, watch_training.UNREAD,
    ),
    Control(
        "access-review", ("C2.5(6)",),
        "tries to review a right of one's own and one that one gave, and ends one; looks for "
        "reviews that are missing or out of time",
        OPERATING, watch_review.access_review,
    ),
    Control(
        "unique-identity", ("C2.5(2)",),
        "tries to enter shared identities; looks for one address of two people",
        OPERATING, watch_access.unique_identity,
    ),
    Control(
        "credential-strength", ("C2.5(3)",),
        "tries an invented credential, a weak password, an eleventh try, a code twice; looks for "
        "keys that outlast their term",
        OPERATING, watch_access.credential_strength,
    ),
    Control(
        "least-privilege", ("C2.5(4)",),
        "tries to read without a grant and beyond one; looks for gifts to oneself",
        ENFORCED, watch_access.least_privilege,
    ),
    Control(
        "break-glass", ("C2.5(4)",),
        "tries to open an emergency as a service, for too long, with a used code, and to review "
        "one's own; looks for alerts and reviews out of time",
        OPERATING, watch_emergency.break_glass,
    ),
    Control(
        "access-log", ("C2.5(5)",),
        "reads a planted value and proves its entry with the standalone verifier",
        ENFORCED, watch_ledger.access_log,
    ),
    Control(
        "revocation", ("C2.5(6)",),
        "revokes a key and tries it at once",
        OPERATING, watch_access.revocation,
    ),
    Control(
        "customer-passwords", ("C2.7",),
        "keeps a customer's password, tries others and an eleventh, searches every file and table "
        "for it, tries to open its hash, and to let a person verify",
        ENFORCED, watch_passwords.customer_passwords,
    ),
    Control(
        "encryption-at-rest", ("C2.8(1)",),
        "searches every file of the home, and every table, for a planted value",
        ENFORCED, watch_vault.encryption_at_rest,
    ),
    Control(
        "keys-wrapped", ("C2.8(1)",),
        "searches every file for unwrapped keys; tries the root, and a wrong one",
        OPERATING, watch_vault.keys_wrapped,
    ),
    Control(
        "encryption-standard", ("C2.8(3)",),
        "tries to open a ciphertext as another element's and another subject's",
        ENFORCED, watch_vault.encryption_standard,
    ),
    Control(
        "transport", ("C3.1",),
        "tries the served address without TLS and with TLS 1.1",
        ENFORCED, watch_doors.transport,
    ),
    Control(
        "no-values-in-urls", ("C3.2",),
        "sends a planted value in an address; it must be refused and appear in no log",
        ENFORCED, watch_doors.no_values_in_urls,
    ),
    Control(
        "record-keeping", ("C5.2",),
        "exports the controller's logs for the standalone verifier; asks what the witnesses saw",
        OPERATING, watch_ledger.record_keeping,
    ),
    Control(
        "audit-access", ("C5.2",),
        "asks for an audit, comes too early, in time and too late, declines without a reason; "
        "looks for auditors shut out and notices unanswered",
        OPERATING, watch_audit.audit_access, watch_audit.UNANSWERED,
    ),
    Control(
        "audit-immediate", ("C5.2",),
        "demands access upon a threat and tries to decline and to end it; looks for auditors who "
        "did not come in at once",
        OPERATING, watch_audit.audit_immediate,
    ),
    Control(
        "honey-records", ("C2.5(5)", "C9"),
        "touches a honey record of ours and one beside it, of which only the first may raise an "
        "alarm; looks for alarms on which nobody decided in time, and for honey without consent",
        OPERATING, watch_honey.honey_records,
    ),
    Control(
        "breach-notice", ("C9.1",),
        "lets a signal wait too long, which must count as a suspicion dated from it; tries to "
        "close an incident of which nobody was told; looks for what is out of time",
        OPERATING, watch_incidents.breach_notice,
    ),
    Control(
        "breach-update", ("C9.1",),
        "writes a notice in an exercise, after which the clock of the next one must run; looks for "
        "incidents of which nothing further was told in time",
        OPERATING, watch_incidents.breach_update,
    ),
    Control(
        "breach-facts", ("C9.1(i)", "C9.1(ii)", "C9.1(iii)"),
        "reads a planted value and counts it from the log; counts again what notices of open "
        "incidents say",
        OPERATING, watch_incidents.breach_facts,
    ),
    Control(
        "breach-contact", ("C9.1(iv)",),
        "tries to send a notice that names nobody who can be asked; looks at open incidents",
        OPERATING, watch_incidents.breach_contact,
    ),
    Control(
        "urgent-notice", ("C9.1",),
        "enters an urgent issue in an exercise: it must go to the security desk, on its own clock",
        OPERATING, watch_incidents.urgent_notice,
    ),
    Control(
        "other-notices", ("C9.2",),
        "enters each of the five events in an exercise; tries to keep one silent without a reason; "
        "looks for events and questions out of time",
        OPERATING, watch_incidents.other_notices,
    ),
    Control(
        "incident-participation", ("C9.3",),
        "lets a representative of the controller look into an incident, and somebody else's, who "
        "must be refused; looks for open incidents in which nobody could take part",
        OPERATING, watch_incidents.participation,
    ),
    Control(
        "incident-costs", ("C9.3(i)",),
        "tries to enter a claim without the controller's writing; looks for claims out of time",
        OPERATING, watch_incidents.incident_costs,
    ),
    Control(
        "credit-monitoring", ("C9.3",),
        "tries to settle monitoring that ends too soon; looks for requests that nobody answered",
        OPERATING, watch_incidents.credit_monitoring,
    ),
    Control(
        "public-communication", ("C9.3(ii)",),
        "tries to publish a word that the controller did not approve; looks at what the page says",
        OPERATING, watch_trust.public_communication,
    ),
    Control(
        "erasure", ("C6",),
        "erases a planted subject, then tries to read it and to open a kept ciphertext; looks for "
        "keys to guess with that are too old",
        ENFORCED, watch_vault.erasure,
    ),
    *TRANSFER_CONTROLS,
    *INSTRUCTION_CONTROLS,
    *REQUEST_CONTROLS,
    Control(
        "return-or-destroy", ("C6",),
        "ends an agreement that nobody chose for and tries to destroy, which is undone; looks for "
        "destructions without the controller's choice, or without its receipt of a return",
        ENFORCED, watch_end.return_or_destroy,
    ),
    Control(
        "termination", ("C6",),
        "looks whether the agreement gives a day, and whether an end that came is past it",
        OPERATING, watch_end.termination, frozenset((watch_end.RUNNING,)),
    ),
    Control(
        "retention-isolation", ("C6(i)",),
        "ends an agreement and tries to use a planted value, which is undone; looks for values "
        "that are left and that no law keeps",
        ENFORCED, watch_end.retention_isolation, frozenset((watch_end.LEFT,)),
    ),
    Control(
        "destruction-certificate", ("C6",),
        "tries to certify what was not destroyed; compares certificates with the log",
        OPERATING, watch_end.destruction_certificate,
    ),
    Control(
        "flow-down", ("C2.1",),
        "tries to engage a sub-processor that is not bound to all that binds us; looks for "
        "contractors with rights on data who did not sign or read what is due",
        OPERATING, watch_subprocessor.flow_down,
    ),
    Control(
        "subprocessor-notice", ("C7.3(5)",),
        "tries to engage one with a notice of today, and with none; looks at when others were",
        ENFORCED, watch_subprocessor.subprocessor_notice,
    ),
    Control(
        "subprocessor-consent", ("C7.3(5)", "C7.3(3)(2)"),
        "tries to engage one in silence and on one person's word; looks at who consented",
        ENFORCED, watch_subprocessor.subprocessor_consent,
    ),
    Control(
        "subprocessor-objection", ("C7.3(3)",),
        "objects to one whose service is served, and asks again as that service; looks for "
        "objections that nobody answered with another way",
        ENFORCED, watch_subprocessor.subprocessor_objection,
    ),
    Control(
        "subprocessor-contract", ("C7.3(5)(ii)",),
        "tries to engage one without a contract, and on a weaker one; looks at those engaged",
        ENFORCED, watch_subprocessor.subprocessor_contract, watch_subprocessor.CHECK_DUE,
    ),
    Control(
        "subprocessor-list", ("C7.3(5)(i)", "C7.3(3)"),
        "proposes one and looks for it on the list; compares the last list with the register",
        OPERATING, watch_subprocessor.subprocessor_list,
    ),
    Control(
        "subcontractor-conditions", ("C7.2(5)",),
        "asks for data as the service of one that nobody consented to, then of one engaged",
        ENFORCED, watch_subprocessor.subcontractor_conditions,
    ),
    Control(
        "subcontractor-contract", ("C7.2(5)(iii)",),
        "as subprocessor-contract: one contract answers for both laws",
        ENFORCED, watch_subprocessor.subprocessor_contract, watch_subprocessor.CHECK_DUE,
    ),
    Control(
        "subcontractor-list", ("C7.2(5)(i)",),
        "as subprocessor-list: one list answers for both laws",
        OPERATING, watch_subprocessor.subprocessor_list,
    ),
    Control(
        "subcontractor-no-sale", ("C7.2(5)(ii)",),
        "tries to engage one whose contract does not forbid a sale; looks at those engaged",
        ENFORCED, watch_subprocessor.subcontractor_no_sale,
    ),
    Control(
        "subprocessor-instruction", ("C6(ii)",),
        "relays an instruction and looks for the controller's copy; looks, after the end, for "
        "whoever has none, for what was not handed over, and for certificates that are missing",
        OPERATING, watch_subprocessor.subprocessor_instruction,
    ),
    Control(
        "subprocessor-certificates", ("C6(ii)",),
        "tries to enter a certificate of a day to come; looks for certificates that are missing",
        OPERATING, watch_subprocessor.subprocessor_certificates,
    ),
)  # fmt: skip

CONTROLS: Mapping[str, Control] = {control.slug: control for control in _ALL}
