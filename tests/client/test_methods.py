"""Every route has a method, and what comes back is what the server has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import msgspec
import pytest

from bailee.client import (
    Asked,
    BaileeProblem,
    Changes,
    Client,
    Confirmation,
    Facts,
    NewFlow,
    NewKit,
    Paper,
    Question,
    Record,
    Sealed,
    Signature,
    SignedConsent,
    Statement,
    Writing,
)
from bailee.client.instruction_answers import InstructionAsks
from bailee.web.call import Route
from bailee.web.door import open_door
from bailee.web.inprocess import InProcess
from bailee.web.limits import LIMITS
from bailee.web.routes import TABLE
from bailee.web.workers import Workers
from tests.simulators.house import KEY, SimulatedHouse

Method = Callable[[Client], Any]
NAME = Record("1", "customer-17", {"person.name": "Ada Example"})
OPENED = Sealed("1", "person.name", "customer-17", ciphertext="bv1.adA")
AGREED = {"text": "1. Words", "terms": "t", "effective": "2026-11-20"}

SIGNED = Writing(
    given_by="p3",
    reference="letter 7",
    text_sha256="0" * 64,
    recipient="Larkspur Analytics",
    keys=["age1" + "q" * 58],
    purposes=["payments"],
    elements=["person.name"],
    since="2026-11-20T21:07:00Z",
    until="2026-12-31T00:00:00Z",
)
CROSSING = NewFlow(
    receiver_kind="recipient",
    receiver="Larkspur Analytics",
    country="IN",
    mechanism="scc-2021-914",
    elements=["person.name"],
    since="2026-11-20T00:00:00Z",
    until="2027-11-20T00:00:00Z",
    reference="contract 12",
    text_sha256="0" * 64,
)
NORTH = Facts(
    name="North Print Ltd",
    address="3 Quay Street, Cork",
    contact="Privacy desk",
    services=["printing"],
    elements=["person.name"],
    countries=["IE"],
)
CONSENTED = SignedConsent(
    given_by="p3", reference="letter 9", text_sha256="0" * 64, signed="2026-11-20T21:07:00Z"
)
SCOPE = Question(since="2026-11-20T00:00:00Z", until="2026-11-20T21:07:00Z", people=("p2",))
CONFIRMED = Confirmation(given_by="p3", reference="letter 8", text_sha256="0" * 64)
PAPER = Paper(
    kind="type-2",
    standard="SOC 2",
    issuer="Auditors LLP",
    legal_name="Harborline",
    scope="Security",
    period_end="2026-10-31",
    until="2027-05-31",
    document_sha256="0" * 64,
)
SIGNATURE = Signature(attestation="a1", nda_sha256="0" * 64, signed="Ada Example", accept=True)
SHOWN = {"client_data": "e30", "authenticator_data": "AAAA", "signature": "AAAA"}
CALLS: dict[str, Method] = {
    "reveal": lambda c: c.reveal("acme", "payments", ["person.name"], records=["r1"]),
    "protect": lambda c: c.protect("acme", "payments", [NAME]),
    "encrypt": lambda c: c.encrypt(
        "acme", "payments", [Sealed("1", "person.name", "customer-17", value="Ada")]
    ),
    "decrypt": lambda c: c.decrypt("acme", "payments", [OPENED], approval="a1"),
    "search": lambda c: c.search("acme", "payments", "person.name", equals="Ada Example"),
    "list_records": lambda c: c.list_records("acme", "payments", ["person.name"]),
    "update": lambda c: c.update("acme", "payments", [Changes("1", "r1", {"person.name": None})]),
    "erase": lambda c: c.erase("acme", "payments", records=["r1"]),
    "reencrypt": lambda c: c.reencrypt("acme", "payments", [OPENED]),
    "hold": lambda c: c.hold("acme", "payments", ["customer-17"]),
    "release": lambda c: c.release("acme", "payments", ["customer-17"]),
    "restrict": lambda c: c.restrict("acme", "payments", ["customer-17"], allowing=["legal"]),
    "lift": lambda c: c.lift("acme", "payments", ["customer-17"]),
    "set_customer_passwords": lambda c: c.set_customer_passwords(
        "acme", "payments", [{"ref": "1", "subject": "customer-17", "password": "p" * 15}]
    ),
    "verify_customer_password": lambda c: c.verify_customer_password(
        "acme", "payments", "customer-17", "p" * 15
    ),
    "change_customer_password": lambda c: c.change_customer_password(
        "acme", "payments", "customer-17", current="p" * 15, password="q" * 15
    ),
    "remove_customer_passwords": lambda c: c.remove_customer_passwords(
        "acme", "payments", ["customer-17"]
    ),
    "list_controllers": lambda c: c.list_controllers(),
    "create_controller": lambda c: c.create_controller("umbrella", name="Umbrella Ltd", **AGREED),
    "install_agreement": lambda c: c.install_agreement("acme", **AGREED),
    "show_agreement": lambda c: c.show_agreement("acme"),
    "letter": lambda c: c.letter("acme"),
    "add_supplement": lambda c: c.add_supplement(
        "acme", ["health.condition"], text="Both add this."
    ),
    "sign_supplement": lambda c: c.sign_supplement("acme", "s1"),
    "propose_interpretation": lambda c: c.propose_interpretation(
        "acme", "4.3", says="Within 30 days.", reason="No time is named.", quantity=30
    ),
    "agree_interpretation": lambda c: c.agree_interpretation("acme", "i1"),
    "list_token_formats": lambda c: c.list_token_formats("acme"),
    "choose_token_format": lambda c: c.choose_token_format("acme", "person.ssn", "ssn"),
    "show_clauses": lambda c: c.show_clauses("acme"),
    "run_controls": lambda c: c.run_controls("acme", ["access-log"]),
    "rotate_keys": lambda c: c.rotate_keys("acme"),
    "move_root": lambda c: c.move_root("of/acme"),
    "hold_root": lambda c: c.hold_root("acme", "awskms:alias/acme"),
    "horizon": lambda c: c.horizon("acme"),
    "certify_erasure": lambda c: c.certify_erasure("acme", "0" * 32),
    "reconcile": lambda c: c.reconcile(
        since="2026-11-20T12:00:00Z",
        until="2026-11-20T13:00:00Z",
        seen=[("2026-11-20T12:30:00Z", "r-1", "decrypt")],
    ),
    "end_agreement": lambda c: c.end_agreement(
        "acme", at="2026-11-20T21:07:00Z", instruction="letter 16"
    ),
    "destroy_controller": lambda c: c.destroy_controller(
        "acme", confirm="acme", instruction="letter 17"
    ),
    "show_termination": lambda c: c.show_termination("acme"),
    "choose_end": lambda c: c.choose_end("acme", "return", keys=["age1x"]),
    "keep_by_law": lambda c: c.keep_by_law(
        "acme", basis="31 CFR 1010.430", elements=["person.ssn"], until="2031-12-31T00:00:00Z"
    ),
    "note_return": lambda c: c.note_return("acme", "d1"),
    "confirm_receipt": lambda c: c.confirm_receipt("acme", "0" * 64),
    "certify_end": lambda c: c.certify_end("acme"),
    "logs": lambda c: c.logs("acme"),
    "proof": lambda c: c.proof("acme", "e1"),
    "ledger_checkpoint": lambda c: c.ledger_checkpoint("acme"),
    "ledger_tile": lambda c: c.ledger_tile("acme", "0/x001/067.p/5"),
    "invite": lambda c: c.invite(
        name="Ada Example",
        employer="Example Ltd",
        email="ada@example.com",
        undertaking="file 7",
        undertaken="2026-11-20",
    ),
    "accept_invitation": lambda c: c.accept_invitation("s" * 32),
    "sign_in": lambda c: c.sign_in("ada@example.com", "p" * 15, code="123456"),
    "sign_on_offer": lambda c: c.sign_on_offer(),
    "begin_sign_on": lambda c: c.begin_sign_on(),
    "begin_sign_on_step_up": lambda c: c.begin_sign_on_step_up(),
    "own_link": lambda c: c.own_link(),
    "begin_link": lambda c: c.begin_link(),
    "finish_sign_on": lambda c: c.finish_sign_on("s" * 43, "b" * 43, code="c1"),
    "list_sessions": lambda c: c.list_sessions(),
    "list_sessions_of": lambda c: c.list_sessions_of("p2"),
    "sign_out": lambda c: c.sign_out(),
    "step_up": lambda c: c.step_up("123456"),
    "revoke_session": lambda c: c.revoke_session("s1"),
    "renew_invitation": lambda c: c.renew_invitation("p2"),
    "set_password": lambda c: c.set_password("s" * 32, "p" * 15),
    "change_password": lambda c: c.change_password("ada@example.com", "p" * 15, "q" * 15),
    "password_rules": lambda c: c.password_rules(),
    "enrol_totp": lambda c: c.enrol_totp("p" * 15),
    "confirm_totp": lambda c: c.confirm_totp("123456"),
    "list_training": lambda c: c.list_training(),
    "list_training_of": lambda c: c.list_training_of("p2"),
    "show_undertaking": lambda c: c.show_undertaking(),
    "sign_undertaking": lambda c: c.sign_undertaking("0" * 64),
    "show_procedure": lambda c: c.show_procedure("acme"),
    "acknowledge_procedure": lambda c: c.acknowledge_procedure("acme", "0" * 64),
    "list_dormant": lambda c: c.list_dormant(),
    "reactivate": lambda c: c.reactivate("p2"),
    "open_review": lambda c: c.open_review("acme"),
    "list_reviews": lambda c: c.list_reviews("acme"),
    "show_review": lambda c: c.show_review("acme", "v1"),
    "decide_review": lambda c: c.decide_review(
        "acme", "v1", "g1", "shorten", reason="Half a year.", until="2026-12-31T00:00:00Z"
    ),
    "close_review": lambda c: c.close_review("acme", "v1"),
    "record_subprocessor": lambda c: c.record_subprocessor(NORTH),
    "list_register": lambda c: c.list_register(),
    "compare_contract": lambda c: c.compare_contract(
        "s1", reference="file 3", text_sha256="0" * 64, duties={"audit": "covered"}
    ),
    "mark_worker": lambda c: c.mark_worker("s1", "p2"),
    "propose_subprocessor": lambda c: c.propose_subprocessor("acme", "s1"),
    "list_subprocessors": lambda c: c.list_subprocessors("acme"),
    "show_subprocessor_list": lambda c: c.show_subprocessor_list("acme", 1),
    "answer_subprocessor": lambda c: c.answer_subprocessor(
        "acme", "e1", "consent", signed=CONSENTED
    ),
    "engage_subprocessor": lambda c: c.engage_subprocessor("acme", "e1"),
    "end_subprocessor": lambda c: c.end_subprocessor("acme", "e1"),
    "instruct_subprocessors": lambda c: c.instruct_subprocessors("acme", "destroy"),
    "answer_instruction": lambda c: c.answer_instruction("acme", "i1", "relay", proof="receipt 4"),
    "list_signals": lambda c: c.list_signals("acme"),
    "decide_signal": lambda c: c.decide_signal("acme", "s1", "dismiss", reason="A test."),
    "open_incident": lambda c: c.open_incident(
        "acme", suspected="2026-11-20T21:07:00Z", nature="A key was copied.", scope=SCOPE
    ),
    "list_incidents": lambda c: c.list_incidents("acme"),
    "show_incident": lambda c: c.show_incident("acme", "i1"),
    "change_incident": lambda c: c.change_incident("acme", "i1", scope=SCOPE),
    "write_incident_notice": lambda c: c.write_incident_notice("acme", "i1", measures="Revoked."),
    "close_incident": lambda c: c.close_incident("acme", "i1", "breach", reason="All is known."),
    "incident_entries": lambda c: c.incident_entries("acme", "i1"),
    "drill_incident": lambda c: c.drill_incident("acme", SCOPE),
    "enter_event": lambda c: c.enter_event(
        "acme", "complaint", discovered="2026-11-20T21:07:00Z", what="A letter came."
    ),
    "list_events": lambda c: c.list_events("acme"),
    "decide_event": lambda c: c.decide_event("acme", "v1", "tell", reason="It is about you."),
    "enter_redress": lambda c: c.enter_redress(
        "acme", "i1", Asked(kind="costs", amount=125000, currency="USD")
    ),
    "answer_redress": lambda c: c.answer_redress("acme", "d1", "settle", text="transfer 77"),
    "list_timers": lambda c: c.list_timers("acme"),
    "timer_calendar": lambda c: c.timer_calendar("acme"),
    "extend_timer": lambda c: c.extend_timer(
        "acme", "t1", until="2026-12-31T00:00:00Z", reason="The logs are many."
    ),
    "list_notices": lambda c: c.list_notices("acme"),
    "show_notice": lambda c: c.show_notice("acme", "n1"),
    "acknowledge_notice": lambda c: c.acknowledge_notice("acme", "n1"),
    "confirm_notice": lambda c: c.confirm_notice("acme", "0" * 32, "0" * 32),
    "list_contacts": lambda c: c.list_contacts("acme"),
    "add_contact": lambda c: c.add_contact(
        "acme", "security", "first", name="Security desk", address="mailto:desk@acme.example"
    ),
    "account": lambda c: c.account("acme", "payments", subject="c1"),
    "record_suspension": lambda c: c.record_suspension(
        "acme",
        Statement(
            agency="An agency",
            official="An officer",
            reference="letter 3",
            consents=["c1"],
            since="2026-11-20T21:07:00Z",
            until="2026-12-20T21:07:00Z",
        ),
    ),
    "list_suspensions": lambda c: c.list_suspensions("acme"),
    "confirm_suspension": lambda c: c.confirm_suspension("acme", "s1"),
    "lift_suspension": lambda c: c.lift_suspension("acme", "s1"),
    "deidentify": lambda c: c.deidentify(
        "acme", "payments", ["person.birth_date"], keys=["age1" + "q" * 58]
    ),
    "list_deidentified": lambda c: c.list_deidentified("acme"),
    "enter_request": lambda c: c.enter_request(
        "acme", "access", regime="gdpr", subjects=["customer-17"], said={"person.email": "a@b.c"}
    ),
    "list_requests": lambda c: c.list_requests("acme"),
    "show_request": lambda c: c.show_request("acme", "r1"),
    "identify_request": lambda c: c.identify_request("acme", "r1", subjects=["customer-17"]),
    "move_request": lambda c: c.move_request("acme", "r1", "withdraw", note="Taken back."),
    "execute_request": lambda c: c.execute_request("acme", "r1", "payments"),
    "request_letter": lambda c: c.request_letter("acme", "r1"),
    "request_package": lambda c: c.request_package("acme", "r1"),
    "add_request_key": lambda c: c.add_request_key("acme", "Desk", {"kty": "OKP"}),
    "list_request_keys": lambda c: c.list_request_keys("acme"),
    "end_request_key": lambda c: c.end_request_key("acme", "k1"),
    "enter_demand": lambda c: c.enter_demand(
        "acme",
        "subpoena",
        source="A court",
        asks="A list",
        reference="4:26-cv-1",
        elements=["person.name"],
    ),
    "give_instruction": lambda c: c.give_instruction(
        "acme", "request", "Delete it.", asks=InstructionAsks(request="ab" * 16, act="delete")
    ),
    "list_instructions": lambda c: c.list_instructions("acme"),
    "show_instruction": lambda c: c.show_instruction("acme", "i1"),
    "move_instruction": lambda c: c.move_instruction("acme", "i1", "accept"),
    "list_demands": lambda c: c.list_demands("acme"),
    "move_demand": lambda c: c.move_demand("acme", "d1", "close", outcome="refused"),
    "notice_problem": lambda c: c.notice_problem(
        "acme", "A port is open.", cure_until="2026-12-31T00:00:00Z"
    ),
    "list_corrections": lambda c: c.list_corrections("acme"),
    "move_correction": lambda c: c.move_correction("acme", "c1", "start"),
    "carry_out_order": lambda c: c.carry_out_order("acme", "o1", evidence="ticket 12"),
    "receive_amendment": lambda c: c.receive_amendment(
        "acme", "AGREEMENT", terms="model-addendum", effective="2027-01-01"
    ),
    "list_amendments": lambda c: c.list_amendments("acme"),
    "answer_amendment": lambda c: c.answer_amendment("acme", "a1", "refuse", reason="Too short."),
    "rehearse_amendment": lambda c: c.rehearse_amendment("acme", "a1"),
    "rehearse_agreement": lambda c: c.rehearse_agreement(
        "acme", "AGREEMENT", terms="model-addendum"
    ),
    "list_officers": lambda c: c.list_officers(),
    "appoint_officer": lambda c: c.appoint_officer(
        "p2",
        "security",
        reach="tel:+15551234567",
        qualification="file 12",
        since="2026-12-01T00:00:00Z",
        until="2026-12-08T00:00:00Z",
    ),
    "end_officer": lambda c: c.end_officer("o1"),
    "confirm_officer": lambda c: c.confirm_officer("o1"),
    "end_contact": lambda c: c.end_contact("acme", "c1"),
    "list_transfers": lambda c: c.list_transfers("acme"),
    "record_flow": lambda c: c.record_flow("acme", CROSSING),
    "confirm_flow": lambda c: c.confirm_flow("acme", "f1"),
    "end_flow": lambda c: c.end_flow("acme", "f1"),
    "sign_assertion": lambda c: c.sign_assertion(
        "acme", "importer.address", text="12 Quay Street", until="2027-11-20T00:00:00Z"
    ),
    "withdraw_assertion": lambda c: c.withdraw_assertion("acme", "a1"),
    "make_kit": lambda c: c.make_kit(NewKit(name="Pelican", purposes=["payments"]), "acme"),
    "show_paper": lambda c: c.show_paper("acme", "annexes"),
    "list_assistance": lambda c: c.list_assistance("acme"),
    "enter_assistance": lambda c: c.enter_assistance(
        "acme", "dpia", asked_by="Clara", reference="mail 2", received="2026-11-20T00:00:00Z"
    ),
    "answer_assistance": lambda c: c.answer_assistance("acme", "h1"),
    "remove_totp": lambda c: c.remove_totp("123456"),
    "remove_lost_totp": lambda c: c.remove_lost_totp("p2"),
    "ask_passkey": lambda c: c.ask_passkey(),
    "sign_in_passkey": lambda c: c.sign_in_passkey("AAAA", **SHOWN, user_handle="AA"),
    "ask_step_up": lambda c: c.ask_step_up(),
    "step_up_passkey": lambda c: c.step_up_passkey("AAAA", **SHOWN),
    "offer_passkey": lambda c: c.offer_passkey("p" * 15),
    "enrol_passkey": lambda c: c.enrol_passkey("laptop", client_data="e30", attestation="oA"),
    "list_passkeys": lambda c: c.list_passkeys(),
    "list_passkeys_of": lambda c: c.list_passkeys_of("p2"),
    "remove_passkey": lambda c: c.remove_passkey("k1"),
    "create_service": lambda c: c.create_service(name="billing", mode="acting-for", owner="p1"),
    "mint_key": lambda c: c.mint_key("s1", until="2026-12-31T00:00:00Z"),
    "issue_token": lambda c: c.issue_token("s1"),
    "link_person": lambda c: c.link_person("p2", subject="00u1a2b3c4"),
    "link_service": lambda c: c.link_service("s1", client="console"),
    "unlink": lambda c: c.unlink("p2"),
    "revoke_key": lambda c: c.revoke_key("k1"),
    "list_people": lambda c: c.list_people(),
    "leave": lambda c: c.leave("p2"),
    "list_grants": lambda c: c.list_grants("acme"),
    "grant": lambda c: c.grant(
        "acme", "p2", verbs=["reveal"], elements=["person.*"], until="2026-12-31T00:00:00Z"
    ),
    "explain": lambda c: c.explain("acme", "reveal", "payments", principal="p2"),
    "revoke_grant": lambda c: c.revoke_grant("acme", "g1"),
    "request_approval": lambda c: c.request_approval(
        "acme",
        "payments",
        ["person.name"],
        subjects=10,
        until="2026-11-21T00:00:00Z",
        reason="Year end.",
    ),
    "approve": lambda c: c.approve("acme", "a1"),
    "refuse": lambda c: c.refuse("acme", "a1"),
    "list_laws": lambda c: c.list_laws("acme"),
    "register_law": lambda c: c.register_law(
        "acme", "gdpr", begins="2026-11-20", reason="People in Europe."
    ),
    "end_law": lambda c: c.end_law("acme", "gdpr", ends="2026-12-01", reason="Nobody there."),
    "compare_law": lambda c: c.compare_law(
        "acme",
        "gdpr",
        edition="CELEX 32016R0679",
        place="folder 7",
        compared="2026-11-20",
        lines=["gdpr:33(2)"],
    ),
    "law_clocks": lambda c: c.law_clocks(
        "acme", "breach-suspected", "2026-11-20T21:07:00Z", holidays=["2026-12-25"]
    ),
    "issue_code": lambda c: c.issue_code("acme", "p2"),
    "revoke_code": lambda c: c.revoke_code("acme", "c1"),
    "break_glass": lambda c: c.break_glass(
        "acme",
        "bg_1",
        verbs=["reveal"],
        elements=["person.name"],
        purpose="payments",
        until="2026-11-20T22:07:00Z",
        reason="Year end.",
    ),
    "list_emergencies": lambda c: c.list_emergencies("acme"),
    "list_all_emergencies": lambda c: c.list_all_emergencies(),
    "acknowledge_emergency": lambda c: c.acknowledge_emergency("acme", "bg-1"),
    "review_emergency": lambda c: c.review_emergency(
        "acme", "bg-1", "unjustified", reason="Year end."
    ),
    "settle_emergency": lambda c: c.settle_emergency("acme", "bg-1", writing="letter 9"),
    "allow_honey": lambda c: c.allow_honey(
        "acme",
        text="We consent.",
        writing="letter 3",
        since="2026-11-20T00:00:00Z",
        until="2027-11-20T00:00:00Z",
    ),
    "list_honey_consents": lambda c: c.list_honey_consents("acme"),
    "withdraw_honey": lambda c: c.withdraw_honey("acme", "c1"),
    "plant_honey": lambda c: c.plant_honey("acme", 2, ["person.name"]),
    "show_honey": lambda c: c.show_honey("acme"),
    "remove_honey": lambda c: c.remove_honey("acme"),
    "list_alarms": lambda c: c.list_alarms("acme"),
    "list_all_alarms": lambda c: c.list_all_alarms(),
    "assess_alarm": lambda c: c.assess_alarm("acme", "a1", "dismissed", reason="A test of ours."),
    "add_consent": lambda c: c.add_consent("acme", SIGNED),
    "list_consents": lambda c: c.list_consents("acme"),
    "confirm_consent": lambda c: c.confirm_consent("acme", "c1"),
    "revoke_consent": lambda c: c.revoke_consent("acme", "c1"),
    "open_disclosure": lambda c: c.open_disclosure(
        "acme", "payments", ["person.name"], keys=["age1" + "q" * 58]
    ),
    "invite_auditor": lambda c: c.invite_auditor(
        "acme",
        name="Nora Feld",
        firm="Feld and Partner",
        email="nora@feld.example",
        undertaking="file 9",
        undertaken="2026-11-20",
    ),
    "ask_engagement": lambda c: c.ask_engagement(
        "acme", "p4", until="2026-12-31T00:00:00Z", confirmed=CONFIRMED
    ),
    "list_engagements": lambda c: c.list_engagements("acme"),
    "answer_engagement": lambda c: c.answer_engagement("acme", "g1", "accept"),
    "close_engagement": lambda c: c.close_engagement("acme", "g1"),
    "audit_evidence": lambda c: c.audit_evidence("acme", "g1"),
    "audit_entries": lambda c: c.audit_entries("acme", "g1"),
    "audit_rights": lambda c: c.audit_rights("acme", "g1"),
    "draw_sample": lambda c: c.draw_sample(
        "acme", "g1", population="all", size=25, seed="dice-4-2-6-1"
    ),
    "list_samples": lambda c: c.list_samples("acme", "g1"),
    "list_packs": lambda c: c.list_packs("acme", "g1"),
    "list_disclosures": lambda c: c.list_disclosures("acme"),
    "show_disclosure": lambda c: c.show_disclosure("acme", "d1"),
    "end_disclosure": lambda c: c.end_disclosure(
        "acme",
        "d1",
        keys=["age1" + "q" * 58],
        parts=1,
        records=10,
        manifest_sha256="0" * 64,
    ),
    "me": lambda c: c.me(),
    "today": lambda c: c.today(),
    "list_approvals": lambda c: c.list_approvals("acme"),
    "request_access": lambda c: c.request_access(
        "acme",
        "payments",
        ["person.name"],
        verbs=["reveal"],
        until="2026-11-21T00:00:00Z",
        reason="Year end.",
        daily=5,
    ),
    "list_entries": lambda c: c.list_entries("acme", before=9, most=3),
    "show_entry": lambda c: c.show_entry("acme", "a1"),
    "list_seals": lambda c: c.list_seals("acme"),
    "list_observations": lambda c: c.list_observations("acme"),
    "show_custody": lambda c: c.show_custody("acme"),
    "list_own_entries": lambda c: c.list_own_entries("acme", before=9),
    "activity": lambda c: c.activity("acme", before=9),
    "list_provisioned": lambda c: c.list_provisioned(),
    "admit_provisioned": lambda c: c.admit_provisioned(
        "u1",
        name="Ada Example",
        employer="Example Ltd",
        email="ada@example.com",
        undertaking="file 7",
        undertaken="2026-11-20",
    ),
    "adopt_provisioned": lambda c: c.adopt_provisioned("u1", "p2"),
    "list_group_mappings": lambda c: c.list_group_mappings("acme"),
    "propose_group_mapping": lambda c: c.propose_group_mapping(
        "acme",
        verbs=["reveal"],
        elements=["person.name"],
        purposes=["payments"],
        days=30,
        group="Claims",
    ),
    "approve_group_mapping": lambda c: c.approve_group_mapping("acme", "sm-1"),
    "remove_group_mapping": lambda c: c.remove_group_mapping("acme", "sm-1"),
    "trust_page": lambda c: c.trust_page(),
    "trust_statement": lambda c: c.trust_statement(),
    "trust_proof": lambda c: c.trust_proof(),
    "trust_nda": lambda c: c.trust_nda(),
    "trust_evidence": lambda c: c.trust_evidence(),
    "ask_report": lambda c: c.ask_report(
        SIGNATURE, name="Ada Example", firm="Umbrella", email="ada@example.com"
    ),
    "ask_report_as": lambda c: c.ask_report_as("acme", SIGNATURE),
    "take_report": lambda c: c.take_report("r1", "nd_1"),
    "show_trust": lambda c: c.show_trust(),
    "attest": lambda c: c.attest(PAPER, b"%PDF"),
    "withdraw_attestation": lambda c: c.withdraw_attestation("a1"),
    "publish_fact": lambda c: c.publish_fact("company", name="Harborline", until="2027-05-31"),
    "end_fact": lambda c: c.end_fact("f1"),
    "draft_statement": lambda c: c.draft_statement(
        "It is over.", concerns=["acme"], until="2027-05-31"
    ),
    "publish_statement": lambda c: c.publish_statement("s1"),
    "withdraw_statement": lambda c: c.withdraw_statement("s1"),
    "list_statements": lambda c: c.list_statements("acme"),
    "approve_statement": lambda c: c.approve_statement("acme", "s1", "0" * 64),
    "disapprove_statement": lambda c: c.disapprove_statement("acme", "s1"),
    "list_report_requests": lambda c: c.list_report_requests(),
    "release_report": lambda c: c.release_report("r1"),
    "refuse_report": lambda c: c.refuse_report("r1"),
    "limits": lambda c: c.limits(),
    "health": lambda c: c.health(),
    "openapi": lambda c: c.openapi(),
    "metrics": lambda c: c.metrics(),
}


class Listening(httpx2.BaseTransport):
    """Passes requests on and keeps them, with their answers."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self.inner = inner
        self.heard: list[tuple[httpx2.Request, httpx2.Response]] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass one on."""
        response = self.inner.handle_request(request)
        self.heard.append((request, response))
        return response

    def close(self) -> None:
        """Close the inner one."""
        self.inner.close()


@pytest.fixture
def heard() -> Iterator[tuple[Client, Listening]]:
    """Return a client of a simulated house, and what passes between them."""
    house = SimulatedHouse()
    house.vault.records["r1"] = {"person.name": "Ada Example"}
    app = open_door(house, workers=2)
    wire = Listening(InProcess(app))
    with Client("http://localhost", KEY, transport=wire) as client:
        yield client, wire
    pool: Workers = app.state.pool
    pool.shutdown()


def test_every_route_has_a_method() -> None:
    """The client speaks the whole API and nothing else, under the same names."""
    methods = {
        name
        for name in dir(Client)
        if not name.startswith("_")
        and callable(getattr(Client, name))
        and name not in {"close", "acting_for"}
    }

    assert methods == {row.name for row in TABLE} == set(CALLS)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_each_method_calls_its_route(row: Route, heard: tuple[Client, Listening]) -> None:
    """A method's call arrives at its route, is accepted, and its answer loses nothing."""
    client, wire = heard
    answer = CALLS[row.name](client)
    request, response = wire.heard[-1]

    assert request.method == row.method
    assert len(request.url.path.split("/")) >= len(row.template.split("/"))
    assert request.url.query == b""
    if row.response is None:
        assert answer in (response.content, response.text)
    else:
        told = msgspec.json.decode(response.content)
        assert msgspec.to_builtins(answer).items() >= told.items() or nested(answer, told)
    assert ("idempotency-key" in request.headers) == row.keyed


def nested(answer: Any, told: Any) -> bool:
    """Answer whether everything that was told is in the answer, however deep."""
    if isinstance(told, dict):
        held = answer if isinstance(answer, dict) else msgspec.structs.asdict(answer)
        return all(nested(held[name], value) for name, value in told.items())
    if isinstance(told, list):
        return all(nested(one, other) for one, other in zip(answer, told, strict=True))
    return bool(answer == told)


@pytest.mark.parametrize(
    "row", [row for row in TABLE if row.response and row.name != "limits"], ids=lambda row: row.name
)
def test_the_client_knows_every_member(row: Route, heard: tuple[Client, Listening]) -> None:
    """The client's answer has the members of the server's, needed and optional alike, all down."""
    client, _ = heard
    assert row.response is not None

    assert members(type(CALLS[row.name](client))) == members(row.response)


def test_the_client_knows_every_limit(heard: tuple[Client, Listening]) -> None:
    """The published limits arrive under their names, with their numbers."""
    client, _ = heard

    assert msgspec.to_builtins(client.limits()) == msgspec.to_builtins(LIMITS)


def members(shape: type[Any]) -> dict[str, Any]:
    """Return a shape's members and those of the shapes inside."""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(shape):
        inner = [
            members(info.cls)
            for info in inside(msgspec.inspect.type_info(field.type))
            if isinstance(info, msgspec.inspect.StructType)
        ]
        found[field.name] = (field.required, inner)
    return found


def inside(info: Any) -> Iterator[Any]:
    """Yield a type and those it is made of."""
    yield info
    match info:
        case msgspec.inspect.ListType():
            yield from inside(info.item_type)
        case msgspec.inspect.DictType():
            yield from inside(info.value_type)
        case msgspec.inspect.UnionType():
            for kind in info.types:
                yield from inside(kind)


def test_a_refusal_of_the_house_is_a_problem(heard: tuple[Client, Listening]) -> None:
    """What the house refuses arrives as its own code."""
    client, _ = heard
    with pytest.raises(BaileeProblem) as caught:
        client.show_clauses("umbrella")

    assert (caught.value.status, caught.value.code) == (404, "controller.unknown")


def test_a_tile_has_a_name_of_its_form(heard: tuple[Client, Listening]) -> None:
    """What is not the name of a tile does not become an address."""
    client, wire = heard
    with pytest.raises(ValueError, match="tile"):
        client.ledger_tile("acme", "../checkpoint")

    assert wire.heard == []


def test_a_sealed_value_is_sent_as_the_api_has_it() -> None:
    """Members that say nothing are left out: of value and ciphertext the server sees one."""
    assert msgspec.to_builtins(OPENED) == {
        "ref": "1",
        "element": "person.name",
        "subject": "customer-17",
        "ciphertext": "bv1.adA",
    }
