"""A pre-filled impact assessment in the form of the CNIL's PIA program (C7.2(8), C7.3(6)). Pure.

Only what a processor knows is filled in: what is processed and how (111 to 123), how long (215),
how people's rights are carried out (223 to 225), what binds the processor (226), transfers (227),
and measures. Every gauge, evaluation and validation is left to the controller, whose assessment it
is.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

from bailee.clock import write_time
from bailee.privacy.annex import elements, nature, people, purposes, retention, subprocessors
from bailee.privacy.live import Live
from bailee.privacy.measure import measures
from bailee.privacy.paper import BLANK, LIVE, Line, Paper, Section
from bailee.privacy.processing import recipients, transfers

PIA = "pia"
QUESTIONS = {
    111: "Which processing is it?",
    112: "Who is responsible for what?",
    113: "Which standards apply?",
    121: "Which data is processed?",
    122: "How does the data live, from taking in to destruction?",
    123: "On what does it stand?",
    215: "How long is it stored?",
    223: "How do people get access and portability?",
    224: "How is it corrected and erased?",
    225: "How is it restricted, and objected to?",
    226: "What binds the processor?",
    227: "What protects transfers outside of the Union?",
}
"""Numbers of the program's own questions that a processor can answer; the words are ours."""
RIGHTS = {
    223: ("reveal", "list"),
    224: ("update", "erase"),
    225: ("erase",),
}
"""Question -> the verbs by which we carry such a request out, on the controller's instruction."""


def assessment(live: Live) -> Paper:
    """Return the same answers as a paper for people."""
    return Paper(
        PIA,
        f"Facts for an impact assessment of {live.name}",
        "Filled by the processor as far as it knows. Judging is left to the controller.",
        (
            *(
                Section(f"{number}. {asked}", tuple(_answers(live, number)))
                for number, asked in QUESTIONS.items()
            ),
            measures(live),
        ),
    )


def pia_file(live: Live) -> Mapping[str, Any]:
    """Return the file that the program reads; nothing in it is judged or validated."""
    made = write_time(live.now)
    answers = [
        {
            "id": at,
            "pia_id": 1,
            "reference_to": number,
            "data": {"text": _text(_answers(live, number)), "gauge": None, "list": []},
            "created_at": made,
            "updated_at": made,
        }
        for at, number in enumerate(QUESTIONS, start=1)
    ]
    return {
        "pia": {
            "id": 1,
            "name": f"Processing for {live.name}",
            "author_name": "",
            "evaluator_name": "",
            "validator_name": "",
            "status": 0,
            "created_at": made,
            "updated_at": made,
        },
        "answers": answers,
        "measures": [
            {"id": at, "pia_id": 1, "title": one.what, "content": _text([one]), "placeholder": ""}
            for at, one in enumerate(
                (line for line in measures(live).lines if line.source != BLANK), start=1
            )
        ],
        "evaluations": [],
        "comments": [],
    }


def _answers(live: Live, number: int) -> Iterable[Line]:
    if number in RIGHTS:
        return _rights(live, RIGHTS[number])
    agreement = live.agreement
    known: dict[int, Iterable[Line]] = {
        111: (*nature(live), *purposes(live)),
        112: (
            Line("Controller", live.name, LIVE, "the register of controllers"),
            live.line("importer.name"),
            *subprocessors(live).lines,
        ),
        113: (Line("Agreement", agreement.terms.title, "agreement", agreement.version_id[:12]),),
        121: (*people(live), *elements(live)),
        122: (*nature(live), *recipients(live), *retention(live)),
        123: tuple(Line("Keys", one, LIVE, "the root key's place") for one in live.keys_at),
        215: tuple(retention(live)),
        226: tuple(
            Line(one.id, one.summary, "agreement", one.id)
            for one in agreement.obligations
            if one.kind not in ("no-duty", "right")
        ),
        227: tuple(transfers(live)),
    }
    return known[number]


def _rights(live: Live, verbs: tuple[str, ...]) -> Iterable[Line]:
    for verb in verbs:
        granted = ", ".join(live.verbs.get(verb, ()))
        says = f"by '{verb}', granted for {granted}" if granted else f"by '{verb}'; nobody holds it"
        yield Line("On the controller's instruction", says, LIVE, "grants in force")


def _text(lines: Iterable[Line]) -> str:
    """Return lines as the program's rich text: each escaped, none of it markup of anybody's."""
    return "".join(
        f"<p>{html.escape(f'{one.what}: {one.says}')}</p>" for one in lines if one.source != BLANK
    )
