"""Forms with a file: what browsers send is read, and everything else is refused by name."""

from __future__ import annotations

from contextlib import suppress

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailee.console.forms import MOST_FIELDS
from bailee.console.multipart import read_multipart
from bailee.errors import Invalid, Oversized

TYPE = "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk"
CHROMIUM = (
    "------WebKitFormBoundary7MA4YWxk\r\n"
    'Content-Disposition: form-data; name="csrf"\r\n\r\nabc\r\n'
    "------WebKitFormBoundary7MA4YWxk\r\n"
    'Content-Disposition: form-data; name="scope"\r\n\r\nZahlung\u00e4\r\nand more\r\n'
    "------WebKitFormBoundary7MA4YWxk\r\n"
    'Content-Disposition: form-data; name="file"; filename="SOC 2 (2026) \u00e4.pdf"\r\n'
    "Content-Type: application/pdf\r\n\r\n%PDF-1.7\r\n--\r\n\r\n%%EOF\r\n"
    "------WebKitFormBoundary7MA4YWxk--\r\n"
).encode()
"""As Chromium 130 sends it."""


def test_a_browsers_form_is_read() -> None:
    """Fields as text with one kind of line end; the file byte for byte, its name dropped."""
    fields, files = read_multipart(CHROMIUM, TYPE)

    assert fields == {"csrf": ["abc"], "scope": ["Zahlung\u00e4\nand more"]}
    assert files == {"file": b"%PDF-1.7\r\n--\r\n\r\n%%EOF"}


@given(st.binary(max_size=300), st.text(max_size=50).filter(lambda t: "\x00" not in t))
def test_what_another_program_writes_comes_out_again(content: bytes, text: str) -> None:
    """Whatever stands in a file or a field, as httpx writes it."""
    request = httpx2.Request(
        "POST", "http://x/", data={"scope": text}, files={"file": ("x.pdf", content)}
    )

    fields, files = read_multipart(request.read(), request.headers["content-type"])
    assert fields == {"scope": [text.replace("\r\n", "\n")]}
    assert files == ({"file": content} if content else {})


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"YWxk--\r\n", b"YWxk\r\n", "form.parts"),  # never ends
        (b'name="csrf"', b'name="cs\nrf"', "form.parts"),
        (b'name="csrf"', b"", "form.parts"),
        (b'form-data; name="csrf"', b'attachment; name="csrf"', "form.parts"),
        (b"\r\n\r\nabc", b"\r\nabc", "form.parts"),
        (b"------Web", b"x------Web", "form.parts"),  # something before the first part
        (b'name="csrf"', b'name="' + b"c" * 65 + b'"', "form.parts"),
        (b'name="csrf"\r\n', b'name="csrf"\r\nX: ' + b"y" * 2048 + b"\r\n", "form.parts"),
        (b"Content-Type: application/pdf",
         b'Content-Disposition: form-data; name="csrf"', "form.parts"),
        (b"\xc3\xa4\r\nand", b"\xff\r\nand", "form.encoding"),
        (b"abc", b"a\x00c", "form.nul"),
    ],
)  # fmt: skip
def test_what_no_browser_sends_is_refused(old: bytes, new: bytes, code: str) -> None:
    """Each deviation by its name, and nothing of it is read."""
    assert CHROMIUM.count(old) >= 1
    with pytest.raises(Invalid, match=code.replace(".", r"\.")):
        read_multipart(CHROMIUM.replace(old, new, 1), TYPE)


def test_two_files_or_too_many_fields_are_refused() -> None:
    """A field holds one file; a form has so many parts and no more."""
    part = CHROMIUM[: CHROMIUM.rindex(b"------WebKit")]
    with pytest.raises(Invalid, match=r"form\.repeated"):
        read_multipart(part + CHROMIUM, TYPE)
    one = (
        b'------WebKitFormBoundary7MA4YWxk\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    )
    end = b"------WebKitFormBoundary7MA4YWxk--\r\n"
    assert len(read_multipart(one * MOST_FIELDS + end, TYPE)[0]["a"]) == MOST_FIELDS
    with pytest.raises(Oversized, match=r"form\.too_many"):
        read_multipart(one * (MOST_FIELDS + 1) + end, TYPE)


@pytest.mark.parametrize(
    "media",
    ["multipart/form-data", "multipart/mixed; boundary=x", "multipart/form-data; boundary=",
     "multipart/form-data; boundary=" + "x" * 71, "multipart/form-data; boundary=a; boundary=b"],
)  # fmt: skip
def test_a_boundary_is_what_browsers_write(media: str) -> None:
    """One, of 1 to 70 characters (RFC 2046 5.1.1)."""
    with pytest.raises(Invalid, match=r"form\.parts"):
        read_multipart(CHROMIUM, media)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Nothing but our own refusals leaves the reader."""
    with suppress(Invalid):
        read_multipart(b"------WebKitFormBoundary7MA4YWxk\r\n" + body, TYPE)
