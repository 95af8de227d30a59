"""Fill the hashes of a terms file from the contract that it was written for.

    python tools/bind_terms.py TERMS.toml CONTRACT.txt          print path and hash of every clause
    python tools/bind_terms.py --write TERMS.toml CONTRACT.txt  write them into the file

For the author of terms, at the desk: a person has read the clause and wrote its line. It is not
part of the program; nothing that runs may bind terms to words that nobody read.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from bailee.agreement.clause import Contract
from bailee.agreement.parse import compile_text

_LINE = re.compile(r'^clause = "(?P<path>[^"]+)"\ntext_sha256 = "[0-9a-f]*"$', re.MULTILINE)
_HEAD = re.compile(r'^text_sha256 = "[0-9a-f]*"$', re.MULTILINE)


def fill(terms: str, contract: Contract) -> str:
    """Return the terms with the hash of every clause that they name, and of the whole text."""

    def line(found: re.Match[str]) -> str:
        path = found["path"]
        clause = contract.clause(path)
        if clause is None:
            sys.exit(f"The contract has no clause {path}.")
        return f'clause = "{path}"\ntext_sha256 = "{clause.text_sha256}"'

    whole = _HEAD.sub(f'text_sha256 = "{contract.text_sha256}"', terms, count=1)
    return _LINE.sub(line, whole)


def main(words: list[str]) -> None:
    """Print or write."""
    write = words[:1] == ["--write"]
    terms, text = (Path(word) for word in words[write:])
    contract = compile_text(text.read_bytes())
    if write:
        terms.write_text(fill(terms.read_text(encoding="utf-8"), contract), encoding="utf-8")
        return
    for clause in contract.clauses:
        sys.stdout.write(f"{clause.text_sha256}  {clause.path}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
