"""The incident room: signals, incidents, their computed facts and their notices (C9).

The promises: nothing that looks like a breach goes away by silence, for a signal on which nobody
decided in time counts as a suspicion dated from itself (C9.1); what a breach comes to is counted
from the log, and comes out the same after the people are erased (C9.1(i)-(iii)); each part of a
notice says whether it is computed, asserted or not yet known; somebody of ours can be asked
(C9.1(iv)); urgent issues and five other events go out on clocks of their own, also those that our
own failing duties ask about (C9.1, C9.2); the controller takes part and gets what it asks for
(C9.3). Public words are not made here: ``assurance`` refuses them without approval (C9.3(ii)).

Reading order: ``scope`` (which accesses), ``sealing`` (was it encrypted then), ``facts`` (what is
counted), ``counting`` (reading logs); ``wording``, ``signal``, ``incident``, ``notice``, ``event``,
``redress`` (rules); ``tables``, ``store`` (SQL); ``desk`` (who may, how it is recorded, which
clocks), and the acts: ``signals``, ``incidents``, ``events``, ``redresses``.
"""
