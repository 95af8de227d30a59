"""Finding clauses by number: ``7.3(5)(i)``, ``(b)`` from where one stands, ``Annex I``."""

from __future__ import annotations

import re
from functools import cached_property

from bailee.agreement.clause import Clause, Contract
from bailee.agreement.label import arabic

_PART = re.compile(r"\[[^\]]*\]|[^.()\[\]~]+|~[0-9]+")
_ANNEX = re.compile(
    r"(appendix|annex(?:ure)?|schedule|exhibit|attachment|enclosure|sheet|supplement)\s+"
    r"(?:n[or]\.?\s*)?([0-9]{1,2}|[ivx]{1,5}|[a-z]|one|two|three|four|five|six|seven|eight"
    r"|nine|ten|eleven|twelve)\b",
    re.IGNORECASE,
)
_ANNEX_PART = re.compile(r"-part-([a-z0-9]+)$")
_PART_WORD = re.compile(r"\b(?:Part|PART)\s+([A-Z]|[IVX]{1,5}|[0-9]{1,2}|[A-Z][a-z]{2,5})\b")
_WORDED = re.compile(r"([a-z]+\.?|\u00a7)\s*([0-9].*|(?<=\s)\S.*)$")
_SHORT_WORDS = {"sec.": "section", "\u00a7": "section", "art.": "article"}

Key = tuple[str, ...]


def parts_of(label: str) -> Key:
    """Return the steps of a path or a number: ``7.3(5)(i)`` is ``7``, ``3``, ``5``, ``i``."""
    return tuple(
        part.strip().lower() for part in _PART.findall(label) if part.strip() and part[0] != "~"
    )


class Numbers:
    """Index of a contract's clauses by their numbers. Read only."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._keys: dict[Key, str] = {}
        self._words: dict[tuple[str, str], str] = {}
        self._annexes: dict[tuple[str, str], str] = {}
        self._tails: dict[tuple[str, str], str] = {}
        self._parts: dict[tuple[str, str], str] = {}
        self.labelled: set[str] = set()
        for clause in contract.clauses:
            self._add(clause)

    def _add(self, clause: Clause) -> None:
        key = (*self._annex_prefix(clause), *parts_of(clause.path))
        if clause.kind == "annex":
            key = (f"<{clause.path}>",)
        self._keys.setdefault(key, clause.path)
        if clause.path[:1].isalpha() and clause.path[1:2] == ".":
            self._keys.setdefault(parts_of(clause.path), clause.path)
        if key and clause.label:
            self._tails.setdefault((self.top(clause.path), key[-1]), clause.path)
        worded = _WORDED.match(clause.label.lower().rstrip(".:)"))
        if worded:
            word, number = _SHORT_WORDS.get(worded[1], worded[1]), worded[2]
            self.labelled.add(word)
            self._words.setdefault((word, arabic(number.upper()).lower()), clause.path)
        if found := _ANNEX.search(clause.label if clause.kind == "annex" else clause.title):
            word = found[1].lower().removesuffix("ure")
            symbol = arabic(found[2].upper()).lower()
            self._annexes.setdefault((word, symbol), clause.path)
            if parted := _ANNEX_PART.search(clause.path):
                self._annexes.setdefault((word, f"{symbol}-{parted[1]}"), clause.path)

        self._add_part(clause)

    def _add_part(self, clause: Clause) -> None:
        """Remember what a contract may call a part: ``Part B``, or a heading lettered ``B.``."""
        top = self.annex(clause.path)
        found = _PART_WORD.search(f"{clause.label} {clause.title}")
        letter = clause.label.rstrip(".:)")
        if found:
            self._parts.setdefault((top, arabic(found[1]).lower()), clause.path)
        elif letter.isupper() and letter.isalpha() and len(letter) == 1:
            self._parts.setdefault((top, letter.lower()), clause.path)

    @cached_property
    def counts_in_romans(self) -> bool:
        """Whether the outermost clauses are counted in roman numerals."""
        return sum(c.label.rstrip(".") in {"I", "II", "III"} for c in self._contract.clauses) > 2

    def part(self, label: str, here: str) -> str | None:
        """Return the part meant from a clause: in its annex, in the body, in the only annex."""
        symbol = arabic(re.split(r"[.\-(]", label, maxsplit=1)[0]).lower()
        for top in (self.annex(here), ""):
            if (top, symbol) in self._parts:
                return self._parts[top, symbol]
        elsewhere = [path for (_, part), path in self._parts.items() if part == symbol]
        return elsewhere[0] if elsewhere else None

    def has_parts_like(self, label: str) -> bool:
        """Return whether the contract has two parts counted like a label."""
        return sum(part.isdigit() == arabic(label).isdigit() for _, part in self._parts) > 1

    def has_annexes(self, word: str) -> bool:
        """Return whether annexes go by a word."""
        return any(name == word for name, _ in self._annexes)

    def _annex_prefix(self, clause: Clause) -> Key:
        annex = self.annex(clause.path)
        return (f"<{annex}>",) if annex else ()

    def annex(self, path: str) -> str:
        """Return the path of the annex around a clause, or ''."""
        top = self.top(path)
        clause = self._contract.clause(top)
        return top if clause is not None and clause.kind == "annex" else ""

    def top(self, path: str) -> str:
        """Return the path of the outermost clause around a clause."""
        clause = self._contract.clause(path)
        while clause is not None and clause.parent is not None:
            clause = self._contract.clause(clause.parent)
        return clause.path if clause is not None else path

    def around(self, path: str) -> list[Clause]:
        """Return a clause and the clauses around it, innermost first."""
        out: list[Clause] = []
        clause = self._contract.clause(path)
        while clause is not None:
            out.append(clause)
            clause = self._contract.clause(clause.parent) if clause.parent else None
        return out

    def find(self, word: str, target: str, here: str) -> str | None:
        """Return the path that a place word and number mean when printed in clause ``here``."""
        if target.startswith("("):
            return self.relative(parts_of(target), here)
        steps = parts_of(target)
        roman = (arabic(target).lower(),) if target.isupper() else steps
        annex = self.annex(here)
        if annex:
            inside = self._inside_annex(annex, steps)
            if inside is not None:
                return inside
        for key in (steps, roman):
            if key in self._keys and (key[0].isdigit() or len(key) > 1 or target.isupper()):
                return self._keys[key]
            if len(key) == 1 and (word, key[0]) in self._words:
                return self._words[word, key[0]]
        return None

    def _inside_annex(self, annex: str, steps: Key) -> str | None:
        prefix = f"<{annex}>"
        return self._keys.get((prefix, *parts_of(annex), *steps)) or self._keys.get(
            (prefix, *steps)
        )

    def relative(self, steps: Key, here: str) -> str | None:
        """Return the nearest clause of that letter: below, beside, or in the same section."""
        for clause in self.around(here):
            key = (*self._annex_prefix(clause), *parts_of(clause.path), *steps)
            if key in self._keys:
                return self._keys[key]
        if len(steps) == 1:
            return self._tails.get((self.top(here), steps[0]))
        return None

    def below(self, path: str, target: str) -> str | None:
        """Return the clause of a number inside a given clause or annex."""
        clause = self._contract.clause(path)
        if clause is None:
            return None
        if clause.kind == "annex":
            return self._inside_annex(path, parts_of(target))
        return self._keys.get((*self._annex_prefix(clause), *parts_of(path), *parts_of(target)))

    def annexed(self, word: str, label: str) -> str | None:
        """Return the path of an annex by its word and label; a part may follow the label."""
        symbol, *part = re.split(r"[.\-(]", label, maxsplit=1)
        plain = arabic(symbol).lower()
        if part:
            full = f"{plain}-{part[0].rstrip(')').lower()}"
            if (word, full) in self._annexes or any(
                name == word and held.startswith(f"{plain}-") for name, held in self._annexes
            ):
                return self._annexes.get((word, full))
        return self._annexes.get((word, plain))
