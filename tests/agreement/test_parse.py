"""The compiler: paths, labels, titles, texts and hashes."""

from __future__ import annotations

import hashlib
import re
import textwrap
from pathlib import Path

import pytest

from bailee.agreement.clause import Contract
from bailee.agreement.parse import compile_text
from bailee.errors import Invalid, Oversized

SEED = "001_45869c0767c05bd6.txt"
OWN = Path(__file__).parents[1] / "vectors" / "agreements"

# Counted by hand from the printed text: section -> number of its decimal clauses.
DECIMALS = {"1": 11, "2": 10, "3": 3, "4": 5, "5": 3, "7": 3, "9": 3, "10": 2, "11": 5}


@pytest.fixture(scope="module")
def seed() -> str:
    """Return the real agreement's text."""
    for folder in Path(__file__).parents:
        path = folder / "shared" / "seeds" / SEED
        if path.exists():
            return path.read_text("utf-8")
    pytest.skip("the real agreement is not beside this checkout")


@pytest.fixture(scope="module")
def real(seed: str) -> Contract:
    """Return the real agreement, compiled."""
    return compile_text(seed.encode())


def paths(contract: Contract) -> list[str]:
    """Return all paths in order."""
    return [clause.path for clause in contract.clauses]


def compiled(text: str) -> Contract:
    """Compile a text written with indentation."""
    return compile_text(textwrap.dedent(text).encode())


def wrapped(text: str, width: int) -> str:
    """Break long lines, keeping each line's indentation."""
    out: list[str] = []
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        out += textwrap.wrap(
            line.strip(),
            width,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return "\n".join(out)


def test_real_sections(real: Contract) -> None:
    """The real text has eleven sections with their decimals, a preamble and one appendix."""
    tops = [c.path for c in real.clauses if c.parent is None]
    assert tops == ["0", *[str(n) for n in range(1, 12)], "A"]
    for number in map(str, range(1, 12)):
        decimals = [c.path for c in real.children(number) if c.kind == "section"]
        assert decimals == [f"{number}.{n + 1}" for n in range(DECIMALS.get(number, 0))]


@pytest.mark.parametrize(
    ("parent", "children"),
    [
        ("2.5", ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"]),
        ("2.8", ["(1)", "(2)", "(3)"]),
        ("3.3", ["(1)", "(2)", "(3)"]),
        ("5.1", ["(i)", "(ii)"]),
        ("5.1(i)(A)(1)", ["(a)", "(b)"]),
        ("6", ["(i)", "(ii)"]),
        ("7.2", ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"]),
        ("7.2(3)", ["(i)", "(ii)", "(iii)"]),
        ("7.2(3)(ii)", ["(a)", "(b)", "(c)"]),
        ("7.2(5)", ["(i)", "(ii)", "(iii)", "(iv)"]),
        ("7.3", ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"]),
        (
            "7.3(3)",
            [
                *["(1)", "(2)", "(3)", "(4)", "(5)", "[annex-i-part-a]", "[annex-i-part-b]"],
                *["[annex-i-part-c]", "[annex-ii]"],
            ],
        ),
        ("7.3(5)", ["(i)", "(ii)", "(iii)"]),
        ("7.3(5)(i)", ["(a)", "(b)", "(c)"]),
        ("9.1", ["(i)", "(ii)", "(iii)", "(iv)"]),
        ("9.2", ["(a)", "(b)", "(c)", "(d)", "(e)"]),
        ("9.3", ["(i)", "(ii)"]),
        ("10.2", []),
        ("A", [".1", ".2", ".3", ".4", ".5", ".6"]),
        ("A.1", ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"]),
        ("A.5", ["(1)", "(2)", "(3)"]),
    ],
)
def test_real_lists(real: Contract, parent: str, children: list[str]) -> None:
    """Lists of the real text, on lines of their own or not, have the printed members."""
    assert [c.path for c in real.children(parent)] == [parent + child for child in children]


def test_real_title_apart_from_text(real: Contract, seed: str) -> None:
    """A heading in the line of its clause is the title; the text is what follows, exactly."""
    line = seed.split("\n")[74]
    clause = real.clause("3.2")
    assert clause is not None
    assert (clause.label, clause.title, clause.line) == ("3.2", "HTTP requests", 75)
    assert clause.text == line.partition("requests.")[2].strip()
    assert clause.text_sha256 == hashlib.sha256(clause.text.encode()).hexdigest()


def test_real_text_without_children(real: Contract) -> None:
    """A sentence after an inline list belongs to the clause, the list's members do not."""
    clause, member = real.clause("9.1"), real.clause("9.1(iv)")
    assert clause is not None
    assert member is not None
    assert "immediately notify" in clause.text
    assert "SPOC" not in clause.text
    assert member.text.startswith("confirm the name")
    assert member.text.endswith("below.")


def test_real_definitions(real: Contract) -> None:
    """The terms the real text defines are found, with the clause where some alone hold."""
    found = {d.term: (d.path, d.scope) for d in real.definitions}
    assert found["Service Provider"] == ("0", None)
    assert found["UK SCCs"] == ("1.11(ii)", None)
    assert found["Privacy and Security Coordinator"] == ("10.1", None)
    assert found["Processor"] == ("7.3(1)", "7.3")
    assert found["commercial purpose"] == ("7.2(1)", "7.2")
    assert "Personal Data" not in found
    assert len({d.term for d in real.definitions}) == 35


def test_real_references(real: Contract) -> None:
    """References inside the real text resolve; those into laws and the SCCs are external."""
    inside = {(r.path, r.says): r.target for r in real.references if r.target}
    assert inside == {
        ("2.10", "Appendix A"): "A",
        ("5.2", "Section 9"): "9",
        ("7.2(1)", "section 7.2"): "7.2",
        ("7.3(1)", "Section 7.3"): "7.3",
        ("7.3(3)[annex-i-part-b]", "Appendix A"): "A",
        ("7.3(3)[annex-i-part-b]", "section 6"): "6",
    }
    outside = {r.says for r in real.references if r.external}
    assert {"Clause 9", "Clause 13(a)", "Annex I", "Article 27", "Chapter III"} <= outside


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(lambda t: t.replace("\n", "\r\n").encode(), id="crlf"),
        pytest.param(lambda t: b"\xef\xbb\xbf" + t.encode(), id="bom"),
        pytest.param(lambda t: t.encode("utf-16"), id="utf-16"),
        pytest.param(lambda t: t.encode("cp1252"), id="windows-1252"),
    ],
)
def test_encodings_give_the_same_contract(real: Contract, seed: str, copy: object) -> None:
    """Line endings, byte-order mark and encoding change no path and no hash."""
    assert callable(copy)
    assert compile_text(copy(seed)).clauses == real.clauses


@pytest.mark.parametrize("width", [60, 80, 100])
def test_hard_wrapping_keeps_paths(real: Contract, seed: str, width: int) -> None:
    """The same text broken into short lines has the same clauses."""
    assert paths(compile_text(wrapped(seed, width).encode())) == paths(real)


def test_lost_indentation_keeps_paths(real: Contract, seed: str) -> None:
    """The same text without any indentation has the same clauses."""
    flat = "\n".join(line.strip() for line in seed.split("\n"))
    assert paths(compile_text(flat.encode())) == paths(real)


def test_page_furniture_is_no_text(real: Contract, seed: str) -> None:
    """Running heads and page numbers between the paragraphs change no clause's text."""
    lines: list[str] = []
    for number, line in enumerate(seed.split("\n")):
        lines.append(line)
        if number % 40 == 39 and not line:
            lines += ["Care Terms, final", f"Page {number // 40} of 7", ""]
    paged = compile_text("\n".join(lines).encode())
    assert [(c.path, c.text_sha256) for c in paged.clauses] == [
        (c.path, c.text_sha256) for c in real.clauses
    ]


@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("authorized user", "2.5(3)"),
        ("mutually-agreed", "4.4"),
        ("cc\u2019ing", "6(ii)"),
        ("docking", "7.3(3)(1)"),
        ("continuous", "7.3(3)[annex-i-part-b]"),
        ("nationalities", "9.1(iii)"),
        ("clickstream", "A.6(7)"),
        ("supersedes", "0"),
    ],
)
def test_a_changed_word_changes_one_hash(real: Contract, seed: str, word: str, path: str) -> None:
    """Another word in one clause breaks the hash of that clause and of no other."""
    assert seed.count(word) == 1
    changed = compile_text(seed.replace(word, "zzz").encode())
    differing = [
        a.path
        for a, b in zip(real.clauses, changed.clauses, strict=True)
        if a.text_sha256 != b.text_sha256
    ]
    assert differing == [path]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "own-clean-us-articles.txt",
            (
                "0 1 1.01 1.02 2 2.01 2.02 2.02(a) 2.02(b) 2.02(c) 2.03 2.03(i) 2.03(ii)"
                " 3 3.01 3.02 3.03 3.03(a) 3.03(b) 3.03(c) 4 4.01 4.02 4.03"
            ),
        ),
        (
            "own-clean-crlf-letters.txt",
            (
                "0 A A(1) A(2) A(3) B B(1) B(2) B(2)(a) B(2)(b) B(2)(c) B(3) C C(1) C(2)"
                " D D(1) D(2) E E(1) E(2) exhibit-a exhibit-a(1) exhibit-a(2)"
                " exhibit-a(3)"
            ),
        ),
        (
            "own-clean-paragraph-signs.txt",
            (
                "0 1 2 2(1) 2(2) 3 3(1) 3(1)(a) 3(1)(b) 3(1)(c) 3(1)(d) 3(2) 4 4(1) 4(2)"
                " 4(3) 5 6 6(1) 6(2) annex-i annex-ii annex-ii.1 annex-ii.2 annex-ii.3"
                " annex-ii.4 annex-iii annex-iii.1 annex-iii.2"
            ),
        ),
        (
            "own-clean-markdown.txt",
            (
                "0 1 1(1) 1(2) 1(3) 2 2.1 2.2 3 3(1) 3(2) 3(3) 3(4) 4 4(1) 4(2) 4(3) 5 6"
                " 7 annex-1 annex-2 annex-2(1) annex-2(2) annex-2(3) annex-2(4) annex-3"
            ),
        ),
        (
            "own-clean-run-in.txt",
            "0 1 2 2(a) 2(b) 2(c) 2(d) 2(e) 2(f) 2(g) 3 3(i) 3(ii) 4 4.1 4.2 4.3 5",
        ),
        (
            "own-clean-uk-schedules.txt",
            (
                "0 (1) (2) [agreed-terms] 1 1.1 1.2 1.3 2 2.1 2.2 2.2(a) 2.2(b) 2.2(c)"
                " 2.3 3 3.1 3.2 3.2(a) 3.2(b) 3.3 3.3(a) 3.3(a)(i) 3.3(a)(ii) 3.3(b)"
                " 3.3(c) 4 4.1 4.2 5 5.1 5.2 6 6.1 7 7.1 8 8.1 8.2 8.3 schedule-1"
                " schedule-1.1 schedule-1.2 schedule-1.3 schedule-1.4 schedule-1.5"
                " schedule-1.6 schedule-2 schedule-2.1 schedule-2.2 schedule-2.3"
                " schedule-2.4"
            ),
        ),
    ],
)
def test_styles_of_numbering(name: str, expected: str) -> None:
    """Contracts of six styles are cut where their authors cut them."""
    assert paths(compile_text((OWN / name).read_bytes())) == expected.split()


def test_wrapped_line_that_begins_like_a_label() -> None:
    """A number or letter at the start of a wrapped line is text."""
    contract = compiled(
        """\
        1. Duties
        1.1 The holder shall follow the rules that stand in section
        2.4 of the handbook, in the version of
        3. May and in the notes under
        (b) of the same page, within
        30. The end.
        1.2 The holder shall stop.
        """
    )
    assert paths(contract) == ["0", "1", "1.1", "1.2"]


def test_roman_after_letters() -> None:
    """(i) after (h) is a letter when (j) follows and begins romans when (ii) follows."""
    letters = "".join(f"({c}) point {c};\n" for c in "abcdefghij")
    assert paths(compile_text(f"1. List\n{letters}".encode()))[-2:] == ["1(i)", "1(j)"]
    romans = "(a) first:\n(i) one;\n(ii) two;\n(b) second.\n"
    expected = ["1(a)", "1(a)(i)", "1(a)(ii)", "1(b)"]
    assert paths(compile_text(f"1. List\n{romans}".encode()))[2:] == expected


def test_chained_labels() -> None:
    """Labels printed one after another open one level each."""
    contract = compile_text(b"1. Rules\n\n(A)(1)(a) The first.\n\n(b) The second.\n")
    assert paths(contract) == ["0", "1", "1(A)", "1(A)(1)", "1(A)(1)(a)", "1(A)(1)(b)"]


def test_taken_path_is_made_unique() -> None:
    """Two clauses of one number have two paths."""
    contract = compile_text(b"1. Alpha\n\nText one.\n\n2. Beta\n\nText two.\n\n2. Gamma\n\nText.\n")
    assert paths(contract) == ["0", "1", "2", "2~2"]


def test_numbers_that_are_no_members() -> None:
    """Citations, numbers in words and plurals in brackets open no list."""
    text = (
        b"1. The holder shall within one (1) year, under Article 46(2)(c) or (d), name the type(s)"
        b" of service(s), see paragraphs (a) and (b) of the notice.\n"
    )
    assert paths(compile_text(text)) == ["0", "1"]


@pytest.mark.parametrize(
    ("data", "code", "kind"),
    [
        (b"Nothing here bears a number.", "contract.no_clauses", Invalid),
        (b"", "contract.no_clauses", Invalid),
        (b"1. One\x00two", "contract.encoding", Invalid),
        (b"1. caf\xc3\xa9 and caf\xe9", "contract.encoding", Invalid),
        (b"1. \x81\x8d", "contract.encoding", Invalid),
        (b"\xff\xfe1", "contract.encoding", Invalid),
        (b"1. " + b"x" * (2 * 1024 * 1024), "contract.too_large", Oversized),
        (b"1. Top\n\n" + b"- x\n" * 25_000, "contract.too_many_clauses", Oversized),
    ],
)
def test_refusals(data: bytes, code: str, kind: type[Invalid]) -> None:
    """What is no text, no contract, or too much is refused with its code."""
    with pytest.raises(kind) as refused:
        compile_text(data)
    assert refused.value.code == code


def test_title_and_date(real: Contract) -> None:
    """Title and date come from the opening lines."""
    assert re.fullmatch(r"Information Security .* Addendum", real.title)
    assert real.date == "October 11, 2022"
    assert compile_text((OWN / "own-clean-markdown.txt").read_bytes()).date == "2024-09-01"
