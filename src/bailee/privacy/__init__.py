"""The privacy office, in a processor's position (C2.3, C2.4, C6, C7).

Requests of people, instructions, sub-processors, disclosures, transfers, legal demands, records,
and the end of an agreement.

*Accounting* (C2.3, C7.2(3); rows A4, B3): who received data of one person, read from the ledger.
Read: ``suspension``, ``accounting``, ``accounting_paper`` (rules), ``accounting_tables``,
``accounting_store``, ``accountings`` (acts). *Rows in which nobody is named* (C7.2(3)(iii); rows
A29, B3): ``harbor`` with ``safe_harbor.toml``, ``anonymity``, ``deidentified`` (rules),
``deidentified_store``, ``deidentifications`` (acts); values come from ``vault.gathering``.

*The end of an agreement* (C6, C6(i), C6(ii); row A27). From the moment it ended the data is
isolated. It is given back or destroyed as the controller chose in writing, and nothing is destroyed
that it did not choose, whatever a clock says. What a law keeps stays isolated and is listed. What
was destroyed opens in no copy, and a certificate says so that anybody can check without us.
Reading order: ``termination`` (states and rules), ``end_certificate`` (what is certified),
``termination_tables``, ``termination_store`` (SQL), ``end_desk``, ``end_words``, ``terminations``
(the acts). It stands on ``vault.closing``, ``access`` and ``agreement``.

Transfers (C7.3(3), C7.3(4); rows A30, B9). Nothing leaves for another country unless a mechanism
that a second person confirmed is valid that day; what it rests on may be revoked, and ends. Read:
``adequacy`` with ``adequacy.toml``, ``flow``, ``assertion``, ``transfer_tables``,
``transfer_store`` (SQL), ``border`` (what the data path asks), ``transfers`` (acts).

Papers (C7.2(4), C7.2(8), C7.3(3), C7.3(6)). Annexes, records and certifications are generated from
what runs; what nobody filled is named, and nothing is invented. Read: ``paper``, ``blank``,
``live``, ``measure``, ``annex``, ``processing``, ``pia``, ``certification``; requests that are
answered with them: ``assistance``, ``assistances``.

Kits (B8). Our own addendum, filled for a prospect or a controller from what is so; only the
processor's own facts, and no measure that is not in force. Read: ``prospect``, ``kit_state``,
``kit_words``, ``kit_lines``, ``kit_annexes``, ``kit``; it stands on ``agreement.offer``.

Instructions (C2.4, C7.2(2), C7.3(2), GDPR 28(3)). What a controller's representative signed is
checked by a machine and judged by a person; what infringes is answered at once and never done; a
purpose that two of ours accepted counts in the data path until its end. Read: ``instruction``,
``objection``, ``instruction_words``, ``instruction_fact`` (rules) → ``instruction_store`` (SQL, and
what others ask of a person's request) → ``instruction_ground``, ``instruction_clock``,
``instructions`` (acts). What the data path asks stands in ``agreement.extension``.

Sub-processors (C7.3(5), C7.3(3), C7.2(5), C6(ii), C2.1): none reaches a controller's data before
notice, days, written consent and a contract no less strict; an objection ends it at once.
``subprocessor``, ``flow_down``, ``engagement``, ``last_instruction``, ``subprocessor_list`` →
``subprocessor_tables``, ``subprocessor_store`` → ``subprocessors``, ``standings``, ``engagements``,
``last_instructions`` (acts).

Requests of people (C7.2(6), C7.3(6)(b)): held, the controller told, carried out on its instruction
alone. ``request``, ``request_time``, ``request_key``, ``request_words`` (rules) →
``request_tables``, ``request_store`` → ``request_desk``, ``executions``, ``requests`` (acts).
"""
