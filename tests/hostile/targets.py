"""The table of fuzzed parsers: what is imported, where a run begins, which words it knows."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
Check = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """One parser.

    Args:
        module: below ``tests.hostile``; imported late, so that the engine can watch the import.
        words: pieces of the language that is parsed.
    """

    module: str
    words: tuple[bytes, ...] = ()
    name: str = "check"

    def load(self) -> Check:
        """Return the function that takes bytes and raises when something is wrong."""
        check: Check = getattr(importlib.import_module(f"tests.hostile.{self.module}"), self.name)
        return check

    def seeds(self) -> Iterable[bytes]:
        """Return inputs to begin with, invented or made by the code under test."""
        module = importlib.import_module(f"tests.hostile.{self.module}")
        made: Iterable[bytes] = getattr(module, f"{self.name}_seeds")()
        return made


JSON_WORDS = (
    b'{"',
    b'":',
    b"[[",
    b"]]",
    b"null",
    b"1e999",
    b"NaN",
    b'"\\ud800"',
    b"\\u0000",
    b"-0",
)

TARGETS: dict[str, Target] = {
    "contract": Target(
        "fuzz_contract",
        (
            *(b"1.", b"2.1", b"(a)", b"(ii)", b"Annex ", b"ARTICLE IV", b"\n\n", b"Section 2"),
            *(b'"Term" means', b"____", b"[insert", b"within 3 days", b"shall", b"\xe2\x80\x9c"),
            *(b"| a | b |", b"## ", b"\xc2\xa7", b"promptly", b"\r\n", b"\x0c", b"- ", b"purpose"),
        ),
    ),
    "note": Target("fuzz_note", (b"\n\n\xe2\x80\x94 ", b"PRIVATE+KEY+", b"+", b"\n", b"==")),
    "entry": Target("fuzz_verify", (b'"link":null', b'"detail":{', *JSON_WORDS), "entry"),
    "opening": Target("fuzz_verify", (b'"salt":"', b'"block":"', *JSON_WORDS), "opening"),
    "proof": Target("fuzz_verify", (b"\nextra ", b"\nindex ", b"\n\n", b"\xe2\x80\x94 "), "proof"),
    "bundle": Target("fuzz_bundle", ()),
    "canonical": Target("fuzz_canonical", JSON_WORDS),
    "body": Target("fuzz_body", (b'"purpose":"', b'"records":[', b'"mode":"', *JSON_WORDS)),
    "scim": Target(
        "fuzz_scim",
        (b'"op":"', b'"path":"', b'"value":', b"[type eq ", b" and ", b"not (", *JSON_WORDS),
    ),
    "head": Target("fuzz_head", (b"authorization", b"bearer ", b"content-length", b"\r\n", b"%00")),
    "table": Target("fuzz_table", (b'"', b'""', b",", b"\r\n", b"\x1a", b"\xef\xbb\xbf"), "table"),
    "mapping": Target(
        "fuzz_table",
        (b"[file]\n", b"[record]\n", b"[[field]]\n", b"columns = [", b"find = '", b"when = {"),
        "mapping",
    ),
    "value": Target("fuzz_value", (b"+1", b"-", b"/", b"@", b"~", b"4111111111111111", b"DE89")),
    "moment": Target("fuzz_value", (b"T", b"Z", b"+00:00", b"2026-11-20", b"9999", b"W"), "moment"),
}


def kept(target: str) -> list[bytes]:
    """Return the inputs that earlier runs kept, in the order of their names."""
    folder = CORPUS / target
    return [path.read_bytes() for path in sorted(folder.iterdir())] if folder.is_dir() else []
