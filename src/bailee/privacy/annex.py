"""Annexes of the standard clauses, and tables of the UK Addendum (C7.3(3), C7.3(4)). Pure.

Those of Decision (EU) 2021/914, Module Two, and of the addendum B1.0, generated from what runs.
Headings are in our own words and name the part that each fills; the clauses themselves stand in
the signed text. Nothing is copied from an agreement's prose: what its terms do not hold as data is
a blank until a named person states it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bailee.clock import write_time
from bailee.privacy.live import Live
from bailee.privacy.measure import measures
from bailee.privacy.paper import AGREEMENT, LIVE, Line, Paper, Section
from bailee.vault.catalogue import CATALOGUE

ANNEXES, UK = "annexes", "uk-addendum"
REGISTER = "the register of sub-processors"
SENSITIVE = frozenset(("sensitive", "cardholder", "health", "tax"))
"""Classes of the catalogue that get the safeguards of sensitive data."""
PARTICULARS = ("address", "contact", "representative", "activities", "signature")
VERBS = {
    "protect": "taking in and storing under encryption",
    "update": "correcting",
    "reveal": "showing to authorised people and services",
    "reveal-masked": "showing in part",
    "search": "comparing",
    "list": "listing",
    "erase": "erasing and restricting",
    "encrypt": "encrypting values kept elsewhere",
    "decrypt": "decrypting values kept elsewhere",
    "set-password": "keeping passwords that nobody reads",
    "verify-password": "verifying passwords",
}


def annexes(live: Live) -> Paper:
    """Return Annexes I.A, I.B, I.C, II and III."""
    return Paper(
        ANNEXES,
        f"Annexes to the standard contractual clauses: {live.name}",
        f"Module Two, controller to processor. Agreement {live.agreement.version_id}, text "
        f"SHA-256 {live.agreement.version.text_sha256}.",
        (parties(live), transfer(live), authority(live), measures(live), subprocessors(live)),
    )


def uk_addendum(live: Live) -> Paper:
    """Return Tables 1 to 4 of Part 1; Part 2 stands as it was issued."""
    version = live.agreement.version
    return Paper(
        UK,
        f"Tables of the UK Addendum: {live.name}",
        "International data transfer addendum B1.0, in force 2022-03-21, issued under section "
        "119A of the Data Protection Act 2018.",
        (
            Section(
                "Table 1: parties",
                (
                    Line(
                        "Start date", write_time(version.effective_from)[:10], AGREEMENT, _of(live)
                    ),
                    *parties(live).lines,
                ),
            ),
            Section(
                "Table 2: selected clauses, modules and options",
                (
                    Line("Clauses", "Decision (EU) 2021/914, Module Two", AGREEMENT, _of(live)),
                    *_options(live),
                ),
            ),
            Section(
                "Table 3: appendix information",
                (
                    *(
                        Line(f"Annex {part}", "as generated with this paper", LIVE, ANNEXES)
                        for part in ("1A", "1B", "II", "III")
                    ),
                ),
            ),
            Section("Table 4: ending the addendum when it changes", (live.line("uk.ending"),)),
        ),
    )


def parties(live: Live) -> Section:
    """Return Annex I.A."""
    role = _of(live)
    return Section(
        "Annex I.A: parties",
        (
            Line("Exporter", live.name, LIVE, "the register of controllers"),
            Line("Exporter's role", "controller", AGREEMENT, role),
            *(
                live.contact("exporter") if one == "contact" else live.line(f"exporter.{one}")
                for one in PARTICULARS
            ),
            live.line("importer.name"),
            Line("Importer's role", "processor", AGREEMENT, role),
            *(
                live.contact("importer") if one == "contact" else live.line(f"importer.{one}")
                for one in PARTICULARS
            ),
        ),
    )


def transfer(live: Live) -> Section:
    """Return Annex I.B."""
    return Section(
        "Annex I.B: the transfer",
        (
            *(people(live)),
            *(elements(live)),
            live.line("transfer.frequency"),
            *(nature(live)),
            *(purposes(live)),
            *(retention(live)),
            *(
                Line(
                    "Transfer to a sub-processor",
                    f"{one['name']}: {', '.join(one['services'])}, for the agreement",
                    LIVE,
                    REGISTER,
                )
                for one in live.subprocessors
            ),
        ),
    )


def people(live: Live) -> Iterator[Line]:
    """Yield whose data it is."""
    found = [Line(f"People: {one.what}", one.says, one.source, one.by) for one in live.categories()]
    yield from found or [Line("People", "nobody's data is held now", LIVE, "the vault's count")]
    yield Line("Records", f"{live.records} held now", LIVE, "the vault's count")


def elements(live: Live) -> Iterator[Line]:
    """Yield which data may be held, and what is sensitive of it, with its safeguards."""
    permitted = sorted(live.agreement.permitted & CATALOGUE.keys())
    classes: dict[str, list[str]] = {}
    for name in permitted:
        classes.setdefault(CATALOGUE[name].classification, []).append(name)
    for kind in sorted(classes):
        yield Line(f"Data: {kind}", ", ".join(classes[kind]), AGREEMENT, "its list of elements")
    sensitive = [name for kind in sorted(SENSITIVE & classes.keys()) for name in classes[kind]]
    for name in sensitive:
        rules = CATALOGUE[name]
        kept = ["encrypted under a key of the person's own"]
        kept += [f"may be shown as {', '.join(rules.masks)} alone"] if rules.masks else []
        kept += ["stands elsewhere as a token"] if rules.token else []
        yield Line(f"Sensitive: {name}", "; ".join(kept), LIVE, "the catalogue's rules")
    if not sensitive:
        yield Line("Sensitive data", "none may be held", AGREEMENT, "its list of elements")


def nature(live: Live) -> Iterator[Line]:
    """Yield what is done with the data: what living grants let anybody do."""
    for verb, purpose in sorted(live.verbs.items()):
        if verb in VERBS:
            says = f"{VERBS[verb]}, for {', '.join(purpose) or 'no purpose'}"
            yield Line(f"Nature: {verb}", says, LIVE, "grants in force")
    if not VERBS.keys() & live.verbs.keys() or "transfer.nature" in live.said:
        yield live.line("transfer.nature")


def purposes(live: Live) -> Iterator[Line]:
    """Yield the purposes that the agreement has, and those that the controller added."""
    for one in live.agreement.terms.purposes:
        if one.id in live.agreement.purposes:
            agreed = "" if live.agreement.purposes_agreed else " (our proposal, not agreed yet)"
            yield Line(f"Purpose: {one.id}", one.says + agreed, AGREEMENT, f"C{one.clause}")
    for added in live.agreement.extensions:
        if live.now < added.until:
            says = (
                f"instructed for {', '.join(sorted(added.elements))}, until {added.until:%Y-%m-%d}"
            )
            by = f"instruction {added.instruction_id}"
            yield Line(f"Purpose: {added.purpose}", says, LIVE, by)


def retention(live: Live) -> Iterator[Line]:
    """Yield how long what is kept: by element where the catalogue says, else by the agreement."""
    days: dict[int, list[str]] = {}
    for name in sorted(live.agreement.permitted & CATALOGUE.keys()):
        days.setdefault(CATALOGUE[name].retention_days, []).append(name)
    for many in sorted(days):
        life = f"{many} days from the day its record was made" if many else "for the agreement"
        yield Line(f"Retention: {life}", ", ".join(days[many]), LIVE, "the catalogue's rules")
    ends = [line for line in live.agreement.obligations if line.parameter == "destruction.within"]
    for line in ends:
        quantity = f"{line.quantity} {line.unit}" if line.quantity else "no number"
        says = f"returned or destroyed within {quantity}"
        yield Line("Retention after the end", says, AGREEMENT, line.id)


def authority(live: Live) -> Section:
    """Return Annex I.C."""
    return Section("Annex I.C: competent authority", (live.line("authority"),))


def subprocessors(live: Live) -> Section:
    """Return Annex III: who is engaged, as the register of sub-processors has it."""
    lines = tuple(line for one in live.subprocessors for line in _engaged(one))
    none = Line("Sub-processors", "none is engaged", LIVE, REGISTER)
    return Section("Annex III: sub-processors", lines or (none,))


def _engaged(one: Mapping[str, Any]) -> Iterator[Line]:
    consent = f"{REGISTER}, consent {one['consent_sha256'][:16]}…"
    yield Line("Sub-processor", one["name"], LIVE, consent)
    for what, says in (
        ("address", one["address"]),
        ("contact", one["contact"]),
        ("services", ", ".join(one["services"])),
        ("data", ", ".join(one["categories"])),
        ("countries", ", ".join(one["countries"])),
    ):
        yield Line(f"Its {what} ({one['name']})", says, LIVE, REGISTER)


def _options(live: Live) -> Iterator[Line]:
    """Yield the options of the clauses: what a person states, beside the clause that chooses."""
    for line in live.agreement.obligations:
        if line.control == "transfer-mechanism":
            digest = line.text_sha256[:16]
            yield Line("Chosen in", f"clause {line.clause}, SHA-256 {digest}…", AGREEMENT, line.id)
    yield live.line("clauses.options")


def _of(live: Live) -> str:
    return f"version {live.agreement.version_id[:12]}"
