"""Controls over transfers, the papers about them, and requests that these answer (C7.2, C7.3)."""

from __future__ import annotations

from bailee.app import watch_paper, watch_transfer
from bailee.app.control import ASSERTED, ENFORCED, OPERATING, Control

TRANSFER_CONTROLS = (
    Control(
        "transfer-register", ("C7.3(3)",),
        "tries to confirm a flow alone; looks for the places of data and keys in the register, and "
        "for flows of one person",
        OPERATING, watch_transfer.transfer_register, watch_transfer.UNPLACED,
    ),
    Control(
        "transfer-mechanism", ("C7.3(3)",),
        "tries to let a planted value leave for abroad without a mechanism, and on one that nobody "
        "assessed; looks at what every flow rests on today",
        ENFORCED, watch_transfer.transfer_mechanism, watch_transfer.WAITING,
    ),
    Control(
        "transfer-uk", ("C7.3(4)",),
        "tries to let the value of a British resident leave on European clauses; looks at what "
        "British data rests on",
        ENFORCED, watch_transfer.transfer_uk, watch_transfer.WAITING,
    ),
    Control(
        "transfer-swiss", ("C7.3(3)",),
        "tries to let the value of a Swiss resident leave on European clauses alone; looks at what "
        "Swiss data rests on",
        ENFORCED, watch_transfer.transfer_swiss, watch_transfer.WAITING,
    ),
    Control(
        "transfer-assessment", ("C7.3(3)",),
        "tries to sign an assessment for longer than a year; looks for contracts without one that "
        "stands",
        OPERATING, watch_transfer.transfer_assessment, watch_transfer.UNASSESSED,
    ),
    Control(
        "transfer-annexes", ("C7.3(3)",),
        "generates the annexes and the UK tables; tries to fill the controller's blank without its "
        "writing; looks for blanks, and for statements that no entry records",
        OPERATING, watch_paper.transfer_annexes, watch_paper.BLANKS,
    ),
    Control(
        "transfer-measures", ("C7.3(3)",),
        "generates the annex of measures; looks for kinds of measures that nobody describes, and "
        "for claims whose look no entry records",
        OPERATING, watch_paper.transfer_measures, watch_paper.UNDESCRIBED,
    ),
    Control(
        "dpia-assistance", ("C7.2(8)", "C7.3(6)"),
        "generates the facts for an impact assessment; tries to answer a request twice; looks for "
        "requests out of time",
        OPERATING, watch_paper.dpia_assistance,
    ),
    Control(
        "authority-records", ("C7.3(6)",),
        "generates the record of processing; tries to see requests without a right; looks for "
        "requests out of time",
        OPERATING, watch_paper.authority_records,
    ),
    Control(
        "ccpa-certification", ("C7.2(4)",),
        "tries to certify another text than the one in force; looks for a signature that stands",
        ASSERTED, watch_paper.ccpa_certification, watch_paper.UNCERTIFIED,
    ),
)  # fmt: skip
