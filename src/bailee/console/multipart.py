"""Forms with a file, as browsers send them: ``multipart/form-data`` (RFC 7578), bounded.

What is read is what browsers write, and nothing more of what MIME allows: parts with one
``Content-Disposition`` of a name and perhaps a file's name, no nesting, no transfer encoding. A
file's name and the media type that it claims are dropped: neither says what the file is.
"""

from __future__ import annotations

import re

from bailee.console.forms import MOST_FIELDS
from bailee.errors import Invalid, Oversized

MEDIA = "multipart/form-data"
MOST_HEADERS = 2048
"""Bytes of one part's headers: a field's name, and a file's as long as file systems have it."""
_BOUNDARY = re.compile(r'multipart/form-data; *boundary=("?)([A-Za-z0-9\'()+_,./:=?-]{1,70})\1')
_DISPOSITION = re.compile(
    rb'^content-disposition: *form-data; *name="([a-z0-9_]{1,64})"(; *filename="[^"\r\n]*")?$',
    re.IGNORECASE | re.MULTILINE,
)


def read_multipart(body: bytes, content_type: str) -> tuple[dict[str, list[str]], dict[str, bytes]]:
    """Return a form's fields, and its files by the field that they stand in.

    A field of a file into which nobody put one is not there.

    Raises:
        Oversized: ``form.too_many``.
        Invalid: ``form.parts`` for what no browser writes, ``form.encoding``, ``form.nul``,
            ``form.repeated`` for two files in one field.
    """
    match = _BOUNDARY.fullmatch(content_type)
    if match is None:
        raise _malformed()
    line = b"\r\n--" + match[2].encode("ascii")
    first, *parts = (b"\r\n" + body).split(line, MOST_FIELDS + 2)
    if len(parts) > MOST_FIELDS + 1:
        raise Oversized("form.too_many", f"A form has at most {MOST_FIELDS} fields.")
    if first or not parts or parts[-1].rstrip(b"\r\n") != b"--":
        raise _malformed()
    fields, files = dict[str, list[str]](), dict[str, bytes]()
    for part in parts[:-1]:
        name, is_file, content = _taken_apart(part)
        if not is_file:
            fields.setdefault(name, []).append(_text(content))
        elif name in files:
            raise Invalid("form.repeated", "A field holds two files.")
        elif content:
            files[name] = content
    return fields, files


def _taken_apart(part: bytes) -> tuple[str, bool, bytes]:
    head, found, content = part.partition(b"\r\n\r\n")
    said = _DISPOSITION.findall(head.replace(b"\r\n", b"\n")) if len(head) < MOST_HEADERS else []
    if not found or not head.startswith(b"\r\n") or len(said) != 1:
        raise _malformed()
    name, filename = said[0]
    return name.decode("ascii"), bool(filename), content


def _text(content: bytes) -> str:
    try:
        text = content.decode()
    except UnicodeError:
        raise Invalid("form.encoding", "The form is not UTF-8 throughout.") from None
    if "\x00" in text:
        raise Invalid("form.nul", "A field holds the character NUL.")
    return text.replace("\r\n", "\n")


def _malformed() -> Invalid:
    return Invalid("form.parts", "That is no form with a file as browsers send it.")
