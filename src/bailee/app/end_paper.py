"""The certificate of the end as texts, ready to be set. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

HOW = (
    (
        "Get verify.py and verify_end.py from the project's release, not from whoever sent this, "
        "or compare their SHA-256 with it. They need Python 3.11 and nothing else."
    ),
    "Use the key of the controller's log that you were given before (the vkey).",
    (
        "Run: python3 verify_end.py FOLDER --vkey YOUR_KEY. It says whether the log holds this "
        "certificate, whether its figures and dates are those that the log has, and whether the "
        "day is past from which nothing opens any more."
    ),
    (
        "Compare the certificate's SHA-256 that it prints with that of the signature in this "
        "document, which a PDF reader shows. This document is for reading; certificate.json is "
        "what is certified."
    ),
)
NONE = ["None."]


def data(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template sets, from what a certificate says."""
    return {
        "title": f"Certificate of the end of the agreement with {said['name']}",
        "author": said["origin"],
        "statement": _statement(said),
        "parts": [
            _choice(said),
            _destroyed(said["destroyed"], said["unrecoverable"]),
            _held(said["held"]),
            _returned(said["returned"]),
            _kept(said["kept"], said["held"]),
            _copies(said["copies"]),
            _subprocessors(said["subprocessors"]),
        ],
        "not_shown": list(said["not_shown"]),
        "how": list(HOW),
    }


def _statement(said: Mapping[str, Any]) -> str:
    done, until = said["destroyed"], said["unrecoverable"]
    all_ = "everything" if done["scope"] == "whole" else "all but what a law or a legal hold keeps"
    opens = (
        f"From {_day(until['from'])} on no copy opens any more."
        if until["from"]
        else "Copies of some keys have no known end yet; a later certificate names the day."
    )
    return (
        f"{said['origin']} certifies: the agreement ended on {_day(said['agreement']['ended'])}; "
        f"the controller chose {said['choice']['choice']}; {all_} that was held for it was "
        f"destroyed by {_day(done['rows_gone'])}. {opens} Certificate {said['certificate']}, made "
        f"{_day(said['made'])}."
    )


def _part(
    title: str, says: Iterable[str], head: Iterable[str] = (), rows: Iterable[Iterable[str]] = ()
) -> dict[str, Any]:
    return {
        "title": title,
        "says": list(says),
        "head": list(head),
        "rows": [[str(cell) for cell in row] for row in rows],
    }


def _pairs(values: Mapping[str, Any]) -> list[list[str]]:
    return [[name.replace("_", " "), str(value)] for name, value in values.items() if value != ""]


def _choice(said: Mapping[str, Any]) -> dict[str, Any]:
    rows = _pairs(said["choice"]) + _pairs(
        {name: said["agreement"][name] for name in ("version", "text_sha256", "ended")}
    )
    return _part("What the controller chose", (), ("What", "Which"), rows)


def _destroyed(done: Mapping[str, Any], until: Mapping[str, Any]) -> dict[str, Any]:
    rows = _pairs({name: value for name, value in done.items() if name != "key_names"})
    rows.append(["controller's keys", ", ".join(done["key_names"]) or "kept for what stays"])
    rows += _pairs({"nothing opens from": until["from"] or "not known yet"})
    rows += _pairs({"waiting for": ", ".join(until["waiting"]) or "nothing"})
    rows += [[f"{name.replace('_', ' ')}", str(until[name])] for name in until if "days" in name]
    return _part("What was destroyed, how and when", (), ("What", "Which"), rows)


def _held(held: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        *([name, held[name]] for name in ("records", "subjects", "passwords")),
        *([name, count] for name, count in sorted(held["values"].items())),
    ]
    return _part("What was held, by count", (), ("What", "How many"), rows)


def _returned(back: Mapping[str, Any] | None) -> dict[str, Any]:
    if back is None:
        return _part("What was returned", ["Nothing: the controller chose destruction."])
    rows = _pairs({name: value for name, value in back.items() if name != "values"})
    rows += [[name, count] for name, count in sorted(back["values"].items())]
    return _part("What was returned", (), ("What", "Which"), rows)


def _kept(kept: list[Mapping[str, Any]], held: Mapping[str, Any]) -> dict[str, Any]:
    says = [f"{held['held']} people are under a legal hold."] if held["held"] else []
    rows = [
        [one["basis"], ", ".join(one["elements"]), one["records"], _day(one["until"])]
        for one in kept
    ]
    head = ("Legal provision", "Elements", "Records", "Until")
    return _part("What a law keeps", says if rows or says else NONE, head if rows else (), rows)


def _copies(copies: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        [
            f"disclosure {one['disclosure']}",
            one["kind"],
            ", ".join(one["recipients"]),
            one["records"],
        ]
        for one in copies["exports"]
    ]
    rows += [
        [f"pack {one['pack']}", "evidence", one["made"], "no value"] for one in copies["packs"]
    ]
    head = ("Which", "Kind", "Recipients, or when", "Records")
    says = [] if rows else NONE
    return _part("Who holds copies that left", says, head if rows else (), rows)


def _subprocessors(found: list[Mapping[str, str]]) -> dict[str, Any]:
    rows = [
        [
            one["subprocessor"],
            _day(one["handed"]) or "not yet",
            one["certificate_sha256"] or "not yet",
        ]
        for one in found
    ]
    head = ("Sub-processor", "Handed to it on", "Its certificate (SHA-256)")
    return _part("Sub-processors", () if rows else NONE, head if rows else (), rows)


def _day(at: str) -> str:
    return at[:10]
