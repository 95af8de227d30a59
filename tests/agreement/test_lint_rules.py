"""Each rule on a few words: what it speaks of, and what it leaves alone."""

from __future__ import annotations

import pytest

from bailee.agreement.lint import lint
from bailee.agreement.parse import compile_text

TOP = (
    '1. Words\n\n1.1 "Data" means the records. "Keeper" means the party that has them.\n\n'
    "1.2 The Keeper has the Data.\n\n2. Duties\n\n"
)


def rules(body: str) -> list[str]:
    """Return the rules that speak of a clause body, put under a heading."""
    found = lint(compile_text((TOP + "2.1 " + body).encode()))
    return sorted(f.rule for f in found)


@pytest.mark.parametrize(
    "body",
    [
        "The Keeper shall tell the owner forthwith.",
        "The Keeper must, without delay, lock the door.",
        "The Keeper will answer within a reasonable period of time.",
        "The Keeper shall act as soon as is practicable.",
        "The Keeper agrees to inform the owner in a timely manner.",
        "The Keeper shall review the list on a periodic basis.",
        "Immediately after the loss, the Keeper shall write to the owner.",
    ],
)
def test_vague_time(body: str) -> None:
    """A duty with a time but no number is vague."""
    assert rules(body) == ["vague-time"]


@pytest.mark.parametrize(
    "body",
    [
        "The Keeper shall tell the owner promptly, and in any event within 72 hours.",
        "The Keeper shall tell the owner promptly but no later than the next business day.",
        "The Keeper shall regularly, at least once a month, count the Data.",
        "The owner may immediately end this contract.",
        "The owner is entitled to immediate entry and may enter immediately.",
        "The day immediately preceding the loss shall count.",
        "This contract shall terminate immediately.",
        "The Keeper shall follow the rules in the clause immediately above.",
        "The Keeper shall: (a) within 48 hours, promptly write; and (b) answer in two days.",
    ],
)
def test_time_with_a_number_or_no_duty(body: str) -> None:
    """A number in the sentence settles a vague word; a right and a place have no time to miss."""
    assert rules(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "The Keeper follows Article 28 of the GDPR and Article 32 GDPR.",
        "The Keeper follows 16 CFR 314.4 and 45 C.F.R. § 164.308(a)(1).",
        "The Keeper follows Cal. Civ. Code §§ 1798.100 et seq. and Section 1798.140.",
        "The Keeper follows section 32 of the Data Protection Act 2018 and Schedule 1 to that Act.",
        "Under the Standard Contractual Clauses, Clause 7 applies and in Clause 9 option two.",
        "Annex I of the EU SCCs and Clause 13(a) of the EU SCCs are not used.",
        "Section 4.2 of the Master Purchase Agreement and Exhibit C to the Lease Agreement apply.",
        "The Keeper follows Section 1.1, this Section 2.1 and clauses 1 and 2 above.",
        "The Keeper is certified under ISO/IEC 27001:2022 Annex A.",
    ],
)
def test_references_that_lead_somewhere(body: str) -> None:
    """References inside that resolve, and references into other texts, give nothing."""
    assert rules(body) == []


@pytest.mark.parametrize(
    ("body", "times"),
    [
        ("The Keeper follows Section 7.", 1),
        ("The Keeper follows clause 2.1(c) and paragraph (d) below.", 2),
        ("The Keeper follows Sections 1.1, 1.4 and 1.9.", 2),
        ("The Keeper follows Appendix B and Schedule 3 hereto.", 2),
        ("The Keeper follows § 12 of this agreement.", 1),
        ("The Keeper follows Article 3 of this agreement.", 1),
    ],
)
def test_references_that_lead_nowhere(body: str, times: int) -> None:
    """A place that the contract does not have is told for each mention."""
    assert rules(body) == ["dangling-reference"] * times


@pytest.mark.parametrize(
    "body",
    [
        "The Keeper shall meet the Federal Trade Commission and the Attorney General of Ohio.",
        "The Keeper shall obey the Sarbanes-Oxley Act and the General Data Protection Regulation.",
        "The Keeper shall name a Chief Information Security Officer and a Head of Legal.",
        "The Keeper shall use Amazon Web Services, Inc. and Microsoft Azure in Frankfurt.",
        "The Keeper shall hold a SOC 2 Type II report under SSAE 18 and a PCI DSS certificate.",
        "On Monday the Keeper shall write to the European Commission in English.",
        "The Keeper shall tell the Danish Data Protection Agency. Nobody else is told.",
        "The Parties agree that each Party shall sign the Annexes.",
    ],
)
def test_names_are_no_terms(body: str) -> None:
    """Statutes, bodies, companies, standards, offices, days and places need no definition."""
    assert rules(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "The Keeper shall guard Personal Information.",
        "The Keeper shall tell each Affiliate.",
        "The Keeper shall keep the Retained Materials in a safe.",
        "The Keeper shall send the owner every Incident Report.",
        "The Keeper shall ask the Custodians. No Custodian shall refuse.",
    ],
)
def test_undefined_term(body: str) -> None:
    """A capitalised term that nobody defines is told once."""
    assert rules(body) == ["undefined-term"]


def test_terms_defined_elsewhere_are_defined() -> None:
    """A sentence that takes capitalised terms from another text settles them all."""
    assert (
        rules(
            "Capitalised terms not defined here have the meaning given in the Lease. The Keeper"
            " shall keep Leased Equipment."
        )
        == []
    )


@pytest.mark.parametrize(
    "definition",
    [
        'The Keeper shall feed the cat (the "Pet Animal"). The Pet Animal must be alive.',
        "\u201cPet Animal\u201d shall mean a cat. The Pet Animal must be alive.",
        "\u2018Pet Animal\u2019 has the meaning given in the lease. The Pet Animal must be alive.",
        "**Pet Animal** means a cat. The Pet Animal must be alive.",
        "Pet Animal means a cat. The Pet Animal must be alive.",
        "The terms Pet Animal and Cage have the meanings of the lease. The Pet Animal is fed.",
        "A cat (hereinafter called \u201cPet Animal\u201d) is kept. The Pet Animal lives.",
    ],
)
def test_forms_of_definition(definition: str) -> None:
    """Every usual form of definition defines."""
    assert rules(definition) == []


@pytest.mark.parametrize(
    "body",
    [
        "The Keeper shall pay [amount] a year.",
        "The Keeper shall pay ______ a year.",
        "The Keeper shall pay within XX days.",
        "The Keeper is {{ name }} and pays.",
        "The Keeper shall call TBD each month.",
        "Name: Ada Example\nEmail:\nPhone: 1",
    ],
)
def test_unfilled_blank(body: str) -> None:
    """Every usual sign of a blank is a blank."""
    assert rules(body) == ["unfilled-blank"]


@pytest.mark.parametrize(
    "body",
    [
        "The Keeper shall sign below.\n\nBy: ____________\nName: __________\nTitle: _________\n",
        "The Keeper [sic] shall pay.",
        "[Reserved]",
        "[Intentionally omitted]",
        "Addresses:\n\n- Main Street 1\n- Side Street 2\n",
    ],
)
def test_no_blank(body: str) -> None:
    """Signature lines, remarks in brackets and fields with values are none."""
    assert rules(body) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("The Keeper shall: (a) the lock; and (b) the key.", ["list-without-verb"]),
        (
            "In the event of a loss: (a) the number of records; and (b) the time of the loss.",
            ["list-without-verb"],
        ),
        ("The notice states: (a) the number of records; and (b) the time.", []),
        ("The Keeper shall state (a) the number of records and (b) the time.", []),
        ("The Keeper shall the following: (a) lock; and (b) bolt.", ["list-without-verb"]),
        ("The Keeper, in case of a breach: (a) the time; (b) the place.", ["list-without-verb"]),
        ("The Keeper keeps, in a safe: (a) the list; (b) the book.", []),
        ("The Keeper shall (i) lock, (iii) bolt and (iv) bar the door.", ["broken-enumeration"]),
        ("The Keeper shall (i) lock, (ii) bolt and (ii) bar the door.", ["broken-enumeration"]),
        ("The Keeper shall: (a) lock the door. (b) Bolt it. (c) Bar it.", []),
        ("The Keeper shall (see Section 1.1(a)) lock the door.", ["dangling-reference"]),
    ],
)
def test_lists(body: str, expected: list[str]) -> None:
    """Lists are told when their numbers or their sentence are broken, and only then."""
    assert rules(body) == expected


@pytest.mark.parametrize(
    "ending",
    ["Data kept in the cellar must not", "The Keeper shall lock the", "The Keeper shall tell<"],
)
def test_truncated(ending: str) -> None:
    """A text that ends in mid-sentence is told."""
    assert rules(ending) == ["truncated-clause"]


def test_sentence_that_goes_on_over_the_page() -> None:
    """A paragraph that goes on in small letters after a gap is not cut off."""
    assert rules("The Keeper shall lock the\n\nPage 3 of 9\n\ndoor of the cellar.") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("The Keeper processes Data for the purposes described in the Lease Agreement.", 1),
        ("The purposes of the processing are those contemplated by the contract.", 1),
        ("The Keeper uses the Data for the purpose of printing letters, as Section 1 says.", 0),
        ("For the purposes of this Agreement, days are calendar days. The Keeper uses Data.", 0),
    ],
)
def test_purpose_by_reference(body: str, expected: int) -> None:
    """A purpose that only names a whole contract is told; one that names things is not."""
    assert rules(body) == ["purpose-by-reference"] * expected


def test_amendment_by_agreement_is_no_open_value() -> None:
    """A contract that both must sign to change leaves no value open."""
    assert rules("This contract may be amended by mutual agreement of both sides in writing.") == []
    assert rules("The Keeper shall pay within a mutually agreed time not exceeding 30 days.") == []
