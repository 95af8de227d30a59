"""An addendum kit as files: text, PDF, DOCX, sources, manifest, and their digests. Pure.

The text is handed on byte for byte, for its digest is what both sign. Whatever was filled in is set
as text in every form. PDF and DOCX need the extra ``pack``.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import importlib.util
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bailee.app import kit_shapes as shapes
from bailee.app.paper_files import blank_text, cells, filled_table, markdown, plain
from bailee.assurance import report
from bailee.privacy.measure import MEASURES

TEXT, MANIFEST, SUMS = "addendum.txt", "kit.json", "SHA256SUMS"
UNCLAIMED = "Not claimed"
SIGNED = ("Name and title", "Date", "Signature")
RULE = "_" * 36
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Earliest time that a ZIP can hold: the same kit gives the same archive."""
_HEADING = re.compile(r"[0-9]{1,2}\. .{1,60}|Annex [IVX]+.{0,60}|Part [A-E]: .{1,90}")


def files(kit: shapes.Kit, now: datetime) -> Mapping[str, bytes]:
    """Return a kit in every form that this installation can make, by file name."""
    made = {
        TEXT: kit.text.encode(),
        "addendum.md": markdown(kit.paper).encode(),
        MANIFEST: kit.manifest.encode("ascii"),
    }
    if report.available():
        made["addendum.pdf"] = pdf(kit, now)
    if importlib.util.find_spec("docx") is not None:
        made["addendum.docx"] = docx(kit)
    sums = [f"{hashlib.sha256(made[name]).hexdigest()}  {name}\n" for name in sorted(made)]
    return {**made, SUMS: "".join(sums).encode()}


def archive(kit: shapes.Kit, now: datetime) -> bytes:
    """Return the files of a kit in one ZIP."""
    return _zipped(files(kit, now))


def _zipped(content: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in content.items():
            one = zipfile.ZipInfo(name, EPOCH)
            made.writestr(one, data, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


def pdf(kit: shapes.Kit, now: datetime) -> bytes:
    """Return a kit as PDF/A."""
    template = importlib.resources.files("bailee.app") / "kit.typ"
    data = {
        "title": kit.paper.title,
        "to": _name(kit, "exporter.name"),
        "by": _name(kit, "importer.name"),
        "made": kit.made,
        "text_sha256": kit.text_sha256,
        "entry": _entry(kit),
        "blanks": [blank_text(one) for one in kit.blanks],
        "unclaimed": list(unclaimed(kit)),
        "blocks": [{"kind": kind, "text": text} for kind, text in blocks(kit.text)],
        "signers": _signers(kit),
        "sections": [
            {
                "title": part.title,
                "note": part.note,
                "rows": [list(cells(one)) for one in part.lines],
            }
            for part in kit.paper.sections
        ],
    }
    return report.typeset(template.read_bytes(), data, now)


def docx(kit: shapes.Kit) -> bytes:
    """Return a kit as a document for word processors."""
    from docx import Document  # noqa: PLC0415 - in an extra

    made: Any = Document()
    _first_page(made, kit)
    for kind, text in blocks(kit.text):
        if kind in ("title", "heading"):
            made.add_heading(plain(text), 1 if kind == "title" else 2)
        else:
            made.add_paragraph(plain(text), style="List Paragraph" if kind == "item" else None)
    made.add_page_break()
    made.add_heading("Signatures", 1)
    made.add_paragraph(f"Signed is the text whose SHA-256 is {kit.text_sha256}.")
    for signer in _signers(kit):
        made.add_paragraph(plain(signer))
        for what in SIGNED:
            made.add_paragraph(f"{what} {RULE}")
    made.add_page_break()
    made.add_heading("What each word rests on", 1)
    for part in kit.paper.sections:
        made.add_heading(plain(part.title), 2)
        filled_table(made, part.lines)
    out = io.BytesIO()
    made.save(out)
    with zipfile.ZipFile(out) as parts:  # its members carry the time of writing
        return _zipped({name: parts.read(name) for name in parts.namelist()})


def _first_page(made: Any, kit: shapes.Kit) -> None:
    made.add_heading(plain(kit.paper.title), 0)
    made.add_paragraph(plain(f"Offered to: {_name(kit, 'exporter.name')}"))
    made.add_paragraph(plain(f"Offered by: {_name(kit, 'importer.name')}"))
    made.add_paragraph(
        f"Filled on {kit.made}. SHA-256 of the text: {kit.text_sha256}. Recorded: {_entry(kit)}"
    )
    for title, said in (
        ("Still to be filled", [blank_text(one) for one in kit.blanks]),
        (UNCLAIMED, list(unclaimed(kit))),
    ):
        made.add_heading(title, 1)
        for one in said:
            made.add_paragraph(plain(one), style="List Bullet")
        if not said:
            made.add_paragraph("Nothing.")
    made.add_page_break()


def unclaimed(kit: shapes.Kit) -> Iterator[str]:
    """Yield the kinds of measure that the text says nothing of; why is not said here."""
    told = {line.what for part in kit.paper.sections for line in part.lines}
    yield from (one.title for one in MEASURES if one.title not in told)


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text's paragraphs, each with its kind: title, heading, item or text."""
    first = True
    for line in filter(None, text.split("\n")):
        if first:
            yield "title", line
        elif line.startswith("  "):
            yield "item", line.strip()
        else:
            yield ("heading" if _HEADING.fullmatch(line) else "text"), line
        first = False


def _name(kit: shapes.Kit, subject: str) -> str:
    for part in kit.paper.sections:
        for one in part.lines:
            if one.subject == subject and one.says:
                return one.says
    return "to be filled"


def _signers(kit: shapes.Kit) -> list[str]:
    controller, processor = _name(kit, "exporter.name"), _name(kit, "importer.name")
    return [f"For the Controller: {controller}", f"For the Processor: {processor}"]


def _entry(kit: shapes.Kit) -> str:
    return kit.entry.entry_id if kit.entry else "not recorded: a draft"
