"""What must be true of every answer, by the API's own description and nothing else.

Each schema is compiled once, when it is first asked, so that a check costs microseconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any

import jsonschema_rs

from tests.hostile.wire import Answered

PROBLEM = "application/problem+json"
DOCUMENT_WRONG = frozenset({"body.shape", "body.unknown_member", "body.json", "body.missing"})
"""A body that the description allows is never refused with these."""
NO_ANSWER = {-2: "not HTTP", -1: "hang", 0: "closed without an answer"}
NEVER_IN_PROBLEMS = ("Traceback", "sqlalchemy", "psycopg", "msgspec", 'File "')


class Schemas:
    """The schemas of one description: nearly all operations share the problem's."""

    def __init__(self, whole: dict[str, Any]) -> None:
        self._components = {"schemas": whole["components"]["schemas"]}
        self._known: dict[str, Schema] = {}

    def compiled(self, schema: dict[str, Any]) -> Schema:
        """Return a schema that compiles itself."""
        root = {**schema, "components": self._components}
        return self._known.setdefault(json.dumps(schema), Schema(root))


class Schema:
    """One schema."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root

    @cached_property
    def _compiled(self) -> jsonschema_rs.Validator:
        return jsonschema_rs.Draft202012Validator(self._root)

    def is_valid(self, value: Any) -> bool:
        """Answer whether a value fits."""
        return self._compiled.is_valid(value)


class Operation:
    """One operation of the description."""

    def __init__(
        self,
        method: str,
        path: str,
        told: dict[str, Any],
        whole: dict[str, Any],
        *,
        schemas: Schemas,
    ) -> None:
        self.method, self.path, self.name = method.upper(), path, str(told["operationId"])
        self.takes_key = any(one["in"] == "header" for one in told.get("parameters", []))
        self.forms = {
            one["name"]: re.compile(one["schema"]["pattern"])
            for one in told.get("parameters", [])
            if one["in"] == "path"
        }
        self.links: dict[str, Any] = told["responses"]["200"].get("links", {})
        self.request: Schema | None = None
        if "requestBody" in told:
            content = told["requestBody"]["content"]["application/json"]
            self.request = schemas.compiled(content["schema"])
        self.everywhere = frozenset(
            int(status)
            for methods in whole["paths"].values()
            for one in methods.values()
            for status in one["responses"]
        )
        self.answers: dict[int, dict[str, Schema | None]] = {}
        for status, answer in told["responses"].items():
            while "$ref" in answer:
                answer = whole["components"]["responses"][answer["$ref"].rpartition("/")[2]]  # noqa: PLW2901 - followed
            self.answers[int(status)] = {
                media: schemas.compiled(content["schema"]) if "schema" in content else None
                for media, content in answer["content"].items()
            }

    def allows(self, params: Mapping[str, str], body: Any) -> bool:
        """Answer whether the description allows these path parameters and this body."""
        if not all(self.forms[name].search(value) for name, value in params.items()):
            return False
        return self.request is None or self.request.is_valid(body)


def operations(document: dict[str, Any]) -> dict[str, Operation]:
    """Return every operation of a description by its name."""
    schemas = Schemas(document)
    found = [
        Operation(method, path, told, document, schemas=schemas)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
    ]
    return {one.name: one for one in found}


def judge(operation: Operation, answer: Answered, marker: str) -> list[str]:
    """Return what is wrong with an answer to a request for an operation."""
    status = answer.status
    if status in NO_ANSWER:
        return [NO_ANSWER[status]]
    wrong = _always(answer, marker)
    media = answer.headers.get("content-type", "")
    if status not in operation.answers:
        return [*wrong, f"status {status} is not in the description"]
    if media not in operation.answers[status]:
        return [*wrong, f"media type of {status} is not in the description"]
    validator = operation.answers[status][media]
    if validator is not None and not _fits(validator, media, answer.body):
        wrong.append(f"the body of {status} does not fit its schema")
    return wrong


def judge_bent(operation: Operation, answer: Answered, marker: str) -> list[str]:
    """Return what is wrong with an answer to a request that may no longer be for the operation.

    It may have become one for another operation or for none, or one that only asks (HEAD, OPTIONS);
    whatever it is, a refusal is a problem document with a status that the description has.
    """
    status = answer.status
    if status in NO_ANSWER:
        return [NO_ANSWER[status]]
    wrong = _always(answer, marker)
    if status >= 400:
        if status not in operation.everywhere:
            wrong.append(f"status {status} is not in the description")
        if answer.headers.get("content-type") != PROBLEM:
            wrong.append("a refusal is no problem document")
    elif status not in {200, 204}:
        wrong.append(f"status {status}")
    return wrong


def _always(answer: Answered, marker: str) -> list[str]:
    wrong = _headers(answer)
    if answer.status >= 400:
        wrong += _problem(answer, marker)
    if marker and any(marker in value for value in answer.headers.values()):
        wrong.append("a header repeats what was sent")
    return wrong


def _fits(validator: Schema, media: str, body: bytes) -> bool:
    try:
        value = json.loads(body) if "json" in media else body.decode("utf-8")
    except ValueError:
        return False
    return validator.is_valid(value)


def _headers(answer: Answered) -> list[str]:
    headers, wrong = answer.headers, []
    if headers.get("cache-control") != "no-store":
        wrong.append("the answer may be stored")
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" not in headers:
        wrong.append("503 without Retry-After")
    if answer.status == HTTPStatus.UNAUTHORIZED and "www-authenticate" not in headers:
        wrong.append("401 without WWW-Authenticate")
    return wrong


def _problem(answer: Answered, marker: str) -> list[str]:
    wrong = []
    text = answer.body.decode("utf-8", "replace")
    if marker and marker in text:
        wrong.append("a problem repeats what was sent")
    if any(word in text for word in NEVER_IN_PROBLEMS):
        wrong.append("a problem tells of our inside")
    if answer.status >= 500 and answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
        wrong.append(f"status {answer.status}")
    if answer.body:
        try:
            said = json.loads(text)
        except ValueError:
            return [*wrong, "a problem is not JSON"]
        if said.get("status") != answer.status or not said.get("code"):
            wrong.append("a problem contradicts its status")
        if answer.headers.get("x-request-id", said.get("request_id")) != said.get("request_id"):
            wrong.append("a problem names another request")
    return wrong


def judge_meaning(
    operation: Operation, answer: Answered, params: Mapping[str, str], body: Any
) -> list[str]:
    """Return where the description and the server disagree about a well-formed JSON request.

    JSON Schema calls 1.0 an integer, the server does not; no description can say that.
    """
    if _whole_float(body):
        return []
    allowed = operation.allows(params, body)
    if answer.status == HTTPStatus.OK and not allowed:
        return ["accepted what the description forbids"]
    if answer.status >= 400 and allowed and "json" in answer.headers.get("content-type", ""):
        code = str(json.loads(answer.body).get("code"))
        if code in DOCUMENT_WRONG:
            return [f"refused with {code} what the description allows"]
    return []


def _whole_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_whole_float, value.values()))
    if isinstance(value, list):
        return any(map(_whole_float, value))
    return isinstance(value, float) and value.is_integer()
