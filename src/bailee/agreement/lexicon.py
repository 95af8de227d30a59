"""Words of everyday legal English: which capitals are terms, which are names.

Data, not of any contract. All words stand as ``bailee.agreement.words.plain`` writes them: lower
case, singular, no hyphens. A word in no list is taken for a name.
"""

from __future__ import annotations

from bailee.agreement.words import key_of, plain


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

# Terms that a statute on data protection defines: a contract that borrows its definitions has them.
STATUTE_TERMS = _terms(
    """
    Controller, Processor, Data Controller, Data Processor, Personal Data, Personal Information,
    Data Subject, Process, Processing, Personal Data Breach, Data Breach, Supervisory Authority,
    Third Party, Recipient, Consent, Pseudonymisation, Pseudonymization, Profiling, Biometric Data,
    Genetic Data, Data Concerning Health, Health Data, Special Category Data, Special Categories,
    Special Categories of Personal Data, Sensitive Data, Sensitive Personal Data, Third Country,
    Sensitive Personal Information, Representative, Enterprise, Filing System, Main Establishment,
    Cross-border Processing, Restriction of Processing, Business, Business Purpose,
    Commercial Purpose, Service Provider, Contractor, Consumer, Sale, Sell, Share, Sharing,
    Collect, Deidentified, Aggregate Consumer Information, Cross-context Behavioral Advertising,
    Breach, Individual, Protected Health Information, Unsecured Protected Health Information,
    Electronic Protected Health Information, Covered Entity, Business Associate, Subcontractor,
    Designated Record Set, Limited Data Set, Data Aggregation, Disclosure, Use,
    Health Care Operations, Minimum Necessary, Required By Law, Secretary, Security Incident,
    Workforce, Treatment, Payment, Health Care Provider, Health Plan, Security Rule, Privacy Rule,
    Nonpublic Personal Information, Financial Institution, Customer Information, Data Protection Law
    """
)

# Named concepts of law and technology that are written with capitals though nobody defines them.
NAMED_CONCEPTS = _terms(
    """
    Data Protection Impact Assessment, Privacy Impact Assessment, Transfer Impact Assessment,
    Data Transfer Impact Assessment, Virtual Private Network, Local Area Network,
    Wide Area Network, Domain Name System, Common Vulnerability Scoring System,
    Information Security Management System, Quality Management System, Key Management System,
    Key Management Service, Intrusion Detection System, Intrusion Prevention System,
    Personal Identification Number, Merchant Identification Number, Taxpayer Identification Number,
    Social Security Number, Electronic Health Record, Electronic Medical Record,
    Statement of Work, Purchase Order, Work Order, Order Form, Change Order, Public Key,
    Incident Response Plan, Business Continuity Plan, Disaster Recovery Plan,
    Written Information Security Program, Information Security Program,
    Security Information and Event Management System, Software Bill of Materials,
    Bill of Materials, Data Center, Data Centre, Best Practice, Open Source Software,
    Software as a Service, Standard Contractual Clause, Binding Corporate Rule, Model Clause,
    Hardware Security Module, Trusted Platform Module, Transport Layer Security,
    Multi-Factor Authentication, Two-Factor Authentication, Single Sign-On, Payment Card,
    Privacy Notice, Privacy Policy, Notice of Privacy Practices, Blue Badge,
    Caller Line Identification, Data Subject Access Request, Access Control List, Zero Trust,
    Basic Disclosure, Enhanced Disclosure, Criminal Records Check, Data Universal Numbering System,
    Certified Public Accountant, Ministry of Justice, Attestation of Compliance,
    Report on Compliance, Self-Assessment Questionnaire, Record of Processing Activities
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
    password identifier interface application tool product feature component site premise region
    zone jurisdiction third business element category type field value
    item object file document evidence certificate certification warranty deficiency remediation
    response escalation target threshold level credit window exception change release update
    recovery storage archive deletion destruction return disclosure output input result derivative
    project program programme engagement task work role agent auditor assessor
    examiner tester holder owner operator administrator member entity beneficiary
    relationship transaction payment invoice order purchase property secret technology method
    analysis model dataset database repository vault list register
    format letter protocol form pass unit template checklist questionnaire matrix tracker worksheet
    catalog catalogue inventory diagram roadmap timetable calendar budget rate cap limit ceiling
    fund deposit bond guarantee penalty refund price cost expense tax quota volume metric indicator
    milestone stage phase step cycle cutoff deadline holiday week month quarter year anniversary
    subscription licence license permit permission consent authorisation authorization approval
    waiver objection complaint dispute proceeding demand inquiry enquiry query subpoena
    investigation inspection visit walkthrough interview survey test scan drill exercise trial
    pilot migration transition handover exit onboarding offboarding rollout deployment installation
    configuration setting patch fix upgrade version build sandbox server host node cluster endpoint
    laptop terminal kiosk sensor meter handset card badge token seal tag label sticker barcode
    cookie pixel script library package bundle suite plugin extension connector feed stream channel
    link route dashboard console screen page website portal app mailbox inbox folder directory
    drive disk tape carrier courier vehicle container box bag cabinet safe room hall building plant
    warehouse depot store shop branch station hub campus lab laboratory clinic ward patient pupil
    student learner teacher parent guardian subscriber tenant resident occupant visitor guest
    passenger traveller traveler driver worker candidate applicant claimant policyholder insured
    donor volunteer respondent participant household dependant dependent borrower lender debtor
    creditor payer payee cardholder merchant buyer seller purchaser dealer broker distributor
    reseller partner delegate nominee designee assignee successor surety guarantor signatory sponsor
    publisher advertiser developer integrator consultant adviser advisor expert specialist
    technician engineer reviewer approver requestor requester responder investigator witness
    competitor image picture photo photograph recording transcript note minute message ticket case
    entry row column table schema hash fingerprint profile score segment roll roster ledger receipt
    voucher quote estimate forecast proposal submission bid tender award grant gift benefit
    allowance reward point discount rebate surcharge royalty margin share stock goods sample
    specimen batch lot shipment consignment delivery defect fault error bug failure outage downtime
    disruption interruption degradation emergency disaster crisis hazard harm injury liability
    exposure impact outcome objective use usage access sharing sale export import extract aggregate
    summary abstract digest insight statistic observation recommendation conclusion workspace
    workstation workload pipeline instance tenancy bucket queue batch feedback correspondence
    communication call enhancement improvement modification correction adjustment reconciliation
    retention suspension termination expiry renewal extension increment milestone corrective
    tier book binder grid enclave alarm ceremony chart dossier sheet countermeasure mitigation
    workaround contingency dependency assumption constraint criterion
    criteria specification parameter baseline benchmark
    """
)

# Ordinary words that stand before such a noun.
MODIFIERS = _words(
    """
    access active actual additional adequate affected aggregate agreed annual approved associated
    audit authorised authorized back backup base basic batch business certified change chosen
    claim clean cleared client closed closing cold combined common company complete confidential
    consent core corrective country covered critical current customer daily data dedicated default
    delivery derived designated direct due early eligible emergency encrypted end end exempt
    excluded existing exit external field final first fixed forensic formal former free full
    general handover hard health high host hot impact included initial interim internal issued
    joint key known large late lead leased legacy legal licensed licensee linked live local logged
    long low main major managed mandatory market marked master material maximum minimum minor mobile
    monthly named necessary network new night nominated open operating original other outside
    overall paper partner passed peak pending permitted personnel physical pilot planned pledged
    portable preferred premises primary prime prior private product prohibited project protected
    public qualified quarterly quick raw reasonable regulated related released relevant remote
    required reserved response restricted retained return risk run safe sample scheduled scope
    sealed second secondary secure selected senior sensitive separate shared short signed single
    site small soft source spare special staff staged standard storage stored sub support
    supplementary surplus system target technical temporary test third tier top total training
    transit trial trusted unauthorised unauthorized update urgent user valid vault vendor verified
    visitor vital wave weekly work working written year zero security privacy information
    compliance quality service safety rescue gap key map net core loan card cost code case care
    data file fund gate list load mail memo mode note page plan pool port post rack rate ring risk
    road role room seat self sign slot snap spot step stop swap tank task tax team time tour trade
    trip unit wage wall wire zone
    """
)

# Last (or only) words of names: laws, bodies, offices, documents, places, teams.
NAME_HEADS = _words(
    """
    act acts code regulation regulations directive law statute rule rules bill treaty convention
    charter constitution commission commissioner court courts parliament council agency department
    ministry bureau board committee union state states kingdom republic nations institute
    institution organization organisation association society standard standards framework office
    authority gazette inc llc ltd limited gmbh corp corporation company plc bank
    university officer director manager president secretary counsel minister chair chairman
    executive coordinator general attorney treasury house senate congress street road avenue
    agreement agreements addendum contract policy policies statement manual handbook guide
    guideline guidelines shield decision conditions terms annex appendix schedule exhibit
    section clause article part chapter paragraph module option attachment recital title signature
    center centre operations security party parties annexes appendices schedules exhibits sections
    clauses articles class group holdings partners foundation federation trust
    ombudsman inspectorate registrar tribunal team desk helpdesk hotline lead head division
    function crew squad taskforce condition principle principles scheme provision protections
    """
)

# Bodies and offices: what follows them after "of" is part of their name.
BODIES = _words(
    """
    department ministry bureau office commission commissioner secretary minister agency court
    board council director head chief president institute university bank association chamber
    house state states republic kingdom union city county province college authority general
    attorney registrar inspector society administrator superintendent governor mayor ombudsman
    vice chair chairman treasurer dean center centre administration service
    """
)

# Words that mark a name only as its last: before a noun they are ordinary.
ORDINARY_BEFORE = _words(
    """
    security operation operations general standard terms policy contract agreement party level
    statement function class option part title section clause schedule house trust group tier
    """
)

# Of these a party has one, and gives it a name: "Acme's Response Plan" needs no definition.
OWN_THINGS = _words(
    """
    plan procedure program programme system portal platform tool register form log unit process
    protocol dashboard console application app website network database repository library
    service product inbox mailbox role administrator owner operator specialist engineer consultant
    representative agent auditor adviser advisor technician partner member page account
    """
)

# Nouns that need no article: "shall keep Account Data".
MASS_NOUNS = _words(
    """
    data information material content personnel staff software hardware equipment documentation
    property output input feedback correspondence work
    """
)

# Jobs: the title of one person is no term.
JOBS = _words(
    """
    administrator owner operator specialist engineer consultant agent auditor adviser advisor
    technician developer reviewer investigator assessor partner member examiner tester
    representative expert teacher driver worker
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
    microsoft google amazon azure oracle apple linux windows java python adobe salesforce union
    social i ii iii iv v vi vii viii ix x one two three four five six seven
    eight nine ten sarbanes gramm leach bliley united national royal state states kingdom postal
    revenue treasury human northern southern eastern western north south east west pacific
    atlantic african asian asia africa nordic scottish welsh cyber cobit togaf kubernetes
    docker wifi bluetooth unix android ios saint san los zealand supreme crown parliament
    global hague vienna madrid thanksgiving boxing labor labour independence memorial veteran
    columbus lunar diwali eid hanukkah
    """
)

# Words that begin a run of capitals only because a sentence or a heading begins with them.
OPENERS = _words(
    """
    the a an this that these those such any all each every no its their his her our your other
    another both either neither some in on at by for from to of with without within under upon
    after before during if where when while unless until as and or but not nor so yet it they he
    she we you there here which who whose what how shall will must may only also then thus
    """
)

# Words that lead up to a term in parentheses: "(each a", "(together with its affiliates, the".
LEAD_WORDS = _words(
    """
    the a an each any such all both collectively together individually hereinafter hereafter herein
    referred to as and or in this these with its their affiliates jointly respectively being
    agreement addendum contract document also known defined called below party parties for purposes
    of section clause article paragraph schedule annex appendix terms dpa short we call it them
    simply from here on but not severally every one singular plural
    """
)

# Labels in the opening that name no term.
NO_LABEL = _words(
    """
    date dated re title name by to from between version page ref reference subject address email
    phone signed signature place number no
    """
)

# Ordinary words that some contracts give a wide meaning and go on to write in lower case.
PLAIN_WORDS = _words(
    """
    include includes writing written person persons month year week day hour control law laws party
    parties group company section clause schedule document notice copy
    """
)
