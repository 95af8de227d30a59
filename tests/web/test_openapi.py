"""The API's description is made from the table, and holds all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Route as Served

from bailee.web import (
    accounting,
    agreements,
    audits,
    casework,
    customer_passwords,
    demands,
    disclosures,
    emergencies,
    honey,
    incidents,
    instructions,
    kits,
    laws,
    mappings,
    opendsr,
    overview,
    passkeys,
    people,
    procedures,
    requests,
    reviews,
    routes,
    scim,
    sign_ins,
    sign_ons,
    sign_outs,
    subprocessors,
    terminations,
    training,
    transfers,
    trust,
    values,
)
from bailee.web.call import PARAMETERS, Route
from bailee.web.door import Endpoint
from bailee.web.problem import FAMILIES
from bailee.web.routes import TABLE

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@pytest.fixture
def description(http: httpx2.Client) -> dict[str, Any]:
    """Return the description as anybody gets it, without a key."""
    response = http.get("/openapi.json", headers={"authorization": ""})
    found: dict[str, Any] = response.json()
    return found


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and operation."""
    for path, item in description["paths"].items():
        for method, operation in item.items():
            assert method in METHODS
            yield method.upper(), path, operation


def test_it_describes_exactly_what_is_served(app: Starlette, description: dict[str, Any]) -> None:
    """Every route of the API that the application serves is described, and nothing else."""
    served = set()
    for route in app.routes:
        assert isinstance(route, Served)
        if not isinstance(route.endpoint, Endpoint):
            visitors = {"/", "/trust/ask", "/trust/take"}
            assert route.path in visitors or route.path.startswith("/console")
            continue
        served |= {
            (method, re.sub(r":path\}", "}", route.path))
            for method in route.methods or ()
            if method != "HEAD"
        }

    other = {(row.method, row.path) for row in scim.ROUTES}
    assert all(path.startswith("/scim/v2/") for _, path in other)
    other |= {(row.method, row.path) for row in (*sign_outs.ROUTES, *opendsr.ROUTES)}
    assert {(method, path) for method, path, _ in operations(description)} == served - other
    assert other <= served
    assert len(served - other) == len(TABLE)


def test_every_row_that_was_written_is_in_the_table() -> None:
    """A row in one of the modules that is missing in the table would silently not be served."""
    written = {
        id(row)
        for module in (
            values,
            customer_passwords,
            agreements,
            people,
            sign_ins,
            passkeys,
            reviews,
            sign_ons,
            training,
            transfers,
            emergencies,
            disclosures,
            honey,
            kits,
            laws,
            incidents,
            audits,
            procedures,
            terminations,
            casework,
            subprocessors,
            demands,
            accounting,
            requests,
            instructions,
            mappings,
            overview,
            trust,
            routes,
        )
        for row in vars(module).values()
        if isinstance(row, Route)
    }

    assert {id(row) for row in TABLE} == written


def test_every_name_is_used_once(description: dict[str, Any]) -> None:
    """Operation ids are unique, and every operation has a summary that is a sentence."""
    names = [operation["operationId"] for _, _, operation in operations(description)]

    assert len(names) == len(set(names))
    assert all(operation["summary"].endswith(".") for _, _, operation in operations(description))


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    """Each ``$ref`` names a component, and each schema is used."""
    used = set(re.findall(r'"\$ref": "#/components/(\w+/\w+)"', json.dumps(description)))
    held = {
        f"{kind}/{name}"
        for kind in ("schemas", "responses")
        for name in description["components"][kind]
    }

    assert used <= held
    assert all(name.startswith("responses/") for name in held - used)


def test_every_operation_describes_its_failures(description: dict[str, Any]) -> None:
    """Each operation names the problems it may answer, every one a problem document."""
    known = {str(status) for status, _ in FAMILIES.values()}
    for method, _, operation in operations(description):
        answers = set(operation["responses"])
        assert answers - {"200"} <= known
        assert {"403", "404", "405", "422", "500", "503"} <= answers
        assert ("415" in answers) == (method == "POST")
    for response in description["components"]["responses"].values():
        schema = response["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}


def test_only_the_open_routes_need_no_key(description: dict[str, Any]) -> None:
    """C2.5(3): a key is needed by all, alone or with whom it acts for, but for the open ones."""
    assert description["security"] == [
        {"bearer": []},
        {"bearer": [], "person": []},
        {"bearer": [], "person": [], "proof": []},
    ]
    assert description["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert {
        operation["operationId"]
        for _, _, operation in operations(description)
        if operation.get("security") == []
    } == {
        *("limits", "health", "openapi", "accept_invitation"),
        *("sign_in", "set_password", "change_password", "ask_report", "take_report"),
        *("trust_page", "trust_statement", "trust_proof", "trust_nda", "trust_evidence"),
        "confirm_notice",
        *("ask_passkey", "sign_in_passkey"),
        *("sign_on_offer", "begin_sign_on", "finish_sign_on"),
    }


def test_every_path_parameter_is_declared_with_its_form(description: dict[str, Any]) -> None:
    """Each ``{name}`` of a path has a parameter with a closed pattern; no query is described."""
    for _, path, operation in operations(description):
        parameters = operation.get("parameters", [])
        declared = {one["name"]: one for one in parameters if one["in"] == "path"}
        assert set(declared) == set(re.findall(r"\{(\w+)\}", path))
        for name, parameter in declared.items():
            assert parameter["required"]
            assert parameter["schema"]["pattern"] == f"^{PARAMETERS[name]}$"
        assert {one["in"] for one in parameters} <= {"path", "header"}


def test_only_writes_take_an_idempotency_key(description: dict[str, Any]) -> None:
    """Exactly the writes that remember their answers describe the header."""
    assert {
        operation["operationId"]
        for _, _, operation in operations(description)
        for parameter in operation.get("parameters", [])
        if parameter["name"] == "Idempotency-Key"
    } == {"protect", "update", "erase"}


def test_it_is_a_description_of_version_3_1(description: dict[str, Any]) -> None:
    """The members that OpenAPI 3.1 requires are there, and every schema of an object is closed."""
    assert description["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(description["info"])
    schemas = description["components"]["schemas"]
    for row in TABLE:
        if row.request is not None:
            assert schemas[row.request.__name__]["additionalProperties"] is False
        if row.response is not None:
            assert schemas[row.response.__name__]["type"] == "object"


def test_every_link_leads_to_an_operation_that_takes_what_it_gives(
    description: dict[str, Any],
) -> None:
    """OpenAPI 3.1, 4.8.20: a link names an operation, and fills its path parameters from both."""
    takes = {
        operation["operationId"]: {one["name"] for one in operation.get("parameters", [])}
        for _, _, operation in operations(description)
    }
    schemas = description["components"]["schemas"]
    found = 0
    for _, _, operation in operations(description):
        answer = operation["responses"]["200"]
        for link in answer.get("links", {}).values():
            found += 1
            assert set(link["parameters"]) == takes[link["operationId"]] - {"Idempotency-Key"}
            member = link["parameters"]["id"].removeprefix("$response.body#/").partition("/")[0]
            shape = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert member in schemas[shape]["properties"]
    assert found > 20
