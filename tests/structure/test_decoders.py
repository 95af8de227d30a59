"""Descriptions of types are made while one thread runs.

msgspec describes a type when its first decoder is made, in steps that call Python and so let other
threads in. A thread that decodes by a description that is half made reads through a null pointer:
the process is gone, and with it every call. Two repeated calls at once after a start were enough.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "bailee").rglob("*.py"))
ELSEWHERE = {
    "web/body.py": "made for each route before the door opens",
    "console/forms.py": "made with the page that reads the form",
    "client/line.py": "made under a lock",
    "cli/bulk.py": "a command's own thread, before it starts others",
    "cli/outgoing.py": "the same",
    "cli/journal.py": "the same, and of no class",
}
WARM = {
    "agreement/terms.py": "the type is described where it is declared",
    "assurance/evidence.py": "the same",
    "assurance/lives.py": "the same",
    "app/contracts.py": "a reading is described in agreement/store.py, which comes first",
}

RACE = """
import sys, threading
sys.setswitchinterval(1e-6)
from bailee.vault.idempotency import _DECODERS
from bailee.vault.shapes import Protected
body = b'{"results":[{"ref":"","ok":true,"record":"r","tokens":{"e":"t"}}],'
body += b'"entry":{"log":"l","entry_id":"e","leaf":"f","index":1}}'
start = threading.Barrier(16)
def decode():
    start.wait()
    assert _DECODERS[Protected].decode(body).results[0].record == "r"
threads = [threading.Thread(target=decode) for _ in range(16)]
[one.start() for one in threads]
[one.join() for one in threads]
"""


def calls(path: Path) -> Iterator[str]:
    """Yield what functions of a file call in msgspec that may describe a type."""
    for function in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and (text := ast.unparse(node.func)).startswith(
                "msgspec"
            ):
                typed = any(one.arg == "type" for one in node.keywords)
                if text.endswith((".Decoder", ".convert")) or (text.endswith(".decode") and typed):
                    yield text


def test_no_call_makes_a_decoder() -> None:
    """Decoders are made with their module, but where the reason is written here."""
    found = {
        path.relative_to(ROOT / "src" / "bailee").as_posix()
        for path in SOURCES
        if list(calls(path))
    }

    assert found == ELSEWHERE.keys() | WARM.keys()


def test_threads_that_decode_first_at_one_time_live() -> None:
    """Sixteen threads read the answer that was kept for a repeated call, as after a start."""
    done = subprocess.run([sys.executable, "-c", RACE], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
