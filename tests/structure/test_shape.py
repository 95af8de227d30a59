"""The house keeps its own budgets: sizes, names, sentences, no mocks, no machine's paths."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "bailee").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FILE_CAP = 400
FUNCTION_CAP = 60
FUNCTION_P90 = 30
POSITIONAL_CAP = 4
EXCUSED_FILES = {
    "ledger/verify.py": "one file by design: an auditor reads it alone, in one sitting",
    "ledger/verify_pack.py": "the same, for a whole pack; it needs verify.py alone",
}
ROLE_SUFFIX = re.compile(r"(Manager|Service|Helper|Handler|Processor|Base|Impl|Util|Utils)$")
UTIL_NAMES = {"util", "utils", "common", "helpers", "helper", "misc", "base", "manager"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    """Yield every function of a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, Function):
            yield node


def length(function: Function) -> int:
    """Return a function's lines without its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def short(path: Path) -> str:
    """Return a path as the house calls it."""
    return path.relative_to(ROOT / "src" / "bailee").as_posix()


def test_files_stay_within_the_cap() -> None:
    """No source file is longer than 400 lines unless its reason is written here."""
    long = {
        short(path): count
        for path in SOURCES
        if (count := len(path.read_text("utf-8").splitlines())) > FILE_CAP
        and short(path) not in EXCUSED_FILES
        and "migrations" not in path.parts
    }

    assert long == {}


def test_functions_stay_within_the_cap() -> None:
    """No function is longer than 60 lines unless a comment above it says why (``# long:``)."""
    long = []
    for path in SOURCES:
        lines = path.read_text("utf-8").splitlines()
        for function in functions(path):
            start = min([function.lineno, *(d.lineno for d in function.decorator_list)])
            excused = start > 1 and lines[start - 2].strip().startswith("# long:")
            if length(function) > FUNCTION_CAP and not excused:
                long.append((short(path), function.name, length(function)))

    assert [entry for entry in long if "migrations" not in entry[0]] == []


def test_nine_functions_in_ten_are_short() -> None:
    """The ninetieth percentile of function length is at most 30 lines."""
    lengths = sorted(length(function) for path in SOURCES for function in functions(path))

    assert lengths[int(len(lengths) * 0.9)] <= FUNCTION_P90


def test_few_positional_parameters() -> None:
    """No function takes more than four positional parameters (commands name theirs)."""
    crowded = [
        (short(path), function.name)
        for path in SOURCES
        if "cli" not in path.parts
        for function in functions(path)
        if len([a for a in function.args.args if a.arg not in {"self", "cls"}]) > POSITIONAL_CAP
    ]

    assert crowded == []


def test_no_role_names() -> None:
    """No class carries a role suffix and no module is a drawer."""
    suffixed = [
        (short(path), node.name)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and ROLE_SUFFIX.search(node.name)
    ]

    assert suffixed == []
    assert [short(path) for path in SOURCES if path.stem in UTIL_NAMES] == []


def test_two_levels_never_three() -> None:
    """Folders below the package are one deep."""
    deep = [short(path) for path in SOURCES if short(path).count("/") > 1]

    assert [path for path in deep if not path.startswith("migrations/")] == []


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_test_says_what_is_true(path: Path) -> None:
    """Every test has a docstring sentence, and none uses a mock."""
    silent = [
        function.name
        for function in functions(path)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    text = path.read_text("utf-8")

    assert silent == []
    assert re.search(r"^\s*(from|import) unittest", text, re.MULTILINE) is None


def tracked() -> list[Path]:
    """Return every file git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def test_no_file_names_this_machine_or_a_registry() -> None:
    """No committed file carries a path of the machine it was made on or a registry's host."""
    forbidden = re.compile(
        rb"(?<![\w.])/(?:work|root|home)/\w|pypi\.org|pythonhosted|npmjs|index-url"
    )
    found = [
        path.relative_to(ROOT).as_posix()
        for path in tracked()
        if path != Path(__file__) and forbidden.search(path.read_bytes())
    ]

    assert found == []
