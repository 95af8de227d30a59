"""The words of a contract, and where its defined terms are used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bailee.agreement.clause import Contract, Definition
from bailee.agreement.lexicon import OPENERS
from bailee.agreement.words import WORD, Key, family, key_of, plain

_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the text: source offsets, how it compares, as printed."""

    start: int
    end: int
    plain: str
    printed: str


class Vocabulary:
    """The words of a contract's paragraphs and the uses of its defined terms."""

    def __init__(self, contract: Contract) -> None:
        self._view = contract.view
        self.definitions = contract.definitions
        self.keys: dict[Key, list[Definition]] = {}
        for definition in self.definitions:
            key = family(key_of(definition.term))
            if key:
                self.keys.setdefault(key, []).append(definition)
        self.longest = min(_LONGEST, max((len(key) for key in self.keys), default=0))
        self.covered: dict[int, int] = {}

    @cached_property
    def uses(self) -> dict[Key, list[tuple[int, int, bool]]]:
        """Where each defined term is used: offsets, and whether with its capitals.

        The place of a definition itself is no use.
        """
        out: dict[Key, list[tuple[int, int, bool]]] = {key: [] for key in self.keys}
        own = {(d.start, family(key_of(d.term))) for d in self.definitions}
        words = [Word(m.start(), m.end(), plain(m[0]), m[0]) for m in WORD.finditer(self._view)]
        for index in range(len(words)):
            for size in range(1, self.longest + 1):
                run = words[index : index + size]
                key = family(tuple(word.plain for word in run))
                if len(run) == size and key in out and (run[0].start, key) not in own:
                    capital = all(
                        word.printed[0].isupper() or word.plain in OPENERS for word in run
                    )
                    out[key].append((run[0].start, run[-1].end, capital))
                    for word in run if size > 1 else ():
                        self.covered[word.start] = max(self.covered.get(word.start, 0), size)
        return out

    def capital_spans(self) -> list[tuple[int, int]]:
        """Return where terms of several words are used with their capitals, in order."""
        return sorted(
            (start, end)
            for key, uses in self.uses.items()
            if len(key) > 1
            for start, end, capital in uses
            if capital
        )
