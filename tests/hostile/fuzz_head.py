"""A request's head: address, headers, credential, idempotency key, path parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bailee.app.issuer import BACK
from bailee.errors import Invalid
from bailee.web.call import PARAMETERS
from bailee.web.limits import LIMITS, SCIM_QUERY, bearer, idempotency_key, if_match, read_head

VISIBLE = frozenset(range(0x21, 0x7F))
FORMS = {name: re.compile(form) for name, form in PARAMETERS.items()}


def check(data: bytes) -> None:
    """Lines as the parser of HTTP hands them over: path, query, then name and value in turn."""
    path, query, *lines = data.split(b"\n") if b"\n" in data else (data, b"")
    pairs = zip(lines[::2], lines[1::2], strict=False)
    address = path.decode("latin-1")
    scope = {
        "method": "GET",
        "query_string": query,
        "raw_path": path,
        "path": address,
        "headers": [(name.lower(), value) for name, value in pairs],
    }
    for form in FORMS.values():
        if form.fullmatch(address):
            assert path.isascii()
            assert not set(path) & set(b"%?#\\ \r\n\x00")
    try:
        head = read_head(scope)
        credential = bearer(head)
        key = idempotency_key(head, taken=True)
        versions = if_match(head)
    except Invalid as refused:
        assert refused.code.partition(".")[0] in {"url", "header", "idempotency_key"}
        return
    assert not query or address.startswith("/scim/") or address == BACK
    assert sorted(head.query) == sorted(set(head.query) & SCIM_QUERY)
    assert all(one >= 0 for one in versions)
    if credential is not None:
        assert set(credential.encode()) <= VISIBLE
        assert 0 < len(credential) <= LIMITS.credential_characters
    if key is not None:
        assert set(key.encode()) <= VISIBLE
        assert 0 < len(key) <= LIMITS.idempotency_key_characters


def check_seeds() -> Iterable[bytes]:
    """Good heads, and the addresses that routes have."""
    yield b"/v1/controllers/acme/reveal\n\nauthorization\nBearer bk_00000000\ncontent-length\n2"
    yield b"acme\n\nidempotency-key\nabc-1\nauthorization\nbearer  x "
    yield b"0/x001/x234/067.p/12\n"
    yield b'/scim/v2/Users\nfilter=userName%20eq%20%22a%22&count=2\nif-match\nW/"3"'
    yield b"acme\nvalue=1\nexpect\n100-continue\ntransfer-encoding\nchunked"
