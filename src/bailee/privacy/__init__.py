"""The privacy office, in a processor's position (C2.3, C2.4, C6, C7).

Requests of people, instructions, sub-processors, disclosures, transfers, legal demands, records,
and the end of an agreement.

*The end of an agreement* (C6, C6(i), C6(ii); row A27). From the moment it ended the data is
isolated. It is given back or destroyed as the controller chose in writing, and nothing is destroyed
that it did not choose, whatever a clock says. What a law keeps stays isolated and is listed. What
was destroyed opens in no copy, and a certificate says so that anybody can check without us.
Reading order: ``termination`` (states and rules), ``relay`` (what the register of sub-processors is
asked), ``end_certificate`` (what is certified), ``termination_tables``, ``termination_store``
(SQL), ``end_desk``, ``end_words``, ``terminations`` (the acts). It stands on ``vault.closing``,
``access`` and ``agreement``.
"""
