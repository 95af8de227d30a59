"""What no file of the house calls: evaluation, shells, foreign objects, guessable numbers.

Each ban is a requirement of OWASP's ASVS 5.0.0 that is kept by never doing a thing (docs/asvs.md).
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "bailee").rglob("*.py"))
TEMPLATES = sorted((ROOT / "src" / "bailee" / "console" / "templates").glob("*.html"))
GUESSABLE_BY = {"cli/payers.py": "invented people of the demonstration, who are the same each time"}


def parsed() -> Iterator[tuple[str, ast.Module]]:
    """Yield every source file with its tree."""
    for path in SOURCES:
        yield (
            path.relative_to(ROOT / "src" / "bailee").as_posix(),
            ast.parse(path.read_text("utf-8")),
        )


def called(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of a file, with how it is written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def imported(tree: ast.Module) -> set[str]:
    """Return the first names of all modules that a file imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_nothing_is_evaluated() -> None:
    """ASVS 1.3.2, 1.3.7: no text becomes code or a template; templates are files of ours."""
    banned = {"eval", "exec", "compile", "__import__", "Template"}
    for name, tree in parsed():
        found = {
            text
            for text, _ in called(tree)
            if text in banned or text.endswith((".from_string", "jinja2.Template"))
        }
        assert found == set(), name


def test_no_shell_is_asked() -> None:
    """ASVS 1.2.5: programs are started by a list of words, never by a line for a shell."""
    for name, tree in parsed():
        for text, node in called(tree):
            assert text not in {"os.system", "os.popen", "subprocess.getoutput"}, name
            if text.startswith("subprocess."):
                words = {one.arg: ast.unparse(one.value) for one in node.keywords}
                assert words.get("shell", "False") == "False", name
                assert not isinstance(node.args[0], ast.Constant | ast.JoinedStr), name


def test_no_object_comes_out_of_bytes() -> None:
    """ASVS 1.5.1, 1.5.2: no XML is read, and bytes become declared shapes, never objects."""
    banned = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "jsonpickle"}
    for name, tree in parsed():
        assert imported(tree) & banned == set(), name


def test_no_number_is_guessable() -> None:
    """ASVS 6.5.3, 7.2.3: secrets, seeds, codes and tokens come from the system's generator."""
    guessing = {name for name, tree in parsed() if "random" in imported(tree)}
    assert guessing == set(GUESSABLE_BY)


def test_no_statement_is_made_of_words_of_a_caller() -> None:
    """ASVS 1.2.4: SQL is written by us; what is put into it is a bound parameter or our own name.

    The linter's rule S608 finds statements put together; each exception of it says whose words.
    """
    excepted = [
        line for path in SOURCES for line in path.read_text("utf-8").splitlines() if "S608" in line
    ]
    assert all(" - " in line.partition("S608")[2] for line in excepted)
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert rules["select"] == ["ALL"]
    assert "S608" not in rules["ignore"]
    allowed = [path for path, codes in rules["per-file-ignores"].items() if "S608" in codes]
    assert not [path for path in allowed if path.startswith("src")]


def test_no_format_is_a_callers() -> None:
    """ASVS 1.3.10: what is filled in with words of anybody is a constant of ours, or a method's."""
    found = {
        (name, text)
        for name, tree in parsed()
        for text, node in called(tree)
        if isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and not isinstance(node.func.value, ast.Constant)
        and not re.fullmatch(r"_?[A-Z_]+\.format", text)
    }
    assert found == {
        ("cli/manifest.py", "msgspec.json.format"),
        ("cli/show.py", "msgspec.json.format"),
        ("console/navigation.py", "AUDITS.path.format"),
        ("console/navigation.py", "one.path.format"),  # both of the menu's own table
        ("ledger/verify.py", "says.format"),  # sentences of the verifier's own
        ("web/knock.py", "self.format"),
    }


def test_templates_escape_and_hold_no_script() -> None:
    """ASVS 1.1.2, 1.3.3, 3.2.2: the engine escapes at the end; nothing says that text is safe."""
    for path in TEMPLATES:
        text = path.read_text("utf-8")
        for banned in (
            "|safe",
            "| safe",
            "autoescape",
            "<script>",
            "<style",
            " style=",
            " onclick",
        ):
            assert banned not in text, path.name


def test_pages_use_what_browsers_still_know() -> None:
    """ASVS 3.7.1, 3.5.5: no plug-in is embedded, and no page listens to another page's messages."""
    for path in TEMPLATES:
        text = path.read_text("utf-8").lower()
        for banned in ("<object", "<embed", "<applet", "<iframe"):
            assert banned not in text, path.name
    for path in (ROOT / "src" / "bailee" / "console" / "assets").glob("*.js"):
        assert "postMessage" not in path.read_text("utf-8")
        assert "'message'" not in path.read_text("utf-8"), path.name


def test_pages_lead_to_our_own_addresses_alone() -> None:
    """ASVS 3.7.2: whatever a page sends people to is an address of the console."""
    for name, tree in parsed():
        if not name.startswith("console/"):
            continue
        for text, node in called(tree):
            if text in ("go", "attempt") and name != "console/view.py":  # where they are defined
                to = node.args[0 if text == "go" else 2]
                if isinstance(to, ast.Lambda):
                    continue  # a page that is shown, or a ``go`` of its own
                said = ast.unparse(to)
                known = re.compile(r"f?'/|f?'?\{?_?[A-Z_]+\b|_first\(")
                assert all(known.match(one.strip()) for one in said.split(" else ")), (name, said)
                for constant in re.findall(r"\b_?[A-Z_]{3,}\b", said):
                    assert leads_home(tree, constant), (name, constant)


def leads_home(tree: ast.Module, constant: str) -> bool:
    """Tell whether a file's constant is an address of ours, or comes from another of our files."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == constant:
            return ast.unparse(node.value).lstrip("f").startswith(("'/", "'{"))
    return any(
        isinstance(node, ast.ImportFrom) and constant in {one.name for one in node.names}
        for node in tree.body
    )
