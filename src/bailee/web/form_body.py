"""Bodies that are forms, on the few routes that another standard shapes so."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from bailee.console.forms import Form, read_form
from bailee.errors import Invalid

T = TypeVar("T", bound=msgspec.Struct)


class FormReader(Generic[T]):
    """Turns forms into one shape; fields that it does not name are dropped."""

    def __init__(self, shape: type[T]) -> None:
        self._form = Form(shape)
        self._names = shape.__struct_fields__

    def read(self, body: bytes) -> T:
        """Return what a form says.

        Raises:
            Oversized: ``form.too_many``;
            Invalid: ``form.encoding``, ``form.nul``, ``form.field``, ``form.repeated``.
        """
        fields = read_form(body)
        if any(len(fields.get(name, ())) > 1 for name in self._names):
            raise Invalid("form.repeated", "The form says something twice.")
        return self._form.read(fields)
