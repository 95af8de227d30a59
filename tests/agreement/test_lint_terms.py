"""Defined terms in many house styles: each sample is sound but for the terms named beside it.

The samples and the expectations are written for these tests: ``U`` used without definition, ``X``
defined and never used, ``S`` used outside the clause it is defined for.
"""

from __future__ import annotations

import re

import pytest

from bailee.agreement.lint import lint
from bailee.agreement.parse import compile_text

MARKS = {"undefined-term": "U", "unused-definition": "X", "definition-out-of-scope": "S"}
OPENING = """DATA PROCESSING AGREEMENT

This Data Processing Agreement (the "Agreement") is made between Nordhavn Freight A/S ("Shipper")
and Quaylight Software Ltd ("Host"). The Shipper sends and the Host stores.

"""


def found(text: str) -> set[str]:
    """Return the findings about terms, each as its mark and the term it names."""
    return {
        f"{MARKS[finding.rule]}:{quoted[1]}"
        for finding in lint(compile_text(text.encode()))
        if finding.rule in MARKS and (quoted := re.search("\u201c(.*?)\u201d", finding.message))
    }


CLEAN = [
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Cargo Data" means personal data in bookings.
2. Security
2.1 The Host shall protect Cargo Data with a Virtual Private Network, Multi-Factor Authentication \
and Transport Layer Security, and shall follow the Center for Internet Security benchmarks.
2.2 The Host's Information Security Manager shall report to the Shipper's Data Protection Officer \
and to the Board of Directors.
2.3 The Host shall keep an Incident Response Plan and a Business Continuity Plan.
2.4 The Host shall notify the Danish Data Protection Agency (Datatilsynet) only if the Shipper \
asks. The Court of Justice of the European Union has the last word.
2.5 Cargo Data may be shown to Danish Customs on a Monday in January under the Customs Act, and \
to the Port of Rotterdam Authority.
2.6 The Host shall follow the Payment Card Industry Data Security Standard and the NIST \
Cybersecurity Framework, ISO/IEC 27001 and the Cyber Essentials scheme.
""",
        id="tech-names",
    ),
    pytest.param(
        OPENING
        + """\
1. Words
1.1 By "Cargo Data" we mean personal data in bookings. When we speak of a "Booking", we mean an \
order for carriage.
1.2 What the parties call the "Window" is the time between two and four in the morning.
2. Use
2.1 The Host shall process Cargo Data of each Booking only in the Window.
""",
        id="inline-verbs",
    ),
    pytest.param(
        OPENING
        + """\
1. Parties
1.1 The Shipper and the Host (each a "Party" and together the "Parties") agree as follows. The \
companies in Schedule 1 (each, a "Carrier"; collectively, "Carriers") rely on it.
2. Use
2.1 A Party shall not sell data. Each Carrier may ask the Parties for a copy.
""",
        id="each-a",
    ),
    pytest.param(
        OPENING
        + """\
1. Interpretation
1.1 Capitalised terms that are not defined here have the meaning given to them in the Carriage \
Agreement.
2. Use
2.1 The Host shall use Loading Lists for the Permitted Purpose.
""",
        id="imports",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Process" means any operation on data.
1.2 "Anonymise" means to remove every link to a person.
1.3 "Control" means the power to direct a company.
2. Use
2.1 The Host shall not sell data that it Processes. Processing ends with this Agreement. \
Anonymised data and data Processed for a company Controlled by the Shipper are covered.
""",
        id="verb-forms",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Cargo Data" means personal data in bookings.
2. Use
2.1 Clause 14 of the Carriage Agreement dated 3 May 2024 (Limitation of Liability) applies to \
Cargo Data. The section headed Security Measures and Schedule 2 (Approved Sub-contractors) are \
part of it.
2.2 The parties may agree a change under Clause 3 (Change Requests).
3. Change Requests
3.1 A change needs writing.
""",
        id="captions",
    ),
    pytest.param(
        """\
PROCESSING TERMS

between Acorn Bank plc, as Controller, and Beech Data Ltd, as Processor

1. The Processor shall process account data for the Controller.
2. The Processor shall name its staff.
""",
        id="roles-as",
    ),
    pytest.param(
        """\
ORDER

Supplier: Beech Data Ltd
Customer: Acorn Bank plc
Effective Date: 1 March 2025

1. Services
1.1 The Supplier shall start on the Effective Date.
1.2 The Customer shall pay.
""",
        id="particulars",
    ),
    pytest.param(
        OPENING
        + """\
1. Policies
1.1 The Host's policies cover Access Control, Change Management, Physical Security and Vendor \
Management.
1.2 The Host shall train its staff in Data Protection and Information Security. The Data \
Protection training is given by the Legal Department, the Human Resources Department and the \
Service Desk.
1.3 The English Language version prevails. The Host is an Equal Opportunity employer.
1.4 Internet Protocol addresses, Social Security numbers and Member State law are words that \
anyone reads.
""",
        id="listing-heads",
    ),
    pytest.param(
        """\
DATA PROTECTION RIDER

This Rider supplements the Professional Services Agreement dated as of June 1, 2025 by and \
between Lakefront Credit Union ("LCU") and Prairie Analytics, Inc. (the "Company").

1. Definitions. (a) "Member NPI" means nonpublic personal information about members of LCU. (b) \
"Representatives" means the directors, officers and employees of Company. (c) "Safeguards Rule" \
means 16 CFR Part 314.
2. Safeguards. Company shall (i) comply with the Safeguards Rule; (ii) limit Member NPI to its \
Representatives; and (iii) follow the FFIEC Information Technology Examination Handbook.
3. Notice. Company shall call the Chief Information Security Officer of LCU and the NCUA Regional \
Director within 24 hours. A report goes to the Federal Bureau of Investigation and, where the \
Bank Secrecy Act requires, to the Financial Crimes Enforcement Network.
4. Governing Law. The laws of the State of Wisconsin govern. The Superior Court of Dane County \
has jurisdiction. Each party waives trial by jury under the Seventh Amendment.
5. Insurance. Company shall hold Commercial General Liability and Cyber Liability cover with a \
carrier rated A- by A.M. Best.
""",
        id="us-consumer",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Cargo Data" means personal data in bookings.
1.2 "SCCs" means the standard contractual clauses annexed to Implementing Decision (EU) 2021/914.
2. Transfers
2.1 The SCCs apply to Cargo Data. Module Two applies; in Clause 7 the Docking Clause is included; \
in Clause 17 Option 1 applies and Danish law governs. Annex I.A of the SCCs is filled in with the \
details of the parties.
2.2 The UK Addendum issued by the Information Commissioner applies to data from the United \
Kingdom. The Swiss Federal Data Protection and Information Commissioner is competent for data \
from Switzerland.
ANNEX I
A. LIST OF PARTIES
Data exporter: Nordhavn Freight A/S. Contact Person: the Head of Compliance is in charge.
Data importer: Quaylight Software Ltd
B. DESCRIPTION OF TRANSFER
Categories of Data Subjects: consignees are concerned
Categories of Personal Data: names are concerned
Sensitive Data: none is sent
C. COMPETENT SUPERVISORY AUTHORITY
The Danish Data Protection Agency is competent.
ANNEX II - TECHNICAL AND ORGANISATIONAL MEASURES
Access Control: doors are locked. Key Management: keys are rotated. Incident Response: a team is \
on call.
1. Pseudonymisation and Encryption: AES-256 is used.
""",
        id="scc-annex",
    ),
    pytest.param(
        OPENING
        + """\
1. Cargo Data. "Cargo Data" means personal data in bookings.
2. Security Measures. The Host shall lock Cargo Data away.
3. Records of Processing Activities. The Host shall keep a record.
4. Sub-processors - The Host shall name them.
5. Personal Data Breaches: The Host shall call the Shipper.
6. Data Subject Requests
The Host shall pass on requests.
7. Return of Data and Exit Plan. Data must be returned.
""",
        id="run-in-titles",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Cargo Data" means personal data in bookings.
2. Use
2.1 The Host may show Cargo Data to the Ministry of Transport and Public Works, the Office for \
National Statistics and the Norwegian Directorate for Civil Protection.
2.2 The Host shall deposit data with the Royal Library, the Bureau of Customs and Border Service, \
and the Department for Environment, Food and Rural Affairs.
2.3 The Head of Data and Records of the Shipper, its Director of Fleet and Fuel Systems and the \
Vice President of Customer Data Platforms may ask.
2.4 The Carriage and Storage Services Agreement made as of 3 May 2024 and the Master Terms and \
Conditions of Purchase stay in force.
""",
        id="ministries",
    ),
    pytest.param(
        OPENING
        + """\
1. DEFINITIONS
1.1 "CARGO DATA" means personal data in bookings.
2. USE
2.1 THE HOST SHALL USE CARGO DATA ONLY FOR THE SHIPPER. THE HOST SHALL FOLLOW THE SECURITY RULES.
2.2 Cargo Data is deleted each week.
""",
        id="caps-text",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Facilities" means the sites in Schedule 1.
1.2 "Losses" means damage. "Affiliate(s)" means a company in the group. "Law(s)" means statutes.
1.3 "Data-Set" means a table.
2. Use
2.1 Each Facility of an Affiliate's must obey each Law. Any Loss of a Dataset is reported. \
Datasets are copied.
""",
        id="plural-forms",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Controller" and "Processor" mean what the GDPR says. The words "Berth" and "Quay" have the \
meanings given to them in the Port Bylaws.
1.2 "Transit", in relation to cargo, means carriage.
1.3 "Record" includes a photograph.
2. Use
2.1 The Host is a Processor; the Shipper is a Controller. Each Berth and Quay has a Record of \
Transit.
""",
        id="and-mean",
    ),
    pytest.param(
        OPENING
        + """\
1. Use
1.1 The Host shall handle Cargo Data (as defined in clause 3.1) and Crew Data, as that term is \
used in Schedule 2.
1.2 The Host shall refer to the Exit Manager (see clause 4).
3. Meaning
3.1 "Cargo Data" means personal data in bookings.
""",
        id="hereby-defined-later",
    ),
    pytest.param(
        OPENING
        + """\
1. Use
1.1 For the purposes of Clause 3 and this Clause 1, "Trial" means a test.
1.2 The Trial ends in May. "Pilot" means a test for the purpose of clause 2.
2. Pilot
2.1 The Pilot ends in May.
3. End
3.1 The Trial is over.
""",
        id="scope-ok",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Cargo Data" means personal data in bookings.
2. People
2.1 The Host's Head of Client Data shall answer, or in her absence the Lead Data Engineer or the \
Company Secretary. A Data Protection Lead is on duty.
2.2 The Shipper's Fleet Operations Centre is open day and night. The Host's Customer Support Desk \
takes calls.
2.3 The General Manager, the Quality Manager and the Site Security Supervisor may see Cargo Data.
2.4 The Host holds a Certificate of Registration from Bureau Veritas and is a member of the Cloud \
Industry Forum.
""",
        id="roles-titles",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Cargo Data" means personal data in bookings.
2. Law
2.1 The Host shall follow the Privacy and Electronic Communications Regulations, the Online \
Safety Act, the Computer Misuse Act 1990, the Personal Data Protection Law of Qatar and the \
Electronic Communications Code.
2.2 Cargo Data under the Official Secrets Acts is not sent. The Freedom of Information (Scotland) \
Act 2002 applies. The EU Charter of Fundamental Rights and the Treaty on the Functioning of the \
European Union stand above all.
2.3 A Data Protection Impact Assessment is made where Article 35 of the GDPR requires it. The \
Host shall not rely on the EU-U.S. Data Privacy Framework. The Member States of the European \
Union and the EEA count as one.
2.4 The Standard Contractual Clauses adopted by the European Commission apply. The Binding \
Corporate Rules of the Host do not.
""",
        id="statutes",
    ),
    pytest.param(
        """\
DATA AGREEMENT

Parties: Mill Ltd (Mill) and Tally Ltd (Tally)

1. Definitions
In this Agreement the following words have the meanings beside them:
Back-up Tape: a tape with a copy of Mill Data.
Mill Data: data about the customers of Mill; and
Safe Room (as defined in the lease): the room with the tapes.

2. Duties
2.1 Tally shall keep each back-up tape with Mill Data in the Safe Room.
2.2 Tally shall log each Back-Up Tape.
""",
        id="clean-colon-list",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Subprocessor" means a further processor. "E-mail Log" means a list of mails. "Sign-On" means \
entry.
2. Use
2.1 The Host shall name each Sub-processor, keep its Email Logs and check each Sign-on.
""",
        id="hyphen-and-case",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Agreed Measures": see Annex 2.
1.2 "Cargo Data": Annex 1.
2. Use
2.1 The Host shall apply the Agreed Measures to Cargo Data.
""",
        id="definition-by-reference-to-annex",
    ),
]

SEEDED = [
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Cargo Data" means personal data in bookings.
2. Security
2.1 The Host shall store Cargo Data only at Approved Locations.
2.2 The Host shall complete a Gap Report each year and shall pay the Service Credits that follow \
from it.
2.3 The Host may act on any Emergency Instruction by telephone. Host Personnel shall be trained.
""",
        {
            "U:Approved Locations",
            "U:Emergency Instruction",
            "U:Gap Report",
            "U:Host Personnel",
            "U:Service Credits",
        },
        id="undefined-1",
    ),
    pytest.param(
        """\
Vertrag

zwischen der Alpenrad GmbH (nachfolgend „Client“) und der Datenfels AG (hereinafter: »Contractor«)

§ 1 Definitions
(1) „Rider Data“ are the personal data named in Annex 1.
(2) \u201aDepot\u2018 means the workshop in Graz.
§ 2 Duties
(1) The Contractor processes Rider Data for the Client in the Depot only.
(2) The Contractor shall return the Service Book on demand.
""",
        {"U:Service Book"},
        id="german-q",
    ),
    pytest.param(
        """\
# Privacy terms

Between **Alder School** and **Bramble Apps** (the *Vendor*).

## 1. Definitions

- **Pupil Data**: what pupils type.
- **Marking Window**: the two weeks after an exam.
- __Teacher__ means a person who teaches at Alder School.

## 2. Duties

2.1 The Vendor shall show Pupil Data to a Teacher only.

2.2 The Vendor shall delete Pupil Data under the Exit Plan.
""",
        {"U:Exit Plan", "X:Marking Window"},
        id="bold-md",
    ),
    pytest.param(
        """\
SERVICE TERMS

Between Osprey Ltd (Osprey) and Finch Ltd (Finch)

1 DEFINED TERMS

Term\tMeaning
Guest Data\tpersonal data of hotel guests
Night Audit\tthe closing of the day's accounts
Stay\ta night or more in a hotel of Osprey

2 DUTIES

2.1 Finch must process Guest Data of each Stay only for Osprey.
""",
        {"X:Night Audit"},
        id="table-tab",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Cargo Data" means personal data in bookings.
2. Audits
2.1 In this Section 2:
(a) "Audit Firm" means a firm of accountants; and
(b) "Fee Note" means an invoice of it.
2.2 The Host shall admit the Audit Firm and pay its Fee Note.
3. Other
3.1 The Host shall give Cargo Data to the Audit Firm.
""",
        {"S:Audit Firm"},
        id="scope1",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Cargo Data" means personal data in bookings.
2. Audits
2.1 For the purposes of Article 28 of the GDPR the Shipper is the controller of Cargo Data (the \
"Controller").
2.2 A "Surveyor", as used in this clause, means a person with a licence. The Surveyor may inspect.
3. Other
3.1 The Controller may call for the Surveyor at any time.
""",
        {"S:Surveyor"},
        id="scope2",
    ),
    pytest.param(
        OPENING
        + """\
1. Interpretation
1.1 The terms Controller, Processor, Data Subject and Personal Data have the meanings given in \
Article 4 of the GDPR.
2. Use
2.1 The Host is a Processor of Personal Data of a Data Subject for the Shipper as Controller.
2.2 The Host shall use the Loading Lists for the Permitted Purpose. Loading Lists are kept for a \
year.
""",
        {"U:Loading Lists", "U:Permitted Purpose"},
        id="imports-gdpr",
    ),
    pytest.param(
        OPENING
        + """\
1. Interpretation
1.1 Terms used but not defined in this Agreement have the meaning that the GDPR gives them.
2. Use
2.1 The Host is a Processor of Personal Data of Data Subjects. Processing outside the Union needs \
consent.
2.2 The Host shall use the Loading Lists for the Permitted Purpose. Loading Lists are kept for a \
year.
""",
        {"U:Loading Lists", "U:Permitted Purpose"},
        id="imports-gdpr2",
    ),
    pytest.param(
        OPENING
        + """\
1. Interpretation
1.1 Capitalised terms used in this Agreement have the meaning set out in this Section 1.
1.2 "Cargo Data" means personal data in bookings.
2. Use
2.1 The Host shall use Cargo Data for the Permitted Purpose.
""",
        {"U:Permitted Purpose"},
        id="own-def-clause",
    ),
    pytest.param(
        """\
AGREEMENT

between Acorn Bank plc, hereinafter referred to as the Principal, and Beech Data Ltd, hereinafter \
called Bureau.

1. Bureau shall process account data for the Principal. The Principal's Head of Payments may \
inspect.
2. Bureau shall destroy each Card List within a day. No Card List may be copied.
""",
        {"U:Card List"},
        id="hereinafter",
    ),
    pytest.param(
        OPENING
        + """\
1. Use
1.1 The Host shall answer within two Port Days, where Port Day means a day on which the port is \
open.
1.2 The Host shall deliver a Manifest Extract each week.
""",
        {"U:Manifest Extract"},
        id="where-means",
    ),
    pytest.param(
        """\
AGREEMENT

between Acorn Bank plc ("Bank") and Beech Data Ltd ("Bureau")

1. Definitions
Account Data \u2013 the data of account holders.
Cut-off \u2013 six in the evening.
Spool File \u2013 a file of print jobs.

2. Duties
2.1 Bureau shall print Account Data before the Cut-off.
""",
        {"X:Spool File"},
        id="dash",
    ),
    pytest.param(
        """\
AGREEMENT

THIS AGREEMENT is made the first day of May 2025

BETWEEN:
(1) ROWAN COUNCIL of Town Hall, Rowan ("the Council"); and
(2) PINE SYSTEMS LIMITED whose registered office is at 4 Pine Road ("the Contractor").

WHEREAS:
(A) The Council runs a Blue Badge scheme.
(B) The Contractor has agreed to host the register.

IT IS AGREED:
1. INTERPRETATION
1.1 In this Agreement the following expressions have the following meanings:
"Badge Data" personal data of holders of badges;
"Holder" a person who holds a badge;
"Council Officer" an employee of the Council.
2. DUTIES
2.1 The Contractor shall process Badge Data of each Holder for the Council.
2.2 The Contractor shall follow the Local Government (Miscellaneous Provisions) Act 1982 and tell \
the Information Commissioner's Office and the Chief Constable.
""",
        {"X:Council Officer"},
        id="recitals",
    ),
    pytest.param(
        """\
BUSINESS ASSOCIATE AGREEMENT

Between Cedar Clinic ("Covered Entity") and Larch Billing LLC ("Business Associate").

1. Definitions. Terms used but not otherwise defined in this Agreement shall have the same \
meaning as those terms in the HIPAA Rules. "HIPAA Rules" means 45 CFR Parts 160 and 164.
2. Obligations. Business Associate shall report any Breach of Unsecured Protected Health \
Information to Covered Entity within five days, and any Security Incident within ten.
3. Access. Business Associate shall give access to a Designated Record Set within five days under \
the Turnaround Schedule. The Remittance Files shall be kept apart.
""",
        {"U:Remittance Files"},
        id="hipaa",
    ),
    pytest.param(
        """\
AGREEMENT between Acorn Bank plc ("Bank") and Beech Data Ltd ("Bureau")

ARTICLE I USE
1.1 Bureau shall use data for Bank.
ARTICLE II TRANSFERS
2.1 Solely for purposes of this Article II, "Hub" means the site in Cork. Bureau may copy data to \
the Hub.
ARTICLE III RETURN
3.1 Bureau shall erase the Hub within ten days.
""",
        {"S:Hub"},
        id="dblscope",
    ),
    pytest.param(
        """\
AGREEMENT between Acorn Bank plc ("Bank") and Beech Data Ltd ("Bureau")

1. Bureau shall use data for Bank, and shall brief each Duty Clerk.
2. Bureau shall erase data.

Schedule 1: Measures
In this Schedule, "Duty Clerk" means the clerk on shift.
1. A Duty Clerk checks the door.
2. The door is locked.
""",
        {"S:Duty Clerk"},
        id="schedule-scope",
    ),
    pytest.param(
        """\
DATA PROTECTION RIDER

This Rider supplements the Professional Services Agreement dated as of June 1, 2025 by and \
between Lakefront Credit Union ("LCU") and Prairie Analytics, Inc. (the "Company").

1. Definitions. (a) "Member NPI" means nonpublic personal information about members of LCU. (b) \
"Representatives" means the directors, officers and employees of Company. (c) "Site Visit" means \
a visit of LCU to an office of Company.
2. Safeguards. Company shall limit Member NPI to its Representatives and to Approved Vendors.
3. Notice. Company shall call LCU within 24 hours after a Reportable Event. The Escalation Matrix \
applies.
""",
        {"U:Approved Vendors", "U:Escalation Matrix", "U:Reportable Event", "X:Site Visit"},
        id="us-seeded",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Cargo Data" means personal data in bookings.
2. Use
2.1 The Host shall give each Depot a copy of Cargo Data. No Depot may print it. A Depot that \
prints pays.
2.2 The Host shall tell the Board and the Treasury, and any Director of the Shipper. The Internet \
is open to all. A Swede may call on Monday.
2.3 The Host shall not use Cargo Data in a Blog.
""",
        {"U:Depot"},
        id="singles",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 In this Agreement, "personal data", "processing" and "controller" have the meaning in the \
GDPR.
1.2 "GDPR" means Regulation (EU) 2016/679.
2. Use
2.1 The Host shall follow the GDPR. The Supervisory Authority may ask.
""",
        {"U:Supervisory Authority"},
        id="stat-defs",
    ),
    pytest.param(
        OPENING
        + """\
1. Use
1.1 The Host shall use the tool for the tests named in Schedule 1 (for the purposes of this \
clause 1, the "Trial").
1.2 The Trial ends in May.
2. End
2.1 The Host shall erase the data of the Trial.
""",
        {"S:Trial"},
        id="scope-paren",
    ),
    pytest.param(
        """\
Dear Mr Okafor,

Thank you for taking on the scanning of our archive ("the Archive"). In this letter, "Boxes" are \
the boxes we send you.

1. You will scan the Archive and return the Boxes.
2. You will follow the Handling Notes that we gave you. Each Handling Note bears a number.
3. Our Office Manager, Mrs Lund, will call on you. Please ring Front Desk at noon.

Yours sincerely,
""",
        {"U:Handling Notes"},
        id="letter",
    ),
    pytest.param(
        """\
   PROCESSING ADDENDUM

   Addendum between Mill Valley Schools ("District") and
   Tally Tools LLC ("Vendor").

   1. Terms.  "Pupil File" means all that Vendor holds about a
      pupil. "Term Start" means the first
      day of school.

   2. Duties. Vendor shall purge each Pupil File within nine days after Term
      Start and shall follow the Data Retention Grid. The District may
      ask for a Purge Certificate.
""",
        {"U:Data Retention Grid", "U:Purge Certificate"},
        id="wrap",
    ),
    pytest.param(
        """\
AGREEMENT between Acorn Bank plc ("Bank") and Beech Data Ltd ("Bureau")

1. Use
1.1 Bureau shall use data for Bank.
2. Test
2.1 Bureau shall run a test.
2.2 In this clause 2.2, "Tester" means a person whom Bank names. Bureau shall admit the Tester.
2.3 The Tester shall report to Bank.
""",
        {"S:Tester"},
        id="intra-scope-nested",
    ),
    pytest.param(
        """\
AGREEMENT between Acorn Bank plc (Bank) and Beech Data Ltd (Bureau)

1. Use
1.1 Bureau shall use the data in Schedule 1 (Account Data) for Bank.
1.2 Bureau shall lock Account Data in the vault named in clause 2 (Security).
2. Security
2.1 Bureau shall lock the vault and tell Bank of each Vault Alarm.
""",
        {"U:Vault Alarm"},
        id="parenthetical-the-unquoted-+-scope",
    ),
    pytest.param(
        OPENING
        + """\
1. Use
1.1 The Host shall use the tool in Schedule 1 (the "Tool") and the file in Schedule 2 (the "Index \
File").
1.2 The Host shall lock the Tool away.
""",
        {"X:Index File"},
        id="unused-inline",
    ),
    pytest.param(
        OPENING
        + """\
1. Definitions
1.1 "Cargo Data" means personal data in bookings.
2. Use
2.1 The Host shall:
(a) keep Cargo Data in a Secured Enclave;
(b) give the Shipper the Key Ceremony Minutes; and
(c) admit no Third-Party Auditors.
""",
        {"U:Key Ceremony Minutes", "U:Secured Enclave", "U:Third-Party Auditors"},
        id="undefined-in-list-items",
    ),
    pytest.param(
        """\
DATA TERMS

between Mill Ltd ("Mill") and Tally Ltd ("Tally")

1. The Supplier shall delete data. Tally shall tell Mill.
2. Mill shall pay the Supplier the Annual Fee.
""",
        {"U:Annual Fee", "U:Supplier"},
        id="undefined-party-word",
    ),
    pytest.param(
        OPENING
        + """\
1. Words
1.1 Capitalised words have the meanings assigned to them in the Second Schedule.
2. Use
2.1 The Host posts each list to every Approved Clerk, in the Courier Record File.
Second Schedule
"Quay Book" means a book of berths. The Host keeps the Quay Book.
""",
        {"U:Approved Clerk", "U:Courier Record File"},
        id="own-schedule-of-definitions",
    ),
    pytest.param(
        OPENING
        + """\
1. Store
1.1 In this clause 1, cold store means a room kept below five degrees. The Host uses one.
2. Visits
2.1 The Shipper may visit the cold store.
""",
        {"S:cold store"},
        id="small-letters",
    ),
]


@pytest.mark.parametrize("text", CLEAN)
def test_sound(text: str) -> None:
    """Names, titles, headings and terms defined in any form give no finding."""
    assert found(text) == set()


@pytest.mark.parametrize(("text", "expected"), SEEDED)
def test_seeded(text: str, expected: set[str]) -> None:
    """Exactly the planted terms are found."""
    assert found(text) == expected
