"""The privacy office, in a processor's position (C2.3, C2.4, C6, C7).

Requests of people, instructions, sub-processors, disclosures, transfers, legal demands, records,
and the end of an agreement.

*The end of an agreement* (C6, C6(i), C6(ii); row A27). From the moment it ended the data is
isolated. It is given back or destroyed as the controller chose in writing, and nothing is destroyed
that it did not choose, whatever a clock says. What a law keeps stays isolated and is listed. What
was destroyed opens in no copy, and a certificate says so that anybody can check without us.
Reading order: ``termination`` (states and rules), ``end_certificate`` (what is certified),
``termination_tables``, ``termination_store`` (SQL), ``end_desk``, ``end_words``, ``terminations``
(the acts). It stands on ``vault.closing``, ``access`` and ``agreement``.

Sub-processors (C7.3(5), C7.3(3), C7.2(5), C6(ii), C2.1): none reaches a controller's data before
notice, days, written consent and a contract no less strict; an objection ends it at once.
``subprocessor``, ``flow_down``, ``engagement``, ``instruction``, ``subprocessor_list`` (rules) →
``subprocessor_tables``, ``subprocessor_store`` → ``subprocessors``, ``standings``, ``engagements``,
``instructions`` (acts).
"""
