"""The rule about annexes of security measures that would fit any company.

Source: Annex II of the clauses annexed to Implementing Decision (EU) 2021/914, whose explanatory
note wants the measures "described in specific (and not generic) terms".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bailee.agreement.clause import Clause, Finding
from bailee.agreement.particulars import Sheet, sheets
from bailee.agreement.reading import Reading

_TITLE = re.compile(
    r"\b(?:measures|safeguards?|controls?|protections?|security|safety|standards?|TOMs?|precautions)\b"
    r"|\bannex\s+(?:II|2)\b|keeping\s+(?:\w+\s+){1,3}safe|how\s+(?:\w+\s+){0,3}protect",
    re.IGNORECASE,
)
_OTHER_TITLE = re.compile(
    r"\b(?:standard\s+(?:contractual|data|terms)|contacts?|transfers?|parties|sub-?\s?processors?"
    r"|subcontractors?|forms?|incidents?|breach|fees?|prices?|social\s+security|data\s+elements"
    r"|controllers?)\b",
    re.IGNORECASE,
)
_THING = (
    r"(?:safeguards?|measures?|controls?|protections?|security|practices?|standards?|procedures?"
    r"|precautions?|means|steps|care|program(?:me)?s?|polic(?:y|ies))"
)
_LOOSE = (
    r"(?:reasonabl[ey]|appropriate(?:ly)?|adequate(?:ly)?|suitabl[ey]|suited|industry[\s-]+standards?"
    r"|industry[\s-]+(?:accepted|leading|best)|customary|usual|best\s+(?:practices?|efforts)"
    r"|commercially|state[\s-]+of[\s-]+the[\s-]+art|generally\s+accepted|good\s+(?:practice|industry)"
    r"|necessary|proper|sufficient|effective|robust|strong|strict|relevant|required|proportionate"
    r"|commensurate|comparable|prevailing|modern|recogni[sz]ed|high(?:est)?\s+(?:level|standard)s?"
    r"|technical\s+and\s+organi[sz]ational|administrative,?\s+(?:physical|technical))"
)
_PROMISE = re.compile(
    rf"\b{_LOOSE}\b[^.;]{{0,80}}\b{_THING}\b|\b{_THING}\b[^.;]{{0,80}}\b{_LOOSE}\b"
    r"|\bseriously\b|\bsecure\s+(?:manner|way)\b|\bkept?\s+(?:\w+\s+){0,4}(?:safe|secure)\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(rf"\b{_LOOSE}\b", re.IGNORECASE)
_FACT = re.compile(
    r"\b(?P<what>encrypt|cipher|AES|TLS|SSL|SSH|SFTP|IPsec|VPN|RSA|FIPS|PGP|BitLocker|LUKS|multi-?\s?factor"
    r"|two-?\s?(?:factor|step|person)|MFA|2FA|FIDO|passkeys?|biometr|fingerprint|single\s+sign|role-based"
    r"|least\s+privilege|need-to-know|access\s+(?:control|log|right|review|list|card)|log(?:s|ging|ged)\b|back-?up|restor"
    r"|firewall|pseudonymi|anonymi|token|penetration|vulnerab|patch|scan|train|ISO(?:/IEC)?\s?[0-9]"
    r"|SOC\s?[12]|PCI|NIST|Cyber\s+Essentials|hash|salt|key\s+(?:management|rotation|vault)|HSM|KMS"
    r"|segregat|segment|badge|CCTV|camera|lock(?:s|ed|able)?\b|alarm|guard(?:s|ed)?\b|intrusion|SIEM"
    r"|monitor|anti-?virus|anti-?malware|malware|password|passphrase|authenticat|audit|redundan"
    r"|generator|UPS\b|fail-?over|disaster|continuity|incident\s+response|visitor|shred|wip(?:e|ing)"
    r"|eras(?:e|ure)|screen(?:ing)?|background\s+check|change\s+management|code\s+review|separation"
    r"|four-eyes|replicat|checksum|certificate|sprinkler|vault|safe\b|keypad|sandbox|air-?gap"
    r"|data\s+cent|second\s+(?:copy|site)|seal(?:s|ed)|named\s+(?:staff|persons?|employees))",
    re.IGNORECASE,
)
# So many different measures are enough to say that something specific is named.
_ENOUGH = 3
_LONG = 1500


def generic_annex(reading: Reading) -> Iterator[Finding]:
    """An annex of security measures names no specific measure (L12)."""
    for sheet in sheets(reading.contract):
        if not sheet.annexed or _OTHER_TITLE.search(sheet.heading):
            continue
        body = _body(reading, sheet)
        titled = _TITLE.search(sheet.heading) is not None
        promised = _PROMISE.search(body) is not None and len(body) < _LONG
        if len(body) < 20 or len(sheet.kinds) >= _ENOUGH or not (titled or promised):
            continue
        if not re.search(rf"\b(?:{_THING}|protect\w*|confidential\w*)\b", body, re.IGNORECASE):
            continue
        facts, hedges = _facts(body)
        few = len(facts) < _ENOUGH if titled and hedges else not facts and (hedges or titled)
        clause = sheet.clause or _owner(reading, sheet)
        if few and clause is not None and not _points_elsewhere(reading, sheet):
            yield reading.about(
                "generic-annex",
                clause,
                "This annex names no specific technical or organisational measures.",
                "error",
            )


def _body(reading: Reading, sheet: Sheet) -> str:
    """Return a sheet's words after its heading, up to the signatures."""
    source = reading.contract.source[sheet.start : sheet.end]
    rest = [line.strip() for line in source.splitlines()[1:]]
    while rest and (not rest[0] or (rest[0].isupper() and len(rest[0]) < 100)):
        rest.pop(0)
    text = "\n".join(rest)
    signed = _SIGNED.search(text)
    return text[: signed.start()] if signed else text


_SIGNED = re.compile(
    r"^\W*(?:IN\s+WITNESS|Signed\b|SIGNED\b|Executed\b|EXECUTED\b|Agreed\s+(?:by|and)|Accepted\b"
    r"|ACCEPTED\b|For\s+(?:the\s+)?[A-Z][\w ]+:|FOR\s+THE\s|By:|Name:|/s/)",
    re.MULTILINE,
)


def _facts(body: str) -> tuple[set[str], bool]:
    """Return the specific measures named, and whether anything is said only loosely.

    A line that speaks of appropriate or customary measures and has no figure names nothing.
    """
    facts: set[str] = set()
    hedges = False
    for sentence in re.split(r"\n+|(?<=[.;])\s+(?=[A-Z])", body):
        loose = _HEDGED.search(sentence) is not None
        exact = re.search(r"[0-9]", sentence) is not None
        hedges = hedges or loose or _PROMISE.search(sentence) is not None
        if exact or not loose:
            facts |= {found["what"].lower()[:6] for found in _FACT.finditer(sentence)}
    return facts, hedges


def _owner(reading: Reading, sheet: Sheet) -> Clause | None:
    owner = reading.place.owner(sheet.start)
    return owner[0] if owner else None


def _points_elsewhere(reading: Reading, sheet: Sheet) -> bool:
    """Return whether the annex takes its measures from a place that the contract has."""
    return any(
        sheet.start <= found.start < sheet.end and found.target is not None
        for found in reading.contract.references
    )
