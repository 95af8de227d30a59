"""Requests made from the API's own description: drawn, given meaning, marked, and bent.

* *drawn*: schemathesis draws path parameters, headers and a body that the description allows
  (positive) or forbids (negative).
* *given meaning*: some members get words that the deployment knows (``known``).
* *marked*: a word that stands nowhere else goes into free texts; no refusal may repeat it.
* *bent*: the same request once more, spoiled on the wire by one of ``bends.BENDS``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote
from warnings import catch_warnings, simplefilter

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisException
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from tests.hostile.judge import Operation
from tests.hostile.known import Known
from tests.hostile.wire import Asked

JSON = (b"Content-Type", b"application/json")
QUIET = {"phases": [Phase.generate], "deadline": None, "database": None}
MODES = {"positive": GenerationMode.POSITIVE, "negative": GenerationMode.NEGATIVE}
CALLERS = {
    "": 50,
    "ada": 12,
    "bram": 8,
    "importer": 6,
    "payout": 6,
    "clara": 3,
    "wrong": 7,
    "none": 4,
    "garbled": 4,
}
"""Who calls, how often: whoever may most likely; an administrator, another person, services, a
controller's person; a wrong key, no key, what is no key."""
MAY = {
    **dict.fromkeys(("protect", "update"), "importer"),
    **dict.fromkeys(("reveal", "search", "encrypt", "decrypt", "reencrypt"), "payout"),
    **dict.fromkeys(("set_customer_passwords", "verify_customer_password"), "payout"),
    **dict.fromkeys(("change_customer_password", "remove_customer_passwords"), "payout"),
    **dict.fromkeys(
        ("erase", "hold", "release", "restrict", "lift", "rotate_keys", "hold_root"), "bram"
    ),
    **dict.fromkeys(("end_agreement", "destroy_controller", "run_controls"), "bram"),
    **dict.fromkeys(("propose_interpretation", "add_supplement", "mint_key"), "bram"),
    **dict.fromkeys(("choose_token_format", "list_token_formats"), "bram"),
    **dict.fromkeys(("agree_interpretation", "sign_supplement"), "clara"),
    **dict.fromkeys(("create_service", "revoke_key", "show_clauses", "proof"), "bram"),
    **dict.fromkeys(("horizon", "certify_erasure"), "bram"),
    **dict.fromkeys(("ledger_tile", "ledger_checkpoint", "logs", "show_agreement"), "clara"),
    **dict.fromkeys(("approve", "refuse", "review_emergency", "settle_emergency"), "esra"),
    **dict.fromkeys(("break_glass", "acknowledge_emergency"), "bram"),
    **dict.fromkeys(("allow_honey", "withdraw_honey", "end_law"), "clara"),
    **dict.fromkeys(("register_law", "compare_law", "list_laws", "law_clocks"), "bram"),
    **dict.fromkeys(("assess_alarm", "confirm_consent", "revoke_consent"), "esra"),
    **dict.fromkeys(("request_approval", "open_disclosure", "end_disclosure"), "payout"),
    **dict.fromkeys(("list_consents", "list_disclosures", "show_disclosure"), "clara"),
    **dict.fromkeys(("renew_invitation", "remove_lost_totp", "list_sessions_of"), "bram"),
    **dict.fromkeys(("list_entries", "activity", "show_entry", "list_seals"), "clara"),
    **dict.fromkeys(("list_observations", "show_custody"), "bram"),
    "list_approvals": "esra",
    **dict.fromkeys(
        ("renew_invitation", "remove_lost_totp", "list_sessions_of", "list_passkeys_of"), "bram"
    ),
    **dict.fromkeys(("open_review", "list_reviews", "show_review", "decide_review"), "esra"),
    **dict.fromkeys(("close_review", "acknowledge_procedure", "show_procedure"), "esra"),
    **dict.fromkeys(("list_training_of", "list_dormant", "reactivate"), "bram"),
    "add_consent": "bram",
    "admit_provisioned": "bram",
    **dict.fromkeys(("invite_auditor", "ask_engagement", "close_engagement"), "clara"),
    **dict.fromkeys(("list_engagements", "audit_evidence", "audit_entries"), "clara"),
    **dict.fromkeys(("audit_rights", "list_samples", "list_packs"), "clara"),
    **dict.fromkeys(("answer_engagement", "draw_sample"), "bram"),
    **dict.fromkeys(("show_trust", "attest", "publish_fact", "end_fact"), "esra"),
    **dict.fromkeys(("withdraw_attestation", "draft_statement", "publish_statement"), "esra"),
    **dict.fromkeys(("withdraw_statement", "list_report_requests"), "esra"),
    **dict.fromkeys(("release_report", "refuse_report"), "esra"),
    **dict.fromkeys(("list_statements", "approve_statement", "disapprove_statement"), "clara"),
    "ask_report_as": "clara",
    **dict.fromkeys(("list_timers", "timer_calendar", "list_notices", "show_notice"), "clara"),
    **dict.fromkeys(("acknowledge_notice", "list_contacts", "add_contact"), "clara"),
    **dict.fromkeys(("end_contact",), "clara"),
    "extend_timer": "bram",
    **dict.fromkeys(("show_termination", "choose_end", "confirm_receipt"), "clara"),
    **dict.fromkeys(("keep_by_law", "note_return", "certify_end"), "bram"),
    **dict.fromkeys(("list_transfers", "end_flow", "show_paper", "list_assistance"), "clara"),
    **dict.fromkeys(("record_flow", "sign_assertion", "withdraw_assertion"), "bram"),
    **dict.fromkeys(("enter_assistance", "answer_assistance"), "bram"),
    "confirm_flow": "esra",
    "make_kit": "bram",
    **dict.fromkeys(("enter_demand", "move_demand", "list_demands"), "bram"),
    **dict.fromkeys(("account", "list_suspensions", "list_deidentified"), "clara"),
    **dict.fromkeys(("record_suspension", "lift_suspension"), "bram"),
    "confirm_suspension": "esra",
    "deidentify": "payout",
    **dict.fromkeys(("enter_request", "identify_request", "move_request"), "bram"),
    **dict.fromkeys(("execute_request", "request_letter", "request_package"), "bram"),
    **dict.fromkeys(("list_requests", "show_request", "list_request_keys"), "clara"),
    **dict.fromkeys(("add_request_key", "end_request_key"), "clara"),
    **dict.fromkeys(("give_instruction", "list_instructions", "show_instruction"), "clara"),
    "move_instruction": "bram",
    **dict.fromkeys(("list_signals", "decide_signal", "open_incident", "drill_incident"), "esra"),
    **dict.fromkeys(("change_incident", "write_incident_notice", "close_incident"), "esra"),
    **dict.fromkeys(("enter_event", "decide_event", "answer_redress"), "esra"),
    **dict.fromkeys(("list_incidents", "show_incident", "incident_entries"), "clara"),
    **dict.fromkeys(("list_events", "enter_redress"), "clara"),
    **dict.fromkeys(("notice_problem", "list_corrections", "list_amendments"), "clara"),
    **dict.fromkeys(("receive_amendment", "rehearse_amendment", "rehearse_agreement"), "clara"),
    **dict.fromkeys(("move_correction", "carry_out_order", "answer_amendment"), "bram"),
    **dict.fromkeys(("list_officers", "appoint_officer", "end_officer"), "bram"),
    "confirm_officer": "bram",
    **dict.fromkeys(("record_subprocessor", "list_register", "compare_contract"), "bram"),
    **dict.fromkeys(("mark_worker", "propose_subprocessor", "engage_subprocessor"), "bram"),
    **dict.fromkeys(("end_subprocessor", "instruct_subprocessors", "answer_instruction"), "bram"),
    **dict.fromkeys(("list_subprocessors", "show_subprocessor_list"), "clara"),
    "answer_subprocessor": "clara",
}
"""Who is most likely allowed to; the administrator where nobody else is named."""


@dataclass(frozen=True)
class Case:
    """One request for one operation; ``mode`` says how it was drawn: positive or negative."""

    operation: Operation
    mode: str
    asked: Asked
    params: dict[str, str]
    body: Any
    marker: str


@cache
def _drawing(document: str) -> dict[str, Any]:
    """Return schemathesis's operations by name."""
    schema = schemathesis.openapi.from_dict(json.loads(document))
    results: Iterable[Any] = schema.get_all_operations()
    found = (result.ok() for result in results)
    return {one.definition.raw["operationId"]: one for one in found}


class Maker:
    """Makes cases for one deployment."""

    def __init__(
        self, document: str, keys: dict[str, str], known: Known, chance: random.Random
    ) -> None:
        self._drawing = _drawing(document)
        self._keys = {who: key.encode() for who, key in keys.items()}
        self._known, self._chance = known, chance

    def cases(self, operation: Operation, mode: str, count: int) -> Iterator[Case]:
        """Yield cases of one operation; fewer when the description allows no more of them.

        A path parameter that has slashes is not drawn but known: OpenAPI cannot describe it.
        """
        undrawn = mode == "positive" and any("/" in one.pattern for one in operation.forms.values())
        for drawn in [None] * count if undrawn else self._draw(operation.name, mode, count):
            yield self._case(operation, mode, drawn)

    def _draw(self, name: str, mode: str, count: int) -> list[Any]:
        drawn: list[Any] = []
        strategy = self._drawing[name].as_strategy(generation_mode=MODES[mode])

        @seed(self._chance.getrandbits(64))
        @settings(max_examples=count, suppress_health_check=list(HealthCheck), **QUIET)  # type: ignore[arg-type]
        @given(strategy)
        def take(one: Any) -> None:
            drawn.append(one)

        with catch_warnings():
            simplefilter("ignore")
            try:
                take()
            except HypothesisException:  # what has no parameters cannot be wrong in them
                drawn.append(None)
        return drawn

    def _case(self, operation: Operation, mode: str, drawn: Any) -> Case:
        chance = self._chance
        marker = f"zq{chance.getrandbits(56):014x}" if chance.random() < 0.7 else ""
        names = list(operation.forms)
        params = {name: str(value) for name, value in (_given(drawn, "path_parameters")).items()}
        if chance.random() < (0.9 if mode == "positive" else 0.6) or set(params) != set(names):
            params = self._known.params(operation.name, names)
        body = getattr(drawn, "body", NotSet())
        has_body = operation.request is not None and not isinstance(body, NotSet)
        if has_body and chance.random() < 0.85:
            body = self._meaning("", body)
        if isinstance(body, dict) and "confirm" in body and chance.random() < 0.7:
            body["confirm"] = params.get("controller", "")
        if has_body and marker:
            body = self._marked(body, marker)
        if marker and chance.random() < 0.1 and params:
            params[chance.choice(names)] = marker
        lines = [*self._caller(operation), *self._extra(drawn, marker)]
        content = b""
        if has_body:
            content = body if isinstance(body, bytes) else _json(body)
            lines += [JSON, (b"Content-Length", b"%d" % len(content))]
        elif operation.request is not None:
            lines.append((b"Content-Length", b"0"))
        path = operation.path
        for name, value in params.items():
            safe = "/" if name == "tile" else ""
            path = path.replace("{" + name + "}", quote(value, safe, errors="replace") or "-")
        asked = Asked(operation.method, path.encode(), tuple(lines), content)
        sent = body if has_body and not isinstance(body, bytes) else None
        return Case(operation, mode, asked, params, sent, marker)

    def _caller(self, operation: Operation) -> list[tuple[bytes, bytes]]:
        who = self._chance.choices(list(CALLERS), list(CALLERS.values()))[0]
        who = who or MAY.get(operation.name, "ada")
        if who == "none":
            return []
        if who == "garbled":
            spoiled = self._chance.choice(
                [b"Basic eDp5", b"Bearer", b"Bearer \xc3\xa9", b"x" * 600]
            )
            return [(b"Authorization", spoiled)]
        key = self._keys.get(who, b"bk_" + b"0" * 48)
        return [(b"Authorization", b"Bearer " + key)]

    def _extra(self, drawn: Any, marker: str) -> Iterator[tuple[bytes, bytes]]:
        for name, value in _given(drawn, "headers").items():
            text = str(value).encode("latin-1", "replace")
            if name.lower() == "idempotency-key" and text.strip() and _plain(text):
                yield b"Idempotency-Key", text
        if marker:
            yield b"X-Marker", marker.encode()
            yield b"Cookie", b"session=" + marker.encode()

    def _meaning(self, member: str, value: Any) -> Any:
        """Give known members known values, most of the time."""
        chance = self._chance
        if isinstance(value, dict):
            if member == "fields" and value and chance.random() < 0.8:
                return self._known.fields()
            if member == "asks" and chance.random() < 0.8:
                return self._known.asks()
            return {name: self._meaning(name, inner) for name, inner in value.items()}
        if isinstance(value, list):
            few = value[:4] if chance.random() < 0.9 else value
            return [self._meaning(member, inner) for inner in few]
        if isinstance(value, str) and chance.random() < 0.95:
            return self._known.word(member) or value
        return value

    def _marked(self, value: Any, marker: str) -> Any:
        """Put the marker into a text or two that mean nothing to anybody."""
        if isinstance(value, dict):
            return {
                name: marker
                if isinstance(inner, str) and self._chance.random() < self._rate(name)
                else self._marked(inner, marker)
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self._marked(inner, marker) for inner in value]
        return value

    def _rate(self, member: str) -> float:
        return 0.03 if self._known.names(member) else 0.3


def _given(drawn: Any, part: str) -> dict[str, Any]:
    value = getattr(drawn, part, None)
    return dict(value) if value and not isinstance(value, NotSet) else {}


def _plain(text: bytes) -> bool:
    return not set(text) & set(b"\r\n\x00")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
