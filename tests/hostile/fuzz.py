"""Coverage-guided fuzzing of one parser: ``python tests/hostile/fuzz.py contract --seconds 60``.

Needs atheris (Linux). Every target takes bytes and raises only when something is wrong that must
never be: an error outside the declared family, two readers that disagree, a round trip that does
not close. The kept corpus is where a run begins; ``--keep`` writes what the run found back to it,
reduced to inputs that reach something the others do not.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))
sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file, from anywhere

from tests.hostile.targets import CORPUS, TARGETS, Check, Target, kept

Step: TypeAlias = tuple[int, int]
Trace: TypeAlias = Callable[[FrameType, str, Any], Any]
MAX_BYTES = 64 * 1024
"""Of one input. A target that needs longer than ``HANG_SECONDS`` for so few bytes is broken."""
HANG_SECONDS = 20
RSS_MEGABYTES = 2048
KEPT_FILE_BYTES = 4096
KEPT_BYTES = 24 * 1024
"""Of one target's kept corpus, all files together."""


def main() -> int:
    """Fuzz one target, or reduce what was found."""
    parser = argparse.ArgumentParser(description="Fuzz one parser.")
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", action="store_true", help="add what was found to the corpus")
    parser.add_argument("--found", type=Path, help="folder for what is found; default thrown away")
    parser.add_argument("--only-keep", action="store_true", help="reduce FOUND without fuzzing")
    parser.add_argument("--engine", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.engine is not None:
        _fuzz(TARGETS[given.target], given.engine)
    with tempfile.TemporaryDirectory() as scratch:
        found = given.found or Path(scratch) / "found"
        found.mkdir(exist_ok=True)
        code = 0 if given.only_keep else _run(given.target, given.seconds, found)
        if (given.keep or given.only_keep) and code == 0:
            _keep(given.target, found)
    return code


def _run(target: str, seconds: int, found: Path) -> int:
    """Fuzz in a process of its own: the engine never returns, and a hang must end it."""
    seeds = found / "seeds"
    seeds.mkdir(exist_ok=True)
    for number, seed in enumerate([*TARGETS[target].seeds(), *kept(target)]):
        (seeds / f"{number:04d}").write_bytes(seed)
    words = found / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in TARGETS[target].words))
    corpus = found / "corpus"
    corpus.mkdir(exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={MAX_BYTES}",
        f"-timeout={HANG_SECONDS}",
        f"-rss_limit_mb={RSS_MEGABYTES}",
        f"-artifact_prefix={found}/",
        *([f"-dict={words}"] if TARGETS[target].words else []),
        "-print_final_stats=1",
        str(corpus),
        str(seeds),
    ]
    return _engine(target, options)


def _keep(target: str, found: Path) -> None:
    """Keep the smallest inputs that together walk every way the longer ones do, within a budget."""
    check = TARGETS[target].load()
    files = [*(found / "corpus").iterdir(), *(found / "seeds").iterdir()]
    inputs = sorted({path.read_bytes() for path in files}, key=lambda data: (len(data), data))
    known, used, least = set[Step](), 0, list[bytes]()
    for data in inputs:
        ways = _ways(check, data)
        if ways <= known or len(data) > KEPT_FILE_BYTES or used + len(data) > KEPT_BYTES:
            continue
        known |= ways
        used += len(data)
        least.append(data)
    folder = CORPUS / target
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for data in least:
        (folder / sha256(data).hexdigest()[:12]).write_bytes(data)


def _ways(check: Check, data: bytes) -> set[Step]:
    """Return the steps from line to line that our own code makes on an input."""
    steps, at = set[Step](), 0

    def line(frame: FrameType, event: str, _argument: object) -> Trace | None:
        nonlocal at
        if "/bailee/" not in frame.f_code.co_filename:
            return None
        here = hash((frame.f_code.co_filename, frame.f_lineno))
        steps.add((at if event == "line" else 0, here))
        at = here
        return line

    sys.settrace(line)
    try:
        check(data)
    finally:
        sys.settrace(None)
    return steps


def _engine(target: str, options: list[str]) -> int:
    command = [sys.executable, __file__, target, "--engine", *options]
    return subprocess.run(command, check=False).returncode


def _fuzz(target: Target, options: list[str]) -> None:
    """Hand over to the engine; it ends the process."""
    import atheris  # noqa: PLC0415 - the corpus is replayed where atheris has no wheel

    with atheris.instrument_imports(include=["bailee", "stdnum", "csv", "tomllib"]):
        check = target.load()
    atheris.Setup([sys.argv[0], *options], check)
    atheris.Fuzz()


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


if __name__ == "__main__":
    sys.exit(main())
