"""No public word about an incident without each controller's approval of exactly it (C9, A31)."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bailee.cli import app
from bailee.db import HOUSE
from tests.journeys import trust_stage as stage
from tests.journeys.world import ACME, GLOBEX, World, code_of, founded

ENGINES = ("sqlite", "postgresql")
TEXT = "On 3 May a disk failed.\nNo data of anybody was read."
SHA = hashlib.sha256(TEXT.encode()).hexdigest()
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "template": "{{ 70707 * 70707 }}{% raw %}",
    "entity": "&lt;script&gt; &#x3c;b&#x3e;",
    "comment": "--><!-- ]]>",
}
REFUSED = {
    "javascript": "Read javascript:alert(1)",
    "data": "See data:text/html;base64,PHNjcmlwdD4=",
    "bidi override": "Frankfurt \u202ednalreztiwS",
    "bidi isolate": "Frankfurt \u2066dnal\u2069",
    "zero width": "Frank\u200bfurt",
    "soft hyphen": "Frank\u00adfurt",
    "byte order mark": "\ufeffFrankfurt",
    "control": "Frank\u0007furt",
    "new line in a line": "Frank\nfurt",
    "homograph": "\u0420ayments Ltd",
    "full width": "\uff30\uff23\uff29 works",
    "piled marks": "F" + "\u0301" * 9 + "rankfurt",
    "blank": " ",
}


@pytest.fixture(scope="module", params=ENGINES)
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return a deployment whose page esra keeps."""
    with founded(request.param, tmp_path_factory.mktemp("said") / "home", request) as world:
        stage.staffed(world)
        yield world


def draft(house: World, *concerns: str, text: str = TEXT) -> str:
    """Draft a statement; return its id."""
    made = house.line("esra").draft_statement(
        text, concerns=list(concerns or (ACME, GLOBEX)), until=stage.day(house, 60)
    )
    return made.statement


def texts(house: World) -> list[str]:
    """Return the statements on the page."""
    return [one["text"] for one in stage.said(house)["statements"]]


def test_said_when_all_approved_and_gone_when_one_takes_it_back(
    house: World, tmp_path: Path
) -> None:
    """Missing approvals are counted, not named; the last one opens, and any closes again."""
    esra, clara, greta = (house.line(who) for who in ("esra", "clara", "greta"))
    made = draft(house)
    for missing in (2, 1):
        with pytest.raises(Exception, match=rf"missing: {missing}\.") as caught:
            esra.publish_statement(made)
        assert not [name for name in (ACME, GLOBEX) if name in str(caught.value)]
        if missing == 2:
            clara.approve_statement(ACME, made, SHA)
    greta.approve_statement(GLOBEX, made, SHA)
    assert texts(house) == []
    esra.publish_statement(made)
    assert texts(house) == [TEXT]
    page = house.line().trust_page().decode()
    assert not [name for name in ("acme", "globex", "Acme", "Globex") if name in page]

    entry = house.last(tmp_path, GLOBEX)
    assert entry["action"] == "assurance:statement:approved"
    assert entry["detail"] == {"statement": made, "text_sha256": SHA}
    assert entry["opening"]["actor"]["principal_id"] == house.ids["greta"]

    greta.disapprove_statement(GLOBEX, made)
    assert TEXT not in house.line().trust_page().decode()
    assert texts(house) == []
    assert code_of(lambda: esra.publish_statement(made)) == "statement.unapproved"
    greta.approve_statement(GLOBEX, made, SHA)
    esra.publish_statement(made)
    esra.withdraw_statement(made)
    assert texts(house) == []
    assert code_of(lambda: esra.publish_statement(made)) == "lifecycle.event"
    assert code_of(lambda: clara.approve_statement(ACME, made, SHA)) == "lifecycle.event"


def test_who_may_approve(house: World) -> None:
    """Only the named representative of a controller concerned, exactly that text, once."""
    made, mine = draft(house), draft(house, ACME)
    clara, greta, bram = (house.line(who) for who in ("clara", "greta", "bram"))
    tries = {
        "statement.other_text": lambda: clara.approve_statement(ACME, made, "0" * 64),
        "trust.representative": lambda: bram.approve_statement(ACME, made, SHA),
        "controller.unknown": lambda: greta.approve_statement(ACME, made, SHA),
        "statement.unknown": lambda: greta.approve_statement(GLOBEX, mine, SHA),
        "statement.not_approved": lambda: clara.disapprove_statement(ACME, made),
    }
    for code, attempt in tries.items():
        assert code_of(attempt) == code
    assert code_of(lambda: house.line("esra").approve_statement(ACME, made, SHA)) == "grant.missing"
    clara.approve_statement(ACME, made, SHA)
    assert code_of(lambda: clara.approve_statement(ACME, made, SHA)) == "statement.approved"
    assert mine not in {one.statement for one in greta.list_statements(GLOBEX).statements}
    shown = {one.statement: one.approved for one in clara.list_statements(ACME).statements}
    assert (shown[made], shown[mine]) == (True, False)


def test_a_statement_concerns_somebody_known(house: World) -> None:
    """Nobody, or somebody unknown, is no circle of controllers concerned."""
    esra = house.line("esra")
    day = stage.day(house, 60)
    for concerns in (["nobody-known"], [ACME, "nobody-known"]):
        attempt = code_of(lambda c=concerns: esra.draft_statement(TEXT, concerns=c, until=day))  # type: ignore[misc]
        assert attempt == "statement.concerns"
    assert code_of(lambda: esra.draft_statement(TEXT, concerns=[], until=day)) == "body.shape"


def test_an_approval_that_vanished_silences_the_page(house: World) -> None:
    """The page asks for approvals itself: one that is gone behind our backs takes the words off."""
    made = draft(house, ACME, text="A second matter, which is over.")
    sha = hashlib.sha256(b"A second matter, which is over.").hexdigest()
    house.line("clara").approve_statement(ACME, made, sha)
    house.line("esra").publish_statement(made)
    assert "A second matter, which is over." in texts(house)
    with house.rows() as conn:
        conn.execute(
            sa.text("UPDATE trust_approval SET text_sha256 = :other WHERE statement_id = :made"),
            {"other": "0" * 64, "made": made},
        )
        conn.exec_driver_sql("UPDATE trust_head SET state = 'stale'")
    assert texts(house) == []


def test_publishing_and_taking_back_at_once(house: World) -> None:
    """Whichever comes first, no page says what is not approved any more."""
    esra, clara = house.line("esra"), house.line("clara")
    for number in range(4):
        text = f"Matter {number} is over."
        made = draft(house, ACME, text=text)
        clara.approve_statement(ACME, made, hashlib.sha256(text.encode()).hexdigest())
        gate = threading.Barrier(2)
        outcomes: dict[str, str] = {}

        def act(name: str, work: Any, gate: threading.Barrier, into: dict[str, str]) -> None:
            gate.wait()
            into[name] = code_of(work)

        works = {
            "publish": lambda m=made: esra.publish_statement(m),
            "back": lambda m=made: clara.disapprove_statement(ACME, m),
        }
        threads = [
            threading.Thread(target=act, args=(name, work, gate, outcomes))
            for name, work in works.items()
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert outcomes["back"] == "done"
        assert outcomes["publish"] in {"done", "statement.unapproved"}
        assert text not in texts(house)


def test_two_who_withdraw_one_paper_at_once(house: World) -> None:
    """Of two withdrawals one is recorded, the other is told that it is withdrawn."""
    esra = house.line("esra")
    paper = esra.attest(stage.paper(house, standard="SOC 1")).attestation
    gate = threading.Barrier(2)
    outcomes: list[str] = []

    def withdraw() -> None:
        gate.wait()
        outcomes.append(code_of(lambda: esra.withdraw_attestation(paper)))

    threads = [threading.Thread(target=withdraw) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["done", "lifecycle.event"]


@pytest.mark.parametrize("what", HOSTILE)
def test_stored_markup_is_words(what: str, house: World) -> None:
    """Markup in any field is shown as it was written and makes no element."""
    esra = house.line("esra")
    text = HOSTILE[what]
    facts = [
        stage.sub_processor(house, esra, name=text, service=text, location=text),
        stage.contact(house, esra, name=text),
        esra.publish_fact("company", name=text, until=stage.day(house, 30)).fact,
    ]
    paper = esra.attest(stage.paper(house, issuer=text, legal_name=text, scope=text))
    page = house.line().trust_page().decode()
    assert stage.said(house)["sub_processors"][-1]["name"] == text
    for tag in ("<script", "<img", "onerror=alert(1)>", "4999479849", "<!--"):
        assert tag not in page
    for one in facts:
        esra.end_fact(one)
    esra.withdraw_attestation(paper.attestation)


@pytest.mark.parametrize("what", REFUSED)
def test_texts_that_lie_are_refused(what: str, house: World) -> None:
    """What nobody sees, what turns, what looks like another, what runs: refused, never repeated."""
    esra = house.line("esra")
    text = REFUSED[what]
    day = stage.day(house, 30)
    tries = (
        lambda: stage.sub_processor(house, esra, location=text),
        lambda: stage.contact(house, esra, name=text),
        lambda: esra.publish_fact("company", name=text, until=day),
        lambda: esra.attest(stage.paper(house, issuer=text)),
        lambda: esra.attest(stage.paper(house, legal_name=text)),
    )
    assert {code_of(one) for one in tries} <= {"trust.text", "body.shape"}
    for mail in ("javascript:alert(1)", "a@b", "p\u0430yments@harborline.example", "a@b.c\u202e"):
        assert code_of(lambda m=mail: stage.contact(house, esra, email=m)) == "trust.email"  # type: ignore[misc]


def test_giant_fields(house: World) -> None:
    """A field past its limit is refused by the door, before anything reads it."""
    esra = house.line("esra")
    day = stage.day(house, 30)
    tries = (
        lambda: stage.sub_processor(house, esra, name="x" * 201),
        lambda: esra.attest(stage.paper(house, scope="x" * 1001)),
        lambda: esra.draft_statement("x" * 4001, concerns=[ACME], until=day),
        lambda: esra.publish_fact("nda", text="x" * 20_001, until=day),
        lambda: house.line().take_report("r" * 65, "c"),
    )
    assert {code_of(one) for one in tries} == {"body.shape"}


def test_from_the_command_line(
    house: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attest, contact, NDA, ask, release, take, statement, approve, export, verify, lint."""
    report, nda, word = tmp_path / "soc.pdf", tmp_path / "nda.txt", tmp_path / "word.txt"
    report.write_bytes(stage.REPORT)
    nda.write_text(stage.NDA)
    word.write_text("A third matter, which is over.\n")
    vkey = tmp_path / "house.vkey"
    vkey.write_text(house.house.parts.ledger.vkey(house.house.newest_log(HOUSE)) + "\n")
    until, begun, ended = (stage.day(house, days) for days in (60, -200, -20))
    house.close()
    run = CliRunner()

    def cli(who: str, *args: str, stdin: str = "") -> Any:
        for name, text in house.environment(who).items():
            monkeypatch.setenv(name, text)
        if not who:
            monkeypatch.delenv("BAILEE_KEY", raising=False)
        return run.invoke(app, list(args), input=stdin)

    def told(who: str, *args: str, stdin: str = "") -> Any:
        done = cli(who, *args, "--json", stdin=stdin)
        assert done.exit_code == 0, done.output + str(done.exception)
        return json.loads(done.stdout[done.stdout.index("{") :])

    paper = told(
        "esra", "trust", "attest", "--document", str(report), "--kind", "type-2",
        "--standard", "SOC 2", "--issuer", "Thistledown Auditors LLP", "--scope", "Security",
        "--legal-name", "Harborline Payments, Inc.", "--period-start", begun,
        "--period-end", ended, "--until", until, "--under-nda",
    )["attestation"]  # fmt: skip
    told("esra", "trust", "nda", str(nda), "--until", until)
    told(
        "esra", "trust", "contact", "security", "--name", "Security desk",
        "--email", "security@harborline.example", "--until", until,
    )  # fmt: skip
    who = ("--name", stage.NAME, "--firm", stage.FIRM, "--email", stage.MAIL)
    asked = told("", "trust", "ask", paper, *who, stdin=f"{stage.NAME}\n")["request"]
    code = told("esra", "trust", "release", asked)["code"]
    taken = cli("", "trust", "take", asked, "--to", str(tmp_path / "soc.age"), stdin=f"{code}\n")
    assert taken.exit_code == 0, taken.output
    assert (tmp_path / "soc.age").read_bytes().startswith(b"age-encryption.org/v1")

    made = told("esra", "trust", "statement", str(word), "--concerns", ACME, "--until", until)
    assert cli("esra", "trust", "publish", made["statement"]).exit_code != 0
    told(
        "clara", "trust", "approve", made["statement"], "-c", ACME,
        "--text-sha256", made["text_sha256"],
    )  # fmt: skip
    told("esra", "trust", "publish", made["statement"])

    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        assert cli("", "trust", "export", str(folder)).exit_code == 0
    names = sorted(one.relative_to(folders[0]) for one in folders[0].rglob("*") if one.is_file())
    assert [str(one) for one in names] == [
        "index.html", "trust/statement.json", "trust/statement.proof",
    ]  # fmt: skip
    for one in names:
        assert (folders[0] / one).read_bytes() == (folders[1] / one).read_bytes()
    page = (folders[0] / "index.html").read_text()
    assert "A third matter, which is over." in page
    assert cli("", "claims", "lint", str(folders[0] / "index.html")).exit_code == 0
    lint = cli("", "claims", "lint", str(folders[0] / "index.html"), "--house", "--json")
    assert json.loads(lint.stdout)["counts"] == {
        "supported": 1, "stale": 0, "unsupported": 0, "wrong": 0,
    }  # fmt: skip

    good = cli("", "trust", "verify", str(folders[0]), "--vkey", str(vkey))
    assert good.exit_code == 0, good.output
    (folders[1] / "index.html").write_text(page.replace("Thistledown", "Brambledown"))
    statement = folders[0] / "trust" / "statement.json"
    assert cli("", "trust", "verify", str(folders[1]), "--vkey", str(vkey)).exit_code != 0
    statement.write_bytes(statement.read_bytes().replace(b"Thistledown", b"Brambledown"))
    assert cli("", "trust", "verify", str(folders[0]), "--vkey", str(vkey)).exit_code != 0
    house.open()
