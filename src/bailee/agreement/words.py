"""Capitalised terms: how they compare, and which capitals are names rather than terms.

``Sub-processor``, ``Subprocessors`` and ``Sub-Processor's`` are one term. Names of statutes,
bodies, companies, standards, offices, places and documents are no terms; the lists below are words
of everyday legal English, not of any contract.
"""

from __future__ import annotations

import re

WORD = re.compile(r"[A-Za-z0-9\u00c0-\u024f][A-Za-z0-9\u00c0-\u024f'&/.-]*")


def key_of(term: str) -> tuple[str, ...]:
    """Return a term as it is compared: lower case, singular, no hyphens, no possessive."""
    words = WORD.findall(term.replace("(s)", "").replace("(es)", "").replace("(ies)", "y"))
    return tuple(word for word in (plain(word) for word in words) if word)


def plain(word: str) -> str:
    """Return one word as it is compared."""
    lower = word.lower().rstrip(".'-/&")
    lower = lower.removesuffix("'s").replace("'", "").replace("-", "")
    if len(lower) > 4 and lower.endswith("ies"):
        return lower[:-3] + "y"
    if lower.endswith(("sses", "xes", "ches", "shes")):
        return lower[:-2]
    if len(lower) > 3 and lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
        return lower[:-1]
    return lower


def _words(listed: str) -> frozenset[str]:
    return frozenset(plain(word) for word in listed.split())


def _terms(listed: str) -> frozenset[tuple[str, ...]]:
    return frozenset(key_of(term) for term in listed.split(","))


# Terms of data-protection contracts that mean nothing exact unless somebody defines them.
USUAL_TERMS = _terms(
    """
    Personal Data, Personal Information, Controller, Processor, Data Controller, Data Processor,
    Data Subject, Sub-processor, Process, Processing, Service, Customer, Client, Supplier, Vendor,
    Provider, Service Provider, Customer Data, Client Data, Confidential Information, Affiliate,
    Data Breach, Personal Data Breach, Security Incident, Security Breach, Incident, Business Day,
    Working Day, Effective Date, Losses, Data Protection Law, Applicable Law, Authorized Person,
    Authorised Person, Authorized User, Authorised User, Subcontractor, Sub-contractor,
    Deliverables, Permitted Purpose, Business Purpose, Instructions, Protected Data,
    Sensitive Data, Special Category Data, Company Data, Consumer, Data Exporter, Data Importer,
    Supervisory Authority, Restricted Transfer, Third Country, Term, Commencement Date,
    Termination Date, Services Agreement
    """
)

# Common nouns that head defined terms.
HEADS = _words(
    """
    data information service material software hardware equipment incident event breach fee charge
    period date person personnel employee staff user recipient record system facility purpose
    deliverable documentation vendor supplier subcontractor contractor location territory
    representative instruction measure control safeguard notice request claim loss damage
    requirement network platform account content asset environment medium device day hour term
    processor subprocessor controller customer client consumer subject affiliate transfer
    processing activity operation obligation right remedy indemnitee vulnerability threat risk
    audit assessment review report finding plan process procedure log backup copy key credential
    password identifier interface application tool product feature component module site premise
    center centre region zone jurisdiction party third business element category type field value
    item object file document evidence certificate certification warranty deficiency remediation
    response escalation target threshold level credit window exception change release update
    recovery storage archive deletion destruction return disclosure output input result derivative
    project program programme engagement task work role team contact agent auditor assessor
    examiner tester holder owner operator administrator member group entity beneficiary
    relationship transaction payment invoice order purchase property secret technology method
    analysis model dataset database repository vault list register
    """
)

# Of these, the ones that head hardly anything but terms.
SURE_HEADS = _words(
    "data information record incident breach event person personnel period purpose day"
)

# Last (or only) words of names: laws, bodies, offices, documents, places.
NAME_HEADS = _words(
    """
    act acts code regulation regulations directive law statute rule rules bill treaty convention
    charter constitution commission commissioner court courts parliament council agency department
    ministry bureau board committee union state states kingdom republic nations institute
    institution organization organisation association society standard standards framework office
    authority register gazette inc llc ltd limited gmbh corp corporation company plc bank
    university officer director manager president secretary counsel minister chair chairman
    executive coordinator general attorney treasury house senate congress street road avenue
    agreement agreements addendum contract policy policies statement manual handbook guide
    guidelines form shield decision protocol conditions terms annex appendix schedule exhibit
    section clause article part chapter paragraph module option attachment recital title signature
    center centre operations security party parties annexes appendices schedules exhibits sections
    clauses articles level tier class type group holdings partners foundation federation trust
    ombudsman inspectorate registrar tribunal
    """
)

# Words with capitals that are names wherever they stand.
NAMES = _words(
    """
    january february march april may june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday european europe american america english
    england wales scotland ireland irish british britain german germany french france swiss
    switzerland spanish spain italian italy dutch netherlands belgium belgian luxembourg austria
    austrian portugal portuguese polish poland sweden swedish denmark danish norway norwegian
    finland finnish iceland liechtenstein estonia latvia lithuania greece greek hungary romania
    bulgaria croatia slovenia slovakia czech canada canadian australia australian zealand japan
    japanese china chinese india indian brazil brazilian mexico singapore korea israel turkey
    ukraine russia california californian delaware york virginia colorado texas nevada florida
    illinois massachusetts washington connecticut utah oregon ontario quebec london dublin paris
    berlin munich frankfurt amsterdam brussels zurich geneva vienna madrid rome milan stockholm
    copenhagen oslo helsinki warsaw prague budapest toronto sydney tokyo boston chicago seattle
    austin dallas denver atlanta federal internet web gregorian easter christmas god latin
    microsoft google amazon azure oracle apple linux windows java python adobe salesforce
    i ii iii iv v vi vii viii ix x one two three four five six seven
    eight nine ten sarbanes gramm leach bliley
    """
)

# Words that begin a run of capitals only because a sentence or a heading begins with them.
OPENERS = _words(
    """
    the a an this that these those such any all each every no its their his her our your other
    another both either neither some in on at by for from to of with without within under upon
    after before during if where when while unless until as and or but not nor so yet it they he
    she we you there here which who whose what how shall will must may
    """
)
