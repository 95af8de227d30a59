"""A generated paper as files: Markdown, JSON, PDF by Typst, DOCX by python-docx. Pure.

What a paper says is set as text in each of them; no name and no statement can become markup. PDF
and DOCX need the extra ``pack``.
"""

from __future__ import annotations

import importlib.resources
import importlib.util
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from bailee.app import transfer_shapes as shapes
from bailee.assurance import report

TO_FILL = "TO BE FILLED"
HEAD = ("What", "Content", "Source")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$&!^:@]|(?<=www)\.)")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def markdown(paper: shapes.Paper) -> str:
    """Return a paper as Markdown; every mark that could mean something is escaped."""
    made = [
        f"# {_md(paper.title)}",
        "",
        _md(paper.about),
        "",
        f"Made on {paper.made}. SHA-256 of what it says: `{paper.sha256}`",
        "",
        "## Still to be filled",
        "",
        *([f"- {_md(blank_text(one))}" for one in paper.blanks] or ["Nothing."]),
        "",
    ]
    for part in paper.sections:
        made += [f"## {_md(part.title)}", ""]
        made += [_md(part.note), ""] if part.note else []
        made += [f"| {' | '.join(HEAD)} |", "| --- | --- | --- |"]
        made += [f"| {' | '.join(map(_md, cells(one)))} |" for one in part.lines] + [""]
    return "\n".join(made)


def json_file(paper: shapes.Paper) -> bytes:
    """Return a paper as JSON, as the API answers it."""
    return _json(paper)


def pdf(paper: shapes.Paper, now: datetime) -> bytes:
    """Return a paper as PDF/A."""
    data = {
        "title": paper.title,
        "about": paper.about,
        "made": paper.made,
        "sha256": paper.sha256,
        "blanks": [blank_text(one) for one in paper.blanks],
        "sections": [
            {
                "title": part.title,
                "note": part.note,
                "rows": [list(cells(one)) for one in part.lines],
            }
            for part in paper.sections
        ],
    }
    template = importlib.resources.files("bailee.app") / "paper.typ"
    return report.typeset(template.read_bytes(), data, now)


def docx(paper: shapes.Paper) -> bytes:
    """Return a paper as a document for word processors, with blanks to write into."""
    from docx import Document  # noqa: PLC0415 - in an extra

    made = Document()
    made.add_heading(plain(paper.title), 0)
    made.add_paragraph(plain(paper.about))
    made.add_paragraph(f"Made on {paper.made}. SHA-256 of what it says: {paper.sha256}")
    made.add_heading("Still to be filled", 1)
    for gap in paper.blanks:
        made.add_paragraph(plain(blank_text(gap)), style="List Bullet")
    if not paper.blanks:
        made.add_paragraph("Nothing.")
    for part in paper.sections:
        made.add_heading(plain(part.title), 1)
        if part.note:
            made.add_paragraph(plain(part.note))
        filled_table(made, part.lines)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def files(paper: shapes.Paper, now: datetime) -> Mapping[str, bytes]:
    """Return a paper in every form that this installation can make, by file name."""
    made = {f"{paper.paper}.md": markdown(paper).encode(), f"{paper.paper}.json": json_file(paper)}
    if paper.data is not None:
        made[f"{paper.paper}.cnil.json"] = _json(paper.data)
    if report.available():
        made[f"{paper.paper}.pdf"] = pdf(paper, now)
    if importlib.util.find_spec("docx") is not None:
        made[f"{paper.paper}.docx"] = docx(paper)
    return made


def filled_table(document: Any, lines: Sequence[shapes.PaperLine]) -> None:
    """Add lines to a document as a table."""
    table = document.add_table(rows=1, cols=len(HEAD), style="Table Grid")
    _fill(table.rows[0].cells, HEAD)
    for one in lines:
        _fill(table.add_row().cells, cells(one))


def _json(value: Any) -> bytes:
    return json.dumps(msgspec.to_builtins(value), indent=2, ensure_ascii=False).encode() + b"\n"


def cells(line: shapes.PaperLine) -> tuple[str, str, str]:
    """Return what a line says, what, and by whom."""
    if line.source == "blank":
        return line.what, TO_FILL, f"to be filled by the {line.by}"
    return line.what, line.says, f"{line.source}: {line.by}" if line.by else line.source


def blank_text(one: shapes.Blank) -> str:
    """Return what is to be filled, where, and by whom."""
    return f"{one.where}: {one.what} ({one.who})"


def _fill(cells: Sequence[Any], texts: Sequence[str]) -> None:
    for cell, text in zip(cells, texts, strict=True):
        cell.text = plain(text)


def plain(text: str) -> str:
    """Return text without characters that XML cannot hold."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def _md(text: str) -> str:
    return _MARKUP.sub(r"\\\1", plain(text)).replace("\n", "<br>")
