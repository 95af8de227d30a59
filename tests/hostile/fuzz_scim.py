"""What an identity provider says: filters, paths and resources of SCIM, on any bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bailee.app.scim_models import (
    kept,
    read_patch,
    read_resource,
    read_search,
    rebuilt,
    understood,
    written,
)
from bailee.errors import Failure

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def check(data: bytes) -> None:
    """A filter, and JSON as resource and as patch: understood, or refused by a code of ours."""
    first, _, rest = data.partition(b"\n")
    text = first.decode("utf-8", "replace")
    somebody = read_resource("Users", {"schemas": [USER], "userName": "a"}, new=True)
    try:
        asked = read_search(("Users", "Groups"), {"filter": text, "sortBy": text[:9]})
        understood(lambda: asked.filter is not None and asked.filter.match(somebody))
    except Failure as refused:
        assert refused.code.startswith("scim.")
    try:
        body = json.loads(rest)
    except (ValueError, RecursionError):
        return
    if isinstance(body, dict):
        _said(body)


def _said(body: dict[str, object]) -> None:
    one = read_resource("Users", {"schemas": [USER], "userName": "a"}, new=True)
    try:
        patch = read_patch("Users", {"schemas": [PATCH], "Operations": [body]})
        understood(lambda: patch.patch(one))
    except Failure as refused:
        assert refused.code.startswith("scim.")
    assert one.id is None
    try:
        made = read_resource("Users", {"schemas": [USER], "userName": "a", **body}, new=True)
    except Failure as refused:
        assert refused.code.startswith("scim.")
        return
    assert made.id is None
    text = kept(made)
    again = rebuilt("Users", text, {"id": "1"})
    assert kept(again) == text
    assert "password" not in {name.casefold() for name in written(again)}


def check_seeds() -> Iterable[bytes]:
    """Filters, operations and resources that mean something."""
    yield b'userName eq "a" and (emails[type eq "work"] or not (active pr))\n{}'
    operation = {"op": "replace", "path": 'emails[type eq "work"].value', "value": "q"}
    yield b'externalId sw "x"\n' + json.dumps(operation).encode()
    yield b'id pr\n{"op":"add","value":{"active":"False","name":{"givenName":"B"}}}'
    yield b"\n" + json.dumps({"displayName": "x", "emails": [{"value": "a@b.example"}]}).encode()
