"""Methods of the register of laws: what applies, who read it, what a trigger starts."""

from __future__ import annotations

from collections.abc import Sequence

from bailee.client.law_answers import Clocks, LawChanged, Laws
from bailee.client.line import Line, filled, within


class LawRegister(Line):
    """Keep and read the register of laws."""

    def list_laws(self, controller: str) -> Laws:
        """Show the laws that apply, every number beside the contract's, and who is strictest."""
        return self._get(within(controller, "laws"), Laws)

    def register_law(self, controller: str, law: str, *, begins: str, reason: str) -> LawChanged:
        """Write that a law or standard applies from a day on."""
        body = {"law": law, "begins": begins, "reason": reason}
        return self._post(within(controller, "laws"), LawChanged, body)

    def end_law(self, controller: str, law: str, *, ends: str, reason: str) -> LawChanged:
        """Write, as the controller's representative, that a law ceases to apply."""
        body = {"law": law, "ends": ends, "reason": reason}
        return self._post(within(controller, "laws/end"), LawChanged, body)

    def compare_law(
        self,
        controller: str,
        law: str,
        *,
        edition: str,
        place: str,
        compared: str,
        lines: Sequence[str] = (),
    ) -> LawChanged:
        """Write that lines of a law (all that bind us) were compared with its current text."""
        body = {"law": law, "edition": edition, "place": place, "compared": compared}
        return self._post(
            within(controller, "laws/compare"), LawChanged, body | filled(lines=lines)
        )

    def law_clocks(
        self, controller: str, trigger: str, since: str, *, holidays: Sequence[str] = ()
    ) -> Clocks:
        """Compute what a trigger starts, by agreement and laws; nothing is started."""
        body = {"trigger": trigger, "since": since} | filled(holidays=holidays)
        return self._post(within(controller, "laws/clocks"), Clocks, body)


__all__ = ["LawRegister"]
