"""Forms as browsers send them: ``application/x-www-form-urlencoded``, bounded, UTF-8."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar
from urllib.parse import parse_qsl

import msgspec

from bailee.errors import Invalid, Oversized

T = TypeVar("T", bound=msgspec.Struct)

MOST_FIELDS = 400
"""Fields of one form: the largest has a box for each element of the catalogue."""


def read_form(body: bytes) -> dict[str, list[str]]:
    """Return a form's fields in order, line ends as one character.

    Raises:
        Oversized: ``form.too_many``.
        Invalid: ``form.encoding`` for what is not UTF-8, ``form.nul`` for the character NUL.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except UnicodeError:
        raise Invalid("form.encoding", "The form is not UTF-8 throughout.") from None
    except ValueError:
        raise Oversized("form.too_many", f"A form has at most {MOST_FIELDS} fields.") from None
    if b"%00" in body or b"\x00" in body:
        raise Invalid("form.nul", "A field holds the character NUL.")
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return found


class Form(Generic[T]):
    """Reads a form as a shape of the API.

    Made with its module, while one thread runs: describing a type lets other threads in. Lists are
    fields that may stand several times; an empty field is one that was left out.
    """

    def __init__(self, shape: type[T]) -> None:
        self._decoder = msgspec.json.Decoder(shape, strict=False)
        self._lists = {one.name: "list" in str(one.type) for one in msgspec.structs.fields(shape)}

    def read(self, fields: Mapping[str, Sequence[str]], **more: object) -> T:
        """Return what a form says.

        Args:
            fields: as ``read_form`` returned them; other names than the shape's are not read.
            more: what the page adds, or says instead of the form.

        Raises:
            Invalid: ``form.field``, which names the field and never what stood in it.
        """
        given = dict(more)
        for name, many in self._lists.items():
            values = [value for value in fields.get(name, ()) if value]
            if values and name not in given:
                given[name] = values if many else values[0]
        try:
            return self._decoder.decode(msgspec.json.encode(given))
        except msgspec.ValidationError as error:
            raise Invalid(
                "form.field",
                f"{self._where(str(error))} is missing, too long or not of its form.",
                do="Correct it and send the form again.",
            ) from None

    def _where(self, said: str) -> str:
        """Return the field that a complaint is about: one of the shape's own names, or none."""
        found = next((one for one in self._lists if f"`{one}`" in said or f"$.{one}" in said), "")
        return f"'{found.replace('_', ' ')}'" if found else "A field"
