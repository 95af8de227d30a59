"""The API's description, OpenAPI 3.1, made from the table of routes and the shapes' own types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from bailee import __version__
from bailee.web.call import JSON, PARAMETERS, Route
from bailee.web.limits import LIMITS
from bailee.web.problem import FAMILIES, MEDIA, Problem

REF = "#/components/schemas/{name}"
ALWAYS = frozenset({400, 403, 404, 405, 408, 409, 410, 414, 422, 431, 500, 503})
"""Statuses that any route may answer."""
LEADS: Mapping[str, Mapping[str, str]] = {
    "invite": {"leave": "principal", "renew_invitation": "principal"},
    "sign_in": {"revoke_session": "session", "list_sessions_of": "principal"},
    "set_password": {"revoke_session": "session", "remove_lost_totp": "principal"},
    "sign_in_passkey": {"revoke_session": "session", "list_passkeys_of": "principal"},
    "enrol_passkey": {"remove_passkey": "passkey"},
    "accept_invitation": {"leave": "principal", "revoke_key": "key_id"},
    "create_service": {"leave": "principal", "issue_token": "principal"},
    "mint_key": {"revoke_key": "key_id"},
    "issue_token": {"revoke_key": "token_id"},
    "grant": {"revoke_grant": "grant"},
    "open_review": {"show_review": "review", "decide_review": "review", "close_review": "review"},
    "give_instruction": {"show_instruction": "instruction", "move_instruction": "instruction"},
    "record_subprocessor": {"compare_contract": "subprocessor", "mark_worker": "subprocessor"},
    "propose_subprocessor": {
        "answer_subprocessor": "engagement",
        "engage_subprocessor": "engagement",
        "end_subprocessor": "engagement",
    },
    "request_approval": {"approve": "approval", "refuse": "approval"},
    "issue_code": {"revoke_code": "code_id"},
    "break_glass": {
        "acknowledge_emergency": "emergency",
        "review_emergency": "emergency",
        "revoke_grant": "grant",
    },
    "review_emergency": {"settle_emergency": "emergency"},
    "propose_group_mapping": {
        "approve_group_mapping": "mapping",
        "remove_group_mapping": "mapping",
    },
    "add_supplement": {"sign_supplement": "supplement"},
    "propose_interpretation": {"agree_interpretation": "interpretation"},
    "attest": {"withdraw_attestation": "attestation"},
    "publish_fact": {"end_fact": "fact"},
    "draft_statement": {"publish_statement": "statement", "withdraw_statement": "statement"},
    "ask_report": {"release_report": "request", "refuse_report": "request"},
}
"""Which operation may follow another, and the member of the answer that is its ``id``."""
PROOF, ENTRY = "proof", "entry"
"""An answer with an entry leads to the entry's proof."""
WITH_BODY = frozenset({411, 413, 415})
ABOUT = (
    "Protected values travel in JSON bodies only: no address takes a query, no error repeats what"
    " was sent. Every failure is a problem document (RFC 9457) with a stable `code`."
)


def document(table: Iterable[Route]) -> bytes:
    """Return the description of every route of a table, as JSON."""
    rows = tuple(table)
    shapes: set[type[msgspec.Struct]] = {Problem}
    for row in rows:
        shapes |= {shape for shape in (row.request, row.response) if shape}
    named = sorted(shapes, key=lambda shape: shape.__name__)
    _, schemas = msgspec.json.schema_components(named, ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for row in rows:
        paths.setdefault(row.template, {})[row.method.lower()] = _operation(row)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "bailee",
                "version": __version__,
                "description": ABOUT,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}],
            "security": [
                {"bearer": []},
                {"bearer": [], "person": []},
                {"bearer": [], "person": [], "proof": []},
            ],
            "paths": paths,
            "components": {
                "schemas": schemas,
                "responses": {f"Problem{status}": _problem(status) for status in _statuses()},
                "securitySchemes": {
                    "bearer": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "A key of a person or a service (RFC 6750, header only).",
                    },
                    "person": {
                        "type": "apiKey",
                        "in": "header",
                        "name": "Bailee-Person-Token",
                        "description": "Beside the key of an acting-for service, and of nobody"
                        " else: the token of the person it acts for, issued by this house"
                        " (`issue_token`) or signed by the company's identity provider (RFC 9068).",
                    },
                    "proof": {
                        "type": "apiKey",
                        "in": "header",
                        "name": "DPoP",
                        "description": "A proof for this one request of the key that a signed"
                        " token is bound to (RFC 9449).",
                    },
                },
            },
        }
    )


def _operation(row: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": row.name,
        "summary": row.summary,
        "responses": {"200": _answer(row), **_failures(row)},
    }
    if parameters := _parameters(row):
        operation["parameters"] = parameters
    if row.request is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {JSON: {"schema": _ref(row.request)}},
        }
    if not row.auth:
        operation["security"] = []
    return operation


def _answer(row: Route) -> dict[str, Any]:
    content: dict[str, Any]
    if row.response is not None:
        content = {row.media: {"schema": _ref(row.response)}}
    elif row.media == JSON:
        content = {JSON: {"schema": {"type": "object"}}}
    elif row.media.startswith("text/"):
        content = {row.media: {"schema": {"type": "string"}}}
    else:
        content = {row.media: {}}
    answer: dict[str, Any] = {"description": "Done.", "content": content}
    if links := _links(row):
        answer["links"] = links
    return answer


def _links(row: Route) -> dict[str, Any]:
    """Return where an answer leads (OpenAPI 3.1, 4.8.20)."""
    leads = dict(LEADS.get(row.name, {}))
    if "controller" in row.parameters and ENTRY in getattr(row.response, "__struct_fields__", ()):
        leads[PROOF] = f"{ENTRY}/entry_id"
    known = {name: f"$request.path.{name}" for name in row.parameters if name == "controller"}
    return {
        name: {"operationId": name, "parameters": known | {"id": f"$response.body#/{member}"}}
        for name, member in leads.items()
    }


def _failures(row: Route) -> dict[str, Any]:
    statuses = set(ALWAYS)
    if row.auth or row.request is not None:
        statuses.add(401)
    if row.method == "POST":
        statuses |= WITH_BODY
    return {
        str(status): {"$ref": f"#/components/responses/Problem{status}"}
        for status in sorted(statuses)
    }


def _parameters(row: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{PARAMETERS[name]}$"},
        }
        for name in row.parameters
    ]
    if row.keyed:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key and body answer the same for 24 hours, a batch of"
                " an import for 30 days.",
                "schema": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": LIMITS.idempotency_key_characters,
                    "pattern": "^[!-~]+$",
                },
            }
        )
    return found


def _statuses() -> list[int]:
    return sorted({status for status, _ in FAMILIES.values()} | {500})


def _problem(status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA: {"schema": _ref(Problem)}},
    }
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    if status == HTTPStatus.UNAUTHORIZED:
        answer["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return answer


def _ref(shape: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": REF.format(name=shape.__name__)}


__all__ = ["document"]
