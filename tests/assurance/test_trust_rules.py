"""The rules behind the trust page, without a house: sentences, papers, approvals, words."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bailee.app.control_words import WORDS
from bailee.app.controls import CONTROLS
from bailee.assurance import lint
from bailee.assurance.attestation import Attestation, check_attestation, title
from bailee.assurance.commitment import Looked, Words, commitments
from bailee.assurance.fact import PublicFact, check_fact
from bailee.assurance.report_request import Visitor, check_visitor, signature
from bailee.assurance.statement import Approval, Statement, check_approved, missing
from bailee.assurance.trust import Register, compose
from bailee.assurance.trust_page import policy, render
from bailee.assurance.wording import check_line, check_mail, check_text, same_name
from bailee.errors import Invalid, Refused

NOW = "2026-11-29T12:00:00.000Z"
TODAY = date(2026, 11, 29)
SPOKEN = {"erasure": Words("Erased data cannot be read.", "tries it")}
GOOD = Looked(frozenset({"enforced"}), "2026-11-29T03:00:00.000Z", "2026-11-30T04:00:00.000Z", "e1")
PAPER = Attestation(
    attestation_id="a1", kind="type-2", standard="soc", version="2", issuer="Auditors LLP",
    legal_name="Harborline", period_start="2026-01-01", period_end="2026-10-31", scope="Security",
    until="2027-10-31", document_sha256="0" * 64, recorded=NOW, recorded_by="p1", entry_id="e1",
)  # fmt: skip


def spoken(*looked: Looked) -> list[str]:
    """Return the states that are said of controllers' looks."""
    return [one.state for one in commitments([{"erasure": one} for one in looked], SPOKEN, NOW)]


@pytest.mark.parametrize(
    "state", ["failing", "overdue", "unresolved", "uncovered", "due", "asserted"]
)
def test_one_bad_state_silences_a_sentence(state: str) -> None:
    """A duty of one controller in any other state than the two good ones takes the sentence off."""
    bad = replace(GOOD, states=frozenset({"enforced", state}))
    assert spoken(GOOD) == ["enforced"]
    assert spoken(GOOD, bad) == []


def test_who_has_no_duty_is_not_asked_and_nobody_is_no_proof() -> None:
    """A controller without the duty changes nothing; without any controller nothing is said."""
    assert [one.control for one in commitments([{}, {"erasure": GOOD}], SPOKEN, NOW)] == ["erasure"]
    assert commitments([], SPOKEN, NOW) == ()
    assert commitments([{}], SPOKEN, NOW) == ()
    assert commitments([{"without-words": GOOD}], SPOKEN, NOW) == ()


def test_a_sentence_carries_its_oldest_look() -> None:
    """The day is the oldest look's, the end the first that ends, the proof of all entries."""
    older = Looked(
        frozenset({"operating"}), "2026-11-28T15:00:00.000Z", "2026-11-29T16:00:00.000Z", "e0"
    )
    (said,) = commitments([{"erasure": GOOD}, {"erasure": older}], SPOKEN, NOW)
    assert (said.state, said.seen, said.until) == ("operating", "2026-11-28", older.until)
    assert said.observations_sha256 == hashlib.sha256(b'["e0","e1"]').hexdigest()
    assert spoken(GOOD, replace(older, until=NOW)) == []
    assert spoken(replace(GOOD, entry_id="")) == []


def test_words_are_of_controls_and_claim_nothing_else() -> None:
    """Every sentence is of a control that is there, and names nothing that takes a paper."""
    assert set(WORDS) <= set(CONTROLS)
    for one in WORDS.values():
        text = f"{one.says} A program {one.tries}.".encode()
        assert lint(text, TODAY, evidence=b"[]").claims == ()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "diploma"}, "attestation.kind"),
        ({"standard": ""}, "attestation.kind"),
        ({"period_end": "", "issued": ""}, "attestation.days"),
        ({"period_end": "2026-12-31"}, "attestation.days"),
        ({"period_start": "2026-11-01", "period_end": "2026-10-31"}, "attestation.days"),
        ({"until": "2026-11-28"}, "attestation.days"),
        ({"until": "2028-02-01"}, "attestation.days"),
        ({"until": "2026-02-30"}, "trust.day"),
        ({"document_sha256": "0" * 63}, "trust.sha256"),
        ({"issuer": "Audi\u202etors"}, "trust.text"),
    ],
)
def test_papers_that_are_refused(changed: dict[str, Any], code: str) -> None:
    """A paper says what it is, for when, and speaks no longer than such papers do (15 months)."""
    check_attestation(PAPER, TODAY)
    with pytest.raises(Invalid) as caught:
        check_attestation(replace(PAPER, **changed), TODAY)
    assert caught.value.code == code


def test_titles() -> None:
    """Papers are called as their standards are written."""
    iso = replace(PAPER, kind="certificate", standard="iso-27001", version="2022")
    test = replace(PAPER, kind="penetration-test", standard="", version="")
    assert title(PAPER) == "SOC 2, Type II report"
    assert title(iso) == "ISO/IEC 27001:2022, certificate"
    assert title(test) == "Penetration test"


def test_an_approval_is_of_one_text_of_one_controller() -> None:
    """Only a living approval of exactly the text, by each concerned, counts (C9)."""
    said = Statement(
        statement_id="s1", text="Over.", text_sha256="1" * 64, concerns=("acme", "globex"),
        until="2027-01-01", drafted=NOW, drafted_by="p1",
    )  # fmt: skip
    acme = Approval(
        controller="acme", approval_id="a", statement_id="s1", text_sha256="1" * 64, given=NOW,
        given_by="c",
    )  # fmt: skip
    globex = replace(acme, controller="globex", approval_id="b")
    assert missing(said, [acme, globex]) == 0
    for wrong in (
        replace(globex, text_sha256="2" * 64),
        replace(globex, state="withdrawn"),
        replace(globex, statement_id="s2"),
        replace(globex, controller="acme"),
    ):
        assert missing(said, [acme, wrong]) == 1
        with pytest.raises(Refused) as caught:
            check_approved(said, [acme, wrong])
        assert "globex" not in str(caught.value)


def test_a_page_of_nothing_says_nothing() -> None:
    """An empty register makes a page that claims nothing and lints clean."""
    said = compose(Register((), (), (), (), (), "log.example"), NOW)
    html = render({**said.content, "generated": NOW, "until": said.until})
    assert said.until == "2026-11-29T23:59:59.999Z"
    assert lint(html.encode(), TODAY, evidence=b"[]").claims == ()


def test_the_way_to_a_report_is_our_own_address() -> None:
    """With a public address the page links to its form; without one it links nowhere else."""
    for ask, links in (("https://trust.example/trust/ask", 1), ("", 0)):
        register = Register((replace(PAPER, held=True),), (), (), (), (), "log.example", ask)
        said = compose(register, NOW)
        html = render({**said.content, "generated": NOW, "until": said.until})
        assert html.count('href="https://trust.example/trust/ask"') == links
        assert html.count("https://") == links
        assert "a1" in html


def test_the_style_is_the_one_that_the_policy_allows() -> None:
    """CSP 3: the digest in the policy is that of the style in the page, computed by hand."""
    said = compose(Register((), (), (), (), (), "log.example"), NOW)
    html = render({**said.content, "generated": NOW, "until": said.until})
    style = html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy()
    assert "unsafe" not in policy()


def test_facts_have_their_members_and_an_end() -> None:
    """A fact has exactly the members of its kind and ends within a year."""
    fact = PublicFact(
        fact_id="", kind="company", body={"name": "Harborline"}, until="2027-05-31", recorded="",
        recorded_by="",
    )  # fmt: skip
    check_fact(fact, TODAY)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"body": {"name": "Harborline", "email": "a@b.example"}}, "fact.members"),
        ({"body": {}}, "fact.members"),
        ({"kind": "boast"}, "fact.members"),
        ({"until": "2026-11-28"}, "fact.until"),
        ({"until": "2027-12-31"}, "fact.until"),
    ]
    for changed, code in wrong:
        with pytest.raises(Invalid) as caught:
            check_fact(replace(fact, **changed), TODAY)
        assert caught.value.code == code


def test_names_and_addresses_of_people_are_let_through() -> None:
    """Names in any one alphabet, with their accents, are words; addresses are plain."""
    for name in ("Zoë Nuñez-O'Brien", "Дмитрий Иванов", "山田太郎", "Μαρία", "محمد"):
        assert check_line("name", name) == name
    assert check_text("text", "One line.\nAnother.") == "One line.\nAnother."
    assert check_mail("a.b+c@sub.example.org") == "a.b+c@sub.example.org"
    assert same_name("Ada  LOVELACE", "ada lovelace")
    assert not same_name("Ada Lovelace", "Ada")


def test_a_signature_depends_on_every_word() -> None:
    """Another name, firm, address, text, time or salt is another signature."""
    ada = Visitor("Ada L", "Firm", "a@b.example", "Ada L")
    check_visitor(ada, accepts=True)
    one = signature(ada, "0" * 64, NOW, b"salt")
    others = [
        signature(replace(ada, firm="Other"), "0" * 64, NOW, b"salt"),
        signature(ada, "1" * 64, NOW, b"salt"),
        signature(ada, "0" * 64, NOW[:-1], b"salt"),
        signature(ada, "0" * 64, NOW, b"tlas"),
    ]
    assert one not in others
    with pytest.raises(Invalid):
        check_visitor(ada, accepts=False)
