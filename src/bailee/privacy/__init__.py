"""The privacy office, in a processor's position (C2.3, C2.4, C6, C7).

Requests of people, instructions, sub-processors, disclosures, transfers, legal demands, records,
and the end of an agreement.

Sub-processors (C7.3(5), C7.3(3), C7.2(5), C6(ii), C2.1): none reaches a controller's data before
notice, days, written consent and a contract no less strict; an objection ends it at once.
``subprocessor``, ``flow_down``, ``engagement``, ``instruction``, ``subprocessor_list`` (rules) →
``subprocessor_tables``, ``subprocessor_store`` → ``subprocessors``, ``standings``, ``engagements``,
``instructions`` (acts).
"""
