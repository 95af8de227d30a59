"""Hold another company's data under its agreement.

The *agreement* says what was promised, the *ledger* says what happened, and *keys*, *access* and
*vault* keep the data safe between them. People come in through ``web``, ``cli`` and ``client``;
``app`` is the one place that ties everything together.

Clauses are cited in the spelling ``C2.5(5)``: clause 2.5, item 5, of the agreement in
``agreement/terms``.
"""

__version__ = "0.1.0"
